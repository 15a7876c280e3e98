"""What happened before the start and still counts: debt that is not due, and months that covenants look at (section 8); no Pyomo."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from planner_models.rows import Debt, DebtDraw, History

MonthOf = Callable[[dt.date], int]
"""Months from the start of the plan to a date; negative before it."""
TWELVE_MONTHS = 12


def not_due_fraction(row: Debt, months: int) -> float:
    """a: the share of a sum that is not yet due so many months after its amortisation began; all of it before."""
    return 1.0 if row.amortisation_months is None else min(1.0, max(0.0, 1 - months / row.amortisation_months))


def earlier_draws(row: Debt, draws: Iterable[DebtDraw], month: MonthOf) -> list[tuple[int, float]]:
    """What a facility lent before the start: months in which amortisation begins, and M$; without rows what is owed, from the start."""
    rows = [(month(draw.month) + row.grace_months, draw.drawn_musd) for draw in draws if draw.debt == row.id]
    return rows or [(0, row.opening_balance_musd)]


def not_due_musd(row: Debt, draws: Iterable[DebtDraw], month: MonthOf, at: int) -> float:
    """o: what of the opening balance is not due by a month."""
    return sum(not_due_fraction(row, at - begin) * musd for begin, musd in earlier_draws(row, draws, month))


def history_shares(rows: Iterable[History], month: MonthOf, end: int) -> list[tuple[History, float]]:
    """κ: the rows of history with a month in the twelve before `end`, each with the share of its months that lies there."""
    spans = [(row, month(row.from_month)) for row in rows]
    shares = [(row, (min(begin + row.months, end) - max(begin, end - TWELVE_MONTHS)) / row.months) for row, begin in spans]
    return [(row, share) for row, share in shares if share > 0]


def testable(rows: Iterable[History], month: MonthOf, end: int) -> bool:
    """Whether all of the twelve months before `end` lie in the plan or in rows of history, which do not overlap."""
    known = sum(round(share * row.months) for row, share in history_shares(rows, month, end))
    return end + known >= TWELVE_MONTHS
