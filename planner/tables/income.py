"""The income statement: revenue and cost from the journal, what stands below EBITDA, and income after tax."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from planner.check.calendar import Period
from planner.check.exact import ZERO
from planner.tables.book import Book
from planner.tables.frame import Column, Frame, Row, text
from planner.tables.money import BREAK_FEE, CASH_INTEREST, FEES, SALES, causes, financing, lines

OPERATION = (*lines("revenue", "operating", leave_out=SALES), BREAK_FEE)
"""The lines above EBITDA."""

INCOME = Frame(
    "income",
    "Income statement by fiscal year, M$. Costs are negative; the tax line is the tax paid.",
    (
        text("fiscal_year", "Calendar year, or a period of several."),
        *OPERATION,
        Column("ebitda_musd", "Revenue less operating cost and break fees; sales of sites and machines are not in it."),
        Column(
            "sales_musd",
            "Sales of sites and machines: what they bring, less the closing cost of the sites. The tax basis of what is sold is written "
            "off as if it were kept, so this is no gain over book value.",
        ),
        Column("depreciation_musd", "Tax depreciation."),
        Column("interest_musd", "Interest on debt."),
        FEES,
        CASH_INTEREST,
        Column("gain_musd", "Gain on bitcoin sold from the treasury, over their value when mined."),
        Column(
            "income_before_tax_musd",
            "EBITDA and sales less depreciation, interest and fees, with interest on cash and the gain on bitcoin: the taxable income "
            "before losses carried in.",
        ),
        Column("tax_musd", "Tax."),
        Column("net_income_musd", "Income after tax."),
    ),
)


def ebitda(book: Book, period: str) -> Fraction:
    """M$ of revenue less operating cost and break fees in a period, without sales of sites and machines: (8.17)."""
    earned = book.total("revenue", period) - book.total("operating", period) - _sales(book, period)
    return earned - book.state("broken_musd", period)


def _sales(book: Book, period: str) -> Fraction:
    """M$ that sites and machines sold in a period bring, less closing cost."""
    brought = sum((book.money.get(("revenue", cause, period), ZERO) for cause in SALES), ZERO)
    return brought - sum((book.money.get(("operating", cause, period), ZERO) for cause in SALES), ZERO)


def income_rows(book: Book) -> Iterator[Row]:
    """One row per fiscal year."""
    for year in book.calendar.fiscal_years:
        earned = sum((ebitda(book, period.label) for period in year.periods), ZERO)
        below, tax = _below(book, year.periods), -book.state("tax_musd", year.label)
        before_tax = earned + sum(below.values(), ZERO)
        yield {
            "fiscal_year": year.label, **_operation(book, year.periods), "ebitda_musd": earned, **below,
            "income_before_tax_musd": before_tax, "tax_musd": tax, "net_income_musd": before_tax + tax,
        }  # fmt: skip


def net_income(book: Book, period: Period) -> Fraction:
    """M$ of income of a period after the tax that is paid in it."""
    year = next(year for year in book.calendar.fiscal_years if period in year.periods)
    tax = book.state("tax_musd", year.label) if period == year.periods[-1] else ZERO
    return ebitda(book, period.label) + sum(_below(book, [period]).values(), ZERO) - tax


def _below(book: Book, periods: Iterable[Period]) -> dict[str, Fraction]:
    """Lines between EBITDA and income before tax, over some periods."""
    sums = dict.fromkeys(("sales_musd", "depreciation_musd", "interest_musd", "fee_musd", "cash_interest_musd", "gain_musd"), ZERO)
    for period in periods:
        sums["sales_musd"] += _sales(book, period.label)
        sums["depreciation_musd"] -= book.total("depreciation", period.label)
        sums["gain_musd"] += book.state("gain_musd", period.label)
        for name, musd in financing(book, period.label).items():
            sums[name] += musd
    return sums


def _operation(book: Book, periods: Iterable[Period]) -> dict[str, Fraction]:
    """Lines above EBITDA, over some periods."""
    sums = dict.fromkeys((column.name for column in OPERATION), ZERO)
    for period in periods:
        signed = causes(book, "revenue", period.label)
        signed |= {name: -musd for name, musd in causes(book, "operating", period.label).items()}
        signed[BREAK_FEE.name] = -book.state("broken_musd", period.label)
        for name in sums:
            sums[name] += signed[name]
    return sums
