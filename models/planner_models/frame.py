"""The sets that every component shares: periods, sites, halls at sites, blocks (sections 1 and 2 of MATHS.md)."""

from __future__ import annotations

from functools import cache, cached_property
from itertools import pairwise

import pyomo.environ as pyo

from planner_models.deals import opening_unearned_musd
from planner_models.declared import Indices
from planner_models.rows import Asic, AsicPrice, Equipment, Generator, Gpu, Grid, Hall, Opening, PowerPrice, Site
from planner_models.rows.deals import Deal
from planner_models.schema import Instance
from planner_models.timeline import Timeline

Item = Hall | Equipment | Generator | Asic | Gpu


class Frame:
    """Look-ups into one instance that several components need; holds no Pyomo object."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.time = Timeline(instance)
        self.sites = {row.id: row for row in instance.sites}
        self.halls = {row.id: row for row in instance.halls}
        self.equipment = {row.id: row for row in instance.equipment}
        self.generators = {row.id: row for row in instance.generators}
        self.asics = {row.id: row for row in instance.asic_models}
        self.gpus = {row.id: row for row in instance.gpu_models}
        self.cohorts = {row.id: row for row in instance.opening if row.item in self.halls}
        self.units = {row.id: row for row in instance.opening if row.item in self.equipment}
        self.plants = {row.id: row for row in instance.opening if row.item in self.generators}
        self.fleets = {row.id: row for row in instance.opening if row.item in self.asics}
        self.clusters = {row.id: row for row in instance.opening if row.item in self.gpus}
        self.cancellable = {row.id: row for row in instance.opening if row.cancellable}
        self.items: dict[str, Item] = {**self.halls, **self.equipment, **self.generators, **self.asics, **self.gpus}
        self.conversions = {row.id: row for row in instance.conversions}
        self.leases = {row.id: row for row in instance.leases}
        self.tiers = {row.id: row for row in instance.tiers}
        self.contracts = {row.id: row for row in instance.gpu_contracts}
        self.debts = {row.id: row for row in instance.debt}
        there = {(row.site, row.item) for row in instance.opening}
        self.site_halls = [(s.id, h.id) for s in instance.sites for h in instance.halls if self.allowed(h, s) or (s.id, h.id) in there]
        self.site_generators = [
            (s.id, k.id)
            for s in instance.sites
            for k in instance.generators
            if (k.max_units and self.allowed(k, s)) or (s.id, k.id) in there
        ]
        self.supplied = dict.fromkeys([s for s, _ in self.site_generators] + [p.site for p in instance.ppas])
        self.on_offer = dict.fromkeys(s.id for s in instance.sites if s.option_price_musd is not None)
        self.for_sale = dict.fromkeys(s.id for s in instance.sites if s.sale_musd_per_mw is not None)
        self.market_prices = {market: self._market_prices(market) for market in dict.fromkeys(s.market for s in instance.sites)}
        self.prices = {s.id: self.market_prices[s.market] for s in instance.sites}
        self._hours_fraction, self._spot = cache(self._yearly_hours), cache(self._yearly_price)

    def span(self, row: Opening) -> tuple[int, int]:
        """Months from which and until which an opening row works."""
        begin = self.time.month(row.in_service)
        end = begin + self.items[row.item].life_months
        return begin, end if row.until is None else min(end, self.time.month(row.until))

    def land_span(self, row: Opening) -> tuple[int, int]:
        """Months from which and until which halls of the opening hold land: on order, from the start or from those that they replace."""
        begin, end = self.span(row)
        return begin if row.replaces is not None else min(0, begin), self._replaced.get(row.id, end)

    def under_conversion(self, cohort: str) -> bool:
        """Whether the modules of a cohort are being converted already, into a row that replaces it."""
        return cohort in self._replaced

    @cached_property
    def _replaced(self) -> dict[str, int]:
        """By opening row the start of the period in which the last of those that replace it comes."""
        found: dict[str, int] = {}
        for row in self.cohorts.values():
            if row.replaces is not None:
                month = max(t.start for t in self.time.periods if t.start <= self.time.month(row.in_service))
                found[row.replaces] = max(month, found.get(row.replaces, month))
        return found

    @staticmethod
    def unit_count(row: Opening) -> int:
        """N: how many units an opening row has; the machines of an ASIC fleet are one."""
        return row.count or 1

    @staticmethod
    def allowed(thing: Hall | Generator, site: Site) -> bool:
        """Whether the hall type may be built at the site or converted to, or the generator commissioned there."""
        return not thing.sites or site.id in thing.sites

    def is_ai(self, hall: str) -> bool:
        """Whether the halls of a type need firm power and count as AI: those of any product but mining."""
        return self.halls[hall].product != "mining"

    def _market_prices(self, market: str) -> dict[str, list[PowerPrice]]:
        rows = [row for row in self.instance.power_prices if row.market == market]
        return {block: [row for row in rows if row.block == block] for block in dict.fromkeys(row.block for row in rows)}

    def halls_for(self, site: str, product: str) -> list[str]:
        """Hall types of a product that the site has or may have."""
        return self._halls_by_product.get((site, product), [])

    @cached_property
    def _halls_by_product(self) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for s, h in self.site_halls:
            found.setdefault((s, self.halls[h].product), []).append(h)
        return found

    def module_musd(self, hall: str) -> float:
        """What a new module costs at the prices of the price year, contingency included."""
        row = self.halls[hall]
        return row.capex_musd_per_module * (1 + row.contingency_fraction)

    def property_tax_musd_per_module_year(self, site: str, hall: str) -> float:
        """Property tax on a standing module: on its assessed value, or where that is blank on what a new one costs."""
        assessed = self.halls[hall].assessed_musd_per_module
        return self.sites[site].property_tax_fraction * (self.module_musd(hall) if assessed is None else assessed)

    @cached_property
    def grid_at(self) -> dict[str, list[Grid]]:
        """The grid rows of each site."""
        found: dict[str, list[Grid]] = {s: [] for s in self.sites}
        for row in self.instance.grid:
            found[row.site].append(row)
        return found

    @cached_property
    def opening_posted_musd(self) -> float:
        """Security for energised MW that is posted at the start and not yet returned."""
        posted = [row for row in self.instance.grid if row.kind == "energised" and self.security_end(row) >= 0]
        return sum(row.security_musd for row in posted)

    def security_end(self, row: Grid) -> int:
        """Month in which the security of an energised row is returned."""
        return row.security_months + (0 if row.from_month is None else self.time.month(row.from_month))

    @cached_property
    def opening_prepaid_musd(self) -> float:
        """What is paid ahead and not earned at the start, on leases and contracts."""
        deals: list[Deal] = [*self.leases.values(), *self.contracts.values()]
        return sum(opening_unearned_musd(self.time, deal) for deal in deals)

    def overhead_musd(self, period: str) -> float:
        """Corporate overhead of a period."""
        return self.instance.finance.overhead_musd_per_year * self.time[period].length_years * self.time.inflation(period)

    def block_hours(self, site: str, block: str, period: str) -> float:
        """Hours of the block in the period."""
        return self.time[period].hours * self._hours_fraction(self.sites[site].market, block, period)

    def _yearly_hours(self, market: str, block: str, period: str) -> float:
        return self.time.yearly(self.market_prices[market][block], lambda r: r.from_year, lambda r: r.hours_fraction, period)

    def _yearly_price(self, market: str, block: str, period: str) -> float:
        return self.time.yearly(self.market_prices[market][block], lambda r: r.from_year, lambda r: r.usd_per_mwh, period)

    def node_price(self, site: str, block: str, period: str) -> float:
        """Price at the site's node in the block, in USD per MWh: spot and basis."""
        return self._spot(self.sites[site].market, block, period) + self.sites[site].basis_usd_per_mwh

    def block_price(self, site: str, block: str, period: str) -> float:
        """Price of a MWh bought at spot: the node's with losses, and the site's adder, in USD per MWh."""
        row = self.sites[site]
        return self.node_price(site, block, period) * (1 + row.loss_fraction) + row.energy_adder_usd_per_mwh

    def asic_musd_per_mw(self, asic: str, month: int) -> float:
        """Price of a MW of machines in a month, in M$: 1 MW is 1e6 / (J/TH) TH/s."""
        row = self.asic_market(asic, month)
        usd_per_th = self.asics[asic].usd_per_th if row is None else row.usd_per_th
        return usd_per_th / self.asics[asic].j_per_th

    def asic_market(self, asic: str, month: int) -> AsicPrice | None:
        """The row of asic_prices that holds in a month; None before the first."""
        rows = [row for row in self._asic_prices.get(asic, []) if self.time.month(row.from_month) <= month]
        return rows[-1] if rows else None

    @cached_property
    def _asic_prices(self) -> dict[str, list[AsicPrice]]:
        rows: dict[str, list[AsicPrice]] = {}
        for row in sorted(self.instance.asic_prices, key=lambda row: row.from_month):
            rows.setdefault(row.asic, []).append(row)
        return rows

    def in_order_window(self, thing: Asic | Gpu, period: str) -> bool:
        """Whether the order of what enters service in the period is placed at the start or later, in the thing's window."""
        month = self.time[period].start - thing.lead_months
        early = thing.order_from is not None and month < self.time.month(thing.order_from)
        late = thing.order_to is not None and month > self.time.month(thing.order_to)
        return month >= 0 and not early and not late

    def residual_fraction(self, item: str, months_left: int) -> float:
        """ρ: what a machine, cluster or generator with months of life left at the horizon is worth, as a share of a new one."""
        thing = self.items[item]
        life = thing.life_months
        if months_left <= 0:
            return 0.0
        if not (points := self._residuals.get(item)):
            return float(getattr(thing, "residual_fraction", 0.0) * min(1.0, months_left / life))
        age = max(0, life - months_left)
        if age <= points[0][0]:
            return points[0][1]
        for (a, low), (b, high) in pairwise(points):
            if age <= b:
                return low + (high - low) * (age - a) / (b - a)
        return points[-1][1]

    @cached_property
    def _residuals(self) -> dict[str, list[tuple[int, float]]]:
        points: dict[str, list[tuple[int, float]]] = {}
        for row in sorted(self.instance.residuals, key=lambda row: row.age_months):
            points.setdefault(row.item, []).append((row.age_months, row.residual_fraction))
        return points


def declare(m: pyo.ConcreteModel, frame: Frame) -> None:
    """Put the shared sets on the model."""
    m.PERIODS = Indices(dimen=1, initialize=frame.time.labels, doc="t")
    m.SITES = Indices(dimen=1, initialize=list(frame.sites), doc="s")
    m.HALLS = Indices(dimen=1, initialize=list(frame.halls), doc="h")
    m.SITE_HALLS = Indices(dimen=2, initialize=frame.site_halls, doc="(s,h)")
    m.SITE_PERIODS = Indices(dimen=2, initialize=[(s, t) for s in frame.sites for t in frame.time.labels], doc="(s,t)")
    m.FLOORS = Indices(dimen=3, initialize=[(s, h, t) for s, h in frame.site_halls for t in frame.time.labels], doc="(s,h,t)")
    m.SITE_PERIOD_BLOCKS = Indices(
        dimen=3, initialize=[(s, t, b) for s in frame.sites for t in frame.time.labels for b in frame.prices[s]], doc="(s,t,b)"
    )
    m.SUPPLIED_BLOCKS = Indices(dimen=3, initialize=[i for i in m.SITE_PERIOD_BLOCKS if i[0] in frame.supplied], doc="(s,t,b) supplied")
