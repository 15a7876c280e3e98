"""Instance to Run: outcomes, seeds, other solvers, start plans, and why the tightening rows are there."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

import planner
from planner import SolveOptions, solve
from planner.compile import compile_model
from planner.errors import BadOption, SolverMissing
from planner.highs import Answer, Settings, maximise
from planner.plan import FAMILIES, Plan
from planner.runs import Run
from planner_models.build import build
from planner_models.schema import Instance
from tests.example import DATA, everything


@pytest.fixture(scope="module")
def run() -> Run:
    """The instance that uses every rule, solved to the end."""
    return solve(everything(), SolveOptions(gap_fraction=0.0))


def agree(one: Run, other: Run) -> bool:
    """Whether the intervals [plan, bound] of two runs overlap, within 1e-6 relative and 1e-6 M$."""
    assert one.value_musd is not None
    assert one.bound_musd is not None
    assert other.value_musd is not None
    assert other.bound_musd is not None
    slack = 1e-6 + 1e-6 * abs(one.value_musd)
    return one.value_musd <= other.bound_musd + slack and other.value_musd <= one.bound_musd + slack


def test_a_run_holds_a_checked_plan_and_a_true_bound(run: Run) -> None:
    """Optimal, the checker content, its value the model's to 1e-6, the bound not below."""
    assert run.outcome == "optimal"
    assert run.certificate is not None
    assert run.certificate.ok, run.certificate.violations
    assert run.value_musd == pytest.approx(run.objective_musd, rel=1e-6)
    assert run.bound_musd is not None
    assert run.value_musd is not None
    assert run.bound_musd >= run.value_musd - 1e-6 * abs(run.value_musd)


def test_every_use_is_real_in_the_example(run: Run) -> None:
    """The example mines, leases and sells GPU hours, so that its certificate says something about each."""
    assert run.plan is not None
    for family in ("hosted_mw", "started", "deployed_clusters", "converted_lots", "run_mw", "sold_mw", "drawn_musd", "dividends_musd"):
        assert run.plan.decisions.get(family), family


@pytest.mark.parametrize("seed", [1, 2])
def test_seeds_agree(run: Run, seed: int) -> None:
    """Another seed may find another plan, never another value."""
    assert agree(run, solve(everything(), SolveOptions(seed=seed)))


def test_scip_agrees(run: Run) -> None:
    """A second solver, through Pyomo, on the same model: same status, same interval, a plan that the checker accepts."""
    other = solve(everything(), SolveOptions(solver="scip"))
    assert other.outcome in ("optimal", "within_gap")
    assert other.certificate is not None
    assert other.certificate.ok, other.certificate.violations
    assert agree(run, other)


def test_a_missing_solver_is_named() -> None:
    """A name that is not installed ends in one clear word, before any plan."""
    with pytest.raises(SolverMissing, match="'no_such_solver' is not installed"):
        solve(everything(), SolveOptions(solver="no_such_solver"))


def test_an_infeasible_instance_has_no_plan() -> None:
    """A mandatory lease of 90 MW x 1.35 on 110 MW of grid before any upgrade: infeasible, no plan, no value, no table."""
    big = everything(leases=[{**DATA["leases"][0], "it_mw": 90.0, "drop_dead": "2027-10"}], lease_sites=[DATA["lease_sites"][0]])
    run = solve(big)
    assert (run.outcome, run.plan, run.value_musd, dict(run.tables)) == ("infeasible", None, None, {})


def test_a_mandatory_lease_without_any_placement_is_infeasible() -> None:
    """The schema refuses such a lease; should one slip past it, row (4.3) makes the model infeasible rather than fail to build."""
    instance = everything()
    homeless = instance.leases[0].model_copy(update={"product": "powered_land"})
    assert solve(instance.model_copy(update={"leases": (homeless, *instance.leases[1:])})).outcome == "infeasible"


def test_a_start_plan_is_used(run: Run) -> None:
    """With the optimum as start even a search that stops at once gives its value."""
    again = solve(everything(), SolveOptions(start=run.plan, time_limit_s=1e-3))
    assert again.outcome in ("optimal", "within_gap", "time_limit_with_plan")
    assert again.value_musd == pytest.approx(run.value_musd, rel=1e-6)


def test_a_start_plan_that_does_not_fit_is_set_aside(run: Run) -> None:
    """The start converts two lots where one is allowed: ignored, and the search goes on without it."""
    changed = everything().with_("conversions.refit.max_lots", 1)
    again = solve(changed, SolveOptions(start=run.plan))
    assert again.value_musd == pytest.approx(solve(changed).value_musd, rel=1e-4)


@pytest.mark.parametrize(
    ("status", "values", "outcome"),
    [
        ("limit", False, "time_limit_without_plan"),
        ("unbounded", False, "unbounded"),
        ("interrupted", False, "interrupted"),
        ("error", False, "solver_error"),
        ("limit", True, "time_limit_with_plan"),
        ("interrupted", True, "interrupted"),
    ],
)
def test_outcomes_are_told_apart(monkeypatch: pytest.MonkeyPatch, status: str, values: bool, outcome: str) -> None:
    """Whatever the solver ends with has its own word, and a plan is kept whenever there is one."""

    def ended(arrays: object, settings: Settings, **_: object) -> Answer:
        if settings.tolerance is not None:
            return maximise(arrays, settings)  # type: ignore[arg-type]
        found = maximise(arrays, Settings()).values if values else None  # type: ignore[arg-type]
        return Answer(status, found, None if found is None else 0.0, None)  # type: ignore[arg-type]

    monkeypatch.setattr("planner.solving.maximise", ended)
    run = solve(everything())
    assert run.outcome == outcome
    assert (run.plan is not None) == values


def test_a_plan_that_breaks_a_rule_is_not_called_good(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole numbers of the solver that leave no feasible plan are its failure, not a plan."""

    def wrong(arrays: object, settings: Settings, **_: object) -> Answer:
        found = maximise(arrays, Settings())  # type: ignore[arg-type]
        if settings.tolerance is None and found.values is not None and arrays.integer.any():  # type: ignore[attr-defined]
            broken = np.where(arrays.integer, arrays.upper, found.values)  # type: ignore[attr-defined]
            return Answer("optimal", broken, found.objective, found.bound)
        return maximise(arrays, settings)  # type: ignore[arg-type]

    monkeypatch.setattr("planner.solving.maximise", wrong)
    run = solve(everything())
    assert (run.outcome, run.plan) == ("solver_error", None)


def relaxed_value(instance: Instance, without: str | None = None) -> float:
    """Optimum of the LP relaxation, with one family of rows of the leases left out."""
    model = build(instance)
    if without is not None:
        model.colocation.component(without).deactivate()
    arrays = compile_model(model)
    value = maximise(replace(arrays, integer=np.zeros(arrays.columns, dtype=bool)), Settings()).objective
    assert value is not None
    return value


@pytest.mark.parametrize("row", ["lease_module_limit", "lease_grid_limit", "lease_equipment_limit"])
def test_tightening_rows_exclude_no_plan(row: str) -> None:
    """(4.5)-(4.7) are implied for whole numbers: leaving one out does not change the optimum."""
    model = build(everything())
    model.colocation.component(row).deactivate()
    left_out = maximise(compile_model(model), Settings(gap_fraction=0)).objective
    assert left_out == pytest.approx(solve(everything(), SolveOptions(gap_fraction=0.0)).objective_musd, rel=1e-6)


def test_module_rows_tighten_the_relaxation() -> None:
    """A lease of 30 MW on modules of 20 needs 2 modules, not 1.5: without (4.5) the bound is looser by a share of a hall's price."""
    assert relaxed_value(everything(), "lease_module_limit") > relaxed_value(everything()) + 1.0


def _value(seed: int) -> float | None:
    return solve(everything(), SolveOptions(seed=seed)).value_musd


def test_whole_solves_run_side_by_side(run: Run) -> None:
    """Building, solving and checking in two threads, and in two spawned processes, give what one alone gives."""
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(_value, range(4))) == [pytest.approx(run.value_musd, rel=1e-4)] * 4
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(_value, range(2))) == [pytest.approx(run.value_musd, rel=1e-4)] * 2


def test_the_function_is_not_hidden_by_a_module() -> None:
    """`planner.solve` stays the function after everything behind it is imported."""
    assert callable(planner.solve)
    assert planner.solve is solve


def test_plans_survive_their_text(run: Run) -> None:
    """plan.json holds every decision to the last digit."""
    assert run.plan is not None
    again = Plan.from_json(run.plan.to_json())
    assert again == run.plan
    assert set(again.decisions) <= set(FAMILIES)


def test_the_first_solves_of_a_process_may_run_in_threads() -> None:
    """Four cold threads: Pyomo's compiler is initialised once, not raced for."""
    code = (
        "from concurrent.futures import ThreadPoolExecutor\nimport planner\nfrom tests.example import everything\ni = everything()\n"
        "with ThreadPoolExecutor(4) as pool: print({round(r.value_musd, 3) for r in pool.map(planner.solve, [i] * 4)})"
    )
    root = Path(__file__).parents[2]
    path = os.pathsep.join([str(root), str(root / "models")])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, env={**os.environ, "PYTHONPATH": path})
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(",") == 0


@pytest.mark.parametrize(
    "bad", [{"gap_fraction": -1}, {"gap_fraction": "x"}, {"time_limit_s": float("nan")}, {"threads": -3}, {"seed": -1}]
)
def test_options_that_make_no_sense_are_refused(bad: dict[str, object]) -> None:
    """Before anything is built."""
    with pytest.raises(BadOption, match=next(iter(bad))):
        solve(everything(), SolveOptions(**bad))  # type: ignore[arg-type]


def test_a_path_is_not_an_instance() -> None:
    """The error says what to do."""
    with pytest.raises(TypeError, match=r"planner\.load"):
        solve("instances/one_site")  # type: ignore[arg-type]
