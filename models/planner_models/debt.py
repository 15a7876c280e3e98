"""Debt: facilities drawn for capex, repaid by maturity, interest on opening balances (section 8 of MATHS.md)."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from planner_models.frame import Frame
from planner_models.linear import constant, linear
from planner_models.ports import Ports


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: F facilities, T periods. Reads capex; decides draws and repayments."""
    _decisions(block, frame)
    _balances(block, frame, ports)
    _interest(block, frame)
    for state in (block.debt_musd, block.interest_musd, block.drawn_musd, block.repaid_musd):
        ports.publish(state)


def _decisions(block: pyo.Block, frame: Frame) -> None:
    """Variables (8.1)-(8.3)."""
    time, debts = frame.time, frame.debts

    def open_for_draws(f: str, start: int) -> bool:
        row = debts[f]
        first = 0 if row.available_from is None else time.month(row.available_from)
        last = time.month(row.maturity) if row.available_to is None else min(time.month(row.available_to), time.month(row.maturity))
        return first <= start < last

    def balance_bounds(_: Any, f: str, t: str) -> tuple[float, float]:
        return 0, debts[f].limit_musd if time[t].end <= time.month(debts[f].maturity) else 0

    def draw_bounds(_: Any, f: str, t: str) -> tuple[float, float]:
        return 0, debts[f].limit_musd

    lending = [f for f in debts if debts[f].advance_fraction > 0]
    draws = [(f, t.label) for f in lending for t in time.periods if open_for_draws(f, t.start)]
    block.DRAWS = pyo.Set(dimen=2, initialize=draws, doc="(f,t)")
    block.BALANCES = pyo.Set(dimen=2, initialize=[(f, t) for f in debts for t in time.labels], doc="(f,t)")
    block.drawn_musd = pyo.Var(block.DRAWS, domain=pyo.NonNegativeReals, bounds=draw_bounds, doc="(8.1) drawn")
    block.repaid_musd = pyo.Var(block.BALANCES, domain=pyo.NonNegativeReals, doc="(8.2) repaid")
    block.debt_musd = pyo.Var(block.BALANCES, domain=pyo.NonNegativeReals, bounds=balance_bounds, doc="(8.3) owed at the end of t")


def _balances(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Rows (8.3) and (8.4)."""
    m, debts, previous = block.parent_block(), frame.debts, frame.time.previous
    opening = constant(block, "opening_debt", block.BALANCES, lambda f, t: 0.0 if t in previous else debts[f].opening_balance_musd)
    carried = linear(block, "carried", block.BALANCES, block.debt_musd, [((f, t), (f, previous[t]), 1.0) for f in debts for t in previous])
    drawn = linear(block, "drawn", block.BALANCES, block.drawn_musd, [(i, i, 1.0) for i in block.DRAWS])
    block.LENT = pyo.Set(dimen=1, initialize=list(dict.fromkeys(t for _, t in block.DRAWS)), doc="t")
    backed = linear(block, "backed", block.LENT, block.drawn_musd, [((t,), (f, t), 1 / debts[f].advance_fraction) for f, t in block.DRAWS])

    @block.Constraint(block.BALANCES, doc="(8.3) debt rolls from period to period")
    def debt_balance(b: Any, f: Any, t: Any) -> Any:
        return b.debt_musd[f, t] == opening(f, t) + carried(f, t) + drawn(f, t) - b.repaid_musd[f, t]

    @block.Constraint(block.LENT, doc="(8.4) each draw rests on capex of its own")
    def advance_limit(b: Any, t: Any) -> Any:
        return backed(t) <= sum(ports.capex_musd[s, t] for s in m.SITES)


def _interest(block: pyo.Block, frame: Frame) -> None:
    """Variable and row (8.9)."""
    m, time, debts, previous = block.parent_block(), frame.time, frame.debts, frame.time.previous
    rate = {(f, t): debts[f].rate_fraction * time[t].length_years for f, t in block.BALANCES}
    first = sum(row.opening_balance_musd * rate[f, time.labels[0]] for f, row in debts.items())
    opening = constant(block, "opening_interest", m.PERIODS, lambda t: 0.0 if t in previous else first)
    owed = linear(block, "owed", m.PERIODS, block.debt_musd, [((t,), (f, previous[t]), rate[f, t]) for f in debts for t in previous])
    fees = linear(block, "fees", m.PERIODS, block.drawn_musd, [((t,), (f, t), debts[f].fee_fraction) for f, t in block.DRAWS])
    block.interest_musd = pyo.Var(m.PERIODS, domain=pyo.Reals, doc="(8.9) interest and fees paid")

    @block.Constraint(m.PERIODS, doc="(8.9) interest on opening balances, fees on draws")
    def interest_balance(b: Any, t: Any) -> Any:
        return b.interest_musd[t] == opening(t) + owed(t) + fees(t)
