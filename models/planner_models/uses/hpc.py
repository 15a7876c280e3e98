"""HPC: GPU clusters that the company owns, selling hours on a limited spot market (section 5 of MATHS.md)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pyomo.environ as pyo

from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import linear
from planner_models.money import invest
from planner_models.orders import Amount, standing
from planner_models.ports import Ports
from planner_models.rows import GpuMarket

Weight = Callable[[int, int, str], float]


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: S sites, G GPU models, H their halls, T periods, Q opening clusters. Decides clusters and MW sold."""
    _decisions(block, frame)
    _market(block, frame, ports)
    _places(block, frame, ports)
    _money(block, frame, ports)


def _decisions(block: pyo.Block, frame: Frame) -> None:
    """Variables (5.1) and (5.2) on the indices that exist."""
    gpus = frame.gpus
    floors = [(s, h, g.id) for s in frame.sites for g in gpus.values() for h in frame.halls_for(s, g.product)]
    deploys = [(s, h, g, t) for s, h, g in floors for t in frame.time.labels if frame.in_order_window(gpus[g], t)]
    block.DEPLOYS = Indices(dimen=4, initialize=deploys, doc="(s,h,g,t)")
    block.SALES = Indices(dimen=4, initialize=[(s, h, g, t) for s, h, g in floors for t in frame.time.labels], doc="(s,h,g,t)")

    def most_clusters(_: Any, s: str, h: str, g: str, t: str) -> tuple[int, int]:
        return 0, math.floor(frame.sites[s].land_it_mw / gpus[g].cluster_it_mw + 1e-9)

    block.deployed_clusters = Decisions(block.DEPLOYS, domain=pyo.Integers, bounds=most_clusters, doc="(5.1) clusters that enter service")
    block.sold_mw = Decisions(block.SALES, domain=pyo.NonNegativeReals, doc="(5.2) IT MW whose hours are sold, mean")


def _deployed(block: pyo.Block, frame: Frame, weight: Weight, *, selling: bool = False) -> list[tuple[Any, Any, float]]:
    """MW of each deployment in each period, by a weight on its life, as ((s,h,g,u), decision, MW); `selling` only once hours are sold."""
    time, gpus = frame.time, frame.gpus
    entries = []
    for s, h, g, t in block.DEPLOYS:
        gpu, start = gpus[g], time[t].start
        begin, end = start + (gpu.months_to_revenue if selling else 0), start + gpu.life_months
        entries += [((s, h, g, u), (s, h, g, t), gpu.cluster_it_mw * weight(begin, end, u)) for u in time.overlapping(begin, end)]
    return entries


def _standing(frame: Frame, weight: Weight, *, selling: bool = False) -> list[Amount]:
    """The same MW of each cluster of the opening, as ((s,h,g,u), opening row, MW)."""
    entries: list[Amount] = []
    for q, row in frame.clusters.items():
        gpu, (begin, end) = frame.gpus[row.item], frame.span(row)
        begin += gpu.months_to_revenue if selling else 0
        entries += [((row.site, row.hall, gpu.id, u), q, gpu.cluster_it_mw * weight(begin, end, u)) for u in frame.time.labels]
    return entries


def _market(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Rows (5.4) and (5.5): sold and contracted from what is in service and tested, sold within the market."""
    time = frame.time
    deployed = linear(block, "deployed", block.SALES, block.deployed_clusters, _deployed(block, frame, time.share, selling=True))
    opening = standing(block, frame, ports, "standing_mw", block.SALES, _standing(frame, time.share, selling=True))
    contracted = _contracted(block, ports)
    rows = {g: [row for row in frame.instance.gpu_market if row.gpu == g] for g in frame.gpus}

    market = {g: row.market or g for g, row in frame.gpus.items()}

    def market_mw(name: str, t: str) -> float:
        models = [g for g in frame.gpus if market[g] == name]
        return max(time.yearly(rows[g], lambda row: row.from_year, lambda row: row.market_it_mw, t) for g in models)

    block.MARKETS = Indices(dimen=2, initialize=list(dict.fromkeys((market[g], t) for _, _, g, t in block.SALES)), doc="(market,t)")
    block.market_it_mw = pyo.Param(block.MARKETS, initialize=lambda _, name, t: market_mw(name, t))
    sold = linear(block, "sold", block.MARKETS, block.sold_mw, [((market[g], t), (s, h, g, t), 1.0) for s, h, g, t in block.SALES])

    @block.Constraint(block.SALES, doc="(5.4) sold and contracted no more than deployed")
    def sold_limit(b: Any, s: Any, h: Any, g: Any, t: Any) -> Any:
        return b.sold_mw[s, h, g, t] + contracted(s, h, g, t) <= deployed(s, h, g, t) + opening(s, h, g, t)

    @block.Constraint(block.MARKETS, doc="(5.5) sold no more than the market takes")
    def market_limit(b: Any, name: Any, t: Any) -> Any:
        return sold(name, t) <= b.market_it_mw[name, t]


def _contracted(block: pyo.Block, ports: Ports) -> Callable[..., Any]:
    """The function `(s,h,g,t) -> MW under contract`, 0 where there are no contracts."""
    if not ports.has("contracted_mw"):
        return lambda s, h, g, t: 0.0
    return linear(block, "contracted", block.SALES, ports.contracted_mw, [(i, i, 1.0) for i in ports.contracted_mw])


def _places(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variable and row (5.3), and what clusters take of floors and power."""
    m = block.parent_block()
    placed = [((s, h, u), i, mw) for (s, h, _, u), i, mw in _deployed(block, frame, frame.time.touched)]
    deployed = linear(block, "placed", m.FLOORS, block.deployed_clusters, placed)
    there = [((s, h, u), q, mw) for (s, h, _, u), q, mw in _standing(frame, frame.time.touched)]
    opening = standing(block, frame, ports, "placed_mw", m.FLOORS, there)
    block.cluster_mw = Decisions(m.FLOORS, domain=pyo.NonNegativeReals, doc="(5.3) IT MW of clusters that stand in t")

    @block.Constraint(m.FLOORS, doc="(5.3) clusters that stand in any month of t")
    def cluster_balance(b: Any, s: Any, h: Any, t: Any) -> Any:
        return b.cluster_mw[s, h, t] == deployed(s, h, t) + opening(s, h, t)

    draws = [
        ((s, t, b), (s, h, g, t), frame.halls[h].pue_average * frame.gpus[g].load_factor_fraction)
        for s, h, g, t in block.SALES
        for b in frame.prices[s]
    ]
    ports.publish(block.cluster_mw)
    ports.add("resident_mw", lambda s, h, t: block.cluster_mw[s, h, t])
    ports.add("draw_mw", linear(block, "drawn", m.SITE_PERIOD_BLOCKS, block.sold_mw, draws))


def _money(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sales, operating cost, price and residual of clusters."""
    m, time, gpus = block.parent_block(), frame.time, frame.gpus
    rows = {g: [row for row in frame.instance.gpu_market if row.gpu == g] for g in gpus}

    def usd_per_gpu_hour(row: GpuMarket) -> float:
        return row.usd_per_gpu_hour

    def sales_musd_per_mw(g: str, t: str) -> float:
        price = time.yearly(rows[g], lambda row: row.from_year, usd_per_gpu_hour, t)
        return gpus[g].gpus_per_mw * gpus[g].utilisation_fraction * time[t].hours * price / 1e6

    sales = [((s, t), (s, h, g, t), sales_musd_per_mw(g, t)) for s, h, g, t in block.SALES]
    ports.add("revenue_musd", linear(block, "sales", m.SITE_PERIODS, block.sold_mw, sales))
    if ports.has("use_revenue_musd"):
        use = [(("hpc", *at), i, musd) for at, i, musd in sales]
        ports.add("use_revenue_musd", linear(block, "use_sales", ports.use_revenue_musd.index_set(), block.sold_mw, use))
    _upkeep(block, frame, ports)
    invest(
        block, frame, ports, block.deployed_clusters,
        site=lambda s, h, g, t: s,
        price_musd=lambda s, h, g, t: gpus[g].capex_musd_per_mw * gpus[g].cluster_it_mw,
        paid=lambda s, h, g, t: time.deposit(t, gpus[g].lead_months, gpus[g].deposit_fraction),
        tax_life_months=lambda s, h, g, t: gpus[g].tax_life_months,
        machines=True,
    )  # fmt: skip

    def residual(g: str, end: int) -> float:
        return gpus[g].capex_musd_per_mw * gpus[g].cluster_it_mw * frame.residual_fraction(g, end - time.horizon)

    opening = [((row.site,), q, residual(row.item, frame.span(row)[1])) for q, row in frame.clusters.items()]
    final = [((s,), (s, h, g, t), residual(g, time[t].start + gpus[g].life_months)) for s, h, g, t in block.DEPLOYS]
    ports.add("terminal_musd", linear(block, "cluster_residual", m.SITES, block.deployed_clusters, final))
    ports.add("terminal_musd", standing(block, frame, ports, "opening_residual", m.SITES, opening))


def _upkeep(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Operating cost of what is deployed, from service on."""
    m, time, gpus = block.parent_block(), frame.time, frame.gpus

    def musd_per_mw(g: str, u: str) -> float:
        return gpus[g].opex_musd_per_mw_year * time[u].length_years * time.inflation(u)

    opening = [((s, u), q, mw * musd_per_mw(g, u)) for (s, _, g, u), q, mw in _standing(frame, time.share)]
    upkeep = [((s, u), i, mw * musd_per_mw(g, u)) for (s, _, g, u), i, mw in _deployed(block, frame, time.share)]
    ports.add("operating_musd", linear(block, "upkeep", m.SITE_PERIODS, block.deployed_clusters, upkeep))
    ports.add("operating_musd", standing(block, frame, ports, "opening_upkeep", m.SITE_PERIODS, opening))
