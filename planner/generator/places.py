"""One site: its meter, land, halls and machines, drawn from a stream of its own, so that it is the same in a larger portfolio."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from planner.generator import ranges as r
from planner.generator.calendar import YEAR, Calendar, word
from planner.generator.draws import Stream
from planner.generator.world import CARRIED_MW, Fields, Market, World

OLD = "2020-01"


@dataclass
class Place:
    """A site: its rows by table, and what others need to know of it."""

    id: str
    market: Market
    kind: str
    utility_mw: float
    energised_mw: float
    rows: dict[str, list[Fields]] = field(default_factory=lambda: defaultdict(list))
    firm_mw: float = 0.0
    land_mw: float = 0.0
    ai_cap_mw: float | None = None
    ai_from: int = 0
    mine_modules: int = 0
    shell_modules: int = 0
    due_musd: float = 0.0
    plant: str = ""

    def add(self, table: str, **fields: Any) -> None:
        """A row of a table; fields that are None are left out."""
        self.rows[table].append({name: value for name, value in fields.items() if value is not None})

    def stands(self, item: str, **fields: Any) -> None:
        """A row of opening."""
        self.add("opening", id=f"{self.id}_{item}{fields.pop('more', '')}", site=self.id, item=item, **fields)

    def most_mw(self, product: str, calendar: Calendar) -> float:
        """The largest lease of a product that could ever be served here; 0 where none can."""
        shells = product == "powered_shell"
        if not calendar.comes(self.first_month(product, calendar)):
            return 0.0
        room = r.SHELL_MW * min(self.mine_modules, r.RETROFIT_LOTS) if shells else self.land_mw
        caps = (room, self.land_mw, self.firm_mw / (r.SHELL_PUE if shells else self.market.ai_pue), self.ai_cap_mw or room)
        mw = min(caps) // 1
        return mw if mw >= (r.SHELL_MW if shells else r.AI_MW) else 0.0

    def first_month(self, product: str, calendar: Calendar) -> int:
        """First month in which a new hall of a product can be in use."""
        build = r.RETROFIT_MONTHS if product == "powered_shell" else self.market.ai_build_months
        return calendar.starts_by(max(build, self.ai_from))


def place(seed: int, number: int, world: World, calendar: Calendar) -> Place:
    """The site of a number from 1. Site 1 is a medium running mine without a cap on AI, so that the smallest plans have a choice."""
    draw = Stream(seed, "site", number)
    kind = draw.one(("mine", "campus", "land", "offer"), r.KIND_WEIGHTS)
    size = draw.one((r.SMALL_SITE, r.MEDIUM_SITE, r.LARGE_SITE), r.SIZE_WEIGHTS)
    market = world.markets[draw.one(tuple(world.markets), r.MARKET_WEIGHTS)]
    if number == 1:
        kind, size = "mine", r.MEDIUM_SITE
    utility_mw, share = draw.of(size), draw.of(r.ENERGISED_SHARE)
    energised_mw = utility_mw if kind == "mine" else round(utility_mw * share, -1)
    site = Place(f"site_{number:03d}", market, kind, utility_mw, energised_mw)
    _grid(site, draw, calendar)
    _land(site, draw, number)
    if kind != "offer":
        _halls(site, draw, calendar)
        _fleets(site, draw)
        _equipment(site, draw, world, calendar)
    _terms(site, draw, calendar)
    return site


def _grid(site: Place, draw: Stream, calendar: Calendar) -> None:
    """Energised MW, firm or in part interruptible, what is to be energised at a date, and an upgrade with its approval."""
    flexible = draw.happens(r.INTERRUPTIBLE), round(site.energised_mw * draw.of(r.INTERRUPTIBLE_SHARE), -1)
    interruptible = flexible[1] if flexible[0] and site.kind == "mine" and site.market.id == "ercot" else 0.0
    comes, grows, more = YEAR * (1 + draw.below(2)) + 6, draw.happens(r.EXPANDS), draw.of(r.EXPANSION)
    site.firm_mw = site.energised_mw - interruptible
    site.add("grid", id=f"{site.id}_grid", site=site.id, kind="energised", mw=site.firm_mw, from_month=OLD)
    if interruptible:
        flex = {"service": "interruptible", "mw": interruptible, "from_month": OLD}
        site.add("grid", id=f"{site.id}_flex", site=site.id, kind="energised", **flex)
    rest = round(site.energised_mw * more, -1) if site.kind == "mine" else site.utility_mw - site.energised_mw
    if site.kind == "land":
        if calendar.comes(comes):
            site.add("grid", id=f"{site.id}_next", site=site.id, kind="energised", mw=rest, from_month=word(comes))
            site.firm_mw += rest
    elif grows or site.kind != "mine":
        _upgrade(site, draw, calendar, rest)


def _upgrade(site: Place, draw: Stream, calendar: Calendar, mw: float) -> None:
    lead, cost = draw.whole(r.UPGRADE_LEAD), draw.of(r.UPGRADE_COST)
    waits, approval, back = draw.happens(r.APPROVALS), draw.whole(r.APPROVAL_MONTH), draw.whole(r.SECURITY_MONTHS)
    if not calendar.comes(max(lead, approval if waits else 0)) or mw <= 0:
        return
    site.add("grid", id=f"{site.id}_upgrade", site=site.id, kind="upgrade", mw=mw, lead_months=lead, cost_musd=round(cost * mw, 2),
             deposit_fraction=r.UPGRADE_DEPOSIT, security_musd=round(r.SECURITY.low * mw, 2), security_months=back)  # fmt: skip
    site.firm_mw += mw
    if waits:
        site.add("grid", id=f"{site.id}_ok", site=site.id, kind="approved", mw=site.energised_mw, from_month=OLD)
        site.add("grid", id=f"{site.id}_ok_more", site=site.id, kind="approved", mw=mw, from_month=word(approval))


def _land(site: Place, draw: Stream, number: int) -> None:
    """Land for all utility MW that may come, and what the neighbours allow."""
    capped, cap, later, month = draw.happens(r.AI_CAPPED), draw.of(r.AI_CAP), draw.happens(r.AI_LATER), draw.whole(r.AI_MONTH)
    most = max(site.utility_mw, site.firm_mw)
    site.land_mw = round(max(most * draw.of(r.LAND_SHARE), site.energised_mw / r.MINE_PUE), -1)
    if number > 1 and capped:
        site.ai_cap_mw = round(site.land_mw * cap, -1)
    if number > 1 and later:
        site.ai_from = month


def _halls(site: Place, draw: Stream, calendar: Calendar) -> None:
    """Mine halls, a tenant's shells, and turnkey halls under construction."""
    fill = draw.of(r.CAMPUS_FILL if site.kind == "campus" else r.MINE_FILL)
    runs, ordered, count = draw.happens(r.RUNNING), draw.happens(r.HALLS_ORDERED), 1 + draw.below(3)
    built, comes = 2020 + draw.below(5), YEAR + 6 * draw.below(2)
    if site.kind == "land":
        return
    shells_mw, room_mw = 2 * r.SHELL_MW * r.SHELL_PUE, site.energised_mw
    if runs and room_mw >= shells_mw + r.MINE_MW * r.MINE_PUE and site.rows["grid"][0]["mw"] >= shells_mw and not site.ai_from:
        site.shell_modules, room_mw = 2, room_mw - shells_mw
        basis = r.OPENING_BASIS["shell"] * 2 * r.SHELL_MW
        site.stands("shell", count=2, in_service=r.RUNNING_TERMS["delivered"], tax_basis_musd=basis)
    site.mine_modules = max(1, int(min(fill * site.energised_mw, room_mw) / (r.MINE_MW * r.MINE_PUE)))
    mine_mw = site.mine_modules * r.MINE_MW
    site.stands("mine", count=site.mine_modules, in_service=f"{built}-07", tax_basis_musd=round(r.OPENING_BASIS["mine"] * mine_mw, 2))
    free_mw = site.land_mw - mine_mw - site.shell_modules * r.SHELL_MW
    count = min(count, int(free_mw // r.AI_MW), int((site.ai_cap_mw or site.land_mw) // r.AI_MW))
    if site.kind == "campus" and ordered and count > 0 and comes < calendar.end:
        musd = count * r.AI_MW * site.market.ai_capex_musd_per_mw
        spent, due = round(r.SPENT * musd, 2), round((1 - r.SPENT) * musd, 2)
        site.due_musd += due
        site.stands(site.market.hall, count=count, in_service=word(comes), tax_basis_musd=spent, due_musd=due, cancellable=True)


def _fleets(site: Place, draw: Stream) -> None:
    """Machines of one or two classes in the mine halls."""
    total, classes = site.mine_modules * r.MINE_MW * draw.of(r.FLEET_FILL), 1 + draw.below(2)
    left = round(total)
    for i in range(classes):
        model = draw.one(tuple(r.OLD_PRICES), r.FLEET_WEIGHTS)
        month, mw = draw.one(r.FLEET_MONTHS[model]), left if i == classes - 1 else left // 2
        if mw:
            basis = round(r.FLEET_BASIS[model] * mw, 2)
            site.stands(model, more=f"_{i + 1}", it_mw=float(mw), in_service=month, tax_basis_musd=basis)
        left -= mw


def _equipment(site: Place, draw: Stream, world: World, calendar: Calendar) -> None:
    """Transformers and breakers for what stands, a spare at some sites, some on order."""
    load_mw = site.mine_modules * r.MINE_MW * r.MINE_PUE + site.shell_modules * r.SHELL_MW * r.SHELL_PUE
    spare, ordered, count, comes = draw.whole(r.SPARE_UNITS), draw.happens(r.ORDERED), 1 + draw.below(2), 18 + 6 * draw.below(3)
    units = max(1, -int(-load_mw // CARRIED_MW)) + spare
    bays = -int(-units * r.TRANSFORMER_MVA // r.BREAKER_MVA)
    for item, number in (("tr_100", units), ("cb_200", bays)):
        site.stands(item, count=number, in_service=OLD, tax_basis_musd=round(r.OPENING_BASIS[item] * number, 2))
    if ordered and calendar.comes(comes):
        for item, number, musd in (("tr_100", count, world.transformer_musd), ("cb_200", 1, world.breaker_musd)):
            paid = round(r.EQUIPMENT_TERMS["deposit_fraction"] * musd * number, 2)
            due = round(musd * number - paid, 2)
            site.due_musd += due
            site.stands(item, more="_order", count=number, in_service=word(comes), tax_basis_musd=paid, due_musd=due, cancellable=True)


def _terms(site: Place, draw: Stream, calendar: Calendar) -> None:
    """The row of the site: what it costs, and whether it may be bought, sold or have a plant of its own."""
    cost, value, tax = draw.of(r.SITE_COST), draw.of(r.LAND_VALUE), draw.of(r.PROPERTY_TAX)
    price, months = draw.of(r.OFFER_PRICE), draw.whole(r.OFFER_MONTHS)
    sells, proceeds, generates, cells = draw.happens(r.FOR_SALE), draw.of(r.SALE_PRICE), draw.happens(r.GENERATES), draw.below(4) == 0
    small = site.kind == "mine" and site.utility_mw <= r.LARGEST_SALE and not site.shell_modules
    fields: Fields = {"energy_adder_usd_per_mwh": draw.of(r.ADDER), "basis_usd_per_mwh": draw.of(r.BASIS)}
    fields["loss_fraction"] = draw.of(r.LOSSES)
    if site.kind == "offer":
        last = min(months, calendar.last)
        fields |= {"option_price_musd": round(price * site.energised_mw, 2), "offer_from": word(0), "offer_to": word(last)}
    elif small and sells and calendar.years > 1:
        fields |= {"sale_musd_per_mw": proceeds, "sale_from": word(YEAR), "closing_cost_musd": r.CLOSING_COST}
    elif generates and site.kind != "land" and site.utility_mw >= r.OWN_PLANT:
        site.plant = "cells" if cells else "engines"
    if site.mine_modules:
        fields["capture_fraction"] = draw.of(r.CAPTURE)
    fields |= {"energised_musd_per_mw": value, "property_tax_fraction": tax}
    site.add(
        "sites", id=site.id, market=site.market.id, land_it_mw=site.land_mw, power_factor=r.POWER_FACTOR, loading_limit_fraction=r.LOADING,
        fixed_cost_musd_per_year=round(r.SITE_COST_BASE + cost * site.energised_mw, 2),
        max_ai_it_mw=site.ai_cap_mw, ai_eligible_from=word(site.ai_from) if site.ai_from else None, **fields,
    )  # fmt: skip
