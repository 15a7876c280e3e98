"""A Dask cluster, of this machine or at an address, as a backend; imported only when it is asked for (`megawatt-planner[cluster]`)."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Self

from distributed import Client, KilledWorker, LocalCluster, as_completed
from distributed.cli.dask_worker import main as dask_worker

from planner.backends.stated import Make, NoBackend, Task, Work, WorkerLost, cores, importable
from planner.backends.worker import packed
from planner.fingerprint import model_hash

CONNECT_S, START_S = 15, 60
"""Seconds in which a scheduler must answer, and in which the workers of a cluster of this machine must be there."""
CODE = "import sys; sys.path[:] = {path!r}; from planner.backends.dask import serve; serve({address!r}, {workers})"
_KEPT: dict[str, dict[tuple[int, int | str], Any]] = {}
"""On a worker: by what was scattered, what each thread keeps of each part and of the last value."""


class Cluster:
    """The workers of a Dask cluster: of one at an address, or of one that is started on this machine.

    Data travel as tasks whose results stay on the workers, so that what a dead worker had is made again. A worker with several threads
    keeps what it keeps once for each.
    """

    def __init__(self, address: str | None, workers: int | None = None) -> None:
        """An address such as tcp://host:8786, or None for a cluster of this machine with so many workers; reached when entered."""
        self._address, self._wanted = address, workers or cores()
        self._open = ExitStack()
        self._token, self._make = "", None  # type: tuple[str, Make | None]
        self._parts: list[Any] = []
        self._value: Any = None
        self._tasks: dict[str, tuple[Any, Task]] = {}

    @property
    def workers(self) -> int:
        """See Backend; threads of all workers that are there now."""
        return sum(self._client.nthreads().values())

    def scatter(self, make: Make, parts: Sequence[Any]) -> None:
        """See Backend."""
        self._client.run(_forget, self._token)
        self._token, self._make = uuid.uuid4().hex, importable(make)
        self._parts = [self._sent(part) for part in parts]

    def broadcast(self, value: Any) -> None:
        """See Backend."""
        self._value = self._sent(value)

    def _sent(self, value: Any) -> Any:
        """A future of the pickled value, with a name by which workers know it."""
        return self._client.submit(_same, pickle.dumps(value), pure=False)

    def as_completed(self, work: Work, tasks: Sequence[Task]) -> Iterator[tuple[Task, Any]]:
        """See Backend."""
        self.reset()
        if self._value is None:
            self.broadcast(None)
        importable(work)
        for i, task in enumerate(tasks):
            told = (self._token, self._make, task.part, self._parts[task.part], self._value.key, self._value, work, task.argument)
            future = self._client.submit(packed, _done, *told, pure=False, priority=-i)
            self._tasks[future.key] = future, task
        return self._answers(work, self._tasks)

    def _answers(self, work: Work, asked: dict[str, tuple[Any, Task]]) -> Iterator[tuple[Task, Any]]:
        try:
            for future in as_completed([future for future, _ in asked.values()], loop=self._client.loop):
                if future.key not in asked or future.cancelled():
                    return
                task = asked[future.key][1]
                try:
                    done, result = pickle.loads(future.result())
                except KilledWorker as fault:
                    raise WorkerLost(work, task, str(fault).splitlines()[0]) from None
                if not done:
                    raise result
                yield task, result
                if asked is not self._tasks:
                    return
        finally:
            self._give_up(asked)

    def reset(self) -> None:
        """See Backend."""
        self._give_up(self._tasks)

    def _give_up(self, asked: dict[str, tuple[Any, Task]]) -> None:
        if asked is self._tasks:
            self._tasks = {}
            self._client.cancel([future for future, _ in asked.values()], force=True)

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            address = self._address or opening.enter_context(_local(self._wanted))
            try:
                self._client = opening.enter_context(Client(address, timeout=CONNECT_S, set_as_default=False))
            except (OSError, ValueError) as fault:
                raise NoBackend(f"there is no Dask scheduler to be reached at {address}: {fault}") from None
            self._look_at_workers(address)
            self._open = opening.pop_all()
        return self

    def _look_at_workers(self, address: str) -> None:
        """Raise NoBackend where there is no worker, or one that has another model or none."""
        try:
            self._client.wait_for_workers(self._wanted if self._address is None else 1, timeout=START_S)
            found = self._client.run(_identity)
        except TimeoutError:
            raise NoBackend(f"the Dask scheduler at {address} has no workers") from None
        except Exception as fault:
            raise NoBackend(f"a worker of {address} cannot run the planner: {fault}") from None
        if strange := [name for name, told in found.items() if told != model_hash()]:
            raise NoBackend(f"the worker {strange[0]} of {address} has another version of the planner; install this one there")

    def __exit__(self, *_: object) -> None:
        self.reset()
        with self._open:
            if self._token:
                self._client.run(_forget, self._token)


def _identity() -> str:
    """On a worker: which model it has."""
    return model_hash()


def _same(data: bytes) -> bytes:
    return data


def _done(token: str, make: Make, number: int, part: bytes, name: str, value: bytes, work: Work, argument: Any) -> Any:
    """On a worker: do a task with what this thread keeps."""
    kept, thread = _KEPT.setdefault(token, {}), threading.get_ident()
    if (thread, number) not in kept:
        kept[thread, number] = make(pickle.loads(part))
    if kept.get((thread, "name")) != name:
        kept[thread, "name"], kept[thread, "value"] = name, pickle.loads(value)
    return work(kept[thread, number], kept[thread, "value"], argument)


def _forget(token: str) -> None:
    """On a worker: drop what was kept."""
    _KEPT.pop(token, None)


@contextmanager
def _local(workers: int) -> Iterator[str]:
    """The address of a scheduler in this process with workers of this machine.

    LocalCluster does not start the workers itself: it would run the user's script again in each, and let each die of a Ctrl-C that is
    for this process.
    """
    with LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0") as cluster:
        address: str = cluster.scheduler_address
        code = CODE.format(path=[os.path.abspath(entry) for entry in sys.path], address=address, workers=workers)
        command, away = [sys.executable, "-c", code], subprocess.DEVNULL
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=away, stderr=away, start_new_session=True) as home:
            try:
                yield address
            finally:
                assert home.stdin is not None
                home.stdin.close()


def serve(address: str, workers: int) -> None:
    """Run so many workers of a scheduler, in processes of their own, until the standard input ends; then end all of them at once."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    dask_worker([address, "--nworkers", str(workers), "--nthreads", "1", "--no-dashboard", "--death-timeout", str(START_S)])


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)
