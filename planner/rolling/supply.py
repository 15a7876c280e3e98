"""Rolling power and places: grid upgrades, units and their suppliers, generators, clusters, and sites bought or sold."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

from planner.check.exact import ZERO, exact
from planner.rolling.past import Lock, Rolling, amount, changed
from planner.rolling.standing import stand, unlock
from planner.tables.ordered import Order
from planner_models.rows import Generator, Grid, Slot


def roll_clusters(r: Rolling, order: Order) -> None:
    """GPU clusters, in service or on order."""
    gpu = r.world.gpus[order.key[1]]
    stand(r, order, unlock(r, order), gpu.tax_life_months, count=int(order.quantity), hall=order.key[3])


def roll_units(r: Rolling, order: Order) -> None:
    """Units of equipment or generators, in service or on order."""
    _, item, _, _ = order.key
    life = r.world.equipment[item].tax_life_months if item in r.world.equipment else r.world.generators[item].tax_life_months
    stand(r, order, unlock(r, order), life, count=int(order.quantity))


def roll_upgrade(r: Rolling, order: Order) -> None:
    """An upgrade becomes energised MW: what was paid on it is a tax basis, what is not is due when it comes."""
    row, lock = r.world.grid[order.key[1]], unlock(r, order)
    due = lock.due_musd
    r.spent(row.id, row.site, lock.month, row.tax_life_months, order.total_musd - due)
    fields: dict[str, Any] = {"kind": "energised", "from_month": r.day(lock.month), "due_musd": amount(due)}
    fields |= {"lead_months": 0, "cost_musd": 0.0, "deposit_fraction": 1.0}
    r.change("grid", lambda old: changed(old, **fields) if old.id == row.id else old)


def roll_grid(r: Rolling) -> None:
    """Securities that are back are no longer posted; what was due on energised rows that have come was paid."""

    def edit(row: Grid) -> Grid:
        if row.kind != "energised" or row.from_month is None:
            return row
        month, old = r.book.calendar.month(row.from_month), r.world.grid[row.id]
        if row.due_musd and old.kind == "energised" and month < r.month:
            r.spent(row.id, row.site, month, row.tax_life_months, exact(row.due_musd))
            row = changed(row, due_musd=0.0)
        if row.security_musd and month + row.security_months < r.month:
            row = changed(row, security_musd=0.0, security_months=0)
        return row

    r.change("grid", edit)


def roll_slots(r: Rolling, locked: list[Order]) -> None:
    """Slots of suppliers less what was delivered or is on order in their year."""
    taken: dict[tuple[str, int], int] = defaultdict(int)
    for order in locked:
        if order.key[0] == "equipment":
            taken[order.key[1], order.period.year] += int(order.quantity)

    def edit(row: Slot) -> Slot | None:
        return None if row.year < r.start.year else changed(row, units=max(0, row.units - taken[row.equipment, row.year]))

    r.change("slots", edit)


def roll_limits(r: Rolling, locked: list[Order]) -> None:
    """The most units of each generator type less those that were commissioned or are on order, a row by site where they differ."""
    used: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for order in locked:
        if order.key[0] == "generator":
            used[order.key[1]][order.key[2]] += int(order.quantity)
            if order.in_service_month + r.world.generators[order.key[1]].life_months < r.book.calendar.horizon:
                r.note(f"{order.key[1]}: units whose life ends within the plan count towards max_units to its end.")
    for name, at in used.items():
        _limit(r, r.world.generators[name], at)


def _limit(r: Rolling, row: Generator, used: dict[str, int]) -> None:
    sites = row.sites or tuple(r.world.sites)
    others = tuple(site for site in sites if not used.get(site))
    if len(sites) == 1 or not others:
        least = min(row.max_units - used[site] for site in sites)
        fields: dict[str, Any] = {"max_units": max(0, least)}
        if len({used[site] for site in sites}) > 1:
            r.note(f"{row.id}: max_units is what is left at the site with most of them.")
    else:
        fields = {"sites": others}
    r.change("generators", lambda old: changed(old, **fields) if old.id == row.id else old)
    for site in sites if "sites" in fields else ():
        if 0 < used.get(site, 0) < row.max_units:
            _own_type(r, row, site, row.max_units - used[site])


def _own_type(r: Rolling, row: Generator, site: str, most: int) -> None:
    """A type of its own for the units that a site may still have."""
    name = r.name("generators", row.id, site)
    r.tables["generators"].append(changed(row, id=name, sites=(site,), max_units=most))
    for table, field in (("availability", "generator"), ("residuals", "item")):
        r.tables[table] += [changed(old, **{field: name}) for old in r.tables[table] if getattr(old, field) == row.id]
    for family in ("commissioned_units", "generated_mw"):
        made = r.decisions[family]
        if family == "commissioned_units":
            r.decisions[family] = {(s, name if (s, k) == (site, row.id) else k, u): v for (s, k, u), v in made.items()}
    later = [r.at(period) for s, k, period in r.decisions["commissioned_units"] if (s, k) == (site, name)]
    if later and any((s, k) == (site, row.id) and r.at(u) >= min(later) for s, k, u, _ in r.decisions["generated_mw"]):
        r.note(f"{row.id} at {site}: what units on order and later ones make is booked to the earlier type.")


def roll_sites(r: Rolling) -> None:
    """Sites bought are owned; one that was sold stays without anything that could be used."""
    ordered_for = {row.site for row in r.tables["opening"]}
    for (site, period), bought in r.book.decisions("opened"):
        if bought and (r.past(period) or site in ordered_for):
            _own(r, site, period)
    for (site, period), sold in r.book.decisions("sold"):
        if sold and r.past(period):
            r.take("sold", (site, period))
            r.passed.append(f"{site}: sold in {r.day(r.at(period)):%Y-%m}.")
            _leave(r, site)


UNTRADED: dict[str, Any] = {
    "option_price_musd": None, "offer_from": None, "offer_to": None, "sale_musd_per_mw": None, "sale_from": None, "closing_cost_musd": 0.0
}  # fmt: skip


def _own(r: Rolling, site: str, period: str) -> None:
    """A site that was bought; one for which things are on order that the plan buys later is paid for at once, as nothing may be on order
    for a site that is still on offer."""
    r.take("opened", (site, period))
    price, month = exact(r.world.sites[site].option_price_musd or 0), min(r.at(period), r.month)
    if not r.past(period):
        r.note(f"{site}: things are on order for it, so it counts as bought at once, at a price that is taken off the opening cash.")
        r.returned_musd -= price
    r.spent(f"{site}.land", site, month, None, price)
    r.locked.append(Lock("site", site, site, Fraction(1), "sites", month, price, ZERO))
    r.change("sites", lambda old: changed(old, **UNTRADED) if old.id == site else old)


NOTHING_THERE = UNTRADED | {
    "land_it_mw": 0.0, "fixed_cost_musd_per_year": 0.0, "energised_musd_per_mw": 0.0, "property_tax_fraction": 0.0, "export_mw": 0.0,
    "max_ai_it_mw": None, "ai_eligible_from": None,
}  # fmt: skip


def _leave(r: Rolling, name: str) -> None:
    """A site that was sold has no land and no power; machines left there may still go, and what was spent on it is written off on."""
    r.change("sites", lambda old: changed(old, **NOTHING_THERE) if old.id == name else old)
    for table in ("grid", "hosting"):
        r.drop(table, lambda row: row.site == name)
    r.drop("charges", lambda row: row.site == name and not (row.kind == "coincident" and row.lag_months))
    for row in [row for row in r.tables["opening"] if row.site == name and row.item not in r.world.asics]:
        thing, begin = r.world.thing(row), r.book.calendar.month(row.in_service)
        first = max(begin, r.month)
        life = max(1, begin + thing.tax_life_months - first)
        r.spent(row.id, name, first, life, exact(row.tax_basis_musd), "straight_line")
    r.drop("opening", lambda row: row.site == name and row.item not in r.world.asics)
    r.drop("conversions", lambda row: row.site == name or r.world.halls[row.to_hall].sites == (name,))
    r.change("halls", lambda row: changed(row, buildable=False) if row.sites == (name,) else row)
    r.passed.append(f"{name} stays in the tables as a site without land or power: its tax bases run on.")
