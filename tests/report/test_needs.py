"""What mandatory leases need against what can be there, by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from planner.check.world import World
from planner.report.needs import Need, first_month, needs, utility_mw
from tests.tables.sample import instance
from tests.tiny import accepts, conversion, facility, hall, lease, leased, meter, mine, site, standing, tiny, upgrade, years


def only(**parts: Any) -> Need:
    """The need of the one mandatory lease at the one site; 1 MW in shells of the tiny company."""
    tables: dict[str, Any] = {"halls": [hall()], "opening": [standing()], "leases": [lease(mandatory=True)], "lease_sites": [accepts()]}
    (found,) = needs(tiny(**(tables | parts)))
    return found


def test_a_lease_that_is_not_mandatory_needs_nothing() -> None:
    """Only what has to be delivered can make an instance infeasible."""
    assert list(needs(leased(debt=[facility()]))) == []
    assert [(need.lease.id, need.site) for need in needs(instance())] == [("anchor", "alpha")]


def test_what_stands_is_there_at_once() -> None:
    """A standing shell and 10 MW of grid: met; four quarters, so the last start is October."""
    need = only()
    assert [need.facility_mw, need.utility_mw] == [Fraction(1), Fraction(10)]
    assert (need.last_start, need.hall_month, need.can_be_met) == (9, 0, True)


LATER = meter(id="later", from_month="2027-10")
"""10 MW more in October, too late for a tenant who waits until July."""


def test_the_grid_counts_what_can_be_there_at_the_last_start() -> None:
    """12 MW on a meter of 10: an upgrade of 2 MW helps with 6 months of lead, not with 7, nor from a later month on, nor elsewhere."""
    big: dict[str, Any] = {
        "opening": [standing(count=12)], "leases": [lease(it_mw=12, mandatory=True, drop_dead="2027-07")],
        "sites": [site(land_it_mw=20), site(id="other")],
    }  # fmt: skip
    assert not only(**big, grid=[meter(), LATER]).can_be_met
    helps = ({"lead_months": 6}, True), ({"lead_months": 7}, False), ({"from_month": "2027-08"}, False), ({"site": "other"}, False)
    for fields, met in helps:
        assert only(**big, grid=[meter(), LATER, upgrade(mw=2, **fields)]).can_be_met == met


def test_power_is_that_of_the_last_permitted_start() -> None:
    """Energised in July, but the tenant leaves in June: nothing is there in time."""
    tables: dict[str, Any] = {"grid": [meter(from_month="2027-07")]}
    world = World(tiny(**tables))
    assert [utility_mw(world, "site", period) for period in world.periods] == [0, 0, 10, 10]
    need = only(**tables, leases=[lease(mandatory=True, drop_dead="2027-06")])
    assert need.utility_mw == 0
    assert (need.last_start, need.can_be_met) == (3, False)


def test_a_design_peak_above_it_mw_counts() -> None:
    """1 MW of IT draws 1.5 MW of facility; a meter of 1.4 does not do, one of 1.5 does."""
    tenant = lease(mandatory=True, drop_dead="2027-07")
    short, enough = (only(halls=[hall(pue_peak=1.5)], grid=[meter(mw=mw), LATER], leases=[tenant]) for mw in (1.4, 1.5))
    assert float(short.facility_mw or 0) == 1.5
    assert (short.can_be_met, enough.can_be_met) == (False, True)


def test_a_hall_that_comes_after_the_last_start_is_too_late() -> None:
    """A shell delivered in August: in time for October, too late for a tenant who leaves in July; another site does not help this one."""
    late: dict[str, Any] = {"opening": [standing(in_service="2027-08"), standing(id="there", site="other")],
                            "sites": [site(), site(id="other")], "grid": [meter(), meter(id="m2", site="other")]}  # fmt: skip
    both = {"lease_sites": [accepts(), accepts(at="other")], "halls": [hall()]}
    for drop_dead, here in ((None, True), ("2027-07", False)):
        found = list(needs(tiny(**late, **both, leases=[lease(mandatory=True, drop_dead=drop_dead)])))
        assert [(need.site, need.can_be_met) for need in found] == [("site", here), ("other", True)]


def test_the_first_hall_is_the_soonest_of_standing_built_and_converted() -> None:
    """Standing in month 5, built in 4, converted in 2 but not before the mine has stood for its two months off."""

    def month(**parts: Any) -> int | None:
        return first_month(World(tiny(sites=[site(land_it_mw=40)], periods=years(2), **parts)), "site", "shell")

    stands: dict[str, Any] = {"opening": [standing(in_service="2027-06")]}
    assert month(halls=[hall()]) is None
    assert month(halls=[hall()], **stands) == 5
    assert month(halls=[hall(buildable=True, build_months=4)], **stands) == 4
    change = conversion(build_months=2, off_months=2)
    assert month(halls=[hall(), mine()], conversions=[change], opening=[standing("mine")]) == 2
    later = [standing("mine", in_service="2027-04")]
    assert month(halls=[hall(), mine()], conversions=[change], opening=later) == 5
    assert month(halls=[hall(sites=["site"]), mine()], conversions=[change], opening=[]) is None


def test_ai_halls_need_firm_power_that_is_approved() -> None:
    """Of 10 firm and 4 interruptible MW a tenant of AI halls has 10, a mine 14. An upgrade of 5 MW counts as far as 12 are approved."""
    world = World(tiny(grid=[meter(), meter(id="cut", mw=4, service="interruptible")]))
    assert [utility_mw(world, "site", world.periods[0], firm_only=firm) for firm in (True, False)] == [10, 14]
    approved = [meter(id="first", kind="approved", mw=10), meter(id="second", kind="approved", mw=2, from_month="2027-07")]
    later = World(tiny(grid=[meter(), upgrade(mw=5), *approved]))
    assert [utility_mw(later, "site", period, firm_only=True) for period in later.periods] == [10, 10, 12, 12]


def test_dependable_generation_counts_from_when_it_can_be_there() -> None:
    """A standing unit of 2 MW, half dependable, and three more with six months of lead: 1 MW at once, 4 from July on."""
    plant = {"id": "gas", "max_units": 3, "unit_mw": 2, "dependable_fraction": 0.5, "lead_months": 6, "capex_musd_per_unit": 1}
    row = {"id": "old", "site": "site", "item": "gas", "count": 1, "in_service": "2026-01"}
    world = World(tiny(generators=[plant], opening=[row]))
    assert [utility_mw(world, "site", period, firm_only=True) for period in world.periods] == [11, 11, 14, 14]


def test_what_a_site_on_offer_has_is_there_after_its_purchase() -> None:
    """On offer from April: its meter counts from there, an upgrade with three months of lead from July, a hall built in three too."""
    offer = site(option_price_musd=1, offer_from="2027-03", offer_to="2027-06")
    halls = [hall(buildable=True, build_months=3)]
    world = World(tiny(sites=[offer], grid=[meter(from_month="2020-01"), upgrade(mw=2, lead_months=3)], halls=halls))
    assert [utility_mw(world, "site", period) for period in world.periods] == [0, 10, 12, 12]
    assert first_month(world, "site", "shell") == 6


def test_what_a_site_may_give_to_ai_bounds_a_lease() -> None:
    """0.5 MW may be given: 0.5 MW of tenants start, 1 MW do not, here; nothing starts before the site is eligible."""
    fields: dict[str, Any] = {
        "sites": [site(max_ai_it_mw=0.5, ai_eligible_from="2027-07"), site(id="other")], "grid": [meter(), meter(id="m2", site="other")],
        "opening": [standing(), standing(id="there", site="other")], "lease_sites": [accepts(), accepts(at="other")], "halls": [hall()],
    }  # fmt: skip
    for it_mw, here in ((0.5, True), (1, False)):
        found = {need.site: need for need in needs(tiny(**fields, leases=[lease(mandatory=True, it_mw=it_mw)]))}
        assert (found["site"].can_be_met, found["other"].can_be_met) == (here, True)
    tenant = lease(mandatory=True, it_mw=0.5, drop_dead="2027-04")
    found = {need.site: need for need in needs(tiny(**fields, leases=[tenant]))}
    assert (found["site"].last_start, found["other"].last_start) == (None, 3)


def test_a_lease_in_blocks_needs_what_one_of_them_does() -> None:
    """20 MW by July, when 10 MW of grid are there: blocks of 5 may be spread over sites, so one is asked for; in one piece it cannot be."""
    big: dict[str, Any] = {"opening": [standing(count=20)], "sites": [site(land_it_mw=40)], "grid": [meter(), LATER]}
    terms: dict[str, Any] = {"it_mw": 20, "mandatory": True, "drop_dead": "2027-07"}
    found = [only(**big, leases=[lease(**terms, **split)]) for split in ({}, {"block_it_mw": 5})]
    assert [(need.it_mw, need.facility_mw, need.can_be_met) for need in found] == [(20, 20, False), (5, 5, True)]


def test_only_the_hall_that_a_lease_names_counts() -> None:
    """It accepts no shell but one that cannot be there."""
    other = hall(id="other")
    assert only(lease_sites=[accepts() | {"hall": "shell"}], halls=[hall(), other]).can_be_met
    assert not only(lease_sites=[accepts() | {"hall": "other"}], halls=[hall(), other]).can_be_met


def test_what_runs_already_starts_at_once() -> None:
    """A lease delivered in 2026 is there in the first period or not at all."""
    runs = only(leases=[lease(mandatory=True, stage="signed", delivered="2026-07", ready_by="2026-07", term_months=36)])
    assert (runs.last_start, runs.can_be_met) == (0, True)
