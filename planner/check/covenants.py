"""Covenants: EBITDA and scheduled amortisation of the last twelve months, debt and free cash at the end of a period (section 8)."""

from __future__ import annotations

from fractions import Fraction

from planner.check.book import Book
from planner.check.calendar import Period
from planner.check.exact import TOLERANCE, ZERO, exact
from planner.check.finance import company, unrestricted_musd
from planner.check.lending import not_due_musd, owed_musd
from planner.check.trailing import known, of_year
from planner_models.rows import Covenant


def account(book: Book) -> None:
    """States (8.17) and (8.18), where covenants need them."""
    rows = book.world.instance.covenants
    if rows:
        _earn(book)
    if any(row.kind == "coverage" for row in rows):
        _schedule(book)


def _earn(book: Book) -> None:
    """EBITDA without what is earned once only."""
    revenue, operating = company(book, "revenue"), company(book, "operating")
    for u in revenue:
        once = sum((book.state("one_off_musd", site, u) for site in book.world.sites), ZERO)
        book.add("ebitda_musd", (u,), revenue[u] - operating[u] - book.state("broken_musd", u) - once)


def _schedule(book: Book) -> None:
    """The parts that fall due in a period; what is owed at maturity in one sum is none of them."""
    world = book.world
    for u in world.periods:
        book.add("scheduled_musd", (u.label,), 0)
        for row in world.debts.values():
            if row.amortisation_months and u.end <= world.calendar.month(row.maturity):
                due = not_due_musd(book, row, u.first, u) - not_due_musd(book, row, u.end, u)
                book.add("scheduled_musd", (u.label,), due)


def check(book: Book) -> None:
    """Rows (8.19)-(8.21), at the end of tested periods in which something is owed."""
    for row in book.world.instance.covenants:
        begin = 0 if row.from_month is None else book.world.calendar.month(row.from_month)
        for u in book.world.periods:
            if known(book.world, u) and u.first >= begin and owed_musd(book, u.label) > TOLERANCE:
                _test(book, row, u)


def _test(book: Book, row: Covenant, u: Period) -> None:
    index, level = (row.id, u.label), exact(row.level)
    if row.kind == "leverage":
        book.at_most("8.19", index, owed_musd(book, u.label), level * _ebitda(book, u))
    elif row.kind == "coverage":
        book.at_least("8.20", index, _ebitda(book, u), level * _service(book, u))
    else:
        book.at_least("8.21", index, unrestricted_musd(book, u.label), level)


def _ebitda(book: Book, u: Period) -> Fraction:
    return of_year(book.world, u, lambda v: book.state("ebitda_musd", v), lambda row: exact(row.ebitda_musd))


def _service(book: Book, u: Period) -> Fraction:
    def service(period: str) -> Fraction:
        return book.state("interest_musd", period) + book.state("scheduled_musd", period)

    return of_year(book.world, u, service, lambda row: exact(row.service_musd))
