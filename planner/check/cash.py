"""Cash, interest and tax period by period, as each leans on the others (sections 8 and 9 of MATHS.md)."""

from __future__ import annotations

from fractions import Fraction

from planner.check.book import Book
from planner.check.deals import opening_prepaid_musd
from planner.check.exact import ZERO, exact
from planner.check.finance import company
from planner.check.lending import cost_musd
from planner.check.power import opening_posted_musd
from planner.check.tax import assess

Flows = dict[str, Fraction]
"""M$ by period."""


def account(book: Book) -> None:
    """States (8.6), (8.9) and (9.1)-(9.5): cash earns interest in the next period, income bears interest, tax is paid from cash."""
    world, finance = book.world, book.world.instance.finance
    flows, gross = _flows(book), _income(book)
    cash, pool = exact(finance.opening_cash_musd), exact(finance.opening_loss_musd)
    for year in world.calendar.fiscal_years:
        income = exact(finance.opening_income_musd) if year == world.calendar.fiscal_years[0] else ZERO
        for u in year.periods:
            interest = cost_musd(book, u.label) - exact(finance.cash_interest_fraction) * u.length_years * cash
            book.add("interest_musd", (u.label,), interest)
            income += gross[u.label] - interest
            cash += flows[u.label] - interest
            if u == year.periods[-1]:
                tax, pool = assess(book, year, income, pool)
                cash -= tax
            book.add("cash_musd", (u.label,), cash)


def _income(book: Book) -> Flows:
    """Taxable income of each period before interest."""
    revenue, operating, depreciation = company(book, "revenue"), company(book, "operating"), company(book, "depreciation")
    other = {u: book.state("gain_musd", u) - book.state("broken_musd", u) for u in revenue}
    return {u: revenue[u] - operating[u] - depreciation[u] + other[u] for u in revenue}


def _flows(book: Book) -> Flows:
    """What cash moves by in each period but for interest and tax."""
    revenue, operating, capex = company(book, "revenue"), company(book, "operating"), company(book, "capex")
    flows: Flows = {}
    prepaid, posted = opening_prepaid_musd(book), opening_posted_musd(book.world)
    for u in revenue:
        unearned = book.state("prepaid_musd", u)
        away = sum((book.state("posted_musd", site, u) for site in book.world.sites), ZERO)
        flows[u] = revenue[u] - operating[u] - capex[u] - book.state("broken_musd", u) + book.state("treasury_musd", u)
        flows[u] += _capital(book, u) + unearned - prepaid - away + posted
        prepaid, posted = unearned, away
    return flows


def _capital(book: Book, period: str) -> Fraction:
    """Draws less repayments, and new shares after the banks' fees less dividends."""
    world, musd = book.world, -book.decision("dividends_musd", period)
    for debt in world.debts:
        musd += book.decision("drawn_musd", debt, period) - book.decision("repaid_musd", debt, period)
    for equity, row in world.equity.items():
        musd += (1 - exact(row.fee_fraction)) * book.decision("issued_musd", equity, period)
    return musd
