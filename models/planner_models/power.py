"""Power: grid MW by date and upgrade, firm and interruptible, approvals, securities posted (section 6 of MATHS.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyomo.environ as pyo

from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.halls import occupied
from planner_models.linear import constant, linear
from planner_models.money import invest
from planner_models.ports import Ports
from planner_models.rows import Grid


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: S sites, G upgrades, T periods. Reads load, what is held and dependable MW; decides upgrades."""
    m = block.parent_block()
    ports.add("load_mw", occupied(block, frame, ports, "load", m.SITE_PERIODS, lambda h: frame.halls[h].pue_peak))
    _upgrades(block, frame)
    ports.publish(block.upgraded)
    if frame.on_offer:
        _after_purchase(block, frame, ports)
    dependable = _dependable(block, ports)
    _grid(block, frame, ports, dependable)
    ports.publish(block.grid_mw)
    _firm(block, frame, ports, dependable)
    _approvals(block, frame)
    _money(block, frame, ports)
    _securities(block, frame, ports)


def upgrades(frame: Frame) -> dict[str, Grid]:
    """The upgrades that may be ordered, by id."""
    return {row.id: row for row in frame.instance.grid if row.kind == "upgrade"}


def most_mw(frame: Frame, site: str) -> float:
    """U: the utility MW of a site with all its upgrades."""
    return sum(row.mw for row in frame.grid_at[site] if row.kind != "approved")


def in_service(block: pyo.Block, frame: Frame, ports: Ports, name: str, rows: Any, *, firm_only: bool = False) -> Callable[[Any, Any], Any]:
    """The function `(s,u) -> utility MW in service`, for use over `rows`: energised rows (times held at a site on offer) and upgrades."""
    time, wanted, known = frame.time, set(rows), upgrades(frame)
    counted = {row.id: row for row in frame.instance.grid if row.service == "firm" or not firm_only}

    def energised_mw(site: str, period: str) -> float:
        there = (row for row in frame.grid_at[site] if row.kind == "energised" and row.id in counted)
        return sum(row.mw for row in there if _since(frame, row, period))

    orders = [(g, t) for g, t in ports.upgraded if g in counted]
    added = [((known[g].site, u.label), (g, t), known[g].mw) for g, t in orders for u in time.periods if time[t].start <= u.start]
    owned = constant(block, f"{name}_energised", rows, lambda s, u: 0.0 if s in frame.on_offer else energised_mw(s, u))
    ordered = linear(block, f"{name}_upgraded", rows, ports.upgraded, [entry for entry in added if entry[0] in wanted])
    if not frame.on_offer:
        return lambda s, u: owned(s, u) + ordered(s, u)
    offered = [(i, i, energised_mw(*i)) for i in ports.held if i in wanted and i[0] in frame.on_offer]
    bought = linear(block, f"{name}_bought", rows, ports.held, offered)
    return lambda s, u: owned(s, u) + bought(s, u) + ordered(s, u)


def _since(frame: Frame, row: Grid, period: str) -> bool:
    """Whether the month of an energised or approved row has come when the period starts."""
    return row.from_month is not None and frame.time.month(row.from_month) <= frame.time[period].start


def _dependable(block: pyo.Block, ports: Ports) -> Callable[[Any, Any], Any]:
    """The function `(s,t) -> dependable MW of own generation`, 0 where there is none."""
    if not ports.has("dependable_mw"):
        return lambda s, t: 0.0
    rows = block.parent_block().SITE_PERIODS
    return linear(block, "dependable", rows, ports.dependable_mw, [(i, i, 1.0) for i in ports.dependable_mw])


def _upgrades(block: pyo.Block, frame: Frame) -> None:
    """Variable and row (6.1), (6.2)."""
    time = frame.time
    choices = [
        (g.id, t)
        for g in upgrades(frame).values()
        for t in time.enterable(g.lead_months)
        if g.from_month is None or time[t].start >= time.month(g.from_month)
    ]
    block.UPGRADES = Indices(dimen=2, initialize=choices, doc="(g,t)")
    block.ORDERABLE = Indices(dimen=1, initialize=list(dict.fromkeys(g for g, _ in choices)), doc="g")
    block.upgraded = Decisions(block.UPGRADES, domain=pyo.Binary, doc="(6.1) upgrade enters service")
    once = linear(block, "once", block.ORDERABLE, block.upgraded, [((g,), (g, t), 1.0) for g, t in choices])

    @block.Constraint(block.ORDERABLE, doc="(6.2) an upgrade is ordered at most once")
    def upgrade_choice(b: Any, g: Any) -> Any:
        return once(g) <= 1


def _after_purchase(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Row (11.4): at a site on offer an upgrade is ordered once the site is bought."""
    time, known = frame.time, upgrades(frame)
    offered = [(g, t) for g, t in block.UPGRADES if known[g].site in frame.on_offer]
    block.ON_OFFER = Indices(dimen=2, initialize=offered, doc="(g,t) on offer")
    before = [
        ((g, t), (s, v), 1.0)
        for g, t in offered
        for s, v in ports.opened
        if s == known[g].site and time[v].start <= time[t].start - known[g].lead_months
    ]
    bought = linear(block, "bought", block.ON_OFFER, ports.opened, before)

    @block.Constraint(block.ON_OFFER, doc="(11.4) an upgrade is ordered once the site is bought")
    def upgrade_held_limit(b: Any, g: Any, t: Any) -> Any:
        return b.upgraded[g, t] <= bought(g, t)


def _grid(block: pyo.Block, frame: Frame, ports: Ports, dependable: Callable[[Any, Any], Any]) -> None:
    """Variable and rows (6.3) and (6.4). A site for sale has its rows of (6.3) in section 11."""
    m = block.parent_block()
    kept = [(s, t) for s, t in m.SITE_PERIODS if s not in frame.for_sale]
    block.KEPT_PERIODS = Indices(dimen=2, initialize=kept, doc="(s,t)")
    block.grid_mw = Decisions(m.SITE_PERIODS, domain=pyo.NonNegativeReals, doc="(6.3) utility MW in service")
    supply = in_service(block, frame, ports, "grid", block.KEPT_PERIODS)

    @block.Constraint(block.KEPT_PERIODS, doc="(6.3) grid in service = energised + upgrades")
    def grid_balance(b: Any, s: Any, t: Any) -> Any:
        return b.grid_mw[s, t] == supply(s, t)

    @block.Constraint(m.SITE_PERIODS, doc="(6.4) load fits the grid and dependable generation")
    def grid_limit(b: Any, s: Any, t: Any) -> Any:
        return ports.load_mw[s, t] <= b.grid_mw[s, t] + dependable(s, t)


def _firm(block: pyo.Block, frame: Frame, ports: Ports, dependable: Callable[[Any, Any], Any]) -> None:
    """Variable and rows (6.9), (6.10), at sites with interruptible MW. A site for sale has its rows of (6.9) in section 11."""
    mixed = list(dict.fromkeys(row.site for row in frame.instance.grid if row.service == "interruptible"))
    if not mixed:
        return
    labels = frame.time.labels
    block.MIXED = Indices(dimen=2, initialize=[(s, t) for s in mixed for t in labels], doc="(s,t)")
    kept = [(s, t) for s in mixed if s not in frame.for_sale for t in labels]
    block.MIXED_KEPT = Indices(dimen=2, initialize=kept, doc="(s,t)")
    block.firm_mw = Decisions(block.MIXED, domain=pyo.NonNegativeReals, doc="(6.9) firm utility MW in service")
    ports.publish(block.firm_mw)
    supply = in_service(block, frame, ports, "firm", block.MIXED_KEPT, firm_only=True)
    with_ai = {s for s, h in frame.site_halls if frame.is_ai(h)}
    block.MIXED_AI = Indices(dimen=2, initialize=[(s, t) for s, t in block.MIXED if s in with_ai], doc="(s,t)")
    load = occupied(block, frame, ports, "firm_load", block.MIXED_AI, lambda h: frame.halls[h].pue_peak if frame.is_ai(h) else 0.0)

    @block.Constraint(block.MIXED_KEPT, doc="(6.9) firm grid in service = energised + upgrades, firm ones")
    def firm_balance(b: Any, s: Any, t: Any) -> Any:
        return b.firm_mw[s, t] == supply(s, t)

    @block.Constraint(block.MIXED_AI, doc="(6.10) interruptible MW serve mining halls only")
    def firm_limit(b: Any, s: Any, t: Any) -> Any:
        return load(s, t) <= b.firm_mw[s, t] + dependable(s, t)


def _approvals(block: pyo.Block, frame: Frame) -> None:
    """Row (6.11), at sites with approvals."""
    approved = [row for row in frame.instance.grid if row.kind == "approved"]
    if not approved:
        return

    def approved_mw(_: Any, s: str, t: str) -> float:
        return sum(row.mw for row in approved if row.site == s and _since(frame, row, t))

    where = dict.fromkeys(row.site for row in approved)
    block.APPROVED = Indices(dimen=2, initialize=[(s, t) for s in where for t in frame.time.labels], doc="(s,t)")
    block.approved_mw = pyo.Param(block.APPROVED, initialize=approved_mw)

    @block.Constraint(block.APPROVED, doc="(6.11) grid in service is approved")
    def approval_limit(b: Any, s: Any, t: Any) -> Any:
        return b.grid_mw[s, t] <= b.approved_mw[s, t]


def _money(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Deposit and balance of upgrades, and the worth of energised MW."""
    m, time, known = block.parent_block(), frame.time, upgrades(frame)
    invest(
        block, frame, ports, block.upgraded,
        site=lambda g, t: known[g].site,
        price_musd=lambda g, t: known[g].cost_musd * time.capex_level(time[t].start - known[g].lead_months),
        paid=lambda g, t: time.deposit(t, known[g].lead_months, known[g].deposit_fraction),
        tax_life_months=lambda g, t: known[g].tax_life_months,
    )  # fmt: skip
    shared = spare_sites(frame)
    worth = [((s.id,), (s.id, time.labels[-1]), s.energised_musd_per_mw) for s in frame.instance.sites if s.id not in shared]
    ports.add("terminal_musd", linear(block, "energised_value", m.SITES, block.grid_mw, worth))


def spare_sites(frame: Frame) -> list[str]:
    """The sites of (6.17): those where own generation and tenants may share the load."""
    return list(dict.fromkeys(s for s, _ in frame.site_generators)) if frame.instance.leases else []


def bind_spare(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variable and rows (6.17), and what the utility MW to spare are worth at the horizon."""
    m, last = block.parent_block(), frame.time.labels[-1]
    block.SHARED = Indices(dimen=1, initialize=spare_sites(frame), doc="s with own generation and tenants")
    block.spare_mw = Decisions(block.SHARED, domain=pyo.Reals, doc="(6.17) utility MW to spare at the horizon")
    drawn = [((s,), (s, h), frame.halls[h].pue_peak) for s, h in frame.site_halls if s in block.SHARED]
    tenants = linear(block, "capitalised_load", block.SHARED, ports.capitalised_mw, drawn)

    @block.Constraint(block.SHARED, doc="(6.17) no more than there are")
    def spare_limit(b: Any, s: Any) -> Any:
        return b.spare_mw[s] <= ports.grid_mw[s, last]

    @block.Constraint(block.SHARED, doc="(6.17) own plants carry the tenants first")
    def spare_power_limit(b: Any, s: Any) -> Any:
        return b.spare_mw[s] <= ports.grid_mw[s, last] + ports.dependable_mw[s, last] - tenants(s)

    worth = [((s,), (s,), frame.sites[s].energised_musd_per_mw) for s in block.SHARED]
    ports.add("terminal_musd", linear(block, "spare_value", m.SITES, block.spare_mw, worth))


def _securities(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variable and row (6.16), at sites with an upgrade or energised MW that ask for security."""
    time = frame.time
    secured = {row.id: row for row in frame.instance.grid if row.security_musd}
    if not secured:
        return
    where = dict.fromkeys(row.site for row in secured.values())
    begun = [row for row in secured.values() if row.kind == "energised"]

    def known_musd(s: str, u: str) -> float:
        return sum(row.security_musd for row in begun if row.site == s and time[u].end <= frame.security_end(row))

    block.SECURED = Indices(dimen=2, initialize=[(s, u) for s in where for u in time.labels], doc="(s,u)")
    block.posted_musd = Decisions(block.SECURED, domain=pyo.NonNegativeReals, doc="(6.16) security that is away at the end of u")
    ports.publish(block.posted_musd)
    away = [
        ((secured[g].site, u.label), (g, t), secured[g].security_musd)
        for g, t in block.UPGRADES
        if g in secured
        for u in time.periods
        if time[t].start - secured[g].lead_months < u.end <= time[t].start + secured[g].security_months
    ]
    known = constant(block, "posted_before", block.SECURED, known_musd)
    posted = linear(block, "posted", block.SECURED, block.upgraded, away)

    @block.Constraint(block.SECURED, doc="(6.16) securities posted before the start or at order, and not yet returned")
    def posted_balance(b: Any, s: Any, t: Any) -> Any:
        return b.posted_musd[s, t] == known(s, t) + posted(s, t)
