"""What every site of a seed shares: power markets, the bitcoin deck, equipment, halls, machines and their prices."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from planner.generator import ranges as r
from planner.generator.calendar import START_YEAR, Calendar
from planner.generator.draws import Stream
from planner_models.sheets import ESTIMATED_HALVINGS, PAST_HALVINGS

Fields = dict[str, Any]

CARRIED_MW = r.TRANSFORMER_MVA * r.POWER_FACTOR * r.LOADING
"""Facility MW that a transformer carries."""
HALVING_DAYS = 1458
"""Days of 210,000 blocks of ten minutes."""
FIRST_SUBSIDY_BTC = 3.125


@dataclass(frozen=True)
class Market:
    """A power market and what it costs to build there."""

    id: str
    level: float
    growth_fraction: float
    ai_capex_musd_per_mw: float
    ai_pue: float
    ai_build_months: int
    rebuild_saving_musd_per_mw: float

    @property
    def hall(self) -> str:
        """The id of its turnkey halls."""
        return f"ai_{self.id}"

    @property
    def mean_usd_per_mwh(self) -> float:
        """Mean price of all hours in the first year."""
        return self.level * math.fsum(hours * usd for (_, hours), usd in zip(r.BLOCKS, r.MARKETS[self.id], strict=True))


@dataclass(frozen=True)
class World:
    """Markets by name, and figures that hold everywhere."""

    markets: dict[str, Market]
    transformer_musd: float
    transformer_lead: int
    breaker_musd: float
    breaker_lead: int
    mine_musd_per_mw: float
    retrofit_musd_per_mw: float
    engine_lead: int
    gpu_capex_musd_per_mw: float
    gpu_hour_usd: float
    transmission_usd_per_kw_month: float
    demand_usd_per_kw_month: float


def world(seed: int) -> World:
    """The world of a seed, whatever the size of the instance."""
    draw = Stream(seed, "world")
    return World(
        markets={name: _market(seed, name) for name in r.MARKETS},
        transformer_musd=draw.of(r.TRANSFORMER_COST),
        transformer_lead=draw.whole(r.TRANSFORMER_LEAD),
        breaker_musd=draw.of(r.BREAKER_COST),
        breaker_lead=draw.whole(r.BREAKER_LEAD),
        mine_musd_per_mw=draw.of(r.MINE_CAPEX),
        retrofit_musd_per_mw=draw.of(r.RETROFIT_CAPEX),
        engine_lead=draw.whole(r.ENGINE_LEAD),
        gpu_capex_musd_per_mw=draw.of(r.GPU_CAPEX),
        gpu_hour_usd=draw.of(r.GPU_HOUR),
        transmission_usd_per_kw_month=draw.of(r.FOUR_CP),
        demand_usd_per_kw_month=draw.of(r.DEMAND),
    )


def _market(seed: int, name: str) -> Market:
    draw = Stream(seed, f"market {name}")
    return Market(
        id=name,
        level=draw.of(r.MARKET_LEVEL),
        growth_fraction=draw.of(r.PRICE_GROWTH),
        ai_capex_musd_per_mw=draw.of(r.AI_CAPEX),
        ai_pue=draw.of(r.AI_PUE),
        ai_build_months=draw.whole(r.AI_BUILD),
        rebuild_saving_musd_per_mw=draw.of(r.REBUILD_SAVING),
    )


def power_prices(market: Market, calendar: Calendar) -> Iterator[Fields]:
    """Rows of a market by year and block."""
    level = market.level
    for year in range(calendar.years):
        for (block, hours), usd in zip(r.BLOCKS, r.MARKETS[market.id], strict=True):
            price = {"usd_per_mwh": round(usd * level, 2)}
            yield {"market": market.id, "from_year": START_YEAR + year, "block": block, "hours_fraction": hours} | price
        level *= 1 + (market.growth_fraction if year < r.YEARS_OF_DEAR_POWER else 0.0)


def halvings(calendar: Calendar) -> list[dt.date]:
    """The days of all halvings, past and to come, until the end of the plan."""
    days = list(ESTIMATED_HALVINGS)
    while days[-1].year < START_YEAR + calendar.years:
        days.append(days[-1] + dt.timedelta(days=HALVING_DAYS))
    return [*PAST_HALVINGS, *(day for day in days if day.year < START_YEAR + calendar.years)]


def btc(seed: int, calendar: Calendar) -> Iterator[Fields]:
    """The bitcoin deck: the price grows, hashprice drops with each halving, the network is what follows."""
    draw = Stream(seed, "btc")
    price, hashprice = 1000 * draw.of(r.BTC_2027), draw.of(r.HASHPRICE)
    subsidy, fees = FIRST_SUBSIDY_BTC, r.FEES_BTC
    drops = [day for day in halvings(calendar) if day.year >= START_YEAR]
    for day in sorted([dt.date(START_YEAR + year, 1, 1) for year in range(calendar.years)] + drops):
        growing = day.year - START_YEAR < r.YEARS_OF_GROWTH
        if day in drops:
            subsidy, hashprice, price = subsidy / 2, hashprice * draw.of(r.HALVING_DROP), price * (r.BTC_AT_HALVING if growing else 1.0)
        elif day.year > START_YEAR:
            hashprice, fees = hashprice * r.HASHPRICE_TREND, fees + r.FEES_GROWTH_BTC
            price *= r.BTC_GROWTH if growing else r.BTC_LATE_GROWTH
        hashprice = max(hashprice, r.HASHPRICE_FLOOR)
        network_eh = price * (subsidy + fees) * 144 / (hashprice * 1000)
        share = round(fees / (subsidy + fees), 4)
        yield {"from_day": day, "btc_usd": round(price, -2), "network_eh": float(round(network_eh)), "fee_fraction": share}


def halls(world: World, places: dict[str, list[str]], built: Collection[str]) -> Iterator[Fields]:
    """Hall types; `places` has the sites where each may stand, by its id; one without any is left out, one not in `built` only stands."""
    yield _hall("mine", "mining", r.MINE_MW, r.MINE_PUE, r.UPKEEP["mine"], world.mine_musd_per_mw) | r.MINE_TERMS
    if places["shell"]:
        shell = _hall("shell", "powered_shell", r.SHELL_MW, r.SHELL_PUE, r.UPKEEP["shell"], 0.0) | r.SHELL_TERMS
        yield shell | {"sites": places["shell"], "assessed_musd_per_module": round(world.retrofit_musd_per_mw * r.SHELL_MW, 2)}
    for market in world.markets.values():
        if places[market.hall]:
            turnkey = _hall(market.hall, "turnkey", r.AI_MW, market.ai_pue, r.UPKEEP["ai"], market.ai_capex_musd_per_mw) | r.AI_TERMS
            where = {"sites": places[market.hall], "buildable": market.hall in built, "build_months": market.ai_build_months}
            yield turnkey | where


def _hall(name: str, product: str, module_mw: float, pue: float, upkeep_musd_per_mw: float, capex_musd_per_mw: float) -> Fields:
    return {
        "id": name, "product": product, "module_it_mw": module_mw, "pue_peak": pue,
        "pue_average": round(1 + (pue - 1) * r.COOLING_ON_AVERAGE, 4),
        "fixed_cost_musd_per_module_year": round(upkeep_musd_per_mw * module_mw, 2),
        "capex_musd_per_module": round(capex_musd_per_mw * module_mw, 2),
    }  # fmt: skip


def conversions(world: World, possible: Collection[str]) -> Iterator[Fields]:
    """Mine halls become shells, or make room for turnkey halls of a market: those whose results are among `possible`."""
    if "shell" in possible:
        musd = round(world.retrofit_musd_per_mw * r.SHELL_MW, 2)
        yield {"id": "retrofit", "from_hall": "mine", "to_hall": "shell", "capex_musd_per_lot": musd} | r.RETROFIT_TERMS
    for market in world.markets.values():
        if market.hall in possible:
            musd = round((market.ai_capex_musd_per_mw - market.rebuild_saving_musd_per_mw) * r.AI_MW, 2)
            ids = {"id": f"rebuild_{market.id}", "from_hall": "mine", "to_hall": market.hall}
            yield ids | {"capex_musd_per_lot": musd, "build_months": market.ai_build_months} | r.REBUILD_TERMS


def equipment(world: World) -> Iterator[Fields]:
    """Transformers and breaker bays."""
    for name, kind, mva, musd, lead in (
        ("tr_100", "transformer", r.TRANSFORMER_MVA, world.transformer_musd, world.transformer_lead),
        ("cb_200", "breaker", r.BREAKER_MVA, world.breaker_musd, world.breaker_lead),
    ):
        yield {"id": name, "kind": kind, "mva": mva, "cost_musd": musd, "lead_months": lead} | r.EQUIPMENT_TERMS
