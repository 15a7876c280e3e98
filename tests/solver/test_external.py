"""Solvers through Pyomo: the same status words, plan and bound as from HiGHS itself."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pyomo.environ as pyo
import pytest
from pyomo.opt import SolverResults

from planner import external
from planner.compile import compile_model
from planner.errors import SolverMissing
from planner.external import maximise_with
from planner.highs import Answer, Settings

EXACT = Settings(gap_fraction=0)
INSTALLED = ("appsi_highs", "scip_direct")


def knapsack(items: int = 3, *, room: float = 7, low: float = 0, high: float | None = 3) -> pyo.ConcreteModel:
    """max 100 + 3a + 2b + 4c, 2a + 3b + 4c <= room, whole numbers from low to high; with more items the same again."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(items), domain=pyo.Integers, bounds=(low, high))
    worth, weight = ([figures[i % 3] + i // 3 for i in range(items)] for figures in ((3, 2, 4), (2, 3, 4)))
    model.room_limit = pyo.Constraint(expr=sum(weight[i] * model.x[i] for i in range(items)) <= room)
    model.value = pyo.Objective(expr=100 + sum(worth[i] * model.x[i] for i in range(items)), sense=pyo.maximize)
    return model


def asked(name: str, model: pyo.ConcreteModel, settings: Settings = EXACT) -> Answer:
    """What the solver called `name` answers."""
    return maximise_with(name, model, compile_model(model), settings)


@pytest.mark.parametrize("name", INSTALLED)
def test_the_optimum_comes_with_its_values_and_bound(name: str) -> None:
    """a = 3 weighs 6 of 7 and is worth 109; the constant counts in plan and bound."""
    answer = asked(name, knapsack())
    assert answer.status == "optimal"
    assert answer.values == pytest.approx([3, 0, 0])
    assert (answer.objective, answer.bound) == (pytest.approx(109), pytest.approx(109))


@pytest.mark.parametrize("name", INSTALLED)
def test_no_plan_is_told(name: str) -> None:
    """Ten of each at least weigh 90, with room for 7: no plan, no value."""
    answer = asked(name, knapsack(low=10, high=20))
    assert (answer.status, answer.values, answer.objective) == ("infeasible", None, None)


@pytest.mark.parametrize("name", INSTALLED)
def test_a_solver_that_fails_is_an_answer(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A licence, a crash, a refused option: an error in words, not a traceback."""

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("no licence")

    solver = SimpleNamespace(solve=fail, options={})
    monkeypatch.setattr(external, "_found", lambda _: solver)
    answer = asked(name, knapsack())
    assert (answer.status, answer.message) == ("error", f"{name}: no licence")


@pytest.mark.parametrize(("name", "option"), [("cbc", "ratioGap"), ("glpk", "mipgap"), ("gurobi", "MIPGap"), ("own", None)])
def test_gap_and_seconds_reach_a_solver_under_its_own_names(name: str, option: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Classic interfaces take the seconds as a keyword and the gap as an option of their own."""
    seen: dict[str, Any] = {}

    def solve(_model: Any, **keywords: Any) -> SolverResults:
        seen.update(keywords)
        return SolverResults()

    solver = SimpleNamespace(solve=solve, options={})
    monkeypatch.setattr(external, "_found", lambda _: solver)
    asked(name, knapsack(), Settings(gap_fraction=0.125, time_limit_s=9))
    assert seen == {"load_solutions": False, "timelimit": 9}
    assert solver.options == ({} if option is None else {option: 0.125})


@pytest.mark.parametrize(("name", "option"), [("appsi_highs", "mip_gap"), ("scip_direct", "rel_gap")])
def test_gap_reaches_the_newer_interfaces(name: str, option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """They take it in their configuration."""
    solver = external._found(name)
    monkeypatch.setattr(external, "_found", lambda _: solver)
    asked(name, knapsack(), Settings(gap_fraction=0.125))
    assert solver.config[option] == 0.125


def test_scip_is_found_under_its_direct_name_only_where_asked() -> None:
    """A name with an interface to the Python package alone is found as `<name>_direct`."""
    assert external._found("scip_direct").available()


def test_a_solver_that_is_not_there_is_named() -> None:
    """Before anything is solved."""
    with pytest.raises(SolverMissing, match="'no_such_solver' is not installed"):
        asked("no_such_solver", knapsack())
