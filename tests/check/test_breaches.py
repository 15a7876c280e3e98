"""A plan that keeps every rule passes; every change that breaks one rule is rejected by that rule, by its amount, and by no other."""

from __future__ import annotations

import ast
import math
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from planner.check import Certificate, verify
from planner.check.ledger import STATES
from planner.plan import FAMILIES, Plan
from tests.check.breaches import BREACHES, Breach
from tests.check.hand import small
from tests.check.portfolio import Changes, changed, portfolio, valid_plan

MATHS = Path(__file__).parents[2] / "models" / "MATHS.md"
TAG = re.compile(r"^- \((\d+\.\d+)\)", re.MULTILINE)
CLAIM = "9.8"
EARLY_DRAW: dict[str, dict[Any, float]] = {"drawn_musd": {("loan", "2027Q2"): 8.0, ("loan", "2027Q4"): 0.0}}


def checked(changes: Changes) -> Certificate:
    return verify(portfolio(), changed(valid_plan(), changes))


def tags(certificate: Certificate) -> set[str]:
    return {violation.tag for violation in certificate.violations}


def test_the_valid_plan_passes() -> None:
    certificate = checked({})
    assert certificate.ok
    assert certificate.violations == ()


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: f"{breach.tag}: {breach.why}")
def test_a_breach_is_rejected_by_its_rule_and_no_other(breach: Breach) -> None:
    certificate = checked(breach.changes)
    assert not certificate.ok
    assert tags(certificate) == {breach.tag, *breach.also}


@pytest.mark.parametrize("breach", [b for b in BREACHES if b.amount], ids=lambda breach: f"{breach.tag}: {breach.why}")
def test_a_breach_is_measured(breach: Breach) -> None:
    number, _, divisor = breach.amount.partition("/")
    found = [violation for violation in checked(breach.changes).violations if violation.tag == breach.tag]
    assert Fraction(number) / Fraction(divisor or "1") in [violation.amount for violation in found]
    assert all(violation.words.endswith(".") and violation.rule and violation.index for violation in found)


def test_every_rule_of_the_mathematics_is_broken_here_or_worked_out_by_hand() -> None:
    """A tag of MATHS.md is a decision or a row (broken above), the value (claimed below), or a state of the ledgers worked out by hand.

    (9.4) bounds `used_musd`, which the checker takes from the law: it is held by the ledgers of that state, one year bound by each part.
    """
    rules = set(TAG.findall(MATHS.read_text(encoding="utf-8")))
    by_hand = {STATES[state] for state in states_by_hand()} - {"1"}
    assert len(rules) > 60
    assert {breach.tag for breach in BREACHES} | {CLAIM, "9.4"} | by_hand == rules


def test_every_state_of_the_ledger_is_worked_out_by_hand() -> None:
    assert states_by_hand() == set(STATES)


def states_by_hand() -> set[str]:
    """The states that some `test_ledger_*.py` compares with hand-computed values."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in Path(__file__).parent.glob("test_ledger_*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [call.args[1] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "expect"]
    return {str(node.value) for node in named if isinstance(node, ast.Constant)}


def test_every_row_that_is_not_a_definition_is_broken_here() -> None:
    """A row named limit, floor or choice can fail; those of the tax are kept by construction, as the checker computes the law."""
    text = MATHS.read_text(encoding="utf-8")
    rows = set(re.findall(r"^- \((\d+\.\d+)\)[^:]*`\w+_(?:limit|floor|choice)\b", text, re.MULTILINE))
    by_law = {"9.2", "9.4", "9.7"}
    assert len(rows) > 20
    assert rows - by_law <= {breach.tag for breach in BREACHES}
    assert {family.tag for family in FAMILIES.values()} <= {breach.tag for breach in BREACHES}


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "1", None, True, [1]], ids=repr)
@pytest.mark.parametrize(("family", "index"), [("built_modules", ("a", "dc", "2028")), ("sold_mw", ("a", "dc", "h100", "2028"))])
def test_what_is_not_a_number_is_rejected(family: str, index: tuple[str, ...], value: Any) -> None:
    decisions = {name: dict(values) for name, values in valid_plan().decisions.items()}
    decisions[family][index] = value
    certificate = verify(portfolio(), Plan("portfolio", decisions))
    assert tags(certificate) == {FAMILIES[family].tag}
    assert "not a finite number" in certificate.violations[0].words


@pytest.mark.parametrize("family", FAMILIES)
def test_unknown_names_and_periods_are_rejected_even_at_zero(family: str) -> None:
    keys = FAMILIES[family].keys
    good = {
        "site": "a",
        "hall": "shed",
        "conversion": "swap",
        "cohort": "c1",
        "asic": "old",
        "gpu": "h100",
        "lease": "may",
        "grid": "a-far",
        "equipment": "tx",
        "debt": "loan",
        "period": "2028",
        "block": "peak",
    }
    for key in keys:
        index = tuple("ghost" if part == key else good[part] for part in keys)
        certificate = checked({family: {index: 0}})
        assert tags(certificate) == {FAMILIES[family].tag}
        assert f"a {key} 'ghost'".replace("'", "") in certificate.violations[0].words


@pytest.mark.parametrize("index", [("a", "dc"), ("a", "dc", "2028", "2029"), (), "a", ("a", "dc", 2028), (["a"], "dc", "2028")], ids=repr)
def test_an_index_of_the_wrong_form_is_rejected(index: Any) -> None:
    class Odd(dict[Any, Any]):
        def items(self) -> Any:
            return [(index, 1)]

    decisions: dict[str, Any] = dict(valid_plan().decisions) | {"built_modules": Odd()}
    found = verify(portfolio(), Plan("portfolio", decisions)).violations
    assert [violation.rule for violation in found if violation.tag == "2.1"] == ["built_modules"]


def test_an_unknown_decision_is_rejected() -> None:
    certificate = checked({"wished_mw": {("a", "2028"): 1.0}})
    assert tags(certificate) == {"plan"}
    assert "wished_mw" in certificate.violations[0].words


def test_a_decision_that_does_not_exist_counts_as_zero() -> None:
    """An index that MATHS.md does not state: the value is that of the plan without it, and zero there is no fault."""
    early = ("a", "new", "2027Q1")
    assert checked({"bought_mw": {early: 7.0}}).value_musd == checked({}).value_musd
    assert checked({"bought_mw": {early: 0}}).ok


@pytest.mark.parametrize(
    "changes",
    [
        {"bought_mw": {("a", "new", "2029"): 240.0000005}},
        {"upgraded": {("a-far", "2028"): 1}},
        {"upgraded": {("a-more", "2027Q3"): 0, ("a-more", "2027Q2"): 1}},
        {"delivered_units": {("a", "tx", "2027Q3"): 0, ("a", "tx", "2027Q2"): 1}},
        EARLY_DRAW,
        EARLY_DRAW | {"deployed_clusters": {("a", "dc", "h100", "2027Q4"): 0, ("a", "dc", "h100", "2027Q3"): 2}},
        {"delivered_units": {("b", "tx", "2028"): 2}},
        {"retired_modules": {("c7", "2029"): 2}},
    ],
    ids=[
        "as much as the land",
        "from the month of the offer",
        "an upgrade ordered at the start",
        "a unit ordered at the start",
        "from the month draws begin",
        "clusters ordered at the start",
        "as many as it needs",
        "all, at once",
    ],
)
def test_what_just_exists_passes(changes: Changes) -> None:
    assert checked(changes).ok


def test_inequalities_have_a_millionth_of_their_unit() -> None:
    """The hut holds 1 MW: 1.000001 passes, 1.000002 does not; -0.000001 counts as none, -0.000002 does not."""
    place = ("a", "hut", "old", "2028")
    assert checked({"hosted_mw": {place: 1.000001}}).ok
    assert tags(checked({"hosted_mw": {place: 1.000002}})) == {"2.11"}
    assert checked({"hosted_mw": {place: -0.000001}}).ok
    assert tags(checked({"hosted_mw": {place: -0.000002}})) == {"3.2"}


def test_whole_numbers_are_whole() -> None:
    """1.0 is whole, what is off by a millionth is not."""
    assert checked({"upgraded": {("a-more", "2027Q3"): 1.0}}).ok
    assert tags(checked({"upgraded": {("a-more", "2027Q3"): 0.999999}})) == {"6.1"}
    assert tags(checked({"delivered_units": {("a", "tx", "2027Q3"): 1.000001}})) >= {"6.5"}


def test_a_breach_says_what_and_where() -> None:
    """In the words of the plan and with its unit; a yes or no has none."""
    half = checked({"upgraded": {("a-more", "2027Q3"): 0.5}}).violations
    assert [violation.words for violation in half] == ["upgraded[a-more, 2027Q3] is 0.5, which is not whole."]
    dry = checked({"delivered_units": {("b", "tx", "2029"): 3}}).violations
    assert [violation.words for violation in dry] == ["delivered_units[b, tx, 2029] is 3 units, more than the 2 that can exist."]
    full = checked({"hosted_mw": {("a", "hut", "old", "2028"): 1.5}}).violations
    assert [violation.words for violation in full] == [
        "a, hut, 2028: tenants, clusters and miners occupy 1.5 MW, 0.5 more than the modules hold on average (1)."
    ]


def test_the_claimed_value_is_held_to_a_millionth() -> None:
    """1e-6 of the value and 1e-6 M$ on top; a value that is no number is refused."""
    worth = float(checked({}).value_musd)
    inside, outside = worth * (1 + 0.99e-6), worth * (1 + 1.01e-6) + 1e-6
    assert verify(portfolio(), valid_plan(), claimed_musd=inside).ok
    for claim in (outside, 2 * worth - outside, math.nan, math.inf):
        certificate = verify(portfolio(), valid_plan(), claimed_musd=claim)
        assert tags(certificate) == {CLAIM}
        assert certificate.violations[0].rule == "equity_value"


def test_a_plan_worth_nothing_may_be_claimed_within_a_dollar() -> None:
    """No cash and no thing: the value is 0, and a claim of 1e-6 M$ passes where 2e-6 does not."""
    nothing = small(finance={"opening_cash_musd": 0.0})
    assert verify(nothing, Plan("small"), claimed_musd=1e-6).ok
    assert verify(nothing, Plan("small"), claimed_musd=-1e-6).ok
    assert tags(verify(nothing, Plan("small"), claimed_musd=2e-6)) == {CLAIM}


def test_the_certificate_of_a_broken_plan_has_the_whole_ledger() -> None:
    """Every state of the valid plan's ledger is there, and the value is what the broken plan would be worth."""
    whole, broken = checked({}).ledger, checked({"started": {("must", "a", "shell", "2027Q4"): None}}).ledger
    assert {name: set(states) for name, states in broken.states.items()} == {name: set(states) for name, states in whole.states.items()}
    assert {entry.item for entry in whole.entries} - {entry.item for entry in broken.entries} == {"must"}
