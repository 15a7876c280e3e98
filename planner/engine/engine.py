"""Programs of many sites solved site by site: prices prove a bound, plans are mixed, made whole and made better."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from planner.backends import Backend, WorkerLost, cores, open_backend
from planner.claims import Status
from planner.compile import Arrays, Vector
from planner.engine.dive import Dive, mean_points
from planner.engine.generation import Generation
from planner.engine.guess import guess, penalties
from planner.engine.improve import Improver
from planner.engine.master import Master
from planner.engine.pricing import make
from planner.engine.split import Split, split
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
    pieces = split(arrays, sites)
    if not pieces.parts:
        return solve_whole(arrays, settings, start=start, progress=progress, stop=stop)
    watch = Watch(settings.time_limit_s, stop or threading.Event(), progress)
    if start is not None:
        watch.plan(start, float(arrays.cost @ start + arrays.offset))
    try:
        with _backend(where, settings.threads, len(pieces.parts)) as backend:
            backend.scatter(make, pieces.parts)
            status = _search(pieces, backend, watch, settings, start)
    except Ended as end:
        status = end.status
    except KeyboardInterrupt:
        status = "interrupted"
    except WorkerLost as lost:
        watch.words, status = str(lost), "error"
    if status in ("infeasible", "unbounded") and watch.values is None:
        return Answer(status, message=watch.said(), nodes=watch.priced)
    if status in ("infeasible", "unbounded"):
        watch.words, status = f"HiGHS calls the program {status}, and there is a plan", "error"
    return Answer(status, watch.values, watch.musd, watch.bound_musd, None, watch.said(), watch.priced)


def _backend(where: str, threads: int, sites: int) -> Backend:
    """A worker per thread, and no more than there are sites; one thread is this one."""
    if where != "processes":
        return open_backend(where, None if "://" in where else threads or None)
    workers = min(threads or cores(), sites)
    return open_backend("serial" if workers == 1 else where, workers)


def _search(pieces: Split, backend: Backend, watch: Watch, settings: Settings, start: Vector | None) -> Status:
    """Bound, a plan, better plans, and in the end the whole program: `optimal` where the gap was reached."""
    watch.look()
    prices = guess(pieces, settings, watch)
    work = Generation(pieces, backend, Master(pieces, penalties(pieces, prices)), watch, settings)
    if start is not None:
        for site, part in enumerate(pieces.parts):
            work.add(site, start[part.columns])
    improver = Improver(work, settings)
    try:
        mix = work.run(prices, max(FINEST, settings.gap_fraction / 3), BOUND_SHARE * watch.left_s())
        improver.choose()
        watch.look()
        dive = Dive(work, mix)
        points, broken = mean_points(work, dive.run())
        if not improver.settle(points, dive.mix.company, broken):
            improver.settle(points, dive.mix.company, dive.mixed())
        improver.choose()
        watch.look()
    except Ended:
        improver.choose()  # what was found so far may add up to a better plan; nothing happens after a stop
        raise
    improver.run(settings.gap_fraction)
    return "optimal" if watch.gap() <= settings.gap_fraction else _whole(pieces, watch, settings)


def _whole(pieces: Split, watch: Watch, settings: Settings) -> Status:
    """The whole program at once, from the best plan, for the time that is left: what is decided site by site may miss what only all do."""
    watch.look()
    near, left = threading.Event(), watch.left_s()

    def tell(moment: Progress) -> None:
        if moment.bound_musd is not None:
            watch.bound(moment.bound_musd)
        best = max((musd for musd in (watch.musd, moment.objective_musd) if musd is not None), default=None)
        if watch.progress is not None:
            watch.progress(Progress(best, watch.bound_musd, watch.seconds, moment.nodes, watch.priced))
        reached = best is not None and watch.bound_musd is not None and watch.bound_musd - best <= settings.gap_fraction * abs(best)
        if reached or watch.stop.is_set():
            near.set()

    rest = replace(settings, time_limit_s=left if np.isfinite(left) else None)
    answer = solve_whole(pieces.arrays, rest, start=watch.values, progress=tell, stop=near)
    watch.words = answer.message if answer.status == "error" else ""
    if answer.values is not None and answer.objective is not None:
        watch.plan(answer.values, answer.objective)
    if answer.bound is not None:
        watch.bound(answer.bound)
    return "optimal" if watch.gap() <= settings.gap_fraction else answer.status
