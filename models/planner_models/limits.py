"""What builders can start in a period, and how much of a site may be AI (section 2 of MATHS.md)."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from planner_models.declared import Indices
from planner_models.frame import Frame
from planner_models.halls import occupied
from planner_models.linear import Index, linear
from planner_models.ports import Ports

EVERYWHERE = "*"
"""Stands for all sites together in the index of (2.13)."""


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: S sites, T periods. Reads what occupies the halls, what is built and converted; bounds both."""
    _ai(block, frame, ports)
    _starts(block, frame, ports)


def _ai(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Row (2.12), where a site has a limit and halls that count."""
    time, sites = frame.time, frame.sites
    with_ai = {s for s, h in frame.site_halls if frame.is_ai(h)}
    bounded = [s.id for s in sites.values() if s.id in with_ai and not (s.max_ai_it_mw is None and s.ai_eligible_from is None)]
    if not bounded:
        return

    def most_mw(_: Any, s: str, t: str) -> float:
        site = sites[s]
        if site.ai_eligible_from is not None and time[t].start < time.month(site.ai_eligible_from):
            return 0.0
        return site.land_it_mw if site.max_ai_it_mw is None else site.max_ai_it_mw

    block.AI_PERIODS = Indices(dimen=2, initialize=[(s, t) for s in bounded for t in time.labels], doc="(s,t)")
    block.most_ai_it_mw = pyo.Param(block.AI_PERIODS, initialize=most_mw)
    used = occupied(block, frame, ports, "ai", block.AI_PERIODS, lambda h: 1.0 if frame.is_ai(h) else 0.0)

    @block.Constraint(block.AI_PERIODS, doc="(2.12) use of halls for anything but mining stays within what the site may have")
    def ai_limit(b: Any, s: Any, t: Any) -> Any:
        return used(s, t) <= b.most_ai_it_mw[s, t]


def _starts(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Row (2.13), for each limit and period in which something can be started."""
    if not frame.instance.delivery_limits:
        return
    time, halls, lots = frame.time, frame.halls, frame.conversions
    built, converted = [], []
    for s, h, t in ports.built_modules:
        u = time.holding(time[t].start - halls[h].build_months)
        built += [((place, u), (s, h, t), halls[h].module_it_mw) for place in (s, EVERYWHERE)]
    for k, c, t in ports.converted_lots:
        u = time.holding(time[t].start - lots[k].build_months)
        mw = halls[lots[k].to_hall].module_it_mw * lots[k].to_modules
        converted += [((place, u), (k, c, t), mw) for place in (frame.cohorts[c].site, EVERYWHERE)]
    most = _most_started_mw(frame)
    startable = {row for row, _, _ in (*built, *converted)}
    block.STARTS = Indices(dimen=2, initialize=[row for row in most if row in startable], doc="(s,u), s also all sites")
    block.most_started_it_mw = pyo.Param(block.STARTS, initialize=lambda _, s, u: most[s, u])
    new = linear(block, "started_new", block.STARTS, ports.built_modules, [entry for entry in built if entry[0] in most])
    changed = linear(block, "started_changed", block.STARTS, ports.converted_lots, [entry for entry in converted if entry[0] in most])

    @block.Constraint(block.STARTS, doc="(2.13) builders start so many IT MW in a period")
    def started_limit(b: Any, s: Any, t: Any) -> Any:
        return new(s, t) + changed(s, t) <= b.most_started_it_mw[s, t]


def _most_started_mw(frame: Frame) -> dict[Index, float]:
    """The limit that holds at the start of a period, by site (or all sites) and period."""
    most: dict[Index, float] = {}
    for row in sorted(frame.instance.delivery_limits, key=lambda row: row.from_month):
        since = frame.time.month(row.from_month)
        most.update({(row.site or EVERYWHERE, u.label): row.started_it_mw for u in frame.time.periods if since <= u.start})
    return most
