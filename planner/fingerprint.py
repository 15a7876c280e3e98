"""What a result depends on: hashes of the instance and of the model's source, and the versions of what computed it."""

from __future__ import annotations

import hashlib
import json
import platform
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import planner_models.schema
from planner_models.rows import Row, Strict
from planner_models.schema import TABLES, Instance

UNASKED = ("name", "title", "options")
"""Settings that are no part of the question which an instance asks."""
SHORT = 16
"""Hexadecimal digits of a short hash."""
PACKAGES = ("megawatt-planner", "pyomo", "highspy", "numpy", "pandas", "pydantic")


def fingerprints(instance: Instance) -> dict[str, str]:
    """SHA-256 of the instance (its canonical JSON) and of the model (the source files of planner_models)."""
    return {"instance": instance_hash(instance), "model": model_hash()}


def instance_hash(instance: Instance) -> str:
    """SHA-256 of the instance as JSON with sorted keys: the same data have the same hash, whatever file they came from."""
    return hashlib.sha256(_text(instance.model_dump(mode="json")).encode()).hexdigest()


def part_hashes(instance: Instance) -> dict[str, str]:
    """A short hash of each table, block and setting of an instance that may change its answer: by its content, in whatever order of rows.

    Names, titles, notes, sources and options of the solve are left out, and so are empty tables.
    """
    parts: dict[str, object] = {}
    for name in Instance.model_fields:
        part = getattr(instance, name)
        if name in TABLES:
            parts[name] = sorted(_text(row.model_dump(mode="json", exclude=set(Row.FREE))) for row in part)
        elif name not in UNASKED:
            parts[name] = part.model_dump(mode="json") if isinstance(part, Strict) else instance.model_dump(mode="json", include={name})
    return {name: hashlib.sha256(_text(part).encode()).hexdigest()[:SHORT] for name, part in parts.items() if part}


def _text(data: object) -> str:
    """JSON with sorted keys."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@lru_cache(maxsize=1)
def model_hash() -> str:
    """SHA-256 of the names and text of the model's source files; line endings do not count."""
    root = Path(planner_models.schema.__file__).parent
    digest = hashlib.sha256()
    for file in sorted(root.rglob("*.py"), key=lambda file: file.relative_to(root).as_posix()):
        digest.update(f"{file.relative_to(root).as_posix()}\0".encode())
        digest.update(file.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


def versions(*solvers: str) -> dict[str, str]:
    """Versions of Python, of the planner and of what it stands on, and of solvers that are Python packages of their own."""
    names = {"scip": "pyscipopt", "gurobi": "gurobipy"}
    packages = [*PACKAGES, *(names[solver] for solver in solvers if solver in names)]
    return {"python": platform.python_version()} | {name: _version(name) for name in packages}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
