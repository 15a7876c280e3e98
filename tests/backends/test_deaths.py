"""Workers that are killed, whoever gives them work killed or interrupted, and scripts that spawning would run again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from planner.backends import Processes, Task, WorkerLost
from tests.backends.works import begun, exhausted, held, seen, short_lived, tenfold

ROOT = Path(__file__).parents[2]
SCRIPT = """
import signal
import sys
from pathlib import Path
from planner.backends import Task, open_backend
from tests.backends.works import held, tenfold

signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell starts in the background is deaf to it
print("started", flush=True)
with open_backend("processes", 2) as backend:
    backend.scatter(tenfold, [1])
    backend.broadcast(Path(sys.argv[1]))
    try:
        print(sorted(task.argument for task, _ in backend.as_completed(held, [Task(0, i) for i in range(3)])))
    except KeyboardInterrupt:
        print("interrupted")
"""


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended with all its threads, and that nobody has asked about, does not."""
    try:
        state, *_, threads = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:18]
        return state != "Z" or int(threads) > 1
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_for_end(pids: list[int]) -> None:
    """Wait until none of these processes runs."""
    until = time.monotonic() + 20
    while any(map(alive, pids)):
        assert time.monotonic() < until, "workers have outlived the one who gave them work"
        time.sleep(0.02)


def started(folder: Path) -> subprocess.Popen[str]:
    """The script above, in a session of its own."""
    (folder / "script.py").write_text(SCRIPT)
    paths = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "models")])}
    command = [sys.executable, str(folder / "script.py"), str(folder)]
    return subprocess.Popen(
        command, env=os.environ | paths, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def test_a_killed_worker_loses_only_its_task(tmp_path: Path) -> None:
    """kill -9 in the middle of a round: all results come, and the task of the dead worker alone was begun twice."""
    with Processes(2) as backend:
        backend.scatter(tenfold, [1])
        backend.broadcast(tmp_path)
        answers = backend.as_completed(held, [Task(0, i) for i in range(6)])
        task, pid = begun(tmp_path, 2)[0]
        os.kill(pid, signal.SIGKILL)
        begun(tmp_path, 3)
        (tmp_path / "go").touch()
        results = dict(answers)
        assert sorted(task.argument for task in results) == list(range(6))
        assert sorted(i for i, _ in begun(tmp_path, 7)) == sorted([*range(6), task])
        assert pid not in {place for _, place in results.values()}
        os.kill(results[Task(0, 5)][1], signal.SIGKILL)  # one that has nothing to do: the next round finds another
        assert len(list(backend.as_completed(seen, [Task(0, i) for i in range(4)]))) == 4


def test_a_death_between_tasks_is_not_held_against_the_next_one(tmp_path: Path) -> None:
    """A worker dies idle, then a task ends two more: it has one try left, and needs it."""
    with Processes(1) as backend:
        backend.scatter(tenfold, [1])
        pid = next(backend.as_completed(seen, [Task(0)]))[1][3]
        os.kill(pid, signal.SIGKILL)
        wait_for_end([pid])
        assert next(backend.as_completed(short_lived, [Task(0, tmp_path / "lives")]))[1] == 3


def test_work_that_kills_its_workers_is_named() -> None:
    """After the third worker it is given up, in words that say how they ended; the others of the backend live on."""
    with Processes(2) as backend:
        backend.scatter(tenfold, [1, 2])
        with pytest.raises(WorkerLost, match=r"works\.exhausted on part 1 ended its worker 3 times: killed by SIGKILL") as told:
            list(backend.as_completed(exhausted, [Task(1, "x")]))
        assert told.value.task == Task(1, "x")
        assert told.value.exit_code == 8
        assert next(backend.as_completed(seen, [Task(1)]))[1][0] == 20


def test_no_worker_outlives_the_one_who_gave_it_work(tmp_path: Path) -> None:
    """kill -9 of the parent while all workers are at work."""
    script = started(tmp_path)
    pids = [pid for _, pid in begun(tmp_path, 2)]
    script.kill()
    script.communicate()
    wait_for_end(pids)


def test_a_ctrl_c_is_for_the_parent_alone(tmp_path: Path) -> None:
    """Sent to a worker it changes nothing; sent as by a terminal, to the whole group, the parent hears it and nobody complains."""
    script = started(tmp_path)
    pids = [pid for _, pid in begun(tmp_path, 2)]
    os.kill(pids[0], signal.SIGINT)
    time.sleep(0.2)
    assert alive(pids[0])
    os.killpg(script.pid, signal.SIGINT)
    out, err = script.communicate(timeout=30)
    assert (out, err, script.returncode) == ("started\ninterrupted\n", "", 0)
    wait_for_end(pids)


def test_a_script_without_a_guard_runs_once(tmp_path: Path) -> None:
    """Workers do not import the script that uses them, as those of multiprocessing do."""
    script = started(tmp_path)
    begun(tmp_path, 2)
    (tmp_path / "go").touch()
    out, err = script.communicate(timeout=30)
    assert (out, err, script.returncode) == ("started\n[0, 1, 2]\n", "", 0)
