"""Colocation: leases taken whole at one site and hall type, from ready-by to the end of their term (section 4 of MATHS.md)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pyomo.environ as pyo

from planner_models.census import Census
from planner_models.frame import Frame
from planner_models.linear import Entries, linear
from planner_models.ports import Ports
from planner_models.power import spare_sites
from planner_models.rows import Lease
from planner_models.uses.rent import Rent, profile


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: L leases, P placements (l,s,h,t), T periods. Decides which lease starts where and when."""
    leases = {lease.id: lease for lease in frame.instance.leases}
    block.PLACEMENTS = pyo.Set(dimen=4, initialize=_placements(frame), doc="(l,s,h,t)")
    block.started = pyo.Var(block.PLACEMENTS, domain=pyo.Binary, doc="(4.1) lease starts at site, hall, period")
    _choices(block, leases)
    active = _active(block, frame, leases)
    _space(block, leases, active)
    _tightening(block, frame, ports, leases, active)
    if ports.has("installed_mva"):
        _equipment(block, frame, ports, leases, active)
    _tail(block, frame, ports, leases)
    if frame.supplied:
        _draw(block, frame, ports, leases)
    ports.publish(block.leased_mw)
    ports.publish(block.capitalised_mw)
    ports.add("resident_mw", lambda s, h, t: block.leased_mw[s, h, t])
    _money(block, frame, ports)


def _placements(frame: Frame) -> list[tuple[str, str, str, str]]:
    """Where and when each lease may start."""
    time, leases = frame.time, {lease.id: lease for lease in frame.instance.leases}

    def in_window(lease: Lease, start: int) -> bool:
        early = lease.earliest_start is not None and start < time.month(lease.earliest_start)
        late = lease.drop_dead is not None and start > time.month(lease.drop_dead)
        return not early and not late

    return [
        (row.lease, row.site, h, t.label)
        for row in frame.instance.lease_sites
        for h in frame.halls_for(row.site, leases[row.lease].product)
        for t in time.periods
        if in_window(leases[row.lease], t.start)
    ]


def _choices(block: pyo.Block, leases: dict[str, Lease]) -> None:
    """Rows (4.2) and (4.3): at most one start, exactly one when mandatory."""
    placed = {p[0] for p in block.PLACEMENTS}
    block.OFFERED = pyo.Set(dimen=1, initialize=[i for i, lease in leases.items() if i in placed and not lease.mandatory], doc="l")
    block.MANDATORY = pyo.Set(dimen=1, initialize=[i for i, lease in leases.items() if lease.mandatory], doc="l")
    block.LEASES = pyo.Set(dimen=1, initialize=list(leases), doc="l")
    starts = linear(block, "starts", block.LEASES, block.started, [((p[0],), p, 1.0) for p in block.PLACEMENTS])
    # A mandatory lease without any placement must make the model infeasible; a row without a variable is refused by Pyomo.
    block.one = pyo.Var(bounds=(1, 1), doc="(4.3) the constant 1")

    @block.Constraint(block.OFFERED, doc="(4.2) a lease starts at most once")
    def lease_choice(b: Any, i: Any) -> Any:
        return starts(i) <= 1

    @block.Constraint(block.MANDATORY, doc="(4.3) a mandatory lease starts exactly once")
    def mandatory_balance(b: Any, i: Any) -> Any:
        return starts(i) == b.one


Active = list[tuple[Any, Any]]


def _active(block: pyo.Block, frame: Frame, leases: dict[str, Lease]) -> Active:
    """Pairs (placement, period) in which the lease runs in some month."""
    time = frame.time
    spans = {p: (time[p[3]].start, time[p[3]].start + leases[p[0]].term_months) for p in block.PLACEMENTS}
    return [(p, u) for p, span in spans.items() for u in time.labels if time.touched(*span, u)]


def _space(block: pyo.Block, leases: dict[str, Lease], active: Active) -> None:
    """Variable and row (4.4): the peak MW of leases in a hall type."""
    m = block.parent_block()
    peak: Entries = [((s, h, u), (i, s, h, t), leases[i].it_mw) for (i, s, h, t), u in active]
    leased = linear(block, "leased", m.FLOORS, block.started, peak)
    block.leased_mw = pyo.Var(m.FLOORS, domain=pyo.NonNegativeReals, doc="(4.4) IT MW under lease in t, peak")

    @block.Constraint(m.FLOORS, doc="(4.4) IT MW of the leases that run in any month of t")
    def leased_balance(b: Any, s: Any, h: Any, t: Any) -> Any:
        return b.leased_mw[s, h, t] == leased(s, h, t)


def _tightening(block: pyo.Block, frame: Frame, ports: Ports, leases: dict[str, Lease], active: Active) -> None:
    """Rows (4.5) and (4.6): each lease alone is covered by whole modules and power; implied, but tight in the LP."""
    halls = frame.halls
    block.COVERED = pyo.Set(dimen=4, initialize=list(dict.fromkeys((i, s, h, u) for (i, s, h, _), u in active)), doc="(l,s,h,u)")
    block.SERVED = pyo.Set(dimen=3, initialize=list(dict.fromkeys((i, s, u) for (i, s, _, _), u in active)), doc="(l,s,u)")
    modules = [((i, s, h, u), (i, s, h, t), float(math.ceil(leases[i].it_mw / halls[h].module_it_mw - 1e-9))) for (i, s, h, t), u in active]
    facility = [((i, s, u), (i, s, h, t), leases[i].it_mw * halls[h].pue_peak) for (i, s, h, t), u in active]
    covering = linear(block, "covering", block.COVERED, block.started, modules)
    drawing = linear(block, "drawing", block.SERVED, block.started, facility)
    dependable = _dependable(block, ports)

    @block.Constraint(block.COVERED, doc="(4.5) a lease needs whole modules")
    def lease_module_limit(b: Any, i: Any, s: Any, h: Any, t: Any) -> Any:
        return covering(i, s, h, t) <= ports.full_modules[s, h, t]

    @block.Constraint(block.SERVED, doc="(4.6) a lease alone fits the grid and own dependable MW")
    def lease_grid_limit(b: Any, i: Any, s: Any, t: Any) -> Any:
        return drawing(i, s, t) <= ports.grid_mw[s, t] + dependable(i, s, t)


def _dependable(block: pyo.Block, ports: Ports) -> Callable[..., Any]:
    """The function `(l,s,t) -> dependable MW of own generation at s`, 0 where there is none."""
    if not ports.has("dependable_mw"):
        return lambda i, s, t: 0.0
    relief = [((i, s, t), (s, t), 1.0) for i, s, t in block.SERVED if (s, t) in ports.dependable_mw]
    return linear(block, "dependable", block.SERVED, ports.dependable_mw, relief)


def _equipment(block: pyo.Block, frame: Frame, ports: Ports, leases: dict[str, Lease], active: Active) -> None:
    """Row (4.7): each lease alone is carried by each kind of equipment; implied, but tight in the LP."""
    halls, sites = frame.halls, frame.sites
    kinds = dict.fromkeys(k.kind for k in frame.equipment.values())
    carried = [(i, s, q, u) for i, s, u in block.SERVED for q in kinds]
    block.CARRIED = pyo.Set(dimen=4, initialize=carried, doc="(l,s,q,u)")

    def mva(i: str, s: str, h: str) -> float:
        return leases[i].it_mw * halls[h].pue_peak * (2 if halls[h].redundancy == "2N" else 1) / sites[s].power_factor

    apparent = [((i, s, q, u), (i, s, h, t), mva(i, s, h)) for (i, s, h, t), u in active for q in kinds]
    loading = linear(block, "loading", block.CARRIED, block.started, apparent)
    block.loading_limit = pyo.Param(list(sites), initialize=lambda _, s: sites[s].loading_limit_fraction)

    @block.Constraint(block.CARRIED, doc="(4.7) a lease alone fits each kind of equipment")
    def lease_equipment_limit(b: Any, i: Any, s: Any, q: Any, t: Any) -> Any:
        return loading(i, s, q, t) <= b.loading_limit[s] * ports.installed_mva[s, q, t]


def _draw(block: pyo.Block, frame: Frame, ports: Ports, leases: dict[str, Lease]) -> None:
    """Variable and row (7.2): what tenants draw at sites with supply of their own, the same in every block."""
    time, halls = frame.time, frame.halls

    def mw(i: str, h: str, t: str, u: str) -> float:
        share = time.share(time[t].start, time[t].start + leases[i].term_months, u)
        return leases[i].it_mw * halls[h].pue_average * leases[i].load_factor_fraction * share

    tenants = [((s, u), (i, s, h, t), mw(i, h, t, u)) for i, s, h, t in block.PLACEMENTS if s in frame.supplied for u in time.labels]
    block.TENANT_PERIODS = pyo.Set(dimen=2, initialize=[(s, t) for s in frame.supplied for t in time.labels], doc="(s,t) supplied")
    drawn = linear(block, "drawn", block.TENANT_PERIODS, block.started, tenants)
    block.tenant_draw_mw = pyo.Var(block.TENANT_PERIODS, domain=pyo.NonNegativeReals, doc="(7.2) facility MW that tenants draw, mean")
    ports.publish(block.tenant_draw_mw)

    @block.Constraint(block.TENANT_PERIODS, doc="(7.2) average draw of the leases that run")
    def tenant_balance(b: Any, s: Any, t: Any) -> Any:
        return b.tenant_draw_mw[s, t] == drawn(s, t)


def _tail(block: pyo.Block, frame: Frame, ports: Ports, leases: dict[str, Lease]) -> None:
    """Row (4.8), and (4.9): leases that run past the horizon, and the MW that a cap rate values."""
    m, time = block.parent_block(), frame.time
    ends = {p: time[p[3]].start + leases[p[0]].term_months for p in block.PLACEMENTS}
    past = {p: end for p, end in ends.items() if time.beyond(time[p[3]].start, end)}
    at: dict[tuple[str, str], list[tuple[str, str, str, str]]] = {}
    for p in past:
        at.setdefault((p[1], p[2]), []).append(p)
    tails = [(s, h, end) for (s, h), found in at.items() for end in sorted({past[p] for p in found})]
    block.TAILS = pyo.Set(dimen=3, initialize=tails, doc="(s,h,e)")
    running = [((s, h, e), p, leases[p[0]].it_mw) for s, h, e in block.TAILS for p in at[s, h] if past[p] >= e]
    tail = linear(block, "tail", block.TAILS, block.started, running)
    lasting = Census(block, frame, "lasting", time.beyond_to, block.TAILS, of=ports)
    valued = past if frame.instance.finance.terminal_method == "cap_rate" else {}
    capitalised = linear(block, "capitalised", m.SITE_HALLS, block.started, [((p[1], p[2]), p, leases[p[0]].it_mw) for p in valued])
    block.module_it_mw = pyo.Param(m.HALLS, initialize=lambda _, h: frame.halls[h].module_it_mw)
    block.capitalised_mw = pyo.Var(m.SITE_HALLS, domain=pyo.NonNegativeReals, doc="(4.9) IT MW valued at a cap rate")

    @block.Constraint(block.TAILS, doc="(4.8) a lease past the horizon needs halls that stand to its end")
    def tail_limit(b: Any, s: Any, h: Any, e: Any) -> Any:
        return tail(s, h, e) <= b.module_it_mw[h] * lasting.count(s, h, e)

    @block.Constraint(m.SITE_HALLS, doc="(4.9) IT MW of leases valued at a cap rate")
    def capitalised_balance(b: Any, s: Any, h: Any) -> Any:
        return b.capitalised_mw[s, h] == capitalised(s, h)


def _rents(block: pyo.Block, frame: Frame) -> dict[tuple[str, str, str, str], Rent]:
    """What each placement earns; the months that a lease pays depend on its start alone."""
    leases = {lease.id: lease for lease in frame.instance.leases}
    rent = {
        (row.lease, row.site): leases[row.lease].rent_usd_per_kw_month + row.rent_adder_usd_per_kw_month
        for row in frame.instance.lease_sites
    }
    months = {(i, t): profile(frame, leases[i], t) for i, t in dict.fromkeys((p[0], p[3]) for p in block.PLACEMENTS)}
    return {(i, s, h, t): Rent(frame, leases[i], s, rent[i, s], h, t, months[i, t]) for i, s, h, t in block.PLACEMENTS}


def _money(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Rent, landlord's cost, penalty, and the value at the horizon."""
    m = block.parent_block()
    rent = _rents(block, frame)
    income = [((p[1], u), p, musd) for p in rent for u, musd in rent[p].income().items()]
    cost = [((p[1], u), p, musd) for p in rent for u, musd in rent[p].cost().items()]
    ports.add("revenue_musd", linear(block, "rent", m.SITE_PERIODS, block.started, income))
    ports.add("operating_musd", linear(block, "lease_cost", m.SITE_PERIODS, block.started, cost))
    final = [((p[1],), p, rent[p].terminal_musd()) for p in rent]
    ports.add("terminal_musd", linear(block, "lease_value", m.SITES, block.started, final))

    # A capitalised MW is already paid for in the lease: its building and its power are not valued again; where own generation
    # may carry it, (6.17) says what power is left.
    halls, shared = frame.halls, spare_sites(frame)
    energised = {s: 0.0 if s in shared else row.energised_musd_per_mw for s, row in frame.sites.items()}
    counted = [
        ((s,), (s, h), -halls[h].residual_musd_per_module / halls[h].module_it_mw - energised[s] * halls[h].pue_peak)
        for s, h in m.SITE_HALLS
    ]
    ports.add("terminal_musd", linear(block, "counted_once", m.SITES, block.capitalised_mw, counted))
