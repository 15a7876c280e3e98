"""Charges on own MW at the meter: what they bill in each period, and what they would cost if nothing were generated behind the meter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction

from planner.check.calendar import Period
from planner.check.exact import ZERO, exact
from planner.tables.book import Book
from planner.tables.frame import Column, Frame, Row, text
from planner_models.rows import Charge

CHARGES = Frame(
    "charges",
    "Charges on own MW at the meter, by period in which they are paid; empty where there is none.",
    (
        text("charge", "Charge."),
        text("site", "Site that pays."),
        text("kind", "own_peak or coincident."),
        text("period", "Period of the payment."),
        Column("billed_months", "Months billed; those still to be billed at the horizon are not in it, they are settled there.", "whole"),
        Column("billed_mw", "MW billed, mean of these months; blank without any."),
        Column("charge_musd", "M$ paid."),
    ),
)


def charge_rows(book: Book) -> Iterator[Row]:
    """One row per charge and period."""
    for charge in book.world.charges.values():
        bills = {period.label: list[Fraction]() for period in book.periods}
        for period, mw in _own_peak(book, charge) if charge.kind == "own_peak" else _coincident(book, charge):
            bills[period].append(mw)
        for period, billed in bills.items():
            yield {
                "charge": charge.id,
                "site": charge.site,
                "kind": charge.kind,
                "period": period,
                "billed_months": len(billed),
                "billed_mw": sum(billed, ZERO) / len(billed) if billed else None,
                "charge_musd": book.of_item.get(("operating", "charge", charge.id, charge.site, period), ZERO),
            }


def _own_peak(book: Book, charge: Charge) -> Iterator[tuple[str, Fraction]]:
    """Period and MW of every month that a charge on the own peak bills."""
    for period in book.periods:
        for _ in _billed(book, charge, period.first, period.end):
            yield period.label, book.state("billed_mw", charge.id, period.label)


def _coincident(book: Book, charge: Charge) -> Iterator[tuple[str, Fraction]]:
    """Period of payment and MW of every month that a coincident charge bills: the draw of the month that lies the lag before it."""
    within = {month: period.label for period in book.periods for month in range(period.first, period.end)}
    for month in _billed(book, charge, 0, book.calendar.horizon):
        drawn = within.get(month - charge.lag_months)
        mw = book.state("meter_mw", charge.site, drawn, charge.block or "") if drawn else exact(charge.opening_mw)
        yield within[month], mw


def _billed(book: Book, charge: Charge, first: int, end: int) -> range:
    """The months of [first, end) that a charge bills."""
    begin = first if charge.from_month is None else max(first, book.calendar.month(charge.from_month))
    return range(begin, end if charge.to_month is None else min(end, book.calendar.month(charge.to_month)))


def on_own_draw_musd(book: Book) -> Mapping[tuple[str, str], Fraction]:
    """M$ by site and period of the draw that charges cost on all that is drawn for own use, whatever is generated behind the meter.

    What the draw of a period causes counts there, whenever it is billed; bills for draws before the plan count nowhere. A period in which
    nothing is drawn for own use has no cost, even where a least MW is billed.
    """
    sums: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for charge in book.world.charges.values():
        lag = 0 if charge.kind == "own_peak" else charge.lag_months
        for period in book.periods:
            months = _billed(book, charge, period.first + lag, period.end + lag)
            rate = sum((_musd_per_mw(book, charge, month) for month in months), ZERO)
            sums[charge.site, period.label] += rate * _drawn_mw(book, charge, period)
    return sums


def _drawn_mw(book: Book, charge: Charge, period: Period) -> Fraction:
    """MW that a charge would bill for a period if all that is drawn for own use came over the meter.

    The highest block is then that of the draw. What is billed is never less than what the meter and the least MW ask for, so the
    larger of both is what they would ask for then.
    """
    drawn = {block: book.state("draw_mw", charge.site, period.label, block) for block, _ in book.blocks(charge.site, period)}
    if charge.kind == "coincident":
        return drawn.get(charge.block or "", ZERO)
    peak = max(drawn.values(), default=ZERO)
    return max(peak, book.state("billed_mw", charge.id, period.label)) if peak > 0 else ZERO


def _musd_per_mw(book: Book, charge: Charge, month: int) -> Fraction:
    """M$ of a month for a MW that is billed."""
    days = (book.calendar.day(month + 1) - book.calendar.day(month)).days
    return (exact(charge.usd_per_kw_month) * 1000 + exact(charge.usd_per_mw_day) * days) / 1_000_000
