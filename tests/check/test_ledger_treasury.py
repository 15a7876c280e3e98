"""Ledgers of a bitcoin treasury worked out by hand: what is mined, kept, sold later and held at the horizon, and its tax."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from planner.check import Violation, verify
from planner.plan import Plan
from tests.check.hand import PRICE, Decisions, expect, expect_entries, ledger_of, small
from tests.check.test_ledger_hashing import DECK, HALVINGS, RIG, SHED

PRICES = (("2026-01-01", 100_000), ("2027-10-01", 120_000), ("2028-01-01", 200_000))
RISES = [DECK[0] | {"from_day": day, "btc_usd": usd} for day, usd in PRICES]


def keeping(**finance: Any) -> dict[str, Any]:
    """10 MW of machines without upkeep on free power; a treasury of up to 7.5 bitcoin. The horizon is month 24."""
    return {
        "periods": [{"months": 3, "count": 4}, {"months": 12, "count": 1}],
        "power_prices": [PRICE | {"usd_per_mwh": 0}],
        "halvings": HALVINGS,
        "btc": RISES,
        "halls": [SHED],
        "asic_models": [RIG | {"opex_usd_per_mwh": 0, "residual_fraction": 0}],
        "opening": [
            {"id": "hall", "site": "s", "item": "shed", "count": 1, "in_service": "2026-01"},
            {"id": "fleet", "site": "s", "item": "rig", "it_mw": 10, "in_service": "2026-07"},
        ],
        "finance": {"treasury_cap_btc": 7.5, **finance},
    }


KEPT: Decisions = {
    "hosted_mw": {("s", "shed", "rig", t): 10.0 for t in ("2027Q2", "2027Q3")},
    "run_mw": {("s", "shed", "rig", t, "all"): 9.0 for t in ("2027Q2", "2027Q3")},
    "kept_btc": {("2027Q2", "2027Q4"): 3.0, ("2027Q2", "2028"): 2.0},
    "final_btc": {("2027Q2",): 1.0, ("2027Q3",): 1.5},
}


def test_what_is_mined_is_income_at_its_value_whatever_becomes_of_it() -> None:
    """9 MW in 2184 hours are 19,656 MWh, 32,760 days of a PH/s at 0.00025 bitcoin, 8.19, less the pool's 2 %: 8.0262 at 100,000 USD.

    In 2027Q3, 2208 hours: 8.28 x 0.98.
    """
    found = ledger_of(small(**keeping()), KEPT)
    expect(found, "mined_btc", {"2027Q2": "8.0262", "2027Q3": "8.1144"})
    expect_entries(found, "revenue", "hashing", {("rig", "2027Q2"): "0.80262", ("rig", "2027Q3"): "0.81144"})


def test_cash_comes_when_bitcoin_are_sold_and_what_they_gained_is_taxed_then() -> None:
    """6 bitcoin of 2027Q2 and 1.5 of 2027Q3 are not sold: 0.6 and 0.15 M$ less. 3 sold at 120,000 and 2 at 200,000 bring 0.36 and 0.4, and
    gained 0.06 and 0.2. 2.5 are left at 200,000, with a gain of 0.25.
    """
    found = ledger_of(small(**keeping()), KEPT)
    expect(found, "treasury_musd", {"2027Q2": "-0.6", "2027Q3": "-0.15", "2027Q4": "0.36", "2028": "0.4"})
    expect(found, "gain_musd", {"2027Q4": "0.06", "2028": "0.2"})
    expect(found, "bitcoin_musd", {(): "0.5"})
    expect(found, "bitcoin_gain_musd", {(): "0.25"})


def test_gains_are_taxed_and_bitcoin_count_in_the_value() -> None:
    """At 25 %: 2027 on 1.61406 + 0.06, 2028 on 0.2, at exit on 0.25. Cash: 100 + 1.61406 - 0.418515 + 0.01 - 0.05 = 101.155545.

    With 0.5 of bitcoin less 0.0625 of tax on exit: 101.593045.
    """
    found = ledger_of(small(**keeping(tax_rate_fraction=0.25)), KEPT)
    expect(found, "profit_musd", {"2027": "1.67406", "2028": "0.2"})
    expect(found, "tax_musd", {"2027": "0.418515", "2028": "0.05"})
    expect(found, "exit_tax_musd", {(): "0.0625"})
    assert found.ledger.states["cash_musd"]["2028",] == Fraction("101.155545")
    expect(found, "equity_value", {(): "101.593045"})


def test_a_loss_on_bitcoin_is_a_loss() -> None:
    """Mined at 100,000 and sold at 40,000: 3 bitcoin lose 0.18 M$ in 2028, and 2 are left that lost 0.12; there is no refund on exit."""
    parts = keeping(tax_rate_fraction=0.25) | {"btc": [RISES[0], RISES[2] | {"btc_usd": 40_000}]}
    plan = {**KEPT, "kept_btc": {("2027Q3", "2028"): 3.0}, "final_btc": {("2027Q3",): 2.0}}
    found = ledger_of(small(**parts), plan)
    expect(found, "gain_musd", {"2028": "-0.18"})
    expect(found, "loss_musd", {"2028": "0.18"})
    expect(found, "bitcoin_gain_musd", {(): "-0.12"})
    expect(found, "exit_tax_musd", {(): "0"})


def test_the_value_when_mined_is_weighed_by_what_is_mined() -> None:
    """April 2027 as in the ledger of hashing: mined at 130,000 USD on average, sold at 140,000. A coin of March, mined at 100,000, gains
    40,000; one of April, sold in May at 160,000, gains 30,000. 9 MW run 720 hours in April: 10,800 days of a PH/s at 1/6000 bitcoin
    are 1.8, less 2 %.
    """
    deck = [DECK[0], {"from_day": "2027-04-11", "btc_usd": 160_000, "network_eh": 2000, "fee_fraction": 0.1}]
    months = ("2027-03", "2027-04")
    plan: Decisions = {
        "hosted_mw": {("s", "shed", "rig", t): 10.0 for t in months},
        "run_mw": {("s", "shed", "rig", t, "all"): 9.0 for t in months},
        "kept_btc": {("2027-03", "2027-04"): 1.0, ("2027-04", "2027-05"): 0.5},
    }
    parts = keeping() | {"start": "2027-03", "periods": [{"months": 1, "count": 3}], "btc": deck}
    found = ledger_of(small(**parts), plan)
    expect(found, "gain_musd", {"2027-04": "0.04", "2027-05": "0.015"})
    expect(found, "treasury_musd", {"2027-03": "-0.1", "2027-04": "0.075", "2027-05": "0.08"})
    assert float(found.ledger.states["mined_btc"]["2027-04",]) == pytest.approx(1.764, rel=1e-15)


def broken(parts: dict[str, Any], **changes: Any) -> list[Violation]:
    return list(verify(small(**parts), Plan("small", {**KEPT, **changes})).violations)


def test_no_more_is_kept_than_is_mined() -> None:
    """8.0262 are mined in 2027Q2; 9 are kept. None is mined in 2027Q4."""
    found = broken(keeping(treasury_cap_btc=20), kept_btc={("2027Q2", "2027Q4"): 8.0})
    assert [(v.tag, v.rule, v.index, v.amount) for v in found] == [("15.4", "kept_limit", ("2027Q2",), Fraction("0.9738"))]
    assert found[0].words == "2027Q2: the plan keeps 9 BTC, 0.9738 more than are mined then (8.0262)."
    none = broken(keeping(treasury_cap_btc=20), final_btc={("2027Q4",): 1.0})
    assert [(v.tag, v.index, v.amount) for v in none] == [("15.4", ("2027Q4",), 1)]


def test_the_treasury_ends_no_period_above_its_cap() -> None:
    """6, 7.5, 4.5 and 2.5 bitcoin: with a cap of 5 the first is 1 too many, the second 2.5."""
    found = broken(keeping(treasury_cap_btc=5))
    assert [(v.tag, v.rule, v.index, v.amount) for v in found] == [
        ("15.5", "treasury_limit", ("2027Q2",), 1),
        ("15.5", "treasury_limit", ("2027Q3",), Fraction("2.5")),
    ]


def test_without_a_treasury_nothing_is_kept() -> None:
    """No states, and every decision to keep is refused; it is as if all were sold at once."""
    found = verify(small(**keeping(treasury_cap_btc=0)), Plan("small", KEPT))
    assert {v.tag for v in found.violations} == {"15.2", "15.3"}
    assert not any(found.ledger.states[name] for name in ("mined_btc", "treasury_musd", "gain_musd", "bitcoin_musd", "bitcoin_gain_musd"))
    assert found.value_musd == 100 + Fraction("1.61406")
    assert not verify(small(finance={"treasury_cap_btc": 5}), Plan("small")).ledger.states["bitcoin_musd"]


@pytest.mark.parametrize("sold", ["2027Q2", "2027Q1"])
def test_what_is_kept_is_sold_in_a_later_period(sold: str) -> None:
    """Not in its own and not before."""
    found = broken(keeping(), kept_btc={("2027Q2", sold): 1.0})
    assert [(v.tag, v.index) for v in found] == [("15.2", ("2027Q2", sold))]
