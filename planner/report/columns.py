"""Which periods a page has room for, the same in all its tables: all of them, else year ends, else some of those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.check.calendar import Calendar
from planner.report.layout import GAP


@dataclass(frozen=True)
class Column:
    """One column of a table over time: its heading and the period that it shows."""

    heading: str
    period: str


def columns(calendar: Calendar, room: int, least: int = 5, keep: str | None = None) -> list[Column]:
    """Columns of `least` characters or more that fit `room`: all periods, or the last of every fiscal year, or of years spread evenly.

    The first year, the last and the one that holds the period `keep` are always there.
    """
    periods = [Column(period.label, period.label) for period in calendar.periods]
    if sum(max(len(column.heading), least) + GAP for column in periods) - GAP <= room:
        return periods
    years = [Column(year.label, year.periods[-1].label) for year in calendar.fiscal_years]
    most = max(2, (room + GAP) // (max(least, *(len(year.heading) for year in years)) + GAP))
    if len(years) <= most:
        return years
    chosen = [round(step * (len(years) - 1) / (most - 1)) for step in range(most)]
    kept = next((i for i, year in enumerate(calendar.fiscal_years) if keep in [period.label for period in year.periods]), 0)
    if kept not in chosen:
        inner = chosen[1:-1]
        if inner:
            inner.remove(min(inner, key=lambda other: abs(other - kept)))
        chosen = sorted([chosen[0], *inner, kept, chosen[-1]])
    return [years[position] for position in chosen]


def spans(calendar: Calendar, chosen: Sequence[Column]) -> list[list[str]]:
    """The periods that each column stands for where amounts are summed: its year, or itself."""
    year_of = {period.label: year for year in calendar.fiscal_years for period in year.periods}
    return [[period.label for period in year_of[c.period].periods] if c.heading != c.period else [c.period] for c in chosen]


def remarks(calendar: Calendar, chosen: Sequence[Column], sums: bool = False) -> list[str]:
    """What a reader has to know of the columns: that they are year ends (unless they are `sums` of years), and which are left out."""
    said = ["Each year shows its last period."] if shows_years(chosen) and not sums else []
    shown = {column.period for column in chosen}
    runs: list[list[str]] = []
    before = True
    for year in calendar.fiscal_years:
        here = year.periods[-1].label in shown
        if not here:
            runs = runs if not before else [*runs, []]
            runs[-1].append(year.label)
        before = here
    gaps = [run[0] if len(run) == 1 else f"{run[0]}{', ' if len(run) == 2 else ' to '}{run[-1]}" for run in runs]
    return [*said, f"Not shown: {', '.join(gaps)}."] if gaps else said


def shows_years(chosen: Sequence[Column]) -> bool:
    """Whether a column stands for the end of a year of several periods."""
    return any(column.heading != column.period for column in chosen)
