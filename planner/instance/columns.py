"""The header of a table against the fields of its rows: where each column stands, what is unknown, twice, nameless or missing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from planner.errors import Problem
from planner.instance.fields import specs
from planner.instance.grid import Grid
from planner.instance.heads import forms
from planner.instance.notice import Where
from planner_models.rows import Row
from planner_models.words import listing, nearest, quoted, suggestion


@dataclass(frozen=True)
class Columns:
    """Where each known column stands in the header, how wide the header is, and what is missing from it."""

    at: dict[str, int]
    width: int
    missing: frozenset[str]


def columns_of(where: Where, model: type[Row], grid: Grid) -> tuple[Columns, list[Problem]]:
    """The columns of a grid with a header, and the problems of the header."""
    header = grid.header or ()
    problems = list(header_problems(where, model, header, grid.header_line))
    known = specs(model)
    at = {column: i for i, column in reversed(list(enumerate(header))) if column in known}
    missing = [column for column, spec in known.items() if spec.required and column not in at]
    problems += missing_problems(where, model, header, grid.header_line, missing)
    return Columns(at, len(header), frozenset(missing)), problems


def missing_problems(where: Where, model: type[Row], header: tuple[str, ...], line: int, missing: Collection[str]) -> Iterator[Problem]:
    """Columns that a header lacks, but for those that another column seems to be a slip for."""
    known = specs(model)
    meant = {nearest(column, known) for column in header if column not in known}
    for column in missing:
        if column not in meant:
            yield where.problem(line, column, "no such column", f"this column, which is required: {known[column].allowed}")


def header_problems(where: Where, model: type[Row], header: tuple[str, ...], line: int, also: Collection[str] = ()) -> Iterator[Problem]:
    """Columns that are nameless, twice or neither fields of the model nor named in `also`."""
    known = specs(model)
    seen: set[str] = set()
    for i, column in enumerate(header):
        if not column:
            hint = "name it or empty its cells" if where.sheet else "delete empty columns and trailing commas"
            yield where.problem(line, "", f"column {i + 1} without a name", "a name over each column", hint)
        elif column in seen:
            yield where.problem(line, column, "the column a second time", "each column once")
        elif column not in known and column not in also:
            hint = suggestion(column, known) or forms(model, column)
            yield where.problem(line, quoted(column), "an unknown column", listing_of(model), hint)
        seen.add(column)


def listing_of(model: type[Row]) -> str:
    """The columns of a table in words, the free ones in short."""
    own = [column for column in specs(model) if column not in model.FREE]
    return f"{', '.join(own)}, and {listing(model.FREE)}"


def width_problem(where: Where, line: int, record: list[str], width: int) -> Problem | None:
    """The problem of a row that has more or fewer cells than the header."""
    if len(record) == width:
        return None
    hint = "a cell with a comma needs quotes" if len(record) > width else ""
    return where.problem(line, "", f"{len(record)} cells", f"{width} cells, as in the header", hint)
