"""Series and curves of an instance: rows that hold until the next one, means over years, lines between ages (section 1 of MATHS.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Protocol, TypeVar

from planner.check.exact import ZERO, exact


class Yearly(Protocol):
    """A row that holds from a calendar year until the year of the next row of its key."""

    @property
    def from_year(self) -> int:
        """First calendar year."""


class Dated(Protocol):
    """A row that holds from a month until that of the next row of its key."""

    @property
    def from_month(self) -> dt.date:
        """First month."""


Key = TypeVar("Key")
YearRow = TypeVar("YearRow", bound=Yearly)
DateRow = TypeVar("DateRow", bound=Dated)


def yearly(rows: Iterable[YearRow], key: Callable[[YearRow], Key]) -> dict[Key, list[YearRow]]:
    """Yearly rows by key, in order of their years."""
    series: dict[Key, list[YearRow]] = {}
    for row in sorted(rows, key=lambda row: row.from_year):
        series.setdefault(key(row), []).append(row)
    return series


def dated(rows: Iterable[DateRow], key: Callable[[DateRow], Key]) -> dict[Key, list[DateRow]]:
    """Dated rows by key, in order of their months."""
    series: dict[Key, list[DateRow]] = {}
    for row in sorted(rows, key=lambda row: row.from_month):
        series.setdefault(key(row), []).append(row)
    return series


def in_year(rows: Sequence[YearRow], year: int) -> YearRow | None:
    """The row that holds in a calendar year; None before the first."""
    return next((row for row in reversed(rows) if row.from_year <= year), None)


def in_month(rows: Sequence[DateRow], day: dt.date) -> DateRow | None:
    """The row that holds in the month that begins on a day; None before the first."""
    return next((row for row in reversed(rows) if row.from_month <= day), None)


def mean(values: Iterable[float]) -> Fraction:
    """Mean of decimals, zero of none."""
    numbers = [exact(value) for value in values]
    return sum(numbers, ZERO) / len(numbers) if numbers else ZERO


def between(points: Sequence[tuple[int, Fraction]], x: int) -> Fraction:
    """Straight lines between points in order; the first value before them, the last after them."""
    if x <= points[0][0]:
        return points[0][1]
    for (a, low), (b, high) in pairwise(points):
        if x <= b:
            return low + (high - low) * Fraction(x - a, b - a)
    return points[-1][1]
