"""Instance to Run: build, compile, solve, fix the whole numbers, solve again, check, tabulate."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pyomo.environ as pyo

from planner.binding import binding
from planner.check import verify
from planner.compile import Arrays, collection_paused, compile_model
from planner.errors import BadOption
from planner.external import maximise_with
from planner.highs import Answer, Progress, Settings, maximise
from planner.plan import Plan
from planner.polish import columns_of, extract, polish
from planner.runs import Outcome, Run, fingerprints, versions
from planner.tables import tables
from planner_models.build import build
from planner_models.schema import Instance

PROVED_GAP = 1e-9
"""A relative gap below which a plan is called optimal rather than within the gap."""
MOST_THREADS = 1024
ORDERS = frozenset({
    "built_modules", "converted_lots", "bought_mw", "bought_lots", "deployed_clusters", "upgraded", "delivered_units", "commissioned_units",
    "opened",
})  # fmt: skip
"""The decisions that order something; the baseline has none."""
BASELINE_LIMIT_S = 60.0
"""Most seconds for the baseline, which is no part of the answer."""


@dataclass(frozen=True)
class SolveOptions:
    """How to solve; None takes the instance's own option.

    `gap_fraction` relative gap; `time_limit_s` seconds; `threads` 0 for the solver's choice; `seed`; `solver` any name that
    Pyomo knows; `start` a plan to start from; `baseline` solves again without new orders, with HiGHS, for the key figures of what orders
    bring; `progress` is called with each `Progress`; `stop` ends the search when set.
    """

    gap_fraction: float | None = None
    time_limit_s: float | None = None
    threads: int | None = None
    seed: int | None = None
    solver: str = "highs"
    start: Plan | None = None
    baseline: bool = False
    progress: Callable[[Progress], None] | None = field(default=None, compare=False)
    stop: threading.Event | None = field(default=None, compare=False)

    def settings(self, instance: Instance) -> Settings:
        """The settings that hold: these options, else those of the instance. Raises BadOption for a value that makes no sense."""
        self._refuse_nonsense()
        own = instance.options
        return Settings(
            gap_fraction=own.gap_fraction if self.gap_fraction is None else self.gap_fraction,
            time_limit_s=own.time_limit_s if self.time_limit_s is None else self.time_limit_s,
            threads=own.threads if self.threads is None else self.threads,
            seed=own.seed if self.seed is None else self.seed,
        )

    def _refuse_nonsense(self) -> None:
        allowed: dict[str, tuple[bool, str]] = {
            "gap_fraction": (_between(self.gap_fraction, 0, 1), "a share from 0 to 1"),
            "time_limit_s": (_between(self.time_limit_s, 1e-6, 1e9), "seconds above 0"),
            "threads": (_between(self.threads, 0, MOST_THREADS), f"a whole number from 0 to {MOST_THREADS}"),
            "seed": (_between(self.seed, 0, 2**31 - 1), "a whole number from 0 to 2147483647"),
        }
        for name, (fine, words) in allowed.items():
            if not fine:
                raise BadOption(f"{name}: found {getattr(self, name)!r}; allowed: {words}")


def _between(value: object, least: float, most: float) -> bool:
    """Whether an option is left out, or a number within its range (which not-a-number never is)."""
    return value is None or (isinstance(value, int | float) and least <= value <= most)


class _Clock:
    """Seconds by phase."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began


def solve(instance: Instance, options: SolveOptions | None = None) -> Run:
    """The best plan of an instance within the gap, checked; see `Run.outcome` for how it ended.

    Raises SolverMissing when `options.solver` is not installed. Every other ending, infeasible included, is an outcome.
    """
    if not isinstance(instance, Instance):
        raise TypeError(f"planner.solve takes an Instance, not {type(instance).__name__}; planner.load(path) reads one from a folder")
    chosen = options or SolveOptions()
    settings, clock = chosen.settings(instance), _Clock()
    with collection_paused():
        with clock.phase("build"):
            model = build(instance)
        with clock.phase("compile"):
            arrays = compile_model(model)
    with clock.phase("solve"):
        answer = _search(chosen, settings, model, arrays)
    baseline: Plan | str = "not computed"
    if chosen.baseline and answer.values is not None and answer.status != "interrupted":
        with clock.phase("baseline"):
            baseline = _without_orders(instance, arrays, settings, chosen.stop)
    with uninterrupted():
        return _finished(instance, chosen, settings, arrays, answer, baseline, clock)


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


def _finished(
    instance: Instance, chosen: SolveOptions, settings: Settings, arrays: Arrays, answer: Answer, baseline: Plan | str, clock: _Clock
) -> Run:
    """The run of a search that is over: whole numbers fixed, the rest solved again, checked and tabulated."""
    with clock.phase("polish"):
        polished = polish(arrays, answer)
    run = Run(
        instance=instance,
        outcome=_outcome(answer, polished),
        solver=chosen.solver,
        settings={**settings.__dict__},
        message=answer.message if polished is answer else polished.message or answer.message,
        bound_musd=answer.bound,
        seconds=clock.seconds,
        versions=versions(chosen.solver),
        hashes=fingerprints(instance),
    )
    if polished.values is None:
        return run
    return _checked(run, arrays, polished, baseline, clock)


def _search(options: SolveOptions, settings: Settings, model: pyo.ConcreteModel, arrays: Arrays) -> Answer:
    if options.solver != "highs":
        _refuse_for_others(options)
        return maximise_with(options.solver, model, arrays, settings)
    start = None if options.start is None else columns_of(options.start, arrays)
    answer = maximise(arrays, settings, start=start, progress=options.progress, stop=options.stop)
    if answer.values is None and start is not None and answer.status in ("limit", "interrupted"):
        return replace(answer, values=start, objective=float(arrays.cost @ start + arrays.offset))
    return answer


def _refuse_for_others(options: SolveOptions) -> None:
    """Other solvers take the gap and the time limit; what they do not take is refused rather than dropped."""
    for name in ("seed", "threads", "start", "stop"):
        if getattr(options, name) is not None:
            raise BadOption(f"{name}: only highs takes it, {options.solver} was asked for")


def _outcome(answer: Answer, polished: Answer) -> Outcome:
    planned = polished.values is not None
    if answer.values is not None and not planned:
        return "solver_error"
    if answer.status == "optimal":
        return "optimal" if _proved(answer) else "within_gap"
    if answer.status == "limit":
        return "time_limit_with_plan" if planned else "time_limit_without_plan"
    words: dict[str, Outcome] = {"infeasible": "infeasible", "unbounded": "unbounded", "interrupted": "interrupted"}
    return words.get(answer.status, "solver_error")


def _proved(answer: Answer) -> bool:
    """Whether the bound meets the plan."""
    if answer.bound is None or answer.objective is None:
        return False
    return answer.bound - answer.objective <= PROVED_GAP * max(1.0, abs(answer.objective))


def _without_orders(instance: Instance, arrays: Arrays, settings: Settings, stop: threading.Event | None) -> Plan | str:
    """The best plan that orders nothing, whatever the plan before ordered; or in words why there is none."""
    barred = np.array([label.rule in ORDERS for label in arrays.column_labels], dtype=np.bool_)
    unlike = np.array([label.rule == "change_musd" for label in arrays.column_labels], dtype=np.bool_)
    kept = replace(arrays.fixed(np.zeros(arrays.columns), barred), cost=np.where(unlike, 0.0, arrays.cost))
    limit = min(BASELINE_LIMIT_S, settings.time_limit_s or BASELINE_LIMIT_S)
    answer = maximise(kept, replace(settings, time_limit_s=limit), stop=stop)
    polished = polish(kept, answer)
    if answer.status == "optimal" and polished.values is not None:
        return extract(instance, kept, polished.values)
    return "no plan without new orders" if answer.status == "infeasible" else "not found in time"


def _checked(run: Run, arrays: Arrays, polished: Answer, baseline: Plan | str, clock: _Clock) -> Run:
    """The run with its plan, certificate and tables; the value is what the checker computes."""
    assert polished.values is not None
    plan = extract(run.instance, arrays, polished.values)
    with clock.phase("check"):
        certificate = verify(run.instance, plan, polished.objective)
    with clock.phase("tables"):
        frames: dict[str, pd.DataFrame] = dict(tables(run.instance, plan, certificate.ledger, baseline))
    with clock.phase("what binds"):
        frames["binding"] = binding(arrays.fixed(polished.values), polished)
    return replace(run, plan=plan, objective_musd=polished.objective, certificate=certificate, tables=frames, seconds=clock.seconds)
