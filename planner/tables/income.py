"""The income statement: revenue and cost from the journal, what stands below EBITDA, and income after tax."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from planner.check.calendar import Period
from planner.check.exact import ZERO
from planner.tables.book import Book
from planner.tables.frame import Column, Frame, Row, text
from planner.tables.money import BREAK_FEE, CASH_INTEREST, FEES, SALES, causes, financing, lines

OPERATION = (*lines("revenue", "operating", leave_out=SALES), BREAK_FEE)
"""The lines above EBITDA."""

LINES = (
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
    Column("gain_musd", "Gain on bitcoin sold from the treasury, over what they cost: their value when mined, or their basis."),
    Column(
        "income_before_tax_musd",
        "EBITDA and sales less depreciation, interest and fees, with interest on cash and the gain on bitcoin: the taxable income of the "
        "plan before losses carried in. What the first calendar year earned before the start is none of it.",
    ),
    Column("tax_musd", "Tax; that of the first year is also on what it earned before the start (`opening_income_musd` of `tax`)."),
    Column("net_income_musd", "Income after tax."),
)
"""The lines of an income statement."""

INCOME = Frame(
    "income",
    "Income statement by fiscal year, M$. Costs are negative; the tax line is the tax paid.",
    (text("fiscal_year", "Calendar year, or a period of several."), *LINES),
)

BY_PERIOD = Frame(
    "income_by_period",
    "The same income statement by period, M$: those of a year add up to it. The tax of a year stands in its last period, when it is paid.",
    (text("period", "Period."), *LINES),
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
        yield {"fiscal_year": year.label, **_statement(book, year.periods, book.state("tax_musd", year.label))}


def period_rows(book: Book) -> Iterator[Row]:
    """One row per period."""
    for period in book.periods:
        yield {"period": period.label, **_statement(book, [period], _tax(book, period))}


def net_income(book: Book, period: Period) -> Fraction:
    """M$ of income of a period after the tax that is paid in it."""
    return ebitda(book, period.label) + sum(_below(book, [period]).values(), ZERO) - _tax(book, period)


def _tax(book: Book, period: Period) -> Fraction:
    """M$ of tax that is paid in a period."""
    year = next(year for year in book.calendar.fiscal_years if period in year.periods)
    return book.state("tax_musd", year.label) if period == year.periods[-1] else ZERO


def _statement(book: Book, periods: Sequence[Period], tax: Fraction) -> dict[str, Fraction]:
    """All lines over some periods."""
    earned = sum((ebitda(book, period.label) for period in periods), ZERO)
    below = _below(book, periods)
    before_tax = earned + sum(below.values(), ZERO)
    result = {"income_before_tax_musd": before_tax, "tax_musd": -tax, "net_income_musd": before_tax - tax}
    return {**_operation(book, periods), "ebitda_musd": earned, **below, **result}


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
