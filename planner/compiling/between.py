"""Programs on the line through two others: what other prices or budgets make of a program, without building it again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.compiling.arrays import Arrays, Vector

SAME = ("starts", "indices", "integer")


def between(here: Arrays, there: Arrays, share: float) -> Arrays:
    """The program that lies the given share of the way from one program to another; below 0 or above 1 it lies beyond them.

    Exact for whatever enters the rows linearly while all else stays: the price of a bitcoin or of energy, rents, capex, budgets.
    Not for what decides how far a row gives way (covenants) or what exists at all (dates, sizes). Raises ValueError where the
    two differ in more than numbers, as when one has a price of zero.
    """
    if any(not np.array_equal(getattr(here, name), getattr(there, name)) for name in SAME) or here.rows != there.rows:
        raise ValueError("the two programs differ in more than numbers")
    return replace(
        here,
        cost=_mixed(here.cost, there.cost, share),
        offset=here.offset + share * (there.offset - here.offset),
        data=_mixed(here.data, there.data, share),
        row_lower=_mixed(here.row_lower, there.row_lower, share),
        row_upper=_mixed(here.row_upper, there.row_upper, share),
        lower=_mixed(here.lower, there.lower, share),
        upper=_mixed(here.upper, there.upper, share),
    )


def _mixed(here: Vector, there: Vector, share: float) -> Vector:
    """Numbers on the line; what is the same at both ends, infinite bounds too, is the same everywhere."""
    at = np.flatnonzero(here != there)
    if not len(at):
        return here
    if not np.isfinite(here[at]).all() or not np.isfinite(there[at]).all():
        raise ValueError("a bound is finite in one of the two programs only")
    mixed = here.copy()
    mixed[at] += share * (there[at] - here[at])
    return mixed
