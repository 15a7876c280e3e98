"""Hashing: machines bought, hosted and run, what a day of the network pays, and the money of mining (section 3 of MATHS.md)."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from fractions import Fraction
from itertools import pairwise

from planner.check.book import Book
from planner.check.calendar import Period
from planner.check.decisions import Domain, unbounded
from planner.check.exact import ZERO, exact
from planner.check.world import World

BLOCKS_PER_DAY = 144
FIRST_SUBSIDY_BTC = 50
HASHPRICE_DIGITS = 24
"""A period's hashprice is rounded once to this many decimals of a dollar, so that a deck with a row per day keeps fractions short."""


def _bought_absent(world: World, site: str, asic: str, period: str) -> str | None:
    row, t = world.asics[asic], world.calendar.by_label[period]
    if not row.buyable or not world.hosts(site, row.product):
        return f"{asic} may not be bought at {site}"
    return None if t.first >= row.lead_months else f"it would be ordered {row.lead_months - t.first} months before the plan starts"


def _hosted_absent(world: World, site: str, hall: str, asic: str, period: str) -> str | None:
    if hall not in world.hosts(site, world.asics[asic].product):
        return f"{hall} at {site} does not host {asic}"
    return None if asic in world.asics_at[site] else f"{asic} can not be at {site}"


def _run_absent(world: World, site: str, hall: str, asic: str, period: str, block: str) -> str | None:
    if block not in world.blocks[site]:
        return f"the market of {site} has no block {block}"
    return _hosted_absent(world, site, hall, asic, period)


DOMAINS = {
    "bought_mw": Domain(_bought_absent, lambda world, site, asic, period: exact(world.sites[site].land_it_mw)),
    "hosted_mw": Domain(_hosted_absent, unbounded),
    "run_mw": Domain(_run_absent, unbounded),
}


def account(book: Book) -> None:
    """States (3.4), (10.2), own draws, hashprice and the money of mining."""
    for u in book.world.periods:
        book.add("hashprice", (u.label,), hashprice(book.world, u))
    _install(book)
    for (site, hall, _, period), mw in book.decided("hosted_mw"):
        book.add("movable_mw", (site, hall, period), mw)
    _post_running(book)
    _post_machines(book)


def check(book: Book) -> None:
    """Rows (3.5) and (3.6)."""
    hosted: defaultdict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
    for (site, _, asic, period), mw in book.decided("hosted_mw"):
        hosted[site, asic, period] += mw
    for place, mw in hosted.items():
        owned = book.state("installed_mw", *place)
        book.at_most("3.5", place, mw, owned)
    for index, mw in book.decided("run_mw"):
        most = exact(book.world.asics[index[2]].uptime_fraction) * book.decision("hosted_mw", *index[:4])
        book.at_most("3.6", index, mw, most)


def hashprice(world: World, period: Period) -> Fraction:
    """Mean over the days of a period of USD per PH/s and day; a day before the first row of `btc` counts 0."""
    rows = sorted(world.instance.btc, key=lambda row: row.from_day)
    starts = [row.from_day.toordinal() for row in rows]
    halvings = sorted(day.toordinal() for day in world.instance.halvings)
    first, end = period.first_day, period.first_day + period.days
    edges = sorted({first, end, *(day for day in [*starts, *halvings] if first < day < end)})
    total = ZERO
    for day, stop in pairwise(edges):
        if held := bisect_right(starts, day):
            row, subsidy = rows[held - 1], Fraction(FIRST_SUBSIDY_BTC, 2 ** bisect_right(halvings, day))
            network_ph = exact(row.network_eh) * 1000
            total += (stop - day) * exact(row.btc_usd) * subsidy * BLOCKS_PER_DAY / (network_ph * (1 - exact(row.fee_fraction)))
    return round(total / period.days, HASHPRICE_DIGITS)


def _install(book: Book) -> None:
    world = book.world
    spans: dict[tuple[str, str], defaultdict[tuple[int, int], Fraction]]
    spans = {(s, m): defaultdict(Fraction) for s in world.sites for m in world.asics_at[s]}
    for fleet in world.fleets.values():
        spans[fleet.site, fleet.item][fleet.start, fleet.end] += fleet.size
    for (site, asic, period), mw in book.decided("bought_mw"):
        first = world.calendar.by_label[period].first
        spans[site, asic][first, first + world.asics[asic].life_months] += mw
    for place, intervals in spans.items():
        for u in world.periods:
            book.add("installed_mw", (*place, u.label), sum((mw * u.share(*ab) for ab, mw in intervals.items()), ZERO))


def _post_running(book: Book) -> None:
    world = book.world
    for (site, hall, asic, period, block), mw in book.decided("run_mw"):
        row, u = world.asics[asic], world.calendar.by_label[period]
        mwh = mw * u.hours * world.price(site, block, u)[0]
        usd_per_mwh = book.state("hashprice", period) / (exact(row.j_per_th) * 24 / 1000) * (1 - exact(row.pool_fee_fraction))
        book.post("revenue", "hashing", asic, site, period, mwh * usd_per_mwh / 1_000_000)
        book.post("operating", "hashing", asic, site, period, mwh * exact(row.opex_usd_per_mwh) * world.growth(u) / 1_000_000)
        book.draw(site, u, block, asic, exact(world.halls[hall].pue_average) * mw)


def price_musd_per_mw(world: World, asic: str) -> Fraction:
    """M$ per MW of machines: 1 MW is 1e6 / (J/TH) terahashes per second."""
    return exact(world.asics[asic].usd_per_th) / exact(world.asics[asic].j_per_th)


def _post_machines(book: Book) -> None:
    world = book.world
    for fleet in world.fleets.values():
        _post_residual(book, fleet.site, fleet.item, fleet.size, fleet.end)
    for (site, asic, period), mw in book.decided("bought_mw"):
        row, t = world.asics[asic], world.calendar.by_label[period]
        payments = world.calendar.deposit_profile(t, row.lead_months, exact(row.deposit_fraction))
        book.post_asset("asic", asic, site, price_musd_per_mw(world, asic) * mw, payments, t, row.tax_life_months)
        _post_residual(book, site, asic, mw, t.first + row.life_months)


def _post_residual(book: Book, site: str, asic: str, mw: Fraction, end: int) -> None:
    row, left = book.world.asics[asic], max(0, end - book.world.calendar.horizon)
    worth = price_musd_per_mw(book.world, asic) * exact(row.residual_fraction) * min(Fraction(1), Fraction(left, row.life_months))
    book.post("terminal", "asic", asic, site, "", worth * mw)
