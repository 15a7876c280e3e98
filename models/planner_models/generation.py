"""Own generation: units commissioned, what they can make and make, what is exported (section 12 of MATHS.md)."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import linear
from planner_models.money import invest
from planner_models.orders import standing
from planner_models.ports import Ports


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: S sites, K generator types at them, T periods, B blocks. Decides units, MW made and MW exported."""
    _units(block, frame)
    if frame.on_offer:
        _after_purchase(block, frame, ports)
    _service(block, frame, ports)
    _output(block, frame)
    ports.publish(block.generating_mw)
    ports.publish(block.dependable_mw)
    _supply(block, ports)
    _investment(block, frame, ports)
    _operations(block, frame, ports)


def _units(block: pyo.Block, frame: Frame) -> None:
    """Variable and row (12.1) and (12.2)."""
    time, types = frame.time, frame.generators
    pairs = [(s, k) for s, k in frame.site_generators if types[k].max_units and frame.allowed(types[k], frame.sites[s])]
    commissions = [(s, k, t) for s, k in pairs for t in time.enterable(types[k].lead_months)]
    block.COMMISSIONS = Indices(dimen=3, initialize=commissions, doc="(s,k,t)")
    block.commissioned_units = Decisions(
        block.COMMISSIONS, domain=pyo.Integers, bounds=lambda _, s, k, t: (0, types[k].max_units), doc="(12.1) units that enter service"
    )
    working = [
        ((s, k, u), (s, k, t), 1.0)
        for s, k, t in commissions
        for u in time.overlapping(time[t].start, time[t].start + types[k].life_months)
    ]
    block.LIMITED = Indices(dimen=3, initialize=list(dict.fromkeys(row for row, _, _ in working)), doc="(s,k,t)")
    units = linear(block, "standing", block.LIMITED, block.commissioned_units, working)
    block.max_units = pyo.Param(list(types), initialize=lambda _, k: types[k].max_units)

    @block.Constraint(block.LIMITED, doc="(12.2) commissioned units in service fit the site")
    def unit_limit(b: Any, s: Any, k: Any, t: Any) -> Any:
        return units(s, k, t) <= b.max_units[k]


def _after_purchase(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Row (11.5): at a site on offer a unit is ordered once the site is bought."""
    time, types = frame.time, frame.generators
    block.ON_OFFER = Indices(dimen=3, initialize=[i for i in block.COMMISSIONS if i[0] in frame.on_offer], doc="(s,k,t) on offer")
    bought = [
        ((s, k, t), (s, v), float(types[k].max_units))
        for s, k, t in block.ON_OFFER
        for at, v in ports.opened
        if at == s and time[v].start <= time[t].start - types[k].lead_months
    ]
    allowed = linear(block, "allowed", block.ON_OFFER, ports.opened, bought)

    @block.Constraint(block.ON_OFFER, doc="(11.5) a unit is ordered once the site is bought")
    def unit_held_limit(b: Any, s: Any, k: Any, t: Any) -> Any:
        return b.commissioned_units[s, k, t] <= allowed(s, k, t)


def _service(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variables and rows (12.3) and (12.4): MW in service, and what of it relieves the grid."""
    time, types = frame.time, frame.generators
    sites = list(dict.fromkeys(s for s, _ in frame.site_generators))
    block.UNITS = Indices(dimen=3, initialize=[(s, k, t) for s, k in frame.site_generators for t in time.labels], doc="(s,k,t)")
    block.PLANT_PERIODS = Indices(dimen=2, initialize=[(s, t) for s in sites for t in time.labels], doc="(s,t) with generators")

    there = [
        ((row.site, row.item, u), q, types[row.item].unit_mw * time.whole(*frame.span(row), u))
        for q, row in frame.plants.items()
        for u in time.labels
    ]
    arrived = [
        ((s, k, u), (s, k, t), types[k].unit_mw * time.whole(time[t].start, time[t].start + types[k].life_months, u))
        for s, k, t in block.COMMISSIONS
        for u in time.labels
    ]
    opening = standing(block, frame, ports, "opening_mw", block.UNITS, there)
    commissioned = linear(block, "commissioned", block.UNITS, block.commissioned_units, arrived)
    block.generating_mw = Decisions(block.UNITS, domain=pyo.NonNegativeReals, doc="(12.3) MW of generators in service all through t")
    relief = [((s, t), (s, k, t), types[k].dependable_fraction) for s, k, t in block.UNITS]
    relieving = linear(block, "relieving", block.PLANT_PERIODS, block.generating_mw, relief)
    block.dependable_mw = Decisions(block.PLANT_PERIODS, domain=pyo.NonNegativeReals, doc="(12.4) MW that relieve the grid at the peak")

    @block.Constraint(block.UNITS, doc="(12.3) MW in service = opening + commissioned")
    def generating_balance(b: Any, s: Any, k: Any, t: Any) -> Any:
        return b.generating_mw[s, k, t] == opening(s, k, t) + commissioned(s, k, t)

    @block.Constraint(block.PLANT_PERIODS, doc="(12.4) the dependable share of what is in service")
    def dependable_balance(b: Any, s: Any, t: Any) -> Any:
        return b.dependable_mw[s, t] == relieving(s, t)


def _output(block: pyo.Block, frame: Frame) -> None:
    """Variables and rows (12.5) and (12.6): what is made, and what of it is exported."""
    sites, types = frame.sites, frame.generators
    shares = {row.key: row.availability_fraction for row in frame.instance.availability}
    block.OUTPUTS = Indices(dimen=4, initialize=[(*i, b) for i in block.UNITS for b in frame.prices[i[0]]], doc="(s,k,t,b)")
    exports = [(s, t, b) for s, t in block.PLANT_PERIODS if sites[s].export_mw for b in frame.prices[s]]
    block.EXPORTS = Indices(dimen=3, initialize=exports, doc="(s,t,b) that may export")
    block.AVAILABLE = Indices(dimen=3, initialize=list(dict.fromkeys((s, k, b) for s, k, _, b in block.OUTPUTS)), doc="(s,k,b)")
    block.availability_fraction = pyo.Param(
        block.AVAILABLE, initialize=lambda _, s, k, b: shares.get((k, sites[s].market, b), types[k].availability_fraction)
    )
    block.generated_mw = Decisions(block.OUTPUTS, domain=pyo.NonNegativeReals, doc="(12.5) MW made in a block, mean")
    block.exported_mw = Decisions(
        block.EXPORTS,
        domain=pyo.NonNegativeReals,
        bounds=lambda _, s, t, b: (0, sites[s].export_mw),
        doc="(12.6) MW sent to the grid, mean",
    )
    made = linear(
        block, "made_for_export", block.EXPORTS, block.generated_mw, [((s, t, b), (s, k, t, b), 1.0) for s, k, t, b in block.OUTPUTS]
    )

    @block.Constraint(block.OUTPUTS, doc="(12.5) made no more than available")
    def generated_limit(b: Any, s: Any, k: Any, t: Any, block_: Any) -> Any:
        return b.generated_mw[s, k, t, block_] <= b.availability_fraction[s, k, block_] * b.generating_mw[s, k, t]

    @block.Constraint(block.EXPORTS, doc="(12.6) exported no more than made")
    def export_limit(b: Any, s: Any, t: Any, block_: Any) -> Any:
        return b.exported_mw[s, t, block_] <= made(s, t, block_)


def _supply(block: pyo.Block, ports: Ports) -> None:
    """The terms of (10.11) and (10.12): what is made and not exported."""
    m = block.parent_block()
    made = linear(block, "made", m.SUPPLIED_BLOCKS, block.generated_mw, [((s, t, b), (s, k, t, b), 1.0) for s, k, t, b in block.OUTPUTS])
    sent = linear(block, "sent", m.SUPPLIED_BLOCKS, block.exported_mw, [(i, i, -1.0) for i in block.EXPORTS])
    for port in ("supplied_mw", "behind_mw"):
        ports.add(port, made)
        ports.add(port, sent)


def _investment(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Price of units, and what they are worth at the horizon."""
    m, time, types = block.parent_block(), frame.time, frame.generators
    invest(
        block, frame, ports, block.commissioned_units,
        site=lambda s, k, t: s,
        price_musd=lambda s, k, t: types[k].capex_musd_per_unit * time.capex_level(time[t].start - types[k].lead_months),
        paid=lambda s, k, t: time.deposit(t, types[k].lead_months, types[k].deposit_fraction),
        tax_life_months=lambda s, k, t: types[k].tax_life_months,
    )  # fmt: skip

    def residual(k: str, end: int) -> float:
        return types[k].capex_musd_per_unit * frame.residual_fraction(k, end - time.horizon)

    opening = [((row.site,), q, residual(row.item, frame.span(row)[1])) for q, row in frame.plants.items()]
    final = [((s,), (s, k, t), residual(k, time[t].start + types[k].life_months)) for s, k, t in block.COMMISSIONS]
    ports.add("terminal_musd", linear(block, "unit_residual", m.SITES, block.commissioned_units, final))
    ports.add("terminal_musd", standing(block, frame, ports, "plant_residual", m.SITES, opening))


def _operations(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Fuel, wear, fixed cost, and what exports fetch."""
    m, time, types, sites = block.parent_block(), frame.time, frame.generators, frame.sites
    fuels = {k.fuel: [row for row in frame.instance.fuel_prices if row.fuel == k.fuel] for k in types.values() if k.fuel}

    def usd_per_mwh(k: str, t: str) -> float:
        kind = types[k]
        fuel = time.yearly(fuels[kind.fuel], lambda row: row.from_year, lambda row: row.usd_per_mmbtu, t) if kind.fuel else 0.0
        return kind.heat_rate_mmbtu_per_mwh * fuel + kind.variable_usd_per_mwh * time.inflation(t)

    def upkeep_musd_per_mw(k: str, t: str) -> float:
        return types[k].fixed_musd_per_unit_year / types[k].unit_mw * time[t].length_years * time.inflation(t)

    def fetched_usd_per_mwh(s: str, t: str, b: str) -> float:
        return frame.node_price(s, b, t) - sites[s].export_haircut_usd_per_mwh

    cost = {(k, t): usd_per_mwh(k, t) for k, t in dict.fromkeys((k, t) for _, k, t in block.UNITS)}
    running = [((s, t), (s, k, t, b), frame.block_hours(s, b, t) * cost[k, t] / 1e6) for s, k, t, b in block.OUTPUTS]
    upkeep = [((s, t), (s, k, t), upkeep_musd_per_mw(k, t)) for s, k, t in block.UNITS]
    sales = [((s, t), (s, t, b), frame.block_hours(s, b, t) * fetched_usd_per_mwh(s, t, b) / 1e6) for s, t, b in block.EXPORTS]
    ports.add("operating_musd", linear(block, "running_cost", m.SITE_PERIODS, block.generated_mw, running))
    ports.add("operating_musd", linear(block, "fixed_cost", m.SITE_PERIODS, block.generating_mw, upkeep))
    ports.add("revenue_musd", linear(block, "export_sales", m.SITE_PERIODS, block.exported_mw, sales))
