"""An instance workbook -> its settings and tables, with what is wrong in its sheets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from planner.errors import Problem
from planner.instance import xlsx
from planner.instance.fields import TEXT_WORDS
from planner.instance.folder import WANTED
from planner.instance.grid import Grid, Odd, Spot
from planner.instance.notice import Notice, Where
from planner.instance.parts import README, SETTINGS, Parts
from planner.instance.settings import Reading, settings_of
from planner.instance.settings_sheet import COLUMNS, FIELD, NOTE, VALUE, nodes
from planner.instance.table import UNREAD, Table, table
from planner_models.kinds import Free
from planner_models.schema import TABLES, Instance
from planner_models.words import VERY_LIKE, listing, nearest, quoted, suggestion

ENDING = ".xlsx"
SHEETS = (SETTINGS, *TABLES, README)
NO_SETTINGS = f"a header row with {FIELD} and {VALUE}, then a row per setting"
NO_ROWS = "a header row, then rows; or no such sheet for an empty table"
FREE: TypeAdapter[str | None] = TypeAdapter(Free)


def is_workbook(path: Path) -> bool:
    """Whether a path names a workbook: it ends in .xlsx and is not a folder."""
    return path.suffix.lower() == ENDING and not os.path.isdir(path)


def workbook(path: Path) -> Parts | Problem:
    """What a workbook holds; the problem where it is no instance workbook."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return Problem(str(path), None, "", "no such file", WANTED)
    except (OSError, ValueError) as error:
        return Problem(str(path), None, "", f"a file that cannot be read ({error})", WANTED)
    book = xlsx.read(path, SHEETS)
    if isinstance(book, Problem):
        return book
    if SETTINGS not in book.sheets:
        near = nearest(SETTINGS, book.names)
        hint = f"did you mean to name the sheet {near!r} {SETTINGS}?" if near else "planner convert makes one from an instance folder"
        return Problem(path.name, None, "", f"not an instance workbook: no sheet {SETTINGS}", f"a workbook with a sheet {SETTINGS}", hint)
    where = {name: Where(path.name, name) for name in (SETTINGS, *TABLES)}
    problems, notices = _strangers(Where(path.name), book)
    notices += _read_as_values(Where(path.name), book)
    reading = _settings(where[SETTINGS], book.sheets[SETTINGS])
    problems += reading.problems
    tables = {name: _table(where[name], name, book, problems) for name in TABLES}
    problems += [problem for part in tables.values() for problem in part.problems]
    return Parts(reading, tables, where, tuple(problems), tuple(notices), _readme(book))


def _strangers(where: Where, book: xlsx.Book) -> tuple[list[Problem], list[Notice]]:
    """Sheets that are not part of an instance: a problem where one looks like a table that is absent, else a notice; hidden ones."""
    problems: list[Problem] = []
    notices: list[Notice] = []
    for name in book.names:
        place = Where(where.file, name)
        if name in book.sheets:
            if book.sheets[name].hidden:
                notices.append(place.notice(None, "", "a hidden sheet", "it is read like the others"))
        elif meant := _meant(name, book):
            problems.append(place.problem(None, "", "an unknown sheet", ", ".join(SHEETS), f"did you mean {meant!r}?"))
        else:
            notices.append(place.notice(None, "", "a sheet of another kind", "it is not read"))
    return problems, notices


def _meant(name: str, book: xlsx.Book) -> str:
    """The sheet whose name was probably meant: `Site` for an absent sites, `power_prices.usd_per_mwh` for power_prices."""
    head, dot, _ = name.partition(".")
    if dot and head in TABLES:
        return head
    meant = nearest(name, [sheet for sheet in SHEETS if sheet not in book.sheets], VERY_LIKE)
    return meant if abs(len(name) - len(meant)) <= 2 else ""


def _read_as_values(where: Where, book: xlsx.Book) -> Iterator[Notice]:
    """One notice on all formulas, and one on all Excel dates that a field can take."""
    formulas = {name: sheet.formulas for name, sheet in book.sheets.items()}
    days = {
        name: [str(cell) for row in sheet.rows for cell in row if isinstance(cell, Odd) and cell.kinds]
        for name, sheet in book.sheets.items()
    }
    every = dict.fromkeys(day for found in days.values() for day in found)
    for counts, word, reason in (
        (formulas, "formula", "the value that Excel last calculated was read"),
        ({name: len(found) for name, found in days.items()}, "Excel date", f"read as {listing(every)}"),
    ):
        used = [name for name, count in counts.items() if count]
        if total := sum(counts.values()):
            found = f"{total} {word}{'' if total == 1 else 's'} in the sheet{'' if len(used) == 1 else 's'} {', '.join(used)}"
            yield where.notice(None, "", found, reason)


def _table(where: Where, name: str, book: xlsx.Book, problems: list[Problem]) -> Table:
    if name in book.sheets:
        return table(where, TABLES[name], _grid(where, book.sheets[name], NO_ROWS))
    absent = any(problem.hint == f"did you mean {name!r}?" for problem in problems)
    return Table(hidden=UNREAD if absent else frozenset())


def _grid(where: Where, sheet: xlsx.Sheet, wanted: str) -> Grid:
    """The first row that is not blank as header and those below it, without columns that are blank from top to bottom."""
    hint = "take them apart: Home > Merge & Center"
    problems = tuple(where.problem(row, "", f"merged cells {cells}", "a value in each cell", hint) for row, cells in sheet.merged)
    rows = [(number, row) for number, row in enumerate(sheet.rows, start=1) if any(cell.strip() for cell in row)]
    if not rows:
        return Grid(None, 1, (), (where.problem(None, "", "an empty sheet", wanted),))
    used = [i for i in range(len(rows[0][1])) if any(row[i].strip() for _, row in rows)]
    (line, header), *records = [(number, [row[i] for i in used]) for number, row in rows]
    return Grid(tuple(cell.strip() for cell in header), line, tuple((Spot(number), row) for number, row in records), problems)


def _settings(where: Where, sheet: xlsx.Sheet) -> Reading:
    """The settings of their sheet, and its notes."""
    reading = Reading(where)
    grid = _grid(where, sheet, NO_SETTINGS)
    reading.problems += [*grid.problems, *_header_problems(where, grid)]
    at = {column: i for i, column in reversed(list(enumerate(grid.header or ())))}
    if not {FIELD, VALUE} <= set(at):
        reading.hidden.update(Instance.model_fields)
        return reading
    rows = []
    for spot, record in grid.records:
        path, note = record[at[FIELD]].strip(), record[at[NOTE]].strip() if NOTE in at else ""
        if path:
            rows.append((spot.line, path, record[at[VALUE]]))
            _note(reading, spot.line, path, note)
        else:
            reading.report(spot.line, FIELD, "blank", "the name of a setting, such as start or finance.tax_rate_fraction")
    root, faults = nodes(rows)
    for fault in faults:
        reading.report(*fault)
    settings_of(root, reading)
    return reading


def _header_problems(where: Where, grid: Grid) -> Iterator[Problem]:
    header = grid.header or COLUMNS
    for column in dict.fromkeys(header):
        if header.count(column) > 1:
            yield where.problem(grid.header_line, column, "the column a second time", "each column once")
        elif column not in COLUMNS:
            yield where.problem(grid.header_line, quoted(column), "an unknown column", ", ".join(COLUMNS), suggestion(column, COLUMNS))
    for column in (FIELD, VALUE):
        if column not in header:
            yield where.problem(grid.header_line, column, "no such column", "this column, which is required")


def _note(reading: Reading, line: int, path: str, note: str) -> None:
    """Keep the note on a setting."""
    try:
        FREE.validate_python(note)
    except ValidationError:
        reading.report(line, f"{NOTE} on {path}", quoted(note), TEXT_WORDS)
    else:
        reading.notes |= {path: f"{reading.notes[path]}\n{note}" if path in reading.notes else note} if note else {}


def _readme(book: xlsx.Book) -> str:
    """The lines of the README, cells side by side separated by tabs."""
    rows = book.sheets[README].rows if README in book.sheets else []
    lines = "\n".join("\t".join(row).rstrip("\t") for row in rows)
    return f"{lines.rstrip()}\n" if lines.strip() else ""
