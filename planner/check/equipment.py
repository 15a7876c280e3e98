"""Equipment: units by kind, what they rate, the unit kept in reserve, orders and slots (section 6 of MATHS.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction

from planner.check.book import Book
from planner.check.calendar import Period
from planner.check.decisions import Domain
from planner.check.exact import TOLERANCE, ZERO, exact, whole_above
from planner.check.ledger import Index
from planner.check.world import World

Units = Mapping[Index, Fraction]
"""Units in service all through a period, by site, equipment type and period."""


def _delivered_absent(world: World, site: str, equipment: str, period: str) -> str | None:
    return world.unordered(period, world.equipment[equipment].lead_months)


def _delivered_bound(world: World, site: str, equipment: str, period: str) -> Fraction:
    row = world.sites[site]
    mw = sum((exact(grid.mw) for grid in world.instance.grid if grid.site == site and grid.kind != "approved"), ZERO)
    carried = rating_mva(world, site, equipment) * exact(row.power_factor) * exact(row.loading_limit_fraction)
    return Fraction(whole_above(2 * (mw + _most_dependable_mw(world, site)) / carried) + 1)


def _most_dependable_mw(world: World, site: str) -> Fraction:
    """Dependable MW of all generator units that may be at a site."""
    mw = ZERO
    for generator in world.generators_at[site]:
        row = world.generators[generator]
        units = sum((plant.size for plant in world.plants.values() if (plant.site, plant.item) == (site, generator)), ZERO)
        if world.generator_allowed(generator, site):
            units += row.max_units
        mw += exact(row.dependable_fraction) * exact(row.unit_mw) * units
    return mw


DOMAINS = {"delivered_units": Domain(_delivered_absent, _delivered_bound)}


def kinds(world: World) -> tuple[str, ...]:
    """The kinds of equipment that are modelled."""
    return tuple(dict.fromkeys(row.kind for row in world.equipment.values()))


def carried_mva(book: Book, site: str, kind: str, period: str) -> Fraction:
    """MVA that the equipment of a kind in service may carry, before any reserve."""
    return exact(book.world.sites[site].loading_limit_fraction) * book.state("installed_mva", site, kind, period)


def loaded_twice(world: World, hall: str) -> bool:
    """Whether a hall type loads equipment twice."""
    return world.halls[hall].redundancy == "2N"


def rating_mva(world: World, site: str, equipment: str) -> Fraction:
    """MVA of one unit at a site; of a type that is bought by the MW, what it carries there."""
    row, place = world.equipment[equipment], world.sites[site]
    if row.units_per_mw is None:
        return exact(row.mva or 0)
    return 1 / (exact(row.units_per_mw) * exact(place.power_factor) * exact(place.loading_limit_fraction))


def account(book: Book) -> None:
    """States (6.6) and (6.15), capex of units; reads what occupies the halls."""
    units = _in_service(book)
    _rate(book, units)
    _reserve(book, units)
    _post_capex(book)


def _in_service(book: Book) -> Units:
    world, units = book.world, defaultdict[Index, Fraction](Fraction)
    for unit in world.units.values():
        _stand(world, units, unit.site, unit.item, book.coming(unit), unit.start, unit.end)
    for (site, equipment, period), count in book.decided("delivered_units"):
        first = world.calendar.by_label[period].first
        _stand(world, units, site, equipment, count, first, first + world.equipment[equipment].life_months)
    return units


def _stand(world: World, units: defaultdict[Index, Fraction], site: str, equipment: str, count: Fraction, start: int, end: int) -> None:
    for u in world.periods:
        units[site, equipment, u.label] += u.whole(start, end) * count


def _rate(book: Book, units: Units) -> None:
    world = book.world
    for site, u in ((s, u.label) for s in world.sites for u in world.periods):
        for kind in kinds(world):
            book.add("installed_mva", (site, kind, u), 0)
        for equipment, row in world.equipment.items():
            rated = rating_mva(world, site, equipment) * units.get((site, equipment, u), ZERO)
            book.add("installed_mva", (site, row.kind, u), rated)


def _reserve(book: Book, units: Units) -> None:
    """While an N+1 hall is in use, the largest unit of each kind that is there."""
    world = book.world
    for site in world.sites:
        spared = [hall for hall in world.halls_at[site] if world.halls[hall].redundancy == "N+1"]
        for u in (period.label for period in world.periods if spared):
            used = sum((book.occupied_mw(site, hall, u) for hall in spared), ZERO) > TOLERANCE
            for kind in kinds(world):
                there = [k for k, row in world.equipment.items() if row.kind == kind and units.get((site, k, u), ZERO) > 0]
                largest = max((rating_mva(world, site, equipment) for equipment in there), default=ZERO)
                book.add("reserve_mva", (site, kind, u), largest if used else ZERO)


def _post_capex(book: Book) -> None:
    world = book.world
    for (site, equipment, period), units in book.decided("delivered_units"):
        row, t = world.equipment[equipment], world.calendar.by_label[period]
        payments = world.calendar.deposit_profile(t, row.lead_months, exact(row.deposit_fraction))
        price = exact(row.cost_musd) * world.capex_level(t.first - row.lead_months) * units
        book.post_asset("equipment", equipment, site, price, payments, t, row.tax_life_months)


def check(book: Book) -> None:
    """Rows (6.7) and (6.8)."""
    for site in book.world.sites:
        for u in book.world.periods:
            _check_load(book, site, u)
    _check_slots(book)


def _check_load(book: Book, site: str, u: Period) -> None:
    world, row = book.world, book.world.sites[site]
    load = book.state("load_mw", site, u.label)
    for hall in world.halls_at[site]:
        if loaded_twice(world, hall):
            load += exact(world.halls[hall].pue_peak) * book.occupied_mw(site, hall, u.label)
    for kind in kinds(world):
        reserve = exact(row.loading_limit_fraction) * book.state("reserve_mva", site, kind, u.label)
        carried = carried_mva(book, site, kind, u.label) - reserve
        book.at_most("6.7", (site, kind, u.label), load / exact(row.power_factor), carried)


def _check_slots(book: Book) -> None:
    world = book.world
    delivered: defaultdict[tuple[str, int], Fraction] = defaultdict(Fraction)
    for (_, equipment, period), units in book.decided("delivered_units"):
        delivered[equipment, world.calendar.by_label[period].year] += units
    for row in world.instance.slots:
        units = delivered[row.equipment, row.year]
        book.at_most("6.8", (row.equipment, str(row.year)), units, Fraction(row.units))
