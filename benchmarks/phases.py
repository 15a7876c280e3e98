"""Where the time of a solve goes: each phase as a multiple of handing the same arrays to HiGHS (median of several runs)."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import planner
from planner.compile import collection_paused, compile_model
from planner.highs import Settings, hand_over
from planner_models.build import build

RUNS = 5


def seconds(work: Callable[[], object]) -> float:
    """Median CPU seconds of this thread over several runs, after one that does not count."""
    spent = []
    for _ in range(RUNS + 1):
        began = time.thread_time()
        work()
        spent.append(time.thread_time() - began)
    return statistics.median(spent[1:])


def main(path: str) -> None:
    """Print the table for the instance at `path`."""
    instance = planner.load(path)
    with collection_paused():
        model = build(instance)
        arrays = compile_model(model)
        base = seconds(lambda: hand_over(arrays, Settings()))
        phases = {
            "hand over to HiGHS": base,
            "read the folder": seconds(lambda: planner.load(path)),
            "build": seconds(lambda: build(instance)),
            "compile": seconds(lambda: compile_model(model)),
        }
    run = planner.solve(instance)
    assert run.plan is not None
    plan = run.plan
    phases["check"] = seconds(lambda: planner.verify(instance, plan))
    print(f"{path}: {arrays.rows} rows, {arrays.columns} columns, {len(arrays.data)} nonzeros")
    for name, spent in phases.items():
        print(f"{name:20} {spent / base:8.1f} x   ({1000 * spent:.1f} ms)")


if __name__ == "__main__":
    main(sys.argv[1])
