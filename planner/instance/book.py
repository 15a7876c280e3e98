"""Instance -> workbook: a sheet of settings, a sheet per table that has rows, and the lines of a README; every cell a value.

Numbers are number cells with all their digits; dates, names and texts are text, never a formula, a link or an Excel date.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from planner.atomic import write_file
from planner.errors import CannotWrite
from planner.excel import CREATED, MOST_LETTERS, MOST_ROWS, OPTIONS
from planner.instance.fields import columns_in_use, written
from planner.instance.parts import README, SETTINGS
from planner.instance.settings_sheet import COLUMNS, setting_rows
from planner_models.schema import TABLES, Instance

WIDEST, SAMPLE = 40, 200
"""Widest column in letters, and rows that are looked at for its width."""


class Exact(float):
    """A number that xlsxwriter writes with all its digits, not with the first 16 of them."""

    def __format__(self, spec: str) -> str:
        """The shortest decimals that read back as the same number, whatever is asked for."""
        return repr(float(self))


def write_book(instance: Instance, path: Path, notes: Mapping[str, str] | None = None, readme: str = "") -> None:
    """Write a workbook with the instance, with notes on settings by their paths, and with a README; whole or not at all.

    Raises CannotWrite where the file exists, a text or table is larger than Excel holds, or the system refuses.
    """
    if path.exists():
        raise CannotWrite(f"{path} is not overwritten: it exists; give the name of a new file")
    sheets: dict[str, list[Sequence[Any]]] = {SETTINGS: [COLUMNS, *setting_rows(instance, notes or {})]}
    for name, model in TABLES.items():
        if rows := getattr(instance, name):
            used = columns_in_use(model, rows)
            sheets[name] = [used, *([getattr(row, column) for column in used] for row in rows)]
    if readme:
        sheets[README] = [[line] for line in readme.splitlines()]
    for name, rows in sheets.items():
        _check(path, name, rows)
    try:
        write_file(path, lambda place: place.write_bytes(_workbook(instance.name, sheets)))
    except ValueError as error:
        raise CannotWrite(f"{str(path)!r} cannot be written: {error}") from error


def _check(path: Path, name: str, rows: Sequence[Sequence[Any]]) -> None:
    if len(rows) > MOST_ROWS + 1:
        raise CannotWrite(f"{path} is not written: {name} has more rows than the {MOST_ROWS:,} of a sheet")
    for i, row in enumerate(rows, start=1):
        if any(isinstance(cell, str | tuple) and len(written(cell)) > MOST_LETTERS for cell in row):
            raise CannotWrite(f"{path} is not written: row {i} of {name} has a text of more than the {MOST_LETTERS:,} letters of a cell")


def _workbook(title: str, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """The workbook, made in memory: files for a moment would stay behind where the writer is killed or the disk is full."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {**OPTIONS, "in_memory": True}) as book:
        book.set_properties({"title": title, "created": CREATED})
        header = book.add_format({"bold": True, "bottom": 1})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    _cell(sheet, i, j, cell, None if i or name == README else header)
            if name != README:
                sheet.freeze_panes(1, 0)
                for j in range(len(rows[0])):
                    sheet.set_column(j, j, _width([row[j] for row in rows[:SAMPLE]]))
    return content.getvalue()


def _cell(sheet: Any, row: int, column: int, cell: Any, style: Any) -> None:
    """One cell: numbers as numbers, blanks left out, all else as text."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        sheet.write_number(row, column, Exact(cell), style)
    elif text := written(cell):
        sheet.write_string(row, column, text, style)


def _width(cells: Sequence[Any]) -> int:
    return min(WIDEST, max(len(written(cell)) for cell in cells) + 2)
