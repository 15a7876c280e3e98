"""Section 6, power: each optimum is derived by hand from MATHS.md."""

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
    upgrade,
    worth,
    years,
)
from tests.tiny_sites import transformer

TWO_TENANTS: dict[str, Any] = {
    "opening": [standing(count=2)],
    "leases": [lease(), lease(id="second")],
    "lease_sites": [accepts(), accepts("second")],
}


@pytest.mark.parametrize(
    ("fields", "value", "period"),
    [
        ({}, 111.0, "2027Q1"),
        ({"lead_months": 4}, 105.0, "2027Q3"),
        ({"from_month": "2027-10"}, 102.0, "2027Q4"),
        ({"from_month": "2027-09"}, 102.0, "2027Q4"),
    ],
)
def test_an_upgrade_brings_power_after_its_lead(fields: dict[str, Any], value: float, period: str) -> None:
    """(6.1), (6.3), (6.4): the only power is an upgrade of 1 MW for 1 M$; the shell earns 1 a month from its service."""
    run = solved(leased(grid=[upgrade(**fields)]))
    assert worth(run) == near(value)
    assert chosen(run, "upgraded", "upgrade", period) == 1


def test_the_deposit_of_an_upgrade_is_paid_at_order() -> None:
    """(10.7): 30 % in the quarter that holds the order month (September, for January less 4 months), the rest at service."""
    periods = [{"months": 3, "count": 4}, {"months": 12, "count": 1}]
    run = solved(leased(periods=periods, grid=[upgrade(lead_months=4, from_month="2028-01", deposit_fraction=0.3)]))
    assert worth(run) == near(111)
    assert state(run, "capex_musd", "site", "2027Q3") == near(0.3)
    assert state(run, "capex_musd", "site", "2028") == near(0.7)


def test_an_upgrade_is_ordered_once() -> None:
    """(6.2): 1 MW for 1 M$; two tenants of 1 MW: 100 + 12 - 1 = 111. Ordered twice, 122."""
    run = solved(leased(grid=[upgrade()], **TWO_TENANTS))
    assert worth(run) == near(111)


def test_power_energised_inside_a_period_counts_from_the_next() -> None:
    """(6.3): energised in February: the lease starts in April: 109. Counted at once: 112."""
    run = solved(leased(grid=[meter(from_month="2027-02")]))
    assert worth(run) == near(109)
    assert state(run, "grid_mw", "site", "2027Q1") == 0


def test_the_grid_carries_the_sum_at_design_peak() -> None:
    """(6.4), (10.3): two tenants of 1 MW at a peak factor of 1.2 on 2.2 MW: one. Without the factor, or lease by lease: 124."""
    run = solved(leased(grid=[meter(mw=2.2)], halls=[hall(pue_peak=1.2)], **TWO_TENANTS))
    assert worth(run) == near(112)


def test_miners_are_plugged_in_as_far_as_the_grid_goes() -> None:
    """(6.4), (10.2), (10.3): 1 MW of grid at a peak factor of 1.25 hosts 0.8 MW of rigs: 100 + 0.8·8.76. By the mean factor 1: 108.76."""
    run = solved(mining(grid=[meter(mw=1)], halls=[mine(pue_peak=1.25)]))
    assert worth(run) == near(107.008)
    assert chosen(run, "hosted_mw", "site", "mine", "rig", "2027Q1") == near(0.8)
    assert state(run, "load_mw", "site", "2027Q1") == near(1)


def test_transformers_come_in_whole_units() -> None:
    """(6.5), (10.7): 2 MW need two units of 1.5 MVA at 0.5 with 3 months of lead, so from April: 100 + 18 - 1 = 117. In fractions 117.33.

    30 % of 1 M$ is paid at order, the rest at delivery.
    """
    run = solved(leased(opening=[standing(count=2)], leases=[lease(it_mw=2)], equipment=[transformer(mva=1.5, lead_months=3)]))
    assert worth(run) == near(117)
    assert chosen(run, "delivered_units", "site", "unit", "2027Q2") == 2
    assert state(run, "capex_musd", "site", "2027Q1") == near(0.3)
    assert state(run, "capex_musd", "site", "2027Q2") == near(0.7)


def test_existing_units_count_from_the_period_after_their_delivery() -> None:
    """(6.6): a unit of 2 MVA is due in May; no other comes within the year: the lease starts in July: 106. Counted at once: 112."""
    run = solved(leased(opening=[standing(), standing("unit", in_service="2027-05")], equipment=[transformer(mva=2, lead_months=24)]))
    assert worth(run) == near(106)
    assert state(run, "installed_mva", "site", "transformer", "2027Q2") == 0
    assert state(run, "installed_mva", "site", "transformer", "2027Q3") == 2


def test_without_transformers_nothing_runs_where_they_are_modelled() -> None:
    """(6.7): equipment has a row, none stands and none can come: 100. A site without rows would earn 112."""
    assert worth(solved(leased(equipment=[transformer(lead_months=24)]))) == near(100)


def test_load_fits_rating_power_factor_and_loading_limit() -> None:
    """(6.7): one unit of 1 MVA, loaded to 90 %, power factor 0.8: 0.72 MW of rigs: 100 + 0.72·8.76. Without the rule 108.76."""
    run = solved(
        mining(
            sites=[site(power_factor=0.8, loading_limit_fraction=0.9)],
            opening=[standing("mine"), standing("unit"), fleet()],
            equipment=[transformer(lead_months=24)],
        )
    )
    assert worth(run) == near(100 + 0.72 * 8.76)


def test_the_supplier_delivers_so_many_units_a_year_to_all_sites() -> None:
    """(6.8): one slot in 2027 and one in 2028; `north` pays 2 a month, `site` 1; a unit costs 0.5.

    The unit of 2027 goes north: 24 + 24, that of 2028 to `site`: 12: 100 + 60 - 1 = 159.
    Without slots or with slots per site 171; with a slot per quarter 168.
    """
    run = solved(
        leased(
            periods=[{"months": 3, "count": 4}, {"months": 12, "count": 1}],
            sites=[site(), site(id="north")],
            grid=[meter(), meter(id="north_meter", site="north")],
            opening=[standing(), standing(id="north_shell", site="north")],
            leases=[lease(), lease(id="second", rent_usd_per_kw_month=2000)],
            lease_sites=[accepts(), accepts("second", at="north")],
            equipment=[transformer()],
            slots=[{"equipment": "unit", "year": 2027, "units": 1}, {"equipment": "unit", "year": 2028, "units": 1}],
        )
    )
    assert worth(run) == near(159)
    assert chosen(run, "delivered_units", "north", "unit", "2027Q1") == 1
    assert chosen(run, "delivered_units", "site", "unit", "2028") == 1


@pytest.mark.parametrize(("slots", "value"), [([], 123.5), ([{"equipment": "unit", "year": 2027, "units": 0}], 111.5)])
def test_a_year_without_a_row_has_no_slot_limit(slots: list[dict[str, Any]], value: float) -> None:
    """(6.8): a tenant for two years and a unit for 0.5: 24 - 0.5; with no slot in 2027 and no row for 2028: 12 - 0.5."""
    run = solved(leased(periods=years(2), equipment=[transformer()], slots=slots))
    assert worth(run) == near(value)


def test_energised_land_is_worth_its_megawatts() -> None:
    """(10.9): 10 MW at 0.5 a MW; the tenant (capitalised at 120) draws 1.25 of them at peak: 8.75·0.5 = 4.375.

    100 + 12 + 120 + 4.375 = 236.375; with the tenant's MW counted twice 237.
    """
    run = solved(leased(sites=[site(energised_musd_per_mw=0.5)], halls=[hall(pue_peak=1.25)], finance={"exit_cost_fraction": 0.0}))
    assert worth(run) == near(236.375)
    assert state(run, "terminal_musd", "site") == near(124.375)


def test_an_upgrade_adds_to_the_value_of_land() -> None:
    """(10.9), (6.3): 4 MW more for 1 M$, each MW worth 0.5 at the horizon: 100 - 1 + 14·0.5 = 106. Not taken: 105."""
    run = solved(tiny(sites=[site(energised_musd_per_mw=0.5)], grid=[meter(), upgrade(mw=4)], finance={"exit_cost_fraction": 0.0}))
    assert worth(run) == near(106)


def test_transformers_in_stock_come_first() -> None:
    """(6.6), (6.7): one unit stands, two tenants of 1 MW each: one more unit is bought: 100 + 24 - 0.5. Ignoring the old one: 123."""
    tables = TWO_TENANTS | {"opening": [standing(count=2), standing("unit")]}
    run = solved(leased(equipment=[transformer()], **tables))
    assert worth(run) == near(123.5)
    assert chosen(run, "delivered_units", "site", "unit", "2027Q1") == 1
