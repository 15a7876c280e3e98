"""IT MW and facility MW by site, period and use; the uses and what is idle add up to the halls that stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from planner.check.calendar import Period
from planner.check.exact import ZERO, exact
from planner.check.world import Standing, World
from planner.tables.book import Book
from planner.tables.frame import Column, Frame, Row, text
from planner_models.rows import Hosting

Use = tuple[str, bool]

Leased = dict[tuple[str, str, str, bool], Fraction]
Place = tuple[str, str, str]
"""Site, hall type, label of the period."""

USES: tuple[Use, ...] = (
    ("hashing", False), ("hosting", False), ("colocation", True), ("colocation", False), ("hpc", False), ("idle", False),
)  # fmt: skip
"""Every use with whether a tenant has signed for it, in the order of the table."""

FRAME = Frame(
    "allocation",
    "MW of every site and period by use. `it_mw` adds up to the halls that stand (mean of the period), `facility_mw` to the site's load.",
    (
        text("site", "Site."),
        text("period", "Period."),
        text(
            "use",
            "hashing (own mining machines), hosting (machines of others), colocation (tenants), hpc (own GPU clusters) or idle (halls "
            "without use).",
        ),
        Column("contracted", "True for leases of stage signed; False for leases still to be signed and for everything else.", "flag"),
        Column("it_mw", "IT MW: peak of the period for tenants and clusters, mean for machines; idle is what is left of the halls."),
        Column("facility_mw", "MW at design peak (IT MW x PUE); idle halls draw nothing."),
    ),
)


def rows(book: Book) -> Iterator[Row]:
    """Six rows per site and period."""
    leased, guests = _leased(book), _guests(book)
    for site in book.world.sites:
        for period in book.periods:
            it_mw, facility_mw = _uses(book, leased, guests, site, period)
            for use in USES:
                name, contracted = use
                yield {
                    "site": site, "period": period.label, "use": name, "contracted": contracted,
                    "it_mw": it_mw[use], "facility_mw": facility_mw[use],
                }  # fmt: skip


def _leased(book: Book) -> Leased:
    """Leased IT MW by site, hall, period and whether the tenant has signed."""
    mw: Leased = {}
    for place in book.placements:
        for period, _ in book.calendar.overlapped(place.start, place.end):
            key = (place.site, place.hall.id, period.label, place.lease.stage == "signed")
            mw[key] = mw.get(key, ZERO) + place.most_mw(period)
    return mw


def _guests(book: Book) -> Mapping[Place, Fraction]:
    """IT MW of machines of others by site, hall and period."""
    mw: dict[Place, Fraction] = defaultdict(Fraction)
    for (name, hall, period), value in book.decisions("guest_mw"):
        mw[book.world.hosting[name].site, hall, period] += value
    return mw


def _uses(
    book: Book, leased: Leased, guests: Mapping[Place, Fraction], site: str, period: Period
) -> tuple[dict[Use, Fraction], dict[Use, Fraction]]:
    """IT MW and facility MW of a site and period by use."""
    it_mw, facility_mw = dict.fromkeys(USES, ZERO), dict.fromkeys(USES, ZERO)
    for name in book.world.halls_at[site]:
        hall, index = book.world.halls[name], (site, name, period.label)
        used = {
            ("hashing", False): book.state("movable_mw", *index) - guests.get(index, ZERO),
            ("hosting", False): guests.get(index, ZERO),
            ("colocation", True): leased.get((*index, True), ZERO),
            ("colocation", False): leased.get((*index, False), ZERO),
            ("hpc", False): book.state("cluster_mw", *index),
        }
        for use, mw in used.items():
            if mw:
                it_mw[use] += mw
                facility_mw[use] += mw * exact(hall.pue_peak)
        it_mw["idle", False] += exact(hall.module_it_mw) * book.state("average_modules", *index) - sum(used.values(), ZERO)
    return it_mw, facility_mw


def opening_mw(world: World, begun: Iterable[tuple[str, str, Fraction]] = ()) -> dict[str, dict[str, Fraction]]:
    """IT MW by site of the halls that stand in the first month before any order, by use.

    `begun` are leases, with their sites and IT MW, that run in that month: they, then clusters, machines of others and own ones count
    as far as halls of their product stand.
    """
    room: dict[tuple[str, str], Fraction] = {}
    wanted: dict[str, dict[tuple[str, str], Fraction]] = {use: {} for use in ("colocation", "hpc", "hosting", "hashing")}
    for cohort in world.cohorts.values():
        hall = world.halls[cohort.item]
        _stand(room, cohort, hall.product, cohort.size * exact(hall.module_it_mw))
    for name, site, mw in begun:
        key = (site, world.leases[name].product)
        wanted["colocation"][key] = wanted["colocation"].get(key, ZERO) + mw
    for fleet in world.fleets.values():
        _stand(wanted["hashing"], fleet, world.asics[fleet.item].product, fleet.size)
    for cluster in world.clusters.values():
        gpu = world.gpus[cluster.item]
        _stand(wanted["hpc"], cluster, gpu.product, cluster.size * exact(gpu.cluster_it_mw))
    for row in world.hosting.values():
        if _runs(world, row):
            key = (row.site, row.product)
            wanted["hosting"][key] = wanted["hosting"].get(key, ZERO) + exact(row.it_mw)
    opening = {site: dict.fromkeys((*wanted, "idle"), ZERO) for site in world.sites}
    for (site, product), mw in room.items():
        for use, asked in wanted.items():
            used = min(mw, asked.get((site, product), ZERO))
            opening[site][use] += used
            mw -= used
        opening[site]["idle"] += mw
    return opening


def _stand(sums: dict[tuple[str, str], Fraction], thing: Standing, product: str, mw: Fraction) -> None:
    """Add the MW of what works in the first month."""
    if thing.start <= 0 < thing.end:
        key = (thing.site, product)
        sums[key] = sums.get(key, ZERO) + mw


def _runs(world: World, row: Hosting) -> bool:
    """Whether a hosting contract runs in the first month."""
    month = world.calendar.month
    return month(row.from_month) <= 0 and (row.to_month is None or month(row.to_month) > 0)
