"""The reserve that N+1 halls ask of the equipment (section 6 of MATHS.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyomo.environ as pyo

from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.halls import occupied
from planner_models.linear import linear
from planner_models.ports import Ports
from planner_models.stock import Stock, rating_mva


def reserve(block: pyo.Block, frame: Frame, ports: Ports, stock: Stock) -> Callable[..., Any]:
    """The function `(s,kind,t) -> MVA in reserve`, for use over the block's `RATED`; 0 at sites without N+1 halls.

    Reads what occupies the halls and the units in service.
    """
    guarded = list(dict.fromkeys(s for s, h in frame.site_halls if frame.halls[h].redundancy == "N+1"))
    if not guarded:
        return lambda s, q, t: 0.0
    _presence(block, frame, guarded, stock)
    _use(block, frame, ports, guarded)
    known = set(guarded)
    rows = [(s, q, t) for s, q, t in block.RATED if s in known]
    block.RESERVED = Indices(dimen=3, initialize=rows, doc="(s,kind,t)")
    block.reserve_mva = Decisions(block.RESERVED, domain=pyo.NonNegativeReals, doc="(6.15) MVA of a kind in reserve")
    types = frame.equipment
    own = [((s, k, t), (s, types[k].kind, t), 1.0) for s, k, t in block.PRESENT]
    spared = linear(block, "spared", block.PRESENT, block.reserve_mva, own)
    block.rating_mva = pyo.Param(guarded, list(types), initialize=lambda _, s, k: rating_mva(frame.sites[s], types[k]))

    @block.Constraint(block.PRESENT, doc="(6.15) while an N+1 hall is in use, the largest unit present is in reserve")
    def reserve_floor(b: Any, s: Any, k: Any, t: Any) -> Any:
        return spared(s, k, t) >= b.rating_mva[s, k] * (b.present[s, k, t] + b.redundant[s, t] - 1)

    return linear(block, "reserve", block.RATED, block.reserve_mva, [(row, row, 1.0) for row in rows])


def _presence(block: pyo.Block, frame: Frame, guarded: list[str], stock: Stock) -> None:
    """Variable and row (6.13), where units of a type can be at all."""
    most = {(s, k, t): stock.most(s, k, t) for s in guarded for k in frame.equipment for t in frame.time.labels}
    block.PRESENT = Indices(dimen=3, initialize=[row for row, number in most.items() if number], doc="(s,k,t)")
    block.most_units = pyo.Param(block.PRESENT, initialize=lambda _, *row: most[row])
    block.present = Decisions(block.PRESENT, domain=pyo.Binary, doc="(6.13) units of a type are in service")
    units = stock.count("present", block.PRESENT, lambda s, k, t: ((s, k, t), 1.0))

    @block.Constraint(block.PRESENT, doc="(6.13) a type with a unit in service is present")
    def present_limit(b: Any, s: Any, k: Any, t: Any) -> Any:
        return units(s, k, t) - b.most_units[s, k, t] * b.present[s, k, t] <= 0


def _use(block: pyo.Block, frame: Frame, ports: Ports, guarded: list[str]) -> None:
    """Variable and row (6.14)."""
    block.GUARDED = Indices(dimen=2, initialize=[(s, t) for s in guarded for t in frame.time.labels], doc="(s,t)")
    block.land_it_mw = pyo.Param(guarded, initialize=lambda _, s: frame.sites[s].land_it_mw)
    block.redundant = Decisions(block.GUARDED, domain=pyo.Binary, doc="(6.14) an N+1 hall is in use")
    used = occupied(block, frame, ports, "guarded", block.GUARDED, lambda h: 1.0 if frame.halls[h].redundancy == "N+1" else 0.0)

    @block.Constraint(block.GUARDED, doc="(6.14) N+1 halls are in use only with a reserve")
    def redundant_limit(b: Any, s: Any, t: Any) -> Any:
        return used(s, t) <= b.land_it_mw[s] * b.redundant[s, t]
