"""A small valid instance workbook on disk, made of cells of every kind that Excel has, and the few edits that tests make."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from planner.instance import Report, examine
from tests.instance.case import FILES

SETTINGS = [
    ["field", "value", "note"],
    ["name", "two_sites", None],
    ["start", "2027-01", None],
    ["periods[0].months", 3, None],
    ["periods[0].count", 4, None],
    ["periods[1].months", 12, None],
    ["periods[1].count", 4, None],
    ["finance.discount_rate_fraction", 0.1, None],
    ["finance.opening_cash_musd", 100, "from the treasurer"],
]


@dataclass(frozen=True)
class Formula:
    """A cell with a formula and the value that Excel last calculated."""

    text: str
    value: Any


def typed(text: str) -> Any:
    """A cell as a person would type it: a number where it is one, else text."""
    try:
        return float(text)
    except ValueError:
        return text or None


class Book:
    """The workbook of one test; `sheets` may be changed before it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sheets: dict[str, list[list[Any]]] = {"instance": [list(row) for row in SETTINGS]}
        for name, text in FILES.items():
            if name.endswith(".csv"):
                self.sheets[name[:-4]] = [[typed(cell) for cell in row] for row in csv.reader(io.StringIO(text))]
        self.hidden: set[str] = set()
        self.merged: dict[str, str] = {}

    def put(self, sheet: str, row: int, column: str, value: Any) -> None:
        """Put a value into a row as Excel counts them (2 is the first below the header) and a column, which is added when absent."""
        rows = self.sheets[sheet]
        if column not in rows[0]:
            for i, cells in enumerate(rows):
                cells.append(column if i == 0 else None)
        rows[row - 1][rows[0].index(column)] = value

    def save(self) -> Path:
        with xlsxwriter.Workbook(str(self.path), {"strings_to_formulas": False}) as book:
            day, moment = book.add_format({"num_format": "d mmm yyyy"}), book.add_format({"num_format": "d mmm yyyy hh:mm"})
            for name, rows in self.sheets.items():
                sheet = book.add_worksheet(name)
                if name in self.hidden:
                    sheet.hide()
                if name in self.merged:
                    sheet.merge_range(self.merged[name], "")
                for i, row in enumerate(rows):
                    for j, cell in enumerate(row):
                        if isinstance(cell, Formula):
                            sheet.write_formula(i, j, cell.text, None, cell.value)
                        elif isinstance(cell, dt.datetime):
                            sheet.write_datetime(i, j, cell, moment)
                        elif isinstance(cell, dt.date):
                            sheet.write_datetime(i, j, dt.datetime(cell.year, cell.month, cell.day), day)
                        elif isinstance(cell, dt.time):
                            sheet.write_datetime(i, j, cell, moment)
                        elif cell is not None:
                            sheet.write(i, j, cell)
        return self.path

    def edit(self, part: str, old: str, new: str) -> None:
        """Replace a piece of the saved file's XML that must be there once."""
        with zipfile.ZipFile(self.path) as archive:
            parts = {name: archive.read(name).decode() for name in archive.namelist()}
        assert parts[part].count(old) == 1, f"{old!r} in {part}"
        parts[part] = parts[part].replace(old, new)
        with zipfile.ZipFile(self.path, "w") as archive:
            for name, text in parts.items():
                archive.writestr(name, text)

    def report(self) -> Report:
        return examine(self.save())

    def problems(self) -> list[str]:
        return [str(problem) for problem in self.report().problems]

    def problem(self) -> str:
        """The one problem that the workbook has."""
        found = self.problems()
        assert len(found) == 1, found
        return found[0]

    def notices(self) -> list[str]:
        report = self.report()
        assert report.problems == ()
        return [str(notice) for notice in report.notices]

    def notice(self) -> str:
        """The one notice that the workbook has."""
        found = self.notices()
        assert len(found) == 1, found
        return found[0]
