"""No plan one decision away from the best or from a valid one beats the bound that the solver proved: it is rejected or worth less."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

import pytest

from planner import SolveOptions, solve
from planner.check import verify
from planner.check.exact import exact
from planner.check.verify import DOMAINS
from planner.plan import FAMILIES, Key, Plan
from tests.check.case import Case
from tests.check.suites import SUITES, Suite

FEW, MANY = 40, 400
SLACK = 1e-6
"""Every row has a millionth of its unit, so a plan may be worth that little more, relative and in M$."""
ROUNDS = [(suite.name, FEW) for suite in SUITES] + [pytest.param(suite.name, MANY, marks=pytest.mark.prove) for suite in SUITES]
SUITE = {suite.name: suite for suite in SUITES}


@functools.cache
def best(name: str) -> tuple[Plan, float]:
    """The best plan of a suite and a bound on what any plan is worth, proved by the solver."""
    run = solve(SUITE[name].instance, SolveOptions(gap_fraction=0.0, threads=1))
    assert run.outcome == "optimal"
    assert run.plan is not None
    assert run.bound_musd is not None
    return run.plan, run.bound_musd


def case_of(suite: Suite, plan: Plan) -> Case:
    return Case(suite.instance, plan, verify(suite.instance, plan))


class Neighbours:
    """Changes of one decision of a plan: of what it decides, or of what it could decide and does not."""

    def __init__(self, case: Case, seed: str) -> None:
        self.case, self.rng = case, random.Random(seed)
        self.made = [(family, index) for family in FAMILIES for index in case.made(family)]
        self.possible = {family: found for family in FAMILIES if (found := list(case.possible(family)))}

    def change(self) -> tuple[str, Key, float]:
        """A family, an index and the value that the decision gets instead of its own."""
        if self.rng.random() < 0.5:
            family, index = self.rng.choice(self.made)
        else:
            family = self.rng.choice(sorted(self.possible))
            index = self.rng.choice(self.possible[family])
        now = self.case.plan.get(family, *index)
        ways = _whole_steps(now) if FAMILIES[family].integer else _steps(now)
        bound = DOMAINS[family].bound(self.case.world, *index)
        values = [*(way for way in ways if way >= 0), *([] if bound is None else [_number(bound, FAMILIES[family].integer)])]
        return family, index, self.rng.choice([value for value in values if value != now])


def _whole_steps(now: float) -> Sequence[float]:
    return (0, now - 1, now + 1, now + 2)


def _steps(now: float) -> Sequence[float]:
    """Nothing, a part, a little more or less, and much more."""
    return (0.0, now / 2, now * 0.99, now - 0.01, now * 1.01, now + 0.01, now + 1, now * 2, now + 25)


def _number(bound: Fraction, integer: bool) -> float:
    return int(bound) if integer else float(bound)


def tried(case: Case, seed: str, count: int) -> Iterator[tuple[str, bool, float]]:
    """So many neighbours: what was changed, whether the rules allow it, and what it is worth to the plan before."""
    neighbours = Neighbours(case, seed)
    for _ in range(count):
        family, index, value = neighbours.change()
        certificate = verify(case.world.instance, case.plan_with({family: {index: value}}))
        yield f"{family}{list(index)} = {value}", certificate.ok, float(certificate.objective_musd)


@pytest.mark.parametrize(("name", "count"), ROUNDS)
def test_no_change_of_one_decision_beats_the_bound(name: str, count: int, record_property: Callable[[str, object], None]) -> None:
    """From the best plan and from a plan with room to spare; some changes are allowed and some are not, or nothing was tried."""
    plan, bound = best(name)
    suite, most, rejected, allowed = SUITE[name], bound + SLACK * (1 + abs(bound)), 0, 0
    for start in (plan, suite.plan):
        case = case_of(suite, start)
        for what, ok, worth in tried(case, f"{name} {count}", count // 2):
            assert not ok or worth <= most, (what, worth, bound)
            rejected, allowed = rejected + (not ok), allowed + ok
    record_property("tries", rejected + allowed)
    assert rejected > count / 10
    assert allowed > count / 20


@pytest.mark.parametrize("name", SUITE)
def test_the_best_plan_is_worth_its_bound(name: str) -> None:
    """So that a change for the better would show; and leaving a valid plan for it gains something."""
    plan, bound = best(name)
    worth = verify(SUITE[name].instance, plan).objective_musd
    assert abs(worth - exact(bound)) <= SLACK * (1 + abs(bound))
    assert verify(SUITE[name].instance, SUITE[name].plan).objective_musd < worth
