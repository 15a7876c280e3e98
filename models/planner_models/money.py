"""What a decision costs when it is paid, and how the tax office writes it off (section 1 of MATHS.md): one helper for all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyomo.environ as pyo

from planner_models.frame import Frame
from planner_models.linear import Index, constant, linear
from planner_models.ports import Ports


def invest(
    block: pyo.Block,
    frame: Frame,
    ports: Ports,
    decision: pyo.Var,
    *,
    site: Callable[..., str],
    price_musd: Callable[..., float],
    paid: Callable[..., float],
    tax_life_months: Callable[..., int],
) -> None:
    """Add capex, depreciation and the tax basis left at the horizon of a decision to its site's ports.

    The functions take the decision's index, whose last part is the period of service; `paid` takes the period of payment
    after it and gives the share paid then. The whole price is the tax basis, from service, straight line.
    """
    m, time, name = block.parent_block(), frame.time, decision.local_name

    def written(index: Index, period: str) -> float:
        return time.written_off(time[index[-1]].start, tax_life_months(*index), period)

    indices = [i if isinstance(i, tuple) else (i,) for i in decision]
    price = {i: price_musd(*i) for i in indices}
    capex = [((site(*i), u), i, price[i] * paid(*i, u)) for i in indices for u in time.labels]
    depreciation = [((site(*i), u), i, price[i] * written(i, u)) for i in indices for u in time.labels]
    basis = [((site(*i),), i, price[i] * time.left(written(i, u) for u in time.labels)) for i in indices]
    ports.add("capex_musd", linear(block, f"{name}_capex", m.SITE_PERIODS, decision, capex))
    ports.add("depreciation_musd", linear(block, f"{name}_depreciation", m.SITE_PERIODS, decision, depreciation))
    ports.add("final_basis_musd", linear(block, f"{name}_basis", m.SITES, decision, basis))


def opening_basis(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Add the depreciation of what stands at the start, and what of it is left, to the ports of its site."""
    time = frame.time
    items: dict[str, Any] = {**frame.halls, **frame.asics, **frame.equipment}

    def written(site: str, period: str) -> float:
        return sum(
            row.tax_basis_musd * time.opening_written_off(time.month(row.in_service), items[row.item].tax_life_months, period)
            for row in frame.instance.opening
            if row.site == site
        )

    m = block.parent_block()
    amounts = {(s, u): written(s, u) for s, u in m.SITE_PERIODS}
    total = {s: sum(row.tax_basis_musd for row in frame.instance.opening if row.site == s) for s in frame.sites}
    block.opening_depreciation_musd = pyo.Param(m.SITE_PERIODS, initialize=lambda _, s, u: amounts[s, u])
    block.opening_final_basis_musd = pyo.Param(m.SITES, initialize=lambda _, s: total[s] - sum(amounts[s, u] for u in time.labels))
    ports.add("depreciation_musd", lambda s, u: block.opening_depreciation_musd[s, u])
    ports.add("final_basis_musd", lambda s: block.opening_final_basis_musd[s])


def holding_cost(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Add the fixed cost of each site, whatever is built there."""
    time, sites = frame.time, frame.sites
    cost = constant(
        block,
        "site_fixed_cost",
        block.parent_block().SITE_PERIODS,
        lambda s, t: sites[s].fixed_cost_musd_per_year * time[t].length_years * time.inflation(t),
    )
    ports.add("operating_musd", cost)
