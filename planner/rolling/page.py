"""What `planner roll` and `planner bridge` print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd
from rich.console import RenderableType

from planner.report import tell
from planner.report.layout import remark, section, table
from planner.report.records import Record, records
from planner.report.words import clean, much, musd
from planner.rolling.bridge import Bridge
from planner.rolling.roll import Rolled
from planner_models.schema import Span

MOST = 30
"""Lines of a table before the rest is only counted."""
SERIES = 4
"""Rows of one field that are told one by one."""


def show_roll(rolled: Rolled) -> None:
    """Print what is locked, what has passed and what is only approximated."""
    start = f"{rolled.instance.start:%Y-%m}"
    worth = f"Left of the plan in {start}, in money of that month: {musd(rolled.continued_musd)} M$"
    worth += f", and {musd(rolled.released_musd)} M$ that were in doubt." if rolled.released_musd else "."
    parts: list[RenderableType] = [section(f"{clean(rolled.instance.name)} rolled to {start}", remark(worth))]
    if not rolled.locked.empty:
        parts.append(section("Locked: ordered or signed before, and still there", _locked(rolled.locked), *_more(rolled.locked)))
    if rolled.passed:
        parts.append(
            section(
                "Over: rows that the new instance does not have any more", *map(remark, rolled.passed[:MOST]), *_rest(len(rolled.passed))
            )
        )
    words = rolled.notes or ("Nothing: what is left of the plan is worth exactly what it was, before any actuals.",)
    parts.append(section("Only approximated", *map(remark, words)))
    if not rolled.actuals.empty:
        lines = [(clean(f"{row['table']} {row['key']}".strip()), row["field"], _cell(row["before"]), _cell(row["after"])) for row in
                 records(rolled.actuals.head(MOST))]  # fmt: skip
        told = remark("What is told above is by the plan, before these.")
        parts.append(section("Actuals", table(("Row", "Field", "By the plan", "Now"), lines, left=2), *_more(rolled.actuals), told))
    tell(*parts)


def _locked(frame: pd.DataFrame) -> RenderableType:
    rows = [
        (
            row["kind"], clean(row["item"]), clean(row["site"]), much(row["quantity"], row["unit"]), row["in_service_month"],
            musd(row["paid_musd"]), musd(row["due_musd"]),
        )
        for row in records(frame.head(MOST))
    ]  # fmt: skip
    return table(("Kind", "What", "Where", "How much", "In service", "M$ paid", "M$ due"), rows, left=5)


def _more(frame: pd.DataFrame) -> list[RenderableType]:
    return _rest(len(frame))


def _rest(count: int) -> list[RenderableType]:
    rest = count - MOST
    return [remark(f"... and {rest} more.")] if rest > 0 else []


def show_bridge(bridge: Bridge) -> None:
    """Print the steps of value, the news and the decisions that are reversed."""
    steps = [(row["step"], row["words"], musd(row["change_musd"]) if at else "", musd(row["value_musd"])) for at, row in
             enumerate(records(bridge.steps))]  # fmt: skip
    parts = [section("Bridge of value, M$", table(("Step", "What", "Change", "Value"), steps, left=2))]
    if news := list(_news(records(bridge.news))):
        parts.append(section("News", table(("Kind", "Row", "Field", "Before", "Now"), news[:MOST], left=3), *_rest(len(news))))
    turned = [
        (clean(row["what"]), clean(row["where"]), row["kind"], row["before"], row["now"]) for row in records(bridge.reversed.head(MOST))
    ]
    lines = [table(("What", "Where", "", "Before", "Now"), turned, left=5)] if turned else [remark("None.")]
    parts.append(section("Decisions reversed", *lines, *_more(bridge.reversed)))
    if bridge.notes:
        parts.append(section("Only approximated in the roll", *map(remark, bridge.notes)))
    tell(*parts)


def _news(rows: Sequence[Record]) -> Iterator[tuple[str, str, str, str, str]]:
    """A line for each input that is new; many rows of one field are told in one."""
    groups: dict[tuple[str, str, str], list[Record]] = {}
    for row in rows:
        groups.setdefault((row["category"], row["table"], row["field"]), []).append(row)
    for (category, name, field), group in groups.items():
        if len(group) > SERIES:
            yield category, f"{name}: {len(group)} rows", field, _cell(group[0]["before"]), _cell(group[0]["after"]) + ", ..."
            continue
        for row in group:
            yield category, f"{name} {clean(row['key'])}".strip(), field, _cell(row["before"]), _cell(row["after"])


def _cell(value: object) -> str:
    """A value of an instance in a table."""
    if value is None or value == "":
        return "-"
    if hasattr(value, "strftime"):
        return f"{value:%Y-%m}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return clean(", ".join(_part(part) for part in value))
    return f"{value:,.6g}" if isinstance(value, float) else clean(str(value))[:30]


def _part(value: object) -> str:
    """One part of a list: periods as `8 x 3 months`, days as they are written."""
    if isinstance(value, Span):
        return f"{value.count} x {value.months} months"
    return f"{value:%Y-%m-%d}" if hasattr(value, "strftime") else str(value)
