"""Covenants: tests of leverage, coverage and liquidity at the end of periods in which something is owed (section 8 of MATHS.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyomo.environ as pyo

from planner_models.cash import free_musd
from planner_models.declared import Decisions, Indices
from planner_models.extremes import Extremes
from planner_models.frame import Frame
from planner_models.linear import Entries, constant, linear
from planner_models.past import TWELVE_MONTHS, earlier_draws, history_shares, not_due_fraction, testable
from planner_models.ports import Ports
from planner_models.rows import Covenant


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: C covenants, T periods tested. Reads debt, cash, revenue and cost; states EBITDA and what falls due."""
    covenants = {row.id: row for row in frame.instance.covenants}
    tested = {(c, t): row.kind for c, row in covenants.items() for t in _tested(frame, row)}
    block.TESTED = Indices(dimen=1, initialize=[t for t in frame.time.labels if any(u == t for _, u in tested)], doc="t")
    block.level = pyo.Param(list(covenants), initialize=lambda _, c: covenants[c].level)
    _indebted(block, frame, ports)
    _ebitda(block, frame, ports)
    tests: dict[str, Callable[..., None]] = {"leverage": _leverage, "coverage": _coverage, "liquidity": _liquidity}
    if any(row.kind == "coverage" for row in covenants.values()):
        _scheduled(block, frame, ports)
    for kind, test in tests.items():
        rows = [i for i, of in tested.items() if of == kind]
        if rows:
            block.add_component(kind.upper(), Indices(dimen=2, initialize=rows, doc="(c,t)"))
            test(block, frame, ports, block.component(kind.upper()))


def _tested(frame: Frame, row: Covenant) -> list[str]:
    """Periods at whose end a covenant is tested: the twelve months behind must be known."""
    time, history = frame.time, frame.instance.history
    first = 0 if row.from_month is None else time.month(row.from_month)
    return [t.label for t in time.periods if t.start >= first and testable(history, time.month, t.end)]


def _behind(frame: Frame, t: str) -> dict[str, float]:
    """κ: the weight of each period in the twelve months before the end of one."""
    end = frame.time[t].end
    return {v: frame.time.share(end - TWELVE_MONTHS, end, v) for v in frame.time.overlapping(end - TWELVE_MONTHS, end)}


def _before(frame: Frame, t: str) -> tuple[float, float]:
    """EBITDA and debt service of the months before the start among the twelve before the end of a period."""
    shares = history_shares(frame.instance.history, frame.time.month, frame.time[t].end)
    return sum(share * row.ebitda_musd for row, share in shares), sum(share * row.service_musd for row, share in shares)


def _indebted(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variable and row (8.16)."""
    block.most_musd = pyo.Param(initialize=sum(row.limit_musd for row in frame.debts.values()))
    block.indebted = Decisions(block.TESTED, domain=pyo.Binary, doc="(8.16) something is owed at the end of t")

    @block.Constraint(block.TESTED, doc="(8.16) debt only while indebted")
    def indebted_limit(b: Any, t: Any) -> Any:
        return sum(ports.debt_musd[f, t] for f in frame.debts) <= b.most_musd * b.indebted[t]


def _ebitda(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variable and row (8.17)."""
    m = block.parent_block()
    block.ebitda_musd = Decisions(m.PERIODS, domain=pyo.Reals, doc="(8.17) EBITDA without what comes once")
    overhead = constant(block, "overhead", m.PERIODS, frame.overhead_musd)
    paid = [((t,), (t,), 1.0) for t in m.PERIODS]
    everywhere = [((t,), (s, t), 1.0) for t in m.PERIODS for s in m.SITES]
    revenue = linear(block, "revenue", m.PERIODS, ports.revenue_musd, everywhere)
    operating = linear(block, "operating", m.PERIODS, ports.operating_musd, everywhere)
    one_off = linear(block, "one_off", m.PERIODS, ports.one_off_musd, everywhere)
    broken = linear(block, "broken", m.PERIODS, ports.broken_musd, paid) if ports.has("broken_musd") else lambda t: 0.0

    @block.Constraint(m.PERIODS, doc="(8.17) revenue less operating cost and break fees, without what comes once")
    def ebitda_balance(b: Any, t: Any) -> Any:
        earned = revenue(t) - operating(t) - one_off(t)
        return b.ebitda_musd[t] == earned - overhead(t) - broken(t)


def _due_fraction(frame: Frame, f: str, begin: int, t: str) -> float:
    """The share of a sum of a facility, whose amortisation begins in a month, that falls due in a period."""
    row = frame.debts[f]
    return not_due_fraction(row, frame.time[t].start - begin) - not_due_fraction(row, frame.time[t].end - begin)


def _parts(frame: Frame) -> list[tuple[str, str]]:
    """The (f,t) of (8.13)."""
    rows = {f: row for f, row in frame.debts.items() if row.amortisation_months is not None}
    return [(f, t.label) for f, row in rows.items() for t in frame.time.periods if t.end <= frame.time.month(row.maturity)]


def _falling_due(frame: Frame, ports: Ports) -> tuple[Entries, dict[str, float]]:
    """What of draws falls due, and of opening balances by period."""
    time, parts = frame.time, _parts(frame)
    opening = dict.fromkeys(time.labels, 0.0)
    for f, t in parts:
        lent = earlier_draws(frame.debts[f], frame.instance.debt_draws, time.month)
        opening[t] += sum(_due_fraction(frame, f, begin, t) * musd for begin, musd in lent)
    grace = {f: row.grace_months for f, row in frame.debts.items()}
    drawn = [
        ((t,), (f, v), _due_fraction(frame, f, time[v].start + grace[f], t))
        for f, t in parts
        for other, v in ports.drawn_musd
        if other == f and time[v].start <= time[t].start
    ]
    return drawn, opening


def _scheduled(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variable and row (8.18)."""
    m = block.parent_block()
    drawn, opening = _falling_due(frame, ports)
    parts = linear(block, "parts", m.PERIODS, ports.drawn_musd, drawn)
    known = constant(block, "opening_parts", m.PERIODS, lambda t: opening[t])
    block.scheduled_musd = Decisions(m.PERIODS, domain=pyo.NonNegativeReals, doc="(8.18) parts of debt that fall due")

    @block.Constraint(m.PERIODS, doc="(8.18) parts of opening balances and draws that fall due in t")
    def scheduled_balance(b: Any, t: Any) -> Any:
        return b.scheduled_musd[t] == known(t) + parts(t)


def _leverage(block: pyo.Block, frame: Frame, ports: Ports, rows: pyo.Set) -> None:
    """Row (8.19); B is what a year can lose at most, times the level."""
    extremes = Extremes(frame)
    cost = {t: extremes.cost_musd(t) for t in frame.time.labels}
    earned = [((c, t), (v,), weight) for c, t in rows for v, weight in _behind(frame, t).items()]
    ebitda = linear(block, "leverage_ebitda", rows, block.ebitda_musd, earned)
    known = constant(block, "leverage_history", rows, lambda c, t: _before(frame, t)[0])

    def slack_musd(_: Any, c: str, t: str) -> float:
        lost = sum(weight * cost[v] for v, weight in _behind(frame, t).items()) - _before(frame, t)[0]
        return max(0.0, float(block.level[c]) * lost)

    block.leverage_slack_musd = pyo.Param(rows, initialize=slack_musd)

    @block.Constraint(rows, doc="(8.19) debt within the multiple of EBITDA")
    def leverage_limit(b: Any, c: Any, t: Any) -> Any:
        owed = sum(ports.debt_musd[f, t] for f in frame.debts)
        return owed <= b.level[c] * (ebitda(c, t) + known(c, t)) + b.leverage_slack_musd[c, t] * (1 - b.indebted[t])


def _coverage(block: pyo.Block, frame: Frame, ports: Ports, rows: pyo.Set) -> None:
    """Row (8.20); B is what a year can lose at most, and the level times its largest debt service."""
    behind = {(c, t): _behind(frame, t) for c, t in rows}
    weights = [((c, t), v, weight) for (c, t), spans in behind.items() for v, weight in spans.items()]
    level = {c: float(block.level[c]) for c, _ in rows}
    single = [((c, t), (v,), weight) for (c, t), v, weight in weights]
    service = [((c, t), (v,), level[c] * weight) for (c, t), v, weight in weights]
    ebitda = linear(block, "coverage_ebitda", rows, block.ebitda_musd, single)
    interest = linear(block, "coverage_interest", rows, ports.interest_musd, service)
    scheduled = linear(block, "coverage_scheduled", rows, block.scheduled_musd, service)
    before = {t: _before(frame, t) for _, t in rows}
    known = constant(block, "coverage_history", rows, lambda c, t: before[t][0] - level[c] * before[t][1])
    most = _most_needed(frame, ports)

    def slack_musd(_: Any, c: str, t: str) -> float:
        needed = sum(weight * (most[v][0] + level[c] * most[v][1]) for v, weight in behind[c, t].items())
        return max(0.0, needed - before[t][0] + level[c] * before[t][1])

    block.coverage_slack_musd = pyo.Param(rows, initialize=slack_musd)

    @block.Constraint(rows, doc="(8.20) EBITDA covers interest and the parts that fall due")
    def coverage_floor(b: Any, c: Any, t: Any) -> Any:
        needed = interest(c, t) + scheduled(c, t)
        return ebitda(c, t) + known(c, t) >= needed - b.coverage_slack_musd[c, t] * (1 - b.indebted[t])


def _most_needed(frame: Frame, ports: Ports) -> dict[str, tuple[float, float]]:
    """By period the most that EBITDA can be below zero, and the most debt service, with what cash below zero costs."""
    time, extremes = frame.time, Extremes(frame)
    drawn, due = _falling_due(frame, ports)
    for (t,), (f, _), share in drawn:
        due[t] += share * frame.debts[f].limit_musd
    for f, row in frame.debts.items():
        owed = max(row.limit_musd, row.opening_balance_musd)
        for t in time.labels:
            due[t] += owed * (row.rate_fraction + row.commitment_fee_fraction) * time[t].length_years
            due[t] += row.limit_musd * row.fee_fraction if (f, t) in ports.drawn_musd else 0.0
    finance = frame.instance.finance
    lacking = max(0.0, -finance.cash_floor_musd, -finance.opening_cash_musd)
    for t in time.labels:
        due[t] += finance.cash_interest_fraction * time[t].length_years * lacking
    return {t: (extremes.cost_musd(t), due[t]) for t in time.labels}


def _liquidity(block: pyo.Block, frame: Frame, ports: Ports, rows: pyo.Set) -> None:
    """Row (8.21); B is by how much the level lies above the cash floor, which holds in any case."""
    floor = frame.instance.finance.cash_floor_musd
    block.liquidity_slack_musd = pyo.Param(rows, initialize=lambda b, c, t: max(0.0, b.level[c] - floor))
    unrestricted = free_musd(ports)

    @block.Constraint(rows, doc="(8.21) unrestricted cash at the covenant's level at least")
    def liquidity_floor(b: Any, c: Any, t: Any) -> Any:
        return unrestricted(t) >= b.level[c] - b.liquidity_slack_musd[c, t] * (1 - b.indebted[t])
