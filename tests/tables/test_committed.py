"""What was on order, spent, held and decided before the plan, in the tables and on the page."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from planner.check import verify
from planner.plan import Plan
from planner.report import plain
from planner.report.proof import counted
from planner.tables import TABLES, balance, changes, checks, covenants, fleets, income, money, orders, pending
from planner.tables.book import Book
from planner.tables.frame import Row
from tests.tables import committed
from tests.tables.sample import book, book_of, instance
from tests.tables.test_balance import ties

PAST, PAGE = committed.book(), " ".join(plain(committed.run()).split())


def rows(found: Iterable[Row], key: str) -> dict[str, dict[str, Any]]:
    """Rows by a column."""
    return {str(row[key]): dict(row) for row in found}


def test_the_plan_breaks_no_rule() -> None:
    """All that follows is about a plan that may be carried out."""
    assert verify(committed.company(), committed.plan()).violations == ()


def test_what_is_on_order_by_hand() -> None:
    """One of two halls is cancelled: 4 of 8 M$ are saved for half of 1 M$. What `tax_bases` has under the id of grid is spent on it."""
    found = rows(pending.rows(PAST), "order")
    names = ("quantity", "unit", "spent_musd", "due_musd", "paid", "cancellable", "cancelled", "saved_musd", "fee_musd", "left_musd")
    told = {order: tuple(row[name] for name in names) for order, row in found.items()}
    assert told == {
        "next_tx": (2, "units", Fraction("1.8"), Fraction("4.2"), "in service", True, 1, Fraction("2.1"), 0, Fraction("2.1")),
        "next_halls": (2, "modules", 3, 8, "evenly", True, 1, 4, Fraction("0.5"), 4),
        "next_fleet": (7, "MW", 4, 10, "in service", True, 7, 10, Fraction("0.3"), 0),
        "next_gpus": (2, "clusters", 0, 500, "in service", True, 2, 500, 20, 0),
        "next_gas": (1, "units", 2, 20, "evenly", False, 0, 0, 0, 20),
        "paid": (1, "units", Fraction("0.2"), 0, "", False, 0, 0, 0, 0),
        "coming": (10, "MW", Fraction("1.25"), 2, "in service", False, 0, 0, 0, 2),
    }
    assert {row["in_service_month"] for order, row in found.items() if order in ("next_halls", "coming")} == {"2027-08", "2027-06"}


def test_orders_have_what_is_cancelled_and_still_due() -> None:
    """A cancellation brings what it saves less its fee; what is due evenly is paid from the start on, 3/7 of it in each quarter."""
    found = list(orders.order_rows(PAST))
    gone = {row["detail"]: (row["quantity"], row["unit"], row["other_musd"]) for row in found if row["kind"] == "cancellation"}
    assert gone == {
        "next_tx": (1, "units", Fraction("2.1")), "next_halls": (1, "modules", Fraction("3.5")),
        "next_fleet": (7, "MW", Fraction("9.7")), "next_gpus": (2, "clusters", 480),
    }  # fmt: skip
    comes = {row["detail"] or row["item"]: row for row in found if row["kind"] == "delivery"}
    assert list(comes) == ["coming", "next_halls", "next_tx", "next_gas"]
    halls = comes["next_halls"]
    assert (halls["total_musd"], halls["due_at_order_musd"], halls["first_payment_month"], halls["order_month"]) == (
        4, 0, "2027-01", "2027-08")  # fmt: skip
    paid = {row["paid_period"]: row["paid_musd"] for row in orders.payment_rows(PAST) if row["detail"] == "next_halls"}
    assert paid == {"2027Q1": Fraction(12, 7), "2027Q2": Fraction(12, 7), "2027Q3": Fraction(4, 7)}


def test_fees_and_dues_have_their_lines() -> None:
    """0.5 + 0.3 + 20 M$ for what is cancelled, all in the first quarter; what is due on grid is due on what was ordered, no upgrade."""
    cash = rows(money.cash_rows(PAST), "period")
    assert [row["cancel_fee_musd"] for row in cash.values()] == [-Fraction("20.8"), 0, 0, 0, 0, 0, 0]
    assert cash["2027Q2"]["capex_due_musd"] == -(2 + Fraction(12, 7) + 20 * Fraction(3, 14))
    assert cash["2027Q2"]["capex_grid_musd"] == -Fraction("1.0609")


def test_the_opening_balance_by_hand() -> None:
    """236.8 of `capital` and 9.2 on order; 1.25, 28.8 % of 30 (MACRS after 40 % at once), 3 of 10 years of 12, and land for 5.

    300 BTC at 20,000 USD and 100 at 80,000; 1.5 + 0.5 posted; 2.5 M$ of `anchor` are there before the start. The sheet ties to the end.
    """
    row = rows(balance.rows(PAST), "period")["opening"]
    assert row["fixed_assets_musd"] == Fraction("236.8") + Fraction("9.2") + Fraction("1.25") + Fraction("8.64") + Fraction("3.6") + 5
    assert (row["bitcoin_musd"], row["security_musd"], row["prepaid_musd"]) == (14, 2, 3)
    ties(PAST)
    assert [row["ties"] for row in checks.rows(PAST)] == [True] * 4


def test_holdings_in_the_treasury_by_hand() -> None:
    """300 BTC bring 90,000 USD each in the first quarter, 80 in 2028; 20 stay to the end, with 40 of 2028."""
    found = rows(fleets.treasury_rows(PAST), "period")
    first = found["2027Q1"]
    assert (first["opening_btc"], first["sold_btc"], first["kept_btc"], first["stock_btc"]) == (400, 300, 50, 150)
    assert (first["gain_musd"], first["treasury_musd"]) == (21, 27 - Fraction("4.5"))
    last = found["2030"]
    assert (last["stock_btc"], last["cost_musd"]) == (60, Fraction("5.2"))
    assert [row["cost_musd"] for row in found.values()] == [row["bitcoin_musd"] for row in list(balance.rows(PAST))[1:]]


def test_bitcoin_that_a_plan_forgets_are_still_held() -> None:
    """A third of a bitcoin, sold to nine digits: what is left of it stays in the sheet, which ties."""
    company = instance(holdings=[{"id": "x", "btc_count": 1 / 3, "basis_usd": 12345.678}])
    of = book_of(company, Plan("sample", {"kept_btc": {("x", "2028"): 0.333333333}}))
    ties(of)
    assert 0 < list(fleets.treasury_rows(of))[-1]["stock_btc"] < Fraction(1, 10**8)  # type: ignore[operator]


def test_covenants_look_back_before_the_start() -> None:
    """In the first quarter 3 of the 6 months of 20 M$, all of the next 30, and the quarter itself; without the first row not yet."""
    found = next(covenants.tests(PAST))
    assert (found.covenant.id, found.period.label) == ("turns", "2027Q1")
    owed = PAST.state("debt_musd", "loan", "2027Q1") + PAST.state("debt_musd", "machines", "2027Q1")
    assert found.headroom_musd == 9 * (10 + 30 + PAST.state("ebitda_musd", "2027Q1")) - owed
    short = book_of(committed.company(history=committed.PAST["history"][1:]), committed.plan())
    assert next(covenants.tests(short)).period.label == "2027Q2"


def test_income_of_the_periods_is_that_of_the_year() -> None:
    """Line by line; tax stands in the last period of its year."""
    by_period, by_year = rows(income.period_rows(PAST), "period"), rows(income.income_rows(PAST), "fiscal_year")
    for column in income.LINES:
        quarters = sum(by_period[f"2027Q{number}"][column.name] for number in (1, 2, 3, 4))
        assert quarters == by_year["2027"][column.name]
    assert by_period["2027Q1"]["tax_musd"] == 0 > by_period["2027Q4"]["tax_musd"]


def test_income_before_the_start_is_taxed_and_shown() -> None:
    """7 M$ earned before April are in the profit of the first year, no income of the plan; the sheet ties."""
    spans = [{"months": 3, "count": 3}, {"months": 12, "count": 2}]
    without, with_ = (
        book_of(instance(start="2027-04", periods=spans, finance={"opening_income_musd": musd}), Plan("sample")) for musd in (0.0, 7.0)
    )
    ties(with_)
    first, other = (next(iter(money.tax_rows(of))) for of in (with_, without))
    assert (first["opening_income_musd"], other["opening_income_musd"]) == (7, 0)
    net = [Fraction(row["profit_musd"] or 0) - Fraction(row["loss_musd"] or 0) for row in (first, other)]
    assert net[0] - net[1] == 7
    before = [next(iter(income.income_rows(of)))["income_before_tax_musd"] for of in (with_, without)]
    assert before[0] == before[1]


def test_changes_by_hand() -> None:
    """One breaker instead of three is two changes; what the plan before decided of a ghost is none; what stays is left out."""
    found = {(row["decision"], row["index"]): row for row in changes.rows(PAST)}
    row = found["delivered_units", "alpha/breaker/2027-07"]
    assert (row["before"], row["now"], row["change_musd"]) == (3, 1, 1)
    assert found["upgraded", "upgrade/2030-01"]["now"] == 0
    assert ("started", "anchor/alpha/ai/2027-10") not in found
    assert not [index for _, index in found if "ghost" in str(index)]
    assert sum(Fraction(row["change_musd"] or 0) for row in found.values()) == PAST.state("change_musd") == 15
    assert list(changes.rows(book())) == []


def test_the_page_tells_what_was_on_order_and_what_changes() -> None:
    """A line for each, what cancelling brings and costs, and what changes count for gap and bound."""
    for words in (
        "On order at the start",
        "Halls mine alpha 2 modules 2027-08 1 module cancelled 3.0 8.0 1.0",
        "Machines s23 alpha 7 MW 2027-05 cancelled 4.0 10.0 0.3",
        "Generators gas alpha 1 unit 2028-03 locked 2.0 20.0 -",
        "Grid coming alpha 10 MW 2027-06 locked 1.3 2.0 -",
        "Paid evenly by month until it comes: next_halls, next_gas.",
        "What is cancelled saves 516.1 M$ due, for fees of 20.8 M$; 6.4 M$ spent on it are lost.",
        "Equipment alpha breaker 2027-07 3 1",
        "0.500 M$ per change against the plan before were counted, for 30 changes: bound and gap are of the value less these 15.0 M$.",
        "Bitcoin held at the start: 400 BTC, which cost 14.0 M$. The plan sells 430 BTC from the treasury, for a taxable gain of 21.8 M$",
        "Bitcoin, at its price 13.5",
        "Shared: opening cash and bitcoin less capex",
        "Statements tie: sources = uses, assets = liabilities + equity, in every period, exactly",
    ):
        assert words in PAGE
    assert (
        counted(2.0, 0.0)
        == "2.00 M$ per change against the plan before were counted; there is none, so bound and gap are of the value itself."
    )


def test_a_company_without_a_past_shows_none() -> None:
    """No table of it has rows."""
    of: Book = book()
    empty = {frame.name for frame, found in TABLES if not list(found(of))}
    assert {"on_order", "changes"} <= empty
