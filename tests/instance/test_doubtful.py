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
