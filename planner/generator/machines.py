"""Mining machines, GPU clusters and own power plants: models and what they cost by date."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from planner.generator import ranges as r
from planner.generator.calendar import START_YEAR, Calendar, word
from planner.generator.draws import Stream
from planner.generator.world import Fields, World

OLD_ASICS = tuple(r.OLD_PRICES)


def asics_on_sale(calendar: Calendar) -> list[str]:
    """The machines that can still be bought and come within the plan."""
    windows = {"s23_hyd": r.ASIC_LEAD, "next_asic": calendar.starts_by(r.NEXT_ASIC_FROM + r.ASIC_LEAD)}
    return [name for name, month in windows.items() if calendar.comes(month)]


def asic_models(calendar: Calendar, owned: Collection[str]) -> Iterator[Fields]:
    """The models that stand at the opening or are on sale."""
    for name in OLD_ASICS:
        if name in owned:
            yield {"id": name, "j_per_th": r.J_PER_TH[name], "buyable": False} | r.MACHINE_TERMS
    for name in asics_on_sale(calendar):
        window = {"order_from": word(r.NEXT_ASIC_FROM)} if name == "next_asic" else {}
        new = {"lead_months": r.ASIC_LEAD, "residual_fraction": r.NEW_MACHINE_RESIDUAL}
        yield {"id": name, "j_per_th": r.J_PER_TH[name]} | new | window | r.MACHINE_TERMS


def asic_prices(seed: int, calendar: Calendar, owned: Collection[str], sites: int) -> Iterator[Fields]:
    """New and used prices by date; those after the plan are left out."""
    draw = Stream(seed, "asic prices")
    new = {"s23_hyd": draw.of(r.NEW_PRICE), "next_asic": draw.of(r.LATER_PRICE)}
    for name in (name for name in OLD_ASICS if name in owned):
        for month, (usd, used) in zip(r.OLD_PRICE_MONTHS, r.OLD_PRICES[name], strict=True):
            if month <= calendar.end:
                market = {"resale_usd_per_th": used, "resale_mw_per_year": r.RESALE_MW.low * sites}
                yield {"asic": name, "from_month": word(month), "usd_per_th": float(usd)} | market
    for name in asics_on_sale(calendar):
        for month, factor in r.PRICE_FALLS[name]:
            if month <= calendar.end:
                yield {"asic": name, "from_month": word(month), "usd_per_th": round(new[name] * factor, 2)}


def gpu_models(world: World, calendar: Calendar) -> Iterator[Fields]:
    """Two generations of clusters that sell their hours to the same buyers."""
    capex = world.gpu_capex_musd_per_mw
    money = {"capex_musd_per_mw": capex, "opex_musd_per_mw_year": r.GPU_OPEX, "order_to": word(r.LAST_GPU_MONTH)}
    yield {"id": "gb300", "gpus_per_mw": r.GPUS_PER_MW} | money | r.CLUSTER_TERMS
    if calendar.comes(calendar.starts_by(r.NEXT_GPU_FROM + r.GPU_LEAD)):
        later = {"capex_musd_per_mw": round(capex * r.NEXT_GPU["capex"], 2), "opex_musd_per_mw_year": r.NEXT_GPU_OPEX}
        yield {"id": "next_gpu", "gpus_per_mw": r.NEXT_GPU["gpus_per_mw"], "order_from": word(r.NEXT_GPU_FROM)} | later | r.CLUSTER_TERMS


def gpu_market(seed: int, world: World, calendar: Calendar, models: Collection[str], sites: int) -> Iterator[Fields]:
    """The price of an hour falls from year to year."""
    draw = Stream(seed, "gpu market")
    mw, decay = draw.of(r.GPU_MARKET) * sites + r.CLUSTER_MW, draw.of(r.GPU_DECAY)
    for name in models:
        usd = world.gpu_hour_usd * (r.NEXT_GPU["hour"] if name == "next_gpu" else 1.0)
        for year in range(calendar.years):
            price = max(round(usd, 2), r.GPU_HOUR_FLOOR)
            yield {"gpu": name, "from_year": START_YEAR + year, "usd_per_gpu_hour": price, "market_it_mw": mw}
            usd *= 1 - decay


def generators(seed: int, world: World, sites: dict[str, list[str]]) -> Iterator[Fields]:
    """Plants that may be commissioned; `sites` has where, by their id, and one without a site is left out."""
    draw = Stream(seed, "generators")
    engine, cell, units = draw.of(r.ENGINE_CAPEX), draw.of(r.CELL_CAPEX), draw.whole(r.GENERATOR_UNITS)
    if sites["engines"]:
        engines = {"max_units": units, "capex_musd_per_unit": round(engine * r.ENGINE_MW, 2), "lead_months": world.engine_lead}
        yield {"id": "engines", "sites": sites["engines"]} | engines | r.ENGINE_TERMS
    if sites["cells"]:
        cells = {"max_units": 2 * units, "capex_musd_per_unit": round(cell * r.CELL_MW, 2)}
        yield {"id": "cells", "sites": sites["cells"]} | cells | r.CELL_TERMS


def fuel_prices(seed: int, calendar: Calendar) -> Iterator[Fields]:
    """Gas by year."""
    usd = Stream(seed, "gas").of(r.GAS_PRICE)
    for year in range(calendar.years):
        yield {"fuel": "gas", "from_year": START_YEAR + year, "usd_per_mmbtu": round(usd, 2)}
        usd *= r.GAS_GROWTH
