"""Where things stand in an instance, and notices: what is read but cannot matter, or is not read at all."""

from __future__ import annotations

from dataclasses import dataclass

from planner.errors import Problem, place, shown
from planner_models.schema import Instance


@dataclass(frozen=True)
class Notice:
    """One remark on an instance: file and sheet, line or row (None for the file as a whole), field, what was found, why it matters."""

    file: str
    line: int | None
    field: str
    found: str
    reason: str
    sheet: str = ""

    def __str__(self) -> str:
        return shown(f"{place(self.file, self.line, self.field, self.sheet)}: found {self.found}; {self.reason}")


@dataclass(frozen=True)
class Where:
    """A file of an instance, or a sheet of a workbook: what its problems and notices have in common."""

    file: str
    sheet: str = ""

    def problem(self, line: int | None, field: str, found: str, allowed: str, hint: str = "") -> Problem:
        """A fault in this file or sheet."""
        return Problem(self.file, line, field, found, allowed, hint, self.sheet)

    def notice(self, line: int | None, field: str, found: str, reason: str) -> Notice:
        """A remark on this file or sheet."""
        return Notice(self.file, line, field, found, reason, self.sheet)

    def row(self, line: int | None) -> str:
        """A line of it in words: `leases.csv line 4`."""
        return place(self.file, line, "", self.sheet)

    def table(self, name: str) -> str:
        """Where a table stands beside it: `leases.csv`, or `the sheet leases`."""
        return f"the sheet {name}" if self.sheet else f"{name}.csv"


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
    """What an instance folder or workbook holds: the instance (None when there are problems), all problems, all notices."""

    instance: Instance | None
    problems: tuple[Problem, ...]
    notices: tuple[Notice, ...]
