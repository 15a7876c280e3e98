"""Fleets: machines resold, withdrawn to the company's pool and placed from it, by the month in which their life ends (section 14)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from planner.check.book import Book
from planner.check.decisions import Domain, unbounded
from planner.check.exact import ZERO, exact
from planner.check.hashing import bought_absent, residual_musd_per_mw
from planner.check.ledger import Index
from planner.check.world import World

Flows = list[tuple[int, Fraction]]
"""MW by the month in which they move."""


def first_month(world: World, asic: str, end: str) -> int | None:
    """First month in which machines of a model whose life ends in a month can be in service; None where there are none such."""
    ends, life = world.ends[end], world.asics[asic].life_months
    months = [max(0, fleet.start) for fleet in world.fleets.values() if fleet.item == asic and fleet.end == ends]
    bought = [u for u in world.periods if u.first + life == ends]
    months += [u.first for u in bought if any(bought_absent(world, s, asic, u.label) is None for s in world.sites)]
    return min(months, default=None)


def _absent(world: World, site: str, asic: str, end: str, period: str) -> str | None:
    first, month = first_month(world, asic, end), world.calendar.by_label[period].first
    if asic not in world.asics_at[site]:
        return f"{asic} can not be at {site}"
    if first is None:
        return f"no {asic} ends its life in {end}"
    return None if first <= month < world.ends[end] else f"no {asic} that ends in {end} is in service at the start of {period}"


def _resale(world: World, asic: str, period: str) -> tuple[Fraction, Fraction]:
    """USD per TH/s that a used machine fetches at the start of a period, and MW that a year takes; both zero before the first row."""
    row = world.asic_market(asic, world.calendar.by_label[period].first)
    return (exact(row.resale_usd_per_th), exact(row.resale_mw_per_year)) if row else (ZERO, ZERO)


def _kept(world: World, asic: str, end: str, period: str) -> Fraction:
    """Share of the price of used machines that one fetches: less and less over the last months of its life."""
    months_left, fade_months = world.ends[end] - world.calendar.by_label[period].first, world.asics[asic].resale_fade_months
    return Fraction(months_left, fade_months) if months_left < fade_months else Fraction(1)


def _resold_absent(world: World, site: str, asic: str, end: str, period: str) -> str | None:
    if not all(_resale(world, asic, period)):
        return f"nobody buys used {asic} at the start of {period}"
    return _absent(world, site, asic, end, period)


def _withdrawn_absent(world: World, site: str, asic: str, end: str, period: str) -> str | None:
    if site not in world.moves:
        return f"machines do not move from and to {site}"
    return _absent(world, site, asic, end, period)


def _placed_absent(world: World, site: str, asic: str, end: str, period: str) -> str | None:
    if not world.hosts(site, world.asics[asic].product):
        return f"no hall at {site} hosts {asic}"
    return _withdrawn_absent(world, site, asic, end, period)


DOMAINS = {
    "resold_mw": Domain(_resold_absent, unbounded),
    "withdrawn_mw": Domain(_withdrawn_absent, unbounded),
    "placed_mw": Domain(_placed_absent, unbounded),
}


def account(book: Book) -> None:
    """The money of resale and moves; where machines are is state (3.4) of hashing."""
    world = book.world
    for (site, asic, end, period), mw in book.decided("resold_mw"):
        price = _resale(world, asic, period)[0] / exact(world.asics[asic].j_per_th) * _kept(world, asic, end, period)
        book.post("revenue", "resale", asic, site, period, price * mw)
        book.post("terminal", "asic", asic, site, "", -residual_musd_per_mw(world, asic, world.ends[end]) * mw)
    for (site, asic, _, period), mw in book.decided("withdrawn_mw"):
        book.post("operating", "move", asic, site, period, exact(world.moves[site].out_musd_per_mw) * mw)
    for (site, asic, _, period), mw in book.decided("placed_mw"):
        book.post("operating", "move", asic, site, period, exact(world.moves[site].in_musd_per_mw) * mw)


def check(book: Book) -> None:
    """Rows (14.4)-(14.6)."""
    _check_stock(book)
    _check_pool(book)
    _check_market(book)


def _flows(book: Book, *families: str) -> dict[Index, Flows]:
    """Decided MW of some families by site, machine and end of life."""
    first = {u.label: u.first for u in book.world.periods}
    flows: dict[Index, Flows] = {}
    for family in families:
        for (site, asic, end, period), mw in book.decided(family):
            flows.setdefault((site, asic, end), []).append((first[period], mw))
    return flows


def _until(flows: Flows, month: int) -> Fraction:
    return sum((mw for moved, mw in flows if moved <= month), ZERO)


def _periods(book: Book, *flows: Flows) -> Iterator[tuple[int, str]]:
    """The periods in which something moves, each with its first month: nothing else adds to what has left, so rows are held there."""
    months = {month for part in flows for month, _ in part}
    return ((u.first, u.label) for u in book.world.periods if u.first in months)


def _check_stock(book: Book) -> None:
    gone, placed = _flows(book, "resold_mw", "withdrawn_mw"), _flows(book, "placed_mw")
    for place in dict.fromkeys([*gone, *placed]):
        leaving, coming = gone.get(place, []), placed.get(place, [])
        for month, period in _periods(book, leaving, coming):
            away = _until(leaving, month) - _until(coming, month)
            book.at_most("14.4", (*place, period), away, _stock(book, place, month))


def _stock(book: Book, place: Index, month: int) -> Fraction:
    """MW of the fleets and purchases at a site that have this end of life and are in service by a month."""
    (site, asic, end), world = place, book.world
    ends, life = world.ends[end], world.asics[asic].life_months
    fleets = (fleet for fleet in world.fleets.values() if (fleet.site, fleet.item, fleet.end) == (site, asic, ends))
    bought = (u.label for u in world.periods if u.first <= month and u.first + life == ends)
    mw = sum((book.coming(fleet) for fleet in fleets if fleet.start <= month), ZERO)
    return mw + sum((book.decision("bought_mw", site, asic, period) for period in bought), ZERO)


def _check_pool(book: Book) -> None:
    coming: dict[Index, Flows] = {}
    arrived: dict[Index, Flows] = {}
    for (_, *alike), flows in _flows(book, "placed_mw").items():
        coming.setdefault(tuple(alike), []).extend(flows)
    for (site, *alike), flows in _flows(book, "withdrawn_mw").items():
        out_months = book.world.moves[site].out_months
        arrived.setdefault(tuple(alike), []).extend((month + out_months, mw) for month, mw in flows)
    for like, flows in coming.items():
        for month, period in _periods(book, flows):
            book.at_most("14.5", (*like, period), _until(flows, month), _until(arrived.get(like, []), month))


def _check_market(book: Book) -> None:
    resold: defaultdict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for (_, asic, _, period), mw in book.decided("resold_mw"):
        resold[asic, period] += mw
    for (asic, period), mw in resold.items():
        most = _resale(book.world, asic, period)[1] * book.world.calendar.by_label[period].length_years
        book.at_most("14.6", (asic, period), mw, most)
