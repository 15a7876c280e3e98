"""Processes that save, are stopped at a chosen step, fill a disk, or read while others write; each a child of one that has imported all.

A *step* is a moment just before a call that changes what is on the disk, or just after two names are exchanged: between two steps nothing
changes. Python's profiler tells of them, inside the child; what then happens to the child is real: a signal.
"""

from __future__ import annotations

import dataclasses
import io
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any

import pandas as pd

import planner
from planner import atomic, report, rolling, runs, solving
from planner.cli import main
from planner.errors import CannotWrite
from planner.export import to_xlsx
from planner.highs import maximise
from planner.record import why_not_ours
from planner.runs import NotARun, Run, load_run
from tests.example import everything
from tests.tables.sample import run

IMPORTED = (maximise, report, rolling, solving)
"""What a child must not have to import: it may not be allowed to read it any more."""
WHOLE = run()
TABLES = ("allocation", "leases")


def small(mark: str) -> Run:
    """A run of few files, all of which but instance.json tell its mark."""
    assert WHOLE.plan is not None
    tables = {name: pd.DataFrame({"mark": [mark] * 40}) for name in TABLES}
    return dataclasses.replace(WHOLE, message=mark, tables=tables, plan=dataclasses.replace(WHOLE.plan, instance="sample"))


OLDER, NEWER = small("older"), small("newer")
EXCHANGED = atomic._exchanged.__code__
FILES, ALL_FILES = runs._files(NEWER), runs._files(WHOLE)
CHANGES = {"mkdir", "rmdir", "rename", "replace", "link", "unlink", "remove", "open", "write", "fsync", "truncate"}
"""Functions that change what is on the disk, where they are of the system or of a file open in bytes."""
OWNERS = ("posix", "io", "_io", "BufferedWriter", "FileIO")


def save(path: Path) -> None:
    """Save the newer run, as its method does but for making the files, which takes long under a profiler."""
    atomic.write_folder(path, FILES, why_not_ours)


def save_all(path: Path) -> None:
    """Save a run with all its tables."""
    atomic.write_folder(path, ALL_FILES, why_not_ours)


def write_instance(path: Path) -> None:
    """Write an instance, as a folder or as a workbook, as `planner roll`, `convert` and `new` do; files for a moment are made beside it."""
    tempfile.tempdir = str(path.parent)
    planner.write(everything(), path)


def export(path: Path) -> None:
    """Write the workbook of the newer run, where files for a moment are made beside it."""
    tempfile.tempdir = str(path.parent)
    to_xlsx(NEWER, path)


def save_whole(path: Path) -> None:
    """Save a run with all its tables by its own method; where it is refused, tell why, and end with the exit code of that."""
    refused_or_not(WHOLE.save, path)


def refused_or_not(action: Callable[[Path], None], path: Path) -> None:
    """Do something; where it is refused, tell why, and end with the exit code of that."""
    try:
        action(path)
    except CannotWrite as fault:
        print(fault, flush=True)
        sys.exit(fault.exit_code)


def command(arguments: list[str]) -> None:
    """A command of the command line, to its exit code."""
    main(arguments, prog_name="planner")


def command_into_full_disk(arguments: list[str]) -> None:
    """The same where the disk is full to which the output goes."""
    speak_to(os.open("/dev/full", os.O_WRONLY), errors=False)
    solving.solve = lambda *_: WHOLE
    command(arguments)


def solve_at_once(arguments: list[str]) -> None:
    """`planner solve` whose search has found the newer run already, so that only what comes after it takes time."""
    solving.solve = lambda *_: NEWER
    command(arguments)


def solve_older_at_once(arguments: list[str]) -> None:
    """The same with the older run."""
    solving.solve = lambda *_: OLDER
    command(arguments)


def solve_never(arguments: list[str]) -> None:
    """`planner solve` that must end before it searches."""
    solving.solve = lambda *_: sys.exit("it searched")
    command(arguments)


def solve_interrupted(arguments: list[str], wanted: int) -> None:
    """The same, with a Ctrl-C at a step of the save."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    runs.write_folder = lambda *told: stepping(wanted, interrupt, lambda _: atomic.write_folder(*told), None)
    solve_at_once(arguments)


@dataclasses.dataclass
class Steps:
    """Counts the steps and does something at the one that is wanted."""

    wanted: int
    deed: Callable[[], object]
    count: int = 0

    def __call__(self, frame: FrameType, event: str, what: Any) -> None:
        changes = event == "c_call" and what.__name__ in CHANGES and (what.__module__ or type(what.__self__).__name__) in OWNERS
        if not changes and not (event in ("call", "return") and frame.f_code is EXCHANGED):
            return
        self.count += 1
        if self.count == self.wanted:
            self.deed()


def stepping(wanted: int, deed: Callable[[], object], action: Callable[[Any], None], place: Any) -> None:
    """Do something at a step of an action; ends with exit code 100 where the action has no such step."""
    steps = Steps(wanted, deed)
    sys.setprofile(steps)
    try:
        action(place)
    finally:
        sys.setprofile(None)
    if steps.count < wanted:
        sys.exit(100)


def at_step(wanted: int, deed: Callable[[], object], action: Callable[[Any], None], place: Any, exchanges: bool) -> None:
    """The same as a process that hears Ctrl-C, on a system that can exchange names or on one that cannot."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if not exchanges:
        atomic._exchanged = lambda *_: False
    stepping(wanted, deed, action, place)


def die() -> None:
    """As by kill -9."""
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt() -> None:
    """As by Ctrl-C."""
    os.kill(os.getpid(), signal.SIGINT)


@dataclasses.dataclass(frozen=True)
class Note:
    """Somebody puts a note into the folder that stands at a place just now."""

    place: Path

    def __call__(self) -> None:
        if self.place.is_dir():
            (self.place / "thesis.txt").write_text("years of work")
            (self.place.parent / "told").touch()


@dataclasses.dataclass(frozen=True)
class Limits:
    """What a child may do: bytes of a file, and whether it is somebody who owns nothing."""

    file_bytes: int | None = None
    is_nobody: bool = False

    def hold(self) -> None:
        """Put up with them from now on."""
        if self.file_bytes is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # else the signal kills; so the system says that the file is too large
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.file_bytes, self.file_bytes))
        if self.is_nobody and os.getuid() == 0:
            os.setuid(65534)


def speak_to(handle: int, *, errors: bool = True) -> None:
    """Let standard output, and with `errors` standard error, go somewhere else, as a shell does before it starts a program."""
    os.dup2(handle, 1)
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), encoding="utf-8")
    if errors:
        os.dup2(handle, 2)
        sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), encoding="utf-8", line_buffering=True)


def told(out: Connection, limits: Limits, action: Callable[[Any], None], place: Any) -> None:
    """Do something under limits; all that is printed goes to the parent."""
    speak_to(out.fileno())
    out.close()
    limits.hold()
    action(place)


def write_many(place: Path, number: int, times: int, exchanges: bool) -> None:
    """Save runs of this writer's own mark to the same place, again and again."""
    if not exchanges:
        atomic._exchanged = lambda *_: False
    for time in range(times):
        small(f"writer {number} time {time}").save(place)


def read_many(place: Path, out: Connection) -> None:
    """Read what is at a place until the parent asks for it: how often a run was whole, and all that was said where it was not."""
    whole, faults = 0, []
    while not out.poll():
        try:
            found = load_run(place)
        except NotARun as fault:
            faults.append(str(fault))
        else:
            marks = {found.message, *(mark for table in found.tables.values() for mark in table["mark"])}
            whole += 1
            if len(marks) > 1:
                faults.append(f"a mixture of {marks}")
    out.send((whole, faults))
