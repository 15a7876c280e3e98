"""Ledgers of power contracts, charges and demand response worked out by hand: take or pay, billed peaks, bills with a lag, payments."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from planner.check import verify
from planner.plan import Plan
from tests.check.hand import METER, SHELL, SITE, Decisions, expect, expect_entries, ledger_of, small

BLOCKS = (("day", 0.25, 90), ("night", 0.75, 10))
PRICES = [{"market": "spot", "from_year": 2027, "block": b, "hours_fraction": h, "usd_per_mwh": p} for b, h, p in BLOCKS]
PERIODS = [{"months": 3, "count": 4}, {"months": 12, "count": 1}]
BTC = [{"from_day": "2026-01-01", "btc_usd": 100_000, "network_eh": 1000}]
SHED = {"id": "shed", "product": "mining", "module_it_mw": 10, "pue_peak": 1.3, "pue_average": 1.25, "buildable": False}
RIG = {"id": "rig", "j_per_th": 25, "buyable": False, "uptime_fraction": 0.9}
PPA = {"id": "p", "site": "s", "mw": 10, "strike_usd_per_mwh": 30, "from_month": "2027-02", "to_month": "2028-04"}
RESOLD = PPA | {"take_or_pay_fraction": 0.5, "resale": True, "resale_haircut_usd_per_mwh": 3}
OFFER = PPA | {"id": "o", "signed": False, "mw": 4, "strike_usd_per_mwh": 25, "from_month": "2028-01", "to_month": "2029-01"}


def contracted(**parts: Any) -> dict[str, Any]:
    """At the node 100 USD by day and 20 by night. In 2027Q1 a day block has 540 hours, in 2027Q2 546 and a night block 1638."""
    sites = [SITE | {"basis_usd_per_mwh": 10}]
    return {"periods": PERIODS, "sites": sites, "power_prices": PRICES, "ppas": [RESOLD, OFFER | {"take_or_pay_fraction": 1}]} | parts


TAKEN = {
    ("p", "2027Q1", "day"): 6.0,
    ("p", "2027Q2", "day"): 10.0,
    ("p", "2027Q2", "night"): 4.0,
    ("p", "2028", "day"): 2.5,
    ("p", "2028", "night"): 2.5,
}
RESELLING: Decisions = {"taken_mw": TAKEN, "remarketed_mw": TAKEN}


def faults(instance: Any, decisions: Decisions) -> list[tuple[str, Any, Fraction]]:
    """Numbers, places and amounts of what a plan breaks."""
    return [(v.tag, v.index, v.amount) for v in verify(instance, Plan("small", decisions)).violations]


def test_take_or_pay_counts_by_fiscal_year() -> None:
    """Half of 10 MW in two months of 2027Q1 and three whole quarters: 5 x 24 x (60 + 91 + 92 + 92) = 40,200 MWh of 2027. Taken are 3,240 in
    Q1 and 5,460 + 6,552 in Q2; 24,948 are paid for at the end of the year. In 2028 10,980 must be paid for and 21,960 are taken.
    """
    found = ledger_of(small(**contracted()), RESELLING)
    expect(found, "unused_gwh", {("p", "2027"): "24.948", ("p", "2028"): "0", ("o", "2028"): "0"})
    costs = {("p", "2027Q1"): "0.0972", ("p", "2027Q2"): "0.36036", ("p", "2027Q4"): "0.74844", ("p", "2028"): "0.6588"}
    expect_entries(found, "operating", "ppa", costs)


def test_what_is_resold_fetches_the_price_at_the_node() -> None:
    """97 USD by day and 17 by night: 3,240 x 97; 5,460 x 97 + 6,552 x 17; 5,490 x 97 + 16,470 x 17 USD."""
    found = ledger_of(small(**contracted()), RESELLING)
    expect_entries(found, "revenue", "ppa", {("p", "2027Q1"): "0.31428", ("p", "2027Q2"): "0.641004", ("p", "2028"): "0.81252"})
    expect(found, "energy_cost_musd", {})
    expect(found, "spot_mw", {})


def test_an_offer_that_is_accepted_is_paid_for() -> None:
    """4 MW in 8,784 hours of 2028 are 35.136 GWh at 25 USD. Of p nothing is taken: 40,200 MWh of 2027 and 10,980 of 2028 at 30 USD."""
    found = ledger_of(small(**contracted()), {"accepted": {("o",): 1}})
    expect(found, "unused_gwh", {("p", "2027"): "40.2", ("p", "2028"): "10.98", ("o", "2028"): "35.136"})
    expect_entries(found, "operating", "ppa", {("p", "2027Q4"): "1.206", ("p", "2028"): "0.3294", ("o", "2028"): "0.8784"})


def test_a_contract_delivers_in_its_months_and_to_those_who_accept() -> None:
    """In 2027Q1 p delivers 20/3 MW, in 2028 2.5; the offer delivers nothing unless it is accepted, and may not be resold."""
    instance = small(**contracted(ppas=[RESOLD, OFFER]))
    more = TAKEN | {("p", "2027Q1", "day"): 7.0, ("p", "2028", "day"): 3.0}
    found = faults(instance, {"taken_mw": more, "remarketed_mw": more})
    assert found == [("13.4", ("p", "2027Q1", "day"), Fraction(1, 3)), ("13.4", ("p", "2028", "day"), Fraction(1, 2))]
    assert ("13.4", ("o", "2028", "day"), Fraction(2)) in faults(instance, {"taken_mw": {("o", "2028", "day"): 2.0}})
    assert faults(instance, {"remarketed_mw": {("p", "2027Q2", "day"): 1.0}}) == [("13.5", ("p", "2027Q2", "day"), 1)]
    assert faults(instance, {"remarketed_mw": {("o", "2028", "day"): 1.0}}) == [("13.3", ("o", "2028", "day"), 1)]
    assert faults(instance, {"taken_mw": {("o", "2027Q4", "day"): 1.0}}) == [("13.2", ("o", "2027Q4", "day"), 1)]
    assert faults(instance, {"accepted": {("p",): 1}}) == [("13.1", ("p",), 1)]
    later = small(**contracted(ppas=[OFFER | {"to_month": "2031-01", "from_month": "2030-01"}]))
    assert faults(later, {"accepted": {("o",): 1}}) == [("13.1", ("o",), 1)]


def mined(**parts: Any) -> dict[str, Any]:
    """A mine of 6 MW and a tenant of 5 on a grid of 20 MW."""
    lease = {"id": "l", "tenant": "A", "product": "powered_shell", "it_mw": 5, "ready_by": "2027-04", "term_months": 6}
    standing = [{"id": i, "site": "s", "item": i, "count": 1, "in_service": "2026-01"} for i in ("shed", "shell")]
    return {
        "periods": PERIODS,
        "grid": [METER | {"mw": 20}],
        "power_prices": PRICES,
        "btc": BTC,
        "halls": [SHED, SHELL],
        "asic_models": [RIG],
        "leases": [lease | {"rent_usd_per_kw_month": 1}],
        "lease_sites": [{"lease": "l", "site": "s"}],
        "opening": [*standing, {"id": "fleet", "site": "s", "item": "rig", "it_mw": 6, "in_service": "2026-01"}],
    } | parts


def running(*rows: tuple[str, str, float], **more: Any) -> Decisions:
    """The whole fleet plugged in, and these MW running by period and block."""
    return {
        "hosted_mw": {("s", "shed", "rig", u): 6.0 for u, _, _ in rows},
        "run_mw": {("s", "shed", "rig", u, block): mw for u, block, mw in rows},
    } | more


LOAD = running(("2027Q2", "day", 2.0), ("2027Q2", "night", 4.8), ("2028", "day", 2.0), started={("l", "s", "shell", "2027Q2"): 1})


def test_the_highest_block_or_the_minimum_is_billed() -> None:
    """0.008 M$ per MW and month from March 2027. The meter reads at most 6 MW in 2027Q2 and 2.5 in 2028. At least a quarter of 20 MW
    is billed, or of 12.5 while the tenant draws up to 7.5: 5, 6 (by the meter), 3.125, 5 and 5 MW for 1, 3, 3, 3 and 12 months.
    """
    own = {"id": "own", "site": "s", "kind": "own_peak", "usd_per_kw_month": 8, "from_month": "2027-03", "minimum_fraction": 0.25}
    found = ledger_of(small(**mined(charges=[own])), LOAD)
    billed = {"2027Q1": "5", "2027Q2": "6", "2027Q3": "3.125", "2027Q4": "5", "2028": "5"}
    expect(found, "billed_mw", {("own", t): mw for t, mw in billed.items()})
    musd = {"2027Q1": "0.04", "2027Q2": "0.144", "2027Q3": "0.075", "2027Q4": "0.12", "2028": "0.48"}
    expect(found, "charges_musd", {("s", t): amount for t, amount in musd.items()})
    expect_entries(found, "operating", "charge", {("own", t): amount for t, amount in musd.items()})


def test_a_charge_by_day_ends_before_its_last_month() -> None:
    """100 USD per MW and day until June 2027: 6 MW in the 61 days of April and May; a period without a billed month has no billed MW."""
    own = {"id": "own", "site": "s", "kind": "own_peak", "usd_per_mw_day": 100, "to_month": "2027-06"}
    found = ledger_of(small(**mined(charges=[own])), LOAD)
    expect(found, "billed_mw", {("own", "2027Q1"): "0", ("own", "2027Q2"): "6"})
    assert set(found.ledger.states["billed_mw"]) == {("own", "2027Q1"), ("own", "2027Q2")}
    expect(found, "charges_musd", {("s", "2027Q2"): "0.0366"})


def test_a_draw_at_the_peak_of_the_system_is_billed_later() -> None:
    """200 USD per MW and day, five months after a draw by day. January to May 2027 bill the 3 MW of before the start: 90 and 61 days. What
    2027Q2 draws (2.5 MW) is billed in September (30 days), October and November (61). 2028 draws 2.5 MW: June to December 2028 bill
    214 days of it in the plan, and the 151 days of January to May 2029 are owed at the horizon.
    """
    late = {"id": "peak", "site": "s", "kind": "coincident", "block": "day", "usd_per_mw_day": 200, "lag_months": 5, "opening_mw": 3}
    found = ledger_of(small(**mined(charges=[late])), LOAD)
    bills = {"2027Q1": "0.054", "2027Q2": "0.0366", "2027Q3": "0.015", "2027Q4": "0.0305", "2028": "0.107"}
    expect(found, "charges_musd", {("s", t): musd for t, musd in bills.items()})
    expect_entries(found, "operating", "charge", {("peak", t): musd for t, musd in bills.items()})
    expect_entries(found, "terminal", "charge", {("peak", ""): "-0.0755"})
    ending = ledger_of(small(**mined(charges=[late | {"from_month": "2027-03", "to_month": "2029-01"}])), LOAD)
    expect(ending, "charges_musd", {("s", t): m for t, m in bills.items()} | {("s", "2027Q1"): "0.0186"})
    expect_entries(ending, "terminal", "charge", {})
    both = [late, late | {"id": "more", "usd_per_mw_day": 400}]
    expect(ledger_of(small(**mined(charges=both)), LOAD), "charges_musd", {("s", t): 3 * Fraction(m) for t, m in bills.items()})


def test_what_a_programme_pays() -> None:
    """50,000 USD per MW and year for 2 MW of 2027Q2, two thirds of it from May on: 50,000 x 2 / 4 x 2/3 USD."""
    found = ledger_of(small(**mined(programmes=[programme()])), registered(2.0))
    expect_entries(found, "revenue", "response", {("d", "2027Q2"): Fraction(1, 60)})


def programme(**fields: Any) -> dict[str, Any]:
    row = {"id": "d", "market": "spot", "blocks": ["day"], "usd_per_mw_year": 50_000, "from_month": "2027-05", "max_mw": 2}
    return row | fields


def registered(mw: float, day: float = 2.0, *, period: str = "2027Q2", name: str = "d") -> Decisions:
    return running((period, "day", day), (period, "night", 5.4), registered_mw={(name, "s", period): mw})


def test_what_is_registered_does_not_run() -> None:
    """6 MW x 0.9 x 1.25 = 6.75 MW of the site: with 4 running by day (5 MW) 1.75 can stay off, not 2; by night all may run."""
    instance = small(**mined(programmes=[programme()]))
    assert faults(instance, registered(1.75, 4.0)) == []
    assert faults(instance, registered(2.0, 4.0)) == [("13.11", ("s", "2027Q2", "day"), Fraction(1, 4))]


def test_a_megawatt_is_registered_once_in_a_block() -> None:
    """Two programmes by day share 6.75 - 2.5 MW; a third one, by night, has none left while all runs."""
    rows = [programme(), programme(id="e", max_mw=None), programme(id="n", blocks=["night"])]
    instance = small(**mined(programmes=rows))
    plan = registered(2.0)
    both = plan | {"registered_mw": {("d", "s", "2027Q2"): 2.0, ("e", "s", "2027Q2"): 2.25}}
    assert faults(instance, both) == []
    over = plan | {"registered_mw": {("d", "s", "2027Q2"): 2.0, ("e", "s", "2027Q2"): 2.5, ("n", "s", "2027Q2"): 1.0}}
    assert faults(instance, over) == [
        ("13.11", ("s", "2027Q2", "day"), Fraction(1, 4)),
        ("13.11", ("s", "2027Q2", "night"), Fraction(1)),
    ]


def test_a_programme_takes_so_many_megawatts_in_its_months() -> None:
    """At most 2 MW over all sites, and only where and when it pays."""
    instance = small(**mined(programmes=[programme(), programme(id="f", to_month="2027-07", market="spot")]))
    assert faults(instance, registered(2.5)) == [("13.12", ("d", "2027Q2"), Fraction(1, 2))]
    assert faults(instance, registered(1.0, period="2027Q1")) == [("13.10", ("d", "s", "2027Q1"), 1)]
    assert faults(instance, registered(1.0, period="2027Q3", name="f")) == [("13.10", ("f", "s", "2027Q3"), 1)]
    empty = {"id": "t", "market": "spot", "land_it_mw": 1}
    bare = small(**mined(programmes=[programme()], halls=[SHED | {"sites": ["s"]}, SHELL], sites=[SITE, empty]))
    assert faults(bare, {"registered_mw": {("d", "t", "2027Q2"): 1.0}}) == [("13.10", ("d", "t", "2027Q2"), 1)]
