"""HPC: own GPU clusters, the hours they sell and the money they make (section 5 of MATHS.md)."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from planner.check.book import Book
from planner.check.decisions import Domain, unbounded
from planner.check.exact import ZERO, exact, whole_below
from planner.check.ledger import Index
from planner.check.world import World


def _sold_absent(world: World, site: str, hall: str, gpu: str, period: str) -> str | None:
    return None if hall in world.hosts(site, world.gpus[gpu].product) else f"{hall} at {site} does not host {gpu}"


def _deployed_absent(world: World, site: str, hall: str, gpu: str, period: str) -> str | None:
    early = world.gpus[gpu].lead_months - world.calendar.by_label[period].first
    if early > 0:
        return f"it would be ordered {early} months before the plan starts"
    return _sold_absent(world, site, hall, gpu, period)


def _deployed_bound(world: World, site: str, hall: str, gpu: str, period: str) -> Fraction:
    return Fraction(whole_below(exact(world.sites[site].land_it_mw) / exact(world.gpus[gpu].cluster_it_mw)))


DOMAINS = {
    "deployed_clusters": Domain(_deployed_absent, _deployed_bound),
    "sold_mw": Domain(_sold_absent, unbounded),
}


def account(book: Book) -> None:
    """State (5.3), own draws, and the money of clusters."""
    _post_clusters(book)
    _post_sales(book)


def _life(world: World, gpu: str, period: str) -> tuple[int, int]:
    first = world.calendar.by_label[period].first
    return first, first + world.gpus[gpu].life_months


def _post_clusters(book: Book) -> None:
    world = book.world
    for (site, hall, gpu, period), clusters in book.decided("deployed_clusters"):
        row, t = world.gpus[gpu], world.calendar.by_label[period]
        mw, (first, end) = exact(row.cluster_it_mw) * clusters, _life(world, gpu, period)
        for u, _ in world.calendar.overlapped(first, end):
            book.add("cluster_mw", (site, hall, u.label), mw)
            yearly = exact(row.opex_musd_per_mw_year) * mw * u.share(first, end)
            book.post("operating", "gpu", gpu, site, u.label, yearly * u.length_years * world.growth(u))
        price = exact(row.capex_musd_per_mw) * mw
        payments = world.calendar.deposit_profile(t, row.lead_months, exact(row.deposit_fraction))
        book.post_asset("gpu", gpu, site, price, payments, t, row.tax_life_months)
        left = Fraction(max(0, end - world.calendar.horizon), row.life_months)
        book.post("terminal", "gpu", gpu, site, "", price * exact(row.residual_fraction) * left)


def _post_sales(book: Book) -> None:
    world = book.world
    for (site, hall, gpu, period), mw in book.decided("sold_mw"):
        row, u = world.gpus[gpu], world.calendar.by_label[period]
        gpu_hours = mw * exact(row.gpus_per_mw) * exact(row.utilisation_fraction) * u.hours
        book.post("revenue", "gpu", gpu, site, period, gpu_hours * world.gpu_market(gpu, u)[0] / 1_000_000)
        facility_mw = exact(world.halls[hall].pue_average) * exact(row.load_factor_fraction) * mw
        for block in world.blocks[site]:
            book.draw(site, u, block, gpu, facility_mw)


def check(book: Book) -> None:
    """Rows (5.4) and (5.5)."""
    world = book.world
    owned = _average_mw(book)
    sold: defaultdict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for index, mw in book.decided("sold_mw"):
        _, _, gpu, period = index
        sold[gpu, period] += mw
        book.at_most("5.4", index, mw, owned.get(index, ZERO))
    for (gpu, period), mw in sold.items():
        most = world.gpu_market(gpu, world.calendar.by_label[period])[1]
        book.at_most("5.5", (gpu, period), mw, most)


def _average_mw(book: Book) -> dict[Index, Fraction]:
    """MW of clusters in service by site, hall, gpu and period, mean over the period."""
    world = book.world
    owned: defaultdict[Index, Fraction] = defaultdict(Fraction)
    for (site, hall, gpu, period), clusters in book.decided("deployed_clusters"):
        first, end = _life(world, gpu, period)
        for u, _ in world.calendar.overlapped(first, end):
            owned[site, hall, gpu, u.label] += exact(world.gpus[gpu].cluster_it_mw) * clusters * u.share(first, end)
    return owned
