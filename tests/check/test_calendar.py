"""The checker's own calendar against dates worked out by hand: unequal periods, leap years, shares, payments, write-offs."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest

from planner.check.calendar import Calendar, Period, Profile, month_start
from tests.check.hand import small


def calendar(start: str, *spans: tuple[int, int], **parts: Any) -> Calendar:
    return Calendar(small(start=start, periods=[{"months": months, "count": count} for months, count in spans], **parts))


def shares(profile: Profile) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for period, share in profile:
        found[period.label] = found.get(period.label, Fraction(0)) + share
    return {label: share for label, share in found.items() if share}


QUARTERS = calendar("2027-01", (3, 4), (12, 2))


@pytest.mark.parametrize(
    ("start", "spans", "labels"),
    [
        ("2027-01", [(3, 2), (6, 1), (12, 1), (24, 1)], ["2027Q1", "2027Q2", "2027-07+6m", "2028", "2029-2030"]),
        ("2027-04", [(3, 3), (12, 1)], ["2027Q2", "2027Q3", "2027Q4", "2028"]),
        ("2027-11", [(1, 2), (36, 1)], ["2027-11", "2027-12", "2028-2030"]),
        ("2027-02", [(3, 1), (2, 1), (6, 1)], ["2027-02+3m", "2027-05+2m", "2027-07+6m"]),
        ("2027-03", [(10, 1)], ["2027-03+10m"]),
    ],
)
def test_labels(start: str, spans: list[tuple[int, int]], labels: list[str]) -> None:
    assert [period.label for period in calendar(start, *spans).periods] == labels


def test_periods_of_unequal_length() -> None:
    """Two quarters from July 2027, 2028 (a leap year), then 2029-2030 together."""
    found = calendar("2027-07", (3, 2), (12, 1), (24, 1))
    assert [(p.first, p.end, p.months) for p in found.periods] == [(0, 3, 3), (3, 6, 3), (6, 18, 12), (18, 42, 24)]
    assert [p.days for p in found.periods] == [31 + 31 + 30, 31 + 30 + 31, 366, 365 + 365]
    assert [p.hours for p in found.periods] == [2208, 2208, 8784, 17520]
    assert [p.year for p in found.periods] == [2027, 2027, 2028, 2029]
    assert [p.length_years for p in found.periods] == [Fraction(1, 4), Fraction(1, 4), 1, 2]
    assert found.horizon == 42


@pytest.mark.parametrize(
    ("start", "months", "days"),
    [
        ("2027-01", 3, 90),
        ("2028-01", 3, 91),
        ("2028-02", 1, 29),
        ("2100-02", 1, 28),
        ("2000-02", 1, 29),
        ("2027-01", 12, 365),
        ("2028-01", 12, 366),
        ("2027-01", 48, 1461),
        ("2027-10", 3, 92),
        ("2027-12", 1, 31),
    ],
)
def test_days_of_the_real_calendar(start: str, months: int, days: int) -> None:
    """Leap years are those divisible by 4, but not by 100 unless by 400."""
    first = dt.date.fromisoformat(start + "-01")
    assert (month_start(first, months) - first).days == days


def test_months_are_counted_from_the_start() -> None:
    found = calendar("2027-04", (3, 3))
    assert found.month(dt.date(2027, 4, 1)) == 0
    assert found.month(dt.date(2029, 1, 1)) == 21
    assert found.month(dt.date(2027, 3, 1)) == -1
    assert found.month(dt.date(2024, 6, 1)) == -34


def test_months_as_days_and_as_they_are_written() -> None:
    found = calendar("2027-04", (3, 3))
    assert [found.day(month) for month in (-4, 0, 9)] == [dt.date(2026, 12, 1), dt.date(2027, 4, 1), dt.date(2028, 1, 1)]
    assert [found.month_label(month) for month in (-4, 0, 9)] == ["2026-12", "2027-04", "2028-01"]


def test_what_works_for_part_of_a_period() -> None:
    """2028 is months 12 to 23."""
    year: Period = QUARTERS.by_label["2028"]
    cases = [(0, 12, 0, 0, 0), (0, 13, Fraction(1, 12), 0, 1), (23, 99, Fraction(1, 12), 0, 1), (24, 99, 0, 0, 0), (12, 24, 1, 1, 1)]
    cases += [(-50, 99, 1, 1, 1), (14, 20, Fraction(1, 2), 0, 1), (20, 14, 0, 0, 0), (13, 24, Fraction(11, 12), 0, 1)]
    for a, b, share, whole, touched in cases:
        assert (year.share(a, b), year.whole(a, b), year.touched(a, b)) == (share, whole, touched)


def test_what_outlives_the_horizon() -> None:
    """The horizon is month 36: what ends there does not outlive it, what begins there is not in the plan."""
    spans = ((0, 36), (0, 37), (35, 36), (35, 99), (36, 99))
    assert [QUARTERS.beyond(a, b) for a, b in spans] == [0, 1, 0, 1, 0]


def test_fiscal_years() -> None:
    found = calendar("2027-07", (3, 2), (6, 2), (12, 1), (24, 1)).fiscal_years
    assert [(year.label, [p.label for p in year.periods]) for year in found] == [
        ("2027", ["2027Q3", "2027Q4"]),
        ("2028", ["2028-01+6m", "2028-07+6m"]),
        ("2029", ["2029"]),
        ("2030-2031", ["2030-2031"]),
    ]


def test_a_lead_costs_its_months_and_not_whole_periods() -> None:
    """Thirteen months before 2029 (month 24) is month 11, in 2027Q4; twelve months before is the start of 2028."""
    year, tenth = QUARTERS.by_label["2029"], Fraction(1, 10)
    assert shares(QUARTERS.deposit_profile(year, 13, tenth)) == {"2027Q4": tenth, "2029": 9 * tenth}
    assert shares(QUARTERS.deposit_profile(year, 12, tenth)) == {"2028": tenth, "2029": 9 * tenth}
    assert shares(QUARTERS.deposit_profile(year, 0, tenth)) == {"2029": 1}


def test_build_months_are_paid_where_they_fall() -> None:
    """Fifteen months before 2029 (month 24): 9 to 11 are 2027Q4, 12 to 23 are 2028."""
    year = QUARTERS.by_label["2029"]
    assert shares(QUARTERS.spread_profile(year, 15)) == {"2027Q4": Fraction(1, 5), "2028": Fraction(4, 5)}
    assert shares(QUARTERS.spread_profile(year, 24))["2027Q1"] == Fraction(1, 8)
    assert shares(QUARTERS.spread_profile(year, 0)) == {"2029": 1}


def test_write_off_by_month() -> None:
    """Twenty months from month 10: two in 2027Q4, twelve in 2028, six in 2029. Sixty months: a part is left."""
    assert shares(QUARTERS.write_off(10, 20)) == {"2027Q4": Fraction(1, 10), "2028": Fraction(3, 5), "2029": Fraction(3, 10)}
    assert sum(shares(QUARTERS.write_off(10, 60)).values()) == Fraction(26, 60)


def test_write_off_of_the_opening_basis() -> None:
    """Eighteen months from month -12 leave six, all in the first two quarters; a life that is over goes to period 1; one ahead waits."""
    assert shares(QUARTERS.opening_write_off(-12, 18)) == {"2027Q1": Fraction(1, 2), "2027Q2": Fraction(1, 2)}
    assert shares(QUARTERS.opening_write_off(-12, 12)) == {"2027Q1": 1}
    assert shares(QUARTERS.opening_write_off(-30, 12)) == {"2027Q1": 1}
    assert shares(QUARTERS.opening_write_off(4, 4)) == {"2027Q2": Fraction(1, 2), "2027Q3": Fraction(1, 2)}
    assert shares(QUARTERS.opening_write_off(36, 4)) == {}
