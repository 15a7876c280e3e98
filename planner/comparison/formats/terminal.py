"""Cases for a person at a terminal: one in full, many in a table."""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich.console import Console, RenderableType

from planner.comparison.cases import Case
from planner.comparison.formats.cells import tables, text, words
from planner.report.layout import WIDTH, remark, section, table


def terminal(cases: Sequence[Case], title: str, notes: Sequence[str]) -> str:
    """Plain text: words, differences and tables of one case; of several a line each, and the decisions of plans that are not the same."""
    console = Console(file=io.StringIO(), width=WIDTH, color_system=None, highlight=False)
    parts: list[RenderableType] = [remark(text(title), "bold")]
    if len(cases) == 1:
        parts += _whole(cases[0])
    elif cases:
        lines = [(text(case.name), text(", ".join(case.who)), case.cause, text(case.words)) for case in cases]
        parts.append(section("Cases", table(("Name", "Who", "Cause", "What"), lines, left=4)))
        differ = (case for case in cases if case.exit_code and "stake_musd" in case.differences)
        parts += [section(text(case.name), *map(remark, told)) for case in differ if (told := words(case))]
    if notes:
        parts.append(section("Notes", *(remark(text(note)) for note in notes)))
    with console.capture() as captured:
        console.print(*parts, sep="\n")
    return "\n".join(line.rstrip() for line in captured.get().rstrip().splitlines()) + "\n"


def _whole(case: Case) -> list[RenderableType]:
    parts: list[RenderableType] = [remark(f"{text(case.name)}: {case.cause}: {text(case.words)}")]
    if lines := words(case):
        parts.append(section("Differences", *map(remark, lines)))
    parts += [section(title, table(header, rows, left=len(header))) for title, (header, rows) in tables(case).items()]
    return [*parts, *(remark(f"note: {text(note)}") for note in case.notes)]
