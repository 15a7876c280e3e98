"""Hashing: machines bought, hosted and run, what they stand at and are worth, and the money of mining (section 3 of MATHS.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from planner.check.bitcoin import hashprice
from planner.check.book import Book
from planner.check.decisions import Domain, unbounded
from planner.check.exact import TOLERANCE, ZERO, amount_words, exact, whole_above
from planner.check.ledger import Index
from planner.check.world import World


def bought_absent(world: World, site: str, asic: str, period: str) -> str | None:
    """Why machines may not be bought for service at a site from the start of a period; None if they may be."""
    row = world.asics[asic]
    if not row.buyable or not world.hosts(site, row.product):
        return f"{asic} may not be bought at {site}"
    return world.unordered(period, row.lead_months, row)


def _most_bought_mw(world: World, site: str, asic: str) -> Fraction:
    """As many machines as the land holds; of those that come in lots, whole lots up to the first that fills it."""
    land, lot = exact(world.sites[site].land_it_mw), world.asics[asic].lot_mw
    return land if lot is None else exact(lot) * whole_above(land / exact(lot))


def _hosted_absent(world: World, site: str, hall: str, asic: str, period: str) -> str | None:
    if hall not in world.hosts(site, world.asics[asic].product):
        return f"{hall} at {site} does not host {asic}"
    return None if asic in world.asics_at[site] else f"{asic} can not be at {site}"


def _run_absent(world: World, site: str, hall: str, asic: str, period: str, block: str) -> str | None:
    if block not in world.blocks[site]:
        return f"the market of {site} has no block {block}"
    return _hosted_absent(world, site, hall, asic, period)


DOMAINS = {
    "bought_mw": Domain(bought_absent, lambda world, site, asic, period: _most_bought_mw(world, site, asic)),
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
    """Rows (3.5)-(3.8) and (11.14)."""
    hosted: defaultdict[Index, Fraction] = defaultdict(Fraction)
    for (site, _, asic, period), mw in book.decided("hosted_mw"):
        hosted[site, asic, period] += mw
    for place, mw in hosted.items():
        owned = book.state("installed_mw", *place)
        book.at_most("3.5", place, mw, owned)
    for index, mw in book.decided("run_mw"):
        most = exact(book.world.asics[index[2]].uptime_fraction) * book.decision("hosted_mw", *index[:4])
        book.at_most("3.6", index, mw, most)
    _check_stops(book)
    _check_lots(book)
    for index, mw in book.decided("bought_mw"):
        site, asic, period = index
        if book.world.on_offer(site) or book.world.for_sale(site):
            book.at_most("11.14", index, mw, _most_bought_mw(book.world, site, asic) * book.held(site, period))


def _check_stops(book: Book) -> None:
    """What operations fail to stop runs in every block, whether the plan has a decision there or not."""
    for (site, hall, asic, period), mw in book.decided("hosted_mw"):
        missed = 1 - exact(book.world.sites[site].capture_fraction)
        for block in book.world.blocks[site] if missed else ():
            least = missed * exact(book.world.asics[asic].uptime_fraction) * mw
            index = (site, hall, asic, period, block)
            book.at_least("3.7", index, book.decision("run_mw", *index), least)


def _check_lots(book: Book) -> None:
    for index, mw in book.decided("bought_mw"):
        if (size := book.world.asics[index[1]].lot_mw) is None:
            continue
        lot = exact(size)
        if (off := abs(mw - lot * round(mw / lot))) > TOLERANCE:
            bought = f"{', '.join(index)}: the plan buys {amount_words(mw)} MW"
            book.blame("3.8", index, off, f"{bought}, which is no whole number of lots of {amount_words(lot)} MW.")


def _spans(book: Book) -> Iterator[tuple[str, str, int, int, Fraction]]:
    """Site, machine, the months in which they are there, and how many MW; what leaves is negative from then to the end of its life."""
    world, first = book.world, {u.label: u.first for u in book.world.periods}
    for fleet in world.fleets.values():
        yield fleet.site, fleet.item, fleet.start, fleet.end, book.coming(fleet)
    for (site, asic, period), mw in book.decided("bought_mw"):
        yield site, asic, first[period], first[period] + world.asics[asic].life_months, mw
    for family, sign in (("placed_mw", 1), ("withdrawn_mw", -1), ("resold_mw", -1)):
        for (site, asic, end, period), mw in book.decided(family):
            yield site, asic, first[period], world.ends[end], sign * mw


def _install(book: Book) -> None:
    world = book.world
    spans: dict[tuple[str, str], defaultdict[tuple[int, int], Fraction]]
    spans = {(s, m): defaultdict(Fraction) for s in world.sites for m in world.asics_at[s]}
    for site, asic, start, end, mw in _spans(book):
        spans[site, asic][start, end] += mw
    for place, intervals in spans.items():
        for u in world.periods:
            book.add("installed_mw", (*place, u.label), sum((mw * u.share(*ab) for ab, mw in intervals.items()), ZERO))


def _post_running(book: Book) -> None:
    world = book.world
    for (site, hall, asic, period, block), mw in book.decided("run_mw"):
        row, u = world.asics[asic], world.calendar.by_label[period]
        mwh = mw * world.block_hours(site, block, u)
        usd_per_mwh = book.state("hashprice", period) * ph_days_per_mwh(exact(row.j_per_th)) * (1 - exact(row.pool_fee_fraction))
        book.post("revenue", "hashing", asic, site, period, mwh * usd_per_mwh / 1_000_000)
        book.post("operating", "hashing", asic, site, period, mwh * exact(row.opex_usd_per_mwh) * world.growth(u) / 1_000_000)
        book.draw(site, u, block, asic, exact(world.halls[hall].pue_average) * mw)


def ph_days_per_mwh(j_per_th: Fraction) -> Fraction:
    """Days of a PH/s that a MWh runs: 1 MW is 1e3 / (J/TH) PH/s, and a MWh is 1/24 of a day of it."""
    return 1000 / (24 * j_per_th)


def price_musd_per_mw(world: World, asic: str, month: int) -> Fraction:
    """M$ per MW of machines ordered in a month: 1 MW is 1e6 / (J/TH) terahashes per second."""
    return world.asic_usd_per_th(asic, month) / exact(world.asics[asic].j_per_th)


def residual_musd_per_mw(world: World, asic: str, end: int) -> Fraction:
    """What a MW of machines whose life ends in a month is worth at the horizon, at the price of that day."""
    horizon = world.calendar.horizon
    return price_musd_per_mw(world, asic, horizon) * world.residual_fraction(asic, end - horizon)


def _post_machines(book: Book) -> None:
    world = book.world
    for fleet in world.fleets.values():
        worth = residual_musd_per_mw(world, fleet.item, fleet.end) * book.coming(fleet)
        book.post("terminal", "asic", fleet.item, fleet.site, "", worth)
    for (site, asic, period), mw in book.decided("bought_mw"):
        row, t = world.asics[asic], world.calendar.by_label[period]
        payments = world.calendar.deposit_profile(t, row.lead_months, exact(row.deposit_fraction))
        price = price_musd_per_mw(world, asic, t.first - row.lead_months) * mw
        book.post_asset("asic", asic, site, price, payments, t, row.tax_life_months)
        book.post("terminal", "asic", asic, site, "", residual_musd_per_mw(world, asic, t.first + row.life_months) * mw)
