"""Arrays to SCIP and back: the second opinion, on exactly the program that HiGHS is given."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.sparse import csc_matrix

from planner.claims import Status
from planner.compile import Arrays, Vector
from planner.errors import SolverMissing
from planner.highs import Answer, Progress, Settings
from planner.interruptible import run_apart

_WORDS: dict[str, Status] = {
    "optimal": "optimal",
    "gaplimit": "optimal",
    "infeasible": "infeasible",
    "unbounded": "unbounded",
    "timelimit": "limit",
    "nodelimit": "limit",
    "userinterrupt": "interrupted",
}
_PLAIN = {
    "timelimit": "the time limit was reached",
    "nodelimit": "its limit on nodes was reached",
    "memlimit": "its limit on memory was reached",
    "userinterrupt": "it was interrupted",
}
"""What SCIP calls an early end, in words of the page."""


def version() -> str:
    """`SCIP 10.0.2 (PySCIPOpt 6.3.0)`. Raises SolverMissing without PySCIPOpt."""
    package = _package()
    model = package.Model()
    return f"SCIP {model.getMajorVersion()}.{model.getMinorVersion()}.{model.getTechVersion()} (PySCIPOpt {package.__version__})"


def maximise(
    arrays: Arrays,
    settings: Settings,
    *,
    start: Vector | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Answer:
    """Solve with SCIP, which works in one thread whatever the settings allow. Raises SolverMissing without PySCIPOpt.

    `start` is a feasible point to begin from. `stop` ends the search at once with the best point and bound so far;
    a KeyboardInterrupt in the calling thread does the same once and passes on the second time.
    """
    package = _package()
    model, columns = _hand_over(package, arrays, settings)
    if start is not None:
        known = model.createSol()
        for column, value in zip(columns, start.tolist(), strict=True):
            known[column] = value
        model.addSol(known)
    if progress is not None:
        _listen(package, model, progress)
    stopping = stop or threading.Event()
    try:
        run_apart(model.optimizeNogil, stopping, model.interruptSolve)
    except Exception as error:  # PySCIPOpt raises bare ones for SCIP's error codes
        return Answer("error", message=f"scip: {error}")
    if model.getStatus() == "inforunbd" and settings.presolve:
        # Presolve cannot always tell which; without it SCIP can.
        return maximise(arrays, replace(settings, presolve=False), start=start, progress=progress, stop=stopping)
    return _answer(model, columns, arrays)


def _package() -> Any:
    try:
        return importlib.import_module("pyscipopt")
    except ImportError:
        raise SolverMissing("scip") from None


def _hand_over(package: Any, arrays: Arrays, settings: Settings) -> tuple[Any, list[Any]]:
    """A SCIP model that holds the program, not yet run, and its columns."""
    model = package.Model()
    model.hideOutput()
    model.setParams(_parameters(settings))
    if not settings.presolve:
        model.setPresolve(package.SCIP_PARAMSETTING.OFF)

    def within(sides: Vector) -> list[float]:
        # SCIP's infinity is 1e20
        return list(np.clip(sides, -model.infinity(), model.infinity()).tolist())

    listed = zip(within(arrays.lower), within(arrays.upper), arrays.cost.tolist(), arrays.integer.tolist(), strict=True)
    columns = [model.addVar(lb=low, ub=high, obj=cost, vtype="I" if whole else "C") for low, high, cost, whole in listed]
    model.setMaximize()
    model.addObjoffset(arrays.offset)
    rows = csc_matrix((arrays.data, arrays.indices, arrays.starts), shape=(arrays.rows, arrays.columns)).tocsr()
    starts, indices, data = rows.indptr.tolist(), rows.indices.tolist(), rows.data.tolist()
    for row, (low, high) in enumerate(zip(within(arrays.row_lower), within(arrays.row_upper), strict=True)):
        held = slice(starts[row], starts[row + 1])
        terms = (value * columns[column] for column, value in zip(indices[held], data[held], strict=True))
        model.addCons(package.ExprCons(package.quicksum(terms), low, high))
    return model, columns


def _parameters(settings: Settings) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        "limits/gap": settings.gap_fraction,
        "randomization/randomseedshift": settings.seed,
        "misc/catchctrlc": False,  # Ctrl-C is Python's to hear
    }
    if settings.time_limit_s is not None:
        parameters["limits/time"] = settings.time_limit_s
    if settings.nodes is not None:
        parameters["limits/nodes"] = settings.nodes
    if settings.tolerance is not None:
        parameters["numerics/feastol"] = parameters["numerics/dualfeastol"] = settings.tolerance
    return parameters


def _listen(package: Any, model: Any, tell: Callable[[Progress], None]) -> None:
    """Have SCIP tell how far it is: at each better point and each solved node."""

    def report(running: Any, _event: Any) -> None:
        plan, bound = running.getPrimalbound(), running.getDualbound()
        tell(Progress(_finite(running, plan), _finite(running, bound), running.getSolvingTime(), running.getNNodes()))

    watched = package.SCIP_EVENTTYPE
    model.attachEventHandlerCallback(report, [watched.BESTSOLFOUND, watched.NODESOLVED])


def _finite(model: Any, value: float) -> float | None:
    return value if abs(value) < model.infinity() else None


def _answer(model: Any, columns: list[Any], arrays: Arrays) -> Answer:
    word = model.getStatus()
    status = _WORDS.get(word, "error")
    message = "" if status in ("optimal", "infeasible", "unbounded") else _PLAIN.get(word, word)
    nodes = int(model.getNTotalNodes())
    if status in ("infeasible", "unbounded"):
        return Answer(status, nodes=nodes)
    bound = _finite(model, model.getDualbound())
    if model.getNSols() == 0:
        return Answer(status, bound=bound, message=message, nodes=nodes)
    best = model.getBestSol()
    values = np.array([best[column] for column in columns], dtype=float)
    return Answer(status, values, float(arrays.cost @ values + arrays.offset), bound, message=message, nodes=nodes)
