"""What can never hurt does not hurt: limits widened, costs and duties lowered, what is earned or owned raised, on random portfolios."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest

from planner_models.schema import Instance
from tests.properties.better import BETTER, improvements, known
from tests.properties.both import Reading, read
from tests.properties.details import any_portfolio

CHUNK, FIELDS = 4, 5
"""Portfolios of one test, and how many fields of each are made better, one at a time."""
CHUNKS = [
    pytest.param(range(first, first + CHUNK), id=f"from_{first}", marks=() if first == 20_000 else (pytest.mark.prove,))
    for first in range(20_000, 20_160, CHUNK)
]


def reached(reading: Reading) -> float:
    """What the best plan reaches, by the checker; nothing at all where there is no plan."""
    return float("-inf") if reading.certificate is None else float(reading.certificate.objective_musd)


def losses(instance: Instance, chance: random.Random, seen: Counter[str]) -> list[str]:
    """The fields of some rows, at random, whose improvement makes the optimum less; `seen` counts those tried and those that help."""
    better = list(improvements(instance))
    before, found = reached(read(instance)), []
    for path, other in chance.sample(better, min(FIELDS, len(better))):
        after = reached(read(other))
        seen["tries"] += 1
        seen["helped"] += after > before + 1e-4
        if after < before - 1e-6 * abs(before) - 1e-5:
            found.append(f"{path}: {before} -> {after}")
    return found


def test_the_schema_has_every_field_listed() -> None:
    assert [path for path, _ in BETTER if not known(path)] == []


@pytest.mark.parametrize("seeds", CHUNKS)
def test_better_never_hurts(seeds: range, record_property: Callable[[str, object], None]) -> None:
    """On every portfolio of the chunk, for some of the fields that it has."""
    seen: Counter[str] = Counter()
    found = {seed: words for seed in seeds if (words := losses(any_portfolio(seed), random.Random(f"better than {seed}"), seen))}
    record_property("tries", seen["tries"])
    record_property("helped", seen["helped"])
    assert found == {}
