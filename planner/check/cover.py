"""Cover: halls, grid and equipment that each lease alone needs, and halls that stand to its end (section 4 of MATHS.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from planner.check.book import Book
from planner.check.calendar import Period
from planner.check.equipment import carried_mva, kinds, loaded_twice
from planner.check.exact import ZERO, exact, whole_above
from planner.check.halls import module_lives
from planner.check.placements import Placement, blocks, placements

Needs = defaultdict[tuple[str, ...], Fraction]


def check(book: Book) -> None:
    """Rows (4.5)-(4.8)."""
    _check_modules(book)
    _check_power(book)
    _check_tail(book)


def _touched(book: Book) -> Iterator[tuple[Placement, Period]]:
    for place in placements(book):
        for u, _ in book.world.calendar.overlapped(place.start, place.end):
            yield place, u


def _check_modules(book: Book) -> None:
    """Whole modules, for leases of one block."""
    needs = Needs(Fraction)
    for place, u in _touched(book):
        if blocks(place.lease) == 1:
            share = exact(place.lease.it_mw) * place.share_held(u) / exact(place.hall.module_it_mw)
            needs[place.lease.id, place.site, place.hall.id, u.label] += whole_above(share) * place.count
    for key, modules in needs.items():
        book.at_most("4.5", key, modules, book.state("full_modules", *key[1:]))


def _check_power(book: Book) -> None:
    world, drawn_mw, loaded_mw = book.world, Needs(Fraction), Needs(Fraction)
    for place, u in _touched(book):
        key, facility_mw = (place.lease.id, place.site, u.label), place.most_mw(u) * exact(place.hall.pue_peak)
        drawn_mw[key] += facility_mw
        loaded_mw[key] += facility_mw * (2 if loaded_twice(world, place.hall.id) else 1)
    for (lease, site, period), mw in drawn_mw.items():
        supply = book.state("grid_mw", site, period) + book.state("dependable_mw", site, period)
        book.at_most("4.6", (lease, site, period), mw, supply)
    for (lease, site, period), mw in loaded_mw.items():
        for kind in kinds(world):
            mva = mw / exact(world.sites[site].power_factor)
            book.at_most("4.7", (lease, site, kind, period), mva, carried_mva(book, site, kind, period))


def _check_tail(book: Book) -> None:
    """All MW of leases that outlive the plan, against the halls that stand to the end of each of them."""
    horizon = book.world.calendar.horizon
    past = [place for place in placements(book) if book.world.calendar.beyond(place.start, place.end)]
    lives = module_lives(book)
    for site, hall, end in dict.fromkeys((place.site, place.hall.id, place.end) for place in past):
        running = sum((place.mw for place in past if (place.site, place.hall.id) == (site, hall) and place.end >= end), ZERO)
        lasting = sum((n for (a, b), n in lives[site, hall].items() if a < horizon and b >= end), ZERO)
        book.at_most("4.8", (site, hall, str(end)), running, exact(book.world.halls[hall].module_it_mw) * lasting)
