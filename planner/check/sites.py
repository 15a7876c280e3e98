"""Sites on offer and for sale: when the company holds them, what it pays and gets for them (section 11 of MATHS.md)."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from planner.check.book import Book
from planner.check.decisions import Domain
from planner.check.exact import ZERO, exact
from planner.check.power import raw_mw
from planner.check.world import World

Added = defaultdict[tuple[str, str], Fraction]
"""Whole things by site and period."""


def _opened_absent(world: World, site: str, period: str) -> str | None:
    row, first, month = world.sites[site], world.calendar.by_label[period].first, world.calendar.month
    if not world.on_offer(site):
        return f"{site} is not on offer"
    if row.offer_from is not None and first < month(row.offer_from):
        return f"{site} is not on offer before {row.offer_from:%Y-%m}"
    if row.offer_to is not None and first > month(row.offer_to):
        return f"{site} is not on offer after {row.offer_to:%Y-%m}"
    return None


def _sold_absent(world: World, site: str, period: str) -> str | None:
    row = world.sites[site]
    if not world.for_sale(site):
        return f"{site} is not for sale"
    if row.sale_from is not None and world.calendar.by_label[period].first < world.calendar.month(row.sale_from):
        return f"{site} is not for sale before {row.sale_from:%Y-%m}"
    return None


DOMAINS = {
    "opened": Domain(_opened_absent, lambda world, *index: Fraction(1)),
    "sold": Domain(_sold_absent, lambda world, *index: Fraction(1)),
}


def account(book: Book) -> None:
    """State (11.3), within 0 and 1 whatever the plan decides."""
    world = book.world
    for site in world.sites:
        for u in world.periods:
            if world.on_offer(site):
                share = _taken(book, "opened", site, u.first)
            elif world.for_sale(site):
                share = 1 - _taken(book, "sold", site, u.first)
            else:
                continue
            book.add("held", (site, u.label), min(max(share, ZERO), Fraction(1)))


def _taken(book: Book, family: str, site: str, month: int) -> Fraction:
    """Purchases or sales of a site at the start of periods up to a month."""
    return sum((book.decision(family, site, v.label) for v in book.world.periods if v.first <= month), ZERO)


def account_money(book: Book) -> None:
    """State (11.12); what a purchase costs, which is not written off, and what a sale brings and costs."""
    world = book.world
    for (site, period), value in book.decided("opened"):
        price = exact(world.sites[site].option_price_musd or 0) * value
        book.post("capex", "site", site, site, period, price)
        book.post_basis("site", site, site, price, [])
    for site, row in world.sites.items():
        for u in world.periods if world.for_sale(site) else ():
            sold = book.decision("sold", site, u.label)
            proceeds = exact(row.sale_musd_per_mw or 0) * raw_mw(book, site, u) * sold
            book.add("proceeds_musd", (site, u.label), proceeds)
            book.post("revenue", "sale", site, site, u.label, proceeds)
            book.post("operating", "site", site, site, u.label, exact(row.closing_cost_musd) * sold)


def check(book: Book) -> None:
    """Rows (11.1), (11.2), (11.4), (11.6) and (11.13)."""
    _check_choices(book)
    _check_upgrades(book)
    _check_land(book)
    _check_entry(book)


def _check_choices(book: Book) -> None:
    last = book.world.periods[-1].first
    for site in book.world.sites:
        book.at_most("11.1", (site,), _taken(book, "opened", site, last), Fraction(1))
        book.at_most("11.2", (site,), _taken(book, "sold", site, last), Fraction(1))


def _check_upgrades(book: Book) -> None:
    world = book.world
    for (grid, period), value in book.decided("upgraded"):
        row, first = world.grid[grid], world.calendar.by_label[period].first
        if world.on_offer(row.site):
            book.at_most("11.4", (grid, period), value, _taken(book, "opened", row.site, first - row.lead_months))


def _check_land(book: Book) -> None:
    world = book.world
    for site, row in world.sites.items():
        for u in world.periods if world.on_offer(site) else ():
            land = exact(row.land_it_mw) * book.held(site, u.label)
            book.at_most("11.6", (site, u.label), book.state("land_mw", site, u.label), land)


def _check_entry(book: Book) -> None:
    """What enters a site that is not bought yet or sold already, or is retired there, one whole thing as another."""
    for (site, period), things in _entering(book).items():
        if book.world.on_offer(site) or book.world.for_sale(site):
            book.at_most("11.13", (site, period), things, things * book.held(site, period))


def _entering(book: Book) -> Added:
    entering: Added = defaultdict(Fraction)
    for (site, _, period), modules in book.decided("built_modules"):
        entering[site, period] += modules
    for (_, cohort, period), lots in book.decided("converted_lots"):
        entering[book.world.cohorts[cohort].site, period] += lots
    for (grid, period), value in book.decided("upgraded"):
        entering[book.world.grid[grid].site, period] += value
    for (site, _, period), units in book.decided("delivered_units"):
        entering[site, period] += units
    for (cohort, period), modules in book.decided("retired_modules"):
        entering[book.world.cohorts[cohort].site, period] += modules
    return entering
