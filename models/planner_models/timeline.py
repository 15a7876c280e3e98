"""Periods of unequal length, leads, lives, payments, discounting and halvings: pure functions (section 1 of MATHS.md)."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

from planner_models.rows import Btc, TaxBase
from planner_models.sheets import Sheets
from planner_models.tax_classes import Span, WriteOffs, straight_line

YearlyRow = TypeVar("YearlyRow")

NOTHING = 1e-12
"""A share below this is the rounding of others that add up to one."""


@dataclass(frozen=True)
class Period:
    """One period: label, first month and length counted from the start of the plan, days, and its calendar years."""

    label: str
    start: int
    months: int
    days: int
    years: tuple[int, ...]

    @property
    def end(self) -> int:
        """First month after the period."""
        return self.start + self.months

    @property
    def hours(self) -> float:
        """Hours of the period."""
        return 24.0 * self.days

    @property
    def length_years(self) -> float:
        """Length in years, by months."""
        return self.months / 12


def label(start: dt.date, months: int) -> str:
    """Name of a period: 2027Q1, 2027, 2027-2028, 2027-01, or 2027-01+6m."""
    if months == 3 and start.month in (1, 4, 7, 10):
        return f"{start.year}Q{(start.month + 2) // 3}"
    if months % 12 == 0 and start.month == 1:
        return str(start.year) if months == 12 else f"{start.year}-{start.year + months // 12 - 1}"
    return f"{start:%Y-%m}" if months == 1 else f"{start:%Y-%m}+{months}m"


def shifted(date: dt.date, months: int) -> dt.date:
    """The first day of the month that lies `months` after that of `date`."""
    count = date.year * 12 + date.month - 1 + months
    return dt.date(count // 12, count % 12 + 1, 1)


class Timeline:
    """The calendar of one instance; months are whole numbers from its start, periods are named by their labels."""

    def __init__(self, instance: Sheets) -> None:
        self._instance = instance
        self._write_offs = WriteOffs(instance.tax_classes)
        self.start = instance.start
        periods: list[Period] = []
        month = 0
        for span in instance.periods:
            for _ in range(span.count):
                periods.append(self._period(month, span.months))
                month += span.months
        self.periods = tuple(periods)
        self.horizon = month
        self._by_label = {p.label: p for p in periods}
        self._starts = [p.start for p in periods]
        self.labels = [p.label for p in periods]

    def _period(self, start: int, months: int) -> Period:
        first, last = shifted(self.start, start), shifted(self.start, start + months)
        years = tuple(range(first.year, shifted(self.start, start + months - 1).year + 1))
        return Period(label(first, months), start, months, (last - first).days, years)

    def __getitem__(self, name: str) -> Period:
        return self._by_label[name]

    def month(self, date: dt.date) -> int:
        """Months from the start of the plan; negative before it."""
        return (date.year - self.start.year) * 12 + date.month - self.start.month

    def enterable(self, lead_months: int) -> list[str]:
        """Periods in which something ordered at the start or later can enter service."""
        return [p.label for p in self.periods if p.start >= lead_months]

    def share(self, begin: int, end: int, period: str) -> float:
        """α: the share of the period's months that lie in [begin, end)."""
        p = self._by_label[period]
        return max(0, min(end, p.end) - max(begin, p.start)) / p.months

    def whole(self, begin: int, end: int, period: str) -> float:
        """φ: 1 when the period lies wholly in [begin, end)."""
        p = self._by_label[period]
        return 1.0 if begin <= p.start and p.end <= end else 0.0

    def touched(self, begin: int, end: int, period: str) -> float:
        """ψ: 1 when any month of the period lies in [begin, end)."""
        return 1.0 if self.share(begin, end, period) > 0 else 0.0

    def overlapping(self, begin: int, end: int) -> list[str]:
        """Periods that share a month with [begin, end)."""
        first = bisect_right(self._starts, begin) - 1
        return [p.label for p in self.periods[max(0, first) : bisect_left(self._starts, end)] if p.end > begin] if end > begin else []

    def beyond(self, begin: int, end: int) -> float:
        """χ: 1 when [begin, end) starts before the horizon and ends after it."""
        return 1.0 if begin < self.horizon < end else 0.0

    def beyond_to(self, begin: int, end: int, until: int) -> float:
        """χ_e: 1 when [begin, end) starts before the horizon and lasts until a month after it."""
        return 1.0 if begin < self.horizon and end >= until else 0.0

    def months_in(self, begin: int, end: int, period: str) -> int:
        """Months of [begin, end) in the period."""
        p = self._by_label[period]
        return max(0, min(end, p.end) - max(begin, p.start))

    def deposit(self, service: str, lead_months: int, deposit_fraction: float) -> dict[str, float]:
        """Shares of a price by period in which they are paid: the deposit at order, the balance when service starts."""
        order = self.holding(self._by_label[service].start - lead_months)
        shares = {} if order is None else {order: deposit_fraction}
        shares[service] = shares.get(service, 0.0) + (1 - deposit_fraction)
        return shares

    def spread(self, service: str, build_months: int) -> dict[str, float]:
        """Shares of a price by period in which they are paid when it is spread evenly over the months before service."""
        if build_months == 0:
            return {service: 1.0}
        end = self._by_label[service].start
        begin = end - build_months
        return {u: self.months_in(begin, end, u) / build_months for u in self.overlapping(begin, end)}

    def written_off(self, begin: int, life_months: int, period: str) -> float:
        """w: share of a tax basis in service from month `begin` that is depreciated in the period, by the class of its life."""
        p = self._by_label[period]
        return self._write_offs.share(begin - self._january, life_months, self._span(p.start, p.end))

    def basis_written_off(self, row: TaxBase, begin: int, end: int) -> float:
        """Share of a basis spent before the start that is depreciated in the months [begin, end), some of which may lie before it."""
        if row.tax_life_months is None:
            return 0.0
        share = straight_line if row.method == "straight_line" else self._write_offs.share
        return share(self.month(row.in_service) - self._january, row.tax_life_months, self._span(begin, end))

    @property
    def _january(self) -> int:
        """First month of the calendar year of the start; write-offs count from a January."""
        return 1 - self.start.month

    def _span(self, begin: int, end: int) -> Span:
        return Span(begin - self._january, end - self._january)

    def opening_written_off(self, in_service: int, life_months: int, period: str) -> float:
        """Share of an opening tax basis depreciated in the period: evenly over what is left of the life."""
        begin, end = max(0, in_service), in_service + life_months
        if end <= begin:
            return 1.0 if period == self.periods[0].label else 0.0
        return self.months_in(begin, end, period) / (end - begin)

    @staticmethod
    def left(shares: Iterable[float]) -> float:
        """What the depreciation shares of all periods leave of a basis at the horizon."""
        rest = 1 - sum(shares)
        return rest if rest > NOTHING else 0.0

    @property
    def price_year(self) -> int:
        """Y0: the calendar year in whose money costs are given."""
        given = self._instance.finance.price_year
        return self.start.year if given is None else given

    def inflation(self, period: str) -> float:
        """g: cost level of the period's first year relative to that of the price year."""
        growth = self._instance.finance.cost_inflation_fraction
        return float((1 + growth) ** (self._by_label[period].years[0] - self.price_year))

    def capex_level(self, month: int) -> float:
        """k: price level of capex ordered in a month relative to that of the price year."""
        growth = self._instance.finance.capex_inflation_fraction
        return float((1 + growth) ** (self.date(month).year - self.price_year))

    def date(self, month: int) -> dt.date:
        """First day of a month counted from the start."""
        return shifted(self.start, month)

    def holding(self, month: int) -> str | None:
        """The period that holds a month; None outside the plan."""
        return self.labels[bisect_right(self._starts, month) - 1] if 0 <= month < self.horizon else None

    def discount(self, month: float) -> float:
        """Present value at the start of 1 $ at a month."""
        return float((1 + self._instance.finance.discount_rate_fraction) ** (-month / 12))

    def discount_mid(self, period: str) -> float:
        """Present value of 1 $ that flows in the period."""
        p = self._by_label[period]
        return self.discount(p.start + p.months / 2)

    @cached_property
    def previous(self) -> dict[str, str]:
        """The period before each but the first."""
        return {later: earlier for earlier, later in pairwise(self.labels)}

    @cached_property
    def fiscal_years(self) -> dict[str, list[str]]:
        """Periods by fiscal year: a calendar year, or a period of several years by itself."""
        groups: dict[str, list[str]] = {}
        for p in self.periods:
            groups.setdefault(str(p.years[0]) if len(p.years) == 1 else p.label, []).append(p.label)
        return groups

    def yearly(
        self, rows: Iterable[YearlyRow], from_year: Callable[[YearlyRow], int], value: Callable[[YearlyRow], float], period: str
    ) -> float:
        """A series whose rows hold until the year of the next; the mean over the years of a long period."""
        ordered = sorted(rows, key=from_year)
        years = self._by_label[period].years
        return sum(value([row for row in ordered if from_year(row) <= year][-1]) for year in years) / len(years)

    def hashprice(self, period: str) -> float:
        """Mean hashprice of the period in USD per PH/s and day, by days."""
        return self._daily_mean(period, lambda row, day: row.btc_usd * self._btc_per_ph_day(row, day))

    def btc_per_ph_day(self, period: str) -> float:
        """Mean bitcoin paid per PH/s and day of the period, by days."""
        return self._daily_mean(period, self._btc_per_ph_day)

    def btc_usd(self, period: str) -> float:
        """Mean price of a bitcoin over the days of the period."""
        return self._daily_mean(period, lambda row, _: row.btc_usd)

    @cached_property
    def final_btc_usd(self) -> float:
        """Price of a bitcoin on the last day of the plan."""
        last = shifted(self.start, self.horizon) - dt.timedelta(days=1)
        return max((row for row in self._instance.btc if row.from_day <= last), key=lambda row: row.from_day).btc_usd

    def _btc_per_ph_day(self, row: Btc, day: dt.date) -> float:
        return self.subsidy_btc(day) * 144 / (1 - row.fee_fraction) / (row.network_eh * 1000)

    def _daily_mean(self, period: str, value: Callable[[Btc, dt.date], float]) -> float:
        """Mean over the days of the period of a value that changes with the deck and the halvings only."""
        p = self._by_label[period]
        first, last = shifted(self.start, p.start), shifted(self.start, p.end)
        deck = sorted(self._instance.btc, key=lambda row: row.from_day)
        cuts = sorted({first, last, *(d for d in (*self._instance.halvings, *(r.from_day for r in deck)) if first < d < last)})
        held = ((begin, end, [row for row in deck if row.from_day <= begin][-1]) for begin, end in pairwise(cuts))
        return sum((end - begin).days * value(row, begin) for begin, end, row in held) / p.days

    def subsidy_btc(self, day: dt.date) -> float:
        """Block subsidy on a day: 50 BTC, halved at each halving reached."""
        return float(50 / 2 ** sum(1 for halving in self._instance.halvings if halving <= day))
