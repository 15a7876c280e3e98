"""The valid instances in which tables get their faults: shipped ones, and the example with a row in every table where none is shipped."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from planner.instance import load
from planner.instance.write import instance_files, settings_text, table_text
from planner_models.schema import TABLES, Instance
from tests.example import committed
from tests.shipped import FOLDER, NAMES

SETTINGS = "instance"


@cache
def _shipped() -> dict[str, Instance]:
    return {name: load(FOLDER / name) for name in NAMES}


@cache
def home(table: str) -> str:
    """The smallest shipped instance that has rows in a table; empty where none has."""
    having = [name for name, instance in _shipped().items() if getattr(instance, table)]
    return min(
        having, key=lambda name: sum((FOLDER / name / f"{table}.csv").stat().st_size for table in TABLES if _has(name, table)), default=""
    )


def _has(name: str, table: str) -> bool:
    return (FOLDER / name / f"{table}.csv").exists()


@cache
def base(table: str) -> Instance:
    """The valid instance in which a table gets its faults: a shipped one, or the example with a row in every table."""
    name = "one_site" if table == SETTINGS else home(table)
    return _shipped()[name] if name else committed()


@cache
def texts(table: str) -> dict[str, str]:
    """The files of that instance: those that are shipped, with every column in the table in question."""
    name = "one_site" if table == SETTINGS else home(table)
    if not name:
        return instance_files(base(table))
    files = {path.name: path.read_text(encoding="utf-8") for path in (FOLDER / name).iterdir() if path.suffix in (".csv", ".yaml")}
    own = settings_text(base(table)) if table == SETTINGS else table_text(TABLES[table], getattr(base(table), table))
    return files | {file_of(table): own}


def file_of(table: str) -> str:
    return "instance.yaml" if table == SETTINGS else f"{table}.csv"


def put(folder: Path, table: str, files: dict[str, bytes | None]) -> None:
    """Write the valid instance of a table with some files changed."""
    folder.mkdir(parents=True)
    for name, data in ({name: text.encode() for name, text in texts(table).items()} | files).items():
        if data is not None:
            (folder / name).write_bytes(data)
