"""What the index knows of one run, read from its run.json and its key figures without any heavy package."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from planner.record import digest, facts

MOST_LOOKS = 10
"""Times that a run is read anew because another one was put in its place between its two files."""
KPIS = "tables/kpis.csv"


class Place(NamedTuple):
    """A run.json: its folder relative to the root, with `/`, and what tells whether it is still the same file."""

    path: str
    mtime_ns: int
    bytes: int
    inode: int

    @property
    def saved(self) -> str:
        """When the run was saved, in UTC, as 2027-01-31T12:00:00Z."""
        return f"{datetime.fromtimestamp(self.mtime_ns // 10**9, UTC):%Y-%m-%dT%H:%M:%SZ}"


class Figure(NamedTuple):
    """A key figure: a number, or words where there is no number, and its unit."""

    value: float | None
    text: str
    unit: str

    @property
    def shown(self) -> float | str:
        """The number, else the words."""
        return self.text if self.value is None else self.value


@dataclass(frozen=True)
class Entry:
    """One run: `path` relative to the root; `unreadable` says why nothing else is known of it, and is empty otherwise.

    `certified` is whether the plan passed its check, `proved` whether the solvers that were asked agree; None where there is no plan or
    nobody asked. `seconds` of all phases together. `saved` in UTC. Figures that a run does not have are None.
    """

    path: str
    saved: str
    unreadable: str = ""
    instance: str | None = None
    outcome: str | None = None
    solver: str | None = None
    seed: int | None = None
    value_musd: float | None = None
    objective_musd: float | None = None
    bound_musd: float | None = None
    gap_fraction: float | None = None
    seconds: float | None = None
    certified: bool | None = None
    proved: bool | None = None
    instance_hash: str | None = None
    model_hash: str | None = None
    kpis: Mapping[str, Figure] = field(default_factory=dict)


FIELDS = tuple(part.name for part in fields(Entry) if part.name != "kpis")


def read(root: Path, place: Place) -> Entry | None:
    """The run at a place under a root; None where there is none any more."""
    try:
        return Entry(place.path, place.saved, **_read(root / place.path))
    except FileNotFoundError:
        return None
    except OSError as fault:
        why = str(fault.strerror or fault)
    except RecursionError:
        why = "run.json is nested too deeply to read"
    except (ValueError, LookupError, TypeError, AttributeError) as fault:
        why = f"run.json is damaged: {fault}"
    return Entry(place.path, place.saved, why)


def _read(folder: Path) -> dict[str, Any]:
    """What is known of a run, of one moment: where the key figures are of another run than the record, both are read again."""
    for _ in range(MOST_LOOKS):
        content = (folder / "run.json").read_bytes()
        data = facts(content.decode("utf-8-sig"))
        if KPIS not in data["files"]:
            return _of_record(data)
        kpis = (folder / KPIS).read_bytes() if (folder / KPIS).is_file() else b""
        if digest(kpis) == data["files"][KPIS]:
            return _of_record(data) | {"kpis": _figures(kpis.decode())}
        if (folder / "run.json").read_bytes() == content:
            return {"unreadable": f"{KPIS} is missing, or was changed after the run was saved"}
    return {"unreadable": "it was replaced by another run each time it was read"}


def _of_record(data: Mapping[str, Any]) -> dict[str, Any]:
    certificate, hashes = data["certificate"], data["hashes"]
    same = ("instance", "outcome", "solver", "value_musd", "objective_musd", "bound_musd", "gap_fraction", "proved")
    found = {name: data[name] for name in same} | {
        "seed": data["settings"].get("seed"),
        "seconds": sum(data["seconds"].values()),
        "certified": None if certificate is None else bool(certificate["ok"]),
        "instance_hash": hashes.get("instance"),
        "model_hash": hashes.get("model"),
    }
    if odd := [name for name, value in found.items() if not _is_plain(value)]:
        raise ValueError(f"{odd[0]} is {found[odd[0]]!r}, neither a number nor text")
    return found


def _is_plain(value: Any) -> bool:
    """Whether a value fits the index."""
    if isinstance(value, str):
        return value.isprintable()
    return value is None or isinstance(value, float) or (isinstance(value, int) and value.bit_length() < 64)


def _figures(text: str) -> dict[str, Figure]:
    head, *rows = csv.reader(io.StringIO(text, newline=""))
    kpi, value, words, unit = (head.index(name) for name in ("kpi", "value", "text", "unit"))
    return {row[kpi]: Figure(float(row[value]) if row[value] else None, row[words], row[unit]) for row in rows}
