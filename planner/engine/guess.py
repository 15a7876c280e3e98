"""Prices to begin with: those of the linear relaxation, of a sample of sites where there are many."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.compile import Arrays, Vector
from planner.engine.split import Split
from planner.engine.watch import Watch
from planner.highs import Settings, maximise

SAMPLE = 60
"""Most sites whose relaxation is solved: it takes two seconds, that of 200 sites takes forty."""
NEAR = 1.5
"""Penalties of a row's lack, in multiples of its price to begin with."""


def guess(split: Split, settings: Settings, watch: Watch) -> Vector:
    """A price in M$ for each of the company's rows; 0 everywhere where the relaxation has no optimum."""
    step = max(1, -(-len(split.parts) // SAMPLE))
    program = split.arrays if step == 1 else _sample(split, range(step // 2, len(split.parts), step))
    how = Settings(seed=settings.seed, threads=settings.threads, time_limit_s=None if watch.limit_s is None else max(1.0, watch.left_s()))
    answer = maximise(replace(program, integer=np.zeros(program.columns, dtype=np.bool_)), how, stop=watch.stop)
    watch.look()
    if answer.status != "optimal" or answer.duals is None:
        return np.zeros(len(split.rows))
    return answer.duals[split.rows] if step == 1 else answer.duals[: len(split.rows)]


def penalties(split: Split, prices: Vector) -> Vector:
    """What a row's lack is to cost at first: half as much again as its price, and some where that is 0.

    In rows that count whole things what a relaxation would pay for a part says little: there it is what the dearest of them costs.
    """
    size = np.abs(prices)
    usual = float(np.median(size[size > 1e-9])) if (size > 1e-9).any() else 1.0
    found = NEAR * size + usual
    counting = np.unique(np.concatenate([part.counts for part in split.parts]))
    found[counting] = max(float(found[counting].max(initial=0.0)), usual)
    return found


def _sample(split: Split, sites: range) -> Arrays:
    """The company with some of its sites; each of its rows has room for the part of what all sites put into it that these have."""
    arrays, parts = split.arrays, [split.parts[number] for number in sites]
    columns = np.concatenate([split.columns, *(part.columns for part in parts)])
    rows = np.concatenate([split.rows, *(np.unique(split.whole[:, part.columns].indices) for part in parts)])
    rows = np.concatenate([split.rows, np.setdiff1d(rows, split.rows)])
    matrix = split.whole[:, columns][rows].tocsc()
    share = np.ones(len(rows))
    weights = [np.asarray(abs(part.ties).sum(axis=1)).ravel() for part in split.parts]
    total, sampled = np.sum(weights, axis=0), np.sum([weights[number] for number in sites], axis=0)
    share[: len(split.rows)] = np.where(total > 0, sampled / np.where(total > 0, total, 1.0), len(parts) / len(split.parts))
    lower, upper, lost = arrays.row_lower[rows], arrays.row_upper[rows], share == 0
    few = np.ones(len(columns))
    few[: len(split.columns)] = len(parts) / len(split.parts)
    return Arrays(
        cost=arrays.cost[columns],
        offset=0.0,
        starts=matrix.indptr.astype(np.int32),
        indices=matrix.indices.astype(np.int32),
        data=matrix.data,
        row_lower=np.where(lost | np.isneginf(lower), -np.inf, share * np.where(np.isneginf(lower), 0.0, lower)),
        row_upper=np.where(lost | np.isposinf(upper), np.inf, share * np.where(np.isposinf(upper), 0.0, upper)),
        lower=arrays.lower[columns] * few,
        upper=arrays.upper[columns] * few,
        integer=arrays.integer[columns],
    )
