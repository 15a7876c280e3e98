"""Debt: facilities drawn and repaid by maturity or in parts, interest and fees (section 8 of MATHS.md; what draws rest on: lending.py)."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import constant, linear
from planner_models.past import not_due_fraction, not_due_musd
from planner_models.ports import Ports
from planner_models.rows import Debt


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: F facilities, T periods. Reads cash; decides draws and repayments."""
    _decisions(block, frame)
    _balances(block, frame)
    _parts(block, frame)
    _interest(block, frame, ports)
    for state in (block.debt_musd, block.interest_musd, block.drawn_musd, block.repaid_musd):
        ports.publish(state)


def service_fraction(row: Debt) -> float:
    """Yearly debt service of a M$: interest, and the parts in which it is paid back, where it is."""
    return row.rate_fraction + (0.0 if row.amortisation_months is None else 12 / row.amortisation_months)


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
    block.DRAWS = Indices(dimen=2, initialize=draws, doc="(f,t)")
    block.BALANCES = Indices(dimen=2, initialize=[(f, t) for f in debts for t in time.labels], doc="(f,t)")
    block.drawn_musd = Decisions(block.DRAWS, domain=pyo.NonNegativeReals, bounds=draw_bounds, doc="(8.1) drawn")
    block.repaid_musd = Decisions(block.BALANCES, domain=pyo.NonNegativeReals, doc="(8.2) repaid")
    block.debt_musd = Decisions(block.BALANCES, domain=pyo.NonNegativeReals, bounds=balance_bounds, doc="(8.3) owed at the end of t")


def _balances(block: pyo.Block, frame: Frame) -> None:
    """Row (8.3)."""
    debts, previous = frame.debts, frame.time.previous
    opening = constant(block, "opening_debt", block.BALANCES, lambda f, t: 0.0 if t in previous else debts[f].opening_balance_musd)
    carried = linear(block, "carried", block.BALANCES, block.debt_musd, [((f, t), (f, previous[t]), 1.0) for f in debts for t in previous])
    drawn = linear(block, "drawn", block.BALANCES, block.drawn_musd, [(i, i, 1.0) for i in block.DRAWS])

    @block.Constraint(block.BALANCES, doc="(8.3) debt rolls from period to period")
    def debt_balance(b: Any, f: Any, t: Any) -> Any:
        return b.debt_musd[f, t] == opening(f, t) + carried(f, t) + drawn(f, t) - b.repaid_musd[f, t]


def _parts(block: pyo.Block, frame: Frame) -> None:
    """Rows (8.13) and (8.23), for what is paid back in parts."""
    time = frame.time
    rows = {f: row for f, row in frame.debts.items() if row.amortisation_months is not None}
    if not rows:
        return
    owing = [(f, t.label) for f, row in rows.items() for t in time.periods if t.end <= time.month(row.maturity)]
    block.PARTS = Indices(dimen=2, initialize=owing, doc="(f,t)")
    shares = [
        ((f, t), (f, v), not_due_fraction(rows[f], time[t].end - time[v].start - rows[f].grace_months))
        for f, t in owing
        for v in time.labels
        if (f, v) in block.DRAWS and time[v].start <= time[t].start
    ]

    def opening_musd(f: str, t: str) -> float:
        return not_due_musd(rows[f], frame.instance.debt_draws, time.month, time[t].end)

    opening = constant(block, "opening_not_due", block.PARTS, opening_musd)
    later = linear(block, "not_due", block.PARTS, block.drawn_musd, shares)

    @block.Constraint(block.PARTS, doc="(8.13) the parts that are due are paid back")
    def amortisation_limit(b: Any, f: Any, t: Any) -> Any:
        return b.debt_musd[f, t] <= opening(f, t) + later(f, t)

    fresh = [(f, t) for f, t in owing if (f, t) in block.DRAWS]
    block.FRESH = Indices(dimen=2, initialize=fresh, doc="(f,t)")
    within = [((f, t), (f, t), not_due_fraction(rows[f], time[t].end - time[t].start - rows[f].grace_months)) for f, t in fresh]
    drawn = linear(block, "fresh", block.FRESH, block.drawn_musd, within)

    @block.Constraint(block.FRESH, doc="(8.23) what is drawn in a period is not paid back in it before it is due")
    def drawn_floor(b: Any, f: Any, t: Any) -> Any:
        return b.debt_musd[f, t] >= drawn(f, t)


def _interest(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variable and row (8.9)."""
    m, time, debts, previous = block.parent_block(), frame.time, frame.debts, frame.time.previous
    years, finance = {t: time[t].length_years for t in time.labels}, frame.instance.finance
    unused = {(f, t): debts[f].commitment_fee_fraction * years[t] for f, t in block.DRAWS}
    rate = {(f, t): debts[f].rate_fraction * years[t] - unused.get((f, t), 0.0) for f, t in block.BALANCES}
    first = sum(row.opening_balance_musd * rate[f, time.labels[0]] for f, row in debts.items())
    first -= finance.cash_interest_fraction * years[time.labels[0]] * finance.opening_cash_musd

    def known_musd(t: str) -> float:
        offered = sum(debts[f].limit_musd * fee for (f, u), fee in unused.items() if u == t)
        return offered + (0.0 if t in previous else first)

    opening = constant(block, "opening_interest", m.PERIODS, known_musd)
    owed = linear(block, "owed", m.PERIODS, block.debt_musd, [((t,), (f, previous[t]), rate[f, t]) for f in debts for t in previous])
    fees = linear(block, "fees", m.PERIODS, block.drawn_musd, [((t,), (f, t), debts[f].fee_fraction) for f, t in block.DRAWS])
    kept = [((t,), (previous[t],), finance.cash_interest_fraction * years[t]) for t in previous]
    earned = linear(block, "earned", m.PERIODS, ports.cash_musd, kept)
    block.interest_musd = Decisions(m.PERIODS, domain=pyo.Reals, doc="(8.9) interest and fees paid, less interest on cash")

    @block.Constraint(m.PERIODS, doc="(8.9) interest on opening balances, fees on draws and on what may still be drawn")
    def interest_balance(b: Any, t: Any) -> Any:
        return b.interest_musd[t] == opening(t) + owed(t) + fees(t) - earned(t)
