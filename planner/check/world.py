"""What an instance says, looked up by id and in exact numbers: pairs at a site, opening things, prices, levels and residuals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from planner.check.calendar import Calendar, Period
from planner.check.exact import ZERO, exact
from planner.check.series import between, dated, in_month, in_year, mean, yearly
from planner_models.rows import Asic, AsicPrice, Equipment, Generator, Gpu, Hall, Opening, PowerPrice
from planner_models.schema import Instance

Item = Hall | Asic | Gpu | Equipment | Generator
Machine = Asic | Gpu | Generator
MINING = "mining"


@dataclass(frozen=True)
class Standing:
    """An opening row, at work in months [start, end): `size` is MW of a fleet, else modules, clusters (in `hall`) or units.

    It comes in `parts` that may be cancelled one by one: a fleet is one, of the others each module, cluster or unit.
    """

    id: str
    site: str
    item: str
    size: Fraction
    parts: int
    start: int
    end: int
    hall: str = ""


class World:
    """One instance, indexed. Ids are those of the tables; a cohort, fleet, cluster, unit or plant has the id of its opening row."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.calendar = Calendar(instance)
        self.periods = self.calendar.periods
        self._index(instance)
        self._stand(instance)
        self.halls_at = {site: self._halls_at(site) for site in self.sites}
        self.asics_at = {site: self._asics_at(site) for site in self.sites}
        self.generators_at = {site: self._generators_at(site) for site in self.sites}
        self.ends = self._ends()
        self._series(instance)
        step = 1 + exact(instance.finance.cost_inflation_fraction)
        self._price_year = self.periods[0].year if instance.finance.price_year is None else instance.finance.price_year
        self._growth = [step ** (period.year - self._price_year) for period in self.periods]

    def _index(self, instance: Instance) -> None:
        self.sites = {row.id: row for row in instance.sites}
        self.halls = {row.id: row for row in instance.halls}
        self.conversions = {row.id: row for row in instance.conversions}
        self.asics = {row.id: row for row in instance.asic_models}
        self.gpus = {row.id: row for row in instance.gpu_models}
        self.equipment = {row.id: row for row in instance.equipment}
        self.generators = {row.id: row for row in instance.generators}
        self.grid = {row.id: row for row in instance.grid}
        self.ppas = {row.id: row for row in instance.ppas}
        self.charges = {row.id: row for row in instance.charges}
        self.programmes = {row.id: row for row in instance.programmes}
        self.hosting = {row.id: row for row in instance.hosting}
        self.moves = {row.site: row for row in instance.moves}
        self.leases = {row.id: row for row in instance.leases}
        self.lease_sites = {row.key: row for row in instance.lease_sites}
        self.contracts = {row.id: row for row in instance.gpu_contracts}
        self.tiers = {row.id: row for row in instance.tiers}
        self.debts = {row.id: row for row in instance.debt}
        self.equity = {row.id: row for row in instance.equity}
        self.opening = {row.id: row for row in instance.opening}
        self.holdings = {row.id: row for row in instance.holdings}

    def _stand(self, instance: Instance) -> None:
        self.cohorts: dict[str, Standing] = {}
        self.fleets: dict[str, Standing] = {}
        self.clusters: dict[str, Standing] = {}
        self.units: dict[str, Standing] = {}
        self.plants: dict[str, Standing] = {}
        homes: dict[type[Item], dict[str, Standing]]
        homes = {Hall: self.cohorts, Asic: self.fleets, Gpu: self.clusters, Equipment: self.units, Generator: self.plants}
        for row in instance.opening:
            thing = self.thing(row)
            start = self.calendar.month(row.in_service)
            end = start + thing.life_months
            if row.until is not None:
                end = min(end, self.calendar.month(row.until))
            parts = 1 if isinstance(thing, Asic) else row.count or 0
            size = exact(row.it_mw or 0) if isinstance(thing, Asic) else Fraction(parts)
            homes[type(thing)][row.id] = Standing(row.id, row.site, row.item, size, parts, start, end, row.hall or "")
        self.standing = self.cohorts | self.fleets | self.clusters | self.units | self.plants

    def thing(self, row: Opening) -> Item:
        """The hall type, machine, equipment type or generator of an opening row."""
        return self.halls.get(row.item) or self.equipment.get(row.item) or self.machine(row.item)

    def machine(self, item: str) -> Machine:
        """An ASIC model, GPU model or generator by its id."""
        return self.asics.get(item) or self.gpus.get(item) or self.generators[item]

    def pending(self, opening: str) -> bool:
        """Whether an opening row is still to come within the plan."""
        return 0 < self.standing[opening].start < self.calendar.horizon

    def allowed(self, hall: str, site: str) -> bool:
        """Whether a hall type may be built or converted to at a site."""
        sites = self.halls[hall].sites
        return not sites or site in sites

    def ai(self, hall: str) -> bool:
        """Whether a hall type has any product but mining."""
        return self.halls[hall].product != MINING

    def on_offer(self, site: str) -> bool:
        """Whether a site may be bought, and is not there before."""
        return self.sites[site].option_price_musd is not None

    def for_sale(self, site: str) -> bool:
        """Whether a site may be sold, and is gone from then on."""
        return self.sites[site].sale_musd_per_mw is not None

    def supplied(self, site: str) -> bool:
        """Whether own generation or a power contract may serve a site."""
        return bool(self.generators_at[site]) or any(row.site == site for row in self.instance.ppas)

    def charged(self, site: str) -> bool:
        """Whether a site has a row in `charges`."""
        return any(row.site == site for row in self.instance.charges)

    def _halls_at(self, site: str) -> tuple[str, ...]:
        standing = {cohort.item for cohort in self.cohorts.values() if cohort.site == site}
        return tuple(hall for hall in self.halls if hall in standing or self.allowed(hall, site))

    def hosts(self, site: str, product: str) -> tuple[str, ...]:
        """The hall types of the pairs (site, hall) that have a product."""
        return tuple(hall for hall in self.halls_at[site] if self.halls[hall].product == product)

    def _asics_at(self, site: str) -> tuple[str, ...]:
        standing = {fleet.item for fleet in self.fleets.values() if fleet.site == site}
        movable = site in self.moves
        return tuple(m for m, row in self.asics.items() if m in standing or ((row.buyable or movable) and self.hosts(site, row.product)))

    def generator_allowed(self, generator: str, site: str) -> bool:
        """Whether units of a generator type may be commissioned at a site."""
        row = self.generators[generator]
        return row.max_units > 0 and (not row.sites or site in row.sites)

    def _generators_at(self, site: str) -> tuple[str, ...]:
        standing = {plant.item for plant in self.plants.values() if plant.site == site}
        return tuple(k for k in self.generators if k in standing or self.generator_allowed(k, site))

    def _ends(self) -> dict[str, int]:
        """Months in which the life of machines may end, by their label (2031-04)."""
        months = {fleet.end for fleet in self.fleets.values() if fleet.end > 0}
        months |= {u.first + row.life_months for row in self.asics.values() if row.buyable for u in self.periods}
        return {self.calendar.month_label(month): month for month in sorted(months)}

    def _series(self, instance: Instance) -> None:
        prices = yearly(instance.power_prices, lambda row: (row.market, row.block))
        self._markets = yearly(instance.gpu_market, lambda row: row.gpu)
        self._fuels = yearly(instance.fuel_prices, lambda row: row.fuel)
        self._asic_prices = dated(instance.asic_prices, lambda row: row.asic)
        self._deliveries = dated(instance.delivery_limits, lambda row: row.site)
        self._availability = {(row.generator, row.market, row.block): row.availability_fraction for row in instance.availability}
        self._residuals: dict[str, list[tuple[int, Fraction]]] = {}
        for row in sorted(instance.residuals, key=lambda row: row.age_months):
            self._residuals.setdefault(row.item, []).append((row.age_months, exact(row.residual_fraction)))
        blocks = {market: tuple(b for m, b in prices if m == market) for market, _ in prices}
        self.blocks = {site: blocks.get(row.market, ()) for site, row in self.sites.items()}
        self._spot = {(*key, u.number): _spot(rows, u) for key, rows in prices.items() for u in self.periods}

    def price(self, site: str, block: str, period: Period) -> tuple[Fraction, Fraction]:
        """Hours of a block as a share of the period, and its spot price in USD per MWh."""
        return self._spot[self.sites[site].market, block, period.number]

    def block_hours(self, site: str, block: str, period: Period) -> Fraction:
        """Hours of a block in a period."""
        return self.price(site, block, period)[0] * period.hours

    def node_price(self, site: str, block: str, period: Period) -> Fraction:
        """USD per MWh at the node of a site: spot and the site's basis."""
        return self.price(site, block, period)[1] + exact(self.sites[site].basis_usd_per_mwh)

    def bought_price(self, site: str, block: str, period: Period) -> Fraction:
        """USD per MWh bought at the meter: the price at the node with losses, and the site's adder."""
        row = self.sites[site]
        return self.node_price(site, block, period) * (1 + exact(row.loss_fraction)) + exact(row.energy_adder_usd_per_mwh)

    def availability(self, generator: str, site: str, block: str) -> Fraction:
        """Share of its MW that a generator can make in a block."""
        own = self.generators[generator].availability_fraction
        return exact(self._availability.get((generator, self.sites[site].market, block), own))

    def fuel_price(self, fuel: str, period: Period) -> Fraction:
        """USD per MMBtu; zero before the first row."""
        rows = [in_year(self._fuels.get(fuel, ()), year) for year in period.years]
        return mean(row.usd_per_mmbtu if row else 0 for row in rows)

    def gpu_market(self, gpu: str, period: Period) -> tuple[Fraction, Fraction]:
        """USD per GPU-hour and the MW that the market takes; both zero before the first row."""
        rows = [in_year(self._markets.get(gpu, ()), year) for year in period.years]
        return mean(row.usd_per_gpu_hour if row else 0 for row in rows), mean(row.market_it_mw if row else 0 for row in rows)

    def asic_market(self, asic: str, month: int) -> AsicPrice | None:
        """The row of prices of a machine that holds in a month of the plan; None before the first."""
        return in_month(self._asic_prices.get(asic, ()), self.calendar.day(month))

    def asic_usd_per_th(self, asic: str, month: int) -> Fraction:
        """Price of a machine ordered in a month of the plan."""
        row = self.asic_market(asic, month)
        return exact(row.usd_per_th if row else self.asics[asic].usd_per_th)

    def started_limit(self, site: str | None, period: Period) -> Fraction | None:
        """IT MW of halls that may be started at a site (None: at all together) in a period; None without a limit."""
        row = in_month(self._deliveries.get(site, ()), self.calendar.day(period.first))
        return exact(row.started_it_mw) if row else None

    def residual_fraction(self, item: str, months_left: int) -> Fraction:
        """What a machine or generator with so many months of its life left is worth, as a share of a new one."""
        row, points = self.machine(item), self._residuals.get(item)
        if months_left <= 0:
            return ZERO
        if points:
            return between(points, max(0, row.life_months - months_left))
        return exact(row.residual_fraction) * min(Fraction(1), Fraction(months_left, row.life_months))

    def growth(self, period: Period) -> Fraction:
        """Cost level relative to the year in whose money costs are given."""
        return self._growth[period.number]

    def capex_level(self, month: int) -> Fraction:
        """Price level of an order placed in a month, relative to the year in whose money costs are given."""
        step: Fraction = 1 + exact(self.instance.finance.capex_inflation_fraction)
        return step ** (self.calendar.day(month).year - self._price_year)

    def unordered(self, period: str, lead_months: int, window: Asic | Gpu | None = None) -> str | None:
        """Why nothing is ordered for service at the start of a period: too early, or outside the months of a machine; None if it may be."""
        month = self.calendar.by_label[period].first - lead_months
        if month < 0:
            return f"it would be ordered {-month} months before the plan starts"
        day = self.calendar.day(month)
        if window is not None and window.order_from is not None and day < window.order_from:
            return f"{window.id} may not be ordered before {window.order_from:%Y-%m}"
        if window is not None and window.order_to is not None and day > window.order_to:
            return f"{window.id} may not be ordered after {window.order_to:%Y-%m}"
        return None


def _spot(rows: Sequence[PowerPrice], period: Period) -> tuple[Fraction, Fraction]:
    """Hours and price of a block, means over the calendar years of a period."""
    held = [in_year(rows, year) for year in period.years]
    return mean(row.hours_fraction if row else 0 for row in held), mean(row.usd_per_mwh if row else 0 for row in held)
