"""Section 7, energy: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tiny import chosen, fleet, meter, mine, mining, near, power_price, rig, site, solved, standing, state, worth


def blocks(cheap: float, dear: float, dear_hours: float) -> list[dict[str, Any]]:
    """Two blocks of hours with their prices in USD per MWh."""
    return [
        power_price(block="base", hours_fraction=1 - dear_hours, usd_per_mwh=cheap),
        power_price(block="peak", hours_fraction=dear_hours, usd_per_mwh=dear),
    ]


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
