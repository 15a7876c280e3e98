"""Notices: what is read but cannot matter, or is not read at all."""

from __future__ import annotations

from dataclasses import dataclass

from planner.errors import Problem, place
from planner_models.schema import Instance


@dataclass(frozen=True)
class Notice:
    """One remark on an instance folder: file, line (None for the file as a whole), field, what was found, and why it matters."""

    file: str
    line: int | None
    field: str
    found: str
    reason: str

    def __str__(self) -> str:
        return f"{place(self.file, self.line, self.field)}: found {self.found}; {self.reason}"


@dataclass(frozen=True)
class Remark:
    """A notice before its file and line are known: table (`instance` for settings), zero-based row, field, what was found, and why."""

    table: str
    row: int | None
    field: str
    found: str
    reason: str


@dataclass(frozen=True)
class Report:
    """What an instance folder holds: the instance (None when there are problems), all problems, all notices."""

    instance: Instance | None
    problems: tuple[Problem, ...]
    notices: tuple[Notice, ...]
