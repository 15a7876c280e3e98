"""Every portfolio whose plan is broken rule by rule; a file `breaches_*.py` has a `portfolio()`, a `valid_plan()` and its `BREACHES`."""

from __future__ import annotations

from dataclasses import dataclass

from planner.plan import Plan
from planner_models.schema import Instance
from tests.check import (
    breaches,
    breaches_capital,
    breaches_deals,
    breaches_machines,
    breaches_past,
    breaches_power,
    breaches_sites,
    portfolio,
)
from tests.check.breaches import Breach


@dataclass(frozen=True)
class Suite:
    """An instance, a plan that keeps each of its rules with room to spare, and the changes to that plan that break them."""

    name: str
    instance: Instance
    plan: Plan
    breaches: tuple[Breach, ...]


SUITES = (
    Suite("portfolio", portfolio.portfolio(), portfolio.valid_plan(), breaches.BREACHES),
    Suite("machines", breaches_machines.portfolio(), breaches_machines.valid_plan(), breaches_machines.BREACHES),
    Suite("power", breaches_power.portfolio(), breaches_power.valid_plan(), breaches_power.BREACHES),
    Suite("sites", breaches_sites.portfolio(), breaches_sites.valid_plan(), breaches_sites.BREACHES),
    Suite("deals", breaches_deals.portfolio(), breaches_deals.valid_plan(), breaches_deals.BREACHES),
    Suite("capital", breaches_capital.portfolio(), breaches_capital.valid_plan(), breaches_capital.BREACHES),
    Suite("past", breaches_past.portfolio(), breaches_past.valid_plan(), breaches_past.BREACHES),
)
