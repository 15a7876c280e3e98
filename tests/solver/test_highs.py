"""The solver layer: status words, bounds, interruption, threads and processes, wrong-answer canaries."""

from __future__ import annotations

import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest

from planner.checkup.canaries import Canary, canaries, misleading
from planner.highs import Progress, Settings, loosened, maximise
from tests.programs import INF, knapsacks, program


def test_optimal_gives_values_bound_and_duals_of_the_right_sign() -> None:
    """max x + 2y, x + y <= 4, y <= 3: (1, 3), value 7; one more on the first row is worth 1."""
    answer = maximise(program([1, 2], [(-INF, 4, [1, 1])], [0, 0], [INF, 3], [0, 0]), Settings())
    assert answer.status == "optimal"
    assert answer.objective == pytest.approx(7)
    assert answer.bound == pytest.approx(7)
    assert answer.values == pytest.approx([1, 3])
    assert answer.duals is not None
    assert answer.duals[0] == pytest.approx(1)


def test_whole_numbers_are_whole() -> None:
    """max x, 2x <= 3, x whole: 1, not 1.5."""
    answer = maximise(program([1], [(-INF, 3, [2])], [0], [INF], [1]), Settings())
    assert (answer.objective, answer.bound) == (pytest.approx(1), pytest.approx(1))


@pytest.mark.parametrize("integer", [0, 1])
def test_infeasible_and_unbounded_are_told_apart(integer: int) -> None:
    """Presolve's `unbounded or infeasible` is resolved into one of the two."""
    impossible = maximise(program([1], [(2, INF, [1]), (-INF, 1, [1])], [0], [INF], [integer]), Settings())
    assert (impossible.status, impossible.values) == ("infeasible", None)
    endless = maximise(program([1, 0], [(0, INF, [1, -1])], [0, 0], [INF, INF], [integer, 0]), Settings())
    assert (endless.status, endless.values) == ("unbounded", None)


def test_time_limit_keeps_the_best_plan_and_a_bound_above_it() -> None:
    """A limit of half a second stops the market split with a plan and a true bound."""
    answer = maximise(knapsacks(), Settings(gap_fraction=0, time_limit_s=0.5))
    assert answer.status == "limit"
    assert answer.objective is not None
    assert answer.bound is not None
    assert answer.bound >= answer.objective


def test_nodes_are_counted_where_there_are_any() -> None:
    """A market split needs many; a linear program has none to count."""
    hard = maximise(knapsacks(), Settings(gap_fraction=0, nodes=30, time_limit_s=60))
    assert (hard.status, (hard.nodes or 0) >= 30) == ("limit", True)
    assert maximise(program([1], [(-INF, 1, [1])], [0], [INF], [0]), Settings()).nodes is None


def test_stop_ends_the_search_with_the_best_plan() -> None:
    """Setting `stop` at the first progress report ends the run long before its limit."""
    stop = threading.Event()
    seen: list[Progress] = []

    def first(progress: Progress) -> None:
        seen.append(progress)
        if progress.objective_musd is not None:
            stop.set()

    answer = maximise(knapsacks(), Settings(gap_fraction=0, time_limit_s=60), progress=first, stop=stop)
    assert answer.status == "interrupted"
    assert answer.values is not None
    assert seen


def test_a_start_plan_is_taken() -> None:
    """With the optimum as start and no time to search, the start's value comes back at least."""
    arrays = knapsacks(30, 3)
    known = maximise(arrays, Settings(time_limit_s=2, gap_fraction=0))
    again = maximise(arrays, Settings(time_limit_s=0.05, gap_fraction=0), start=known.values)
    assert again.objective is not None
    assert known.objective is not None
    assert again.objective >= known.objective - 1e-6


def _seeded(seed: int) -> float | None:
    return maximise(program([3, 2, 4], [(-INF, 7, [2, 3, 4])], [0] * 3, [3] * 3, [1] * 3), Settings(seed=seed)).objective


def test_threads_and_spawned_processes_solve_side_by_side() -> None:
    """Four solves in two threads and two spawned processes give the one answer."""
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(_seeded, range(4))) == [pytest.approx(_seeded(0))] * 4
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(_seeded, range(2))) == [pytest.approx(_seeded(0))] * 2


def test_thread_counts_may_differ_between_solves() -> None:
    """HiGHS keeps one pool per thread of the caller; each run has its own, so 1 thread after 2 works."""
    for threads in (2, 1, 2):
        answer = maximise(program([1], [(-INF, 3, [2])], [0], [INF], [1]), Settings(threads=threads))
        assert answer.status == "optimal"


@pytest.mark.parametrize("canary", canaries(), ids=lambda canary: canary.name)
def test_canaries_that_one_release_gets_wrong(canary: Canary) -> None:
    """Tiny MIPs on which HiGHS 1.14.0 claims a wrong optimum."""
    assert canary.wrong(maximise(canary.arrays, Settings())) == ""


@pytest.mark.parametrize("canary", misleading(), ids=lambda canary: canary.name)
def test_programs_that_mislead_this_release(canary: Canary) -> None:
    """As long as this holds, claims have to be held against other plans; a release that is right has to be told from one that is not."""
    assert canary.misled
    for settings in canary.misled:
        assert canary.wrong(maximise(canary.arrays, settings)), settings


def test_one_more_is_worth_what_a_new_solve_gains() -> None:
    """max 3x + 2y, x <= 2, x + y <= 4, y <= 3, x + y <= 4 again.

    One more on the first row gains 1 (x for y), on one of the twins 0, on both 2.

    The twins' dual is 2 on one of them: at a point where more rows meet than needed a dual promises what nobody gets.
    """
    twins = [(-INF, 2, [1, 0]), (-INF, 4, [1, 1]), (-INF, 3, [0, 1]), (-INF, 4, [1, 1])]
    arrays = program([3, 2], [(low, high, [float(x) for x in row]) for low, high, row in twins], [0, 0], [INF, INF], [0, 0])
    answer = maximise(arrays, Settings())
    assert answer.duals is not None
    assert max(answer.duals[1], answer.duals[3]) == pytest.approx(2)
    assert loosened(arrays, [[0], [1], [2], [3], [1, 3]]) == pytest.approx([1, 0, 0, 0, 2])
