"""Cells of frames and records as every format needs them: plain data, and text on one line."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from planner.comparison.cases import Case
from planner.errors import shown

DIGITS = 12
DECIMALS = {"musd": 6, "mw": 3}
SMALLEST_MUSD = 1e-6
"""Money below this is told in USD: one cent is 1e-8 M$."""
STAKE_MUSD = 0.005
"""M$ from which on a line tells what hangs on it."""


def plain(value: Any) -> Any:
    """A value that JSON can hold: what is not there, infinite or not a number as None, other objects as text."""
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, pd.DataFrame):
        return [plain(row) for row in value.to_dict("records")]
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        return [plain(part) for part in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, np.generic):
        return plain(value.item())
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, bool | int | float):
        return value
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def text(value: Any) -> str:
    """A cell as people read it: on one line, numbers with their digits, blank where there is nothing."""
    found = plain(value)
    if isinstance(found, float):
        return f"{found:,.{DIGITS}g}"
    if isinstance(found, bool):
        return "yes" if found else "no"
    return "" if found is None else shown(str(found))


def cell(column: Any, value: Any) -> str:
    """A cell of a table by the unit that its column is named with: money to 1 USD, MW to 1 kW, seconds to three digits."""
    found = plain(value)
    if not isinstance(found, float):
        return text(value)
    unit = str(column).rpartition("_")[2]
    if unit == "musd" and 0 < abs(found) < SMALLEST_MUSD:
        return f"{found * 1e6:.2g} USD"
    if decimals := DECIMALS.get(unit):
        return f"{found:,.{decimals}f}".rstrip("0").rstrip(".")
    return f"{found:,.3g}" if unit == "seconds" else text(found)


def words(case: Case) -> list[str]:
    """The lines of the differences of a case, where it has any, with the money that hangs on each where that is known."""
    frame = case.differences
    if "words" not in frame:
        return []
    stakes = frame["stake_musd"] if "stake_musd" in frame else [0.0] * len(frame)
    pairs = zip(frame["words"], stakes, strict=True)
    return [shown(f"{line} [{stake:,.2f} M$ at stake]" if stake >= STAKE_MUSD else str(line)) for line, stake in pairs]


def tables(case: Case) -> dict[str, tuple[list[str], list[list[str]]]]:
    """The tables of a case that have rows, by title: header and rows as text."""
    found = {title: frame for title, frame in case.tables.items() if len(frame)}
    return {shown(title): table(frame) for title, frame in found.items()}


def table(frame: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a frame as text."""
    return [text(name) for name in frame.columns], [list(map(cell, frame.columns, row)) for row in frame.itertuples(index=False)]
