"""The shipped instances keep their value: two seeds and SCIP, judged on the intervals [plan, bound]; no faults, no dead inputs."""

from __future__ import annotations

import functools
import json
import re

import pytest

import planner
from planner.runs import Run
from tests.check.mutate import mutations
from tests.shipped import FOLDER as INSTANCES
from tests.shipped import NAMES


@functools.cache
def solved(name: str, solver: str = "highs", seed: int | None = None) -> Run:
    """One shipped instance solved with its own options."""
    options = planner.SolveOptions(solver=solver, seed=seed, baseline=seed is None and solver == "highs")
    return planner.solve(planner.load(INSTANCES / name), options)


def expected(name: str) -> dict[str, float]:
    """What the instance's expected.json promises."""
    return dict(json.loads((INSTANCES / name / "expected.json").read_text()))


def agree(run: Run, promise: dict[str, float]) -> bool:
    """Whether [plan, bound] of the run and of the promise overlap, within 1e-6 relative and 1e-6 M$."""
    assert run.value_musd is not None
    assert run.bound_musd is not None
    slack = 1e-6 + 1e-6 * abs(promise["objective_musd"])
    return run.value_musd <= promise["bound_musd"] + slack and promise["objective_musd"] <= run.bound_musd + slack


def test_all_instances_of_the_readme_are_there() -> None:
    """The README names each, and no other is shipped."""
    named = re.findall(r"\]\(instances/(\w+)/README\.md\)", (INSTANCES.parent / "README.md").read_text())
    assert sorted(named) == NAMES


SMALL = ("one_site", "rockdale", "shell_100mw")
"""Those that a second seed and SCIP solve in every run of the tests; the others, up to a minute each, in the long proof."""
QUICK = [pytest.param(name, marks=[pytest.mark.prove] if name in ("cross_iso", "public_company") else []) for name in NAMES]
"""The names, the largest for the long proof only: up to half a minute to solve anew in each process that tests."""
CLAIMS = [
    pytest.param(name, solver, seed, marks=[] if name in SMALL or (solver, seed) == ("highs", None) else [pytest.mark.prove])
    for name in NAMES
    for solver, seed in (("highs", None), ("highs", 1), ("scip", None))
]


@pytest.mark.parametrize(("name", "solver", "seed"), CLAIMS)
def test_value_agrees_with_what_was_promised(name: str, solver: str, seed: int | None) -> None:
    """Each claims a plan and a bound; intervals that do not overlap mean that one of them is wrong."""
    run = solved(name, solver, seed)
    assert run.outcome in ("optimal", "within_gap")
    assert run.gap_fraction is not None
    assert run.gap_fraction <= 1e-4
    assert run.certificate is not None
    assert run.certificate.ok, run.certificate.violations
    assert agree(run, expected(name)), (run.value_musd, run.bound_musd, expected(name))


@pytest.mark.parametrize("name", NAMES)
def test_the_instance_has_no_faults_and_every_source(name: str) -> None:
    """`planner check` finds nothing; each row says where it comes from."""
    report = planner.examine(INSTANCES / name)
    assert report.problems == ()
    assert report.instance is not None
    for table in ("sites", "halls", "leases", "asic_models", "power_prices", "grid"):
        for row in getattr(report.instance, table):
            assert row.source, (table, row)


@pytest.mark.parametrize("name", QUICK)
def test_each_mutation_of_the_plan_is_rejected_by_its_rule(name: str) -> None:
    """The plan of a real instance, changed against one rule at a time: the checker names that rule."""
    run = solved(name)
    assert run.plan is not None
    assert run.certificate is not None
    seen = set()
    for tag, plan in mutations(run.instance, run.plan, run.certificate):
        found = {violation.tag for violation in planner.verify(run.instance, plan).violations}
        assert tag in found, (tag, found)
        seen.add(tag)
    assert len(seen) >= 12


@pytest.mark.prove
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(2, 6))
def test_more_seeds(name: str, seed: int) -> None:
    """The long proof: no seed disagrees."""
    assert agree(solved(name, "highs", seed), expected(name))
