"""The Pyomo model as arrays, each row and column labelled with what it means."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

Vector = NDArray[np.float64]
_COMPILING = threading.Lock()
"""Pyomo's compiler fills in its classes on first use, which two threads must not do at once."""


@dataclass(frozen=True)
class Label:
    """What a row or column is: component (`halls.built_modules`), index, and its number in MATHS.md."""

    component: str
    index: tuple[str, ...]
    tag: str

    @property
    def rule(self) -> str:
        """Name of the rule or decision without its block."""
        return self.component.rpartition(".")[2]

    def __str__(self) -> str:
        return f"({self.tag}) {self.rule}[{', '.join(self.index)}]"


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
    variables: tuple[Any, ...] = ()
    constraints: tuple[Any, ...] = ()

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
        return [_label(data) for data in self.variables]

    @cached_property
    def row_labels(self) -> list[Label]:
        """Label of each row."""
        return [_label(data) for data in self.constraints]

    def fixed(self, values: Vector, kept: NDArray[np.bool_] | None = None) -> Arrays:
        """What is left when the columns `kept` keep `values`: a linear program when they are all whole-number columns, the default."""
        kept = self.integer if kept is None else kept
        lower, upper = self.lower.copy(), self.upper.copy()
        lower[kept] = upper[kept] = values[kept]
        return replace(self, lower=lower, upper=upper, integer=self.integer & ~kept)


def _label(data: Any) -> Label:
    component = data.parent_component()
    index = data.index()
    parts = () if index is None else index if isinstance(index, tuple) else (index,)
    doc = component.doc or ""
    tag = doc[1 : doc.index(")")] if doc.startswith("(") else ""
    return Label(component.name, tuple(str(part) for part in parts), tag)


@contextmanager
def collection_paused() -> Iterator[None]:
    """Pause the garbage collector: it takes three quarters of the time of building a large model."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def compile_model(model: pyo.ConcreteModel) -> Arrays:
    """The arrays of a linear Pyomo model with one objective to be maximised."""
    with _COMPILING:
        form = LinearStandardFormCompiler().write(model, mixed_form=True, set_sense=None)
    senses, rhs = np.array([row.bound_type for row in form.rows]), np.asarray(form.rhs, dtype=float)
    variables = tuple(form.columns)
    bounds = [variable.bounds for variable in variables]
    return Arrays(
        cost=np.asarray(form.c.toarray()[0], dtype=float),
        offset=float(form.c_offset[0]),
        starts=form.A.indptr.astype(np.int32),
        indices=form.A.indices.astype(np.int32),
        data=form.A.data.astype(float),
        row_lower=np.where(senses == 1, -np.inf, rhs),
        row_upper=np.where(senses == -1, np.inf, rhs),
        lower=np.array([-np.inf if low is None else low for low, _ in bounds], dtype=float),
        upper=np.array([np.inf if high is None else high for _, high in bounds], dtype=float),
        integer=np.array([not variable.is_continuous() for variable in variables], dtype=np.bool_),
        variables=variables,
        constraints=tuple(row.constraint for row in form.rows),
    )
