"""Power: grid MW by date and upgrade, transformers by unit and slot (section 6 of MATHS.md)."""

from __future__ import annotations

import math
from typing import Any

import pyomo.environ as pyo

from planner_models.frame import Frame
from planner_models.linear import constant, linear
from planner_models.money import invest
from planner_models.ports import Ports


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: S sites, G upgrades, K transformer types, T periods. Reads load; decides upgrades and deliveries."""
    _load(block, frame, ports)
    _grid(block, frame, ports)
    if frame.equipment:
        _orders(block, frame)
        _rating(block, frame, ports)
        _slots(block, frame)
        _equipment_money(block, frame, ports)


def _load(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """The terms of (10.3): what all uses draw at design peak."""
    m = block.parent_block()
    peak = [((s, t), (s, h, t), frame.halls[h].pue_peak) for s, h, t in m.FLOORS]
    ports.add("load_mw", linear(block, "resident_load", m.SITE_PERIODS, ports.resident_mw, peak))
    ports.add("load_mw", linear(block, "movable_load", m.SITE_PERIODS, ports.movable_mw, peak))


def _grid(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variables and rows (6.1)-(6.4), and the money of upgrades and of energised MW."""
    m, time = block.parent_block(), frame.time
    upgrades = {row.id: row for row in frame.instance.grid if row.kind == "upgrade"}
    choices = [
        (g.id, t)
        for g in upgrades.values()
        for t in time.enterable(g.lead_months)
        if g.from_month is None or time[t].start >= time.month(g.from_month)
    ]
    block.UPGRADES = pyo.Set(dimen=2, initialize=choices, doc="(g,t)")
    block.ORDERABLE = pyo.Set(dimen=1, initialize=list(dict.fromkeys(g for g, _ in choices)), doc="g")
    block.upgraded = pyo.Var(block.UPGRADES, domain=pyo.Binary, doc="(6.1) upgrade enters service")
    block.grid_mw = pyo.Var(m.SITE_PERIODS, domain=pyo.NonNegativeReals, doc="(6.3) utility MW in service")
    ports.publish(block.grid_mw)
    in_force = [((upgrades[g].site, u.label), (g, t), upgrades[g].mw) for g, t in choices for u in time.periods if time[t].start <= u.start]
    added = linear(block, "added", m.SITE_PERIODS, block.upgraded, in_force)
    energised = constant(block, "energised_mw", m.SITE_PERIODS, lambda s, u: _energised_mw(frame, s, u))
    once = linear(block, "once", block.ORDERABLE, block.upgraded, [((g,), (g, t), 1.0) for g, t in choices])

    @block.Constraint(block.ORDERABLE, doc="(6.2) an upgrade is ordered at most once")
    def upgrade_choice(b: Any, g: Any) -> Any:
        return once(g) <= 1

    @block.Constraint(m.SITE_PERIODS, doc="(6.3) grid in service = energised + upgrades")
    def grid_balance(b: Any, s: Any, t: Any) -> Any:
        return b.grid_mw[s, t] == energised(s, t) + added(s, t)

    @block.Constraint(m.SITE_PERIODS, doc="(6.4) load fits the grid")
    def grid_limit(b: Any, s: Any, t: Any) -> Any:
        return ports.load_mw[s, t] <= b.grid_mw[s, t]

    invest(
        block, frame, ports, block.upgraded,
        site=lambda g, t: upgrades[g].site,
        price_musd=lambda g, t: upgrades[g].cost_musd,
        paid=lambda g, t, u: time.deposit(t, upgrades[g].lead_months, upgrades[g].deposit_fraction, u),
        tax_life_months=lambda g, t: upgrades[g].tax_life_months,
    )  # fmt: skip
    worth = [((s.id,), (s.id, time.labels[-1]), s.energised_musd_per_mw) for s in frame.instance.sites]
    ports.add("terminal_musd", linear(block, "energised_value", m.SITES, block.grid_mw, worth))


def _energised_mw(frame: Frame, site: str, period: str) -> float:
    """Utility MW of a site that are in service at the start of a period without any order."""
    start, rows = frame.time[period].start, frame.instance.grid
    return sum(
        row.mw
        for row in rows
        if row.site == site and row.kind == "energised" and row.from_month is not None and frame.time.month(row.from_month) <= start
    )


def _orders(block: pyo.Block, frame: Frame) -> None:
    """Variable (6.5)."""
    time, types = frame.time, frame.equipment
    deliveries = [(s, k.id, t) for s in frame.sites for k in types.values() for t in time.enterable(k.lead_months)]
    block.DELIVERIES = pyo.Set(dimen=3, initialize=deliveries, doc="(s,k,t)")
    all_mw = {s: sum(row.mw for row in frame.instance.grid if row.site == s) for s in frame.sites}

    def most_units(_: Any, s: str, k: str, t: str) -> tuple[int, int]:
        site = frame.sites[s]
        return 0, math.ceil(all_mw[s] / (site.power_factor * site.loading_limit_fraction * types[k].mva) - 1e-9)

    block.delivered_units = pyo.Var(block.DELIVERIES, domain=pyo.Integers, bounds=most_units, doc="(6.5) units that enter service")


def _rating(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variable and rows (6.6) and (6.7)."""
    m, time, types = block.parent_block(), frame.time, frame.equipment

    def standing_mva(s: str, u: str) -> float:
        rows = [row for row in frame.instance.opening if row.site == s and row.item in types]
        return sum((row.count or 0) * types[row.item].mva for row in rows if time.month(row.in_service) <= time[u].start)

    arrived = [((s, u.label), (s, k, t), types[k].mva) for s, k, t in block.DELIVERIES for u in time.periods if time[t].start <= u.start]
    standing = constant(block, "standing_mva", m.SITE_PERIODS, standing_mva)
    delivered = linear(block, "delivered", m.SITE_PERIODS, block.delivered_units, arrived)
    block.power_factor = pyo.Param(m.SITES, initialize=lambda _, s: frame.sites[s].power_factor)
    block.loading_limit = pyo.Param(m.SITES, initialize=lambda _, s: frame.sites[s].loading_limit_fraction)
    block.installed_mva = pyo.Var(m.SITE_PERIODS, domain=pyo.NonNegativeReals, doc="(6.6) MVA of transformers in service")
    ports.publish(block.installed_mva)

    @block.Constraint(m.SITE_PERIODS, doc="(6.6) rating in service = existing + delivered")
    def rating_balance(b: Any, s: Any, t: Any) -> Any:
        return b.installed_mva[s, t] == standing(s, t) + delivered(s, t)

    @block.Constraint(m.SITE_PERIODS, doc="(6.7) load fits the transformers in service")
    def transformer_limit(b: Any, s: Any, t: Any) -> Any:
        return ports.load_mw[s, t] / b.power_factor[s] <= b.loading_limit[s] * b.installed_mva[s, t]


def _slots(block: pyo.Block, frame: Frame) -> None:
    """Row (6.8)."""
    slots = {(row.equipment, row.year): row.units for row in frame.instance.slots}
    used = [((k, frame.time[t].years[0]), (s, k, t), 1.0) for s, k, t in block.DELIVERIES]
    block.SLOTS = pyo.Set(dimen=2, initialize=[key for key in slots if key in {row for row, _, _ in used}], doc="(k,Y)")
    block.slot_units = pyo.Param(block.SLOTS, initialize=lambda _, k, y: slots[k, y])
    ordered = linear(block, "slots_used", block.SLOTS, block.delivered_units, used)

    @block.Constraint(block.SLOTS, doc="(6.8) deliveries of a year fit the supplier's slots")
    def slot_limit(b: Any, k: Any, y: Any) -> Any:
        return ordered(k, y) <= b.slot_units[k, y]


def _equipment_money(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Deposit and balance of units."""
    time, types = frame.time, frame.equipment
    invest(
        block, frame, ports, block.delivered_units,
        site=lambda s, k, t: s,
        price_musd=lambda s, k, t: types[k].cost_musd,
        paid=lambda s, k, t, u: time.deposit(t, types[k].lead_months, types[k].deposit_fraction, u),
        tax_life_months=lambda s, k, t: types[k].tax_life_months,
    )  # fmt: skip
