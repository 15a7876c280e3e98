"""A random portfolio of a size and a seed: every part drawn, put together and validated."""

from __future__ import annotations

from collections.abc import Sequence

from planner.errors import BadOption
from planner.generator import machines
from planner.generator import world as common
from planner.generator.calendar import Calendar, word
from planner.generator.company import company, scale
from planner.generator.contracts import contract
from planner.generator.offers import compute_contracts, offers
from planner.generator.places import Place, place
from planner.generator.ranges import CELL_LEAD, GENERATOR, REBUILD_MODULES, RESPONSE, RESPONSE_MW, RETROFIT_MONTHS
from planner.generator.world import Fields, Market, World
from planner_models.schema import Instance

MOST = {"sites": 10_000, "periods": 60, "leases": 20_000, "seed": 2**31 - 1}
"""The schema ends at 60 years; the other bounds are far above what can be solved."""
LEAST = {"sites": 1, "periods": 1, "leases": 0, "seed": 0}
SITE_TABLES = ("sites", "grid", "opening", "ppas", "charges")
OPTIONS = {"gap_fraction": 0.005, "time_limit_s": 600.0}


def generate(sites: int, periods: int, leases: int, seed: int) -> Instance:
    """A valid instance of so many sites, yearly periods and leases on offer: the same for the same four numbers, for ever.

    There is always a plan, as nothing has to be done. In plans of one or two years fewer leases may be on offer: no hall could serve more.
    Raises BadOption for a number that makes no sense.
    """
    _refuse_nonsense({"sites": sites, "periods": periods, "leases": leases, "seed": seed})
    calendar, shared = Calendar(periods), common.world(seed)
    places = []
    for number in range(1, sites + 1):
        places.append(place(seed, number, shared, calendar))
        contract(seed, number, places[-1], shared, calendar)
    return Instance.model_validate(_settings(sites, periods, leases, seed) | _tables(seed, places, leases, shared, calendar))


def _refuse_nonsense(numbers: dict[str, int]) -> None:
    for name, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, int) or not LEAST[name] <= value <= MOST[name]:
            raise BadOption(f"{name}: found {value!r}; allowed: a whole number from {LEAST[name]} to {MOST[name]}")


def _settings(sites: int, periods: int, leases: int, seed: int) -> Fields:
    size = f"{sites} site{'s' * (sites > 1)}, {periods} year{'s' * (periods > 1)}, {leases} lease{'s' * (leases != 1)} on offer"
    return {
        "name": f"generated{GENERATOR}_{sites}x{periods}_{leases}_seed{seed}",
        "title": f"Generated: {size}, seed {seed} (generator {GENERATOR})",
        "start": word(0),
        "periods": [{"months": 12, "count": periods}],
        "halvings": common.halvings(Calendar(periods)),
        "options": OPTIONS,
    }


def _tables(seed: int, places: Sequence[Place], leases: int, shared: World, calendar: Calendar) -> Fields:
    tenants = offers(seed, leases, places, shared, calendar)
    tenants.rows["gpu_contracts"] = list(compute_contracts(seed, places, shared, calendar))
    by_site: Fields = {table: [row for site in places for row in site.rows[table]] for table in SITE_TABLES}
    money = company(seed, places, tenants, scale(places, tenants, shared, calendar), shared, calendar)
    markets = {site.market.id: site.market for site in places}
    return by_site | tenants.rows | money | _halls(places, shared, calendar) | _machines(seed, by_site, places, shared, calendar) | {
        "equipment": list(common.equipment(shared)),
        "power_prices": [row for name in shared.markets if name in markets for row in common.power_prices(markets[name], calendar)],
        "programmes": _programmes(places),
        "btc": list(common.btc(seed, calendar)),
    }  # fmt: skip


def _halls(places: Sequence[Place], shared: World, calendar: Calendar) -> Fields:
    """Hall types where they stand or may be built, and the conversions that lead to them."""
    standing = {(row["site"], row["item"]): None for site in places for row in site.rows["opening"]}
    markets = shared.markets.values()
    built = {market.hall: [site.id for site in _of(places, market) if site.most_mw("turnkey", calendar)] for market in markets}
    stand = {hall: names or [site.id for site in places if (site.id, hall) in standing] for hall, names in built.items()}
    retrofits = calendar.comes(RETROFIT_MONTHS)
    stand["shell"] = [site.id for site in places if (site.mine_modules and retrofits) or site.shell_modules]
    roomy = [site for site in places if site.mine_modules >= REBUILD_MODULES]
    possible = {site.market.hall: None for site in roomy if site.id in built[site.market.hall]}
    if retrofits and any(site.mine_modules for site in places):
        possible["shell"] = None
    buildable = [hall for hall, names in built.items() if names]
    return {"halls": list(common.halls(shared, stand, buildable)), "conversions": list(common.conversions(shared, possible))}


def _of(places: Sequence[Place], market: Market) -> list[Place]:
    return [site for site in places if site.market is market]


def _machines(seed: int, by_site: Fields, places: Sequence[Place], shared: World, calendar: Calendar) -> Fields:
    """ASICs, GPU clusters where a turnkey hall may stand, and own plants."""
    owned = dict.fromkeys(row["item"] for row in by_site["opening"])
    hosts = any(site.most_mw("turnkey", calendar) for site in places)
    gpus = list(machines.gpu_models(shared, calendar)) if hosts else []
    leads = {"engines": shared.engine_lead, "cells": CELL_LEAD}
    plants = {name: [site.id for site in places if site.plant == name and calendar.comes(lead)] for name, lead in leads.items()}
    return {
        "asic_models": list(machines.asic_models(calendar, owned)),
        "asic_prices": list(machines.asic_prices(seed, calendar, owned, len(places))),
        "gpu_models": gpus,
        "gpu_market": list(machines.gpu_market(seed, shared, calendar, [row["id"] for row in gpus], len(places))),
        "generators": list(machines.generators(seed, shared, plants)),
        "fuel_prices": list(machines.fuel_prices(seed, calendar)) if any(plants.values()) else [],
    }


def _programmes(places: Sequence[Place]) -> list[Fields]:
    """Demand response where something is mined in ERCOT."""
    count = sum(site.market.id == "ercot" and site.mine_modules > 0 for site in places)
    pay = {"usd_per_mw_year": RESPONSE.low, "max_mw": RESPONSE_MW.low * count}
    return [{"id": "ercot_response", "market": "ercot", "blocks": ["scarce"]} | pay] if count else []
