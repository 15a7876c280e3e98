"""Instances on which a release of a solver claims a wrong optimum, each with a better plan that the checker accepts.

`portfolio_31`: HiGHS 1.15.1 ends with "optimal, gap 0" at 28.245826 M$ with seeds 0 and 1; SCIP finds 34.996171.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import planner
from planner import Instance, Plan, SolveOptions

CANARIES = Path(__file__).parents[1] / "data" / "canaries"
BEST_MUSD = {"portfolio_31": 34.99617055797702}


def canary(name: str) -> tuple[Instance, Plan]:
    """The instance and the better plan."""
    instance = Instance.model_validate_json((CANARIES / f"{name}.instance.json").read_text())
    return instance, Plan.from_json((CANARIES / f"{name}.plan.json").read_text())


@pytest.mark.parametrize("name", BEST_MUSD)
def test_the_better_plan_is_a_plan(name: str) -> None:
    certificate = planner.verify(*canary(name))
    assert certificate.ok, certificate.violations
    assert float(certificate.value_musd) == pytest.approx(BEST_MUSD[name], rel=1e-9)


@pytest.mark.parametrize("name", BEST_MUSD)
def test_from_the_better_plan_the_solver_finds_it(name: str) -> None:
    """A plan at hand keeps a search from ending below it."""
    instance, plan = canary(name)
    run = planner.solve(instance, SolveOptions(start=plan, threads=1))
    assert run.value_musd == pytest.approx(BEST_MUSD[name], rel=1e-9)
    assert run.bound_musd is not None
    assert run.bound_musd >= BEST_MUSD[name] - 1e-6


@pytest.mark.parametrize("name", BEST_MUSD)
def test_scip_is_right(name: str) -> None:
    run = planner.solve(canary(name)[0], SolveOptions(solver="scip"))
    assert run.value_musd == pytest.approx(BEST_MUSD[name], rel=1e-6)
