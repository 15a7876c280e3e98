"""The energy that mining machines could draw, each MWh used once: hashed, curtailed, resold, registered for demand response, or down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from planner.check.exact import ZERO, exact
from planner.tables.book import Book
from planner.tables.frame import Column, Frame, Row, text

FRAME = Frame(
    "mining_energy",
    "What becomes of each MWh that the own mining machines plugged in could draw, PUE included. "
    "It adds up: available = hashed + curtailed + resold + registered + down.",
    (
        text("site", "Site with a hall for mining machines."),
        text("period", "Period."),
        text("block", "Block of hours."),
        Column("available_mwh", "What the machines plugged in would draw in all hours."),
        Column("hashed_mwh", "Drawn by machines that hash."),
        Column("curtailed_mwh", "Not bought: the machines stand still for the price."),
        Column("resold_mwh", "The machines stand still and PPA energy of the site is resold instead, as far as it is."),
        Column("registered_mwh", "Kept off for demand response."),
        Column("down_mwh", "Machines under repair: 1 less their uptime."),
    ),
)

Place = tuple[str, str, str]
"""Site, label of the period, block."""


def rows(book: Book) -> Iterator[Row]:
    """One row per site where mining machines may be plugged in, period and block."""
    hashed, registered = _hashed_mw(book), _registered_mw(book)
    plugged, down = _plugged_mw(book)
    for site, asics in book.world.asics_at.items():
        if not any(book.world.hosts(site, book.world.asics[asic].product) for asic in asics):
            continue
        for period in book.periods:
            here = (site, period.label)
            for block, hours in book.blocks(site, period):
                place = (*here, block)
                stopped = plugged[here] - down[here] - hashed[place] - registered[place]
                resold = min(max(stopped, ZERO), book.of_ppa.get(("remarketed_mw", *place), ZERO))
                yield {
                    "site": site, "period": period.label, "block": block,
                    "available_mwh": plugged[here] * hours,
                    "hashed_mwh": hashed[place] * hours,
                    "curtailed_mwh": (stopped - resold) * hours,
                    "resold_mwh": resold * hours,
                    "registered_mwh": registered[place] * hours,
                    "down_mwh": down[here] * hours,
                }  # fmt: skip


def _plugged_mw(book: Book) -> tuple[dict[tuple[str, str], Fraction], dict[tuple[str, str], Fraction]]:
    """Facility MW of the machines plugged in, and of those of them that are down, by site and period."""
    plugged: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    down: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for (site, hall, asic, period), mw in book.decisions("hosted_mw"):
        facility = exact(book.world.halls[hall].pue_average) * mw
        plugged[site, period] += facility
        down[site, period] += (1 - exact(book.world.asics[asic].uptime_fraction)) * facility
    return plugged, down


def _hashed_mw(book: Book) -> dict[Place, Fraction]:
    """Facility MW of the machines that hash."""
    mw: dict[Place, Fraction] = defaultdict(Fraction)
    for (site, hall, _, period, block), value in book.decisions("run_mw"):
        mw[site, period, block] += exact(book.world.halls[hall].pue_average) * value
    return mw


def _registered_mw(book: Book) -> dict[Place, Fraction]:
    """Facility MW registered with programmes that cover a block."""
    mw: dict[Place, Fraction] = defaultdict(Fraction)
    for (programme, site, period), value in book.decisions("registered_mw"):
        for block in book.world.programmes[programme].blocks:
            mw[site, period, block] += value
    return mw
