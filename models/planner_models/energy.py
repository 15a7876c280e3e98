"""Energy: own consumption bought at spot per price block, unless own supply replaces it (section 7 of MATHS.md)."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import linear
from planner_models.ports import Ports, Term


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: S sites, T periods, B blocks. Reads the draw of all uses and what supplies it; pays for what is bought."""
    if frame.supplied:
        _supply(block, frame, ports)
    if frame.instance.charges:
        _meter(block, frame, ports)
    _cost(block, frame, ports)


def _supply(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variable and rows (7.3) and (7.4): what supplied sites draw, tenants included, comes from somewhere."""
    m = block.parent_block()
    block.spot_mw = Decisions(m.SUPPLIED_BLOCKS, domain=pyo.NonNegativeReals, doc="(7.3) facility MW bought at spot, mean over the block")
    own = [(i, i, 1.0) for i in m.SUPPLIED_BLOCKS]
    drawn = [linear(block, "own_draw", m.SUPPLIED_BLOCKS, ports.draw_mw, own)]
    if ports.has("tenant_draw_mw"):
        let = [((s, t, b), (s, t), 1.0) for s, t, b in m.SUPPLIED_BLOCKS]
        drawn.append(linear(block, "tenants_draw", m.SUPPLIED_BLOCKS, ports.tenant_draw_mw, let))

    @block.Constraint(m.SUPPLIED_BLOCKS, doc="(7.3) spot + own supply = own draw + tenants' draw")
    def supply_balance(b: Any, s: Any, t: Any, block_: Any) -> Any:
        return b.spot_mw[s, t, block_] + ports.supplied_mw[s, t, block_] == _total(drawn, s, t, block_)

    @block.Constraint(m.SUPPLIED_BLOCKS, doc="(7.4) what is not generated behind the meter comes through the grid")
    def import_limit(b: Any, s: Any, t: Any, block_: Any) -> Any:
        return _total(drawn, s, t, block_) - ports.behind_mw[s, t, block_] <= ports.grid_mw[s, t]


def _meter(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variable and row (7.5): own MW at the meters that bear charges."""
    m = block.parent_block()
    charged = {row.site for row in frame.instance.charges}
    block.METERED = Indices(dimen=3, initialize=[i for i in m.SITE_PERIOD_BLOCKS if i[0] in charged], doc="(s,t,b) with charges")
    block.meter_mw = Decisions(block.METERED, domain=pyo.Reals, doc="(7.5) own facility MW at the meter, mean over the block")
    ports.publish(block.meter_mw)
    flows = [linear(block, "metered_draw", block.METERED, ports.draw_mw, [(i, i, 1.0) for i in block.METERED])]
    if frame.supplied:
        behind = [(i, i, -1.0) for i in block.METERED if i[0] in frame.supplied]
        flows.append(linear(block, "metered_behind", block.METERED, ports.behind_mw, behind))

    @block.Constraint(block.METERED, doc="(7.5) own draw less own generation used here")
    def meter_balance(b: Any, s: Any, t: Any, block_: Any) -> Any:
        return b.meter_mw[s, t, block_] == _total(flows, s, t, block_)


def _cost(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variable and row (7.1): what own energy costs."""
    m = block.parent_block()
    rate = {(s, t, b): frame.block_hours(s, b, t) * frame.block_price(s, b, t) / 1e6 for s, t, b in m.SITE_PERIOD_BLOCKS}
    plain = [((s, t), (s, t, b), musd) for (s, t, b), musd in rate.items() if s not in frame.supplied]
    bills = [linear(block, "bill", m.SITE_PERIODS, ports.draw_mw, plain)]
    if frame.supplied:
        bills += _supplied_bills(block, frame, ports, rate)
    block.energy_cost_musd = Decisions(m.SITE_PERIODS, domain=pyo.Reals, doc="(7.1) cost of own energy")

    @block.Constraint(m.SITE_PERIODS, doc="(7.1) own energy at spot and adder")
    def energy_balance(b: Any, s: Any, t: Any) -> Any:
        return b.energy_cost_musd[s, t] == _total(bills, s, t)

    ports.add("operating_musd", lambda s, t: block.energy_cost_musd[s, t])


def _supplied_bills(block: pyo.Block, frame: Frame, ports: Ports, rate: dict[tuple[str, str, str], float]) -> list[Term]:
    """The terms of (7.1) at supplied sites: spot less what tenants pay for, and the adder on what a PPA brings over the meter."""
    m = block.parent_block()
    adder = {(s, t, b): frame.block_hours(s, b, t) * frame.sites[s].energy_adder_usd_per_mwh / 1e6 for s, t, b in m.SUPPLIED_BLOCKS}
    spot = [((s, t), (s, t, b), rate[s, t, b]) for s, t, b in m.SUPPLIED_BLOCKS]
    bills = [
        linear(block, "spot_bill", m.SITE_PERIODS, block.spot_mw, spot),
        linear(block, "supplied_adder", m.SITE_PERIODS, ports.supplied_mw, [(i[:2], i, musd) for i, musd in adder.items()]),
        linear(block, "behind_adder", m.SITE_PERIODS, ports.behind_mw, [(i[:2], i, -musd) for i, musd in adder.items()]),
    ]
    if ports.has("tenant_draw_mw"):
        paid = [((s, t), (s, t), -rate[s, t, b]) for s, t, b in m.SUPPLIED_BLOCKS]
        bills.append(linear(block, "paid_by_tenants", m.SITE_PERIODS, ports.tenant_draw_mw, paid))
    return bills


def _total(terms: list[Term], *index: Any) -> Any:
    total = 0.0
    for term in terms:
        total = total + term(*index)
    return total
