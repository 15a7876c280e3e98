"""What each lease that must be delivered needs at each site that it accepts, against what can be there in time: from the instance alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from planner.check.calendar import Period
from planner.check.deals import unstarted
from planner.check.exact import ZERO, exact
from planner.check.placements import block_mw
from planner.check.world import MINING, World
from planner_models.rows import Lease, LeaseSite
from planner_models.schema import Instance


@dataclass(frozen=True)
class Need:
    """One mandatory lease, or a block of it, at one site. Months are counted from the start of the plan; None: no such month or hall.

    `it_mw` is that of the lease, or of one block where it may be split over sites and dates; the rest is about as much. `facility_mw` is
    the least over the hall types that it accepts; `utility_mw` all that can be in service when the lease starts at the latest
    (`last_start`), whatever else draws it, with dependable own generation; `hall_month` the first month in which such a hall can stand.
    `can_be_met` is False where the lease could not be served here even if it were alone.
    """

    lease: Lease
    site: str
    it_mw: Fraction
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
                yield _need(world, lease, row)


def _need(world: World, lease: Lease, place: LeaseSite) -> Need:
    site, mw = place.site, block_mw(lease)
    starts = [period for period in world.periods if _may_start(world, lease, site, period)]
    accepted = [hall for hall in world.hosts(site, lease.product) if place.hall in (None, hall)]
    halls = {hall: month for hall in accepted if (month := first_month(world, site, hall)) is not None}
    ai = lease.product != MINING
    power = utility_mw(world, site, starts[-1], firm_only=ai) if starts else ZERO
    drawn = {hall: mw * exact(world.halls[hall].pue_peak) for hall in halls}
    most = world.sites[site].max_ai_it_mw if ai else None
    room = bool(starts) and (most is None or mw <= exact(most))
    met = any(room and month <= starts[-1].first and drawn[hall] <= power for hall, month in halls.items())
    least, first = min(drawn.values(), default=None), min(halls.values(), default=None)
    return Need(lease, site, mw, least, starts[-1].first if starts else None, power, first, met)


def _may_start(world: World, lease: Lease, site: str, period: Period) -> bool:
    """Whether the lease may start with the period at a site."""
    month, allowed = world.calendar.month, world.sites[site].ai_eligible_from
    if allowed is not None and lease.product != MINING and period.first < month(allowed):
        return False
    return unstarted(world, lease, period.label) is None


def utility_mw(world: World, site: str, period: Period, firm_only: bool = False) -> Fraction:
    """Most MW that can be in service from the start of a period: energised rows and all upgrades that can be there by then, at most what
    is approved, and dependable MW of own generation; of a site on offer those after its purchase."""
    total, approved, held = ZERO, ZERO, held_from(world, site)
    rows = [row for row in world.instance.grid if row.site == site]
    for row in rows:
        earliest = held + (row.lead_months if row.kind == "upgrade" else 0)
        if row.from_month is not None:
            earliest = max(earliest, world.calendar.month(row.from_month))
        there = any(earliest <= t.first <= period.first for t in world.periods)
        if there and row.kind == "approved":
            approved += exact(row.mw)
        elif there and not (firm_only and row.service == "interruptible"):
            total += exact(row.mw)
    if any(row.kind == "approved" for row in rows):
        total = min(total, approved)
    return total + _dependable_mw(world, site, period, held)


def _dependable_mw(world: World, site: str, period: Period, held: int) -> Fraction:
    """Most dependable MW of own generation that can be in service all through a period."""
    mw = ZERO
    for name in world.generators_at[site]:
        row = world.generators[name]
        units = sum((p.size * period.whole(p.start, p.end) for p in world.plants.values() if (p.site, p.item) == (site, name)), ZERO)
        if world.generator_allowed(name, site) and any(held + row.lead_months <= t.first <= period.first for t in world.periods):
            units += row.max_units
        mw += units * exact(row.unit_mw) * exact(row.dependable_fraction)
    return mw


def held_from(world: World, site: str) -> int:
    """First month in which a site can be held: 0, or the first start of a period in which a site on offer may be bought (else never)."""
    row, month = world.sites[site], world.calendar.month
    if not world.on_offer(site):
        return 0
    begin, end = 0 if row.offer_from is None else month(row.offer_from), None if row.offer_to is None else month(row.offer_to)
    starts = [t.first for t in world.periods if t.first >= begin and (end is None or t.first <= end)]
    return min(starts, default=world.calendar.horizon)


def first_month(world: World, site: str, hall: str) -> int | None:
    """First month in which a hall of a type can stand at a site: it stands, is built or is converted; None where it never can."""
    cohorts = [cohort for cohort in world.cohorts.values() if cohort.site == site]
    months = [max(0, cohort.start) for cohort in cohorts if cohort.item == hall and cohort.end > 0]
    if world.allowed(hall, site):
        if world.halls[hall].buildable:
            months.append(held_from(world, site) + world.halls[hall].build_months)
        for row in world.conversions.values():
            if row.to_hall == hall and row.site in (None, site):
                given_up = [cohort.start for cohort in cohorts if cohort.item == row.from_hall]
                months += [max(row.build_months, start + row.off_months) for start in given_up]
    return min(months, default=None)
