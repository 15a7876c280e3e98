"""The judgement on two sides in its order: the exact check, the question, how they ended, the optimum, the plan, the time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from planner.comparison.across import explained
from planner.comparison.cases import DIFFERENT, SAME, TROUBLE, Case, Cause
from planner.comparison.decisions import COLUMNS, differences
from planner.comparison.question import Question, question
from planner.comparison.sides import Side, side_of
from planner.comparison.stakes import Stakes
from planner.comparison.stated import ATOL_MUSD, RTOL, contradict
from planner.comparison.tables import common, tables
from planner.comparison.words import worth
from planner.runs import Run
from planner_models.schema import Instance

LATTICE = ("open", "feasible", "infeasible", "unbounded", "optimal")
"""Ends from those that say least."""


@dataclass(frozen=True)
class Rules:
    """How to judge: `across` explains what differs of the question instead of stopping there; `strict_plan` takes other decisions of the
    same worth as different; `max_slowdown` is the ratio of seconds beyond which the second side is too slow, None for any.
    """

    across: bool = False
    strict_plan: bool = False
    max_slowdown: float | None = None


USUAL = Rules()
"""How two sides are judged where nothing else is asked for."""


def compare(
    one: Run | Side | str | Path, other: Run | Side | str | Path, *, across: bool = False, strict_plan: bool = False,
    max_slowdown: float | None = None, instance: Instance | None = None,
) -> Case:  # fmt: skip
    """Compare two runs, run folders or plans: the first that holds of the causes of `planner.comparison.cases`, and every difference.

    Each plan is checked exactly and anew. `across` explains a change of the data or the model, which else ends the comparison;
    `strict_plan` takes plans of the same worth with other decisions for different; `max_slowdown` is the most seconds of the second search
    for each of the first; `instance` is that of a plan that lies in no run's folder. Raises CannotCompare for what is neither.
    """
    return judge(side_of(one, instance), side_of(other, instance), Rules(across, strict_plan, max_slowdown))


def judge(one: Side, other: Side, rules: Rules = USUAL) -> Case:
    """The case of two sides."""
    if one is not other and one.who == other.who:
        one, other = replace(one, who=f"the first {one.who}"), replace(other, who=f"the second {other.who}")
    return _Judge(one, other, rules, question(one, other)).case()


@dataclass
class _Judge:
    """Two sides before the judge, and what he notes."""

    one: Side
    other: Side
    rules: Rules
    asked: Question
    notes: list[str] = field(default_factory=list)

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.one, self.other

    def case(self) -> Case:
        """The first finding that holds, in the order of judgement; time last, as it can only add."""
        for side in self.sides:
            self.notes += side.notes
            self._claim(side)
        self.notes += self.asked.others
        if not self.asked.same and not self.rules.across:
            words = f"not comparable: {self.asked.words}; look `across` to see what that changes"
            return self._case("different question", TROUBLE, words, data=True)
        frame = self._differences()
        for finding in (self._rejected, self._across, self._contradiction, self._ended):
            if (found := finding()) is not None:
                return self._in_time(self._case(*found, frame=frame, data=True))
        return self._in_time(self._case(*self._plans(frame), frame=frame))

    def _claim(self, side: Side) -> None:
        """Tell where a plan is not worth what was claimed."""
        reached, claimed = side.reached_musd, side.claimed_musd
        if reached is not None and claimed is not None and abs(reached - claimed) > ATOL_MUSD + RTOL * max(abs(reached), abs(claimed)):
            self.notes.append(f"{side.who} claims {claimed:,.6f} M$; by the exact check its plan is worth {reached:,.6f} M$")

    def _rejected(self) -> tuple[Cause, int, str] | None:
        """Plans that break a rule are worth nothing, whatever they claim."""
        faults = [f"{side.who} breaks {side.rejected}" for side in self.sides if side.rejected]
        return ("unverified", TROUBLE, "; ".join(faults)) if faults else None

    def _across(self) -> tuple[Cause, int, str] | None:
        """Another question is never the same answer."""
        if self.asked.same:
            return None
        was, now = self.one.reached_musd, self.other.reached_musd
        by = "" if was is None or now is None else f"; the second plan is worth {worth(now - was)} {'less' if now < was else 'more'}"
        return "different question", DIFFERENT, f"another question: {self.asked.words}{by}"

    def _contradiction(self) -> tuple[Cause, int, str] | None:
        """Claims that cannot both be true, and which of them a checked plan refutes."""
        best = max(self.sides, key=lambda side: -math.inf if side.reached_musd is None else side.reached_musd)
        refuted = [words for side in self.sides if (words := _refuted(side, best))]
        if not refuted and not contradict(self.one.stated, self.other.stated):
            return None
        return "contradiction", DIFFERENT, "; ".join(refuted) or f"{self.one.who} and {self.other.who} cannot both be true"

    def _ended(self) -> tuple[Cause, int, str] | None:
        """Sides without a plan."""
        have = [side.plan is not None for side in self.sides]
        if all(have):
            return None
        if any(have):
            less = self.sides[have.index(False)]
            return "worse incumbent", DIFFERENT, f"{less.who} has no plan ({_ended_words(less)})"
        if self.one.ended == self.other.ended:
            words = f"neither has a plan: {_ended_words(self.one)}"
            return ("same", SAME, words) if self.one.ended in ("infeasible", "unbounded") else ("unverified", TROUBLE, words)
        ranked = sorted(self.sides, key=lambda side: LATTICE.index(side.ended))
        return "better bound", DIFFERENT, f"{ranked[1].who} knows more: {_ended_words(ranked[1])}; the other: {_ended_words(ranked[0])}"

    def _plans(self, frame: pd.DataFrame) -> tuple[Cause, int, str]:
        """Two checked plans for one question."""
        was, now = (side.reached_musd or 0.0 for side in self.sides)
        other_plan = bool(frame["beyond"].any())
        if abs(now - was) > ATOL_MUSD + RTOL * max(abs(was), abs(now)):
            return self._apart(was, now)
        alone = any(side.ended == "feasible" and not side.solver for side in self.sides)
        if self.one.ended != self.other.ended and not alone:
            less = min(self.sides, key=lambda side: LATTICE.index(side.ended))
            words = f"worth the same, but {less.who} does not know that none is better within its gap"
            return "better bound", DIFFERENT, f"{words}; {common(*self.sides)}"
        if other_plan:
            words = f"worth the same, decided otherwise; {common(*self.sides)}"
            return "alternate optimum", DIFFERENT if self.rules.strict_plan else SAME, words
        if frame.empty and now == was:
            return self._bounds()
        words = f"the same within the tolerance; the second is worth {worth(now - was)} {'less' if now < was else 'more'}"
        return "tolerance", SAME, words if now != was else "the same within the tolerance"

    def _apart(self, was: float, now: float) -> tuple[Cause, int, str]:
        """Plans of another worth: whether the gap that was asked for allows it."""
        worse = self.sides[0] if was < now else self.sides[1]
        short = abs(now - was)
        share = short / max(abs(was), abs(now))
        words = f"{worse.who} is worth {worth(short)} less ({100 * share:.2g} %)"
        allowed = worse.asked_gap * abs(worse.reached_musd or 0.0) + ATOL_MUSD
        if worse.ended == "optimal" and short <= allowed + RTOL * max(abs(was), abs(now)):
            words += f", within the gap of {worse.asked_gap:g} that it was asked for; {common(*self.sides)}"
            return "within gap", DIFFERENT if self.rules.strict_plan else SAME, words
        return "worse incumbent", DIFFERENT, words

    def _bounds(self) -> tuple[Cause, int, str]:
        """The same plan: what is known of better ones."""
        words = "the same plan, of the same worth"
        was, now = self.one.bound_musd, self.other.bound_musd
        if was is None or now is None or abs(was - now) <= ATOL_MUSD + RTOL * max(abs(was), abs(now)):
            return "same", SAME, words
        better = self.one if was < now else self.other
        return "better bound", SAME, f"{words}; {better.who} has the better bound, by {worth(was - now)}"

    def _in_time(self, case: Case) -> Case:
        """The same case, too slow where a most is given."""
        most, (was, now) = self.rules.max_slowdown, (side.seconds for side in self.sides)
        if most is None:
            return case
        if was is None or now is None:
            return replace(case, notes=(*case.notes, "the seconds of a search are not known, so that none can be too slow"))
        if now <= most * was:
            return case
        times = f"{now / was:.3g} times as long, " if was else ""
        words = f"{case.words}; the second took {times}{now:.3g} s against {was:.3g} s (allowed: {most:g} times)"
        return replace(case, words=words, exit_code=max(case.exit_code, DIFFERENT))

    def _differences(self) -> pd.DataFrame:
        """All that the plans decide otherwise."""
        one, other = self.sides
        if one.plan is None or other.plan is None or one.certificate is None or other.certificate is None:
            return pd.DataFrame(columns=COLUMNS)
        stakes = None if one.rejected or other.rejected else Stakes(one.certificate.ledger, other.certificate.ledger)
        return differences((one.plan, other.plan), (one.instance, other.instance), stakes)

    def _case(self, cause: Cause, code: int, words: str, *, frame: pd.DataFrame | None = None, data: bool = False) -> Case:
        found = pd.DataFrame(columns=COLUMNS) if frame is None else frame
        shown: dict[str, pd.DataFrame] = {"Answers": _answers(self.sides)}
        if data and not self.asked.data.empty:
            shown["Inputs"] = self.asked.data
        planned = frame is not None and all(side.reached_musd is not None for side in self.sides)
        if planned and not self.asked.same:
            shown["Where the change of value comes from"] = explained(*self.sides)
        if planned and not (found.empty and self.asked.same):
            shown |= tables(*self.sides)
        name = self.one.instance.name
        return Case(
            name, (self.one.who, self.other.who), cause, code, words, found, {title: table for title, table in shown.items() if len(table)},
            tuple(self.notes), self._record(cause, words),
        )  # fmt: skip

    def _record(self, cause: Cause, words: str) -> Mapping[str, Any]:
        """What a program reads."""
        return {
            "instance": self.one.instance.name, "cause": cause, "words": words,
            "sides": [
                {
                    "who": side.who, "solver": side.solver, "seed": side.seed, "ended": side.ended, "value_musd": side.reached_musd,
                    "bound_musd": side.bound_musd, "seconds": side.seconds, "nodes": side.nodes, "rejected": side.rejected,
                }
                for side in self.sides
            ],
        }  # fmt: skip


def _refuted(side: Side, rival: Side) -> str:
    """Why a side is wrong by the plan of the other; `""` where that does not show it."""
    musd = rival.reached_musd
    if musd is None:
        return ""
    if side.ended == "infeasible":
        return f"{side.who} is wrong: it says that there is no plan, {rival.who} has one worth {musd:,.6f} M$ by the exact check"
    stated = side.stated.optimum()
    most = stated[1] if side.bound_musd is None and stated is not None else side.bound_musd
    if most is None or musd <= most + ATOL_MUSD + RTOL * abs(most):
        return ""
    claim = f"it says that no plan is worth more than {most:,.6f} M$"
    whose = "its own is" if rival is side else f"{rival.who} has one"
    return f"{side.who} is wrong: {claim}, {whose} worth {musd:,.6f} M$ by the exact check"


def _answers(sides: Sequence[Side]) -> pd.DataFrame:
    """The two sides beside each other."""
    rows = [
        (side.who, _ended_words(side), *(None if number is None else round(number, 6) for number in
         (side.reached_musd, side.bound_musd, side.asked_gap, side.seconds)), side.nodes)
        for side in sides
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["who", "ended", "worth_musd", "bound_musd", "asked_gap", "seconds", "nodes"], dtype=object)


def _ended_words(side: Side) -> str:
    words = {"open": "the search was stopped or failed", "infeasible": "infeasible", "unbounded": "unbounded", "feasible": "a plan"}
    return words.get(side.ended, side.ended)
