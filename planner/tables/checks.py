"""Whether the statements tie, in exact numbers: sources are uses, assets are liabilities and equity, periods are their years."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from planner.check.exact import ZERO
from planner.tables import balance, income, money, value
from planner.tables.book import Book
from planner.tables.frame import Cell, Column, Frame, Row, text

FRAME = Frame(
    "checks",
    "Whether the statements tie. They are drawn up in fractions, so that what ties does so exactly, in every period, before anything is "
    "rounded; the CSV files hold the floats nearest to the fractions, with all their digits.",
    (
        text("check", "cash, balance, income or value."),
        Column("ties", "True where the difference is nothing at all.", "flag"),
        Column("difference_musd", "The largest difference in any period, M$."),
        text("meaning", "What is held against what."),
    ),
)

Differences = Callable[[Book], Iterator[Fraction]]


def rows(book: Book) -> Iterator[Row]:
    """One row per check."""
    for name, (differences, meaning) in CHECKS.items():
        largest = max((abs(musd) for musd in differences(book)), default=ZERO)
        yield {"check": name, "ties": largest == 0, "difference_musd": largest, "meaning": meaning}


def _cash(book: Book) -> Iterator[Fraction]:
    """Opening cash and every line of the cash flow less closing cash, by period; a row holds closing cash too."""
    for row in money.cash_rows(book):
        closing = _of(row, "closing_cash_musd")
        yield sum(map(_amount, row.values()), ZERO) - 2 * closing


def _balance(book: Book) -> Iterator[Fraction]:
    """Assets less liabilities and equity, at the start and by period."""
    return (_of(row, "assets_musd") - _of(row, "liabilities_and_equity_musd") for row in balance.rows(book))


def _income(book: Book) -> Iterator[Fraction]:
    """Net income of the periods of a year less that of the year."""
    by_period = {str(row["period"]): _of(row, "net_income_musd") for row in income.period_rows(book)}
    for year, row in zip(book.calendar.fiscal_years, income.income_rows(book), strict=True):
        yield sum((by_period[period.label] for period in year.periods), ZERO) - _of(row, "net_income_musd")


def _value(book: Book) -> Iterator[Fraction]:
    """Every line of the value bridge less the equity value."""
    yield sum((musd for _, _, musd in value.bridge(book)), ZERO) - book.state("equity_value")


def _of(row: Row, name: str) -> Fraction:
    return _amount(row[name])


def _amount(cell: Cell) -> Fraction:
    return cell if isinstance(cell, Fraction) else ZERO


CHECKS: Mapping[str, tuple[Differences, str]] = {
    "cash": (_cash, "Sources = uses in every period: opening cash and all lines of the cash flow are closing cash."),
    "balance": (_balance, "Assets = liabilities + equity at the start and at the end of every period, equity rolled on by net income."),
    "income": (_income, "Net income of the periods of each year = that of the year."),
    "value": (_value, "All lines of the value bridge = equity value."),
}
"""Every check with the differences that it looks at and its meaning."""
