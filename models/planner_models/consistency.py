"""Faults that no single row can show: references, duplicates, amounts and dates that do not fit each other."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from planner_models import deadlines, mandatory
from planner_models.evidence import Evidence, Fault, Hidden
from planner_models.rows import Opening, PowerPrice
from planner_models.sheets import TABLES, Sheets
from planner_models.words import listing

__all__ = ["Fault", "Hidden", "faults", "loose_references"]

ITEMS = ("equipment", "halls", "asic_models", "gpu_models")
REFERENCES: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("sites", "market", ("power_prices",), "a market of power_prices"),
    ("grid", "site", ("sites",), "a site"),
    ("slots", "equipment", ("equipment",), "an equipment type"),
    ("halls", "sites", ("sites",), "a site"),
    ("conversions", "from_hall", ("halls",), "a hall type"),
    ("conversions", "to_hall", ("halls",), "a hall type"),
    ("conversions", "site", ("sites",), "a site"),
    ("gpu_market", "gpu", ("gpu_models",), "a GPU model"),
    ("opening", "site", ("sites",), "a site"),
    ("opening", "item", ("halls", "equipment", "asic_models"), "a hall type, equipment type or ASIC model"),
    ("lease_sites", "lease", ("leases",), "a lease"),
    ("lease_sites", "site", ("sites",), "a site"),
)
HOURS_TOLERANCE = 1e-9
LAND_TOLERANCE = 1e-6


def faults(instance: Sheets, hidden: Hidden = MappingProxyType({})) -> list[Fault]:
    """All cross-table faults of an instance whose rows are valid one by one.

    `hidden` names rows that could not be read: nothing is concluded from the absence of what they may hold.
    """
    evidence = Evidence(instance, hidden)
    found = [fault for rule in (*RULES, *deadlines.RULES) for fault in rule(evidence)]
    return [*found, *mandatory.faults(evidence, found)]


def _duplicates(evidence: Evidence) -> Iterator[Fault]:
    """Keys are unique in each table."""
    for table in TABLES:
        first: dict[tuple[Any, ...], int] = {}
        for i, row in enumerate(evidence.rows(table)):
            if (at := first.setdefault(row.key, i)) != i:
                words = "/".join(str(part) for part in row.key)
                yield Fault(table, i, "/".join(row.KEY), f"{words!r} a second time", "each once", also=(table, at))


def _shared_ids(evidence: Evidence) -> Iterator[Fault]:
    """An item of the opening may be a hall type, equipment or a machine, so their ids differ from each other."""
    first: dict[str, tuple[str, int]] = {}
    for table in ITEMS:
        for i, row in enumerate(evidence.rows(table)):
            name = row.key[0]
            other = first.setdefault(name, (table, i))
            if other[0] != table:
                yield Fault(table, i, "id", f"{name!r}, an id of {other[0]}", f"an id used once in {', '.join(ITEMS)}", also=other)


def _references(evidence: Evidence) -> Iterator[Fault]:
    """What a row names exists."""
    for table, field, targets, noun in REFERENCES:
        for i, row in enumerate(evidence.rows(table)):
            value = getattr(row, field)
            for name in value if isinstance(value, tuple) else (value,):
                if name is not None and not any(name in evidence.ids(t) or evidence.maybe(t, name) for t in targets):
                    yield _unknown(evidence, table, i, field, name, targets, noun)


def loose_references(instance: Sheets, hidden: Hidden, loose: Mapping[str, Sequence[Mapping[str, str]]]) -> list[Fault]:
    """Faults of the references in rows that could not be read: `loose` has by table the texts of their sound fields; rows count in it."""
    evidence, found = Evidence(instance, hidden), []
    for table, field, targets, noun in REFERENCES:
        for i, texts in enumerate(loose.get(table, ())):
            for name in filter(None, (part.strip() for part in texts.get(field, "").split("|"))):
                if not any(name in evidence.ids(t) or evidence.maybe(t, name) for t in targets):
                    found.append(_unknown(evidence, table, i, field, name, targets, noun))
    return found


def _unknown(evidence: Evidence, table: str, row: int, field: str, name: str, targets: tuple[str, ...], noun: str) -> Fault:
    allowed = noun + evidence.listing(targets)
    if field == "item" and name in evidence.ids("gpu_models"):
        return Fault(table, row, field, f"{name!r}, a GPU model", f"{allowed}; GPU clusters cannot stand at the opening")
    return Fault(table, row, field, f"unknown {name!r}", allowed, evidence.hint(targets, name))


def _opening_amounts(evidence: Evidence) -> Iterator[Fault]:
    """Halls and equipment are counted, an ASIC fleet is measured in MW; exactly one of the two."""
    for i, row in enumerate(evidence.instance.opening):
        counted = row.item in evidence.ids("halls") or row.item in evidence.ids("equipment")
        if not counted and row.item not in evidence.ids("asic_models"):
            continue
        kind = "a hall or equipment type is counted" if counted else "an ASIC fleet is measured in MW"
        wanted, other = ("count", "it_mw") if counted else ("it_mw", "count")
        if getattr(row, wanted) is None:
            yield Fault("opening", i, wanted, "blank", f"a number above 0; {kind}")
        if (value := getattr(row, other)) is not None:
            yield Fault("opening", i, other, f"{value:g}", f"blank; {kind}, in {wanted}")


def _opening_land(evidence: Evidence) -> Iterator[Fault]:
    """The halls that stand when the plan starts, and each that is still to come, fit the land of their site."""
    horizon, halls, sites = evidence.horizon, evidence.ids("halls"), evidence.ids("sites")
    standing: dict[str, float] = defaultdict(float)
    for i, row in enumerate(evidence.instance.opening):
        if horizon is None or row.item not in halls or row.site not in sites or row.count is None:
            continue
        begin, mw = horizon.month(row.in_service), row.count * halls[row.item].module_it_mw
        if begin + halls[row.item].life_months <= 0:
            continue
        if begin <= 0:
            standing[row.site] += mw
        held = standing[row.site] if begin <= 0 else mw
        if held > sites[row.site].land_it_mw + LAND_TOLERANCE:
            yield _crowded(i, row, held, mw, sites[row.site].land_it_mw)


def _crowded(i: int, row: Opening, held: float, mw: float, land: float) -> Fault:
    rest = f", {held:g} MW with the rows before" if held > mw else ""
    found = f"{row.count} ({mw:g} MW of halls{rest})"
    return Fault("opening", i, "count", found, f"at most {land:g} MW, the land_it_mw of site {row.site!r}")


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
            if lease.it_mw > largest + LAND_TOLERANCE:
                allowed = f"at most {largest:g}, the largest land_it_mw of its sites, as it is mandatory"
                yield Fault("leases", i, "it_mw", f"{lease.it_mw:g}", allowed)


def _opening_debt(evidence: Evidence) -> Iterator[Fault]:
    """Nothing is owed beyond the limit."""
    for i, row in enumerate(evidence.instance.debt):
        if row.opening_balance_musd > row.limit_musd:
            yield Fault("debt", i, "opening_balance_musd", f"{row.opening_balance_musd:g}", f"at most limit_musd, {row.limit_musd:g}")


Rule = Callable[[Evidence], Iterator[Fault]]
RULES: tuple[Rule, ...] = (
    _duplicates, _shared_ids, _references, _opening_amounts, _opening_land, _module_size, _price_blocks, _lease_sites, _opening_debt,
)  # fmt: skip
