"""Any other solver that Pyomo knows, as a further opinion: model in, the same answer as HiGHS out."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pyomo.environ as pyo
from pyomo.common.errors import ApplicationError
from pyomo.opt import TerminationCondition

from planner.claims import Status
from planner.compile import Arrays
from planner.errors import SolverMissing
from planner.highs import Answer, Settings

_GAP_OPTION = {
    "cbc": "ratioGap", "glpk": "mipgap", "gurobi": "MIPGap", "gurobi_direct": "MIPGap", "cplex": "mip_tolerances_mipgap",
}  # fmt: skip
_WORDS: dict[Any, Status] = {
    TerminationCondition.optimal: "optimal",
    TerminationCondition.infeasible: "infeasible",
    TerminationCondition.unbounded: "unbounded",
    TerminationCondition.maxTimeLimit: "limit",
    TerminationCondition.userInterrupt: "interrupted",
}


def maximise_with(name: str, model: pyo.ConcreteModel, arrays: Arrays, settings: Settings) -> Answer:
    """Solve the Pyomo model with the solver called `name`. Raises SolverMissing when it is not installed."""
    solver = _found(name)
    keywords: dict[str, Any] = {"load_solutions": False}
    if settings.time_limit_s is not None:
        keywords["timelimit"] = settings.time_limit_s
    config = getattr(solver, "config", {})
    told = next((option for option in ("rel_gap", "mip_gap") if option in config), None)
    if told is not None:
        config[told] = settings.gap_fraction
    elif name in _GAP_OPTION:
        solver.options[_GAP_OPTION[name]] = settings.gap_fraction
    try:
        results = solver.solve(model, **keywords)
    except (RuntimeError, ValueError, OSError, ApplicationError) as error:
        return Answer("error", message=f"{name}: {error}")
    status = _WORDS.get(results.solver.termination_condition, "error")
    message = "" if status == "optimal" else str(results.solver.termination_condition)
    bound = _number(results.problem.upper_bound)
    if status in ("infeasible", "unbounded", "error") or len(results.solution) == 0:
        return Answer(status, bound=bound, message=message)
    model.solutions.load_from(results)
    values = np.array([0.0 if variable.value is None else float(variable.value) for variable in arrays.variables])
    return Answer(status, values, float(arrays.cost @ values + arrays.offset), bound, message=message)


def _found(name: str) -> Any:
    """The solver, or `name`_direct where only the Python package of it is there."""
    quiet = logging.getLogger("pyomo.opt")
    level = quiet.level
    quiet.setLevel(logging.CRITICAL)
    try:
        for candidate in (name, f"{name}_direct"):
            try:
                solver = pyo.SolverFactory(candidate)
                if solver.available(exception_flag=False):
                    return solver
            except (ValueError, RuntimeError):
                continue
    finally:
        quiet.setLevel(level)
    raise SolverMissing(name)


def _number(value: Any) -> float | None:
    number = float(value) if isinstance(value, int | float) else None
    return number if number is not None and np.isfinite(number) else None
