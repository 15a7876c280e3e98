"""Worker processes on this machine, which take tasks from one queue; one that dies is replaced, and its task done again."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, Self

from planner.backends.stated import MOST_DEATHS, Make, Task, Work, WorkerLost, importable
from planner.backends.worker import Order, read_frame, write_frame

CODE = "import sys; sys.path[:] = {path!r}; from planner.backends.worker import serve; serve()"
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""What keeps the libraries of numpy from taking all cores in each worker."""


@dataclass(frozen=True, eq=False)
class _Shared:
    """What the tasks of a round have in common, each part of it pickled once."""

    make: bytes = b""
    parts: tuple[bytes, ...] = ()


@dataclass(eq=False)
class _Round:
    """Tasks that were asked for together; `over` when they are done or given up."""

    work: Work
    shared: _Shared
    value: bytes
    answers: SimpleQueue[tuple[Task, bool, Any] | None] = field(default_factory=SimpleQueue)
    over: bool = False


@dataclass(frozen=True, eq=False)
class _Job:
    """A task of a round, and what of it is pickled."""

    round: _Round
    task: Task
    content: bytes


class _Worker:
    """A process, and what it has been told."""

    def __init__(self) -> None:
        path = [os.path.abspath(entry) for entry in sys.path]
        self.process = subprocess.Popen(
            [sys.executable, "-c", CODE.format(path=path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ONE_THREAD | os.environ,
            start_new_session=True,  # the terminal's Ctrl-C is not for it, from its first moment
        )  # fmt: skip
        self.forget()

    def forget(self) -> None:
        """Believe that it knows nothing."""
        self._shared: _Shared | None = None
        self._value: bytes | None = None
        self._parts: set[int] = set()

    def prepare(self, shared: _Shared) -> None:
        """Let it import what it will need."""
        self._tell(Order(make=shared.make))

    def ask(self, job: _Job) -> None:
        """Give it a job."""
        asked, number = job.round, job.task.part
        make = self._news(asked.shared)
        part = None if number in self._parts else asked.shared.parts[number]
        value = None if asked.value is self._value else asked.value
        self._parts.add(number)
        self._value = asked.value
        self._tell(Order(make, number, part, value, job.content))

    def _news(self, shared: _Shared) -> bytes | None:
        """The function that makes parts where it is another one now; with it the worker drops all parts."""
        if self._shared is shared:
            return None
        self._shared = shared
        self._parts.clear()
        return shared.make

    def _tell(self, order: Order) -> None:
        assert self.process.stdin is not None
        try:
            write_frame(self.process.stdin, pickle.dumps(tuple(order)))
        except OSError:
            raise EOFError from None

    def answer(self) -> tuple[bool, Any]:
        """Whether the job was done, and its result or what it raised. Raises EOFError where the process has ended."""
        assert self.process.stdout is not None
        found: tuple[bool, Any] = pickle.loads(read_frame(self.process.stdout))
        if not found[0]:
            self.forget()
        return found

    def end(self) -> str:
        """End it, if it still lives; how it ended, in words."""
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        code = self.process.wait()
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"it ended with exit code {code}"


class Processes:
    """Workers that are processes of this machine, each with a thread here that feeds it."""

    def __init__(self, workers: int) -> None:
        """How many; they start when it is entered."""
        self.workers = workers
        self.changed = threading.Condition()
        self.jobs: deque[_Job] = deque()
        self.shared = _Shared()
        self.closed = False
        self._value = pickle.dumps(None)
        self._round: _Round | None = None
        self._feeders: list[_Feeder] = []

    def scatter(self, make: Make, parts: Sequence[Any]) -> None:
        """See Backend."""
        shared = _Shared(pickle.dumps(importable(make)), tuple(pickle.dumps(part) for part in parts))
        with self.changed:
            self.shared = shared
            self.changed.notify_all()

    def broadcast(self, value: Any) -> None:
        """See Backend."""
        self._value = pickle.dumps(value)

    def as_completed(self, work: Work, tasks: Sequence[Task]) -> Iterator[tuple[Task, Any]]:
        """See Backend."""
        self.reset()
        asked = _Round(importable(work), self.shared, self._value)
        jobs = [_Job(asked, task, pickle.dumps((work, task.argument))) for task in tasks]
        with self.changed:
            self._round = asked
            self.jobs.extend(jobs)
            self.changed.notify_all()
        return self._answers(asked, len(jobs))

    def _answers(self, asked: _Round, count: int) -> Iterator[tuple[Task, Any]]:
        try:
            for _ in range(count):
                answer = asked.answers.get()
                if answer is None or asked.over:
                    return
                task, done, result = answer
                if not done:
                    raise result
                yield task, result
        finally:
            self._give_up(asked)

    def reset(self) -> None:
        """See Backend."""
        if self._round is not None:
            self._give_up(self._round)

    def _give_up(self, asked: _Round) -> None:
        """Drop what has not begun, and end the workers that are on a task of the round."""
        with self.changed:
            asked.over = True
            if self._round is asked:
                self._round = None
                self.jobs.clear()
            for feeder in self._feeders:
                feeder.drop(asked)
        asked.answers.put(None)

    def __enter__(self) -> Self:
        self._feeders = [_Feeder(self) for _ in range(self.workers)]
        for feeder in self._feeders:
            feeder.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self.changed:
            self.closed = True
            self.changed.notify_all()
        self.reset()
        for feeder in self._feeders:
            feeder.join()


class _Feeder(threading.Thread):
    """Keeps one worker busy, and replaces it when it dies."""

    def __init__(self, home: Processes) -> None:
        super().__init__(name="feeds a worker", daemon=True)
        self._home, self._job = home, None  # type: tuple[Processes, _Job | None]
        self._worker: _Worker | None = None
        self._ready: _Shared | None = None

    def drop(self, asked: _Round) -> None:
        """End the worker where it is on a task of a round."""
        if self._job is not None and self._job.round is asked and self._worker is not None:
            self._worker.process.kill()

    def run(self) -> None:
        """Until the backend is closed."""
        home = self._home
        try:
            while True:
                with home.changed:
                    home.changed.wait_for(lambda: home.closed or home.jobs or self._ready is not home.shared)
                    if home.closed:
                        return
                    job = self._job = home.jobs.popleft() if home.jobs else None
                    self._ready = home.shared
                if job is None:
                    self._prepare(self._ready)
                else:
                    self._answer(job)
        finally:
            if self._worker is not None:
                self._worker.end()

    def _prepare(self, shared: _Shared) -> None:
        with suppress(OSError, EOFError):  # what is wrong will be told of the first job
            worker = self._living()
            if shared.make:
                worker.prepare(shared)

    def _answer(self, job: _Job) -> None:
        """Put the answer to a job."""
        try:
            done, result = self._tried(job)
        except Exception as fault:
            done, result = False, fault
            if self._worker is not None:
                self._worker.forget()
        with self._home.changed:
            self._job = None
        job.round.answers.put((job.task, done, result))
        if job.round.over and not self._home.closed:
            self._prepare(self._home.shared)  # so that the next round finds a worker that is ready

    def _tried(self, job: _Job) -> tuple[bool, Any]:
        """The answer of the first worker that lives to give one."""
        how = ""
        for _ in range(MOST_DEATHS):
            if job.round.over:
                break
            worker = self._living()
            try:
                worker.ask(job)
                if job.round.over:  # given up before there was a worker to end
                    worker.process.kill()
                return worker.answer()
            except EOFError:
                how = worker.end()
                self._worker = None
        return False, WorkerLost(job.round.work, job.task, how)

    def _living(self) -> _Worker:
        """The worker; a new one where it has died."""
        if self._worker is not None and self._worker.process.poll() is not None:
            self._worker.end()
            self._worker = None
        if self._worker is None:
            self._worker = _Worker()
        return self._worker
