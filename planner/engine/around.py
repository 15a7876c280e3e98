"""A few sites and the company decided anew while all other sites keep their plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.compile import Arrays, Vector
from planner.engine.split import Numbers, Split
from planner.highs import Settings, maximise

NODES = 100
"""Most nodes of a search around a plan."""
GAP = 1e-4


@dataclass(frozen=True)
class Around:
    """A program, which columns of the whole it decides, and the plan that it starts from (None where that is none)."""

    program: Arrays
    columns: Numbers
    start: Vector | None


def around(split: Split, values: Vector, sites: Sequence[int], *, feasible: bool = True) -> Around:
    """The company and `sites` (numbers of parts); the other columns keep their `values`, and so what they take of the company's rows."""
    arrays = split.arrays
    columns = np.concatenate([split.columns, *(split.parts[number].columns for number in sites)])
    kept = values.copy()
    kept[columns] = 0.0
    matrix = split.whole[:, columns]
    rows = np.union1d(split.rows, np.unique(matrix.indices))
    matrix, taken = matrix[rows].tocsc(), (split.whole @ kept)[rows]
    program = Arrays(
        cost=arrays.cost[columns],
        offset=arrays.offset + float(arrays.cost @ kept),
        starts=matrix.indptr.astype(np.int32),
        indices=matrix.indices.astype(np.int32),
        data=matrix.data,
        row_lower=arrays.row_lower[rows] - taken,
        row_upper=arrays.row_upper[rows] - taken,
        lower=arrays.lower[columns],
        upper=arrays.upper[columns],
        integer=arrays.integer[columns],
    )
    return Around(program, columns, values[columns] if feasible else None)


def decide(_: object, settings: Settings, task: Around) -> tuple[Vector | None, float | None]:
    """The best plan that a short search of a program finds, and its value in M$: work for a backend."""
    answer = maximise(task.program, settings, start=task.start)
    if answer.status == "interrupted":
        raise KeyboardInterrupt  # heard in the middle of a search that nobody else could stop
    return answer.values, answer.objective
