"""The page of a solve that ended without a plan: what happened, what in the data may be behind it, and what to try."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from planner.report.claims import claims
from planner.report.layout import remark, section, table, warning
from planner.report.liquidity import KINDS
from planner.report.needs import Need, needs
from planner.report.words import clean, count, musd, mw, percent, solver_words
from planner.runs import Run
from planner.tables.orders import month_text
from planner_models.rows import Deal
from planner_models.schema import Instance

HAPPENED: Mapping[str, str] = {
    "infeasible": "No plan exists: the instance asks for things that cannot all be true.",
    "unbounded": "The value has no upper limit: somewhere the data let money be made without end.",
    "time_limit_without_plan": "The time limit ended the search before it found any plan. One may exist.",
    "interrupted": "The search was interrupted before it found any plan. One may exist.",
    "solver_error": "The solver failed. This says nothing about the instance.",
}
"""What each outcome without a plan means."""

MEASURES: Mapping[str, str] = {"it_mw": "IT MW", "hashrate_eh": "EH/s", "revenue_musd": "M$ of revenue a year"}
"""What a policy counts."""

TRY: Mapping[str, tuple[str, ...]] = {
    "infeasible": (
        "Run `planner check INSTANCE`: it lists faults and inputs that look wrong.",
        "Loosen one thing at a time from the list above, and solve again.",
    ),
    "unbounded": (
        "Look for a price or cost with a wrong sign or unit: power that pays far more than it costs, machines that cost nothing.",
        "Run `planner check INSTANCE` and compare units with docs/instance.md.",
    ),
    "time_limit_without_plan": (
        "Allow more time: `--time-limit`.",
        "Start from an earlier plan: `--start RUN`.",
        "Use fewer and longer periods in the later years.",
    ),
    "interrupted": ("Let it run on, or set `--time-limit`: the best plan found by then is kept.",),
    "solver_error": (
        "Try another seed (`--seed 1`) or another solver (`--solver scip`).",
        "Check for amounts that differ by more than a million times within one table.",
    ),
}
"""What may help."""


def page(run: Run) -> RenderableType:
    """The page of a run without a plan; it shows no figure that could be taken for a result."""
    outcome = run.outcome if run.outcome in HAPPENED else "solver_error"
    parts: list[RenderableType] = [Text(clean(run.instance.name), style="bold"), Text(f"NO PLAN: {HAPPENED[outcome]}", style="bold red")]
    if run.message:
        parts.append(remark(f"The solver says: {solver_words(run.message).rstrip('.')}."))
    if outcome == "infeasible":
        parts.append(section("What the instance insists on", *(remark(f"- {words}") for words in demands(run.instance))))
        parts += _needed(run.instance)
    if said := list(claims(run)):
        parts.append(section("Who claimed what", *said))
    parts.append(section("What to try", *(remark(f"- {words}") for words in TRY[outcome])))
    return Group(*parts)


def demands(instance: Instance) -> Iterator[str]:
    """The inputs that can make an instance infeasible, with their figures."""
    finance = instance.finance
    yield f"Cash may never end a period below {musd(finance.cash_floor_musd)} M$; it starts at {musd(finance.opening_cash_musd)} M$."
    if finance.opening_restricted_musd and finance.restricted_until is not None:
        yield f"{musd(finance.opening_restricted_musd)} M$ of it are restricted until {finance.restricted_until:%Y-%m}."
    yield from _must("lease", instance.leases)
    yield from _must("compute contract", instance.gpu_contracts)
    for debt in instance.debt:
        if debt.opening_balance_musd:
            parts = f", in equal parts over {debt.amortisation_months} months," if debt.amortisation_months else ""
            yield f"{clean(debt.id)}: {musd(debt.opening_balance_musd)} M$ are owed and must be repaid{parts} by {debt.maturity:%Y-%m}."
    for covenant in instance.covenants if instance.debt else ():
        measured, held, _ = KINDS[covenant.kind]
        yield f"Covenant {clean(covenant.id)}: {measured} {held} {covenant.level:g}, while something is owed."
    for row in instance.opening:
        if row.due_musd and row.in_service > instance.start and not row.cancellable:
            when = f"evenly until {row.in_service:%Y-%m}" if row.due_evenly else f"in {row.in_service:%Y-%m}"
            yield f"{clean(row.id)}: {musd(row.due_musd)} M$ are due {when}."
    for grid in instance.grid:
        if grid.due_musd and grid.from_month is not None and grid.from_month > instance.start:
            yield f"{clean(grid.id)}: {musd(grid.due_musd)} M$ are due in {grid.from_month:%Y-%m}."
    for contract in instance.hosting:
        until = "" if contract.notice_months is None else ", until notice is given"
        yield f"{clean(contract.id)}: {contract.it_mw:g} MW of machines of others are hosted at {clean(contract.site)}{until}."
    for budget in instance.budgets:
        yield f"Capex of {budget.year} is at most {musd(budget.capex_musd)} M$."
    for policy in instance.policies:
        bounds = [("at least", policy.at_least), ("at most", policy.at_most)]
        said = [f"{words} {bound:g} {MEASURES[policy.measure]}" for words, bound in bounds if bound is not None]
        said += [] if policy.at_most_fraction is None else [f"at most {percent(policy.at_most_fraction)} of the company"]
        if said:
            yield f"Policy {clean(policy.id)}: {' and '.join(said)}."
    yield "Existing halls, fleets, site costs and overhead go on costing money whatever is decided."


def _must(noun: str, deals: Sequence[Deal]) -> Iterator[str]:
    """Leases or compute contracts that have to be delivered, or run already."""
    if must := [deal for deal in deals if deal.mandatory]:
        said = "; ".join(f"{clean(deal.id)} ({deal.it_mw:g} MW, {_window(deal)})" for deal in must[:10])
        yield f"{count(len(must), noun)} must be delivered: {said}."


MOST = 20
"""Lines of the table of leases before the page only counts the rest."""


def _needed(instance: Instance) -> list[RenderableType]:
    """Each lease that must be delivered against what can be there; what cannot be met even alone comes first."""
    found = sorted(needs(instance), key=lambda need: need.can_be_met)
    if not any(lease.mandatory for lease in instance.leases):
        return []
    start = instance.start
    possible = {need.lease.id for need in found if need.can_be_met}
    hopeless = [clean(lease.id) for lease in instance.leases if lease.mandatory and lease.id not in possible]
    alarm = [warning(f"cannot be met at any site that the tenant accepts, even alone: {', '.join(hopeless)}.")] if hopeless else []
    headings = ["Lease", "Site", "IT MW", "Utility MW it needs", "Last start", "Utility MW there by then", "First hall", "By itself"]
    rest = [f"... and {count(len(found) - MOST, 'line')} more."] if len(found) > MOST else []
    notes = [
        *rest,
        "Utility MW there: energised, and every upgrade that can be in service by then, with dependable own generation. First hall: "
        "standing, built or converted.",
        *(["Of a lease in blocks one block is shown."] if any(need.lease.block_it_mw for need in found) else []),
        "`possible` says no more than that the lease could have halls and grid there if it were alone.",
    ]
    return [section("What they need", *alarm, table(headings, [_line(start, need) for need in found[:MOST]], left=2), *map(remark, notes))]


def _line(start: dt.date, need: Need) -> list[str | Text]:
    """One lease at one site."""
    verdict = Text("possible") if need.can_be_met else Text("NOT HERE", style="bold red")
    first, last = (month_text(start, month) if month is not None else "never" for month in (need.hall_month, need.last_start))
    drawn = mw(float(need.facility_mw)) if need.facility_mw is not None else "no hall"
    return [clean(need.lease.id), clean(need.site), mw(float(need.it_mw)), drawn, last, mw(float(need.utility_mw)), first, verdict]


def _window(deal: Deal) -> str:
    if deal.delivered is not None:
        return f"there since {deal.delivered:%Y-%m}"
    return f"no later than {deal.drop_dead:%Y-%m}" if deal.drop_dead is not None else "at any date"
