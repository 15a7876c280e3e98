"""Machines of others: hosted in mining halls for a fee until the contract or its notice ends (section 14 of MATHS.md)."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import constant, linear
from planner_models.ports import Ports
from planner_models.rows import Hosting
from planner_models.uses.hashing import per_mwh


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: C contracts, H halls of their product, T periods. Decides which contracts end early and which halls host."""
    contracts = {row.id: row for row in frame.instance.hosting}
    _notice(block, frame, contracts)
    _guests(block, frame, contracts)
    _power_and_money(block, frame, ports, contracts)


def _span(frame: Frame, contract: Hosting) -> tuple[int, int]:
    """Months from which and until which a contract runs when no notice is given."""
    time = frame.time
    return time.month(contract.from_month), time.horizon if contract.to_month is None else time.month(contract.to_month)


def _notice(block: pyo.Block, frame: Frame, contracts: dict[str, Hosting]) -> None:
    """Variable and row (14.7)."""
    ends = [
        (c, t.label)
        for c, row in contracts.items()
        if row.notice_months is not None
        for begin, end in [_span(frame, row)]
        for t in frame.time.periods
        if t.start >= row.notice_months and begin < t.start < end
    ]
    block.ENDS = Indices(dimen=2, initialize=ends, doc="(c,t)")
    block.ENDABLE = Indices(dimen=1, initialize=list(dict.fromkeys(c for c, _ in ends)), doc="c")
    block.ended = Decisions(block.ENDS, domain=pyo.Binary, doc="(14.7) notice ends the contract at the start of t")
    once = linear(block, "once", block.ENDABLE, block.ended, [((c,), (c, t), 1.0) for c, t in ends])

    @block.Constraint(block.ENDABLE, doc="(14.7) a contract ends at most once")
    def ended_choice(b: Any, c: Any) -> Any:
        return once(c) <= 1


def _guests(block: pyo.Block, frame: Frame, contracts: dict[str, Hosting]) -> None:
    """Variable and row (14.8)."""
    time, spans = frame.time, {c: _span(frame, row) for c, row in contracts.items()}
    running = [(c, t) for c, span in spans.items() for t in time.overlapping(*span)]
    hosts = [(c, h, t) for c, t in running for h in frame.halls_for(contracts[c].site, contracts[c].product)]
    block.RUNNING = Indices(dimen=2, initialize=running, doc="(c,t)")
    block.HOSTS = Indices(dimen=3, initialize=hosts, doc="(c,h,t)")
    block.guest_mw = Decisions(block.HOSTS, domain=pyo.NonNegativeReals, doc="(14.8) MW of a contract plugged in, mean")
    agreed = constant(block, "agreed_mw", block.RUNNING, lambda c, t: contracts[c].it_mw * time.share(*spans[c], t))
    gone = [
        ((c, u), (c, v), contracts[c].it_mw * time.share(time[v].start, spans[c][1], u))
        for c, v in block.ENDS
        for u in time.overlapping(time[v].start, spans[c][1])
    ]
    left = linear(block, "left", block.RUNNING, block.ended, gone)
    hosted = linear(block, "hosted", block.RUNNING, block.guest_mw, [((c, t), (c, h, t), 1.0) for c, h, t in hosts])

    @block.Constraint(block.RUNNING, doc="(14.8) what a contract that runs has agreed is plugged in")
    def guest_balance(b: Any, c: Any, t: Any) -> Any:
        return hosted(c, t) == agreed(c, t) - left(c, t)


def _power_and_money(block: pyo.Block, frame: Frame, ports: Ports, contracts: dict[str, Hosting]) -> None:
    """What guests take of halls and power, and what they pay."""
    m, time = block.parent_block(), frame.time
    sites = {c: row.site for c, row in contracts.items()}
    floors = [((sites[c], h, t), (c, h, t), 1.0) for c, h, t in block.HOSTS]
    draws = [
        ((sites[c], t, b), (c, h, t), frame.halls[h].pue_average * contracts[c].uptime_fraction)
        for c, h, t in block.HOSTS
        for b in frame.prices[sites[c]]
    ]

    def fee_musd_per_mw(contract: Hosting, period: str) -> float:
        usd_per_mwh = contract.fee_usd_per_mwh
        if contract.share_fraction:
            usd_per_mwh += contract.share_fraction * per_mwh(time.hashprice(period), contract.j_per_th)
        return time[period].hours * contract.uptime_fraction * usd_per_mwh / 1e6

    fees = [((sites[c], t), (c, h, t), fee_musd_per_mw(contracts[c], t)) for c, h, t in block.HOSTS]
    ports.add("movable_mw", linear(block, "guests", m.FLOORS, block.guest_mw, floors))
    ports.add("draw_mw", linear(block, "drawn", m.SITE_PERIOD_BLOCKS, block.guest_mw, draws))
    ports.add("revenue_musd", linear(block, "fees", m.SITE_PERIODS, block.guest_mw, fees))
