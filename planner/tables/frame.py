"""What a table is: its columns with units and meaning, and the one place where fractions become floats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import pandas as pd

Kind = Literal["text", "number", "whole", "flag"]
Cell = Fraction | float | str | None
Row = Mapping[str, Cell]
"""One row by column name. None is a blank, and only a number may be blank."""


@dataclass(frozen=True)
class Column:
    """A column: its name with the unit in it, what it means, and what its cells are."""

    name: str
    doc: str
    kind: Kind = "number"


@dataclass(frozen=True)
class Frame:
    """A table: its name, what it shows, its columns in order."""

    name: str
    doc: str
    columns: tuple[Column, ...]


def text(name: str, doc: str) -> Column:
    """A column of names."""
    return Column(name, doc, "text")


def to_pandas(frame: Frame, rows: Iterable[Row]) -> pd.DataFrame:
    """The frame as floats, whole numbers, text and booleans. Raises ValueError for a row that does not have exactly the frame's columns."""
    kept = list(rows)
    names = [column.name for column in frame.columns]
    for row in kept:
        if list(row) != names:
            raise ValueError(f"table {frame.name}: a row has the columns {list(row)}, not {names}")
    return pd.DataFrame({column.name: _series(column.kind, [row[column.name] for row in kept]) for column in frame.columns})


def _series(kind: Kind, cells: list[Cell]) -> pd.Series:
    if kind == "number":
        return pd.Series([_number(cell) for cell in cells], dtype="float64")
    return pd.Series(cells, dtype={"text": "str", "whole": "int64", "flag": "bool"}[kind])


def _number(cell: Cell) -> float:
    return float("nan") if cell is None else float(cell)
