"""Colocation: leases that are started or bought off, what they occupy, pay and cost (section 4 of MATHS.md)."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from planner.check import cover, deals
from planner.check.book import Book
from planner.check.decisions import Domain, unbounded
from planner.check.exact import ZERO, amount_words, exact
from planner.check.halls import property_tax_musd
from planner.check.placements import Placement, blocks, placements
from planner.check.tails import post_terminal
from planner.check.world import World


def _started_absent(world: World, lease: str, site: str, hall: str, period: str) -> str | None:
    row, place = world.leases[lease], world.lease_sites.get((lease, site))
    if place is None or hall not in world.hosts(site, row.product) or place.hall not in (None, hall):
        return f"{lease} does not accept {hall} at {site}"
    return deals.unstarted(world, row, period)


def _broken_absent(world: World, lease: str) -> str | None:
    return f"{lease} cannot be broken" if world.leases[lease].break_fee_musd is None else None


DOMAINS = {
    "started": Domain(_started_absent, lambda world, lease, *index: Fraction(blocks(world.leases[lease]))),
    "broken_blocks": Domain(_broken_absent, unbounded),
}


def account(book: Book) -> None:
    """States (4.4), (4.9) and (4.11), terms of (10.13) and (10.14), and the money of leases."""
    for place in placements(book):
        for u, _ in book.world.calendar.overlapped(place.start, place.end):
            book.add("leased_mw", (place.site, place.hall.id, u.label), place.most_mw(u))
        net = _post_rent(book, place)
        deals.post_penalty(book, place.lease, place.site, place.mw, place.start, place.tranches)
        _post_fit_out(book, place)
        deals.prepay(book, place.lease, place.start, place.count / blocks(place.lease))
        deals.doubt(book, place.lease, net, post_terminal(book, place))
    _break(book)


def _post_rent(book: Book, place: Placement) -> dict[str, Fraction]:
    """Rent and its cost, less what the tenant of a triple net lease bears of upkeep and property tax; M$ of the difference by period."""
    net: dict[str, Fraction] = {}
    for u, _ in book.world.calendar.overlapped(place.start, place.end):
        rent, borne = place.period_rent(u), ZERO
        cost = rent * exact(place.lease.cost_fraction)
        if place.lease.kind == "triple_net":
            yearly = exact(place.hall.fixed_cost_musd_per_module_year) * book.world.growth(u)
            yearly += property_tax_musd(book.world, place.site, place.hall)
            filled = sum((place.share_paying(month) for month in place.months(u)), ZERO)
            borne = place.mw / exact(place.hall.module_it_mw) * yearly * filled / 12
        book.post("revenue", "lease", place.lease.id, place.site, u.label, rent)
        book.post("operating", "lease", place.lease.id, place.site, u.label, cost)
        book.post("operating", "triple_net", place.lease.id, place.site, u.label, -borne)
        net[u.label] = rent - cost + borne
    return net


def _post_fit_out(book: Book, place: Placement) -> None:
    """What the site needs for this tenant, less what the tenant pays of it; nothing for a lease that runs already."""
    world, row = book.world, place.lease
    if deals.running_since(world, row) is not None:
        return
    per_mw = exact(world.lease_sites[row.id, place.site].capex_musd_per_mw) - exact(row.fit_out_musd_per_mw)
    t = world.calendar.by_label[place.period]
    book.post_asset("fit_out", row.id, place.site, place.mw * per_mw, [(t, Fraction(1))], t, place.hall.tax_life_months)


def _break(book: Book) -> None:
    """What broken blocks cost the company, in the period that holds the month in which they were due, or the nearest."""
    world = book.world
    breakable = [row for row in world.leases.values() if row.break_fee_musd is not None]
    for u in world.periods if breakable else ():
        book.add("broken_musd", (u.label,), 0)
    for row in breakable:
        due = min(max(0, world.calendar.month(row.ready_by)), world.calendar.horizon - 1)
        fee = exact(row.break_fee_musd or 0) / blocks(row) * book.decision("broken_blocks", row.id)
        for u, _ in world.calendar.overlapped(due, due + 1):
            book.add("broken_musd", (u.label,), fee)


def check(book: Book) -> None:
    """Rows (4.2), (4.3), (4.10) and (4.5)-(4.8)."""
    _check_blocks(book)
    cover.check(book)


def _check_blocks(book: Book) -> None:
    starts: defaultdict[str, Fraction] = defaultdict(Fraction)
    for (lease, _, _, _), count in book.decided("started"):
        starts[lease] += count
    for lease, row in book.world.leases.items():
        number, started = Fraction(blocks(row)), starts[lease]
        broken = book.decision("broken_blocks", lease)
        if row.break_fee_musd is not None:
            words = f"starts {amount_words(started)} and buys off {amount_words(broken)} of the {number} blocks that are signed"
            _tie(book, "4.10", lease, started + broken - number, words)
        elif row.mandatory:
            words = f"starts {amount_words(started)} of the {number} blocks that have to be delivered"
            _tie(book, "4.3", lease, started - number, words)
        else:
            book.at_most("4.2", (lease,), started, number)


def _tie(book: Book, tag: str, lease: str, off: Fraction, words: str) -> None:
    if off:
        book.blame(tag, (lease,), abs(off), f"{lease}: the plan {words}.")
