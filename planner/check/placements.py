"""Placements: blocks of a lease that the plan starts in a hall type, what they occupy and pay by month (section 4 of MATHS.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from planner.check.book import Book
from planner.check.calendar import Period
from planner.check.deals import start_month
from planner.check.exact import ZERO, exact, whole_below
from planner.check.world import World
from planner_models.rows import Hall, Lease


@dataclass(frozen=True)
class Placement:
    """`count` blocks of a lease that start together; `rent_musd_per_month` is that of all of them, in full, in the first lease year."""

    lease: Lease
    hall: Hall
    site: str
    period: str
    start: int
    count: Fraction
    tranches: tuple[tuple[int, Fraction], ...]
    rent_musd_per_month: Fraction

    @property
    def term_end(self) -> int:
        """The month after the last of the term."""
        return self.start + self.lease.term_months

    @property
    def end(self) -> int:
        """The month until which halls are held: the term, and the months by which the tenant may renew."""
        return self.term_end + self.lease.renewal_months

    @property
    def mw(self) -> Fraction:
        """IT MW that it takes once all tranches are there."""
        return block_mw(self.lease) * self.count

    def most_mw(self, u: Period) -> Fraction:
        """IT MW that may be there in a period, at most."""
        return self.mw * self.share_held(u)

    def share_held(self, u: Period) -> Fraction:
        """Share of the MW that may be there in a period, at most: ψ of section 4."""
        return sum((share * u.touched(self.start + after, self.end) for after, share in self.tranches), ZERO)

    def share_drawing(self, u: Period) -> Fraction:
        """Share of the MW that draws power, mean over a period; after the term as likely as the renewal."""
        within = sum((share * u.share(self.start + after, self.term_end) for after, share in self.tranches), ZERO)
        return within + exact(self.lease.renewal_probability_fraction) * u.share(self.term_end, self.end)

    def share_paying(self, month: int) -> Fraction:
        """Share of the MW that pays in a month: F of section 4."""
        if not self.start <= month < self.end:
            return ZERO
        there = sum((share for after, share in self.tranches if month >= self.start + after), ZERO)
        return there if month < self.term_end else there * exact(self.lease.renewal_probability_fraction)

    def rent(self, month: int) -> Fraction:
        """M$ of rent in a month of the plan, escalated by whole years since the start."""
        growth: Fraction = (1 + exact(self.lease.escalator_fraction)) ** ((month - self.start) // 12)
        return self.rent_musd_per_month * self.share_paying(month) * growth

    def period_rent(self, u: Period) -> Fraction:
        """M$ of rent in a period."""
        return sum((self.rent(month) for month in self.months(u)), ZERO)

    def months(self, u: Period) -> range:
        """The months of a period from its start to its end."""
        return range(max(self.start, u.first), min(self.end, u.end))


def blocks(lease: Lease) -> int:
    """How many equal blocks a lease is for."""
    return 1 if lease.block_it_mw is None else whole_below(exact(lease.it_mw) / exact(lease.block_it_mw))


def block_mw(lease: Lease) -> Fraction:
    """IT MW of one block."""
    return exact(lease.it_mw if lease.block_it_mw is None else lease.block_it_mw)


def placements(book: Book) -> Iterator[Placement]:
    """Every start of blocks that the plan decides."""
    world = book.world
    for (lease, site, hall, period), count in book.decided("started"):
        row, adder = world.leases[lease], world.lease_sites[lease, site].rent_adder_usd_per_kw_month
        rent = block_mw(row) * count * (exact(row.rent_usd_per_kw_month) + exact(adder)) / 1000
        start = start_month(world, row, period)
        yield Placement(row, world.halls[hall], site, period, start, count, _tranches(world, lease), rent)


def _tranches(world: World, lease: str) -> tuple[tuple[int, Fraction], ...]:
    """Months from the start of a lease to each of its tranches, and their shares of its MW; all at once without rows."""
    rows = sorted((row.months, exact(row.fraction)) for row in world.instance.lease_deliveries if row.lease == lease)
    return tuple(rows) or ((0, Fraction(1)),)
