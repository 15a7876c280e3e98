"""Recording the answers of solvers for an instance, and checking new answers against those that were accepted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from planner.baselines.file import DIGITS, Baseline, Search
from planner.comparison.cases import DIFFERENT, TROUBLE, Case
from planner.comparison.judging import Rules, judge
from planner.comparison.sides import ENDED, Side, side_of
from planner.fingerprint import instance_hash
from planner.options import SolveOptions
from planner.programs.program import program_of
from planner.programs.writing import lp_text
from planner.runs import Run
from planner.solving import solve
from planner_models.schema import Instance

PACKAGES = {"highs": "highspy", "scip": "pyscipopt"}
"""The package whose version counts for the answers of a solver."""


@dataclass(frozen=True)
class Asked:
    """How to search: each solver with each seed; the gap and the time limit are the instance's own where None."""

    solvers: tuple[str, ...] = ("highs",)
    seeds: tuple[int, ...] = (0,)
    gap_fraction: float | None = None
    time_limit_s: float | None = None

    def searches(self) -> list[tuple[str, int]]:
        """Solver and seed of each search, in order."""
        return [(solver, seed) for solver in self.solvers for seed in self.seeds]


def answers(instance: Instance, asked: Asked) -> list[Run]:
    """The run of each search. Raises SolverMissing and BadOption as `planner.solve` does."""
    limits = SolveOptions(gap_fraction=asked.gap_fraction, time_limit_s=asked.time_limit_s)
    return [solve(instance, replace(limits, solver=solver, seed=seed)) for solver, seed in asked.searches()]


def baseline_of(instance: Instance, runs: Sequence[Run]) -> Baseline:
    """The answers as a baseline; its plan is the best that the exact check accepts, of equals the first."""
    plans = [run for run in runs if run.plan is not None and run.sound]
    best = max(plans, key=lambda run: side_of(run).reached_musd or 0.0, default=None)
    return Baseline(
        instance=instance.name, data=instance_hash(instance), program=program_hash(instance),
        gap_fraction=runs[0].settings["gap_fraction"], versions=_versions(runs),
        searches=tuple(_search(run) for run in runs), plan=None if best is None else best.plan,
    )  # fmt: skip


def program_hash(instance: Instance) -> str:
    """SHA-256 of the program that the model makes of an instance; it changes when the mathematics do, and not with comments."""
    return hashlib.sha256(lp_text(program_of(instance).rounded()).encode()).hexdigest()


def check(instance: Instance, accepted: Baseline, runs: Sequence[Run], rules: Rules = Rules(across=True)) -> tuple[Case, ...]:  # noqa: B008
    """One case per run against the accepted answer of the same solver and seed, and one for each two runs that contradict each other."""
    sides, changed = [side_of(run) for run in runs], _changes(instance, accepted, runs)
    cases = [_case(side, instance, accepted, changed, rules) for side in sides]
    return (*cases, *(case for pair in combinations(sides, 2) if (case := judge(*pair, rules)).cause == "contradiction"))


@dataclass(frozen=True)
class _Changes:
    """What is not as it was when the baseline was recorded."""

    data: bool
    program: bool
    notes: tuple[str, ...]


def _changes(instance: Instance, accepted: Baseline, runs: Sequence[Run]) -> _Changes:
    now = _versions(runs)
    notes = [f"{name}: {was} -> {now[name]}" for name, was in accepted.versions.items() if now.get(name, was) != was]
    data = accepted.data != instance_hash(instance)
    program = not data and accepted.program != program_hash(instance)
    if program:
        notes.append("the model makes another program of the same data than it did for the baseline")
    return _Changes(data, program, tuple(notes))


def _case(side: Side, instance: Instance, accepted: Baseline, changes: _Changes, rules: Rules) -> Case:
    """One run against the accepted answer; where the question changed, what that did to the accepted plan."""
    if accepted.plan is not None and accepted.plan.instance != instance.name:
        return Case(instance.name, (side.who,), "different question", TROUBLE, f"the baseline is for {accepted.plan.instance}")
    was = _accepted(side, instance, accepted)
    case = judge(was, side, rules)
    notes = (*changes.notes, *case.notes)
    if not changes.data and not (changes.program and case.exit_code):
        return replace(case, notes=notes)
    what = "the data" if changes.data else "the model"
    fate = f"breaks {was.rejected.rstrip('.')}" if was.rejected else f"is worth {was.reached_musd or 0.0:,.6f} M$"
    now = "there is no plan" if side.reached_musd is None else f"the plan found is worth {side.reached_musd:,.6f} M$"
    words = f"{what} changed since the baseline: with it the accepted plan {fate}; {now}"
    record = {**case.record, "cause": "different question", "words": words}
    return replace(case, cause="different question", exit_code=DIFFERENT, words=words, notes=notes, record=record)


def _accepted(side: Side, instance: Instance, accepted: Baseline) -> Side:
    """The accepted answer as a side: the best plan of the baseline, with what the same search claimed then."""
    search = {search.key: search for search in accepted.searches}.get((side.solver, side.seed or 0))
    who = f"baseline ({side.solver}, seed {side.seed})" if search else "baseline"
    return Side(
        who=who, instance=instance, plan=accepted.plan, ended=ENDED.get(search.outcome, "open") if search else "open",
        bound_musd=search.bound_musd if search else None, asked_gap=accepted.gap_fraction, solver=side.solver, seed=side.seed,
        hashes=side.hashes,
    )  # fmt: skip


def _search(run: Run) -> Search:
    return Search(run.solver, run.settings["seed"], run.outcome, _rounded(side_of(run).reached_musd), _rounded(run.bound_musd))


def _rounded(musd: float | None) -> float | None:
    return None if musd is None else round(musd, DIGITS)


def _versions(runs: Iterable[Run]) -> Mapping[str, str]:
    """Versions of the solvers that were asked."""
    return {
        package: run.versions[package]
        for run in runs
        if (package := PACKAGES.get(run.solver, "")) in run.versions
    }  # fmt: skip
