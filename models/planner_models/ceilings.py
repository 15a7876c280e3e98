"""How much capex sites can see in some periods: how far a row must give way while it does not hold (section 8 of MATHS.md)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

import pyomo.environ as pyo
from pyomo.repn import generate_standard_repn

from planner_models.cash import budgets_musd
from planner_models.frame import Frame
from planner_models.ports import Ports

Paid = tuple[float, tuple[tuple[Any, float], ...]]
"""M$ that are paid whatever is decided, and decisions with what one unit of each costs."""


class Spending:
    """Bounds on capex from the rows of the closed ports: what decisions cost, times what there can be of them.

    In some optimum no more of one machine, unit or generator type is ordered than its bound once per life: more than that
    never works at the same time. Halls and clusters share the land, leases have their blocks; lots, upgrades and purchases of
    sites come once.
    """

    def __init__(self, frame: Frame, ports: Ports) -> None:
        self._budgets = budgets_musd(frame)
        self._frame = frame
        self._paid = cache(lambda port, s, v: _paid(ports, port, s, v))

    def range_musd(self, parts: Collection[tuple[str, str]], periods: Collection[str]) -> tuple[float, float]:
        """The most that is paid in these periods of the parts (site, `machines` or `other`), and the most that is got back."""
        cost: dict[Any, float] = defaultdict(float)
        decisions: dict[Any, Any] = {}
        known = 0.0
        for s in self._frame.sites:
            other, machines = (s, "other") in parts, (s, "machines") in parts
            for port, weight in (("capex", int(other)), ("machine_capex", int(machines) - int(other))):
                for v in periods if weight else ():
                    always, priced = self._paid(port, s, v)
                    known += weight * always
                    for decision, musd in priced:
                        decisions[id(decision)] = decision
                        cost[id(decision)] += weight * musd
        most = known + self._total((decisions[i], musd) for i, musd in cost.items() if musd > 0)
        back = max(0.0, self._total((decisions[i], -musd) for i, musd in cost.items() if musd < 0) - known)
        years = {y for y, ts in self._frame.time.fiscal_years.items() if set(ts) & set(periods)}
        if years <= set(self._budgets):
            most = min(most, sum(self._budgets[y] for y in years))
        return most, back

    def _total(self, costs: Iterator[tuple[Any, float]]) -> float:
        """The most that cost x decision can add up to."""
        dearest: dict[tuple[Any, ...], float] = defaultdict(float)
        rooms: dict[tuple[Any, ...], float] = {}
        for decision, musd in costs:
            name, index = decision.parent_component().local_name, decision.index()
            sharing, size, room = self._sharing(name, index if isinstance(index, tuple) else (index, ""), decision.ub)
            dearest[name, *sharing] = max(dearest[name, *sharing], musd / size)
            rooms[name, *sharing] = room
        return sum(musd * rooms[key] for key, musd in dearest.items())

    def _sharing(self, name: str, index: tuple[Any, ...], most: float) -> tuple[tuple[Any, ...], float, float]:
        """What the decisions that share a room have in common, how much of it one takes, and how large it is."""
        frame = self._frame
        if name == "built_modules":
            return index[:1], frame.halls[index[1]].module_it_mw, frame.sites[index[0]].land_it_mw * self._lives(*frame.halls)
        if name == "deployed_clusters":
            return index[:1], frame.gpus[index[2]].cluster_it_mw, frame.sites[index[0]].land_it_mw * self._lives(*frame.gpus)
        if name in ("bought_mw", "delivered_units", "commissioned_units"):
            return index[:-1], 1.0, most * self._lives(index[1])
        return index[:1] if name == "started" else index[:-1], 1.0, most

    def _lives(self, *items: str) -> int:
        """How many of the shortest of these lives begin within the plan, one after the other."""
        return math.ceil(self._frame.time.horizon / min(self._frame.items[item].life_months for item in items))


def _paid(ports: Ports, port: str, site: str, period: str) -> Paid:
    """The defining row of a port, read back."""
    row, own = getattr(ports, f"{port}_balance")[site, period], getattr(ports, f"{port}_musd")[site, period]
    found = generate_standard_repn(row.body)
    terms = zip(found.linear_coefs, found.linear_vars, strict=True)
    sign = next(-coefficient for coefficient, decision in zip(found.linear_coefs, found.linear_vars, strict=True) if decision is own)
    priced = tuple((decision, coefficient / sign) for coefficient, decision in terms if decision is not own)
    return (found.constant - pyo.value(row.upper)) / sign, priced
