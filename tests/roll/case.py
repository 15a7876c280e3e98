"""Runs to roll: of plans written down by hand, and of plans that are solved."""

from __future__ import annotations

from typing import Any

from planner import Plan, Rolled, Run, roll, verify
from planner.plan import FAMILIES
from planner_models.schema import Instance

Made = dict[str, dict[tuple[str, ...], float]]


def planned(instance: Instance, **made: dict[tuple[str, ...], float]) -> Run:
    """A run with a plan written down by hand, which must keep the rules."""
    assert set(made) <= set(FAMILIES)
    plan = Plan(instance.name, made)
    certificate = verify(instance, plan)
    assert certificate.ok, certificate.violations
    return Run(instance=instance, outcome="optimal", plan=plan, objective_musd=float(certificate.value_musd), certificate=certificate)


def worth(rolled: Rolled) -> float:
    """What is left of the plan is worth in the rolled instance; it must keep the rules."""
    certificate = verify(rolled.instance, rolled.plan)
    assert certificate.ok, certificate.violations
    return float(certificate.value_musd)


def row(instance: Instance, table: str, key: str) -> Any:
    """A row of a table by its id."""
    return next(row for row in getattr(instance, table) if row.key[0] == key)


def goes_on(run: Run, as_of: str) -> Rolled:
    """Roll without news: what is left is accepted and worth exactly what the old plan goes on to be worth."""
    rolled = roll(run, as_of)
    expected = rolled.continued_musd + rolled.released_musd
    assert rolled.notes == ()
    assert abs(worth(rolled) - expected) <= 1e-9 * max(1.0, abs(expected)), (as_of, worth(rolled), expected)
    return rolled
