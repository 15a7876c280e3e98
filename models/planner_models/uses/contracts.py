"""Compute contracts: customers that take GPUs of the company for a term at a fixed price (section 5 of MATHS.md)."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from planner_models.deals import begin_month, late_months, starts, unearned_musd
from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import Index, linear
from planner_models.ports import Ports
from planner_models.prepaid import add_doubt, add_prepaid, doubted_musd


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: C contracts, P placements (c,s,h,t), G GPU models. Decides which contract starts where and when."""
    block.PLACEMENTS = Indices(dimen=4, initialize=_placements(frame), doc="(c,s,h,t)")
    block.contracted = Decisions(block.PLACEMENTS, domain=pyo.Binary, doc="(5.6) contract starts at site, hall, period")
    _choices(block, frame)
    _served(block, frame, ports)
    _money(block, frame, ports)


def _placements(frame: Frame) -> list[Index]:
    """Where and when each contract may start."""
    return [
        (c.id, s, h, t)
        for c in frame.contracts.values()
        for s in frame.sites
        if not c.sites or s in c.sites
        for h in frame.halls_for(s, frame.gpus[c.gpu].product)
        for t in starts(frame.time, c)
    ]


def _choices(block: pyo.Block, frame: Frame) -> None:
    """Rows (5.6) and (5.7): at most one start, exactly one when mandatory."""
    contracts, placed = frame.contracts, {p[0] for p in block.PLACEMENTS}
    block.CONTRACTS = Indices(dimen=1, initialize=list(contracts), doc="c")
    block.OFFERED = Indices(dimen=1, initialize=[i for i, c in contracts.items() if i in placed and not c.mandatory], doc="c")
    block.MANDATORY = Indices(dimen=1, initialize=[i for i, c in contracts.items() if c.mandatory], doc="c")
    begun = linear(block, "begun", block.CONTRACTS, block.contracted, [((p[0],), p, 1.0) for p in block.PLACEMENTS])
    # A mandatory contract without any placement must make the model infeasible; a row without a variable is refused by Pyomo.
    block.certain = pyo.Var(bounds=(1, 1), doc="(5.7) the constant 1")

    @block.Constraint(block.OFFERED, doc="(5.6) a contract starts at most once")
    def contract_choice(b: Any, c: Any) -> Any:
        return begun(c) <= 1

    @block.Constraint(block.MANDATORY, doc="(5.7) a mandatory contract starts exactly once")
    def contract_balance(b: Any, c: Any) -> Any:
        return begun(c) == b.certain


def _shares(block: pyo.Block, frame: Frame) -> list[tuple[Index, str, float]]:
    """Placement, period, and the share of its months in which the contract runs, where there is any."""
    time, contracts = frame.time, frame.contracts
    spans = {p: (begin_month(time, contracts[p[0]], p[3]), contracts[p[0]].term_months) for p in block.PLACEMENTS}
    return [(p, u, time.share(begin, begin + term, u)) for p, (begin, term) in spans.items() for u in time.overlapping(begin, begin + term)]


def _served(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variable and row (5.8), and what the GPUs of customers draw."""
    m, gpus, contracts = block.parent_block(), frame.gpus, frame.contracts
    taken = [((s, h, contracts[c].gpu, u), (c, s, h, t), contracts[c].it_mw * share) for (c, s, h, t), u, share in _shares(block, frame)]
    block.SERVED = Indices(dimen=4, initialize=list(dict.fromkeys(row for row, _, _ in taken)), doc="(s,h,g,u)")
    running = linear(block, "running", block.SERVED, block.contracted, taken)
    block.contracted_mw = Decisions(block.SERVED, domain=pyo.NonNegativeReals, doc="(5.8) IT MW under contract, mean")
    ports.publish(block.contracted_mw)

    @block.Constraint(block.SERVED, doc="(5.8) IT MW of the contracts that run, mean over t")
    def contracted_balance(b: Any, s: Any, h: Any, g: Any, t: Any) -> Any:
        return b.contracted_mw[s, h, g, t] == running(s, h, g, t)

    draws = [
        ((s, t, b), (s, h, g, t), frame.halls[h].pue_average * gpus[g].load_factor_fraction)
        for s, h, g, t in block.SERVED
        for b in frame.prices[s]
    ]
    ports.add("draw_mw", linear(block, "drawn", m.SITE_PERIOD_BLOCKS, block.contracted_mw, draws))


def _money(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Revenue, penalty for late delivery, what is paid ahead, and what may not come true."""
    m, time, contracts = block.parent_block(), frame.time, frame.contracts

    def yearly_musd(c: str, u: str) -> float:
        row, gpu = contracts[c], frame.gpus[contracts[c].gpu]
        paid_fraction = max(row.used_fraction, row.take_or_pay_fraction)
        return row.it_mw * gpu.gpus_per_mw * paid_fraction * time[u].hours * row.usd_per_gpu_hour / 1e6

    begins = {p: begin_month(time, contracts[p[0]], p[3]) for p in block.PLACEMENTS}
    income: dict[Index, dict[str, float]] = {p: {} for p in begins}
    for p, u, share in _shares(block, frame):
        income[p][u] = share * yearly_musd(p[0], u)
    fine = [
        ((p[1], u), p, contracts[p[0]].penalty_usd_per_mw_month * contracts[p[0]].it_mw / 1e6 * months)
        for p, begin in begins.items()
        for u, months in late_months(time, contracts[p[0]], begin).items()
    ]
    earned = [(p, u, musd) for p, by_period in income.items() for u, musd in by_period.items()]
    ports.add("revenue_musd", linear(block, "earned", m.SITE_PERIODS, block.contracted, [((p[1], u), p, musd) for p, u, musd in earned]))
    ports.add("operating_musd", linear(block, "fine", m.SITE_PERIODS, block.contracted, fine))
    if ports.has("use_revenue_musd"):
        use = [(("hpc", p[1], u), p, musd) for p, u, musd in earned]
        ports.add("use_revenue_musd", linear(block, "use_earned", ports.use_revenue_musd.index_set(), block.contracted, use))
    ahead = {p: unearned_musd(time, contracts[p[0]], begin) for p, begin in begins.items() if contracts[p[0]].prepayment_musd}
    add_prepaid(block, ports, block.contracted, ahead)
    doubtful = {p: doubted_musd(frame, contracts[p[0]], musd) for p, musd in income.items() if contracts[p[0]].probability_fraction < 1}
    add_doubt(block, ports, block.contracted, doubtful)
