"""Covenants: EBITDA and scheduled amortisation of the last twelve months, debt and free cash at the end of a period (section 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from planner.check.book import Book
from planner.check.calendar import Period
from planner.check.exact import TOLERANCE, ZERO, exact
from planner.check.finance import company, unrestricted_musd
from planner.check.lending import not_due_musd, owed_musd
from planner.check.world import World
from planner_models.rows import Covenant, History


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
    known = _known_months(book.world)
    for row in book.world.instance.covenants:
        begin = 0 if row.from_month is None else book.world.calendar.month(row.from_month)
        for u in book.world.periods:
            if known.issuperset(range(u.end - 12, 0)) and u.first >= begin and owed_musd(book, u.label) > TOLERANCE:
                _test(book, row, u)


def _past(world: World) -> Iterator[tuple[int, History]]:
    """Rows of months before the start, each with its first month."""
    return ((world.calendar.month(row.from_month), row) for row in world.instance.history)


def _known_months(world: World) -> set[int]:
    """The months before the start of which the figures are known."""
    return {month for first, row in _past(world) for month in range(first, first + row.months)}


def _test(book: Book, row: Covenant, u: Period) -> None:
    index, level = (row.id, u.label), exact(row.level)
    if row.kind == "leverage":
        book.at_most("8.19", index, owed_musd(book, u.label), level * _ebitda(book, u))
    elif row.kind == "coverage":
        book.at_least("8.20", index, _ebitda(book, u), level * _service(book, u))
    else:
        book.at_least("8.21", index, unrestricted_musd(book, u.label), level)


def _of_twelve_months(book: Book, u: Period, flow: Callable[[Book, Period], Fraction], past: Callable[[History], Fraction]) -> Fraction:
    """M$ of a flow in the twelve months before the end of a period; of a longer period, or row of months before the start, their share."""
    first, musd = u.end - 12, ZERO
    for begin, row in _past(book.world):
        musd += past(row) * Fraction(max(0, begin + row.months - max(begin, first)), row.months)
    return musd + sum((flow(book, v) * v.share(first, u.end) for v in book.world.periods[: u.number + 1]), ZERO)


def _ebitda(book: Book, u: Period) -> Fraction:
    return _of_twelve_months(book, u, lambda book, v: book.state("ebitda_musd", v.label), lambda row: exact(row.ebitda_musd))


def _service(book: Book, u: Period) -> Fraction:
    return _of_twelve_months(
        book,
        u,
        lambda book, v: book.state("interest_musd", v.label) + book.state("scheduled_musd", v.label),
        lambda row: exact(row.service_musd),
    )
