"""The checker runs on fractions alone: nothing of the model, and no library of numbers, is loaded by it or works for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from planner.check import verify
from planner.plan import Plan
from tests.check.suites import SUITES

ROOT = Path(__file__).parents[2]
OTHERS = ("pyomo", "highspy", "numpy", "scipy", "pandas")
DATA = {"rows"}
"""What of the model's package may run while a plan is checked: the rows of an instance, which know their own keys."""
ALONE = """
import sys
import planner.check
import planner_models.schema
print(sorted({name.split(".")[0] for name in sys.modules} & set(sys.argv[1:])))
print(sorted(name for name in sys.modules if name.startswith("planner.") and name.split(".")[1] not in ("check", "plan", "rules")))
"""


def called(plan: Plan, suite: Any) -> set[Path]:
    """The files whose functions run while a plan is checked."""
    files: set[Path] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            files.add(Path(frame.f_code.co_filename))

    sys.setprofile(note)
    try:
        verify(suite.instance, plan)
    finally:
        sys.setprofile(None)
    return files


def test_it_loads_no_library_of_numbers_and_no_other_part_of_the_planner() -> None:
    """In a process of its own; what the schema needs to validate an instance comes with it, the formulation does not."""
    path = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "models")])}
    out = subprocess.run([sys.executable, "-c", ALONE, *OTHERS], check=True, capture_output=True, text=True, env=path)
    assert out.stdout.splitlines() == ["[]", "[]"]


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_nothing_of_the_model_works_for_it(suite: Any) -> None:
    """Of all that runs in a check, the calendar included, the model's package has no more than the rows' own keys."""
    files = called(suite.plan, suite)
    of_the_model = {path.relative_to(ROOT / "models" / "planner_models").parts[0] for path in files if ROOT / "models" in path.parents}
    assert of_the_model <= DATA
    assert ROOT / "planner" / "check" / "calendar.py" in files
    assert not {path for path in files if set(path.parts) & set(OTHERS)}
