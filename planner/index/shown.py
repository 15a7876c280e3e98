"""Runs of the index as text: for a terminal, as JSON, as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from planner.errors import shown
from planner.index.choice import figure
from planner.index.entry import FIELDS, Entry

_HEADINGS = {
    "path": "Run",
    "instance": "Instance",
    "outcome": "Outcome",
    "solver": "Solver",
    "seed": "Seed",
    "value_musd": "Value M$",
    "gap_fraction": "Gap",
    "certified": "Check",
    "seconds": "Seconds",
    "saved": "Saved, UTC",
}
_LEFT = ("path", "instance", "outcome", "solver")


def as_json(entries: Sequence[Entry], kpis: Sequence[str]) -> str:
    """A list of objects, with every field and the named key figures."""
    return json.dumps([_record(entry, kpis) for entry in entries], indent=2)


def as_csv(entries: Sequence[Entry], kpis: Sequence[str]) -> str:
    """A line per run: every field, then the named key figures; blank where a run has none."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow([*FIELDS, *kpis])
    lines.writerows([figure(entry, name) for name in (*FIELDS, *kpis)] for entry in entries)
    return text.getvalue().encode("utf-8", "backslashreplace").decode()


def as_table(entries: Sequence[Entry], kpis: Sequence[str]) -> str:
    """Columns of what matters first and the named key figures; runs that cannot be read follow, each with its reason."""
    names = [*_HEADINGS, *(name for name in kpis if name not in _HEADINGS)]
    rows = [[_HEADINGS.get(name, name) for name in names]]
    rows += [[_cell(name, figure(entry, name)) for name in names] for entry in entries if not entry.unreadable]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(_padded(*cell) for cell in zip(names, row, widths, strict=True)).rstrip() for row in rows]
    faults = [f"not readable: {shown(entry.path)}: {shown(entry.unreadable)}" for entry in entries if entry.unreadable]
    return "\n".join([*(lines if len(rows) > 1 else []), *faults])


def as_page(entry: Entry) -> str:
    """All that is known of one run, a line per field and per key figure."""
    facts = [(name, _plain(figure(entry, name)), "") for name in FIELDS if figure(entry, name) not in (None, "")]
    facts += [(name, _plain(kpi.shown), kpi.unit if kpi.value is not None else "") for name, kpi in entry.kpis.items()]
    widest = max(len(name) for name, *_ in facts)
    return "\n".join(f"{name:<{widest}}  {value} {unit}".rstrip() for name, value, unit in facts)


def as_json_page(entry: Entry) -> str:
    """The same as an object; a key figure has value, text and unit."""
    return json.dumps(_record(entry, ()) | {"kpis": {name: kpi._asdict() for name, kpi in entry.kpis.items()}}, indent=2)


def _record(entry: Entry, kpis: Sequence[str]) -> dict[str, Any]:
    return {name: figure(entry, name) for name in FIELDS} | ({"kpis": {name: figure(entry, name) for name in kpis}} if kpis else {})


def _padded(name: str, cell: str, width: int) -> str:
    return f"{cell:<{width}}" if name in _LEFT else f"{cell:>{width}}"


def _cell(name: str, value: float | str | None) -> str:
    """A figure of the table; what was not found or asked is a dash."""
    if value is None:
        return "-"
    if name == "certified":
        return "passed" if value else "FAILED"
    if isinstance(value, float):
        return f"{value:.2g}" if name == "gap_fraction" else f"{value:,.1f}" if abs(value) >= 1 else f"{value:.4g}"
    return _plain(value).removesuffix("Z") if name == "saved" else _plain(value)


def _plain(value: float | str | None) -> str:
    return shown(str(value))
