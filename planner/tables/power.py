"""Power of every site: the grid, the equipment behind it, and the four MWs that a site is spoken of by."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from planner.check.calendar import Period
from planner.check.equipment import kinds, loaded_twice
from planner.check.exact import ZERO, exact
from planner.tables.book import Book
from planner.tables.frame import Column, Frame, Row, text

GRID = Frame(
    "grid",
    "Utility MW in service against the load at design peak.",
    (
        text("site", "Site."),
        text("period", "Period."),
        Column("grid_mw", "Utility MW in service, firm and interruptible."),
        Column("load_mw", "Facility MW at design peak of everything that occupies halls."),
        Column("headroom_mw", "MW left: grid and dependable MW less load."),
        Column("dependable_mw", "MW of own generation that relieve the grid at the peak."),
    ),
)

EQUIPMENT = Frame(
    "equipment",
    "Transformers, breakers and switchgear against the load, for each kind that is modelled; empty where the instance has no equipment.",
    (
        text("site", "Site."),
        text("kind", "transformer, breaker or switchgear."),
        text("period", "Period."),
        Column("delivered_units", "Units ordered by the plan that enter service in the period."),
        Column("installed_mva", "Sum of the ratings in service."),
        Column("limit_mva", "Load that they may carry: (rating less reserve) x loading limit."),
        Column("load_mva", "Load at design peak: facility MW / power factor; 2N halls count twice."),
        Column("headroom_mva", "MVA left."),
        Column("in_service_units", "Units in service all through the period."),
        Column("reserve_mva", "Rating of the largest unit, kept in reserve while an N+1 hall is in use."),
    ),
)

MEGAWATTS = Frame(
    "megawatts",
    "The four MWs of a site: gross (utility and own dependable), facility at design peak, critical IT, and average draw. The "
    "published ratio of gross to IT MW of an AI campus already holds PUE and reserve: compare it with the ratios here, and never multiply "
    "it by a PUE.",
    (
        text("site", "Site."),
        text("period", "Period."),
        Column("utility_mw", "Utility MW in service."),
        Column("firm_mw", "Of them firm."),
        Column("interruptible_mw", "Of them interruptible: they serve mining halls only."),
        Column("dependable_mw", "MW of own generation that relieve the grid at the peak."),
        Column("gross_mw", "Utility and dependable MW: what may be drawn at the peak."),
        Column("facility_mw", "Facility MW at design peak of everything that occupies halls."),
        Column("it_mw", "IT MW in use: peak of the period for tenants and clusters, mean for machines."),
        Column("average_mw", "Facility MW drawn, mean over all hours: own use, hosted machines and tenants."),
        Column("gross_mw_per_it_mw", "Gross MW per IT MW in use, never below the PUE at design peak; blank without any."),
        Column("ai_it_mw", "IT MW in use in AI halls: those of any product but mining."),
        Column(
            "ai_gross_mw",
            "MW for AI halls: utility MW less the facility MW of mining halls, firm ones at most, and dependable MW of own generation.",
        ),
        Column("ai_gross_mw_per_it_mw", "MW for AI halls per IT MW in use in them; blank without any. Announced campuses: 1.25 to 1.52."),
    ),
)


def grid_rows(book: Book) -> Iterator[Row]:
    """One row per site and period."""
    for site in book.world.sites:
        for period in book.periods:
            grid, load, dependable = (book.state(name, site, period.label) for name in ("grid_mw", "load_mw", "dependable_mw"))
            yield {
                "site": site, "period": period.label, "grid_mw": grid, "load_mw": load, "headroom_mw": grid + dependable - load,
                "dependable_mw": dependable,
            }  # fmt: skip


def equipment_rows(book: Book) -> Iterator[Row]:
    """One row per site, kind of equipment that is modelled, and period."""
    for name, site in book.world.sites.items():
        for kind in kinds(book.world):
            types = [row.id for row in book.world.equipment.values() if row.kind == kind]
            for period in book.periods:
                installed, reserve = (book.state(state, name, kind, period.label) for state in ("installed_mva", "reserve_mva"))
                limit, load = exact(site.loading_limit_fraction) * (installed - reserve), _load_mva(book, name, period)
                yield {
                    "site": name,
                    "kind": kind,
                    "period": period.label,
                    "delivered_units": sum((book.decided("delivered_units", name, type_, period.label) for type_ in types), ZERO),
                    "installed_mva": installed,
                    "limit_mva": limit,
                    "load_mva": load,
                    "headroom_mva": limit - load,
                    "in_service_units": sum((_units(book, name, type_, period) for type_ in types), ZERO),
                    "reserve_mva": reserve,
                }


def _load_mva(book: Book, site: str, period: Period) -> Fraction:
    """Load of each kind of equipment (6.7)."""
    mw = book.state("load_mw", site, period.label)
    for hall in book.world.halls_at[site]:
        if loaded_twice(book.world, hall):
            mw += exact(book.world.halls[hall].pue_peak) * _occupied_mw(book, site, hall, period)
    return mw / exact(book.world.sites[site].power_factor)


def _occupied_mw(book: Book, site: str, hall: str, period: Period) -> Fraction:
    return book.state("resident_mw", site, hall, period.label) + book.state("movable_mw", site, hall, period.label)


def _units(book: Book, site: str, equipment: str, period: Period) -> Fraction:
    """Units of a type that are in service all through a period."""
    units = ZERO
    for unit in book.world.units.values():
        if (unit.site, unit.item) == (site, equipment):
            units += book.coming(unit) * period.whole(unit.start, unit.end)
    for (where, type_, label), count in book.decisions("delivered_units"):
        if (where, type_) == (site, equipment):
            first = book.calendar.by_label[label].first
            units += count * period.whole(first, first + book.world.equipment[equipment].life_months)
    return units


def megawatt_rows(book: Book) -> Iterator[Row]:
    """One row per site and period."""
    cut = {row.site for row in book.instance.grid if row.service == "interruptible"}
    for site in book.world.sites:
        for period in book.periods:
            utility, load, dependable = (book.state(name, site, period.label) for name in ("grid_mw", "load_mw", "dependable_mw"))
            firm = book.state("firm_mw", site, period.label) if site in cut else utility
            it_mw, ai_mw, mining_mw = _in_use(book, site, period)
            for_ai = min(firm, utility - mining_mw) + dependable
            yield {
                "site": site, "period": period.label,
                "utility_mw": utility, "firm_mw": firm, "interruptible_mw": utility - firm, "dependable_mw": dependable,
                "gross_mw": utility + dependable, "facility_mw": load, "it_mw": it_mw, "average_mw": _average_mw(book, site, period),
                "gross_mw_per_it_mw": (utility + dependable) / it_mw if it_mw > 0 else None,
                "ai_it_mw": ai_mw, "ai_gross_mw": for_ai,
                "ai_gross_mw_per_it_mw": for_ai / ai_mw if ai_mw > 0 else None,
            }  # fmt: skip


def _in_use(book: Book, site: str, period: Period) -> tuple[Fraction, Fraction, Fraction]:
    """IT MW in use in all halls and in AI halls, and facility MW at design peak of mining halls."""
    it_mw, ai_mw, mining_mw = ZERO, ZERO, ZERO
    for hall in book.world.halls_at[site]:
        used = _occupied_mw(book, site, hall, period)
        it_mw += used
        if book.world.ai(hall):
            ai_mw += used
        else:
            mining_mw += exact(book.world.halls[hall].pue_peak) * used
    return it_mw, ai_mw, mining_mw


def _average_mw(book: Book, site: str, period: Period) -> Fraction:
    drawn = sum((hours * book.state("draw_mw", site, period.label, block) for block, hours in book.blocks(site, period)), ZERO)
    return drawn / period.hours + book.tenant_mw.get((site, period.label), ZERO)
