"""Ledgers of what was ordered, paid, posted, drawn, earned and held before the start, worked out by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from tests.check.hand import METER, SHELL, SITE, Decisions, expect, expect_entries, ledger_of, small
from tests.check.test_ledger_covenants import COVERAGE, LEVERAGE, broken, let, letting
from tests.check.test_ledger_treasury import RISES

PERIODS = ("2027Q1", "2027Q2", "2027Q3", "2027Q4", "2028", "2029")
SHED: dict[str, Any] = SHELL | {"id": "shed", "product": "mining", "tax_life_months": 60, "fixed_cost_musd_per_module_year": 0.12}
SOON = {"id": "soon", "site": "s", "item": "shed", "count": 4, "in_service": "2027-08", "due_musd": 8, "cancellable": True}
MODULES = ("average_modules", "full_modules", "land_mw")


def ordered(**fields: Any) -> dict[str, Any]:
    """Four halls of 10 MW that come in month 7."""
    return {"halls": [SHED], "opening": [SOON | fields]}


def test_halls_that_are_cancelled_never_come() -> None:
    """One of four is cancelled: three work for two months of 2027Q3, then always, and hold 30 MW of land from the start; upkeep is 0.03 a
    quarter. 6 M$ are due in 2027Q3, written off at 0.1 a month, 3.1 left at month 36.
    """
    found = ledger_of(small(**ordered()), {"cancelled_units": {("soon",): 1}})
    later = {("s", "shed", t): "3" for t in PERIODS[3:]}
    expect(found, "full_modules", later)
    expect(found, "average_modules", later | {("s", "shed", "2027Q3"): "2"})
    expect(found, "final_modules", {("s", "shed"): "3"})
    expect(found, "land_mw", {("s", t): "30" for t in PERIODS})
    expect_entries(found, "capex", "opening", {("soon", "2027Q3"): "6"})
    upkeep = {"2027Q3": "0.06", "2027Q4": "0.09", "2028": "0.36", "2029": "0.36"}
    expect(found, "operating_musd", {("s", t): musd for t, musd in upkeep.items()})
    expect(found, "final_basis_musd", {"s": "3.1"})


def test_a_fee_is_paid_at_the_start_and_a_payment_may_be_spread() -> None:
    """3 of 4 are cancelled for 3/4 of 2 M$, in 2027Q1. Of the other one 2 M$ are due over seven months: 6/7, 6/7 and 2/7."""
    found = ledger_of(small(**ordered(due_evenly=True, cancel_fee_musd=2)), {"cancelled_units": {("soon",): 3}})
    expect_entries(found, "operating", "cancel_fee", {("soon", "2027Q1"): "1.5"})
    expect_entries(found, "capex", "opening", {("soon", "2027Q1"): "6/7", ("soon", "2027Q2"): "6/7", ("soon", "2027Q3"): "2/7"})
    written = {"2027Q3": "2/30", "2027Q4": "1/10", "2028": "2/5", "2029": "2/5"}
    expect(found, "depreciation_musd", {("s", t): musd for t, musd in written.items()})


def test_halls_take_over_the_land_of_those_that_they_replace() -> None:
    """Two old halls leave in month 4; 40 MW that replace them come in month 7, inside 2027Q3: 20 MW are held until then,
    40 from that quarter on. Where they do not replace them: 60 until month 4, then 40.
    """
    old = {"id": "old", "site": "s", "item": "shed", "count": 2, "in_service": "2020-01", "until": "2027-05"}
    after = {"2027Q1": "20", "2027Q2": "20", "2027Q3": "40", "2027Q4": "40", "2028": "40", "2029": "40"}
    else_held = {"2027Q1": "60", "2027Q2": "60", "2027Q3": "40", "2027Q4": "40", "2028": "40", "2029": "40"}
    for fields, land in (({"replaces": "old"}, after), ({}, else_held)):
        parts = {"halls": [SHED], "opening": [old, SOON | fields]}
        expect(ledger_of(small(**parts), {}), "land_mw", {("s", t): mw for t, mw in land.items()})


def test_tax_bases_by_their_class_or_evenly() -> None:
    """5 M$ in service in May 2026 with MACRS: of 2027 32 %, 0.4 a quarter, then 0.96 and 0.576; 0.864 are left. 6 M$ over 60 months from
    then, whatever the class: 0.1 a month, eight of them gone, 1.6 left. 2 M$ of land stay.
    """
    base = {"site": "s", "in_service": "2026-05", "tax_life_months": 60}
    rows = [base | {"id": "m", "basis_musd": 5}, base | {"id": "e", "basis_musd": 6, "method": "straight_line"}]
    rows.append({"id": "l", "site": "s", "in_service": "2010-01", "basis_musd": 2})
    found = ledger_of(small(tax_bases=rows, tax_classes=[{"life_months": 60, "method": "macrs"}]), {})
    fast = dict(zip(PERIODS, ("0.4", "0.4", "0.4", "0.4", "0.96", "0.576"), strict=True))
    even = dict(zip(PERIODS, ("0.3", "0.3", "0.3", "0.3", "1.2", "1.2"), strict=True))
    expected = {("m", t): musd for t, musd in fast.items()} | {("e", t): musd for t, musd in even.items()}
    expect_entries(found, "depreciation", "tax_base", expected)
    expect(found, "final_basis_musd", {"s": "4.464"})


def test_a_bonus_of_before_the_start_is_gone() -> None:
    """60 % of 5 M$ are left after the bonus of 2026: 0.24 a quarter, 0.576, 0.3456, and 0.5184 at month 36."""
    base = {"id": "m", "site": "s", "in_service": "2026-05", "tax_life_months": 60, "basis_musd": 5}
    found = ledger_of(small(tax_bases=[base], tax_classes=[{"life_months": 60, "method": "macrs", "bonus_fraction": 0.4}]), {})
    written = dict(zip(PERIODS, ("0.24", "0.24", "0.24", "0.24", "0.576", "0.3456"), strict=True))
    expect(found, "depreciation_musd", {("s", t): musd for t, musd in written.items()})
    expect(found, "final_basis_musd", {"s": "0.5184"})


def test_grid_on_order_and_security_that_is_posted() -> None:
    """4 M$ lie with the utility until month 9 (12 after month -3), 2 until month 30 (26 after month 4). 1.5 are due in month 4, written off
    at 0.025 a month: 2 + 3 + 3 + 12 + 12 of 60 months. Cash: 100 - 1.5, 4 more in 2027Q4, 2 more in 2029.
    """
    grid = [
        METER | {"from_month": "2026-10", "security_musd": 4, "security_months": 12},
        METER | {"id": "soon", "from_month": "2027-05", "security_musd": 2, "security_months": 26, "due_musd": 1.5, "tax_life_months": 60},
    ]
    found = ledger_of(small(grid=grid), {})
    posted = dict(zip(PERIODS, ("6", "6", "6", "2", "2", "0"), strict=True))
    expect(found, "posted_musd", {("s", t): musd for t, musd in posted.items()})
    expect(found, "capex_musd", {("s", "2027Q2"): "1.5"})
    expect(found, "final_basis_musd", {"s": "0.7"})
    cash = dict(zip(PERIODS, ("100", "98.5", "98.5", "102.5", "102.5", "104.5"), strict=True))
    expect(found, "cash_musd", {(t,): musd for t, musd in cash.items()})


def test_costs_in_money_of_an_earlier_year() -> None:
    """10 % a year from 2025: 1 M$ of overhead is 1.21, 1.331 and 1.4641 in 2027 to 2029, a hall of 8 ordered in 2028 costs 10.648."""
    finance = {"price_year": 2025, "cost_inflation_fraction": 0.1, "capex_inflation_fraction": 0.1, "overhead_musd_per_year": 1}
    hall = SHELL | {"buildable": True, "capex_musd_per_module": 8}
    found = ledger_of(small(halls=[hall], finance=finance), {"built_modules": {("s", "shell", "2028"): 1}})
    overhead = dict(zip(PERIODS, ("0.3025", "0.3025", "0.3025", "0.3025", "1.331", "1.4641"), strict=True))
    expect_entries(found, "operating", "overhead", {("overhead", t): musd for t, musd in overhead.items()})
    expect(found, "capex_musd", {("s", "2028"): "10.648"})


def test_bitcoin_held_at_the_start() -> None:
    """5 bitcoin of 90,000 USD: one is sold at 100,000, two at 120,000, one at 200,000, one is held: gains of 0.01, 0.06, 0.11 and 0.11."""
    held = {"id": "x", "btc_count": 5, "basis_usd": 90_000}
    sold: Decisions = {"kept_btc": {("x", "2027Q1"): 1.0, ("x", "2027Q4"): 2.0, ("x", "2028"): 1.0}, "final_btc": {("x",): 1.0}}
    found = ledger_of(small(btc=RISES, holdings=[held], finance={"treasury_cap_btc": 4}), sold)
    expect(found, "treasury_musd", {"2027Q1": "0.1", "2027Q4": "0.24", "2028": "0.2"})
    expect(found, "gain_musd", {"2027Q1": "0.01", "2027Q4": "0.06", "2028": "0.11"})
    expect(found, "bitcoin_musd", {(): "0.2"})
    expect(found, "bitcoin_gain_musd", {(): "0.11"})
    expect(found, "equity_value", {(): "100.74"})


def test_parts_of_draws_of_before_fall_due_by_their_month() -> None:
    """16 M$ of month -8 over 40 months after a grace of six: 0.4 a month from month -2. 10 are owed, 5.6 may be at month 24, 0.8 at 36."""
    terms = {"amortisation_months": 40, "grace_months": 6}
    draws = [{"debt": "bank", "month": "2026-05", "drawn_musd": 16}]
    plan = let("2027Q1", **{"2028": 4.4, "2029": 4.8})
    found = ledger_of(letting(COVERAGE | {"level": 0}, terms, debt_draws=draws), plan)
    expect(found, "scheduled_musd", dict(zip(PERIODS, ("1.2", "1.2", "1.2", "1.2", "4.8", "4.8"), strict=True)))
    late = broken(letting(COVERAGE | {"level": 0}, terms, debt_draws=draws), let("2027Q1", **{"2028": 4.3, "2029": 4.9}))
    assert late == {("8.13", ("bank", "2028")): Fraction("0.1")}


@pytest.mark.parametrize(
    ("from_month", "months", "short"),
    [
        ("2026-01", 12, {"2027Q1": "6.2", "2027Q2": "4.3", "2027Q3": "2.4"}),
        ("2026-07", 6, {"2027Q2": "3.35", "2027Q3": "1.925"}),
        ("2026-08", 5, {"2027Q3": "1.735"}),
        ("2026-11", 2, {}),
    ],
)
def test_covenants_look_back_before_the_start(from_month: str, months: int, short: dict[str, str]) -> None:
    """1 M$ in the months before, and 1.25 a quarter: in March nine of twelve are 0.75, and 10 M$ are 6.2 more than 1.9 x 2. Six months are
    first tested in June, with 1 + 2.5; of five three count in September, 0.6 + 3.75; two are too few. From December on it is 0.5.
    """
    past = [{"from_month": from_month, "months": months, "ebitda_musd": 1}]
    found = broken(letting(LEVERAGE, history=past), let("2027Q1"))
    expected = short | dict.fromkeys(PERIODS[3:], "0.5")
    assert found == {("8.19", ("x", t)): Fraction(musd) for t, musd in expected.items()}


def test_interest_and_parts_of_before_are_covered() -> None:
    """In March 3 + 1.25 M$ against 1.1 x (3 + 0.2): service of 4 in 2026. At 1.4 it is 0.23 short, in June 4.5 on 1.4 x 2.4 is enough."""
    past = [{"from_month": "2026-01", "months": 12, "ebitda_musd": 4, "service_musd": 4}]
    assert broken(letting(COVERAGE, history=past), let("2027Q1")) == {}
    short = broken(letting(COVERAGE | {"level": 1.4}, history=past), let("2027Q1"))
    assert short == {("8.20", ("x", "2027Q1")): Fraction("0.23")}


def test_liquidity_is_tested_as_soon_as_the_rest() -> None:
    """100 M$ and 1.05 a quarter less than 102: in March and June, if 2026 is known; else first in December."""
    liquid = {"id": "x", "kind": "liquidity", "level": 102}
    past = [{"from_month": "2026-01", "months": 12, "ebitda_musd": 4}]
    assert broken(letting(liquid), let("2027Q1")) == {}
    assert broken(letting(liquid, history=past), let("2027Q1")) == {("8.21", ("x", "2027Q1")): Fraction("0.95")}


def test_income_of_before_the_start_is_taxed_with_the_first_year() -> None:
    """A plan from July: 3 M$ earned before, 0.5 of overhead: 25 % of 2.5 in December. SITE is idle."""
    finance = {"opening_income_musd": 3, "overhead_musd_per_year": 1, "tax_rate_fraction": 0.25}
    found = ledger_of(small(start="2027-07", periods=[{"months": 3, "count": 2}], sites=[SITE], finance=finance), {})
    expect(found, "profit_musd", {"2027": "2.5"})
    expect(found, "tax_musd", {"2027": "0.625"})
