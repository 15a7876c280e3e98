"""What the claims on one benchmark come to: who stands against whom, and by what, in words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner.comparison.camps import Camp, camps, comparable, slip
from planner.comparison.cases import Cause
from planner.comparison.claimfile import Row
from planner.comparison.stated import apart
from planner.comparison.words import number

MOST_TOLD = 3
"""Claims or camps that the sentence on a benchmark tells one by one."""


@dataclass(frozen=True)
class Line:
    """A claim or camp that cannot be true beside another: `old` is what is held against it, `new` its own value; None where it has none."""

    words: str
    old: float | None
    new: float | None


@dataclass(frozen=True)
class Finding:
    """What is found of the claims on one benchmark.

    `compared` are the claims that state something, `about` those of them that the finding names: the outliers, or all where nobody can be
    said to be wrong. `camps` are the camps of the most solvers: one is the reference, several tie.
    """

    cause: Cause
    words: str
    compared: tuple[Row, ...]
    about: tuple[Row, ...]
    camps: tuple[Camp, ...] = ()
    lines: tuple[Line, ...] = ()

    @property
    def reference(self) -> Camp | None:
        """What the most solvers agree on; None where nothing is compared, or camps tie."""
        return self.camps[0] if len(self.camps) == 1 else None

    def side(self, row: Row) -> str:
        """Where a claim stands: reference or outlier; in a tie the numbers of its camps, blank for none."""
        if self.reference is not None:
            return "reference" if row.line in self.reference.lines else "outlier"
        return ", ".join(str(place) for place, camp in enumerate(self.camps, 1) if row.line in camp.lines)


def find(rows: Sequence[Row], least_gap: float) -> Finding:
    """Hold the claims on one benchmark against each other; no gap is believed below `least_gap`, which those have that state none."""
    compared = comparable(rows, least_gap)
    if len(compared) < 2:
        one = f"only {compared[0].stated.who} says anything" if compared else "no claim says anything"
        return Finding("unverified", f"{one} that could be compared", compared, compared)
    largest = tuple(camps(compared, least_gap))
    if len(largest) > 1:
        return _tied(largest, compared, least_gap)
    outliers = tuple(row for row in compared if row.line not in largest[0].lines)
    return _outlying(outliers, largest[0], compared, least_gap) if outliers else _agreed(largest[0], least_gap)


def called(rows: Sequence[Row]) -> dict[int, str]:
    """By line solver and version of each claim; with its machine or line where another claim has the same."""
    alike = Counter(row.stated.who for row in rows)
    there = Counter((row.stated.who, row.machine) for row in rows if row.machine)
    names = dict[int, str]()
    for row in rows:
        who, alone = row.stated.who, there[row.stated.who, row.machine] == 1
        names[row.line] = who if alike[who] == 1 else f"{who} on {row.machine}" if alone else f"{who} (line {row.line})"
    return names


def _agreed(camp: Camp, least_gap: float) -> Finding:
    """Claims that can all be true: with their own gaps, or only with the least that is believed."""
    rows, where = camp.rows, _says(camp)
    together = f"all {len(rows)} claims agree on {where}"
    literal = [replace(row, stated=replace(row.stated, gap=least_gap if row.stated.gap is None else row.stated.gap)) for row in rows]
    largest = max(len(other.rows) for other in camps(literal, 0.0))
    if largest < len(rows):
        words = f"{together} where no gap is believed below {least_gap:g}; by the gaps as they are written, {largest} do"
        return Finding("tolerance", words, rows, rows, (camp,))
    values = [row.stated.objective for row in rows if row.stated.objective is not None]
    if camp.interval is not None and values and apart((min(values),) * 2, (max(values),) * 2):
        words = f"{len(rows)} claims, from {number(min(values))} to {number(max(values))}, are no further apart than their gaps"
        return Finding("within gap", words, rows, rows, (camp,))
    return Finding("same", together, rows, rows, (camp,))


def _outlying(outliers: tuple[Row, ...], camp: Camp, compared: tuple[Row, ...], least_gap: float) -> Finding:
    """Claims that cannot be true beside what most say."""
    slips, names = [slip(row, camp, least_gap) for row in outliers], called(compared)
    lines = [
        Line(f"{names[row.line]} says {_claim(row)}{_by(power)}", camp.value, _value(row))
        for row, power in zip(outliers, slips, strict=True)
    ]
    solvers = len({row.kind for row in compared})
    most = f"{len(camp.rows)} of {len(compared)} claims ({camp.solvers} of {solvers} solvers) agree on {_says(camp)}"
    cause: Cause = "contradiction" if None in slips else "reading error"
    return Finding(cause, f"{_told([line.words for line in lines])}; {most}", compared, outliers, (camp,), tuple(lines))


def _tied(largest: tuple[Camp, ...], compared: tuple[Row, ...], least_gap: float) -> Finding:
    """Camps of the same weight: nobody can be said to be wrong."""
    least = min(largest, key=lambda camp: math.inf if camp.value is None else abs(camp.value))
    slips = [slip(row, least, least_gap) for camp in largest if camp is not least for row in camp.rows]
    powers, names = {power for power in slips if power is not None}, called(compared)
    lines = [Line(_side([names[row.line] for row in camp.rows], _says(camp)), least.value, camp.value) for camp in largest]
    by = _by(powers.pop()) if len(powers) == 1 and None not in slips else ""
    solvers, claims = largest[0].weight
    each = f"{solvers} solver{'' if solvers == 1 else 's'} with {claims} claim{'' if claims == 1 else 's'}"
    words = f"{_told([line.words for line in lines])}{by}; each has {each}, so nobody can be said to be wrong"
    return Finding("reading error" if by else "contradiction", words, compared, compared, largest, tuple(lines))


def _by(power: int | None) -> str:
    return "" if power is None else f", a power of ten apart (10^{power})"


def _side(names: Sequence[str], claim: str) -> str:
    return f"{_told(names, ', ')} say{'s' if len(names) == 1 else ''} {claim}"


def _told(parts: Sequence[str], mark: str = "; ") -> str:
    """Parts of a sentence, of many the first and how many more there are."""
    more = len(parts) - MOST_TOLD
    return mark.join([*parts[:MOST_TOLD], *([f"{more} more"] if more > 0 else [])])


def _says(camp: Camp) -> str:
    if camp.interval is None:
        return "infeasible"
    return number(camp.value) if camp.value is not None else _claim(camp.rows[0])


def _value(row: Row) -> float | None:
    return row.stated.objective if row.stated.ended in ("optimal", "feasible") else None


def _claim(row: Row) -> str:
    """What a claim says."""
    stated = row.stated
    if stated.ended in ("infeasible", "unbounded"):
        return stated.ended
    if stated.objective is not None and stated.ended != "open":
        return number(stated.objective)
    return f"at {'most' if stated.sense == 'max' else 'least'} {number(stated.bound)}" if stated.bound is not None else "nothing"
