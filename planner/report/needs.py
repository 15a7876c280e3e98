"""What each lease that must be delivered needs at each site that it accepts, against what can be there in time: from the instance alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from planner.check.calendar import Period
from planner.check.exact import ZERO, exact
from planner.check.world import World
from planner_models.rows import Lease
from planner_models.schema import Instance


@dataclass(frozen=True)
class Need:
    """One mandatory lease at one site. Months are counted from the start of the plan; None: no such month, or no such hall.

    `facility_mw` is the least over the hall types of its product; `utility_mw` all that can be in service when the lease starts at
    the latest (`last_start`), whatever else draws it; `hall_month` the first month in which a hall of its product can stand.
    `can_be_met` is False where the lease could not be served here even if it were alone.
    """

    lease: Lease
    site: str
    facility_mw: Fraction | None
    last_start: int | None
    utility_mw: Fraction
    hall_month: int | None
    can_be_met: bool


def needs(instance: Instance) -> Iterator[Need]:
    """Every mandatory lease at every site that it accepts; a lease without a site is not among them."""
    world = World(instance)
    for lease in instance.leases:
        for row in instance.lease_sites if lease.mandatory else ():
            if row.lease == lease.id:
                yield _need(world, lease, row.site)


def _need(world: World, lease: Lease, site: str) -> Need:
    starts = [period for period in world.periods if _may_start(world, lease, period)]
    halls = {hall: month for hall in world.hosts(site, lease.product) if (month := first_month(world, site, hall)) is not None}
    power = utility_mw(world, site, starts[-1]) if starts else ZERO
    drawn = {hall: exact(lease.it_mw) * exact(world.halls[hall].pue_peak) for hall in halls}
    met = any(bool(starts) and month <= starts[-1].first and drawn[hall] <= power for hall, month in halls.items())
    least, first = min(drawn.values(), default=None), min(halls.values(), default=None)
    return Need(lease, site, least, starts[-1].first if starts else None, power, first, met)


def _may_start(world: World, lease: Lease, period: Period) -> bool:
    """Whether the lease may start with the period."""
    month = world.calendar.month
    early = lease.earliest_start is not None and period.first < month(lease.earliest_start)
    late = lease.drop_dead is not None and period.first > month(lease.drop_dead)
    return not early and not late


def utility_mw(world: World, site: str, period: Period) -> Fraction:
    """Most utility MW that can be in service from the start of a period: energised rows, and all upgrades that can be there by then."""
    total, month = ZERO, world.calendar.month
    for row in world.instance.grid:
        earliest = row.lead_months if row.kind == "upgrade" else 0
        if row.from_month is not None:
            earliest = max(earliest, month(row.from_month))
        if row.site == site and any(earliest <= t.first <= period.first for t in world.periods):
            total += exact(row.mw)
    return total


def first_month(world: World, site: str, hall: str) -> int | None:
    """First month in which a hall of a type can stand at a site: it stands, is built or is converted; None where it never can."""
    cohorts = [cohort for cohort in world.cohorts.values() if cohort.site == site]
    months = [max(0, cohort.start) for cohort in cohorts if cohort.item == hall and cohort.end > 0]
    if world.allowed(hall, site):
        if world.halls[hall].buildable:
            months.append(world.halls[hall].build_months)
        for row in world.conversions.values():
            if row.to_hall == hall and row.site in (None, site):
                given_up = [cohort.start for cohort in cohorts if cohort.item == row.from_hall]
                months += [max(row.build_months, start + row.off_months) for start in given_up]
    return min(months, default=None)
