"""Policies: floors and caps that the company sets itself on MW, hashrate and revenue (section 16 of MATHS.md)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pyomo.environ as pyo

from planner_models.deals import block_mw
from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import Index, linear
from planner_models.ports import USES, Ports, Term
from planner_models.rows import Policy
from planner_models.uses.rent import Rent, rents

Terms = list[tuple[pyo.Var, list[tuple[Index, Index, float]]]]
"""Decisions and states that count, each with its entries (row, index, weight)."""
MW = {"hashing": "hosted_mw", "colocation": "leased_mw", "hpc": "cluster_mw"}
"""What a use takes of halls, indexed by site first and period last."""


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: P policies, T periods in which they hold. Reads what uses take, run and earn; limits it."""
    policies = {row.id: row for row in frame.instance.policies}
    held = {p: _held(frame, row) for p, row in policies.items()}
    block.HELD = Indices(dimen=2, initialize=[(p, t) for p, ts in held.items() for t in ts], doc="(p,t)")
    block.counted = Decisions(block.HELD, domain=pyo.Reals, doc="(16.1) what a policy counts")
    counting = _Counting(frame, ports)
    parts = [counting.of(row, held[p]) for p, row in policies.items()]
    counted = _sum(block, "counted", block.HELD, parts)

    @block.Constraint(block.HELD, doc="(16.1) what a policy counts, by its measure, use, sites and tenant")
    def counted_balance(b: Any, p: Any, t: Any) -> Any:
        return b.counted[p, t] == counted(p, t)

    _bounds(block, frame, policies)
    shared = {p: row for p, row in policies.items() if row.at_most_fraction is not None}
    if shared:
        _shares(block, counting, shared)


def _held(frame: Frame, row: Policy) -> list[str]:
    """Periods with a month in which a policy holds."""
    time = frame.time
    first = 0 if row.from_month is None else max(0, time.month(row.from_month))
    end = time.horizon if row.to_month is None else min(time.horizon, time.month(row.to_month))
    return time.overlapping(first, end)


class _Counting:
    """What counts of a measure, as entries of the decisions and states that others publish; a use that is not modelled counts as 0."""

    def __init__(self, frame: Frame, ports: Ports) -> None:
        self._frame, self._ports = frame, ports

    def of(self, row: Policy, periods: Collection[str], *, whole: bool = False) -> Terms:
        """By its use, sites and tenant, or (`whole`) of the whole company."""
        frame = self._frame
        sites = {s for s, at in frame.sites.items() if whole or (row.site in (None, s) and row.market in (None, at.market))}
        use, tenant = (None, None) if whole else (row.use, row.tenant)
        if row.measure == "hashrate_eh":
            return self._hashrate(row.id, sites, periods)
        if tenant is not None:
            return self._tenant(row, tenant, sites, periods)
        return self._revenue(row.id, use, sites, periods) if row.measure == "revenue_musd" else self._it_mw(row.id, use, sites, periods)

    def _it_mw(self, p: str, use: str | None, sites: set[str], periods: Collection[str]) -> Terms:
        states = [getattr(self._ports, MW[u]) for u in USES if use in (None, u) and self._ports.has(MW[u])]
        return [(state, [((p, i[-1]), i, 1.0) for i in state if i[0] in sites and i[-1] in periods]) for state in states]

    def _hashrate(self, p: str, sites: set[str], periods: Collection[str]) -> Terms:
        """EH/s, mean over the hours of a period: 1 MW is 1 / (J/TH) of it."""
        if not self._ports.has("run_mw"):
            return []
        frame, run = self._frame, self._ports.run_mw

        def eh_per_mw(s: str, a: str, t: str, b: str) -> float:
            return frame.block_hours(s, b, t) / frame.time[t].hours / frame.asics[a].j_per_th

        return [(run, [((p, t), (s, h, a, t, b), eh_per_mw(s, a, t, b)) for s, h, a, t, b in run if s in sites and t in periods])]

    def _revenue(self, p: str, use: str | None, sites: set[str], periods: Collection[str]) -> Terms:
        if use is None:
            earned = self._ports.revenue_musd
            return [(earned, [((p, t), (s, t), 1.0) for s, t in earned if s in sites and t in periods])]
        earned = self._ports.use_revenue_musd
        return [(earned, [((p, t), (u, s, t), 1.0) for u, s, t in earned if u == use and s in sites and t in periods])]

    def _tenant(self, row: Policy, tenant: str, sites: set[str], periods: Collection[str]) -> Terms:
        """MW that the leases of a tenant may take, or their rent."""
        if not self._ports.has("started"):
            return []

        def by_period(at: Rent) -> dict[str, float]:
            if row.measure == "revenue_musd":
                return at.income()
            return {u: block_mw(at.lease) * share for u, share in at.course.present.items()}

        placed = {i: by_period(at) for i, at in rents(self._frame).items() if at.lease.tenant == tenant and i[1] in sites}
        entries = [((row.id, u), i, amount) for i, amounts in placed.items() for u, amount in amounts.items() if u in periods]
        return [(self._ports.started, entries)]


def _sum(block: pyo.Block, name: str, rows: pyo.Set, parts: list[Terms]) -> Term:
    """The function `(p,t) -> sum of what counts`, one part per policy; each decision is gathered over all of them."""
    gathered: dict[str, tuple[pyo.Var, list[tuple[Index, Index, float]]]] = {}
    for terms in parts:
        for decision, entries in terms:
            gathered.setdefault(decision.local_name, (decision, []))[1].extend(entries)
    sums = [linear(block, f"{name}_{of}", rows, decision, entries) for of, (decision, entries) in gathered.items()]

    def total(*row: Any) -> Any:
        amount = 0.0
        for term in sums:
            amount = amount + term(*row)
        return amount

    return total


def _bounds(block: pyo.Block, frame: Frame, policies: dict[str, Policy]) -> None:
    """Rows (16.2) and (16.3); limits on revenue are per year."""

    def part(p: str, t: str) -> float:
        return frame.time[t].length_years if policies[p].measure == "revenue_musd" else 1.0

    block.CAPPED = Indices(dimen=2, initialize=[i for i in block.HELD if policies[i[0]].at_most is not None], doc="(p,t)")
    block.FLOORED = Indices(dimen=2, initialize=[i for i in block.HELD if policies[i[0]].at_least is not None], doc="(p,t)")
    block.most = pyo.Param(block.CAPPED, initialize=lambda _, p, t: (policies[p].at_most or 0.0) * part(p, t))
    block.least = pyo.Param(block.FLOORED, initialize=lambda _, p, t: (policies[p].at_least or 0.0) * part(p, t))

    @block.Constraint(block.CAPPED, doc="(16.2) no more than the policy allows")
    def policy_limit(b: Any, p: Any, t: Any) -> Any:
        return b.counted[p, t] <= b.most[p, t]

    @block.Constraint(block.FLOORED, doc="(16.3) no less than the policy asks for")
    def policy_floor(b: Any, p: Any, t: Any) -> Any:
        return b.counted[p, t] >= b.least[p, t]


def _shares(block: pyo.Block, counting: _Counting, shared: dict[str, Policy]) -> None:
    """Variable and rows (16.4) and (16.5)."""
    block.SHARED = Indices(dimen=2, initialize=[i for i in block.HELD if i[0] in shared], doc="(p,t)")
    block.share = pyo.Param(list(shared), initialize=lambda _, p: shared[p].at_most_fraction)
    block.total = Decisions(block.SHARED, domain=pyo.Reals, doc="(16.4) the same measure of the whole company")
    held = {p: [t for other, t in block.SHARED if other == p] for p in shared}
    total = _sum(block, "total", block.SHARED, [counting.of(row, held[p], whole=True) for p, row in shared.items()])

    @block.Constraint(block.SHARED, doc="(16.4) the same measure over all sites, uses and tenants")
    def total_balance(b: Any, p: Any, t: Any) -> Any:
        return b.total[p, t] == total(p, t)

    @block.Constraint(block.SHARED, doc="(16.5) no more than its share of the company")
    def share_limit(b: Any, p: Any, t: Any) -> Any:
        return b.counted[p, t] <= b.share[p] * b.total[p, t]
