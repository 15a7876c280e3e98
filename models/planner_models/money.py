"""What a thing costs when it is paid, how the tax office writes it off, what is due, what sites cost (sections 1 and 8 of MATHS.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial

import pyomo.environ as pyo

from planner_models.frame import Frame
from planner_models.linear import constant, linear
from planner_models.ports import Ports
from planner_models.rows import Opening, TaxBase
from planner_models.timeline import Timeline


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Reads what is held; adds the tax basis at the start, what is still due on what is on order, and the fixed cost of the sites."""
    _opening_basis(block, frame, ports)
    _spent(block, frame, ports)
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
    paid: Callable[..., Mapping[str, float]],
    tax_life_months: Callable[..., int],
    in_service: Callable[..., int] | None = None,
    machines: bool = False,
) -> None:
    """Add capex, depreciation and the tax basis left at the horizon of a decision to its site's ports.

    The functions take the decision's index; `paid` gives the share of the price that is paid in each period.
    `in_service` gives the month of service; left out, the index ends with the period of service. `price_musd` is what was
    agreed at the order: callers multiply by `capex_level` of the order month where prices grow. The whole price is the
    tax basis, from service. `machines` says that ASICs or GPUs are bought, which some lenders tell apart.
    """
    m, time, name = block.parent_block(), frame.time, decision.local_name
    written = cache(partial(_written, time))
    indices = [i if isinstance(i, tuple) else (i,) for i in decision]
    where, price = {i: site(*i) for i in indices}, {i: price_musd(*i) for i in indices}
    tax = {i: (time[i[-1]].start if in_service is None else in_service(*i), tax_life_months(*i)) for i in indices}
    capex = (((where[i], u), i, price[i] * share) for i in indices for u, share in paid(*i).items())
    depreciation = (((where[i], u), i, price[i] * share) for i in indices for u, share in written(*tax[i])[0])
    basis = (((where[i],), i, price[i] * written(*tax[i])[1]) for i in indices)
    bill = linear(block, f"{name}_capex", m.SITE_PERIODS, decision, capex)
    ports.add("capex_musd", bill)
    if machines and ports.has("machine_capex_musd"):
        ports.add("machine_capex_musd", bill)
    ports.add("depreciation_musd", linear(block, f"{name}_depreciation", m.SITE_PERIODS, decision, depreciation))
    ports.add("final_basis_musd", linear(block, f"{name}_basis", m.SITES, decision, basis))


def _written(time: Timeline, month: int, life_months: int) -> tuple[list[tuple[str, float]], float]:
    """Shares of a basis in service from a month that are depreciated, by period, and what is left of it at the horizon."""
    shares = [(u, time.written_off(month, life_months, u)) for u in time.labels]
    return [(u, share) for u, share in shares if share], time.left(share for _, share in shares)


def _opening_basis(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """The depreciation of what stands at the start, and what of it is left at the horizon."""
    time = frame.time

    there: dict[str, list[Opening]] = {s: [] for s in frame.sites}
    for row in frame.instance.opening:
        there[row.site].append(row)

    def written(site: str, period: str) -> float:
        return sum(
            row.tax_basis_musd * time.opening_written_off(time.month(row.in_service), frame.items[row.item].tax_life_months, period)
            for row in there[site]
        )

    m = block.parent_block()
    amounts = {(s, u): written(s, u) for s, u in m.SITE_PERIODS}
    total = {s: sum(row.tax_basis_musd for row in there[s]) for s in frame.sites}
    left = {s: total[s] - sum(amounts[s, u] for u in time.labels) for s in frame.sites}
    ports.add("depreciation_musd", constant(block, "opening_depreciation_musd", m.SITE_PERIODS, lambda s, u: amounts[s, u]))
    ports.add("final_basis_musd", constant(block, "opening_final_basis_musd", m.SITES, lambda s: left[s]))


@dataclass(frozen=True)
class Due:
    """What is still to be paid on something that is on order: capex of its site, and a tax basis from its month of service."""

    site: str
    musd: float
    month: int
    tax_life_months: int
    evenly: bool = False
    machines: bool = False

    def paid_fraction(self, time: Timeline, period: str) -> float:
        """Share of it that is paid in a period: all in the month of service, or evenly by month from the start until then."""
        if self.evenly:
            return time.months_in(0, self.month, period) / self.month
        return 1.0 if time.holding(self.month) == period else 0.0

    def written_fraction(self, time: Timeline, period: str) -> float:
        """Share of it that is depreciated in a period."""
        return time.written_off(self.month, self.tax_life_months, period)

    def left_fraction(self, time: Timeline) -> float:
        """Share of it that is left as a tax basis at the horizon."""
        return time.left(self.written_fraction(time, u) for u in time.labels)


def dues(frame: Frame) -> dict[str, Due]:
    """What is due on opening rows, by row."""
    time, machines = frame.time, {*frame.asics, *frame.gpus}
    return {
        row.id: Due(
            row.site, row.due_musd, time.month(row.in_service), frame.items[row.item].tax_life_months, row.due_evenly, row.item in machines
        )
        for row in frame.instance.opening
        if row.due_musd
    }


def _energised(frame: Frame) -> Iterator[Due]:
    """What is due on energised MW that are on order."""
    for row in frame.instance.grid:
        if row.due_musd and row.from_month is not None:
            yield Due(row.site, row.due_musd, frame.time.month(row.from_month), row.tax_life_months)


def _due(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """What is still to be paid on what is on order, all of which comes: what is cancelled gives it back in orders.py."""
    m, time = block.parent_block(), frame.time
    owed: dict[str, list[Due]] = {s: [] for s in frame.sites}
    for row in (*dues(frame).values(), *_energised(frame)):
        owed[row.site].append(row)
    if not any(owed.values()):
        return

    def paid_musd(site: str, period: str) -> float:
        return sum(row.musd * row.paid_fraction(time, period) for row in owed[site])

    def machines_musd(site: str, period: str) -> float:
        return sum(row.musd * row.paid_fraction(time, period) for row in owed[site] if row.machines)

    def written_musd(site: str, period: str) -> float:
        return sum(row.musd * row.written_fraction(time, period) for row in owed[site])

    ports.add("capex_musd", constant(block, "due_capex_musd", m.SITE_PERIODS, paid_musd))
    if ports.has("machine_capex_musd"):
        ports.add("machine_capex_musd", constant(block, "due_machine_capex_musd", m.SITE_PERIODS, machines_musd))
    ports.add("depreciation_musd", constant(block, "due_depreciation_musd", m.SITE_PERIODS, written_musd))
    left = constant(block, "due_final_basis_musd", m.SITES, lambda s: sum(row.musd * row.left_fraction(time) for row in owed[s]))
    ports.add("final_basis_musd", left)


def _spent(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """The depreciation of what was spent before the start, whatever became of it, and what of it is left at the horizon."""
    m, time, rows = block.parent_block(), frame.time, frame.instance.tax_bases
    if not rows:
        return

    def written(site: str, period: str) -> float:
        at = time[period]
        return sum(row.basis_musd * time.basis_written_off(row, at.start, at.end) for row in rows if row.site == site)

    def left(row: TaxBase) -> float:
        return time.left([time.basis_written_off(row, min(0, time.month(row.in_service)), time.horizon)])

    basis = constant(block, "spent_final_basis_musd", m.SITES, lambda s: sum(row.basis_musd * left(row) for row in rows if row.site == s))
    ports.add("depreciation_musd", constant(block, "spent_depreciation_musd", m.SITE_PERIODS, written))
    ports.add("final_basis_musd", basis)


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
