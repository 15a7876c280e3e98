"""A sum of coefficient x decision over just the decisions that matter, kept as a table so that rules stay templates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import repeat
from operator import itemgetter
from typing import Any

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray
from pyomo.core.expr.template_expr import NPV_Numeric_GetItemExpression

from planner_models.declared import looked_up

Index = tuple[Any, ...]
Entries = Iterable[tuple[Index, Index, float]]
"""(row, decision, coefficient) triples."""
MISSING = -1


class Table:
    """Coefficients by row and decision; `table[row]` is the sum of coefficient * decision, for a row of placeholders a template's term.

    Row i, counted in the order of the set `rows`, has the entries from `starts[i]` until `starts[i + 1]`: `columns`, places in the
    index set of `decision`, and `coefficients`.
    """

    def __init__(self, rows: Any, decision: pyo.Var, entries: Entries) -> None:
        """Triples of the same row and decision add up; zero coefficients vanish, and so do triples of other rows."""
        self.rows, self.decision = rows, decision
        row, column, coefficient = _places(rows, decision.index_set(), entries)
        width = max(1, len(decision.index_set()))
        cells, where = np.unique(row * width + column, return_inverse=True)
        total = np.bincount(where, weights=coefficient, minlength=len(cells))
        cells, self.coefficients = cells[total != 0], total[total != 0]
        self.columns = (cells % width).astype(np.int32)
        self.starts = np.searchsorted(cells // width, np.arange(len(rows) + 1))

    def __getitem__(self, row: Any) -> Any:
        if (node := looked_up(self, row)) is not None:
            return node
        place = self.rows.places[row]
        span, members = slice(self.starts[place], self.starts[place + 1]), self.decision.index_set()
        chosen = (self.decision[members.at(int(column) + 1)] for column in self.columns[span])
        return sum(float(c) * decision for c, decision in zip(self.coefficients[span], chosen, strict=True))


class Amounts:
    """A fixed amount by row, for a row of placeholders a template's term."""

    def __init__(self, rows: Any, values: NDArray[np.float64]) -> None:
        self.rows, self.values = rows, values

    def __getitem__(self, row: Any) -> Any:
        if (node := looked_up(self, row, NPV_Numeric_GetItemExpression)) is not None:
            return node
        return float(self.values[self.rows.places[row]])


def _places(rows: Any, decisions: Any, entries: Entries) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The entries as three arrays: place of the row, place of the decision, coefficient."""
    row_at, column_at = places(rows), places(decisions)
    found = list(entries)
    row = np.fromiter(map(row_at.get, map(itemgetter(0), found), repeat(MISSING)), np.int64, len(found))
    column = np.fromiter(map(column_at.get, map(itemgetter(1), found), repeat(MISSING)), np.int64, len(found))
    coefficient = np.fromiter(map(itemgetter(2), found), np.float64, len(found))
    kept = np.flatnonzero((row != MISSING) & (coefficient != 0))
    for at in kept[column[kept] == MISSING][:1]:
        raise KeyError(f"{found[at][1]} is no decision")
    return row[kept], column[kept], coefficient[kept]


def places(members: Any) -> dict[Index, int]:
    """The place of each member of an index set, counted from 0, each as a tuple."""
    found: dict[Any, int] = members.places
    return found if members.dimen > 1 else {(member,): place for member, place in found.items()}


def linear(block: pyo.Block, name: str, rows: Any, decision: pyo.Var, entries: Entries) -> Callable[..., Any]:
    """The function `row -> sum of coefficient * decision`, for use inside a rule over `rows`.

    Triples of the same row and decision add up; zero coefficients and triples of other rows vanish. Leaves the `Table` on the block.
    """
    table = Table(rows, decision, entries)
    _keep(block, f"{name}_table", table)
    return lambda *row: table[row if len(row) > 1 else row[0]]


def constant(block: pyo.Block, name: str, rows: Any, value: Callable[..., float]) -> Callable[..., Any]:
    """The function `row -> fixed amount`, for use inside a rule over `rows`; leaves the `Amounts` on the block under its name."""
    indices = rows if rows.dimen > 1 else ((row,) for row in rows)
    amounts = Amounts(rows, np.array([value(*row) for row in indices], dtype=float))
    _keep(block, name, amounts)
    return lambda *row: amounts[row if len(row) > 1 else row[0]]


def _keep(block: pyo.Block, name: str, thing: Table | Amounts) -> None:
    """Leave a table on the block for whoever looks. Raises ValueError when the name is taken."""
    if hasattr(block, name):
        raise ValueError(f"{block.name} has a {name} already")
    setattr(block, name, thing)
