"""The table of ranges in docs/generated.md: `python -c "from planner.generator.page import table; print(table(), end='')"`."""

from __future__ import annotations

from collections.abc import Iterator

from planner.generator import ranges


def table() -> str:
    """Every range as a row of Markdown: what, from, to, unit, source."""
    return "\n".join(["| drawn | from | to | unit | source |", "|---|---|---|---|---|", *_rows()]) + "\n"


def _rows() -> Iterator[str]:
    for figure in vars(ranges).values():
        if isinstance(figure, ranges.Range):
            yield f"| {figure.what} | {figure.low:g} | {figure.high:g} | {figure.unit} | {figure.source} |"
