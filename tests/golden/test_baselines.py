"""The shipped instances give the answers that were accepted: the project checks its own baselines as a team would check its own.

`planner baseline record instances/* -b tests/golden/baselines --solvers highs,scip --seeds 0,1` wrote them; with `check --update` in the
place of `record` they are shown and accepted anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.baselines.checking import check
from planner.baselines.file import read
from tests.golden.test_instances import SMALL, solved
from tests.shipped import NAMES

FOLDER = Path(__file__).with_name("baselines")
SEARCHES = [
    pytest.param(name, solver, seed, marks=[] if name in SMALL and solver == "highs" and not seed else [pytest.mark.prove])
    for name in NAMES
    for solver, seed in (("highs", None), ("highs", 1), ("scip", None))
]


@pytest.mark.parametrize(("name", "solver", "seed"), SEARCHES)
def test_the_answer_is_the_accepted_one(name: str, solver: str, seed: int | None) -> None:
    """The same plan, another of the same worth, or one within the gap: nothing that a check would stop at."""
    run = solved(name, solver, seed)
    (case,) = check(run.instance, read(FOLDER / f"{name}.json"), [run])
    assert case.exit_code == 0, (case.cause, case.words, list(case.differences.get("words", ())))


def test_every_shipped_instance_has_a_baseline_and_no_other_is_kept() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == [f"{name}.json" for name in NAMES]
    for name in NAMES:
        accepted = read(FOLDER / f"{name}.json")
        assert accepted.text() == (FOLDER / f"{name}.json").read_text(encoding="utf-8")
        assert {search.outcome for search in accepted.searches} <= {"optimal", "within_gap"}
        assert sorted(search.key for search in accepted.searches) == [("highs", 0), ("highs", 1), ("scip", 0), ("scip", 1)]
