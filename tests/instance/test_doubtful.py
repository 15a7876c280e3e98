"""Notices of what is allowed and was probably not meant (the plan runs from 2027-01 to 2031-12)."""

from __future__ import annotations

import pytest

from tests.instance.case import Folder


def test_an_instance_without_a_site(folder: Folder) -> None:
    for path in folder.path.glob("*.csv"):
        path.unlink()
    assert folder.notice() == "sites.csv, id: found no site; nothing can be built, mined or let: the plan only keeps its cash"


def test_a_lease_due_after_the_plan_without_an_earliest_start(folder: Folder) -> None:
    """The first powered shell comes from a conversion of 6 months, so it may stand from 2027-07."""
    folder.cell("leases", 3, "ready_by", "2032-01")
    assert folder.notice() == (
        "leases.csv line 3, ready_by: found 2032-01; the plan ends 2032-01, and the lease would be served up to 54 months early; "
        "give earliest_start"
    )


def test_a_lease_that_is_late_when_the_plan_starts(folder: Folder) -> None:
    folder.cell("leases", 2, "ready_by", "2026-10")
    folder.cell("leases", 2, "earliest_start", "")
    assert "leases.csv line 2, ready_by: found 2026-10; the plan starts 2027-01: it is late from the first month on" in folder.notices()


def test_a_lease_is_served_no_earlier_than_its_site_is_eligible(folder: Folder) -> None:
    """The first powered shell stands 2027-07, the sheds 2027-01; eligible for AI is the site from 2030-12, in the period from 2031-01."""
    folder.cell("leases", 3, "ready_by", "2032-01")
    folder.cell("sites", 2, "ai_eligible_from", "2030-12")
    folder.cell("lease_sites", 2, "site", "south")
    folder.swap("lease_sites.csv", "anchor,south,-2\n", "")
    assert "the lease would be served up to 12 months early" in folder.notice()
    folder.cell("leases", 3, "product", "mining")
    assert "the lease would be served up to 60 months early" in folder.notice()


@pytest.mark.parametrize(("ready_by", "months"), [("2030-01", 0), ("2030-02", 25)])
def test_a_lease_served_long_before_it_is_due(folder: Folder, ready_by: str, months: int) -> None:
    """The first turnkey hall stands 2028-01: 24 months before 2030-01."""
    folder.cell("leases", 2, "ready_by", ready_by)
    folder.cell("leases", 2, "drop_dead", "2031-01")
    words = f"leases.csv line 2, earliest_start: found blank; it would be served up to {months} months early; give earliest_start"
    assert folder.notices() == ([words] if months else [])
    folder.cell("leases", 2, "earliest_start", "2029-01")
    assert folder.notices() == []


def test_a_fleet_larger_than_the_halls_that_can_host_it(folder: Folder) -> None:
    """Four sheds of 10 MW stand, and no more can be built."""
    folder.add("opening.csv", "more,north,s21,,3,2025-01,")
    assert folder.notice() == (
        "opening.csv line 5, it_mw: found 3 (41 MW with the fleets before); "
        "the mining halls that stand or could be built at site 'north' hold 40 MW; the rest can never run"
    )
    folder.cell("opening", 5, "site", "south")
    assert "line 5, it_mw: found 3; the mining halls that stand or could be built at site 'south' hold 0 MW" in folder.notice()


def test_a_fleet_that_new_halls_can_host(folder: Folder) -> None:
    """With halls for sale the land is the limit: 60 MW."""
    folder.cell("halls", 2, "buildable", "yes")
    folder.cell("opening", 3, "it_mw", "60")
    assert folder.notices() == []
    folder.cell("opening", 3, "it_mw", "60.5")
    assert "hold 60 MW" in folder.notice()


def test_a_fleet_that_takes_the_place_of_another(folder: Folder) -> None:
    """The fleet of 2024-04 lives for 60 months; from 2029-04 another may fill the same halls."""
    folder.add("opening.csv", "next,north,s21,,40,2029-04,")
    assert folder.notices() == []
    folder.cell("opening", 5, "in_service", "2029-03")
    assert "opening.csv line 5, it_mw: found 40 (78 MW with the fleets before)" in folder.notice()


def test_a_fleet_that_may_move_needs_no_hall_where_it_stands(full: Folder) -> None:
    """38 and 3 MW in four sheds of 10; with two sites in moves the rest may go elsewhere."""
    full.add("opening.csv", "more,north,s21,,3,2025-01,,")
    assert full.notices() == []
    full.put("moves.csv", "site\nsouth\neast\n")
    assert full.notice().startswith("opening.csv line 8, it_mw: found 3 (41 MW with the fleets before)")
    full.put("moves.csv", "site\nnorth\n")
    assert any(notice.startswith("opening.csv line 8, it_mw: found 3") for notice in full.notices())


def test_a_fleet_that_leaves_makes_room(folder: Folder) -> None:
    folder.add("opening.csv", "next,north,s21,,40,2028-01,")
    folder.cell("opening", 3, "until", "2028-01")
    assert folder.notices() == []
    folder.cell("opening", 3, "until", "2028-02")
    assert "opening.csv line 5, it_mw: found 40 (78 MW with the fleets before)" in folder.notice()


@pytest.mark.parametrize(
    ("line", "words"),
    [(2, "; until then it only holds land"), (3, ", before it works"), (4, ", before it works"), (6, ", before it works")],
)
def test_a_row_that_comes_after_the_plan(full: Folder, line: int, words: str) -> None:
    full.remove("hosting.csv")
    full.cell("opening", line, "in_service", "2032-01")
    late = [notice for notice in full.notices() if notice.startswith(f"opening.csv line {line}, in_service")]
    assert late == [f"opening.csv line {line}, in_service: found 2032-01; the plan ends 2032-01{words}"]
    full.cell("opening", line, "in_service", "2031-12")
    assert not any(notice.startswith(f"opening.csv line {line}, in_service") for notice in full.notices())


def test_halls_without_one_kind_of_equipment(folder: Folder) -> None:
    """Sheds stand at north; south has nothing that could be idle."""
    folder.add("equipment.csv", "cb,80,1,12")
    folder.cell("equipment", 3, "kind", "breaker")
    assert folder.notice() == (
        "equipment.csv line 3, kind: found 'breaker'; none stands at the opening at north: the halls there are idle until one is delivered"
    )
    folder.add("opening.csv", "gear,north,cb,1,,2027-02,")
    assert "equipment.csv line 3, kind" in folder.notice()
    folder.cell("opening", 5, "in_service", "2027-01")
    assert folder.notices() == []
    folder.cell("opening", 5, "in_service", "2020-01")
    folder.cell("opening", 5, "until", "2027-01")
    assert any("equipment.csv line 3, kind" in notice for notice in folder.notices())


def test_a_treasury_is_foresight(folder: Folder) -> None:
    folder.put("instance.yaml", folder.text("instance.yaml") + "  treasury_cap_btc: 100\n")
    assert folder.notice() == (
        "instance.yaml line 9, finance.treasury_cap_btc: found 100; the plan knows the deck: it keeps bitcoin whenever the deck "
        "rises faster than the discount rate; foresight, not a forecast"
    )
