"""Machines resold and moved through the company's pool, by model and by the end of their life (section 14 of MATHS.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pyomo.environ as pyo

from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import Index, linear
from planner_models.orders import standing
from planner_models.ports import Ports, Term

MOVES = ("resold_mw", "withdrawn_mw", "placed_mw")
"""What takes machines away from a site, and what brings them (14.1)-(14.3)."""


def purchases(frame: Frame) -> list[Index]:
    """The (s,m,t) in which machines may be bought (3.1)."""
    return [
        (s, a.id, t)
        for s in frame.sites
        for a in frame.asics.values()
        if a.buyable and frame.halls_for(s, a.product)
        for t in frame.time.labels
        if frame.in_order_window(a, t)
    ]


def pairs(frame: Frame) -> list[tuple[str, str]]:
    """The (s,m) of section 3: machines that a site may buy, has, or may take from the pool."""
    hosting = [(s, a) for s in frame.sites for a in frame.asics.values() if frame.halls_for(s, a.product)]
    standing = [(q.site, q.item) for q in frame.fleets.values()]
    movable = {row.site for row in frame.instance.moves}
    bought = [(s, a.id) for s, a in hosting if a.buyable]
    return list(dict.fromkeys([*bought, *standing, *((s, a.id) for s, a in hosting if s in movable)]))


def residual_musd_per_mw(frame: Frame, asic: str, end: int) -> float:
    """What a MW of machines whose life ends at a month is worth at the horizon, in M$."""
    horizon = frame.time.horizon
    return frame.asic_musd_per_mw(asic, horizon) * frame.residual_fraction(asic, end - horizon)


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: S sites, M models, E ends of life, T periods. Decides MW resold, withdrawn to the pool and placed from it."""
    _decisions(block, frame)
    _pool(block, frame)
    _market(block, frame)
    _money(block, frame, ports)
    for name in MOVES:
        ports.publish(block.component(name))


def _ends(frame: Frame) -> dict[str, dict[int, int]]:
    """By model: the months in which its machines end their life, and the first month in which such machines can be in service."""
    time = frame.time
    bought = [(a, time[t].start, time[t].start + frame.asics[a].life_months) for _, a, t in purchases(frame)]
    found: dict[str, dict[int, int]] = {a: {} for a in frame.asics}
    for asic, begin, end in [*((q.item, *frame.span(q)) for q in frame.fleets.values()), *bought]:
        if end > 0:
            first = max(0, begin)
            found[asic][end] = min(first, found[asic].get(end, first))
    return found


def _written(frame: Frame, end: int) -> str:
    """An end of life as it stands in a plan."""
    return frame.time.date(end).strftime("%Y-%m")


def _months(frame: Frame) -> dict[str, int]:
    """The month of each end of life by how it is written."""
    return {_written(frame, end): end for ends in _ends(frame).values() for end in ends}


def _decisions(block: pyo.Block, frame: Frame) -> None:
    """Variables (14.1)-(14.3) on the indices that exist."""
    ends, movable = _ends(frame), {row.site for row in frame.instance.moves}
    indices = [
        (s, a, _written(frame, end), t.label)
        for s, a in pairs(frame)
        for end, first in ends[a].items()
        for t in frame.time.periods
        if first <= t.start < end
    ]
    homes = {(s, a.id) for s in movable for a in frame.asics.values() if frame.halls_for(s, a.product)}
    markets = {(a, t) for a in frame.asics for t in frame.time.labels if _resale_mw_per_year(frame, a, t)}
    block.RESALES = Indices(dimen=4, initialize=[i for i in indices if (i[1], i[3]) in markets], doc="(s,m,e,t)")
    block.WITHDRAWALS = Indices(dimen=4, initialize=[i for i in indices if i[0] in movable], doc="(s,m,e,t)")
    block.PLACEMENTS = Indices(dimen=4, initialize=[i for i in indices if i[:2] in homes], doc="(s,m,e,t)")
    block.resold_mw = Decisions(block.RESALES, domain=pyo.NonNegativeReals, doc="(14.1) MW of machines sold second-hand")
    block.withdrawn_mw = Decisions(block.WITHDRAWALS, domain=pyo.NonNegativeReals, doc="(14.2) MW that leave a site for the pool")
    block.placed_mw = Decisions(block.PLACEMENTS, domain=pyo.NonNegativeReals, doc="(14.3) MW that come to a site from the pool")


def _resale_mw_per_year(frame: Frame, asic: str, period: str) -> float:
    """MW of a model that the second-hand market takes in a year; 0 where it pays nothing."""
    row = frame.asic_market(asic, frame.time[period].start)
    return row.resale_mw_per_year if row is not None and row.resale_usd_per_th > 0 else 0.0


def _pool(block: pyo.Block, frame: Frame) -> None:
    """Row (14.5)."""
    time, out_months = frame.time, {row.site: row.out_months for row in frame.instance.moves}
    pools = list(dict.fromkeys(i[1:] for i in block.PLACEMENTS))
    block.POOLS = Indices(dimen=3, initialize=pools, doc="(m,e,t)")
    open_: dict[tuple[str, str], list[str]] = {}
    for a, e, t in pools:
        open_.setdefault((a, e), []).append(t)

    def reached(asic: str, end: str, month: int) -> list[Index]:
        return [(asic, end, t) for t in open_.get((asic, end), ()) if time[t].start >= month]

    came = [(row, (s, a, e, v), 1.0) for s, a, e, v in block.PLACEMENTS for row in reached(a, e, time[v].start)]
    went = [(row, (s, a, e, v), 1.0) for s, a, e, v in block.WITHDRAWALS for row in reached(a, e, time[v].start + out_months[s])]
    placed = linear(block, "placed", block.POOLS, block.placed_mw, came)
    arrived = linear(block, "arrived", block.POOLS, block.withdrawn_mw, went)

    @block.Constraint(block.POOLS, doc="(14.5) no more comes out of the pool than has reached it")
    def pool_limit(b: Any, a: Any, e: Any, t: Any) -> Any:
        return placed(a, e, t) <= arrived(a, e, t)


def _market(block: pyo.Block, frame: Frame) -> None:
    """Row (14.6)."""
    time = frame.time
    block.MARKETS = Indices(dimen=2, initialize=list(dict.fromkeys((a, t) for _, a, _, t in block.RESALES)), doc="(m,t)")
    block.market_mw = pyo.Param(block.MARKETS, initialize=lambda _, a, t: _resale_mw_per_year(frame, a, t) * time[t].length_years)
    resold = linear(block, "resold", block.MARKETS, block.resold_mw, [((a, t), (s, a, e, t), 1.0) for s, a, e, t in block.RESALES])

    @block.Constraint(block.MARKETS, doc="(14.6) resold no more than the second-hand market takes")
    def resale_limit(b: Any, a: Any, t: Any) -> Any:
        return resold(a, t) <= b.market_mw[a, t]


def _money(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Proceeds of resale, cost of moves, and the residual that the resold machines no longer have."""
    m, time, months = block.parent_block(), frame.time, _months(frame)
    moves = {row.site: row for row in frame.instance.moves}

    def resale_musd_per_mw(asic: str, end: str, period: str) -> float:
        row, fade_months = frame.asic_market(asic, time[period].start), frame.asics[asic].resale_fade_months
        kept = min(1.0, (months[end] - time[period].start) / fade_months) if fade_months else 1.0
        return 0.0 if row is None else row.resale_usd_per_th / frame.asics[asic].j_per_th * kept

    prices = {i: resale_musd_per_mw(*i) for i in dict.fromkeys(i[1:] for i in block.RESALES)}
    residuals = {(a, e): residual_musd_per_mw(frame, a, months[e]) for a, e in dict.fromkeys(i[1:3] for i in block.RESALES)}
    proceeds = [((s, t), (s, a, e, t), prices[a, e, t]) for s, a, e, t in block.RESALES]
    out = [((s, t), (s, a, e, t), moves[s].out_musd_per_mw) for s, a, e, t in block.WITHDRAWALS]
    in_ = [((s, t), (s, a, e, t), moves[s].in_musd_per_mw) for s, a, e, t in block.PLACEMENTS]
    gone = [((s,), (s, a, e, t), -residuals[a, e]) for s, a, e, t in block.RESALES]
    sales = linear(block, "proceeds", m.SITE_PERIODS, block.resold_mw, proceeds)
    ports.add("revenue_musd", sales)
    if ports.has("one_off_musd"):
        ports.add("one_off_musd", sales)
    ports.add("operating_musd", linear(block, "out_cost", m.SITE_PERIODS, block.withdrawn_mw, out))
    ports.add("operating_musd", linear(block, "in_cost", m.SITE_PERIODS, block.placed_mw, in_))
    ports.add("terminal_musd", linear(block, "resold_residual", m.SITES, block.resold_mw, gone))


def moved(block: pyo.Block, frame: Frame, ports: Ports, rows: pyo.Set) -> Term:
    """For (3.4), over rows (s,m,u): MW that came to a site less those that left it, in life, mean over u; 0 without this section."""
    if not ports.has("resold_mw"):
        return lambda *_: 0.0
    time, months = frame.time, _months(frame)

    def in_life(s: str, a: str, e: str, v: str) -> Iterable[tuple[Index, float]]:
        begin, end = time[v].start, months[e]
        return [((s, a, u), -time.share(begin, end, u)) for u in time.overlapping(begin, end)]

    return _left(block, "moved", rows, ports, in_life)


def limit_stock(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Row (14.4), for the component that decides purchases."""
    if not ports.has("resold_mw"):
        return
    time, asics = frame.time, frame.asics
    stocks = list(dict.fromkeys(i for name in MOVES for i in getattr(ports, name)))
    block.STOCKS = Indices(dimen=4, initialize=stocks, doc="(s,m,e,t)")
    later: dict[Index, list[str]] = {}
    for s, a, e, t in stocks:
        later.setdefault((s, a, e), []).append(t)

    def after(s: str, a: str, e: str, month: int) -> list[Index]:
        return [(s, a, e, t) for t in later.get((s, a, e), ()) if time[t].start >= month]

    stood = [
        (row, q, fleet.it_mw or 0.0)
        for q, fleet in frame.fleets.items()
        for row in after(fleet.site, fleet.item, _written(frame, frame.span(fleet)[1]), frame.span(fleet)[0])
    ]
    came = [
        (row, (s, a, v), 1.0)
        for s, a, v in ports.bought_mw
        for row in after(s, a, _written(frame, time[v].start + asics[a].life_months), time[v].start)
    ]
    bought = linear(block, "stocked", block.STOCKS, ports.bought_mw, came)
    stock = standing(block, frame, ports, "stock_mw", block.STOCKS, stood)
    left = _left(block, "left", block.STOCKS, ports, lambda s, a, e, v: [(row, 1.0) for row in after(s, a, e, time[v].start)])

    @block.Constraint(block.STOCKS, doc="(14.4) no more leaves a site than stood, came and was bought there")
    def stock_limit(b: Any, s: Any, a: Any, e: Any, t: Any) -> Any:
        return left(s, a, e, t) <= stock(s, a, e, t) + bought(s, a, e, t)


def _left(block: pyo.Block, name: str, rows: pyo.Set, ports: Ports, counted: Callable[..., Iterable[tuple[Index, float]]]) -> Term:
    """The function `row -> MW resold and withdrawn less placed`; `counted` gives the rows and weights of one decision."""

    def total(decision: pyo.Var) -> Term:
        entries = [(row, i, weight) for i in decision for row, weight in counted(*i)]
        return linear(block, f"{name}_{decision.local_name}", rows, decision, entries)

    resold, withdrawn, placed = total(ports.resold_mw), total(ports.withdrawn_mw), total(ports.placed_mw)
    return lambda *row: resold(*row) + withdrawn(*row) - placed(*row)
