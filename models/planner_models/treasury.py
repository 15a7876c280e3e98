"""Bitcoin held at the start, or kept when mined, and sold later or held at the horizon (section 15 of MATHS.md)."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import linear
from planner_models.ports import Ports, Term
from planner_models.uses.hashing import per_mwh


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: T periods, J holdings. Reads what hashes; decides the bitcoin kept; states its cash, its gain and what is held at the end."""
    _mined(block, frame, ports)
    _stock(block, frame)
    _flows(block, frame)
    _horizon(block, frame)
    for state in (block.treasury_musd, block.gain_musd, block.bitcoin_musd, block.bitcoin_gain_musd):
        ports.publish(state)


def _mined_usd(frame: Frame) -> dict[str, float]:
    """p: mean value of a bitcoin mined in each period, in USD."""
    time = frame.time
    return {t: time.hashprice(t) / time.btc_per_ph_day(t) for t in time.labels}


def _basis_usd(frame: Frame) -> dict[str, float]:
    """What a bitcoin cost by where it comes from: the period in which it was mined, or a holding."""
    return _mined_usd(frame) | {row.id: row.basis_usd for row in frame.instance.holdings}


def _mined(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variable and row (15.1)."""
    m, mined = block.parent_block(), _output(block, frame, ports)
    block.mined_btc = Decisions(m.PERIODS, domain=pyo.NonNegativeReals, doc="(15.1) bitcoin mined")

    @block.Constraint(m.PERIODS, doc="(15.1) bitcoin mined = what runs, by the hashprice's bitcoin, after the pool's fee")
    def mined_balance(b: Any, t: Any) -> Any:
        return b.mined_btc[t] == mined(t)


def _output(block: pyo.Block, frame: Frame, ports: Ports) -> Term:
    """The function `period -> bitcoin that what runs brings`."""
    time, asics = frame.time, frame.asics
    if not asics:
        return lambda t: 0.0
    paid = {t: time.btc_per_ph_day(t) for t in time.labels}

    def btc_per_mwh(a: str, t: str) -> float:
        return per_mwh(paid[t], asics[a].j_per_th) * (1 - asics[a].pool_fee_fraction)

    yields = [((i[3],), i, frame.block_hours(i[0], i[4], i[3]) * btc_per_mwh(i[2], i[3])) for i in ports.run_mw]
    return linear(block, "output", block.parent_block().PERIODS, ports.run_mw, yields)


def _stock(block: pyo.Block, frame: Frame) -> None:
    """Variables (15.2) and (15.3), rows (15.4), (15.5) and (15.10)."""
    m, labels, holdings = block.parent_block(), frame.time.labels, {row.id: row.btc_count for row in frame.instance.holdings}
    rank = {t: i for i, t in enumerate(labels)}
    since = rank | dict.fromkeys(holdings, 0)  # the first period at whose end it may be held
    pairs = [*((t, u) for t in labels for u in labels[rank[t] + 1 :]), *((j, u) for j in holdings for u in labels)]
    block.HOLDINGS = Indices(dimen=1, initialize=list(holdings), doc="j")
    block.SOURCES = Indices(dimen=1, initialize=list(since), doc="t or j")
    block.KEPT = Indices(dimen=2, initialize=pairs, doc="(t,u) mined in t, sold in u; (j,u)")
    block.kept_btc = Decisions(block.KEPT, domain=pyo.NonNegativeReals, doc="(15.2) bitcoin mined in t, or of a holding, and sold in u")
    block.final_btc = Decisions(block.SOURCES, domain=pyo.NonNegativeReals, doc="(15.3) bitcoin of t, or of a holding, held at the horizon")
    block.cap_btc = pyo.Param(initialize=frame.instance.finance.treasury_cap_btc)
    block.btc_count = pyo.Param(block.HOLDINGS, initialize=holdings)
    kept = linear(block, "kept", block.SOURCES, block.kept_btc, [((t,), (t, u), 1.0) for t, u in block.KEPT])
    between = [((v,), (t, u), 1.0) for t, u in block.KEPT for v in labels[since[t] : rank[u]]]
    waiting = linear(block, "waiting", m.PERIODS, block.kept_btc, between)
    held = linear(block, "held", m.PERIODS, block.final_btc, [((v,), (t,), 1.0) for t in since for v in labels[since[t] :]])

    @block.Constraint(m.PERIODS, doc="(15.4) no more is kept than was mined")
    def kept_limit(b: Any, t: Any) -> Any:
        return kept(t) + b.final_btc[t] <= b.mined_btc[t]

    @block.Constraint(m.PERIODS, doc="(15.5) the stock at the end of a period stays within its cap")
    def treasury_limit(b: Any, t: Any) -> Any:
        return waiting(t) + held(t) <= b.cap_btc

    @block.Constraint(block.HOLDINGS, doc="(15.10) what is held at the start is sold or held at the horizon")
    def holding_balance(b: Any, j: Any) -> Any:
        return kept(j) + b.final_btc[j] == b.btc_count[j]


def _flows(block: pyo.Block, frame: Frame) -> None:
    """Variables and rows (15.6) and (15.7)."""
    m, time, mined_usd, basis_usd = block.parent_block(), frame.time, _mined_usd(frame), _basis_usd(frame)
    market_usd = {t: time.btc_usd(t) for t in time.labels}
    sales = [((u,), (t, u), market_usd[u] / 1e6) for t, u in block.KEPT]
    forgone = [((t,), (t, u), -mined_usd[t] / 1e6) for t, u in block.KEPT if t in mined_usd]
    gains = [((u,), (t, u), (market_usd[u] - basis_usd[t]) / 1e6) for t, u in block.KEPT]
    block.treasury_musd = Decisions(m.PERIODS, domain=pyo.Reals, doc="(15.6) cash from bitcoin sold later less that of bitcoin kept")
    block.gain_musd = Decisions(m.PERIODS, domain=pyo.Reals, doc="(15.7) gain on bitcoin sold later")
    traded = linear(block, "traded", m.PERIODS, block.kept_btc, [*sales, *forgone])
    locked = linear(block, "locked", m.PERIODS, block.final_btc, [((t,), (t,), -mined_usd[t] / 1e6) for t in time.labels])
    gained = linear(block, "gained", m.PERIODS, block.kept_btc, gains)

    @block.Constraint(m.PERIODS, doc="(15.6) what is kept brings its cash when it is sold")
    def treasury_balance(b: Any, t: Any) -> Any:
        return b.treasury_musd[t] == traded(t) + locked(t)

    @block.Constraint(m.PERIODS, doc="(15.7) taxed when it is sold, over its value when mined")
    def gain_balance(b: Any, t: Any) -> Any:
        return b.gain_musd[t] == gained(t)


def _horizon(block: pyo.Block, frame: Frame) -> None:
    """Variables and rows (15.8) and (15.9)."""
    basis_usd, final_usd = _basis_usd(frame), frame.time.final_btc_usd
    block.final_musd = pyo.Param(block.SOURCES, initialize=lambda _, t: final_usd / 1e6)
    block.final_gain_musd = pyo.Param(block.SOURCES, initialize=lambda _, t: (final_usd - basis_usd[t]) / 1e6)
    block.bitcoin_musd = pyo.Var(domain=pyo.Reals, doc="(15.8) bitcoin held at the horizon")
    block.bitcoin_gain_musd = pyo.Var(domain=pyo.Reals, doc="(15.9) its gain over its value when mined")

    @block.Constraint(doc="(15.8) bitcoin at the price of the last day")
    def bitcoin_balance(b: Any) -> Any:
        return b.bitcoin_musd == sum(b.final_musd[t] * b.final_btc[t] for t in b.SOURCES)

    @block.Constraint(doc="(15.9) gain of the bitcoin held, taxed on exit")
    def bitcoin_gain_balance(b: Any) -> Any:
        return b.bitcoin_gain_musd == sum(b.final_gain_musd[t] * b.final_btc[t] for t in b.SOURCES)
