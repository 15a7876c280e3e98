"""Cases as Markdown, for the summary of a pipeline's step or a comment on a change; text from data is never markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from planner.comparison.cases import Case
from planner.comparison.formats.cells import table as cells_of
from planner.comparison.formats.cells import tables, text, words
from planner.comparison.many import matrix

MARKS = re.compile(r"[\\`*_\[\]<>|~$@#]|&(?=[#\w])|:(?=\S)|(?<=\bwww)\.|^[+-]")
"""What means something in Markdown, at any place or at the start of a line, or makes a link of an address."""
NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")
"""What begins a list with numbers."""
MOST_ROWS = 200
"""Rows of a table: a step's summary on GitHub holds 1 MB."""


def markdown(cases: Sequence[Case], title: str, notes: Sequence[str]) -> str:
    """A table of all cases; of one, or of those that differ, lines of differences and tables."""
    parts = [f"## {_told(title)}"]
    if cases:
        rows = [[case.name, ", ".join(case.who), case.cause, case.words] for case in cases]
        parts += _table(("Name", "Who", "Cause", "What"), rows)
    if len(glance := matrix(cases)) > 1:
        parts += ["", "### At a glance", *_table(*cells_of(glance))]
    for case in cases:
        if len(cases) == 1 or case.exit_code:
            parts += _whole(case)
    parts += ["", "### Notes", "", *(f"- {_told(note)}" for note in notes)] if notes else []
    return "\n".join(parts) + "\n"


def _whole(case: Case) -> list[str]:
    parts = ["", f"### {_told(case.name)}: {case.cause}"]
    if lines := words(case):
        parts += ["", *(f"- {_told(line)}" for line in lines)]
    for title, (header, rows) in tables(case).items():
        parts += ["", f"#### {_told(title)}", *_table(header, rows)]
    return [*parts, *(f"\nNote: {_told(note)}" for note in case.notes)]


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    more = [f"\n{len(rows) - MOST_ROWS:,} more rows."] if len(rows) > MOST_ROWS else []
    return ["", _row(header), f"|{' --- |' * len(header)}", *map(_row, rows[:MOST_ROWS]), *more]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(_told, cells))} |"


def _told(words: str) -> str:
    """Text on one line in which nothing is markup."""
    return NUMBERED.sub(r"\1\\\2", MARKS.sub(r"\\\g<0>", text(words).strip()))
