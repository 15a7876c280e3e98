"""Months, periods, calendar years and payment dates of the checker, written from section 1 of MATHS.md alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from planner.check.exact import exact
from planner.check.macrs import MACRS
from planner_models.schema import Instance

Profile = list[tuple["Period", Fraction]]
"""Shares of one sum by period; periods without a share are left out."""

Piece = tuple[int, int, Fraction]
"""Months [a, b) and the share of one sum that is spread evenly over them."""


@dataclass(frozen=True)
class Period:
    """Period t: `first` is its first month counted from the start of the plan, `end` the month after its last."""

    number: int
    label: str
    first: int
    months: int
    years: tuple[int, ...]
    first_day: int
    days: int

    @property
    def end(self) -> int:
        """The month in which the next period begins."""
        return self.first + self.months

    @property
    def year(self) -> int:
        """Calendar year of the first month."""
        return self.years[0]

    @property
    def hours(self) -> int:
        """Hours of the real calendar."""
        return 24 * self.days

    @property
    def length_years(self) -> Fraction:
        """Length in years of twelve months."""
        return Fraction(self.months, 12)

    def overlap(self, a: int, b: int) -> int:
        """Months of [a, b) that lie in the period."""
        return max(0, min(b, self.end) - max(a, self.first))

    def share(self, a: int, b: int) -> Fraction:
        """Share of the period in which a thing works that works from month a until month b."""
        return Fraction(self.overlap(a, b), self.months)

    def whole(self, a: int, b: int) -> int:
        """1 if such a thing works all through the period."""
        return int(self.overlap(a, b) == self.months)

    def touched(self, a: int, b: int) -> int:
        """1 if such a thing works in any month of the period."""
        return int(self.overlap(a, b) > 0)


@dataclass(frozen=True)
class FiscalYear:
    """The periods of one calendar year, or one period of several calendar years."""

    label: str
    years: tuple[int, ...]
    periods: tuple[Period, ...]


class Calendar:
    """All dates of one instance. Months are counted from its start, which is month 0."""

    def __init__(self, instance: Instance) -> None:
        self.start = instance.start
        self.periods = tuple(_periods(instance))
        self.horizon = self.periods[-1].end
        self.by_label = {period.label: period for period in self.periods}
        self.fiscal_years = tuple(_fiscal_years(self.periods))
        self._tax_classes = {row.life_months: row for row in instance.tax_classes}

    def month(self, day: dt.date) -> int:
        """Number of the month of a date; negative before the start."""
        return (day.year - self.start.year) * 12 + day.month - self.start.month

    def day(self, month: int) -> dt.date:
        """First day of a month of the plan."""
        return month_start(self.start, month)

    def month_label(self, month: int) -> str:
        """A month of the plan as it is written: 2031-04."""
        return f"{self.day(month):%Y-%m}"

    def beyond(self, a: int, b: int) -> int:
        """1 if a thing that works from month a until month b outlives the horizon."""
        return int(a < self.horizon < b)

    def overlapped(self, a: int, b: int) -> Iterator[tuple[Period, int]]:
        """Every period that has months of [a, b), with their number."""
        for period in self.periods:
            if months := period.overlap(a, b):
                yield period, months

    def deposit_profile(self, service: Period, lead_months: int, deposit: Fraction) -> Profile:
        """A deposit at the order month and the balance at service."""
        ordered = [(period, deposit) for period, _ in self.overlapped(service.first - lead_months, service.first - lead_months + 1)]
        return [*ordered, (service, 1 - deposit)]

    def spread_profile(self, service: Period, build_months: int) -> Profile:
        """Equal sums in each of the build months before service; all at service when there are none."""
        if build_months == 0:
            return [(service, Fraction(1))]
        return [(u, Fraction(months, build_months)) for u, months in self.overlapped(service.first - build_months, service.first)]

    def write_off(self, a: int, life_months: int) -> Profile:
        """Depreciation of a basis in service from month a, by the tax class of its life; what is left at the horizon is not in it."""
        return self._by_period(self._pieces(a, life_months))

    def straight_line(self, a: int, months: int) -> Profile:
        """Equal parts in each of so many months from month a."""
        return self._by_period([(a, a + months, Fraction(1))])

    def spent_write_off(self, a: int, life_months: int | None, evenly: bool) -> tuple[Profile, Fraction]:
        """The same of a basis that may be in service since before the start, and the share that is left at the horizon.

        What was written off before the start is in neither. Without a life it is land: all of it is left.
        """
        if life_months is None:
            return [], Fraction(1)
        pieces = self._spent(a, life_months, evenly)
        left = sum((share * Fraction(max(0, b - max(first, self.horizon)), b - first) for first, b, share in pieces), Fraction(0))
        return self._by_period(pieces), left

    def spent_before(self, a: int, life_months: int | None, evenly: bool) -> Fraction:
        """The share of it that was written off before the start."""
        pieces = [] if life_months is None else self._spent(a, life_months, evenly)
        return sum((share * Fraction(max(0, min(b, 0) - first), b - first) for first, b, share in pieces), Fraction(0))

    def _spent(self, a: int, life_months: int, evenly: bool) -> list[Piece]:
        return [(a, a + life_months, Fraction(1))] if evenly else self._pieces(a, life_months)

    def _pieces(self, a: int, life_months: int) -> list[Piece]:
        row = self._tax_classes.get(life_months)
        if row is None:
            return [(a, a + life_months, Fraction(1))]
        bonus = exact(row.bonus_fraction)
        slow = self._macrs(a, life_months) if row.method == "macrs" else [(a, a + life_months, Fraction(1))]
        return [(a, a + 1, bonus), *((first, end, (1 - bonus) * share) for first, end, share in slow)]

    def _macrs(self, a: int, life_months: int) -> list[Piece]:
        """The half-year table of a life: each calendar year's share over those of its months that are not before a."""
        january = a - self.day(a).month + 1
        return [(max(a, january + 12 * k), january + 12 * (k + 1), share) for k, share in enumerate(MACRS[life_months])]

    def _by_period(self, pieces: list[Piece]) -> Profile:
        return [(u, share * Fraction(months, b - a)) for a, b, share in pieces for u, months in self.overlapped(a, b)]

    def opening_write_off(self, a: int, life_months: int) -> Profile:
        """What is left at the start of a basis in service from month a, evenly by month; all in period 1 once its life is over."""
        first, end = max(0, a), a + life_months
        return self.straight_line(first, end - first) if end > first else [(self.periods[0], Fraction(1))]


def month_start(start: dt.date, months: int) -> dt.date:
    """First day of the month that lies `months` after `start`."""
    years, month = divmod(start.month - 1 + months, 12)
    return dt.date(start.year + years, month + 1, 1)


def _periods(instance: Instance) -> Iterator[Period]:
    number, first = 0, 0
    for span in instance.periods:
        for _ in range(span.count):
            day, end = month_start(instance.start, first), month_start(instance.start, first + span.months)
            years = range(day.year, month_start(instance.start, first + span.months - 1).year + 1)
            label = _label(day.year, day.month, span.months)
            yield Period(number, label, first, span.months, tuple(years), day.toordinal(), (end - day).days)
            number, first = number + 1, first + span.months


def _label(year: int, month: int, months: int) -> str:
    if month == 1 and months % 12 == 0:
        return str(year) if months == 12 else f"{year}-{year + months // 12 - 1}"
    if months == 3 and month % 3 == 1:
        return f"{year}Q{(month + 2) // 3}"
    return f"{year}-{month:02d}" + ("" if months == 1 else f"+{months}m")


def _fiscal_years(periods: tuple[Period, ...]) -> Iterator[FiscalYear]:
    for years in dict.fromkeys(period.years for period in periods):
        label = str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"
        yield FiscalYear(label, years, tuple(period for period in periods if period.years == years))
