"""The model and the checker are two readings of MATHS.md: on random portfolios they accept the same plans at the same value.

For each portfolio the optimal plan passes the checker at what the model claims. Plans near it, other corners of the model and plans of the
model without one of its rules are judged by both: the checker accepts exactly those that are feasible with their decisions fixed.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest

from planner.check import verify
from planner.plan import Plan
from planner_models.schema import Instance
from tests.properties.both import Reading, judged, perturbed, read
from tests.properties.details import any_portfolio

PORTFOLIOS = 2200
"""More than 2,000, of which about two in three have a plan."""
CHUNK = 20
"""Portfolios of one test; only the first chunk is part of every run."""
TRIES = 6
"""Plans near the optimum of each."""
CHUNKS = [
    pytest.param(range(first, first + CHUNK), id=f"from_{first}", marks=() if first == 0 else (pytest.mark.prove,))
    for first in range(0, PORTFOLIOS, CHUNK)
]


def unequal(instance: Instance) -> bool:
    """Whether its periods differ in length."""
    return len({span.months for span in instance.periods}) > 1


def disagreements(reading: Reading, seed: int, seen: Counter[str]) -> list[str]:
    """Every difference between model and checker on one portfolio; `seen` counts what was tried."""
    seen["unequal"] += unequal(reading.instance)
    seen[reading.answer.status] += 1
    if reading.plan is None or reading.certificate is None:
        idle = verify(reading.instance, Plan(reading.instance.name)).ok
        fine = reading.answer.status == "infeasible" and not idle
        return [] if fine else [f"{seed}: the model is {reading.answer.status}, doing nothing is {'fine' if idle else 'refused'}"]
    found = [f"{seed}: optimum: ({broken.tag}) {broken.words}" for broken in reading.certificate.violations]
    for way, plan in perturbed(reading, random.Random(f"plans of {seed}"), TRIES):
        verdicts = judged(reading, plan)
        seen["accepted" if verdicts.certificate.ok else "refused"] += 1
        found += [] if verdicts.agree else [f"{seed}: {way}: {verdicts}"]
    return found


@pytest.mark.parametrize("seeds", CHUNKS)
def test_model_and_checker_agree(seeds: range, record_property: Callable[[str, object], None]) -> None:
    """On every portfolio of the chunk and every plan near its optimum."""
    seen: Counter[str] = Counter()
    found = [words for seed in seeds for words in disagreements(read(any_portfolio(seed)), seed, seen)]
    record_property("tries", len(seeds))
    for name, count in seen.items():
        record_property(name, count)
    assert found == []
    assert seen["unequal"] >= len(seeds) / 2
    assert seen["optimal"] >= len(seeds) / 5
