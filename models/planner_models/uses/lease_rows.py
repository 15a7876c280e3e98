"""What leases ask beyond their floor space: whole modules, grid and equipment for each, and halls to their end (section 4 of MATHS.md)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import pyomo.environ as pyo

from planner_models.census import Census
from planner_models.deals import block_count, block_mw
from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import linear
from planner_models.ports import Ports
from planner_models.uses.rent import Placement, Rent

Placements = Mapping[Placement, Rent]
Active = list[tuple[Placement, str, float]]
"""Placement, period in which it runs in some month, and the MW of a block that may be there."""


def tighten(block: pyo.Block, frame: Frame, ports: Ports, placed: Placements) -> None:
    """Rows (4.5)-(4.7): each lease alone is covered by modules, power and equipment.

    Other rows imply them, (4.5) for whole numbers only, so that it tightens the relaxation.
    """
    active = [(p, u, block_mw(at.lease) * share) for p, at in placed.items() for u, share in at.course.present.items()]
    served = dict.fromkeys((p[0], p[1], u) for p, u, _ in active)
    block.SERVED = Indices(dimen=3, initialize=list(served), doc="(l,s,u)")
    _modules(block, frame, ports, active)
    _grid(block, frame, ports, active)
    if ports.has("installed_mva"):
        _equipment(block, frame, ports, active)


def _modules(block: pyo.Block, frame: Frame, ports: Ports, active: Active) -> None:
    """Row (4.5)."""
    halls, whole = frame.halls, [(p, u, mw) for p, u, mw in active if block_count(frame.leases[p[0]]) == 1]
    block.COVERED = Indices(dimen=4, initialize=list(dict.fromkeys((i, s, h, u) for (i, s, h, _), u, _ in whole)), doc="(l,s,h,u)")
    modules = [((i, s, h, u), (i, s, h, t), float(math.ceil(mw / halls[h].module_it_mw - 1e-9))) for (i, s, h, t), u, mw in whole]
    covering = linear(block, "covering", block.COVERED, block.started, modules)

    @block.Constraint(block.COVERED, doc="(4.5) a lease needs whole modules")
    def lease_module_limit(b: Any, i: Any, s: Any, h: Any, t: Any) -> Any:
        return covering(i, s, h, t) <= ports.full_modules[s, h, t]


def _grid(block: pyo.Block, frame: Frame, ports: Ports, active: Active) -> None:
    """Row (4.6)."""
    facility = [((i, s, u), (i, s, h, t), mw * frame.halls[h].pue_peak) for (i, s, h, t), u, mw in active]
    drawing = linear(block, "drawing", block.SERVED, block.started, facility)
    dependable = _dependable(block, ports)

    @block.Constraint(block.SERVED, doc="(4.6) a lease alone fits the grid and own dependable MW")
    def lease_grid_limit(b: Any, i: Any, s: Any, t: Any) -> Any:
        return drawing(i, s, t) <= ports.grid_mw[s, t] + dependable(i, s, t)


def _dependable(block: pyo.Block, ports: Ports) -> Callable[..., Any]:
    """The function `(l,s,t) -> dependable MW of own generation at s`, 0 where there is none."""
    if not ports.has("dependable_mw"):
        return lambda i, s, t: 0.0
    relief = [((i, s, t), (s, t), 1.0) for i, s, t in block.SERVED if (s, t) in ports.dependable_mw]
    return linear(block, "dependable", block.SERVED, ports.dependable_mw, relief)


def _equipment(block: pyo.Block, frame: Frame, ports: Ports, active: Active) -> None:
    """Row (4.7)."""
    halls, sites = frame.halls, frame.sites
    kinds = dict.fromkeys(k.kind for k in frame.equipment.values())
    carried = [(i, s, q, u) for i, s, u in block.SERVED for q in kinds]
    block.CARRIED = Indices(dimen=4, initialize=carried, doc="(l,s,q,u)")

    def mva(mw: float, s: str, h: str) -> float:
        return mw * halls[h].pue_peak * (2 if halls[h].redundancy == "2N" else 1) / sites[s].power_factor

    apparent = [((i, s, q, u), (i, s, h, t), mva(mw, s, h)) for (i, s, h, t), u, mw in active for q in kinds]
    loading = linear(block, "loading", block.CARRIED, block.started, apparent)
    block.loading_limit = pyo.Param(list(sites), initialize=lambda _, s: sites[s].loading_limit_fraction)

    @block.Constraint(block.CARRIED, doc="(4.7) a lease alone fits each kind of equipment")
    def lease_equipment_limit(b: Any, i: Any, s: Any, q: Any, t: Any) -> Any:
        return loading(i, s, q, t) <= b.loading_limit[s] * ports.installed_mva[s, q, t]


def outlast(block: pyo.Block, frame: Frame, ports: Ports, placed: Placements) -> None:
    """Row (4.8), and (4.9): leases that run past the horizon, and the MW that a cap rate values."""
    m = block.parent_block()
    ends = {p: at.course.end for p, at in placed.items() if at.outlives}
    found: dict[tuple[str, str], list[Placement]] = {}
    for p in ends:
        found.setdefault((p[1], p[2]), []).append(p)
    tails = [(s, h, end) for (s, h), at in found.items() for end in sorted({ends[p] for p in at})]
    block.TAILS = Indices(dimen=3, initialize=tails, doc="(s,h,e)")
    mw = {i: block_mw(lease) for i, lease in frame.leases.items()}
    running = [((s, h, e), p, mw[p[0]]) for s, h, e in block.TAILS for p in found[s, h] if ends[p] >= e]
    tail = linear(block, "tail", block.TAILS, block.started, running)
    lasting = Census(block, frame, "lasting", frame.time.beyond_to, block.TAILS, of=ports)
    valued = [((p[1], p[2]), p, mw[p[0]]) for p, at in placed.items() if at.capitalised]
    capitalised = linear(block, "capitalised", m.SITE_HALLS, block.started, valued)
    block.module_it_mw = pyo.Param(m.HALLS, initialize=lambda _, h: frame.halls[h].module_it_mw)
    block.capitalised_mw = Decisions(m.SITE_HALLS, domain=pyo.NonNegativeReals, doc="(4.9) IT MW valued at a cap rate")

    @block.Constraint(block.TAILS, doc="(4.8) a lease past the horizon needs halls that stand to its end")
    def tail_limit(b: Any, s: Any, h: Any, e: Any) -> Any:
        return tail(s, h, e) <= b.module_it_mw[h] * lasting.count(s, h, e)

    @block.Constraint(m.SITE_HALLS, doc="(4.9) IT MW of leases valued at a cap rate")
    def capitalised_balance(b: Any, s: Any, h: Any) -> Any:
        return b.capitalised_mw[s, h] == capitalised(s, h)
