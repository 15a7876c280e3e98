"""What a backend is: workers that keep parts of a problem, and work on them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self, TypeVar

from planner.errors import PlannerError

Make = Callable[[Any], Any]
"""A function at the top of a module: the data of a part -> what a worker keeps of it (a solver that holds its program, say)."""
Work = Callable[[Any, Any, Any], Any]
"""A function at the top of a module: (what is kept of a part, what was broadcast, the task's argument) -> result.

The result must not depend on which worker does it, nor on what it did before; nothing that it is given may be changed but what is kept.
"""
MOST_DEATHS = 3
"""Workers that a task may end before it is given up."""
F = TypeVar("F", bound=Callable[..., Any])


class NoBackend(PlannerError):
    """The workers that were asked for cannot be had."""

    exit_code: ClassVar[int] = 2


class WorkerLost(PlannerError):
    """A task ended its worker again and again; `task` is which."""

    exit_code: ClassVar[int] = 8

    def __init__(self, work: Work, task: Task, how: str) -> None:
        self.task = task
        name = f"{work.__module__}.{work.__qualname__} on part {task.part}"
        super().__init__(f"{name} ended its worker {MOST_DEATHS} times: {how}; perhaps it needs more memory than there is")


@dataclass(frozen=True)
class Task:
    """Something to do on a part, by its number; the argument goes to the worker."""

    part: int
    argument: Any = None


class Backend(Protocol):
    """Workers, each with a solver thread of its own; a context manager that stops them."""

    @property
    def workers(self) -> int:
        """How many tasks are done at the same time."""

    def scatter(self, make: Make, parts: Sequence[Any]) -> None:
        """Give all parts to the workers, each at most once; a worker makes what it keeps of a part when it first needs it."""

    def broadcast(self, value: Any) -> None:
        """What all later tasks see."""

    def as_completed(self, work: Work, tasks: Sequence[Task]) -> Iterator[tuple[Task, Any]]:
        """Do the tasks, begun in the order given, each by the next worker that is free; results as they come.

        They begin at the call. A task whose worker dies is done again, and raises WorkerLost here when it has ended three. What `work`
        raises is raised here. The rest is given up as by `reset` then, and when the iterator is left early or other tasks are asked for.
        """

    def reset(self) -> None:
        """Give up everything under way, at once; the parts stay. On a cluster what has begun runs to its end, unseen."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


def importable(function: F) -> F:
    """A function that a worker can find by its name. Raises TypeError for others, on every backend alike."""
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", "")
    if module in (None, "__main__") or not name.isidentifier():
        raise TypeError(f"{module}.{name} is not a function at the top of a module that workers could import")
    return function


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
