"""How many units of equipment are in service, opening units less cancelled ones and deliveries (section 6 of MATHS.md)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pyomo.environ as pyo

from planner_models.frame import Frame
from planner_models.linear import Index, linear
from planner_models.orders import Amount, standing
from planner_models.ports import Ports
from planner_models.rows import Equipment, Opening, Site

Counted = Callable[[str, str, str], tuple[Index, float]]


def rating_mva(site: Site, kind: Equipment) -> float:
    """R: what one unit rates at a site."""
    if kind.units_per_mw is None:
        return kind.mva or 0.0
    return 1 / (kind.units_per_mw * site.power_factor * site.loading_limit_fraction)


class Stock:
    """The units of (s,k) that work all through a period, from `delivered_units` of a block and the opening."""

    def __init__(self, block: pyo.Block, frame: Frame, ports: Ports) -> None:
        self._block, self._frame, self._ports = block, frame, ports
        self._delivered = block.delivered_units
        self._most = cache(self._most_delivered)
        self._slots = {(row.equipment, row.year): row.units for row in frame.instance.slots}
        self._opening: dict[tuple[str, str], list[Opening]] = {}
        for row in frame.units.values():
            self._opening.setdefault((row.site, row.item), []).append(row)

    def count(self, name: str, rows: pyo.Set, counted: Counted) -> Callable[..., Any]:
        """The function `row -> weighted number of units`, a linear expression for use inside a rule over `rows`.

        `counted(s,k,u)` gives the row in which units of the type count in a period, and the weight of one.
        """
        wanted = set(rows)
        arrived = [entry for entry in self._arrived(counted) if entry[0] in wanted]
        there = standing(self._block, self._frame, self._ports, f"{name}_standing", rows, self._standing(counted))
        new = linear(self._block, f"{name}_delivered", rows, self._delivered, arrived)
        return lambda *row: there(*row) + new(*row)

    def most(self, site: str, kind: str, period: str) -> int:
        """All units of a type that can be in service in a period: what stands and what may be delivered within the slots."""
        frame, time = self._frame, self._frame.time
        total = sum((row.count or 0) * time.whole(*frame.span(row), period) for row in self._opening.get((site, kind), ()))
        life = frame.equipment[kind].life_months
        for begin, most in self._most(site, kind):
            total += most * time.whole(begin, begin + life, period)
        return round(total)

    def _most_delivered(self, site: str, kind: str) -> list[tuple[int, float]]:
        """Months in which units of a type may come, and how many within the slots."""
        time, lead_months = self._frame.time, self._frame.equipment[kind].lead_months
        at = [(time[t], self._delivered.most(site, kind, t)) for t in time.enterable(lead_months)]
        return [(t.start, min(most, self._slots.get((kind, t.years[0]), math.inf))) for t, most in at]

    def _standing(self, counted: Counted) -> Iterator[Amount]:
        """(row, opening row, weight of one of its units) for every period in which it works."""
        for q, unit in self._frame.units.items():
            for u in self._frame.time.overlapping(*self._frame.span(unit)):
                row, weight = counted(unit.site, unit.item, u)
                yield row, q, weight * self._frame.time.whole(*self._frame.span(unit), u)

    def _arrived(self, counted: Counted) -> Iterator[tuple[Index, Index, float]]:
        """(row, delivery, weight of one of its units) for every period in which they work."""
        time = self._frame.time
        for s, k, t in self._delivered:
            begin, end = time[t].start, time[t].start + self._frame.equipment[k].life_months
            for u in time.overlapping(begin, end):
                row, weight = counted(s, k, u)
                yield row, (s, k, t), weight * time.whole(begin, end, u)
