"""Colocation leases: where and when they start, what they occupy, pay and are worth (section 4 of MATHS.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from planner.check.book import Book
from planner.check.calendar import Period
from planner.check.decisions import Domain
from planner.check.equipment import carried_mva, kinds, loaded_twice
from planner.check.exact import ZERO, discount_factor, exact, whole_above
from planner.check.halls import module_lives, property_tax_musd
from planner.check.world import World
from planner_models.rows import Hall, Lease


@dataclass(frozen=True)
class Placement:
    """A lease that the plan starts: `count` is 1 in a plan that keeps the rules."""

    lease: Lease
    hall: Hall
    site: str
    start: int
    count: Fraction
    rent_musd_per_month: Fraction

    @property
    def end(self) -> int:
        """The month after its last."""
        return self.start + self.lease.term_months

    @property
    def mw(self) -> Fraction:
        """IT MW that it takes."""
        return exact(self.lease.it_mw) * self.count

    def rent(self, month: int) -> Fraction:
        """M$ of rent in a month of the plan, escalated by whole years since delivery."""
        growth: Fraction = (1 + exact(self.lease.escalator_fraction)) ** ((month - self.start) // 12)
        return self.rent_musd_per_month * growth

    def period_rent(self, u: Period) -> Fraction:
        """M$ of rent in a period, lease year by lease year."""
        first, end = max(self.start, u.first), min(self.end, u.end)
        total = ZERO
        while first < end:
            stop = min(end, self.start + ((first - self.start) // 12 + 1) * 12)
            total += self.rent(first) * (stop - first)
            first = stop
        return total


def _started_absent(world: World, lease: str, site: str, hall: str, period: str) -> str | None:
    row, start, month = world.leases[lease], world.calendar.by_label[period].first, world.calendar.month
    if (lease, site) not in world.lease_sites or hall not in world.hosts(site, row.product):
        return f"{lease} does not accept {hall} at {site}"
    if row.earliest_start is not None and start < month(row.earliest_start):
        return f"the tenant takes nothing before {row.earliest_start:%Y-%m}"
    if row.drop_dead is not None and start > month(row.drop_dead):
        return f"delivery may not start after {row.drop_dead:%Y-%m}"
    return None


DOMAINS = {"started": Domain(_started_absent, lambda world, *index: Fraction(1))}


def placements(book: Book) -> Iterator[Placement]:
    """Every lease that the plan starts."""
    world = book.world
    for (lease, site, hall, period), count in book.decided("started"):
        row, adder = world.leases[lease], world.lease_sites[lease, site].rent_adder_usd_per_kw_month
        rent = exact(row.it_mw) * (exact(row.rent_usd_per_kw_month) + exact(adder)) / 1000
        yield Placement(row, world.halls[hall], site, world.calendar.by_label[period].first, count, rent * count)


def account(book: Book) -> None:
    """States (4.4) and (4.9), and the money of leases."""
    world = book.world
    for place in placements(book):
        for u, months in world.calendar.overlapped(place.start, place.end):
            if months:
                book.add("leased_mw", (place.site, place.hall.id, u.label), place.mw)
        _post_rent(book, place)
        _post_penalty(book, place)
        if world.calendar.beyond(place.start, place.end):
            _post_terminal(book, place)


def _post_rent(book: Book, place: Placement) -> None:
    for u, _ in book.world.calendar.overlapped(place.start, place.end):
        rent = place.period_rent(u)
        book.post("revenue", "lease", place.lease.id, place.site, u.label, rent)
        book.post("operating", "lease", place.lease.id, place.site, u.label, rent * exact(place.lease.cost_fraction))


def _post_penalty(book: Book, place: Placement) -> None:
    calendar, row = book.world.calendar, place.lease
    monthly = place.mw * exact(row.penalty_usd_per_mw_month) / 1_000_000
    for u, months in calendar.overlapped(calendar.month(row.ready_by), place.start):
        book.post("operating", "penalty", row.id, place.site, u.label, monthly * months)


def _post_terminal(book: Book, place: Placement) -> None:
    finance, horizon = book.world.instance.finance, book.world.calendar.horizon
    if finance.terminal_method == "cap_rate":
        book.add("capitalised_mw", (place.site, place.hall.id), place.mw)
        months = range(max(horizon - 12, place.start), horizon)
        yearly = sum((_noi(book, place, month) for month in months), ZERO) / len(months) * 12
        worth = yearly / exact(place.lease.cap_rate_fraction) if place.lease.cap_rate_fraction else ZERO
    else:
        rate = finance.discount_rate_fraction
        ahead = enumerate(range(horizon, place.end))
        worth = sum((_noi(book, place, month) * discount_factor(rate, j + 0.5) for j, month in ahead), ZERO)
    book.post("terminal", "lease", place.lease.id, place.site, "", worth)


def _noi(book: Book, place: Placement, month: int) -> Fraction:
    """M$ of rent after costs in a month, less upkeep (at the last cost level) and property tax of the modules that it fills."""
    upkeep = exact(place.hall.fixed_cost_musd_per_module_year) * book.world.growth(book.world.periods[-1])
    yearly = upkeep + property_tax_musd(book.world, place.site, place.hall)
    return place.rent(month) * (1 - exact(place.lease.cost_fraction)) - place.mw / exact(place.hall.module_it_mw) * yearly / 12


def check(book: Book) -> None:
    """Rows (4.2), (4.3) and (4.5)-(4.8)."""
    _check_choice(book)
    _check_cover(book)
    _check_tail(book)


def _check_choice(book: Book) -> None:
    starts: defaultdict[str, Fraction] = defaultdict(Fraction)
    for (lease, _, _, _), count in book.decided("started"):
        starts[lease] += count
    for lease, row in book.world.leases.items():
        if not row.mandatory:
            book.at_most("4.2", (lease,), starts[lease], Fraction(1))
        elif starts[lease] != 1:
            words = f"{lease}: the lease must start exactly once, the plan starts it {starts[lease]} times."
            book.blame("4.3", (lease,), abs(starts[lease] - 1), words)


def _check_cover(book: Book) -> None:
    world = book.world
    modules: defaultdict[tuple[str, str, str, str], Fraction] = defaultdict(Fraction)
    drawn_mw: defaultdict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
    loaded_mw: defaultdict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
    for place in placements(book):
        needed = whole_above(exact(place.lease.it_mw) / exact(place.hall.module_it_mw)) * place.count
        facility_mw = place.mw * exact(place.hall.pue_peak)
        for u, _ in world.calendar.overlapped(place.start, place.end):
            modules[place.lease.id, place.site, place.hall.id, u.label] += needed
            drawn_mw[place.lease.id, place.site, u.label] += facility_mw
            loaded_mw[place.lease.id, place.site, u.label] += facility_mw * (2 if loaded_twice(world, place.hall.id) else 1)
    for key, needed in modules.items():
        book.at_most("4.5", key, needed, book.state("full_modules", *key[1:]))
    for (lease, site, period), mw in drawn_mw.items():
        supply = book.state("grid_mw", site, period) + book.state("dependable_mw", site, period)
        book.at_most("4.6", (lease, site, period), mw, supply)
    for (lease, site, period), mw in loaded_mw.items():
        for kind in kinds(world):
            mva = mw / exact(world.sites[site].power_factor)
            book.at_most("4.7", (lease, site, kind, period), mva, carried_mva(book, site, kind, period))


def _check_tail(book: Book) -> None:
    horizon = book.world.calendar.horizon
    past = [place for place in placements(book) if book.world.calendar.beyond(place.start, place.end)]
    lives = module_lives(book)
    for site, hall, end in dict.fromkeys((place.site, place.hall.id, place.end) for place in past):
        running = sum((place.mw for place in past if (place.site, place.hall.id) == (site, hall) and place.end >= end), ZERO)
        lasting = sum((n for (a, b), n in lives[site, hall].items() if a < horizon and b >= end), ZERO)
        book.at_most("4.8", (site, hall, str(end)), running, exact(book.world.halls[hall].module_it_mw) * lasting)
