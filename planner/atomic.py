"""Files and folders that appear whole or not at all, and never in place of something else."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from planner.errors import CannotWrite


def check_folder(path: Path, replaces: Callable[[Path], str | None]) -> Path:
    """The real place of a folder that may be written there.

    Raises CannotWrite when a file is there, or a folder with something in it for which `replaces(folder)` says why it may not be
    replaced (None: it may), or when the folder that is to hold it cannot be written.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and (reason := _occupied(target, replaces)):
        raise CannotWrite(f"{path} is not overwritten: {reason}")
    home = next(folder for folder in target.parents if folder.exists())
    if not home.is_dir() or not os.access(home, os.W_OK):
        raise CannotWrite(f"{path} cannot be written: {home} {'is not writable' if home.is_dir() else 'is a file'}")
    return target


def write_folder(path: Path, files: Mapping[str, bytes], replaces: Callable[[Path], str | None]) -> None:
    """Write a folder of files (by relative name); what is there already is replaced by renaming.

    Raises CannotWrite as `check_folder` does, or when the system refuses; then nothing has changed.
    """
    target = check_folder(path, replaces)
    with _system_faults(path):
        target.parent.mkdir(parents=True, exist_ok=True)
        holder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            _fill(holder / "new", files)
            _swap(holder, target)
        finally:
            if target.exists() or not (holder / "old").exists():  # else both renames failed, and the holder has the older folder
                shutil.rmtree(holder, ignore_errors=True)


def _occupied(target: Path, replaces: Callable[[Path], str | None]) -> str | None:
    if not target.is_dir():
        return "it is a file"
    return replaces(target) if any(target.iterdir()) else None


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir()
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)


def _swap(holder: Path, target: Path) -> None:
    """Put holder/new where target is; the old folder comes back if the second of the two renames fails."""
    if not target.exists():
        os.rename(holder / "new", target)
        return
    os.rename(target, holder / "old")
    try:
        os.rename(holder / "new", target)
    except OSError:
        os.rename(holder / "old", target)
        raise


def write_file(path: Path, write: Callable[[Path], Any]) -> None:
    """Let `write` make a file beside `path`, then rename it. Raises CannotWrite when a folder is in the way or the system refuses."""
    if path.is_dir():
        raise CannotWrite(f"{path} is a folder")
    with _system_faults(path):
        holder = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
        try:
            write(holder / path.name)
            os.replace(holder / path.name, path)
        finally:
            shutil.rmtree(holder, ignore_errors=True)


@contextmanager
def _system_faults(path: Path) -> Iterator[None]:
    """Faults of the system in words."""
    try:
        yield
    except OSError as fault:
        raise CannotWrite(f"{path} cannot be written: {fault.strerror or fault}") from fault
