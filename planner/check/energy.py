"""Energy: what own machines and tenants draw, what own supply replaces, what is bought at spot and what it costs (section 7 of MATHS.md).

The bill of (7.1) is kept in three parts that add up to it: own draws at the price of buying them (cause `energy`), what tenants pay for
theirs (`tenant`), and what is bought besides own draws (`supply`): the power of tenants less what own supply replaces, with the adder of
what comes over the meter from a contract.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction

from planner.check.book import Book
from planner.check.calendar import Period
from planner.check.exact import ZERO, exact
from planner.check.placements import placements

Place = tuple[str, str, str]
"""Site, label of the period, block."""
Rates = Mapping[Place, Fraction]
"""M$ for a MW bought all through a block."""


def account(book: Book) -> None:
    """States (7.1)-(7.3), (7.5), (10.11) and (10.12) and their entries; reads own draws, leases, generation and power contracts."""
    world = book.world
    rates = {
        (site, u.label, block): world.block_hours(site, block, u) * world.bought_price(site, block, u) / 1_000_000
        for site in world.sites
        for u in world.periods
        for block in world.blocks[site]
    }
    for site, label in ((s, u.label) for s in world.sites for u in world.periods):
        book.add("energy_cost_musd", (site, label), 0)
    for (site, period, block, item), facility_mw in book.draws.items():
        _cost(book, "energy", item, site, period, facility_mw * rates[site, period, block])
    _account_tenants(book, rates)
    _account_supply(book, rates)
    _account_meter(book)


def _cost(book: Book, cause: str, item: str, site: str, period: str, musd: Fraction) -> None:
    book.add("energy_cost_musd", (site, period), musd)
    book.post("operating", cause, item, site, period, musd)


def _blocks(book: Book, sites: list[str]) -> Iterator[tuple[Place, Period]]:
    for site in sites:
        for u in book.world.periods:
            for block in book.world.blocks[site]:
                yield (site, u.label, block), u


def _supplied_sites(book: Book) -> list[str]:
    return [site for site in book.world.sites if book.world.supplied(site)]


def _account_tenants(book: Book, rates: Rates) -> None:
    world, sites = book.world, _supplied_sites(book)
    for site, period in ((s, u.label) for s in sites for u in world.periods):
        book.add("tenant_draw_mw", (site, period), 0)
    for place in placements(book):
        if place.site in sites:
            mw = place.mw * exact(place.hall.pue_average) * exact(place.lease.load_factor_fraction)
            for u, _ in world.calendar.overlapped(place.start, place.end):
                drawn = mw * place.share_drawing(u)
                book.add("tenant_draw_mw", (place.site, u.label), drawn)
                paid = sum((drawn * rates[place.site, u.label, block] for block in world.blocks[place.site]), ZERO)
                _cost(book, "tenant", place.lease.id, place.site, u.label, -paid)


def _account_supply(book: Book, rates: Rates) -> None:
    world = book.world
    behind: defaultdict[Place, Fraction] = defaultdict(Fraction)
    for (site, _, period, block), mw in book.decided("generated_mw"):
        behind[site, period, block] += mw
    for (site, period, block), mw in book.decided("exported_mw"):
        behind[site, period, block] -= mw
    contracted: defaultdict[Place, Fraction] = defaultdict(Fraction)
    for family, sign in (("taken_mw", 1), ("remarketed_mw", -1)):
        for (ppa, period, block), mw in book.decided(family):
            contracted[world.ppas[ppa].site, period, block] += sign * mw
    for place, u in _blocks(book, _supplied_sites(book)):
        site, period, block = place
        supplied, tenants = behind[place] + contracted[place], book.state("tenant_draw_mw", site, period)
        book.add("behind_mw", place, behind[place])
        book.add("supplied_mw", place, supplied)
        book.add("spot_mw", place, book.state("draw_mw", *place) + tenants - supplied)
        adder = world.block_hours(site, block, u) * exact(world.sites[site].energy_adder_usd_per_mwh) / 1_000_000
        _cost(book, "supply", site, site, period, rates[place] * (tenants - supplied) + adder * contracted[place])


def _account_meter(book: Book) -> None:
    for place, _ in _blocks(book, [site for site in book.world.sites if book.world.charged(site)]):
        book.add("meter_mw", place, book.state("draw_mw", *place) - book.state("behind_mw", *place))


def check(book: Book) -> None:
    """Rows (7.3), whose spot_mw may not be negative, and (7.4)."""
    for place, _ in _blocks(book, _supplied_sites(book)):
        site, period, _block = place
        used = book.state("draw_mw", *place) + book.state("tenant_draw_mw", site, period)
        book.at_most("7.3", place, book.state("supplied_mw", *place), used)
        book.at_most("7.4", place, used - book.state("behind_mw", *place), book.state("grid_mw", site, period))
