"""A change of the formulation shows as a diff of a small program; every rule and every decision stands in one of them."""

from __future__ import annotations

import difflib
import re

import pyomo.environ as pyo
import pytest

from planner.highs import Settings, maximise
from planner.rules import RULES
from planner_models.build import build
from tests.example import committed
from tests.golden import families

MOST_BYTES, MOST_BYTES_IN_ALL = 60_000, 500_000
MOST_LINES = 60
"""Lines of a diff that are shown."""
ACCEPT = "python -m tests.golden.families --update"


def held(name: str) -> str:
    """The file of a family as it is held."""
    return (families.FOLDER / f"{name}.lp").read_text(encoding="ascii")


def changes(old: str, new: str, name: str) -> str:
    """A short diff, and how to accept it; `""` where nothing changed."""
    lines = list(difflib.unified_diff(old.splitlines(), new.splitlines(), f"{name}.lp", "now", lineterm="", n=2))
    if not lines:
        return ""
    more = [f"... and {len(lines) - MOST_LINES} lines more"] if len(lines) > MOST_LINES else []
    return "\n".join([*lines[:MOST_LINES], *more, "", f"If the formulation should change so: {ACCEPT}"])


@pytest.mark.parametrize("name", families.FAMILIES)
def test_the_program_of_each_family_is_as_it_is_held(name: str) -> None:
    found = changes(held(name), families.text(name), name)
    assert not found, found


def test_a_changed_coefficient_is_told_in_few_lines() -> None:
    """One line out, one in, the row that it stands in, and how to accept it."""
    old = held("halls")
    new = old.replace("  - 1 halls.built_modules(site,shell,2027Q1)\n", "  - 2 halls.built_modules(site,shell,2027Q1)\n", 1)
    told = changes(old, new, "halls").splitlines()
    assert [line for line in told[2:] if line.startswith(("+", "-"))] == [
        "-  - 1 halls.built_modules(site,shell,2027Q1)",
        "+  - 2 halls.built_modules(site,shell,2027Q1)",
    ]
    assert len(told) < 15
    assert ACCEPT in told[-1]


def test_every_rule_and_every_decision_stands_in_one() -> None:
    """A rule without a family fails, and so does a file without one."""
    assert {path.stem for path in families.FOLDER.iterdir()} == set(families.FAMILIES)
    texts = [held(name) for name in families.FAMILIES]
    rules = {rule for text in texts for rule in re.findall(r"^\\ \([\d.]+\) \w+\.(\w+)$", text, re.M)}
    decisions = {name for text in texts for name in re.findall(r"^  [+-] \S+ \w+\.(\w+)", text, re.M)}
    model = build(committed())
    assert {row.local_name for row in model.component_objects(pyo.Constraint)} - rules == set()
    assert {decision.local_name for decision in model.component_objects(pyo.Var)} - decisions == set()
    assert set(RULES) - rules == {"equity_value"}, "what is maximised"


def test_they_stay_small() -> None:
    """A diff that nobody reads protects nothing."""
    sizes = {path.name: path.stat().st_size for path in families.FOLDER.iterdir()}
    assert [name for name, size in sizes.items() if size > MOST_BYTES] == []
    assert sum(sizes.values()) < MOST_BYTES_IN_ALL


@pytest.mark.parametrize("name", families.FAMILIES)
def test_each_has_a_plan(name: str) -> None:
    """A program of an instance that cannot be would say little."""
    assert maximise(families.program(name).arrays, Settings(threads=1)).status == "optimal"
