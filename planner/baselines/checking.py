"""Recording the answers of solvers for an instance, and checking new answers against those that were accepted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from planner.baselines.file import DIGITS, Baseline, Search
from planner.claims import BY_SITE
from planner.comparison.cases import DIFFERENT, Case
from planner.comparison.judging import Rules, judge
from planner.comparison.sides import ENDED, Side, side_of
from planner.comparison.stated import apart
from planner.comparison.words import worth
from planner.fingerprint import fingerprints, part_hashes
from planner.options import SolveOptions
from planner.plan import Plan
from planner.programs.program import program_of
from planner.programs.writing import lp_text
from planner.runs import Run
from planner.solving import solve
from planner_models.schema import Instance

PACKAGES = {"highs": "highspy", BY_SITE: "highspy", "scip": "pyscipopt"}
"""The package whose version counts for the answers of a solver; these solvers take a seed."""
ACROSS = Rules(across=True)
"""How answers are judged: a baseline of other data or of another model is explained rather than refused."""


@dataclass(frozen=True)
class Asked:
    """How to search: each solver with each seed; the gap and the time limit are the instance's own where None."""

    solvers: tuple[str, ...] = ("highs",)
    seeds: tuple[int, ...] = (0,)
    gap_fraction: float | None = None
    time_limit_s: float | None = None

    def searches(self) -> list[tuple[str, int | None]]:
        """Solver and seed of each search, in order; a solver that takes no seed is asked once."""
        return [(solver, seed) for solver in self.solvers for seed in (self.seeds if solver in PACKAGES else (None,))]


def answers(instance: Instance, asked: Asked) -> list[Run]:
    """The run of each search. Raises SolverMissing and BadOption as `planner.solve` does."""
    limits = SolveOptions(gap_fraction=asked.gap_fraction, time_limit_s=asked.time_limit_s)
    return [solve(instance, replace(limits, solver=solver, seed=seed)) for solver, seed in asked.searches()]


def baseline_of(instance: Instance, runs: Sequence[Run]) -> Baseline:
    """The answers as a baseline; its plan is the best that the exact check accepts, of equals the first."""
    plans = [run for run in runs if run.plan is not None and side_of(run).reached_musd is not None]
    best = max(plans, key=lambda run: side_of(run).reached_musd or 0.0, default=None)
    return Baseline(
        instance=instance.name, data=part_hashes(instance), program=program_hash(instance),
        gap_fraction=runs[0].settings["gap_fraction"], versions=_versions(runs),
        searches=tuple(_search(run) for run in runs), plan=None if best is None else best.plan,
    )  # fmt: skip


def program_hash(instance: Instance) -> str:
    """SHA-256 of the program that the model makes of an instance; it changes when the mathematics do, and not with comments."""
    return hashlib.sha256(lp_text(program_of(instance).rounded()).encode()).hexdigest()


def unacceptable(instance: Instance, accepted: Baseline, runs: Sequence[Run]) -> str:
    """Why new answers cannot take the place of the accepted ones: they are wrong by themselves, beside each other or beside the accepted
    plan, or a plan is lost; `""` where they can.
    """
    sides = [side_of(run) for run in runs]
    old = _plan_alone(instance, accepted)
    known = [old] if old is not None and not old.rejected else []
    if wrong := [*contradictions(runs), *(case for side in sides for one in known if (case := judge(one, side)).cause == "contradiction")]:
        return wrong[0].words
    if accepted.plan is not None and all(side.plan is None for side in sides) and (known or all(side.ended == "open" for side in sides)):
        return "no search found a plan, and the baseline has one"
    return ""


def _plan_alone(instance: Instance, accepted: Baseline) -> Side | None:
    """The accepted plan with nothing claimed of it."""
    if accepted.plan is None:
        return None
    plan = Plan(instance.name, accepted.plan.decisions)
    return Side("the accepted plan", instance, plan, "feasible", hashes=fingerprints(instance) | {"model": ""})


def contradictions(runs: Sequence[Run]) -> tuple[Case, ...]:
    """Runs that cannot both be true, and plans that the exact check rejects: no baseline can be made of them."""
    sides = [side_of(run) for run in runs]
    pairs = (*((side, side) for side in sides), *combinations(sides, 2))  # each with itself: a bound may be below its own plan
    return tuple(case for pair in pairs if (case := judge(*pair)).cause in ("contradiction", "unverified"))


def check(instance: Instance, accepted: Baseline, runs: Sequence[Run], rules: Rules = ACROSS) -> tuple[Case, ...]:
    """One case per run against the accepted answer of the same solver and seed, and one for each two runs that contradict each other."""
    sides, changed = [side_of(run) for run in runs], _changes(instance, accepted, runs)
    cases = [_case(side, instance, accepted, changed, rules) for side in sides]
    return (*cases, *(case for pair in combinations(sides, 2) if (case := judge(*pair, rules)).cause == "contradiction"))


@dataclass(frozen=True)
class _Changes:
    """What is not as it was when the baseline was recorded: parts of the data, and the program that the model makes of them."""

    data: tuple[str, ...]
    program: bool
    notes: tuple[str, ...]

    @property
    def words(self) -> str:
        """What changed of the question."""
        return ", ".join(self.data) if self.data else "the model"


def _changes(instance: Instance, accepted: Baseline, runs: Sequence[Run]) -> _Changes:
    now, parts = _versions(runs), part_hashes(instance)
    notes = [f"{name}: {was} -> {now[name]}" for name, was in accepted.versions.items() if now.get(name, was) != was]
    data = tuple(name for name in dict.fromkeys([*parts, *accepted.data]) if parts.get(name) != accepted.data.get(name))
    program = not data and accepted.program != program_hash(instance)
    if program:
        notes.append("the model makes another program of the same data than it did for the baseline")
    asked = {(run.solver, run.settings["seed"]) for run in runs}
    left = [f"{search.solver}, seed {search.seed}" for search in accepted.searches if search.key not in asked]
    notes += [f"not asked this time: {'; '.join(left)}"] if left else []
    return _Changes(data, program, tuple(notes))


def _case(side: Side, instance: Instance, accepted: Baseline, changes: _Changes, rules: Rules) -> Case:
    """One run against the accepted answer; where the question changed, what that did to the accepted plan."""
    was, alone = _accepted(side, instance, accepted), _plan_alone(instance, accepted)
    case = judge(was, side, rules)
    notes = (*changes.notes, *case.notes)
    if side.rejected:
        return replace(case, notes=notes)
    if alone is not None and not alone.rejected and (fair := judge(alone, side, rules)).cause == "contradiction":
        return replace(fair, notes=notes)  # what is wrong beside a plan that still is one is wrong whatever changed
    valued_anew = not changes.data and not was.rejected and _apart(was.reached_musd, accepted.objective_musd)
    if changes.data or valued_anew or (changes.program and case.exit_code):
        words = f"{changes.words} changed since the baseline: {_fate(was, side, accepted)}"
        record = {**case.record, "cause": "different question", "words": words}
        return replace(case, cause="different question", exit_code=DIFFERENT, words=words, notes=notes, record=record)
    if case.exit_code and (side.reached_musd or 0.0) > (was.reached_musd or 0.0) and not was.rejected:
        return replace(case, words=f"better than the baseline: {case.words}", notes=notes)
    return replace(case, notes=notes)


def _apart(now: float | None, then: float | None) -> bool:
    """Whether a plan is not worth any more what it was."""
    return now is not None and then is not None and apart((now, now), (then, then)) > 0


def _fate(was: Side, side: Side, accepted: Baseline) -> str:
    """What the accepted plan was worth, what it is worth now, and what the new one is worth."""
    recorded = accepted.objective_musd
    then = "there was no plan" if recorded is None else f"the accepted plan was worth {recorded:,.6f} M$"
    if accepted.plan is None:
        kept = ""
    elif was.rejected:
        kept = f" and is none any more, as it breaks {was.rejected}"
    else:
        kept = f" and is now worth {was.reached_musd or 0.0:,.6f} M$"
    if side.reached_musd is None:
        return f"{then}{kept}; no plan was found"
    more = side.reached_musd - (recorded or 0.0)
    by = "" if recorded is None else f" ({worth(more)} {'less' if more < 0 else 'more'} than before)"
    return f"{then}{kept}; the plan found is worth {side.reached_musd:,.6f} M${by}"


def _accepted(side: Side, instance: Instance, accepted: Baseline) -> Side:
    """The accepted answer as a side: the best plan of the baseline, with what the same search claimed then, else the one that knew most."""
    found = {search.key: search for search in accepted.searches}
    known = sorted(accepted.searches, key=lambda search: (search.bound_musd is None, search.bound_musd or 0.0))
    search = found.get((side.solver, side.seed or 0)) or known[0]
    plan = None if accepted.plan is None else Plan(instance.name, accepted.plan.decisions)
    return Side(
        who=f"baseline ({search.solver}, seed {search.seed})", instance=instance, plan=plan, ended=ENDED.get(search.outcome, "open"),
        bound_musd=search.bound_musd, asked_gap=accepted.gap_fraction, solver=side.solver, seed=side.seed, hashes=side.hashes,
    )  # fmt: skip


def _search(run: Run) -> Search:
    return Search(run.solver, run.settings["seed"], run.outcome, _rounded(side_of(run).reached_musd), _rounded(run.bound_musd))


def _rounded(musd: float | None) -> float | None:
    return None if musd is None else round(musd, DIGITS)


def _versions(runs: Iterable[Run]) -> Mapping[str, str]:
    """Versions of the solvers that were asked."""
    named = ((PACKAGES[run.solver], run) for run in runs if run.solver in PACKAGES)
    return {package: run.versions[package] for package, run in named if package in run.versions}


def trouble(name: str, words: str, code: int) -> Case:
    """An instance that could not be checked."""
    return Case(name, (), "unverified", code, words)
