"""Section 12, what own generation costs and is worth: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

import pytest

from tests.tiny import (
    Fields,
    accepts,
    hall,
    lease,
    leased,
    meter,
    mining,
    near,
    power_price,
    site,
    solved,
    standing,
    state,
    tiny,
    worth,
    years,
)
from tests.tiny_power import DEAR, fuel_price, mines, own, plant

FULL_EXIT = {"exit_cost_fraction": 0.0}
GAS = own(variable_usd_per_mwh=10, fuel="gas", heat_rate_mmbtu_per_mwh=10)
"""A plant that stands and makes power for 10·4 + 10 = 50 USD per MWh."""
DEARER_GAS = [fuel_price(), fuel_price(from_year=2028, usd_per_mmbtu=8)]


def by_age(rows: list[tuple[int, float]]) -> list[Fields]:
    """What a plant is worth by its age in months, as a share of a new one."""
    return [{"item": "plant", "age_months": age, "residual_fraction": share} for age, share in rows]


@pytest.mark.parametrize(("spot", "margin"), [(60, 940), (100, 909)])
def test_fuel_follows_its_series_and_upkeep_the_inflation(spot: float, margin: float) -> None:
    """(10.6): 10 mmbtu at 4, then 8, and 10 a MWh, 11 in 2028: 50 in the first year against spot at 60, 91 in the second against `spot`."""
    run = solved(
        mining(
            periods=years(2),
            finance={"cost_inflation_fraction": 0.1},
            opening=[*mines(1), standing("plant")],
            generators=[GAS],
            fuel_prices=DEARER_GAS,
            power_prices=[power_price(usd_per_mwh=60), power_price(from_year=2028, usd_per_mwh=spot)],
        )
    )
    assert worth(run) == near(100 + 8.76 * 0.95 + 8.784 * margin / 1000)


def test_fuel_of_several_years_costs_its_mean() -> None:
    """(10.6), section 1: one period of two years: 10·(4 + 8)/2 + 10 = 70 against 80: 17.544·930. At the first year's price 950."""
    run = solved(
        mining(
            periods=[{"months": 24, "count": 1}],
            opening=[*mines(1), standing("plant")],
            generators=[GAS],
            fuel_prices=DEARER_GAS,
            power_prices=[power_price(usd_per_mwh=80)],
        )
    )
    assert worth(run) == near(100 + 17.544 * 0.93)


@pytest.mark.parametrize(("lead", "capex"), [(0, 1.1), (12, 1.0)])
def test_a_plant_costs_what_it_does_in_the_month_of_its_order(lead: int, capex: float) -> None:
    """(10.6), (10.7): rigs work in 2028, where a plant (2 MW) saves 7.0272 and takes 0.5·1.1 of upkeep.

    Ordered in 2027 it costs 1, later 1.1.

    Without a lead it could come a year early, for 0.5 of upkeep more. 100 + 8.784 - 0.55 - capex; per MW the upkeep would be 1.1.
    """
    run = solved(
        mining(
            periods=years(2),
            finance={"cost_inflation_fraction": 0.1, "capex_inflation_fraction": 0.1},
            opening=mines(1, in_service="2028-01"),
            generators=[plant(unit_mw=2, lead_months=lead, fixed_musd_per_unit_year=0.5)],
            power_prices=DEAR,
        )
    )
    assert worth(run) == near(100 + 8.784 - 0.55 - capex)
    assert state(run, "operating_musd", "site", "2028") == near(0.55)
    assert state(run, "capex_musd", "site", "2027") == near(0.3 if lead else 0)


@pytest.mark.parametrize(("deposit", "value"), [(0.3, 2.34), (0.5, 0.2)])
def test_the_deposit_on_a_plant_is_paid_before_it_earns(deposit: float, value: float) -> None:
    """(10.7): 0.2 M$ of cash and nothing that earns but a plant for 0.5 that exports a megawatt from April: 6600·400 = 2.64.

    A deposit of 0.15 can be paid, one of 0.25 cannot. Paid at service, or in whole at the order, the two would not differ.
    """
    run = solved(
        tiny(
            finance={"opening_cash_musd": 0.2},
            sites=[site(export_mw=1)],
            generators=[plant(capex_musd_per_unit=0.5, lead_months=3, deposit_fraction=deposit)],
            power_prices=[power_price(usd_per_mwh=400)],
        )
    )
    assert worth(run) == near(value)


@pytest.mark.parametrize(
    ("life", "residual", "rows", "left"),
    [(24, 0.5, [], 1.0), (48, 0.0, [(0, 0.9), (24, 0.5)], 2.8), (12, 0.5, [], 0.0)],
)
def test_a_plant_that_was_bought_has_a_residual(life: int, residual: float, rows: list[tuple[int, float]], left: float) -> None:
    """(10.9): 4 M$, a year old at the horizon: of 24 months of life half is left, at half of the price; or 0.7 by age; or nothing.

    100 + 1.752 + 7.008 - 4 and the residual.
    """
    run = solved(
        mining(
            finance=FULL_EXIT,
            generators=[plant(capex_musd_per_unit=4, life_months=life, residual_fraction=residual)],
            residuals=by_age(rows),
            power_prices=DEAR,
        )
    )
    assert worth(run) == near(104.76 + left)
    assert state(run, "terminal_musd", "site") == near(left)


@pytest.mark.parametrize(("rows", "left"), [([], 0.5), ([(0, 0.9), (24, 0.5)], 2.4)])
def test_a_plant_that_stands_has_a_residual(rows: list[tuple[int, float]], left: float) -> None:
    """(10.9): worth 4 M$ new; it stops in July 2028, 6 of its 24 months after the horizon: 4·0.5·6/24; or 18 months old, 4·0.6."""
    machine = own(capex_musd_per_unit=4, life_months=24, residual_fraction=0.0 if rows else 0.5)
    old = standing("plant", in_service="2026-12", until="2028-07")
    run = solved(tiny(finance=FULL_EXIT, generators=[machine], residuals=by_age(rows), opening=[old]))
    assert worth(run) == near(100 + left)


@pytest.mark.parametrize(("dependable", "value", "spare"), [(1.0, 124.125, 0.001), (0.999, 124.0, 0.0)])
def test_a_plant_that_carries_a_tenant_takes_nothing_from_the_land(dependable: float, value: float, spare: float) -> None:
    """(6.17): a kilowatt of grid, worth 125 M$ per MW at the horizon, and a plant of 1 MW; a lease of 1 MW pays 12 and is worth 12 more.

    All of it dependable, the plant carries the lease and the grid is to spare: 100 + 24 + 0.125; else the lease takes the kilowatt: 124.
    Taken off the grid alone, the lease would cost 125: refused, 100.125.
    """
    run = solved(
        leased(
            sites=[site(energised_musd_per_mw=125)],
            grid=[meter(mw=0.001)],
            opening=[standing(), standing("plant")],
            generators=[own(dependable_fraction=dependable)],
            leases=[lease(cap_rate_fraction=1.0)],
            finance=FULL_EXIT,
        )
    )
    assert worth(run) == near(value)
    assert state(run, "spare_mw", "site") == near(spare)


@pytest.mark.parametrize(("dependable", "spare"), [(0.0, 0.5), (1 / 3, 1.5), (1.0, 3.0)])
def test_plants_carry_tenants_first_and_no_grid_counts_twice(dependable: float, spare: float) -> None:
    """(6.17): two leases of 1.25 MW at peak on 3 MW of grid with a plant of 3 MW: 100 + 48, and 4 M$ for each MW of grid to spare.

    Without a dependable MW that is 0.5, with 1 it is 1.5, with 3 all of the grid, not the 3.5 that nobody draws. With the plant left
    out of account it is always 0.5.
    """
    run = solved(
        leased(
            sites=[site(energised_musd_per_mw=4)],
            grid=[meter(mw=3)],
            halls=[hall(pue_peak=1.25)],
            opening=[standing(count=2), standing("plant")],
            generators=[own(unit_mw=3, dependable_fraction=dependable)],
            leases=[lease(cap_rate_fraction=1.0), lease(id="second", cap_rate_fraction=1.0)],
            lease_sites=[accepts(), accepts("second")],
            finance=FULL_EXIT,
        )
    )
    assert worth(run) == near(148 + 4 * spare)
    assert state(run, "spare_mw", "site") == near(spare)


def test_a_plant_is_written_off_over_its_tax_life() -> None:
    """(10.8), (10.10): 4 M$ over 48 months: 1 in the year and 3 left; half of 8.76 - 1 is tax: 100 + 8.76 - 4 - 3.88 + 1 of residual.

    The exit is not taxed, as 3 of basis are above it. Without the write-off 101.38.
    """
    run = solved(
        mining(
            finance=FULL_EXIT | {"tax_rate_fraction": 0.5},
            generators=[plant(capex_musd_per_unit=4, life_months=24, residual_fraction=0.5, tax_life_months=48)],
            power_prices=DEAR,
        )
    )
    assert worth(run) == near(101.88)
    assert state(run, "depreciation_musd", "site", "2027Q1") == near(0.25)
    assert state(run, "final_basis_musd", "site") == near(3)


@pytest.mark.parametrize(
    ("month", "due", "value"),
    [("2027-07", 1.0, 100 + 1.752 + 3.5328 - 1 + 1.5), ("2028-03", 0.0, 100 + 1.752 + 2.0)],
)
def test_a_plant_on_order_is_paid_when_it_comes(month: str, due: float, value: float) -> None:
    """Section 1, (10.9): half of 4 M$ as residual, with 18 of 24 months of life left, or all of a plant that comes after the horizon.

    1 M$ is due in July. A plant that is still to come is worth no more than a new one: by the 26 months to its end 2.1667.
    """
    run = solved(
        mining(
            finance=FULL_EXIT,
            opening=[*mines(1), standing("plant", in_service=month, due_musd=due)],
            generators=[own(capex_musd_per_unit=4, life_months=24, residual_fraction=0.5)],
            power_prices=DEAR,
        )
    )
    assert worth(run) == near(value)
    assert state(run, "capex_musd", "site", "2027Q3") == near(due)
