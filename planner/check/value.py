"""Exit and equity value (section 9 of MATHS.md)."""

from __future__ import annotations

from fractions import Fraction

from planner.check.book import Book
from planner.check.exact import ZERO, discount_factor, exact
from planner.check.lending import owed_musd


def account(book: Book) -> None:
    """Discount factors and states (9.6)-(9.8), once all that is left at the horizon is known."""
    world, finance = book.world, book.world.instance.finance
    terminal = sum((book.state("terminal_musd", site) for site in world.sites), ZERO) * (1 - exact(finance.exit_cost_fraction))
    exit_tax = max(ZERO, exact(finance.tax_rate_fraction) * _exit_gain(book, terminal))
    at_end = discount_factor(finance.discount_rate_fraction, world.calendar.horizon)
    value = at_end * (_left(book) + terminal - exit_tax) - book.state("doubt_musd")
    for u in world.periods:
        middle = discount_factor(finance.discount_rate_fraction, u.first + u.months / 2)
        book.add("discount_mid", (u.label,), middle)
        value += middle * (book.decision("dividends_musd", u.label) - _given_up(book, u.label))
    for name, amount in (("terminal_value_musd", terminal), ("exit_tax_musd", exit_tax), ("discount_end", at_end), ("equity_value", value)):
        book.add(name, (), amount)


def _left(book: Book) -> Fraction:
    """Cash, bitcoin and securities at the horizon, less debt and what tenants have paid ahead."""
    world, last = book.world, book.world.periods[-1].label
    posted = sum((book.state("posted_musd", site, last) for site in world.sites), ZERO)
    held = book.state("cash_musd", last) + book.state("bitcoin_musd") + posted
    return held - owed_musd(book, last) - book.state("prepaid_musd", last)


def _given_up(book: Book, period: str) -> Fraction:
    """What the shares sold in a period are worth: at a discount more than they bring."""
    rows = book.world.equity.items()
    return sum((book.decision("issued_musd", equity, period) / (1 - exact(row.discount_fraction)) for equity, row in rows), ZERO)


def _exit_gain(book: Book, terminal_musd: Fraction) -> Fraction:
    """What a sale at the horizon is taxed on: terminal value and gain on bitcoin, less what is left of basis and losses."""
    basis = sum((book.state("final_basis_musd", site) for site in book.world.sites), ZERO)
    losses = book.state("pool_musd", book.world.calendar.fiscal_years[-1].label)
    return terminal_musd - basis + book.state("bitcoin_gain_musd") - losses
