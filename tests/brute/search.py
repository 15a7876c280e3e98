"""The optimum of a mixed-integer program by trying all its whole numbers, each with a linear program in SoPlex, not in HiGHS."""

from __future__ import annotations

import math

import numpy as np
from pyscipopt import LP
from scipy.sparse import csc_array

from planner.compile import Arrays, Vector

MOST = 20_000
"""More combinations than this are not tried."""


class TooMany(Exception):
    """A program has more combinations than can be tried."""


class Rest:
    """What is left of a program once its whole numbers are given; with `elastic` the least by which its rows must be broken."""

    def __init__(self, arrays: Arrays, *, elastic: bool = False) -> None:
        self._arrays = arrays
        self._whole = np.flatnonzero(arrays.integer)
        self._lp = LP("rest", "maximize")
        endless = self._lp.infinity()
        lower, upper = np.clip(arrays.lower, -endless, endless).tolist(), np.clip(arrays.upper, -endless, endless).tolist()
        cost = [0.0] * arrays.columns if elastic else arrays.cost.tolist()
        columns = [self._column(at) for at in range(arrays.columns)]
        if elastic:
            slacks = [[(row, sign)] for row in range(arrays.rows) for sign in (1.0, -1.0)]
            columns += slacks
            cost, lower, upper = cost + [-1.0] * len(slacks), lower + [0.0] * len(slacks), upper + [endless] * len(slacks)
        self._lp.addRows(
            [[] for _ in range(arrays.rows)],
            np.clip(arrays.row_lower, -endless, endless).tolist(),
            np.clip(arrays.row_upper, -endless, endless).tolist(),
        )
        self._lp.addCols(columns, cost, lower, upper)

    def _column(self, at: int) -> list[tuple[int, float]]:
        part = slice(self._arrays.starts[at], self._arrays.starts[at + 1])
        return list(zip(self._arrays.indices[part].tolist(), self._arrays.data[part].tolist(), strict=True))

    def best(self, whole: tuple[int, ...]) -> Vector | None:
        """The best values of all columns with these whole numbers; None where there are none."""
        for column, value in zip(self._whole.tolist(), whole, strict=True):
            self._lp.chgBound(column, float(value), float(value))
        self._lp.solve()
        if not self._lp.isOptimal():
            assert self._lp.getDualRay() is not None, "neither an optimum nor a proof that there is none"
            return None
        return np.array(self._lp.getPrimal()[: self._arrays.columns])


def wholes(arrays: Arrays) -> list[tuple[int, ...]]:
    """Every combination of the whole numbers, in the order of their columns, that keeps the rows which have nothing else."""
    whole = np.flatnonzero(arrays.integer)
    ranges = [range(math.ceil(arrays.lower[at]), math.floor(arrays.upper[at]) + 1) for at in whole]
    matrix = csc_array((arrays.data, arrays.indices, arrays.starts), shape=(arrays.rows, arrays.columns))
    alone = np.bincount(arrays.indices, minlength=arrays.rows) == np.bincount(matrix[:, whole].indices, minlength=arrays.rows)
    rows = matrix[:, whole].toarray()[alone]
    lower, upper = arrays.row_lower[alone] - 1e-9, arrays.row_upper[alone] + 1e-9
    kept: list[tuple[int, ...]] = [()]
    for place, values in enumerate(ranges):
        last = np.append(rows[:, place + 1 :].any(axis=1), False)[: len(rows)] == 0
        kept = [(*begun, value) for begun in kept for value in values]
        sums = np.array(kept) @ rows[last, : place + 1].T
        kept = [made for made, fine in zip(kept, ((sums >= lower[last]) & (sums <= upper[last])).all(axis=1), strict=True) if fine]
        if len(kept) > MOST:
            raise TooMany(len(kept))
    return kept
