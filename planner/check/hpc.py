"""HPC: own GPU clusters, standing or deployed, the hours they sell and the money they make (section 5 of MATHS.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from planner.check.book import Book
from planner.check.decisions import Domain, unbounded
from planner.check.exact import ZERO, exact, whole_below
from planner.check.ledger import Index
from planner.check.world import World
from planner_models.rows import Gpu


@dataclass(frozen=True)
class Clusters:
    """Clusters of one model in one hall type that are in service in months [start, end); `mw` is IT MW of all of them."""

    site: str
    hall: str
    gpu: Gpu
    mw: Fraction
    start: int
    end: int


def _sold_absent(world: World, site: str, hall: str, gpu: str, period: str) -> str | None:
    return None if hall in world.hosts(site, world.gpus[gpu].product) else f"{hall} at {site} does not host {gpu}"


def _deployed_absent(world: World, site: str, hall: str, gpu: str, period: str) -> str | None:
    row = world.gpus[gpu]
    return world.unordered(period, row.lead_months, row) or _sold_absent(world, site, hall, gpu, period)


def _deployed_bound(world: World, site: str, hall: str, gpu: str, period: str) -> Fraction:
    return Fraction(whole_below(exact(world.sites[site].land_it_mw) / exact(world.gpus[gpu].cluster_it_mw)))


DOMAINS = {
    "deployed_clusters": Domain(_deployed_absent, _deployed_bound),
    "sold_mw": Domain(_sold_absent, unbounded),
}


def _standing(book: Book) -> Iterator[Clusters]:
    for row in book.world.clusters.values():
        gpu = book.world.gpus[row.item]
        yield Clusters(row.site, row.hall, gpu, exact(gpu.cluster_it_mw) * book.coming(row), row.start, row.end)


def _deployed(book: Book) -> Iterator[Clusters]:
    for (site, hall, item, period), count in book.decided("deployed_clusters"):
        gpu, first = book.world.gpus[item], book.world.calendar.by_label[period].first
        yield Clusters(site, hall, gpu, exact(gpu.cluster_it_mw) * count, first, first + gpu.life_months)


def account(book: Book) -> None:
    """State (5.3), own draws, and the money of clusters."""
    for clusters in (*_standing(book), *_deployed(book)):
        _post_service(book, clusters)
    _post_orders(book)
    _post_sales(book)


def _post_service(book: Book, clusters: Clusters) -> None:
    """What clusters occupy and cost to operate while in service, and what they are worth at the horizon."""
    world, gpu = book.world, clusters.gpu
    for u, _ in world.calendar.overlapped(clusters.start, clusters.end):
        book.add("cluster_mw", (clusters.site, clusters.hall, u.label), clusters.mw)
        yearly = exact(gpu.opex_musd_per_mw_year) * clusters.mw * u.share(clusters.start, clusters.end)
        book.post("operating", "gpu", gpu.id, clusters.site, u.label, yearly * u.length_years * world.growth(u))
    left = world.residual_fraction(gpu.id, clusters.end - world.calendar.horizon)
    book.post("terminal", "gpu", gpu.id, clusters.site, "", exact(gpu.capex_musd_per_mw) * clusters.mw * left)


def _post_orders(book: Book) -> None:
    world = book.world
    for (site, _, item, period), count in book.decided("deployed_clusters"):
        gpu, t = world.gpus[item], world.calendar.by_label[period]
        price = exact(gpu.capex_musd_per_mw) * exact(gpu.cluster_it_mw) * count
        payments = world.calendar.deposit_profile(t, gpu.lead_months, exact(gpu.deposit_fraction))
        book.post_asset("gpu", item, site, price, payments, t, gpu.tax_life_months)


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
    """Rows (5.4), with what compute contracts take, and (5.5)."""
    world = book.world
    ready = _ready_mw(book)
    sold: defaultdict[tuple[str, str], Fraction] = defaultdict(Fraction)
    taken = dict(book.decided("sold_mw"))
    for (_, _, gpu, period), mw in taken.items():
        sold[_market(world.gpus[gpu]), period] += mw
    for index in dict.fromkeys((*taken, *book.indices("contracted_mw"))):
        used = taken.get(index, ZERO) + book.state("contracted_mw", *index)
        book.at_most("5.4", index, used, ready.get(index, ZERO))
    for (market, period), mw in sold.items():
        sellers = [gpu for gpu, row in world.gpus.items() if _market(row) == market]
        most = max(world.gpu_market(gpu, world.calendar.by_label[period])[1] for gpu in sellers)
        book.at_most("5.5", (market, period), mw, most)


def _market(gpu: Gpu) -> str:
    """The market in which the hours of a model are sold: its own, or one with other models."""
    return gpu.market or gpu.id


def _ready_mw(book: Book) -> dict[Index, Fraction]:
    """MW of clusters with hours to sell by site, hall, gpu and period, mean over the period: none before their months to revenue."""
    ready: defaultdict[Index, Fraction] = defaultdict(Fraction)
    for clusters in (*_standing(book), *_deployed(book)):
        start = clusters.start + clusters.gpu.months_to_revenue
        for u, _ in book.world.calendar.overlapped(start, clusters.end):
            ready[clusters.site, clusters.hall, clusters.gpu.id, u.label] += clusters.mw * u.share(start, clusters.end)
    return ready
