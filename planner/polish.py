"""From a plan to the columns of a model and back: whole numbers kept, the rest solved tightly."""

from __future__ import annotations

import numpy as np

from planner.compile import Arrays, Vector
from planner.highs import Answer, Settings, maximise
from planner.plan import FAMILIES, Key, Plan
from planner.rules import STATES
from planner_models.schema import Instance

GRID_DIGITS = 9
"""Continuous decisions are kept to 1e-9 MW or M$: they add up in balances, so 1e-6 would eat the checker's tolerance of 1e-6."""
LP_TOLERANCE = 1e-9


def columns_of(plan: Plan, arrays: Arrays) -> Vector | None:
    """Values of all columns when the plan's whole numbers are kept; None where they do not fit this model.

    Whole numbers that no plan holds, as they follow from the others (which equipment is present), are left to the solver.
    """
    kept = np.array([label.rule in FAMILIES for label in arrays.column_labels], dtype=np.bool_) & arrays.integer
    whole = np.zeros(arrays.columns)
    for column in np.flatnonzero(kept):
        label = arrays.column_labels[column]
        whole[column] = plan.get(label.rule, *label.index)
    if (whole < arrays.lower)[kept].any() or (whole > arrays.upper)[kept].any():
        return None
    return maximise(arrays.fixed(whole, kept), Settings()).values


def polish(arrays: Arrays, answer: Answer) -> Answer:
    """Round and fix the whole numbers and solve what is left to a tight tolerance: exact decisions, tight states, duals."""
    if answer.values is None:
        return answer
    fixed = arrays.fixed(np.where(arrays.integer, np.round(answer.values), answer.values))
    for tolerance in (LP_TOLERANCE, None):
        again = maximise(fixed, Settings(tolerance=tolerance))
        if again.status == "optimal":
            return again
    return Answer("error", message="the solver's whole numbers leave no feasible plan")


def extract(instance: Instance, arrays: Arrays, values: Vector) -> Plan:
    """The decisions in a vector of column values: whole numbers whole, the others on a grid of 1e-9 and within their bounds."""
    within = np.clip(values, arrays.lower, arrays.upper)
    decisions: dict[str, dict[tuple[str, ...], float]] = {name: {} for name in FAMILIES}
    for label, value in zip(arrays.column_labels, within, strict=True):
        family = FAMILIES.get(label.rule)
        if family is None:
            continue
        kept: float = round(float(value)) if family.integer else round(float(value), GRID_DIGITS)
        if kept:
            decisions[label.rule][label.index] = kept
    return Plan(instance.name, {name: found for name, found in decisions.items() if found})


def states_of(arrays: Arrays, values: Vector) -> dict[str, dict[Key, float]]:
    """What the model says of each state of MATHS.md, by name and index."""
    states: dict[str, dict[Key, float]] = {}
    for label, value in zip(arrays.column_labels, values, strict=True):
        if label.rule in STATES:
            states.setdefault(label.rule, {})[label.index] = float(value)
    return states
