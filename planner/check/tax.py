"""Tax by the law, one fiscal year after the other (section 9 of MATHS.md)."""

from __future__ import annotations

from fractions import Fraction

from planner.check.book import Book
from planner.check.calendar import FiscalYear
from planner.check.exact import ZERO, exact


def assess(book: Book, year: FiscalYear, income_musd: Fraction, pool_musd: Fraction) -> tuple[Fraction, Fraction]:
    """States (9.1)-(9.5) of a year from its income and the losses carried into it; hands back its tax and the losses carried on.

    Of profit and loss one is zero; losses are used as soon and as far as the law allows.
    """
    finance = book.world.instance.finance
    profit, loss = max(income_musd, ZERO), max(-income_musd, ZERO)
    used = min(pool_musd, exact(finance.loss_use_fraction) * profit)
    pool = pool_musd + loss - used
    tax = exact(finance.tax_rate_fraction) * (profit - used)
    for name, musd in (("profit", profit), ("loss", loss), ("used", used), ("pool", pool), ("tax", tax)):
        book.add(f"{name}_musd", (year.label,), musd)
    return tax, pool
