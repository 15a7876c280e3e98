"""Hosting: machines of others in the halls, what they draw and pay, and contracts that the plan ends (section 14 of MATHS.md)."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from planner.check.book import Book
from planner.check.decisions import Domain, unbounded
from planner.check.exact import TOLERANCE, ZERO, amount_words, exact
from planner.check.hashing import ph_days_per_mwh
from planner.check.world import World


def _months(world: World, hosting: str) -> tuple[int, int]:
    """Months [a, b) of a contract; without an end it runs to the horizon."""
    row, month = world.hosting[hosting], world.calendar.month
    return month(row.from_month), world.calendar.horizon if row.to_month is None else month(row.to_month)


def _ended_absent(world: World, hosting: str, period: str) -> str | None:
    notice, month = world.hosting[hosting].notice_months, world.calendar.by_label[period].first
    first, end = _months(world, hosting)
    if notice is None:
        return f"{hosting} may not be ended"
    if month < notice:
        return f"notice would be given {notice - month} months before the plan starts"
    return None if first < month < end else f"{hosting} does not run both before and after the start of {period}"


def _guest_absent(world: World, hosting: str, hall: str, period: str) -> str | None:
    row = world.hosting[hosting]
    if hall not in world.hosts(row.site, row.product):
        return f"{hall} at {row.site} does not host {hosting}"
    running = world.calendar.by_label[period].touched(*_months(world, hosting))
    return None if running else f"{hosting} does not run in {period}"


DOMAINS = {
    "ended": Domain(_ended_absent, lambda world, *index: Fraction(1)),
    "guest_mw": Domain(_guest_absent, unbounded),
}


def account(book: Book) -> None:
    """Terms of (10.2), draws in every block, and what the owners of the machines pay."""
    world = book.world
    for (hosting, hall, period), mw in book.decided("guest_mw"):
        row, u = world.hosting[hosting], world.calendar.by_label[period]
        running = exact(row.uptime_fraction) * mw
        book.add("movable_mw", (row.site, hall, period), mw)
        for block in world.blocks[row.site]:
            book.draw(row.site, u, block, hosting, exact(world.halls[hall].pue_average) * running)
        reward = exact(row.share_fraction) * book.state("hashprice", period) * ph_days_per_mwh(exact(row.j_per_th))
        paid = running * u.hours * (exact(row.fee_usd_per_mwh) + reward) / 1_000_000
        book.post("revenue", "hosting", hosting, row.site, period, paid)


def check(book: Book) -> None:
    """Rows (14.7) and (14.8)."""
    ended: defaultdict[str, list[tuple[int, Fraction]]] = defaultdict(list)
    for (hosting, period), times in book.decided("ended"):
        ended[hosting].append((book.world.calendar.by_label[period].first, times))
    for hosting, ends in ended.items():
        book.at_most("14.7", (hosting,), sum((times for _, times in ends), ZERO), Fraction(1))
    for hosting in book.world.hosting:
        _check_guests(book, hosting, ended[hosting])


def _check_guests(book: Book, hosting: str, ended: list[tuple[int, Fraction]]) -> None:
    """A contract's machines are let in, all of them, as long as it runs."""
    world, row = book.world, book.world.hosting[hosting]
    first, end = _months(world, hosting)
    halls = world.hosts(row.site, row.product)
    for u, _ in world.calendar.overlapped(first, end):
        left = sum((u.share(month, end) * times for month, times in ended), ZERO)
        owed = exact(row.it_mw) * (u.share(first, end) - left)
        let_in = sum((book.decision("guest_mw", hosting, hall, u.label) for hall in halls), ZERO)
        if (off := abs(let_in - owed)) > TOLERANCE:
            words = f"{hosting}, {u.label}: the plan hosts {amount_words(let_in)} MW, but the contract is for {amount_words(owed)}."
            book.blame("14.8", (hosting, u.label), off, words)
