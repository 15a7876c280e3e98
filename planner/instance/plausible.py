"""Figures outside what is usual, mostly in the wrong unit: ranges that hold nearly all that has been published, and notices."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from planner.instance.notice import Remark
from planner_models.rows import Row
from planner_models.schema import Instance
from planner_models.timeline import shifted

BLOCKS_PER_DAY = 144
PH_PER_EH = 1000
FIRST_SUBSIDY_BTC = 50
PRICE_YEARS = 10
"""How long ago the year may be in whose money costs are given."""


@dataclass(frozen=True)
class Usual:
    """The usual range of a field, in the words of its unit; `per` divides it by another field, `product` picks the rows."""

    table: str
    field: str
    low: float
    high: float
    unit: str
    per: str = ""
    products: tuple[str, ...] = ()

    def value(self, row: Row) -> float | None:
        """The figure of a row; None where it is blank or 0 (nothing is said), or of another product."""
        figure: Any = getattr(row, self.field)
        if not figure or (self.products and getattr(row, "product", "") not in self.products):
            return None
        return float(figure) / (float(getattr(row, self.per)) if self.per else 1.0)


HALLS = ("powered_shell", "turnkey")
USUAL = (
    # Machines on sale 2021-2026: 9.5 (S23 Hyd) to 29.5 J/TH (S19j Pro), 13 to 26 $/TH, down to a few $ second-hand and 60 in mid 2022.
    Usual("asic_models", "j_per_th", 5, 60, "J/TH"),
    Usual("asic_models", "usd_per_th", 3, 60, "$/TH"),
    # US leases of miners' sites to AI tenants 2024-2026: 60 (shells) to 190 $ per kW of IT and month; fully served space up to 400.
    Usual("leases", "rent_usd_per_kw_month", 50, 400, "$ per kW-month"),
    # Capitalisation rates of data centres 2024-2026: 5.5 to 8 %; 3 and 15 % are the edges of what has been paid for any property.
    Usual("leases", "cap_rate_fraction", 0.03, 0.15, ""),
    # AI halls: shells 1.5-2.4, turnkey 9-15 M$ per MW of IT. Mining sites: 0.2 bought half built to 1.0 new.
    Usual("halls", "capex_musd_per_module", 1, 20, "M$ per MW of IT", "module_it_mw", HALLS),
    Usual("halls", "capex_musd_per_module", 0.1, 1.5, "M$ per MW of IT", "module_it_mw", ("mining",)),
    Usual("halls", "pue_peak", 1, 2, "facility MW per MW of IT"),
    # GB300 cluster of IREN for Microsoft (2025-11): 29 M$ per MW of IT and 2.91 $/GPU-h; older GPUs are let from 0.5, peaks went to 8.
    Usual("gpu_models", "capex_musd_per_mw", 10, 60, "M$ per MW of IT"),
    Usual("gpu_market", "usd_per_gpu_hour", 0.5, 12, "$/h"),
    # Blocks of hours in ERCOT 2021-2025: means from about -20 to the offer cap of 5000 $/MWh.
    Usual("power_prices", "usd_per_mwh", -50, 5000, "$/MWh"),
    # Bitcoin network 2022Q1: 195 EH/s; 2026Q2: 978; ten times that by the 2040s is the highest of the public forecasts.
    Usual("btc", "network_eh", 100, 10_000, "EH/s"),
    # Project and corporate debt of miners 2024-2026: 6 to 12 % a year.
    Usual("debt", "rate_fraction", 0.01, 0.2, "per year"),
    # The same machines by date.
    Usual("asic_prices", "usd_per_th", 3, 60, "$/TH"),
    Usual("hosting", "j_per_th", 5, 60, "J/TH"),
    # Hosting of miners in the US 2021-2026: 60 to 90 $/MWh, power included (general knowledge).
    Usual("hosting", "fee_usd_per_mwh", 30, 150, "$/MWh"),
    # GPUs and tenants draw 60 to 95 % of their critical power on average (general knowledge).
    Usual("leases", "load_factor_fraction", 0.4, 1, ""),
    Usual("gpu_models", "load_factor_fraction", 0.4, 1, ""),
    # Own plants 2025-2026: batteries and solar 1.2-1.6, engines 1.2-2.0, combined cycles 2.0-2.8, fuel cells 3.0-4.5 M$ per MW;
    # the plant of Long Ridge was bought at 2.97 (2026-04).
    Usual("generators", "capex_musd_per_unit", 0.3, 6, "M$ per MW", "unit_mw"),
    # Combined cycles 6.3 to 7, engines and fuel cells 6.5 to 9, small and old turbines 10 to 14 MMBtu/MWh (general knowledge).
    Usual("generators", "heat_rate_mmbtu_per_mwh", 5, 15, "MMBtu/MWh"),
    # Yearly means of gas at Henry Hub since 2000: 2 to 9 $/MMBtu; delivered by pipeline in winter, or as LNG, up to 20 (general knowledge).
    Usual("fuel_prices", "usd_per_mmbtu", 1, 20, "$/MMBtu"),
    # Fixed blocks of miners in ERCOT 25 to 30 (background); new contracts 2026Q1: solar 35 to 65, wind 79 $/MWh.
    Usual("ppas", "strike_usd_per_mwh", 10, 150, "$/MWh"),
    # Demand charges of US utilities 5 to 25 $/kW-month, transmission by 4CP in ERCOT about 5 to 6 (general knowledge).
    Usual("charges", "usd_per_kw_month", 0, 40, "$ per kW-month"),
    # Capacity in PJM: 29 (2024/25), 270 (2025/26), 329 $/MW-day (2026/27).
    Usual("charges", "usd_per_mw_day", 0, 1000, "$ per MW-day"),
    # Demand response credits of Riot 2023-2024, 0.2 to 7.4 M$ a month on 450 to 700 MW, kept up for a year: 3,000 to 200,000 $ per MW.
    Usual("programmes", "usd_per_mw_year", 5_000, 300_000, "$ per MW-year"),
    # Effective rates in the US: 0.3 % (Hawaii) to 2.5 % (Texas, New Jersey) of the assessed value (general knowledge).
    Usual("sites", "property_tax_fraction", 0, 0.04, "per year"),
    # Losses of lines and transformers between node and meter: 1 to 8 % (general knowledge).
    Usual("sites", "loss_fraction", 0, 0.15, ""),
    # Budgets of construction: 5 to 15 %, early estimates up to 30 % (general knowledge).
    Usual("halls", "contingency_fraction", 0, 0.3, ""),
    Usual("conversions", "contingency_fraction", 0, 0.3, ""),
)
# Quarterly means 2022-2026: 36 to 198 $ per PH and day. Decks that let the network lag the halvings of 2028-2036 fall to 10.
HASHPRICE = Usual("btc", "btc_usd", 5, 200, "$ per PH and day")
MEAN_PRICE = Usual("power_prices", "usd_per_mwh", 5, 300, "$/MWh")  # yearly means of US hubs 2019-2025: 17 (west) to 160 (ERCOT 2021)
DISCOUNT = Usual("instance", "finance.discount_rate_fraction", 0, 0.4, "per year")
CASH = Usual("instance", "finance.opening_cash_musd", -20_000, 20_000, "M$")  # the largest miners held 1,000 to 5,000 in 2025


def implausible(instance: Instance) -> list[Remark]:
    """Every figure of the instance that lies outside its usual range: once per table and field, at the first row."""
    return [remark for rule in RULES for remark in rule(instance)]


def _fields(instance: Instance) -> Iterator[Remark]:
    for usual in USUAL:
        rows = getattr(instance, usual.table)
        found = [(i, value) for i, row in enumerate(rows) if (value := usual.value(row)) is not None]
        yield from _remark(usual, found)


def _remark(usual: Usual, found: list[tuple[int, float]], what: str = "") -> Iterator[Remark]:
    outside = [(i, value) for i, value in found if not usual.low <= value <= usual.high]
    if outside:
        row, value = outside[0]
        more = f"(and {len(outside) - 1} more)" if len(outside) > 1 else ""
        words = " ".join(part for part in (f"{value:.4g}", usual.unit, what, more) if part)
        yield Remark(usual.table, row, usual.field, words, _words(usual))


def _words(usual: Usual) -> str:
    span = f"{usual.low:g} to {usual.high:g} {usual.unit}".strip()
    return f"outside what is usual; usual: {span}; is the unit right?"


def _settings(instance: Instance) -> Iterator[Remark]:
    figures = ((DISCOUNT, instance.finance.discount_rate_fraction), (CASH, instance.finance.opening_cash_musd))
    for usual, value in figures:
        if not usual.low <= value <= usual.high:
            yield Remark(usual.table, None, usual.field, f"{value:g} {usual.unit}", _words(usual))


def _price_year(instance: Instance) -> Iterator[Remark]:
    """Costs are given in money of a year that is not long ago."""
    year, start = instance.finance.price_year, instance.start.year
    if year is not None and not start - PRICE_YEARS <= year <= start:
        words = f"outside what is usual; usual: {start - PRICE_YEARS} to {start}, the year in which the plan starts"
        yield Remark("instance", None, "finance.price_year", str(year), words)


def _mean_prices(instance: Instance) -> Iterator[Remark]:
    """The mean over all hours of a market's year."""
    years: dict[tuple[str, int], list[int]] = defaultdict(list)
    for i, row in enumerate(instance.power_prices):
        years[row.market, row.from_year].append(i)
    rows = instance.power_prices
    means = [(at[0], sum(rows[i].hours_fraction * rows[i].usd_per_mwh for i in at)) for at in years.values()]
    yield from _remark(MEAN_PRICE, [(i, mean) for i, mean in means if mean], "on average over the year")


def _hashprices(instance: Instance) -> Iterator[Remark]:
    """What the deck pays per PH and day at each of its rows and halvings within the plan; without machines nothing is said."""
    end = shifted(instance.start, sum(span.months * span.count for span in instance.periods))
    deck = sorted((row.from_day, i) for i, row in enumerate(instance.btc)) if instance.asic_models else []
    found = []
    afters = (*(day for day, _ in deck[1:]), end)
    for (begin, i), after in zip(deck, afters, strict=False):
        first, last = max(begin, instance.start), min(after, end)
        days = [day for day in (first, *instance.halvings) if first <= day < last]
        found += [(i, _hashprice(instance, i, day)) for day in days if instance.btc[i].btc_usd]
    yield from _remark(HASHPRICE, found)


def _hashprice(instance: Instance, i: int, day: dt.date) -> float:
    row = instance.btc[i]
    subsidy = FIRST_SUBSIDY_BTC * 0.5 ** sum(halving <= day for halving in instance.halvings)
    return float(row.btc_usd * subsidy * BLOCKS_PER_DAY / (1 - row.fee_fraction) / (row.network_eh * PH_PER_EH))


Rule = Callable[[Instance], Iterator[Remark]]
RULES: tuple[Rule, ...] = (_settings, _fields, _price_year, _mean_prices, _hashprices)
