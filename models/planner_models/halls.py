"""Hall modules: built, converted, retired, in service; the floor space that every use shares (section 2 of MATHS.md)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pyomo.environ as pyo

from planner_models.census import Census
from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import linear
from planner_models.money import invest
from planner_models.orders import standing
from planner_models.ports import Ports
from planner_models.rows import Conversion


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: S sites, H hall types, C cohorts, K conversions, T periods. Reads resident and movable MW; decides modules."""
    _decisions(block, frame)
    for decision in (block.built_modules, block.converted_lots, block.retired_modules):
        ports.publish(decision)
    _fates(block, frame, ports)
    _space(block, frame, ports)
    _land(block, frame, ports)
    if frame.on_offer:
        _held_land(block, frame, ports)
    for state in (block.full_modules, block.average_modules, block.final_modules, block.land_mw):
        ports.publish(state)
    _floors(block, frame, ports)
    _money(block, frame, ports)


def _decisions(block: pyo.Block, frame: Frame) -> None:
    """Variables (2.1)-(2.3) on the indices that exist."""
    time, halls = frame.time, frame.halls
    spans = {c.id: frame.span(c) for c in frame.cohorts.values() if not frame.under_conversion(c.id)}
    builds = [
        (s.id, h.id, t)
        for s in frame.instance.sites
        for h in frame.instance.halls
        if h.buildable and frame.allowed(h, s)
        for t in time.enterable(h.build_months)
    ]
    lots = [
        (k.id, c.id, t)
        for k in frame.instance.conversions
        for c in (frame.cohorts[name] for name in spans)
        if k.from_hall == c.item and k.site in (None, c.site) and frame.allowed(halls[k.to_hall], frame.sites[c.site])
        for t in time.enterable(k.build_months)
        if spans[c.id][0] <= time[t].start - k.off_months <= spans[c.id][1]
    ]
    retires = [(c, t.label) for c, (begin, end) in spans.items() for t in time.periods if begin <= t.start < end]
    block.BUILDS = Indices(dimen=3, initialize=builds, doc="(s,h,t)")
    block.LOTS = Indices(dimen=3, initialize=lots, doc="(k,c,t)")
    block.RETIRES = Indices(dimen=2, initialize=retires, doc="(c,t)")

    def most_built(_: Any, s: str, h: str, t: str) -> tuple[int, int]:
        return 0, math.floor(frame.sites[s].land_it_mw / halls[h].module_it_mw + 1e-9)

    def most_lots(_: Any, k: str, c: str, t: str) -> tuple[int, int]:
        return 0, (frame.cohorts[c].count or 0) // frame.conversions[k].from_modules

    def most_retired(_: Any, c: str, t: str) -> tuple[int, int]:
        return 0, frame.cohorts[c].count or 0

    block.built_modules = Decisions(block.BUILDS, domain=pyo.Integers, bounds=most_built, doc="(2.1) new modules")
    block.converted_lots = Decisions(block.LOTS, domain=pyo.Integers, bounds=most_lots, doc="(2.2) converted lots")
    block.retired_modules = Decisions(block.RETIRES, domain=pyo.Integers, bounds=most_retired, doc="(2.3) modules given up")


def _fates(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Rows (2.4) and (2.5): a module of a cohort has one fate; lots are limited per site."""
    lots, retires, where = list(block.LOTS), list(block.RETIRES), frame.cohorts
    block.FATED = Indices(dimen=1, initialize=list(dict.fromkeys([c for c, _ in retires] + [c for _, c, _ in lots])), doc="c")
    block.CONVERTED_AT = Indices(dimen=2, initialize=list(dict.fromkeys((k, where[c].site) for k, c, _ in lots)), doc="(k,s)")
    retired = linear(block, "fate_retired", block.FATED, block.retired_modules, [((c,), (c, t), 1.0) for c, t in retires])
    given = [((c,), (k, c, t), float(frame.conversions[k].from_modules)) for k, c, t in lots]
    converted = linear(block, "fate_converted", block.FATED, block.converted_lots, given)
    used = linear(block, "lots_used", block.CONVERTED_AT, block.converted_lots, [((k, where[c].site), (k, c, t), 1.0) for k, c, t in lots])
    coming = standing(block, frame, ports, "cohort_modules", block.FATED, [((c,), c, 1.0) for c in block.FATED])
    block.max_lots = pyo.Param(block.CONVERTED_AT, initialize=lambda _, k, s: frame.conversions[k].max_lots)

    @block.Constraint(block.FATED, doc="(2.4) each module of a cohort is retired or converted at most once")
    def cohort_limit(b: Any, c: Any) -> Any:
        return retired(c) + converted(c) <= coming(c)

    @block.Constraint(block.CONVERTED_AT, doc="(2.5) lots of a conversion at a site")
    def conversion_limit(b: Any, k: Any, s: Any) -> Any:
        return used(k, s) <= b.max_lots[k, s]


def _space(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variables and rows (2.6)-(2.8): modules in service. A site for sale has its rows in section 11."""
    m, time, kept = block.parent_block(), frame.time, {s for s in frame.sites if s not in frame.for_sale}
    block.KEPT_FLOORS = Indices(dimen=3, initialize=[(s, h, t) for s, h, t in m.FLOORS if s in kept], doc="(s,h,t)")
    block.KEPT_HALLS = Indices(dimen=2, initialize=[(s, h) for s, h in m.SITE_HALLS if s in kept], doc="(s,h)")
    full = Census(block, frame, "full", time.whole, block.KEPT_FLOORS, of=ports)
    average = Census(block, frame, "average", time.share, block.KEPT_FLOORS, of=ports)
    final = Census(block, frame, "final", time.beyond, block.KEPT_HALLS, of=ports)
    block.full_modules = Decisions(m.FLOORS, domain=pyo.NonNegativeReals, doc="(2.6) modules that work all through t")
    block.average_modules = Decisions(m.FLOORS, domain=pyo.NonNegativeReals, doc="(2.7) modules that work in t, mean")
    block.final_modules = Decisions(m.SITE_HALLS, domain=pyo.NonNegativeReals, doc="(2.8) modules that outlive the horizon")

    @block.Constraint(block.KEPT_FLOORS, doc="(2.6) modules in service all through t")
    def full_balance(b: Any, s: Any, h: Any, t: Any) -> Any:
        return b.full_modules[s, h, t] == full.count(s, h, t)

    @block.Constraint(block.KEPT_FLOORS, doc="(2.7) modules in service, mean over t")
    def average_balance(b: Any, s: Any, h: Any, t: Any) -> Any:
        return b.average_modules[s, h, t] == average.count(s, h, t)

    @block.Constraint(block.KEPT_HALLS, doc="(2.8) modules that outlive the horizon")
    def final_balance(b: Any, s: Any, h: Any) -> Any:
        return b.final_modules[s, h] == final.count(s, h)


def _land(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variable and rows (2.9): the land that modules hold."""
    m = block.parent_block()
    block.module_it_mw = pyo.Param(m.HALLS, initialize=lambda _, h: frame.halls[h].module_it_mw)
    it_mw = {h: row.module_it_mw for h, row in frame.halls.items()}
    land = Census(block, frame, "land", frame.time.touched, m.SITE_PERIODS, of=ports, holding=True, each=it_mw)
    block.land_it_mw = pyo.Param(m.SITES, initialize=lambda _, s: frame.sites[s].land_it_mw)
    block.land_mw = Decisions(m.SITE_PERIODS, domain=pyo.NonNegativeReals, doc="(2.9) IT MW of modules that hold land in t")

    @block.Constraint(m.SITE_PERIODS, doc="(2.9) IT MW of modules that hold land in any month of t")
    def land_balance(b: Any, s: Any, t: Any) -> Any:
        return b.land_mw[s, t] == land.count(s, t)

    @block.Constraint(m.SITE_PERIODS, doc="(2.9) standing, converting and building fit the land")
    def land_limit(b: Any, s: Any, t: Any) -> Any:
        return b.land_mw[s, t] <= b.land_it_mw[s]


def _held_land(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Row (11.6): at a site on offer halls stand and are built on land that is held."""
    block.ON_OFFER = Indices(dimen=2, initialize=[(s, u) for s, u in ports.held if s in frame.on_offer], doc="(s,u) on offer")

    @block.Constraint(block.ON_OFFER, doc="(11.6) halls hold land that is held")
    def held_land_limit(b: Any, s: Any, t: Any) -> Any:
        return b.land_mw[s, t] <= b.land_it_mw[s] * ports.held[s, t]


def _floors(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Rows (2.10) and (2.11): the uses fit the modules."""
    m = block.parent_block()

    @block.Constraint(m.FLOORS, doc="(2.10) tenants and clusters need modules that stand all through t")
    def resident_limit(b: Any, s: Any, h: Any, t: Any) -> Any:
        return ports.resident_mw[s, h, t] <= b.module_it_mw[h] * b.full_modules[s, h, t]

    @block.Constraint(m.FLOORS, doc="(2.11) all uses fit the mean floor space")
    def occupied_limit(b: Any, s: Any, h: Any, t: Any) -> Any:
        return ports.resident_mw[s, h, t] + ports.movable_mw[s, h, t] <= b.module_it_mw[h] * b.average_modules[s, h, t]


def occupied(block: pyo.Block, frame: Frame, ports: Ports, name: str, rows: Any, weight: Callable[[str], float]) -> Callable[..., Any]:
    """The function `(s,t) -> sum over the halls h of weight(h) times the IT MW that occupy them`, for use over `rows`.

    Declares `{name}_residents` and `{name}_movables` on the block, as `linear` does.
    """
    m, wanted = block.parent_block(), set(rows)
    entries = [((s, t), (s, h, t), weight(h)) for s, h, t in m.FLOORS if (s, t) in wanted]
    residents = linear(block, f"{name}_residents", rows, ports.resident_mw, entries)
    movables = linear(block, f"{name}_movables", rows, ports.movable_mw, entries)
    return lambda s, t: residents(s, t) + movables(s, t)


def _money(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Capex, depreciation, fixed cost, property tax and residual of modules."""
    m, time, halls = block.parent_block(), frame.time, frame.halls
    lot = frame.conversions
    invest(
        block, frame, ports, block.built_modules,
        site=lambda s, h, t: s,
        price_musd=lambda s, h, t: frame.module_musd(h) * time.capex_level(time[t].start - halls[h].build_months),
        paid=lambda s, h, t: time.spread(t, halls[h].build_months),
        tax_life_months=lambda s, h, t: halls[h].tax_life_months,
    )  # fmt: skip
    invest(
        block, frame, ports, block.converted_lots,
        site=lambda k, c, t: frame.cohorts[c].site,
        price_musd=lambda k, c, t: _lot_musd(lot[k]) * time.capex_level(time[t].start - lot[k].build_months),
        paid=lambda k, c, t: time.spread(t, lot[k].build_months),
        tax_life_months=lambda k, c, t: halls[lot[k].to_hall].tax_life_months,
    )  # fmt: skip

    def yearly_musd(s: str, h: str, t: str) -> float:
        return halls[h].fixed_cost_musd_per_module_year * time.inflation(t) + frame.property_tax_musd_per_module_year(s, h)

    standing = [((s, t), (s, h, t), yearly_musd(s, h, t) * time[t].length_years) for s, h, t in m.FLOORS]
    residual = [((s,), (s, h), halls[h].residual_musd_per_module) for s, h in m.SITE_HALLS]
    ports.add("operating_musd", linear(block, "standing_cost", m.SITE_PERIODS, block.average_modules, standing))
    ports.add("terminal_musd", linear(block, "residual", m.SITES, block.final_modules, residual))


def _lot_musd(conversion: Conversion) -> float:
    """Cost of a lot with contingency, at the prices of the price year."""
    return conversion.capex_musd_per_lot * (1 + conversion.contingency_fraction)
