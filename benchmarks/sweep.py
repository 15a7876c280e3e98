"""What a second worker brings: the same scenarios solved by one worker and by two, and the share of their time in which they solve."""

from __future__ import annotations

import argparse
import time

import planner

PATH = "finance.discount_rate_fraction"


def main(path: str, count: int, workers: int) -> None:
    """Sweep the instance at `path` over so many discount rates, with one worker and with so many."""
    instance = planner.load(path)
    rates = [round(0.08 + 0.04 * i / count, 6) for i in range(count)]
    spent: dict[int, float] = {}
    for crew in (1, workers):
        began = time.perf_counter()
        frame = planner.sweep(instance, {PATH: rates}, workers=crew)
        spent[crew] = time.perf_counter() - began
        busy = frame["seconds"].sum() / (crew * spent[crew])
        each = f"{count} scenarios of {frame['seconds'].median():.1f} s (median)"
        print(f"{crew} workers: {each} in {spent[crew]:.1f} s; solving {100 * busy:.0f} % of their time")
    print(f"efficiency of {workers} workers: {100 * spent[1] / (workers * spent[workers]):.0f} %")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("instance", nargs="?", default="instances/ercot_landlord")
    parser.add_argument("--scenarios", type=int, default=40)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    main(given.instance, given.scenarios, given.workers)
