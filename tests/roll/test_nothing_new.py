"""With no news, rolling changes nothing: the plan goes on in the rolled instance and is worth what it was, to the last digit."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

import planner
from planner import Run
from planner.check.calendar import Calendar
from tests import example
from tests.properties.instances import anything
from tests.roll.case import goes_on, worth
from tests.shipped import FOLDER, NAMES

NOT_EXACT = (
    "putting machines in", "putting them in", "on order for it", "counts as drawn", "count towards max_units",
    "rest of the year cannot take", "cash floor lies below",
    "wait in the pool", "it matures in", "converted", "booked to the earlier type",
)  # fmt: skip
"""What a note may say is approximated."""
CHANGES_NOTHING = ("no lease of Tenant is left, so this policy is dropped",)
"""What a note may say besides: what is left is as exact as without it."""


@functools.cache
def shipped(name: str) -> Run:
    """A shipped instance, solved."""
    return planner.solve(planner.load(FOLDER / name))


@functools.cache
def made_up(name: str) -> Run:
    """A portfolio of tests/example.py, solved."""
    return planner.solve(getattr(example, name)())


def starts(run: Run) -> list[str]:
    """Every month to which a run may be rolled."""
    calendar = Calendar(run.instance)
    return [f"{calendar.day(u.first):%Y-%m}" for u in calendar.periods[1:]]


EXACT = [
    ("one_site", "2027-10"), ("one_site", "2029-01"), ("shell_100mw", "2028-01"), ("shell_100mw", "2031-01"),
    ("rockdale", "2028-04"), ("rockdale", "2032-01"),
]  # fmt: skip
LONG = [("mining_fleet", "2028-07"), ("mining_fleet", "2029-10"), ("cross_iso", "2028-01")]


@pytest.mark.parametrize(("name", "as_of"), [*EXACT, *(pytest.param(*pair, marks=pytest.mark.prove) for pair in LONG)])
def test_a_shipped_plan_goes_on(name: str, as_of: str) -> None:
    """Accepted by the checker, and worth the old value less what was paid out, in money of the later month."""
    goes_on(shipped(name), as_of)


@pytest.mark.parametrize("name", ["everything", "whole"])
def test_plans_of_every_rule_go_on(name: str) -> None:
    """Two dates each, within a year and at its end."""
    for as_of in ("2027-10", "2029-01"):
        goes_on(made_up(name), as_of)


def test_a_plan_with_lenders_goes_on() -> None:
    """Draws, covenants, reserves and blocks of leases too."""
    for as_of in ("2027-10", "2030-01"):
        goes_on(made_up("contracted"), as_of)


def test_rolling_twice_is_rolling_once() -> None:
    """To 2027-10 and from there to 2029-01: the same value as in one go."""
    run = made_up("contracted")
    first = planner.roll(run, "2027-10")
    half = Run(instance=first.instance, outcome="optimal", plan=first.plan)
    twice, once = planner.roll(half, "2029-01"), planner.roll(run, "2029-01")
    assert worth(twice) == pytest.approx(worth(once), rel=1e-9)


def test_a_rolled_instance_is_written_and_read(tmp_path: Path) -> None:
    """As a folder and as a workbook, to an equal instance without faults."""
    rolled = planner.roll(made_up("contracted"), "2027-10", {}, 0.25)
    for name in ("next", "next.xlsx"):
        planner.write(rolled.instance, tmp_path / name)
        report = planner.examine(tmp_path / name)
        assert report.problems == ()
        assert report.instance == rolled.instance


def holds(run: Run) -> None:
    """At every month the roll is valid; where it is not exact a note says what is approximated."""
    for as_of in starts(run):
        rolled = planner.roll(run, as_of)
        certificate = planner.verify(rolled.instance, rolled.plan)
        expected = rolled.continued_musd + rolled.released_musd
        exact = certificate.ok and abs(float(certificate.value_musd) - expected) <= 1e-9 * max(1.0, abs(expected))
        approximated = [note for note in rolled.notes if not any(words in note for words in CHANGES_NOTHING)]
        assert exact or approximated, (run.instance.name, as_of, certificate.violations)
        for note in approximated:
            assert any(words in note for words in NOT_EXACT), note


@pytest.mark.parametrize("seed", range(6))
def test_any_portfolio_rolls(seed: int) -> None:
    """Random portfolios over every table, at every month."""
    run = planner.solve(anything(seed))
    if run.plan is not None:
        holds(run)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(6, 60))
def test_many_portfolios_roll(seed: int) -> None:
    """The long proof of the same."""
    test_any_portfolio_rolls(seed)


@pytest.mark.prove
@pytest.mark.parametrize("name", NAMES)
def test_shipped_plans_roll_to_every_month(name: str) -> None:
    """Every period of every shipped instance."""
    holds(shipped(name))


@pytest.mark.prove
@pytest.mark.parametrize("name", ["everything", "whole", "contracted"])
def test_made_up_plans_roll_to_every_month(name: str) -> None:
    """Every period of the portfolios that have every rule."""
    holds(made_up(name))
