"""An .xlsx file -> the cells of its sheets as text; dates, errors and formulas without a value are marked for what they are.

Values come from calamine, which gives neither formulas nor errors: these are found by a look at the XML of the sheets.
"""

from __future__ import annotations

import datetime as dt
import io
import posixpath
import re
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineWorkbook, SheetVisibleEnum

from planner.errors import Problem
from planner.instance import raw
from planner.instance.fields import written
from planner.instance.grid import Odd

UNPACKED_LIMIT_BYTES = 1_000_000_000
MOST_CELLS = 10_000_000
"""Cells of a sheet up to its last row and column in use: all of them take memory, the blank ones too."""
WANTED = "an .xlsx workbook"
SAVE_AS = "in Excel save as 'Excel Workbook (.xlsx)', without a password"
TAKE_DATES = ("month", "day", "text")
ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


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


class _Refused(Exception):
    """A workbook that is not read: what was found, what is allowed, a hint, the sheet."""


def read(path: Path, wanted: Collection[str]) -> Book | Problem:
    """The sheets named in `wanted` that the workbook has, or the problem that keeps it from being read."""
    data = raw.contents(path, raw.LIMIT_BYTES, WANTED)
    if isinstance(data, Problem):
        return data
    try:
        return _book(data, wanted)
    except _Refused as refused:
        found, allowed, hint, sheet = refused.args
        return Problem(path.name, None, "", found, allowed, hint, sheet)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # whatever zipfile, expat or calamine (whose panics are no Exception) say of a damaged file
        words = (str(error).splitlines() or [type(error).__name__])[0]
        return Problem(path.name, None, "", f"a damaged workbook ({words})", WANTED, "open it in Excel and save it anew")


def _book(data: bytes, wanted: Collection[str]) -> Book:
    if data.startswith(raw.OLE):
        raise _Refused("an old workbook (.xls) or one with a password", WANTED, SAVE_AS, "")
    if not data.startswith(raw.ZIP):
        raise _Refused("a file that is no workbook", WANTED, SAVE_AS, "")
    sheets: dict[str, Sheet] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive, CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        size = sum(part.file_size for part in archive.infolist())
        if size > UNPACKED_LIMIT_BYTES:
            raise _Refused(f"{size / 1e6:,.0f} MB unpacked", f"at most {UNPACKED_LIMIT_BYTES / 1e6:,.0f} MB; it was not read", "", "")
        places = _places(archive)
        for sheet in book.sheets_metadata:
            if sheet.name in wanted and sheet.name in places:
                marks = _marks(archive, places[sheet.name], sheet.name)
                sheets[sheet.name] = _sheet(book, sheet.name, sheet.visible != SheetVisibleEnum.Visible, marks)
        return Book(tuple(sheet.name for sheet in book.sheets_metadata), sheets)


def _sheet(book: Any, name: str, hidden: bool, marks: _Marks) -> Sheet:
    sheet = book.get_sheet_by_name(name)
    rows = [[_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    for (row, column), cell in marks.cells.items():
        rows += [[] for _ in range(row + 1 - len(rows))]
        rows[row] += [""] * (column + 1 - len(rows[row]))
        rows[row][column] = cell
    width = max(map(len, rows), default=0)
    merged = ((start[0] + 1, f"{_address(*start)}:{_address(*end)}") for start, end in sheet.merged_cell_ranges or ())
    return Sheet([row + [""] * (width - len(row)) for row in rows], hidden, tuple(merged), marks.formulas)


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


@dataclass
class _Marks:
    """What calamine does not tell of a sheet: cells (row and column from 0) that hold no value, and the number of formulas."""

    cells: dict[tuple[int, int], Odd]
    formulas: int = 0


def _marks(archive: zipfile.ZipFile, place: str, name: str) -> _Marks:
    marks = _Marks({})
    rows = columns = 0
    with archive.open(place) as part:
        for row, column, cell in _cells(part):
            rows, columns = max(rows, row + 1), max(columns, column + 1)
            kinds = {child.tag.rpartition("}")[2]: child.text or "" for child in cell}
            marks.formulas += "f" in kinds
            if cell.get("t") == "e":
                text = kinds.get("v") or "#ERROR!"
                marks.cells[row, column] = Odd(text, f"{text}, an error of the spreadsheet", hint="put it right in Excel")
            elif "f" in kinds and not ("v" in kinds if cell.get("t") == "str" else kinds.get("v")):  # "" is a text, but no number
                hint = "open the workbook in Excel and save it, so that it holds values"
                marks.cells[row, column] = Odd("=", "a formula without a value", hint=hint)
    if rows * columns > MOST_CELLS:
        found = f"cells as far as {_address(rows - 1, columns - 1)}"
        raise _Refused(found, f"at most {MOST_CELLS:,} cells; it was not read", "delete what stands far out", name)
    return marks


def _cells(part: Any) -> Iterator[tuple[int, int, ElementTree.Element]]:
    """Row and column from 0 of each cell that holds something, and its element."""
    row = column = -1
    for event, element in ElementTree.iterparse(part, ("start", "end")):
        tag = element.tag.rpartition("}")[2]
        if event == "start" and tag == "row":
            row, column = int(element.get("r") or row + 2) - 1, -1
        elif event == "end" and tag == "c":
            column += 1
            if match := ADDRESS.fullmatch(element.get("r") or ""):
                row, column = int(match[2]) - 1, _column(match[1])
            if len(element):
                yield row, column, element
        elif event == "end" and tag == "row":
            element.clear()


def _places(archive: zipfile.ZipFile) -> dict[str, str]:
    """Where the XML of each sheet stands in the archive."""
    top = next(target for kind, target in _targets(archive, "", "_rels/.rels").values() if kind.endswith("/officeDocument"))
    home, name = posixpath.split(top)
    targets = _targets(archive, home, posixpath.join(home, "_rels", f"{name}.rels"))
    places = {}
    for element in ElementTree.fromstring(archive.read(top)).iter():
        if element.tag.endswith("}sheet"):
            key = next(value for name, value in element.items() if name.endswith("}id"))
            kind, place = targets[key]
            if kind.endswith("/worksheet"):
                places[element.get("name") or ""] = place
    return places


def _targets(archive: zipfile.ZipFile, home: str, place: str) -> dict[str, tuple[str, str]]:
    """Kind and path of each relationship by its id."""
    parts = ElementTree.fromstring(archive.read(place))
    return {
        part.get("Id", ""): (part.get("Type", ""), posixpath.normpath(posixpath.join("/", home, part.get("Target", ""))).lstrip("/"))
        for part in parts
    }


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number - 1


def _address(row: int, column: int) -> str:
    """A cell as Excel names it: (0, 27) is AB1."""
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return f"{letters}{row + 1}"
