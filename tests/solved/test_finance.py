"""Section 8, cash and debt: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

from typing import Any

import pytest

from planner import solve
from planner_models.schema import Instance
from tests.tiny import (
    accepts,
    chosen,
    facility,
    hall,
    lease,
    leased,
    meter,
    near,
    site,
    solved,
    standing,
    state,
    tiny,
    upgrade,
    worth,
    years,
)
from tests.tiny_capital import AFTER_TWO, DEAR_MONEY, FIRST, SECOND, revolver

QUARTER_FACTORS = [1.21 ** (-month / 12) for month in (1.5, 4.5, 7.5, 10.5)]
NEVER_PAY_OUT = "2040-01"


def growing(**parts: Any) -> Instance:
    """A shell leased at 6 a quarter and a second tenant at the same rent, for whom another shell must be built; `parts` as for `tiny`."""
    tables: dict[str, Any] = {
        "halls": [hall(buildable=True, capex_musd_per_module=14)],
        "leases": [lease(rent_usd_per_kw_month=2000), lease(id="second", rent_usd_per_kw_month=2000)],
        "lease_sites": [accepts(), accepts("second")],
    }
    return leased(**(tables | parts))


def test_the_cash_floor_delays_an_order() -> None:
    """(8.6), (8.7): 2 at the start, a floor of 1, a shell for 14. First quarter: 2 + 12 - 14 < 1. Second: 2 + 6 + 12 - 14 = 6.

    The second tenant pays from April: 2 + 24 + 18 - 14 = 30. With a floor of 0 it would pay from January: 36; not built: 26.
    """
    run = solved(growing(finance={"opening_cash_musd": 2.0, "cash_floor_musd": 1.0}))
    assert worth(run) == near(30)
    assert chosen(run, "built_modules", "site", "shell", "2027Q2") == 1


def test_the_deposit_is_due_at_the_order() -> None:
    """(8.7), (10.7): 2 at the start; tenants from April pay 3 a quarter for the metered MW and 9 for the 2 MW of an upgrade.

    The upgrade costs 10, 30 % at order, 3 months of lead. The deposit of 3 cannot be paid in the first quarter (service in April),
    but in the second (2 + 3 - 3): service in July, 2 + 3 + 9 - 7 in cash.
    2 + 9 + 18 - 10 = 19. Were all paid at service it would come in April: 28.
    """
    run = solved(
        leased(
            opening=[standing(count=3)],
            grid=[meter(mw=1), upgrade(mw=2, cost_musd=10, lead_months=3, deposit_fraction=0.3)],
            leases=[lease(earliest_start="2027-04"), lease(id="second", it_mw=2, rent_usd_per_kw_month=1500, earliest_start="2027-04")],
            lease_sites=[accepts(), accepts("second")],
            finance={"opening_cash_musd": 2.0},
        )
    )
    assert worth(run) == near(19)
    assert chosen(run, "upgraded", "upgrade", "2027Q3") == 1


def test_a_floor_that_cannot_be_held_is_infeasible() -> None:
    """(8.7): overhead of 12 against 10 of cash and no income: there is no plan."""
    run = solve(tiny(finance={"opening_cash_musd": 10.0, "overhead_musd_per_year": 12}))
    assert run.outcome == "infeasible"
    assert run.plan is None


def test_the_capex_budget_holds_per_calendar_year() -> None:
    """(8.8): two tenants, each shell costs 1; the budget of 2027 is 1: one shell then, one in 2028: 100 + 23 + 11 = 134. Without: 146."""
    run = solved(
        leased(
            periods=[{"months": 3, "count": 4}, {"months": 12, "count": 1}],
            halls=[hall(buildable=True, capex_musd_per_module=1)],
            opening=[],
            leases=[lease(), lease(id="second")],
            lease_sites=[accepts(), accepts("second")],
            budgets=[{"year": 2027, "capex_musd": 1}],
        )
    )
    assert worth(run) == near(134)
    assert chosen(run, "built_modules", "site", "shell", "2028") == 1


@pytest.mark.parametrize(("budgets", "value"), [([(2027, 1)], 169.0), ([(2027, 1), (2028, 1)], 146.0), ([(2027, 1), (2028, 0)], 123.0)])
def test_a_period_of_several_years_has_the_sum_of_their_budgets(budgets: list[tuple[int, float]], value: float) -> None:
    """(8.8): one period of two years, three tenants of 24 and shells of 1; a year without a row leaves the period without limit."""
    names = ["anchor", "second", "third"]
    run = solved(
        leased(
            periods=[{"months": 24, "count": 1}],
            halls=[hall(buildable=True, capex_musd_per_module=1)],
            opening=[],
            leases=[lease(id=name) for name in names],
            lease_sites=[accepts(name) for name in names],
            budgets=[{"year": year, "capex_musd": musd} for year, musd in budgets],
        )
    )
    assert worth(run) == near(value)


def financed(**fields: Any) -> Instance:
    """6 of cash and a shell for 10 that takes all of 2027 to build and earns 12 in 2028; a facility at 10 %, 5 % fee, with `fields`."""
    return leased(
        periods=years(2),
        halls=[hall(buildable=True, build_months=12, capex_musd_per_module=10)],
        opening=[],
        debt=[facility(fee_fraction=0.05, **fields)],
        finance={"opening_cash_musd": 6.0},
    )


def test_two_facilities_do_not_fund_the_same_capex() -> None:
    """(8.4): a shell for 10 and two lenders of up to 8 each at 10 %; 6 of cash, so 4 must be borrowed, and up to 10 can be.

    Equity is discounted at 44 %: what is drawn beyond 4 is paid out at once, 1 in 2027 (at 1/1.2) for 1.1 in 2028 (at 1/1.728 and the
    horizon 1/2.0736), so all 10 are drawn and 6 paid out: 6/1.2 + 12/1.728 - 1/1.728 - 10/2.0736 = 6.5435. Were each lender held
    to the capex alone, 16 would be drawn: 12/1.2 + 12/1.728 - 1.6/1.728 - 16/2.0736 = 8.3025.
    """
    run = solved(
        leased(
            periods=years(2),
            halls=[hall(buildable=True, build_months=12, capex_musd_per_module=10)],
            opening=[],
            debt=[facility(id="one"), facility(id="two")],
            finance={"opening_cash_musd": 6.0, "discount_rate_fraction": 0.44},
        )
    )
    drawn = chosen(run, "drawn_musd", "one", "2027") + chosen(run, "drawn_musd", "two", "2027")
    assert drawn == near(10)
    assert worth(run) == near(6 / 1.2 + 11 / 1.728 - 10 / 2.0736)


def test_a_draw_costs_its_fee_and_a_year_of_interest() -> None:
    """(8.1), (8.3), (8.6), (8.9): 4 are missing in 2027: drawn 4/0.95 = 4.2105 (the fee comes off the draw), interest in 2028 on that.

    6 - 10 + 12 - (0.05 + 0.1)·4.2105 = 7.36842. Without the facility: not built, 6. Without interest or fee: 7.789 or 7.6.
    """
    drawn = 4 / 0.95
    run = solved(financed())
    assert worth(run) == near(8 - 0.15 * drawn)
    assert chosen(run, "drawn_musd", "bank", "2027") == near(drawn)
    assert state(run, "debt_musd", "bank", "2027") == near(drawn)


@pytest.mark.parametrize(
    "fields",
    [
        {"advance_fraction": 0.42},
        {"limit_musd": 4.2},
        {"available_from": "2028-01"},
        {"available_from": "2027-02"},
        {"available_to": "2027-01"},
        {"maturity": "2027-12"},
    ],
)
def test_what_stops_the_draw_stops_the_shell(fields: dict[str, Any]) -> None:
    """(8.1), (8.3), (8.4): 4.2105 must be drawn in 2027, so the shell is not built (6 instead of 7.37) when any of these holds:

    at most 42 % of 10 of capex; a limit of 4.2; draws from 2028 or from February (the period begins before); no draws; due within 2027.
    """
    assert worth(solved(financed(**fields))) == near(6)


@pytest.mark.parametrize("fields", [{"advance_fraction": 0.43}, {"limit_musd": 4.3}, {"available_to": "2027-02"}, {"maturity": "2028-01"}])
def test_what_barely_allows_the_draw_builds_the_shell(fields: dict[str, Any]) -> None:
    """(8.1), (8.3), (8.4): the same bounds with a little room; a maturity of January 2028 falls in 2028, which then repays."""
    assert worth(solved(financed(**fields))) == near(8 - 0.15 * 4 / 0.95)


def test_draws_follow_the_capex_of_their_period() -> None:
    """(8.4), (10.7): half of each period's capex; the shell of 10 is paid in 2027, so nothing is drawn in 2028.

    At 40 % a year and a facility at 1 % more draws would pay. 2027: 5 drawn, 6 + 5 - 10 = 1 paid out; 2028: 12 - 0.05 interest paid out.
    Value: 1/1.4^0.5 + 11.95/1.4^1.5 - 5/1.4^2. Drawing on past capex would add to it.
    """
    instance = leased(
        periods=years(2),
        halls=[hall(buildable=True, build_months=12, capex_musd_per_module=10)],
        opening=[],
        debt=[facility(rate_fraction=0.01, advance_fraction=0.5)],
        finance={"opening_cash_musd": 6.0, "discount_rate_fraction": 0.4},
    )
    assert worth(solved(instance)) == near(1.4**-0.5 + 11.95 * 1.4**-1.5 - 5 * 1.4**-2)


@pytest.mark.parametrize(("months", "period", "interest"), [(3, "2027Q1", 0.2), (12, "2027", 0.8), (24, "2027-2028", 1.6)])
def test_interest_runs_on_the_opening_balance(months: int, period: str, interest: float) -> None:
    """(8.2), (8.3), (8.9): 8 are owed at the start at 10 % a year; repaid in the first of two periods, whose interest is due all the same.

    On closing balances nothing would be due: 92.
    """
    run = solved(tiny(periods=[{"months": months, "count": 2}], debt=[facility(opening_balance_musd=8)]))
    assert worth(run) == near(92 - interest)
    assert chosen(run, "repaid_musd", "bank", period) == near(8)


def test_a_draw_may_fund_the_capex_of_any_site() -> None:
    """(8.4), (10.7): two sites build a shell for 5 each; 43 % of all 10 cover the 4.2105 that are missing. Of one site's 5 they would not.

    Each shell earns 6 in 2028: 6 - 10 + 12 - 0.15·4.2105, as from one site. With one shell alone no debt: 6 - 5 + 6 = 7.
    """
    run = solved(
        leased(
            periods=years(2),
            sites=[site(), site(id="north")],
            grid=[meter(), meter(id="north_meter", site="north")],
            halls=[hall(buildable=True, build_months=12, capex_musd_per_module=5)],
            opening=[],
            leases=[lease(rent_usd_per_kw_month=500), lease(id="second", rent_usd_per_kw_month=500)],
            lease_sites=[accepts(), accepts("second", at="north")],
            debt=[facility(fee_fraction=0.05, advance_fraction=0.43)],
            finance={"opening_cash_musd": 6.0},
        )
    )
    assert worth(run) == near(8 - 0.15 * 4 / 0.95)


def test_nothing_is_owed_in_the_period_after_the_maturity() -> None:
    """(8.2), (8.3): 8 owed at 10 % until April; equity wants 21 %, so the debt stays through March and is repaid in the second quarter.

    12 of rent a quarter: D1·(100 + 12 - 0.2) + D2·(12 - 8.2) + (D3 + D4)·12. Without the maturity it would stay to the end for more.
    """
    run = solved(
        leased(
            leases=[lease(rent_usd_per_kw_month=4000)],
            debt=[facility(opening_balance_musd=8, maturity="2027-04")],
            finance={"discount_rate_fraction": 0.21},
        )
    )
    first, second, third, fourth = QUARTER_FACTORS
    assert worth(run) == near(first * 111.8 + second * 3.8 + (third + fourth) * 12)
    assert state(run, "debt_musd", "bank", "2027Q1") == near(8)
    assert state(run, "debt_musd", "bank", "2027Q2") == near(0)


def test_debt_that_outlives_the_plan_is_deducted() -> None:
    """(9.8): 8 owed at no interest past the horizon, 100 of cash that is never paid out: (100 - 8)/1.21. Forgotten: 100/1.21."""
    finance = {"discount_rate_fraction": 0.21, "dividends_from": NEVER_PAY_OUT}
    run = solved(tiny(debt=[facility(opening_balance_musd=8, rate_fraction=0)], finance=finance))
    assert worth(run) == near(92 / 1.21)


@pytest.mark.parametrize(
    ("month", "value"),
    [(None, 11 / 1.1), ("2027-01", 11 / 1.1), ("2027-07", 11 / 1.331), ("2028-01", 11 / 1.331), ("2029-01", 11 / 1.4641)],
)
def test_dividends_wait_for_their_month(month: str | None, value: float) -> None:
    """(8.5): 11 of cash at 21 %: paid in mid-2027, or in 2028 when allowed from within 2027 or from 2028, or kept to the horizon."""
    finance = {"discount_rate_fraction": 0.21, "opening_cash_musd": 11.0, "dividends_from": month}
    assert worth(solved(tiny(periods=years(2), finance=finance))) == near(value)


def test_the_floor_stays_in_the_company_to_the_end() -> None:
    """(8.7), (9.8): 11 of cash at 21 % with a floor of 5: 6 are paid out in mid-2027, 5 count at the end of 2028."""
    finance = {"discount_rate_fraction": 0.21, "opening_cash_musd": 11.0, "cash_floor_musd": 5.0}
    assert worth(solved(tiny(periods=years(2), finance=finance))) == near(6 / 1.1 + 5 / 1.4641)


def test_each_facility_has_its_own_limit_and_rate() -> None:
    """(8.3), (8.4): each facility has its own limit and may fund half of the capex: 4 are missing, the cheap one gives 3.

    Fees are zero: 3 at 5 % and 1 at 10 %: 6 - 10 + 12 - 0.15 - 0.1 = 7.75.
    """
    instance = financed().with_(
        "debt", [facility(id="cheap", limit_musd=3, rate_fraction=0.05, advance_fraction=0.5), facility(id="dear", advance_fraction=0.5)]
    )
    assert worth(solved(instance)) == near(7.75)


@pytest.mark.parametrize(
    ("rent", "value", "drawn"),
    [
        (0, 16.7 * FIRST, 0),
        (2, 20.7 * FIRST + 1.8 * SECOND - 2 * AFTER_TWO, 0),
        (5, 26.7 * FIRST + 4.5 * SECOND - 5 * AFTER_TWO, 2),
    ],
)
def test_what_is_owed_at_the_start_may_be_paid_back_without_cover(rent: float, value: float, drawn: float) -> None:
    """(8.10), (8.22): 3 owed at 10 % with 20 of cash, each M$ covered by one of rent a year. Uncovered it is repaid: all, or 1 of the 3.

    20 - 0.3 - 3; 20 - 0.3 - 1 + 2, then 2 - 0.2, and 2 owed; with rent of 5 there are 2 to draw: 20 - 0.3 + 2 + 5, then 5 - 0.5.
    """
    tenant = lease(rent_usd_per_kw_month=rent / 12 * 1000)
    debt = [revolver(opening_balance_musd=3, dscr_ratio=10)]
    run = solved(leased(periods=years(2), leases=[tenant], debt=debt, finance=DEAR_MONEY | {"opening_cash_musd": 20.0}))
    assert worth(run) == near(value)
    assert chosen(run, "drawn_musd", "revolver", "2027") == near(drawn)
