"""From a mix of plans to one plan by site: counts that are parts in the mix are made whole, most certain first, and sites priced again."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from planner.claims import TOLERANCE
from planner.compile import Vector
from planner.engine.generation import Generation
from planner.engine.master import Mix
from planner.engine.pricing import Limits
from planner.engine.split import Numbers

SURE = 0.75
"""Counts whose part is at least this are made whole together, up to a quarter of all that are parts."""
ROUNDS = 3
"""Most rounds of pricing after each step."""
DEAR = 0.004
"""A step that costs more than this share of the bound is taken back: only its first count, or that one the other way."""
GAP_MUSD = 0.3
"""How precisely sites are priced on the way down."""
LACKING = 1e-5
"""What rows may lack by rounding."""


@dataclass(frozen=True)
class Count:
    """What a site puts into a counting row in the mix: `part` is how far it is above a whole number."""

    part: float
    row: int
    site: int
    amount: float


@dataclass
class Dive:
    """A descent: limits on counts so far, and the plans (columns of the master) that they bar."""

    work: Generation
    mix: Mix
    limits: dict[int, Limits] = field(default_factory=dict)
    barred: frozenset[int] = frozenset()

    def run(self) -> Mix:
        """Make all counts whole as far as that goes; the mix then. The master is as before afterwards, with more plans."""
        try:
            while counts := self._parts():
                self._step(counts)
            self._reprice(range(len(self.work.split.parts)))
            return self.mix
        finally:
            self._bar(frozenset())

    def _step(self, counts: list[Count]) -> None:
        """Make the surest counts whole; where that costs much, the cheapest of few other ways: the surest alone, or it the other way ..."""
        sure = [count for count in counts if count.part >= SURE][: max(1, len(counts) // 4)]
        before, mix = {site: dict(limits) for site, limits in self.limits.items()}, self.mix
        tries = [(sure, True)] if len(sure) > 1 else []
        tries += [(counts[:1], True), (counts[:1], False), (counts[1:2] or counts[:1], True)]
        found: list[tuple[float, int]] = []
        for position, (chosen, up) in enumerate(tries):
            self._try(before, chosen, up=up)
            lost = mix.musd - self.mix.musd
            if lost <= DEAR * abs(self.work.watch.bound_musd or 1.0) and self.mix.lacking <= max(0.0, mix.lacking) + LACKING:
                return
            found.append((self.mix.musd, position))
        best = max(found)[1]
        if best != len(tries) - 1:
            self._try(before, tries[best][0], up=tries[best][1])

    def _try(self, before: dict[int, Limits], chosen: list[Count], *, up: bool) -> None:
        self.limits = {site: dict(limits) for site, limits in before.items()}
        self._rebar()
        self._apply(chosen, up=up)

    def _apply(self, chosen: list[Count], *, up: bool) -> None:
        """Limit counts, bar the plans that do not keep them, and price again the sites that they touch and those that are mixed."""
        split, touched = self.work.split, set(self.mixed())
        for count in chosen:
            whole = math.ceil(count.amount - TOLERANCE) if up else math.floor(count.amount + TOLERANCE)
            self._limit(count.site, count.row, *((float(whole), np.inf) if up else (-np.inf, float(whole))))
            others = [site for site, part in enumerate(split.parts) if count.row in part.counts]
            touched.update(others)
            if up and sum(self._least(site, count.row) for site in others) >= split.row_upper[count.row] - TOLERANCE:
                for site in others:
                    self._limit(site, count.row, -np.inf, self._least(site, count.row))
        self._rebar()
        self._reprice(sorted(touched))

    def _reprice(self, sites: Iterable[int]) -> None:
        """Price sites at the prices of the mix until nothing much comes of it."""
        chosen, work = list(sites), self.work
        for _ in range(ROUNDS):
            found = work.price(self.mix.prices, chosen, GAP_MUSD, self.limits, self.barred)
            new, before = work.learn(self.mix, found), self.mix
            self.mix = work.master.solve()
            if not new or (self.mix.lacking <= TOLERANCE and self.mix.musd - before.musd < 2e-4 * abs(self.mix.musd)):
                return

    def _parts(self) -> list[Count]:
        """Counts that are no whole numbers in the mix, the surest first."""
        found = []
        for site, row, amount in self._amounts():
            part = amount - math.floor(amount + 1e-9)
            if 1e-5 < part < 1 - 1e-5:
                found.append(Count(part, row, site, amount))
        return sorted(found, key=lambda count: (-count.part, count.row, count.site))

    def _amounts(self) -> Iterable[tuple[int, int, float]]:
        for site, part in enumerate(self.work.split.parts):
            total = np.zeros(len(part.counts))
            for number in self.work.plans[site]:
                if self.mix.weights[number] > 1e-9:
                    total += self.mix.weights[number] * self.work.master.columns[number].takes[part.counts]
            yield from ((site, int(row), float(amount)) for row, amount in zip(part.counts, total, strict=True) if amount)

    def mixed(self) -> list[int]:
        """Sites with more than one plan in the mix."""
        weights = self.mix.weights
        return [site for site, plans in enumerate(self.work.plans) if sum(weights[number] > 1e-6 for number in plans) > 1]

    def _limit(self, site: int, row: int, least: float, most: float) -> None:
        before = self.limits.setdefault(site, {}).get(row, (-np.inf, np.inf))
        self.limits[site][row] = max(least, before[0]), min(most, before[1])

    def _least(self, site: int, row: int) -> float:
        return max(0.0, self.limits.get(site, {}).get(row, (0.0, 0.0))[0])

    def _kept(self, site: int, number: int) -> bool:
        takes = self.work.master.columns[number].takes
        return all(least - 1e-6 <= takes[row] <= most + 1e-6 for row, (least, most) in self.limits[site].items())

    def _rebar(self) -> None:
        """Bar the plans that do not keep the limits; the mix without them."""
        self._bar(frozenset(number for site in self.limits for number in self.work.plans[site] if not self._kept(site, number)))
        self.mix = self.work.master.solve()

    def _bar(self, barred: frozenset[int]) -> None:
        """Give the plans that are barred no weight, and free those that were."""
        for number in self.barred - barred:
            self.work.master.keep(number, 0.0, np.inf)
        for number in barred - self.barred:
            self.work.master.keep(number, 0.0, 0.0)
        self.barred = barred


def mean_points(work: Generation, mix: Mix) -> tuple[list[Vector], list[int]]:
    """The mean plan of each site in a mix, and the sites whose whole numbers are none there."""
    points, broken = [], []
    for site, part in enumerate(work.split.parts):
        plans = [number for number in work.plans[site] if mix.weights[number] > 1e-9]
        total = sum(mix.weights[number] for number in plans)
        point = sum((mix.weights[number] / total * work.master.columns[number].values for number in plans), np.zeros(len(part.columns)))
        whole: Numbers = np.flatnonzero(part.program.integer)
        if (np.abs(point[whole] - np.round(point[whole])) > 1e-6).any():
            broken.append(site)
        points.append(point)
    return points, broken
