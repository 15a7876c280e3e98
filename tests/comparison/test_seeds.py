"""Seeds and gaps of one instance: no false alarm and no contradiction, whichever two of the runs are compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import combinations

import pytest

from planner.comparison.judging import Rules, judge
from planner.comparison.sides import side_of
from planner.instance import load
from planner.options import SolveOptions
from planner.solving import solve
from tests.shipped import FOLDER

GAPS = (1e-2, 1e-4)


@pytest.mark.parametrize(
    ("name", "seeds"),
    [("one_site", 2), pytest.param("public_company", 6, marks=pytest.mark.prove), pytest.param("rockdale", 6, marks=pytest.mark.prove)],
)
def test_seeds_and_gaps_raise_no_alarm(name: str, seeds: int, record_property: Callable[[str, object], None]) -> None:
    instance = load(FOLDER / name)
    sides = [side_of(solve(instance, SolveOptions(seed=seed, gap_fraction=gap, threads=1))) for gap in GAPS for seed in range(seeds)]
    found = Counter[str]()
    for one, other in combinations(sides, 2):
        case = judge(one, other)
        assert case.exit_code == 0, (case.cause, case.words)
        assert judge(other, one).cause == case.cause
        assert judge(one, other, Rules(strict_plan=True)).exit_code == (case.cause in ("alternate optimum", "within gap"))
        found[case.cause] += 1
    assert set(found) <= {"same", "tolerance", "alternate optimum", "better bound", "within gap"}
    record_property("tries", found.total())
