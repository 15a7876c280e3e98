"""The registry of rules and states is held against MATHS.md, row by row, and each record has what its readers need."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

from planner.rules import NUMBERED, RULES, STATES, Rule, State
from tests.maths import MATHS, defined, numbered

PLANNER = Path(__file__).parents[1] / "planner"
INEQUALITY = re.compile(r"\w+_(?:limit|floor|choice)")


def test_every_inequality_of_the_mathematics_has_its_record_and_the_other_way_round() -> None:
    """By name and number, and so has a choice."""
    rows = {name: number for name, number in defined().items() if INEQUALITY.fullmatch(name)}
    assert len(rows) > 20
    assert {name: rule.number for name, rule in RULES.items() if INEQUALITY.fullmatch(name)} == rows


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_a_rule_stands_in_the_mathematics_under_its_number(rule: Rule) -> None:
    """The balances and the value too, which are recorded because a plan can break them."""
    assert defined()[rule.name] == rule.number


@pytest.mark.parametrize("state", STATES.values(), ids=lambda state: state.name)
def test_a_state_has_the_number_that_the_mathematics_gives_it(state: State) -> None:
    """The row that defines it; a term within a row has no name there, and what is no variable has only its section."""
    if "." not in state.number:
        assert re.search(rf"^## {state.number}\. ", MATHS.read_text(encoding="utf-8"), re.M)
        assert state.name not in defined()
    elif state.part:
        assert state.number in numbered()
        assert state.name not in defined()
    else:
        assert defined()[state.name] == state.number


def test_no_record_is_lost_or_given_twice() -> None:
    """Every record of every file is joined; a name is given once, and a number of MATHS.md has one rule that a plan can break."""
    stems = [path.stem for path in (PLANNER / "rules").glob("*.py") if path.stem != "__init__"]
    files = [importlib.import_module(f"planner.rules.{stem}") for stem in stems]
    rules = [rule for file in files for rule in getattr(file, "RULES", ())]
    states = [state for file in files for state in getattr(file, "STATES", ())]
    assert sorted(rule.name for rule in rules) == sorted(RULES)
    assert {rule.number for rule in rules} == set(NUMBERED)
    broken = [rule.number for rule in rules if rule.what]
    assert len(set(broken)) == len(broken)
    assert sorted(state.name for state in states) == sorted(STATES)


def test_every_rule_has_a_unit_and_plain_words() -> None:
    """Neither what binds nor a violation falls back to the rule's name, and no two rules read alike."""
    assert all(rule.unit and rule.plain for rule in RULES.values())
    assert len({rule.plain for rule in RULES.values()}) == len(RULES)


def test_what_is_lumpy_can_be_named_among_what_binds() -> None:
    """`lumpy` and `nearly_fraction` say how a limit is named there, so they need the unit of one more."""
    assert [rule.name for rule in RULES.values() if (rule.lumpy or rule.nearly_fraction) and not rule.one_more] == []


def test_a_rule_has_the_words_of_its_violation_exactly_if_the_checker_compares_its_sides() -> None:
    """Every call of `at_most` and `at_least`, and no record with words that nothing says; a floor is `at_least`, all others `at_most`."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (PLANNER / "check").glob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    compared: dict[str, str] = {}
    for call in calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("at_most", "at_least"):
            assert isinstance(call.args[0], ast.Constant), ast.unparse(call)
            compared[str(call.args[0].value)] = call.func.attr
    worded = [rule for rule in RULES.values() if rule.what and rule.limit]
    assert compared == {rule.number: "at_least" if rule.name.endswith("_floor") else "at_most" for rule in worded}
    assert all(not rule.limit for rule in RULES.values() if not rule.what)
