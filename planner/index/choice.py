"""Choosing among runs: by instance, in the order of a figure, or one by the beginning of its path."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from planner.errors import PlannerError, shown
from planner.index.entry import FIELDS, Entry
from planner.index.store import Listing, listing
from planner_models import words


class NoSuchRun(PlannerError):
    """No run, several runs or no figure go by a name."""

    exit_code = 2


def chosen(entries: Iterable[Entry], instance: str | None, sort: str, limit: int | None) -> list[Entry]:
    """The runs of an instance (None: all), ordered, and of these the first."""
    return ordered([entry for entry in entries if instance in (None, entry.instance)], sort)[:limit]


def ordered(entries: Sequence[Entry], sort: str) -> list[Entry]:
    """Runs in the order of a field or key figure, largest first with a minus before its name; those without it come last."""
    name = sort.removeprefix("-")
    have = [entry for entry in entries if figure(entry, name) is not None]
    without = [entry for entry in entries if figure(entry, name) is None]
    return sorted(have, key=lambda entry: _rank(entry, name), reverse=sort.startswith("-")) + without


def figure(entry: Entry, name: str) -> float | str | None:
    """A field or key figure of a run; None where it has none."""
    if name in FIELDS:
        value: float | str | None = getattr(entry, name)
        return value
    return entry.kpis[name].shown if name in entry.kpis else None


def _rank(entry: Entry, name: str) -> tuple[bool, float, str]:
    """Numbers before words."""
    value = figure(entry, name)
    return (True, 0.0, value) if isinstance(value, str) else (False, value or 0.0, "")


def with_figures(root: str | Path, names: Iterable[str]) -> Listing:
    """All runs under a folder with the named fields or key figures. Raises NoSuchRun where none of the runs has a figure so named."""
    wanted = tuple(names)
    found = listing(root, wanted)
    known = {*FIELDS, *(name for entry in found.entries for name in entry.kpis)}
    unknown = [name for name in wanted if name not in known]
    if unknown and found.entries:
        there = {*FIELDS, *(name for entry in listing(root).entries for name in entry.kpis)}
        close = words.nearest(unknown[0], sorted(there))
        hint = f"did you mean {close}?" if close else f"there are the fields {', '.join(FIELDS)} and the key figures of tables/kpis.csv"
        raise NoSuchRun(f"no run has a figure {unknown[0]!r}; {hint}")
    return found


def one_of(found: Listing, name: str) -> Entry:
    """The run whose path, from the root or from here, is `name`, or the only one whose path begins so. Raises NoSuchRun."""
    real = Path(name).resolve()
    whole = [entry for entry in found.entries if entry.path == name.rstrip("/") or found.root / entry.path == real]
    begins = whole or [entry for entry in found.entries if entry.path.startswith(name)]
    if len(begins) == 1:
        return begins[0]
    if begins:
        raise NoSuchRun(shown(f"{len(begins)} runs under {found.root} begin with {name!r}: {words.listing(run.path for run in begins)}"))
    close = words.nearest(name, [entry.path for entry in found.entries])
    raise NoSuchRun(shown(f"no run under {found.root} begins with {name!r}" + (f"; did you mean {close}?" if close else "")))
