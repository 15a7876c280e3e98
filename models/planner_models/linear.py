"""A sum of coefficient x decision over just the decisions that matter, kept as Set and Param so that rules stay templates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import pyomo.environ as pyo

Index = tuple[Any, ...]
Entries = Iterable[tuple[Index, Index, float]]
"""(row, decision, coefficient) triples."""


def linear(block: pyo.Block, name: str, rows: Any, decision: pyo.Var, entries: Entries) -> Callable[..., Any]:
    """The function `row -> sum of coefficient * decision`, for use inside a rule over `rows`.

    Triples of the same row and decision add up; zero coefficients vanish. Declares `{name}_SET[row]`, the decisions of a
    row, and `{name}_coefficient[row, decision]` on the block.
    """
    table: dict[Index, dict[Index, float]] = defaultdict(lambda: defaultdict(float))
    for row, index, coefficient in entries:
        table[row][index] += coefficient
    kept = {row: {i: c for i, c in line.items() if c} for row, line in table.items()}
    cells = {(*row, *i): c for row, line in kept.items() for i, c in line.items()}
    wide = decision.dim()

    def members(_: Any, *row: Any) -> list[Any]:
        return [i if wide > 1 else i[0] for i in kept.get(row, {})]

    chosen = pyo.Set(rows, dimen=wide, initialize=members)
    block.add_component(f"{name}_SET", chosen)
    where = pyo.Set(dimen=rows.dimen + wide, initialize=list(cells))
    block.add_component(f"{name}_CELLS", where)
    coefficient = pyo.Param(where, initialize=lambda _, *cell: cells[cell])
    block.add_component(f"{name}_coefficient", coefficient)

    def term(*row: Any) -> Any:
        at = row if len(row) > 1 else row[0]
        if wide > 1:
            return sum(coefficient[(*row, *i)] * decision[i] for i in chosen[at])
        return sum(coefficient[(*row, i)] * decision[i] for i in chosen[at])

    return term


def constant(block: pyo.Block, name: str, rows: Any, value: Callable[..., float]) -> Callable[..., Any]:
    """The function `row -> fixed amount`, for use inside a rule over `rows`; declares `{name}[row]`."""
    amounts = pyo.Param(rows, initialize=lambda _, *row: value(*row))
    block.add_component(name, amounts)
    return lambda *row: amounts[row if len(row) > 1 else row[0]]
