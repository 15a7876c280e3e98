"""What leases and compute contracts share: when they start, lateness, money paid ahead and doubt (sections 4, 5 and 10 of MATHS.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from planner.check.book import Book
from planner.check.exact import ZERO, discount_factor, exact
from planner.check.world import World
from planner_models.rows import Deal

WHOLE: Sequence[tuple[int, Fraction]] = ((0, Fraction(1)),)
"""One tranche: all of it at the start."""


def deals(world: World) -> tuple[Deal, ...]:
    """Every lease and compute contract."""
    return (*world.leases.values(), *world.contracts.values())


def running_since(world: World, row: Deal) -> int | None:
    """The month of its delivery if a deal runs already at the start of the plan, else None."""
    month = 1 if row.delivered is None else world.calendar.month(row.delivered)
    return month if month <= 0 else None


def start_month(world: World, row: Deal, period: str) -> int:
    """The month from which a deal that is taken for a period counts: that of its delivery if it runs already."""
    since = running_since(world, row)
    return world.calendar.by_label[period].first if since is None else since


def unstarted(world: World, row: Deal, period: str) -> str | None:
    """Why a deal does not start in a period, whatever the place: lapsed, running, too early or too late; None if it may."""
    first, month = world.calendar.by_label[period].first, world.calendar.month
    if lapsed(world, row):
        return f"the offer of {row.id} has lapsed before the start"
    if running_since(world, row) is not None:
        return None if period == world.periods[0].label else f"{row.id} runs already and is taken in the first period"
    if row.earliest_start is not None and first < month(row.earliest_start):
        return f"the tenant takes nothing before {row.earliest_start:%Y-%m}"
    if row.drop_dead is not None and first > month(row.drop_dead):
        return f"delivery may not start after {row.drop_dead:%Y-%m}"
    return None


def lapsed(world: World, row: Deal) -> bool:
    """Whether an offer had to be decided before the start of the plan."""
    return row.stage != "signed" and row.decide_by is not None and world.calendar.month(row.decide_by) < 0


def account(book: Book) -> None:
    """States (10.13) and (10.14) at zero where a deal has a prepayment or may not come true; what is taken adds to them."""
    rows = deals(book.world)
    if any(row.prepayment_musd for row in rows):
        for u in book.world.periods:
            book.add("prepaid_musd", (u.label,), 0)
    if any(row.probability_fraction < 1 for row in rows):
        book.add("doubt_musd", (), 0)


def post_penalty(book: Book, row: Deal, site: str, mw: Fraction, start: int, tranches: Sequence[tuple[int, Fraction]]) -> None:
    """What lateness costs: each tranche for as long as it comes after it is due."""
    calendar, monthly = book.world.calendar, mw * exact(row.penalty_usd_per_mw_month) / 1_000_000
    due = calendar.month(row.ready_by)
    for after, share in tranches:
        for u, months in calendar.overlapped(due + after, start + after):
            book.post("operating", "penalty", row.id, site, u.label, monthly * share * months)


def prepay(book: Book, row: Deal, start: int, share: Fraction) -> None:
    """Terms of (10.13): of that share of the prepayment what is not earned at the end of each period from that of the payment on."""
    paid = max(0, start - row.prepaid_months) if row.prepaid is None else book.world.calendar.month(row.prepaid)
    for u in book.world.periods if row.prepayment_musd else ():
        if u.end > paid:
            book.add("prepaid_musd", (u.label,), exact(row.prepayment_musd) * share * _unearned(row, start, u.end))


def opening_prepaid_musd(book: Book) -> Fraction:
    """What is paid and not earned at the start: of deals that run already, whether or not the plan goes on with them, what is
    not credited yet, and all that was paid ahead of deals that are to come."""
    owed = ZERO
    for row in deals(book.world):
        start = running_since(book.world, row)
        if start is not None:
            owed += exact(row.prepayment_musd) * _unearned(row, start, 0)
        elif row.prepaid is not None:
            owed += exact(row.prepayment_musd)
    return owed


def _unearned(row: Deal, start: int, month: int) -> Fraction:
    """Share of a prepayment that is not yet credited at a month: all of it until the start, then less month by month."""
    credit = row.term_months if row.credit_months is None else row.credit_months
    return min(Fraction(1), max(ZERO, 1 - Fraction(month - start, credit)))


def doubt(book: Book, row: Deal, net_musd: Mapping[str, Fraction], terminal_musd: Fraction = ZERO) -> None:
    """A term of (10.14): after tax, what of the income by period and of the terminal value may not come true."""
    if row.probability_fraction == 1:
        return
    finance, calendar = book.world.instance.finance, book.world.calendar
    rate, worth = finance.discount_rate_fraction, ZERO
    for u in book.world.periods:
        worth += net_musd.get(u.label, ZERO) * discount_factor(rate, u.first + u.months / 2)
    worth += terminal_musd * (1 - exact(finance.exit_cost_fraction)) * discount_factor(rate, calendar.horizon)
    book.add("doubt_musd", (), (1 - exact(row.probability_fraction)) * (1 - exact(finance.tax_rate_fraction)) * worth)
