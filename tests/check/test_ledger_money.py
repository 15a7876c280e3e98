"""Ledgers of the company worked out by hand: debt, cash, losses and the 80 % rule, exit tax, mid-period discounting, equity value."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from planner.check import verify
from planner.plan import Plan
from tests.check.hand import SHELL, SITE, Decisions, expect, ledger_of, small

LOAN = {
    "id": "loan",
    "limit_musd": 10,
    "rate_fraction": 0.08,
    "fee_fraction": 0.02,
    "advance_fraction": 0.5,
    "opening_balance_musd": 2,
    "maturity": "2029-01",
}
BORROWING: Decisions = {
    "built_modules": {("s", "shell", "2027Q2"): 1},
    "drawn_musd": {("loan", "2027Q2"): 4.0},
    "repaid_musd": {("loan", "2027Q4"): 1.0, ("loan", "2028"): 2.0, ("loan", "2029"): 3.0},
}


def borrowing(**parts: Any) -> dict[str, Any]:
    hall = SHELL | {"buildable": True, "capex_musd_per_module": 8}
    return {"halls": [hall], "debt": [LOAN], "finance": {"opening_cash_musd": 20.0}} | parts


def test_interest_runs_on_opening_balances_and_fees_on_draws() -> None:
    """8 % on 2, 2, 6, 6 M$ by quarters (0.04, 0.04, 0.12, 0.12), on 5 in 2028 and 3 in 2029; 2 % of the draw of 4. The draw is half of the
    8 M$ paid in 2027Q2. The loan matures at month 24, the end of 2028: 3 M$ are owed then, nothing at the end of the next period.
    Cash from 20: -0.04; -8 + 4 - 0.12; -0.12; -0.12 - 1; -0.4 - 2; -0.24 - 3.
    """
    found = ledger_of(small(**borrowing()), BORROWING)
    balances = {"2027Q1": "2", "2027Q2": "6", "2027Q3": "6", "2027Q4": "5", "2028": "3", "2029": "0"}
    expect(found, "debt_musd", {("loan", t): musd for t, musd in balances.items()})
    interest = {"2027Q1": "0.04", "2027Q2": "0.04", "2027Q3": "0.12", "2027Q4": "0.12", "2028": "0.4", "2029": "0.24"}
    expect(found, "facility_interest_musd", {("loan", t): musd for t, musd in interest.items()})
    expect(found, "facility_fee_musd", {("loan", "2027Q2"): "0.08"})
    expect(found, "interest_musd", interest | {"2027Q2": "0.12"})
    expect(found, "cash_musd", {"2027Q1": "19.96", "2027Q2": "15.84", "2027Q3": "15.72", "2027Q4": "14.6", "2028": "12.2", "2029": "8.96"})


def test_interest_and_fees_are_deducted_from_income() -> None:
    """Without revenue each year loses its interest and fees and, from month 3, 0.1 M$ a month of depreciation (8 M$ over 80 months):
    0.4 + 0.9 in 2027, 0.4 + 1.2 in 2028, 0.24 + 1.2 in 2029.
    """
    hall = SHELL | {"buildable": True, "capex_musd_per_module": 8, "tax_life_months": 80}
    found = ledger_of(small(**borrowing(halls=[hall])), BORROWING)
    expect(found, "loss_musd", {"2027": "1.3", "2028": "1.6", "2029": "1.44"})
    expect(found, "pool_musd", {"2027": "1.3", "2028": "2.9", "2029": "4.34"})


def test_the_cash_floor_is_met_at_the_end_of_every_period() -> None:
    """The same cash against a floor of 12.5: 2028 ends 0.3 short of it, 2029 3.54."""
    parts = borrowing(finance={"opening_cash_musd": 20.0, "cash_floor_musd": 12.5})
    found = verify(small(**parts), Plan("small", BORROWING))
    assert {(v.tag, v.index): v.amount for v in found.violations} == {
        ("8.7", ("2028",)): Fraction("0.3"),
        ("8.7", ("2029",)): Fraction("3.54"),
    }
    assert found.violations[0].words == "2028: cash ends at 12.2 M$, 0.3 M$ below the floor of 12.5 M$."


def test_debt_is_due_at_the_end_of_the_period_that_holds_the_maturity() -> None:
    """Maturing in month 23 the loan must be gone by the end of 2028: the 3 M$ owed then are too much. After the horizon it may stay."""
    due = verify(small(**borrowing(debt=[LOAN | {"maturity": "2028-12"}])), Plan("small", BORROWING))
    assert [(v.tag, v.index, v.amount) for v in due.violations] == [("8.3", ("loan", "2028"), Fraction(3))]
    stays = {**BORROWING, "repaid_musd": {("loan", "2027Q4"): 1.0}}
    found = ledger_of(small(**borrowing(debt=[LOAN | {"maturity": "2030-01"}])), stays)
    assert found.ledger.states["debt_musd"]["loan", "2029"] == 5
    expect(found, "equity_value", {(): Fraction("20") - 8 + 4 - Fraction("0.08") - 1 - Fraction("0.32") - Fraction("0.8") - 5})


LEASE = {"tenant": "A", "product": "powered_shell", "it_mw": 5, "rent_usd_per_kw_month": 100, "cap_rate_fraction": 0.1}


def taxed(periods: list[dict[str, int]], second_term: int) -> dict[str, Any]:
    """Depreciation of 8 in 2027, overhead of 1 a year, rent of 6 a year from 2028 and another 6 from the last period."""
    leases = [
        LEASE | {"id": "a", "ready_by": "2028-01", "term_months": 36},
        LEASE | {"id": "b", "ready_by": "2029-01", "term_months": second_term},
    ]
    return {
        "periods": periods,
        "halls": [SHELL],
        "leases": leases,
        "lease_sites": [{"lease": "a", "site": "s"}, {"lease": "b", "site": "s"}],
        "opening": [
            {"id": "c", "site": "s", "item": "shell", "count": 1, "in_service": "2026-01"},
            {"id": "gone", "site": "s", "item": "shell", "count": 1, "in_service": "2000-01", "tax_basis_musd": 8},
        ],
        "finance": {"opening_cash_musd": 50.0, "overhead_musd_per_year": 1, "tax_rate_fraction": 0.25, "opening_loss_musd": 1},
    }


def test_losses_are_used_as_soon_as_the_law_allows_and_tax_is_paid_in_the_last_period_of_the_year() -> None:
    """Income: -1 - 8 = -9; 6 - 1 = 5; 5; 12 - 1 = 11. Pool: 1 + 9 = 10. 2028 may use 80 % of 5 = 4, 2029 again 4, 2030 the 2 that are left.
    Tax at 25 % on 1, 1 and 9. 2028 is four quarters of 1.25 M$ each; its 0.25 of tax falls to 2028Q4.
    """
    periods = [{"months": 12, "count": 1}, {"months": 3, "count": 4}, {"months": 12, "count": 2}]
    starts = {"started": {("a", "s", "shell", "2028Q1"): 1, ("b", "s", "shell", "2030"): 1}}
    found = ledger_of(small(**taxed(periods, 12)), starts)
    expect(found, "profit_musd", {"2028": "5", "2029": "5", "2030": "11"})
    expect(found, "loss_musd", {"2027": "9"})
    expect(found, "used_musd", {"2028": "4", "2029": "4", "2030": "2"})
    expect(found, "pool_musd", {"2027": "10", "2028": "6", "2029": "2"})
    expect(found, "tax_musd", {"2028": "0.25", "2029": "0.25", "2030": "2.25"})
    cash = {"2027": "49", "2028Q1": "50.25", "2028Q2": "51.5", "2028Q3": "52.75", "2028Q4": "53.75", "2029": "58.5", "2030": "67.25"}
    expect(found, "cash_musd", cash)


def test_a_period_of_several_years_is_one_fiscal_year() -> None:
    """2029-2030 as one period: 24 months of both rents less 2 of overhead, 22 M$. It uses the 6 left (80 % would be 17.6): tax 4."""
    periods = [{"months": 12, "count": 2}, {"months": 24, "count": 1}]
    starts = {"started": {("a", "s", "shell", "2028"): 1, ("b", "s", "shell", "2029-2030"): 1}}
    found = ledger_of(small(**taxed(periods, 24)), starts)
    expect(found, "profit_musd", {"2028": "5", "2029-2030": "22"})
    expect(found, "used_musd", {"2028": "4", "2029-2030": "6"})
    expect(found, "tax_musd", {"2028": "0.25", "2029-2030": "4"})


def leaving(**finance: Any) -> dict[str, Any]:
    return {
        "periods": [{"months": 12, "count": 2}],
        "sites": [SITE | {"energised_musd_per_mw": 0.2}],
        "equipment": [{"id": "tx", "mva": 10, "cost_musd": 1, "lead_months": 0}],
        "opening": [{"id": "coming", "site": "s", "item": "tx", "count": 1, "in_service": "2029-01", "tax_basis_musd": 3}],
        "finance": {"opening_cash_musd": 10.0, "tax_rate_fraction": 0.25, "exit_cost_fraction": 0.1, "opening_loss_musd": 5, **finance},
    }


def test_exit_tax_deducts_what_is_left_of_basis_and_losses() -> None:
    """100 MW at 0.2 are 20 M$, 18 after exit cost. 3 of basis (in service at the horizon) and 5 of losses: 25 % of 10. Never below zero."""
    found = ledger_of(small(**leaving()), {})
    expect(found, "terminal_musd", {"s": "20"})
    expect(found, "terminal_value_musd", {(): "18"})
    expect(found, "final_basis_musd", {"s": "3"})
    expect(found, "pool_musd", {"2027": "5", "2028": "5"})
    expect(found, "exit_tax_musd", {(): "2.5"})
    expect(ledger_of(small(**leaving(opening_loss_musd=16)), {}), "exit_tax_musd", {(): "0"})


def test_flows_count_at_mid_period_and_the_rest_at_the_horizon() -> None:
    """At 21 % a year dividends of 1 and 2 count at months 6 and 18: 1/1.1 and 2/1.331; cash of 7, terminal value less tax of 15.5 count at
    month 24: 22.5/1.4641. A quarter from month 3 counts at month 4.5.
    """
    found = ledger_of(small(**leaving(discount_rate_fraction=0.21)), {"dividends_musd": {("2027",): 1.0, ("2028",): 2.0}})
    first, second, end = Fraction(1.21**-0.5), Fraction(1.21**-1.5), Fraction(1.21**-2.0)
    expect(found, "discount_mid", {"2027": first, "2028": second})
    expect(found, "discount_end", {(): end})
    expect(found, "cash_musd", {"2027": "9", "2028": "7"})
    expect(found, "equity_value", {(): first + 2 * second + Fraction("22.5") * end})
    assert float(found.value_musd) == pytest.approx(1 / 1.1 + 2 / 1.331 + 22.5 / 1.4641, rel=1e-12)
    quarters = ledger_of(small(finance={"discount_rate_fraction": 0.21}), {}).ledger.states["discount_mid"]
    assert float(quarters["2027Q2",]) == pytest.approx(1.21 ** (-4.5 / 12), rel=1e-12)
    assert float(quarters["2029",]) == pytest.approx(1.21**-2.5, rel=1e-12)


def test_security_posted_with_the_utility_is_worth_its_amount() -> None:
    """2 M$ posted at month 3 for ten years: away from the cash of 100 at the horizon, but still the company's."""
    upgrade = {"id": "more", "site": "s", "kind": "upgrade", "mw": 10, "security_musd": 2, "security_months": 120}
    found = ledger_of(small(grid=[upgrade]), {"upgraded": {("more", "2027Q2"): 1}})
    cash = {"2027Q1": "100", "2027Q2": "98", "2027Q3": "98", "2027Q4": "98", "2028": "98", "2029": "98"}
    expect(found, "cash_musd", cash)
    expect(found, "equity_value", {(): "100"})


def test_decimals_are_exact() -> None:
    """Ten draws of 0.1 M$ repaid as 1.0 leave exactly nothing, which floats do not."""
    periods = [{"months": 1, "count": 12}]
    months = [f"2027-{m:02d}" for m in range(1, 13)]
    hall = SHELL | {"buildable": True, "capex_musd_per_module": 8}
    parts = {"periods": periods, "halls": [hall], "debt": [LOAN | {"opening_balance_musd": 0}]}
    plan: Decisions = {
        "built_modules": {("s", "shell", t): 1 for t in months[:10]},
        "drawn_musd": {("loan", t): 0.1 for t in months[:10]},
        "repaid_musd": {("loan", months[11]): 1.0},
    }
    found = ledger_of(small(**parts), plan)
    assert found.ledger.states["debt_musd"]["loan", "2027-11"] == 1
    assert found.ledger.states["debt_musd"]["loan", "2027-12"] == 0
