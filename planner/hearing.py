"""What solvers claim of a program, held against plans that the exact check accepts: a plan above a claimed bound refutes the claim."""

from __future__ import annotations

from collections import Counter
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
    """A point that a search or somebody else found: who, what it is worth in M$, what the exact check finds wrong (`""`: nothing).

    `answer` has its polished columns, no values where the model has no such plan; `matter` is what the check was made of (plan and
    certificate).
    """

    who: str
    musd: float
    fault: str
    answer: Answer
    matter: T

    @property
    def ok(self) -> bool:
        """Whether the exact check accepts it."""
        return not self.fault


@dataclass(frozen=True)
class Verdict(Generic[T]):
    """What came of the questions: every claim in order, the best point (an accepted one where there is one), the claim that stands.

    `standing` is the claim of the first solver on which outcome and bound rest, None when none of its claims stands. `agreed` says
    whether at least two solvers were asked, each has as many claims that stand as it was asked for, and all such claims are whole: a plan
    within the gap that the exact check accepts, or that there is none.
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
    """Solvers are asked one after the other, each claim is held against each accepted point; whose claim falls is asked again."""

    def __init__(self, ask: Ask, weigh: Weigh[T]) -> None:
        """How to ask and to weigh; nothing is known yet."""
        self._ask, self._weigh = ask, weigh
        self.points: list[Weighed[T]] = []
        self._searched: list[Weighed[T]] = []
        self.claims: list[Claim] = []

    def put(self, question: Question, start: Vector | None = None) -> Claim:
        """Ask one question; its claim as it is, held against its own plan only."""
        answer, seconds = self._ask(question, start)
        how = question.settings
        claim = Claim(
            question.solver, how.seed, how.presolve, answer.status, answer.objective, answer.bound, None, seconds, answer.message,
            nodes=answer.nodes,
        )  # fmt: skip
        point = self._weigh(f"the plan of {claim.who}", answer)
        if point is not None:
            self.points.append(point)
            self._searched.append(point)
            claim = replace(claim, plan_musd=point.musd if point.ok else None)
        self.claims.append(replace(claim, rejected=_wrong(claim, how.gap_fraction, answer.values is not None, point)))
        return self.claims[-1]

    def tell(self, who: str, values: Vector | None) -> None:
        """Add a point of somebody's; None is no point."""
        point = None if values is None else self._weigh(who, Answer("optimal", values))
        if point is not None:
            self.add(point)

    def add(self, point: Weighed[T]) -> None:
        """Add a point that is weighed already."""
        self.points.append(point)

    def settle(self, questions: Sequence[Question]) -> Verdict[T]:
        """Ask each solver whose claim fell again, without presolve and with another seed, until one stands; may be called again.

        It starts from nothing: a search that is given the better plan is apt to end there, and its agreement would say less.
        """
        for _ in range(RETRIES):
            self._judge()
            for question in questions:
                if self._shaken(question.solver, sum(other.solver == question.solver for other in questions)):
                    self._repeat(question)
        self._judge()
        return Verdict(tuple(self.claims), self.best(), self._standing(questions[0].solver), self._agreed(questions))

    def best(self) -> Weighed[T] | None:
        """The accepted point worth most, the earliest of those that differ by no more than the tolerance.

        Where searches found plans and the exact check rejects all of them, the first of these: a plan that fails is shown as failed.
        """
        if self._searched and not any(point.ok for point in self._searched):
            return self._searched[0]
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

    def _shaken(self, solver: str, asked: int) -> bool:
        """Whether a claim of a solver fell, and fewer stand than were asked for, or none that was made without presolve."""
        mine = [claim for claim in self.claims if claim.solver == solver]
        if (mine and mine[-1].status == "interrupted") or all(claim.stands for claim in mine):
            return False
        standing = [claim for claim in mine if claim.stands]
        return len(standing) < asked or all(claim.presolve for claim in standing)

    def _repeat(self, question: Question) -> None:
        seed = another([claim.seed for claim in self.claims if claim.solver == question.solver][-1])
        self.put(replace(question, settings=replace(question.settings, seed=seed, presolve=False)))
        self._judge()

    def _standing(self, solver: str) -> Claim | None:
        """The first claim that stands, a whole one where there is one."""
        mine = [claim for claim in self.claims if claim.solver == solver and claim.stands]
        return next((claim for claim in mine if claim.whole), mine[0] if mine else None)

    def _agreed(self, questions: Sequence[Question]) -> bool:
        standing = Counter(claim.solver for claim in self.claims if claim.stands)
        asked = Counter(question.solver for question in questions)
        return len(asked) > 1 and asked <= standing and all(claim.whole for claim in self.claims if claim.stands)


def _wrong(claim: Claim, gap_fraction: float, found: bool, point: Weighed[T] | None) -> str:
    """What is wrong with the plan of a claim (`found`: it has one), `""` where nothing is."""
    if point is None:
        return "its whole numbers leave no plan" if found else ""
    if not point.ok:
        return f"its plan breaks rules: {point.fault}"
    if claim.status != "optimal" or claim.bound_musd is None:
        return ""
    size = max(abs(point.musd), abs(claim.bound_musd))
    if claim.bound_musd - point.musd <= gap_fraction * size + TOLERANCE * (1 + size):
        return ""
    return f"its plan is worth {point.musd:,.6f} M$ by the exact check, which is not within the gap of its bound"
