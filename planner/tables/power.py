"""Power of every site: the grid, the transformers and the energy bought in each block of hours."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from planner.check.exact import ZERO, exact
from planner.tables.book import Book
from planner.tables.frame import Column, Frame, Row, text

GRID = Frame(
    "grid",
    "Utility MW in service against the load at design peak.",
    (
        text("site", "Site."),
        text("period", "Period."),
        Column("grid_mw", "Utility MW in service."),
        Column("load_mw", "Facility MW at design peak of everything that occupies halls."),
        Column("headroom_mw", "Utility MW left."),
    ),
)

TRANSFORMERS = Frame(
    "transformers",
    "Transformers against the load; empty where the instance has no equipment.",
    (
        text("site", "Site."),
        text("period", "Period."),
        Column("delivered_units", "Units that enter service in the period."),
        Column("installed_mva", "Sum of the ratings in service."),
        Column("limit_mva", "Load that they may carry: rating x loading limit."),
        Column("load_mva", "Load at design peak: facility MW / power factor."),
        Column("headroom_mva", "MVA left."),
    ),
)

ENERGY = Frame(
    "energy",
    "Energy by site, period and block of hours.",
    (
        text("site", "Site."),
        text("period", "Period."),
        text("block", "Block of hours."),
        Column("hours", "Hours of the block in the period."),
        Column("spot_usd_per_mwh", "Mean spot price in the block."),
        Column("adder_usd_per_mwh", "Wires, losses and retail charges of the site."),
        Column("own_mwh", "Bought for own machines, PUE included."),
        Column("own_cost_musd", "Cost of it, M$."),
        Column("tenant_mwh", "Passed through to tenants at full use: leased MW (mean of the period) x average PUE x hours; no cash."),
    ),
)


def grid_rows(book: Book) -> Iterator[Row]:
    """One row per site and period."""
    for site in book.world.sites:
        for period in book.periods:
            grid, load = book.state("grid_mw", site, period.label), book.state("load_mw", site, period.label)
            yield {"site": site, "period": period.label, "grid_mw": grid, "load_mw": load, "headroom_mw": grid - load}


def transformer_rows(book: Book) -> Iterator[Row]:
    """One row per site and period, where transformers are modelled."""
    for name, site in book.world.sites.items() if book.world.equipment else ():
        for period in book.periods:
            installed = book.state("installed_mva", name, period.label)
            limit = exact(site.loading_limit_fraction) * installed
            load = book.state("load_mw", name, period.label) / exact(site.power_factor)
            yield {
                "site": name,
                "period": period.label,
                "delivered_units": sum((book.decided("delivered_units", name, kind, period.label) for kind in book.world.equipment), ZERO),
                "installed_mva": installed,
                "limit_mva": limit,
                "load_mva": load,
                "headroom_mva": limit - load,
            }


def energy_rows(book: Book) -> Iterator[Row]:
    """One row per site, period and block of the site's market."""
    tenants = _tenant_mw(book)
    for name, site in book.world.sites.items():
        adder = exact(site.energy_adder_usd_per_mwh)
        for period in book.periods:
            for block in book.world.blocks[name]:
                share, spot = book.world.price(name, block, period)
                hours = share * period.hours
                own = book.state("draw_mw", name, period.label, block) * hours
                yield {
                    "site": name,
                    "period": period.label,
                    "block": block,
                    "hours": hours,
                    "spot_usd_per_mwh": spot,
                    "adder_usd_per_mwh": adder,
                    "own_mwh": own,
                    "own_cost_musd": own * (spot + adder) / 1_000_000,
                    "tenant_mwh": tenants.get((name, period.label), ZERO) * hours,
                }


def _tenant_mw(book: Book) -> dict[tuple[str, str], Fraction]:
    """Facility MW of tenants at full use, mean of the period, by site and period."""
    mw: dict[tuple[str, str], Fraction] = {}
    for placement in book.placements:
        pue = exact(book.world.halls[placement.hall].pue_average)
        for period, _ in book.calendar.overlapped(placement.start.first, placement.end):
            key = (placement.site, period.label)
            mw[key] = mw.get(key, ZERO) + placement.mw * pue * period.share(placement.start.first, placement.end)
    return mw
