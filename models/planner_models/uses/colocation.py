"""Colocation: leases taken in blocks at sites, hall types and starts, from delivery to the end of their term (section 4 of MATHS.md)."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from planner_models.deals import block_count, block_mw, unearned_musd
from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import linear
from planner_models.money import invest
from planner_models.ports import Ports
from planner_models.power import spare_sites
from planner_models.prepaid import add_doubt, add_prepaid, doubted_musd
from planner_models.uses import lease_rows
from planner_models.uses.rent import Placement, Rent, rents

Placements = dict[Placement, Rent]


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: L leases, P placements (l,s,h,t), T periods. Decides how many blocks of which lease start where and when."""
    placed = rents(frame)
    block.PLACEMENTS = Indices(dimen=4, initialize=list(placed), doc="(l,s,h,t)")

    def most_blocks(_: Any, i: str, s: str, h: str, t: str) -> tuple[int, int]:
        return 0, block_count(frame.leases[i])

    block.started = Decisions(
        block.PLACEMENTS, domain=pyo.Integers, bounds=most_blocks, doc="(4.1) blocks that start at site, hall, period"
    )
    _choices(block, frame)
    _space(block, placed)
    lease_rows.tighten(block, frame, ports, placed)
    lease_rows.outlast(block, frame, ports, placed)
    if frame.supplied:
        _draw(block, frame, ports, placed)
    ports.publish(block.started)
    ports.publish(block.leased_mw)
    ports.publish(block.capitalised_mw)
    ports.add("resident_mw", lambda s, h, t: block.leased_mw[s, h, t])
    _money(block, frame, ports, placed)
    _value(block, frame, ports, placed)
    _site_work(block, frame, ports)


def _choices(block: pyo.Block, frame: Frame) -> None:
    """Rows (4.2) and (4.3): no more blocks than the lease has, all of them when mandatory."""
    leases, placed = frame.leases, {p[0] for p in block.PLACEMENTS}
    offered = [i for i, lease in leases.items() if i in placed and not lease.mandatory and lease.break_fee_musd is None]
    block.OFFERED = Indices(dimen=1, initialize=offered, doc="l")
    block.MANDATORY = Indices(dimen=1, initialize=[i for i, lease in leases.items() if lease.mandatory], doc="l")
    block.LEASES = Indices(dimen=1, initialize=list(leases), doc="l")
    block.block_count = pyo.Param(block.LEASES, initialize=lambda _, i: block_count(leases[i]))
    starts = linear(block, "starts", block.LEASES, block.started, [((p[0],), p, 1.0) for p in block.PLACEMENTS])
    # A mandatory lease without any placement must make the model infeasible; a row without a variable is refused by Pyomo.
    block.one = pyo.Var(bounds=(1, 1), doc="(4.3) the constant 1")

    @block.Constraint(block.OFFERED, doc="(4.2) no block of a lease starts twice")
    def lease_choice(b: Any, i: Any) -> Any:
        return starts(i) <= b.block_count[i]

    @block.Constraint(block.MANDATORY, doc="(4.3) each block of a mandatory lease starts exactly once")
    def mandatory_balance(b: Any, i: Any) -> Any:
        return starts(i) == b.block_count[i] * b.one


def _space(block: pyo.Block, placed: Placements) -> None:
    """Variable and row (4.4): the peak MW of leases in a hall type."""
    m = block.parent_block()
    peak = [((p[1], p[2], u), p, block_mw(at.lease) * share) for p, at in placed.items() for u, share in at.course.present.items()]
    leased = linear(block, "leased", m.FLOORS, block.started, peak)
    block.leased_mw = Decisions(m.FLOORS, domain=pyo.NonNegativeReals, doc="(4.4) IT MW under lease in t, peak")

    @block.Constraint(m.FLOORS, doc="(4.4) IT MW of the leases that run in any month of t")
    def leased_balance(b: Any, s: Any, h: Any, t: Any) -> Any:
        return b.leased_mw[s, h, t] == leased(s, h, t)


def _draw(block: pyo.Block, frame: Frame, ports: Ports, placed: Placements) -> None:
    """Variable and row (7.2): what tenants draw at sites with supply of their own, the same in every block of prices."""

    def peak_mw(at: Rent) -> float:
        return block_mw(at.lease) * frame.halls[at.hall].pue_average * at.lease.load_factor_fraction

    there = {p: at for p, at in placed.items() if at.site in frame.supplied}
    tenants = [((at.site, u), p, peak_mw(at) * share) for p, at in there.items() for u, share in at.course.drawing.items()]
    periods = [(s, t) for s in frame.supplied for t in frame.time.labels]
    block.TENANT_PERIODS = Indices(dimen=2, initialize=periods, doc="(s,t) supplied")
    drawn = linear(block, "drawn", block.TENANT_PERIODS, block.started, tenants)
    block.tenant_draw_mw = Decisions(block.TENANT_PERIODS, domain=pyo.NonNegativeReals, doc="(7.2) facility MW that tenants draw, mean")
    ports.publish(block.tenant_draw_mw)

    @block.Constraint(block.TENANT_PERIODS, doc="(7.2) average draw of the leases that run")
    def tenant_balance(b: Any, s: Any, t: Any) -> Any:
        return b.tenant_draw_mw[s, t] == drawn(s, t)


def _money(block: pyo.Block, frame: Frame, ports: Ports, placed: Placements) -> None:
    """Rent, landlord's cost and penalty, and what is paid ahead of the rent."""
    m = block.parent_block()
    income = [(p, u, musd) for p, at in placed.items() for u, musd in at.income().items()]
    cost = [((at.site, u), p, musd) for p, at in placed.items() for u, musd in at.cost().items()]
    ports.add("revenue_musd", linear(block, "rent", m.SITE_PERIODS, block.started, [((p[1], u), p, musd) for p, u, musd in income]))
    ports.add("operating_musd", linear(block, "lease_cost", m.SITE_PERIODS, block.started, cost))
    if ports.has("use_revenue_musd"):
        use = [(("colocation", p[1], u), p, musd) for p, u, musd in income]
        ports.add("use_revenue_musd", linear(block, "use_rent", ports.use_revenue_musd.index_set(), block.started, use))

    def held_musd(at: Rent) -> dict[str, float]:
        held = unearned_musd(frame.time, at.lease, at.course.begin)
        return {u: musd / block_count(at.lease) for u, musd in held.items()}

    add_prepaid(block, ports, block.started, {p: held_musd(at) for p, at in placed.items() if at.lease.prepayment_musd})


def _value(block: pyo.Block, frame: Frame, ports: Ports, placed: Placements) -> None:
    """The value at the horizon, and what of the value may not come true."""
    m, halls, sites = block.parent_block(), frame.halls, frame.sites
    terminal = {p: at.terminal_musd() for p, at in placed.items()}
    ports.add("terminal_musd", linear(block, "lease_value", m.SITES, block.started, [((p[1],), p, musd) for p, musd in terminal.items()]))
    doubtful = {p: at for p, at in placed.items() if at.lease.probability_fraction < 1}
    add_doubt(block, ports, block.started, {p: doubted_musd(frame, at.lease, at.net(), terminal[p]) for p, at in doubtful.items()})

    # A capitalised MW is already paid for in the lease: its building and its power are not valued again; where own generation
    # may carry it, (6.17) says what power is left.
    shared = spare_sites(frame)
    energised = {s: 0.0 if s in shared else row.energised_musd_per_mw for s, row in sites.items()}
    counted = [
        ((s,), (s, h), -halls[h].residual_musd_per_module / halls[h].module_it_mw - energised[s] * halls[h].pue_peak)
        for s, h in m.SITE_HALLS
    ]
    ports.add("terminal_musd", linear(block, "counted_once", m.SITES, block.capitalised_mw, counted))


def _site_work(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """What sites need for tenants, less what tenants pay of it, where there is any."""
    leases = frame.leases
    work = {(row.lease, row.site): row.capex_musd_per_mw - leases[row.lease].fit_out_musd_per_mw for row in frame.instance.lease_sites}
    price = {pair: musd * block_mw(leases[pair[0]]) for pair, musd in work.items() if leases[pair[0]].delivered is None}
    if any(price.values()):
        invest(
            block, frame, ports, block.started,
            site=lambda i, s, h, t: s,
            price_musd=lambda i, s, h, t: price.get((i, s), 0.0),
            paid=lambda i, s, h, t: {t: 1.0},
            tax_life_months=lambda i, s, h, t: frame.halls[h].tax_life_months,
        )  # fmt: skip
