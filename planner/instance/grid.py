"""Header and rows of a table before they are read: what CSV files, sheets of workbooks and wide series become."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from planner.errors import Problem

MOST_ROWS = 100_000
"""Rows of a table below its header, far more than a model can have: a larger table is a slip or an attack."""
MOST_COLUMNS = 16_384
"""Columns of a table, as Excel has them."""


class Odd(str):
    """The text of a workbook's cell that is more than text or a number: a date, an error, a formula without a value.

    `words` say what it is; fields of the `kinds` may take its text, for all others it is a fault.
    """

    __slots__ = ("hint", "kinds", "words")
    words: str
    kinds: frozenset[str]
    hint: str

    def __new__(cls, text: str, words: str, kinds: Collection[str] = (), hint: str = "") -> Odd:
        """Text, words for it, kinds of fields that take it, and how to put it right."""
        self = super().__new__(cls, text)
        self.words, self.kinds, self.hint = words, frozenset(kinds), hint
        return self


def odd(text: str, kind: str) -> Odd | None:
    """The text when a field of this kind cannot take it for what it is in the workbook."""
    return text if isinstance(text, Odd) and kind not in text.kinds else None


@dataclass(frozen=True)
class Spot:
    """Where a row stands: its line; in a wide series also the line of, and words for, the fields that stand elsewhere."""

    line: int
    elsewhere: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    def of(self, name: str) -> tuple[int, str]:
        """Line of a field and words for it: `usd_per_mwh`, or `usd_per_mwh in 2028`."""
        return self.elsewhere.get(name, (self.line, name))


@dataclass(frozen=True)
class Grid:
    """Cells of a table: the header, and (spot, cells) of each row that is not blank; None where there is no header."""

    header: tuple[str, ...] | None
    header_line: int
    records: tuple[tuple[Spot, list[str]], ...]
    problems: tuple[Problem, ...]
