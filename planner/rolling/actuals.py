"""What really happened: a table of paths and values that replaces fields of a rolled instance, all of them together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from planner.errors import InvalidInstance, Problem
from planner.instance import raw
from planner.instance.cells import CellError, parsed
from planner.instance.columns import width_problem
from planner.instance.csvfile import cells
from planner.instance.fields import Spec, specs
from planner.instance.grid import Grid
from planner.instance.notice import Where
from planner_models.consistency import faults
from planner_models.rows import Row, Strict
from planner_models.schema import TABLES, Finance, Instance, Options
from planner_models.words import quoted, suggestion

COLUMNS = ("path", "value", "note")
WANTED = "the columns path and value, and if you like note"
BLOCKS: dict[str, type[Strict]] = {"finance": Finance, "options": Options}
PLACES = "finance.FIELD, or TABLE.KEY.FIELD such as opening.fleet.it_mw"


@dataclass(frozen=True)
class Actual:
    """One field of the rolled instance and what it is to be; `file` and `line` say where that was written."""

    path: str
    value: Any
    file: str = "actuals"
    line: int | None = None

    def problem(self, field: str, found: str, allowed: str, hint: str = "") -> Problem:
        """A fault of it."""
        return Problem(self.file, self.line, field, found, allowed, hint)


def read_actuals(path: str | Path) -> list[Actual]:
    """The rows of a CSV file with the columns path and value, and note where there is something to say; values as text.

    Raises InvalidInstance with all its faults.
    """
    file = Path(path)
    where = Where(file.name)
    found = raw.read(file, raw.LIMIT_BYTES, WANTED)
    if found.problem:
        raise InvalidInstance([found.problem])
    grid = cells(where, found.text or "", COLUMNS)
    header = grid.header or ()
    if problems := [*grid.problems, *(_header_faults(where, grid) if header else ())]:
        raise InvalidInstance(problems)
    rows = [(spot.line, dict(zip(header, record, strict=True))) for spot, record in grid.records]
    actuals = [Actual(row["path"].strip(), row["value"].strip(), file.name, line) for line, row in rows]
    if problems := list(_repeated(actuals)):
        raise InvalidInstance(problems)
    return actuals


def _header_faults(where: Where, grid: Grid) -> Iterator[Problem]:
    header, line = grid.header or (), grid.header_line
    for column in dict.fromkeys(header):
        if column not in COLUMNS:
            yield where.problem(line, "", f"an unknown column {quoted(column)}", WANTED, suggestion(column, COLUMNS))
        elif header.count(column) > 1:
            yield where.problem(line, column, "the column a second time", "each column once")
    for column in ("path", "value"):
        if column not in header:
            yield where.problem(line, column, "no such column", WANTED)
    for spot, record in grid.records:
        if problem := width_problem(where, spot.line, record, len(header)):
            yield problem


def _repeated(actuals: Sequence[Actual]) -> Iterator[Problem]:
    first: dict[str, int | None] = {}
    for actual in actuals:
        if actual.path in first:
            yield actual.problem("path", f"{actual.path!r} a second time", f"each path once; first in line {first[actual.path]}")
        first.setdefault(actual.path, actual.line)


def applied(instance: Instance, actuals: Sequence[Actual]) -> Instance:
    """The instance with all of these fields replaced together. Raises InvalidInstance with every fault of theirs."""
    data: dict[str, Any] = {name: getattr(instance, name) for name in Instance.model_fields}
    problems: list[Problem] = []
    touched: dict[tuple[str, int | None, str], Actual] = {}
    for actual in actuals:
        try:
            touched[_set(data, actual)] = actual
        except _Wrong as wrong:
            problems.append(wrong.problem)
    if not problems:
        problems = [_placed(fault.table, fault.row, fault.field, fault.found, fault.allowed, data, touched) for fault in
                    faults(Instance.model_construct(**data))]  # fmt: skip
    if problems:
        raise InvalidInstance(dict.fromkeys(problems))
    return Instance.model_validate(data)


class _Wrong(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def _set(data: dict[str, Any], actual: Actual) -> tuple[str, int | None, str]:
    """Replace one field in the data; hand back its table, row and field."""
    head, _, rest = actual.path.partition(".")
    if head in BLOCKS:
        data[head] = _with(data[head], rest, actual)
        return "instance", None, actual.path
    if head not in TABLES:
        raise _Wrong(actual.problem("path", repr(actual.path), PLACES, suggestion(head, (*TABLES, *BLOCKS))))
    key, _, field = rest.rpartition(".")
    rows: list[Row] = list(data[head])
    at = next((i for i, row in enumerate(rows) if key in _keys(row)), None)
    if at is None:
        known = [_keys(row)[0] for row in rows]
        raise _Wrong(actual.problem("path", f"{head} without a row {key!r}", "a row of the rolled instance", suggestion(key, known)))
    rows[at] = _with(rows[at], field, actual)
    data[head] = tuple(rows)
    return head, at, field


def _keys(row: Row) -> tuple[str, str]:
    """The key of a row in words, with days as they are and as months."""
    return "/".join(str(part) for part in row.key), "/".join(f"{p:%Y-%m}" if hasattr(p, "strftime") else str(p) for p in row.key)


def _with(block: Any, field: str, actual: Actual) -> Any:
    model: type[Strict] = type(block)
    known = specs(model)
    if field not in known:
        allowed = f"a field of {actual.path.partition('.')[0]}"
        raise _Wrong(actual.problem("path", f"unknown field {field!r}", allowed, suggestion(field, tuple(known))))
    value = _value(actual, known[field]) if isinstance(actual.value, str) else actual.value
    fields = {name: getattr(block, name) for name in type(block).model_fields}
    try:
        return model.model_validate(fields | {field: value})
    except ValidationError as error:
        raise _Wrong(_flaw(actual, known[field], error)) from None


def _flaw(actual: Actual, spec: Spec, error: ValidationError) -> Problem:
    """The fault of a value: out of its range, or in conflict with another field of the row."""
    first = error.errors()[0]
    conflicts = first.get("ctx", {}).get("conflicts")
    found, allowed = (f"{conflicts[0][0]} {conflicts[0][1]}", conflicts[0][2]) if conflicts else (repr(actual.value), spec.allowed)
    return actual.problem("value", found, allowed)


def _value(actual: Actual, spec: Spec) -> Any:
    """The value of a text; blank is the default of the field."""
    if not actual.value:
        if spec.required:
            raise _Wrong(actual.problem("value", "blank", spec.allowed))
        return spec.default
    try:
        return parsed(actual.value, spec)
    except CellError as error:
        raise _Wrong(actual.problem("value", error.found, error.allowed, error.hint)) from None


def _placed(
    table: str,
    row: int | None,
    field: str,
    found: str,
    allowed: str,
    data: dict[str, Any],
    touched: dict[tuple[str, int | None, str], Actual],
) -> Problem:
    """A fault of the whole, at the actual that caused it where one touched that row."""
    hits = [actual for (t, i, f), actual in touched.items() if (t, i) == (table, row) and (row is not None or f == field)]
    hits = [actual for (t, i, f), actual in touched.items() if (t, i, f) == (table, row, field)] or hits
    where = f"{table} {_keys(data[table][row])[0]}, {field}" if row is not None else f"{table}, {field}"
    first = next(iter(touched.values()))
    source = hits[0] if hits else replace(first, line=None)
    return source.problem("value" if hits else "", f"{where}: {found}", allowed)
