"""The Pyomo model as arrays, each row and column labelled with what it means."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyomo.environ as pyo
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from planner.compiling.arrays import Arrays, Vector
from planner.compiling.assemble import assembled
from planner.compiling.expand import NoTemplate
from planner.compiling.labels import Label, Span, Spans

__all__ = ["Arrays", "Label", "Vector", "collection_paused", "compile_model", "written_out"]

_COMPILING = threading.Lock()
"""Pyomo's compiler fills in its classes on first use, which two threads must not do at once."""


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
    """The arrays of a linear Pyomo model with one objective to be maximised.

    Rules that are templates are expanded at once; where a rule is none, a row was changed or a decision is fixed, all rows are
    written out, which takes many times as long and says the same.
    """
    try:
        return assembled(model)
    except NoTemplate:
        return written_out(model)


def written_out(model: pyo.ConcreteModel) -> Arrays:
    """The same arrays by Pyomo's own compiler, row by row."""
    with _COMPILING:
        form = LinearStandardFormCompiler().write(model, mixed_form=True, set_sense=None)
    senses, rhs = np.array([row.bound_type for row in form.rows]), np.asarray(form.rhs, dtype=float)
    bounds = [variable.bounds for variable in form.columns]
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
        integer=np.array([not variable.is_continuous() for variable in form.columns], dtype=np.bool_),
        variables=_known(form.columns),
        constraints=_known([row.constraint for row in form.rows]),
    )


def _known(data: list[Any]) -> Spans:
    """Rows or columns that are written out, by component."""
    found: dict[int, tuple[Any, list[Any]]] = {}
    for one in data:
        component = one.parent_component()
        found.setdefault(id(component), (component, []))[1].append(one.index())
    spans = []
    for component, indices in found.values():
        ranks = {member: place for place, member in enumerate(component.index_set())} if component.is_indexed() else {}
        spans.append(Span(component, np.array([ranks[index] for index in indices]) if component.is_indexed() else None))
    return Spans(spans)
