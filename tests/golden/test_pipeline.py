"""docs/pipeline.md, the GitHub action and the pre-commit hook: what they show and run is what the program takes."""

from __future__ import annotations

import ast
import inspect
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from ruamel.yaml import YAML

import planner
from planner import pytest_plugin
from planner.cli import main
from tests.example import everything
from tests.tables.sample import run
from tests.test_architecture import environment

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "pipeline.md").read_text(encoding="utf-8")
ACTION = ROOT / "docs" / "action" / "action.yml"


def blocks(language: str) -> list[str]:
    """The code blocks of the page in a language."""
    return [text for kind, text in re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.S | re.M) if kind == language]


def commands() -> Iterator[str]:
    """Every command line of the page: in blocks, as steps of workflows, and within sentences where it has arguments."""
    for line in "\n".join([*blocks(""), *blocks("yaml")]).splitlines():
        if told := re.match(r"\s*(?:- run: )?(planner .*)", line):
            yield told[1]


def of_yaml(text: str) -> Any:
    """Plain data."""
    return YAML(typ="safe").load(text)


@pytest.mark.parametrize("line", list(commands()))
def test_every_command_of_the_page_is_accepted(line: str) -> None:
    """The verb exists, and so do its options; nothing is run."""
    words = shlex.split(line, comments=True)[1:]
    command: click.Command = main
    context = click.Context(main)
    while isinstance(command, click.Group):
        context, command = click.Context(command, parent=context), command.commands[words[0]]
        words = words[1:]
    command.make_context(command.name, words, parent=context)


def test_the_page_has_commands_of_every_kind() -> None:
    """So that the test above holds something."""
    verbs = {words[1] if words[1] in ("compare", "model") else " ".join(words[1:3]) for words in map(str.split, commands())}
    assert verbs == {"baseline record", "baseline check", "compare", "model", "runs list", "runs show", "runs prune"}


def test_the_workflows_of_the_page_are_whole() -> None:
    """They parse, every step does something, rights are stated, and the action is given inputs that it has."""
    workflows = [data for data in map(of_yaml, blocks("yaml")) if "jobs" in data]
    assert len(workflows) == 2
    for workflow in workflows:
        assert workflow["permissions"] == {"contents": "read"}
        for job in workflow["jobs"].values():
            assert set(job) == {"runs-on", "timeout-minutes", "steps"}
            assert all(("uses" in step) != ("run" in step) for step in job["steps"])
    given = [step["with"] for step in workflows[1]["jobs"]["check"]["steps"] if "docs/action@" in step["uses"]]
    assert len(given) == 1
    assert set(given[0]) <= set(of_yaml(ACTION.read_text())["inputs"])


def test_the_test_of_the_page_uses_fixtures_that_are_there() -> None:
    """And gives them what they take."""
    (text,) = blocks("python")
    (test,) = ast.parse(text).body
    assert isinstance(test, ast.FunctionDef)
    assert [argument.arg for argument in test.args.args] == ["planner_run", "assert_same_plan"]
    assert hasattr(pytest_plugin, "planner_run")
    assert list(inspect.signature(pytest_plugin.assert_same_plan).parameters)[:3] == ["one", "other", "strict_plan"]


def test_the_action_uses_every_input_and_never_as_code() -> None:
    """Each step that runs something names its shell, and inputs reach it as variables only."""
    action = of_yaml(ACTION.read_text())
    used = set()
    for step in action["runs"]["steps"]:
        if "run" in step:
            assert step["shell"] == "bash"
            assert "${{" not in step["run"]
        used |= set(re.findall(r"\$\{\{ inputs\.([\w-]+) \}\}", f"{step.get('with', {})} {step.get('env', {})}"))
    assert used == set(action["inputs"])
    assert all(set(told) == {"description", "default"} for told in action["inputs"].values())


FAKE = """#!/bin/sh
printf '%s\\n' "$@" > told
"""


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """A repository with two instances and one of an odd name, and a planner that writes down what it is told."""
    for name in ("a", "b", "$(touch pwned)", "--update"):
        (tmp_path / "instances" / name).mkdir(parents=True)
    (tmp_path / "--update").mkdir()
    (tmp_path / "planner").write_text(FAKE)
    (tmp_path / "planner").chmod(0o755)
    return tmp_path


def act(team: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """The last step of the action in a repository, with its defaults but for the given inputs."""
    action = of_yaml(ACTION.read_text())
    step = action["runs"]["steps"][-1]
    names = {variable: re.findall(r"inputs\.([\w-]+)", value)[0] for variable, value in step["env"].items()}
    env = {variable: inputs.get(name, action["inputs"][name]["default"]) for variable, name in names.items()}
    path = os.pathsep.join([str(team), os.environ["PATH"]])
    told = {**os.environ, "PATH": path, **env}
    return subprocess.run(["bash", "-c", step["run"]], cwd=team, env=told, capture_output=True, text=True, check=False)


def told_to(team: Path) -> list[str]:
    """What the planner was told."""
    return (team / "told").read_text().splitlines()


def test_the_action_asks_for_what_its_inputs_say(team: Path) -> None:
    """Patterns become paths, empty inputs are left to the baselines; what it is told is what the command takes."""
    done = act(team, instances="instances/[ab]\n\n")
    assert done.returncode == 0, done.stderr
    assert told_to(team) == ["baseline", "check", "--baselines=baselines", "--format=github", "--runs=plan-runs", "--", "instances/a",
                             "instances/b"]  # fmt: skip
    assert act(team, instances="instances/a", solvers="highs,scip", seeds="0,1").returncode == 0
    assert told_to(team)[5:7] == ["--solvers=highs,scip", "--seeds=0,1"]
    done = act(team, instances="instances/a\nnowhere/*")
    assert (done.returncode, done.stderr) == (2, "no instance matches nowhere/*\n")


def test_nothing_in_an_input_is_run(team: Path) -> None:
    """Neither as a command nor as an option, whatever the input or the name of a folder."""
    evil = "$(touch pwned); `touch pwned`; touch pwned"
    assert act(team, solvers=evil, seeds=evil, baselines=evil, format=evil, runs=evil).returncode == 0
    assert told_to(team)[2:7] == [f"--{name}={evil}" for name in ("baselines", "format", "runs", "solvers", "seeds")]
    assert act(team, instances="instances/*\n--update").returncode == 0
    assert told_to(team)[5] == "--"
    assert set(told_to(team)[6:]) == {"instances/$(touch pwned)", "instances/--update", "instances/a", "instances/b", "--update"}
    assert act(team, instances=evil).returncode == 2
    assert not (team / "pwned").exists()


def hook(cwd: Path, *files: str) -> subprocess.CompletedProcess[str]:
    """The hook's entry as pre-commit calls it: in the repository, with the changed files that it is for."""
    (told,) = of_yaml((ROOT / ".pre-commit-hooks.yaml").read_text())
    entry = [sys.executable if word == "python" else word for word in shlex.split(told["entry"])]
    names = [file for file in files if re.search(told["files"], file)]
    return subprocess.run([*entry, *names], cwd=cwd, env=environment(), capture_output=True, text=True, check=False)


def test_the_hook_checks_the_instances_whose_files_changed(tmp_path: Path) -> None:
    """Each once, a workbook too; files and workbooks of no instance are none of its business."""
    planner.write(everything(), tmp_path / "instances" / "mine")
    planner.write(everything(), tmp_path / "book.xlsx")
    planner.write(everything(), tmp_path / "instances" / "untouched")
    (tmp_path / "instances" / "untouched" / "sites.csv").write_text("nonsense\n")
    (tmp_path / "notes.csv").write_text("a,b\n")
    changed = ("instances/mine/sites.csv", "instances/mine/instance.yaml", "book.xlsx", "notes.csv", "instances/untouched/README.md")
    done = hook(tmp_path, *changed)
    assert (done.returncode, done.stdout) == (0, "2 instances checked, 0 with faults\n"), done.stderr
    (tmp_path / "instances" / "mine" / "sites.csv").write_text("id,market\nsite,\n")
    (tmp_path / "book.xlsx").write_bytes(b"no workbook")
    done = hook(tmp_path, *changed)
    assert done.returncode == 3
    assert "instances/mine: " in done.stdout
    assert "sites.csv line 2, market: " in done.stdout
    assert "book.xlsx: 1 problem:" in done.stdout
    assert done.stdout.endswith("2 instances checked, 2 with faults\n")


def test_an_exported_workbook_is_no_instance(tmp_path: Path) -> None:
    """A workbook that can be read and has no settings is left out, without a word of fault."""
    planner.to_xlsx(run(), tmp_path / "run.xlsx")
    done = hook(tmp_path, "run.xlsx")
    assert (done.returncode, done.stdout) == (0, "0 instances checked, 0 with faults\n"), done.stderr
