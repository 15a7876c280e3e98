"""The company's money and limits, drawn so that cash, debt, budgets, slots and builders are each less than what tenants ask for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from planner.generator import ranges as r
from planner.generator.calendar import START_YEAR, YEAR, Calendar, word
from planner.generator.draws import Stream
from planner.generator.offers import Offers
from planner.generator.places import Place
from planner.generator.world import CARRIED_MW, Fields, World


@dataclass(frozen=True)
class Scale:
    """What everything is measured by, in M$: the cost of what tenants and customers ask for, and what is due without any decision."""

    ask_musd: float
    clusters_musd: float
    due_musd: float
    yearly_musd: float
    energised_mw: float
    years: int


def scale(sites: Sequence[Place], tenants: Offers, world: World, calendar: Calendar) -> Scale:
    """The scale of a portfolio; never 0, as a company without an offer still mines."""
    owned = [site for site in sites if site.kind != "offer"]
    energised_mw = math.fsum(site.energised_mw for site in owned)
    clusters_mw = math.fsum(row["it_mw"] for row in tenants.rows["gpu_contracts"])
    return Scale(
        ask_musd=tenants.capex_musd + energised_mw,
        clusters_musd=clusters_mw * world.gpu_capex_musd_per_mw,
        due_musd=math.fsum(site.due_musd for site in sites) + tenants.fees_musd,
        yearly_musd=math.fsum(site.rows["sites"][0]["fixed_cost_musd_per_year"] for site in owned),
        energised_mw=energised_mw,
        years=max(1, min(calendar.years - 1, int(r.PIPELINE_YEARS.low))),
    )


def company(seed: int, sites: Sequence[Place], tenants: Offers, size: Scale, world: World, calendar: Calendar) -> dict[str, Any]:
    """Finance, and the tables of capital and limits."""
    draw = Stream(seed, "company")
    overhead = round(r.OVERHEAD_BASE + draw.of(r.OVERHEAD) * size.energised_mw, 1)
    converts = round(draw.of(r.CONVERTS) * size.ask_musd, 1)
    growth = draw.of(r.EQUITY_SHARE) * size.ask_musd
    floor = overhead
    finance = {
        "discount_rate_fraction": draw.of(r.DISCOUNT),
        "opening_cash_musd": round(floor + size.due_musd + overhead + size.yearly_musd + converts + growth, 1),
        "cash_floor_musd": floor,
        "overhead_musd_per_year": overhead,
        "dividends_from": word(min(calendar.last, r.DIVIDENDS_MONTH)),
    }
    return {
        "finance": finance | r.FINANCE_TERMS,
        "debt": list(_debt(draw, size, converts, tenants)),
        "covenants": list(_covenants(draw, calendar)),
        "equity": [_equity(draw, size, overhead, calendar)],
        "budgets": list(_budgets(draw, size, calendar)),
        "slots": list(_slots(draw, tenants, size, world, calendar)),
        "delivery_limits": list(_builders(draw, tenants, size, calendar)),
        "policies": list(_policies(draw, sites, tenants, calendar)),
        "tax_classes": list(r.TAX_CLASSES),
    }


def _debt(draw: Stream, size: Scale, converts: float, tenants: Offers) -> Iterator[Fields]:
    """Convertible notes that are owed, secured notes on halls against contracted rent, a loan on machines."""
    share, rate, advance, cover = draw.of(r.NOTES_SHARE), draw.of(r.NOTES_RATE), draw.of(r.NOTES_ADVANCE), draw.of(r.NOTES_COVER)
    loan_rate, loan_advance = draw.of(r.LOAN_RATE), draw.of(r.LOAN_ADVANCE)
    if converts:
        owed = {"limit_musd": converts, "opening_balance_musd": converts, "maturity": word(r.CONVERTS_MONTH)}
        yield {"id": "converts"} | owed | r.CONVERT_TERMS
    if tenants.capex_musd:
        notes = {
            "limit_musd": round(share * tenants.capex_musd, 1),
            "rate_fraction": rate,
            "advance_fraction": advance,
            "dscr_ratio": cover,
        }
        yield {"id": "notes"} | notes | {"available_to": word(r.DRAW_MONTHS), "maturity": word(r.NOTES_MONTHS)} | r.NOTES_TERMS
    if size.clusters_musd:
        loan = {"limit_musd": round(r.LOAN_SHARE * size.clusters_musd, 1), "rate_fraction": loan_rate, "advance_fraction": loan_advance}
        yield {"id": "machine_loan"} | loan | {"available_to": word(r.LOAN_DRAW_MONTHS), "maturity": word(r.LOAN_MONTHS)} | r.LOAN_TERMS


def _covenants(draw: Stream, calendar: Calendar) -> Iterator[Fields]:
    has, level = draw.happens(r.HAS_COVENANT), draw.of(r.COVENANT)
    if has and calendar.comes(r.TESTED_MONTH):
        yield {"id": "leverage", "kind": "leverage", "level": level, "from_month": word(r.TESTED_MONTH)}


def _equity(draw: Stream, size: Scale, overhead: float, calendar: Calendar) -> Fields:
    """New shares: a little to grow with, and enough for overhead in any year, so that doing nothing can always be paid for."""
    yearly = overhead + size.yearly_musd
    for _ in range(calendar.years):
        yearly *= 1 + r.COST_INFLATION
    needed = r.SHARES_OVER_OVERHEAD * (yearly + r.SHARES_BASE * size.ask_musd)
    limit = round((draw.of(r.SHARES_SOLD) * size.ask_musd + needed) / 4, 1)
    return {"id": "programme", "limit_musd_per_quarter": limit} | r.SHARE_TERMS


def _budgets(draw: Stream, size: Scale, calendar: Calendar) -> Iterator[Fields]:
    """Capex by year: what is due, and a part of what tenants ask for, with less in the first and the last years."""
    tightness = draw.of(r.BUDGET_TIGHTNESS)
    yearly = tightness * size.ask_musd / size.years
    for year in range(calendar.years):
        first, asked, later = r.BUDGET_SHAPE
        musd = yearly * (first if year == 0 else asked if year < size.years else later) + (size.due_musd if year < 4 else 0.0)
        musd += r.CLUSTER_BUDGET * size.clusters_musd if 1 <= year <= 3 else 0.0
        yield {"year": START_YEAR + year, "capex_musd": round(musd, 1)}


def _slots(draw: Stream, tenants: Offers, size: Scale, world: World, calendar: Calendar) -> Iterator[Fields]:
    """Units that suppliers deliver by year, from the first in which an order can come: a part of what leases would take, spread evenly."""
    yearly = max(0.5, draw.of(r.SLOT_TIGHTNESS) * tenants.facility_mw / CARRIED_MW / size.years)
    for item, lead, share in (("tr_100", world.transformer_lead, 1.0), ("cb_200", world.breaker_lead, r.BREAKERS_PER_TRANSFORMER)):
        for number, month in enumerate(range(calendar.starts_by(lead), calendar.end, YEAR)):
            units = round((number + 1) * yearly * share) - round(number * yearly * share)
            yield {"equipment": item, "year": START_YEAR + month // YEAR, "units": units}


def _builders(draw: Stream, tenants: Offers, size: Scale, calendar: Calendar) -> Iterator[Fields]:
    """MW of halls whose building begins in a year, over all sites."""
    mw = round(max(100.0, draw.of(r.BUILDERS) * tenants.it_mw / size.years), -1)
    yield {"from_month": word(0), "started_it_mw": mw}
    if calendar.comes(r.GROWN_MONTH):
        yield {"from_month": word(r.GROWN_MONTH), "started_it_mw": round(r.BUILDERS_GROWTH * mw, -1)}


def _policies(draw: Stream, sites: Sequence[Place], tenants: Offers, calendar: Calendar) -> Iterator[Fields]:
    """A cap on own GPUs, on the tenant who asks for most, and a floor on hashing at first."""
    hpc, tenant, keeps, floor = draw.of(r.HPC_CAP), draw.of(r.TENANT_CAP), draw.happens(r.KEEPS_HASHING), draw.of(r.HASHING_FLOOR)
    yield {"id": "own_gpus", "measure": "it_mw", "use": "hpc", "at_most_fraction": hpc}
    if tenants.tenant_mw:
        name = max(tenants.tenant_mw, key=lambda key: tenants.tenant_mw[key])
        yield {"id": "one_tenant", "measure": "it_mw", "use": "colocation", "tenant": name,
               "at_most": round(tenant * tenants.tenant_mw[name])}  # fmt: skip
    eh = math.fsum(row["it_mw"] / r.J_PER_TH[row["item"]] for site in sites for row in site.rows["opening"] if row["item"] in r.J_PER_TH)
    if keeps and eh:
        yield {"id": "keep_hashing", "measure": "hashrate_eh", "use": "hashing", "to_month": word(YEAR), "at_least": round(floor * eh, 2)}
