"""What the workers of these tests are given to do, in a module that they import in no time."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from planner.errors import SolverMissing


def tenfold(part: int) -> list[int]:
    """What is kept of a part."""
    return [10 * part]


def fussy(part: Path) -> str:
    """What is kept of a part, once there is a file of its name."""
    return part.read_text()


def seen(kept: list[int], value: Any, argument: Any) -> tuple[int, Any, Any, int]:
    """All that a task sees, and where."""
    return kept[0], value, argument, os.getpid()


def counted(kept: list[int], value: Any, argument: Any) -> int:
    """How often this worker has had this part."""
    kept.append(0)
    return len(kept) - 1


def noted(kept: list[int], value: Path, argument: int) -> int:
    """Note that a task begins, and take a moment; the later the longer."""
    with value.open("a") as file:
        file.write(f"{argument}\n")
    time.sleep(0.02 * argument)
    return argument


def refused(kept: list[int], value: Any, argument: Any) -> None:
    """Raise the argument, or that a solver of this name is missing."""
    raise SolverMissing(argument) if isinstance(argument, str) else argument


class Stubborn(Exception):
    """An exception that cannot be pickled."""

    def __init__(self) -> None:
        super().__init__("stubborn")
        self.held = lambda: None


def refused_stubbornly(kept: list[int], value: Any, argument: Any) -> None:
    """Raise what cannot leave the process."""
    raise Stubborn


def exhausted(kept: list[int], value: Any, argument: Any) -> None:
    """End the worker, as the system does when memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)


def short_lived(kept: list[int], value: Any, argument: Path) -> int:
    """End two workers; the third lives to tell how many there have been."""
    with argument.open("a") as file:
        file.write(".")
    if argument.stat().st_size < 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return argument.stat().st_size


def printed(kept: list[int], value: Any, argument: str) -> str:
    """Print where answers go."""
    print(argument, flush=True)
    os.write(1, argument.encode())
    return argument


def held(kept: list[int], value: Path, argument: int) -> tuple[int, int]:
    """Tell which task is on which worker, and wait until the file `go` is there."""
    with (value / "begun").open("a") as file:
        file.write(f"{argument} {os.getpid()}\n")
    while not (value / "go").exists():
        time.sleep(0.01)
    return argument, os.getpid()


def begun(folder: Path, count: int) -> list[tuple[int, int]]:
    """The tasks that `held` tells of, with their workers, once there are so many."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        lines = (folder / "begun").read_text().splitlines() if (folder / "begun").exists() else []
        if len(lines) >= count:
            return [(int(task), int(pid)) for task, pid in (line.split() for line in lines)]
        time.sleep(0.01)
    raise TimeoutError(f"{count} tasks have not begun")
