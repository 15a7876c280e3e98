"""The page of a solve that ended without a plan."""

from __future__ import annotations

import pytest
from highspy import HighsModelStatus

from planner.report import plain
from planner.report.absent import HAPPENED, TRY
from planner.report.words import STATES
from planner.runs import Run
from tests.example import whole
from tests.tables.sample import instance

WITHOUT = ["infeasible", "unbounded", "time_limit_without_plan", "interrupted", "solver_error"]


def ended(outcome: str, **parts: object) -> Run:
    """A run that ended so, without a plan."""
    return Run(**({"instance": instance(), "outcome": outcome, "bound_musd": 1234.5} | parts))  # type: ignore[arg-type]


@pytest.mark.parametrize("outcome", WITHOUT)
def test_it_says_what_happened_and_what_to_try_and_shows_no_plan(outcome: str) -> None:
    """No section of the page of a plan, no value, no bound, and never the word success."""
    text = plain(ended(outcome))
    assert "NO PLAN" in text
    assert " ".join(HAPPENED[outcome].split()) in " ".join(text.split())
    assert all(f"- {words}" in " ".join(text.split()) for words in TRY[outcome])
    lowered = text.lower()
    for never in ("success", "sign now", "equity", "certificate", "1,234", "optimal", "m$ due"):
        assert never not in lowered


@pytest.mark.parametrize("outcome", WITHOUT)
def test_every_outcome_has_words_of_its_own(outcome: str) -> None:
    """The five pages differ."""
    assert [other for other in WITHOUT if plain(ended(other)) == plain(ended(outcome))] == [outcome]


def test_an_infeasible_instance_shows_what_it_insists_on() -> None:
    """Cash floor, leases that must be delivered with their last month, debt to repay and budgets, with their figures."""
    must = instance(
        debt=[{"id": "bank", "limit_musd": 60, "rate_fraction": 0.09, "maturity": "2028-07", "opening_balance_musd": 12}],
        budgets=[{"year": 2028, "capex_musd": 33}],
    ).with_("leases.anchor.drop_dead", "2027-08")
    text = " ".join(plain(ended("infeasible", instance=must)).split())
    assert "Cash may never end a period below 10.0 M$; it starts at 150.0 M$." in text
    assert "1 lease must be delivered: anchor (10 MW, no later than 2027-08)." in text
    assert "bank: 12.0 M$ are owed and must be repaid by 2028-07." in text
    assert "Capex of 2028 is at most 33.0 M$." in text
    assert "insists" not in plain(ended("unbounded", instance=must))


def test_contracts_and_deliveries_insist_too() -> None:
    """Machines of others have to be hosted, until notice where it may be given; what is due on a delivery that cannot be cancelled."""
    text = " ".join(plain(ended("infeasible", instance=whole())).split())
    assert "guest: 5 MW of machines of others are hosted at gamma, until notice is given." in text
    assert "are due in" not in text
    kept = whole().with_("opening.next_tx.cancellable", False).with_("hosting.guest.notice_months", None)
    text = " ".join(plain(ended("infeasible", instance=kept)).split())
    assert "next_tx: 4.2 M$ are due in 2028-01." in text
    assert "hosted at gamma." in text


def test_the_solvers_own_words_are_passed_on() -> None:
    """The message of a failure helps to find its cause; control codes in it do not get through."""
    text = plain(ended("solver_error", message="segmentation fault\x1b[31m"))
    assert "The solver says: segmentation fault?[31m" in text
    assert "The solver says" not in plain(ended("solver_error"))


@pytest.mark.parametrize("name", [status.name for status in HighsModelStatus.__members__.values()])
def test_the_solvers_names_for_its_states_never_show(name: str) -> None:
    """Every state of the solver, alone or within a sentence, reads as plain words."""
    text = " ".join(plain(ended("solver_error", message=f"at the end: {name}")).split())
    assert name not in text
    assert "The solver says: at the end: " in text
    assert name in STATES or name == "kOptimal"
    assert "kBrandNew" not in plain(ended("solver_error", message="kBrandNew"))


def test_what_each_mandatory_lease_needs_is_set_against_what_can_be_there() -> None:
    """10 MW of shells draw 13 utility MW; with 12 there the lease cannot be met anywhere, with 80 it can."""
    text = " ".join(plain(ended("infeasible")).split())
    assert "anchor alpha 10.0 13.0 2029-01 80.0 2027-07 possible" in text
    assert "cannot be met" not in text
    grid = [row if row.id != "alpha_now" else row.model_copy(update={"mw": 12.0}) for row in instance().grid]
    later = {"id": "later", "site": "alpha", "kind": "energised", "mw": 50, "from_month": "2029-01"}
    soon = instance(grid=[*grid, later]).with_("leases.anchor.drop_dead", "2028-06")
    small = " ".join(plain(ended("infeasible", instance=soon)).split())
    assert "WARNING: cannot be met at any site that the tenant accepts, even alone: anchor." in small
    assert "anchor alpha 10.0 13.0 2028-01 12.0 2027-07 NOT HERE" in small
    assert "What they need" not in plain(ended("infeasible", instance=instance().with_("leases.anchor.mandatory", False)))
