"""Integer programs that workers keep in HiGHS and price anew each round."""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np

from planner.backends import Task

PARTS, ROUNDS, ITEMS, LIMITS = 5, 3, 14, 4


def program(seed: int) -> highspy.Highs:
    """A knapsack of several limits in whole numbers, in a solver of one thread that a worker keeps."""
    random = np.random.default_rng(seed)
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    for _ in range(ITEMS):
        solver.addVar(0, 3)
    solver.changeColsIntegrality(ITEMS, np.arange(ITEMS, dtype=np.int32), np.full(ITEMS, 1, dtype=np.uint8))
    for row in random.integers(5, 60, (LIMITS, ITEMS)):
        solver.addRow(-highspy.kHighsInf, float(row.sum()), ITEMS, np.arange(ITEMS, dtype=np.int32), row.astype(float))
    return solver


def priced(solver: highspy.Highs, prices: np.ndarray[Any, Any], argument: int) -> tuple[float, tuple[float, ...]]:
    """The best load at these prices and its value, whatever the solver has done before."""
    solver.clearSolver()
    solver.changeColsCost(ITEMS, np.arange(ITEMS, dtype=np.int32), -np.roll(prices, argument))
    solver.run()
    return solver.getInfo().objective_function_value, tuple(solver.getSolution().col_value)


def solved_in_rounds(backend: Any) -> list[list[tuple[float, tuple[float, ...]]]]:
    """The answers of several rounds of integer programs, each round by other prices, by part."""
    rounds = []
    backend.scatter(program, range(PARTS))
    for turn in range(ROUNDS):
        backend.broadcast(np.random.default_rng(turn).integers(10, 90, ITEMS).astype(float))
        answers = dict(backend.as_completed(priced, [Task(part, part + turn) for part in range(PARTS)]))
        rounds.append([answers[Task(part, part + turn)] for part in range(PARTS)])
    return rounds
