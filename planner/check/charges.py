"""Charges on the MW at the meter: on the own peak, and on the draw at the system's peak, billed months later (section 13 of MATHS.md)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from planner.check.book import Book
from planner.check.calendar import Period
from planner.check.exact import ZERO, exact
from planner.check.world import World
from planner_models.rows import Charge


def account(book: Book) -> None:
    """States (13.7) with (13.8), and (13.9), the entries of charges and what is owed of them; reads meter, grid and leases of a site."""
    world = book.world
    for site, u in ((s, u.label) for s in world.sites if world.charged(s) for u in world.periods):
        book.add("charges_musd", (site, u), 0)
    for row in world.charges.values():
        charged = _own_peak(book, row) if row.kind == "own_peak" else _coincident(book, row)
        for period, musd in charged:
            book.add("charges_musd", (row.site, period), musd)
            book.post("operating", "charge", row.id, row.site, period, musd)
        if row.kind == "coincident":
            horizon = world.calendar.horizon
            owed = sum((_drawn_musd(book, row, x) for x in _billed_months(world, row, horizon, horizon + row.lag_months)), ZERO)
            book.post("terminal", "charge", row.id, row.site, "", -owed)


def _billed_months(world: World, row: Charge, first: int, end: int) -> range:
    """The months of [first, end) that are billed."""
    begin = first if row.from_month is None else max(first, world.calendar.month(row.from_month))
    return range(begin, end if row.to_month is None else min(end, world.calendar.month(row.to_month)))


def _month_musd_per_mw(world: World, row: Charge, month: int) -> Fraction:
    days = (world.calendar.day(month + 1) - world.calendar.day(month)).days
    return (exact(row.usd_per_kw_month) * 1000 + exact(row.usd_per_mw_day) * days) / 1_000_000


def _own_peak(book: Book, row: Charge) -> Iterator[tuple[str, Fraction]]:
    """M$ by period: its billed months at the MW billed, which are the highest block of the meter or the minimum."""
    for u in book.world.periods:
        if months := _billed_months(book.world, row, u.first, u.end):
            peak = max((book.state("meter_mw", row.site, u.label, block) for block in book.world.blocks[row.site]), default=ZERO)
            billed = max(ZERO, peak, _minimum_mw(book, row, u))
            book.add("billed_mw", (row.id, u.label), billed)
            yield u.label, billed * sum((_month_musd_per_mw(book.world, row, month) for month in months), ZERO)


def _minimum_mw(book: Book, row: Charge, u: Period) -> Fraction:
    """Least MW billed: a share of the utility MW that no tenant draws."""
    world = book.world
    leased = ((hall, book.state("leased_mw", row.site, hall, u.label)) for hall in world.halls_at[row.site])
    tenants = sum((exact(world.halls[hall].pue_peak) * mw for hall, mw in leased), ZERO)
    return exact(row.minimum_fraction) * (book.state("grid_mw", row.site, u.label) - tenants)


def _coincident(book: Book, row: Charge) -> Iterator[tuple[str, Fraction]]:
    """M$ by period: its billed months."""
    for u in book.world.periods:
        for month in _billed_months(book.world, row, u.first, u.end):
            yield u.label, _drawn_musd(book, row, month)


def _drawn_musd(book: Book, row: Charge, month: int) -> Fraction:
    """What a billed month costs, at the draw of the month that lies the lag before it."""
    drawn = month - row.lag_months
    period = next((u.label for u in book.world.periods if u.first <= drawn < u.end), None)
    mw = exact(row.opening_mw) if period is None else book.state("meter_mw", row.site, period, row.block or "")
    return mw * _month_musd_per_mw(book.world, row, month)
