"""Tax by the law, exit and equity value (section 9 of MATHS.md)."""

from __future__ import annotations

from fractions import Fraction

from planner.check.book import Book
from planner.check.exact import ZERO, discount_factor, exact
from planner.check.finance import company


def account_tax(book: Book) -> None:
    """States (9.1)-(9.5): of profit and loss one is zero; losses are used as soon and as far as the law allows."""
    world, finance = book.world, book.world.instance.finance
    revenue, operating, depreciation = company(book, "revenue"), company(book, "operating"), company(book, "depreciation")
    pool = exact(finance.opening_loss_musd)
    for year in world.calendar.fiscal_years:
        income = ZERO
        for u in (period.label for period in year.periods):
            income += revenue[u] - operating[u] - depreciation[u] - book.state("interest_musd", u) + book.state("gain_musd", u)
        profit, loss = max(income, ZERO), max(-income, ZERO)
        used = min(pool, exact(finance.loss_use_fraction) * profit)
        pool += loss - used
        tax = exact(finance.tax_rate_fraction) * (profit - used)
        for name, musd in (("profit", profit), ("loss", loss), ("used", used), ("pool", pool), ("tax", tax)):
            book.add(f"{name}_musd", (year.label,), musd)


def account_value(book: Book) -> None:
    """Discount factors and states (9.6)-(9.8); reads cash, debt, security posted, bitcoin, terminal values, basis and losses."""
    world, finance = book.world, book.world.instance.finance
    terminal = sum((book.state("terminal_musd", site) for site in world.sites), ZERO) * (1 - exact(finance.exit_cost_fraction))
    exit_tax = max(ZERO, exact(finance.tax_rate_fraction) * _exit_gain(book, terminal))
    last = world.periods[-1].label
    owed = sum((book.state("debt_musd", debt, last) for debt in world.debts), ZERO)
    posted = sum((book.state("posted_musd", site, last) for site in world.sites), ZERO)
    at_end = discount_factor(finance.discount_rate_fraction, world.calendar.horizon)
    value = at_end * (book.state("cash_musd", last) - owed + terminal + book.state("bitcoin_musd") + posted - exit_tax)
    for u in world.periods:
        middle = discount_factor(finance.discount_rate_fraction, u.first + u.months / 2)
        book.add("discount_mid", (u.label,), middle)
        value += middle * book.decision("dividends_musd", u.label)
    for name, amount in (("terminal_value_musd", terminal), ("exit_tax_musd", exit_tax), ("discount_end", at_end), ("equity_value", value)):
        book.add(name, (), amount)


def _exit_gain(book: Book, terminal_musd: Fraction) -> Fraction:
    """What a sale at the horizon is taxed on: terminal value and gain on bitcoin, less what is left of basis and losses."""
    basis = sum((book.state("final_basis_musd", site) for site in book.world.sites), ZERO)
    losses = book.state("pool_musd", book.world.calendar.fiscal_years[-1].label)
    return terminal_musd - basis + book.state("bitcoin_gain_musd") - losses
