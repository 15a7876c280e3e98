"""Limits on what halls are used for and on what builders start: rows (2.12) and (2.13) of MATHS.md."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from planner.check.book import Book
from planner.check.exact import ZERO, exact

Started = defaultdict[tuple[str, str], Fraction]
"""IT MW of halls by site and the period of their order month."""


def check(book: Book) -> None:
    """Rows (2.12) and (2.13)."""
    _check_ai(book)
    _check_started(book)


def _check_ai(book: Book) -> None:
    world = book.world
    for site, row in world.sites.items():
        if row.max_ai_it_mw is None and row.ai_eligible_from is None:
            continue
        begin = 0 if row.ai_eligible_from is None else world.calendar.month(row.ai_eligible_from)
        most = exact(row.land_it_mw if row.max_ai_it_mw is None else row.max_ai_it_mw)
        halls = [hall for hall in world.halls_at[site] if world.ai(hall)]
        for u in world.periods:
            used = sum((book.occupied_mw(site, hall, u.label) for hall in halls), ZERO)
            book.at_most("2.12", (site, u.label), used, most if u.first >= begin else ZERO)


def _check_started(book: Book) -> None:
    world, started = book.world, _started(book)
    for u in world.periods:
        for site in world.sites:
            _hold(book, site, u.label, started[site, u.label], world.started_limit(site, u))
        everywhere = sum((started[site, u.label] for site in world.sites), ZERO)
        _hold(book, "*", u.label, everywhere, world.started_limit(None, u))


def _hold(book: Book, site: str, period: str, started: Fraction, most: Fraction | None) -> None:
    if most is not None:
        book.at_most("2.13", (site, period), started, most)


def _started(book: Book) -> Started:
    world, started = book.world, Started(Fraction)
    for (site, hall, period), modules in book.decided("built_modules"):
        kind = world.halls[hall]
        _start(book, started, site, period, kind.build_months, exact(kind.module_it_mw) * modules)
    for (conversion, cohort, period), lots in book.decided("converted_lots"):
        row = world.conversions[conversion]
        mw = exact(world.halls[row.to_hall].module_it_mw) * row.to_modules * lots
        _start(book, started, world.cohorts[cohort].site, period, row.build_months, mw)
    return started


def _start(book: Book, started: Started, site: str, period: str, build_months: int, mw: Fraction) -> None:
    ordered = book.world.calendar.by_label[period].first - build_months
    for u, _ in book.world.calendar.overlapped(ordered, ordered + 1):
        started[site, u.label] += mw
