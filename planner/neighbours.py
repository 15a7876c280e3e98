"""Plans near a plan: one section of the model, or one site, decided anew with all else kept; failing these, all of a small one.

A better plan shows a bound to be wrong.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from planner.claims import TOLERANCE
from planner.compile import Arrays, Vector
from planner.highs import Settings, maximise
from planner.plan import FAMILIES

SECTIONS = {
    1: "cancellations",
    2: "halls",
    4: "leases",
    5: "GPUs and contracts",
    6: "grid and equipment",
    11: "sites",
    12: "generators",
    13: "power contracts",
    14: "hosting",
}
"""What the whole-number decisions of each section of MATHS.md are about."""
MOST_COLUMNS = 50_000
"""Programs larger than this have no neighbours looked at: each look takes as long as a small solve."""
FEW_COLUMNS = 1_500
"""Programs up to this size are looked at as a whole too, which takes about as long as the search itself: on larger ones it is seconds."""
EVERYTHING = "the plan of a short search without presolve"
"""The last look: nothing is kept, and the reductions are left out from which the known wrong claims of HiGHS 1.15.1 come."""
NODES, SECONDS = 100, 10.0
"""Most nodes and seconds of each look; the nodes end it first, so that the same program has the same neighbours found."""
ALL_SECONDS = 60.0
"""Most seconds of all looks around one plan, or those of the time limit where it is shorter."""


def neighbours(arrays: Arrays, values: Vector, settings: Settings, stop: threading.Event | None = None) -> Iterator[tuple[str, Vector]]:
    """Points better than `values` (whole numbers whole) by more than the tolerance, each with the words for what was decided anew.

    In a small program everything is decided anew last, and only when no smaller look found anything.
    """
    if arrays.columns > MOST_COLUMNS:
        return
    at_hand, found = float(arrays.cost @ values + arrays.offset), False
    ends = time.monotonic() + min(ALL_SECONDS, settings.time_limit_s or ALL_SECONDS)
    for words, program in _programs(arrays, values):
        if found and words == EVERYTHING:
            return
        left_s = ends - time.monotonic()
        if left_s <= 0 or (stop is not None and stop.is_set()):
            return
        look = replace(settings, time_limit_s=min(SECONDS, left_s), nodes=NODES, presolve=words != EVERYTHING)
        answer = maximise(program, look, start=values, stop=stop)
        if answer.status == "interrupted":
            return
        if answer.values is not None and answer.objective is not None and answer.objective > at_hand + TOLERANCE * (1 + abs(at_hand)):
            found = True
            yield words, answer.values


def _programs(arrays: Arrays, values: Vector) -> Iterator[tuple[str, Arrays]]:
    """The program with all whole numbers kept but those of one group, group by group; of a small one in the end with none kept."""
    held = np.where(arrays.integer, np.round(values), values)
    for words, columns in _groups(arrays).items():
        kept = arrays.integer.copy()
        kept[columns] = False
        yield words, arrays.fixed(held, kept)
    if arrays.columns <= FEW_COLUMNS:
        yield EVERYTHING, arrays


def _groups(arrays: Arrays) -> dict[str, list[int]]:
    """Whole-number columns by section and by site; those that no plan holds, as they follow from the others, are free in all."""
    whole = [int(column) for column in np.flatnonzero(arrays.integer)]
    free = [column for column in whole if arrays.column_labels[column].rule not in FAMILIES]
    groups: dict[str, list[int]] = {}
    for column in whole:
        label = arrays.column_labels[column]
        if label.rule in FAMILIES:
            family = FAMILIES[label.rule]
            groups.setdefault(f"a neighbour with other {SECTIONS[family.section]}", list(free)).append(column)
            for key, part in zip(family.keys, label.index, strict=True):
                if key == "site":
                    groups.setdefault(f"a neighbour that differs at {part}", list(free)).append(column)
    return {words: columns for words, columns in groups.items() if len(columns) < len(whole)}
