"""The sets that every component shares: periods, sites, halls at sites, blocks (sections 1 and 2 of MATHS.md)."""

from __future__ import annotations

import pyomo.environ as pyo

from planner_models.rows import Hall, Opening, PowerPrice, Site
from planner_models.schema import Instance
from planner_models.timeline import Timeline


class Frame:
    """Look-ups into one instance that several components need; holds no Pyomo object."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.time = Timeline(instance)
        self.sites = {row.id: row for row in instance.sites}
        self.halls = {row.id: row for row in instance.halls}
        self.equipment = {row.id: row for row in instance.equipment}
        self.asics = {row.id: row for row in instance.asic_models}
        self.gpus = {row.id: row for row in instance.gpu_models}
        self.cohorts = {row.id: row for row in instance.opening if row.item in self.halls}
        self.fleets = {row.id: row for row in instance.opening if row.item in self.asics}
        self.conversions = {row.id: row for row in instance.conversions}
        self.debts = {row.id: row for row in instance.debt}
        self.site_halls = [
            (s.id, h.id)
            for s in instance.sites
            for h in instance.halls
            if self.allowed(h, s) or any(c.site == s.id and c.item == h.id for c in self.cohorts.values())
        ]
        self.prices = {s.id: self._prices(s) for s in instance.sites}

    def cohort_end(self, cohort: Opening) -> int:
        """Month in which the modules of an opening row end their life."""
        return self.time.month(cohort.in_service) + self.halls[cohort.item].life_months

    def fleet_end(self, fleet: Opening) -> int:
        """Month in which the machines of an opening row end their life."""
        return self.time.month(fleet.in_service) + self.asics[fleet.item].life_months

    @staticmethod
    def allowed(hall: Hall, site: Site) -> bool:
        """Whether the hall type may be built at the site, or converted to."""
        return not hall.sites or site.id in hall.sites

    def _prices(self, site: Site) -> dict[str, list[PowerPrice]]:
        rows = [row for row in self.instance.power_prices if row.market == site.market]
        return {block: [row for row in rows if row.block == block] for block in dict.fromkeys(row.block for row in rows)}

    def halls_for(self, site: str, product: str) -> list[str]:
        """Hall types of a product that the site has or may have."""
        return [h for s, h in self.site_halls if s == site and self.halls[h].product == product]

    def overhead_musd(self, period: str) -> float:
        """Corporate overhead of a period."""
        return self.instance.finance.overhead_musd_per_year * self.time[period].length_years * self.time.inflation(period)

    def block_hours(self, site: str, block: str, period: str) -> float:
        """Hours of the block in the period."""
        share = self.time.yearly(self.prices[site][block], lambda r: r.from_year, lambda r: r.hours_fraction, period)
        return self.time[period].hours * share

    def block_price(self, site: str, block: str, period: str) -> float:
        """Spot price of the block plus the site's adder, in USD per MWh."""
        spot = self.time.yearly(self.prices[site][block], lambda r: r.from_year, lambda r: r.usd_per_mwh, period)
        return spot + self.sites[site].energy_adder_usd_per_mwh


def declare(m: pyo.ConcreteModel, frame: Frame) -> None:
    """Put the shared sets on the model."""
    m.PERIODS = pyo.Set(dimen=1, initialize=frame.time.labels, doc="t")
    m.SITES = pyo.Set(dimen=1, initialize=list(frame.sites), doc="s")
    m.HALLS = pyo.Set(dimen=1, initialize=list(frame.halls), doc="h")
    m.SITE_HALLS = pyo.Set(dimen=2, initialize=frame.site_halls, doc="(s,h)")
    m.SITE_PERIODS = pyo.Set(dimen=2, initialize=[(s, t) for s in frame.sites for t in frame.time.labels], doc="(s,t)")
    m.FLOORS = pyo.Set(dimen=3, initialize=[(s, h, t) for s, h in frame.site_halls for t in frame.time.labels], doc="(s,h,t)")
    m.HALLS_AT = pyo.Set(m.SITES, dimen=1, initialize=lambda _, s: [h for q, h in frame.site_halls if q == s], doc="h at s")
    m.SITE_PERIOD_BLOCKS = pyo.Set(
        dimen=3, initialize=[(s, t, b) for s in frame.sites for t in frame.time.labels for b in frame.prices[s]], doc="(s,t,b)"
    )
