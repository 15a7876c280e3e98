"""Solutions of one program held against it and against each other: points exactly, then claims as intervals, then decisions."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from planner.comparison.cases import DIFFERENT, SAME, TROUBLE, Case, Cause
from planner.comparison.stated import ASSUMED_GAP, ATOL_MUSD, RTOL, Stated, apart, contradict
from planner.highs import Answer
from planner.polish import polish
from planner.programs.program import Program
from planner.programs.reading import read_program
from planner.programs.solving import Told

_Verdict = tuple[Cause, str]
_EXIT: dict[Cause, int] = {
    **dict.fromkeys(("same", "tolerance", "alternate optimum", "better bound", "within gap"), SAME), "unverified": TROUBLE,
}  # fmt: skip


def compare_solutions(
    path: str | Path, told: Sequence[Told], least_gap: float = ASSUMED_GAP, rtol: float = RTOL, atol: float = ATOL_MUSD
) -> Case:
    """Judge what several solvers state of the program in a file, as `compare_told`. Raises NotAProgram."""
    return compare_told(read_program(path), told, least_gap, rtol, atol)


def compare_told(
    program: Program, told: Sequence[Told], least_gap: float = ASSUMED_GAP, rtol: float = RTOL, atol: float = ATOL_MUSD
) -> Case:
    """Judge what several solvers state of one program.

    A point that keeps every row, bound and whole number refutes whoever claims that there is none, or none so good: that one is wrong, by
    name, and the case a contradiction. It must still do so with its whole numbers rounded and the rest solved again to 1e-9, else both may
    be right within the tolerance of the rows. Claims that cannot both be true and that no point decides are a contradiction without a
    name; a point that misses a row, or is not worth what is claimed of it, is unverified. Then values and decisions are compared.
    """
    bench = _Bench(program, tuple(told), least_gap, rtol, atol)
    cause, words = bench.verdict()
    return Case(
        name=program.name,
        who=tuple(each.stated.who for each in told),
        cause=cause,
        exit_code=_EXIT.get(cause, DIFFERENT),
        words=words,
        differences=bench.differences,
        tables={"statements": pd.DataFrame(bench.statements)},
        notes=tuple(bench.notes()),
        record={"sense": program.sense, "wrong": [who for who, _ in bench.refuted], "statements": bench.statements},
        file=program.name,
    )


@dataclass(frozen=True)
class _Bench:
    """Those who are compared on one program."""

    program: Program
    told: tuple[Told, ...]
    least_gap: float
    rtol: float
    atol: float

    def verdict(self) -> _Verdict:
        """The gravest cause that there is, with its words."""
        return self._contradiction() or self._unverified() or self._missing() or self._values()

    @cached_property
    def sound(self) -> tuple[Told, ...]:
        """Those whose point keeps everything."""
        return tuple(each for each in self.told if each.check is not None and each.check.feasible)

    @cached_property
    def best(self) -> Told | None:
        """The one of them whose point is worth most."""
        return max(self.sound, key=lambda each: self.program.sign * _worth(each), default=None)

    @cached_property
    def _beaten(self) -> tuple[Told, ...]:
        """Those who deny the best point."""
        return tuple(each for each in self.told if self.best is not None and self._denies(each, _worth(self.best)))

    @cached_property
    def refuted(self) -> tuple[tuple[str, str], ...]:
        """Who is wrong, and why."""
        if self.best is None or not self._beaten:
            return ()
        exact = self._solved_again(self.best)
        return tuple((each.stated.who, self._why(each, self.best)) for each in self._beaten if self._denies(each, exact))

    def _solved_again(self, told: Told) -> float:
        """What a point is worth with its whole numbers rounded and the rest solved tightly; the worst of all where that has no point."""
        point = self.program.vector(told.values or {})
        value = polish(self.program.arrays, Answer("optimal", point)).objective
        return self.program.sign * (-math.inf if value is None else value)

    def _limit(self, each: Told) -> float | None:
        """The best that there can be by what one claims; None where it claims nothing of that."""
        if each.stated.bound is not None and each.stated.ended in ("optimal", "feasible"):
            return each.stated.bound
        found = _relied(each).optimum(self.least_gap)
        return None if found is None else found[1] if self.program.sense == "max" else found[0]

    def _denies(self, each: Told, value: float) -> bool:
        """Whether a point of this value cannot be by what one claims."""
        if each.stated.ended == "infeasible":
            return math.isfinite(value)
        limit = self._limit(each)
        better = limit is not None and self.program.sign * value > self.program.sign * limit
        return better and limit is not None and apart((value, value), (limit, limit), self.rtol, self.atol) > 0

    def _why(self, each: Told, better: Told) -> str:
        claim = "there is no point" if each.stated.ended == "infeasible" else f"no point is {self._than} than {self._limit(each):.10g}"
        own = "its own point" if each is better else f"the point of {better.stated.who}"
        return f"{each.stated.who} is wrong: it claims that {claim}, but {own} keeps every row and is worth {_worth(better):.10g}"

    @property
    def _than(self) -> str:
        return "more" if self.program.sense == "max" else "less"

    def _contradiction(self) -> _Verdict | None:
        if self.refuted:
            return "contradiction", ". ".join(words for _, words in self.refuted) + "."
        if self._beaten:
            assert self.best is not None
            names = " and ".join(each.stated.who for each in self._beaten)
            return "tolerance", f"{self.best.stated.who} has a better point than {names} allows, but only within the tolerance of the rows."
        believed = [each for each in self.told if not any(self._faults(each))]
        for one, other in itertools.combinations(believed, 2):
            if contradict(_relied(one), _relied(other), self.least_gap, self.rtol, self.atol):
                return (
                    "contradiction",
                    f"{self._claim(one)} and {self._claim(other)} cannot both be right, and no point tells which is wrong.",
                )
        return None

    def _claim(self, each: Told) -> str:
        if each.stated.ended in ("infeasible", "unbounded"):
            return f"{each.stated.who} ({each.stated.ended})"
        limit = self._limit(each)
        return each.stated.who + ("" if limit is None else f" (nothing {self._than} than {limit:.10g})")

    def _unverified(self) -> _Verdict | None:
        found = [words for each in self.told for words in self._faults(each)]
        return ("unverified", "; ".join(found) + ".") if found else None

    def _faults(self, each: Told) -> Iterator[str]:
        """What is wrong with the point of one, or with what is said of it."""
        if each.check is None:
            return
        if not each.check.feasible:
            more = len(each.check.violations) - 1
            rest = f" and {more} more" if more else ""
            yield f"the point of {each.stated.who} misses {each.check.violations[0]}{rest}"
        worth = each.check.objective
        if each.claimed is not None and apart((each.claimed, each.claimed), (worth, worth), self.rtol, self.atol) > 0:
            yield f"{each.stated.who} claims {each.claimed:.10g}, its point is worth {worth:.10g}"

    def _missing(self) -> _Verdict | None:
        """A case where not all have a point."""
        without = [each for each in self.told if each.check is None]
        if not without:
            return None
        if self.sound:
            return "worse incumbent", f"{', '.join(each.stated.who for each in without)}: no point; others have one."
        ends = {each.stated.ended for each in without}
        if ends in ({"infeasible"}, {"unbounded"}):
            return "same", f"All say that it is {ends.pop()}."
        return "unverified", "Nobody gives a point; there is nothing to check."

    def _values(self) -> _Verdict:
        worths = [_worth(each) for each in self.told]
        if apart((min(worths), min(worths)), (max(worths), max(worths)), self.rtol, self.atol) > 0:
            return self._unequal(worths)
        if count := len(self.differences):
            words = "1 column is" if count == 1 else f"{count} columns are"
            return "alternate optimum", f"All are worth {worths[0]:.10g}; {words} decided otherwise."
        bounds = [each.stated.bound for each in self.told if each.stated.bound is not None]
        if bounds and apart((min(bounds), min(bounds)), (max(bounds), max(bounds)), self.rtol, self.atol) > 0:
            return (
                "better bound",
                f"The same point, worth {worths[0]:.10g}; the bounds are {', '.join(f'{bound:.10g}' for bound in bounds)}.",
            )
        return "same", f"The same point, worth {worths[0]:.10g}."

    def _unequal(self, worths: list[float]) -> _Verdict:
        listed = ", ".join(f"{worth:,.10g} ({each.stated.who})" for each, worth in zip(self.told, worths, strict=True))
        if all(each.stated.ended == "optimal" for each in self.told):
            return "within gap", f"The points are worth {listed}: no further apart than the gaps allow."
        return "worse incumbent", f"The points are worth {listed}; not every search came to its end."

    @cached_property
    def differences(self) -> pd.DataFrame:
        """Columns that are decided otherwise: whole numbers exactly, others beyond the tolerance; `at_stake` is in the objective's unit."""
        arrays, names = self.program.arrays, [each.stated.who for each in self.sound]
        if len(self.sound) < 2:
            return pd.DataFrame(columns=["column", "at_stake", "words"])
        points = np.array([self.program.vector(each.values or {}) for each in self.sound])
        points = np.where(arrays.integer, np.round(points), points)
        spread = points.max(axis=0) - points.min(axis=0)
        allowed = np.where(arrays.integer, 0.0, self.atol + self.rtol * np.abs(points).max(axis=0))
        stake = np.abs(arrays.cost * spread)
        order = sorted(np.flatnonzero(spread > allowed).tolist(), key=lambda at: (-stake[at], -spread[at], self.program.columns[at]))
        frame = pd.DataFrame({"column": [self.program.columns[at] for at in order], "at_stake": stake[order]})
        for place, name in enumerate(names):
            frame.insert(len(frame.columns), name, points[place, order], allow_duplicates=True)
        told = [f"{self.program.columns[at]}: {' -> '.join(f'{value:,.10g}' for value in points[:, at])}" for at in order]
        return frame.assign(words=told)

    @cached_property
    def statements(self) -> list[dict[str, Any]]:
        """What each one states: how it ended, objective by the exact check, claimed, bound, how much its point misses, seconds."""
        return [
            {
                "who": each.stated.who,
                "ended": each.stated.ended,
                "objective": each.stated.objective,
                "claimed": each.claimed,
                "bound": each.stated.bound,
                "missed": None if each.check is None else len(each.check.violations),
                "seconds": each.stated.seconds,
            }
            for each in self.told
        ]

    def notes(self) -> Iterator[str]:
        """What else is to be known."""
        yield from self.program.notes
        yield from (each.note for each in self.told if each.note)
        if self.refuted:
            yield from (words for each in self.told for words in self._faults(each))


def _worth(each: Told) -> float:
    assert each.check is not None
    return each.check.objective


def _relied(each: Told) -> Stated:
    """What one claims by its own number, be its point worth that or not; of a point without a claim, what it is worth if it is one."""
    if each.claimed is not None:
        return replace(each.stated, objective=each.claimed)
    return each.stated if each.check is None or each.check.feasible else replace(each.stated, objective=None)
