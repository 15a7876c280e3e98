"""Faults of mandatory leases and of hosting contracts that no plan could serve (2027-01 to 2031-12)."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from planner.instance import load
from tests.instance.case import Folder


def test_a_mandatory_lease_fits_the_land_of_one_of_its_sites(folder: Folder) -> None:
    folder.cell("leases", 2, "it_mw", "61")
    assert "cannot influence the plan: the land of site 'north' holds 60 MW" in folder.notices()[0]
    folder.cell("leases", 2, "mandatory", "yes")
    assert folder.problem() == (
        "leases.csv line 2, it_mw: found 61; allowed: at most 60, the largest land_it_mw of its sites, as it is mandatory"
    )


def test_a_mandatory_lease_has_a_hall_of_its_product(folder: Folder) -> None:
    folder.cell("leases", 2, "mandatory", "yes")
    assert folder.problems() == []
    folder.cell("leases", 2, "product", "powered_land")
    assert folder.problem() == (
        "leases.csv line 2, product: found 'powered_land'; "
        "allowed: the product of a hall at its sites (mining, powered_shell, turnkey), as it is mandatory"
    )


def test_a_mandatory_lease_has_power_at_one_of_its_sites(folder: Folder) -> None:
    """North has 100 MW in all, 40 of them an upgrade that may come too late, which is for the model to find; south has 30."""
    folder.cell("halls", 4, "pue_peak", "2")
    folder.cell("leases", 2, "it_mw", "50.5")
    folder.cell("sites", 3, "land_it_mw", "60")
    reason = "it needs 101 MW of utility power at pue_peak 2, and site 'north' can never have more than 100 MW in grid"
    assert folder.notices() == [f"leases.csv line 2, it_mw: found 50.5; it cannot influence the plan: {reason}"]
    folder.cell("leases", 2, "mandatory", "yes")
    assert folder.problem() == (
        f"leases.csv line 2, it_mw: found 50.5: {reason} (none of its 2 sites can serve it); "
        "allowed: a lease that can be served, as it is mandatory"
    )
    folder.cell("leases", 2, "it_mw", "50")
    assert folder.problems() == []


def test_a_mandatory_lease_has_a_hall_in_time(folder: Folder) -> None:
    """A turnkey hall takes 12 months, so the first stands 2028-01."""
    folder.cell("leases", 2, "ready_by", "2027-04")
    folder.cell("leases", 2, "drop_dead", "2027-10")
    folder.cell("leases", 2, "mandatory", "yes")
    assert folder.problem() == (
        "leases.csv line 2, drop_dead: found 2027-10: the first hall of its product at site 'north' can stand 2028-01 "
        "(none of its 2 sites can serve it); allowed: a lease that can be served, as it is mandatory"
    )
    folder.cell("leases", 2, "drop_dead", "2028-01")
    assert folder.problems() == []


def test_a_mandatory_lease_needs_a_hall_that_can_stand(folder: Folder) -> None:
    """A hall type of its product exists, but is neither built nor converted to."""
    folder.cell("halls", 4, "buildable", "no")
    folder.cell("leases", 2, "mandatory", "yes")
    assert "leases.csv line 2, product: found 'turnkey': no hall of this product can stand at site 'north'" in folder.problem()


def test_a_mandatory_lease_made_in_python_raises_too(folder: Folder) -> None:
    instance = load(folder.path).with_("halls.ai.buildable", False)
    with pytest.raises(ValidationError, match=r"leases row 1, product: found 'turnkey': no hall of this product can stand"):
        instance.with_("leases.anchor.mandatory", True)


def needs(folder: Folder, it_mw: str) -> str:
    """What is said of the anchor, mandatory, at north alone with a pue_peak of 2; 100 MW are in grid there, 40 of them an upgrade."""
    folder.cell("halls", 4, "pue_peak", "2")
    folder.cell("sites", 2, "land_it_mw", "200")
    folder.put("lease_sites.csv", "lease,site\nanchor,north\nsecond,north\n")
    folder.cell("leases", 2, "it_mw", it_mw)
    folder.cell("leases", 2, "mandatory", "yes")
    return folder.problem()


def test_an_ai_lease_needs_firm_power(folder: Folder) -> None:
    folder.cell("grid", 4, "service", "interruptible")
    assert "it needs 61 MW of utility power at pue_peak 2, and site 'north' can never have more than 60 MW of firm power in grid" in needs(
        folder, "30.5"
    )
    folder.cell("leases", 2, "it_mw", "30")
    assert folder.problems() == []


def test_a_mining_lease_needs_no_firm_power(folder: Folder) -> None:
    folder.cell("grid", 4, "service", "interruptible")
    folder.cell("halls", 4, "product", "mining")
    folder.cell("leases", 2, "product", "mining")
    folder.cell("gpu_models", 2, "product", "powered_shell")
    folder.cell("leases", 2, "it_mw", "58")  # 63.8 MW at the sheds' pue_peak of 1.1
    folder.cell("leases", 2, "mandatory", "yes")
    assert folder.problems() == []
    folder.cell("sites", 2, "max_ai_it_mw", "5")
    folder.cell("sites", 2, "ai_eligible_from", "2031-12")
    assert folder.problems() == []


def test_dependable_generation_counts(full: Folder) -> None:
    """One engine stands and two may be commissioned: 0.9 x 30 MW of gas; the sun is not dependable."""
    assert "site 'north' can never have more than 127 MW in grid with its dependable generation" in needs(full, "64")
    full.cell("generators", 2, "lead_months", "49")
    assert "can never have more than 109 MW in grid with its dependable generation" in full.problem()
    full.cell("opening", 7, "in_service", "2031-02")
    assert "can never have more than 100 MW in grid" in full.problem()
    assert "generation" not in full.problem()
    full.cell("opening", 7, "in_service", "2022-01")
    full.cell("opening", 7, "until", "2026-01")
    assert "can never have more than 100 MW in grid" in full.problem()
    assert "generation" not in full.problem()


def test_no_more_than_is_approved_counts(folder: Folder) -> None:
    folder.add("grid.csv", "a0,north,approved,60,2027-01,,\na1,north,approved,20,2031-01,,\na2,north,approved,20,2031-02,,")
    assert "site 'north' can never have more than 80 MW that grid says are approved" in needs(folder, "40.5")
    folder.cell("leases", 2, "it_mw", "40")
    assert folder.problems() == []
    folder.cell("grid", 5, "mw", "160")
    folder.cell("leases", 2, "it_mw", "50.5")
    assert "site 'north' can never have more than 100 MW in grid" in folder.problem()


@pytest.mark.parametrize(
    ("line", "column", "value"), [(4, "lead_months", "49"), (4, "from_month", "2031-02"), (2, "from_month", "2031-02")]
)
def test_grid_that_never_comes_does_not_count(folder: Folder, line: int, column: str, value: str) -> None:
    folder.cell("grid", line, column, value)
    left = {4: "60", 2: "40"}[line]
    assert f"site 'north' can never have more than {left} MW in grid" in needs(folder, "32")


def test_a_site_takes_no_more_ai_than_it_may(folder: Folder) -> None:
    folder.cell("sites", 2, "max_ai_it_mw", "25")
    assert "it_mw: found 26: max_ai_it_mw of site 'north' allows 25 MW in halls of any product but mining" in needs(folder, "26")
    folder.cell("leases", 2, "it_mw", "25")
    assert folder.problems() == []


@pytest.mark.parametrize(("month", "fits"), [("2029-01", True), ("2029-02", False)])
def test_a_site_is_eligible_in_time(folder: Folder, month: str, fits: bool) -> None:
    """The last start up to the drop-dead month of 2029-07 is 2029-01."""
    for line in (2, 3):
        folder.cell("sites", line, "ai_eligible_from", month)
    folder.cell("leases", 2, "mandatory", "yes")
    words = f"drop_dead: found 2029-07: ai_eligible_from of site 'north' allows such halls in use from {month}"
    assert folder.problems() == [] if fits else words in folder.problem()


def offered(folder: Folder, begin: str, end: str) -> None:
    """Let the anchor, mandatory, accept the site on offer alone: turnkey halls of 12 months, drop-dead 2029-07."""
    folder.put("lease_sites.csv", "lease,site\nanchor,west\nsecond,north\n")
    folder.cell("halls", 4, "sites", "north|west")
    folder.cell("sites", 4, "offer_from", begin)
    folder.cell("sites", 4, "offer_to", end)
    folder.cell("leases", 2, "mandatory", "yes")


def test_a_site_on_offer_serves_from_its_purchase_on(full: Folder) -> None:
    offered(full, "2027-11", "2028-01")
    assert full.problems() == []
    offered(full, "2028-02", "2029-01")
    assert "drop_dead: found 2029-07: the first hall of its product at site 'west' can stand 2030-01" in full.problem()


def test_a_site_that_can_never_be_bought_serves_nobody(full: Folder) -> None:
    offered(full, "2028-02", "2028-12")
    assert "id: found 'anchor': no period starts in which site 'west', which is on offer, may be bought" in full.problem()


def test_an_upgrade_at_a_site_on_offer_is_ordered_after_its_purchase(full: Folder) -> None:
    """West has 30 MW at pue_peak 1.4; with 20 MW more, ordered 2028-01, it has them in 2030-01 or never."""
    offered(full, "2028-01", "2028-01")
    full.cell("leases", 2, "it_mw", "30")
    full.add("grid.csv", "w1,west,upgrade,20,,36,3")
    assert full.problems() == []
    full.cell("grid", 7, "lead_months", "37")
    assert "site 'west' can never have more than 30 MW in grid" in full.problem()


def test_what_is_hosted_has_a_hall_of_its_product(full: Folder) -> None:
    full.cell("hosting", 2, "product", "powered_land")
    assert full.problem() == (
        "hosting.csv line 2, product: found 'powered_land': no hall of this product can stand at site 'north'; "
        "allowed: a contract that the site can serve"
    )


def test_what_is_hosted_fits_the_land_and_the_power(full: Folder) -> None:
    """Sheds at pue_peak 1.1; 60 MW of land, 100 MW in grid and 27 MW of gas."""
    full.cell("hosting", 2, "it_mw", "61")
    assert "hosting.csv line 2, it_mw: found 61: the land of site 'north' holds 60 MW" in full.problem()
    full.cell("hosting", 2, "it_mw", "60")
    assert full.problems() == []
    full.cell("halls", 2, "pue_peak", "2.2")
    assert "hosting.csv line 2, it_mw: found 60: it needs 132 MW of utility power at pue_peak 2.2" in full.problem()


def test_what_is_hosted_has_its_hall_in_time(full: Folder) -> None:
    """A contract at south from 2027-08 needs a shell, which takes nine months, in the period from 2027-07 to 2027-09 at the latest."""
    for column, value in (("site", "south"), ("product", "powered_shell"), ("from_month", "2027-08")):
        full.cell("hosting", 2, column, value)
    assert "from_month: found 2027-08: the first hall of its product at site 'south' can stand 2027-10" in full.problem()
    full.cell("hosting", 2, "from_month", "2027-10")
    assert full.problems() == []


def test_a_hall_may_come_in_the_middle_of_the_first_period_of_hosting(full: Folder) -> None:
    """Guests count by their mean, and so do halls."""
    full.cell("hosting", 2, "site", "south")
    full.cell("hosting", 2, "from_month", "2027-07")
    full.add("opening.csv", "shed2,south,shed,1,,2027-09,,")
    assert full.problems() == []
    full.cell("opening", 8, "in_service", "2027-10")
    assert "from_month: found 2027-07: the first hall of its product at site 'south' can stand 2027-10" in full.problem()


def test_hosting_outside_the_plan_needs_nothing(full: Folder) -> None:
    full.cell("hosting", 2, "it_mw", "61")
    full.cell("hosting", 2, "to_month", "2027-01")
    assert full.problems() == []
