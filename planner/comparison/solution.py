"""A solution file of any solver as a side: what it says of the program of an instance, its columns read as a plan."""

from __future__ import annotations

from pathlib import Path

from planner.comparison.sides import CannotCompare, Side
from planner.comparison.stated import ASSUMED_GAP
from planner.fingerprint import fingerprints
from planner.programs.plans import plan_of
from planner.programs.solutions import read_solution
from planner_models.schema import Instance

MOST = 3
"""Names that a message tells."""


def side_of_solution(path: Path, instance: Instance, asked_gap: float = ASSUMED_GAP) -> Side:
    """The plan and the claim of a solution file, which does not tell the gap that was asked for.

    Raises CannotCompare where it is of another program, NotASolution where it is damaged.
    """
    solution = read_solution(path)
    if not solution.has_point:
        return Side(str(path), instance, None, solution.ended, solver=solution.solver, hashes=fingerprints(instance))
    named = plan_of(instance, solution.values)
    if named.unknown or not solution.values:
        some = ", ".join(named.unknown[:MOST]) or "none"
        allowed = f"the columns of the program that `planner model` writes for {instance.name}"
        raise CannotCompare(f"{path}: found {len(named.unknown)} unknown columns ({some}); allowed: {allowed}")
    return Side(
        who=f"{path} ({solution.solver})", instance=instance, plan=named.plan, ended=solution.ended, claimed_musd=solution.objective,
        bound_musd=solution.bound, asked_gap=asked_gap, solver=solution.solver, hashes=fingerprints(instance),
    )  # fmt: skip
