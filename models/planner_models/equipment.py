"""Long-lead equipment: units by kind, deliveries, slots (section 6 of MATHS.md)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pyomo.environ as pyo

from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.halls import occupied
from planner_models.linear import linear
from planner_models.money import invest
from planner_models.ports import Ports
from planner_models.power import most_mw
from planner_models.redundancy import reserve
from planner_models.rows import Equipment, Site
from planner_models.stock import Stock, rating_mva


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: S sites, E equipment types and their kinds, T periods. Reads load; decides deliveries."""
    _deliveries(block, frame)
    ports.publish(block.delivered_units)
    stock = Stock(block, frame, ports)
    _ratings(block, frame, stock)
    ports.publish(block.installed_mva)
    _loading(block, frame, ports, reserve(block, frame, ports, stock))
    _slots(block, frame)
    _money(block, frame, ports)


def _carried_mw(site: Site, kind: Equipment) -> float:
    """C: the load that one unit carries at a site."""
    return rating_mva(site, kind) * site.power_factor * site.loading_limit_fraction


def _most_dependable_mw(frame: Frame, site: str) -> float:
    """D: the dependable MW of all generator units that may be at a site."""
    total = 0.0
    for k in (kind for s, kind in frame.site_generators if s == site):
        row = frame.generators[k]
        allowed = row.max_units if frame.allowed(row, frame.sites[site]) else 0
        standing = sum(q.count or 0 for q in frame.plants.values() if (q.site, q.item) == (site, k))
        total += row.dependable_fraction * row.unit_mw * (allowed + standing)
    return total


def _deliveries(block: pyo.Block, frame: Frame) -> None:
    """Variable (6.5)."""
    sites, types = frame.sites, frame.equipment
    deliveries = [(s, k.id, t) for s in sites for k in types.values() for t in frame.time.enterable(k.lead_months)]
    need_mw = {s: 2 * (most_mw(frame, s) + _most_dependable_mw(frame, s)) for s in sites}

    def most_units(_: Any, s: str, k: str, t: str) -> tuple[int, int]:
        return 0, math.ceil(need_mw[s] / _carried_mw(sites[s], types[k]) - 1e-9) + 1

    block.DELIVERIES = Indices(dimen=3, initialize=deliveries, doc="(s,k,t)")
    block.delivered_units = Decisions(block.DELIVERIES, domain=pyo.Integers, bounds=most_units, doc="(6.5) units that enter service")


def _ratings(block: pyo.Block, frame: Frame, stock: Stock) -> None:
    """Variable and row (6.6)."""
    sites, types = frame.sites, frame.equipment
    kinds = dict.fromkeys(row.kind for row in types.values())
    block.RATED = Indices(dimen=3, initialize=[(s, q, u) for s in sites for q in kinds for u in frame.time.labels], doc="(s,kind,u)")
    block.installed_mva = Decisions(block.RATED, domain=pyo.NonNegativeReals, doc="(6.6) MVA of a kind in service")
    rating = stock.count("rating", block.RATED, lambda s, k, u: ((s, types[k].kind, u), rating_mva(sites[s], types[k])))

    @block.Constraint(block.RATED, doc="(6.6) rating in service = existing + delivered")
    def rating_balance(b: Any, s: Any, q: Any, t: Any) -> Any:
        return b.installed_mva[s, q, t] == rating(s, q, t)


def _loading(block: pyo.Block, frame: Frame, ports: Ports, spare_mva: Callable[..., Any]) -> None:
    """Row (6.7)."""
    m, sites, halls = block.parent_block(), frame.sites, frame.halls
    doubled = occupied(block, frame, ports, "twice", m.SITE_PERIODS, lambda h: halls[h].pue_peak if halls[h].redundancy == "2N" else 0.0)
    block.power_factor = pyo.Param(m.SITES, initialize=lambda _, s: sites[s].power_factor)
    block.loading_limit = pyo.Param(m.SITES, initialize=lambda _, s: sites[s].loading_limit_fraction)

    @block.Constraint(block.RATED, doc="(6.7) load fits each kind of equipment in service, a 2N hall twice, less the reserve")
    def equipment_limit(b: Any, s: Any, q: Any, t: Any) -> Any:
        apparent_mva = (ports.load_mw[s, t] + doubled(s, t)) / b.power_factor[s]
        return apparent_mva <= b.loading_limit[s] * (b.installed_mva[s, q, t] - spare_mva(s, q, t))


def _slots(block: pyo.Block, frame: Frame) -> None:
    """Row (6.8)."""
    slots = {(row.equipment, row.year): row.units for row in frame.instance.slots}
    used = [((k, frame.time[t].years[0]), (s, k, t), 1.0) for s, k, t in block.DELIVERIES]
    block.SLOTS = Indices(dimen=2, initialize=[key for key in slots if key in {row for row, _, _ in used}], doc="(k,Y)")
    block.slot_units = pyo.Param(block.SLOTS, initialize=lambda _, k, y: slots[k, y])
    ordered = linear(block, "slots_used", block.SLOTS, block.delivered_units, used)

    @block.Constraint(block.SLOTS, doc="(6.8) deliveries of a year fit the supplier's slots")
    def slot_limit(b: Any, k: Any, y: Any) -> Any:
        return ordered(k, y) <= b.slot_units[k, y]


def _money(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Deposit and balance of units."""
    time, types = frame.time, frame.equipment
    invest(
        block, frame, ports, block.delivered_units,
        site=lambda s, k, t: s,
        price_musd=lambda s, k, t: types[k].cost_musd * time.capex_level(time[t].start - types[k].lead_months),
        paid=lambda s, k, t: time.deposit(t, types[k].lead_months, types[k].deposit_fraction),
        tax_life_months=lambda s, k, t: types[k].tax_life_months,
    )  # fmt: skip
