"""A valid plan of any instance with its ledger: what it decides, what else could be decided, and copies with some of it changed."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from planner.check import Certificate
from planner.check.decisions import known_ids
from planner.check.exact import exact
from planner.check.verify import DOMAINS
from planner.check.world import World
from planner.plan import FAMILIES, Key, Plan
from planner_models.schema import Instance

Mutation = tuple[str, Plan]
Values = Mapping[Key, float]


class Case:
    """A valid plan with its instance and its ledger."""

    def __init__(self, instance: Instance, plan: Plan, certificate: Certificate) -> None:
        self.world = World(instance)
        self.plan = plan
        self.states = certificate.ledger.states

    def state(self, name: str, *index: str) -> Fraction:
        return self.states[name].get(index, Fraction(0))

    def made(self, family: str) -> dict[Key, float]:
        """The decisions of a family that are not zero."""
        return {index: value for index, value in self.plan.decisions.get(family, {}).items() if value}

    def possible(self, family: str, **fixed: str) -> Iterator[Key]:
        """Every index at which a decision of the family exists, with some of its parts fixed."""
        known = known_ids(self.world)
        parts: list[Any] = [(fixed[key],) if key in fixed else known[key] for key in FAMILIES[family].keys]
        return (index for index in itertools.product(*parts) if DOMAINS[family].absent(self.world, *index) is None)

    def changed(self, plan: Plan, changes: Mapping[str, Values]) -> Plan:
        """A copy of a plan with some decisions replaced."""
        decisions = {name: dict(plan.decisions.get(name, {})) for name in FAMILIES}
        for name, values in changes.items():
            decisions[name].update(values)
        return Plan(plan.instance, decisions)

    def plan_with(self, changes: Mapping[str, Values]) -> Plan:
        """The plan with some decisions replaced."""
        return self.changed(self.plan, changes)

    def plan_without(self, *families: str) -> Plan:
        """The plan with whole families left out."""
        return Plan(self.plan.instance, {name: dict(values) for name, values in self.plan.decisions.items() if name not in families})

    def plan_raised(self, family: str, index: Key, to: Fraction) -> Plan:
        """The plan with one decision set to at least `to`, whole where it must be."""
        value = math.ceil(to) if FAMILIES[family].integer else float(to)
        return self.plan_with({family: {index: value}})

    def first(self, family: str, count: int = 1, **fixed: str) -> list[Key]:
        """The first few indices at which a decision of the family exists."""
        return list(itertools.islice(self.possible(family, **fixed), count))

    def place(self, family: str, index: Key) -> str:
        """The site of a decision about halls, grid or equipment."""
        if family == "upgraded":
            return self.world.grid[index[0]].site
        return self.world.cohorts[index[1]].site if family == "converted_lots" else index[0]

    def rating_mva(self, site: str, equipment: str) -> Fraction:
        """What one unit rates at a site, section 6 of MATHS.md."""
        row, place = self.world.equipment[equipment], self.world.sites[site]
        if row.mva is not None:
            return exact(row.mva)
        return 1 / (exact(row.units_per_mw or 0) * exact(place.power_factor) * exact(place.loading_limit_fraction))

    def ai_mw(self, site: str, period: str, least: Fraction) -> Plan | None:
        """The plan with at least so many IT MW of machines or clusters in a hall that is not for mining; None where none may be."""
        for family in ("hosted_mw", "deployed_clusters"):
            for index in self.possible(family, site=site, period=period):
                if self.world.ai(index[1]):
                    size = exact(self.world.gpus[index[2]].cluster_it_mw) if family == "deployed_clusters" else 1
                    return self.plan_raised(family, index, least / size)
        return None
