"""Power: grid MW by date, upgrades, transformers and the slots of their suppliers (section 6 of MATHS.md)."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from planner.check.book import Book
from planner.check.decisions import Domain
from planner.check.exact import ZERO, exact, whole_above
from planner.check.world import World

Steps = dict[str, list[tuple[int, Fraction]]]
"""By site: what adds to its power, and the month from which; it counts from the first period that starts then or later."""


def _upgraded_absent(world: World, grid: str, period: str) -> str | None:
    row, t = world.grid[grid], world.calendar.by_label[period]
    if row.kind != "upgrade":
        return f"{grid} is not an upgrade"
    if row.from_month is not None and t.first < world.calendar.month(row.from_month):
        return f"it is not offered before {row.from_month:%Y-%m}"
    return None if t.first >= row.lead_months else f"it would be ordered {row.lead_months - t.first} months before the plan starts"


def _delivered_absent(world: World, site: str, equipment: str, period: str) -> str | None:
    early = world.equipment[equipment].lead_months - world.calendar.by_label[period].first
    return None if early <= 0 else f"it would be ordered {early} months before the plan starts"


def _delivered_bound(world: World, site: str, equipment: str, period: str) -> Fraction:
    row = world.sites[site]
    utility_mw = sum((exact(grid.mw) for grid in world.instance.grid if grid.site == site), ZERO)
    unit_mw = exact(row.power_factor) * exact(row.loading_limit_fraction) * exact(world.equipment[equipment].mva)
    return Fraction(whole_above(utility_mw / unit_mw))


DOMAINS = {
    "upgraded": Domain(_upgraded_absent, lambda world, *index: Fraction(1)),
    "delivered_units": Domain(_delivered_absent, _delivered_bound),
}


def account(book: Book) -> None:
    """States (6.3) and (6.6), capex of upgrades and units, terminal value of energised MW; reads capitalised_mw."""
    _energise(book)
    _rate(book)
    _post_capex(book)
    _post_terminal(book)


def _energise(book: Book) -> None:
    world = book.world
    steps: Steps = {site: [] for site in world.sites}
    for row in world.instance.grid:
        if row.kind == "energised" and row.from_month is not None:
            steps[row.site].append((world.calendar.month(row.from_month), exact(row.mw)))
    for (grid, period), value in book.decided("upgraded"):
        steps[world.grid[grid].site].append((world.calendar.by_label[period].first, exact(world.grid[grid].mw) * value))
    _climb(book, "grid_mw", steps)


def _rate(book: Book) -> None:
    world = book.world
    steps: Steps = {site: [] for site in world.sites if world.equipment}
    for unit in world.opening_units.values():
        steps[unit.site].append((unit.start, exact(world.equipment[unit.item].mva) * unit.size))
    for (site, kind, period), units in book.decided("delivered_units"):
        steps[site].append((world.calendar.by_label[period].first, exact(world.equipment[kind].mva) * units))
    _climb(book, "installed_mva", steps)


def _climb(book: Book, state: str, steps: Steps) -> None:
    for site, taken in steps.items():
        for u in book.world.periods:
            book.add(state, (site, u.label), sum((size for month, size in taken if month <= u.first), ZERO))


def _post_capex(book: Book) -> None:
    world = book.world
    for (grid, period), value in book.decided("upgraded"):
        row, t = world.grid[grid], world.calendar.by_label[period]
        payments = world.calendar.deposit_profile(t, row.lead_months, exact(row.deposit_fraction))
        book.post_asset("grid", grid, row.site, exact(row.cost_musd) * value, payments, t, row.tax_life_months)
    for (site, equipment, period), units in book.decided("delivered_units"):
        kind, t = world.equipment[equipment], world.calendar.by_label[period]
        payments = world.calendar.deposit_profile(t, kind.lead_months, exact(kind.deposit_fraction))
        book.post_asset("equipment", equipment, site, exact(kind.cost_musd) * units, payments, t, kind.tax_life_months)


def _post_terminal(book: Book) -> None:
    world = book.world
    for site, row in world.sites.items():
        leased = sum((exact(world.halls[h].pue_peak) * book.state("capitalised_mw", site, h) for h in world.halls_at[site]), ZERO)
        free = book.state("grid_mw", site, world.periods[-1].label) - leased
        book.post("terminal", "grid", site, site, "", exact(row.energised_musd_per_mw) * free)


def check(book: Book) -> None:
    """Rows (6.2), (6.4), (6.7) and (6.8)."""
    _check_upgrades(book)
    _check_load(book)
    _check_slots(book)


def _check_upgrades(book: Book) -> None:
    times: defaultdict[str, Fraction] = defaultdict(Fraction)
    for (grid, _), value in book.decided("upgraded"):
        times[grid] += value
    for grid, value in times.items():
        book.at_most("6.2", (grid,), value, Fraction(1))


def _check_load(book: Book) -> None:
    world = book.world
    for index in ((site, u.label) for site in world.sites for u in world.periods):
        row, load = world.sites[index[0]], book.state("load_mw", *index)
        book.at_most("6.4", index, load, book.state("grid_mw", *index))
        if world.equipment:
            carried = exact(row.loading_limit_fraction) * book.state("installed_mva", *index)
            book.at_most("6.7", index, load / exact(row.power_factor), carried)


def _check_slots(book: Book) -> None:
    world = book.world
    delivered: defaultdict[tuple[str, int], Fraction] = defaultdict(Fraction)
    for (_, equipment, period), units in book.decided("delivered_units"):
        delivered[equipment, world.calendar.by_label[period].year] += units
    for row in world.instance.slots:
        units = delivered[row.equipment, row.year]
        book.at_most("6.8", (row.equipment, str(row.year)), units, Fraction(row.units))
