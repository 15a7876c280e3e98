"""An old plan in a changed instance: its whole numbers kept, everything else decided anew and checked."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from planner.check import verify
from planner.compile import Arrays, Vector, collection_paused, compile_model
from planner.highs import Answer, Settings, maximise
from planner.plan import FAMILIES, Plan
from planner.solving import LP_TOLERANCE, extract
from planner_models.build import build
from planner_models.schema import Instance


@dataclass(frozen=True)
class Kept:
    """A plan with the whole numbers of another one, and its equity value in M$."""

    plan: Plan
    value_musd: Fraction


def keep(instance: Instance, plan: Plan) -> Kept | None:
    """The best plan of an instance with the whole numbers of another plan; None where they leave none.

    A decision that the instance does not have any more is left out. Whole numbers that no plan holds, as they follow from the others,
    are the solver's.
    """
    with collection_paused():
        arrays = compile_model(build(instance))
    values = _solved(arrays, plan)
    if values is None:
        return None
    found = extract(instance, arrays, values)
    certificate = verify(instance, found)
    return Kept(found, certificate.value_musd) if certificate.ok else None


def _solved(arrays: Arrays, plan: Plan) -> Vector | None:
    """Values of all columns; None where the whole numbers do not fit."""
    kept = np.array([label.rule in FAMILIES for label in arrays.column_labels], dtype=np.bool_) & arrays.integer
    whole = np.zeros(arrays.columns)
    for column in np.flatnonzero(kept):
        label = arrays.column_labels[column]
        whole[column] = plan.get(label.rule, *label.index)
    if (whole < arrays.lower)[kept].any() or (whole > arrays.upper)[kept].any():
        return None
    first = maximise(arrays.fixed(whole, kept), Settings())
    return None if first.values is None else _tight(arrays, first.values).values


def _tight(arrays: Arrays, values: Vector) -> Answer:
    """All whole numbers fixed, and the rest solved to a tight tolerance where that works."""
    fixed = arrays.fixed(np.where(arrays.integer, np.round(values), values))
    tight = maximise(fixed, Settings(tolerance=LP_TOLERANCE))
    return tight if tight.status == "optimal" else maximise(fixed, Settings())
