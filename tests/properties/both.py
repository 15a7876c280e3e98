"""One portfolio read twice: the model solved, and plans judged by the model with their decisions fixed and by the exact checker."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from planner.check import Certificate, verify
from planner.compile import Arrays, Vector, collection_paused, compile_model
from planner.highs import Answer, Settings, maximise
from planner.plan import FAMILIES, Key, Plan
from planner.polish import extract, polish, states_of
from planner_models.build import build
from planner_models.schema import Instance

Search = Callable[[Arrays, Settings], Answer]
"""How a program is solved."""
EXACTLY = Settings(gap_fraction=0.0, threads=1, time_limit_s=120.0)
SLACK = 1e-9
"""What a fixed decision may lie beyond its bound by rounding."""
CLOSE = 1e-6
"""A row is met with equality."""
MOVED = ("placed_mw", "withdrawn_mw")
"""Decisions that cancel out and have no bound of their own: the B of covenants holds as long as a period moves no more than all land."""


@dataclass(frozen=True)
class Reading:
    """The model of an instance as arrays, its optimum, and the plan with its certificate; no plan where there is none."""

    instance: Instance
    arrays: Arrays
    answer: Answer
    plan: Plan | None
    certificate: Certificate | None

    @cached_property
    def decided(self) -> NDArray[np.bool_]:
        """The columns that are decisions of a plan."""
        return np.array([label.rule in FAMILIES for label in self.arrays.column_labels], dtype=np.bool_)

    @cached_property
    def known(self) -> set[tuple[str, Key]]:
        """The decisions that the model has."""
        labels = zip(self.arrays.column_labels, self.decided, strict=True)
        return {(label.rule, label.index) for label, decision in labels if decision}


def compiled(instance: Instance) -> Arrays:
    """The model of an instance."""
    with collection_paused():
        return compile_model(build(instance))


def read(instance: Instance) -> Reading:
    """Build, solve to the optimum, fix the whole numbers, solve again and check against what the model claims."""
    return read_as(instance, compiled(instance))


def read_as(instance: Instance, arrays: Arrays, search: Search = maximise) -> Reading:
    """The same from the model of the instance, by HiGHS or by another solver."""
    answer = polish(arrays, search(arrays, EXACTLY))
    if answer.values is None:
        return Reading(instance, arrays, answer, None, None)
    plan = extract(instance, arrays, answer.values)
    return Reading(instance, arrays, answer, plan, verify(instance, plan, answer.objective, states_of(arrays, answer.values)))


def vector(reading: Reading, plan: Plan) -> Vector:
    """The plan's decisions in their columns."""
    values = np.zeros(reading.arrays.columns)
    for column in np.flatnonzero(reading.decided):
        label = reading.arrays.column_labels[column]
        values[column] = plan.get(label.rule, *label.index)
    return values


def model_value(reading: Reading, plan: Plan) -> float | None:
    """What the plan is worth by the model, all of its decisions fixed; None where the model has no such plan."""
    arrays, values = reading.arrays, vector(reading, plan)
    made = {(name, index) for name, found in plan.decisions.items() for index in found}
    beyond = (values < arrays.lower - SLACK) | (values > arrays.upper + SLACK)
    if not made <= reading.known or beyond[reading.decided].any():
        return None
    fixed = arrays.fixed(values, reading.decided)
    for tolerance in (1e-9, None):
        answer = maximise(fixed, replace(EXACTLY, tolerance=tolerance))
        if answer.objective is not None:
            return answer.objective
    return None


@dataclass(frozen=True)
class Verdicts:
    """What the model and the checker say of one plan: its worth by the model (None: no such plan), and its certificate at that claim."""

    model_musd: float | None
    certificate: Certificate

    @property
    def agree(self) -> bool:
        """Both accept it at one value, or neither does."""
        return self.certificate.ok == (self.model_musd is not None)

    def __str__(self) -> str:
        found = [f"({broken.tag}) {broken.words}" for broken in self.certificate.violations[:3]]
        return f"model: {self.model_musd}, checker: {float(self.certificate.objective_musd)} {found or 'no rule broken'}"


def judged(reading: Reading, plan: Plan) -> Verdicts:
    """A plan by both readings."""
    worth = model_value(reading, plan)
    return Verdicts(worth, verify(reading.instance, plan, worth))


def perturbed(reading: Reading, chance: random.Random, tries: int) -> Iterator[tuple[str, Plan]]:
    """Plans near the optimum, named by how they were made: one decision changed, another corner of the model, or one rule left out."""
    assert reading.plan is not None
    for number in range(tries):
        if number % 3 == 0:
            yield "nudged", nudged(reading, reading.plan, chance)
        elif number % 3 == 1 and (plan := corner(reading, reading.arrays, chance)) is not None:
            yield "corner", plan
            yield "nudged corner", nudged(reading, plan, chance)
        elif number % 3 == 2:
            rule, without = lawless(reading, chance)
            plan = corner(reading, without, chance) if chance.random() < 0.5 else best_of(reading, without)
            if plan is not None:
                yield f"without {rule}", plan


def nudged(reading: Reading, plan: Plan, chance: random.Random) -> Plan:
    """The plan with one decision changed by a unit or two or a small amount; mostly without dividends, which leaves cash for it."""
    made = {name: dict(found) for name, found in plan.decisions.items() if name != "dividends_musd" or chance.random() < 0.3}
    families = sorted({name for name, _ in reading.known})
    name = chance.choice(families)
    index = chance.choice(sorted(index for family, index in reading.known if family == name))
    old = made.get(name, {}).get(index, 0)
    steps = (-1, 1, 2) if FAMILIES[name].integer else (-old, -old / 2, -0.01, 0.01, 0.25)
    made.setdefault(name, {})[index] = max(0, old + chance.choice(steps))
    return Plan(plan.instance, {name: {key: value for key, value in found.items() if value} for name, found in made.items()})


def lawless(reading: Reading, chance: random.Random) -> tuple[str, Arrays]:
    """The model without the rows of one rule that the optimum meets with equality, and is no defining balance; and the name of the rule."""
    arrays = reading.arrays
    rules = np.array([label.rule for label in arrays.row_labels])
    loose = arrays.row_lower != arrays.row_upper
    rule = chance.choice(sorted(set(rules[loose & binding(reading)])))
    rows = (rules == rule) & loose
    upper, lower = np.where(rows, np.inf, arrays.row_upper), np.where(rows, -np.inf, arrays.row_lower)
    return rule, replace(arrays, row_lower=lower, row_upper=upper)


def binding(reading: Reading) -> NDArray[np.bool_]:
    """The rows that the optimum meets with equality and of which something is there at all."""
    arrays, values = reading.arrays, reading.answer.values
    assert values is not None
    matrix = csc_array((arrays.data, arrays.indices, arrays.starts), shape=(arrays.rows, arrays.columns))
    activity, size = matrix @ values, abs(matrix) @ abs(values)
    met = (abs(activity - arrays.row_lower) < CLOSE) | (abs(activity - arrays.row_upper) < CLOSE)
    return np.asarray(met & (size > CLOSE), dtype=np.bool_)


def best_of(reading: Reading, arrays: Arrays) -> Plan | None:
    """The optimal plan of another model of the same portfolio; None where there is none, or none is best."""
    answer = maximise(arrays, replace(EXACTLY, gap_fraction=0.01))
    return None if answer.values is None else extract(reading.instance, arrays, answer.values)


def corner(reading: Reading, arrays: Arrays, chance: random.Random) -> Plan | None:
    """A plan of the model for prices of its own on some decisions, mostly with one whole number changed; None where there is none."""
    assert reading.plan is not None
    plan = nudged(reading, reading.plan, chance)
    whole = reading.decided & reading.arrays.integer
    values, cost = vector(reading, plan), arrays.cost * chance.choice((0, 1))
    if (values[whole] > arrays.upper[whole]).any():
        return None
    upper = arrays.upper.copy()
    land_mw = sum(row.land_it_mw for row in reading.instance.sites)
    for column in np.flatnonzero(reading.decided & ~whole):
        cost[column] += chance.choice((0, 0, chance.uniform(-1, 1)))
        rule = arrays.column_labels[column].rule
        upper[column] = min(upper[column], land_mw if rule in MOVED else 1e3)
    answer = maximise(replace(arrays.fixed(values, whole), cost=cost, upper=np.where(whole, values, upper)), EXACTLY)
    return None if answer.values is None else extract(reading.instance, arrays, answer.values)
