"""What an instance says, looked up by id and in exact numbers: pairs of site and hall, opening things, yearly series."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from planner.check.calendar import Calendar, Period
from planner.check.exact import ZERO, exact
from planner_models.rows import Asic, Equipment, GpuMarket, Hall, Opening, PowerPrice
from planner_models.schema import Instance

YearRow = TypeVar("YearRow", PowerPrice, GpuMarket)


@dataclass(frozen=True)
class Standing:
    """An opening row: a cohort of modules, a fleet of machines (`size` in MW) or units of equipment, at work in months [start, end)."""

    id: str
    site: str
    item: str
    size: Fraction
    start: int
    end: int


class World:
    """One instance, indexed. Ids are those of the tables; a cohort or a fleet has the id of its opening row."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.calendar = Calendar(instance)
        self.periods = self.calendar.periods
        self.sites = {row.id: row for row in instance.sites}
        self.halls = {row.id: row for row in instance.halls}
        self.conversions = {row.id: row for row in instance.conversions}
        self.asics = {row.id: row for row in instance.asic_models}
        self.gpus = {row.id: row for row in instance.gpu_models}
        self.equipment = {row.id: row for row in instance.equipment}
        self.grid = {row.id: row for row in instance.grid}
        self.leases = {row.id: row for row in instance.leases}
        self.lease_sites = {row.key: row for row in instance.lease_sites}
        self.debts = {row.id: row for row in instance.debt}
        self._stand(instance)
        self.halls_at = {site: self._halls_at(site) for site in self.sites}
        self.asics_at = {site: self._asics_at(site) for site in self.sites}
        self._series()
        step = 1 + exact(instance.finance.cost_inflation_fraction)
        self._growth = [step ** (period.year - self.periods[0].year) for period in self.periods]

    def _stand(self, instance: Instance) -> None:
        self.cohorts: dict[str, Standing] = {}
        self.fleets: dict[str, Standing] = {}
        self.opening_units: dict[str, Standing] = {}
        for row in instance.opening:
            thing = self.thing(row)
            start = self.calendar.month(row.in_service)
            end = self.calendar.horizon if isinstance(thing, Equipment) else start + thing.life_months
            size = exact(row.it_mw or 0) if isinstance(thing, Asic) else Fraction(row.count or 0)
            home = self.cohorts if isinstance(thing, Hall) else self.fleets if isinstance(thing, Asic) else self.opening_units
            home[row.id] = Standing(row.id, row.site, row.item, size, start, end)

    def thing(self, row: Opening) -> Hall | Asic | Equipment:
        """The hall type, ASIC model or equipment type of an opening row."""
        return self.halls.get(row.item) or self.asics.get(row.item) or self.equipment[row.item]

    def allowed(self, hall: str, site: str) -> bool:
        """Whether a hall type may be built or converted to at a site."""
        sites = self.halls[hall].sites
        return not sites or site in sites

    def _halls_at(self, site: str) -> tuple[str, ...]:
        standing = {cohort.item for cohort in self.cohorts.values() if cohort.site == site}
        return tuple(hall for hall in self.halls if hall in standing or self.allowed(hall, site))

    def hosts(self, site: str, product: str) -> tuple[str, ...]:
        """The hall types of the pairs (site, hall) that have a product."""
        return tuple(hall for hall in self.halls_at[site] if self.halls[hall].product == product)

    def _asics_at(self, site: str) -> tuple[str, ...]:
        standing = {fleet.item for fleet in self.fleets.values() if fleet.site == site}
        return tuple(asic for asic, row in self.asics.items() if asic in standing or (row.buyable and self.hosts(site, row.product)))

    def _series(self) -> None:
        self._prices: dict[tuple[str, str], list[PowerPrice]] = {}
        for row in sorted(self.instance.power_prices, key=lambda row: row.from_year):
            self._prices.setdefault((row.market, row.block), []).append(row)
        self._markets: dict[str, list[GpuMarket]] = {}
        for market in sorted(self.instance.gpu_market, key=lambda row: row.from_year):
            self._markets.setdefault(market.gpu, []).append(market)
        self.blocks = {site: tuple(b for m, b in self._prices if m == row.market) for site, row in self.sites.items()}

    def price(self, site: str, block: str, period: Period) -> tuple[Fraction, Fraction]:
        """Hours of a block as a share of the period, and its spot price in USD per MWh."""
        rows = [_row_of(self._prices[self.sites[site].market, block], year) for year in period.years]
        return _mean(row.hours_fraction if row else 0 for row in rows), _mean(row.usd_per_mwh if row else 0 for row in rows)

    def gpu_market(self, gpu: str, period: Period) -> tuple[Fraction, Fraction]:
        """USD per GPU-hour and the MW that the market takes; both zero before the first row."""
        rows = [_row_of(self._markets.get(gpu, ()), year) for year in period.years]
        return _mean(row.usd_per_gpu_hour if row else 0 for row in rows), _mean(row.market_it_mw if row else 0 for row in rows)

    def growth(self, period: Period) -> Fraction:
        """Cost level relative to the first year."""
        return self._growth[period.number]


def _row_of(rows: Sequence[YearRow], year: int) -> YearRow | None:
    return next((row for row in reversed(rows) if row.from_year <= year), None)


def _mean(values: Iterable[float]) -> Fraction:
    numbers = [exact(value) for value in values]
    return sum(numbers, ZERO) / len(numbers) if numbers else ZERO
