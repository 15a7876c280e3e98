"""Ledgers of mining worked out by hand: a halving inside a period, a deck that changes, fleets that run out, dated prices, lots."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from planner.check import Violation, verify
from planner.check.bitcoin import btc_ph, btc_usd, final_btc_usd, hashprice, mined_usd
from planner.check.world import World
from planner.plan import Plan
from tests.check.hand import Decisions, expect, expect_entries, ledger_of, small

HALVINGS = ["2012-11-28", "2016-07-09", "2020-05-11", "2024-04-20", "2027-03-15"]
DECK = [
    {"from_day": "2026-01-01", "btc_usd": 100_000, "network_eh": 1000, "fee_fraction": 0.1},
    {"from_day": "2028-07-01", "btc_usd": 200_000, "network_eh": 1000, "fee_fraction": 0.1},
]
SHED = {"id": "shed", "product": "mining", "module_it_mw": 10, "pue_peak": 1.3, "pue_average": 1.25, "buildable": False}
RIG = {
    "id": "rig",
    "j_per_th": 25,
    "usd_per_th": 20,
    "deposit_fraction": 0.25,
    "lead_months": 3,
    "life_months": 36,
    "tax_life_months": 40,
    "uptime_fraction": 0.9,
    "pool_fee_fraction": 0.02,
    "opex_usd_per_mwh": 2,
    "residual_fraction": 0.5,
}


def rounded(numerator: int, denominator: int) -> Fraction:
    return round(Fraction(numerator, denominator), 24)


def test_a_halving_inside_a_period_counts_by_days() -> None:
    """100,000 x 3.125 x 144 / (1000 x 1000 x 0.9) = 50 USD until 14 March 2027, 25 from 15 March (31 + 28 + 14 = 73 days before it).

    2027Q1: (73 x 50 + 17 x 25) / 90. The whole of 2027: 1/5 x 50 + 4/5 x 25 = 30. In 2028, a leap year, the price doubles on 1 July:
    182 days at 25 and 184 at 50.
    """
    found = ledger_of(small(halvings=HALVINGS, btc=DECK), {})
    steady = {"2027Q2": "25", "2027Q3": "25", "2027Q4": "25", "2029": "50"}
    expect(found, "hashprice", steady | {"2027Q1": rounded(4075, 90), "2028": rounded(182 * 25 + 184 * 50, 366)})
    yearly = small(halvings=HALVINGS, btc=DECK, periods=[{"months": 12, "count": 1}])
    expect(ledger_of(yearly, {}), "hashprice", {"2027": "30"})


def test_the_real_halving_of_2028() -> None:
    """17 April 2028 by default: 2028Q2 has 16 days at 3.125 and 75 at 1.5625 bitcoin; 90 M USD x 3.125 x 144 / 900,000 = 45."""
    deck = [{"from_day": "2028-01-01", "btc_usd": 90_000, "network_eh": 900}]
    instance = small(start="2028-01", periods=[{"months": 3, "count": 3}], btc=deck)
    expect(ledger_of(instance, {}), "hashprice", {"2028Q1": "45", "2028Q2": rounded(16 * 90 + 75 * 45, 2 * 91), "2028Q3": "22.5"})


def test_a_deck_by_the_day_keeps_fractions_short() -> None:
    """366 rows with networks that share no factors: the mean is that of the days, and its fraction stays that of 24 decimals."""
    days = [f"2028-{m:02d}-{d:02d}" for m in range(1, 13) for d in range(1, 29)]
    deck = [{"from_day": day, "btc_usd": 90_000, "network_eh": 900 + 7 * i / 11} for i, day in enumerate(days)]
    world = World(small(start="2028-01", periods=[{"months": 12, "count": 1}], btc=deck))
    price = hashprice(world, world.periods[0])
    assert price.denominator <= 10**24
    lengths = [1] * len(days)
    for month, extra in zip(range(12), (3, 1, 3, 2, 3, 2, 3, 3, 2, 3, 2, 3), strict=True):
        lengths[28 * month + 27] += extra
    subsidies = [3.125 if day < "2028-04-17" else 1.5625 for day in days]
    by_hand = sum(n * 90_000 * s * 144 / (900 + 7 * i / 11) / 1000 for i, (n, s) in enumerate(zip(lengths, subsidies, strict=True))) / 366
    assert float(price) == pytest.approx(by_hand, rel=1e-12)


def test_what_a_bitcoin_is_worth_when_mined_when_sold_and_at_the_end() -> None:
    """April 2027, 1.5625 bitcoin a block: ten days at 100,000 USD and 1000 EH/s pay 0.00025 bitcoin per PH and day, twenty at
    160,000 USD and 2000 EH/s 0.000125. That is 0.0025 bitcoin each, 1/6000 a day, worth 250 + 400 USD: 130,000 a coin. The mean price
    is 140,000; the last day's is 160,000, as the price of 1 USD comes a day later.
    """
    rise = {"from_day": "2027-04-11", "btc_usd": 160_000, "network_eh": 2000, "fee_fraction": 0.1}
    fall = {"from_day": "2027-05-01", "btc_usd": 1, "network_eh": 1}
    world = World(small(start="2027-04", periods=[{"months": 1, "count": 1}], halvings=HALVINGS, btc=[DECK[0], rise, fall]))
    april = world.periods[0]
    assert hashprice(world, april) == rounded(650, 30)
    assert btc_ph(world, april) == rounded(1, 6000)
    assert (mined_usd(world, april), btc_usd(world, april), final_btc_usd(world)) == (130_000, 140_000, 160_000)


def test_without_a_deck_nothing_is_mined() -> None:
    """Every figure of it is zero."""
    world = World(small())
    first = world.periods[0]
    assert [hashprice(world, first), btc_ph(world, first), mined_usd(world, first), btc_usd(world, first), final_btc_usd(world)] == [0] * 5


def mining() -> dict[str, Any]:
    blocks = (("peak", 0.25, 100), ("base", 0.75, -8))
    prices = [{"market": "spot", "from_year": 2027, "block": b, "hours_fraction": h, "usd_per_mwh": p} for b, h, p in blocks]
    site = {"id": "s", "market": "spot", "land_it_mw": 20, "energy_adder_usd_per_mwh": 10}
    opening = [
        {"id": "hall", "site": "s", "item": "shed", "count": 1, "in_service": "2026-01"},
        {"id": "fleet", "site": "s", "item": "rig", "it_mw": 6, "in_service": "2025-04", "tax_basis_musd": 1.9},
    ]
    return {
        "periods": [{"months": 3, "count": 4}, {"months": 12, "count": 1}],
        "halvings": HALVINGS,
        "btc": DECK,
        "power_prices": prices,
        "sites": [site],
        "halls": [SHED],
        "asic_models": [RIG],
        "opening": opening,
    }


RUNNING: Decisions = {
    "bought_mw": {("s", "rig", "2027Q2"): 4.0},
    "hosted_mw": {("s", "shed", "rig", "2027Q2"): 10.0},
    "run_mw": {("s", "shed", "rig", "2027Q2", "base"): 9.0, ("s", "shed", "rig", "2027Q2", "peak"): 2.0},
}


def test_machines_bought_and_a_fleet_that_runs_out() -> None:
    """The fleet lives from month -21 to 15: 3 of the 12 months of 2028, so 1.5 of its 6 MW. 4 MW for month 3 are ordered at month 0.

    Price 20 / 25 = 0.8 M$ per MW: 3.2, a quarter of it at order. Written off over 40 months: 0.24 a quarter, 0.96 in 2028, 1.52 left.
    The fleet's 1.9 has 40 - 21 = 19 months to run: 0.3 a quarter, 0.7 in 2028. New machines live to month 39, 15 of 36 months beyond the
    horizon (24): 3.2 x 0.5 x 15/36 = 2/3. The old are worth nothing.
    """
    found = ledger_of(small(**mining()), RUNNING)
    installed = {"2027Q1": "6", "2027Q2": "10", "2027Q3": "10", "2027Q4": "10", "2028": "5.5"}
    expect(found, "installed_mw", {("s", "rig", t): mw for t, mw in installed.items()})
    expect(found, "capex_musd", {("s", "2027Q1"): "0.8", ("s", "2027Q2"): "2.4"})
    written = {"2027Q1": "0.3", "2027Q2": "0.54", "2027Q3": "0.54", "2027Q4": "0.54", "2028": "1.66"}
    expect(found, "depreciation_musd", {("s", t): musd for t, musd in written.items()})
    expect(found, "final_basis_musd", {"s": "1.52"})
    expect(found, "terminal_musd", {"s": "2/3"})


def test_machines_are_paid_at_the_price_of_the_order_and_worth_a_share_of_the_price_at_the_horizon() -> None:
    """4 MW ordered at month 0, before the first dated price: 20 / 25 = 0.8 M$ per MW, 3.2 in all; 2 MW ordered at month 3: 30 / 25 x 2
    = 2.4. A quarter is paid at the order: 0.8, then 2.4 + 0.6, then 1.8. At the horizon a MW costs 10 / 25 = 0.4: the first have 15 of
    36 months left, 4 x 0.4 x 0.5 x 15/36 = 1/3, the others 18: 0.2.
    """
    prices = [{"asic": "rig", "from_month": month, "usd_per_th": usd} for month, usd in (("2027-04", 30), ("2029-01", 10), ("2029-02", 90))]
    bought = {"bought_mw": {("s", "rig", "2027Q2"): 4.0, ("s", "rig", "2027Q3"): 2.0}}
    found = ledger_of(small(**mining(), asic_prices=prices), bought)
    expect(found, "capex_musd", {("s", "2027Q1"): "0.8", ("s", "2027Q2"): "3", ("s", "2027Q3"): "1.8"})
    expect(found, "terminal_musd", {"s": "8/15"})


def test_machines_are_worth_what_their_age_is_worth() -> None:
    """Price 0.8 M$ per MW, 0.6 of it until month 12 of age, 0.3 from month 30. At month 24: 4 MW bought for month 3, 15 months left, so as
    good as 21 months old: 0.45, 1.44 M$. 1 MW that comes at month 18: 0.6, 0.48 M$. 2 MW 4 months before their end: 0.3, 0.48 M$. 5 MW
    that come at month 18 and are given up at month 27, 3 months on: 0.3, 1.2 M$. The first fleet is dead.
    """
    residuals = [{"item": "rig", "age_months": age, "residual_fraction": share} for age, share in ((30, 0.3), (12, 0.6))]
    parts = mining()
    parts["asic_models"] = [RIG | {"residual_fraction": 0}]
    parts["opening"] += [
        {"id": "coming", "site": "s", "item": "rig", "it_mw": 1, "in_service": "2028-07"},
        {"id": "old", "site": "s", "item": "rig", "it_mw": 2, "in_service": "2026-05"},
        {"id": "lent", "site": "s", "item": "rig", "it_mw": 5, "in_service": "2028-07", "until": "2029-04"},
    ]
    found = ledger_of(small(**parts, residuals=residuals), {"bought_mw": RUNNING["bought_mw"]})
    expect(found, "terminal_musd", {"s": "3.6"})
    installed = {"2027Q1": "8", "2027Q2": "12", "2027Q3": "12", "2027Q4": "12", "2028": "10.5"}
    expect(found, "installed_mw", {("s", "rig", t): mw for t, mw in installed.items()})


def broken(parts: dict[str, Any], decisions: Decisions) -> list[Violation]:
    return list(verify(small(**parts), Plan("small", decisions)).violations)


def test_machines_are_ordered_within_their_months() -> None:
    """April to July 2027, 3 months before service: not for 2027Q2 (January) or 2028 (October), but for 2027Q3 and 2027Q4 (July)."""
    parts = mining()
    parts["asic_models"] = [RIG | {"order_from": "2027-04", "order_to": "2027-07"}]
    found = broken(parts, {"bought_mw": {("s", "rig", t): 1.0 for t in ("2027Q2", "2027Q3", "2027Q4", "2028")}})
    assert [(v.tag, v.index[-1]) for v in found] == [("3.1", "2027Q2"), ("3.1", "2028")]
    assert "rig may not be ordered before 2027-04" in found[0].words


def test_machines_come_in_whole_lots() -> None:
    """Lots of 1.5 MW: 4 MW are half a MW short of three; 3 are two; a millionth off is forgiven, two are not."""
    parts = mining()
    parts["asic_models"] = [RIG | {"lot_mw": 1.5}]
    bought = {"2027Q2": 4.0, "2027Q3": 3.0, "2027Q4": 1.499999, "2028": 1.500002}
    found = broken(parts, {"bought_mw": {("s", "rig", t): mw for t, mw in bought.items()}})
    assert [(v.tag, v.rule, v.index[-1], v.amount) for v in found] == [
        ("3.8", "lot_balance", "2027Q2", Fraction("0.5")),
        ("3.8", "lot_balance", "2028", Fraction("0.000002")),
    ]
    assert found[0].words == "s, rig, 2027Q2: the plan buys 4 MW, which is no whole number of lots of 1.5 MW."


def test_operations_fail_to_stop_a_share_of_the_machines() -> None:
    """Operations catch 3/4: of 10 MW plugged in at 90 % uptime 2.25 run in every block. 2 at the peak are 0.25 short, none 2.25."""
    parts = mining()
    parts["sites"] = [parts["sites"][0] | {"capture_fraction": 0.75}]
    found = broken(parts, RUNNING)
    assert [(v.tag, v.rule, v.index[-1], v.amount) for v in found] == [("3.7", "run_floor", "peak", Fraction("0.25"))]
    assert found[0].words == "s, shed, rig, 2027Q2, peak: the plan runs 2 MW, 0.25 MW below the least that keeps running, 2.25 MW."
    idle = broken(parts, {**RUNNING, "run_mw": {("s", "shed", "rig", "2027Q2", "base"): 2.25}})
    assert [(v.tag, v.index[-1], v.amount) for v in idle] == [("3.7", "peak", Fraction("2.25"))]


def test_upkeep_of_machines_grows_with_cost_inflation() -> None:
    """In 2028, at 10 %, 2 MW in three quarters of 8784 hours are 13,176 MWh at 2.2 USD; 2027 stays at 2 USD."""
    running = {**RUNNING, "hosted_mw": {**RUNNING["hosted_mw"], ("s", "shed", "rig", "2028"): 5.5}}
    running["run_mw"] = {**RUNNING["run_mw"], ("s", "shed", "rig", "2028", "base"): 2.0}
    found = ledger_of(small(**mining(), finance={"cost_inflation_fraction": 0.1}), running)
    expect_entries(found, "operating", "hashing", {("rig", "2027Q2"): "0.031668", ("rig", "2028"): "0.0289872"})


def test_revenue_and_energy_by_block() -> None:
    """2027Q2 has 91 days, 2184 hours. Base: 9 MW x 2184 x 0.75 = 14,742 MWh; peak: 2 x 2184 x 0.25 = 1,092 MWh.

    A MWh earns 25 / (0.024 x 25) x 0.98 = 245/6 USD: 601,965 + 44,590 USD. Upkeep is 2 USD per MWh: 31,668. The site draws 1.25 x 9 and
    1.25 x 2 MW; with the adder of 10 base costs 2 and peak 110 USD: 11.25 x 1638 x 2 = 36,855 and 2.5 x 546 x 110 = 150,150 USD.
    """
    found = ledger_of(small(**mining()), RUNNING)
    expect(found, "movable_mw", {("s", "shed", "2027Q2"): "10"})
    expect(found, "load_mw", {("s", "2027Q2"): "13"})
    expect(found, "draw_mw", {("s", "2027Q2", "base"): "11.25", ("s", "2027Q2", "peak"): "2.5"})
    expect(found, "revenue_musd", {("s", "2027Q2"): "0.646555"})
    expect(found, "energy_cost_musd", {("s", "2027Q2"): "0.187005"})
    expect(found, "operating_musd", {("s", "2027Q2"): "0.218673"})
    expect_entries(found, "revenue", "hashing", {("rig", "2027Q2"): "0.646555"})
    expect_entries(found, "operating", "hashing", {("rig", "2027Q2"): "0.031668"})
    expect_entries(found, "operating", "energy", {("rig", "2027Q2"): "0.187005"})
