"""Tax: income by fiscal year, losses carried forward (section 9 of MATHS.md, with the proof that these rows are the law)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pyomo.environ as pyo

from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import constant, linear
from planner_models.ports import Ports


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: Y fiscal years. Reads revenue, cost, depreciation, interest, break fees and gains on bitcoin; states the tax of each year."""
    years = frame.time.fiscal_years
    block.YEARS = Indices(dimen=1, initialize=list(years), doc="y")
    block.profit_musd = Decisions(block.YEARS, domain=pyo.NonNegativeReals, doc="(9.1) positive part of income")
    block.loss_musd = Decisions(block.YEARS, domain=pyo.NonNegativeReals, doc="(9.1) negative part of income")
    block.used_musd = Decisions(block.YEARS, domain=pyo.NonNegativeReals, doc="(9.2) losses used")
    block.pool_musd = Decisions(block.YEARS, domain=pyo.NonNegativeReals, doc="(9.3) losses carried out of y")
    block.tax_musd = Decisions(block.YEARS, domain=pyo.Reals, doc="(9.5) tax of y")
    _income(block, frame, ports)
    _losses(block, frame)
    ports.publish(block.tax_musd)
    ports.publish(block.pool_musd)


def _income(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Row (9.1)."""
    m, years = block.parent_block(), frame.time.fiscal_years
    everywhere = [((y,), (s, t), 1.0) for y, ts in years.items() for s in m.SITES for t in ts]
    revenue = linear(block, "revenue", block.YEARS, ports.revenue_musd, everywhere)
    operating = linear(block, "operating", block.YEARS, ports.operating_musd, everywhere)
    depreciation = linear(block, "depreciation", block.YEARS, ports.depreciation_musd, everywhere)
    within = [((y,), (t,), 1.0) for y, ts in years.items() for t in ts]
    interest = linear(block, "interest", block.YEARS, ports.interest_musd, within)
    gain = linear(block, "gain", block.YEARS, ports.gain_musd, within) if ports.has("gain_musd") else lambda y: 0.0
    broken = linear(block, "broken", block.YEARS, ports.broken_musd, within) if ports.has("broken_musd") else lambda y: 0.0
    overhead = constant(block, "overhead", block.YEARS, lambda y: sum(frame.overhead_musd(t) for t in years[y]))
    first, before_musd = next(iter(years)), frame.instance.finance.opening_income_musd
    opening = constant(block, "opening_income", block.YEARS, lambda y: before_musd if y == first else 0.0)

    @block.Constraint(block.YEARS, doc="(9.1) taxable income of y")
    def income_balance(b: Any, y: Any) -> Any:
        earned = revenue(y) - operating(y) - depreciation(y)
        return b.profit_musd[y] - b.loss_musd[y] == earned - interest(y) - overhead(y) - broken(y) + gain(y) + opening(y)


def _losses(block: pyo.Block, frame: Frame) -> None:
    """Rows (9.2)-(9.5)."""
    finance, labels = frame.instance.finance, list(frame.time.fiscal_years)
    previous = {later: earlier for earlier, later in pairwise(labels)}
    opening = constant(block, "opening_loss", block.YEARS, lambda y: 0.0 if y in previous else finance.opening_loss_musd)
    carried = linear(block, "carried", block.YEARS, block.pool_musd, [((y,), (previous[y],), 1.0) for y in previous])
    block.use_fraction = pyo.Param(initialize=finance.loss_use_fraction)
    block.rate = pyo.Param(initialize=finance.tax_rate_fraction)

    @block.Constraint(block.YEARS, doc="(9.2) losses offset a share of a year's income")
    def use_limit(b: Any, y: Any) -> Any:
        return b.used_musd[y] <= b.use_fraction * b.profit_musd[y]

    @block.Constraint(block.YEARS, doc="(9.3) losses roll from year to year")
    def pool_balance(b: Any, y: Any) -> Any:
        return b.pool_musd[y] == opening(y) + carried(y) + b.loss_musd[y] - b.used_musd[y]

    @block.Constraint(block.YEARS, doc="(9.4) only losses carried into the year are used")
    def carry_limit(b: Any, y: Any) -> Any:
        return b.used_musd[y] <= opening(y) + carried(y)

    @block.Constraint(block.YEARS, doc="(9.5) tax of y")
    def tax_balance(b: Any, y: Any) -> Any:
        return b.tax_musd[y] == b.rate * (b.profit_musd[y] - b.used_musd[y])
