"""Ports: what the uses tell the rest, closed from the states and the journal that they wrote (section 10 of MATHS.md)."""

from __future__ import annotations

from planner.check.book import Book
from planner.check.exact import ZERO, exact


def account_load(book: Book) -> None:
    """States (10.1)-(10.4); every state that a pair or a site has is in the ledger, zero where nothing is."""
    world = book.world
    for site, u in ((s, u.label) for s in world.sites for u in world.periods):
        load = ZERO
        for hall in world.halls_at[site]:
            index = (site, hall, u)
            for part in ("leased_mw", "cluster_mw", "movable_mw"):
                book.add(part, index, 0)
            book.add("resident_mw", index, book.state("leased_mw", *index) + book.state("cluster_mw", *index))
            load += exact(world.halls[hall].pue_peak) * (book.state("resident_mw", *index) + book.state("movable_mw", *index))
        book.add("load_mw", (site, u), load)
        for block in world.blocks[site]:
            book.add("draw_mw", (site, u, block), 0)
    for site in world.sites:
        for hall in world.halls_at[site]:
            book.add("capitalised_mw", (site, hall), 0)


def account_money(book: Book) -> None:
    """States (10.5)-(10.10): sums of the journal by site and period."""
    world = book.world
    for account in ("revenue", "operating", "capex", "depreciation"):
        sums = book.totals(account)
        for site, u in ((s, u.label) for s in world.sites for u in world.periods):
            book.add(f"{account}_musd", (site, u), sums.get((site, u), ZERO))
    terminal, basis = book.totals("terminal"), book.totals("basis")
    for site in world.sites:
        book.add("terminal_musd", (site,), terminal.get((site, ""), ZERO))
        book.add("final_basis_musd", (site,), basis.get((site, ""), ZERO))
