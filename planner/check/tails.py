"""Tails: what leases that outlive the plan are worth at the horizon, capitalised or month by month (section 4 of MATHS.md)."""

from __future__ import annotations

from fractions import Fraction

from planner.check.book import Book
from planner.check.exact import ZERO, discount_factor, exact
from planner.check.halls import property_tax_musd
from planner.check.placements import Placement
from planner.check.world import World
from planner_models.rows import Lease


def post_terminal(book: Book, place: Placement) -> Fraction:
    """State (4.9) and the terminal value of a placement, M$; zero for one that ends with the plan or before."""
    calendar = book.world.calendar
    if not calendar.beyond(place.start, place.end):
        return ZERO
    if _capitalised(book.world, place):
        book.add("capitalised_mw", (place.site, place.hall.id), place.mw)
        months = range(max(calendar.horizon - 12, place.start), calendar.horizon)
        yearly = sum((_noi(book, place, month) for month in months), ZERO) / len(months) * 12
        cap_rate = _cap_rate(book.world, place.lease)
        worth = yearly / cap_rate if cap_rate else ZERO
    else:
        rate = book.world.instance.finance.discount_rate_fraction
        ahead = enumerate(range(calendar.horizon, place.end))
        worth = sum((_noi(book, place, month) * discount_factor(rate, j + 0.5) for j, month in ahead), ZERO)
    book.post("terminal", "lease", place.lease.id, place.site, "", worth)
    return worth


def _capitalised(world: World, place: Placement) -> bool:
    finance, left = world.instance.finance, place.end - world.calendar.horizon
    return finance.terminal_method == "cap_rate" and left >= finance.capitalised_from_months


def _cap_rate(world: World, lease: Lease) -> Fraction:
    """Yield at which a lease is valued, its own or that of its tier; zero where neither is given."""
    if lease.cap_rate_fraction is not None:
        return exact(lease.cap_rate_fraction)
    tier = world.tiers.get(lease.tier or "")
    return exact(tier.cap_rate_fraction) if tier else ZERO


def _noi(book: Book, place: Placement, month: int) -> Fraction:
    """M$ of rent after costs in a month, less upkeep (at the last cost level) and property tax of the modules that it fills.

    Of these a triple net tenant bears the part for which it pays.
    """
    upkeep = exact(place.hall.fixed_cost_musd_per_module_year) * book.world.growth(book.world.periods[-1])
    yearly = upkeep + property_tax_musd(book.world, place.site, place.hall)
    own = 1 - place.share_paying(month) if place.lease.kind == "triple_net" else Fraction(1)
    return place.rent(month) * (1 - exact(place.lease.cost_fraction)) - place.mw / exact(place.hall.module_it_mw) * yearly / 12 * own
