"""Changes against an earlier plan: what it costs to depart from its whole numbers (section 17 of MATHS.md)."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import Entries, Index, constant, linear
from planner_models.ports import Ports
from planner_models.rows.past import INDICES


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: D decisions of the plan before that still exist. Reads every whole-number decision; states what departing from them costs."""
    before = {row.key: row.count for row in frame.instance.previous}
    known: dict[str, Entries] = {}
    new: list[Any] = []
    decisions = {v.local_name: v for v in block.parent_block().component_objects(pyo.Var) if v.local_name in INDICES}
    for name, decision in decisions.items():
        rows = [((name, _written(frame, i)), i, 1.0) for i in (i if isinstance(i, tuple) else (i,) for i in decision)]
        known[name] = [entry for entry in rows if entry[0] in before]
        new += [decision[i] for row, i, _ in rows if row not in before]
    block.KNOWN = Indices(dimen=2, initialize=[row for entries in known.values() for row, _, _ in entries], doc="(decision,index)")
    counted = constant(block, "counted", block.KNOWN, lambda *row: before[row])
    terms = [linear(block, f"{name}_now", block.KNOWN, decisions[name], entries) for name, entries in known.items() if entries]
    block.changed = Decisions(block.KNOWN, domain=pyo.NonNegativeReals, doc="(17.1) by how much a decision of the plan before changes")
    block.change_musd = pyo.Var(domain=pyo.Reals, doc="(17.3) what all changes cost")
    block.penalty_musd = pyo.Param(initialize=frame.instance.finance.change_penalty_musd)
    ports.publish(block.change_musd)

    @block.Constraint(block.KNOWN, doc="(17.1) more of it than in the plan before")
    def changed_floor(b: Any, d: Any, i: Any) -> Any:
        return b.changed[d, i] >= sum(term(d, i) for term in terms) - counted(d, i)

    @block.Constraint(block.KNOWN, doc="(17.2) less of it than in the plan before")
    def dropped_floor(b: Any, d: Any, i: Any) -> Any:
        return b.changed[d, i] >= counted(d, i) - sum(term(d, i) for term in terms)

    @block.Constraint(doc="(17.3) what departs from the plan before, and what is new")
    def change_balance(b: Any) -> Any:
        return b.change_musd == b.penalty_musd * (sum(b.changed[d, i] for d, i in b.KNOWN) + sum(new))


def _written(frame: Frame, index: Index) -> str:
    """An index as a row of `previous` has it: where it has several parts the last is a period, written as the month in which it starts."""
    if len(index) == 1:
        return str(index[0])
    time = frame.time
    return "/".join((*index[:-1], f"{time.date(time[index[-1]].start):%Y-%m}"))
