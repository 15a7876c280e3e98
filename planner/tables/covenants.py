"""Covenants by period: what lenders measure, what they ask for, and the headroom between the two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from planner.check.calendar import Period
from planner.check.exact import TOLERANCE, ZERO, exact
from planner.check.trailing import known, of_year
from planner.tables.book import Book
from planner.tables.frame import Column, Frame, Row, text
from planner.tables.money import free_cash_musd
from planner_models.rows import Covenant

FRAME = Frame(
    "covenants",
    "Every covenant by period. It is tested at the end of a period, from its first one on and while something is owed, where the plan and "
    "the rows of `history` hold the twelve months before: without `history` from the twelfth month on.",
    (
        text("covenant", "Covenant."),
        text("kind", "leverage, coverage or liquidity."),
        text("period", "Period."),
        Column("tested", "True when it is tested at the end of the period.", "flag"),
        Column(
            "actual",
            "leverage: debt / EBITDA of the last twelve months; coverage: EBITDA / interest and scheduled amortisation of them; liquidity: "
            "cash that nobody holds back, M$. Blank where it is not tested, or where what it is divided by is not positive.",
        ),
        Column("level", "What lenders ask for: at most for leverage, at least for the others."),
        Column("headroom", "Distance from it, in the same unit; below 0 it is broken. Blank as the actual."),
        Column(
            "headroom_musd",
            "The same in M$: what more could be owed (leverage), how much less EBITDA could be (coverage) or cash (liquidity). Blank where "
            "it is not tested.",
        ),
    ),
)


@dataclass(frozen=True)
class Test:
    """A covenant at the end of a period in which it is tested; `actual` is None where it cannot be divided."""

    covenant: Covenant
    period: Period
    actual: Fraction | None
    headroom_musd: Fraction

    @property
    def headroom(self) -> Fraction | None:
        """Distance of the actual from the level, in its unit."""
        if self.actual is None:
            return None
        level = exact(self.covenant.level)
        return level - self.actual if self.covenant.kind == "leverage" else self.actual - level


def rows(book: Book) -> Iterator[Row]:
    """One row per covenant and period."""
    found = {(test.covenant.id, test.period.label): test for test in tests(book)}
    for row in book.instance.covenants:
        for period in book.periods:
            test = found.get((row.id, period.label))
            yield {
                "covenant": row.id,
                "kind": row.kind,
                "period": period.label,
                "tested": test is not None,
                "actual": test.actual if test else None,
                "level": exact(row.level),
                "headroom": test.headroom if test else None,
                "headroom_musd": test.headroom_musd if test else None,
            }


def tests(book: Book) -> Iterator[Test]:
    """Every covenant in every period in which it is tested."""
    for row in book.instance.covenants:
        begin = 0 if row.from_month is None else book.calendar.month(row.from_month)
        for period in book.periods:
            if known(book.world, period) and period.first >= begin and _owed(book, period) > TOLERANCE:
                yield _test(book, row, period)


def tightest(book: Book) -> Test | None:
    """The test with the least headroom in M$; None where nothing is tested."""
    return min(tests(book), key=lambda test: test.headroom_musd, default=None)


def _test(book: Book, row: Covenant, period: Period) -> Test:
    level, owed = exact(row.level), _owed(book, period)
    if row.kind == "liquidity":
        return Test(row, period, free_cash_musd(book, period.label), free_cash_musd(book, period.label) - level)
    ebitda = of_year(book.world, period, lambda label: book.state("ebitda_musd", label), lambda past: exact(past.ebitda_musd))
    if row.kind == "leverage":
        return Test(row, period, _ratio(owed, ebitda), level * ebitda - owed)
    service = of_year(book.world, period, lambda label: _service(book, label), lambda past: exact(past.service_musd))
    return Test(row, period, _ratio(ebitda, service), ebitda - level * service)


def _service(book: Book, period: str) -> Fraction:
    """Interest and scheduled amortisation of a period."""
    return book.state("interest_musd", period) + book.state("scheduled_musd", period)


def _ratio(over: Fraction, under: Fraction) -> Fraction | None:
    return over / under if under > 0 else None


def _owed(book: Book, period: Period) -> Fraction:
    return sum((book.state("debt_musd", debt, period.label) for debt in book.world.debts), ZERO)
