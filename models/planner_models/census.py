"""How many modules of a hall type count, for a given weight on the time they stand: W in section 2 of MATHS.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyomo.environ as pyo

from planner_models.frame import Frame
from planner_models.linear import Entries, Index, linear
from planner_models.orders import Amount, standing
from planner_models.ports import Ports

Weight = Callable[..., float]


class Census:
    """Modules of (s,h), weighted by `weight(begin, end, *period)` of the months in which each stands.

    `rows` holds (s,h) followed by the period or month that the weight takes, where it takes one; `of` has the decisions. With
    `holding` a module counts while it holds land: under construction from its order month (an opening one that is still to come
    from the start, or from its month where it replaces another), under conversion until it is replaced.
    """

    def __init__(self, block: pyo.Block, frame: Frame, name: str, weight: Weight, rows: Any, *, of: Ports, holding: bool = False) -> None:
        self._frame, self._weight, self._holding = frame, weight, holding
        self._rows: set[Index] = set(rows)
        spans: list[Index] = list(dict.fromkeys(row[2:] for row in rows))
        self._terms = [
            standing(block, frame, of, f"{name}_standing", rows, self._standing(spans)),
            linear(block, f"{name}_built", rows, of.built_modules, self._kept(self._built(list(of.built_modules), spans))),
            linear(block, f"{name}_converted", rows, of.converted_lots, self._kept(self._converted(list(of.converted_lots), spans))),
            linear(block, f"{name}_retired", rows, of.retired_modules, self._kept(self._retired(list(of.retired_modules), spans))),
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
        row = self._frame.cohorts[cohort]
        return self._frame.land_span(row) if self._holding else self._frame.span(row)

    def _standing(self, periods: list[Index]) -> Iterator[Amount]:
        for c, row in self._frame.cohorts.items():
            span = self._span(c)
            for u in periods:
                yield (row.site, row.item, *u), c, self._weight(*span, *u)

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
