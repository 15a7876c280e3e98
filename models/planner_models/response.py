"""Demand response: mining load registered to stay off in some blocks, for a payment (section 13 of MATHS.md)."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import linear
from planner_models.ports import Ports
from planner_models.rows import Programme


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: D programmes, S sites with machines, T periods, B blocks. Reads what is plugged in and runs; decides MW registered."""
    m, programmes = block.parent_block(), {row.id: row for row in frame.instance.programmes}
    mined = dict.fromkeys(s for s, *_ in ports.hosted_mw)
    registers = [
        (d.id, s, t)
        for d in programmes.values()
        for s in mined
        if frame.sites[s].market == d.market
        for t in frame.time.labels
        if _share(frame, d, t) > 0
    ]
    block.REGISTERS = Indices(dimen=3, initialize=registers, doc="(d,s,t)")
    block.registered_mw = Decisions(block.REGISTERS, domain=pyo.NonNegativeReals, doc="(13.10) facility MW that stay off, all through t")
    _off(block, frame, ports, programmes)
    _caps(block, programmes)
    paid = [
        ((s, t), (d, s, t), programmes[d].usd_per_mw_year * frame.time[t].length_years * _share(frame, programmes[d], t) / 1e6)
        for d, s, t in registers
    ]
    ports.add("revenue_musd", linear(block, "payments", m.SITE_PERIODS, block.registered_mw, paid))


def _share(frame: Frame, programme: Programme, period: str) -> float:
    """α: the share of the period in which the programme pays."""
    time = frame.time
    begin = 0 if programme.from_month is None else time.month(programme.from_month)
    end = time.horizon if programme.to_month is None else time.month(programme.to_month)
    return time.share(begin, end, period)


def _off(block: pyo.Block, frame: Frame, ports: Ports, programmes: dict[str, Programme]) -> None:
    """Row (13.11): what is registered does not run."""
    halls, asics = frame.halls, frame.asics
    registered = [((s, t, b), (d, s, t), 1.0) for d, s, t in block.REGISTERS for b in programmes[d].blocks]
    called = dict.fromkeys(row for row, _, _ in registered)
    block.CALLED = Indices(dimen=3, initialize=list(called), doc="(s,t,b) with a programme")
    running = [((s, t, b), (s, h, a, t, b), halls[h].pue_average) for s, h, a, t, b in ports.run_mw if (s, t, b) in called]
    plugged = [
        ((s, t, b), (s, h, a, t), halls[h].pue_average * asics[a].uptime_fraction)
        for s, h, a, t in ports.hosted_mw
        for b in frame.prices[s]
        if (s, t, b) in called
    ]
    run = linear(block, "running", block.CALLED, ports.run_mw, running)
    off = linear(block, "off", block.CALLED, block.registered_mw, registered)
    up = linear(block, "up", block.CALLED, ports.hosted_mw, plugged)

    @block.Constraint(block.CALLED, doc="(13.11) what is registered does not run")
    def response_limit(b: Any, s: Any, t: Any, block_: Any) -> Any:
        return run(s, t, block_) + off(s, t, block_) <= up(s, t, block_)


def _caps(block: pyo.Block, programmes: dict[str, Programme]) -> None:
    """Row (13.12): the most that a programme takes."""
    most = {d: programme.max_mw for d, programme in programmes.items() if programme.max_mw is not None}
    capped = [((d, t), (d, s, t), 1.0) for d, s, t in block.REGISTERS if d in most]
    block.CAPPED = Indices(dimen=2, initialize=list(dict.fromkeys(row for row, _, _ in capped)), doc="(d,t)")
    block.max_mw = pyo.Param(list(most), initialize=lambda _, d: most[d])
    taken = linear(block, "enrolled", block.CAPPED, block.registered_mw, capped)

    @block.Constraint(block.CAPPED, doc="(13.12) registered at all sites fits the programme")
    def programme_limit(b: Any, d: Any, t: Any) -> Any:
        return taken(d, t) <= b.max_mw[d]
