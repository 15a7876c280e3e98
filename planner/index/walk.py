"""Finding the runs under a folder: every folder with a run.json, never through symbolic links, hidden folders left out."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from planner.atomic import SUFFIX, restore
from planner.errors import PlannerError
from planner.index.entry import Place

RECORD, TABLES = "run.json", "tables"
_HOLDER = re.compile(rf"\.(.+)\.[a-z0-9_]{{8}}{re.escape(SUFFIX)}")


class NoRoot(PlannerError):
    """What should hold runs is not a folder, or is a run itself."""

    exit_code = 2


@dataclass(frozen=True)
class Found:
    """The runs under a root, and what was not looked at, in words."""

    places: tuple[Place, ...]
    notes: tuple[str, ...]


def root_of(path: str | Path) -> Path:
    """The real place of a folder that holds runs. Raises NoRoot where it does not exist, is a file, or is itself a run."""
    root = Path(os.path.realpath(path))
    if not root.is_dir():
        raise NoRoot(f"{path} is a file; give a folder that holds runs" if os.path.lexists(root) else f"{path} does not exist")
    if (root / RECORD).is_file():
        raise NoRoot(f"{path} is itself a run; give the folder that holds it, or see the run with `planner show {path}`")
    return root


def walk(root: Path) -> Found:
    """Every run under a root in the order of paths; runs may stand in folders of other runs."""
    places: list[Place] = []
    notes: list[str] = []
    todo = [""]
    while todo:
        inside = todo.pop()
        try:
            with os.scandir(root / inside) as listed:
                entries = {entry.name: entry for entry in listed}
            place = _place(inside, entries.get(RECORD)) if inside else None
        except FileNotFoundError:
            continue  # gone since it was seen
        except OSError as fault:
            notes.append(f"{inside or '.'} cannot be read: {fault.strerror}")
            continue
        places += [place] if place else []
        folders = {name for name, entry in entries.items() if entry.is_dir() and not name.startswith(".")} - ({TABLES} if place else set())
        links = {name for name in folders if entries[name].is_symlink()}
        notes += [f"{_joined(inside, name)} is a symbolic link; it is not followed" for name in links]
        todo += [_joined(inside, name) for name in (folders - links) | _put_back(root / inside, entries)]
    return Found(tuple(sorted(places)), tuple(sorted(notes)))


def _place(inside: str, record: os.DirEntry[str] | None) -> Place | None:
    if record is None or not record.is_file():
        return None
    told = record.stat()
    return Place(inside, told.st_mtime_ns, told.st_size, told.st_ino)


def _put_back(folder: Path, names: Collection[str]) -> set[str]:
    """Runs that a killed writer had taken from a folder, put back there."""
    taken = {held[1] for name in names if (held := _HOLDER.fullmatch(name)) and held[1] not in names}
    for name in taken:
        restore(folder / name)
    return {name for name in taken if (folder / name).is_dir()}


def _joined(inside: str, name: str) -> str:
    return f"{inside}/{name}" if inside else name
