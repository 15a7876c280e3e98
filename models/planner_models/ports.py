"""What one component tells the others: named variables whose defining rows collect everybody's terms (section 10 of MATHS.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pyomo.environ as pyo

from planner_models.declared import Decisions, Indices, Rows
from planner_models.schema import Instance

Term = Callable[..., Any]
USES = ("hashing", "colocation", "hpc")
"""The uses whose revenue is told apart where a policy counts it."""


class Ports:
    """Variables that cross the walls between components, and the terms that define them.

    A component calls `add("load_mw", term)` with a function of the port's index; `close` writes the rows after all components
    have spoken. States that one component defines and others read are published. Reading is by attribute:
    `ports.load_mw[site, period]`.
    """

    def __init__(self, block: pyo.Block, instance: Instance) -> None:
        m = block.parent_block()
        self._block = block
        self._terms: dict[str, list[Term]] = defaultdict(list)
        self._published: dict[str, pyo.Var] = {}
        block.resident_mw = Decisions(m.FLOORS, domain=pyo.NonNegativeReals, doc="(10.1) IT MW of tenants and clusters")
        block.movable_mw = Decisions(m.FLOORS, domain=pyo.NonNegativeReals, doc="(10.2) IT MW of machines that can be unplugged")
        block.load_mw = Decisions(m.SITE_PERIODS, domain=pyo.NonNegativeReals, doc="(10.3) facility MW at design peak")
        block.draw_mw = Decisions(m.SITE_PERIOD_BLOCKS, domain=pyo.NonNegativeReals, doc="(10.4) facility MW bought for own use")
        block.revenue_musd = Decisions(m.SITE_PERIODS, domain=pyo.Reals, doc="(10.5) revenue")
        block.operating_musd = Decisions(m.SITE_PERIODS, domain=pyo.Reals, doc="(10.6) operating cost")
        block.capex_musd = Decisions(m.SITE_PERIODS, domain=pyo.Reals, doc="(10.7) capex paid")
        block.depreciation_musd = Decisions(m.SITE_PERIODS, domain=pyo.Reals, doc="(10.8) tax depreciation")
        block.terminal_musd = Decisions(m.SITES, domain=pyo.Reals, doc="(10.9) terminal value before exit cost")
        block.final_basis_musd = Decisions(m.SITES, domain=pyo.Reals, doc="(10.10) tax basis left at the horizon")
        if len(m.SUPPLIED_BLOCKS):
            block.supplied_mw = Decisions(m.SUPPLIED_BLOCKS, domain=pyo.Reals, doc="(10.11) MW of own generation and PPAs used here")
            block.behind_mw = Decisions(m.SUPPLIED_BLOCKS, domain=pyo.Reals, doc="(10.12) MW of own generation used here")
        deals = (*instance.leases, *instance.gpu_contracts)
        if any(deal.prepayment_musd for deal in deals):
            block.prepaid_musd = Decisions(m.PERIODS, domain=pyo.NonNegativeReals, doc="(10.13) paid ahead, not earned at the end of t")
        if any(deal.probability_fraction < 1 for deal in deals):
            block.doubt_musd = pyo.Var(domain=pyo.Reals, doc="(10.14) value of what may not come true")
        if any(row.kind in ("project", "equipment") for row in instance.debt):
            block.machine_capex_musd = Decisions(m.SITE_PERIODS, domain=pyo.Reals, doc="(10.15) capex paid for ASICs and GPUs")
        if instance.covenants:
            block.one_off_musd = Decisions(m.SITE_PERIODS, domain=pyo.Reals, doc="(10.16) revenue of sales that come once, less their cost")
        if any(row.measure == "revenue_musd" for row in instance.policies):
            m.USE_SITE_PERIODS = Indices(dimen=3, initialize=[(use, *i) for use in USES for i in m.SITE_PERIODS], doc="(use,s,t)")
            block.use_revenue_musd = Decisions(m.USE_SITE_PERIODS, domain=pyo.Reals, doc="(10.17) revenue of a use")

    def __getattr__(self, name: str) -> Any:
        variable = self._published.get(name, self._block.component(name))
        if variable is None:
            raise AttributeError(f"nobody has published {name}")
        return variable

    def has(self, name: str) -> bool:
        """Whether this is a port, or somebody has published a state of this name."""
        return name in self._published or self._block.component(name) is not None

    def publish(self, variable: pyo.Var) -> None:
        """Let other components read a state of this one under its own name."""
        self._published[variable.local_name] = variable

    def add(self, port: str, term: Term) -> None:
        """Add a term (a function of the port's index that returns a linear expression) to a port's defining row."""
        if self._block.component(port) is None:
            raise KeyError(f"{port} is not a port")
        self._terms[port].append(term)

    def close(self) -> None:
        """Write `port == sum of terms` for every port."""
        for port in self._block.component_objects(pyo.Var):
            self._close(port)

    def _close(self, port: pyo.Var) -> None:
        terms = self._terms[port.local_name]
        name, scalar = port.local_name.rsplit("_", 1)[0] + "_balance", not port.is_indexed()

        def rule(_: pyo.Block, *index: Any) -> Any:
            total = 0.0
            for term in terms:
                total = total + (term() if scalar else term(*index))
            return (port if scalar else port[index]) == total

        doc = f"{port.doc.partition(' ')[0]} {port.local_name} = what all components add"
        rows = pyo.Constraint(rule=rule, doc=doc) if scalar else Rows(port.index_set(), rule=rule, doc=doc)
        self._block.add_component(name, rows)
