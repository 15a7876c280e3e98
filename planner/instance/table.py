"""The text of a table's file -> valid rows with their lines, and every problem of the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.errors import Problem
from planner.instance.build import built
from planner.instance.csvfile import Grid, cells
from planner.instance.fields import specs
from planner_models.rows import Row
from planner_models.words import listing, nearest, quoted, suggestion

UNREAD = frozenset({"*"})


@dataclass(frozen=True)
class Table:
    """Rows of a table, the line of each, first keys of the rows that could not be read (`*` if unknown), and problems.

    `loose` has the line and the texts of the sound fields of each row that could not be read.
    """

    rows: tuple[Row, ...] = ()
    lines: tuple[int, ...] = ()
    hidden: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    loose: tuple[tuple[int, dict[str, str]], ...] = ()


@dataclass(frozen=True)
class Columns:
    """Where each known column stands in the header, how wide the header is, and what is missing from it."""

    at: dict[str, int]
    width: int
    missing: frozenset[str]


def table(name: str, model: type[Row], text: str) -> Table:
    """Read file `name` as rows of `model`; rows with a fault are left out and their first keys are kept as hidden."""
    grid = cells(name, text, specs(model))
    if grid.header is None:
        return Table(hidden=UNREAD, problems=grid.problems)
    columns, problems = _columns(name, model, grid)
    rows: list[Row] = []
    lines: list[int] = []
    loose: list[tuple[int, dict[str, str]]] = []
    hidden = set(UNREAD if grid.problems else ())
    for line, record in grid.records:
        row, faults = _row(name, model, columns, line, record)
        problems += faults
        if row is None:
            hidden.add(_first_key(model, columns, record))
            loose.append((line, _sound(columns, record, {fault.field for fault in faults})))
        else:
            rows.append(row)
            lines.append(line)
    return Table(tuple(rows), tuple(lines), frozenset(hidden), (*problems, *grid.problems), tuple(loose))


def _columns(name: str, model: type[Row], grid: Grid) -> tuple[Columns, list[Problem]]:
    header = grid.header or ()
    problems = list(_header_problems(name, model, header, grid.header_line))
    known = specs(model)
    at = {column: i for i, column in reversed(list(enumerate(header))) if column in known}
    missing = frozenset(column for column, spec in known.items() if spec.required and column not in at)
    meant = {nearest(column, known) for column in header if column not in known}
    for column in known:
        if column in missing and column not in meant:
            found = "no such column"
            problems.append(Problem(name, grid.header_line, column, found, f"this column, which is required: {known[column].allowed}"))
    return Columns(at, len(header), missing), problems


def _header_problems(name: str, model: type[Row], header: tuple[str, ...], line: int) -> Iterator[Problem]:
    known = specs(model)
    seen: set[str] = set()
    for i, column in enumerate(header):
        if not column:
            hint = "delete empty columns and trailing commas"
            yield Problem(name, line, "", f"column {i + 1} without a name", "a name over each column", hint)
        elif column in seen:
            yield Problem(name, line, column, "the column a second time", "each column once")
        elif column not in known:
            yield Problem(name, line, quoted(column), "an unknown column", listing_of(model), suggestion(column, known))
        seen.add(column)


def listing_of(model: type[Row]) -> str:
    """The columns of a table in words, the free ones in short."""
    own = [column for column in specs(model) if column not in model.FREE]
    return f"{', '.join(own)}, and {listing(model.FREE)}"


def _row(name: str, model: type[Row], columns: Columns, line: int, record: list[str]) -> tuple[Row | None, list[Problem]]:
    if len(record) != columns.width:
        found = f"{len(record)} cells"
        hint = "a cell with a comma needs quotes" if len(record) > columns.width else ""
        return None, [Problem(name, line, "", found, f"{columns.width} cells, as in the header", hint)]
    texts = {column: record[i] for column, i in columns.at.items()}
    row, flaws = built(model, texts, {}, columns.missing)
    return row, [Problem(name, line, flaw.field, flaw.found, flaw.allowed, flaw.hint) for flaw in flaws]


def _sound(columns: Columns, record: list[str], faulty: set[str]) -> dict[str, str]:
    """The texts of the fields that are not at fault; none where the cells do not match the header."""
    matched = columns.at.items() if len(record) == columns.width else ()
    return {column: record[i] for column, i in matched if column not in faulty}


def _first_key(model: type[Row], columns: Columns, record: list[str]) -> str:
    i = columns.at.get(model.KEY[0])
    return (record[i].strip() if i is not None and i < len(record) else "") or "*"
