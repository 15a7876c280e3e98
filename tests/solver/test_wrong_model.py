"""A model that says other than MATHS.md is found out: by the check of the plans that it makes, and by known plans that it does not have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyomo.environ as pyo
import pytest
from click.testing import CliRunner

import planner
from planner import Plan, Run, SolveOptions
from planner.claims import Known
from planner.cli import main
from planner.commands.solving import exit_code
from planner.report import plain
from planner_models.build import build
from planner_models.schema import Instance
from tests.example import everything
from tests.tiny import leased, meter, solved, worth

Change = Callable[[pyo.ConcreteModel], None]


@pytest.fixture
def wrong(monkeypatch: pytest.MonkeyPatch) -> Callable[[Change], None]:
    """Change every model that is built from now on."""

    def install(change: Change) -> None:
        def built(instance: Instance) -> pyo.ConcreteModel:
            model = build(instance)
            change(model)
            return model

        monkeypatch.setattr(planner.solving, "build", built)

    return install


def without_grid(model: pyo.ConcreteModel) -> None:
    """No limit on what the site draws."""
    for row in ("power.grid_limit", "colocation.lease_grid_limit"):
        model.find_component(row).deactivate()


def without_tenant(model: pyo.ConcreteModel) -> None:
    """No lease is ever started."""
    model.find_component("colocation.started").setub(0)


def test_a_plan_that_breaks_a_rule_is_shown_as_failed_though_doing_nothing_is_a_plan(wrong: Callable[[Change], None]) -> None:
    """Half of the grid that a tenant of 1 MW needs: the model lets him come. Every search is rejected and asked again."""
    wrong(without_grid)
    run = planner.solve(leased(grid=[meter(mw=0.5)]), SolveOptions(baseline=True))
    assert run.certificate is not None
    assert not run.certificate.ok
    assert len(run.claims) == 3
    assert [claim.rejected for claim in run.claims if not claim.rejected.startswith("its plan breaks rules: (4.6)")] == []
    assert (run.outcome, exit_code(run)) == ("solver_error", 9)
    page = " ".join(plain(run).split())
    assert "CHECK FAILED" in page
    assert "highs, seed 0 claimed that no plan is worth more than 112.000000 M$, but its plan breaks rules: (4.6)" in page
    assert page.count("REJECTED") == 3


def test_the_command_ends_with_9(wrong: Callable[[Change], None], tmp_path: Path) -> None:
    planner.write(leased(grid=[meter(mw=0.5)]), tmp_path / "mine")
    wrong(without_grid)
    done = CliRunner().invoke(main, ["solve", str(tmp_path / "mine"), "-o", str(tmp_path / "run")])
    assert done.exit_code == 9
    assert "CHECK FAILED" in done.output
    assert CliRunner().invoke(main, ["verify", str(tmp_path / "run")]).exit_code == 9


def test_a_known_plan_that_the_model_does_not_have_refutes_it(wrong: Callable[[Change], None], tmp_path: Path) -> None:
    """It is worth 12 M$ more than the bound, by the check of the plan as it is; that no claim stands is an error of the solver's side."""
    best = solved(leased())
    assert best.plan is not None
    wrong(without_tenant)
    run = planner.solve(leased(), SolveOptions(known=(best.plan,)))
    assert run.known == (Known("known plan 1", worth(best), "the model has no such plan"),)
    assert all(claim.refuted == "known plan 1 is worth 112.000000 M$ by the exact check" for claim in run.claims)
    assert (run.plan, run.outcome, exit_code(run)) == (best.plan, "solver_error", 8)
    page = " ".join(plain(run).split())
    assert "known plan 1 is worth 112.000000 M$ by the exact check, but the model has no such plan." in page
    run.save(tmp_path / "run")
    assert planner.load_run(tmp_path / "run").known == run.known


def test_known_plans_are_told_with_their_worth_or_why_they_are_none(tmp_path: Path) -> None:
    """On the page, and what is no plan of the instance on the error stream, be the page wanted or not."""
    best = solved(leased())
    assert best.plan is not None
    stranger = Plan("other", {"started": {("nobody", "site", "shell", "2027Q2"): 1}})
    run = planner.solve(leased(), SolveOptions(known=(stranger,), start=best.plan))
    assert [(known.who, known.musd) for known in run.known] == [("known plan 1", None), ("the start plan", worth(best))]
    assert run.objective_musd == pytest.approx(worth(best))
    page = " ".join(plain(run).split())
    assert "known plan 1 is no plan of this instance: (4." in page
    assert "the start plan is worth 112.000000 M$ by the exact check." in page
    planner.write(leased(), tmp_path / "mine")
    Run(instance=leased(), outcome="optimal", plan=stranger).save(tmp_path / "odd")
    done = CliRunner().invoke(main, ["solve", str(tmp_path / "mine"), "-q", "--known", str(tmp_path / "odd")])
    assert done.exit_code == 0
    assert done.stderr.startswith("note: known plan 1 is no plan of this instance: (4.")


def test_statements_that_do_not_tie_fail_the_run() -> None:
    run = solved(leased())
    checks = run.tables["checks"]
    assert run.sound
    loose = replace(run, tables={**run.tables, "checks": checks.assign(ties=[*checks["ties"][:-1], False])})
    assert not loose.sound
    assert exit_code(loose) == 9


def test_what_binds_is_told_of_a_start_plan_that_nothing_beats() -> None:
    best = solved(everything())
    again = planner.solve(everything(), SolveOptions(start=best.plan))
    prices = "worth_of_one_more_musd"
    assert best.tables["binding"][prices].max() > 0
    assert again.tables["binding"][prices].max() == pytest.approx(best.tables["binding"][prices].max())
