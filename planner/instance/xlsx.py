"""An .xlsx file -> the cells of its sheets as text; dates, errors and formulas without a value are marked for what they are.

Values come from calamine, which gives neither formulas nor errors: these are found by a look at the XML of the sheets.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook, SheetVisibleEnum

from planner.errors import Problem
from planner.instance import raw
from planner.instance.fields import written
from planner.instance.grid import Odd
from planner.instance.sheetxml import Marks, Refused, address, marks, places

UNPACKED_LIMIT_BYTES = 50_000_000
WANTED = "an .xlsx workbook"
SAVE_AS = "in Excel save as 'Excel Workbook (.xlsx)', without a password"
TAKE_DATES = ("month", "day", "text")


@dataclass(frozen=True)
class Sheet:
    """The cells of a sheet from A1 on, whether it is hidden, the first cell of each merged range, and how many formulas it has."""

    rows: list[list[str]]
    hidden: bool
    merged: tuple[tuple[int, str], ...]
    formulas: int


@dataclass(frozen=True)
class Book:
    """Names of all sheets in order, and the cells of those that were asked for."""

    names: tuple[str, ...]
    sheets: dict[str, Sheet]


def read(path: Path, wanted: Collection[str]) -> Book | Problem:
    """The sheets named in `wanted` that the workbook has, or the problem that keeps it from being read."""
    data = raw.contents(path, raw.LIMIT_BYTES, WANTED)
    if isinstance(data, Problem):
        return data
    try:
        return _book(data, wanted)
    except Refused as refused:
        found, allowed, hint, sheet = refused.args
        return Problem(path.name, None, "", found, allowed, hint, sheet)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # whatever zipfile, expat or calamine (whose panics are no Exception) say of a damaged file
        words = (str(error).splitlines() or [type(error).__name__])[0]
        return Problem(path.name, None, "", f"a damaged workbook ({words})", WANTED, "open it in Excel and save it anew")


def _book(data: bytes, wanted: Collection[str]) -> Book:
    if data.startswith(raw.OLE):
        raise Refused("an old workbook (.xls) or one with a password", WANTED, SAVE_AS)
    if not data.startswith(raw.ZIP):
        raise Refused("a file that is no workbook", WANTED, SAVE_AS)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = sum(part.file_size for part in archive.infolist())
        if size > UNPACKED_LIMIT_BYTES:
            raise Refused(f"{size / 1e6:,.0f} MB unpacked", f"at most {UNPACKED_LIMIT_BYTES / 1e6:,.0f} MB; it was not read")
        at = places(archive)
        found = {name: marks(archive, at[name], name) for name in wanted if name in at}
        unpacked = _unpacked(archive)
    with CalamineWorkbook.from_filelike(unpacked) as book:
        visible = {sheet.name: sheet.visible == SheetVisibleEnum.Visible for sheet in book.sheets_metadata}
        sheets = {name: _sheet(book, name, not visible[name], mark) for name, mark in found.items()}
    return Book(tuple(visible), sheets)


def _unpacked(archive: zipfile.ZipFile) -> io.BytesIO:
    """The same archive without compression: calamine would unpack a part to its end, however much more it holds than it says."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as plain:
        for name in dict.fromkeys(archive.namelist()):
            plain.writestr(name, archive.read(name))
    out.seek(0)
    return out


def _sheet(book: Any, name: str, hidden: bool, found: Marks) -> Sheet:
    sheet = book.get_sheet_by_name(name)
    rows = [[_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    for (row, column), cell in found.cells.items():
        rows += [[] for _ in range(row + 1 - len(rows))]
        rows[row] += [""] * (column + 1 - len(rows[row]))
        rows[row][column] = cell
    width = max(map(len, rows), default=0)
    merged = ((start[0] + 1, f"{address(*start)}:{address(*end)}") for start, end in sheet.merged_cell_ranges or ())
    return Sheet([row + [""] * (width - len(row)) for row in rows], hidden, tuple(merged), found.formulas)


def _text(value: Any) -> str:
    """A value as text: numbers shortest, 2027.0 as 2027, dates as ISO days."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return written(float(value))
    hint = "format the cell as a number, or type the text after an apostrophe"
    if isinstance(value, dt.datetime) and value.time() != dt.time():
        return Odd(str(value), f"an Excel date with a time of day ({value})", hint=hint)
    if isinstance(value, dt.date):
        day = f"{value:%Y-%m-%d}"
        return Odd(day, f"an Excel date ({day})", TAKE_DATES, hint)
    return Odd(str(value), f"an Excel time ({value})", hint=hint)
