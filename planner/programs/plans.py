"""The plan of an instance in the values of any solver, found by the names that the columns have in its LP and MPS files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.plan import Plan
from planner.polish import extract
from planner.programs.program import program_of
from planner_models.schema import Instance


@dataclass(frozen=True)
class NamedPlan:
    """A plan read by names; `unknown` are values that are no column of the instance, `missing` columns without a value, taken as 0."""

    plan: Plan
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def plan_of(instance: Instance, values: Mapping[str, float]) -> NamedPlan:
    """The decisions in values by column name: whole numbers rounded, the others on the plan's grid and within their bounds.

    Solvers that list non-zeros only leave many columns out. A value under an unknown name is left out and told: the file may be of
    another instance.
    """
    program = program_of(instance)
    known = {name: value for name, value in values.items() if name in program.places}
    plan = extract(instance, program.arrays, program.vector(known))
    unknown, missing = (name for name in values if name not in known), (name for name in program.columns if name not in known)
    return NamedPlan(plan, tuple(unknown), tuple(missing))
