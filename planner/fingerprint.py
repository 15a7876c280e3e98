"""What a result depends on: hashes of the instance and of the model's source, and the versions of what computed it."""

from __future__ import annotations

import hashlib
import json
import platform
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import planner_models.schema
from planner_models.schema import Instance

PACKAGES = ("megawatt-planner", "pyomo", "highspy", "numpy", "pandas", "pydantic")


def fingerprints(instance: Instance) -> dict[str, str]:
    """SHA-256 of the instance (its canonical JSON) and of the model (the source files of planner_models)."""
    return {"instance": instance_hash(instance), "model": model_hash()}


def instance_hash(instance: Instance) -> str:
    """SHA-256 of the instance as JSON with sorted keys: the same data have the same hash, whatever file they came from."""
    text = json.dumps(instance.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


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
