"""What every backend promises: parts made once, values seen, order kept, faults raised, and the same results."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from planner.backends import Backend, NoBackend, Processes, Serial, Task, cores, open_backend
from planner.backends.worker import Failed
from planner.errors import InvalidInstance, Problem, SolverMissing
from tests.backends import knapsacks
from tests.backends.knapsacks import solved_in_rounds
from tests.backends.works import Stubborn, begun, counted, fussy, held, noted, printed, refused, refused_stubbornly, seen, tenfold


@pytest.fixture(params=["serial", "processes"])
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    """Each backend, with parts."""
    with open_backend(request.param, 2) as opened:
        opened.scatter(tenfold, [1, 2, 3])
        yield opened


def results(backend: Backend, work: Any, tasks: list[Task]) -> dict[Task, Any]:
    """All results by their task, each of which comes once."""
    pairs = list(backend.as_completed(work, tasks))
    assert sorted(map(str, dict(pairs))) == sorted(map(str, tasks))
    return dict(pairs)


def test_a_task_sees_its_part_the_value_and_its_argument(backend: Backend) -> None:
    """Values and parts are those of the call, also when others come later."""
    backend.broadcast("first")
    assert results(backend, seen, [Task(2, "a")])[Task(2, "a")][:3] == (30, "first", "a")
    backend.broadcast("second")
    answers = backend.as_completed(seen, [Task(part) for part in range(3)])
    backend.broadcast("third")
    assert {task.part: result[:2] for task, result in answers} == {0: (10, "second"), 1: (20, "second"), 2: (30, "second")}
    backend.scatter(tenfold, [7])
    assert results(backend, seen, [Task(0)])[Task(0)][:2] == (70, "third")


def test_a_worker_makes_what_it_keeps_of_a_part_once(backend: Backend) -> None:
    """Thirty tasks on one part: each worker counts on where it was, and the counts of all come to thirty."""
    counts = list(results(backend, counted, [Task(1, i) for i in range(30)]).values())
    assert max(counts) >= 30 / backend.workers
    assert len([count for count in counts if count == 1]) <= backend.workers


def test_tasks_begin_in_their_order(backend: Backend, tmp_path: Path) -> None:
    """Whatever they take: the next one goes to whoever is free."""
    backend.broadcast(tmp_path)
    answers = backend.as_completed(held, [Task(0, i) for i in range(backend.workers)])
    if backend.workers > 1:
        begun(tmp_path, backend.workers)
    (tmp_path / "go").touch()
    assert len(list(answers)) == backend.workers  # now every worker is awake
    backend.broadcast(tmp_path / "noted")
    order = [9, 1, 8, 2, 7, 3]
    results(backend, noted, [Task(0, i) for i in order])
    told = [int(line) for line in (tmp_path / "noted").read_text().split()]
    assert sorted(told) == sorted(order)
    assert all(abs(told.index(i) - order.index(i)) < backend.workers for i in order)


def test_what_work_raises_is_raised_here(backend: Backend) -> None:
    """With its type and what it holds; the workers go on to work, also where the fault cannot be passed on as it is."""
    fault = InvalidInstance([Problem("sites.csv", 3, "land", "'x'", "a number")])
    with pytest.raises(InvalidInstance) as told:
        results(backend, refused, [Task(0, fault)])
    assert told.value.problems == fault.problems
    with pytest.raises(SolverMissing, match=r"^solver 'x' is not installed") as missing:
        results(backend, refused, [Task(0, "x")])
    assert missing.value.name == "x"
    with pytest.raises((Stubborn, Failed), match="stubborn"):
        results(backend, refused_stubbornly, [Task(0)])
    assert results(backend, seen, [Task(0)])[Task(0)][0] == 10


@pytest.mark.parametrize("where", ["serial", "processes"])
def test_a_part_that_could_not_be_made_can_be_later(where: str, tmp_path: Path) -> None:
    """After a fault nothing is believed of a worker: neither that it has the part, nor that it knows how parts are made."""
    with open_backend(where, 1) as backend:
        backend.scatter(fussy, [tmp_path / "late"])
        with pytest.raises(IndexError):
            results(backend, seen, [Task(99)])
        with pytest.raises(FileNotFoundError):
            results(backend, seen, [Task(0)])
        (tmp_path / "late").write_text("here")
        assert results(backend, seen, [Task(0)])[Task(0)][0] == "h"


def test_what_work_prints_does_no_harm(backend: Backend) -> None:
    """Answers do not go where people print."""
    assert results(backend, printed, [Task(0, "said")]) == {Task(0, "said"): "said"}


def test_a_round_that_is_left_early_is_given_up(backend: Backend) -> None:
    """By a break, by a reset, or as another one is asked for."""
    tasks = [Task(0, i) for i in range(20)]
    for _ in backend.as_completed(seen, tasks):
        break
    left = backend.as_completed(seen, tasks)
    next(left)
    backend.reset()
    assert list(left) == []
    left = backend.as_completed(seen, tasks)
    assert len(results(backend, seen, tasks)) == 20
    assert len(list(left)) == 0


def test_functions_that_workers_cannot_import_are_refused(backend: Backend) -> None:
    """On every backend, so that what runs in one process runs in many."""
    with pytest.raises(TypeError, match="top of a module"):
        backend.scatter(lambda part: part, [1])
    with pytest.raises(TypeError, match="top of a module"):
        backend.as_completed(lambda kept, value, argument: kept, [Task(0)])
    main = type(tenfold)(tenfold.__code__, {}, "tenfold")
    main.__module__ = "__main__"
    with pytest.raises(TypeError, match=r"__main__\.tenfold is not"):
        backend.scatter(main, [1])


def test_integer_programs_have_the_same_answers_everywhere() -> None:
    """Optima and plans of HiGHS, over several rounds of prices, in one process and in two."""
    with Serial() as serial, Processes(2) as processes:
        expected = solved_in_rounds(serial)
        assert solved_in_rounds(processes) == expected
    assert len({answer for answers in expected for answer in answers}) == knapsacks.PARTS * knapsacks.ROUNDS


def test_reset_ends_what_is_under_way_at_once(tmp_path: Path) -> None:
    """Tasks that would never end; the parts stay, and the next round finds workers."""
    with Processes(2) as backend:
        backend.scatter(tenfold, [1, 2])
        backend.broadcast(tmp_path)
        answers = backend.as_completed(held, [Task(0, i) for i in range(9)])
        first = begun(tmp_path, 2)
        began = time.monotonic()
        backend.reset()
        assert list(answers) == []
        found = results(backend, seen, [Task(0, 1), Task(1, 2)])
        assert time.monotonic() - began < 10
        assert {result[0] for result in found.values()} == {10, 20}
        assert not {pid for _, pid in first} & {result[3] for result in found.values()}
    assert len(begun(tmp_path, 2)) == 2


def test_all_cores_work_by_default() -> None:
    """As many workers as cores, each a process of its own, none of them this one."""
    with open_backend() as backend:
        assert backend.workers == cores()
        backend.scatter(tenfold, [1])
        places = {result[3] for _, result in backend.as_completed(seen, [Task(0, i) for i in range(20)])}
    assert os.getpid() not in places
    assert 1 <= len(places) <= backend.workers


@pytest.mark.parametrize(("where", "workers", "words"), [("dusk", None, "'dusk'; allowed: serial"), ("processes", 0, "workers: found 0")])
def test_other_backends_are_refused(where: str, workers: int | None, words: str) -> None:
    with pytest.raises(NoBackend, match=words) as told:
        open_backend(where, workers)
    assert told.value.exit_code == 2
