"""Cash and debt: costs of the company, facilities, the budget, and cash period by period (section 8 of MATHS.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from planner.check.book import Book
from planner.check.calendar import Period
from planner.check.decisions import Domain, everywhere, unbounded
from planner.check.exact import TOLERANCE, ZERO, amount_words, exact
from planner.check.world import World
from planner_models.rows import Debt, Opening


def _drawn_absent(world: World, debt: str, period: str) -> str | None:
    row, first, month = world.debts[debt], world.calendar.by_label[period].first, world.calendar.month
    end = month(row.maturity) if row.available_to is None else min(month(row.available_to), month(row.maturity))
    begin = 0 if row.available_from is None else month(row.available_from)
    if not row.advance_fraction:
        return f"{debt} advances nothing"
    return None if begin <= first < end else f"{debt} is not open for draws at the start of {period}"


def _dividends_absent(world: World, period: str) -> str | None:
    allowed = world.instance.finance.dividends_from
    if allowed is None or world.calendar.by_label[period].first >= world.calendar.month(allowed):
        return None
    return f"no dividend may be paid before {allowed:%Y-%m}"


DOMAINS = {
    "drawn_musd": Domain(_drawn_absent, lambda world, debt, period: exact(world.debts[debt].limit_musd)),
    "repaid_musd": Domain(everywhere, unbounded),
    "dividends_musd": Domain(_dividends_absent, unbounded),
}


def account_costs(book: Book) -> None:
    """Fixed cost of sites while they are held, overhead of the company, and what stands at the start or is still to come."""
    world = book.world
    for u in world.periods:
        level = u.length_years * world.growth(u)
        for site, row in world.sites.items():
            book.post("operating", "site", site, site, u.label, exact(row.fixed_cost_musd_per_year) * level * book.held(site, u.label))
        book.post("operating", "overhead", "overhead", "", u.label, exact(world.instance.finance.overhead_musd_per_year) * level)
    for opening in world.instance.opening:
        _account_opening(book, opening)


def _account_opening(book: Book, row: Opening) -> None:
    """The tax basis at the start, and what is due when a pending thing comes, less the share of units that are cancelled."""
    calendar, life = book.world.calendar, book.world.thing(row).tax_life_months
    first = calendar.month(row.in_service)
    book.post_basis("opening", row.id, row.site, exact(row.tax_basis_musd), calendar.opening_write_off(first, life))
    if 0 < first < calendar.horizon and row.due_musd:
        cancelled = book.decision("cancelled_units", row.id)
        due = exact(row.due_musd) * (1 - cancelled / (row.count or 1))
        payment = [(u, Fraction(1)) for u, _ in calendar.overlapped(first, first + 1)]
        book.post_profile("capex", "opening", row.id, row.site, due, payment)
        book.post_basis("opening", row.id, row.site, due, calendar.write_off(first, life))


def account_debt(book: Book) -> None:
    """States (8.3) and (8.9), and by facility the interest on opening balances and the fees on draws."""
    for u in book.world.periods:
        book.add("interest_musd", (u.label,), 0)
    for debt, row in book.world.debts.items():
        balance = exact(row.opening_balance_musd)
        for u in book.world.periods:
            drawn, repaid = book.decision("drawn_musd", debt, u.label), book.decision("repaid_musd", debt, u.label)
            interest, fee = exact(row.rate_fraction) * u.length_years * balance, exact(row.fee_fraction) * drawn
            book.add("facility_interest_musd", (debt, u.label), interest)
            book.add("facility_fee_musd", (debt, u.label), fee)
            book.add("interest_musd", (u.label,), interest + fee)
            balance += drawn - repaid
            book.add("debt_musd", (debt, u.label), balance)


def company(book: Book, account: str) -> dict[str, Fraction]:
    """M$ of an account by period over all sites and the company itself."""
    sums = {u.label: ZERO for u in book.world.periods}
    for (_, period), musd in book.totals(account).items():
        if period in sums:
            sums[period] += musd
    return sums


def account_cash(book: Book) -> None:
    """State (8.6); reads the tax of each year, paid in its last period, security posted and cash of the treasury."""
    world, posted, cash = book.world, ZERO, exact(book.world.instance.finance.opening_cash_musd)
    revenue, operating, capex = company(book, "revenue"), company(book, "operating"), company(book, "capex")
    tax = {year.periods[-1].label: book.state("tax_musd", year.label) for year in world.calendar.fiscal_years}
    for u in (period.label for period in world.periods):
        cash += revenue[u] - operating[u] - capex[u] - book.state("interest_musd", u) - tax.get(u, ZERO)
        cash -= book.decision("dividends_musd", u)
        for debt in world.debts:
            cash += book.decision("drawn_musd", debt, u) - book.decision("repaid_musd", debt, u)
        away = sum((book.state("posted_musd", site, u) for site in world.sites), ZERO)
        cash += posted - away + book.state("treasury_musd", u)
        posted = away
        book.add("cash_musd", (u,), cash)


def check(book: Book) -> None:
    """Rows (8.3), (8.4), (8.7) and (8.8)."""
    capex = company(book, "capex")
    lent: defaultdict[str, Fraction] = defaultdict(Fraction)
    for debt, row in book.world.debts.items():
        for u in book.world.periods:
            _check_balance(book, debt, row, u)
            if row.advance_fraction:
                lent[u.label] += book.decision("drawn_musd", debt, u.label) / exact(row.advance_fraction)
    for period, needed in lent.items():
        book.at_most("8.4", (period,), needed, capex[period])
    _check_floor(book)
    for label, limit, spent in _budgets(book, capex):
        book.at_most("8.8", (label,), spent, limit)


def _check_balance(book: Book, debt: str, row: Debt, u: Period) -> None:
    matured, balance = u.end > book.world.calendar.month(row.maturity), book.state("debt_musd", debt, u.label)
    limit = ZERO if matured else exact(row.limit_musd)
    book.at_most("8.3", (debt, u.label), balance, limit)
    if -balance > TOLERANCE:
        words = f"{debt}, {u.label}: the plan has repaid {amount_words(-balance)} M$ more than was owed."
        book.blame("8.3", (debt, u.label), -balance, words)


def _check_floor(book: Book) -> None:
    floor = exact(book.world.instance.finance.cash_floor_musd)
    for u in book.world.periods:
        book.at_least("8.7", (u.label,), book.state("cash_musd", u.label), floor)


def _budgets(book: Book, capex: dict[str, Fraction]) -> Iterator[tuple[str, Fraction, Fraction]]:
    rows = {row.year: exact(row.capex_musd) for row in book.world.instance.budgets}
    for year in book.world.calendar.fiscal_years:
        if all(number in rows for number in year.years):
            limit = sum((rows[number] for number in year.years), ZERO)
            yield year.label, limit, sum((capex[u.label] for u in year.periods), ZERO)
