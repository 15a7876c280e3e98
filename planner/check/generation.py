"""Own generation: units commissioned, what they can make and make in each block, exports and their money (section 12 of MATHS.md)."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from planner.check.book import Book
from planner.check.calendar import Period
from planner.check.decisions import Domain, unbounded
from planner.check.exact import ZERO, exact
from planner.check.world import World

Pair = tuple[str, str]
"""A site and a generator type."""


def _commissioned_absent(world: World, site: str, generator: str, period: str) -> str | None:
    if not world.generator_allowed(generator, site):
        return f"no unit of {generator} may be commissioned at {site}"
    return world.unordered(period, world.generators[generator].lead_months)


def _generated_absent(world: World, site: str, generator: str, period: str, block: str) -> str | None:
    if block not in world.blocks[site]:
        return f"the market of {site} has no block {block}"
    return None if generator in world.generators_at[site] else f"no unit of {generator} can be at {site}"


def _exported_absent(world: World, site: str, period: str, block: str) -> str | None:
    if block not in world.blocks[site]:
        return f"the market of {site} has no block {block}"
    if not world.generators_at[site]:
        return f"no generator can be at {site}"
    return None if world.sites[site].export_mw else f"{site} may not export"


DOMAINS = {
    "commissioned_units": Domain(_commissioned_absent, lambda world, site, k, period: Fraction(world.generators[k].max_units)),
    "generated_mw": Domain(_generated_absent, unbounded),
    "exported_mw": Domain(_exported_absent, lambda world, site, period, block: exact(world.sites[site].export_mw)),
}


def account(book: Book) -> None:
    """States (12.3) and (12.4), and the money of plants, of what they make and of exports."""
    _account_service(book)
    _post_orders(book)
    _post_generation(book)
    _post_exports(book)


def _lives(book: Book) -> dict[Pair, list[tuple[int, int, Fraction]]]:
    """First month, month after the last, and number of all units that stand or are commissioned, by site and type."""
    world = book.world
    lives: dict[Pair, list[tuple[int, int, Fraction]]] = {(s, k): [] for s in world.sites for k in world.generators_at[s]}
    for plant in world.plants.values():
        lives[plant.site, plant.item].append((plant.start, plant.end, book.coming(plant)))
    for (site, generator, period), units in book.decided("commissioned_units"):
        first = world.calendar.by_label[period].first
        lives[site, generator].append((first, first + world.generators[generator].life_months, units))
    return lives


def _account_service(book: Book) -> None:
    """MW in service all through each period, their upkeep, and what the units are worth at the horizon."""
    world = book.world
    for (site, generator), lives in _lives(book).items():
        row = world.generators[generator]
        for u in world.periods:
            units = sum((count * u.whole(a, b) for a, b, count in lives), ZERO)
            mw = units * exact(row.unit_mw)
            book.add("generating_mw", (site, generator, u.label), mw)
            book.add("dependable_mw", (site, u.label), exact(row.dependable_fraction) * mw)
            upkeep = exact(row.fixed_musd_per_unit_year) * u.length_years * world.growth(u) * units
            book.post("operating", "generator", generator, site, u.label, upkeep)
        for _, end, count in lives:
            left = world.residual_fraction(generator, end - world.calendar.horizon)
            book.post("terminal", "generator", generator, site, "", exact(row.capex_musd_per_unit) * left * count)


def _post_orders(book: Book) -> None:
    world = book.world
    for (site, generator, period), units in book.decided("commissioned_units"):
        row, t = world.generators[generator], world.calendar.by_label[period]
        price = exact(row.capex_musd_per_unit) * units * world.capex_level(t.first - row.lead_months)
        payments = world.calendar.deposit_profile(t, row.lead_months, exact(row.deposit_fraction))
        book.post_asset("generator", generator, site, price, payments, t, row.tax_life_months)


def _usd_per_mwh(world: World, generator: str, u: Period) -> Fraction:
    """What a MWh costs to make: fuel, and operation at the cost level of the period."""
    row = world.generators[generator]
    fuel = exact(row.heat_rate_mmbtu_per_mwh) * world.fuel_price(row.fuel, u) if row.fuel else ZERO
    return fuel + exact(row.variable_usd_per_mwh) * world.growth(u)


def _post_generation(book: Book) -> None:
    world = book.world
    for (site, generator, period, block), mw in book.decided("generated_mw"):
        u = world.calendar.by_label[period]
        mwh = world.block_hours(site, block, u) * mw
        book.post("operating", "generator", generator, site, period, mwh * _usd_per_mwh(world, generator, u) / 1_000_000)


def _post_exports(book: Book) -> None:
    world = book.world
    for (site, period, block), mw in book.decided("exported_mw"):
        u = world.calendar.by_label[period]
        usd_per_mwh = world.node_price(site, block, u) - exact(world.sites[site].export_haircut_usd_per_mwh)
        book.post("revenue", "export", site, site, period, world.block_hours(site, block, u) * mw * usd_per_mwh / 1_000_000)


def check(book: Book) -> None:
    """Rows (11.5), (12.2), (12.5) and (12.6)."""
    _check_units(book)
    world, made = book.world, defaultdict[tuple[str, str, str], Fraction](Fraction)
    for index, mw in book.decided("generated_mw"):
        site, generator, period, block = index
        made[site, period, block] += mw
        able = world.availability(generator, site, block) * book.state("generating_mw", site, generator, period)
        book.at_most("12.5", index, mw, able)
    for place, mw in book.decided("exported_mw"):
        book.at_most("12.6", place, mw, made[place[0], place[1], place[2]])


def _check_units(book: Book) -> None:
    """Never more units than the type has at a site, and none ordered before the site is bought."""
    world, calendar = book.world, book.world.calendar
    commissioned: defaultdict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
    for index, units in book.decided("commissioned_units"):
        site, generator, period = index
        row, first = world.generators[generator], calendar.by_label[period].first
        for u, _ in calendar.overlapped(first, first + row.life_months):
            commissioned[site, generator, u.label] += units
        if world.on_offer(site):
            ordered = first - row.lead_months
            bought = sum((n for (s, v), n in book.decided("opened") if s == site and calendar.by_label[v].first <= ordered), ZERO)
            book.at_most("11.5", index, units, row.max_units * bought)
    for place, units in commissioned.items():
        book.at_most("12.2", place, units, Fraction(world.generators[place[1]].max_units))
