"""Months, runs and actuals that do not do: one clear error each, with the exit code of its kind."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from click.testing import CliRunner

import planner
from planner import InvalidInstance, Plan, PlannerError, Run, bridge, roll
from planner.cli import main
from planner.rolling import CannotRoll, read_actuals
from tests.roll.case import planned
from tests.tiny import fleet, mining, standing, tiny


def idle() -> Run:
    """A mine that does nothing, in four quarters of 2027."""
    return planned(mining(opening=[standing("mine"), fleet()]))


@pytest.mark.parametrize("as_of", ["2027-01", "2027-05", "2028-01", "soon", "2027-04-17"])
def test_only_the_start_of_a_later_period_will_do(as_of: str) -> None:
    """The error lists the months that do."""
    with pytest.raises(CannotRoll, match=r"as-of: found .*; allowed: .*: 2027-04, 2027-07, 2027-10$"):
        roll(idle(), as_of)


@pytest.mark.parametrize("as_of", ["2027-07", "2027-07-01", dt.date(2027, 7, 1)])
def test_a_month_may_be_written_in_three_ways(as_of: str | dt.date) -> None:
    """As text with or without a day, or as a date."""
    assert roll(idle(), as_of).instance.start == dt.date(2027, 7, 1)


def test_a_plan_of_one_period_cannot_be_rolled() -> None:
    """There is no later period."""
    with pytest.raises(CannotRoll, match="none, as the plan has one period"):
        roll(planned(tiny(periods=[{"months": 12, "count": 1}])), "2028-01")


def test_a_run_without_a_plan_or_with_a_wrong_one_is_refused() -> None:
    """Nothing can be rolled, or nothing that would be true."""
    with pytest.raises(CannotRoll, match="has no plan to roll; its outcome is infeasible"):
        roll(Run(instance=tiny(), outcome="infeasible"), "2027-04")
    with pytest.raises(CannotRoll, match="fails its check"):
        roll(Run(instance=tiny(), outcome="optimal", plan=Plan("tiny", {"dividends_musd": {("2027Q1",): 1000.0}})), "2027-04")
    with pytest.raises(CannotRoll, match="has no plan to bridge to"):
        bridge(idle(), Run(instance=roll(idle(), "2027-04").instance, outcome="infeasible"))


@pytest.mark.parametrize("penalty", [float("nan"), float("inf"), -1.0, 1e12])
def test_a_penalty_is_an_amount(penalty: float) -> None:
    with pytest.raises(CannotRoll, match=r"change penalty: found .*; allowed: M\$ from 0 to 1,000,000"):
        roll(idle(), "2027-04", change_penalty_musd=penalty)


def test_a_bridge_leads_forward_within_one_instance() -> None:
    """Not backward, not to itself, not to another company."""
    run = idle()
    with pytest.raises(CannotRoll, match="found a second run from 2027-01; allowed: one that starts later than the first, 2027-01"):
        bridge(run, run)
    other = dataclasses.replace(run, instance=run.instance.with_("name", "other"))
    with pytest.raises(CannotRoll, match="found runs of 'tiny' and 'other'; allowed: two runs of one instance"):
        bridge(run, other)


def test_actuals_are_applied_together() -> None:
    """Cash below what is restricted is refused alone, and fine with less restricted."""
    run = planned(tiny(finance={"opening_restricted_musd": 20, "restricted_until": "2027-12"}))
    with pytest.raises(InvalidInstance, match="opening_restricted_musd"):
        roll(run, "2027-04", {"finance.opening_cash_musd": 10})
    rolled = roll(run, "2027-04", {"finance.opening_cash_musd": 10, "finance.opening_restricted_musd": 5})
    assert rolled.instance.finance.opening_cash_musd == 10.0


def test_actuals_of_a_file(tmp_path: Path) -> None:
    """Numbers, months and blanks, by path."""
    file = tmp_path / "actuals.csv"
    file.write_text("path,value,note\nopening.fleet.it_mw,0.8,broken\nopening.fleet.until,2029-01,\ngrid.meter.from_month,2027-04,\n")
    rolled = roll(idle(), "2027-04", read_actuals(file))
    (ours,) = [row for row in rolled.instance.opening if row.id == "fleet"]
    assert (ours.it_mw, ours.until) == (0.8, dt.date(2029, 1, 1))
    file.write_text("path,value\nopening.fleet.until,\n")
    assert roll(idle(), "2027-04", read_actuals(file)).instance.opening[1].until is None


FAULTS = [
    ("path,value,notes\n", "unknown column 'notes'"),
    ("path\nx\n", "no such column"),
    ("path,value\nopening.fleet.it_mw,1\nopening.fleet.it_mw,2\n", "line 3, path: found 'opening.fleet.it_mw' a second time"),
    ("path,value\nopening.flet.it_mw,1\n", "line 2, path: found opening without a row 'flet'.*did you mean 'fleet'"),
    ("path,value\nopening.fleet.mw,1\n", "line 2, path: found unknown field 'mw'"),
    ("path,value\nopenings.fleet.it_mw,1\n", "line 2, path: found 'openings.fleet.it_mw'"),
    ("path,value\nopening.fleet.it_mw,much\n", "line 2, value: found 'much'; allowed: a number"),
    ("path,value\nopening.fleet.it_mw,-1\n", "line 2, value: found '-1'"),
    ("path,value\nopening.fleet.item,\n", "line 2, value: blank"),
    ("path,value\nopening.fleet.site,south\n", "line 2, value: found opening fleet, site: unknown 'south'"),
    ("path,value\nopening.fleet.until,2025-01\n", "line 2, value: found until 2025-01"),
    ("path,value\nopening.fleet.it_mw,1,2\n", "line 2: found 3 cells"),
]


@pytest.mark.parametrize(("text", "words"), FAULTS)
def test_faults_of_actuals_name_the_place(tmp_path: Path, text: str, words: str) -> None:
    """File, line, column, what was found and what is allowed."""
    file = tmp_path / "actuals.csv"
    file.write_text(text)
    with pytest.raises(InvalidInstance, match=words) as error:
        roll(idle(), "2027-04", read_actuals(file))
    assert "actuals.csv" in str(error.value)


def test_the_commands(tmp_path: Path) -> None:
    """roll writes an instance that loads and says what comes next, bridge prints its steps; errors have their exit codes."""
    run = planner.solve(mining(opening=[standing("mine"), fleet()]))
    run.save(tmp_path / "run")
    shell = CliRunner()
    rolled = shell.invoke(
        main, ["roll", str(tmp_path / "run"), "--as-of", "2027-07", "-o", str(tmp_path / "next"), "--change-penalty", "0.1"]
    )
    assert rolled.exit_code == 0, rolled.output
    assert "rolled to 2027-07" in rolled.output
    instance = planner.load(tmp_path / "next")
    assert instance.finance.change_penalty_musd == 0.1
    planner.solve(instance).save(tmp_path / "later")
    bridged = shell.invoke(main, ["bridge", str(tmp_path / "run"), str(tmp_path / "later")])
    assert bridged.exit_code == 0, bridged.output
    assert "Bridge of value" in bridged.output
    assert "Decisions reversed" in bridged.output
    wrong = shell.invoke(main, ["roll", str(tmp_path / "run"), "--as-of", "2027-05", "-o", str(tmp_path / "other")])
    assert wrong.exit_code == 2
    assert "2027-04, 2027-07, 2027-10" in wrong.output
    assert not (tmp_path / "other").exists()
    taken = shell.invoke(main, ["roll", str(tmp_path / "run"), "--as-of", "2027-07", "-o", str(tmp_path / "next")])
    assert taken.exit_code == 2


def test_errors_are_those_of_the_planner() -> None:
    """So that a program can catch them all."""
    assert issubclass(CannotRoll, PlannerError)
    assert CannotRoll.exit_code == 2
