"""Cases for a person at a terminal: one in full, many in a table."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from rich.console import Console, RenderableType

from planner.comparison.cases import Case
from planner.comparison.formats.cells import table as cells_of
from planner.comparison.formats.cells import tables, text, words
from planner.comparison.many import matrix
from planner.report.layout import WIDTH, remark, section, table


def terminal(cases: Sequence[Case], title: str, notes: Sequence[str]) -> str:
    """Plain text: words, differences and tables of one case; of several a line each, and the decisions of plans that are not the same."""
    console = Console(file=io.StringIO(), width=WIDTH, color_system=None, highlight=False)
    parts: list[RenderableType] = [remark(text(title), "bold")]
    if len(cases) == 1:
        parts += _whole(cases[0])
    elif cases:
        if len(glance := matrix(cases)) > 1:
            header, rows = cells_of(glance)
            parts.append(section("At a glance", table(header, rows, left=len(header))))
        lines = [(text(case.name), text(", ".join(case.who)), case.cause, text(case.words)) for case in cases]
        parts.append(section("Cases", table(("Name", "Who", "Cause", "What"), lines, left=4)))
        differ = (case for case in cases if case.exit_code and "stake_musd" in case.differences)
        parts += [section(", ".join(names), *map(remark, lines)) for lines, names in _once(differ).items()]
    if notes:
        parts.append(section("Notes", *(remark(text(note)) for note in notes)))
    with console.capture() as captured:
        console.print(*parts, sep="\n")
    return "\n".join(line.rstrip() for line in captured.get().rstrip().splitlines()) + "\n"


def _once(cases: Iterable[Case]) -> dict[tuple[str, ...], list[str]]:
    """The lines of the differences with the names of the cases that have them; what several searches find is told once."""
    found: dict[tuple[str, ...], list[str]] = {}
    for case in cases:
        if lines := tuple(words(case)):
            names = found.setdefault(lines, [])
            names += [] if text(case.name) in names else [text(case.name)]
    return found


def _whole(case: Case) -> list[RenderableType]:
    parts: list[RenderableType] = [remark(f"{text(case.name)}: {case.cause}: {text(case.words)}")]
    if lines := words(case):
        parts.append(section("Differences", *map(remark, lines)))
    parts += [section(title, table(header, rows, left=len(header))) for title, (header, rows) in tables(case).items()]
    return [*parts, *(remark(f"note: {text(note)}") for note in case.notes)]
