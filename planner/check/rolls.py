"""Rolls: what stands of modules, machines, equipment and generators, counted up month by month from all that comes and goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from planner.check.book import Book
from planner.check.calendar import Period
from planner.check.equipment import rating_mva
from planner.check.exact import ZERO, exact
from planner.check.ledger import Identity, Tie

COUNTED = "what came less what went"
MEAN = Identity("2.7", "average_balance", "the mean of modules", COUNTED, "modules")
WHOLE = Identity("2.6", "full_balance", "the modules that stand all through", COUNTED, "modules")
LASTING = Identity("2.8", "final_balance", "the modules that outlive the plan", COUNTED, "modules")
INSTALLED = Identity("3.4", "installed_balance", "the mean of machines", COUNTED, "MW")
RATED = Identity("6.6", "rating_balance", "the rating in service", COUNTED, "MVA")
GENERATING = Identity("12.3", "generating_balance", "the generators in service", COUNTED, "MW")


class Stock:
    """Things of one kind at a place: how many come and go at the start of each month."""

    def __init__(self) -> None:
        self.comes: defaultdict[int, Fraction] = defaultdict(Fraction)
        self.goes: defaultdict[int, Fraction] = defaultdict(Fraction)

    def stay(self, start: int, end: int, count: Fraction) -> None:
        """So many come in a month and go in another."""
        self.comes[start] += count
        self.goes[end] += count

    def leave(self, month: int, end: int, count: Fraction) -> None:
        """So many go in a month, and not only in that in which they would have gone."""
        self.goes[month] += count
        self.goes[end] -= count

    def standing(self, months: range) -> list[Fraction]:
        """How many stand in each of the months."""
        there = sum((n for at, n in self.comes.items() if at < months.start), ZERO)
        there -= sum((n for at, n in self.goes.items() if at < months.start), ZERO)
        counts = []
        for month in months:
            if month in self.comes or month in self.goes:
                there += self.comes.get(month, ZERO) - self.goes.get(month, ZERO)
            counts.append(there)
        return counts

    def still(self, u: Period) -> bool:
        """Whether nothing comes or goes within a period, after its first month."""
        return not any(u.first < month < u.end for month in (*self.comes, *self.goes))


Stocks = defaultdict[tuple[str, ...], Stock]
"""By site and item."""


def ties(book: Book) -> Iterator[Tie]:
    """Means over the months of a period, what stands all through one in which nothing moves, and what outlives the plan."""
    yield from _modules(book)
    yield from _machines(book)
    yield from _units(book)
    yield from _plants(book)


def _means(book: Book, stock: Stock) -> Iterator[tuple[Period, Fraction, Fraction | None]]:
    """Each period with the mean of its months, and what stands all through it where nothing moves."""
    counts = stock.standing(range(book.world.calendar.horizon))
    for u in book.world.periods:
        if stock.still(u):
            yield u, counts[u.first], counts[u.first]
        else:
            yield u, sum(counts[u.first : u.end], ZERO) / u.months, None


def _modules(book: Book) -> Iterator[Tie]:
    world, stocks = book.world, _halls(book)
    last, horizon = world.periods[-1].label, world.calendar.horizon
    for site, hall in ((s, h) for s in world.sites for h in world.halls_at[s]):
        stock, place = stocks[site, hall], (site, hall)
        for u, mean, whole in _means(book, stock):
            held, index = book.held(site, u.label) if world.for_sale(site) else Fraction(1), (*place, u.label)
            yield Tie(MEAN, index, book.state("average_modules", *index), mean * held)
            if whole is not None:
                yield Tie(WHOLE, index, book.state("full_modules", *index), whole * held)
        lasting = stock.standing(range(horizon - 1, horizon))[0] - stock.goes.get(horizon, ZERO)
        lasting *= book.held(site, last) if world.for_sale(site) else 1
        yield Tie(LASTING, place, book.state("final_modules", *place), lasting)


def _halls(book: Book) -> Stocks:
    world, first = book.world, {u.label: u.first for u in book.world.periods}
    stocks: Stocks = defaultdict(Stock)
    for cohort in world.cohorts.values():
        stocks[cohort.site, cohort.item].stay(cohort.start, cohort.end, book.coming(cohort))
    for (site, hall, period), modules in book.decided("built_modules"):
        stocks[site, hall].stay(first[period], first[period] + world.halls[hall].life_months, modules)
    for (name, period), modules in book.decided("retired_modules"):
        cohort = world.cohorts[name]
        stocks[cohort.site, cohort.item].leave(first[period], cohort.end, modules)
    for (conversion, name, period), lots in book.decided("converted_lots"):
        cohort, row = world.cohorts[name], world.conversions[conversion]
        stocks[cohort.site, cohort.item].leave(first[period] - row.off_months, cohort.end, row.from_modules * lots)
        stocks[cohort.site, row.to_hall].stay(first[period], first[period] + world.halls[row.to_hall].life_months, row.to_modules * lots)
    return stocks


def _machines(book: Book) -> Iterator[Tie]:
    world, first, stocks = book.world, {u.label: u.first for u in book.world.periods}, Stocks(Stock)
    for fleet in world.fleets.values():
        stocks[fleet.site, fleet.item].stay(fleet.start, fleet.end, book.coming(fleet))
    for (site, asic, period), mw in book.decided("bought_mw"):
        stocks[site, asic].stay(first[period], first[period] + world.asics[asic].life_months, mw)
    for (site, asic, end, period), mw in book.decided("placed_mw"):
        stocks[site, asic].stay(first[period], world.ends[end], mw)
    for family in ("withdrawn_mw", "resold_mw"):
        for (site, asic, end, period), mw in book.decided(family):
            stocks[site, asic].leave(first[period], world.ends[end], mw)
    for place in ((s, m) for s in world.sites for m in world.asics_at[s]):
        for u, mean, _ in _means(book, stocks[place]):
            yield Tie(INSTALLED, (*place, u.label), book.state("installed_mw", *place, u.label), mean)


def _units(book: Book) -> Iterator[Tie]:
    """Equipment by kind: a period in which no unit comes or goes is rated by its first month."""
    world, first, stocks = book.world, {u.label: u.first for u in book.world.periods}, Stocks(Stock)
    for unit in world.units.values():
        rated = rating_mva(world, unit.site, unit.item) * book.coming(unit)
        stocks[unit.site, world.equipment[unit.item].kind].stay(unit.start, unit.end, rated)
    for (site, equipment, period), count in book.decided("delivered_units"):
        row = world.equipment[equipment]
        stocks[site, row.kind].stay(first[period], first[period] + row.life_months, rating_mva(world, site, equipment) * count)
    for place in ((s, kind) for s in world.sites for kind in dict.fromkeys(row.kind for row in world.equipment.values())):
        for u, _, whole in _means(book, stocks[place]):
            if whole is not None:
                yield Tie(RATED, (*place, u.label), book.state("installed_mva", *place, u.label), whole)


def _plants(book: Book) -> Iterator[Tie]:
    world, first, stocks = book.world, {u.label: u.first for u in book.world.periods}, Stocks(Stock)
    for plant in world.plants.values():
        stocks[plant.site, plant.item].stay(plant.start, plant.end, book.coming(plant))
    for (site, generator, period), units in book.decided("commissioned_units"):
        stocks[site, generator].stay(first[period], first[period] + world.generators[generator].life_months, units)
    for site, generator in ((s, k) for s in world.sites for k in world.generators_at[s]):
        for u, _, whole in _means(book, stocks[site, generator]):
            if whole is not None:
                index, mw = (site, generator, u.label), exact(world.generators[generator].unit_mw) * whole
                yield Tie(GENERATING, index, book.state("generating_mw", *index), mw)
