"""The same input gives the same model, byte by byte, and the same plan, in any process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shipped import FOLDER

ROOT = FOLDER.parent


def told(seed: str, folder: Path, small: Path) -> list[str]:
    """What a fresh process writes, Python's hashes scattered by `seed`."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "models")])}
    command = [sys.executable, "-m", "tests.runs.same_bytes", str(folder), str(small)]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment, cwd=ROOT).stdout.splitlines()


@pytest.mark.parametrize(
    ("name", "solved"), [("rockdale", "one_site"), pytest.param("public_company", "rockdale", marks=[pytest.mark.prove])]
)
def test_the_same_bytes_in_fresh_processes(name: str, solved: str) -> None:
    """LP and MPS files, packed or not, and plan.json of a solve with the same solver, seed and threads."""
    first, second = (told(seed, FOLDER / name, FOLDER / solved) for seed in ("1", "2"))
    assert len(first) == 5
    assert first == second
