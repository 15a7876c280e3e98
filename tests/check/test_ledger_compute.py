"""Ledgers of compute contracts worked out by hand: MW taken, hours paid for, draw, lateness, prepayment, doubt, running contracts."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from planner.check import verify
from planner.check.book import Book
from planner.check.deals import opening_prepaid_musd
from planner.check.world import World
from planner.plan import Plan
from tests.check.hand import PRICE, SITE, Decisions, expect, expect_entries, ledger_of, small

CONTRACT: dict[str, Any] = {
    "id": "c",
    "customer": "A",
    "gpu": "gpu",
    "it_mw": 3,
    "ready_by": "2027-04",
    "term_months": 14,
    "usd_per_gpu_hour": 2,
    "used_fraction": 0.7,
    "take_or_pay_fraction": 0.9,
}
TAKEN: Decisions = {"contracted": {("c", "s", "dc", "2027Q2"): 1}}
AT_ONCE: Decisions = {"contracted": {("c", "s", "dc", "2027Q1"): 1}}
QUARTERS = ("2027Q1", "2027Q2", "2027Q3", "2027Q4", "2028Q1", "2028Q2", "2028Q3", "2028Q4")


def served(finance: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """Two clusters of 2 MW until month 48, and a contract with these fields; eight quarters and the two years 2029 and 2030."""
    gpu = {"id": "gpu", "cluster_it_mw": 2, "gpus_per_mw": 500, "capex_musd_per_mw": 20, "lead_months": 1, "life_months": 60}
    return {
        "periods": [{"months": 3, "count": 8}, {"months": 24, "count": 1}],
        "power_prices": [PRICE],
        "gpu_models": [gpu | {"load_factor_fraction": 0.9, "utilisation_fraction": 0.8}],
        "gpu_market": [{"gpu": "gpu", "from_year": 2027, "usd_per_gpu_hour": 1, "market_it_mw": 9}],
        "gpu_contracts": [CONTRACT | fields],
        "halls": [{"id": "dc", "product": "turnkey", "module_it_mw": 2, "pue_peak": 1.3, "pue_average": 1.2, "buildable": False}],
        "opening": [
            {"id": "rooms", "site": "s", "item": "dc", "count": 2, "in_service": "2026-01"},
            {"id": "old", "site": "s", "item": "gpu", "hall": "dc", "count": 2, "in_service": "2026-01"},
        ],
        "finance": finance or {},
    }


def broken(parts: dict[str, Any], decisions: Decisions) -> list[tuple[str, Any, Fraction]]:
    """Numbers, places and amounts of what a plan breaks."""
    return [(v.tag, v.index, v.amount) for v in verify(small(**parts), Plan("small", decisions)).violations]


REVENUE = {"2027Q2": "5.8968", "2027Q3": "5.9616", "2027Q4": "5.9616", "2028Q1": "5.8968", "2028Q2": "3.9312"}


def test_what_a_contract_takes_draws_and_pays() -> None:
    """3 MW from month 3 to 17, two thirds of 2028Q2. 500 GPUs a MW pay for 0.9 of the hours at 2 USD, more than the 0.7 that they are used:
    2,700 USD an hour in 2184, 2208, 2208, 2184 and 2184 hours. 1.2 x 0.9 x 3 = 3.24 MW at 40 USD are 129.6 USD an hour.
    """
    found = ledger_of(small(**served()), TAKEN)
    mw = dict.fromkeys(QUARTERS, "0") | {"2029-2030": "0"} | dict.fromkeys(QUARTERS[1:5], "3") | {"2028Q2": "2"}
    expect(found, "contracted_mw", {("s", "dc", "gpu", t): value for t, value in mw.items()})
    expect_entries(found, "revenue", "contract", {("c", t): musd for t, musd in REVENUE.items()})
    expect(found, "draw_mw", {("s", t, "all"): Fraction(value) * Fraction("1.08") for t, value in mw.items()})
    energy = {t: Fraction(musd) * Fraction("129.6") / 2700 for t, musd in REVENUE.items()}
    expect_entries(found, "operating", "energy", {("c", t): musd for t, musd in energy.items()})
    expect(found, "resident_mw", {("s", "dc", t): "4" for t in (*QUARTERS, "2029-2030")})


def test_hours_that_are_used_are_paid_for() -> None:
    """0.95 of them instead of 0.9, where that is what the customer uses."""
    found = ledger_of(small(**served(used_fraction=0.95)), TAKEN)
    expect_entries(found, "revenue", "contract", {("c", t): Fraction(musd) * 95 / 90 for t, musd in REVENUE.items()})


def test_what_is_under_contract_is_not_sold_again() -> None:
    """Of the 4 MW one is left in 2027Q2 and two in 2028Q2, which the spot market takes at 500 x 0.8 x 1 USD."""
    found = ledger_of(small(**served()), TAKEN | {"sold_mw": {("s", "dc", "gpu", "2027Q2"): 1.0, ("s", "dc", "gpu", "2028Q2"): 2.0}})
    expect_entries(found, "revenue", "gpu", {("gpu", "2027Q2"): "0.8736", ("gpu", "2028Q2"): "1.7472"})
    more = TAKEN | {"sold_mw": {("s", "dc", "gpu", "2027Q2"): 1.5, ("s", "dc", "gpu", "2028Q2"): 2.25}}
    assert broken(served(), more) == [
        ("5.4", ("s", "dc", "gpu", "2027Q2"), Fraction(1, 2)),
        ("5.4", ("s", "dc", "gpu", "2028Q2"), Fraction(1, 4)),
    ]
    assert broken(served(it_mw=6, term_months=3), TAKEN) == [("5.4", ("s", "dc", "gpu", "2027Q2"), 2)]


def test_a_late_contract_costs_by_the_month() -> None:
    """Due in month 1 and taken in month 3: 3 MW x 20,000 USD x 2 months."""
    found = ledger_of(small(**served(ready_by="2027-02", penalty_usd_per_mw_month=20_000)), TAKEN)
    expect_entries(found, "operating", "penalty", {("c", "2027Q1"): "0.12"})


def test_what_a_customer_pays_ahead() -> None:
    """14 M$ five months before month 3, so at the start; credited over the term of 14 months, 1 M$ a month."""
    found = ledger_of(small(**served(prepayment_musd=14, prepaid_months=5)), TAKEN)
    unearned = {"2027Q1": "14", "2027Q2": "11", "2027Q3": "8", "2027Q4": "5", "2028Q1": "2", "2028Q2": "0", "2028Q3": "0", "2028Q4": "0"}
    expect(found, "prepaid_musd", unearned | {"2029-2030": "0"})
    assert opening_prepaid_musd(Book(World(small(**served(prepayment_musd=14))), {})) == 0


def test_what_may_not_come_true_of_a_contract() -> None:
    """Revenue alone, 27.648 M$: half of it, after a quarter of tax; at 10 % a year each period by its factor."""
    money = {"tax_rate_fraction": 0.25}
    fields = {"probability_fraction": 0.5, "ready_by": "2027-04", "penalty_usd_per_mw_month": 20_000}
    found = ledger_of(small(**served(money, **fields)), TAKEN)
    expect(found, "doubt_musd", {(): "10.368"})
    states = ledger_of(small(**served(money | {"discount_rate_fraction": 0.1}, **fields)), TAKEN).ledger.states
    assert states["doubt_musd"][()] == Fraction("0.375") * sum(states["discount_mid"][t,] * Fraction(m) for t, m in REVENUE.items())


def test_a_contract_that_runs_counts_from_its_delivery() -> None:
    """From month -8 for 12 months: 3 MW in 2027Q1 and a third of 2027Q2, in 2160 and 2184 hours. Of 12 M$ paid ahead 4 are unearned at the
    start, and it is taken in the first period only.
    """
    fields = {"stage": "signed", "mandatory": True, "delivered": "2026-05", "term_months": 12, "penalty_usd_per_mw_month": 20_000}
    parts = served(prepayment_musd=12, **fields)
    found = ledger_of(small(**parts), AT_ONCE)
    expect_entries(found, "revenue", "contract", {("c", "2027Q1"): "5.832", ("c", "2027Q2"): "1.9656"})
    expect_entries(found, "operating", "penalty", {})
    expect(found, "prepaid_musd", {t: "1" if t == "2027Q1" else "0" for t in (*QUARTERS, "2029-2030")})
    assert opening_prepaid_musd(Book(World(small(**parts)), {})) == 4
    assert broken(parts, TAKEN) == [("5.6", ("c", "s", "dc", "2027Q2"), 1), ("5.7", ("c",), 1)]


def test_a_contract_is_taken_once_or_not() -> None:
    """Twice is once too many; what must be taken is taken once."""
    twice: Decisions = {"contracted": {("c", "s", "dc", "2027Q1"): 1, ("c", "s", "dc", "2029-2030"): 1}}
    assert broken(served(), {}) == []
    assert broken(served(), twice) == [("5.6", ("c",), 1)]
    assert broken(served(mandatory=True), {}) == [("5.7", ("c",), 1)]
    assert broken(served(mandatory=True), twice) == [("5.7", ("c",), 1)]
    assert broken(served(mandatory=True), TAKEN) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"earliest_start": "2027-05", "ready_by": "2027-06"},
        {"drop_dead": "2027-03", "ready_by": "2027-02"},
        {"decide_by": "2026-12"},
        {"sites": ("t",)},
    ],
    ids=["before its earliest start", "after its last", "lapsed", "at another site"],
)
def test_where_and_when_a_contract_may_start(fields: dict[str, Any]) -> None:
    """A hall of the GPU's product stands at `t` too, but the clusters are at `s`."""
    parts = served(**fields) | {"sites": [SITE, SITE | {"id": "t"}]}
    parts["grid"] = [{"id": f"meter-{site}", "site": site, "kind": "energised", "mw": 100, "from_month": "2026-01"} for site in "st"]
    assert broken(parts, TAKEN) == [("5.6", ("c", "s", "dc", "2027Q2"), 1)]


def test_a_contract_needs_a_hall_of_the_product_of_its_gpus() -> None:
    """A shed for mining hosts none."""
    parts = served()
    shed = {"id": "shed", "product": "mining", "module_it_mw": 2, "pue_peak": 1.1, "pue_average": 1.1, "buildable": False}
    parts["halls"] = [*parts["halls"], shed]
    assert broken(parts, {"contracted": {("c", "s", "shed", "2027Q2"): 1}}) == [("5.6", ("c", "s", "shed", "2027Q2"), 1)]
