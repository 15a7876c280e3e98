"""Plans of sites and prices of what they share, made in turn until prices prove about what the plans are worth (columns generated)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.backends import Backend, Task
from planner.claims import TOLERANCE
from planner.compile import Vector
from planner.engine.master import Column, Master, Mix, proved_musd
from planner.engine.pricing import Limits, Order, Priced, price
from planner.engine.split import Split
from planner.engine.watch import Ended, Watch
from planner.highs import Settings

NEW_MUSD = 1e-6
"""A plan of a site is worth adding when it is worth more than this over the best at hand."""
COARSE_MUSD, FINE_MUSD = 1.0, 0.02
"""Absolute gaps of pricing, in M$: at the beginning, and at the end."""
COARSE_NODES, FINE_NODES = 20, 500
"""Most nodes of a search of one site: while prices are far off a search that ends early says as much."""
MOST_HELD, LEAST_HELD = 0.5, 0.3
"""Share of the best prices in those asked next, at the beginning and later: prices of the mix alone swing."""
NEARLY = 0.01
"""Share of the bound that is still open when what rows lack gets dearer."""
DEAREST_MUSD = 1e7
"""Penalties beyond which what rows lack is taken to be lacking for good."""
AMONG_ROUNDS = 2
"""Rounds of pricing among the sites that had something new before all are priced again, which only the bound needs."""
OFTEN = 3
"""Wrong claims of a site at the same prices before it is given no bound."""


@dataclass
class Generation:
    """The master, the plans of each site (numbers of the master's columns), and the best bound with the prices that prove it."""

    split: Split
    backend: Backend
    master: Master
    watch: Watch
    settings: Settings
    plans: list[list[int]] = field(init=False)
    seconds: Vector = field(init=False)
    prices: Vector | None = None
    bounds: Vector | None = None

    def __post_init__(self) -> None:
        self.plans = [[] for _ in self.split.parts]
        self.seconds = np.array([float(part.program.columns) for part in self.split.parts])

    def add(self, site: int, values: Vector) -> None:
        """Give the master a plan of a site."""
        self.plans[site].append(len(self.master.columns))
        self.master.add(site, values)

    def best_at(self, site: int, prices: Vector, barred: frozenset[int] = frozenset()) -> Column | None:
        """The plan at hand that is worth most at some prices."""
        columns = [self.master.columns[number] for number in self.plans[site] if number not in barred]
        return max(columns, key=lambda column: column.worth(prices), default=None)

    def price(
        self, prices: Vector, sites: Sequence[int], gap_musd: float, limits: dict[int, Limits] | None = None,
        barred: frozenset[int] = frozenset(),
    ) -> dict[int, Priced]:  # fmt: skip
        """The best plan of each site at some prices, those first that took longest. A claim below a plan at hand is asked again."""
        limits, how, found, again = limits or {}, self.settings, {}, Counter[int]()
        known = {site: self.best_at(site, prices, barred) for site in sites}
        waiting = sorted(sites, key=lambda site: -self.seconds[site])
        nodes = COARSE_NODES if gap_musd >= COARSE_MUSD else FINE_NODES
        self.backend.broadcast(prices)
        while waiting:
            tasks = []
            for site in waiting:
                best = known[site]
                start = None if best is None else best.values
                presolve = how.presolve and not again[site]
                order = Order(gap_musd, nodes, start, limits.get(site, {}), how.seed + again[site], presolve)
                tasks.append(Task(site, order))
            waiting = []
            for task, priced in self.backend.as_completed(price, tasks):
                site, best = task.part, known[task.part]
                self.seconds[site], self.watch.priced = priced.seconds, self.watch.priced + 1
                found[site] = priced
                worth_musd = -np.inf if best is None else best.worth(prices)
                if worth_musd > priced.bound_musd + TOLERANCE * (1 + abs(worth_musd)):
                    again[site] += 1
                    self.watch.wrong[self.split.parts[site].site] += 1
                    found[site] = Priced(np.inf, priced.points, priced.seconds)
                    if again[site] < OFTEN:
                        waiting.append(site)
                self.watch.look()
        return found

    def learn(self, mix: Mix, found: dict[int, Priced]) -> list[int]:
        """Add the plans that are worth more than the site's rent at the prices of `mix`; the sites that have new ones."""
        new = list[int]()
        for site in sorted(found):
            part = self.split.parts[site]
            for values in found[site].points:
                worth = float(part.program.cost @ values) - float((part.ties @ values) @ mix.prices)
                if not self.plans[site] or worth > mix.rents[site] + NEW_MUSD * (1 + abs(mix.rents[site])):
                    self.add(site, values)
                    new.append(site)
        return list(dict.fromkeys(new))

    def run(self, guess: Vector, stop_gap: float, share_s: float) -> Mix:
        """Price and mix until the bound is within `stop_gap` of the mix, or nothing new comes, or `share_s` seconds are gone."""
        everybody, until, mixing = range(len(self.split.parts)), self.watch.seconds + share_s, MOST_HELD
        mix, ask = self.master.solve(), guess
        while True:
            used = proved_musd(self.split, ask, np.zeros(1))[1]
            found = self.price(used, everybody, self._gap_musd(mix))
            if any(np.isneginf(priced.bound_musd) for priced in found.values()):
                raise Ended("infeasible")  # a site by itself, whatever the others do
            better = self._bound(used, np.array([found[site].bound_musd for site in everybody]))
            new = self.learn(mix, found)
            mix = self._among(new, self.master.solve())
            bound = self.watch.bound_musd
            room, size = (np.inf, 1.0) if bound is None else (bound - mix.musd, max(1.0, abs(bound)))
            lacks = mix.lacking > NEW_MUSD and (room < NEARLY * size or not new) and self.watch.seconds <= until
            if lacks and self.master.penalties.max() < DEAREST_MUSD:
                mix = self.master.dearer()
            elif room <= stop_gap * size or self.watch.seconds > until or (not new and not better and mixing == 0.0):
                return mix
            mixing = 0.0 if len(new) < len(everybody) / 10 and not better else max(LEAST_HELD, mixing - 0.03)
            held = used if self.prices is None else self.prices
            ask = mixing * held + (1 - mixing) * mix.prices

    def _among(self, sites: list[int], mix: Mix) -> Mix:
        """Price again the few sites that had something new, at the prices of the mix alone: that is cheap where most have nothing."""
        for _ in range(AMONG_ROUNDS):
            if not sites or len(sites) > len(self.split.parts) / 2:
                break
            used = proved_musd(self.split, mix.prices, np.zeros(1))[1]
            sites = self.learn(mix, self.price(used, sites, self._gap_musd(mix)))
            mix = self.master.solve()
        return mix

    def _gap_musd(self, mix: Mix) -> float:
        """How precisely sites are to be priced: to a tenth of what is still open, spread over them."""
        if self.watch.bound_musd is None:
            return COARSE_MUSD
        return float(np.clip((self.watch.bound_musd - mix.musd) / len(self.split.parts) / 10, FINE_MUSD, COARSE_MUSD))

    def _bound(self, prices: Vector, bounds: Vector) -> bool:
        """Hold what prices prove; whether it is lower than all before."""
        musd, _ = proved_musd(self.split, prices, bounds)
        if not self.watch.bound(musd):
            return False
        self.prices, self.bounds = prices, bounds
        return True
