"""Demand response: mining load that is registered to stay off in some blocks, and what it is paid (section 13 of MATHS.md)."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from planner.check.book import Book
from planner.check.calendar import Period
from planner.check.decisions import Domain, unbounded
from planner.check.exact import exact
from planner.check.world import World
from planner_models.rows import Programme

Place = tuple[str, str, str]
"""Site, label of the period, block."""


def _share(world: World, row: Programme, u: Period) -> Fraction:
    """Share of a period that the programme pays."""
    first = 0 if row.from_month is None else world.calendar.month(row.from_month)
    end = world.calendar.horizon if row.to_month is None else world.calendar.month(row.to_month)
    return u.share(first, end)


def _mines(world: World, site: str) -> bool:
    """Whether mining machines can be plugged in at a site."""
    return any(world.hosts(site, world.asics[asic].product) for asic in world.asics_at[site])


def _registered_absent(world: World, programme: str, site: str, period: str) -> str | None:
    row = world.programmes[programme]
    if world.sites[site].market != row.market:
        return f"{site} is not in the market of {programme}"
    if not _mines(world, site):
        return f"no mining machine can be at {site}"
    return None if _share(world, row, world.calendar.by_label[period]) else f"{programme} pays nothing in {period}"


DOMAINS = {"registered_mw": Domain(_registered_absent, unbounded)}


def account(book: Book) -> None:
    """What programmes pay."""
    world = book.world
    for (programme, site, period), mw in book.decided("registered_mw"):
        row, u = world.programmes[programme], world.calendar.by_label[period]
        yearly = exact(row.usd_per_mw_year) * mw / 1_000_000
        book.post("revenue", "response", programme, site, period, yearly * u.length_years * _share(world, row, u))


def check(book: Book) -> None:
    """Rows (13.11) and (13.12)."""
    world = book.world
    taken: defaultdict[tuple[str, str], Fraction] = defaultdict(Fraction)
    used = _running_mw(book)
    for (programme, site, period), mw in book.decided("registered_mw"):
        taken[programme, period] += mw
        for block in world.programmes[programme].blocks:
            used[site, period, block] += mw
    able = _able_mw(book)
    for place in _rows(world):
        book.at_most("13.11", place, used[place], able[place[0], place[1]])
    for (programme, period), mw in taken.items():
        most = world.programmes[programme].max_mw
        if most is not None:
            book.at_most("13.12", (programme, period), mw, exact(most))


def _rows(world: World) -> dict[Place, None]:
    """Every site, period and block in which some programme may be served, once."""
    return {
        (site, u.label, block): None
        for name, row in world.programmes.items()
        for site in world.sites
        for u in world.periods
        if _registered_absent(world, name, site, u.label) is None
        for block in row.blocks
    }


def _running_mw(book: Book) -> defaultdict[Place, Fraction]:
    """Facility MW of own mining machines that run."""
    running: defaultdict[Place, Fraction] = defaultdict(Fraction)
    for (site, hall, _, period, block), mw in book.decided("run_mw"):
        running[site, period, block] += exact(book.world.halls[hall].pue_average) * mw
    return running


def _able_mw(book: Book) -> defaultdict[tuple[str, str], Fraction]:
    """Facility MW that the mining machines plugged in could run, by site and period."""
    able: defaultdict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for (site, hall, asic, period), mw in book.decided("hosted_mw"):
        able[site, period] += exact(book.world.halls[hall].pue_average) * exact(book.world.asics[asic].uptime_fraction) * mw
    return able
