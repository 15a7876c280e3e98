"""The look of the page: headings, tables and remarks; every word from the data goes in as plain text, never as markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

WIDTH, WIDEST = 100, 120
"""Columns of a page that is not printed on a terminal, and the most that it uses on one."""
MARGIN = 2
"""Columns by which everything under a heading is set in."""


def section(heading: str, *parts: RenderableType) -> Group:
    """A heading with what belongs under it."""
    return Group(Text(""), Text(heading, style="bold cyan"), *(Padding(part, (0, 0, 0, MARGIN)) for part in parts))


def remark(words: str, style: str = "") -> Text:
    """A sentence."""
    return Text(words, style=style)


def warning(words: str) -> Text:
    """A sentence that must not be missed, with or without colour."""
    return Text(f"WARNING: {words}", style="bold yellow")


def alarm(title: str, lines: Sequence[str]) -> Panel:
    """A loud box."""
    style = "bold red"
    return Panel(Text("\n".join(lines), style=style), title=Text(f"!!! {title} !!!", style=style), border_style=style, box=box.HEAVY)


Line = Sequence[str | Text]


def table(headings: Sequence[str], rows: Iterable[Line], left: int = 1, total: Line | None = None, widest: int | None = None) -> Table:
    """A table: `left` columns of words, then numbers; `total` is its last line, `widest` the most that the first column takes."""
    grid = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold")
    for position, heading in enumerate(headings):
        side = "left" if position < left else "right"
        grid.add_column(Text(heading), justify=side, overflow="fold", max_width=None if position else widest)  # type: ignore[arg-type]
    for row in rows:
        grid.add_row(*map(_cell, row))
    if total is not None:
        grid.add_section()
        grid.add_row(*map(_cell, total), style="bold")
    return grid


def _cell(cell: str | Text) -> Text:
    return cell if isinstance(cell, Text) else Text(cell)
