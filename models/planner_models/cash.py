"""Cash of the company: floor, dividends and the capex budget (section 8 of MATHS.md)."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from planner_models.frame import Frame
from planner_models.linear import constant, linear
from planner_models.ports import Ports, Term


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: T periods, Y fiscal years. Reads every flow of money; decides dividends."""
    _cash(block, frame, ports)
    _budget(block, frame, ports)
    ports.publish(block.cash_musd)
    ports.publish(block.dividends_musd)


def _cash(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variables and rows (8.5)-(8.7)."""
    m, time, finance = block.parent_block(), frame.time, frame.instance.finance
    since = 0 if finance.dividends_from is None else time.month(finance.dividends_from)
    block.PAYOUTS = pyo.Set(dimen=1, initialize=[t.label for t in time.periods if t.start >= since], doc="t")
    block.dividends_musd = pyo.Var(block.PAYOUTS, domain=pyo.NonNegativeReals, doc="(8.5) dividends")
    block.cash_musd = pyo.Var(m.PERIODS, domain=pyo.Reals, doc="(8.6) cash at the end of t")
    opening = constant(block, "opening_cash", m.PERIODS, lambda t: 0.0 if t in time.previous else finance.opening_cash_musd)
    overhead = constant(block, "overhead", m.PERIODS, frame.overhead_musd)
    kept = linear(block, "kept", m.PERIODS, block.cash_musd, [((t,), (time.previous[t],), 1.0) for t in time.previous])
    drawn = linear(block, "drawn", m.PERIODS, ports.drawn_musd, [((t,), (f, t), 1.0) for f, t in ports.drawn_musd])
    repaid = linear(block, "repaid", m.PERIODS, ports.repaid_musd, [((t,), (f, t), 1.0) for f, t in ports.repaid_musd])
    taxed = linear(block, "taxed", m.PERIODS, ports.tax_musd, [((ts[-1],), (y,), 1.0) for y, ts in time.fiscal_years.items()])
    paid = linear(block, "paid", m.PERIODS, block.dividends_musd, [((t,), (t,), 1.0) for t in block.PAYOUTS])
    away = _away(block, frame, ports)
    block.cash_floor_musd = pyo.Param(initialize=finance.cash_floor_musd)

    @block.Constraint(m.PERIODS, doc="(8.6) cash rolls from period to period")
    def cash_balance(b: Any, t: Any) -> Any:
        operations = sum(ports.revenue_musd[s, t] - ports.operating_musd[s, t] - ports.capex_musd[s, t] for s in m.SITES)
        debt = drawn(t) - repaid(t) - ports.interest_musd[t]
        return b.cash_musd[t] == opening(t) + kept(t) + operations - overhead(t) + debt - taxed(t) - paid(t) - away(t)

    @block.Constraint(m.PERIODS, doc="(8.7) cash stays above the floor")
    def cash_floor(b: Any, t: Any) -> Any:
        return b.cash_musd[t] >= b.cash_floor_musd


def _away(block: pyo.Block, frame: Frame, ports: Ports) -> Term:
    """The part of (8.6) that goes into securities (6.16) and bitcoin (15.6), net of what comes back; 0 where neither is modelled."""
    m, following = block.parent_block(), {earlier: later for later, earlier in frame.time.previous.items()}

    def nothing(_: Any) -> Any:
        return 0.0

    posted, treasury = nothing, nothing
    if ports.has("posted_musd"):
        out = [((t,), (s, t), 1.0) for s, t in ports.posted_musd]
        back = [((following[t],), (s, t), -1.0) for s, t in ports.posted_musd if t in following]
        posted = linear(block, "posted", m.PERIODS, ports.posted_musd, [*out, *back])
    if ports.has("treasury_musd"):
        treasury = linear(block, "treasury", m.PERIODS, ports.treasury_musd, [((t,), (t,), 1.0) for t in m.PERIODS])
    return lambda t: posted(t) - treasury(t)


def _budget(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Row (8.8)."""
    m, time = block.parent_block(), frame.time
    budgets = {row.year: row.capex_musd for row in frame.instance.budgets}
    spans = {y: [year for year in time[ts[0]].years] for y, ts in time.fiscal_years.items()}
    known = [y for y, years in spans.items() if all(year in budgets for year in years)]
    block.BUDGETED = pyo.Set(dimen=1, initialize=known, doc="y")
    block.BUDGET_PERIODS = pyo.Set(block.BUDGETED, dimen=1, initialize=lambda _, y: time.fiscal_years[y])
    block.budget_musd = pyo.Param(block.BUDGETED, initialize=lambda _, y: sum(budgets[year] for year in spans[y]))

    @block.Constraint(block.BUDGETED, doc="(8.8) capex paid in a fiscal year fits its budget")
    def budget_limit(b: Any, y: Any) -> Any:
        return sum(ports.capex_musd[s, t] for s in m.SITES for t in b.BUDGET_PERIODS[y]) <= b.budget_musd[y]
