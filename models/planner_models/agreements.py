"""Faults of agreements: leases and compute contracts, their deliveries and halls, restricted cash, and whom policies name."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator

from planner_models.evidence import Evidence, Fault
from planner_models.rows import Deal, Lease, LeaseDelivery
from planner_models.words import listing

SHARES_TOLERANCE = 1e-9


def _shared_names(evidence: Evidence) -> Iterator[Fault]:
    """A lease and a compute contract have different ids."""
    leases = {row.id: i for i, row in reversed(list(enumerate(evidence.instance.leases)))}
    for i, row in enumerate(evidence.instance.gpu_contracts):
        if row.id in leases:
            allowed = "an id used once in leases, gpu_contracts"
            yield Fault("gpu_contracts", i, "id", f"{row.id!r}, an id of leases", allowed, also=("leases", leases[row.id]))


def _deliveries(evidence: Evidence) -> Iterator[Fault]:
    """The tranches of a lease are all of it, and the first comes at its start."""
    tranches: dict[str, list[tuple[int, LeaseDelivery]]] = defaultdict(list)
    for i, row in enumerate(evidence.instance.lease_deliveries):
        tranches[row.lease].append((i, row))
    for lease, rows in tranches.items():
        if evidence.unread("lease_deliveries", lease):
            continue
        total = math.fsum(row.fraction for _, row in rows)
        if abs(total - 1) > SHARES_TOLERANCE:
            yield Fault("lease_deliveries", rows[0][0], "fraction", f"a sum of {total:.12g} over the tranches of {lease!r}", "1")
        first = min(row.months for _, row in rows)
        if first:
            found = f"{first} for the first tranche of {lease!r}"
            yield Fault("lease_deliveries", rows[0][0], "months", found, "0: the lease starts with it")
        known = evidence.ids("leases").get(lease)
        for i, row in rows:
            if known is not None and row.months >= known.term_months:
                yield Fault("lease_deliveries", i, "months", str(row.months), f"less than term_months of {lease!r}, {known.term_months}")


def _named_halls(evidence: Evidence) -> Iterator[Fault]:
    """The hall type that a lease insists on is of its product and may be at the site."""
    halls, leases = evidence.ids("halls"), evidence.ids("leases")
    for i, row in enumerate(evidence.instance.lease_sites):
        if row.hall not in halls or row.lease not in leases:
            continue
        hall, lease = halls[row.hall], leases[row.lease]
        if hall.product != lease.product:
            allowed = f"a hall type of product {lease.product}, as {lease.id!r} needs, or blank"
            yield Fault("lease_sites", i, "hall", f"{hall.id!r}, of product {hall.product}", allowed)


def _fit_outs(evidence: Evidence) -> Iterator[Fault]:
    """What a tenant pays of the landlord's capex is no more than that, at each site."""
    leases = evidence.ids("leases")
    for i, row in enumerate(evidence.instance.lease_sites):
        lease = leases.get(row.lease)
        if lease is not None and row.capex_musd_per_mw < lease.fit_out_musd_per_mw:
            allowed = f"at least {lease.fit_out_musd_per_mw:g}, of which {lease.id!r} pays all as fit_out_musd_per_mw"
            yield Fault("lease_sites", i, "capex_musd_per_mw", f"{row.capex_musd_per_mw:g}", allowed)


def _running(evidence: Evidence) -> Iterator[Fault]:
    """What runs already began by the start, has not ended, and is delivered on or bought off."""
    horizon = evidence.horizon
    if horizon is None:
        return
    for table, rows in (("leases", evidence.instance.leases), ("gpu_contracts", evidence.instance.gpu_contracts)):
        for i, row in enumerate(rows):
            if row.delivered is None:
                continue
            begin = horizon.month(row.delivered)
            if begin > 0:
                yield Fault(table, i, "delivered", f"{row.delivered:%Y-%m}", f"a month up to the start, {horizon.word(0)}, or blank")
            elif begin + row.term_months + _renewal(row) <= 0:
                ended = f"{row.term_months}, so that it ended {horizon.word(begin + row.term_months + _renewal(row))}"
                yield Fault(table, i, "term_months", ended, f"a term that reaches beyond the start, {horizon.word(0)}")
            if not row.mandatory and getattr(row, "break_fee_musd", None) is None:
                allowed = "mandatory: yes, as it runs already" + ("; or a break_fee_musd" if table == "leases" else "")
                yield Fault(table, i, "mandatory", "no", allowed)


def _renewal(row: Deal) -> int:
    return row.renewal_months if isinstance(row, Lease) else 0


def _lapsed(evidence: Evidence) -> Iterator[Fault]:
    """What has to be delivered has not lapsed."""
    if not evidence.settled("start"):
        return
    start = evidence.instance.start
    for table, rows in (("leases", evidence.instance.leases), ("gpu_contracts", evidence.instance.gpu_contracts)):
        for i, row in enumerate(rows):
            if row.mandatory and row.stage != "signed" and row.decide_by is not None and row.decide_by < start:
                allowed = f"a month from the start, {start:%Y-%m}, on, as it is mandatory and not signed; or blank"
                yield Fault(table, i, "decide_by", f"{row.decide_by:%Y-%m}", allowed)


def _prepaid(evidence: Evidence) -> Iterator[Fault]:
    """What was received ahead was received before the start."""
    if not evidence.settled("start"):
        return
    start = evidence.instance.start
    for table, rows in (("leases", evidence.instance.leases), ("gpu_contracts", evidence.instance.gpu_contracts)):
        for i, row in enumerate(rows):
            if row.prepaid is not None and row.prepaid >= start:
                allowed = f"a month before the start of the plan, {start:%Y-%m}; or blank for what is still to be received"
                yield Fault(table, i, "prepaid", f"{row.prepaid:%Y-%m}", allowed)


def _restricted(evidence: Evidence) -> Iterator[Fault]:
    """Restricted cash is part of the opening cash, and released at a date."""
    if not evidence.settled("finance") or not evidence.instance.finance.opening_restricted_musd:
        return
    finance = evidence.instance.finance
    if finance.opening_restricted_musd > finance.opening_cash_musd:
        allowed = f"at most opening_cash_musd, {finance.opening_cash_musd:g}"
        yield Fault("instance", None, "finance.opening_restricted_musd", f"{finance.opening_restricted_musd:g}", allowed)
    if finance.restricted_until is None:
        yield Fault("instance", None, "finance.restricted_until", "blank", "the month in which opening_restricted_musd is released")


def _tenants(evidence: Evidence) -> Iterator[Fault]:
    """A policy names a tenant that some lease has."""
    known = list(dict.fromkeys(row.tenant for row in evidence.instance.leases))
    for i, row in enumerate(evidence.instance.policies):
        if row.tenant is not None and row.tenant not in known and evidence.whole("leases"):
            yield Fault("policies", i, "tenant", repr(row.tenant), f"a tenant of leases: {listing(known) or 'none'}")


Rule = Callable[[Evidence], Iterator[Fault]]
RULES: tuple[Rule, ...] = (_shared_names, _deliveries, _named_halls, _fit_outs, _running, _lapsed, _prepaid, _restricted, _tenants)
