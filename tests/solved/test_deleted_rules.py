"""What a hunt of deleted rules found untested: each test fails without one rule, which its docstring or its words name."""

from __future__ import annotations

import datetime as dt

import pytest

from planner.check import verify
from planner.plan import Plan
from tests.check.portfolio import changed
from tests.check.suites import SUITES, Suite

NAMED = {suite.name: suite for suite in SUITES}
EXPORT = "exported_mw[{}] is 1 MW, but no such decision exists: {}."
TWICE = "{} is 2, more than the 1 that can exist."


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_where_a_state_stands_does_not_depend_on_the_plan(suite: Suite) -> None:
    """MATHS.md says where each state exists: a plan that decides nothing has the same ledger, with zeros."""
    full, empty = (verify(suite.instance, plan).ledger.states for plan in (suite.plan, Plan(suite.instance.name)))
    assert {name: set(states) for name, states in full.items()} == {name: set(states) for name, states in empty.items()}
    assert sum(map(len, full.values())) > 100


@pytest.mark.parametrize(
    ("suite", "index", "value", "words"),
    [
        ("power", "exported_mw d/2027Q3/peak", 1.0, EXPORT.format("d, 2027Q3, peak", "no generator can be at d")),
        ("power", "exported_mw c/2027Q3/peak", 1.0, EXPORT.format("c, 2027Q3, peak", "the market of c has no block peak")),
        ("power", "exported_mw b/2027Q3/peak", 1.0, EXPORT.format("b, 2027Q3, peak", "b may not export")),
        ("power", "generated_mw d/gas/2027Q3/peak", 1.0,
         "generated_mw[d, gas, 2027Q3, peak] is 1 MW, but no such decision exists: no unit of gas can be at d."),
        ("sites", "upgraded a-up/2027Q1", 1,
         "upgraded[a-up, 2027Q1] is 1, but no such decision exists: it would be ordered 3 months before the plan starts."),
        ("sites", "upgraded a-up/2027Q2", 2, TWICE.format("upgraded[a-up, 2027Q2]")),
        ("sites", "opened b/2027Q3", 2, TWICE.format("opened[b, 2027Q3]")),
        ("sites", "sold c/2029", 2, TWICE.format("sold[c, 2029]")),
        ("machines", "ended g1/2029", 2, TWICE.format("ended[g1, 2029]")),
        ("deals", "contracted offer/a/room/2027Q3", 2, TWICE.format("contracted[offer, a, room, 2027Q3]")),
    ],
)  # fmt: skip
def test_a_decision_is_named_for_its_own_fault_where_a_row_fails_as_well(suite: str, index: str, value: float, words: str) -> None:
    """Each of these breaks a row of the same number, or would but for another reason; whoever reads the certificate is told the first."""
    family, _, parts = index.partition(" ")
    case = NAMED[suite]
    found = verify(case.instance, changed(case.plan, {family: {tuple(parts.split("/")): value}})).violations
    assert words in [violation.words for violation in found]


def test_a_facility_that_advances_nothing_is_not_drawn() -> None:
    """(8.1): with an advance of 0 no draw exists, whatever (8.4) would find: what rests on it may be nothing, and so may be the draw."""
    instance = NAMED["capital"].instance.with_("debt.corp.advance_fraction", 0)
    found = verify(instance, Plan("capital", {"drawn_musd": {("corp", "2027Q3"): 1.0}})).violations
    assert "drawn_musd[corp, 2027Q3] is 1 M$, but no such decision exists: corp advances nothing." in [one.words for one in found]


def test_charges_stand_in_every_period_of_a_site_that_has_any() -> None:
    """(13.9): a charge that is billed from 2028 on leaves 0 in the quarters before, not nothing."""
    instance = NAMED["power"].instance
    row = instance.charges[0].model_copy(update={"from_month": dt.date(2028, 1, 1), "to_month": None})
    charges = verify(instance.with_("charges", (row,)), Plan("power")).ledger.states["charges_musd"]
    assert [period for site, period in sorted(charges) if site == row.site] == ["2027Q1", "2027Q2", "2027Q3", "2027Q4", "2028", "2029"]
    assert {charges[row.site, f"2027Q{quarter}"] for quarter in (1, 2, 3, 4)} == {0}
