"""Which periods a page has room for: all of them, else year ends, else some of those."""

from __future__ import annotations

from dataclasses import dataclass

from planner.check.calendar import Calendar


@dataclass(frozen=True)
class Column:
    """One column of a table over time: its heading and the period that it shows."""

    heading: str
    period: str


def columns(calendar: Calendar, room: int, least: int = 5) -> list[Column]:
    """Columns of `least` characters or more that fit `room`: all periods, or the last of every fiscal year, or of years spread evenly."""
    periods = [Column(period.label, period.label) for period in calendar.periods]
    if sum(max(len(column.heading), least) + GAP for column in periods) <= room:
        return periods
    years = [Column(year.label, year.periods[-1].label) for year in calendar.fiscal_years]
    most = max(2, room // (max(least, *(len(year.heading) for year in years)) + GAP))
    if len(years) <= most:
        return years
    return [years[round(step * (len(years) - 1) / (most - 1))] for step in range(most)]


GAP = 2
"""Characters between two columns."""


def shows_years(chosen: list[Column]) -> bool:
    """Whether a column stands for the end of a year of several periods."""
    return any(column.heading != column.period for column in chosen)
