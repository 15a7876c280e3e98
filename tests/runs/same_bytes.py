"""What two processes are asked for: the programs and a plan of the same instance, as bytes; run by `test_same_bytes.py`."""

from __future__ import annotations

import hashlib
import sys
import tempfile
from pathlib import Path

from planner import SolveOptions, load, solve
from planner.programs import program_of, write_program
from planner.programs.writing import SUFFIXES


def main(folder: Path, small: Path) -> None:
    """Print a hash of each file that is written for the instance in `folder`, and of the plan of the one in `small`."""
    program = program_of(load(folder))
    with tempfile.TemporaryDirectory() as place:
        for suffix in SUFFIXES:
            write_program(program, Path(place) / f"program{suffix}")
        solve(load(small), SolveOptions(seed=3, threads=1, baseline=False)).save(Path(place) / "run")
        for file in (*(Path(place) / f"program{suffix}" for suffix in SUFFIXES), Path(place) / "run" / "plan.json"):
            print(file.name, hashlib.sha256(file.read_bytes()).hexdigest())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
