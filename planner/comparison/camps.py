"""Who agrees with whom: claims on one question in camps that can all be true, and slips by a power of ten."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median_low

from planner.comparison.claimfile import Row
from planner.comparison.stated import ATOL_MUSD, RTOL, Interval, apart, has_plan

EVERYWHERE: Interval = (-math.inf, math.inf)
FIRST_DIGIT_FRACTION = 0.1
"""The first digit of a number is worth more than this share of it."""
CLOSE_FRACTION = 0.1
"""A power of ten is told from the noise of two claims where it fits the difference of their values this well."""


@dataclass(frozen=True)
class Camp:
    """Claims that can all be true, and where the optimum then lies: None where they deny that there is a plan."""

    rows: tuple[Row, ...]
    interval: Interval | None

    @cached_property
    def lines(self) -> frozenset[int]:
        """Where its claims stand in the table."""
        return frozenset(row.line for row in self.rows)

    @cached_property
    def solvers(self) -> int:
        """Distinct solvers, whatever their versions."""
        return len({row.kind for row in self.rows})

    @property
    def weight(self) -> tuple[int, int]:
        """What speaks for a camp: solvers first, as versions of one share their faults, then claims."""
        return self.solvers, len(self.rows)

    @cached_property
    def value(self) -> float | None:
        """The middle one of the objectives, None where there is none."""
        values = [row.stated.objective for row in self.rows if row.stated.objective is not None]
        return median_low(values) if values and self.interval is not None else None


def span(row: Row, least_gap: float) -> Interval | None:
    """Where the optimum lies by a claim that is no denial; None where it states nothing of it."""
    return None if row.stated.ended == "infeasible" else row.stated.optimum(least_gap)


def comparable(rows: Sequence[Row], least_gap: float) -> tuple[Row, ...]:
    """The claims that others can contradict; a mere plan whose worth bounds nothing is one only where a plan is denied."""
    denied = any(row.stated.ended == "infeasible" for row in rows)
    return tuple(
        row for row in rows
        if row.stated.ended == "infeasible" or span(row, least_gap) is not None or (denied and has_plan(row.stated))
    )  # fmt: skip


def camps(rows: Sequence[Row], least_gap: float) -> list[Camp]:
    """The largest camps among comparable claims: one, or as many as tie."""
    denials = tuple(row for row in rows if row.stated.ended == "infeasible")
    found = [Camp(denials, None)] if denials else []
    found += _meeting([(row, span(row, least_gap) or EVERYWHERE) for row in rows if row.stated.ended != "infeasible"])
    most = max((camp.weight for camp in found), default=(0, 0))
    return [camp for camp in found if camp.weight == most]


def _meeting(spans: Sequence[tuple[Row, Interval]]) -> list[Camp]:
    """The largest sets of claims that share a point, from left to right.

    A claim opens at its lower end and closes at its upper one; a set is complete where one closes after another has opened.
    """
    events = sorted((end, side, place) for place, (_, ends) in enumerate(spans) for side, end in enumerate(_widened(ends)))
    best, found, grown = (0, 0), list[frozenset[int]](), False
    there, kinds = set[int](), Counter[str]()
    for _, closes, place in events:
        kind = spans[place][0].kind
        if not closes:
            there.add(place)
            kinds[kind] += 1
            grown = True
            continue
        weight = (len(kinds), len(there))
        if grown and weight >= best:
            found = [*(found if weight == best else []), frozenset(there)]
            best = weight
        there.remove(place)
        kinds = kinds - Counter((kind,))
        grown = False
    return [_camp([spans[place] for place in sorted(places)]) for places in found]


def _widened(ends: Interval) -> Interval:
    """An interval with half of the tolerance of `apart` at each end."""
    slack = [(ATOL_MUSD + RTOL * abs(end)) / 2 if math.isfinite(end) else 0.0 for end in ends]
    return ends[0] - slack[0], ends[1] + slack[1]


def _camp(spans: Sequence[tuple[Row, Interval]]) -> Camp:
    low, high = max(ends[0] for _, ends in spans), min(ends[1] for _, ends in spans)
    return Camp(tuple(row for row, _ in spans), (min(low, high), max(low, high)))


def slip(row: Row, camp: Camp, least_gap: float) -> int | None:
    """The k where a claim reads 10^k more than a camp, as when a first digit is read wrongly or one too many; None where it does not.

    More in size where both are negative. It has to fit within the tolerance of both sides, and to be no smaller than the first digit: 101
    in the place of 100 is an error of another kind.
    """
    value, truth, ends = row.stated.objective, camp.value, span(row, least_gap)
    if value is None or truth is None or ends is None or camp.interval is None or value == truth:
        return None
    power = max(0, round(math.log10(abs(value - truth))))
    if 10.0**power < FIRST_DIGIT_FRACTION * abs(truth):
        return None
    step = 10.0**power if value > truth else -(10.0**power)
    if value < truth and not max(value, truth) < 0:
        return None
    fits = apart((camp.interval[0] + step, camp.interval[1] + step), ends) == 0
    return power if fits and abs(value - truth - step) <= CLOSE_FRACTION * abs(step) else None
