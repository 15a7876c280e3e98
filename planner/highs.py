"""Arrays to HiGHS and back: options, progress, interruption, and what its status words mean."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np

from planner.claims import Status
from planner.compile import Arrays, Vector
from planner.errors import ProgramRefused
from planner.interruptible import run_apart


@dataclass(frozen=True)
class Progress:
    """A moment of the search: best plan and bound in M$ (None while unknown), seconds, nodes; searches of single sites so far."""

    objective_musd: float | None
    bound_musd: float | None
    seconds: float
    nodes: int
    sites_priced: int = 0


@dataclass(frozen=True)
class Settings:
    """How to search: relative gap, seconds or None, threads (0 = solver's choice), seed; most nodes, None for no limit."""

    gap_fraction: float = 1e-4
    time_limit_s: float | None = None
    threads: int = 0
    seed: int = 0
    presolve: bool = True
    tolerance: float | None = None
    nodes: int | None = None


@dataclass(frozen=True)
class Answer:
    """What a solver claims: a status, and where it has them values, objective, bound and row duals; `nodes` that it searched."""

    status: Status
    values: Vector | None = None
    objective: float | None = None
    bound: float | None = None
    duals: Vector | None = None
    message: str = ""
    nodes: int | None = None


BY_COLUMNS = int(highspy.MatrixFormat.kColwise)
_WORDS: dict[Any, Status] = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kModelEmpty: "optimal",
    highspy.HighsModelStatus.kInfeasible: "infeasible",
    highspy.HighsModelStatus.kUnbounded: "unbounded",
    highspy.HighsModelStatus.kTimeLimit: "limit",
    highspy.HighsModelStatus.kSolutionLimit: "limit",
    highspy.HighsModelStatus.kInterrupt: "interrupted",
}


def maximise(
    arrays: Arrays,
    settings: Settings,
    *,
    start: Vector | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Answer:
    """Solve with HiGHS.

    `start` is a feasible point to begin from. `stop` ends the search at the solver's next
    look; a KeyboardInterrupt in the calling thread does the same once and passes on the second time.
    """
    solver = hand_over(arrays, settings)
    if start is not None:
        known = highspy.HighsSolution()
        known.col_value = start.tolist()
        solver.setSolution(known)
    stopping = stop or threading.Event()
    _listen(solver, arrays, progress, stopping)
    run_apart(solver.run, stopping)
    answer = _answer(solver, arrays)
    if answer.message == "kUnboundedOrInfeasible" and settings.presolve:
        # Presolve cannot always tell which; without it HiGHS can.
        return maximise(arrays, replace(settings, presolve=False), start=start, progress=progress, stop=stopping)
    return answer


def loosened(arrays: Arrays, groups: Sequence[Sequence[int]], by: float = 1.0) -> list[float]:
    """What the optimum of a linear program gains when the rows of each group together are loosened by `by`, in M$.

    Re-solved from the optimal basis; a group whose re-solve fails gains 0, and gains are never negative.
    """
    if not groups:
        return []
    solver = hand_over(arrays, Settings())
    solver.run()
    base, gains = solver.getInfo().objective_function_value, []
    for rows in groups:
        for row in rows:
            solver.changeRowBounds(row, arrays.row_lower[row] - by, arrays.row_upper[row] + by)
        solver.run()
        solved = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        gains.append(max(0.0, solver.getInfo().objective_function_value - base) if solved else 0.0)
        for row in rows:
            solver.changeRowBounds(row, arrays.row_lower[row], arrays.row_upper[row])
    return gains


def hand_over(arrays: Arrays, settings: Settings) -> highspy.Highs:
    """A HiGHS instance that holds the program, not yet run."""
    solver = highspy.Highs()
    options: dict[str, Any] = {
        "output_flag": True,  # without it HiGHS reports no progress either
        "log_to_console": False,
        "mip_rel_gap": settings.gap_fraction,
        "random_seed": settings.seed,
        "presolve": "choose" if settings.presolve else "off",
    }
    if settings.time_limit_s is not None:
        options["time_limit"] = settings.time_limit_s
    if settings.threads:
        options["threads"] = settings.threads
    if settings.tolerance is not None:
        options["primal_feasibility_tolerance"] = options["dual_feasibility_tolerance"] = settings.tolerance
    if settings.nodes is not None:
        options["mip_max_nodes"] = settings.nodes
    for name, value in options.items():
        solver.setOptionValue(name, value)
    numbers = np.isfinite(arrays.cost).all() and np.isfinite(arrays.data).all()
    status = solver.passModel(
        arrays.columns, arrays.rows, len(arrays.data), BY_COLUMNS, int(highspy.ObjSense.kMaximize), arrays.offset,
        arrays.cost, arrays.lower, arrays.upper, arrays.row_lower, arrays.row_upper,
        arrays.starts, arrays.indices, arrays.data, arrays.integer.astype(np.int32),
    )  # fmt: skip
    if status == highspy.HighsStatus.kError or not numbers:
        raise ProgramRefused("HiGHS does not take the program: a number in it is none, infinite or above 1e15, or bounds make no sense")
    return solver


def _listen(solver: highspy.Highs, arrays: Arrays, progress: Callable[[Progress], None] | None, stopping: threading.Event) -> None:
    """Ask HiGHS to look at `stopping`, and to tell how far it is."""

    def look(event: Any) -> None:
        if stopping.is_set():
            event.interrupt()

    for watched in (solver.cbMipInterrupt, solver.cbSimplexInterrupt, solver.cbIpmInterrupt):
        watched.subscribe(look)
    if progress is None or not arrays.integer.any():
        return
    tell = progress

    def report(event: Any) -> None:
        data = event.data_out
        tell(Progress(_finite(data.mip_primal_bound), _finite(data.mip_dual_bound), data.running_time, max(0, data.mip_node_count)))

    solver.cbMipLogging.subscribe(report)


def _finite(value: float) -> float | None:
    return value if abs(value) < 1e29 else None


def _answer(solver: highspy.Highs, arrays: Arrays) -> Answer:
    model_status, info = solver.getModelStatus(), solver.getInfo()
    nodes = max(0, int(info.mip_node_count)) if arrays.integer.any() else None
    status = _WORDS.get(model_status, "error")
    message = "" if status in ("optimal", "infeasible", "unbounded") else model_status.name
    has_point = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    if status in ("infeasible", "unbounded") or not has_point:
        bound = _finite(info.mip_dual_bound) if arrays.integer.any() and status in ("limit", "interrupted") else None
        return Answer(status, bound=bound, message=message, nodes=nodes)
    solution = solver.getSolution()
    objective = float(info.objective_function_value)
    bound = _finite(info.mip_dual_bound) if arrays.integer.any() else objective if status == "optimal" else None
    duals = np.array(solution.row_dual, dtype=float) if solution.dual_valid else None
    return Answer(status, np.array(solution.col_value, dtype=float), objective, bound, duals, message, nodes)
