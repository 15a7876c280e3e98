"""Hashing: ASIC fleets bought, plugged in, run per price block (section 3 of MATHS.md)."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from planner_models.frame import Frame
from planner_models.linear import constant, linear
from planner_models.money import invest
from planner_models.ports import Ports
from planner_models.rows import Asic


def price_musd_per_mw(asic: Asic) -> float:
    """Price of a MW of machines: 1 MW is 1e6 / (J/TH) TH/s."""
    return asic.usd_per_th / asic.j_per_th


def reward_usd_per_mwh(asic: Asic, hashprice_usd_per_ph_day: float) -> float:
    """Revenue of a MWh hashed, after the pool's fee: 1 MW is 1000 / (J/TH) PH/s, a day has 24 h."""
    return hashprice_usd_per_ph_day / (0.024 * asic.j_per_th) * (1 - asic.pool_fee_fraction)


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: S sites, M models, H their halls, T periods, B blocks. Decides MW bought, plugged in and run."""
    m = block.parent_block()
    _decisions(block, frame)
    _machines(block, frame)
    plugged = [((s, h, t), (s, h, a, t), 1.0) for s, h, a, t in block.HOSTS]
    ports.add("movable_mw", linear(block, "plugged", m.FLOORS, block.hosted_mw, plugged))
    draws = [((s, t, b), (s, h, a, t, b), frame.halls[h].pue_average) for s, h, a, t, b in block.RUNS]
    ports.add("draw_mw", linear(block, "drawn", m.SITE_PERIOD_BLOCKS, block.run_mw, draws))
    _money(block, frame, ports)


def _decisions(block: pyo.Block, frame: Frame) -> None:
    """Variables (3.1)-(3.3) on the indices that exist."""
    labels = frame.time.labels
    buys = [
        (s, a.id, t)
        for s in frame.sites
        for a in frame.asics.values()
        if a.buyable and frame.halls_for(s, a.product)
        for t in frame.time.enterable(a.lead_months)
    ]
    owned = dict.fromkeys([(s, a) for s, a, _ in buys] + [(f.site, f.item) for f in frame.fleets.values()])
    hosts = [(s, h, a, t) for s, a in owned for h in frame.halls_for(s, frame.asics[a].product) for t in labels]
    block.BUYS = pyo.Set(dimen=3, initialize=buys, doc="(s,m,t)")
    block.FLEETS = pyo.Set(dimen=3, initialize=[(s, a, t) for s, a in owned for t in labels], doc="(s,m,t)")
    block.HOSTS = pyo.Set(dimen=4, initialize=hosts, doc="(s,h,m,t)")
    block.RUNS = pyo.Set(dimen=5, initialize=[(*i, b) for i in hosts for b in frame.prices[i[0]]], doc="(s,h,m,t,b)")

    def most_bought(_: Any, s: str, a: str, t: str) -> tuple[float, float]:
        return 0, frame.sites[s].land_it_mw

    block.bought_mw = pyo.Var(block.BUYS, domain=pyo.NonNegativeReals, bounds=most_bought, doc="(3.1) MW of machines bought")
    block.hosted_mw = pyo.Var(block.HOSTS, domain=pyo.NonNegativeReals, doc="(3.2) MW plugged in, mean")
    block.run_mw = pyo.Var(block.RUNS, domain=pyo.NonNegativeReals, doc="(3.3) MW that hash in a block, mean")


def _machines(block: pyo.Block, frame: Frame) -> None:
    """Rows (3.4)-(3.6): machines in life, plugged in, running."""
    time, asics = frame.time, frame.asics

    def owned_mw(s: str, a: str, u: str) -> float:
        rows = [f for f in frame.fleets.values() if (f.site, f.item) == (s, a)]
        return sum((f.it_mw or 0.0) * time.share(time.month(f.in_service), frame.fleet_end(f), u) for f in rows)

    alive = [
        ((s, a, u), (s, a, t), time.share(time[t].start, time[t].start + asics[a].life_months, u))
        for s, a, t in block.BUYS
        for u in time.labels
    ]
    block.installed_mw = pyo.Var(block.FLEETS, domain=pyo.NonNegativeReals, doc="(3.4) MW of machines in life, mean")
    opening = constant(block, "opening_mw", block.FLEETS, owned_mw)
    bought = linear(block, "alive", block.FLEETS, block.bought_mw, alive)
    plugged = linear(block, "hosted", block.FLEETS, block.hosted_mw, [((s, a, t), (s, h, a, t), 1.0) for s, h, a, t in block.HOSTS])
    block.uptime = pyo.Param(list(asics), initialize=lambda _, a: asics[a].uptime_fraction)

    @block.Constraint(block.FLEETS, doc="(3.4) machines in life = opening + bought")
    def installed_balance(b: Any, s: Any, a: Any, t: Any) -> Any:
        return b.installed_mw[s, a, t] == opening(s, a, t) + bought(s, a, t)

    @block.Constraint(block.FLEETS, doc="(3.5) plugged in no more than in life")
    def hosted_limit(b: Any, s: Any, a: Any, t: Any) -> Any:
        return plugged(s, a, t) <= b.installed_mw[s, a, t]

    @block.Constraint(block.RUNS, doc="(3.6) running no more than plugged in, less downtime")
    def run_limit(b: Any, s: Any, h: Any, a: Any, t: Any, block_: Any) -> Any:
        return b.run_mw[s, h, a, t, block_] <= b.uptime[a] * b.hosted_mw[s, h, a, t]


def _money(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Reward, operating cost, price and residual of machines."""
    m, time, asics = block.parent_block(), frame.time, frame.asics
    hashprice = {t: time.hashprice(t) for t in time.labels}
    reward, cost = [], []
    for s, h, a, t, b in block.RUNS:
        hours = frame.block_hours(s, b, t)
        reward.append(((s, t), (s, h, a, t, b), hours * reward_usd_per_mwh(asics[a], hashprice[t]) / 1e6))
        cost.append(((s, t), (s, h, a, t, b), hours * asics[a].opex_usd_per_mwh * time.inflation(t) / 1e6))
    ports.add("revenue_musd", linear(block, "reward", m.SITE_PERIODS, block.run_mw, reward))
    ports.add("operating_musd", linear(block, "upkeep", m.SITE_PERIODS, block.run_mw, cost))
    invest(
        block, frame, ports, block.bought_mw,
        site=lambda s, a, t: s,
        price_musd=lambda s, a, t: price_musd_per_mw(asics[a]),
        paid=lambda s, a, t, u: time.deposit(t, asics[a].lead_months, asics[a].deposit_fraction, u),
        tax_life_months=lambda s, a, t: asics[a].tax_life_months,
    )  # fmt: skip

    def residual(a: str, end: int) -> float:
        left = min(1.0, max(0, end - time.horizon) / asics[a].life_months)
        return price_musd_per_mw(asics[a]) * asics[a].residual_fraction * left

    bought = [((s,), (s, a, t), residual(a, time[t].start + asics[a].life_months)) for s, a, t in block.BUYS]
    ports.add("terminal_musd", linear(block, "machine_residual", m.SITES, block.bought_mw, bought))

    def opening(s: str) -> float:
        return sum((f.it_mw or 0.0) * residual(f.item, frame.fleet_end(f)) for f in frame.fleets.values() if f.site == s)

    ports.add("terminal_musd", constant(block, "fleet_residual", m.SITES, opening))
