"""Faults of names: what a row refers to exists, in the tables or among the blocks of a market."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from planner_models.evidence import ITEMS, Evidence, Fault, Hidden
from planner_models.sheets import Sheets
from planner_models.words import listing

MARKET, SITE, HALL = "a market of power_prices", "a site", "a hall type"
REFERENCES: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("sites", "market", ("power_prices",), MARKET),
    ("grid", "site", ("sites",), SITE),
    ("slots", "equipment", ("equipment",), "an equipment type"),
    ("generators", "sites", ("sites",), SITE),
    ("generators", "fuel", ("fuel_prices",), "a fuel of fuel_prices"),
    ("availability", "generator", ("generators",), "a generator"),
    ("availability", "market", ("power_prices",), MARKET),
    ("halls", "sites", ("sites",), SITE),
    ("conversions", "from_hall", ("halls",), HALL),
    ("conversions", "to_hall", ("halls",), HALL),
    ("conversions", "site", ("sites",), SITE),
    ("delivery_limits", "site", ("sites",), SITE),
    ("asic_prices", "asic", ("asic_models",), "an ASIC model"),
    ("moves", "site", ("sites",), SITE),
    ("gpu_market", "gpu", ("gpu_models",), "a GPU model"),
    ("residuals", "item", ("asic_models", "gpu_models", "generators"), "an ASIC model, GPU model or generator"),
    ("opening", "site", ("sites",), SITE),
    ("opening", "item", ITEMS, "a hall type, equipment type, generator, ASIC model or GPU model"),
    ("opening", "hall", ("halls",), HALL),
    ("opening", "replaces", ("opening",), "a row of opening"),
    ("tax_bases", "site", ("sites",), SITE),
    ("ppas", "site", ("sites",), SITE),
    ("charges", "site", ("sites",), SITE),
    ("programmes", "market", ("power_prices",), MARKET),
    ("hosting", "site", ("sites",), SITE),
    ("lease_sites", "lease", ("leases",), "a lease"),
    ("lease_sites", "site", ("sites",), SITE),
    ("lease_sites", "hall", ("halls",), HALL),
    ("lease_deliveries", "lease", ("leases",), "a lease"),
    ("leases", "tier", ("tiers",), "a tier"),
    ("gpu_contracts", "gpu", ("gpu_models",), "a GPU model"),
    ("gpu_contracts", "sites", ("sites",), SITE),
    ("debt", "sites", ("sites",), SITE),
    ("debt", "tiers", ("tiers",), "a tier"),
    ("debt_draws", "debt", ("debt",), "a facility of debt"),
    ("policies", "site", ("sites",), SITE),
    ("policies", "market", ("power_prices",), MARKET),
)


def references(evidence: Evidence) -> Iterator[Fault]:
    """What a row names exists."""
    for table, field, targets, noun in REFERENCES:
        for i, row in enumerate(evidence.rows(table)):
            value = getattr(row, field)
            for name in value if isinstance(value, tuple) else (value,):
                if name is not None and not _known(evidence, targets, name):
                    yield _unknown(evidence, table, i, field, name, targets, noun)


def loose_references(instance: Sheets, hidden: Hidden, loose: Mapping[str, Sequence[Mapping[str, str]]]) -> list[Fault]:
    """Faults of the references in rows that could not be read: `loose` has by table the texts of their sound fields; rows count in it."""
    evidence, found = Evidence(instance, hidden), []
    for table, field, targets, noun in REFERENCES:
        for i, texts in enumerate(loose.get(table, ())):
            for name in filter(None, (part.strip() for part in texts.get(field, "").split("|"))):
                if not _known(evidence, targets, name):
                    found.append(_unknown(evidence, table, i, field, name, targets, noun))
    return found


def _known(evidence: Evidence, targets: tuple[str, ...], name: str) -> bool:
    return any(name in evidence.ids(table) or evidence.maybe(table, name) for table in targets)


def _unknown(evidence: Evidence, table: str, row: int, field: str, name: str, targets: tuple[str, ...], noun: str) -> Fault:
    return Fault(table, row, field, f"unknown {name!r}", noun + evidence.listing(targets), evidence.hint(targets, name))


def blocks(evidence: Evidence) -> Iterator[Fault]:
    """A block of hours is one of its market."""
    for table, i, field, market, name in _named_blocks(evidence):
        known = evidence.blocks.get(market, ())
        if known and name not in known:
            allowed = f"a block of market {market!r}: {listing(known)}"
            yield Fault(table, i, field, f"unknown {name!r}", allowed, evidence.hint_among(known, ("blocks", market), name))


def _named_blocks(evidence: Evidence) -> Iterator[tuple[str, int, str, str, str]]:
    """Table, row, field, market and name of each block that a row names outside power_prices."""
    instance, sites = evidence.instance, evidence.ids("sites")
    for i, row in enumerate(instance.availability):
        yield "availability", i, "block", row.market, row.block
    for i, charge in enumerate(instance.charges):
        if charge.block is not None and charge.site in sites:
            yield "charges", i, "block", sites[charge.site].market, charge.block
    for i, programme in enumerate(instance.programmes):
        for name in programme.blocks:
            yield "programmes", i, "blocks", programme.market, name
