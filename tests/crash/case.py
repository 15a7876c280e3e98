"""Starting the actors, and looking at what they have left."""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TextIO

from planner.atomic import SUFFIX
from planner.runs import Run
from tests.crash import actors
from tests.crash.actors import Limits

CHILDREN = multiprocessing.get_context("forkserver")
CHILDREN.set_forkserver_preload(["tests.crash.actors"])
NO_SUCH_STEP, MOST_STEPS = 100, 1000


def ended(act: Callable[..., None], *arguments: Any) -> int:
    """The exit code of an actor in a process of its own; below 0 the signal that ended it."""
    process = CHILDREN.Process(target=act, args=arguments)
    process.start()
    process.join(120)
    assert process.exitcode is not None
    return process.exitcode


@dataclass(frozen=True)
class Started:
    """A process that works, and what it prints."""

    process: Any
    stream: TextIO

    def code(self) -> int:
        """Its exit code, once it has ended."""
        self.process.join(120)
        code: int = self.process.exitcode
        return code


@contextmanager
def started(limits: Limits, action: Callable[[Any], None], place: Any) -> Iterator[Started]:
    """An action under limits, in a process of its own."""
    ours, theirs = CHILDREN.Pipe(duplex=False)
    process = CHILDREN.Process(target=actors.told, args=(theirs, limits, action, place))
    process.start()
    theirs.close()
    with ours, os.fdopen(os.dup(ours.fileno()), encoding="utf-8", errors="replace") as stream:
        try:
            yield Started(process, stream)
        finally:
            process.kill()
            process.join()


def told(limits: Limits, action: Callable[[Any], None], place: Any) -> tuple[int, str]:
    """Exit code of an action under limits, and what it prints."""
    with started(limits, action, place) as found:
        text = found.stream.read()
        return found.code(), text


def contents(place: Path) -> dict[str, bytes]:
    """Every file under a folder by name, or the bytes of one file; nothing where nothing is."""
    if place.is_file():
        return {"": place.read_bytes()}
    return {file.relative_to(place).as_posix(): file.read_bytes() for file in sorted(place.rglob("*")) if file.is_file()}


def beside(place: Path) -> list[str]:
    """What else stands in the folder of a place."""
    return sorted(set(os.listdir(place.parent)) - {place.name})


def only_holders(names: list[str], place: Path) -> bool:
    """Whether all names are of hidden folders of killed writers of a place."""
    return all(name.startswith(f".{place.name}.") and name.endswith(SUFFIX) for name in names)


def whole(run: Run, home: Path) -> tuple[Path, dict[str, bytes]]:
    """A run saved in a new folder, and its files."""
    place = home / f"{run.message}.kept"
    run.save(place)
    return place, contents(place)


Deed = Callable[[Path], Callable[[], object]]


def each_step(
    home: Path,
    deed: Deed,
    action: Callable[[Any], None],
    first: Path | None,
    *,
    name: str = "run",
    exchanges: bool = True,
    every: int = 1,
    skip: int = 0,
) -> Iterator[tuple[Path, int]]:
    """Do a deed at each step of an action on a place that holds a copy of `first`; each time the place and the exit code.

    Of the steps every n-th, those before it skipped: 1 and 0 are all.
    """
    for wanted in count(1 + skip, every):
        place = home / str(wanted) / name
        place.parent.mkdir()
        if first is not None:
            (shutil.copytree if first.is_dir() else shutil.copy)(first, place)
        code = ended(actors.at_step, wanted, deed(place), action, place, exchanges)
        if code == NO_SUCH_STEP:
            return
        assert wanted < MOST_STEPS
        yield place, code
        shutil.rmtree(place.parent)
