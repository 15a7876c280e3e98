"""The twelve months before the end of a period, months before the start of the plan included (section 8 of MATHS.md)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from planner.check.calendar import Period
from planner.check.exact import ZERO
from planner.tables.book import Book
from planner_models.rows import History

YEAR = 12
"""Months that covenants look back."""


def known(book: Book, period: Period) -> bool:
    """Whether the plan and the rows of `history` hold every month of the twelve before the end of a period."""
    held = {month for row in book.instance.history for month in range(_first(book, row), _first(book, row) + row.months)}
    return held.issuperset(range(period.end - YEAR, 0))


def of_year(book: Book, period: Period, flow: Callable[[str], Fraction], before: Callable[[History], Fraction]) -> Fraction:
    """M$ of a flow of periods, and of rows of `history`, over those twelve months; of what is longer those months' share."""
    first, musd = period.end - YEAR, ZERO
    for row in book.instance.history:
        begin = _first(book, row)
        musd += before(row) * Fraction(max(0, begin + row.months - max(begin, first)), row.months)
    return musd + sum((flow(u.label) * share for u in book.periods if (share := u.share(first, period.end))), ZERO)


def _first(book: Book, row: History) -> int:
    return book.calendar.month(row.from_month)
