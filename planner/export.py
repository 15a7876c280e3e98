"""A run's tables as an Excel workbook: a sheet per table, every cell what it is in the table, text never more than text."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from planner.atomic import write_file
from planner.errors import CannotWrite
from planner.excel import CREATED, MOST_LETTERS, MOST_ROWS, OPTIONS
from planner.runs import Run

WIDEST, SAMPLE = 40, 200
"""Widest column in characters, and rows that are looked at for its width."""
FORMATS = {
    "_musd": "#,##0.000", "_mw": "#,##0.0##", "_mwh": "#,##0", "_mva": "#,##0.0", "_fraction": "0.0000", "_eh": "#,##0.000",
    "_months": "0", "_usd": "#,##0.00", "_usd_per_mwh": "#,##0.00", "_usd_per_ph_day": "#,##0.00",
    "_btc": "#,##0.000", "_mw_per_it_mw": "0.00",
}  # fmt: skip
"""How a number shows, by the unit at the end of its column's name; the cell keeps all digits."""
MARK = "Tables of a run, written by planner export"
"""Stands in the properties of the workbook, so that it may be replaced by a later export."""
UNCHANGED = f">{CREATED:%Y-%m-%dT%H:%M:%SZ}</dcterms:modified>"
"""Its time of change, to which every spreadsheet that saves the file puts another."""


def to_xlsx(run: Run, path: str | Path) -> None:
    """Write the workbook, whole or not at all; an earlier export that nobody has changed is replaced.

    The header, with units in the names, stays in sight. Raises CannotWrite when there is no table to write, when a table has more
    rows than a sheet holds, when another file is there, or when the system refuses.
    """
    if not run.tables:
        raise CannotWrite(f"{path} is not written: the run ended {run.outcome} and has no tables")
    if large := [name for name, frame in run.tables.items() if len(frame) > MOST_ROWS]:
        raise CannotWrite(f"{path} is not written: table {large[0]} has more rows than the {MOST_ROWS:,} of a sheet; use its CSV file")
    write_file(Path(path), lambda place: place.write_bytes(_workbook(run)), _why_not_ours)


def _why_not_ours(path: Path) -> str | None:
    """Why a file may not be replaced: it is not an export as it was written."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("docProps/core.xml") as part:
            properties = part.read(10_000).decode()
    except Exception:  # whatever zipfile says of a file that is damaged or no workbook
        properties = ""
    if f">{MARK}<" in properties and UNCHANGED in properties:
        return None
    return "it is no export of a run, or was changed since; give the name of a new file"


def _workbook(run: Run) -> bytes:
    """The workbook, made in memory: a full disk must not meet a library that tells of it in a traceback and leaves files behind."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {**OPTIONS, "in_memory": True}) as book:
        book.set_properties({"title": run.instance.name, "comments": MARK, "created": CREATED})
        header = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        formats = {unit: book.add_format({"num_format": pattern}) for unit, pattern in FORMATS.items()}
        for name, frame in run.tables.items():
            _sheet(book.add_worksheet(name[:31]), frame, header, formats)
    return content.getvalue()


def _sheet(sheet: Any, frame: pd.DataFrame, header: Any, formats: Mapping[str, Any]) -> None:
    for position, name in enumerate(map(str, frame.columns)):
        cells = frame.iloc[:, position].tolist()
        sheet.write_string(0, position, name, header)
        sheet.set_column(position, position, _width(name, cells), _format(name, formats))
        for row, cell in enumerate(cells, start=1):
            _cell(sheet, row, position, cell)
    sheet.freeze_panes(1, 0)
    if len(frame):
        sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)


def _cell(sheet: Any, row: int, column: int, cell: Any) -> None:
    """One cell: text as text, numbers as numbers, blanks left out."""
    if isinstance(cell, str):
        sheet.write_string(row, column, cell[:MOST_LETTERS])
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif cell is not None and math.isfinite(cell):
        sheet.write_number(row, column, cell)


def _width(name: str, cells: list[Any]) -> int:
    longest = max((len(cell) if isinstance(cell, str) else 10 for cell in cells[:SAMPLE]), default=0)
    return min(WIDEST, max(longest, min(len(name), 18)) + 2)


def _format(name: str, formats: Mapping[str, Any]) -> Any:
    units = [unit for unit in formats if name.endswith(unit)]
    return formats[max(units, key=len)] if units else None
