"""Cash of the company: floor, restricted reserve, dividends and the capex budget (section 8 of MATHS.md)."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from planner_models.debt import service_fraction
from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import constant, linear
from planner_models.ports import Ports, Term


def declare(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """The variable of (8.6), ahead of its row: interest is earned on it (8.9)."""
    block.cash_musd = Decisions(block.parent_block().PERIODS, domain=pyo.Reals, doc="(8.6) cash at the end of t")
    ports.publish(block.cash_musd)


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: T periods, Y fiscal years. Reads every flow of money; decides dividends."""
    _dividends(block, frame, ports)
    _cash(block, frame, ports)
    _reserve(block, frame, ports)
    _floor(block, frame, ports)
    _budget(block, frame, ports)


def _dividends(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variable (8.5)."""
    time, finance = frame.time, frame.instance.finance
    since = 0 if finance.dividends_from is None else time.month(finance.dividends_from)
    block.PAYOUTS = Indices(dimen=1, initialize=[t.label for t in time.periods if t.start >= since], doc="t")
    block.dividends_musd = Decisions(block.PAYOUTS, domain=pyo.NonNegativeReals, doc="(8.5) dividends")
    ports.publish(block.dividends_musd)


def _cash(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Row (8.6)."""
    m, time, finance = block.parent_block(), frame.time, frame.instance.finance
    opening = constant(block, "opening_cash", m.PERIODS, lambda t: 0.0 if t in time.previous else finance.opening_cash_musd)
    overhead = constant(block, "overhead", m.PERIODS, frame.overhead_musd)
    kept = linear(block, "kept", m.PERIODS, ports.cash_musd, [((t,), (time.previous[t],), 1.0) for t in time.previous])
    drawn = linear(block, "drawn", m.PERIODS, ports.drawn_musd, [((t,), (f, t), 1.0) for f, t in ports.drawn_musd])
    repaid = linear(block, "repaid", m.PERIODS, ports.repaid_musd, [((t,), (f, t), 1.0) for f, t in ports.repaid_musd])
    taxed = linear(block, "taxed", m.PERIODS, ports.tax_musd, [((ts[-1],), (y,), 1.0) for y, ts in time.fiscal_years.items()])
    paid = linear(block, "paid", m.PERIODS, block.dividends_musd, [((t,), (t,), 1.0) for t in block.PAYOUTS])
    everywhere = [((t,), (s, t), 1.0) for t in m.PERIODS for s in m.SITES]
    revenue = linear(block, "revenue", m.PERIODS, ports.revenue_musd, everywhere)
    operating = linear(block, "operating", m.PERIODS, ports.operating_musd, everywhere)
    capex = linear(block, "capex", m.PERIODS, ports.capex_musd, everywhere)
    away, raised = _away(block, frame, ports), _raised(block, frame, ports)

    @block.Constraint(m.PERIODS, doc="(8.6) cash rolls from period to period")
    def cash_balance(b: Any, t: Any) -> Any:
        operations = revenue(t) - operating(t) - capex(t)
        debt = drawn(t) - repaid(t) - ports.interest_musd[t]
        return ports.cash_musd[t] == opening(t) + kept(t) + operations - overhead(t) + debt - taxed(t) - paid(t) - away(t) + raised(t)


def _away(block: pyo.Block, frame: Frame, ports: Ports) -> Term:
    """The part of (8.6) that goes into securities (6.16) and bitcoin (15.6), net of what comes back; 0 where neither is modelled."""
    m, previous = block.parent_block(), frame.time.previous
    following = {earlier: later for later, earlier in previous.items()}
    posted, known, treasury = _nothing, _nothing, _nothing
    if ports.has("posted_musd"):
        out = [((t,), (s, t), 1.0) for s, t in ports.posted_musd]
        back = [((following[t],), (s, t), -1.0) for s, t in ports.posted_musd if t in following]
        posted = linear(block, "posted", m.PERIODS, ports.posted_musd, [*out, *back])
        known = constant(block, "opening_posted", m.PERIODS, lambda t: 0.0 if t in previous else frame.opening_posted_musd)
    if ports.has("treasury_musd"):
        treasury = linear(block, "treasury", m.PERIODS, ports.treasury_musd, [((t,), (t,), 1.0) for t in m.PERIODS])
    return lambda t: posted(t) - known(t) - treasury(t)


def _raised(block: pyo.Block, frame: Frame, ports: Ports) -> Term:
    """The part of (8.6) that comes from new shares (8.15) and customers who pay ahead (10.13), less break fees (4.11); 0 where none is."""
    m, previous, issues = block.parent_block(), frame.time.previous, {row.id: row for row in frame.instance.equity}
    issued, ahead, known, broken = _nothing, _nothing, _nothing, _nothing
    if ports.has("issued_musd"):
        received = [((t,), (i, t), 1 - issues[i].fee_fraction) for i, t in ports.issued_musd]
        issued = linear(block, "issued", m.PERIODS, ports.issued_musd, received)
    if ports.has("prepaid_musd"):
        comes = [((t,), (t,), 1.0) for t in m.PERIODS]
        ahead = linear(block, "prepaid", m.PERIODS, ports.prepaid_musd, [*comes, *(((t,), (previous[t],), -1.0) for t in previous)])
        known = constant(block, "opening_prepaid", m.PERIODS, lambda t: 0.0 if t in previous else frame.opening_prepaid_musd)
    if ports.has("broken_musd"):
        broken = linear(block, "broken", m.PERIODS, ports.broken_musd, [((t,), (t,), 1.0) for t in m.PERIODS])
    return lambda t: issued(t) + ahead(t) - known(t) - broken(t)


def _nothing(_: Any) -> Any:
    return 0.0


def _reserve(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variable and row (8.14), where a lender asks for one or cash is restricted at the start."""
    m, time, finance = block.parent_block(), frame.time, frame.instance.finance
    held = {f: row.reserve_months / 12 * service_fraction(row) for f, row in frame.debts.items() if row.reserve_months}
    if not held and not finance.opening_restricted_musd:
        return
    released = 0 if finance.restricted_until is None else time.month(finance.restricted_until)

    def restricted_musd(t: str) -> float:
        return finance.opening_restricted_musd if time[t].end <= released else 0.0

    restricted = constant(block, "restricted", m.PERIODS, restricted_musd)
    owed = [((t,), (f, t), share) for f, share in held.items() for t in m.PERIODS]
    service = linear(block, "service", m.PERIODS, ports.debt_musd, owed)
    block.reserve_musd = Decisions(m.PERIODS, domain=pyo.NonNegativeReals, doc="(8.14) restricted cash")
    ports.publish(block.reserve_musd)

    @block.Constraint(m.PERIODS, doc="(8.14) months of debt service, and what is restricted from the start")
    def reserve_balance(b: Any, t: Any) -> Any:
        return b.reserve_musd[t] == service(t) + restricted(t)


def _floor(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Row (8.7)."""
    m = block.parent_block()
    block.cash_floor_musd = pyo.Param(initialize=frame.instance.finance.cash_floor_musd)
    unrestricted = free_musd(ports)

    @block.Constraint(m.PERIODS, doc="(8.7) unrestricted cash stays above the floor")
    def cash_floor(b: Any, t: Any) -> Any:
        return unrestricted(t) >= b.cash_floor_musd


def free_musd(ports: Ports) -> Term:
    """The function `period -> unrestricted cash at its end`."""
    if ports.has("reserve_musd"):
        return lambda t: ports.cash_musd[t] - ports.reserve_musd[t]
    return lambda t: ports.cash_musd[t]


def budgets_musd(frame: Frame) -> dict[str, float]:
    """Capex budgets by fiscal year, for those whose calendar years all have one."""
    rows = {row.year: row.capex_musd for row in frame.instance.budgets}
    spans = {y: frame.time[ts[0]].years for y, ts in frame.time.fiscal_years.items()}
    return {y: sum(rows[year] for year in years) for y, years in spans.items() if all(year in rows for year in years)}


def _budget(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Row (8.8)."""
    m, time, budgets = block.parent_block(), frame.time, budgets_musd(frame)
    block.BUDGETED = Indices(dimen=1, initialize=list(budgets), doc="y")
    paid = [((y,), (s, t), 1.0) for y in budgets for s in m.SITES for t in time.fiscal_years[y]]
    spent = linear(block, "spent", block.BUDGETED, ports.capex_musd, paid)
    block.budget_musd = pyo.Param(block.BUDGETED, initialize=budgets)

    @block.Constraint(block.BUDGETED, doc="(8.8) capex paid in a fiscal year fits its budget")
    def budget_limit(b: Any, y: Any) -> Any:
        return spent(y) <= b.budget_musd[y]
