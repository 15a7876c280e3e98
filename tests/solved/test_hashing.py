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
from tests.tiny_machines import asic_price, homeless, residual

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


@pytest.mark.parametrize(
    ("order_from", "period", "value"), [(None, "2027Q2", 105.6), ("2027-04", "2027Q3", 103.416), ("2027-05", "2027Q4", 101.208)]
)
def test_rigs_are_ordered_in_their_window(order_from: str | None, period: str, value: float) -> None:
    """(3.1): with 3 months of lead, rigs for sale from April on come in July: 4.416 - 1, from May on in October: 2.208 - 1.

    Without a window in April: 6.6 - 1; so too, if the month of service had to lie in it.
    """
    run = solved(mining(asic_models=[rig(buyable=True, lead_months=3, order_from=order_from)], opening=BARE_MINE))
    assert worth(run) == near(value)
    assert chosen(run, "bought_mw", "site", "rig", period) == near(1)


@pytest.mark.parametrize(("order_to", "value"), [(None, 106.2), ("2027-01", 104.76), ("2026-12", 100.0)])
def test_the_window_of_orders_closes(order_to: str | None, value: float) -> None:
    """(3.1): rigs cost 4 M$ per MW, from April on 0.4; those who may wait earn 6.6 - 0.4; orders until January only: 8.76 - 4."""
    rows = [asic_price(usd_per_th=100), asic_price(from_month="2027-04", usd_per_th=10)]
    run = solved(mining(asic_models=[rig(buyable=True, order_to=order_to)], asic_prices=rows, opening=BARE_MINE))
    assert worth(run) == near(value)


def test_rigs_cost_what_they_cost_in_the_month_of_the_order() -> None:
    """(10.7), (10.8): 4 M$ per MW in January, 1 from February on, with 3 months of lead: best ordered in April: 4.416 - 1.

    At the price of the month of service they would come in April: 105.6; at that of `asic_models`, 25 M$ per MW, never.
    """
    rows = [asic_price(from_month="2026-06", usd_per_th=100), asic_price(from_month="2027-02")]
    run = solved(mining(asic_models=[rig(buyable=True, lead_months=3, usd_per_th=625)], asic_prices=rows, opening=BARE_MINE))
    assert worth(run) == near(103.416)
    assert chosen(run, "bought_mw", "site", "rig", "2027Q3") == near(1)
    assert state(run, "depreciation_musd", "site", "2027Q3") == near(3 / 60)


def test_a_model_costs_its_own_price_before_its_first_dated_one() -> None:
    """(10.7): 1 M$ per MW in `asic_models`; the first row of `asic_prices`, of April, asks 4: bought in January. At 4: 104.76."""
    run = solved(mining(asic_models=[rig(buyable=True)], asic_prices=[asic_price(from_month="2027-04", usd_per_th=100)], opening=BARE_MINE))
    assert worth(run) == near(107.76)


@pytest.mark.parametrize(("lot", "value", "lots"), [(0.75, 102.64, 2), (None, 103.52, 0)])
def test_rigs_come_in_lots(lot: float | None, value: float, lots: int) -> None:
    """(3.8): a mine of 2 MW; rigs earn 8.76 and cost 7: two lots of 0.75 MW, 2.64; of the third 0.5 MW would run, 4.38 for 5.25.

    In any amount 2 MW are bought: 3.52.
    """
    machine = rig(buyable=True, usd_per_th=175, lot_mw=lot)
    run = solved(mining(asic_models=[machine], opening=[standing("mine", count=2)]))
    assert worth(run) == near(value)
    assert chosen(run, "bought_mw", "site", "rig", "2027Q1") == near(lot * lots if lot else 2)


@pytest.mark.parametrize(("lot", "value"), [(4.0, 175.6), (12.0, 175.6), (5.0, 177.6), (None, 177.6)])
def test_the_last_lot_may_be_more_than_the_land(lot: float | None, value: float) -> None:
    """(3.1), (3.8): land and a mine of 10 MW; rigs, sold in January only, cost 1 and earn 8.76: three lots of 4 MW, or one of 12, fill it.

    100 + 87.6 - 12. Held to the land, two lots of 4 MW would be worth 162.08, and none of 12 could come: 100.
    """
    machine = rig(buyable=True, lot_mw=lot, order_to="2027-01")
    run = solved(mining(asic_models=[machine], opening=[standing("mine", count=10)]))
    assert worth(run) == near(value)


@pytest.mark.parametrize(
    ("capture", "dear", "value"), [(1.0, 1500, 103.504), (0.75, 1500, 103.066), (0.75, 6000, 100.0), (0.0, 1500, 101.752)]
)
def test_operations_catch_only_a_share_of_the_dear_hours(capture: float, dear: float, value: float) -> None:
    """(3.7): up 0.8 of the time; half of the hours are free, half cost 1500 USD per MWh where hashing earns 1000: 4380·0.8·1000 = 3.504.

    Three quarters of the machines can be held off: 4380·0.2·500 = 0.438 is lost (a quarter of what is plugged in would lose 0.5475);
    if none can, 1.752. At 6000 the loss is 4.38, more than the gain: nothing is plugged in. Without the rule 103.504 in each case.
    """
    blocks = [power_price(block="night", hours_fraction=0.5), power_price(block="day", hours_fraction=0.5, usd_per_mwh=dear)]
    run = solved(mining(sites=[site(capture_fraction=capture)], asic_models=[rig(uptime_fraction=0.8)], power_prices=blocks))
    assert worth(run) == near(value)


def test_residuals_are_a_share_of_the_price_at_the_horizon() -> None:
    """(10.9): 0.5·12/24 of the price of January 2028, 0.4 M$ per MW: 8.76 + 0.1. Of the price of 2027: 109.01."""
    run = solved(
        mining(
            asic_models=[rig(life_months=24, residual_fraction=0.5)],
            asic_prices=[asic_price(), asic_price(from_month="2028-01", usd_per_th=10)],
            finance={"exit_cost_fraction": 0.0},
        )
    )
    assert worth(run) == near(108.86)


AGES = [("2027-07", 0.8), ("2027-01", 0.8), ("2026-07", 0.5), ("2026-04", 0.35), ("2024-01", 0.2), ("2023-02", 0.2), ("2023-01", 0.0)]


@pytest.mark.parametrize(("in_service", "fraction"), [*AGES, ("2029-01", 0.8)])
def test_residuals_by_age_are_straight_lines_between_their_rows(in_service: str, fraction: float) -> None:
    """Section 1, residual; (10.9): 0.8 at 12 months, 0.2 at 24, of rigs that live 60: half-way at 18, the nearest at 6 and at 48.

    At 60 months nothing is left, whatever the last row says; what is still to come counts as new.
    """
    ages = [residual(12, 0.8), residual(24, 0.2)]
    run = solved(homeless(opening=[fleet(in_service=in_service)], residuals=ages, finance={"exit_cost_fraction": 0.0}))
    assert worth(run) == near(100 + fraction)


def test_residuals_by_age_count_from_the_end_of_a_life() -> None:
    """Section 1, residual: until July 2030, 30 months are left of 60, as of a machine of 30 months: 0.5 where rows say 1 at 0 and 0 at 60.

    By its own age of 12 months it would be 0.8.
    """
    opening, ages = [fleet(until="2030-07")], [residual(0, 1.0), residual(60, 0.0)]
    assert worth(solved(homeless(opening=opening, residuals=ages, finance={"exit_cost_fraction": 0.0}))) == near(100.5)


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
