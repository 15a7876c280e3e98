"""A mixed-integer program as arrays."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner.compiling.labels import Label, Spans

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Arrays:
    """A mixed-integer program: maximise `cost @ x + offset`, rows within bounds, matrix by columns (CSC)."""

    cost: Vector
    offset: float
    starts: NDArray[np.int32]
    indices: NDArray[np.int32]
    data: Vector
    row_lower: Vector
    row_upper: Vector
    lower: Vector
    upper: Vector
    integer: NDArray[np.bool_]
    variables: Spans = field(default_factory=Spans)
    constraints: Spans = field(default_factory=Spans)

    @property
    def columns(self) -> int:
        """Number of columns."""
        return len(self.cost)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.row_lower)

    @cached_property
    def column_labels(self) -> list[Label]:
        """Label of each column."""
        return self.variables.labels()

    @cached_property
    def row_labels(self) -> list[Label]:
        """Label of each row."""
        return self.constraints.labels()

    def fixed(self, values: Vector, kept: NDArray[np.bool_] | None = None) -> Arrays:
        """What is left when the columns `kept` keep `values`: a linear program when they are all whole-number columns, the default."""
        kept = self.integer if kept is None else kept
        lower, upper = self.lower.copy(), self.upper.copy()
        lower[kept] = upper[kept] = values[kept]
        return replace(self, lower=lower, upper=upper, integer=self.integer & ~kept)
