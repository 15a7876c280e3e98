"""A folder or a workbook -> Instance, or a report of everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from planner.errors import InvalidInstance, Problem
from planner.instance.doubtful import doubtful
from planner.instance.folder import folder
from planner.instance.inert import inert
from planner.instance.notice import Report, Where
from planner.instance.parts import SETTINGS, Parts
from planner.instance.plausible import implausible
from planner.instance.workbook import is_workbook, workbook
from planner_models.consistency import Fault, faults, loose_references
from planner_models.schema import Instance


def load(path: str | Path) -> Instance:
    """The instance in a folder or an .xlsx workbook. Raises InvalidInstance with all problems."""
    report = examine(path)
    if report.instance is None:
        raise InvalidInstance(report.problems)
    return report.instance


def examine(path: str | Path) -> Report:
    """Everything there is to say about an instance folder or workbook: the instance if it is valid, all problems, all notices."""
    parts = workbook(Path(path)) if is_workbook(Path(path)) else folder(Path(path))
    return Report(None, (parts,), ()) if isinstance(parts, Problem) else judged(parts)


def judged(parts: Parts) -> Report:
    """The report on what was read: rows are held against each other, and a valid instance is searched for what cannot matter."""
    values: dict[str, Any] = parts.reading.values | {name: part.rows for name, part in parts.tables.items()}
    draft = Instance.model_construct(**values)
    hidden = {name: part.hidden for name, part in parts.tables.items()} | {SETTINGS: frozenset(parts.reading.hidden)}
    problems = [*parts.problems, *(_placed(fault, parts) for fault in faults(draft, hidden))]
    loose = {name: [texts for _, texts in part.loose] for name, part in parts.tables.items()}
    for fault in loose_references(draft, hidden, loose):
        spot = parts.tables[fault.table].loose[fault.row or 0][0]
        problems.append(parts.where[fault.table].problem(*spot.of(fault.field), fault.found, fault.allowed, fault.hint))
    if problems:
        order = {(where.file, where.sheet): rank for rank, where in enumerate(parts.where.values())}
        once = dict.fromkeys(problems)  # one cell of a wide series may be at fault in each of its rows
        ranked = sorted(once, key=lambda problem: _order(problem, order))
        return Report(None, tuple(ranked), parts.notices)
    instance = Instance.model_validate({name: getattr(draft, name) for name in Instance.model_fields})
    notices = list(parts.notices)
    for item in (*inert(instance), *doubtful(instance), *implausible(instance)):
        where, line, field = _place(item.table, item.row, item.field, parts)
        notices.append(where.notice(line, field, item.found, item.reason))
    return Report(instance, (), tuple(dict.fromkeys(notices)))


def _placed(fault: Fault, parts: Parts) -> Problem:
    """A fault of the data as a problem of a file."""
    where, line, field = _place(fault.table, fault.row, fault.field, parts)
    hint = fault.hint
    if fault.also:
        other, at, _ = _place(*fault.also, "", parts)
        hint = f"first in {other.row(at)}"
    return where.problem(line, field, fault.found, fault.allowed, hint)


def _place(name: str, row: int | None, field: str, parts: Parts) -> tuple[Where, int | None, str]:
    """File or sheet, line and words for a field of a row, or for a setting."""
    where = parts.where[name]
    if name == SETTINGS:
        lines = parts.reading.lines
        return where, next((lines[path] for path in _paths(field) if path in lines), None), field
    return (where, None, field) if row is None else (where, *parts.tables[name].spots[row].of(field))


def _paths(field: str) -> Iterator[str]:
    """A path and the paths that hold it: `periods[1].months`, `periods[1]`, `periods`."""
    yield field
    yield field.rpartition(".")[0]
    yield field.partition(".")[0]
    yield field.partition("[")[0]


def _order(problem: Problem, order: dict[tuple[str, str], int]) -> tuple[Any, ...]:
    return order.get((problem.file, problem.sheet), len(order)), problem.file, problem.sheet, problem.line or 0
