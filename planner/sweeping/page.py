"""What `planner sweep` prints: a line per scenario, and where its values lie."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd
from rich.console import RenderableType

from planner.report import tell
from planner.report.layout import remark, section, table
from planner.report.records import Record, records
from planner.report.words import clean, count, musd, percent
from planner.sweeping.table import FILE

MOST = 100
"""Lines before the rest is only counted."""
HEADINGS = ("Outcome", "Value M$", "Gap", "Seconds")


def show_sweep(name: str, frame: pd.DataFrame) -> None:
    """Print the table of a sweep of the instance of this name."""
    paths = [str(column) for column in frame.columns[1 : list(frame.columns).index("outcome")]]
    rows = [_line(row, paths) for row in records(frame.head(MOST))]
    parts: list[RenderableType] = [table(("Scenario", *paths, *HEADINGS), rows, left=len(paths) + 2)]
    tell(section(f"{clean(name)} in {count(len(frame), 'scenario')}", *parts, *map(remark, _remarks(frame))))


def _line(row: Record, paths: list[str]) -> list[str]:
    outcome = row["outcome"].replace("_", " ") + (", FAILED its check" if row["check"] == "FAILED" else "")
    gap = row["gap_fraction"]
    figures = [_or_dash(row["value_musd"], musd), "-" if math.isnan(gap) else percent(gap), _or_dash(row["seconds"], lambda s: f"{s:.1f}")]
    return [row["scenario"], *(_cell(row[path]) for path in paths), outcome, *figures]


def _cell(value: Any) -> str:
    """What was written for a path; nothing where it stays."""
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.12g}"
    return clean(str(value))


def _or_dash(value: float, words: Any) -> str:
    return "-" if math.isnan(value) else str(words(value))


def _remarks(frame: pd.DataFrame) -> Iterator[str]:
    if len(frame) > MOST:
        yield f"... and {len(frame) - MOST:,} more, in {FILE}."
    worth = frame.dropna(subset=["value_musd"])
    if len(worth) > 1:
        ranked = records(worth.sort_values("value_musd", kind="stable"))
        low, high = ranked[0], ranked[-1]
        yield f"From {musd(low['value_musd'])} M$ in {low['scenario']} to {musd(high['value_musd'])} M$ in {high['scenario']}."
    for row in records(frame[frame["words"] != ""].head(MOST)):
        yield f"{row['scenario']} {row['outcome']}: {clean(row['words'])}."
    if left := int((frame["outcome"] == "open").sum()):
        yield f"{left:,} not solved yet."
