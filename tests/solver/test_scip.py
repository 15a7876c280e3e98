"""The second opinion: SCIP gets exactly the program that HiGHS gets, and says honestly how its search ended."""

from __future__ import annotations

import itertools
import json
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from importlib.resources import files
from typing import Any

import numpy as np
import pyscipopt
import pytest

from planner import scip
from planner.compile import Arrays, compile_model
from planner.errors import SolverMissing
from planner.highs import Progress, Settings
from planner.highs import maximise as by_highs
from planner.interruptible import run_apart
from planner_models.build import build
from tests.example import everything
from tests.programs import INF, knapsacks, program

EXACT = Settings(gap_fraction=0)
CANARIES = json.loads(files("planner.checkup").joinpath("misleading.json").read_text(), parse_float=Fraction)["cases"]


def test_the_program_arrives_to_the_last_digit() -> None:
    """Read back from SCIP: every cost, bound, coefficient and side of the full example is the double that was handed over."""
    arrays = compile_model(build(everything()))
    model, columns = scip._hand_over(pyscipopt, arrays, EXACT)
    infinity = model.infinity()
    place = {column.name: j for j, column in enumerate(columns)}
    assert len(place) == arrays.columns
    for j, column in enumerate(columns):
        assert column.getObj() == arrays.cost[j]
        assert (column.getLbOriginal(), column.getUbOriginal()) == tuple(np.clip((arrays.lower[j], arrays.upper[j]), -infinity, infinity))
        assert (column.vtype() != "CONTINUOUS") == arrays.integer[j]
    matrix: dict[tuple[int, int], float] = {}
    for j in range(arrays.columns):
        for k in range(arrays.starts[j], arrays.starts[j + 1]):
            matrix[int(arrays.indices[k]), j] = float(arrays.data[k])
    rows = model.getConss(transformed=False)
    assert len(rows) == arrays.rows
    read = {(i, place[name]): value for i, row in enumerate(rows) for name, value in model.getValsLinear(row).items()}
    assert read == matrix
    for i, row in enumerate(rows):
        sides = np.clip((arrays.row_lower[i], arrays.row_upper[i]), -infinity, infinity)
        assert (model.getLhs(row), model.getRhs(row)) == tuple(sides)
    assert (model.getObjoffset(), model.getObjectiveSense()) == (arrays.offset, "maximize")


def test_the_settings_arrive() -> None:
    """Gap, seconds, nodes, seed, tolerance and presolve are SCIP's own parameters."""
    settings = Settings(gap_fraction=0.25, time_limit_s=7, nodes=3, seed=5, presolve=False, tolerance=1e-8)
    model, _ = scip._hand_over(pyscipopt, knapsacks(4, 2), settings)
    assert model.getParam("misc/catchctrlc") is False  # Python hears Ctrl-C
    names = ("limits/gap", "limits/time", "limits/nodes", "randomization/randomseedshift", "numerics/feastol", "presolving/maxrounds")
    assert [model.getParam(name) for name in names] == [0.25, 7, 3, 5, 1e-8, 0]


@pytest.mark.parametrize("whole", [0, 1])
def test_every_kind_of_row_and_bound(whole: int) -> None:
    """Equality, range, one-sided, free, empty; free and fixed columns; a constant in the objective."""
    rows: list[tuple[float, float, list[float]]] = [
        (1, 3, [1, -1, 0]), (2, 2, [0, 1, 0]), (-INF, INF, [1, 1, 1]), (-1, 1, [0, 0, 0]), (-INF, 9, [0, 1, 1]), (4, INF, [0, 0, 1]),
    ]  # fmt: skip
    arrays = program([1, -1, 2], rows, [-INF, -INF, 0], [INF, INF, 6], [whole] * 3, offset=100.0)
    answer = scip.maximise(arrays, EXACT)
    assert answer.status == "optimal"
    assert answer.values == pytest.approx([5, 2, 6])
    assert (answer.objective, answer.bound) == (pytest.approx(115), pytest.approx(115))


def test_a_row_of_nothing_that_cannot_hold_is_infeasible() -> None:
    """0 >= 1 is handed over like any other row."""
    assert scip.maximise(program([1], [(1, INF, [0])], [0], [5], [1]), EXACT).status == "infeasible"


def test_tiny_programs_are_answered_as_by_enumeration(record_property: pytest.RecordProperty) -> None:
    """Random whole-number programs of three columns against every point of the box."""
    draw, tries = np.random.default_rng(11), 60
    for _ in range(tries):
        cost, matrix = draw.integers(-4, 9, 3), draw.integers(-3, 6, (3, 3))
        sides = draw.integers(-2, 12, 3)
        rows = [(-INF, float(side), [float(x) for x in row]) for row, side in zip(matrix, sides, strict=True)]
        points = [np.array(point) for point in itertools.product(range(4), repeat=3)]
        worth = [int(cost @ point) for point in points if (matrix @ point <= sides).all()]
        answer = scip.maximise(program([float(c) for c in cost], rows, [0] * 3, [3] * 3, [1] * 3), EXACT)
        assert answer.status == ("optimal" if worth else "infeasible")
        if worth:
            assert (answer.objective, answer.bound) == (pytest.approx(max(worth)), pytest.approx(max(worth)))
    record_property("tries", tries)


@pytest.mark.parametrize("presolve", [True, False])
@pytest.mark.parametrize("whole", [0, 1])
def test_infeasible_and_unbounded_are_told_apart(whole: int, presolve: bool) -> None:
    """Presolve's `infeasible or unbounded` is resolved into one of the two."""
    settings = Settings(presolve=presolve)
    impossible = scip.maximise(program([1], [(2, INF, [1]), (-INF, 1, [1])], [0], [INF], [whole]), settings)
    assert (impossible.status, impossible.values, impossible.bound) == ("infeasible", None, None)
    for endless in (
        program([1, 0], [(0, INF, [1, -1])], [0, 0], [INF, INF], [whole] * 2),
        program([1, 1, 0], [(-3, 4, [1, -1, 0.5])], [-INF] * 3, [INF] * 3, [whole] * 3),
        program([1, 1], [], [0, 0], [INF, 1], [whole] * 2),
    ):
        answer = scip.maximise(endless, settings)
        assert (answer.status, answer.values, answer.bound) == ("unbounded", None, None)


@pytest.mark.parametrize(("side", "status"), [(3, "infeasible"), (4, "unbounded")])
def test_what_presolve_leaves_open_is_settled(side: float, status: str) -> None:
    """max x without a bound, where 2y + 2z = side: presolve stops at x; whether y and z are there is for a second look."""
    arrays = program([1, 0, 0], [(side, side, [0, 2, 2])], [0] * 3, [INF] * 3, [0, 1, 1])
    model, _ = scip._hand_over(pyscipopt, arrays, EXACT)
    model.optimize()
    assert model.getStatus() == "inforunbd"
    assert scip.maximise(arrays, EXACT).status == status


def test_a_limit_without_any_plan_keeps_the_bound() -> None:
    """A market split without slack: no point in a moment, but a bound."""
    split = knapsacks(80, 30)
    answer = scip.maximise(replace(split, row_lower=split.row_upper), Settings(gap_fraction=0, time_limit_s=0.2))
    assert (answer.status, answer.values, answer.objective) == ("limit", None, None)
    assert answer.bound is not None


def test_time_limit_keeps_the_best_plan_and_a_bound_above_it() -> None:
    """A limit of half a second stops the market split with a plan and a true bound."""
    answer = scip.maximise(knapsacks(), Settings(gap_fraction=0, time_limit_s=0.5))
    assert (answer.status, answer.message) == ("limit", "the time limit was reached")
    assert answer.objective is not None
    assert answer.bound is not None
    assert answer.bound >= answer.objective


def test_a_limit_of_nodes_is_a_limit() -> None:
    """After one node there is a plan and a bound above it."""
    answer = scip.maximise(knapsacks(30, 3), Settings(gap_fraction=0, nodes=1, time_limit_s=60))
    assert (answer.status, answer.message, answer.nodes) == ("limit", "its limit on nodes was reached", 1)
    assert answer.objective is not None
    assert answer.bound is not None
    assert answer.bound > answer.objective


def test_a_loose_gap_ends_the_search_as_optimal_with_both_ends() -> None:
    """Within half of the value is soon reached; plan and bound stay apart."""
    answer = scip.maximise(knapsacks(), Settings(gap_fraction=0.5, time_limit_s=60))
    assert (answer.status, answer.message) == ("optimal", "")
    assert answer.objective is not None
    assert answer.bound is not None
    assert 0 < answer.bound - answer.objective <= 0.5 * answer.objective


def test_stop_ends_the_search_with_the_best_plan_and_bound() -> None:
    """Setting `stop` at the first progress report ends the run long before its limit."""
    stop = threading.Event()
    seen: list[Progress] = []

    def first(progress: Progress) -> None:
        seen.append(progress)
        if progress.objective_musd is not None:
            stop.set()

    began = time.monotonic()
    answer = scip.maximise(knapsacks(), Settings(gap_fraction=0, time_limit_s=60), progress=first, stop=stop)
    assert time.monotonic() - began < 30
    assert (answer.status, answer.message) == ("interrupted", "it was interrupted")
    assert answer.values is not None
    assert answer.objective is not None
    assert answer.bound is not None
    assert answer.bound >= answer.objective
    assert len(seen) < 100


def test_progress_tells_plan_bound_seconds_and_nodes() -> None:
    """Reports of a search never go back, and none tells SCIP's 1e20 for what is unknown."""
    seen: list[Progress] = []
    answer = scip.maximise(knapsacks(30, 3), Settings(gap_fraction=0, time_limit_s=1), progress=seen.append)
    plans = [p.objective_musd for p in seen if p.objective_musd is not None]
    bounds = [p.bound_musd for p in seen if p.bound_musd is not None]
    assert plans == sorted(plans)
    assert bounds == sorted(bounds, reverse=True)
    assert max(map(abs, plans + bounds)) < 1e6
    assert answer.objective == pytest.approx(plans[-1])
    assert all(0 <= earlier.seconds <= later.seconds and earlier.nodes <= later.nodes for earlier, later in itertools.pairwise(seen))


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Ctrl-C interrupts, also where the tests run in the background, to which a shell does not pass it on."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_an_interrupt_ends_the_search_once() -> None:
    """Ctrl-C while SCIP works: the best plan comes back, as with `stop`."""
    threading.Timer(0.7, os.kill, (os.getpid(), signal.SIGINT)).start()
    answer = scip.maximise(knapsacks(), Settings(gap_fraction=0, time_limit_s=60))
    assert answer.status == "interrupted"
    assert answer.values is not None


@pytest.mark.usefixtures("ctrl_c")
def test_a_second_interrupt_passes_on() -> None:
    """What does not stop at the first Ctrl-C is left at the second."""
    stopping, over = threading.Event(), threading.Event()
    for after in (0.2, 1.6):
        threading.Timer(after, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        run_apart(lambda: bool(over.wait(30)) and None, stopping)
    over.set()
    assert stopping.is_set()


def test_what_the_work_raises_is_raised() -> None:
    """A failure inside the thread is the caller's."""

    def fail() -> None:
        raise OverflowError("too much")

    with pytest.raises(OverflowError, match="too much"):
        run_apart(fail, threading.Event())


def test_a_start_plan_is_taken() -> None:
    """With a good point as start and no time to search, its value comes back at least; one that is no point is set aside."""
    arrays = knapsacks(30, 3)
    known = by_highs(arrays, Settings(time_limit_s=2, gap_fraction=0))
    assert known.values is not None
    assert known.objective is not None
    moment = Settings(time_limit_s=1e-3, gap_fraction=0)
    without, started = scip.maximise(arrays, moment), scip.maximise(arrays, moment, start=known.values)
    assert started.objective is not None
    assert without.objective is None or without.objective < known.objective - 1
    assert started.objective >= known.objective - 1e-6
    wrong = scip.maximise(program([3, 2, 4], [(-INF, 7, [2, 3, 4])], [0] * 3, [3] * 3, [1] * 3), EXACT, start=np.full(3, 3.0))
    assert wrong.objective == pytest.approx(9)


def test_seeds_may_search_otherwise_and_agree() -> None:
    """Three seeds with and without presolve: one value."""
    arrays = knapsacks(12, 3)
    worth = {round(scip.maximise(arrays, Settings(0.0, seed=s, presolve=p)).objective or -INF, 6) for s in range(3) for p in (True, False)}
    assert len(worth) == 1
    assert worth == {round(by_highs(arrays, EXACT).objective or INF, 6)}


def test_an_error_of_scip_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a traceback: status and SCIP's own words."""

    class Poor(pyscipopt.Model):
        def optimizeNogil(self) -> None:
            raise MemoryError("SCIP: insufficient memory error!")

    monkeypatch.setattr(pyscipopt, "Model", Poor)
    answer = scip.maximise(knapsacks(4, 2), EXACT)
    assert (answer.status, answer.message) == ("error", "scip: SCIP: insufficient memory error!")


def test_without_the_package_the_solver_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """PySCIPOpt is an extra; who asks without it hears so."""
    monkeypatch.setitem(sys.modules, "pyscipopt", None)
    for ask in (scip.version, lambda: scip.maximise(knapsacks(4, 2), EXACT)):
        with pytest.raises(SolverMissing, match="'scip' is not installed"):
            ask()


def test_the_version_names_both() -> None:
    """SCIP comes inside PySCIPOpt and has a version of its own."""
    said = scip.version()
    assert said.startswith("SCIP ")
    assert f"(PySCIPOpt {pyscipopt.__version__})" in said


def test_a_continuous_program_has_its_bound() -> None:
    """max x + 2y, x + y <= 4, y <= 3: 7, and the bound is 7."""
    arrays: Arrays = program([1, 2], [(-INF, 4, [1, 1])], [0, 0], [INF, 3], [0, 0])
    answer = scip.maximise(arrays, EXACT)
    assert (answer.objective, answer.bound) == (pytest.approx(7), pytest.approx(7))
    assert math.isfinite(answer.bound or INF)


def _canary(case: dict[str, Any]) -> Arrays:
    """A case as arrays, to be maximised."""
    low, high = ([none if v is None else float(v) for v in case[key]] for key, none in (("lo", -INF), ("up", INF)))
    rows = [(-INF if a is None else float(a), INF if b is None else float(b), [float(v) for v in row]) for a, b, row in case["rows"]]
    return program([-float(c) for c in case["c"]], rows, low, high, case["integer"])


@pytest.mark.parametrize("case", CANARIES, ids=lambda case: case["name"])
def test_the_point_of_a_canary_refutes_the_claim_in_fractions(case: dict[str, Any]) -> None:
    """Without any solver: the point keeps every bound and row exactly, and is better than what HiGHS claims to be the optimum."""
    point = case["point"]
    within = [(low, x, high) for low, x, high in zip(case["lo"], point, case["up"], strict=True)]
    within += [(low, sum(c * x for c, x in zip(row, point, strict=True)), high) for low, high, row in case["rows"]]
    assert all((low is None or low <= x) and (high is None or x <= high) for low, x, high in within)
    assert all(x == int(x) for x, whole in zip(point, case["integer"], strict=True) if whole)
    assert sum(c * x for c, x in zip(case["c"], point, strict=True)) == case["optimum"] < case["claim"]


@pytest.mark.parametrize("presolve", [True, False])
@pytest.mark.parametrize("case", CANARIES, ids=lambda case: case["name"])
def test_canaries_that_highs_gets_wrong(case: dict[str, Any], presolve: bool) -> None:
    """Four seeds of SCIP are right on what HiGHS 1.15.1 answers wrongly."""
    for seed in range(4):
        answer = scip.maximise(_canary(case), Settings(gap_fraction=0, seed=seed, presolve=presolve))
        assert (answer.status, answer.objective) == ("optimal", pytest.approx(-case["optimum"]))
        assert answer.bound == pytest.approx(-case["optimum"])
