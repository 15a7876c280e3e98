"""Instance -> folder: every value that is set, written so that reading it back gives an equal instance."""

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
from planner.instance.fields import Spec, specs, written
from planner_models.rows import Row, Strict
from planner_models.schema import TABLES, Instance, Settings

WIDTH = 110


def write(instance: Instance, path: str | Path) -> None:
    """Write the instance as a folder, whole or not at all. Raises CannotWrite where `path` holds something already."""
    rows = {name: getattr(instance, name) for name in TABLES}
    files = {f"{name}.csv": table_text(TABLES[name], part) for name, part in rows.items() if part}
    new_folder(path, {"instance.yaml": settings_text(instance)} | files)


def new_folder(path: str | Path, files: Mapping[str, str]) -> None:
    """Make a folder of UTF-8 files, whole or not at all.

    Raises CannotWrite where it exists and is not empty, where it is the folder that one stands in, or the system refuses.
    """
    folder = Path(path)
    try:
        if os.path.realpath(folder) == os.path.realpath(os.curdir):
            raise CannotWrite(f"{path} is the current folder; give the name of a new one")
    except ValueError as error:
        raise CannotWrite(f"{str(path)!r} cannot be written: {error}") from error
    write_folder(folder, {name: text.encode() for name, text in files.items()}, lambda _: "it is not empty; give the name of a new folder")


def table_text(model: type[Row], rows: Sequence[Row]) -> str:
    """A table as CSV: every column of the model, and those free columns that some row fills."""
    used = [name for name in specs(model) if name not in model.FREE or any(getattr(row, name) is not None for row in rows)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(used)
    writer.writerows([written(getattr(row, name)) for name in used] for row in rows)
    return out.getvalue()


def settings_text(instance: Settings, *, comments: bool = False, first: str = "") -> str:
    """instance.yaml of an instance; with `comments` each key is explained, and `first` is put on top."""
    return "\n".join([*([first] if first else []), *_block(Settings, instance, "", comments)]) + "\n"


def _block(model: type[Strict], block: BaseModel, indent: str, comments: bool) -> Iterator[str]:
    for name, spec in specs(model).items():
        value = getattr(block, name)
        if comments:
            yield from _comment(spec, indent)
        if isinstance(value, Strict):
            yield f"{indent}{name}:"
            yield from _block(type(value), value, indent + "  ", comments)
        elif isinstance(value, tuple):
            yield f"{indent}{name}:" + ("" if value else " []")
            yield from (f"{indent}  - {_item(item)}" for item in value)
        else:
            yield f"{indent}{name}:{_scalar(spec, value)}"


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
