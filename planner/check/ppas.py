"""Power contracts: which are accepted, what is taken and resold, and what is paid for though not taken (section 13 of MATHS.md)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from planner.check.book import Book
from planner.check.calendar import FiscalYear, Period
from planner.check.decisions import Domain, unbounded
from planner.check.exact import ZERO, exact
from planner.check.world import World
from planner_models.rows import Ppa


def _share(world: World, ppa: Ppa, u: Period) -> Fraction:
    """Share of a period in which the contract delivers."""
    return u.share(world.calendar.month(ppa.from_month), world.calendar.month(ppa.to_month))


def _accepted_absent(world: World, ppa: str) -> str | None:
    row = world.ppas[ppa]
    if row.signed:
        return f"{ppa} is signed already"
    return None if any(_share(world, row, u) for u in world.periods) else f"{ppa} delivers in no period of the plan"


def _taken_absent(world: World, ppa: str, period: str, block: str) -> str | None:
    row = world.ppas[ppa]
    if block not in world.blocks[row.site]:
        return f"the market of {row.site} has no block {block}"
    return None if _share(world, row, world.calendar.by_label[period]) else f"{ppa} does not deliver in {period}"


def _remarketed_absent(world: World, ppa: str, period: str, block: str) -> str | None:
    return _taken_absent(world, ppa, period, block) if world.ppas[ppa].resale else f"{ppa} may not be resold"


DOMAINS = {
    "accepted": Domain(_accepted_absent, lambda world, ppa: Fraction(1)),
    "taken_mw": Domain(_taken_absent, unbounded),
    "remarketed_mw": Domain(_remarketed_absent, unbounded),
}


def account(book: Book) -> None:
    """State (13.6), and what contracts cost and bring when resold."""
    world = book.world
    for (ppa, period, block), mw in book.decided("taken_mw"):
        row, u = world.ppas[ppa], world.calendar.by_label[period]
        mwh = world.block_hours(row.site, block, u) * mw
        book.post("operating", "ppa", ppa, row.site, period, mwh * exact(row.strike_usd_per_mwh) / 1_000_000)
    for (ppa, period, block), mw in book.decided("remarketed_mw"):
        row, u = world.ppas[ppa], world.calendar.by_label[period]
        usd_per_mwh = world.node_price(row.site, block, u) - exact(row.resale_haircut_usd_per_mwh)
        mwh = world.block_hours(row.site, block, u) * mw
        book.post("revenue", "ppa", ppa, row.site, period, mwh * usd_per_mwh / 1_000_000)
    for row, year in _committed(world):
        unused = max(ZERO, _missing_mwh(book, row, year)) / 1000
        book.add("unused_gwh", (row.id, year.label), unused)
        cost = exact(row.strike_usd_per_mwh) * unused / 1000
        book.post("operating", "ppa", row.id, row.site, year.periods[-1].label, cost)


def _committed(world: World) -> Iterator[tuple[Ppa, FiscalYear]]:
    """Contracts with take or pay, and the fiscal years in which they deliver."""
    for row in world.ppas.values():
        for year in world.calendar.fiscal_years:
            if row.take_or_pay_fraction and any(_share(world, row, u) for u in year.periods):
                yield row, year


def _missing_mwh(book: Book, row: Ppa, year: FiscalYear) -> Fraction:
    """MWh of a fiscal year that must be paid for less those taken; negative where more is taken."""
    world, missing = book.world, ZERO
    for u in year.periods:
        missing += exact(row.take_or_pay_fraction) * _offered_mw(book, row, u) * u.hours
        for block in world.blocks[row.site]:
            missing -= world.block_hours(row.site, block, u) * book.decision("taken_mw", row.id, u.label, block)
    return missing


def _offered_mw(book: Book, row: Ppa, u: Period) -> Fraction:
    """MW that may be taken in a period: none of an offer that is not accepted."""
    accepted = Fraction(1) if row.signed else book.decision("accepted", row.id)
    return exact(row.mw) * _share(book.world, row, u) * accepted


def check(book: Book) -> None:
    """Rows (13.4) and (13.5)."""
    world = book.world
    for index, mw in book.decided("taken_mw"):
        book.at_most("13.4", index, mw, _offered_mw(book, world.ppas[index[0]], world.calendar.by_label[index[1]]))
    for index, mw in book.decided("remarketed_mw"):
        book.at_most("13.5", index, mw, book.decision("taken_mw", *index))
