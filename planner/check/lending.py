"""Debt: draws and repayments of facilities, what they cost, how they are paid back and what lenders hold back (section 8 of MATHS.md)."""

from __future__ import annotations

from fractions import Fraction

from planner.check.book import Book
from planner.check.calendar import Period
from planner.check.decisions import Domain, everywhere, unbounded
from planner.check.exact import TOLERANCE, ZERO, amount_words, exact
from planner.check.world import World
from planner_models.rows import Debt


def drawn_absent(world: World, debt: str, period: str) -> str | None:
    """Why a facility may not be drawn in a period; None if it may be."""
    row, first, month = world.debts[debt], world.calendar.by_label[period].first, world.calendar.month
    end = month(row.maturity) if row.available_to is None else min(month(row.available_to), month(row.maturity))
    begin = 0 if row.available_from is None else month(row.available_from)
    if not row.advance_fraction:
        return f"{debt} advances nothing"
    return None if begin <= first < end else f"{debt} is not open for draws at the start of {period}"


DOMAINS = {
    "drawn_musd": Domain(drawn_absent, lambda world, debt, period: exact(world.debts[debt].limit_musd)),
    "repaid_musd": Domain(everywhere, unbounded),
}


def account(book: Book) -> None:
    """States (8.3) and (8.14), and by facility the interest on opening balances and the fees on draws and on what may still be drawn."""
    for debt, row in book.world.debts.items():
        balance = exact(row.opening_balance_musd)
        for u in book.world.periods:
            drawn, repaid = book.decision("drawn_musd", debt, u.label), book.decision("repaid_musd", debt, u.label)
            fee = exact(row.fee_fraction) * drawn
            if drawn_absent(book.world, debt, u.label) is None:
                fee += exact(row.commitment_fee_fraction) * u.length_years * (exact(row.limit_musd) - balance)
            book.add("facility_interest_musd", (debt, u.label), exact(row.rate_fraction) * u.length_years * balance)
            book.add("facility_fee_musd", (debt, u.label), fee)
            balance += drawn - repaid
            book.add("debt_musd", (debt, u.label), balance)
    _reserve(book)


def _reserve(book: Book) -> None:
    """State (8.14), where a lender asks for one or cash is restricted at the start."""
    world, finance = book.world, book.world.instance.finance
    holders = {debt: Fraction(row.reserve_months, 12) * service_fraction(row) for debt, row in world.debts.items() if row.reserve_months}
    restricted = exact(finance.opening_restricted_musd)
    if not holders and not restricted:
        return
    released = 0 if finance.restricted_until is None else world.calendar.month(finance.restricted_until)
    for u in world.periods:
        held = sum((share * book.state("debt_musd", debt, u.label) for debt, share in holders.items()), ZERO)
        book.add("reserve_musd", (u.label,), held + (restricted if u.end <= released else ZERO))


def service_fraction(row: Debt) -> Fraction:
    """Yearly debt service of a M$: interest and, where it is paid back in parts, twelve months of them."""
    parts = Fraction(12, row.amortisation_months) if row.amortisation_months else ZERO
    return exact(row.rate_fraction) + parts


def cost_musd(book: Book, period: str) -> Fraction:
    """Interest and fees of all facilities in a period."""
    names = ("facility_interest_musd", "facility_fee_musd")
    return sum((book.state(name, debt, period) for debt in book.world.debts for name in names), ZERO)


def owed_musd(book: Book, period: str) -> Fraction:
    """Debt at the end of a period over all facilities."""
    return sum((book.state("debt_musd", debt, period) for debt in book.world.debts), ZERO)


def not_due_musd(book: Book, row: Debt, months: int, u: Period) -> Fraction:
    """Parts of what is owed at the start and of the draws up to a period that are not due by a month of the plan (8.13)."""
    left = _opening_not_due_musd(book.world, row, months)
    for v in book.world.periods[: u.number + 1]:
        left += _left(row, months - v.first - row.grace_months) * book.decision("drawn_musd", row.id, v.label)
    return left


def _opening_not_due_musd(world: World, row: Debt, months: int) -> Fraction:
    """The same of what is owed at the start: by the draws before it, or without any as a balance paid back from the start."""
    draws = past_draws(world, row)
    if not draws:
        return _left(row, months) * exact(row.opening_balance_musd)
    return sum((_left(row, months - drawn - row.grace_months) * musd for drawn, musd in draws), ZERO)


def past_draws(world: World, row: Debt) -> list[tuple[int, Fraction]]:
    """Months, before the start, and M$ of what was drawn of a facility."""
    return [(world.calendar.month(past.month), exact(past.drawn_musd)) for past in world.instance.debt_draws if past.debt == row.id]


def _left(row: Debt, months: int) -> Fraction:
    """Share of a sum that is not due so many months after its amortisation began; all of it before, none after the last part."""
    return min(Fraction(1), max(ZERO, 1 - Fraction(months, row.amortisation_months or 1)))


def check(book: Book) -> None:
    """Rows (8.3), (8.13) and (8.23)."""
    for debt, row in book.world.debts.items():
        matures = book.world.calendar.month(row.maturity)
        for u in book.world.periods:
            _check_balance(book, debt, row, u, u.end > matures)
            if row.amortisation_months and u.end <= matures:
                owed = book.state("debt_musd", debt, u.label)
                book.at_most("8.13", (debt, u.label), owed, not_due_musd(book, row, u.end, u))
                if fresh := _left(row, u.months - row.grace_months) * book.decision("drawn_musd", debt, u.label):
                    book.at_least("8.23", (debt, u.label), owed, fresh)


def _check_balance(book: Book, debt: str, row: Debt, u: Period, matured: bool) -> None:
    balance = book.state("debt_musd", debt, u.label)
    book.at_most("8.3", (debt, u.label), balance, ZERO if matured else exact(row.limit_musd))
    if -balance > TOLERANCE:
        words = f"{debt}, {u.label}: the plan has repaid {amount_words(-balance)} M$ more than was owed."
        book.blame("8.3", (debt, u.label), -balance, words)
