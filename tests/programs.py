"""Little programs as arrays, for the tests of what stands between arrays and solvers."""

from __future__ import annotations

import numpy as np

from planner.compile import Arrays

INF = float("inf")
Rows = list[tuple[float, float, list[float]]]


def program(cost: list[float], rows: Rows, lower: list[float], upper: list[float], integer: list[int], offset: float = 0.0) -> Arrays:
    """A dense little program: maximise cost @ x + offset, rows of (lower, upper, coefficients)."""
    matrix = np.array([coefficients for _, _, coefficients in rows], dtype=float).reshape(len(rows), len(cost))
    columns = [np.flatnonzero(matrix[:, j]) for j in range(len(cost))]
    return Arrays(
        cost=np.array(cost, dtype=float),
        offset=offset,
        starts=np.concatenate(([0], np.cumsum([len(c) for c in columns]))).astype(np.int32),
        indices=np.concatenate(columns).astype(np.int32) if columns else np.array([], dtype=np.int32),
        data=np.concatenate([matrix[c, j] for j, c in enumerate(columns)]),
        row_lower=np.array([low for low, _, _ in rows], dtype=float),
        row_upper=np.array([high for _, high, _ in rows], dtype=float),
        lower=np.array(lower, dtype=float),
        upper=np.array(upper, dtype=float),
        integer=np.array(integer, dtype=bool),
    )


def knapsacks(items: int = 40, rows: int = 30) -> Arrays:
    """A market-split program: equality knapsacks with slack, whose proof takes far longer than any test."""
    draw = np.random.default_rng(7)
    weights = draw.integers(0, 100, (rows, items))
    table = [(-INF, float(w.sum() // 2), [float(x) for x in w]) for w in weights]
    return program([float(x) for x in weights.sum(axis=0) + draw.integers(0, 5, items)], table, [0.0] * items, [1.0] * items, [1] * items)
