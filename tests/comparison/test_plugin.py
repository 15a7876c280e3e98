"""The pytest plugin: it solves once, asserts that answers are the same, and says what differs."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from planner import pytest_plugin
from planner.pytest_plugin import assert_same_plan
from tests.tables.sample import instance as sample
from tests.tables.sample import plan, run, run_of

ROOT = Path(__file__).parents[2]
TESTS = """
import planner

def test_one(planner_run):
    run = planner_run({path!r}, threads=1)
    assert run is planner_run(planner.load({path!r}), threads=1)
    assert run is not planner_run({path!r}, threads=1, seed=1)

def test_two(planner_run, assert_same_plan):
    assert_same_plan(planner_run({path!r}, threads=1), planner_run({path!r}, threads=1, seed=1))

def test_three(planner_run, assert_same_plan):
    instance = planner.load({path!r})
    richer = instance.model_copy(update={{"finance": instance.finance.model_copy(update={{"opening_cash_musd": 999.0}})}})
    assert_same_plan(planner_run(instance, threads=1), planner_run(richer, threads=1), across=True)
"""


def test_the_plugin_is_declared() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["pytest11"]
    assert declared == {"megawatt_planner": "planner.pytest_plugin"}


def test_fixtures_work_in_a_team_s_own_tests(tmp_path: Path) -> None:
    """Two tests pass; the third compares with a company that has other cash, and is told so."""
    (tmp_path / "test_ours.py").write_text(TESTS.format(path=str(ROOT / "instances" / "one_site")))
    plugin = ["-p", "no:megawatt_planner", "-p", "planner.pytest_plugin"]  # by its module, be the project installed or not
    command = [sys.executable, "-m", "pytest", "-q", *plugin, "-p", "no:cacheprovider", "."]
    there = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "models")])}
    done = subprocess.run(command, cwd=tmp_path, env=there, capture_output=True, text=True, check=False)
    assert "1 failed, 2 passed" in done.stdout, done.stdout + done.stderr
    assert "different question: another question: 1 input (finance opening_cash_musd: " in done.stdout


def test_the_same_passes_and_gives_the_case() -> None:
    assert assert_same_plan(run(), run()).cause == "same"


def test_what_differs_is_told() -> None:
    other = run_of(sample(), plan(dividends_musd={("2029-2030",): 8.25}))
    with pytest.raises(pytest.fail.Exception, match=r"(?s)Pay dividends: 2029-01: 7.25 -> 8.25 M\$"):
        assert_same_plan(run(), other)


def test_many_differences_are_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytest_plugin, "MOST", 2)
    with pytest.raises(pytest.fail.Exception, match=r"(?s)Build.*\.\.\. and 3 more differences"):
        assert_same_plan(run(), run_of(sample(), plan(started={}, built_modules={}, dividends_musd={})))
