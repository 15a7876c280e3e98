"""Programs of many sites solved site by site: prices prove a bound, plans are mixed, made whole and made better."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from planner.backends import open_backend
from planner.claims import Status
from planner.compile import Arrays, Vector
from planner.engine.dive import Dive, mean_points
from planner.engine.generation import Generation
from planner.engine.guess import guess, penalties
from planner.engine.improve import Improver
from planner.engine.master import Master
from planner.engine.pricing import make
from planner.engine.split import split
from planner.engine.watch import Ended, Watch
from planner.highs import Answer, Progress, Settings
from planner.highs import maximise as solve_whole

BOUND_SHARE = 0.5
"""Most of the time for the bound."""
FINEST = 2e-4
"""The bound is made no better than this share of it: what it lacks is seldom worth the time."""


def maximise(
    arrays: Arrays,
    sites: Sequence[str | None],
    settings: Settings,
    *,
    start: Vector | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
    where: str = "processes",
) -> Answer:
    """Solve a program by its sites (`sites` has the site of each column, None for the company's), on a backend of `where`.

    As `planner.highs.maximise`: the answer is a claim, to be checked. `nodes` of the answer are the searches of single sites.
    """
    watch = Watch(settings.time_limit_s, stop or threading.Event(), progress)
    status: Status = "optimal"
    pieces = split(arrays, sites)
    if start is not None:
        watch.plan(start, float(arrays.cost @ start + arrays.offset))
    workers = None if "://" in where else settings.threads or None
    with open_backend("serial" if workers == 1 and where == "processes" else where, workers) as backend:
        backend.scatter(make, pieces.parts)
        prices = guess(pieces, settings, watch.stop)
        work = Generation(pieces, backend, Master(pieces, penalties(pieces, prices)), watch, settings)
        try:
            status = _search(work, prices, settings, start)
        except Ended as end:
            status = end.status
        except KeyboardInterrupt:
            status = "interrupted"
    if status in ("infeasible", "unbounded"):
        return Answer(status, message=_words(work), nodes=watch.priced)
    return Answer(status, watch.values, watch.musd, watch.bound_musd, None, _words(work), watch.priced)


def _search(work: Generation, prices: Vector, settings: Settings, start: Vector | None) -> Status:
    """Bound, a plan, better plans, and in the end the whole program: `optimal` where the gap was reached."""
    watch, pieces = work.watch, work.split
    if start is not None:
        for site, part in enumerate(pieces.parts):
            work.add(site, start[part.columns])
    watch.look()
    mix = work.run(prices, max(FINEST, settings.gap_fraction / 3), BOUND_SHARE * watch.left_s())
    improver, dive = Improver(work, settings), Dive(work, mix)
    improver.choose()
    watch.look()
    points, broken = mean_points(work, dive.run())
    if not improver.settle(points, dive.mix.company, broken):
        improver.settle(points, dive.mix.company, dive.mixed())
    improver.choose()
    watch.look()
    improver.run(settings.gap_fraction)
    return "optimal" if watch.gap() <= settings.gap_fraction else _whole(work, settings)


def _whole(work: Generation, settings: Settings) -> Status:
    """The whole program at once, from the best plan, for the time that is left: what is decided site by site may miss what only all do."""
    watch, near, left = work.watch, threading.Event(), work.watch.left_s()

    def tell(moment: Progress) -> None:
        if moment.bound_musd is not None:
            watch.bound(moment.bound_musd)
        best = moment.objective_musd if watch.musd is None or moment.objective_musd is None else max(watch.musd, moment.objective_musd)
        if watch.progress is not None:
            watch.progress(Progress(best, watch.bound_musd, watch.seconds, moment.nodes, watch.priced))
        reached = best is not None and watch.bound_musd is not None and watch.bound_musd - best <= settings.gap_fraction * abs(best)
        if reached or watch.stop.is_set():
            near.set()

    rest = replace(settings, time_limit_s=left if np.isfinite(left) else None)
    answer = solve_whole(work.split.arrays, rest, start=watch.values, progress=tell, stop=near)
    if answer.values is not None and answer.objective is not None:
        watch.plan(answer.values, answer.objective)
    if answer.bound is not None:
        watch.bound(answer.bound)
    if watch.gap() <= settings.gap_fraction:
        return "optimal"
    return "interrupted" if watch.stop.is_set() or (answer.status == "interrupted" and not near.is_set()) else answer.status


def _words(work: Generation) -> str:
    """What a solver got wrong, in words; `""` for nothing."""
    if not work.wrong:
        return ""
    return f"{sum(work.wrong.values())} claims of HiGHS about single sites were refuted and asked again: {', '.join(sorted(work.wrong))}"
