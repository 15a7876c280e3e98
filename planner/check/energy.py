"""Energy: what own machines draw in each block, bought at spot plus the site's adder (section 7 of MATHS.md)."""

from __future__ import annotations

from planner.check.book import Book
from planner.check.exact import exact


def account(book: Book) -> None:
    """State (7.1) and its entries by the machine that draws."""
    world = book.world
    for site in world.sites:
        for u in world.periods:
            book.add("energy_cost_musd", (site, u.label), 0)
    for (site, period, block, item), facility_mw in book.draws.items():
        u = world.calendar.by_label[period]
        hours_fraction, usd_per_mwh = world.price(site, block, u)
        usd_per_mwh += exact(world.sites[site].energy_adder_usd_per_mwh)
        cost = facility_mw * u.hours * hours_fraction * usd_per_mwh / 1_000_000
        book.add("energy_cost_musd", (site, period), cost)
        book.post("operating", "energy", item, site, period, cost)
