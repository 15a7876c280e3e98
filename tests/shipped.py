"""The shipped instances: every folder of instances/."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "instances"
NAMES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
