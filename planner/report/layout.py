"""The look of the page: headings, tables and remarks; every word from the data goes in as plain text, never as markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
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


GAP = 2
"""Characters between two columns of a table that has room."""


@dataclass(frozen=True)
class Grid:
    """A table that gives way at blanks: a column gets narrower than its longest word only where nothing else is left."""

    headings: Sequence[Text]
    rows: Sequence[Sequence[Text]]
    left: int
    total: Sequence[Text] | None
    widest: int | None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        widths, gap = self._widths(options.max_width)
        grid = Table(box=box.SIMPLE_HEAD, padding=(0, gap - 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold")
        for position, (heading, width) in enumerate(zip(self.headings, widths, strict=True)):
            grid.add_column(heading, justify="left" if position < self.left else "right", overflow="fold", width=width)
        for row in self.rows:
            grid.add_row(*row)
        if self.total is not None:
            grid.add_section()
            grid.add_row(*self.total, style="bold")
        yield grid

    def _widths(self, room: int) -> tuple[list[int], int]:
        """Characters of every column and between two: all that they want, less what the widest can spare, until the line fits."""
        lines = [self.headings, *self.rows, *([self.total] if self.total is not None else [])]
        columns = list(zip(*lines, strict=True))
        wanted = [max(1, *(cell_len(line) for cell in column for line in cell.plain.split("\n"))) for column in columns]
        words = [max(max(map(cell_len, cell.plain.split()), default=0) for cell in column) for column in columns]
        if self.widest is not None:
            wanted[0], words[0] = min(wanted[0], self.widest), min(words[0], self.widest)
        gap = GAP if sum(words) + GAP * (len(words) - 1) <= room else 1
        left = room - gap * (len(words) - 1)
        return _narrowed(_narrowed(wanted, words, left), [1] * len(words), left), gap


def _narrowed(widths: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Widths that fit the room, or that are as small as they may be; the widest that can still give way does so first."""
    narrowed = list(widths)
    while sum(narrowed) > room:
        spare = [position for position, width in enumerate(narrowed) if width > max(1, least[position])]
        if not spare:
            break
        narrowed[max(spare, key=lambda position: narrowed[position])] -= 1
    return narrowed


def table(headings: Sequence[str], rows: Iterable[Line], left: int = 1, total: Line | None = None, widest: int | None = None) -> Grid:
    """A table: `left` columns of words, then numbers; `total` is its last line, `widest` the most that the first column takes."""
    cells = [[_cell(cell) for cell in row] for row in rows]
    return Grid([Text(heading) for heading in headings], cells, left, None if total is None else [_cell(cell) for cell in total], widest)


def _cell(cell: str | Text) -> Text:
    return cell if isinstance(cell, Text) else Text(cell)
