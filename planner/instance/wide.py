"""Wide series -> long: a row per figure and a column per year, quarter, month or day becomes one row per date.

A table is wide when its header has columns named like dates in place of the column of its date key. The column `field` says
which figure a row holds; it may be left out where only one can be meant. A date at which a series has no figure at all makes no
row, so what held before holds on; where it has one, none of its rows may be blank. Columns of other fields hold for all dates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from planner.errors import Problem
from planner.instance.columns import header_problems, missing_problems, width_problem
from planner.instance.fields import specs
from planner.instance.grid import MOST_ROWS, Grid, Spot
from planner.instance.heads import DATED, date_key
from planner.instance.notice import Where
from planner_models.rows import Row
from planner_models.words import quoted, suggestion

FIELD = "field"


def is_wide(model: type[Row], header: tuple[str, ...]) -> bool:
    """Whether a header of this table names dates."""
    return date_key(model) is not None and any(DATED.fullmatch(column) for column in header)


@dataclass(frozen=True)
class Layout:
    """What the columns of a wide table are: dates (column, text of the date key), and the places of all others by name."""

    date: str
    dates: dict[int, str]
    at: dict[str, int]
    keys: tuple[str, ...]
    figures: tuple[str, ...]
    implied: str | None


@dataclass
class Series:
    """The rows of one key: first line, cells of the columns that hold for all dates, line and cells of each figure; whether one failed."""

    line: int
    fixed: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    figures: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    broken: bool = False


def long(where: Where, model: type[Row], grid: Grid) -> Grid:
    """The long grid of a wide one; series at fault are left out, and their problems are those of the grid."""
    header = grid.header or ()
    layout = _layout(model, header)
    problems = [*grid.problems, *_header_faults(where, model, grid, layout)]
    clear = (FIELD in layout.at or layout.implied is not None) and len(layout.keys) + 1 == len(model.KEY)
    widths = [width_problem(where, spot.line, record, len(header)) for spot, record in grid.records]
    problems += [problem for problem in widths if problem]
    sound: list[Series] = []
    for key, series in (_series(where, model, grid, layout, problems) if clear and not any(widths) else {}).items():
        absent = [] if series.broken else [*_absent(where, model, layout, key, series)]
        problems += [*absent, *_blanks(where, model, header, layout, series)]
        sound += [] if absent or series.broken else [series]
    fixed = [name for name in layout.at if name != FIELD and name in specs(model) and name != layout.date]
    if (figures := len(layout.dates) * len(sound)) > MOST_ROWS:
        problems.append(where.problem(grid.header_line, "", f"{figures:,} dates of series", f"at most {MOST_ROWS:,}; they were not read"))
        sound = []
    records = tuple(_records(grid, layout, sound, fixed))
    return Grid((layout.date, *fixed, *layout.figures), grid.header_line, records, tuple(problems))


def _layout(model: type[Row], header: tuple[str, ...]) -> Layout:
    known, date = specs(model), date_key(model) or ""
    at = {column: i for i, column in reversed(list(enumerate(header))) if not DATED.fullmatch(column)}
    figures = tuple(name for name in known if name not in (*model.KEY, *model.FREE) and name not in at)
    needed = [name for name in figures if known[name].required] or list(figures)
    dates = {i: _date(column, known[date].kind) for i, column in enumerate(header) if DATED.fullmatch(column)}
    keys = tuple(name for name in model.KEY if name != date and name in at)
    return Layout(date, dates, at, keys, figures, needed[0] if len(needed) == 1 else None)


def _date(column: str, kind: str) -> str:
    """The head of a column as text of the date key; what the key cannot take is left for its own words."""
    match = DATED.fullmatch(column)
    if not match or kind == "whole" or "-" in column:
        return column
    return f"{match[1]}-{3 * int(match[2] or 1) - 2:02d}" + ("-01" if kind == "day" else "")


def _header_faults(where: Where, model: type[Row], grid: Grid, layout: Layout) -> Iterator[Problem]:
    header, line = grid.header or (), grid.header_line
    dated = {header[i] for i in layout.dates}
    yield from header_problems(where, model, header, line, {FIELD, *dated})
    lacking = [name for name in model.KEY if name not in (layout.date, *layout.keys)]
    yield from missing_problems(where, model, tuple(name for name in header if name not in dated), line, lacking)
    if layout.date in layout.at:
        other = next(iter(layout.dates))
        hint = f"one row per date with {layout.date}, or one column per date without it"
        yield where.problem(line, layout.date, f"this column beside the column {header[other]}", "one of the two", hint)
    seen: dict[str, str] = {}
    for i, date in layout.dates.items():
        first = seen.setdefault(date, header[i])
        if first != header[i]:
            yield where.problem(line, header[i], f"the date of the column {first} a second time", "each date once")
    if FIELD not in layout.at and layout.implied is None:
        allowed = f"a column that names the figure of each row: {', '.join(layout.figures)}"
        yield where.problem(line, FIELD, "no such column", allowed)


def _series(where: Where, model: type[Row], grid: Grid, layout: Layout, problems: list[Problem]) -> dict[tuple[str, ...], Series]:
    """The series by their keys; problems of single rows are added to the list."""
    every: dict[tuple[str, ...], Series] = {}
    for spot, record in grid.records:
        key = tuple(record[layout.at[part]].strip() for part in layout.keys)
        series = every.setdefault(key, Series(spot.line))
        name = record[layout.at[FIELD]].strip() if FIELD in layout.at else layout.implied or ""
        if fault := _figure_fault(where, layout, series, key, spot.line, name, record):
            problems.append(fault)
            series.broken = True
            continue
        problems += _fixed_faults(where, model, layout, series, spot.line, record)
        series.figures[name] = (spot.line, record)
    return every


def _figure_fault(
    where: Where, layout: Layout, series: Series, key: tuple[str, ...], line: int, name: str, record: list[str]
) -> Problem | None:
    """The fault of a row as the figure `name` of a series."""
    if name not in layout.figures:
        found = quoted(name) if name else "blank"
        return where.problem(line, FIELD, found, ", ".join(layout.figures), suggestion(name, layout.figures))
    if not any(record[i].strip() for i in layout.dates):
        return where.problem(line, name, "no figure under any date", "a figure under at least one date, or no such row")
    if name in series.figures:
        first = f"first in {where.row(series.figures[name][0])}"
        return where.problem(line, name, f"a second row for {_named(key)}", "one row per series and figure", first)
    return None


def _fixed_faults(where: Where, model: type[Row], layout: Layout, series: Series, line: int, record: list[str]) -> Iterator[Problem]:
    """Take over the cells that hold for all dates: free texts are joined, others may not differ from row to row of a series."""
    for name, i in layout.at.items():
        text = record[i]
        if name not in specs(model) or not text.strip():
            continue
        before = series.fixed.setdefault(name, text)
        series.lines.setdefault(name, line)
        if before.strip() == text.strip():
            continue
        if name not in model.FREE:
            allowed = f"{quoted(before.strip())} as in {where.row(series.lines[name])}, or blank: it holds for the whole series"
            yield where.problem(line, name, quoted(text.strip()), allowed)
        elif text not in before.split("; "):
            series.fixed[name] = f"{before}; {text}"


def _absent(where: Where, model: type[Row], layout: Layout, key: tuple[str, ...], series: Series) -> Iterator[Problem]:
    """Figures that every date needs and that a series has no row for."""
    for name in layout.figures:
        if specs(model)[name].required and name not in series.figures:
            yield where.problem(series.line, name, f"no row for {_named(key)}", f"a row with {name} under {FIELD}, or a column {name}")


def _blanks(where: Where, model: type[Row], header: tuple[str, ...], layout: Layout, series: Series) -> Iterator[Problem]:
    """Blank cells at dates at which the series has another figure."""
    for i in layout.dates:
        if any(record[i].strip() for _, record in series.figures.values()):
            for name, (line, record) in series.figures.items():
                if not record[i].strip():
                    yield where.problem(line, f"{name} in {header[i]}", "blank", specs(model)[name].allowed)


def _records(grid: Grid, layout: Layout, every: list[Series], fixed: list[str]) -> Iterator[tuple[Spot, list[str]]]:
    """One row per date and series that has a figure then."""
    for i, date in layout.dates.items():
        column = (grid.header or ())[i]
        for series in every:
            figures = [series.figures[name][1][i] if name in series.figures else "" for name in layout.figures]
            if any(figure.strip() for figure in figures):
                lines = {name: series.figures[name][0] if name in series.figures else series.line for name in layout.figures}
                spots = {name: (line, f"{name} in {column}") for name, line in lines.items()}
                spots[layout.date] = (grid.header_line, layout.date)
                spots |= {name: (line, name) for name, line in series.lines.items()}
                yield Spot(series.line, spots), [date, *(series.fixed.get(name, "") for name in fixed), *figures]


def _named(key: tuple[str, ...]) -> str:
    return "/".join(key) if key else "the series"
