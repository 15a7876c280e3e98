"""Energy: own consumption bought at spot per price block (section 7 of MATHS.md)."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from planner_models.frame import Frame
from planner_models.linear import linear
from planner_models.ports import Ports


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: S sites, T periods, B blocks. Reads the draw of all uses; pays for it."""
    m = block.parent_block()
    bill = [((s, t), (s, t, b), frame.block_hours(s, b, t) * frame.block_price(s, b, t) / 1e6) for s, t, b in m.SITE_PERIOD_BLOCKS]
    cost = linear(block, "bill", m.SITE_PERIODS, ports.draw_mw, bill)
    block.energy_cost_musd = pyo.Var(m.SITE_PERIODS, domain=pyo.Reals, doc="(7.1) cost of own energy")

    @block.Constraint(m.SITE_PERIODS, doc="(7.1) own energy at spot and adder")
    def energy_balance(b: Any, s: Any, t: Any) -> Any:
        return b.energy_cost_musd[s, t] == cost(s, t)

    ports.add("operating_musd", lambda s, t: block.energy_cost_musd[s, t])
