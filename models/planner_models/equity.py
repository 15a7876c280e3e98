"""Equity: new shares that may be sold (section 8 of MATHS.md)."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.ports import Ports


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: I rows of equity, T periods. Decides what is issued; cash takes it less the fee of the banks (8.6)."""
    time, rows = frame.time, {row.id: row for row in frame.instance.equity}

    def open_for_issue(i: str, start: int) -> bool:
        first, last = rows[i].from_month, rows[i].to_month
        return (first is None or time.month(first) <= start) and (last is None or start < time.month(last))

    def most_musd(_: Any, i: str, t: str) -> tuple[float, float]:
        return 0, rows[i].limit_musd_per_quarter * time[t].months / 3

    issues = [(i, t.label) for i in rows for t in time.periods if open_for_issue(i, t.start)]
    block.ISSUES = Indices(dimen=2, initialize=issues, doc="(i,t)")
    block.issued_musd = Decisions(block.ISSUES, domain=pyo.NonNegativeReals, bounds=most_musd, doc="(8.15) shares sold")
    ports.publish(block.issued_musd)
