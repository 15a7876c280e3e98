"""Which scenarios there are: the combinations of a grid, or the rows of a table or file, each with a name and its changes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from planner.errors import InvalidInstance, Problem
from planner.instance import raw
from planner.instance.columns import width_problem
from planner.instance.csvfile import cells
from planner.instance.fields import KEY_WORDS
from planner.instance.grid import Grid
from planner.instance.notice import Where
from planner_models.words import quoted

NAME = "scenario"
"""The column of a file that names the scenarios; left out they are numbered."""
MOST_SCENARIOS = 100_000
FOLDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}")
WANTED = f"a header with paths such as btc.btc_usd, and if you like {NAME}; then a row per scenario"


@dataclass(frozen=True)
class Change:
    """What is written for a path, and where: a value to be set, or a change such as `-30%`."""

    path: str
    value: Any
    file: str = "changes"
    line: int | None = None

    def problem(self, found: str, allowed: str, hint: str = "") -> Problem:
        """A fault of it."""
        return Problem(self.file, self.line, self.path, found, allowed, hint)


@dataclass(frozen=True)
class Scenario:
    """A name, which is also that of its folder, and what is changed in it."""

    name: str
    changes: tuple[Change, ...]


def grid(vary: Mapping[str, Sequence[Any]], file: str = "vary") -> list[Scenario]:
    """Every combination of the values of each path, the last path varying fastest. Raises InvalidInstance with all faults."""
    axes = [[Change(path.strip(), _plain(value), file) for value in values] for path, values in vary.items()]
    problems: list[Problem] = []
    for path, axis in zip(vary, axes, strict=True):
        at = Change(path, None, file)
        texts = [str(change.value) for change in axis]
        if not axis or "" in texts or any(change.value is None for change in axis):
            problems.append(at.problem("no value" if not axis else "a blank value", "values separated by commas"))
        problems += [at.problem(f"{text} a second time", "each value once") for text in dict.fromkeys(texts) if texts.count(text) > 1]
    count = math.prod(map(len, axes))
    if count > MOST_SCENARIOS:
        problems.append(Problem(file, None, "", f"{count:,} combinations", f"at most {MOST_SCENARIOS:,}"))
    if problems:
        raise InvalidInstance(problems)
    return _numbered(list(product(*axes)))


def listed(rows: Iterable[Mapping[str, Any]], file: str = "changes") -> list[Scenario]:
    """A scenario per row, a path or `scenario` per key; None, not-a-number and blank text leave a field as it is.

    Raises InvalidInstance with all faults.
    """
    return _named([(i, {str(path): _plain(value) for path, value in row.items()}) for i, row in enumerate(rows, start=1)], file)


def read_changes(path: str | Path) -> list[Scenario]:
    """The scenarios of a CSV file: a row for each, a path in the header of each column, a blank cell for a field that stays as it is.

    Raises InvalidInstance with all faults.
    """
    file = Path(path)
    where = Where(file.name)
    found = raw.read(file, raw.LIMIT_BYTES, WANTED)
    if found.problem:
        raise InvalidInstance([found.problem])
    read = cells(where, found.text or "", (NAME,))
    header = read.header or ()
    if problems := [*read.problems, *(_header_faults(where, read) if header else ())]:
        raise InvalidInstance(problems)
    rows = [(spot.line, dict(zip(header, (cell.strip() for cell in record), strict=True))) for spot, record in read.records]
    return _named(rows, file.name)


def _header_faults(where: Where, read: Grid) -> Iterator[Problem]:
    header, line = read.header or (), read.header_line
    for column in dict.fromkeys(header):
        if not column:
            yield where.problem(line, "", "a column without a name", WANTED)
        elif header.count(column) > 1:
            yield where.problem(line, column, "the column a second time", "each column once")
    for spot, record in read.records:
        if problem := width_problem(where, spot.line, record, len(header)):
            yield problem


def _named(rows: Sequence[tuple[int, Mapping[str, Any]]], file: str) -> list[Scenario]:
    """Scenarios of rows with their lines; all of them have a name, or none."""
    if not rows:
        raise InvalidInstance([Problem(file, None, "", "no scenario", "a row per scenario")])
    if len(rows) > MOST_SCENARIOS:
        raise InvalidInstance([Problem(file, None, "", f"{len(rows):,} scenarios", f"at most {MOST_SCENARIOS:,}")])
    changes = [tuple(Change(path, value, file, line) for path, value in row.items() if path != NAME and value not in (None, "")) for
               line, row in rows]  # fmt: skip
    if not any(NAME in row for _, row in rows):
        return _numbered(changes)
    names = [(line, str(row.get(NAME) or "")) for line, row in rows]
    if problems := list(_name_faults(names, file)):
        raise InvalidInstance(problems)
    return [Scenario(name, changed) for (_, name), changed in zip(names, changes, strict=True)]


def _name_faults(names: Sequence[tuple[int, str]], file: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for line, name in names:
        if not FOLDER_NAME.fullmatch(name) or name.lower().endswith(".csv"):
            yield Problem(file, line, NAME, quoted(name), f"{KEY_WORDS}, as it becomes the name of a folder")
        elif name.lower() in first:
            once = f"each name once, letter case aside; first in line {first[name.lower()]}"
            yield Problem(file, line, NAME, f"{name!r} a second time", once)
        first.setdefault(name.lower(), line)


def _numbered(changes: Sequence[tuple[Change, ...]]) -> list[Scenario]:
    width = max(3, len(str(len(changes))))
    return [Scenario(f"{i:0{width}}", changed) for i, changed in enumerate(changes, start=1)]


def _plain(value: Any) -> Any:
    """A value from Python: numbers of numpy as plain ones, text without blanks around it, not-a-number as None."""
    value = value.item() if hasattr(value, "item") else value
    return value.strip() if isinstance(value, str) else None if isinstance(value, float) and math.isnan(value) else value
