"""Files and folders that appear whole or not at all, and never in place of something else.

What is written is made in a hidden folder beside its place, the *holder*, brought to the disk, and put in place in one step: a rename where
nothing stands, an exchange of the two names where an older one does (Linux and macOS have a call for it). So whatever kills the writer or
the power, and whoever looks meanwhile, finds the older one whole or the newer one whole. There is no lock: of two writers the later one
wins, each step of one is atomic for the other, and a process that stops or is killed stands in nobody's way.

Some systems cannot exchange (Windows, most network drives). There the older folder is renamed into the holder and the newer one out of it,
and a kill between both leaves the older one in the holder only; `restore`, with which every save and every look at a run begins, puts it
back. Holders of killed writers are removed by a later save, once they are too old to belong to anybody.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from planner.errors import CannotWrite

Replaces = Callable[[Path], str | None]
"""Why what stands at a place may not be replaced, as the end of `... is not overwritten: `; None where it may."""
SUFFIX = ".saving"
"""Ends the name of a holder, which begins with a dot and the name of what is written."""
STALE_S = 3600.0
"""Seconds after its last change from which on a holder belongs to a writer that was killed: a save takes moments."""
MOST_TRIES = 1000
"""Times that others may get between two steps of a writer before it gives up."""
TAKEN = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR)
"""What a rename of a folder and a link to a file say where something stands."""
HERE, EXCHANGE = -100, 2
"""AT_FDCWD of Linux; and RENAME_EXCHANGE of Linux, which is RENAME_SWAP of macOS."""


def check_folder(path: Path, replaces: Replaces) -> Path:
    """The real place of a folder that may be written there.

    Raises CannotWrite when a file is there, or a folder with something in it for which `replaces(folder)` says why it may not be
    replaced (None: it may), or when the folder that is to hold it cannot be written.
    """
    target = Path(os.path.realpath(path))
    restore(target)
    _refuse(path, target, _folder(replaces))
    if os.path.ismount(target):
        raise CannotWrite(f"{path} is not overwritten: a file system is mounted there; give the name of a folder in it")
    home = next(folder for folder in target.parents if folder.exists())
    if not home.is_dir() or not os.access(home, os.W_OK):
        raise CannotWrite(f"{path} cannot be written: {home} {'is not writable' if home.is_dir() else 'is a file'}")
    with _system_faults(path):
        os.rmdir(_new_holder(home / target.name))  # a trial: what else stands in the way should be known before a long solve
    return target


def write_folder(path: Path, files: Mapping[str, bytes], replaces: Replaces) -> None:
    """Write a folder of files (by relative name), in place of an empty one or one for which `replaces` says None.

    Raises CannotWrite as `check_folder` does, or when the system refuses; then nothing has changed but that folders to hold it are made.
    """
    target = check_folder(path, replaces)
    with _system_faults(path):
        target.parent.mkdir(parents=True, exist_ok=True)
        with _holder(target) as holder:
            _fill(holder / "new", files)
            _put(path, target, holder, _folder(replaces))


def write_file(path: Path, write: Callable[[Path], Any], replaces: Replaces = lambda _: "it exists; give the name of a new file") -> None:
    """Let `write` make a file elsewhere and put it at `path`, in place of a file for which `replaces` says None.

    Raises CannotWrite when a folder or a file is in the way, or the system refuses; then nothing has changed.
    """
    _refuse(path, path, _file(replaces))
    with _system_faults(path), _holder(path) as holder:
        write(holder / "new")
        _to_disk(holder / "new")
        _put(path, path, holder, _file(replaces))


def restore(path: Path) -> None:
    """Where nothing stands, put back the folder that a writer took from there before it was killed; what hinders that is not told."""
    target = Path(os.path.realpath(path))
    with suppress(OSError):
        if not os.path.lexists(target) and (taken := [holder for holder in _holders(target) if (holder / "old").exists()]):
            os.rename(max(taken, key=_last_change_s) / "old", target)


def _folder(replaces: Replaces) -> Replaces:
    """The same for folders: an empty one may be replaced, a file or what is write-protected may not."""

    def why_not(place: Path) -> str | None:
        if not place.is_dir():
            return "it is a file"
        if not os.access(place, os.W_OK):
            return "it is not writable"
        return replaces(place) if any(place.iterdir()) else None

    return why_not


def _file(replaces: Replaces) -> Replaces:
    """The same for files: a folder, a device or a broken link may not be replaced."""
    return lambda place: replaces(place) if place.is_file() else "it is a folder" if place.is_dir() else "it is not a file"


def _refuse(path: Path, place: Path, replaces: Replaces) -> None:
    """Raise CannotWrite where `place` has what may not be replaced; look again where others replaced it meanwhile."""
    reason: str | None = "it changes while it is looked at"
    for _ in range(MOST_TRIES):
        before = _identity(place)
        try:
            reason = None if before is None else replaces(place)
        except FileNotFoundError:
            continue
        if reason is None:
            return
        if _identity(place) == before:
            break
    raise CannotWrite(f"{path} is not overwritten: {reason}")


def _identity(place: Path) -> tuple[int, ...] | None:
    """What tells a folder or file from another one at the same place; None where nothing is."""
    try:
        found = place.lstat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_ctime_ns


@contextmanager
def _holder(target: Path) -> Iterator[Path]:
    """A new holder, removed at the end; with it those of writers that were killed long ago."""
    holder = _new_holder(target)
    try:
        yield holder
    finally:
        for _ in range(MOST_TRIES):  # others may take the target away just when it is looked for
            restore(target)
            if os.path.lexists(target) or not (holder / "old").exists():  # else the older one is here only, and cannot be put back
                _remove(holder)
                break
    with suppress(OSError):
        now_s = _last_change_s(target.parent)  # just changed, by the clock of the file system, which may be another machine's
        for other in _holders(target):
            if now_s - _last_change_s(other) > STALE_S:
                _remove(other)


def _new_holder(target: Path) -> Path:
    return Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=SUFFIX, dir=target.parent))


def _holders(target: Path) -> list[Path]:
    """The holders of all that is being written to `target`, or was when its writer was killed."""
    named = re.compile(rf"\.{re.escape(target.name)}\.[a-z0-9_]{{8}}{re.escape(SUFFIX)}")
    return [target.parent / name for name in os.listdir(target.parent) if named.fullmatch(name)]


def _last_change_s(folder: Path) -> float:
    return folder.stat().st_mtime


def _remove(holder: Path) -> None:
    """Remove a holder, the older folder first under a name by which `restore` does not find it half removed."""
    with suppress(OSError):
        if (holder / "old").exists():
            os.rename(holder / "old", holder / "gone")
        shutil.rmtree(holder, ignore_errors=True)


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir()
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
    for made in {folder, *((folder / name).parent for name in files), *(folder / name for name in files)}:
        _to_disk(made)


def _to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, would outlast a power cut: else a name may come before its content."""
    try:
        handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    except PermissionError:
        return  # Windows opens no folders
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _put(path: Path, target: Path, holder: Path, replaces: Replaces) -> None:
    """Put holder/new where target is; where others get in between, again."""
    new, old = holder / "new", holder / "old"
    for turn in range(MOST_TRIES):
        if _placed(new, target):
            break
        _refuse(path, target, replaces)
        if _exchanged(new, target):
            _keep_foreign(path, target, new, replaces)
            break
        if new.is_file():
            os.replace(new, target)
            break
        with suppress(FileNotFoundError):
            os.rename(old, holder / f"gone{turn}")  # others have put a newer one in place since this one was taken from there
        with suppress(FileNotFoundError):  # others have just taken it
            os.rename(target, old)
            _refuse(path, old, replaces)  # the holder puts it back
    else:
        raise CannotWrite(f"{path} cannot be written: other processes keep writing there")
    _to_disk(target.parent)


def _placed(new: Path, target: Path) -> bool:
    """Whether a folder or file could be put where nothing stands but perhaps an empty folder for a folder."""
    try:
        (os.rename if new.is_dir() else os.link)(new, target)
    except OSError as fault:
        if fault.errno in TAKEN or os.path.lexists(target):
            return False
        if new.is_dir():
            raise
        os.rename(new, target)  # a file system without links
    return True


def _keep_foreign(path: Path, target: Path, taken: Path, replaces: Replaces) -> None:
    """Exchange back, and raise CannotWrite, where what was taken came there after the last look and may not be replaced."""
    try:
        _refuse(path, taken, replaces)
    except CannotWrite:
        _exchanged(taken, target)
        raise


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two names in one step; False where the system cannot, or one of them is missing."""
    first, second = os.fsencode(one), os.fsencode(other)
    try:
        system = ctypes.CDLL(None)
        if sys.platform == "darwin":
            return bool(system.renamex_np(first, second, EXCHANGE) == 0)
        return bool(system.renameat2(HERE, first, HERE, second, EXCHANGE) == 0)
    except (AttributeError, OSError, TypeError):  # no such call; Windows has no library without a name either
        return False


@contextmanager
def _system_faults(path: Path) -> Iterator[None]:
    """Faults of the system in words, be they wrapped in an error of the library that met them."""
    try:
        yield
    except Exception as fault:
        cause = fault if isinstance(fault, OSError) else fault.__context__
        if isinstance(fault, CannotWrite) or not isinstance(cause, OSError):
            raise
        raise CannotWrite(f"{path} cannot be written: {cause.strerror or cause}") from fault
