"""Tenants and customers: leases that run, leases and compute contracts on offer, and the handful of sites that each accepts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from planner.generator import ranges as r
from planner.generator.calendar import START_YEAR, YEAR, Calendar, word
from planner.generator.draws import Stream
from planner.generator.places import Place
from planner.generator.ranges import Range
from planner.generator.world import Fields, World

TRIES = 6
"""Homes that a lease looks at until one is large enough; then it shrinks to the last."""
HOURS = 8760
GB300_BY = 2 * YEAR
"""Month in which customers want their clusters; a year later is the last in which this generation can still come."""
SHELL_STEP_MW, STEP_MW = 3.0, 5.0


@dataclass(frozen=True)
class Class:
    """A class of tenants: what they ask for and pay."""

    names: Sequence[str]
    tiers: Sequence[str]
    product: str
    kind: str
    mw: Range
    rent: Range
    escalator_fraction: float
    cost_fraction: float
    term_years: Sequence[int]


HYPERSCALERS = [f"Hyperscaler {letter}" for letter in "ABCDE"]
NEOCLOUDS = [f"Neocloud {letter}" for letter in "ABCDEFGHIJ"]
LABS = [f"Lab {letter}" for letter in "ABC"]
SHELL_TENANTS = [*(f"Chip maker {letter}" for letter in "AB"), *(f"Render farm {letter}" for letter in "ABCD")]
NET = Class(HYPERSCALERS, ("investment_grade",), "turnkey", "triple_net", r.NET_MW, r.NET_RENT, *r.TENANT_TERMS["net"])
GROSS = Class(HYPERSCALERS, ("investment_grade",), "turnkey", "modified_gross", r.GROSS_MW, r.GROSS_RENT, *r.TENANT_TERMS["gross"])
NEO = Class(NEOCLOUDS, ("backed", "unrated"), "turnkey", "modified_gross", r.NEOCLOUD_MW, r.NEOCLOUD_RENT, *r.TENANT_TERMS["neocloud"])
LAB = Class(LABS, ("backed",), "turnkey", "modified_gross", r.LAB_MW, r.LAB_RENT, *r.TENANT_TERMS["lab"])
SHELL = Class(
    SHELL_TENANTS, ("backed", "unrated"), "powered_shell", "modified_gross", r.SHELL_LEASE_MW, r.SHELL_RENT, *r.TENANT_TERMS["shell"]
)
CLASSES = (NET, GROSS, NEO, LAB, SHELL)


TABLES = ("tiers", "leases", "lease_sites", "lease_deliveries", "gpu_contracts")


@dataclass
class Offers:
    """Rows by table, and what the leases on offer would take and cost in all."""

    rows: dict[str, list[Fields]] = field(default_factory=lambda: {name: [] for name in TABLES})
    facility_mw: float = 0.0
    it_mw: float = 0.0
    capex_musd: float = 0.0
    fees_musd: float = 0.0
    tenant_mw: dict[str, float] = field(default_factory=dict)


def offers(seed: int, count: int, sites: Sequence[Place], world: World, calendar: Calendar) -> Offers:
    """The tenants of standing shells, and `count` leases on offer as far as some site can serve one within the plan."""
    found = Offers()
    for number, site in enumerate(sites, 1):
        if site.shell_modules:
            _running(Stream(seed, "running lease", number), site, found)
    capable = {product: [site for site in sites if site.most_mw(product, calendar)] for product in ("turnkey", "powered_shell")}
    for number in range(1, count + 1):
        _lease(Stream(seed, "lease", number), f"lease_{number:03d}", capable, found, world, calendar)
    used = [row["tier"] for row in found.rows["leases"]]
    found.rows["tiers"] = [{"id": name, "cap_rate_fraction": share} for name, share in r.CAP_RATES.items() if name in used]
    return found


def _running(draw: Stream, site: Place, found: Offers) -> None:
    name, size = f"{site.id}_tenant", {"product": SHELL.product, "it_mw": 2 * r.SHELL_MW, "rent_usd_per_kw_month": draw.of(SHELL.rent)}
    found.rows["leases"].append({"id": name, "tenant": f"Tenant of {site.id}"} | size | r.RUNNING_TERMS)
    found.rows["lease_sites"].append({"lease": name, "site": site.id})


def _lease(draw: Stream, name: str, capable: dict[str, list[Place]], found: Offers, world: World, calendar: Calendar) -> None:
    """A lease on offer, at home at one site that can serve it; others of its market are accepted too."""
    kind = draw.one(CLASSES, r.LEASE_WEIGHTS)
    homes = capable[kind.product]
    if not homes:
        kind = NEO if kind is SHELL else SHELL
        homes = capable[kind.product]
    if not homes:
        return
    wanted = draw.of(kind.mw)
    for _ in range(TRIES):
        home = homes[draw.below(len(homes))]
        most = home.most_mw(kind.product, calendar)
        if most >= wanted:
            break
    step = SHELL_STEP_MW if kind is SHELL else STEP_MW
    it_mw = min(wanted, most // step * step)
    first = home.first_month(kind.product, calendar)
    years = 1 + min(calendar.last - first, YEAR * (r.PIPELINE_YEARS.low - 1) - first) // YEAR
    start = first + YEAR * draw.below(max(1, int(years)))
    row = _terms(draw, kind, it_mw, start)
    accepted = [home, *_others(draw, homes, home, kind, row, calendar)]
    found.rows["leases"].append({"id": name} | row)
    for site in accepted:
        adder = {"rent_adder_usd_per_kw_month": draw.of(r.ADDERS)} if site is not home else {}
        found.rows["lease_sites"].append({"lease": name, "site": site.id} | adder)
    if kind is LAB and draw.happens(r.PHASED):
        found.rows["lease_deliveries"] += [{"lease": name, "months": months, "fraction": 0.5} for months in (0, YEAR)]
    _count(found, kind, row, home, world)


def _terms(draw: Stream, kind: Class, it_mw: float, start: int) -> Fields:
    """Everything about a lease but its sites; `start` is the January in which it would begin in time."""
    ready, grace, term = start + 3 * draw.below(3), draw.whole(r.GRACE), YEAR * draw.one(kind.term_years)
    row: Fields = {
        "tenant": draw.one(kind.names), "tier": draw.one(kind.tiers), "kind": kind.kind, "product": kind.product, "it_mw": it_mw,
        "earliest_start": word(start), "ready_by": word(ready), "drop_dead": word(ready + grace), "term_months": term,
        "penalty_usd_per_mw_month": draw.of(r.PENALTY), "rent_usd_per_kw_month": draw.of(kind.rent),
        "escalator_fraction": kind.escalator_fraction, "cost_fraction": kind.cost_fraction,
    }  # fmt: skip
    if draw.happens(r.SIGNED):
        row |= {"stage": "signed", "break_fee_musd": round(it_mw * draw.of(r.BREAK_FEE), 1)}
    else:
        row |= {"stage": draw.one(tuple(r.STAGE_WEIGHTS), tuple(r.STAGE_WEIGHTS.values())), "probability_fraction": draw.of(r.LIKELIHOOD)}
    if draw.happens(r.RENEWS):
        row |= r.RENEWAL_TERMS
    split, prepays = draw.happens(r.SPLIT), draw.happens(r.PREPAYS)
    if kind is NEO and split and it_mw >= 2 * r.AI_MW and it_mw % r.AI_MW == 0:
        row["block_it_mw"] = r.AI_MW
    if kind is NEO and prepays:
        row |= {"prepayment_musd": round(r.PREPAYMENT * it_mw, 1)} | r.PREPAID_TERMS
    return row


def _others(draw: Stream, homes: Sequence[Place], home: Place, kind: Class, row: Fields, calendar: Calendar) -> Iterator[Place]:
    """Further sites of the market that can serve it in time, from a place in the list on."""
    wanted, at = draw.whole(r.SITES_ACCEPTED) - 1, draw.below(len(homes))
    year, month = (int(part) for part in row["drop_dead"].split("-"))
    latest = YEAR * (year - START_YEAR) + month - 1
    local = (homes[(at + i) % len(homes)] for i in range(len(homes)))
    fitting = (
        site
        for site in local
        if site.market is home.market and site is not home and site.most_mw(kind.product, calendar) >= row["it_mw"]
        and site.first_month(kind.product, calendar) <= min(latest, calendar.last)
    )  # fmt: skip
    return islice(fitting, wanted)


def _count(found: Offers, kind: Class, row: Fields, home: Place, world: World) -> None:
    """What the lease would take and cost at home."""
    shells, mw = kind.product == "powered_shell", row["it_mw"]
    found.it_mw += mw
    found.facility_mw += 0.0 if shells else mw * home.market.ai_pue
    found.capex_musd += mw * (world.retrofit_musd_per_mw if shells else home.market.ai_capex_musd_per_mw)
    found.fees_musd += row.get("break_fee_musd", 0.0)
    found.tenant_mw[row["tenant"]] = found.tenant_mw.get(row["tenant"], 0.0) + mw


def compute_contracts(seed: int, sites: Sequence[Place], world: World, calendar: Calendar) -> Iterator[Fields]:
    """Customers who take clusters of the first generation at one of a few sites of a market with turnkey halls."""
    able = [site for site in sites if site.most_mw("turnkey", calendar) and site.first_month("turnkey", calendar) <= GB300_BY]
    for number in range(1, len(able) // round(r.SITES_PER_CONTRACT.low) + 2) if able else ():
        draw = Stream(seed, "contract", number)
        at, wanted, hour, prepaid = draw.below(len(able)), draw.of(r.CONTRACT_MW), draw.of(r.CONTRACT_HOUR), draw.of(r.CONTRACT_PREPAID)
        home, usd = able[at], round(world.gpu_hour_usd * hour, 2)
        mw = min(wanted, home.most_mw("turnkey", calendar) // r.CLUSTER_MW * r.CLUSTER_MW)
        near = (able[(at + i) % len(able)] for i in range(1, len(able)))
        others = (site.id for site in near if site.market is home.market and site.most_mw("turnkey", calendar) >= mw)
        paid_musd = mw * r.GPUS_PER_MW * usd * HOURS * r.CONTRACT_TERMS["term_months"] / YEAR * prepaid / 1e6
        dates = {"earliest_start": word(GB300_BY), "ready_by": word(GB300_BY + 3), "drop_dead": word(GB300_BY + 15)}
        size = {"it_mw": mw, "usd_per_gpu_hour": usd, "prepayment_musd": round(paid_musd, 1), "probability_fraction": draw.of(r.LIKELIHOOD)}
        who = {"id": f"contract_{number:03d}", "customer": f"Customer {number:03d}", "sites": [home.id, *islice(others, 2)]}
        yield who | size | dates | r.CONTRACT_TERMS
