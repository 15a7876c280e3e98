"""Section 7, energy: each optimum is derived by hand from MATHS.md."""

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
    power_price,
    rig,
    site,
    solved,
    standing,
    state,
    worth,
)
from tests.tiny_power import availability, blocks, mines, own, ppa


def test_a_block_dearer_than_the_hash_revenue_is_not_run() -> None:
    """(3.3), (7.1): 1000 USD per MWh of revenue; a quarter of the hours costs 1500, the rest 100: 8760·0.75·900 = 5.913.

    If machines ran through, 0.25·8760·500 = 1.095 less: 104.818.
    """
    run = solved(mining(power_prices=blocks(100, 1500, 0.25)))
    assert worth(run) == near(105.913)
    assert chosen(run, "run_mw", "site", "mine", "rig", "2027Q1", "peak") == 0
    assert chosen(run, "run_mw", "site", "mine", "rig", "2027Q1", "base") == near(1)


def test_a_negative_price_earns() -> None:
    """(7.1): a tenth of the hours at -500 pays 1500 per MWh in all, the rest 900: 8760·(0.9·900 + 0.1·1500) = 8.4096.

    With prices floored at 0: 7.9716.
    """
    run = solved(mining(power_prices=blocks(100, -500, 0.1)))
    assert worth(run) == near(108.4096)
    assert state(run, "energy_cost_musd", "site", "2027Q1") == near(2160 * (0.9 * 100 - 0.1 * 500) / 1e6)


def test_energy_is_paid_at_the_average_factor_with_the_adder() -> None:
    """(7.1), (10.4): 1.2·(100 + 50) = 180 per MWh of IT: 8760·820 = 7.1832.

    Without the adder 7.7088, without the factor 7.446, at the peak factor of 1.5 6.789.
    """
    run = solved(
        mining(
            sites=[site(energy_adder_usd_per_mwh=50)],
            halls=[mine(pue_peak=1.5, pue_average=1.2)],
            power_prices=[power_price(usd_per_mwh=100)],
        )
    )
    assert worth(run) == near(107.1832)
    assert state(run, "draw_mw", "site", "2027Q1", "all") == near(1.2)


@pytest.mark.parametrize(("factor", "adder"), [(1.2, 0.0), (1.0, 150.0)])
def test_the_whole_cost_decides_whether_to_run(factor: float, adder: float) -> None:
    """(7.1): spot 900 is below the revenue of 1000, but not with cooling (1080) or with wires (1050): that half of the hours is not run.

    4.38 from the other half, less its adder of 150: 0.657. Judged by the spot price alone it would run at a loss.
    """
    run = solved(
        mining(
            sites=[site(energy_adder_usd_per_mwh=adder)],
            halls=[mine(pue_peak=1.2, pue_average=factor)],
            power_prices=blocks(0, 900, 0.5),
        )
    )
    assert worth(run) == near(100 + 4380 * (1000 - adder) / 1e6)
    assert chosen(run, "run_mw", "site", "mine", "rig", "2027Q2", "peak") == 0


def test_each_site_pays_the_prices_of_its_market() -> None:
    """(7.1): 1 MW hashes at each of two sites; power costs 100 in the one market and 700 in the other: 8.76·(0.9 + 0.3)."""
    run = solved(
        mining(
            sites=[site(), site(id="north", market="other")],
            grid=[meter(), meter(id="north_meter", site="north")],
            opening=[standing("mine"), fleet(), standing("mine", id="north_mine", site="north"), fleet(id="north_fleet", site="north")],
            power_prices=[power_price(usd_per_mwh=100), power_price(market="other", block="flat", usd_per_mwh=700)],
        )
    )
    assert worth(run) == near(100 + 8.76 * 1.2)
    assert state(run, "energy_cost_musd", "north", "2027Q1") == near(2160 * 700 / 1e6)


def test_worse_machines_stop_first() -> None:
    """(3.3), (7.1): 40 J/TH earn 625 per MWh, 25 J/TH 1000; half of the hours costs 800: only the better machines run in it.

    1 MW each: 4380·(1000 + 625) + 4380·200 = 7.1175 + 0.876 = 7.9935. If the worse ran too: 7.227.
    """
    run = solved(
        mining(
            asic_models=[rig(), rig(id="old_rig", j_per_th=40)],
            opening=[standing("mine", count=2), fleet(), fleet(id="old_fleet", item="old_rig")],
            power_prices=blocks(0, 800, 0.5),
        )
    )
    assert worth(run) == near(107.9935)
    assert chosen(run, "run_mw", "site", "mine", "old_rig", "2027Q1", "peak") == 0


@pytest.mark.parametrize(
    ("spot", "fields", "margin"),
    [
        (100, {}, 900),
        (100, {"basis_usd_per_mwh": -20}, 920),
        (100, {"loss_fraction": 0.1}, 890),
        (100, {"basis_usd_per_mwh": -20, "loss_fraction": 0.1, "energy_adder_usd_per_mwh": 50}, 862),
        (-50, {"loss_fraction": 0.1}, 1055),
    ],
)
def test_power_is_bought_at_the_node_with_its_losses(spot: float, fields: dict[str, Any], margin: float) -> None:
    """(7.1): (100 - 20)·1.1 + 50 = 138 per MWh at the meter; losses on the market's price would make 140, on the adder too 143.

    At a negative price what is lost is paid for too: 50·1.1.
    """
    run = solved(mining(sites=[site(**fields)], power_prices=[power_price(usd_per_mwh=spot)]))
    assert worth(run) == near(100 + 8.76 * margin / 1000)
    assert state(run, "energy_cost_musd", "site", "2027Q1") == near(2160 * (1000 - margin) / 1e6)


def test_own_power_behind_the_meter_pays_neither_losses_nor_adder() -> None:
    """(7.1), (10.12): a plant for 110 a MWh beats 100·1.1 + 5 = 115 at the meter: 8.76·890.

    Bought 8.76·885; with the adder on own power too.
    """
    run = solved(
        mining(
            sites=[site(loss_fraction=0.1, energy_adder_usd_per_mwh=5)],
            generators=[own(variable_usd_per_mwh=110)],
            opening=[*mines(1), standing("plant")],
            power_prices=[power_price(usd_per_mwh=100)],
        )
    )
    assert worth(run) == near(100 + 8.76 * 0.89)
    assert state(run, "energy_cost_musd", "site", "2027Q1") == 0
    assert state(run, "behind_mw", "site", "2027Q1", "all") == near(1)


@pytest.mark.parametrize(("strike", "margin", "taken"), [(60, 935, 1), (112, 885, 0)])
def test_contract_power_pays_the_adder_but_no_losses(strike: float, margin: float, taken: float) -> None:
    """(7.1), (10.11): 60 + 5 against 100·1.1 + 5 = 115. At 112 + 5 it is left alone; without the adder it would be taken, for 8.76·888."""
    run = solved(
        mining(
            sites=[site(loss_fraction=0.1, energy_adder_usd_per_mwh=5)],
            ppas=[ppa(strike_usd_per_mwh=strike)],
            power_prices=[power_price(usd_per_mwh=100)],
        )
    )
    assert worth(run) == near(100 + 8.76 * margin / 1000)
    assert chosen(run, "taken_mw", "ppa", "2027Q1", "all") == near(taken)
    assert state(run, "energy_cost_musd", "site", "2027Q1") == near(2160 * (5 if taken else 115) / 1e6)


@pytest.mark.parametrize(("ppas", "value"), [([], 112.0), ([ppa(mw=2)], 112.357408), ([ppa(mw=2, strike_usd_per_mwh=120)], 112.0)])
def test_tenants_pay_the_price_of_the_site_whoever_supplies(ppas: list[dict[str, Any]], value: float) -> None:
    """(7.1), (7.2): rent of 12, and a tenant that draws 0.85·1.2 = 1.02 MW and pays 100 + 5 for each MWh.

    Bought at spot that is passed through; a contract at 60 + 5 leaves 40: 8760·1.02·40 = 0.357408. Passed through at the strike: 112.
    By the peak factor 1.5, or at full load, 0.44676 or 0.42048; were the whole contract sold on, 0.7008.
    """
    run = solved(
        leased(
            sites=[site(energy_adder_usd_per_mwh=5)],
            halls=[hall(pue_peak=1.5, pue_average=1.2)],
            power_prices=[power_price(usd_per_mwh=100)],
            ppas=ppas,
        )
    )
    assert worth(run) == near(value)
    if ppas:
        assert state(run, "tenant_draw_mw", "site", "2027Q1") == near(1.02)


def test_a_tenant_draws_for_the_months_of_its_lease() -> None:
    """(7.2): four months from January, 4 of rent: 0.85 MW, then a third of it on average: 40·0.85·(2160 + 2184/3) = 0.098192.

    By the peak of the period 0.147696.
    """
    run = solved(
        leased(
            leases=[lease(earliest_start="2027-01", drop_dead="2027-01", term_months=4)],
            power_prices=[power_price(usd_per_mwh=100)],
            ppas=[ppa()],
        )
    )
    assert worth(run) == near(104.098192)
    assert state(run, "tenant_draw_mw", "site", "2027Q2") == near(0.85 / 3)
    assert chosen(run, "taken_mw", "ppa", "2027Q3", "all") == 0


def test_no_more_is_supplied_than_is_drawn() -> None:
    """(7.3): 3 MW under contract at 60 + 5, a megawatt of rigs: 8.76·935. If the rest went back at the meter's price of 105: 108.8914."""
    run = solved(
        mining(
            sites=[site(energy_adder_usd_per_mwh=5)],
            ppas=[ppa(mw=3)],
            power_prices=[power_price(usd_per_mwh=100)],
        )
    )
    assert worth(run) == near(100 + 8.76 * 0.935)
    assert state(run, "spot_mw", "site", "2027Q1", "all") == 0


@pytest.mark.parametrize(("available", "margin"), [(1.0, 1500), (0.5, 1250)])
def test_what_comes_over_the_meter_fits_the_grid_in_each_block(available: float, margin: float) -> None:
    """(7.4): 2 MW of rigs on 1 MW of grid and a dependable plant of 1 MW whose power costs 500, the grid's nothing: 1000 + 500.

    With half of the plant, half of the second megawatt runs. By the peak row (6.4) alone both would run on free power: 117.52.
    """
    run = solved(
        mining(
            grid=[meter(mw=1)],
            generators=[own(dependable_fraction=1.0, availability_fraction=available, variable_usd_per_mwh=500)],
            opening=[*mines(2), standing("plant")],
        )
    )
    assert worth(run) == near(100 + 8.76 * margin / 1000)
    assert state(run, "draw_mw", "site", "2027Q1", "all") == near(1 + available)


def test_tenants_come_over_the_meter_too() -> None:
    """(7.4): 1 MW of grid, free, of which a tenant draws 0.85; a plant makes 1 MW for 500 a MWh (1.5 of its 2 are dependable).

    1.5 MW of rigs: 1.15 run: 12 + 8.76·(1150 - 500) = 17.694. If tenants were left out, all would run: 12 + 8.76·(1500 - 250) = 22.95.
    """
    run = solved(
        mining(
            grid=[meter(mw=1)],
            halls=[mine(), hall()],
            generators=[own(unit_mw=2, dependable_fraction=0.75, availability_fraction=0.5, variable_usd_per_mwh=500)],
            opening=[standing("mine", count=2), fleet(it_mw=1.5), standing(), standing("plant")],
            leases=[lease()],
            lease_sites=[accepts()],
        )
    )
    assert worth(run) == near(117.694)
    assert state(run, "draw_mw", "site", "2027Q1", "all") == near(1.15)


def test_contract_power_is_not_behind_the_meter() -> None:
    """(7.4), (10.12): a dependable plant makes nothing; 1 MW comes over the meter, under contract at 60: 8.76·940.

    If the contract relieved the meter as the plant does, both megawatts would run: 1840.
    """
    run = solved(
        mining(
            grid=[meter(mw=1)],
            generators=[own(dependable_fraction=1.0, availability_fraction=0.0)],
            opening=[*mines(2), standing("plant")],
            ppas=[ppa()],
            power_prices=[power_price(usd_per_mwh=100)],
        )
    )
    assert worth(run) == near(100 + 8.76 * 0.94)


def test_grid_contract_and_plant_serve_load_resale_and_export() -> None:
    """(7.3), (10.11), (10.12): rigs draw 1 MW and a tenant 0.85, both at 100 + 5; a plant makes 1 MW at 30, a contract brings 1 MW at 60.

    0.15 MW are left: exported at 100 - 10 (resold they fetch 80). An hour earns 1000 + 0.85·105 + 0.15·90 - 30 - 60 - 1·5 = 1007.75;
    resold instead 1007, with the contract not filled 1004. 12 of rent and 8.76·1007.75.
    """
    run = solved(
        mining(
            sites=[site(energy_adder_usd_per_mwh=5, export_mw=0.4, export_haircut_usd_per_mwh=10)],
            halls=[mine(), hall()],
            generators=[own(variable_usd_per_mwh=30)],
            opening=[*mines(1), standing(), standing("plant")],
            leases=[lease()],
            lease_sites=[accepts()],
            power_prices=[power_price(usd_per_mwh=100)],
            ppas=[ppa(resale=True, resale_haircut_usd_per_mwh=20)],
        )
    )
    assert worth(run) == near(112 + 8.76 * 1.00775)
    assert state(run, "supplied_mw", "site", "2027Q1", "all") == near(1.85)
    assert state(run, "behind_mw", "site", "2027Q1", "all") == near(0.85)
    assert state(run, "spot_mw", "site", "2027Q1", "all") == near(0)
    assert chosen(run, "exported_mw", "site", "2027Q1", "all") == near(0.15)


def test_in_a_dear_block_own_power_stands_in_for_spot() -> None:
    """(7.1), (7.3): the plant makes 1 MW in the base block, none at the peak (900 a MWh), where rigs run on spot: 0.75·1000 + 0.25·100.

    If what it makes counted for the mean of the hours, the peak would be a quarter cheaper.
    """
    run = solved(
        mining(
            generators=[own()],
            availability=[availability()],
            opening=[*mines(1), standing("plant")],
            power_prices=blocks(50, 900, 0.25),
        )
    )
    assert worth(run) == near(100 + 8.76 * 0.775)
    assert state(run, "spot_mw", "site", "2027Q1", "peak") == near(1)
