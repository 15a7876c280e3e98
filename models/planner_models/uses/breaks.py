"""Signed leases that may be bought off: blocks that are not delivered, and what that costs (section 4 of MATHS.md)."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from planner_models.deals import block_count
from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import linear
from planner_models.ports import Ports
from planner_models.rows import Lease


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: L leases with a break fee, T periods. Reads the blocks that start; decides which are bought off."""
    m = block.parent_block()
    leases = {i: lease for i, lease in frame.leases.items() if lease.break_fee_musd is not None}
    block.BREAKABLE = Indices(dimen=1, initialize=list(leases), doc="l")
    block.block_count = pyo.Param(block.BREAKABLE, initialize=lambda _, i: block_count(leases[i]))

    def most_blocks(_: Any, i: str) -> tuple[int, int]:
        return 0, block_count(leases[i])

    block.broken_blocks = Decisions(block.BREAKABLE, domain=pyo.Integers, bounds=most_blocks, doc="(4.10) blocks that are bought off")
    starts = linear(block, "starts", block.BREAKABLE, ports.started, [((p[0],), p, 1.0) for p in ports.started if p[0] in leases])

    @block.Constraint(block.BREAKABLE, doc="(4.10) each block of a signed lease is delivered or bought off")
    def break_balance(b: Any, i: Any) -> Any:
        return starts(i) + b.broken_blocks[i] == b.block_count[i]

    def fee_musd(lease: Lease) -> float:
        return (lease.break_fee_musd or 0.0) / block_count(lease)

    fees = [((_falls_due(frame, lease),), (i,), fee_musd(lease)) for i, lease in leases.items()]
    broken = linear(block, "broken", m.PERIODS, block.broken_blocks, fees)
    block.broken_musd = Decisions(m.PERIODS, domain=pyo.Reals, doc="(4.11) break fees paid")
    ports.publish(block.broken_musd)

    @block.Constraint(m.PERIODS, doc="(4.11) break fees of the blocks that were to be ready in t")
    def broken_balance(b: Any, t: Any) -> Any:
        return b.broken_musd[t] == broken(t)


def _falls_due(frame: Frame, lease: Lease) -> str:
    """The period that holds its contracted delivery, or the one next to it where that lies outside the plan."""
    month = min(max(0, frame.time.month(lease.ready_by)), frame.time.horizon - 1)
    return frame.time.holding(month) or frame.time.labels[-1]
