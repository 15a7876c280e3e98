"""Section 6, equipment of several kinds and types: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tiny import (
    accepts,
    chosen,
    fleet,
    hall,
    lease,
    leased,
    meter,
    mine,
    mining,
    near,
    site,
    solved,
    standing,
    state,
    tiny,
    worth,
    years,
)
from tests.tiny_power import plant
from tests.tiny_sites import breaker, transformer, two_tenants

GUARDED = hall(redundancy="N+1")
DOUBLED = hall(redundancy="2N")


def guarded_and_mine(**parts: Any) -> dict[str, Any]:
    """An N+1 shell with its tenant and a mine with 1 MW of rigs."""
    tables: dict[str, Any] = {
        "halls": [mine(), GUARDED],
        "opening": [standing("mine"), fleet(), standing()],
        "leases": [lease()],
        "lease_sites": [accepts()],
    }
    return tables | parts


def test_each_kind_carries_the_whole_load() -> None:
    """(6.5), (6.6), (6.7): 1 MW needs a transformer for 0.5 and two breakers for 0.1: 100 + 12 - 0.7. For one of the kinds 111.5, 111.8."""
    run = solved(leased(equipment=[transformer(), breaker()]))
    assert worth(run) == near(111.3)
    assert state(run, "installed_mva", "site", "transformer", "2027Q1") == 1
    assert state(run, "installed_mva", "site", "breaker", "2027Q1") == 1


def test_a_kind_that_cannot_come_stops_everything() -> None:
    """(6.7): switchgear is modelled, none stands and none comes within the year: 100. Without its row 111.5."""
    switchgear = transformer(id="gear", kind="switchgear", lead_months=24)
    assert worth(solved(leased(equipment=[transformer(), switchgear]))) == near(100)


def test_units_per_megawatt_count_load_whatever_the_power_factor() -> None:
    """(6.6): two breakers for each MW at a power factor of 0.5 and a loading of 0.8 too: 100 + 12 - 0.2.

    Were each breaker rated at half a MVA, 1 MW would be 2 MVA on 0.8 of the rating: five breakers, 111.5.
    """
    run = solved(leased(sites=[site(power_factor=0.5, loading_limit_fraction=0.8)], equipment=[breaker()]))
    assert worth(run) == near(111.8)
    assert state(run, "installed_mva", "site", "breaker", "2027Q1") == near(2.5)


def test_types_of_a_kind_add_up() -> None:
    """(6.6): 2 MW on a unit of 1.5 MVA that stands and one of half a MVA for 0.2: 100 + 24 - 0.2. Were one type to carry all: 123.5."""
    small = transformer(id="small", mva=0.5, cost_musd=0.2)
    run = solved(two_tenants(opening=[standing(count=2), standing("unit")], equipment=[transformer(mva=1.5, cost_musd=0.5), small]))
    assert worth(run) == near(123.8)
    assert chosen(run, "delivered_units", "site", "small", "2027Q1") == 1
    assert state(run, "installed_mva", "site", "transformer", "2027Q4") == 2


def test_the_cheaper_type_is_bought() -> None:
    """(6.5), (6.6): 2 MW: two units of 1 MVA for 1 in all, or one of 2 MVA for 0.9: 100 + 24 - 0.9."""
    run = solved(two_tenants(equipment=[transformer(), transformer(id="large", mva=2, cost_musd=0.9)]))
    assert worth(run) == near(123.1)


def test_a_unit_works_until_the_end_of_its_life() -> None:
    """(6.6): units that live 6 months: one in January, one in July: 100 + 12 - 1 = 111. If they lasted: 111.5."""
    run = solved(leased(equipment=[transformer(life_months=6)]))
    assert worth(run) == near(111)
    assert [chosen(run, "delivered_units", "site", "unit", f"2027Q{quarter}") for quarter in (1, 3)] == [1, 1]


@pytest.mark.parametrize(("months", "value"), [(8, 100), (9, 100), (12, 111.5)])
def test_a_unit_that_ends_inside_a_period_does_not_count_in_it(months: int, value: float) -> None:
    """(6.6): one slot in the year, and a tenant who comes in January or not at all: a unit of 8 months fails him in September: 100.

    Counted in the period in which it ends it would still fail him in October; if it lasted: 111.5.
    """
    slots = [{"equipment": "unit", "year": 2027, "units": 1}]
    run = solved(leased(equipment=[transformer(life_months=months)], slots=slots, leases=[lease(drop_dead="2027-01")]))
    assert worth(run) == near(value)


def test_a_unit_is_followed_before_the_period_in_which_it_ends() -> None:
    """(6.6): units of 8 months, two slots: the second comes in July, when the first has two months to go: 111. By the mean of a period,
    or in October, the load of the third quarter would not fit.
    """
    run = solved(leased(equipment=[transformer(life_months=8)]))
    assert worth(run) == near(111)
    assert chosen(run, "delivered_units", "site", "unit", "2027Q3") == 1


@pytest.mark.parametrize(("until", "value"), [("2027-07", 111.5), ("2027-08", 111.5), (None, 112), ("2028-01", 112)])
def test_a_unit_of_the_opening_is_retired_at_its_date(until: str | None, value: float) -> None:
    """(6.6), section 1: the unit of the opening is taken out in July (or August): another for 0.5 follows it. If it stayed: 112."""
    run = solved(leased(opening=[standing(), standing("unit", until=until)], equipment=[transformer()]))
    assert worth(run) == near(value)


def test_a_unit_of_the_opening_ends_with_its_life() -> None:
    """(6.6), section 1: units live 24 months, that of the opening is from July 2025: a new one in July 2027: 111.5. If it lasted: 112."""
    opening = [standing(), standing("unit", in_service="2025-07")]
    run = solved(leased(opening=opening, equipment=[transformer(life_months=24)]))
    assert worth(run) == near(111.5)


def test_a_2n_hall_counts_twice() -> None:
    """(6.7): 1 MW in a 2N hall needs two units of 1 MVA: 100 + 12 - 1 = 111, on a meter of 1 MW. Once: 111.5."""
    run = solved(leased(grid=[meter(mw=1)], halls=[DOUBLED], equipment=[transformer()]))
    assert worth(run) == near(111)
    assert chosen(run, "delivered_units", "site", "unit", "2027Q1") == 2


def test_a_2n_hall_counts_twice_at_its_peak() -> None:
    """(6.7): 1 MW at a peak factor of 1.5 is 3 MVA on two lines: two units of 1.5 for 0.5; once at the peak and once at 1 MW 2.5."""
    run = solved(leased(halls=[hall(redundancy="2N", pue_peak=1.5)], equipment=[transformer(mva=1.25)]))
    assert worth(run) == near(110.5)
    assert chosen(run, "delivered_units", "site", "unit", "2027Q1") == 3


def test_only_the_2n_hall_counts_twice() -> None:
    """(6.7): 1 MW in a 2N hall and 1 MW of rigs in a mine: three units: 100 + 12 + 8.76 - 1.5. Both twice: 118.76; neither: 119.76."""
    run = solved(mining(equipment=[transformer()], **guarded_and_mine(halls=[mine(), DOUBLED])))
    assert worth(run) == near(119.26)


def test_units_for_own_generation_too() -> None:
    """(6.5), (6.7): 1 MW of grid and a dependable MW of a plant for 1 M$ serve two tenants in 2N halls: four units: 100 + 24 - 1 - 2 = 121.

    Were units counted for the grid alone, no more than three could come, and one tenant: 111. If generation relieved them: 122.
    """
    run = solved(two_tenants(grid=[meter(mw=1)], halls=[DOUBLED], generators=[plant(dependable_fraction=1.0)], equipment=[transformer()]))
    assert worth(run) == near(121)
    assert chosen(run, "delivered_units", "site", "unit", "2027Q1") == 4


def test_an_n_plus_1_hall_keeps_a_unit_in_reserve() -> None:
    """(6.13)-(6.15), (6.7): 1 MW in an N+1 hall needs two units of 1 MVA: 111; without the reserve 111.5."""
    run = solved(leased(halls=[GUARDED], equipment=[transformer()]))
    assert worth(run) == near(111)
    assert state(run, "reserve_mva", "site", "transformer", "2027Q1") == 1


def test_the_reserve_is_the_largest_unit_at_the_site() -> None:
    """(6.13)-(6.15): a unit of 4 MVA stands; 1 MW in an N+1 hall and 1 MW of rigs need two of 1 MVA beside it: 100 + 20.76 - 1.

    If the smaller were the reserve, or none, it alone would do: 120.76.
    """
    large = transformer(id="large", mva=4, lead_months=24)
    opening = [standing("mine"), fleet(), standing(), standing("large")]
    run = solved(mining(equipment=[transformer(), large], **guarded_and_mine(opening=opening)))
    assert worth(run) == near(119.76)
    assert state(run, "reserve_mva", "site", "transformer", "2027Q1") == 4


def test_types_are_bought_with_the_reserve_in_mind() -> None:
    """(6.15): 2 MW in N+1 halls: three units of 1 MVA for 0.5 each. One of 2 MVA for 0.6 would do without a reserve, and with the
    smaller in reserve 2 + 1 for 1.1; but the larger is spared, so two of them, 1.2, are the cheapest: 100 + 24 - 1.2.
    """
    run = solved(two_tenants(halls=[GUARDED], equipment=[transformer(), transformer(id="large", mva=2, cost_musd=0.6)]))
    assert worth(run) == near(122.8)
    assert chosen(run, "delivered_units", "site", "large", "2027Q1") == 2


def test_each_kind_keeps_its_reserve() -> None:
    """(6.15): 1 MW in an N+1 hall: two transformers and three breakers: 100 + 12 - 1 - 0.3 = 110.7. Transformers only: 110.8."""
    run = solved(leased(halls=[GUARDED], equipment=[transformer(), breaker()]))
    assert worth(run) == near(110.7)
    assert state(run, "reserve_mva", "site", "breaker", "2027Q1") == near(0.5)


def test_there_is_no_reserve_while_the_hall_is_empty() -> None:
    """(6.14): two units, no third within the year; 2 MW of rigs, a tenant in an N+1 hall from July for 3 M$ a month.

    Until June both units serve rigs, then one serves the tenant: 100 + 2 · 4.344 + 18 = 126.688.
    With a reserve all the time 122.344; without one rigs would go on with 1 MW: 131.104.
    """
    run = solved(
        mining(
            equipment=[transformer(lead_months=24)],
            **guarded_and_mine(
                opening=[standing("mine", count=2), fleet(it_mw=2), standing(), standing("unit", count=2)],
                leases=[lease(earliest_start="2027-07", rent_usd_per_kw_month=3000)],
            ),
        )
    )
    assert worth(run) == near(126.688)
    assert state(run, "reserve_mva", "site", "transformer", "2027Q2") == 0
    assert state(run, "reserve_mva", "site", "transformer", "2027Q3") == 1


def test_machines_in_an_n_plus_1_hall_ask_for_the_reserve() -> None:
    """(6.14): 1 MW of rigs in an N+1 mine on one unit of 1 MVA, no second within the year: nothing runs: 100. In an N mine 108.76."""
    opening = [standing("mine"), fleet(), standing("unit")]
    run = solved(mining(halls=[mine(redundancy="N+1")], opening=opening, equipment=[transformer(lead_months=24)]))
    assert worth(run) == near(100)


def test_a_reserve_is_kept_at_its_site() -> None:
    """(6.14), (6.15): the N+1 hall is at `north`, so the two rigs of `site` use both of its units: 100 + 17.52 + 12 - 1 = 128.52."""
    run = solved(
        mining(
            sites=[site(), site(id="north")],
            grid=[meter(), meter(id="north_meter", site="north")],
            equipment=[transformer()],
            slots=[{"equipment": "unit", "year": 2027, "units": 2}],
            **guarded_and_mine(
                halls=[mine(), hall(redundancy="N+1", sites=["north"])],
                opening=[
                    standing("mine", count=2),
                    fleet(it_mw=2),
                    standing("unit", count=2),
                    standing(site="north"),
                ],
                lease_sites=[accepts(at="north")],
            ),
        )
    )
    assert worth(run) == near(128.52)
    assert chosen(run, "delivered_units", "north", "unit", "2027Q1") == 2


def pending(**fields: Any) -> dict[str, Any]:
    """Two units due in July, for 0.4 M$ paid and 1 M$ still due."""
    return standing("unit", id="next", count=2, in_service="2027-07", tax_basis_musd=0.4, due_musd=1.0) | fields


@pytest.mark.parametrize(("cancellable", "value", "cancelled"), [(True, 105.5, 1), (False, 105, 0)])
def test_units_on_order_may_be_cancelled(cancellable: bool, value: float, cancelled: int) -> None:
    """(1.1): the tenant comes in July (6) with the first of two units, of which each costs 0.5 more: the other is cancelled."""
    run = solved(leased(opening=[standing(), pending(cancellable=cancellable)], equipment=[transformer(lead_months=24)]))
    assert worth(run) == near(value)
    assert chosen(run, "cancelled_units", "next") == cancelled
    assert state(run, "installed_mva", "site", "transformer", "2027Q3") == 2 - cancelled
    assert state(run, "capex_musd", "site", "2027Q3") == near(1 - 0.5 * cancelled)


def test_what_was_paid_on_a_cancelled_unit_is_written_off() -> None:
    """(1.1), section 1: both are cancelled; the 0.4 M$ paid are written off over 10 months from July, 0.24 of it in 2027.

    Rent of 12 on a unit that stands: 25 % tax on 11.76: 100 + 12 - 2.94 = 109.06. With what was due written off too: 109.21.
    """
    run = solved(
        leased(
            opening=[standing(), standing("unit"), pending(cancellable=True)],
            equipment=[transformer(lead_months=24, tax_life_months=10)],
            finance={"tax_rate_fraction": 0.25},
        )
    )
    assert worth(run) == near(109.06)
    assert chosen(run, "cancelled_units", "next") == 2
    assert state(run, "depreciation_musd", "site", "2027Q3") == near(0.12)
    assert state(run, "final_basis_musd", "site") == near(0.16)


@pytest.mark.parametrize(("lead", "value"), [(0, 111.4), (3, 111.5)])
def test_a_unit_costs_what_it_costs_in_the_year_of_its_order(lead: int, value: float) -> None:
    """Section 1, k_x: for a tenant of 2028: ordered in January 2028 the unit costs 0.6, in October 2027 0.5, deposit and balance."""
    run = solved(
        leased(
            periods=years(2),
            equipment=[transformer(lead_months=lead)],
            slots=[{"equipment": "unit", "year": 2027, "units": 0}],
            leases=[lease(earliest_start="2028-01")],
            finance={"capex_inflation_fraction": 0.2},
        )
    )
    assert worth(run) == near(value)


def test_what_is_due_does_not_rise() -> None:
    """Section 1, k_x: two units due in 2028 cost the 1 M$ that was agreed: 100 + 12 - 1. With inflation 110.8."""
    run = solved(
        leased(
            periods=years(2),
            opening=[standing(), pending(in_service="2028-01")],
            equipment=[transformer(lead_months=36)],
            finance={"capex_inflation_fraction": 0.2},
        )
    )
    assert worth(run) == near(111)


def test_slots_are_for_the_sites_together() -> None:
    """(6.8): three slots a year; a tenant in a 2N hall needs two units at either site (12 each): one is served: 111. Per site 122."""
    run = solved(
        tiny(
            sites=[site(), site(id="north")],
            grid=[meter(), meter(id="north_meter", site="north")],
            halls=[DOUBLED],
            opening=[standing(), standing(id="north_shell", site="north")],
            leases=[lease(), lease(id="second")],
            lease_sites=[accepts(), accepts("second", at="north")],
            equipment=[transformer()],
            slots=[{"equipment": "unit", "year": 2027, "units": 3}],
        )
    )
    assert worth(run) == near(111)
