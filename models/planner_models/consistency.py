"""Faults that no single row can show: all of them, and those of the tables among each other that have no file of their own."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from planner_models import agreements, deadlines, mandatory, places, recorded, standing
from planner_models.evidence import ITEMS, Evidence, Fault, Hidden
from planner_models.references import blocks, loose_references, references
from planner_models.rows import PowerPrice
from planner_models.sheets import TABLES, Sheets
from planner_models.words import listing

__all__ = ["Fault", "Hidden", "faults", "loose_references"]

HOURS_TOLERANCE = 1e-9
LAND_TOLERANCE = 1e-6


def faults(instance: Sheets, hidden: Hidden = MappingProxyType({})) -> list[Fault]:
    """All cross-table faults of an instance whose rows are valid one by one.

    `hidden` names rows that could not be read: nothing is concluded from the absence of what they may hold.
    """
    evidence = Evidence(instance, hidden)
    rules = (*RULES, *standing.RULES, *places.RULES, *deadlines.RULES, *agreements.RULES, *recorded.RULES)
    found = [fault for rule in rules for fault in rule(evidence)]
    return [*found, *mandatory.faults(evidence, found)]


def _duplicates(evidence: Evidence) -> Iterator[Fault]:
    """Keys are unique in each table."""
    for table in TABLES:
        first: dict[tuple[Any, ...], int] = {}
        for i, row in enumerate(evidence.rows(table)):
            if (at := first.setdefault(row.key, i)) != i:
                words = "/".join("blank" if part is None else str(part) for part in row.key)
                yield Fault(table, i, "/".join(row.KEY), f"{words!r} a second time", "each once", also=(table, at))


def _shared_ids(evidence: Evidence) -> Iterator[Fault]:
    """A row of opening names a hall type, equipment, a generator or a machine, so their ids differ from each other."""
    first: dict[str, tuple[str, int]] = {}
    for table in ITEMS:
        for i, row in enumerate(evidence.rows(table)):
            name = row.key[0]
            other = first.setdefault(name, (table, i))
            if other[0] != table:
                yield Fault(table, i, "id", f"{name!r}, an id of {other[0]}", f"an id used once in {', '.join(ITEMS)}", also=other)


def _module_size(evidence: Evidence) -> Iterator[Fault]:
    """A hall that may be built or converted to fits the land of a site at least."""
    sites = evidence.ids("sites")
    targets = {row.to_hall for row in evidence.instance.conversions}
    for i, hall in enumerate(evidence.instance.halls):
        names = hall.sites or tuple(sites)
        if not (hall.buildable or hall.id in targets) or not evidence.whole("sites") or not set(names) & set(sites):
            continue
        largest = max(sites[name].land_it_mw for name in names if name in sites)
        if hall.module_it_mw > largest + LAND_TOLERANCE:
            where = f"at most {largest:g}, the largest land_it_mw of the sites where it may stand"
            yield Fault("halls", i, "module_it_mw", f"{hall.module_it_mw:g}", where)


def _price_blocks(evidence: Evidence) -> Iterator[Fault]:
    """The blocks of a market and year are all hours of the year, and the same in every year."""
    markets: dict[str, dict[int, list[tuple[int, PowerPrice]]]] = defaultdict(lambda: defaultdict(list))
    for i, row in enumerate(evidence.instance.power_prices):
        if not evidence.unread("power_prices", row.market):
            markets[row.market][row.from_year].append((i, row))
    for market, years in markets.items():
        names = {row.block: None for _, row in years[min(years)]}
        for year, rows in years.items():
            total = math.fsum(row.hours_fraction for _, row in rows)
            if abs(total - 1) > HOURS_TOLERANCE:
                yield Fault("power_prices", rows[0][0], "hours_fraction", f"a sum of {total:.12g} over the blocks of {market} {year}", "1")
            blocks = {row.block: None for _, row in rows}
            if set(blocks) != set(names):
                allowed = f"the blocks of {market} {min(years)}: {listing(names)}"
                yield Fault("power_prices", rows[0][0], "block", f"{listing(blocks)} in {year}", allowed)


def _lease_sites(evidence: Evidence) -> Iterator[Fault]:
    """Each lease names a site, and one that must be delivered fits the land of one of them."""
    places: Mapping[str, list[str]] = defaultdict(list)
    for row in evidence.instance.lease_sites:
        places[row.lease].append(row.site)
    sites = evidence.ids("sites")
    for i, lease in enumerate(evidence.instance.leases):
        if evidence.unread("lease_sites", lease.id):
            continue
        if lease.id not in places:
            yield Fault("leases", i, "id", f"{lease.id!r} without a row in lease_sites", "at least one site that the tenant accepts")
        elif lease.mandatory and all(name in sites for name in places[lease.id]):
            largest = max(sites[name].land_it_mw for name in places[lease.id])
            if lease.block_it_mw is None and lease.it_mw > largest + LAND_TOLERANCE:
                allowed = f"at most {largest:g}, the largest land_it_mw of its sites, as it is mandatory"
                yield Fault("leases", i, "it_mw", f"{lease.it_mw:g}", allowed)


def _opening_debt(evidence: Evidence) -> Iterator[Fault]:
    """Nothing is owed beyond the limit."""
    for i, row in enumerate(evidence.instance.debt):
        if row.opening_balance_musd > row.limit_musd:
            yield Fault("debt", i, "opening_balance_musd", f"{row.opening_balance_musd:g}", f"at most limit_musd, {row.limit_musd:g}")


def _residuals(evidence: Evidence) -> Iterator[Fault]:
    """What an item is worth by age is said in residuals or in one figure of its own, not in both."""
    first: dict[str, int] = {}
    for i, row in enumerate(evidence.instance.residuals):
        first.setdefault(row.item, i)
    for table in ("generators", "asic_models", "gpu_models"):
        for i, item in enumerate(evidence.rows(table)):
            name, figure = item.key[0], getattr(item, "residual_fraction", 0.0)
            if name in first and figure:
                allowed = f"0, as residuals says what {name!r} is worth by age"
                yield Fault(table, i, "residual_fraction", f"{figure:g}", allowed, also=("residuals", first[name]))


Rule = Callable[[Evidence], Iterator[Fault]]
RULES: tuple[Rule, ...] = (
    _duplicates, _shared_ids, references, blocks, _module_size, _price_blocks, _lease_sites, _opening_debt, _residuals,
)  # fmt: skip
