"""The index in SQLite beside the runs: brought up to date by each look at it, rebuilt where damaged, in memory where it cannot be kept."""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from planner.index.entry import FIELDS, Entry, Figure, Place, read
from planner.index.walk import Found, root_of, walk
from planner.record import FORMAT

FILE = ".planner-index.sqlite"
"""Name of the index in the folder that holds the runs."""
BUSY_S = 60.0
"""Seconds to wait for another process that brings the index up to date; after that this one keeps its own in memory."""
_STAMP = ("mtime_ns", "bytes", "inode")
_TABLES = f"""
CREATE TABLE runs (path BLOB PRIMARY KEY, {", ".join(_STAMP)}, {", ".join(FIELDS[1:])});
CREATE TABLE kpis (path BLOB, name, value, text, unit, PRIMARY KEY (path, name)) WITHOUT ROWID;
"""
_VERSION = zlib.crc32(f"{FORMAT}{_TABLES}".encode()) & 0x7FFFFFFF
"""What an index depends on: an index of other tables or for another format of runs is built anew."""
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT)
"""What tells that the file is not an index as it should be; other faults lie outside it, and it is left as it is."""


@dataclass(frozen=True)
class Listing:
    """The runs under `root`, in the order of their paths, as they are now; `read` of them were read anew. `notes` on what was left out."""

    root: Path
    entries: tuple[Entry, ...]
    read: int
    notes: tuple[str, ...]


def listing(path: str | Path, kpis: Iterable[str] | None = None, *, anew: bool = False) -> Listing:
    """All runs under a folder, with the named key figures (None: all); `anew` reads every run again. Raises NoRoot."""
    root, wanted = root_of(path), None if kpis is None else tuple(kpis)
    place = root / FILE
    if place.is_symlink():
        return _in_memory(root, wanted, f"{place} is a symbolic link and was left alone")
    for _ in range(2):
        before = _inode(place)
        try:
            return _listed(root, place, wanted, anew, ())
        except sqlite3.DatabaseError as fault:
            if getattr(fault, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF not in _DAMAGED:
                return _in_memory(root, wanted, f"the index cannot be kept in {root} ({fault}); every run was read anew")
            _remove(place, before)
    return _in_memory(root, wanted, f"{place} is damaged and cannot be replaced; every run was read anew")


def _in_memory(root: Path, kpis: tuple[str, ...] | None, note: str) -> Listing:
    return _listed(root, ":memory:", kpis, True, (note,))


def _listed(root: Path, place: Path | str, kpis: tuple[str, ...] | None, anew: bool, notes: tuple[str, ...]) -> Listing:
    """What the index says, once it says what the folders do: both are of one moment, as seen by this process."""
    with closing(sqlite3.connect(place, timeout=BUSY_S, isolation_level=None)) as index:
        index.execute("PRAGMA journal_mode = WAL")
        index.execute("PRAGMA synchronous = NORMAL")
        with _transaction(index, "DEFERRED"):
            found = walk(root)
            if not anew and _is_current(index) and _stamps(index) == set(found.places):
                return Listing(root, _entries(index, kpis), 0, (*notes, *found.notes))
        with _transaction(index, "IMMEDIATE"):
            if anew or not _is_current(index):
                _empty(index)
            found = walk(root)  # others may have saved runs while this one waited for them
            count = _bring_up_to_date(index, root, found)
            return Listing(root, _entries(index, kpis), count, (*notes, *found.notes))


@contextmanager
def _transaction(index: sqlite3.Connection, kind: str) -> Iterator[None]:
    index.execute(f"BEGIN {kind}")
    try:
        yield
    except BaseException:
        with suppress(sqlite3.Error):  # a fault may have ended it already
            index.execute("ROLLBACK")
        raise
    index.execute("COMMIT")


def _is_current(index: sqlite3.Connection) -> bool:
    return bool(index.execute("PRAGMA user_version").fetchone()[0] == _VERSION)


def _empty(index: sqlite3.Connection) -> None:
    """An index without runs, whatever it was."""
    for (name,) in index.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        index.execute('DROP TABLE "' + name.replace('"', '""') + '"')
    for statement in _TABLES.strip().split(";\n"):
        index.execute(statement)
    index.execute(f"PRAGMA user_version = {_VERSION}")


def _stamps(index: sqlite3.Connection) -> set[Place]:
    return {Place(os.fsdecode(path), *rest) for path, *rest in index.execute(f"SELECT path, {', '.join(_STAMP)} FROM runs")}


def _bring_up_to_date(index: sqlite3.Connection, root: Path, found: Found) -> int:
    """Read what is new or changed, forget what has gone; how many runs were read."""
    known = _stamps(index)
    for place in known - set(found.places):
        index.execute("DELETE FROM runs WHERE path = ?", (os.fsencode(place.path),))
        index.execute("DELETE FROM kpis WHERE path = ?", (os.fsencode(place.path),))
    changed = [place for place in found.places if place not in known]
    slots = ", ".join("?" * (len(_STAMP) + len(FIELDS)))
    for place in changed:
        entry = read(root, place)
        if entry is None:
            continue  # gone since the walk
        key = os.fsencode(place.path)
        index.execute(f"INSERT INTO runs VALUES ({slots})", (key, *place[1:], *(getattr(entry, name) for name in FIELDS[1:])))
        index.executemany("INSERT INTO kpis VALUES (?, ?, ?, ?, ?)", ((key, name, *figure) for name, figure in entry.kpis.items()))
    return len(changed)


def _entries(index: sqlite3.Connection, kpis: tuple[str, ...] | None) -> tuple[Entry, ...]:
    names = "" if kpis is None else f" WHERE name IN ({', '.join('?' * len(kpis))})"
    figures: dict[bytes, dict[str, Figure]] = {}
    for path, name, *figure in index.execute(f"SELECT * FROM kpis{names}", kpis or ()):
        figures.setdefault(path, {})[name] = Figure(*figure)
    rows = index.execute(f"SELECT path, {', '.join(FIELDS[1:])} FROM runs ORDER BY path")
    return tuple(_entry(dict(zip(FIELDS, row, strict=True)), figures.get(row[0], {})) for row in rows)


def _entry(row: dict[str, object], kpis: dict[str, Figure]) -> Entry:
    flags = {name: None if row[name] is None else bool(row[name]) for name in ("certified", "proved")}
    return Entry(**row | flags | {"path": os.fsdecode(row["path"]), "kpis": kpis})  # type: ignore[arg-type]


def _inode(place: Path) -> int | None:
    try:
        return place.stat().st_ino
    except OSError:
        return None


def _remove(place: Path, inode: int | None) -> None:
    """Remove a damaged index with its side files, unless another process has put a new one in its place."""
    if inode == _inode(place):
        for suffix in ("-wal", "-shm", ""):
            with suppress(OSError):
                os.unlink(f"{place}{suffix}")
