"""All work in this process, one task after the other: the measure of what the others give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Self

from planner.backends.stated import Make, Task, Work, importable


class Serial:
    """One worker, which is the caller; a task is done when its result is asked for."""

    workers = 1

    def __init__(self) -> None:
        self._make: Make | None = None
        self._parts: Sequence[Any] = ()
        self._kept: dict[int, Any] = {}
        self._value: Any = None
        self._turn = 0

    def scatter(self, make: Make, parts: Sequence[Any]) -> None:
        """See Backend."""
        self._make, self._parts, self._kept = importable(make), tuple(parts), {}

    def broadcast(self, value: Any) -> None:
        """See Backend."""
        self._value = value

    def as_completed(self, work: Work, tasks: Sequence[Task]) -> Iterator[tuple[Task, Any]]:
        """See Backend."""
        self.reset()
        return self._results(importable(work), tuple(tasks), self._value, self._turn)

    def reset(self) -> None:
        """See Backend."""
        self._turn += 1

    def _results(self, work: Work, tasks: Sequence[Task], value: Any, turn: int) -> Iterator[tuple[Task, Any]]:
        for task in tasks:
            if turn != self._turn:
                return
            yield task, work(self._keeping(task.part), value, task.argument)

    def _keeping(self, part: int) -> Any:
        if part not in self._kept:
            assert self._make is not None, "parts are scattered before they are worked on"
            self._kept[part] = self._make(self._parts[part])
        return self._kept[part]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.reset()
        self._parts, self._kept = (), {}
