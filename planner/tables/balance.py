"""The balance sheet at the end of every period: books are those of the tax, so that it ties to cash flow and income."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from planner.check.bitcoin import mined_usd
from planner.check.exact import ZERO, exact
from planner.tables.book import Book
from planner.tables.frame import Column, Frame, Row, text
from planner.tables.income import net_income
from planner.tables.money import issued_net_musd, posted_musd, prepaid_musd

OPENING = "opening"
"""What the first row is called."""

FRAME = Frame(
    "balance_sheet",
    "Balance sheet at the start and at the end of every period, M$. Assets = debt + money paid ahead + equity.",
    (
        text("period", "Period at whose end it is; `opening`: the start of the plan."),
        Column("cash_musd", "Cash, restricted cash included."),
        Column("restricted_musd", "The part of it that lenders hold back, or that is restricted at the start."),
        Column("security_musd", "Security posted for grid upgrades."),
        Column("bitcoin_musd", "Bitcoin kept, at their value when mined."),
        Column(
            "fixed_assets_musd",
            "Tax basis at the start, and capex paid since, less depreciation; deposits on what is still to come are in it.",
        ),
        Column("assets_musd", "Cash, security, bitcoin and fixed assets."),
        Column("debt_musd", "Debt."),
        Column("prepaid_musd", "What tenants and customers have paid ahead and the company has not earned."),
        Column("equity_musd", "Equity at the start of the period, with net income and new shares after fees, less dividends."),
        Column("liabilities_and_equity_musd", "Debt, money paid ahead and equity."),
        Column("net_income_musd", "Income of the period after the tax paid in it; blank at the start, as the two that follow."),
        Column("issued_net_musd", "New shares sold in the period, after the banks' fees."),
        Column("dividends_musd", "Dividends of the period."),
    ),
)


def rows(book: Book) -> Iterator[Row]:
    """A row for the start, then one per period."""
    fixed = sum((exact(row.tax_basis_musd) for row in book.instance.opening), ZERO)
    finance, debts = book.instance.finance, book.world.debts
    cash, owed = exact(finance.opening_cash_musd), sum((exact(row.opening_balance_musd) for row in debts.values()), ZERO)
    equity = cash + fixed - owed - prepaid_musd(book, "")
    assets = {"cash_musd": cash, "restricted_musd": exact(finance.opening_restricted_musd), "security_musd": ZERO, "bitcoin_musd": ZERO}
    flows = dict[str, Fraction | None](net_income_musd=None, issued_net_musd=None, dividends_musd=None)
    yield {"period": OPENING, **_sides(assets | {"fixed_assets_musd": fixed}, owed, prepaid_musd(book, ""), equity), **flows}
    for period in book.periods:
        label = period.label
        fixed += book.total("capex", label) - book.total("depreciation", label)
        earned, issued, dividends = net_income(book, period), issued_net_musd(book, label), book.decided("dividends_musd", label)
        equity += earned + issued - dividends
        owed = sum((book.state("debt_musd", debt, label) for debt in debts), ZERO)
        assets = {
            "cash_musd": book.state("cash_musd", label),
            "restricted_musd": book.state("reserve_musd", label),
            "security_musd": posted_musd(book, label),
            "bitcoin_musd": _bitcoin(book, period.number),
            "fixed_assets_musd": fixed,
        }
        flows = {"net_income_musd": earned, "issued_net_musd": issued, "dividends_musd": dividends}
        yield {"period": label, **_sides(assets, owed, prepaid_musd(book, label), equity), **flows}


def _sides(assets: dict[str, Fraction], owed: Fraction, prepaid: Fraction, equity: Fraction) -> dict[str, Fraction]:
    """Both sides with their sums; restricted cash is a part of cash."""
    total = sum((musd for name, musd in assets.items() if name != "restricted_musd"), ZERO)
    sources = {"debt_musd": owed, "prepaid_musd": prepaid, "equity_musd": equity}
    return assets | {"assets_musd": total} | sources | {"liabilities_and_equity_musd": owed + prepaid + equity}


def _bitcoin(book: Book, number: int) -> Fraction:
    """M$ of the bitcoin held at the end of a period, each at the mean value of those mined with it."""
    held: dict[str, Fraction] = {}
    for (mined, sold), btc in book.decisions("kept_btc"):
        if book.calendar.by_label[mined].number <= number < book.calendar.by_label[sold].number:
            held[mined] = held.get(mined, ZERO) + btc
    for (mined,), btc in book.decisions("final_btc"):
        if book.calendar.by_label[mined].number <= number:
            held[mined] = held.get(mined, ZERO) + btc
    return sum((btc * mined_usd(book.world, book.calendar.by_label[mined]) for mined, btc in held.items()), ZERO) / 1_000_000
