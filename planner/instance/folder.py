"""An instance folder -> Instance, or a report of everything that is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from planner.errors import InvalidInstance, Problem
from planner.instance import raw
from planner.instance.doubtful import doubtful
from planner.instance.inert import inert
from planner.instance.notice import Notice, Report
from planner.instance.plausible import implausible
from planner.instance.settings import FILE, Reading, settings
from planner.instance.table import UNREAD, Table, table
from planner_models.consistency import Fault, faults, loose_references
from planner_models.schema import TABLES, Instance
from planner_models.words import nearest

FILES = (FILE, *(f"{name}.csv" for name in TABLES))
SILENT = {"schema.json", "expected.json"}
SILENT_ENDINGS = (".md", ".txt", ".rst")
NO_SETTINGS = "keys such as name, start, periods, finance"
NO_ROWS = "a header line, then rows; or no such file for an empty table"


def load(path: str | Path) -> Instance:
    """The instance in a folder. Raises InvalidInstance with all problems."""
    report = examine(path)
    if report.instance is None:
        raise InvalidInstance(report.problems)
    return report.instance


def examine(path: str | Path) -> Report:
    """Everything there is to say about an instance folder: the instance if it is valid, all problems, all notices."""
    folder = Path(path)
    if problem := _not_a_folder(folder):
        return Report(None, (problem,), ())
    problems, notices = _strangers(folder)
    reading, tables = _read(folder, problems, notices)
    values: dict[str, Any] = reading.values | {name: part.rows for name, part in tables.items()}
    draft = Instance.model_construct(**values)
    hidden = {name: part.hidden for name, part in tables.items()} | {"instance": frozenset(reading.hidden)}
    problems += [_placed(fault, reading, tables) for fault in faults(draft, hidden)]
    loose = {name: [texts for _, texts in part.loose] for name, part in tables.items()}
    for fault in loose_references(draft, hidden, loose):
        at = tables[fault.table].loose[fault.row or 0][0]
        problems.append(Problem(f"{fault.table}.csv", at, fault.field, fault.found, fault.allowed, fault.hint))
    if problems:
        return Report(None, tuple(sorted(problems, key=_order)), tuple(notices))
    instance = Instance.model_validate({name: getattr(draft, name) for name in Instance.model_fields})
    for item in (*inert(instance), *doubtful(instance), *implausible(instance)):
        file, line = _place(item.table, item.row, item.field, reading, tables)
        notices.append(Notice(file, line, item.field, item.found, item.reason))
    return Report(instance, (), tuple(notices))


def _not_a_folder(folder: Path) -> Problem | None:
    name, wanted = str(folder), f"an instance folder: one that holds {FILE}"
    if folder.is_file():
        return Problem(name, None, "", "a file", wanted, "give the folder that holds it")
    try:
        inside = sorted(os.listdir(folder))
    except FileNotFoundError:
        return Problem(name, None, "", "no such folder", wanted)
    except (OSError, ValueError) as error:
        return Problem(name, None, "", f"a folder that cannot be read ({error})", wanted)
    if FILE in inside:
        return None
    near = nearest(FILE, inside)
    return Problem(name, None, "", f"not an instance folder: no {FILE}", wanted, f"did you mean to name {near!r} {FILE}?" if near else "")


def _strangers(folder: Path) -> tuple[list[Problem], list[Notice]]:
    """Files that are not part of an instance: a problem where one looks like a table that is absent, else a notice."""
    inside = sorted(os.listdir(folder))
    problems, notices = [], []
    for name in inside:
        if name in FILES or name in SILENT or name.startswith(".") or name.lower().endswith(SILENT_ENDINGS):
            continue
        meant = nearest(name, [file for file in FILES if file not in inside])
        if meant and _alike(name, meant):
            problems.append(Problem(name, None, "", "an unknown file", ", ".join(FILES), f"did you mean {meant!r}?"))
        else:
            notices.append(Notice(name, None, "", "a file or folder of another kind", "it is not read"))
    return problems, notices


def _alike(name: str, meant: str) -> bool:
    """Near enough to be a slip: the same stem, or at most two letters more or less."""
    stem, wanted = name.lower().partition(".")[0], meant.partition(".")[0]
    return stem == wanted or (abs(len(stem) - len(wanted)) <= 2 and nearest(stem, [wanted]) == wanted and name.lower().endswith("csv"))


def _read(folder: Path, problems: list[Problem], notices: list[Notice]) -> tuple[Reading, dict[str, Table]]:
    """Settings and tables; their problems and notices are added to the lists."""
    text = _text(folder / FILE, raw.SETTINGS_LIMIT_BYTES, NO_SETTINGS, problems, notices)
    reading = settings(text) if text is not None else Reading(hidden=set(Instance.model_fields))
    problems += reading.problems
    tables: dict[str, Table] = {}
    for name, model in TABLES.items():
        file = folder / f"{name}.csv"
        if not os.path.lexists(file):
            absent = any(problem.hint == f"did you mean {file.name!r}?" for problem in problems)
            tables[name] = Table(hidden=UNREAD if absent else frozenset())
            continue
        text = _text(file, raw.LIMIT_BYTES, NO_ROWS, problems, notices)
        tables[name] = table(file.name, model, text) if text is not None else Table(hidden=UNREAD)
        problems += tables[name].problems
    return reading, tables


def _text(file: Path, limit: int, wanted: str, problems: list[Problem], notices: list[Notice]) -> str | None:
    found = raw.read(file, limit, wanted)
    problems += [found.problem] if found.problem else []
    notices += [found.notice] if found.notice else []
    return found.text


def _placed(fault: Fault, reading: Reading, tables: dict[str, Table]) -> Problem:
    """A fault of the data as a problem of a file."""
    file, line = _place(fault.table, fault.row, fault.field, reading, tables)
    hint = fault.hint
    if fault.also:
        other, at = _place(*fault.also, "", reading, tables)
        hint = f"first in {other} line {at}"
    return Problem(file, line, fault.field, fault.found, fault.allowed, hint)


def _place(name: str, row: int | None, field: str, reading: Reading, tables: dict[str, Table]) -> tuple[str, int | None]:
    if name == "instance":
        return FILE, next((reading.lines[path] for path in _paths(field) if path in reading.lines), None)
    return f"{name}.csv", None if row is None else tables[name].lines[row]


def _paths(field: str) -> Iterator[str]:
    """A path and the paths that hold it: `periods[1].months`, `periods[1]`, `periods`."""
    yield field
    yield field.rpartition(".")[0]
    yield field.partition(".")[0]
    yield field.partition("[")[0]


def _order(problem: Problem) -> tuple[Any, ...]:
    rank = FILES.index(problem.file) if problem.file in FILES else len(FILES)
    return rank, problem.file, problem.line or 0
