"""Two plans side by side: MW by site, use and year, orders, and the bridge from the value of one to that of the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from planner.comparison.sides import Side
from planner.plan import FAMILIES
from planner.tables import allocation, orders, value
from planner.tables.book import Book

ORDER_KEYS = ("kind", "item", "site", "in_service_month", "unit")
Amounts = Mapping[tuple[str, ...], float]
TOLERANCE = {"mw": 1e-3, "quantity": 1e-6, "pv_musd": 0.0}
"""By column, by how much amounts may differ before a row is told. Money is told to the last digit, so that the bridge adds up."""


def tables(one: Side, other: Side) -> dict[str, pd.DataFrame]:
    """The three tables by title, with the rows that differ: keys, then old, new and change. Both sides need a plan."""
    books = _book(one), _book(other)
    return {
        "MW of IT by site, use and year": _beside(("site", "use", "year"), "mw", [_megawatts(book) for book in books]),
        "Orders": _beside(ORDER_KEYS, "quantity", [_orders(book) for book in books]),
        "Value bridge, M$ of present value": _bridge(books),
    }


def _book(side: Side) -> Book:
    assert side.plan is not None
    assert side.certificate is not None
    return Book(side.instance, side.plan, side.certificate.ledger)


def _beside(keys: tuple[str, ...], unit: str, sides: Sequence[Amounts], always: str = "") -> pd.DataFrame:
    """Amounts of two plans that differ, in the order of the first, and those of the key `always`."""
    was, now = sides
    pairs = [(key, was.get(key, 0.0), now.get(key, 0.0)) for key in dict.fromkeys([*was, *now])]
    rows = [(*key, old, new, new - old) for key, old, new in pairs if abs(new - old) > TOLERANCE[unit] or key[0] == always]
    return pd.DataFrame(rows, columns=[*keys, f"old_{unit}", f"new_{unit}", f"change_{unit}"])


def _megawatts(book: Book) -> Amounts:
    """Mean IT MW of each calendar year."""
    mean: dict[tuple[str, ...], float] = defaultdict(float)
    start, periods = book.instance.start, {period.label: period for period in book.periods}
    for row in allocation.rows(book):
        period, use = periods[str(row["period"])], f"{row['use']}{', signed' if row['contracted'] else ''}"
        for year in period.years:
            january = 12 * (year - start.year) - (start.month - 1)
            share = period.overlap(january, january + 12) / 12
            mean[str(row["site"]), use, str(year)] += share * _float(row["it_mw"])
    return mean


def _orders(book: Book) -> Amounts:
    counts: dict[tuple[str, ...], float] = defaultdict(float)
    for row in orders.order_rows(book):
        counts[tuple(str(row[name]) for name in ORDER_KEYS)] += _float(row["quantity"])
    return counts


def _bridge(books: tuple[Book, Book]) -> pd.DataFrame:
    """The lines of value that differ, and equity value, which they lead from and to."""
    return _beside(("group", "line"), "pv_musd", [_lines(book) for book in books], always="equity")


def _lines(book: Book) -> Amounts:
    lines: dict[tuple[str, ...], float] = {(group, line): float(musd) for group, line, musd in value.bridge(book)}
    return lines | {("equity", "Equity value"): float(book.state("equity_value"))}


def common(one: Side, other: Side) -> str:
    """How many of the whole-number decisions of two plans are alike, in a sentence."""
    was, now = _whole(one), _whole(other)
    alike = sum(min(count, now.get(key, 0.0)) for key, count in was.items())
    return f"{alike:,.0f} of {max(sum(was.values()), sum(now.values())):,.0f} orders, deals and other whole decisions are the same"


def _whole(side: Side) -> Amounts:
    decisions = side.plan.decisions if side.plan is not None else {}
    return {(name, *index): count for name, cells in decisions.items() if FAMILIES[name].integer for index, count in cells.items()}


def _float(cell: Any) -> float:
    return float(cell or 0)
