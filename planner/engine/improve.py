"""A plan made better: the sites that lose most against the bound, and those they share counts with, decided anew together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from planner.backends import Task
from planner.claims import TOLERANCE
from planner.compile import Vector
from planner.engine.around import GAP, NODES, Around, around, decide
from planner.engine.generation import Generation
from planner.highs import Settings, maximise

SITES = 8
"""Sites decided anew together."""
TOGETHER = 4
"""Neighbourhoods looked at side by side, whatever the number of workers: the plan must not depend on it."""


@dataclass
class Improver:
    """Looks around the best plan of a search until its gap is small enough or nothing is found."""

    work: Generation
    settings: Settings
    tried: set[frozenset[int]] = field(default_factory=set)

    def choose(self) -> None:
        """Take the best choice of plans at hand, one by site, with the whole numbers of the company restored."""
        found = self.work.master.choice(self._settings(NODES), self.work.watch.stop)
        if found is not None:
            self.settle(found[1], found[0], [])

    def settle(self, points: Sequence[Vector], company: Vector, sites: Sequence[int]) -> bool:
        """Decide the company and `sites` anew, whose plans may be none, with all others as in `points`; whether that is a better plan."""
        split = self.work.split
        values = split.joined(company, points)
        task = around(split, values, sites, feasible=False)
        return self._decide(values, task)

    def _decide(self, values: Vector, task: Around) -> bool:
        """Solve a program in this process and put what it decides into `values`; whether that is a better plan."""
        watch = self.work.watch
        answer = maximise(task.program, self._settings(NODES), stop=watch.stop)
        if answer.values is None or answer.objective is None:
            return False
        values[task.columns] = answer.values
        return watch.plan(values, answer.objective)

    def run(self, gap: float) -> None:
        """Look around the plan while that helps."""
        watch, split = self.work.watch, self.work.split
        while watch.gap() > gap and watch.values is not None:
            chosen = list(self._neighbourhoods())
            if not chosen:
                return
            base, settings = watch.values, self._settings(NODES)
            self.work.backend.broadcast(settings)
            tasks = [Task(0, around(split, base, sites)) for sites in chosen]
            answers: dict[int, tuple[Vector | None, float | None]] = {}
            for task, answer in self.work.backend.as_completed(decide, tasks):
                answers[next(i for i, each in enumerate(tasks) if each is task)] = answer
                watch.look()
            before = watch.musd
            for i in sorted(answers, key=lambda i: (np.inf if (musd := answers[i][1]) is None else -musd, i)):
                self._take(tasks[i].argument.columns, answers[i][0])
            if watch.musd is not None and before is not None and watch.musd > before + TOLERANCE * (1 + abs(before)):
                self.tried.clear()

    def _take(self, columns: Vector, found: Vector | None) -> None:
        """Put what was found into the best plan as it is by now, if the company can still pay for it and it is better."""
        watch, split = self.work.watch, self.work.split
        if found is None or watch.values is None:
            return
        values = watch.values.copy()
        values[columns] = found
        self._decide(values, around(split, values, []))

    def _neighbourhoods(self) -> Iterator[list[int]]:
        """Sites by what they lose at the prices of the bound, each with those that lose most of the ones it shares counts with."""
        loss, used, found = self._losses(), set[int](), 0
        parts = self.work.split.parts
        for first in np.argsort(-loss, kind="stable"):
            mine = parts[first].counts
            shared = [site for site in np.argsort(-loss, kind="stable") if site != first and site not in used]
            near = {site for site in shared if np.intersect1d(parts[site].counts, mine).size}
            others = [*(site for site in shared if site in near), *(site for site in shared if site not in near)]
            sites = [int(first), *(int(site) for site in others[: SITES - 1])]
            key = frozenset(sites)
            if first in used or key in self.tried:
                continue
            self.tried.add(key)
            used.update(sites)
            found += 1
            yield sites
            if found == TOGETHER:
                return

    def _losses(self) -> Vector:
        """What each site's plan is worth less than its bound at the best prices, in M$."""
        work, values = self.work, self.work.watch.values
        if work.prices is None or work.bounds is None or values is None:
            return np.zeros(len(work.split.parts))
        loss = []
        for part, bound in zip(work.split.parts, work.bounds, strict=True):
            point = values[part.columns]
            loss.append(bound - float(part.program.cost @ point) + float((part.ties @ point) @ work.prices))
        return np.array(loss)

    def _settings(self, nodes: int) -> Settings:
        left = self.work.watch.left_s()
        return replace(self.settings, gap_fraction=GAP, threads=1, nodes=nodes, time_limit_s=max(1.0, left) if np.isfinite(left) else None)
