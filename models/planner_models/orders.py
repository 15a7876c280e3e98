"""What is on order at the start and may be cancelled; how many units of the opening count (section 1 of MATHS.md)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyomo.environ as pyo

from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import Index, constant, linear
from planner_models.money import dues
from planner_models.ports import Ports, Term

Amount = tuple[Index, str, float]
"""A row, an opening row that counts in it, and how much one of its units adds."""


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: Q opening rows that may be cancelled. Decides how many units of each never come."""
    rows = frame.cancellable
    block.CANCELLABLE = Indices(dimen=1, initialize=list(rows), doc="q")

    def most_units(_: Any, q: str) -> tuple[int, int]:
        return 0, frame.unit_count(rows[q])

    block.cancelled_units = Decisions(block.CANCELLABLE, domain=pyo.Integers, bounds=most_units, doc="(1.1) units on order that never come")
    ports.publish(block.cancelled_units)
    _spared(block, frame, ports)
    first = frame.time.labels[0]
    fees = [((row.site, first), (q,), row.cancel_fee_musd / frame.unit_count(row)) for q, row in rows.items()]
    ports.add("operating_musd", linear(block, "fees", block.parent_block().SITE_PERIODS, block.cancelled_units, fees))


def _spared(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """What is due on cancelled units and neither paid nor a tax basis."""
    m, time = block.parent_block(), frame.time
    due = {q: row for q, row in dues(frame).items() if q in frame.cancellable}
    each = {q: row.musd / frame.unit_count(frame.cancellable[q]) for q, row in due.items()}
    capex = [((row.site, u), (q,), -each[q] * row.paid_fraction(time, u)) for q, row in due.items() for u in time.labels]
    written = [((row.site, u), (q,), -each[q] * row.written_fraction(time, u)) for q, row in due.items() for u in time.labels]
    basis = [((row.site,), (q,), -each[q] * row.left_fraction(time)) for q, row in due.items()]
    ports.add("capex_musd", linear(block, "spared_capex", m.SITE_PERIODS, block.cancelled_units, capex))
    if ports.has("machine_capex_musd"):
        machines = [entry for entry in capex if due[entry[1][0]].machines]
        ports.add("machine_capex_musd", linear(block, "spared_machines", m.SITE_PERIODS, block.cancelled_units, machines))
    ports.add("depreciation_musd", linear(block, "spared_depreciation", m.SITE_PERIODS, block.cancelled_units, written))
    ports.add("final_basis_musd", linear(block, "spared_basis", m.SITES, block.cancelled_units, basis))


def standing(block: pyo.Block, frame: Frame, ports: Ports, name: str, rows: Any, entries: Iterable[Amount]) -> Term:
    """The function `row -> sum of amounts over the units of the opening that are not cancelled`, for use inside a rule over `rows`.

    Entries of other rows are left out. Declares what `constant` declares and, where one of the units may be cancelled, what
    `linear` declares.
    """
    wanted = {row if isinstance(row, tuple) else (row,) for row in rows}
    counted = [entry for entry in entries if entry[0] in wanted]
    opening = {q.id: q for q in frame.instance.opening}
    total: dict[Index, float] = dict.fromkeys(wanted, 0.0)
    for row, q, amount in counted:
        total[row] += frame.unit_count(opening[q]) * amount
    there = constant(block, name, rows, lambda *row: total[row])
    gone = [(row, (q,), amount) for row, q, amount in counted if q in frame.cancellable]
    if not gone:
        return there
    missing = linear(block, f"{name}_cancelled", rows, ports.cancelled_units, gone)
    return lambda *row: there(*row) - missing(*row)
