"""Faults of the opening: amounts, homes, dues and room (the plan runs from 2027-01 to 2031-12, its first period to 2027-03)."""

from __future__ import annotations

import pytest

from tests.instance.case import Folder


@pytest.mark.parametrize(
    ("line", "column", "value", "words"),
    [
        (2, "count", "", "count: blank; a value is required: a number above 0; halls, equipment, generators and GPU clusters are counted"),
        (2, "it_mw", "40", "it_mw: found 40; allowed: blank; halls, equipment, generators and GPU clusters are counted, in count"),
        (3, "it_mw", "", "it_mw: blank; a value is required: a number above 0; an ASIC fleet is measured in MW"),
        (3, "count", "7", "count: found 7; allowed: blank; an ASIC fleet is measured in MW, in it_mw"),
        (4, "it_mw", "80", "it_mw: found 80; allowed: blank; halls, equipment, generators and GPU clusters are counted, in count"),
        (5, "count", "", "count: blank; a value is required: a number above 0; halls, equipment"),
        (6, "count", "", "count: blank; a value is required: a number above 0; halls, equipment"),
        (6, "it_mw", "5", "it_mw: found 5; allowed: blank; halls, equipment, generators and GPU clusters are counted, in count"),
        (7, "count", "", "count: blank; a value is required: a number above 0; halls, equipment"),
    ],
)
def test_the_amount_of_an_opening_row(full: Folder, line: int, column: str, value: str, words: str) -> None:
    full.cell("opening", line, column, value)
    assert f"opening.csv line {line}, {words}" in full.problem()


@pytest.mark.parametrize("line", [2, 3, 4, 7])
def test_only_clusters_name_a_hall(full: Folder, line: int) -> None:
    full.cell("opening", line, "hall", "ai")
    assert full.problem() == (
        f"opening.csv line {line}, hall: found 'ai'; allowed: blank; only GPU clusters name the hall type that they stand in"
    )


def test_clusters_name_their_hall(full: Folder) -> None:
    full.cell("opening", 6, "hall", "")
    assert full.problem() == "opening.csv line 6, hall: blank; a value is required: the hall type that the clusters stand in"


def test_clusters_stand_in_a_hall_of_their_product(full: Folder) -> None:
    full.cell("opening", 6, "hall", "shed")
    assert full.problems()[0] == (
        "opening.csv line 6, hall: found 'shed', of product mining; "
        "allowed: a hall type of product turnkey, as 'gb300' needs, that stands or is allowed there: ai"
    )


def test_clusters_stand_in_a_hall_that_the_site_has_or_may_have(full: Folder) -> None:
    full.cell("halls", 4, "sites", "south")
    assert full.problems() == []  # a module of it stands at north
    full.cell("opening", 5, "site", "south")
    assert full.problems()[0] == (
        "opening.csv line 6, hall: found 'ai', which neither stands nor is allowed at site 'north'; "
        "allowed: a hall type of product turnkey, as 'gb300' needs, that stands or is allowed there: none"
    )


def test_clusters_of_the_first_period_fit_the_halls_that_stand(full: Folder) -> None:
    """One module of 20 MW stands; a cluster is 5 MW."""
    full.cell("opening", 6, "count", "4")
    assert full.problems() == []
    full.cell("opening", 6, "count", "5")
    assert full.problem() == (
        "opening.csv line 6, count: found 5 (25 MW of clusters); "
        "allowed: at most 20 MW, the halls 'ai' that stand at site 'north' all through the first period"
    )
    full.cell("opening", 6, "in_service", "2027-04")
    assert full.problems() == []


@pytest.mark.parametrize(("column", "value"), [("in_service", "2027-02"), ("until", "2027-03")])
def test_halls_for_clusters_stand_all_through_the_first_period(full: Folder, column: str, value: str) -> None:
    full.cell("opening", 5, column, value)
    assert "allowed: at most 0 MW, the halls 'ai' that stand at site 'north' all through the first period" in full.problem()
    full.cell("opening", 6, "until", "2026-12")
    assert full.problems() == []


@pytest.mark.parametrize(("table", "line"), [("halls", 4), ("conversions", 2)])
def test_halls_that_come_at_once_hold_clusters_too(full: Folder, table: str, line: int) -> None:
    full.cell("opening", 6, "count", "5")
    full.cell("conversions", 2, "to_hall", "ai")
    assert len(full.problems()) == 1
    full.cell("conversions", 2, "off_months", "0")
    full.cell(table, line, "build_months", "0")
    assert full.problems() == []


def test_several_rows_of_clusters_add_up(full: Folder) -> None:
    full.add("opening.csv", "more,north,gb300,3,,2026-01,,ai")
    assert "opening.csv line 8, count: found 3 (15 MW of clusters, 25 MW with the rows before)" in full.problem()


@pytest.mark.parametrize(
    ("month", "fits"), [("2020-01", False), ("2026-12", False), ("2027-01", True), ("2031-12", True), ("2032-01", False)]
)
def test_only_what_comes_within_the_plan_is_still_to_be_paid(full: Folder, month: str, fits: bool) -> None:
    full.cell("opening", 4, "due_musd", "3")
    full.cell("opening", 4, "in_service", month)
    words = (
        "opening.csv line 4, due_musd: found 3; "
        f"allowed: 0 with in_service {month}: the plan pays only for what comes from 2027-01 and before 2032-01"
    )
    assert full.problems() == ([] if fits else [words])


@pytest.mark.parametrize("line", [2, 3, 4, 5, 6, 7])
@pytest.mark.parametrize(("month", "fits"), [("2027-01", False), ("2027-02", True), ("2031-12", True), ("2032-01", False)])
def test_what_comes_within_the_plan_may_be_cancelled(full: Folder, line: int, month: str, fits: bool) -> None:
    """Halls, machines, equipment, clusters and generators alike."""
    full.remove("hosting.csv")
    full.cell("opening", line, "cancellable", "yes")
    full.cell("opening", line, "in_service", month)
    words = (
        f"opening.csv line {line}, cancellable: found yes with in_service {month}; "
        "allowed: no; or a month of service after 2027-01 and before 2032-01"
    )
    assert [problem for problem in full.problems() if "cancellable" in problem] == ([] if fits else [words])


def test_clusters_that_may_be_cancelled_need_no_hall_now(full: Folder) -> None:
    """25 MW of clusters in February on 20 MW of halls: a fault where they are to come, none where some may be cancelled."""
    full.cell("opening", 6, "count", "5")
    full.cell("opening", 6, "in_service", "2027-02")
    assert "opening.csv line 6, count: found 5 (25 MW of clusters); allowed: at most 20 MW" in full.problem()
    full.cell("opening", 6, "cancellable", "yes")
    assert full.problems() == []


def test_opening_halls_fit_the_land(folder: Folder) -> None:
    folder.add("opening.csv", "more,north,shed,3,,2023-01,")
    assert folder.problem() == (
        "opening.csv line 5, count: found 3 (30 MW of halls, 70 MW with the rows before); "
        "allowed: at most 60 MW, the land_it_mw of site 'north'"
    )


def test_halls_that_are_gone_hold_no_land_and_those_to_come_count_apart(folder: Folder) -> None:
    folder.add("opening.csv", "gone,north,shed,90,,2001-01,1")
    folder.add("opening.csv", "later,north,shed,3,,2028-01,")
    assert folder.problems() == []
    folder.add("opening.csv", "huge,north,shed,7,,2028-01,")
    assert "opening.csv line 7, count: found 7 (70 MW of halls, 100 MW with the rows before); allowed: at most 60 MW" in folder.problem()


def test_halls_that_are_given_up_before_the_start_hold_no_land(folder: Folder) -> None:
    folder.add("opening.csv", "leased,north,shed,3,,2023-01,")
    folder.cell("opening", 5, "until", "2027-01")
    assert folder.problems() == []
    folder.cell("opening", 5, "until", "2027-02")
    assert "70 MW with the rows before" in folder.problem()
