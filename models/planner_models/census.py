"""How many modules of a hall type count, for a given weight on the time they stand: W in section 2 of MATHS.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import pyomo.environ as pyo

from planner_models.frame import Frame
from planner_models.linear import Index, linear
from planner_models.orders import Amount, standing
from planner_models.ports import Ports

Weight = Callable[..., float]


class Census:
    """Modules of (s,h), weighted by `weight(begin, end, *period)` of the months in which each stands.

    `rows` holds (s,h) followed by the period or month that the weight takes, where it takes one; `of` has the decisions. With
    `holding` a module counts while it holds land: under construction from its order month (an opening one that is still to come
    from the start, or from its month where it replaces another), under conversion until it is replaced. With `each`, how much a
    module of each hall type counts, `rows` leave out the hall type and all of a site count together.
    """

    def __init__(
        self,
        block: pyo.Block,
        frame: Frame,
        name: str,
        weight: Weight,
        rows: Any,
        *,
        of: Ports,
        holding: bool = False,
        each: Mapping[str, float] | None = None,
    ) -> None:
        self._frame, self._weight, self._holding, self._each = frame, cache(weight), holding, each
        self._sites = {row[0] for row in rows}
        self._spans: list[Index] = list(dict.fromkeys(row[1 if each else 2 :] for row in rows))
        self._between, self._less = cache(self._weights), cache(self._difference)
        self._terms = [
            standing(block, frame, of, f"{name}_standing", rows, self._kept(self._standing())),
            linear(block, f"{name}_built", rows, of.built_modules, self._kept(self._built(of.built_modules))),
            linear(block, f"{name}_converted", rows, of.converted_lots, self._kept(self._converted(of.converted_lots))),
            linear(block, f"{name}_retired", rows, of.retired_modules, self._kept(self._retired(of.retired_modules))),
        ]

    def count(self, *row: Any) -> Any:
        """The weighted number of modules, a linear expression."""
        total = 0.0
        for term in self._terms:
            total = total + term(*row)
        return total

    def _kept(self, entries: Iterable[tuple[Index, Any, float]]) -> Iterator[tuple[Index, Any, float]]:
        """The entries by row; those of rows that are not asked for vanish where they are summed up."""
        for row, index, coefficient in entries:
            if self._each is None:
                yield row, index, coefficient
            else:
                yield (row[0], *row[2:]), index, self._each[row[1]] * coefficient

    def _weights(self, begin: int, end: int) -> list[tuple[Index, float]]:
        """The spans in which something that stands from one month until another counts, with its weight."""
        return [(u, weight) for u in self._spans if (weight := self._weight(begin, end, *u))]

    def _difference(self, begin: int, until: int, end: int) -> list[tuple[Index, float]]:
        """What it counts less when it stands until an earlier month."""
        weights = ((u, self._weight(begin, until, *u) - self._weight(begin, end, *u)) for u in self._spans)
        return [(u, weight) for u, weight in weights if weight]

    def _span(self, cohort: str) -> tuple[int, int]:
        row = self._frame.cohorts[cohort]
        return self._frame.land_span(row) if self._holding else self._frame.span(row)

    def _standing(self) -> Iterator[Amount]:
        for c, row in self._frame.cohorts.items():
            for u, weight in self._between(*self._span(c)):
                yield (row.site, row.item, *u), c, weight

    def _built(self, builds: Iterable[Index]) -> Iterator[tuple[Index, Index, float]]:
        starts = {t.label: t.start for t in self._frame.time.periods}
        for s, h, t in builds:
            if s not in self._sites:
                continue
            hall, start = self._frame.halls[h], starts[t]
            begin = start - hall.build_months if self._holding else start
            for u, weight in self._between(begin, start + hall.life_months):
                yield (s, h, *u), (s, h, t), weight

    def _retired(self, retires: Iterable[Index]) -> Iterator[tuple[Index, Index, float]]:
        for c, t in retires:
            row, (begin, end), start = self._frame.cohorts[c], self._span(c), self._frame.time[t].start
            for u, weight in self._less(begin, start, end):
                yield (row.site, row.item, *u), (c, t), weight

    def _converted(self, lots: Iterable[Index]) -> Iterator[tuple[Index, Index, float]]:
        for k, c, t in lots:
            row, (begin, end), start = self._frame.cohorts[c], self._span(c), self._frame.time[t].start
            if row.site not in self._sites:
                continue
            conversion = self._frame.conversions[k]
            target = self._frame.halls[conversion.to_hall]
            off = start if self._holding else start - conversion.off_months
            for u, lost in self._less(begin, off, end):
                yield (row.site, row.item, *u), (k, c, t), conversion.from_modules * lost
            for u, gained in self._between(start, start + target.life_months):
                yield (row.site, conversion.to_hall, *u), (k, c, t), conversion.to_modules * gained
