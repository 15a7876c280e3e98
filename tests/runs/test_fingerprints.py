"""Hashes and versions of a run."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from planner import fingerprint
from planner.runs import fingerprints, versions
from planner_models import schema
from planner_models.schema import Instance
from tests.tables.sample import instance


def test_the_hash_of_an_instance_is_that_of_its_data() -> None:
    """The same data give the same hash, whichever way they came; any change gives another."""
    same = Instance.model_validate_json(instance().model_dump_json())
    assert fingerprints(same) == fingerprints(instance())
    other = instance().with_("leases.anchor.rent_usd_per_kw_month", 130.01)
    assert fingerprints(other)["instance"] != fingerprints(instance())["instance"]
    assert fingerprints(other)["model"] == fingerprints(instance())["model"]
    assert re.fullmatch("[0-9a-f]{64}", fingerprints(instance())["instance"])


def test_the_hash_of_the_model_is_that_of_its_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text and names of the source files count, at any depth; line ends and other files do not."""

    def hashed() -> str:
        fingerprint.model_hash.cache_clear()
        return fingerprint.model_hash()

    (tmp_path / "uses").mkdir()
    (tmp_path / "schema.py").write_bytes(b"a = 1\nb = 2\n")
    (tmp_path / "uses" / "hpc.py").write_bytes(b"c = 3\n")
    monkeypatch.setattr(schema, "__file__", str(tmp_path / "schema.py"))
    first = hashed()
    (tmp_path / "schema.py").write_bytes(b"a = 1\r\nb = 2\r\n")
    (tmp_path / "notes.txt").write_text("other")
    assert hashed() == first
    (tmp_path / "uses" / "hpc.py").write_bytes(b"c = 4\n")
    second = hashed()
    assert second != first
    (tmp_path / "uses" / "hpc.py").rename(tmp_path / "uses" / "gpu.py")
    assert hashed() not in (first, second)
    fingerprint.model_hash.cache_clear()


def test_versions_name_what_computed_the_run() -> None:
    """Python, the planner, its packages, and a solver that is a package of its own; one that is absent is said to be."""
    found = versions("highs", "scip", "gurobi")
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))
    assert {"megawatt-planner", "pyomo", "highspy", "pandas", "pyscipopt", "gurobipy"} <= set(found)
    assert re.match(r"\d+\.\d+", found["pyomo"])
    assert "pyscipopt" not in versions("highs")
