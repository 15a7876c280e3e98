"""Hashing: ASIC fleets bought, plugged in, run per price block (section 3 of MATHS.md)."""

from __future__ import annotations

import math
from typing import Any

import pyomo.environ as pyo

from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import linear
from planner_models.money import invest
from planner_models.orders import standing
from planner_models.ports import Ports
from planner_models.uses import fleets


def per_mwh(per_ph_day: float, j_per_th: float) -> float:
    """What a MWh hashed earns of an amount paid per PH/s and day: 1 MW is 1000 / (J/TH) PH/s, a day has 24 h."""
    return per_ph_day / (0.024 * j_per_th)


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: S sites, M models, H their halls, T periods, B blocks. Decides MW bought, plugged in and run."""
    m = block.parent_block()
    _decisions(block, frame)
    for decision in (block.bought_mw, block.hosted_mw, block.run_mw):
        ports.publish(decision)
    _lots(block, frame)
    if frame.on_offer or frame.for_sale:
        _while_held(block, frame, ports)
    _machines(block, frame, ports)
    _running(block, frame)
    fleets.limit_stock(block, frame, ports)
    plugged = [((s, h, t), (s, h, a, t), 1.0) for s, h, a, t in block.HOSTS]
    ports.add("movable_mw", linear(block, "plugged", m.FLOORS, block.hosted_mw, plugged))
    draws = [((s, t, b), (s, h, a, t, b), frame.halls[h].pue_average) for s, h, a, t, b in block.RUNS]
    ports.add("draw_mw", linear(block, "drawn", m.SITE_PERIOD_BLOCKS, block.run_mw, draws))
    _money(block, frame, ports)


def _decisions(block: pyo.Block, frame: Frame) -> None:
    """Variables (3.1)-(3.3) on the indices that exist."""
    labels, owned = frame.time.labels, fleets.pairs(frame)
    hosts = [(s, h, a, t) for s, a in owned for h in frame.halls_for(s, frame.asics[a].product) for t in labels]
    block.BUYS = Indices(dimen=3, initialize=fleets.purchases(frame), doc="(s,m,t)")
    block.FLEETS = Indices(dimen=3, initialize=[(s, a, t) for s, a in owned for t in labels], doc="(s,m,t)")
    block.HOSTS = Indices(dimen=4, initialize=hosts, doc="(s,h,m,t)")
    block.RUNS = Indices(dimen=5, initialize=[(*i, b) for i in hosts for b in frame.prices[i[0]]], doc="(s,h,m,t,b)")

    def most_bought(_: Any, s: str, a: str, t: str) -> tuple[float, float]:
        return 0, _most_bought_mw(frame, s, a)

    block.bought_mw = Decisions(block.BUYS, domain=pyo.NonNegativeReals, bounds=most_bought, doc="(3.1) MW of machines bought")
    block.hosted_mw = Decisions(block.HOSTS, domain=pyo.NonNegativeReals, doc="(3.2) MW plugged in, mean")
    block.run_mw = Decisions(block.RUNS, domain=pyo.NonNegativeReals, doc="(3.3) MW that hash in a block, mean")


def _most_bought_mw(frame: Frame, site: str, asic: str) -> float:
    """The bound of (3.1): the land of the site, in whole lots where machines come in lots."""
    land_mw, lot_mw = frame.sites[site].land_it_mw, frame.asics[asic].lot_mw
    return land_mw if lot_mw is None else lot_mw * _most_lots(land_mw, lot_mw)


def _most_lots(land_mw: float, lot_mw: float) -> int:
    """The bound of (3.8): the last lot may be more than the land holds."""
    return math.ceil(land_mw / lot_mw - 1e-9)


def _lots(block: pyo.Block, frame: Frame) -> None:
    """Variable and row (3.8), for machines that come in lots."""
    lot_mw = {a.id: a.lot_mw for a in frame.asics.values() if a.lot_mw is not None}
    if not lot_mw:
        return
    block.LOTS = Indices(dimen=3, initialize=[i for i in block.BUYS if i[1] in lot_mw], doc="(s,m,t)")

    def most_lots(_: Any, s: str, a: str, t: str) -> tuple[int, int]:
        return 0, _most_lots(frame.sites[s].land_it_mw, lot_mw[a])

    block.lot_mw = pyo.Param(list(lot_mw), initialize=lot_mw)
    block.bought_lots = Decisions(block.LOTS, domain=pyo.Integers, bounds=most_lots, doc="(3.8) lots of machines bought")

    @block.Constraint(block.LOTS, doc="(3.8) machines are bought in whole lots")
    def lot_balance(b: Any, s: Any, a: Any, t: Any) -> Any:
        return b.bought_mw[s, a, t] == b.lot_mw[a] * b.bought_lots[s, a, t]


def _while_held(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Row (11.14): machines come to a site on offer once it is bought, to one for sale until it is sold."""
    traded = {*frame.on_offer, *frame.for_sale}
    block.TRADED_BUYS = Indices(dimen=3, initialize=[i for i in block.BUYS if i[0] in traded], doc="(s,m,t) on offer or for sale")
    block.most_bought_mw = pyo.Param(block.TRADED_BUYS, initialize=lambda _, s, a, t: _most_bought_mw(frame, s, a))

    @block.Constraint(block.TRADED_BUYS, doc="(11.14) machines come to a site that is held")
    def purchase_limit(b: Any, s: Any, a: Any, t: Any) -> Any:
        return b.bought_mw[s, a, t] <= b.most_bought_mw[s, a, t] * ports.held[s, t]


def _machines(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Rows (3.4) and (3.5): machines in life, plugged in."""
    time, asics = frame.time, frame.asics

    owned = [
        ((row.site, row.item, u), q, (row.it_mw or 0.0) * time.share(*frame.span(row), u))
        for q, row in frame.fleets.items()
        for u in time.labels
    ]
    alive = [
        ((s, a, u), (s, a, t), time.share(begin, end, u))
        for s, a, t in block.BUYS
        for begin, end in [(time[t].start, time[t].start + asics[a].life_months)]
        for u in time.overlapping(begin, end)
    ]
    block.installed_mw = Decisions(block.FLEETS, domain=pyo.NonNegativeReals, doc="(3.4) MW of machines in life, mean")
    opening = standing(block, frame, ports, "opening_mw", block.FLEETS, owned)
    bought = linear(block, "alive", block.FLEETS, block.bought_mw, alive)
    moved = fleets.moved(block, frame, ports, block.FLEETS)
    plugged = linear(block, "hosted", block.FLEETS, block.hosted_mw, [((s, a, t), (s, h, a, t), 1.0) for s, h, a, t in block.HOSTS])

    @block.Constraint(block.FLEETS, doc="(3.4) machines in life = opening + bought + moved here")
    def installed_balance(b: Any, s: Any, a: Any, t: Any) -> Any:
        return b.installed_mw[s, a, t] == opening(s, a, t) + bought(s, a, t) + moved(s, a, t)

    @block.Constraint(block.FLEETS, doc="(3.5) plugged in no more than in life")
    def hosted_limit(b: Any, s: Any, a: Any, t: Any) -> Any:
        return plugged(s, a, t) <= b.installed_mw[s, a, t]


def _running(block: pyo.Block, frame: Frame) -> None:
    """Rows (3.6) and (3.7): how much of what is plugged in runs, at most and at least."""
    asics, sites = frame.asics, frame.sites
    block.uptime = pyo.Param(list(asics), initialize=lambda _, a: asics[a].uptime_fraction)

    @block.Constraint(block.RUNS, doc="(3.6) running no more than plugged in, less downtime")
    def run_limit(b: Any, s: Any, h: Any, a: Any, t: Any, block_: Any) -> Any:
        return b.run_mw[s, h, a, t, block_] <= b.uptime[a] * b.hosted_mw[s, h, a, t]

    if all(row.capture_fraction == 1 for row in sites.values()):
        return
    block.KEPT_RUNNING = Indices(dimen=5, initialize=[i for i in block.RUNS if sites[i[0]].capture_fraction < 1], doc="(s,h,m,t,b)")
    block.missed_fraction = pyo.Param(list(sites), initialize=lambda _, s: 1 - sites[s].capture_fraction)

    @block.Constraint(block.KEPT_RUNNING, doc="(3.7) operations hold off only a share of what is plugged in")
    def run_floor(b: Any, s: Any, h: Any, a: Any, t: Any, block_: Any) -> Any:
        return b.run_mw[s, h, a, t, block_] >= b.missed_fraction[s] * b.uptime[a] * b.hosted_mw[s, h, a, t]


def _money(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Reward, operating cost, price and residual of machines."""
    m, time, asics = block.parent_block(), frame.time, frame.asics
    hashprice = {t: time.hashprice(t) for t in time.labels}
    reward, cost = [], []
    for s, h, a, t, b in block.RUNS:
        hours, row = frame.block_hours(s, b, t), asics[a]
        usd_per_mwh = per_mwh(hashprice[t], row.j_per_th) * (1 - row.pool_fee_fraction)
        reward.append(((s, t), (s, h, a, t, b), hours * usd_per_mwh / 1e6))
        cost.append(((s, t), (s, h, a, t, b), hours * row.opex_usd_per_mwh * time.inflation(t) / 1e6))
    ports.add("revenue_musd", linear(block, "reward", m.SITE_PERIODS, block.run_mw, reward))
    if ports.has("use_revenue_musd"):
        use = [(("hashing", *at), i, musd) for at, i, musd in reward]
        ports.add("use_revenue_musd", linear(block, "use_reward", ports.use_revenue_musd.index_set(), block.run_mw, use))
    ports.add("operating_musd", linear(block, "upkeep", m.SITE_PERIODS, block.run_mw, cost))
    invest(
        block, frame, ports, block.bought_mw,
        site=lambda s, a, t: s,
        price_musd=lambda s, a, t: frame.asic_musd_per_mw(a, time[t].start - asics[a].lead_months),
        paid=lambda s, a, t: time.deposit(t, asics[a].lead_months, asics[a].deposit_fraction),
        tax_life_months=lambda s, a, t: asics[a].tax_life_months,
        machines=True,
    )  # fmt: skip

    def residual(a: str, end: int) -> float:
        return fleets.residual_musd_per_mw(frame, a, end)

    bought = [((s,), (s, a, t), residual(a, time[t].start + asics[a].life_months)) for s, a, t in block.BUYS]
    ports.add("terminal_musd", linear(block, "machine_residual", m.SITES, block.bought_mw, bought))
    opening = [((row.site,), q, (row.it_mw or 0.0) * residual(row.item, frame.span(row)[1])) for q, row in frame.fleets.items()]
    ports.add("terminal_musd", standing(block, frame, ports, "fleet_residual", m.SITES, opening))
