"""Ports: what the uses tell the rest, closed from the states and the journal that they wrote (section 10 of MATHS.md)."""

from __future__ import annotations

from planner.check.book import Book, Chosen
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
    """States (10.5)-(10.10) and (10.15)-(10.17): sums of the journal by site and period."""
    world = book.world
    for account in ("revenue", "operating", "capex", "depreciation"):
        sums = book.totals(account)
        for site, u in ((s, u.label) for s in world.sites for u in world.periods):
            book.add(f"{account}_musd", (site, u), sums.get((site, u), ZERO))
    terminal, basis = book.totals("terminal"), book.totals("basis")
    for site in world.sites:
        book.add("terminal_musd", (site,), terminal.get((site, ""), ZERO))
        book.add("final_basis_musd", (site,), basis.get((site, ""), ZERO))
    _account_machines(book)
    _account_once(book)
    _account_uses(book)


USES = {"hashing": ("hashing",), "colocation": ("lease",), "hpc": ("gpu", "contract")}
"""The causes whose revenue is that of a use."""


def _account_machines(book: Book) -> None:
    """State (10.15), where a lender tells machines from the rest: ASICs and GPUs ordered, and what is due on those that come."""
    world = book.world
    if any(row.kind in ("project", "equipment") for row in world.debts.values()):
        coming = {row.id for row in world.instance.opening if row.item in world.asics or row.item in world.gpus}
        bought = _caused_by("asic", "gpu")
        _publish(book, "machine_capex_musd", "capex", lambda cause, item: bought(cause, item) or (cause == "opening" and item in coming))


def _account_once(book: Book) -> None:
    """State (10.16), where there are covenants: what used machines and sites that are sold bring, less closing costs."""
    world = book.world
    if world.instance.covenants:
        _publish(book, "one_off_musd", "revenue", _caused_by("resale", "sale"))
        for (site, period), sold in book.decided("sold"):
            book.add("one_off_musd", (site, period), -exact(world.sites[site].closing_cost_musd) * sold)


def _account_uses(book: Book) -> None:
    """State (10.17), where a policy counts revenue."""
    if any(row.measure == "revenue_musd" for row in book.world.instance.policies):
        for use, causes in USES.items():
            _publish(book, "use_revenue_musd", "revenue", _caused_by(*causes), use)


def _caused_by(*causes: str) -> Chosen:
    return lambda cause, item: cause in causes


def _publish(book: Book, state: str, account: str, chosen: Chosen, *index: str) -> None:
    """The lines of an account that are chosen, by site and period, as a state; zero where there are none."""
    sums = book.totals(account, chosen)
    for site, u in ((s, u.label) for s in book.world.sites for u in book.world.periods):
        book.add(state, (*index, site, u), sums.get((site, u), ZERO))
