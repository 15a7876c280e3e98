"""A point held against a program in exact arithmetic: rows, bounds, whole numbers, and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix

from planner.compile import Vector
from planner.programs.program import Program

TOLERANCE = 1e-6
"""A row may be missed by this share of its largest term, or by this much where no term is larger than 1; so may a bound, by this share of
the value. A whole number may be off by this much."""
_EXACT = Fraction(1, 10**6)
_EPS = float(np.finfo(float).eps)


@dataclass(frozen=True)
class Miss:
    """What a point does not keep: a `row`, a `bound` or `whole` numbers; of which row or column, and by how much in its own unit."""

    what: str
    name: str
    amount: float

    def __str__(self) -> str:
        where = {"row": "row", "bound": "the bounds of column", "whole": "the whole numbers of column"}[self.what]
        return f"{where} {self.name} by {self.amount:.6g}"


@dataclass(frozen=True)
class PointCheck:
    """What the exact check says of a point: its objective, in the program's sense, and what it misses, the worst first."""

    objective: float
    violations: tuple[Miss, ...]

    @property
    def feasible(self) -> bool:
        """Whether it keeps everything within the tolerance."""
        return not self.violations


def check_point(program: Program, values: Mapping[str, float]) -> PointCheck:
    """Check a point, given by the names of its columns; those without a value are 0. Raises KeyError for a name that is no column.

    All numbers are taken as the binary fractions that they are. Sums that are clearly kept or missed are done in floating point with a
    bound on its error, the others in fractions, and so is the objective.
    """
    point = program.vector(values)
    missed = sorted(_rows(program, point) + _bounds(program, point), key=lambda found: (-found[0], found[1].what, found[1].name))
    return PointCheck(_objective(program, point), tuple(miss for _, miss in missed))


def _objective(program: Program, point: Vector) -> float:
    arrays = program.arrays
    counted = np.flatnonzero((arrays.cost != 0) & (point != 0))
    terms = (Fraction(arrays.cost[at]) * Fraction(point[at]) for at in counted)
    return program.sign * float(sum(terms, Fraction(arrays.offset))) + 0.0


def _rows(program: Program, point: Vector) -> list[tuple[float, Miss]]:
    """Rows that are missed, each with by how many of its tolerances."""
    arrays = program.arrays
    table = csc_matrix((arrays.data, arrays.indices, arrays.starts), shape=(arrays.rows, arrays.columns)).tocsr()
    terms = csr_matrix((table.data * point[table.indices], table.indices, table.indptr), shape=table.shape)
    sizes = abs(terms)
    largest = np.maximum(np.asarray(sizes.max(axis=1).todense()).ravel() if arrays.columns else 0.0, 1.0)
    sums, total = np.asarray(terms.sum(axis=1)).ravel(), np.asarray(sizes.sum(axis=1)).ravel()
    amount = np.maximum(arrays.row_lower - sums, sums - arrays.row_upper)
    sides = np.maximum(_finite(arrays.row_lower), _finite(arrays.row_upper))
    unsure = 2 * _EPS * (np.diff(table.indptr) + 3) * (total + sides + largest)
    doubtful = np.flatnonzero(amount > TOLERANCE * largest - unsure)
    found = []
    for row in doubtful.tolist():
        held = slice(table.indptr[row], table.indptr[row + 1])
        parts = [Fraction(size) * Fraction(point[at]) for size, at in zip(table.data[held], table.indices[held], strict=True)]
        by = _beyond(sum(parts, Fraction(0)), arrays.row_lower[row], arrays.row_upper[row])
        found += _missed("row", program.rows[row], by, max(map(abs, parts), default=Fraction(0)))
    return found


def _bounds(program: Program, point: Vector) -> list[tuple[float, Miss]]:
    """Columns outside their bounds or, where they must be whole, off a whole number."""
    arrays, found = program.arrays, []
    for at in np.flatnonzero((point < arrays.lower) | (point > arrays.upper)).tolist():
        value = Fraction(point[at])
        found += _missed("bound", program.columns[at], _beyond(value, arrays.lower[at], arrays.upper[at]), abs(value))
    for at in np.flatnonzero(arrays.integer & (point != np.round(point))).tolist():
        found += _missed("whole", program.columns[at], abs(Fraction(point[at]) - round(point[at])), Fraction(1))
    return found


def _missed(what: str, name: str, by: Fraction, size: Fraction) -> list[tuple[float, Miss]]:
    """One miss with by how many tolerances of its size; none where it is within."""
    allowed = _EXACT * max(Fraction(1), size)
    return [(float(by / allowed), Miss(what, name, float(by)))] if by > allowed else []


def _beyond(value: Fraction, low: float, high: float) -> Fraction:
    """By how much a value is below or above its sides; negative within."""
    outside = [Fraction(low) - value] if np.isfinite(low) else []
    outside += [value - Fraction(high)] if np.isfinite(high) else []
    return max(outside, default=Fraction(-1))


def _finite(side: Vector) -> Vector:
    return np.where(np.isfinite(side), np.abs(side), 0.0)
