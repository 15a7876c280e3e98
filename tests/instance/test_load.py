"""A valid folder is read as it was meant, and a report tells all there is to tell."""

from __future__ import annotations

import datetime as dt
import pickle
from pathlib import Path

import pytest

from planner.errors import InvalidInstance, PlannerError, Problem
from planner.instance import examine, load
from tests.instance.case import Folder
from tests.shipped import NAMES


def test_the_base_folder_has_no_problem_and_no_notice(folder: Folder) -> None:
    report = folder.report()
    assert (report.problems, report.notices) == ((), ())
    assert report.instance.name == "two_sites"


def test_values_arrive_in_their_types(folder: Folder) -> None:
    instance = load(folder.path)
    assert instance.start == dt.date(2027, 1, 1)
    assert instance.sites[0].land_it_mw == 60.0
    assert instance.sites[1].note is None
    assert instance.halls[2].sites == ("north", "south")
    assert instance.halls[0].buildable is False
    assert instance.opening[0].count == 4
    assert instance.opening[1].count is None
    assert instance.btc[0].from_day == dt.date(2027, 1, 1)
    assert instance.lease_sites[1].rent_adder_usd_per_kw_month == -2.0


def test_path_may_be_a_string(folder: Folder) -> None:
    assert load(str(folder.path)) == load(folder.path)


def test_blank_cells_take_the_default(folder: Folder) -> None:
    folder.cell("sites", 2, "power_factor", "")
    assert load(folder.path).sites[0].power_factor == 0.95


def test_an_absent_table_is_empty(folder: Folder) -> None:
    folder.remove("budgets.csv")
    assert load(folder.path).budgets == ()


def test_a_header_without_rows_is_an_empty_table(folder: Folder) -> None:
    folder.put("budgets.csv", "year,capex_musd\n")
    assert load(folder.path).budgets == ()


@pytest.mark.parametrize(("text", "value"), [("1e3", 1000.0), ("+40", 40.0), ("40.", 40.0), (" 40 ", 40.0), (".5e2", 50.0)])
def test_ways_to_write_a_number(folder: Folder, text: str, value: float) -> None:
    folder.cell("sites", 2, "land_it_mw", text if float(text) >= 40 else "60")
    assert load(folder.path).sites[0].land_it_mw == value


@pytest.mark.parametrize(("text", "value"), [("yes", True), ("No", False), ("TRUE", True), ("false", False)])
def test_ways_to_write_yes_and_no(folder: Folder, text: str, value: bool) -> None:
    folder.cell("halls", 4, "buildable", text)
    assert load(folder.path).halls[2].buildable is value


@pytest.mark.parametrize("text", ["2", "2.0", "2e0"])
def test_a_whole_number_may_be_written_with_a_point(folder: Folder, text: str) -> None:
    folder.cell("slots", 2, "units", text)
    assert load(folder.path).slots[0].units == 2


def test_blank_lines_are_skipped_and_lines_still_counted(folder: Folder) -> None:
    folder.put("sites.csv", "id,market,land_it_mw\n\nnorth,ercot,60\n,,\n\nsouth,ercot,-1\n")
    assert folder.problem() == "sites.csv line 6, land_it_mw: found '-1'; allowed: a number from 0 to 1000000"


def test_a_quoted_cell_may_hold_lines_and_commas(folder: Folder) -> None:
    folder.put("sites.csv", 'id,market,land_it_mw,note\nnorth,ercot,60,"one, two\nthree"\nsouth,ercot,x,\n')
    assert folder.problem().startswith("sites.csv line 4, land_it_mw: found 'x'")


def test_all_problems_are_reported_at_once_in_the_order_of_the_files(folder: Folder) -> None:
    folder.cell("leases", 2, "product", "turnky")
    folder.cell("sites", 3, "land_it_mw", "lots")
    folder.swap("instance.yaml", "start: 2027-01", "start: soon")
    folder.cell("debt", 2, "rate_fraction", "9")
    places = [(problem.file, problem.line, problem.field) for problem in folder.report().problems]
    assert places == [
        ("instance.yaml", 2, "start"),
        ("sites.csv", 3, "land_it_mw"),
        ("leases.csv", 2, "product"),
        ("debt.csv", 2, "rate_fraction"),
    ]


def test_all_faults_of_one_row_are_reported(folder: Folder) -> None:
    folder.put("conversions.csv", folder.text("conversions.csv").replace("shed,shell,north,2,1,2,30,6,3", "shed,shed,north,0,1,2,-30,6,7"))
    assert [problem.field for problem in folder.report().problems] == ["from_modules", "capex_musd_per_lot"]
    folder.put("conversions.csv", folder.text("conversions.csv").replace("north,0,1,2,-30", "north,1,1,2,30"))
    assert [problem.field for problem in folder.report().problems] == ["off_months", "to_hall"]


def test_load_raises_what_examine_reports(folder: Folder) -> None:
    folder.cell("leases", 2, "product", "turnky")
    with pytest.raises(InvalidInstance) as caught:
        load(folder.path)
    assert caught.value.problems == examine(folder.path).problems
    assert caught.value.exit_code == 3
    assert isinstance(caught.value, PlannerError)
    assert str(caught.value).startswith("1 problem:\n  leases.csv line 2, product: found 'turnky'")


def test_the_error_survives_a_trip_between_processes() -> None:
    error = InvalidInstance([Problem("sites.csv", 2, "id", "'x'", "y")])
    assert pickle.loads(pickle.dumps(error)).problems == error.problems


def test_the_message_has_the_promised_form(folder: Folder) -> None:
    folder.cell("leases", 2, "product", "turnky")
    assert folder.problem() == (
        "leases.csv line 2, product: found 'turnky'; allowed: mining, powered_land, powered_shell, turnkey; did you mean 'turnkey'?"
    )


@pytest.mark.parametrize("name", NAMES)
def test_shipped_instances_are_valid(name: str) -> None:
    report = examine(Path(__file__).parents[2] / "instances" / name)
    assert report.problems == ()
