"""A Dask cluster gives what one process gives, survives its workers, and says in words what is missing."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.backends import Backend, NoBackend, Serial, Task, WorkerLost, open_backend
from planner.errors import SolverMissing
from tests.backends.knapsacks import solved_in_rounds
from tests.backends.test_deaths import ROOT, wait_for_end
from tests.backends.works import begun, exhausted, held, refused, seen, tenfold

SCRIPT = """
import sys
from pathlib import Path
from planner.backends import Task, open_backend
from tests.backends.works import held, tenfold

with open_backend("local", 2) as backend:
    backend.scatter(tenfold, [1])
    backend.broadcast(Path(sys.argv[1]))
    list(backend.as_completed(held, [Task(0, i) for i in range(3)]))
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Backend]:
    """Two workers of this machine."""
    with open_backend("local", 2) as opened:
        yield opened


def test_without_dask_a_cluster_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "planner.backends.dask", raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)  # type: ignore[arg-type]  # what Python itself puts there to bar a module
    with pytest.raises(NoBackend, match=r"distributed is not installed here; `pip install 'megawatt-planner\[cluster\]'`"):
        open_backend("tcp://localhost:8786")


@pytest.mark.prove
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "carrier://pigeon:1"])
def test_a_scheduler_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    home = importlib.import_module("planner.backends.dask")
    monkeypatch.setattr(home, "CONNECT_S", 0.3)
    with pytest.raises(NoBackend, match=f"no Dask scheduler to be reached at {address}"), home.Cluster(address):
        pass


@pytest.mark.prove
def test_a_worker_with_another_model_is_told(cluster: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answers would be of another question."""
    home = importlib.import_module("planner.backends.dask")
    monkeypatch.setattr(home, "model_hash", lambda: "another")
    address = cluster._client.scheduler.address  # type: ignore[attr-defined]
    with pytest.raises(NoBackend, match="has another version of the planner"), home.Cluster(address):
        pass


@pytest.mark.prove
def test_a_cluster_gives_what_one_process_gives(cluster: Backend) -> None:
    """Optima and plans of HiGHS over several rounds, faults, values and parts."""
    with Serial() as serial:
        assert solved_in_rounds(cluster) == solved_in_rounds(serial)
    assert cluster.workers == 2
    cluster.scatter(tenfold, [1, 2])
    cluster.broadcast("value")
    assert dict(cluster.as_completed(seen, [Task(1, "a")]))[Task(1, "a")][:3] == (20, "value", "a")
    with pytest.raises(SolverMissing, match=r"^solver 'x' is not installed"):
        list(cluster.as_completed(refused, [Task(0, "x")]))


@pytest.mark.prove
def test_what_has_not_begun_is_given_up(cluster: Backend, tmp_path: Path) -> None:
    """A reset ends the round here at once; what has begun ends by itself, the rest is never done."""
    cluster.scatter(tenfold, [1])
    cluster.broadcast(tmp_path)
    answers = cluster.as_completed(held, [Task(0, i) for i in range(20)])
    begun(tmp_path, 2)
    cluster.reset()
    assert list(answers) == []
    (tmp_path / "go").touch()
    assert len(list(cluster.as_completed(seen, [Task(0, i) for i in range(8)]))) == 8
    assert len(begun(tmp_path, 2)) <= 4


@pytest.mark.prove
def test_a_killed_worker_loses_only_what_it_was_on(cluster: Backend, tmp_path: Path) -> None:
    """All results come; a task that kills every worker is named."""
    cluster.scatter(tenfold, [1])
    cluster.broadcast(tmp_path)
    answers = cluster.as_completed(held, [Task(0, i) for i in range(4)])
    os.kill(begun(tmp_path, 2)[0][1], signal.SIGKILL)
    (tmp_path / "go").touch()
    assert sorted(task.argument for task, _ in answers) == list(range(4))
    with pytest.raises(WorkerLost, match=r"works\.exhausted on part 0 ended its worker"):
        list(cluster.as_completed(exhausted, [Task(0)]))


@pytest.mark.prove
def test_a_script_needs_no_guard_and_leaves_no_worker(tmp_path: Path) -> None:
    """A cluster of this machine in a plain script, which is killed with kill -9."""
    (tmp_path / "script.py").write_text(SCRIPT)
    paths = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "models")])}
    script = subprocess.Popen([sys.executable, str(tmp_path / "script.py"), str(tmp_path)], env=os.environ | paths)
    pids = [pid for _, pid in begun(tmp_path, 2)]
    script.kill()
    script.wait()
    wait_for_end(pids)
