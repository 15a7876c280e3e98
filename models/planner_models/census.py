"""How many modules of a hall type count, for a given weight on the time they stand: W in section 2 of MATHS.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyomo.environ as pyo

from planner_models.frame import Frame
from planner_models.linear import Entries, Index, constant, linear

Weight = Callable[..., float]


class Census:
    """Modules of (s,h), weighted by `weight(begin, end, *period)` of the months in which each stands.

    `rows` holds (s,h) followed by the period or month that the weight takes, where it takes one. The decisions are those of
    `of`, else of the block itself. With `holding` a module counts while it holds
    land: under construction from its order month (an opening one that is still to come from the start),
    under conversion until it is replaced.
    """

    def __init__(
        self, block: pyo.Block, frame: Frame, name: str, weight: Weight, rows: Any, *, of: Any = None, holding: bool = False
    ) -> None:
        self._frame, self._weight, self._holding = frame, weight, holding
        decided = of or block
        self._rows: set[Index] = set(rows)
        spans: list[Index] = list(dict.fromkeys(row[2:] for row in rows))
        self._terms = [
            constant(block, f"{name}_standing", rows, self._standing),
            linear(block, f"{name}_built", rows, decided.built_modules, self._kept(self._built(list(decided.built_modules), spans))),
            linear(
                block, f"{name}_converted", rows, decided.converted_lots, self._kept(self._converted(list(decided.converted_lots), spans))
            ),
            linear(
                block, f"{name}_retired", rows, decided.retired_modules, self._kept(self._retired(list(decided.retired_modules), spans))
            ),
        ]

    def count(self, *row: Any) -> Any:
        """The weighted number of modules, a linear expression."""
        total = 0.0
        for term in self._terms:
            total = total + term(*row)
        return total

    def _kept(self, entries: Entries) -> Entries:
        """The entries of the rows that are asked for."""
        return ((row, index, coefficient) for row, index, coefficient in entries if row in self._rows)

    def _span(self, cohort: str) -> tuple[int, int]:
        begin, end = self._frame.span(self._frame.cohorts[cohort])
        return min(0, begin) if self._holding else begin, end

    def _standing(self, s: str, h: str, *u: str) -> float:
        rows = [c for c in self._frame.cohorts.values() if (c.site, c.item) == (s, h)]
        return sum((c.count or 0) * self._weight(*self._span(c.id), *u) for c in rows)

    def _built(self, builds: list[Index], periods: list[Index]) -> Iterator[tuple[Index, Index, float]]:
        for s, h, t in builds:
            hall, start = self._frame.halls[h], self._frame.time[t].start
            begin = start - hall.build_months if self._holding else start
            for u in periods:
                yield (s, h, *u), (s, h, t), self._weight(begin, start + hall.life_months, *u)

    def _retired(self, retires: list[Index], periods: list[Index]) -> Iterator[tuple[Index, Index, float]]:
        for c, t in retires:
            row, (begin, end), start = self._frame.cohorts[c], self._span(c), self._frame.time[t].start
            for u in periods:
                yield (row.site, row.item, *u), (c, t), self._weight(begin, start, *u) - self._weight(begin, end, *u)

    def _converted(self, lots: list[Index], periods: list[Index]) -> Iterator[tuple[Index, Index, float]]:
        for k, c, t in lots:
            row, (begin, end), start = self._frame.cohorts[c], self._span(c), self._frame.time[t].start
            conversion = self._frame.conversions[k]
            target = self._frame.halls[conversion.to_hall]
            off = start if self._holding else start - conversion.off_months
            for u in periods:
                lost = self._weight(begin, off, *u) - self._weight(begin, end, *u)
                gained = self._weight(start, start + target.life_months, *u)
                yield (row.site, row.item, *u), (k, c, t), conversion.from_modules * lost
                yield (row.site, conversion.to_hall, *u), (k, c, t), conversion.to_modules * gained
