"""Sites on offer and for sale: bought, held, sold (section 11 of MATHS.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pyomo.environ as pyo

from planner_models.census import Census, Weight
from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import Index, constant, linear
from planner_models.ports import Ports
from planner_models.power import in_service, most_mw, upgrades


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: S sites on offer or for sale, T periods. Decides purchases and sales; every component may read what is held."""
    if frame.on_offer:
        _openings(block, frame, ports)
    if frame.for_sale:
        _sales(block, frame, ports)
    _held(block, frame)
    ports.publish(block.held)


def _openings(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variable and row (11.1); the price is capex and stays a tax basis to the horizon."""
    m, time, sites = block.parent_block(), frame.time, frame.sites

    def offered(s: str, start: int) -> bool:
        first, last = sites[s].offer_from, sites[s].offer_to
        return (first is None or start >= time.month(first)) and (last is None or start <= time.month(last))

    choices = [(s, t.label) for s in frame.on_offer for t in time.periods if offered(s, t.start)]
    block.OPENINGS = Indices(dimen=2, initialize=choices, doc="(s,t)")
    block.OPENABLE = Indices(dimen=1, initialize=list(dict.fromkeys(s for s, _ in choices)), doc="s")
    block.opened = Decisions(block.OPENINGS, domain=pyo.Binary, doc="(11.1) site is bought")
    ports.publish(block.opened)
    once = linear(block, "opened_once", block.OPENABLE, block.opened, [((s,), (s, t), 1.0) for s, t in choices])

    @block.Constraint(block.OPENABLE, doc="(11.1) a site is bought at most once")
    def opening_choice(b: Any, s: Any) -> Any:
        return once(s) <= 1

    price = {s: sites[s].option_price_musd or 0.0 for s in frame.on_offer}
    paid = linear(block, "opening_capex", m.SITE_PERIODS, block.opened, [((s, t), (s, t), price[s]) for s, t in choices])
    kept = linear(block, "opening_basis", m.SITES, block.opened, [((s,), (s, t), price[s]) for s, t in choices])
    ports.add("capex_musd", paid)
    ports.add("final_basis_musd", kept)


def _sales(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variable and row (11.2), and the cost of closing."""
    m, time, sites = block.parent_block(), frame.time, frame.sites
    since = {s: 0 if (first := sites[s].sale_from) is None else time.month(first) for s in frame.for_sale}
    choices = [(s, t.label) for s in frame.for_sale for t in time.periods if t.start >= since[s]]
    block.SALES = Indices(dimen=2, initialize=choices, doc="(s,t)")
    block.SALEABLE = Indices(dimen=1, initialize=list(dict.fromkeys(s for s, _ in choices)), doc="s")
    block.sold = Decisions(block.SALES, domain=pyo.Binary, doc="(11.2) site is sold")
    ports.publish(block.sold)
    once = linear(block, "sold_once", block.SALEABLE, block.sold, [((s,), (s, t), 1.0) for s, t in choices])

    @block.Constraint(block.SALEABLE, doc="(11.2) a site is sold at most once")
    def sale_choice(b: Any, s: Any) -> Any:
        return once(s) <= 1

    closing = linear(block, "closing_cost", m.SITE_PERIODS, block.sold, [((s, t), (s, t), sites[s].closing_cost_musd) for s, t in choices])
    ports.add("operating_musd", closing)
    if ports.has("one_off_musd"):
        ports.add("one_off_musd", lambda s, t: -1.0 * closing(s, t))


def _held(block: pyo.Block, frame: Frame) -> None:
    """Variable and row (11.3)."""
    time = frame.time
    traded = [(s, u) for s in (*frame.on_offer, *frame.for_sale) for u in time.labels]
    block.TRADED = Indices(dimen=2, initialize=traded, doc="(s,u)")
    block.held = Decisions(block.TRADED, bounds=(0, 1), doc="(11.3) site is held")
    terms = [constant(block, "held_before", block.TRADED, lambda s, u: 1.0 if s in frame.for_sale else 0.0)]
    for name, sign in (("opened", 1.0), ("sold", -1.0)):
        if (decision := block.component(name)) is not None:
            since = [((s, u), (s, t), sign) for s, t in decision for u in time.labels if time[t].start <= time[u].start]
            terms.append(linear(block, f"held_{name}", block.TRADED, decision, since))

    @block.Constraint(block.TRADED, doc="(11.3) held from the purchase on, and until the sale")
    def held_balance(b: Any, s: Any, t: Any) -> Any:
        return b.held[s, t] == sum(term(s, t) for term in terms)


def bind_trades(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Rows (11.7)-(11.13): halls and grid of a site for sale count while it is held, what is sold is paid for, and nothing else enters."""
    if frame.for_sale:
        _bind_sales(block, frame, ports)
    _entries(block, frame, ports)


def _bind_sales(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Rows (11.7)-(11.12), at sites for sale."""
    m = block.parent_block()
    block.FLOORS_FOR_SALE = Indices(dimen=3, initialize=[i for i in m.FLOORS if i[0] in frame.for_sale], doc="(s,h,t)")
    block.HALLS_FOR_SALE = Indices(dimen=2, initialize=[i for i in m.SITE_HALLS if i[0] in frame.for_sale], doc="(s,h)")
    block.FOR_SALE = Indices(dimen=2, initialize=[i for i in m.SITE_PERIODS if i[0] in frame.for_sale], doc="(s,t)")
    block.most_modules = pyo.Param(block.HALLS_FOR_SALE, initialize=lambda _, s, h: _land_modules(frame, s, h))
    block.most_mw = pyo.Param(list(frame.for_sale), initialize=lambda _, s: most_mw(frame, s))
    raw = in_service(block, frame, ports, "raw", block.FOR_SALE)
    _halls_for_sale(block, frame, ports)
    _grid_for_sale(block, ports, raw)
    _firm_for_sale(block, frame, ports)
    _proceeds(block, frame, ports, raw)


def _land_modules(frame: Frame, site: str, hall: str) -> float:
    """L: the modules of a hall type that the land holds."""
    return frame.sites[site].land_it_mw / frame.halls[hall].module_it_mw


def _halls_for_sale(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Rows (11.7)-(11.9)."""
    time, last = frame.time, frame.time.labels[-1]

    def counted(name: str, weight: Weight, rows: Any) -> Census:
        return Census(block, frame, name, weight, rows, of=ports)

    full = counted("full", time.whole, block.FLOORS_FOR_SALE)
    average = counted("average", time.share, block.FLOORS_FOR_SALE)
    final = counted("final", time.beyond, block.HALLS_FOR_SALE)

    @block.Constraint(block.FLOORS_FOR_SALE, doc="(11.7) modules in service all through t")
    def full_limit(b: Any, s: Any, h: Any, t: Any) -> Any:
        return ports.full_modules[s, h, t] <= full.count(s, h, t)

    @block.Constraint(block.FLOORS_FOR_SALE, doc="(11.7) none after a sale")
    def full_held_limit(b: Any, s: Any, h: Any, t: Any) -> Any:
        return ports.full_modules[s, h, t] <= b.most_modules[s, h] * ports.held[s, t]

    @block.Constraint(block.FLOORS_FOR_SALE, doc="(11.8) modules in service, mean over t")
    def average_limit(b: Any, s: Any, h: Any, t: Any) -> Any:
        return ports.average_modules[s, h, t] <= average.count(s, h, t)

    @block.Constraint(block.FLOORS_FOR_SALE, doc="(11.8) none after a sale")
    def average_held_limit(b: Any, s: Any, h: Any, t: Any) -> Any:
        return ports.average_modules[s, h, t] <= b.most_modules[s, h] * ports.held[s, t]

    @block.Constraint(block.FLOORS_FOR_SALE, doc="(11.8) no fewer while the site is held: each has its cost")
    def average_floor(b: Any, s: Any, h: Any, t: Any) -> Any:
        return ports.average_modules[s, h, t] >= average.count(s, h, t) - b.most_modules[s, h] * (1 - ports.held[s, t])

    @block.Constraint(block.HALLS_FOR_SALE, doc="(11.9) modules that outlive the horizon")
    def final_limit(b: Any, s: Any, h: Any) -> Any:
        return ports.final_modules[s, h] <= final.count(s, h)

    @block.Constraint(block.HALLS_FOR_SALE, doc="(11.9) none after a sale")
    def final_held_limit(b: Any, s: Any, h: Any) -> Any:
        return ports.final_modules[s, h] <= b.most_modules[s, h] * ports.held[s, last]


def _grid_for_sale(block: pyo.Block, ports: Ports, raw: Callable[..., Any]) -> None:
    """Row (11.10)."""

    @block.Constraint(block.FOR_SALE, doc="(11.10) grid in service")
    def raw_limit(b: Any, s: Any, t: Any) -> Any:
        return ports.grid_mw[s, t] <= raw(s, t)

    @block.Constraint(block.FOR_SALE, doc="(11.10) none after a sale")
    def grid_held_limit(b: Any, s: Any, t: Any) -> Any:
        return ports.grid_mw[s, t] <= b.most_mw[s] * ports.held[s, t]

    @block.Constraint(block.FOR_SALE, doc="(11.10) no less while the site is held")
    def grid_floor(b: Any, s: Any, t: Any) -> Any:
        return ports.grid_mw[s, t] >= raw(s, t) - b.most_mw[s] * (1 - ports.held[s, t])


def _firm_for_sale(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Row (11.11), at sites with interruptible MW."""
    mixed = [i for i in ports.firm_mw if i[0] in frame.for_sale] if ports.has("firm_mw") else []
    if not mixed:
        return
    block.MIXED_FOR_SALE = Indices(dimen=2, initialize=mixed, doc="(s,t)")
    firm = in_service(block, frame, ports, "raw_firm", block.MIXED_FOR_SALE, firm_only=True)

    @block.Constraint(block.MIXED_FOR_SALE, doc="(11.11) firm grid in service")
    def firm_raw_limit(b: Any, s: Any, t: Any) -> Any:
        return ports.firm_mw[s, t] <= firm(s, t)

    @block.Constraint(block.MIXED_FOR_SALE, doc="(11.11) none after a sale")
    def firm_held_limit(b: Any, s: Any, t: Any) -> Any:
        return ports.firm_mw[s, t] <= b.most_mw[s] * ports.held[s, t]


def _proceeds(block: pyo.Block, frame: Frame, ports: Ports, raw: Callable[..., Any]) -> None:
    """Variable and rows (11.12)."""
    m = block.parent_block()
    block.PAID = Indices(dimen=2, initialize=list(ports.sold), doc="(s,t)")
    block.sale_musd_per_mw = pyo.Param(list(frame.for_sale), initialize=lambda _, s: frame.sites[s].sale_musd_per_mw)
    block.proceeds_musd = Decisions(block.PAID, domain=pyo.NonNegativeReals, doc="(11.12) proceeds of a sale")

    @block.Constraint(block.PAID, doc="(11.12) by the grid in service")
    def sale_limit(b: Any, s: Any, t: Any) -> Any:
        return b.proceeds_musd[s, t] <= b.sale_musd_per_mw[s] * raw(s, t)

    @block.Constraint(block.PAID, doc="(11.12) only if sold")
    def sale_held_limit(b: Any, s: Any, t: Any) -> Any:
        return b.proceeds_musd[s, t] <= b.sale_musd_per_mw[s] * b.most_mw[s] * ports.sold[s, t]

    if ports.has("use_revenue_musd"):  # a policy that caps revenue could be met by forgoing a part of the price

        @block.Constraint(block.PAID, doc="(11.12) all of it if sold")
        def sale_floor(b: Any, s: Any, t: Any) -> Any:
            return b.proceeds_musd[s, t] >= b.sale_musd_per_mw[s] * (raw(s, t) - b.most_mw[s] * (1 - ports.sold[s, t]))

    received = linear(block, "proceeds", m.SITE_PERIODS, block.proceeds_musd, [(i, i, 1.0) for i in block.PAID])
    ports.add("revenue_musd", received)
    if ports.has("one_off_musd"):
        ports.add("one_off_musd", received)


def _entries(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Row (11.13), where something can enter service or be retired."""
    known, cohorts, traded = upgrades(frame), frame.cohorts, {*frame.on_offer, *frame.for_sale}
    sources: list[tuple[pyo.Var, Iterable[tuple[Index, Index]]]] = [
        (ports.built_modules, [((s, t), (s, h, t)) for s, h, t in ports.built_modules]),
        (ports.converted_lots, [((cohorts[c].site, t), (k, c, t)) for k, c, t in ports.converted_lots]),
        (ports.upgraded, [((known[g].site, t), (g, t)) for g, t in ports.upgraded]),
        (ports.retired_modules, [((cohorts[c].site, t), (c, t)) for c, t in ports.retired_modules]),
    ]
    if ports.has("delivered_units"):
        sources.append((ports.delivered_units, [((s, t), (s, k, t)) for s, k, t in ports.delivered_units]))
    most: dict[Index, float] = {}
    for decision, entries in sources:
        for row, index in entries:
            if row[0] in traded:
                most[row] = most.get(row, 0.0) + decision.most(*index)
    block.ENTRIES = Indices(dimen=2, initialize=[row for row, number in most.items() if number], doc="(s,t)")
    block.most_entries = pyo.Param(block.ENTRIES, initialize=lambda _, *row: most[row])
    terms = [
        linear(block, f"entering_{decision.local_name}", block.ENTRIES, decision, [(row, i, 1.0) for row, i in entries if row in most])
        for decision, entries in sources
    ]

    @block.Constraint(block.ENTRIES, doc="(11.13) nothing enters service before the site is bought, or is retired once it is sold")
    def entry_limit(b: Any, s: Any, t: Any) -> Any:
        return sum(term(s, t) for term in terms) <= b.most_entries[s, t] * ports.held[s, t]
