"""Instance to Run: build, compile, ask solvers, hold their claims against every plan at hand, check, tabulate."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pyomo.environ as pyo

from planner.binding import binding
from planner.check import Certificate, verify
from planner.claims import BY_SITE, Claim, Known
from planner.compile import Arrays, Vector, collection_paused, compile_model
from planner.engine import maximise as solve_by_sites
from planner.errors import BadOption
from planner.external import maximise_with
from planner.hearing import Hearing, Question, Verdict, Weighed, another
from planner.highs import Answer, Progress, Settings, maximise
from planner.neighbours import neighbours
from planner.options import SolveOptions
from planner.places import sites_of
from planner.plan import Plan
from planner.polish import columns_of, extract, polish, states_of
from planner.runs import Outcome, Run, fingerprints, versions
from planner.scip import maximise as ask_scip
from planner.scip import version as scip_version
from planner.tables import tables
from planner_models.build import build
from planner_models.schema import Instance

PROVED_GAP = 1e-9
"""A relative gap below which a plan is called optimal rather than within the gap."""
ORDERS = frozenset({
    "built_modules", "converted_lots", "bought_mw", "bought_lots", "deployed_clusters", "upgraded", "delivered_units", "commissioned_units",
    "opened",
})  # fmt: skip
"""The decisions that order something; the baseline has none."""
BASELINE_GAP = 1e-3
"""Largest gap of the baseline where it is solved site by site."""
BASELINE_LIMIT_S = 60.0
"""Most seconds for the baseline, which is no part of the answer."""
Checked = tuple[Plan, Certificate]
"""A plan and what the exact check found."""


class Clock:
    """Seconds by phase."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Add the seconds that pass inside to a phase."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let Ctrl-C pass while what was found is being secured: the search is over and what is left takes moments."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def solve(instance: Instance, options: SolveOptions | None = None) -> Run:
    """The best plan of an instance within the gap, checked; see `Run.outcome` for how it ended.

    Every claim of a solver is held against every plan at hand that the exact check accepts: its own and its neighbours, the start plan,
    `options.known`, the plan without new orders, with `options.prove` those of other searches. One above a claimed bound refutes the
    claim: the solver is asked again without presolve and with another seed, and `Run.claims` says so. Raises SolverMissing when a
    solver that is asked is not installed. Every other ending, infeasible included, is an outcome.
    """
    if not isinstance(instance, Instance):
        raise TypeError(f"planner.solve takes an Instance, not {type(instance).__name__}; planner.load(path) reads one from a folder")
    chosen, clock = options or SolveOptions(), Clock()
    questions = _questions(chosen, chosen.asked(instance), chosen.settings(instance))
    with collection_paused():
        with clock.phase("build"):
            model = build(instance)
        with clock.phase("compile"):
            arrays = compile_model(model)
    case = _Case(instance, chosen, model, arrays, clock)
    verdict, baseline = case.heard(questions)
    with uninterrupted():
        return _finished(case, questions[0], verdict, baseline)


def _questions(options: SolveOptions, asked: str, settings: Settings) -> list[Question]:
    """What is asked: the solver of the options, and for a proof HiGHS twice, the second time with another seed and no presolve, and SCIP.

    A seed alone leaves presolve as it is, and with it the faults of HiGHS 1.15.1: on each of seven recorded portfolios a second seed
    claims the same wrong optimum, and on none of them does a search without presolve.
    """
    first = Question(asked, settings)
    _refuse_for_others(options)
    if options.prove:
        scip_version()  # raises SolverMissing before the search rather than after
        otherwise = replace(settings, seed=another(settings.seed), presolve=False)
        more = [Question("highs", settings), Question("highs", otherwise), Question("scip", settings)]
        return [first, *(question for question in more if question != first)]
    return [first]


def _refuse_for_others(options: SolveOptions) -> None:
    """All solvers take the gap and the time limit; what one does not take is refused rather than dropped."""
    refused = {"highs": (), "scip": ("threads",)}.get(options.solver, ("seed", "threads", "start", "stop"))
    for name in refused:
        if getattr(options, name) is not None:
            takers = "highs takes" if name == "threads" else "highs and scip take"
            raise BadOption(f"{name}: only {takers} it, {options.solver} was asked for")


@dataclass
class _Case:
    """An instance as a program, and what its solvers are asked."""

    instance: Instance
    options: SolveOptions
    model: pyo.ConcreteModel
    arrays: Arrays
    clock: Clock
    hearing: Hearing[Checked] = field(init=False)
    known: list[Known] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hearing = Hearing(self._ask, self._weigh)

    def heard(self, questions: Sequence[Question]) -> tuple[Verdict[Checked], Plan | str]:
        """What solvers claim and what becomes of it; the plan without new orders, or why there is none."""
        start = self._known()
        baseline: Plan | str = "not computed"
        if start is None and questions[0].solver == BY_SITE:
            start, found = self._first(questions[0].settings)
            baseline = found if self.options.baseline else baseline
        starts = [start, *(None for _ in questions[1:])]  # a search that is given a plan is apt to end there: it would confirm less
        interrupted = any(self.hearing.put(*each).status == "interrupted" for each in zip(questions, starts, strict=True))
        if self.options.baseline and baseline == "not computed" and self.hearing.best() is not None and not interrupted:
            _, baseline = self._first(questions[0].settings)
        verdict, looked = self.hearing.settle(questions), None
        while (best := verdict.best) is not looked and any(claim.whole for claim in verdict.claims):
            looked = best
            with self.clock.phase("neighbours"):
                self._look_around(best, questions[0].settings)
            verdict = self.hearing.settle(questions)
        return verdict, baseline

    def _known(self) -> Vector | None:
        """Weigh the plans that are known before the search; the columns of the start plan."""
        for i, plan in enumerate(self.options.known, start=1):
            self._weigh_known(f"known plan {i}", plan)
        return None if self.options.start is None else self._weigh_known("the start plan", self.options.start)

    def _weigh_known(self, who: str, plan: Plan) -> Vector | None:
        """Weigh a plan with its amounts decided anew, and as it is; its columns, None where the model has no such plan.

        Of two that are worth the same the first is kept: what binds is known of the one that the model has solved.
        """
        values = columns_of(plan, self.arrays)
        with self.clock.phase("check"):
            certificate = verify(self.instance, plan)
        musd, fault = float(certificate.objective_musd), _breaches(certificate)
        self.hearing.tell(f"{who}, its amounts decided anew,", values)
        if fault:
            self.known.append(Known(who, None, fault))
        else:
            self.known.append(Known(who, musd, "" if values is not None else "the model has no such plan"))
            self.hearing.add(Weighed(who, musd, "", Answer("optimal", values), (plan, certificate)))
        return values

    def _ask(self, question: Question, start: Vector | None) -> tuple[Answer, float]:
        """Put a question to its solver."""
        began = time.perf_counter()
        with self.clock.phase("prove" if self.hearing.claims else "solve"):
            if question.solver == BY_SITE:
                answer = self._by_site(self.arrays, question.settings, start, self.options.progress)
            elif question.solver in ("highs", "scip"):
                search = maximise if question.solver == "highs" else ask_scip
                answer = search(self.arrays, question.settings, start=start, progress=self.options.progress, stop=self.options.stop)
            else:
                answer = maximise_with(question.solver, self.model, self.arrays, question.settings)
        return answer, time.perf_counter() - began

    def _weigh(self, who: str, answer: Answer) -> Weighed[Checked] | None:
        """Fix the whole numbers of an answer, solve the rest tightly, and check the plan exactly."""
        with uninterrupted():
            with self.clock.phase("polish"):
                polished = polish(self.arrays, answer)
            if polished.values is None:
                return None
            plan = extract(self.instance, self.arrays, polished.values)
            with self.clock.phase("check"):
                certificate = verify(self.instance, plan, polished.objective, states_of(self.arrays, polished.values))
            return Weighed(who, float(certificate.objective_musd), _breaches(certificate), polished, (plan, certificate))

    def _look_around(self, best: Weighed[Checked] | None, settings: Settings) -> None:
        """Weigh what is better near the best plan."""
        if best is not None and best.ok and best.answer.values is not None:
            for who, values in neighbours(self.arrays, best.answer.values, settings, self.options.stop):
                self.hearing.tell(who, values)

    def _first(self, settings: Settings) -> tuple[Vector | None, Plan | str]:
        """The best plan that orders nothing, whatever the plan before ordered: its columns, and the plan or in words why there is none."""
        with self.clock.phase("baseline"):
            barred = np.array([label.rule in ORDERS for label in self.arrays.column_labels], dtype=np.bool_)
            unlike = np.array([label.rule == "change_musd" for label in self.arrays.column_labels], dtype=np.bool_)
            kept = replace(self.arrays.fixed(np.zeros(self.arrays.columns), barred), cost=np.where(unlike, 0.0, self.arrays.cost))
            limit = min(BASELINE_LIMIT_S, settings.time_limit_s or BASELINE_LIMIT_S)
            if self.options.asked(self.instance) == BY_SITE:
                near = replace(settings, time_limit_s=limit, gap_fraction=min(settings.gap_fraction, BASELINE_GAP))
                answer = self._by_site(kept, near, None, None)
            else:
                answer = maximise(kept, replace(settings, time_limit_s=limit), stop=self.options.stop)
            polished = polish(kept, answer)
        if polished.values is None:
            return None, "no plan without new orders" if answer.status == "infeasible" else "not found in time"
        self.hearing.tell("the plan without new orders", polished.values)
        found = extract(self.instance, kept, polished.values) if answer.status == "optimal" else "not found in time"
        return polished.values, found

    def _by_site(
        self, program: Arrays, settings: Settings, start: Vector | None, progress: Callable[[Progress], None] | None
    ) -> Answer:  # fmt: skip
        """Solve a program with the columns of this one site by site."""
        sites, where = sites_of(self.arrays.variables, self.instance), self.options.cluster or "processes"
        return solve_by_sites(program, sites, settings, start=start, progress=progress, stop=self.options.stop, where=where)


def _finished(case: _Case, first: Question, verdict: Verdict[Checked], baseline: Plan | str) -> Run:
    """The run of a search that is over."""
    standing, best = verdict.standing, verdict.best
    run = Run(
        instance=case.instance,
        outcome=_outcome(verdict),
        solver=first.solver,
        settings={**first.settings.__dict__},
        message=_message(verdict),
        bound_musd=None if standing is None else standing.bound_musd,
        seconds=case.clock.seconds,
        versions=versions(*dict.fromkeys(claim.solver for claim in verdict.claims)),
        hashes=fingerprints(case.instance),
        claims=verdict.claims,
        known=tuple(case.known),
        proved=verdict.agreed if case.options.prove else None,
    )
    return run if best is None else _with_plan(run, case, best, baseline)


def _outcome(verdict: Verdict[Checked]) -> Outcome:
    """How a search ended, by the claim that stands and the best plan."""
    standing, best = verdict.standing, verdict.best
    if standing is None or (standing.status == "optimal" and not standing.whole):
        return "solver_error"
    if standing.status == "optimal" and best is not None:
        return "optimal" if _proved(standing, best.musd) else "within_gap"
    if standing.status == "limit":
        return "time_limit_without_plan" if best is None else "time_limit_with_plan"
    words: dict[str, Outcome] = {"infeasible": "infeasible", "unbounded": "unbounded", "interrupted": "interrupted"}
    return words.get(standing.status, "solver_error")


def _proved(claim: Claim, musd: float) -> bool:
    """Whether the bound meets the plan."""
    return claim.bound_musd is not None and claim.bound_musd - musd <= PROVED_GAP * max(1.0, abs(musd))


def _message(verdict: Verdict[Checked]) -> str:
    """The solver's own word, or that its claims are refuted."""
    if verdict.standing is not None:
        return verdict.standing.message
    return "; ".join(f"{claim.who}: {claim.refuted or claim.rejected}" for claim in verdict.claims if not claim.stands)


def _breaches(certificate: Certificate) -> str:
    """The first rule that a plan breaks, and how many more; `""` for none."""
    if certificate.ok:
        return ""
    first, more = certificate.violations[0], len(certificate.violations) - 1
    return f"({first.tag}) {first.words}" + (f" And {more} more." if more else "")


def _with_plan(run: Run, case: _Case, best: Weighed[Checked], baseline: Plan | str) -> Run:
    """The run with its plan, certificate and tables; the value is what the checker computes."""
    plan, certificate = best.matter
    with case.clock.phase("tables"):
        frames: dict[str, pd.DataFrame] = dict(tables(run.instance, plan, certificate.ledger, baseline))
    with case.clock.phase("what binds"):
        frames["binding"] = binding(case.arrays, best.answer)
    return replace(run, plan=plan, objective_musd=best.answer.objective, certificate=certificate, tables=frames, seconds=case.clock.seconds)
