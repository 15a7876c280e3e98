"""The record of a run, run.json: its format, its seal, and what tells a folder that is wholly a run's own; light to import."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args

from planner.errors import PlannerError

Outcome = Literal[
    "optimal", "within_gap", "time_limit_with_plan", "time_limit_without_plan", "infeasible", "unbounded", "interrupted", "solver_error"
]
KIND = "megawatt-planner run "
FORMAT = f"{KIND}2"
"""What a run folder holds; the number rises when tables or key figures that the page reads are added."""
PLAIN = ("outcome", "solver", "settings", "message", "objective_musd", "bound_musd", "proved", "seconds", "versions", "hashes")
NUMBER = (int, float, type(None))
KINDS: Mapping[str, tuple[type, ...]] = {
    "solver": (str,), "settings": (dict,), "message": (str,), "objective_musd": NUMBER, "bound_musd": NUMBER, "seconds": (dict,),
    "versions": (dict,), "hashes": (dict,), "claims": (list,), "known": (list,), "tables": (dict,), "files": (dict,),
}  # fmt: skip
"""What the parts of a record are."""


class NotARun(PlannerError):
    """A folder is not a run, or a file in it is damaged."""

    exit_code = 2


def digest(content: bytes) -> str:
    """SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()


def seal(record: Mapping[str, Any]) -> str:
    """SHA-256 of run.json's content, so that a change by hand shows."""
    return digest(json.dumps({name: part for name, part in record.items() if name != "seal"}, sort_keys=True).encode())


def facts(text: str) -> dict[str, Any]:
    """What run.json holds. Raises ValueError where it is of another version, lacks a part or was changed."""
    data = json.loads(text)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        found = data.get("format") if isinstance(data, dict) else None
        raise ValueError(f"its format is {found!r}, this version reads {FORMAT!r}; solve the instance again")
    if missing := {*PLAIN, "planned", "claims", "known", "certificate", "tables", "files", "seal"} - set(data):
        raise ValueError(f"it lacks {', '.join(sorted(missing))}")
    if data["outcome"] not in get_args(Outcome):
        raise ValueError(f"{data['outcome']!r} is not an outcome")
    if bad := [name for name, allowed in KINDS.items() if not isinstance(data[name], allowed) or isinstance(data[name], bool)]:
        raise ValueError(f"{bad[0]} is {str(data[bad[0]])[:40]!r}, which is of another kind")
    if bad := [name for name in data["tables"] if not name.isidentifier()]:
        raise ValueError(f"{bad[0]!r} is not the name of a table")
    if data["seal"] != seal(data):
        raise ValueError("it was changed after the run was saved")
    return data


def why_not_ours(folder: Path) -> str | None:
    """Why a folder may not be replaced: it is not a run, be it of an earlier version, or holds files that no run writes."""
    try:
        data = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        ours, known = str(data["format"]).startswith(KIND) and data["seal"] == seal(data), data["tables"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        ours, known = False, {}
    if not ours:
        return "it is not the folder of a run"
    written = {"run.json", "plan.json", "instance.json", *(f"tables/{name}.csv" for name in known)}
    foreign = sorted({file.relative_to(folder).as_posix() for file in folder.rglob("*") if not file.is_dir()} - written)
    return f"it holds files that are not part of a run ({', '.join(foreign[:3])})" if foreign else None
