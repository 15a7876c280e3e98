"""The best plan of one site at given prices of what the company shares: work for a backend."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import highspy
import numpy as np

from planner.compile import Arrays, Vector
from planner.engine.split import Part
from planner.highs import Settings, hand_over

MOST_POINTS = 8
"""Most plans of a site that one search hands on: the best, and the last ones that it found on the way."""
LEFT_OUT = ("mip_allow_restart", "mip_heuristic_run_rins", "mip_heuristic_run_rens", "mip_heuristic_run_root_reduced_cost")
"""What does not pay on programs of a thousand columns: without it a search takes two thirds of the time."""
Limits = dict[int, tuple[float, float]]
"""Least and most of what a site puts into a row of the company, by the row's number in `Split.rows`."""


@dataclass(frozen=True)
class Order:
    """How to search a part: absolute gap in M$, most nodes, a plan to start from, limits on counts, seed and presolve of HiGHS.

    Nodes, not seconds: the answer must not depend on how busy the machine is.
    """

    gap_musd: float
    nodes: int
    start: Vector | None = None
    limits: Limits = field(default_factory=dict)
    seed: int = 0
    presolve: bool = True


@dataclass(frozen=True)
class Priced:
    """What a search found: its bound at the prices (infinite where it claims none, minus that where it says that the site has no plan),

    plans of the site, the best first; seconds of the thread.
    """

    bound_musd: float
    points: tuple[Vector, ...]
    seconds: float


def make(part: Part) -> Part:
    """What a worker keeps of a part: its arrays. HiGHS reads them in a millisecond, and an object that is used again remembers."""
    return part


def price(part: Part, prices: Vector, order: Order) -> Priced:
    """Maximise what the site is worth by itself less what it takes of the company's rows at `prices` (M$ per unit of each row)."""
    began = time.thread_time()
    solver = hand_over(
        _limited(part, prices, order.limits),
        Settings(gap_fraction=0.0, threads=1, seed=order.seed, presolve=order.presolve, nodes=order.nodes),
    )
    options = {"output_flag": False, "mip_abs_gap": order.gap_musd, "mip_improving_solution_save": True} | dict.fromkeys(LEFT_OUT, False)
    for name, value in options.items():
        solver.setOptionValue(name, value)
    if order.start is not None:
        known = highspy.HighsSolution()
        known.col_value = order.start.tolist()
        solver.setSolution(known)
    solver.run()
    return _priced(solver, bool(part.program.integer.any()), began)


def _limited(part: Part, prices: Vector, limits: Limits) -> Arrays:
    program, cost = part.program, part.program.cost - part.ties.T @ prices
    if not limits:
        return replace(program, cost=cost)
    lower, upper = program.row_lower.copy(), program.row_upper.copy()
    first = program.rows - len(part.counts)
    for row, (least, most) in limits.items():
        place = first + int(np.searchsorted(part.counts, row))
        lower[place], upper[place] = least, most
    return replace(program, cost=cost, row_lower=lower, row_upper=upper)


def _priced(solver: highspy.Highs, whole: bool, began: float) -> Priced:
    info, status = solver.getInfo(), solver.getModelStatus()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Priced(-np.inf if status == highspy.HighsModelStatus.kInfeasible else np.inf, (), time.thread_time() - began)
    best, points = np.array(solver.getSolution().col_value), []
    if whole:
        saved = [np.array(each.col_value) for each in solver.getSavedMipSolutions()]
        points = [each for each in reversed(saved) if len(each) == len(best) and not np.array_equal(each, best)]
    bound = float(
        info.mip_dual_bound if whole else info.objective_function_value if status == highspy.HighsModelStatus.kOptimal else np.inf
    )
    return Priced(bound, (best, *points[: MOST_POINTS - 1]), time.thread_time() - began)
