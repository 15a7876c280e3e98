"""Contracts and offers that cannot influence the plan: leases, power, charges, demand response, hosting, moves and debt."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator

from planner.instance.notice import Remark
from planner_models.mandatory import shown
from planner_models.reach import Reach
from planner_models.rows import Charge, Programme
from planner_models.schema import Instance


def _leases(instance: Instance, reach: Reach) -> Iterator[Remark]:
    places: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for i, row in enumerate(instance.lease_sites):
        places[row.lease].append((i, row.site))
    for i, lease in enumerate(instance.leases):
        reasons = [(at, site, reach.refusal(lease, site)) for at, site in places[lease.id]]
        if all(reason for *_, reason in reasons):
            field, reason = reasons[0][2] or ("id", "")
            yield Remark("leases", i, field, shown(lease, field), reason)
            continue
        for at, site, refusal in reasons:
            if refusal:
                yield Remark("lease_sites", at, "site", f"{site!r} for lease {lease.id!r}", refusal[1])
    if instance.finance.terminal_method == "contract":
        filled = [i for i, lease in enumerate(instance.leases) if lease.cap_rate_fraction is not None]
        if filled:
            found = f"a yield in {len(filled)} of {len(instance.leases)} rows"
            yield Remark("leases", filled[0], "cap_rate_fraction", found, "terminal_method is contract")


def _terms(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """Contracts without a month in the plan."""
    for table in ("ppas", "programmes", "hosting"):
        for i, row in enumerate(getattr(instance, table)):
            yield from _outside(table, i, row.from_month, row.to_month, reach, reach.horizon)
    for i, charge in enumerate(instance.charges):
        yield from _outside("charges", i, charge.from_month, charge.to_month, reach, _last_billed(charge, reach))


def _last_billed(charge: Charge, reach: Reach) -> int:
    """Month after the last one that is billed on a draw within the plan."""
    return reach.horizon + (charge.lag_months if charge.kind == "coincident" else 0)


def _outside(table: str, i: int, begin: dt.date | None, end: dt.date | None, reach: Reach, last: int) -> Iterator[Remark]:
    if begin is not None and reach.month(begin) >= last:
        lagged = f", and the last bill on it comes before {reach.word(last)}" if last > reach.horizon else ""
        yield Remark(table, i, "from_month", f"{begin:%Y-%m}", f"the plan ends {reach.end_word}{lagged}")
    elif end is not None and reach.month(end) <= 0:
        yield Remark(table, i, "to_month", f"{end:%Y-%m}", f"the plan starts {reach.word(0)}")


def _programmes(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """Demand response that pays nothing, or where nothing is mined."""
    mined = _mined(instance, reach)
    for i, row in enumerate(instance.programmes):
        if row.market not in mined:
            yield Remark("programmes", i, "market", repr(row.market), "no site of this market can ever mine")
        elif field := _idle(row):
            yield Remark("programmes", i, field, "0", "nothing can be registered, or for nothing")


def _idle(row: Programme) -> str | None:
    return "max_mw" if row.max_mw == 0 else "usd_per_mw_year" if not row.usd_per_mw_year else None


def _mined(instance: Instance, reach: Reach) -> set[str]:
    """Markets where an ASIC can ever be plugged in at some site: it is bought there, stands there or comes from another site."""
    standing, moves = {(row.site, row.item) for row in instance.opening}, {row.site for row in instance.moves}
    return {
        site.market
        for site in instance.sites
        for row in instance.asic_models
        if (row.buyable or site.id in moves or (site.id, row.id) in standing) and reach.hosts(site.id, [row.product])
    }


def _moves(instance: Instance, reach: Reach) -> Iterator[Remark]:
    sites = {row.site for row in instance.moves}
    for i, row in enumerate(instance.moves):
        if not instance.asic_models:
            yield Remark("moves", i, "site", repr(row.site), "there are no asic_models")
        elif len(sites) < 2:
            yield Remark("moves", i, "site", repr(row.site), "no other site has a row, so machines can go nowhere")


def _debt(instance: Instance, reach: Reach) -> Iterator[Remark]:
    for i, row in enumerate(instance.debt):
        begin = 0 if row.available_from is None else reach.month(row.available_from)
        end = reach.month(min(row.available_to or row.maturity, row.maturity))
        drawable = row.limit_musd > 0 and row.advance_fraction > 0 and any(begin <= month < end for month in reach.starts)
        if not drawable and not row.opening_balance_musd:
            found = f"{reach.word(begin)} to {reach.word(end)}, limit {row.limit_musd:g}"
            yield Remark("debt", i, "available_from", found, "nothing is owed at the start and nothing can be drawn in any period")
        elif not drawable and row.opening_eligible_musd:
            yield Remark("debt", i, "opening_eligible_musd", f"{row.opening_eligible_musd:g}", "nothing can be drawn in any period")


Rule = Callable[[Instance, Reach], Iterator[Remark]]
RULES: tuple[Rule, ...] = (_leases, _terms, _programmes, _moves, _debt)
