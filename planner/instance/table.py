"""The grid of a table -> valid rows with the place of each, and every problem of the others."""

from __future__ import annotations

from dataclasses import dataclass

from planner.errors import Problem
from planner.instance.build import Flaw, built
from planner.instance.columns import Columns, columns_of, width_problem
from planner.instance.fields import specs
from planner.instance.grid import Grid, Spot, odd
from planner.instance.notice import Where
from planner.instance.wide import is_wide, long
from planner_models.rows import Row

UNREAD = frozenset({"*"})
MOST_FAULTS = 1000
"""Faults of a table after which its other rows are not read: the same slip is in all of them, or it is no table."""


@dataclass(frozen=True)
class Table:
    """Rows of a table, the place of each, first keys of the rows that could not be read (`*` if unknown or refused), and problems.

    `loose` has the place and the texts of the sound fields of each row that could not be read.
    """

    rows: tuple[Row, ...] = ()
    spots: tuple[Spot, ...] = ()
    hidden: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    loose: tuple[tuple[Spot, dict[str, str]], ...] = ()


def table(where: Where, model: type[Row], grid: Grid) -> Table:
    """Read a grid as rows of `model`, be it long or wide; rows with a fault are left out and their first keys are kept as hidden."""
    if grid.header is None:
        return Table(hidden=UNREAD, problems=grid.problems)
    if is_wide(model, grid.header):
        grid = long(where, model, grid)
    columns, problems = columns_of(where, model, grid)
    rows: list[Row] = []
    spots: list[Spot] = []
    loose: list[tuple[Spot, dict[str, str]]] = []
    hidden = set(UNREAD if grid.problems else ())
    for spot, record in grid.records:
        if len(problems) >= MOST_FAULTS:
            problems.append(where.problem(spot.line, "", f"{len(problems):,} faults above", "none; the rows from here on were not read"))
            hidden |= UNREAD
            break
        row, faults, faulty = _row(where, model, columns, spot, record)
        problems += faults
        if row is None:
            hidden.add("*" if model.KEY[0] in faulty else _first_key(model, columns, record))
            loose.append((spot, _sound(columns, record, faulty)))
        else:
            rows.append(row)
            spots.append(spot)
    return Table(tuple(rows), tuple(spots), frozenset(hidden), (*problems, *grid.problems), tuple(loose))


def _row(where: Where, model: type[Row], columns: Columns, spot: Spot, record: list[str]) -> tuple[Row | None, list[Problem], set[str]]:
    """The row if it is valid, its problems, and the names of the fields at fault."""
    if problem := width_problem(where, spot.line, record, columns.width):
        return None, [problem], set()
    texts = {column: record[i] for column, i in columns.at.items()}
    known = specs(model)
    strange = [(column, found) for column, text in texts.items() if (found := odd(text, known[column].kind))]
    flaws = [Flaw(column, found.words, known[column].allowed, found.hint) for column, found in strange]
    skip = {column for column, _ in strange}
    sound = {column: text for column, text in texts.items() if column not in skip}
    row, more = built(model, sound, {}, columns.missing | skip)
    flaws += more
    problems = [where.problem(*spot.of(flaw.field), flaw.found, flaw.allowed, flaw.hint) for flaw in flaws]
    return row, problems, {flaw.field for flaw in flaws}


def _sound(columns: Columns, record: list[str], faulty: set[str]) -> dict[str, str]:
    """The texts of the fields that are not at fault; none where the cells do not match the header."""
    matched = columns.at.items() if len(record) == columns.width else ()
    return {column: record[i] for column, i in matched if column not in faulty}


def _first_key(model: type[Row], columns: Columns, record: list[str]) -> str:
    i = columns.at.get(model.KEY[0])
    return (record[i].strip() if i is not None and i < len(record) else "") or "*"
