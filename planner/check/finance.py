"""The company: its costs, dividends, new shares, the cash floor and budgets (section 8 of MATHS.md)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from planner.check.book import Book, Chosen, everything
from planner.check.decisions import Domain, unbounded
from planner.check.exact import ZERO, exact
from planner.check.world import World


def _dividends_absent(world: World, period: str) -> str | None:
    allowed = world.instance.finance.dividends_from
    if allowed is None or world.calendar.by_label[period].first >= world.calendar.month(allowed):
        return None
    return f"no dividend may be paid before {allowed:%Y-%m}"


def _issued_absent(world: World, equity: str, period: str) -> str | None:
    row, first, month = world.equity[equity], world.calendar.by_label[period].first, world.calendar.month
    if row.from_month is not None and first < month(row.from_month):
        return f"{equity} may not be sold before {row.from_month:%Y-%m}"
    if row.to_month is not None and first >= month(row.to_month):
        return f"{equity} may not be sold from {row.to_month:%Y-%m} on"
    return None


def _issued_bound(world: World, equity: str, period: str) -> Fraction:
    return exact(world.equity[equity].limit_musd_per_quarter) * world.calendar.by_label[period].months / 3


DOMAINS = {
    "dividends_musd": Domain(_dividends_absent, unbounded),
    "issued_musd": Domain(_issued_absent, _issued_bound),
}


def account_costs(book: Book) -> None:
    """Fixed cost of sites while they are held, and overhead of the company."""
    world = book.world
    for u in world.periods:
        level = u.length_years * world.growth(u)
        for site, row in world.sites.items():
            book.post("operating", "site", site, site, u.label, exact(row.fixed_cost_musd_per_year) * level * book.held(site, u.label))
        book.post("operating", "overhead", "overhead", "", u.label, exact(world.instance.finance.overhead_musd_per_year) * level)


def company(book: Book, account: str, chosen: Chosen = everything) -> dict[str, Fraction]:
    """M$ of an account by period over all sites and the company itself, of the lines that are chosen."""
    sums = {u.label: ZERO for u in book.world.periods}
    for (_, period), musd in book.totals(account, chosen).items():
        if period in sums:
            sums[period] += musd
    return sums


def unrestricted_musd(book: Book, period: str) -> Fraction:
    """Cash at the end of a period that no lender holds back (8.14)."""
    return book.state("cash_musd", period) - book.state("reserve_musd", period)


def check(book: Book) -> None:
    """Rows (8.7) and (8.8)."""
    floor = exact(book.world.instance.finance.cash_floor_musd)
    for u in book.world.periods:
        book.at_least("8.7", (u.label,), unrestricted_musd(book, u.label), floor)
    for label, limit, spent in _budgets(book, company(book, "capex")):
        book.at_most("8.8", (label,), spent, limit)


def _budgets(book: Book, capex: dict[str, Fraction]) -> Iterator[tuple[str, Fraction, Fraction]]:
    rows = {row.year: exact(row.capex_musd) for row in book.world.instance.budgets}
    for year in book.world.calendar.fiscal_years:
        if all(number in rows for number in year.years):
            limit = sum((rows[number] for number in year.years), ZERO)
            yield year.label, limit, sum((capex[u.label] for u in year.periods), ZERO)
