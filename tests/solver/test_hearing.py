"""Claims against plans: what refutes a claim, who is asked again and how, what stands in the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from planner.claims import Claim, Status
from planner.compile import Vector
from planner.hearing import RETRIES, Hearing, Question, Verdict, Weighed, another
from planner.highs import Answer, Settings

HIGHS = Question("highs", Settings(seed=5))
SECOND = Question("highs", Settings(seed=6))
SCIP = Question("scip", Settings(seed=5))


def optimal(musd: float, bound: float | None = None) -> Answer:
    """A plan worth `musd`, claimed to be the best."""
    return Answer("optimal", np.array([musd]), musd, musd if bound is None else bound)


@dataclass
class Court:
    """A hearing with answers made up by `told`, where a point is worth its only column and one below zero is rejected."""

    told: Callable[[Question], Answer]
    asked: list[tuple[Question, float | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hearing: Hearing[None] = Hearing(self._ask, self._weigh)

    def _ask(self, question: Question, start: Vector | None) -> tuple[Answer, float]:
        self.asked.append((question, None if start is None else float(start[0])))
        return self.told(question), 0.5

    def _weigh(self, who: str, answer: Answer) -> Weighed[None] | None:
        if answer.values is None:
            return None
        musd = float(answer.values[0])
        return Weighed(who, musd, "" if musd >= 0 else "(0.0) it is worth less than nothing.", answer, None)

    def settle(self, *questions: Question, known: float | None = None) -> Verdict[None]:
        """Ask all questions, with a known point."""
        self.hearing.tell("known plan 1", None if known is None else np.array([known]))
        for question in questions:
            self.hearing.put(question)
        return self.hearing.settle(questions)


@pytest.mark.parametrize(
    ("bound", "musd", "denied"),
    [
        (100.0, 100.0, False),
        (100.0, 100.0001, False),  # the tolerance is 1e-6 of 100 M$ and 1e-6 M$: 0.000101
        (100.0, 100.000102, True),
        (-100.0, -99.9999, False),
        (-100.0, -99.99989, True),
        (0.0, 1e-6, False),
        (0.0, 1.1e-6, True),
        (None, 1e9, False),
    ],
)
def test_a_plan_beats_a_bound_beyond_the_tolerance(bound: float | None, musd: float, denied: bool) -> None:
    assert Claim("highs", 0, True, "optimal", bound_musd=bound).denies(musd) is denied


def test_a_claim_that_nothing_beats_stands() -> None:
    """A worse plan at hand changes nothing, and nobody is asked twice."""
    court = Court(lambda _: optimal(10))
    verdict = court.settle(HIGHS, known=9.0)
    assert [claim.refuted for claim in verdict.claims] == [""]
    assert verdict.standing == verdict.claims[0]
    assert verdict.best is not None
    assert (verdict.best.who, verdict.best.musd) == ("the plan of highs, seed 5", 10)
    assert len(court.asked) == 1


def test_a_refuted_solver_is_asked_again_without_presolve_with_another_seed_from_nothing() -> None:
    court = Court(lambda question: optimal(10 if question.settings.presolve else 13))
    verdict = court.settle(HIGHS, known=12.0)
    assert court.asked[1] == (Question("highs", Settings(seed=6, presolve=False)), None)
    assert [bool(claim.refuted) for claim in verdict.claims] == [True, False]
    assert verdict.claims[0].refuted == "known plan 1 is worth 12.000000 M$ by the exact check"
    assert verdict.standing == verdict.claims[1]
    assert verdict.best is not None
    assert verdict.best.musd == 13


def test_that_there_is_no_plan_is_refuted_by_any() -> None:
    """Even by one that is worth less than nothing... but not by one that the check rejects."""
    court = Court(lambda question: Answer("infeasible") if question.settings.presolve else optimal(3))
    assert [bool(claim.refuted) for claim in court.settle(HIGHS, known=0.0).claims] == [True, False]
    rejected = Court(lambda _: Answer("infeasible"))
    assert [bool(claim.refuted) for claim in rejected.settle(HIGHS, known=-1.0).claims] == [False]


def test_a_solver_that_stays_wrong_is_given_up() -> None:
    """Every claim is refuted: none stands, and the better plan is all there is."""
    court = Court(lambda _: optimal(10))
    verdict = court.settle(HIGHS, known=12.0)
    assert len(verdict.claims) == 1 + RETRIES
    assert [claim.seed for claim in verdict.claims] == [5, 6, 7]
    assert all(claim.refuted for claim in verdict.claims)
    assert verdict.standing is None
    assert verdict.best is not None
    assert verdict.best.who == "known plan 1"


def test_a_solver_whose_plan_breaks_a_rule_is_asked_again_and_its_plan_is_shown_when_no_better_comes() -> None:
    """Whatever else is at hand: a plan that fails is shown as failed, and not one that nobody searched for."""
    court = Court(lambda _: optimal(-1))
    verdict = court.settle(HIGHS, known=-5.0)
    court.hearing.tell("the plan without new orders", np.array([3.0]))
    assert [claim.rejected for claim in verdict.claims] == ["its plan breaks rules: (0.0) it is worth less than nothing."] * (1 + RETRIES)
    assert not any(claim.stands or claim.whole for claim in verdict.claims)
    assert verdict.standing is None
    best = court.hearing.best()
    assert best is not None
    assert (best.who, best.ok) == ("the plan of highs, seed 5", False)
    mended = Court(lambda question: optimal(-1 if question.settings.presolve else 2)).settle(HIGHS)
    assert [claim.stands for claim in mended.claims] == [False, True]
    assert mended.best is not None
    assert mended.best.musd == 2


def test_a_plan_that_is_not_within_the_gap_of_its_bound_is_no_answer() -> None:
    """A hundredth was asked for; the same plan with the same bound is fine when it is no claim to have reached the gap."""
    loose = Question("highs", Settings(seed=5, gap_fraction=0.01))
    told = {0.01: optimal(10, 10.11), 0.02: optimal(10, 10.101)}
    assert Court(lambda _: told[0.01]).settle(loose).standing is None
    words = Court(lambda _: told[0.01]).settle(loose).claims[0].rejected
    assert words == "its plan is worth 10.000000 M$ by the exact check, which is not within the gap of its bound"
    assert Court(lambda _: told[0.02]).settle(loose).standing is not None
    assert Court(lambda _: Answer("limit", np.array([10.0]), 10.0, 20.0)).settle(loose).standing is not None


def test_whole_numbers_that_leave_no_plan_are_no_answer() -> None:
    court = Court(lambda _: optimal(10))
    court.hearing = Hearing(court._ask, lambda *_: None)
    assert [claim.rejected for claim in court.settle(HIGHS).claims] == ["its whole numbers leave no plan"] * (1 + RETRIES)


def test_nobody_is_asked_again_after_an_interruption() -> None:
    court = Court(lambda _: Answer("interrupted", np.array([1.0]), 1.0, 2.0))
    verdict = court.settle(HIGHS, known=12.0)
    assert len(verdict.claims) == 1
    assert verdict.standing is None


def test_one_of_two_seeds_is_refuted_by_the_other() -> None:
    """The first seed stands; the solver is asked once more all the same, without presolve."""
    told = {5: 12.0, 6: 10.0, 7: 12.0}
    court = Court(lambda question: optimal(told[question.settings.seed]))
    verdict = court.settle(HIGHS, SECOND, SCIP)
    assert [bool(claim.refuted) for claim in verdict.claims] == [False, True, False, False]
    assert verdict.claims[1].refuted == "the plan of highs, seed 5 is worth 12.000000 M$ by the exact check"
    assert verdict.standing == verdict.claims[0]
    assert verdict.agreed


@pytest.mark.parametrize(
    ("answers", "agreed"),
    [
        ((optimal(10), optimal(10), optimal(10)), True),
        ((optimal(10, 10.0005), optimal(10.0002, 10.0004), optimal(10.0003, 10.0004)), True),
        ((optimal(10, 10.5), optimal(10, 10.5), optimal(10, 10.5)), False),  # a gap of 5 % where 0.01 % were asked for
        ((Answer("infeasible"), Answer("infeasible"), Answer("infeasible")), True),
        ((optimal(10), optimal(10), Answer("limit", bound=11.0)), False),
        ((optimal(10), optimal(10), Answer("limit", np.array([10.0]), 10.0, 11.0)), False),
        ((optimal(10), optimal(10), Answer("error")), False),
        ((optimal(10), optimal(10), optimal(-1, 11)), False),  # the check rejects its plan
        ((optimal(10), optimal(10), optimal(12)), False),  # HiGHS stays refuted
        ((optimal(10), optimal(10), optimal(9)), False),  # SCIP stays refuted
    ],
)
def test_solvers_agree_when_all_have_whole_answers_that_stand(answers: tuple[Answer, ...], agreed: bool) -> None:
    told = {("highs", 5): answers[0], ("highs", 6): answers[1]}
    court = Court(lambda question: told.get((question.solver, question.settings.seed), answers[2 if question.solver == "scip" else 0]))
    assert court.settle(HIGHS, SECOND, SCIP).agreed is agreed


def test_a_later_point_refutes_what_stood() -> None:
    """Settled, then somebody finds a better plan: the same hearing goes on."""
    court = Court(lambda question: optimal(10 if question.settings.presolve else 13))
    assert len(court.settle(HIGHS).claims) == 1
    court.hearing.tell("a neighbour", np.array([12.0]))
    verdict = court.hearing.settle([HIGHS])
    assert [bool(claim.refuted) for claim in verdict.claims] == [True, False]


def test_a_single_solver_proves_nothing() -> None:
    assert not Court(lambda _: optimal(10)).settle(HIGHS, SECOND).agreed


def test_questions_that_were_not_put_prove_nothing() -> None:
    """As after an interruption: SCIP and HiGHS agree, but the second seed was never asked."""
    court = Court(lambda _: optimal(10))
    court.hearing.put(HIGHS)
    court.hearing.put(SCIP)
    assert not court.hearing.settle([HIGHS, SECOND, SCIP]).agreed


@pytest.mark.parametrize("ends", ["limit", "interrupted", "error", "unbounded"])
def test_only_whole_answers_are_whole(ends: Status) -> None:
    assert not Claim("highs", 0, True, ends, plan_musd=1.0).whole


def test_of_equal_plans_the_first_is_kept_and_an_accepted_one_before_a_rejected() -> None:
    court = Court(lambda _: Answer("error"))
    for who, musd in (("rejected", -1.0), ("first", 10.0), ("as good", 10.000005), ("better", 10.1), ("worse", 9.0)):
        court.hearing.tell(who, np.array([musd]))
        if who == "as good":
            best = court.hearing.best()
            assert best is not None
            assert best.who == "first"
    best = court.hearing.best()
    assert best is not None
    assert best.who == "better"


def test_after_the_last_seed_comes_the_first() -> None:
    assert (another(0), another(2**31 - 1)) == (1, 0)
