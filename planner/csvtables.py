"""Tables as CSV text and back without loss: floats to the last digit, text as it was, blanks as blanks."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
from pandas.api import types


def columns_of(frame: pd.DataFrame) -> dict[str, str]:
    """Kind of every column by name: flag, whole, number or text."""
    return {str(name): _kind(frame[name]) for name in frame.columns}


def _kind(column: pd.Series) -> str:
    if types.is_bool_dtype(column):
        return "flag"
    if types.is_integer_dtype(column):
        return "whole"
    if types.is_float_dtype(column):
        return "number"
    return "text"


def to_csv(frame: pd.DataFrame) -> str:
    """CSV with a header, `\\n` at line ends, and the shortest decimals that read back as the same floats."""
    return str(frame.to_csv(index=False, lineterminator="\n"))


def from_csv(text: str, spec: Mapping[str, Any]) -> pd.DataFrame:
    """What `to_csv` wrote; `spec` has `rows` and `columns` as kept in run.json. Raises ValueError when the text is not that table."""
    lines = list(csv.reader(io.StringIO(text, newline="")))
    columns: Mapping[str, str] = spec["columns"]
    if not lines or lines[0] != list(columns):
        raise ValueError(f"its columns are not {', '.join(columns)}")
    rows = lines[1:]
    if len(rows) != spec["rows"] or any(len(row) != len(columns) for row in rows):
        raise ValueError(f"it does not hold {spec['rows']} rows of {len(columns)} cells")
    cells = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    return pd.DataFrame({name: _column(kind, list(values)) for (name, kind), values in zip(columns.items(), cells, strict=True)})


def _column(kind: str, cells: list[str]) -> pd.Series:
    if kind == "number":
        return pd.Series([float(cell) if cell else math.nan for cell in cells], dtype="float64")
    if kind == "whole":
        return pd.Series([int(cell) for cell in cells], dtype="int64")
    if kind == "flag":
        return pd.Series([{"True": True, "False": False}[cell] for cell in cells], dtype="bool")
    return pd.Series(cells, dtype="str")
