"""Removing runs that are no longer wanted: only folders that are wholly a run's own, under the root, each gone in one step."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from planner.atomic import SUFFIX, restore
from planner.comparison.stated import apart
from planner.errors import BadOption
from planner.index.entry import Entry, Place, read
from planner.index.store import Listing
from planner.record import why_not_ours


@dataclass(frozen=True)
class Pruned:
    """Runs that go, each with its size in bytes, and those that would go but stay, each with the reason."""

    gone: tuple[tuple[Entry, int], ...]
    kept: tuple[tuple[Entry, str], ...]

    @property
    def megabytes(self) -> float:
        """What those that go take on the disk, in MB."""
        return sum(size for _, size in self.gone) / 1e6


def unwanted(entries: Sequence[Entry], keep: int | None, older_than_days: float | None, *, worse: bool) -> list[Entry]:
    """Readable runs for which every rule that is given says so: not among the `keep` newest of instance and solver, older, or worse.

    Raises BadOption where no rule is given.
    """
    if keep is None and older_than_days is None and not worse:
        raise BadOption("say which runs are no longer wanted: --keep, --older-than or --worse")
    found = [entry for entry in entries if not entry.unreadable]
    if keep is not None:
        newest = _newest(found, keep)
        found = [entry for entry in found if entry.path not in newest]
    if older_than_days is not None:
        limit = f"{datetime.now(UTC) - timedelta(days=older_than_days):%Y-%m-%dT%H:%M:%SZ}"
        found = [entry for entry in found if entry.saved < limit]
    if worse:
        best = _best(entries)
        found = [entry for entry in found if _is_worse(entry, best.get(_question(entry)))]
    return found


def prune(found: Listing, entries: Iterable[Entry], *, delete: bool) -> Pruned:
    """Remove runs of a listing, or with `delete` False say which could be removed."""
    gone, kept = [], []
    for entry in entries:
        folder = found.root / entry.path
        why, size = why_kept(folder), _size_bytes(folder)
        if why is None and delete:
            why = _removed(folder, entry)
        if why is None:
            gone.append((entry, size))
        else:
            kept.append((entry, why))
    return Pruned(tuple(gone), tuple(kept))


def why_kept(folder: Path) -> str | None:
    """Why a folder is not removed: it is not wholly a run's own, or is or holds a symbolic link."""
    if Path(os.path.realpath(folder)) != folder or any(place.is_symlink() for place in folder.rglob("*")):
        return "it holds a symbolic link"
    return why_not_ours(folder)


def _newest(entries: Sequence[Entry], keep: int) -> set[str]:
    """The newest runs of every instance and solver, by path; of those of the same second the last by path."""
    seen: Counter[tuple[str | None, str | None]] = Counter()
    newest = set()
    for entry in sorted(entries, key=lambda entry: (entry.saved, entry.path), reverse=True):
        seen[entry.instance, entry.solver] += 1
        if seen[entry.instance, entry.solver] <= keep:
            newest.add(entry.path)
    return newest


def _question(entry: Entry) -> tuple[str | None, str | None]:
    return entry.instance_hash, entry.model_hash


def _best(entries: Sequence[Entry]) -> dict[tuple[str | None, str | None], float]:
    """What the best plan that passed its check reaches of what is maximised, M$, by question; runs without hashes tell no question."""
    best: dict[tuple[str | None, str | None], float] = {}
    for entry in entries:
        if entry.certified and entry.objective_musd is not None and None not in _question(entry):
            best[_question(entry)] = max(entry.objective_musd, best.get(_question(entry), entry.objective_musd))
    return best


def _is_worse(entry: Entry, best_musd: float | None) -> bool:
    """Whether the best plan is worth more by more than the tolerance, or this one did not pass its check.

    A run that says that there is no plan, or no limit, is not worse but contradicts, and is kept to be looked at.
    """
    if best_musd is None or entry.outcome in ("infeasible", "unbounded"):
        return False
    if not entry.certified or entry.objective_musd is None:
        return True
    return entry.objective_musd < best_musd and apart((entry.objective_musd,) * 2, (best_musd,) * 2) > 0


def _removed(folder: Path, entry: Entry) -> str | None:
    """Remove the folder of a run; why not, where it stays.

    It is renamed aside and looked at again there, as others may have come between. A kill before that has ended leaves it where `restore`
    finds it and puts it back, a kill after it a hidden folder, which nobody takes for a run.
    """
    try:
        holder = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=SUFFIX, dir=folder.parent))
    except OSError as fault:
        return str(fault.strerror)
    try:
        os.rename(folder, holder / "old")
        why = why_kept(holder / "old") or _why_another(holder, entry)
        if why is None:
            os.rename(holder / "old", holder / "gone")
            (holder / "gone" / "run.json").unlink()
    except OSError as fault:
        why = str(fault.strerror)
    restore(folder)
    if not (holder / "old").exists():  # else others have put a run there meanwhile, and this one is not lost but hidden
        shutil.rmtree(holder, ignore_errors=True)
    return why


def _why_another(holder: Path, listed: Entry) -> str | None:
    told = (holder / "old" / "run.json").stat()
    now = read(holder, Place("old", told.st_mtime_ns, told.st_size, told.st_ino))
    same = now is not None and replace(now, path=listed.path, kpis=listed.kpis) == listed
    return None if same else "it was replaced by another run meanwhile"


def _size_bytes(folder: Path) -> int:
    total = 0
    for file in folder.rglob("*"):
        with suppress(OSError):
            total += file.lstat().st_size
    return total
