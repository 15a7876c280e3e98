"""Faults of mandatory leases, and of contracts to host machines of others, that no plan could serve even if it did nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from planner_models.evidence import Evidence, Fault
from planner_models.reach import Reach
from planner_models.rows import Hosting, Lease

GROUNDS = ("sites", "grid", "generators", "halls", "conversions", "opening", "lease_sites")


def faults(evidence: Evidence, found: Collection[Fault]) -> Iterator[Fault]:
    """Each mandatory lease can be served by itself at one of its sites, and each hosting contract at its own.

    Nothing is concluded where the tables behind it, or the row itself, are already at fault in `found`.
    """
    if evidence.horizon is None or not evidence.whole(*GROUNDS) or any(fault.table in GROUNDS for fault in found):
        return
    reach = Reach(evidence.instance)
    known = {(fault.table, fault.row) for fault in found}
    places: dict[str, list[str]] = defaultdict(list)
    for row in evidence.instance.lease_sites:
        places[row.lease].append(row.site)
    for i, lease in enumerate(evidence.instance.leases):
        if lease.mandatory and ("leases", i) not in known:
            yield from _unservable(reach, i, lease, places[lease.id])
    for i, contract in enumerate(evidence.instance.hosting):
        if ("hosting", i) not in known:
            yield from _unhosted(reach, i, contract)


def _unservable(reach: Reach, i: int, lease: Lease, places: list[str]) -> Iterator[Fault]:
    refusals = [refusal for site in places if (refusal := reach.refusal(lease, site))]
    if len(refusals) == len(places):
        field, reason = refusals[0]
        others = f" (none of its {len(places)} sites can serve it)" if len(places) > 1 else ""
        yield Fault("leases", i, field, f"{shown(lease, field)}: {reason}{others}", "a lease that can be served, as it is mandatory")


def _unhosted(reach: Reach, i: int, contract: Hosting) -> Iterator[Fault]:
    begin, end = reach.month(contract.from_month), reach.horizon if contract.to_month is None else reach.month(contract.to_month)
    if begin >= reach.horizon or end <= 0:
        return
    if refusal := reach.no_room(contract.it_mw, contract.product, contract.site, begin):
        field, reason = refusal
        yield Fault("hosting", i, field, f"{shown(contract, field)}: {reason}", "a contract that the site can serve")


def shown(row: Lease | Hosting, field: str) -> str:
    """The value of a field of a row in words."""
    value = getattr(row, field)
    return f"{value:%Y-%m}" if hasattr(value, "strftime") else f"{value:g}" if isinstance(value, float) else repr(value)
