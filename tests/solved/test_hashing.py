"""Section 3, hashing: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

import pytest

from tests.tiny import (
    HOURS,
    chosen,
    fleet,
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
    years,
)

BARE_MINE = [standing("mine")]


def test_rigs_arrive_after_their_lead() -> None:
    """(3.1), (10.7): rigs at 1 M$ per MW, 40 % at order, with 6 months of lead: 1 MW from July: 100 - 1 + 4.416 = 103.416.

    Without lead 107.76. Payments: 0.4 in the first quarter, 0.6 in the third.
    """
    run = solved(mining(asic_models=[rig(buyable=True, lead_months=6, deposit_fraction=0.4)], opening=BARE_MINE))
    assert worth(run) == near(103.416)
    assert chosen(run, "bought_mw", "site", "rig", "2027Q3") == near(1)
    assert state(run, "capex_musd", "site", "2027Q1") == near(0.4)
    assert state(run, "capex_musd", "site", "2027Q3") == near(0.6)


@pytest.mark.parametrize(("buyable", "value"), [(False, 100.0), (True, 107.76)])
def test_only_rigs_for_sale_are_bought(buyable: bool, value: float) -> None:
    """(3.1), (3.4), (10.7): 1 MW earns 8.76 and costs 1; a model that is not for sale earns nothing."""
    assert worth(solved(mining(asic_models=[rig(buyable=buyable)], opening=BARE_MINE))) == near(value)


def test_a_fleet_works_between_delivery_and_the_end_of_its_life() -> None:
    """(3.4): from March (month 2) for 8 months: a third of the first and last quarters, all of the others.

    0.72 + 2.184 + 2.208 + 0.736 = 5.848. Without the rule 8.76 (or nothing at all).
    """
    run = solved(mining(asic_models=[rig(life_months=8)], opening=[standing("mine"), fleet(in_service="2027-03")]))
    assert worth(run) == near(105.848)
    assert state(run, "installed_mw", "site", "rig", "2027Q4") == near(1 / 3)


def test_bought_rigs_have_a_life() -> None:
    """(3.4), (8.8): rigs live 4 months and the year's budget buys 1 MW (1 M$). A megawatt of rigs earns from its quarter on:

    first 2.16 + 2.184/3 = 2.888, second 2.184 + 2.208/3 = 2.92, third 2.208 + 2.208/3 = 2.944, last 2.208. Third: 100 - 1 + 2.944.
    With endless life the first is best: 107.76.
    """
    run = solved(mining(asic_models=[rig(buyable=True, life_months=4)], opening=BARE_MINE, budgets=[{"year": 2027, "capex_musd": 1}]))
    assert worth(run) == near(101.944)
    assert chosen(run, "bought_mw", "site", "rig", "2027Q3") == near(1)


def test_a_machine_is_plugged_in_once() -> None:
    """(3.5): 1 MW of rigs, two mine types with a module each: 108.76. Plugged in at both: 117.52."""
    run = solved(mining(halls=[mine(), mine(id="pit")], opening=[standing("mine"), standing("pit"), fleet()]))
    assert worth(run) == near(108.76)


def test_machines_of_one_site_do_not_work_at_another() -> None:
    """(3.2), (3.4): the rigs are at `site`, the only mine at `north`: nothing hashes, 100."""
    run = solved(
        mining(
            sites=[site(), site(id="north")],
            grid=[
                {"id": f"{name}_meter", "site": name, "kind": "energised", "mw": 5, "from_month": "2027-01"} for name in ("site", "north")
            ],
            opening=[standing("mine", site="north"), fleet()],
        )
    )
    assert worth(run) == near(100)


def test_uptime_holds_in_every_block() -> None:
    """(3.6): uptime 0.9, two blocks of half the hours at 0 and 900 USD per MWh: 0.9·8760·(0.5·1000 + 0.5·100) = 4.3362.

    If uptime held only on average over the year, the outage would sit in the dear block: 0.5·1000 + 0.4·100, 4.7304.
    Without the rule 4.818.
    """
    blocks = [power_price(block="night", hours_fraction=0.5), power_price(block="day", hours_fraction=0.5, usd_per_mwh=900)]
    run = solved(mining(asic_models=[rig(uptime_fraction=0.9)], power_prices=blocks))
    assert worth(run) == near(104.3362)
    assert chosen(run, "run_mw", "site", "mine", "rig", "2027Q1", "day") == near(0.9)


def test_revenue_and_cost_per_mwh() -> None:
    """(10.5), (10.6): 20 J/TH earns 600/(0.024·20) = 1250 USD per MWh less 2 % for the pool; repairs cost 50, and 55 in 2028.

    8760·(1225 - 50) + 8784·(1225 - 55) = 10.293 + 10.27728.
    """
    machine = rig(j_per_th=20, pool_fee_fraction=0.02, opex_usd_per_mwh=50)
    run = solved(mining(periods=years(2), finance={"cost_inflation_fraction": 0.1}, asic_models=[machine]))
    assert worth(run) == near(120.57028)
    assert state(run, "revenue_musd", "site", "2027") == near(HOURS["2027"] * 1225 / 1e6)
    assert state(run, "operating_musd", "site", "2028") == near(HOURS["2028"] * 55 / 1e6)


def test_better_machines_displace_worse_ones() -> None:
    """(2.11), (3.5): 1 MW of hall; new rigs of 20 J/TH cost 1 M$ per MW and earn 10.95 instead of 8.76: 100 + 10.95 - 1.

    Side by side, without the limit of the hall, both would run: 118.71.
    """
    new = rig(id="new_rig", j_per_th=20, usd_per_th=20, buyable=True)
    run = solved(mining(asic_models=[rig(), new]))
    assert worth(run) == near(109.95)
    assert chosen(run, "bought_mw", "site", "new_rig", "2027Q1") == near(1)


def test_the_residual_of_a_fleet_falls_over_its_life() -> None:
    """(10.9): 2 MW of rigs (1 M$ per MW new, half of it on resale) from July 2026 with 24 months of life: 6 are left at the horizon.

    2·1·0.5·6/24 = 0.25, and 8.76 from the one that is plugged in: 109.01. At its full resale value: 109.76.
    """
    run = solved(
        mining(
            asic_models=[rig(life_months=24, residual_fraction=0.5)],
            opening=[standing("mine"), fleet(it_mw=2, in_service="2026-07")],
            finance={"exit_cost_fraction": 0.0},
        )
    )
    assert worth(run) == near(109.01)
    assert state(run, "terminal_musd", "site") == near(0.25)


def test_the_residual_of_bought_rigs_counts_from_their_service() -> None:
    """(10.9): bought in January with 24 months of life: half is left: 100 + 8.76 - 1 + 0.5·0.5 = 108.01."""
    machine = rig(buyable=True, life_months=24, residual_fraction=0.5)
    run = solved(mining(asic_models=[machine], opening=BARE_MINE, finance={"exit_cost_fraction": 0.0}))
    assert worth(run) == near(108.01)


def test_a_fleet_still_to_come_is_worth_no_more_than_new() -> None:
    """(10.9): paid for and due a year after the horizon, 24 months of life: 36 months away from its end, yet new: 100 + 0.5·1.

    Were the remaining life not capped at the whole, 36/24 of it would count: 100.75.
    """
    run = solved(
        mining(
            asic_models=[rig(life_months=24, residual_fraction=0.5)],
            opening=[standing("mine"), fleet(in_service="2029-01")],
            finance={"exit_cost_fraction": 0.0},
        )
    )
    assert worth(run) == near(100.5)


def test_a_dead_fleet_has_no_residual() -> None:
    """(10.9): a life that ended in the year leaves nothing, not a negative value: 6 months of hashing, 2.16 + 2.184."""
    machine = rig(life_months=12, residual_fraction=0.5)
    run = solved(
        mining(asic_models=[machine], opening=[standing("mine"), fleet(in_service="2026-07")], finance={"exit_cost_fraction": 0.0})
    )
    assert worth(run) == near(104.344)
