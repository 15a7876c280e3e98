"""The solver's optimum is the best of all combinations of whole numbers, each solved by another solver and judged by the checker.

Where whole numbers leave no plan, the least that rows must be broken gives a plan that the checker refuses.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from planner.check import verify
from planner.compile import Arrays, Vector
from planner.plan import FAMILIES
from planner.polish import extract
from planner_models.schema import Instance
from tests.brute.parts import portfolio
from tests.brute.search import Rest, TooMany, wholes
from tests.properties.both import Reading, compiled, read_as
from tests.tiny import lease, site, standing
from tests.tiny_capital import pair
from tests.tiny_deals import serving
from tests.tiny_past import either_site
from tests.tiny_sites import raw_land, two_tenants

MOST_TRIED = 700
"""Portfolios with more combinations are left out."""
SMALL = (3, 15, 22, 32, 43, 55, 58, 59, 87, 99)
"""Portfolios with few, tried in every run."""
CHUNK = 24
CHUNKS = [
    pytest.param(SMALL, id="small"),
    *(pytest.param(range(first, first + CHUNK), id=f"from_{first}", marks=pytest.mark.prove) for first in range(0, 10 * CHUNK, CHUNK)),
]
HALVES = [{"months": 6, "count": 2}]
BY_HAND: dict[str, Callable[[], Instance]] = {
    "raw land": lambda: raw_land(sites=[site(land_it_mw=2)], periods=HALVES),
    "a pair of sites": lambda: pair(sites=[site(land_it_mw=1), site(id="north", land_it_mw=1)]),
    "either site": lambda: either_site(periods=HALVES, sites=[site(land_it_mw=1), site(id="north", land_it_mw=1)]),
    "two tenants": lambda: two_tenants(periods=HALVES),
    "one that is bought off": lambda: two_tenants(
        periods=HALVES,
        opening=[standing()],
        leases=[lease(stage="signed", break_fee_musd=2.0), lease(id="second", block_it_mw=0.5, stage="signed", break_fee_musd=9.0)],
    ),
    "clusters for a customer": lambda: serving(periods=HALVES, sites=[site(land_it_mw=2)]),
}
"""Builders of the tests that are solved by hand."""


def kinds(arrays: Arrays) -> set[str]:
    """The families of whole-number decisions that the model has."""
    labels = (arrays.column_labels[column] for column in np.flatnonzero(arrays.integer))
    return {label.rule for label in labels if label.rule in FAMILIES}


def grouped(arrays: Arrays, combinations: list[tuple[int, ...]]) -> list[list[tuple[int, ...]]]:
    """The combinations that are one plan: they differ only in what no plan holds, as it follows (which equipment is present)."""
    labels = [arrays.column_labels[column] for column in np.flatnonzero(arrays.integer)]
    own = [at for at, label in enumerate(labels) if label.rule in FAMILIES]
    groups: dict[tuple[int, ...], list[tuple[int, ...]]] = defaultdict(list)
    for whole in combinations:
        groups[tuple(whole[at] for at in own)].append(whole)
    return list(groups.values())


class Search:
    """The best of all plans of one portfolio; `faults` are those that model and checker judge differently, `seen` counts."""

    def __init__(self, reading: Reading, seen: Counter[str]) -> None:
        self.reading, self.seen = reading, seen
        self.faults: list[str] = []
        self.best_musd = float("-inf")
        self._rest, self._broken = Rest(reading.arrays), Rest(reading.arrays, elastic=True)

    def one_plan(self, combinations: list[tuple[int, ...]]) -> None:
        """The best that these combinations allow is accepted at its value; where they allow nothing, what comes nearest is refused."""
        found = [values for values in map(self._rest.best, combinations) if values is not None]
        self.seen["feasible" if found else "infeasible"] += 1
        for values in found:
            self._judge(values, claimed_musd=float(self.reading.arrays.cost @ values + self.reading.arrays.offset))
        for whole in () if found else combinations:
            values = self._broken.best(whole)
            assert values is not None
            self._judge(values, None)

    def _judge(self, values: Vector, claimed_musd: float | None) -> None:
        instance = self.reading.instance
        certificate = verify(instance, extract(instance, self.reading.arrays, values), claimed_musd)
        if certificate.ok != (claimed_musd is not None):
            words = [f"({fault.tag}) {fault.words}" for fault in certificate.violations[:2]] or "accepted"
            self.faults.append(f"{values[self.reading.arrays.integer]}, claimed {claimed_musd}: {words}")
        elif claimed_musd is not None:
            self.best_musd = max(self.best_musd, float(certificate.objective_musd))

    def verdict(self) -> list[str]:
        """All faults, among them an optimum of the solver that is not the best of all."""
        certificate = self.reading.certificate
        claim = float("-inf") if certificate is None else float(certificate.objective_musd)
        if claim == self.best_musd or abs(self.best_musd - claim) <= 1e-6 * abs(claim) + 1e-6:
            return self.faults
        return [*self.faults, f"the solver claims {claim}, the best of all is {self.best_musd}"]


def enumerated(instance: Instance, seen: Counter[str]) -> list[str]:
    """The faults of one portfolio; not tried where it has one kind of decision or too many combinations."""
    arrays = compiled(instance)
    try:
        combinations = wholes(arrays)
    except TooMany:
        return []
    if len(combinations) > MOST_TRIED or len(kinds(arrays)) < 2:
        return []
    seen["portfolios"] += 1
    seen.update(kinds(arrays))
    search = Search(read_as(instance, arrays), seen)
    for plan in grouped(arrays, combinations):
        search.one_plan(plan)
    return search.verdict()


@pytest.mark.parametrize("seeds", CHUNKS)
def test_the_optimum_is_the_best_of_all(seeds: Sequence[int], record_property: Callable[[str, object], None]) -> None:
    """On the random portfolios of the chunk that have few enough combinations."""
    seen: Counter[str] = Counter()
    found = {seed: words for seed in seeds if (words := enumerated(portfolio(seed), seen))}
    record_property("tries", seen["portfolios"])
    record_property("combinations", seen["feasible"] + seen["infeasible"])
    assert found == {}
    assert seen["portfolios"] >= 4
    assert min(seen["feasible"], seen["infeasible"]) > 0


@pytest.mark.parametrize("name", BY_HAND)
def test_the_optimum_by_hand_is_the_best_of_all(name: str, record_property: Callable[[str, object], None]) -> None:
    """On instances of which others tests derive the optimum."""
    seen: Counter[str] = Counter()
    assert enumerated(BY_HAND[name](), seen) == []
    record_property("tries", 1)
    assert seen["portfolios"] == 1
