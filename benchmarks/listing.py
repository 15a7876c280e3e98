"""What `planner runs list` costs on many runs: CPU seconds of the command, start included, as a multiple of `planner --help`."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from planner.index import FILE

RUNS = 1000
LOOKS = 5


def seconds(*arguments: object) -> float:
    """CPU seconds of a command in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "planner", *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(run: str) -> None:
    """Copy the folder of a run a thousand times and list the copies, without an index and with one; the least of several looks counts."""
    with tempfile.TemporaryDirectory() as home:
        for number in range(RUNS):
            shutil.copytree(run, Path(home, f"run{number:04}"))
        base = min(seconds("--help") for _ in range(LOOKS))
        cold = []
        for _ in range(LOOKS):
            cold.append(seconds("runs", "list", home))
            Path(home, FILE).unlink()
        seconds("runs", "list", home)
        warm = [seconds("runs", "list", home) for _ in range(LOOKS)]
    print(f"{RUNS} runs; planner --help takes {base:.2f} s of CPU")
    for name, spent in {"without an index": min(cold), "with an index": min(warm)}.items():
        print(f"list {name:18} {spent / base:6.1f} x   ({spent:.2f} s)")


if __name__ == "__main__":
    main(sys.argv[1])
