"""Faults of mandatory leases that no plan could serve, even if it did nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from planner_models.evidence import Evidence, Fault
from planner_models.reach import Reach
from planner_models.rows import Lease

GROUNDS = ("sites", "grid", "halls", "conversions", "opening", "lease_sites")


def faults(evidence: Evidence, found: Collection[Fault]) -> Iterator[Fault]:
    """Each mandatory lease can be served by itself at one of its sites.

    Nothing is concluded where the tables behind it, or the lease itself, are already at fault in `found`.
    """
    if evidence.horizon is None or not evidence.whole(*GROUNDS) or any(fault.table in GROUNDS for fault in found):
        return
    reach = Reach(evidence.instance)
    known = {fault.row for fault in found if fault.table == "leases"}
    places: dict[str, list[str]] = defaultdict(list)
    for row in evidence.instance.lease_sites:
        places[row.lease].append(row.site)
    for i, lease in enumerate(evidence.instance.leases):
        if lease.mandatory and i not in known:
            yield from _unservable(reach, i, lease, places[lease.id])


def _unservable(reach: Reach, i: int, lease: Lease, places: list[str]) -> Iterator[Fault]:
    refusals = [refusal for site in places if (refusal := reach.refusal(lease, site))]
    if len(refusals) == len(places):
        field, reason = refusals[0]
        others = f" (none of its {len(places)} sites can serve it)" if len(places) > 1 else ""
        yield Fault("leases", i, field, f"{shown(lease, field)}: {reason}{others}", "a lease that can be served, as it is mandatory")


def shown(lease: Lease, field: str) -> str:
    """The value of a field of a lease in words."""
    value = getattr(lease, field)
    return f"{value:%Y-%m}" if hasattr(value, "strftime") else f"{value:g}" if isinstance(value, float) else repr(value)
