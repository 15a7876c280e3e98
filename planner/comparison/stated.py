"""What one solver states of one question, as an interval that holds the optimum; two that do not meet contradict each other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Ended = Literal["optimal", "feasible", "infeasible", "unbounded", "open"]
"""What a search claims: the best plan within its gap, a plan, that there is none, that there is no limit, or nothing at all."""
Sense = Literal["max", "min", ""]
Interval = tuple[float, float]
RTOL, ATOL_MUSD = 1e-6, 1e-6
ASSUMED_GAP = 1e-4
"""Relative gap of a claim that does not say its bound: what most solvers stop at."""
_WORDS: dict[str, Ended] = {
    **dict.fromkeys(("optimal", "ok", "solved", "within gap", "gaplimit", "gap limit", "gap limit reached"), "optimal"),
    **dict.fromkeys(("optimal solution found", "integer optimal", "integer optimal, tolerance", "globally optimal"), "optimal"),
    **dict.fromkeys(("feasible", "suboptimal", "time limit with plan", "limit with plan"), "feasible"),
    **dict.fromkeys(("infeasible", "primal infeasible", "integer infeasible"), "infeasible"),
    **dict.fromkeys(("unbounded", "primal unbounded"), "unbounded"),
}
_STOPPED = {
    "to", "timeout", "timed out", "limit", "time limit", "time limit reached", "timelimit", "maxtimelimit", "time limit with plan",
    "time limit without plan", "terminated by limit", "iteration limit", "iteration limit reached", "node limit", "node limit reached",
    "solution limit", "solution limit reached", "memory limit", "memory limit reached", "interrupted", "interrupted by user",
    "user interrupt", "resource interrupt",
}  # fmt: skip
_FAILED = {
    "er", "error", "solver error", "internal solver error", "oom", "out of memory", "aborted", "failed", "crashed", "licensing problems",
}  # fmt: skip
_NOTHING = {"unknown", "not set", "warning", "infeasible or unbounded", "dual infeasible", "imprecise", "undefined", "other"}
"""What says nothing that could be held against another claim: dual infeasible is unbounded, or infeasible too."""


def _plain(word: str) -> str:
    return " ".join(word.lower().replace("_", " ").replace("-", " ").split())


def read_status(*words: str) -> Ended:
    """What a search claims by its own words, whatever their case: the last that says something, as the first may only say that it ran.

    `ok, unknown` and `ok, infeasible or unbounded` claim nothing, nor does a search that failed, whatever else it says; `ok` alone is
    optimal. A stopped search with a plan is the caller's to call feasible.
    """
    said = [_plain(word) for word in words]
    last = next((word for word in reversed(said) if word), "")
    return "open" if not _FAILED.isdisjoint(said) else _WORDS.get(last, "open")


def stopped(*words: str) -> bool:
    """Whether a search was stopped by a limit or a person, so that what it has is a plan and no optimum."""
    said = {_plain(word) for word in words}
    return not _STOPPED.isdisjoint(said) and _FAILED.isdisjoint(said)


def means(word: str) -> bool:
    """Whether it is known what a word on how a search ended claims, be it nothing."""
    return _plain(word) in _WORDS.keys() | _STOPPED | _FAILED | _NOTHING


@dataclass(frozen=True)
class Stated:
    """What a solver states. `who` says it and where; `objective` is its plan's, `bound` what no plan can exceed, both in the same unit.

    `gap` is a relative gap where no bound is given. `sense` "" where it is not known whether more or less is better. `seconds` and `nodes`
    None where they are not told.
    """

    who: str
    ended: Ended
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    sense: Sense = ""
    seconds: float | None = None
    nodes: int | None = None

    def optimum(self, least_gap: float = ASSUMED_GAP) -> Interval | None:
        """Where the optimum lies by this statement; None where it states nothing of it.

        A stated gap is not believed below `least_gap`: solvers measure it in several ways, and some write 0 for what they stopped at.
        """
        if self.ended == "unbounded":
            return (-math.inf, -math.inf) if self.sense == "min" else (math.inf, math.inf)
        if self.objective is not None and self.ended in ("optimal", "feasible"):
            return self._from_plan(self.objective, least_gap)
        if self.bound is not None and self.sense and self.ended != "infeasible":
            return _beyond(self.bound, upwards=self.sense == "min")
        return None

    def _from_plan(self, objective: float, least_gap: float) -> Interval | None:
        if self.bound is not None:
            return min(objective, self.bound), max(objective, self.bound)
        if self.ended == "feasible":
            return _beyond(objective, upwards=self.sense == "max") if self.sense else None
        slack = abs(objective) * max(self.gap or 0.0, least_gap)
        return objective - (slack if self.sense != "max" else 0.0), objective + (slack if self.sense != "min" else 0.0)


def _beyond(value: float, *, upwards: bool) -> Interval:
    """All from a value on."""
    return (value, math.inf) if upwards else (-math.inf, value)


def apart(one: Interval, other: Interval, rtol: float = RTOL, atol: float = ATOL_MUSD) -> float:
    """By how much two intervals miss each other, 0 where they meet within the tolerance, which knows no first and second."""
    if one == other:
        return 0.0
    ends = max(one[0], other[0]), min(one[1], other[1])
    if ends[0] <= ends[1]:
        return 0.0
    missing = ends[0] - ends[1]
    return 0.0 if math.isfinite(missing) and missing <= atol + rtol * max(map(abs, ends)) else missing


def contradict(one: Stated, other: Stated, least_gap: float = ASSUMED_GAP, rtol: float = RTOL, atol: float = ATOL_MUSD) -> bool:
    """Whether two statements on the same question cannot both be true."""
    planned = [side.optimum(least_gap) if side.ended != "infeasible" else None for side in (one, other)]
    denied = [side.ended == "infeasible" for side in (one, other)]
    if any(denied):
        return any(no and has_plan(side) for no, side in zip(denied, (other, one), strict=True))
    return planned[0] is not None and planned[1] is not None and apart(planned[0], planned[1], rtol, atol) > 0


def has_plan(side: Stated) -> bool:
    """Whether a statement has a plan, or cannot be made without one."""
    return side.ended == "unbounded" or (side.ended in ("optimal", "feasible") and side.objective is not None)
