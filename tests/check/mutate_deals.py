"""Mutations against the rules of leases and compute contracts (sections 4 and 5)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

from planner.check.exact import exact
from planner_models.rows import Lease
from tests.check.case import Case, Mutation


def first_month(case: Case, lease: str, start: str) -> int:
    """The month from which a lease counts that is taken for a period."""
    delivered = case.world.leases[lease].delivered
    return case.world.calendar.by_label[start].first if delivered is None else case.world.calendar.month(delivered)


def first_share(case: Case, lease: str) -> Fraction:
    """Share of the MW of a lease that comes at its start."""
    shares = [exact(row.fraction) for row in case.world.instance.lease_deliveries if (row.lease, row.months) == (lease, 0)]
    return shares[0] if shares else Fraction(1)


def _blocks(row: Lease) -> int:
    return 1 if row.block_it_mw is None else round(row.it_mw / row.block_it_mw)


def _tie(row: Lease) -> str:
    """The rule that says how many blocks of a lease there are."""
    if row.break_fee_musd is not None:
        return "4.10"
    return "4.3" if row.mandatory else "4.2"


def _leases(case: Case) -> Iterator[Mutation]:
    """Start a block more than there is; leave out what must be delivered; leave out the power of a lease that needs what is ordered."""
    for lease, row in case.world.leases.items():
        starts = [index for index in case.made("started") if index[0] == lease]
        free = (index for index in case.possible("started", lease=lease) if index not in starts)
        for index in itertools.islice(free, 1):
            others = {} if starts else {other: 1 for other in itertools.islice(case.possible("started", lease=lease), 1, 2)}
            if starts or others:
                yield _tie(row), case.plan_with({"started": {index: _blocks(row)} | others})
        if row.mandatory and starts:
            yield "4.3", case.plan_with({"started": dict.fromkeys(starts, 0)})
        for index in case.first("broken_blocks", lease=lease):
            yield "4.10", case.plan_with({"broken_blocks": {index: _blocks(row) + 1}})
    yield from _unpowered(case)


def _unpowered(case: Case) -> Iterator[Mutation]:
    for (lease, site, hall, start), count in case.made("started").items():
        row = case.world.leases[lease]
        mw = exact(row.block_it_mw or row.it_mw) * int(count) * first_share(case, lease) * exact(case.world.halls[hall].pue_peak)
        rows = [case.world.grid[grid] for grid, t in case.made("upgraded") if _by(case, t, start)]
        carried = case.state("grid_mw", site, start) + case.state("dependable_mw", site, start)
        if mw > carried - sum(exact(row.mw) for row in rows if row.site == site):
            yield "4.6", case.plan_without("upgraded")
        if any(mw > left for left in _left_mw(case, site, hall, start)):
            yield "4.7", case.plan_without("delivered_units")


def _left_mw(case: Case, site: str, hall: str, start: str) -> Iterator[Fraction]:
    """MW of a hall that each kind of equipment carries in a period without what is delivered; a 2N hall counts twice."""
    place, period = case.world.sites[site], case.world.calendar.by_label[start]
    for kind in {row.kind for row in case.world.equipment.values()}:
        left = case.state("installed_mva", site, kind, start)
        for (at, equipment, t), units in case.made("delivered_units").items():
            row, first = case.world.equipment[equipment], case.world.calendar.by_label[t].first
            if (at, row.kind) == (site, kind) and period.whole(first, first + row.life_months):
                left -= case.rating_mva(site, equipment) * int(units)
        carried = exact(place.power_factor) * exact(place.loading_limit_fraction) * left
        yield carried / 2 if case.world.halls[hall].redundancy == "2N" else carried


def _by(case: Case, label: str, start: str) -> bool:
    return case.world.calendar.by_label[label].first <= case.world.calendar.by_label[start].first


def _contracts(case: Case) -> Iterator[Mutation]:
    """Take a contract twice, or not at all where it must be; sell besides it all that the clusters have."""
    for contract, row in case.world.contracts.items():
        tag, taken = "5.7" if row.mandatory else "5.6", [index for index in case.made("contracted") if index[0] == contract]
        twice = case.first("contracted", 2, contract=contract)
        if len(twice) == 2:
            yield tag, case.plan_with({"contracted": dict.fromkeys(twice, 1)})
        if row.mandatory:
            yield tag, case.plan_with({"contracted": dict.fromkeys(taken, 0)})
    for (site, hall, gpu, u), mw in case.states["contracted_mw"].items():
        for index in case.first("sold_mw", site=site, hall=hall, gpu=gpu, period=u) if mw else ():
            yield "5.4", case.plan_raised("sold_mw", index, case.state("cluster_mw", site, hall, u))


RULES = (_leases, _contracts)
