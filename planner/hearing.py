"""What solvers claim of a program, held against plans that the exact check accepts: a plan above a claimed bound refutes the claim."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from planner.claims import TOLERANCE, Claim
from planner.compile import Vector
from planner.highs import Answer, Settings

RETRIES = 2
"""Searches after a refuted one before a solver is given up."""
T = TypeVar("T")


@dataclass(frozen=True)
class Question:
    """A solver by name, and how it is to search."""

    solver: str
    settings: Settings


@dataclass(frozen=True)
class Weighed(Generic[T]):
    """A point that a search or somebody else found: who, its polished columns, what it is worth in M$, whether the exact check accepts it.

    `matter` is what the check was made of (plan and certificate).
    """

    who: str
    musd: float
    ok: bool
    answer: Answer
    matter: T


@dataclass(frozen=True)
class Verdict(Generic[T]):
    """What came of the questions: every claim in order, the best point (an accepted one where there is one), the claim that stands.

    `standing` is the claim of the first solver on which outcome and bound rest, None when all of its claims are refuted. `agreed` says
    whether at least two solvers were asked, each has a claim that nothing refutes, and all such claims are whole: a plan within the gap
    that the exact check accepts, or that there is none.
    """

    claims: tuple[Claim, ...]
    best: Weighed[T] | None
    standing: Claim | None
    agreed: bool


def another(seed: int) -> int:
    """The seed after one; the first again after the last that solvers take."""
    return (seed + 1) % 2**31


Ask = Callable[[Question, Vector | None], tuple[Answer, float]]
"""Put a question, from a start or none: the answer and the seconds that it took."""
Weigh = Callable[[str, Answer], Weighed[T] | None]
"""Polish and check the point of an answer; None where there is none."""


class Hearing(Generic[T]):
    """Solvers are asked one after the other, each claim is held against each accepted point, and refuted ones are asked again."""

    def __init__(self, ask: Ask, weigh: Weigh[T]) -> None:
        """How to ask and to weigh; nothing is known yet."""
        self._ask, self._weigh = ask, weigh
        self.points: list[Weighed[T]] = []
        self.claims: list[Claim] = []

    def put(self, question: Question, start: Vector | None = None) -> Claim:
        """Ask one question; its claim as it is, refuted or not."""
        answer, seconds = self._ask(question, start)
        how = question.settings
        claim = Claim(question.solver, how.seed, how.presolve, answer.status, answer.objective, answer.bound, None, seconds, answer.message)
        point = self._weigh(f"the plan of {claim.who}", answer)
        if point is not None:
            self.points.append(point)
            claim = replace(claim, plan_musd=point.musd if point.ok else None)
        self.claims.append(claim)
        return claim

    def tell(self, who: str, values: Vector | None) -> None:
        """Add a point of somebody's; None is no point."""
        point = None if values is None else self._weigh(who, Answer("optimal", values))
        if point is not None:
            self.points.append(point)

    def settle(self, questions: Sequence[Question]) -> Verdict[T]:
        """Ask each refuted solver again, without presolve and with another seed, until a claim of it stands; may be called again.

        It starts from nothing: a search that is given the better plan is apt to end there, and its agreement would say less.
        """
        for _ in range(RETRIES):
            self._judge()
            for question in questions:
                if self._shaken(question.solver):
                    self._repeat(question)
        self._judge()
        return Verdict(tuple(self.claims), self.best(), self._standing(questions[0].solver), self._agreed(questions))

    def best(self) -> Weighed[T] | None:
        """The accepted point worth most, the earliest of those that differ by no more than the tolerance; else the first rejected one."""
        best: Weighed[T] | None = None
        for point in self.points:
            if best is None or (point.ok and not best.ok) or (point.ok and point.musd > best.musd + TOLERANCE * abs(best.musd) + TOLERANCE):
                best = point
        return best

    def _judge(self) -> None:
        """Say of each claim which accepted point refutes it: the one worth most."""
        accepted = sorted((point for point in self.points if point.ok), key=lambda point: -point.musd)
        top = accepted[0] if accepted else None
        for i, claim in enumerate(self.claims):
            if top is not None and not claim.refuted and claim.denies(top.musd):
                self.claims[i] = replace(claim, refuted=f"{top.who} is worth {top.musd:,.6f} M$ by the exact check")

    def _shaken(self, solver: str) -> bool:
        """Whether a claim of a solver is refuted and none made since, without presolve, stands."""
        mine = [claim for claim in self.claims if claim.solver == solver]
        if mine and mine[-1].status == "interrupted":
            return False
        return any(claim.refuted for claim in mine) and not any(not claim.presolve and not claim.refuted for claim in mine)

    def _repeat(self, question: Question) -> None:
        seed = another(max(claim.seed for claim in self.claims if claim.solver == question.solver))
        self.put(replace(question, settings=replace(question.settings, seed=seed, presolve=False)))
        self._judge()

    def _standing(self, solver: str) -> Claim | None:
        """The first claim that nothing refutes, a whole one where there is one."""
        mine = [claim for claim in self.claims if claim.solver == solver and not claim.refuted]
        return next((claim for claim in mine if claim.whole), mine[0] if mine else None)

    def _agreed(self, questions: Sequence[Question]) -> bool:
        standing = [claim for claim in self.claims if not claim.refuted]
        solvers = {question.solver for question in questions}
        asked = len(self.claims) >= len(questions)
        return asked and all(claim.whole for claim in standing) and len(solvers) > 1 and solvers <= {claim.solver for claim in standing}
