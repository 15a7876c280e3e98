"""What a thing costs when it is paid, how the tax office writes it off, and what sites cost to hold (sections 1 and 8 of MATHS.md)."""

from __future__ import annotations

from collections.abc import Callable

import pyomo.environ as pyo

from planner_models.frame import Frame
from planner_models.linear import Index, constant, linear
from planner_models.ports import Ports
from planner_models.rows import Opening


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Reads what is held; adds the tax basis at the start, what is still due on pending rows, and the fixed cost of the sites."""
    _opening_basis(block, frame, ports)
    _due(block, frame, ports)
    _site_cost(block, frame, ports)


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
    in_service: Callable[..., int] | None = None,
    machines: bool = False,
) -> None:
    """Add capex, depreciation and the tax basis left at the horizon of a decision to its site's ports.

    The functions take the decision's index; `paid` takes the period of payment after it and gives the share paid then.
    `in_service` gives the month of service; left out, the index ends with the period of service. `price_musd` is what was
    agreed at the order: callers multiply by `capex_level` of the order month where prices grow. The whole price is the
    tax basis, from service. `machines` says that ASICs or GPUs are bought, which some lenders tell apart.
    """
    m, time, name = block.parent_block(), frame.time, decision.local_name

    def month(index: Index) -> int:
        return time[index[-1]].start if in_service is None else in_service(*index)

    def written(index: Index, period: str) -> float:
        return time.written_off(month(index), tax_life_months(*index), period)

    indices = [i if isinstance(i, tuple) else (i,) for i in decision]
    price = {i: price_musd(*i) for i in indices}
    capex = [((site(*i), u), i, price[i] * paid(*i, u)) for i in indices for u in time.labels]
    depreciation = [((site(*i), u), i, price[i] * written(i, u)) for i in indices for u in time.labels]
    basis = [((site(*i),), i, price[i] * time.left(written(i, u) for u in time.labels)) for i in indices]
    bill = linear(block, f"{name}_capex", m.SITE_PERIODS, decision, capex)
    ports.add("capex_musd", bill)
    if machines and ports.has("machine_capex_musd"):
        ports.add("machine_capex_musd", bill)
    ports.add("depreciation_musd", linear(block, f"{name}_depreciation", m.SITE_PERIODS, decision, depreciation))
    ports.add("final_basis_musd", linear(block, f"{name}_basis", m.SITES, decision, basis))


def _opening_basis(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """The depreciation of what stands at the start, and what of it is left at the horizon."""
    time = frame.time

    def written(site: str, period: str) -> float:
        return sum(
            row.tax_basis_musd * time.opening_written_off(time.month(row.in_service), frame.items[row.item].tax_life_months, period)
            for row in frame.instance.opening
            if row.site == site
        )

    m = block.parent_block()
    amounts = {(s, u): written(s, u) for s, u in m.SITE_PERIODS}
    total = {s: sum(row.tax_basis_musd for row in frame.instance.opening if row.site == s) for s in frame.sites}
    left = {s: total[s] - sum(amounts[s, u] for u in time.labels) for s in frame.sites}
    ports.add("depreciation_musd", constant(block, "opening_depreciation_musd", m.SITE_PERIODS, lambda s, u: amounts[s, u]))
    ports.add("final_basis_musd", constant(block, "opening_final_basis_musd", m.SITES, lambda s: left[s]))


def _due(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """What is still to be paid on pending rows in the month of service: capex then, and a tax basis of its own from then."""
    m, time = block.parent_block(), frame.time
    pending: dict[str, list[tuple[Opening, int]]] = {s: [] for s in frame.sites}
    for row in frame.instance.opening:
        if row.due_musd and 0 < (month := time.month(row.in_service)) < time.horizon:
            pending[row.site].append((row, month))
    if not any(pending.values()):
        return

    def written(row: Opening, month: int, period: str) -> float:
        return time.written_off(month, frame.items[row.item].tax_life_months, period)

    def paid_musd(site: str, period: str) -> float:
        return sum(row.due_musd for row, month in pending[site] if time.holding(month) == period)

    def machines_musd(site: str, period: str) -> float:
        rows = [(row, month) for row, month in pending[site] if row.item in frame.asics or row.item in frame.gpus]
        return sum(row.due_musd for row, month in rows if time.holding(month) == period)

    def written_musd(site: str, period: str) -> float:
        return sum(row.due_musd * written(row, month, period) for row, month in pending[site])

    def left_musd(site: str) -> float:
        return sum(row.due_musd * time.left(written(row, month, u) for u in time.labels) for row, month in pending[site])

    ports.add("capex_musd", constant(block, "due_capex_musd", m.SITE_PERIODS, paid_musd))
    if ports.has("machine_capex_musd"):
        ports.add("machine_capex_musd", constant(block, "due_machine_capex_musd", m.SITE_PERIODS, machines_musd))
    ports.add("depreciation_musd", constant(block, "due_depreciation_musd", m.SITE_PERIODS, written_musd))
    ports.add("final_basis_musd", constant(block, "due_final_basis_musd", m.SITES, left_musd))


def _site_cost(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """The fixed cost of each site, whatever is built there, while it is held."""
    m, time, sites = block.parent_block(), frame.time, frame.sites
    traded = {*frame.on_offer, *frame.for_sale}

    def cost_musd(s: str, t: str) -> float:
        return sites[s].fixed_cost_musd_per_year * time[t].length_years * time.inflation(t)

    always = constant(block, "site_fixed_cost", m.SITE_PERIODS, lambda s, t: 0.0 if s in traded else cost_musd(s, t))
    ports.add("operating_musd", always)
    if traded:
        held = [(i, i, cost_musd(*i)) for i in ports.held]
        ports.add("operating_musd", linear(block, "held_fixed_cost", m.SITE_PERIODS, ports.held, held))
