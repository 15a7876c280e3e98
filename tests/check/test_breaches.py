"""A plan that keeps every rule passes; every change that breaks one rule is rejected by that rule, by its amount, and by no other."""

from __future__ import annotations

import ast
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from planner.check import Certificate, verify
from planner.plan import FAMILIES, Plan
from planner.rules import NUMBERED, RULES, STATES
from tests import example
from tests.check.breaches import Breach
from tests.check.hand import small
from tests.check.portfolio import Changes, changed, portfolio, valid_plan
from tests.check.suites import SUITES, Suite
from tests.maths import numbered

CLAIM = "9.8"
KNOWN = {
    "site": "alpha",
    "hall": "mine",
    "conversion": "refit",
    "cohort": "old_halls",
    "asic": "s21",
    "end": "2029-01",
    "hosting": "guest",
    "mined": "2027Q1",
    "lease": "short",
    "contract": "pod",
    "gpu": "gb300",
    "grid": "upgrade",
    "equipment": "main_tx",
    "opening": "next_tx",
    "generator": "gas",
    "ppa": "wind",
    "programme": "reserve",
    "debt": "loan",
    "equity": "atm",
    "period": "2028",
    "block": "peak",
}
"""A name for each part of an index, in the instance with a row in every table."""
POD = {"id": "pod", "customer": "Lab", "gpu": "gb300", "it_mw": 2, "ready_by": "2027-04", "term_months": 12, "usd_per_gpu_hour": 2}
BY_DEFINITION = {"6.13", "6.14", "8.10", "8.16", "9.4", "11.7", "11.8", "11.9", "11.10", "11.11", "13.8", "17.1", "17.2"}
"""Rows that only tie a state to a decision, or keep it by the law of the tax: (9.4) is held by the ledgers of `used_musd`, one year
bound by each part, those of section 11 by the ledgers of the states that they bound, (13.8) by those of `billed_mw`;
(8.10) and (8.16) only say when (8.11) and (8.19)-(8.21) hold; (17.1) and (17.2) are one distance, held by the ledgers of (17.3)."""
COMPUTED = {"6.15", "6.17", "9.2", "9.7", CLAIM, "11.12", "13.6", "13.7"}
"""Rows that bound a state which the checker computes, so that no plan can break them: held by the ledgers of the state."""
IMPLIED = {"4.5": {"2.10"}, "4.6": {"6.4"}, "4.7": {"6.7"}}
"""Rows that only tighten: where one lease is short of halls, grid or equipment, the rows of all of them together are broken too."""
EARLY_DRAW: dict[str, dict[Any, float]] = {"drawn_musd": {("loan", "2027Q2"): 8.0, ("loan", "2027Q4"): 0.0}}
CASES = [pytest.param(suite, breach, id=f"{breach.tag}: {breach.why}") for suite in SUITES for breach in suite.breaches]
BROKEN = {breach.tag for suite in SUITES for breach in suite.breaches}


def checked(changes: Changes, suite: Suite = SUITES[0]) -> Certificate:
    return verify(suite.instance, changed(suite.plan, changes))


def tags(certificate: Certificate) -> set[str]:
    return {violation.tag for violation in certificate.violations}


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_the_valid_plan_passes(suite: Suite) -> None:
    certificate = checked({}, suite)
    assert certificate.ok
    assert certificate.violations == ()


@pytest.mark.parametrize(("suite", "breach"), CASES)
def test_a_breach_is_rejected_by_its_rule_and_no_other_and_measured(suite: Suite, breach: Breach) -> None:
    certificate = checked(breach.changes, suite)
    assert not certificate.ok
    assert tags(certificate) == {breach.tag, *breach.also}
    found = [violation for violation in certificate.violations if violation.tag == breach.tag]
    assert all(violation.words.endswith(".") and violation.rule and violation.index for violation in found)
    if breach.amount:
        number, _, divisor = breach.amount.partition("/")
        assert Fraction(number) / Fraction(divisor or "1") in [violation.amount for violation in found]


def test_every_rule_of_the_mathematics_is_broken_here_or_worked_out_by_hand() -> None:
    """A tag of MATHS.md is a decision or a row (broken above), the value (claimed below), or a state of the ledgers worked out by hand.

    What is left only ties a state to a decision: no plan can break it, as the checker computes the state.
    """
    rules = set(numbered())
    by_hand = {STATES[state].number for state in states_by_hand()} - {"1"}
    assert len(rules) > 60
    assert BROKEN | {CLAIM} | by_hand | BY_DEFINITION == rules
    assert not any(NUMBERED[number].what for number in BY_DEFINITION)
    assert not BROKEN & BY_DEFINITION


def test_every_rule_has_a_plan_that_breaks_it_and_no_other() -> None:
    """Every record of `planner/rules` and every family of decisions, but what is computed and what others imply."""
    alone = {breach.tag for suite in SUITES for breach in suite.breaches if not breach.also}
    rules = {rule.number for rule in RULES.values()}
    assert rules - alone == COMPUTED | BY_DEFINITION & rules | set(IMPLIED)
    assert {family.tag for family in FAMILIES.values()} <= alone
    for tag, implying in IMPLIED.items():
        found = [breach for suite in SUITES for breach in suite.breaches if breach.tag == tag]
        assert found
        assert all(implying & set(breach.also) for breach in found)


def test_every_state_of_the_ledger_is_worked_out_by_hand() -> None:
    assert states_by_hand() == set(STATES)


def states_by_hand() -> set[str]:
    """The states that some `test_ledger_*.py` compares with hand-computed values."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in Path(__file__).parent.glob("test_ledger_*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [call.args[1] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "expect"]
    return {str(node.value) for node in named if isinstance(node, ast.Constant)}


def test_every_row_that_a_plan_can_break_is_broken_here() -> None:
    """Rows with the words of a violation, and those that the checker tells in words of its own; every family of decisions too."""
    rows = {rule.number for rule in RULES.values() if rule.what}
    assert len(rows) > 40
    assert rows | {"3.8", "4.3", "4.10", "5.7", "14.8"} <= BROKEN
    assert {family.tag for family in FAMILIES.values()} <= BROKEN


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
    """Each part of each index in turn, in the instance with a row in every table; besides that the plan breaks what an empty one breaks."""
    instance, keys = example.whole(gpu_contracts=[POD], equity=[{"id": "atm", "limit_musd_per_quarter": 5}]), FAMILIES[family].keys
    empty = verify(instance, Plan("whole")).violations
    for key in keys:
        index = tuple("ghost" if part == key else KNOWN[part] for part in keys)
        found = verify(instance, Plan("whole", {family: {index: 0}})).violations
        named = [violation for violation in found if violation.rule == family]
        assert [(violation.tag, violation.index) for violation in named] == [(FAMILIES[family].tag, index)]
        assert f"a {key} 'ghost'".replace("'", "") in named[0].words
        assert tuple(violation for violation in found if violation.rule != family) == empty


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
        {"delivered_units": {("b", "tx", "2028"): 4}},
        {"retired_modules": {("c7", "2029"): 2}},
    ],
    ids=[
        "as much as the land",
        "from the month of the offer",
        "an upgrade ordered at the start",
        "a unit ordered at the start",
        "from the month draws begin",
        "clusters ordered at the start",
        "as many as it may need",
        "all, at once",
    ],
)
def test_what_just_exists_passes(changes: Changes) -> None:
    assert checked(changes).ok


LATE_PURCHASE: dict[str, dict[Any, float]] = {
    "opened": {("b", "2027Q3"): 0, ("b", "2028"): 1},
    "built_modules": {("b", "shed", "2027Q4"): 0, ("b", "shed", "2029"): 1},
    "upgraded": {("b-up", "2027Q4"): 0, ("b-up", "2029"): 1},
    "commissioned_units": {("b", "gas", "2028"): 0, ("b", "gas", "2029"): 1},
    "delivered_units": {("b", item, t): number for item in ("tx", "br") for t, number in (("2027Q4", 0), ("2028", 1))},
    "hosted_mw": {("b", "shed", "new", "2028"): 0.0},
}


@pytest.mark.parametrize(
    "changes",
    [
        {"opened": {("b", "2027Q3"): 0, ("b", "2027Q2"): 1}},
        LATE_PURCHASE,
        {"sold": {("c", "2029"): 0, ("c", "2027Q3"): 1}, "hosted_mw": {("c", "shed", "old", t): 0.0 for t in ("2027Q3", "2027Q4", "2028")}},
        {"upgraded": {("c-up", "2028"): 1}},
        {"hosted_mw": {("a", "suite", "heat", "2028"): 12.0, ("d", "suite", "heat", "2027Q3"): 2.0}},
        {"hosted_mw": {("d", "twin", "heat", "2028"): 4.0}},
        {"delivered_units": {("b", "tx", "2029"): 5}},
    ],
    ids=[
        "bought in the first month of the offer",
        "bought in the last",
        "sold in the first month",
        "an upgrade before the sale",
        "as much AI as may be, from the first month",
        "all firm power",
        "as many units as may come",
    ],
)
def test_what_just_keeps_the_rules_of_sites_passes(changes: Changes) -> None:
    assert checked(changes, next(suite for suite in SUITES if suite.name == "sites")).ok


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
    dry = checked({"delivered_units": {("b", "tx", "2029"): 5}}).violations
    assert [violation.words for violation in dry] == ["delivered_units[b, tx, 2029] is 5 units, more than the 4 that can exist."]
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
