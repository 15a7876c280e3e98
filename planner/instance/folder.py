"""An instance folder -> its settings and tables, with what is wrong in its files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from planner.errors import Problem
from planner.instance import raw
from planner.instance.csvfile import cells
from planner.instance.fields import specs
from planner.instance.notice import Notice, Where
from planner.instance.parts import SETTINGS, Parts
from planner.instance.settings import FILE, Reading, settings
from planner.instance.table import UNREAD, Table, table
from planner.instance.xlsx import SAVE_AS
from planner_models.schema import TABLES, Instance
from planner_models.words import nearest

FILES = (FILE, *(f"{name}.csv" for name in TABLES))
SILENT = {"schema.json", "expected.json"}
SILENT_ENDINGS = (".md", ".txt", ".rst")
SHEETS_OF_OTHERS = (".xls", ".xlsm", ".xlsb", ".ods", ".numbers")
"""Endings of spreadsheets that are no .xlsx."""
RUN_FILE = "run.json"
"""Stands in the folder of every run."""
NO_SETTINGS = "keys such as name, start, periods, finance"
NO_ROWS = "a header line, then rows; or no such file for an empty table"
WANTED = f"an instance folder: one that holds {FILE}; or an .xlsx workbook"


def folder(path: Path) -> Parts | Problem:
    """What an instance folder holds; the problem where it is no such folder."""
    inside = _inside(path)
    if isinstance(inside, Problem):
        return inside
    problems, notices = _strangers(path, inside)
    reading, tables = _read(path, problems, notices)
    where = {SETTINGS: Where(FILE)} | {name: Where(f"{name}.csv") for name in TABLES}
    return Parts(reading, tables, where, tuple(problems), tuple(notices))


def _inside(folder: Path) -> list[str] | Problem:
    """The names in an instance folder; the problem where it is none."""
    name = str(folder)
    if os.path.isfile(folder):
        hint = SAVE_AS if folder.suffix.lower() in SHEETS_OF_OTHERS else "give the folder that holds it"
        return Problem(name, None, "", "a file", WANTED, hint)
    try:
        inside = sorted(os.listdir(folder))
    except FileNotFoundError:
        return Problem(name, None, "", "no such folder", WANTED)
    except (OSError, ValueError) as error:
        return Problem(name, None, "", f"a folder that cannot be read ({error})", WANTED)
    if FILE in inside:
        return inside
    if RUN_FILE in inside:
        found = f"the folder of a run: {RUN_FILE}, but no {FILE}"
        hint = f"`planner verify {name}` checks its plan against the instance inside, `planner show {name}` prints it"
        return Problem(name, None, "", found, WANTED, hint)
    near = nearest(FILE, inside)
    return Problem(name, None, "", f"not an instance folder: no {FILE}", WANTED, f"did you mean to name {near!r} {FILE}?" if near else "")


def _strangers(folder: Path, inside: Sequence[str]) -> tuple[list[Problem], list[Notice]]:
    """Files that are not part of an instance: a problem where one looks like a table that is absent, else a notice; runs are silent."""
    problems, notices = [], []
    for name in inside:
        usual = name in SILENT or name.startswith(".") or name.lower().endswith(SILENT_ENDINGS)
        if name in FILES or usual or os.path.isfile(folder / name / RUN_FILE):
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
        where = Where(file.name)
        tables[name] = Table(hidden=UNREAD) if text is None else table(where, model, cells(where, text, specs(model)))
        problems += tables[name].problems
    return reading, tables


def _text(file: Path, limit: int, wanted: str, problems: list[Problem], notices: list[Notice]) -> str | None:
    found = raw.read(file, limit, wanted)
    problems += [found.problem] if found.problem else []
    notices += [found.notice] if found.notice else []
    return found.text
