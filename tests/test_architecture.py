"""The house: imports point one way, there are no cycles, files stay small, help stays fast."""

from __future__ import annotations

import ast
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = {"planner": ROOT / "planner", "planner_models": ROOT / "models" / "planner_models"}
HEAVY = ("pyomo", "highspy", "pandas", "numpy", "pydantic")


def modules() -> dict[str, Path]:
    """Every module of the project by its dotted name."""
    found = {}
    for package, folder in PACKAGES.items():
        for path in folder.rglob("*.py"):
            parts = (package, *path.relative_to(folder).with_suffix("").parts)
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path, *, inside: bool = False) -> set[str]:
    """Dotted names that a file imports at import time; with `inside` also those within functions and type checks."""
    tree, known = ast.parse(path.read_text()), modules()
    names: set[str] = set()
    for node in ast.walk(tree) if inside else iter(tree.body):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            deeper = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= deeper & set(known) if deeper <= set(known) else {node.module} | deeper & set(known)
    return names


def test_models_never_import_planner() -> None:
    """Imports point planner -> planner_models -> pyomo."""
    for name, path in modules().items():
        if name.startswith("planner_models"):
            assert not {i for i in imports(path, inside=True) if i.split(".")[0] == "planner"}, name


def of_checker(name: str) -> bool:
    """Whether a module belongs to the exact checker."""
    return f"{name}.".startswith("planner.check.")


def test_the_checker_stands_apart() -> None:
    """The exact checker knows schema, plan and words of the rules, never Pyomo, HiGHS, numpy, pandas or the model's own calendar."""
    allowed = {"planner_models.rows", "planner_models.schema", "planner.plan", "planner.rules"}
    for name, path in modules().items():
        if not of_checker(name):
            continue
        for used in imports(path, inside=True):
            top = used.split(".")[0]
            assert top not in ("pyomo", "highspy", "numpy", "pandas", "scipy"), (name, used)
            if top in PACKAGES and not of_checker(used):
                assert any(used == a or used.startswith(f"{a}.") for a in allowed), (name, used)


def test_the_rules_stand_at_the_bottom() -> None:
    """The names and words of the rules need nothing but the standard library, so that every part may read them."""
    for name, path in modules().items():
        if name.split(".")[:2] == ["planner", "rules"]:
            outside = {used.split(".")[0] for used in imports(path, inside=True) if not used.startswith("planner.rules")}
            assert outside <= sys.stdlib_module_names, (name, outside)


def test_there_are_no_import_cycles() -> None:
    """Depth-first over what files import, type checks and late imports included."""
    known = modules()
    graph = {name: {i for i in imports(path, inside=True) if i in known and i != name} for name, path in known.items()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, f"cycle: {' -> '.join((*trail, name))}"
        if name not in done:
            for used in sorted(graph[name]):
                visit(used, (*trail, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_imports_stand_at_the_top() -> None:
    """Inside functions only in the commands, whose help must stay light, and for optional extras."""
    for name, path in modules().items():
        if name == "planner" or name.startswith("planner.commands."):
            continue
        late = {i.split(".")[0] for i in imports(path, inside=True)} - {i.split(".")[0] for i in imports(path)}
        assert late <= {"typing"}, (name, late)


def test_files_and_functions_stay_small() -> None:
    """No file over 350 lines, no function over 50."""
    for path in modules().values():
        assert len(path.read_text().splitlines()) <= 350, path
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 50, (path, node.name)


def test_every_file_says_its_purpose_in_its_first_line() -> None:
    """A docstring opens each file, and each public function and class has one."""
    for path in modules().values():
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree), path
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), (path, node.name)


@pytest.mark.parametrize("arguments", [["--help"], ["solve", "--help"]])
def test_help_answers_within_a_fifth_of_a_second_of_cpu(arguments: list[str]) -> None:
    """No heavy package is imported for help; the least of three runs counts, machines are noisy."""
    spent = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "planner.cli", *arguments], check=True, capture_output=True, env=environment())
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(spent) < 0.2


def test_import_planner_is_light() -> None:
    """`import planner` alone loads none of the heavy packages."""
    code = f"import planner, sys; print([m for m in {HEAVY!r} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment())
    assert out.stdout.strip() == "[]"


def environment() -> dict[str, str]:
    """The environment of this test with the project on the path, installed or not."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "models")])}
