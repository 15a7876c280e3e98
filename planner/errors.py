"""What can go wrong for a user: errors with an exit code, and the problems of an instance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from planner_models.words import sentence

MOST_LINES = 1000
"""Problems that the message of an InvalidInstance tells; `problems` has them all."""
WIDEST_FIELD = 200


@dataclass(frozen=True)
class Problem:
    """One fault of an instance: file, line (None for the file as a whole), field, what was found, what is allowed, a hint.

    In a workbook `sheet` names the sheet and `line` is the number of the row in Excel.
    """

    file: str
    line: int | None
    field: str
    found: str
    allowed: str
    hint: str = ""
    sheet: str = ""

    def __str__(self) -> str:
        return shown(f"{place(self.file, self.line, self.field, self.sheet)}: {sentence(self.found, self.allowed, self.hint)}")


def shown(text: str) -> str:
    """Text for a terminal: on one line, with what does not print (escape codes, direction marks, odd bytes of file names) as `\\x1b`."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)


def place(file: str, line: int | None, field: str, sheet: str = "") -> str:
    """Where something stands: `leases.csv line 4, product`, or `mine.xlsx sheet leases row 4, product`."""
    row = f" {'row' if sheet else 'line'} {line}" if line else ""
    name = field if len(field) <= WIDEST_FIELD else f"{field[:WIDEST_FIELD]}... ({len(field)} characters)"
    return file + (f" sheet {sheet}" if sheet else "") + row + (f", {name}" if name else "")


class PlannerError(Exception):
    """Something that a user can put right; never shown as a traceback. `exit_code` is what the command returns."""

    exit_code: ClassVar[int] = 8


class CannotWrite(PlannerError):
    """A folder or file is not written: it exists, or the system refuses."""

    exit_code = 2


class InvalidInstance(PlannerError):
    """The instance has faults; `problems` holds all of them in the order of the files."""

    exit_code = 3

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        lines = [f"{count} problem{'' if count == 1 else 's'}:", *(f"  {problem}" for problem in self.problems[:MOST_LINES])]
        super().__init__("\n".join([*lines, *([f"  ... and {count - MOST_LINES:,} more"] if count > MOST_LINES else [])]))

    def __reduce__(self) -> tuple[type[InvalidInstance], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class SolverMissing(PlannerError):
    """A solver was named that is not installed here."""

    exit_code = 2

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"solver {name!r} is not installed here, or Pyomo does not know it; `highs` always is")

    def __reduce__(self) -> tuple[type[SolverMissing], tuple[str]]:
        return type(self), (self.name,)


class ProgramRefused(PlannerError):
    """A solver does not take a program."""

    exit_code = 8


class BadOption(PlannerError):
    """An option of a solve has a value that makes no sense."""

    exit_code = 2
