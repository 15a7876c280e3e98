"""A program from a file, solved with HiGHS or SCIP: what the solver states of it, and its point by the names of the columns."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from planner.comparison.stated import Ended, Stated, apart
from planner.errors import BadOption
from planner.highs import Answer, Settings
from planner.highs import maximise as ask_highs
from planner.programs.checking import PointCheck, check_point
from planner.programs.program import Program
from planner.programs.reading import read_program
from planner.programs.solutions import Solution
from planner.scip import maximise as ask_scip

_SOLVERS = {"highs": ask_highs, "scip": ask_scip}
_ENDED: dict[str, Ended] = {"optimal": "optimal", "infeasible": "infeasible", "unbounded": "unbounded"}


@dataclass(frozen=True)
class Told:
    """What one solver states of a program with the point that it gives, None without one.

    `stated.objective` is what the point is worth by the exact check, None without a point, as are `check` and `values`; `claimed` is what
    the solver says that it is worth. `note` says what is to be known of the point.
    """

    stated: Stated
    values: Mapping[str, float] | None = None
    check: PointCheck | None = None
    claimed: float | None = None
    note: str = ""


def solve_program(
    path: str | Path,
    solver: str = "highs",
    seed: int = 0,
    gap: float = 1e-4,
    time_limit_s: float | None = None,
    presolve: bool = True,
) -> Told:
    """Solve the program in a file with HiGHS or SCIP, in one thread. Raises NotAProgram, BadOption for another solver, SolverMissing."""
    return solved(read_program(path), solver, Settings(gap, time_limit_s, threads=1, seed=seed, presolve=presolve))


def solved(program: Program, solver: str = "highs", settings: Settings | None = None) -> Told:
    """Solve a program with HiGHS or SCIP. Raises BadOption for another solver, SolverMissing where it is not installed."""
    if solver not in _SOLVERS:
        raise BadOption(f"solver: programs are solved with {' or '.join(_SOLVERS)}, not with {solver!r}")
    asked = settings or Settings(threads=1)
    began = time.perf_counter()
    answer = _SOLVERS[solver](program.arrays, asked)
    seconds = time.perf_counter() - began
    who = f"{solver}, seed {asked.seed}" + ("" if asked.presolve else ", no presolve")
    return _told(program, Stated(who, _ended(answer), gap=asked.gap_fraction, sense=program.sense, seconds=seconds), answer)


def statement(program: Program, solution: Solution, who: str = "") -> Told:
    """What a solution file states of a program, its point checked. Raises NotASolution for a column that the program does not have."""
    said = Stated(who or f"{solution.solver} ({solution.file})", solution.ended, bound=solution.bound, sense=program.sense)
    if not solution.has_point:
        return Told(said, claimed=solution.objective)
    values = solution.of(program)
    check = check_point(program, values)
    note = f"{solution.file} keeps six digits of each number; rows may be missed for that" if solution.rounded else ""
    return Told(replace(said, objective=check.objective), values, check, _claimed(solution, check), note)


def _claimed(solution: Solution, check: PointCheck) -> float | None:
    """What a file says that its point is worth; some releases of CBC turn the sign of what is maximised."""
    claim, worth = solution.objective, check.objective
    turned = solution.solver == "cbc" and claim is not None and apart((-claim, -claim), (worth, worth)) == 0
    return worth if turned else claim


def _ended(answer: Answer) -> Ended:
    known = _ENDED.get(answer.status)
    return known or ("feasible" if answer.values is not None else "open")


def _told(program: Program, said: Stated, answer: Answer) -> Told:
    """The answer in the program's own sense."""
    bound = None if answer.bound is None else program.sign * answer.bound
    if answer.values is None:
        return Told(replace(said, bound=bound))
    values = program.named(answer.values)
    check = check_point(program, values)
    claimed = None if answer.objective is None else program.sign * answer.objective
    return Told(replace(said, objective=check.objective, bound=bound), values, check, claimed)
