"""Power: grid MW by date and service, upgrades, approvals and the security posted for them (section 6 of MATHS.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from planner.check.book import Book
from planner.check.calendar import Period
from planner.check.decisions import Domain
from planner.check.exact import ZERO, exact
from planner.check.world import World
from planner_models.rows import Grid


def _upgraded_absent(world: World, grid: str, period: str) -> str | None:
    row, t = world.grid[grid], world.calendar.by_label[period]
    if row.kind != "upgrade":
        return f"{grid} is not an upgrade"
    if row.from_month is not None and t.first < world.calendar.month(row.from_month):
        return f"it is not offered before {row.from_month:%Y-%m}"
    return world.unordered(period, row.lead_months)


DOMAINS = {"upgraded": Domain(_upgraded_absent, lambda world, *index: Fraction(1))}


def account(book: Book) -> None:
    """States (6.3), (6.9) and (6.16), the capex of upgrades and what is due on energised MW on order; reads held."""
    world = book.world
    for site, u in ((s, u) for s in world.sites for u in world.periods):
        book.add("grid_mw", (site, u.label), _connected(book, site, u, firm_only=False))
        if _interruptible(world, site):
            book.add("firm_mw", (site, u.label), _connected(book, site, u, firm_only=True))
    _post_security(book)
    _post_capex(book)


def raw_mw(book: Book, site: str, u: Period, firm_only: bool = False) -> Fraction:
    """MW energised by a period, upgrades included, whoever holds the site."""
    return _energised(book.world, site, u, firm_only) + _upgraded(book, site, u, firm_only)


def _energised(world: World, site: str, u: Period, firm_only: bool) -> Fraction:
    return _standing(world, "energised", site, u, firm_only)


def _standing(world: World, kind: str, site: str, u: Period, firm_only: bool = False) -> Fraction:
    """MW of the rows of a kind that count by the start of a period; one from inside a period counts from the next."""
    rows = [row for row in world.instance.grid if row.kind == kind and row.site == site and not (firm_only and _cut(row))]
    return sum((exact(row.mw) for row in rows if row.from_month is not None and world.calendar.month(row.from_month) <= u.first), ZERO)


def _upgraded(book: Book, site: str, u: Period, firm_only: bool) -> Fraction:
    world, mw = book.world, ZERO
    for (grid, period), value in book.decided("upgraded"):
        row = world.grid[grid]
        if row.site == site and world.calendar.by_label[period].first <= u.first and not (firm_only and _cut(row)):
            mw += exact(row.mw) * value
    return mw


def _cut(row: Grid) -> bool:
    return row.service == "interruptible"


def _interruptible(world: World, site: str) -> bool:
    return any(_cut(row) for row in world.instance.grid if row.site == site)


def _connected(book: Book, site: str, u: Period, firm_only: bool) -> Fraction:
    """MW in service: what stands at a site on offer comes with it, and all of a site for sale goes with it."""
    energised, upgraded = _energised(book.world, site, u, firm_only), _upgraded(book, site, u, firm_only)
    held = book.held(site, u.label)
    return energised * held + upgraded if book.world.on_offer(site) else (energised + upgraded) * held


def _post_security(book: Book) -> None:
    """What is posted at the end of a period: from the order month, for energised MW from the start, back some months after service."""
    world = book.world
    for site in dict.fromkeys(row.site for row in world.instance.grid if row.security_musd):
        for u in world.periods:
            book.add("posted_musd", (site, u.label), 0)
    for (grid, period), value in book.decided("upgraded"):
        row, first = world.grid[grid], world.calendar.by_label[period].first
        for u in world.periods if row.security_musd else ():
            if first - row.lead_months < u.end <= first + row.security_months:
                book.add("posted_musd", (row.site, u.label), exact(row.security_musd) * value)
    for row, _, back in _connecting(world):
        for u in world.periods if row.security_musd else ():
            if u.end <= back:
                book.add("posted_musd", (row.site, u.label), exact(row.security_musd))


def _connecting(world: World) -> Iterator[tuple[Grid, int, int]]:
    """Energised rows, the month in which each comes and the month in which its security is back."""
    for row in world.instance.grid:
        if row.kind == "energised" and row.from_month is not None:
            comes = world.calendar.month(row.from_month)
            yield row, comes, comes + row.security_months


def opening_posted_musd(world: World) -> Fraction:
    """Security that is posted at the start."""
    return sum((exact(row.security_musd) for row, _, back in _connecting(world) if back >= 0), ZERO)


def _post_capex(book: Book) -> None:
    world = book.world
    for (grid, period), value in book.decided("upgraded"):
        row, t = world.grid[grid], world.calendar.by_label[period]
        payments = world.calendar.deposit_profile(t, row.lead_months, exact(row.deposit_fraction))
        price = exact(row.cost_musd) * world.capex_level(t.first - row.lead_months) * value
        book.post_asset("grid", grid, row.site, price, payments, t, row.tax_life_months)
    for row, comes, _ in _connecting(world):
        if 0 <= comes < world.calendar.horizon:
            due = exact(row.due_musd)
            book.post_profile("capex", "grid", row.id, row.site, due, world.calendar.straight_line(comes, 1))
            book.post_basis("grid", row.id, row.site, due, world.calendar.write_off(comes, row.tax_life_months))


def account_spare(book: Book) -> None:
    """State (6.17), and what the utility MW that no capitalised lease draws are worth; reads grid, dependable and capitalised MW."""
    world, last = book.world, book.world.periods[-1].label
    for site, row in world.sites.items():
        grid = book.state("grid_mw", site, last)
        leased = sum((exact(world.halls[h].pue_peak) * book.state("capitalised_mw", site, h) for h in world.halls_at[site]), ZERO)
        free = grid - leased
        if world.generators_at[site] and world.leases:
            free = min(grid, free + book.state("dependable_mw", site, last))
            book.add("spare_mw", (site,), free)
        book.post("terminal", "grid", site, site, "", exact(row.energised_musd_per_mw) * free)


def check(book: Book) -> None:
    """Rows (6.2), (6.4), (6.10) and (6.11)."""
    _check_upgrades(book)
    for site in book.world.sites:
        for u in book.world.periods:
            _check_load(book, site, u)


def _check_upgrades(book: Book) -> None:
    times: defaultdict[str, Fraction] = defaultdict(Fraction)
    for (grid, _), value in book.decided("upgraded"):
        times[grid] += value
    for grid, value in times.items():
        book.at_most("6.2", (grid,), value, Fraction(1))


def _check_load(book: Book, site: str, u: Period) -> None:
    world, index = book.world, (site, u.label)
    grid, dependable = book.state("grid_mw", *index), book.state("dependable_mw", *index)
    book.at_most("6.4", index, book.state("load_mw", *index), grid + dependable)
    if _interruptible(world, site):
        firm_load = ZERO
        for hall in world.halls_at[site]:
            if world.ai(hall):
                firm_load += exact(world.halls[hall].pue_peak) * book.occupied_mw(site, hall, u.label)
        book.at_most("6.10", index, firm_load, book.state("firm_mw", *index) + dependable)
    if any(row.kind == "approved" and row.site == site for row in world.instance.grid):
        book.at_most("6.11", index, grid, _standing(world, "approved", site, u))
