"""The balance sheet at the end of every period: books are those of the tax, so that it ties to cash flow and income."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from planner.check.exact import ZERO, exact
from planner.tables.book import Book
from planner.tables.fleets import stock
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
        Column("security_musd", "Security posted for grid."),
        Column("bitcoin_musd", "Bitcoin held, at what they cost: their value when mined, or the basis of those held at the start."),
        Column(
            "fixed_assets_musd",
            "Tax basis at the start, with what is left of `tax_bases`, and capex paid since, less depreciation; deposits on what comes "
            "later are in it. Books are those of the tax, so there is no deferred tax.",
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
    assets, debts, ahead = _opening(book), book.world.debts, prepaid_musd(book, "")
    fixed, owed = assets["fixed_assets_musd"], sum((exact(row.opening_balance_musd) for row in debts.values()), ZERO)
    equity = _total(assets) - owed - ahead
    flows = dict[str, Fraction | None](net_income_musd=None, issued_net_musd=None, dividends_musd=None)
    yield {"period": OPENING, **_sides(assets, owed, ahead, equity), **flows}
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
            "bitcoin_musd": stock(book, period.number).cost_musd,
            "fixed_assets_musd": fixed,
        }
        flows = {"net_income_musd": earned, "issued_net_musd": issued, "dividends_musd": dividends}
        yield {"period": label, **_sides(assets, owed, prepaid_musd(book, label), equity), **flows}


def _opening(book: Book) -> dict[str, Fraction]:
    """What the company has at the start."""
    finance = book.instance.finance
    return {
        "cash_musd": exact(finance.opening_cash_musd),
        "restricted_musd": exact(finance.opening_restricted_musd),
        "security_musd": posted_musd(book, ""),
        "bitcoin_musd": stock(book, -1).cost_musd,
        "fixed_assets_musd": sum((exact(row.tax_basis_musd) for row in book.instance.opening), _bases_musd(book)),
    }


def _bases_musd(book: Book) -> Fraction:
    """What is left at the start of money spent before it: to be written off in the plan, or left at its end."""
    calendar, left = book.calendar, ZERO
    for row in book.instance.tax_bases:
        profile, final = calendar.spent_write_off(calendar.month(row.in_service), row.tax_life_months, row.method == "straight_line")
        left += exact(row.basis_musd) * sum((share for _, share in profile), final)
    return left


def _total(assets: dict[str, Fraction]) -> Fraction:
    """The sum of assets; restricted cash is a part of cash."""
    return sum((musd for name, musd in assets.items() if name != "restricted_musd"), ZERO)


def _sides(assets: dict[str, Fraction], owed: Fraction, prepaid: Fraction, equity: Fraction) -> dict[str, Fraction]:
    """Both sides with their sums."""
    sources = {"debt_musd": owed, "prepaid_musd": prepaid, "equity_musd": equity}
    return assets | {"assets_musd": _total(assets)} | sources | {"liabilities_and_equity_musd": owed + prepaid + equity}
