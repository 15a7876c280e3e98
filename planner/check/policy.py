"""Policies: floors and caps that the company sets itself on MW, hashrate and revenue (section 16 of MATHS.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from planner.check.book import Book
from planner.check.calendar import Period
from planner.check.exact import ZERO, exact
from planner.check.placements import placements
from planner.check.world import World
from planner_models.rows import Policy

Amounts = defaultdict[tuple[str, str], Fraction]
"""What is counted by site and period."""


def account(book: Book) -> None:
    """States (16.1) and (16.4), for the periods in which a policy holds."""
    for row in book.world.instance.policies:
        sites, mine = _sites(book.world, row), _amounts(book, row.measure, row.use, row.tenant)
        whole = None if row.at_most_fraction is None else _amounts(book, row.measure, None, None)
        for u in _held(book.world, row):
            book.add("counted", (row.id, u.label), sum((mine[site, u.label] for site in sites), ZERO))
            if whole is not None:
                book.add("total", (row.id, u.label), sum((whole[site, u.label] for site in book.world.sites), ZERO))


def _held(world: World, row: Policy) -> Iterator[Period]:
    """The periods in which a policy holds in some month."""
    first = 0 if row.from_month is None else world.calendar.month(row.from_month)
    end = world.calendar.horizon if row.to_month is None else world.calendar.month(row.to_month)
    return (u for u, _ in world.calendar.overlapped(first, end))


def _sites(world: World, row: Policy) -> list[str]:
    return [s for s, site in world.sites.items() if row.site in (None, s) and row.market in (None, site.market)]


def _amounts(book: Book, measure: str, use: str | None, tenant: str | None) -> Amounts:
    """What counts of a measure, of one use or tenant or (blank) of the whole company; revenue of whole periods, not years."""
    if measure == "hashrate_eh":
        return _hashrate(book)
    if measure == "it_mw":
        return _it_mw(book, use) if tenant is None else _tenant_mw(book, tenant)
    leases = {lease for lease, row in book.world.leases.items() if row.tenant == tenant}
    if tenant is not None:
        return Amounts(Fraction, book.totals("revenue", lambda cause, item: cause == "lease" and item in leases))
    return _revenue(book, use)


def _hashrate(book: Book) -> Amounts:
    """EH/s, mean over the hours of each period: 1 MW is 1 / (J/TH) of it."""
    amounts = Amounts(Fraction)
    for (site, _, asic, period, block), mw in book.decided("run_mw"):
        hours_fraction = book.world.price(site, block, book.world.calendar.by_label[period])[0]
        amounts[site, period] += mw / exact(book.world.asics[asic].j_per_th) * hours_fraction
    return amounts


def _it_mw(book: Book, use: str | None) -> Amounts:
    """IT MW of own machines, tenants and clusters, of one use or of all three."""
    amounts, world = Amounts(Fraction), book.world
    if use in (None, "hashing"):
        for (site, _, _, period), mw in book.decided("hosted_mw"):
            amounts[site, period] += mw
    for state, of in (("leased_mw", "colocation"), ("cluster_mw", "hpc")):
        for site, halls in world.halls_at.items() if use in (None, of) else ():
            for u in (period.label for period in world.periods):
                amounts[site, u] += sum((book.state(state, site, hall, u) for hall in halls), ZERO)
    return amounts


def _tenant_mw(book: Book, tenant: str) -> Amounts:
    """IT MW that the leases of one tenant may fill in each period, at most."""
    amounts = Amounts(Fraction)
    for place in placements(book):
        for u in book.world.periods if place.lease.tenant == tenant else ():
            amounts[place.site, u.label] += place.most_mw(u)
    return amounts


def _revenue(book: Book, use: str | None) -> Amounts:
    amounts = Amounts(Fraction)
    for site in book.world.sites:
        for u in (period.label for period in book.world.periods):
            musd = book.state("revenue_musd", site, u) if use is None else book.state("use_revenue_musd", use, site, u)
            amounts[site, u] += musd
    return amounts


def check(book: Book) -> None:
    """Rows (16.2), (16.3) and (16.5)."""
    for row in book.world.instance.policies:
        for u in _held(book.world, row):
            index = (row.id, u.label)
            counted, part = book.state("counted", *index), u.length_years if row.measure == "revenue_musd" else Fraction(1)
            if row.at_most is not None:
                book.at_most("16.2", index, counted, exact(row.at_most) * part)
            if row.at_least is not None:
                book.at_least("16.3", index, counted, exact(row.at_least) * part)
            if row.at_most_fraction is not None:
                book.at_most("16.5", index, counted, exact(row.at_most_fraction) * book.state("total", *index))
