"""Section 12, what own generation can do: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tiny import (
    chosen,
    fleet,
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
    upgrade,
    worth,
    years,
)
from tests.tiny_power import DEAR, availability, blocks, fuel_price, mines, own, plant


@pytest.mark.parametrize(("lead", "value"), [(0, 107.76), (6, 104.2848), (9, 102.5184), (10, 101.752), (12, 101.752)])
def test_a_plant_works_from_its_lead_on(lead: int, value: float) -> None:
    """(12.1), (10.7): rigs earn 8.76·200 = 1.752 on spot; a plant for 1 M$ adds 800 a MWh.

    7.008 at once, 3.5328 from July, 1.7664 from October; later service does not exist. The deposit of 30 % is paid with the order.
    """
    run = solved(mining(generators=[plant(lead_months=lead)], power_prices=DEAR))
    assert worth(run) == near(value)
    if lead == 6:
        assert chosen(run, "commissioned_units", "site", "plant", "2027Q3") == 1
        assert state(run, "capex_musd", "site", "2027Q1") == near(0.3)
        assert state(run, "capex_musd", "site", "2027Q3") == near(0.7)


def test_plants_come_in_whole_units() -> None:
    """(12.1): 1.5 MW of rigs earn 2.628 on spot; a unit saves 7.008 for 4, half a unit more 3.504 for 4: one: 100 + 2.628 + 3.008.

    In fractions of units 107.14, with two 105.14.
    """
    run = solved(mining(opening=mines(2, it_mw=1.5), generators=[plant(max_units=2, capex_musd_per_unit=4)], power_prices=DEAR))
    assert worth(run) == near(105.636)
    assert state(run, "generating_mw", "site", "plant", "2027Q1") == near(1)


@pytest.mark.parametrize(("old", "value"), [([], 109.512), ([standing("plant")], 116.52)])
def test_a_site_takes_so_many_units_at_a_time(old: list[dict[str, Any]], value: float) -> None:
    """(12.2): 2 MW of rigs earn 3.504 on spot, one unit adds 7.008 for 1. A second one from April would add 5.28 for 1: 113.792.

    What stands at the start is not counted: with one there, another may still come.
    """
    run = solved(mining(opening=[*mines(2), *old], generators=[plant()], power_prices=DEAR))
    assert worth(run) == near(value)


def test_a_unit_makes_room_for_another_at_the_end_of_its_life() -> None:
    """(12.2), (12.3): units of a year's life, one at a time, in two years: 17.544·1000 - 2. Were they counted over all time: 109.536."""
    run = solved(mining(periods=years(2), generators=[plant(life_months=12)], power_prices=DEAR))
    assert worth(run) == near(100 + 17.544 - 2)
    assert chosen(run, "commissioned_units", "site", "plant", "2028") == 1


def test_a_plant_counts_in_the_periods_that_it_works_all_through() -> None:
    """(12.3): from February until December: only April to September count: 1.752 + (2184 + 2208)·800 = 5.2656. By months 107.5952."""
    old = standing("plant", in_service="2027-02", until="2027-12")
    run = solved(mining(opening=[*mines(1), old], generators=[own()], power_prices=DEAR))
    assert worth(run) == near(105.2656)
    assert state(run, "generating_mw", "site", "plant", "2027Q1") == 0
    assert state(run, "generating_mw", "site", "plant", "2027Q2") == 1


@pytest.mark.parametrize(
    ("grid", "dependable", "value"),
    [
        ({"mw": 0.5}, 0.5, 112.0),
        ({"mw": 0.5}, 0.4, 100.0),
        ({"mw": 1, "service": "interruptible"}, 1.0, 112.0),
        ({"mw": 1, "service": "interruptible"}, 0.9, 100.0),
    ],
)
def test_dependable_power_carries_tenants(grid: dict[str, Any], dependable: float, value: float) -> None:
    """(12.4), (6.4), (6.10), (4.6): a tenant of 1 MW on 0.5 MW of grid, or on 1 MW that is interruptible, and a plant of 1 MW.

    Its dependable part must be what is missing. If any of the three rows left it out: 100 in each case.
    """
    run = solved(leased(grid=[meter(**grid)], generators=[own(dependable_fraction=dependable)], opening=[standing(), standing("plant")]))
    assert worth(run) == near(value)
    assert state(run, "dependable_mw", "site", "2027Q1") == near(dependable)


def test_a_plant_is_a_way_to_power() -> None:
    """(12.1), (12.4), (4.6): no grid before October; a dependable plant for 1 M$ comes in April: 9 of rent. By the upgrade, also 1: 102."""
    run = solved(
        leased(grid=[meter(mw=0.1), upgrade(from_month="2027-10")], generators=[plant(unit_mw=0.9, dependable_fraction=1.0, lead_months=3)])
    )
    assert worth(run) == near(108)
    assert chosen(run, "started", "anchor", "site", "shell", "2027Q2") == 1


@pytest.mark.parametrize(("mva", "value"), [(2, 124.0), (1.5, 100.0)])
def test_own_power_passes_through_the_transformers(mva: float, value: float) -> None:
    """(6.7), (12.4): a tenant of 2 MW, half on the grid and half on a dependable plant, needs 2 MVA. With the plant there: 124."""
    run = solved(
        leased(
            grid=[meter(mw=1)],
            generators=[own(dependable_fraction=1.0)],
            equipment=[{"id": "unit", "mva": mva, "cost_musd": 1, "lead_months": 24}],
            opening=[standing(count=2), standing("plant"), standing("unit")],
            leases=[lease(it_mw=2)],
        )
    )
    assert worth(run) == near(value)


def test_what_a_plant_makes_depends_on_the_block() -> None:
    """(12.5): half of its MW, but a fifth at the peak; spot is 100, and 300 in a quarter of the hours: 0.75·50 + 0.25·60 = 52.5 saved.

    Rigs earn 850 on spot: 8.76·902.5. By its own figure in every block 925, by that of another market 962.5, if it always made all 1000.
    """
    run = solved(
        mining(
            opening=[*mines(1), standing("plant")],
            generators=[own(availability_fraction=0.5)],
            availability=[availability(availability_fraction=0.2), availability(market="other", availability_fraction=1.0)],
            power_prices=[*blocks(100, 300, 0.25), *blocks(0, 0, 0.25, market="other")],
        )
    )
    assert worth(run) == near(100 + 8.76 * 0.9025)
    assert chosen(run, "generated_mw", "site", "plant", "2027Q1", "peak") == near(0.2)


@pytest.mark.parametrize(
    ("export_mw", "basis", "haircut", "per_hour"),
    [(1.5, 0, 0, 45.0), (1.5, 10, 5, 52.5), (3, 10, 5, 70.0), (1.5, -20, 15, 0.0), (0, 10, 5, 0.0)],
)
def test_exports_fetch_the_price_at_the_node_less_a_haircut(export_mw: float, basis: float, haircut: float, per_hour: float) -> None:
    """(12.6), (10.5), (10.6): 2 MW at 30 + 10·4 = 70 a MWh sell at 100 + 10 - 5: 35 on as many MW as the site may export.

    At 100 - 20 - 15 = 65 nothing is made. Losses and adder are on what is bought, not on what is sold.
    """
    buying = {"loss_fraction": 0.1, "energy_adder_usd_per_mwh": 7}
    run = solved(
        tiny(
            sites=[site(export_mw=export_mw, basis_usd_per_mwh=basis, export_haircut_usd_per_mwh=haircut, **buying)],
            generators=[own(unit_mw=2, variable_usd_per_mwh=30, fuel="gas", heat_rate_mmbtu_per_mwh=10)],
            fuel_prices=[fuel_price()],
            opening=[standing("plant")],
            power_prices=[power_price(usd_per_mwh=100)],
        )
    )
    assert worth(run) == near(100 + 8.76 * per_hour / 1000)
    exported = min(export_mw, 2) if per_hour else 0
    assert chosen(run, "exported_mw", "site", "2027Q1", "all") == near(exported)
    assert state(run, "revenue_musd", "site", "2027Q1") == near(2160 * (100 + basis - haircut) * exported / 1e6)
    assert state(run, "operating_musd", "site", "2027Q1") == near(2160 * 70 * exported / 1e6)


@pytest.mark.parametrize(("export_mw", "margin"), [(1, 1068.75), (0, 945.0)])
def test_machines_stand_still_where_exports_earn_more(export_mw: float, margin: float) -> None:
    """(12.6), (7.3): rigs make 950 on spot at 50; at 1500 a plant at 70 exports for 1495 - 70 = 1425 and they stop: 0.75·950 + 0.25·1425.

    Without exports rigs run on its power at the peak: 0.75·950 + 0.25·930.
    """
    run = solved(
        mining(
            sites=[site(export_mw=export_mw, export_haircut_usd_per_mwh=5)],
            opening=[*mines(1), standing("plant")],
            generators=[own(variable_usd_per_mwh=70)],
            power_prices=blocks(50, 1500, 0.25),
        )
    )
    assert worth(run) == near(100 + 8.76 * margin / 1000)
    assert chosen(run, "generated_mw", "site", "plant", "2027Q1", "base") == 0


def test_only_what_is_generated_is_exported() -> None:
    """(12.6): a tenth of the hours at -100, and a tenth of what is bought is lost, so a MWh bought earns 110 and one sent back costs 100.

    0.9·1000 + 0.1·1110 = 1011. If power from the grid could be exported, 3 MW of it would earn 10 more each: 1014.
    """
    run = solved(
        mining(
            sites=[site(export_mw=3, loss_fraction=0.1)],
            opening=[*mines(1), standing("plant")],
            generators=[own()],
            power_prices=blocks(100, -100, 0.1),
        )
    )
    assert worth(run) == near(100 + 8.76 * 1.011)
    assert chosen(run, "exported_mw", "site", "2027Q1", "peak") == 0


@pytest.mark.parametrize(("export_mw", "value"), [(5, 100.34), (4, 100.0), (0, 100.0)])
def test_an_existing_plant_is_bought_to_export(export_mw: float, value: float) -> None:
    """(12.1), (12.6): 5 MW for 2 M$ from April, 0.3 of upkeep, 80 a MWh above its wear: 2.64. With 4 MW of export 2.112: too little."""
    run = solved(
        tiny(
            sites=[site(export_mw=export_mw)],
            generators=[plant(unit_mw=5, capex_musd_per_unit=2, lead_months=3, variable_usd_per_mwh=20, fixed_musd_per_unit_year=0.4)],
            power_prices=[power_price(usd_per_mwh=100)],
        )
    )
    assert worth(run) == near(value)


def test_a_plant_works_at_its_site_alone() -> None:
    """(12.1), (7.3): the type may come to `north`, where nothing draws; `site` pays for spot: 1.752. With its power there 107.76."""
    run = solved(
        mining(
            sites=[site(), site(id="north")],
            grid=[meter(), meter(id="north_meter", site="north")],
            opening=[standing("mine"), fleet()],
            generators=[plant(sites=["north"])],
            power_prices=DEAR,
        )
    )
    assert worth(run) == near(101.752)
