"""Instance -> folder or workbook: every value that is set, written so that reading it back gives an equal instance."""

from __future__ import annotations

import csv
import io
import json
import os
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel

from planner.atomic import write_folder
from planner.errors import CannotWrite
from planner.instance.book import write_book
from planner.instance.cells import CellError, parsed
from planner.instance.fields import Spec, columns_in_use, specs, written
from planner.instance.folder import SHEETS_OF_OTHERS
from planner.instance.notes import noted, under
from planner_models.rows import Row, Strict
from planner_models.schema import TABLES, Instance, Settings

WIDTH, WIDEST = 110, 140
"""Columns of a comment above a key, and of a line with a note beside its value."""
NO_NOTES: Mapping[str, str] = {}


def write(instance: Instance, path: str | Path) -> None:
    """Write the instance as a folder, or as a workbook where `path` ends in .xlsx, whole or not at all.

    Raises CannotWrite where `path` holds something already, ends like another kind of spreadsheet, or where a text of a table
    would not be read back, as it is too long for a cell.
    """
    if Path(path).suffix.lower() == ".xlsx":
        write_book(instance, Path(path))
        return
    for name, model in TABLES.items():
        texts = [spec for spec in specs(model).values() if spec.kind == "text"]
        for i, row in enumerate(getattr(instance, name), start=1):
            for spec in texts:
                _check(path, f"{spec.name} in row {i} of {name}", getattr(row, spec.name) or "", spec)
    new_folder(path, instance_files(instance))


def _check(path: str | Path, place: str, text: str, spec: Spec) -> None:
    try:
        parsed(text, spec)
    except CellError as error:
        raise CannotWrite(f"{path} is not written: {place} is {error.found}; allowed: {error.allowed}") from None


def instance_files(instance: Instance, notes: Mapping[str, str] = NO_NOTES) -> dict[str, str]:
    """The files of an instance folder by name; `notes` on settings become comments."""
    rows = {name: getattr(instance, name) for name in TABLES}
    files = {f"{name}.csv": table_text(TABLES[name], part) for name, part in rows.items() if part}
    return {"instance.yaml": settings_text(instance, notes=notes)} | files


def new_folder(path: str | Path, files: Mapping[str, str]) -> None:
    """Make a folder of UTF-8 files, whole or not at all.

    Raises CannotWrite where it exists and is not empty, where it is the folder that one stands in, where its name ends like that of
    a spreadsheet, or the system refuses.
    """
    folder = Path(path)
    if (ending := folder.suffix.lower()) in (*SHEETS_OF_OTHERS, ".xlsx", ".csv"):
        hint = "`planner convert` makes a workbook of a folder" if ending == ".xlsx" else "a workbook ends in .xlsx"
        raise CannotWrite(f"{path} is not written: what is written here is a folder, and its name ends in {ending}; {hint}")
    try:
        if os.path.realpath(folder) == os.path.realpath(os.curdir):
            raise CannotWrite(f"{path} is the current folder; give the name of a new one")
    except ValueError as error:
        raise CannotWrite(f"{str(path)!r} cannot be written: {error}") from error
    write_folder(folder, {name: text.encode() for name, text in files.items()}, lambda _: "it is not empty; give the name of a new folder")


def table_text(model: type[Row], rows: Sequence[Row]) -> str:
    """A table as CSV: every column of the model, and those free columns that some row fills."""
    used = columns_in_use(model, rows)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(used)
    writer.writerows([written(getattr(row, name)) for name in used] for row in rows)
    return out.getvalue()


def settings_text(instance: Settings, *, comments: bool = False, first: str = "", notes: Mapping[str, str] = NO_NOTES) -> str:
    """instance.yaml of an instance; with `comments` each key is explained, `first` is put on top, `notes` go to the paths they name."""
    return "\n".join([*([first] if first else []), *_block(Settings, instance, "", comments, notes, "")]) + "\n"


def _block(model: type[Strict], block: BaseModel, path: str, comments: bool, notes: Mapping[str, str], indent: str) -> Iterator[str]:
    for name, spec in specs(model).items():
        value = getattr(block, name)
        where = f"{path}.{name}" if path else name
        if comments:
            yield from _comment(spec, indent)
        if isinstance(value, Strict):
            yield from noted(f"{indent}{name}:", notes.get(where, ""), indent, WIDEST)
            yield from _block(type(value), value, where, comments, notes, indent + "  ")
        elif isinstance(value, tuple):
            yield from noted(f"{indent}{name}:" + ("" if value else " []"), notes.get(where, ""), indent, WIDEST)
            for i, item in enumerate(value):
                yield from noted(f"{indent}  - {_item(item)}", under(notes, f"{where}[{i}]"), indent + "  ", WIDEST)
        else:
            yield from noted(f"{indent}{name}:{_scalar(spec, value)}", notes.get(where, ""), indent, WIDEST)


def _comment(spec: Spec, indent: str) -> Iterator[str]:
    """The documentation of a key above it, with its unit, after an empty line at the outer level."""
    if not indent:
        yield ""
    text = f"{spec.doc} [{spec.unit}]" if spec.unit else spec.doc
    yield from textwrap.wrap(text, WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ")


def _item(item: object) -> str:
    """An item of a list on one line: a block in braces, or a date."""
    if isinstance(item, Strict):
        return "{" + ", ".join(f"{name}: {written(getattr(item, name))}" for name in specs(type(item))) + "}"
    return written(item)


def _scalar(spec: Spec, value: object) -> str:
    if value is None:
        return ""
    return f" {json.dumps(value, ensure_ascii=False)}" if spec.kind in ("key", "text") else f" {written(value)}"
