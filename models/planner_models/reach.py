"""What can happen within the plan at all: where halls can stand, when and where leases can start."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import cached_property

from planner_models.evidence import Horizon
from planner_models.rows import Conversion, Hall, Lease, Opening
from planner_models.sheets import Sheets

TOLERANCE = 1e-6


class Reach:
    """The months of an instance without a fault in its references, and the first month in which each hall can stand at each site."""

    def __init__(self, instance: Sheets) -> None:
        self._instance = instance
        self._horizon = Horizon.of(instance.start, instance.periods)
        self.starts = list(self._horizon.starts)
        self.last = self.starts[-1]
        self.horizon = self._horizon.end
        self.years = (instance.start.year, self._horizon.last_year)
        self._halls = {row.id: row for row in instance.halls}
        self._sites = {row.id: row for row in instance.sites}

    def month(self, date: dt.date) -> int:
        """Months from the start of the plan to a date."""
        return self._horizon.month(date)

    def word(self, month: int) -> str:
        """A month as it is written: 2027-04."""
        return self._horizon.word(month)

    @property
    def last_word(self) -> str:
        """First month of the last period."""
        return self.word(self.last)

    @property
    def end_word(self) -> str:
        """First month after the plan."""
        return self.word(self.horizon)

    @property
    def too_long(self) -> str:
        """Why a lead rules an order out."""
        return f"ordered at the start it would enter service after the last period has begun, in {self.last_word}"

    def hall(self, name: str) -> Hall:
        """The hall type of a name."""
        return self._halls[name]

    def outlived(self, row: Opening) -> bool:
        """The life of an opening row ends before the plan starts; equipment has no end."""
        life = self._lives.get(row.item)
        return life is not None and self.month(row.in_service) + life <= 0

    @cached_property
    def _lives(self) -> dict[str, int]:
        halls = {hall.id: hall.life_months for hall in self._instance.halls}
        return halls | {asic.id: asic.life_months for asic in self._instance.asic_models}

    def _allowed(self, hall: Hall, site: str) -> bool:
        return not hall.sites or site in hall.sites

    @cached_property
    def halls(self) -> dict[tuple[str, str], int]:
        """First month in which a hall type can stand at a site, by (site, hall): cohorts, new modules, conversions."""
        first = dict(self.added)
        for row in self._instance.opening:
            if row.item in self._halls and not self.outlived(row) and self.month(row.in_service) < self.horizon:
                self._note(first, row.site, row.item, max(0, self.month(row.in_service)))
        return first

    @cached_property
    def added(self) -> dict[tuple[str, str], int]:
        """First month of service of a new module or a conversion, by (site, hall)."""
        first: dict[tuple[str, str], int] = {}
        for hall in self._instance.halls:
            if hall.buildable and hall.build_months <= self.last:
                for site in hall.sites or self._sites:
                    if hall.module_it_mw <= self._sites[site].land_it_mw + TOLERANCE:
                        self._note(first, site, hall.id, hall.build_months)
        for conversion in self._instance.conversions:
            for site, month in self.converts(conversion).items():
                self._note(first, site, conversion.to_hall, month)
        return first

    def _note(self, first: dict[tuple[str, str], int], site: str, name: str, month: int) -> None:
        first[site, name] = min(month, first.get((site, name), month))

    def converts(self, row: Conversion) -> dict[str, int]:
        """First month of service of a lot by site; empty when no lot is possible."""
        first: dict[str, int] = {}
        target = self._halls[row.to_hall]
        for cohort in self._instance.opening:
            site = cohort.site
            enough = cohort.item == row.from_hall and (cohort.count or 0) >= row.from_modules and row.max_lots > 0
            if not enough or row.site not in (None, site) or not self._allowed(target, site):
                continue
            begin = self.month(cohort.in_service)
            end = begin + self._halls[row.from_hall].life_months
            months = [t for t in self.starts if t >= row.build_months and begin <= t - row.off_months <= end]
            if months:
                first[site] = min(months[0], first.get(site, months[0]))
        return first

    def refusal(self, lease: Lease, site: str) -> tuple[str, str] | None:
        """Why a lease can never start at a site, with the field that shows it; None when it might."""
        low = max(0, 0 if lease.earliest_start is None else self.month(lease.earliest_start))
        high = self.last if lease.drop_dead is None else self.month(lease.drop_dead)
        starts = [month for month in self.starts if low <= month <= high]
        if not starts:
            field = "earliest_start" if low > self.last else "drop_dead"
            return field, f"no period starts from {self.word(low)} to {self.word(high)}"
        if lease.it_mw > self._sites[site].land_it_mw + TOLERANCE:
            return "it_mw", f"the land of site {site!r} holds {self._sites[site].land_it_mw:g} MW"
        first = self._first_by_product.get((site, lease.product))
        if first is None:
            return "product", f"no hall of this product can stand at site {site!r}"
        if first > starts[-1]:
            field = "drop_dead" if lease.drop_dead else "product"
            return field, f"the first hall of its product at site {site!r} can stand {self.word(first)}"
        return self._unpowered(lease, site)

    def _unpowered(self, lease: Lease, site: str) -> tuple[str, str] | None:
        """A lease that needs more than all utility MW that the site has or may order, whenever they come."""
        pue = min(self._halls[hall].pue_peak for at, hall in self.halls if at == site and self._halls[hall].product == lease.product)
        if lease.it_mw * pue <= self._utility_mw[site] + TOLERANCE:
            return None
        needs = f"it needs {lease.it_mw * pue:g} MW of utility power at pue_peak {pue:g}"
        return "it_mw", f"{needs}, and site {site!r} can never have more than {self._utility_mw[site]:g} MW in grid"

    def earliest(self, lease: Lease, site: str) -> int | None:
        """First period start from which a hall of the lease's product can stand at a site, earliest_start aside; None without one."""
        first = self._first_by_product.get((site, lease.product))
        return None if first is None else next((month for month in self.starts if month >= first), None)

    @cached_property
    def _utility_mw(self) -> dict[str, float]:
        total: dict[str, float] = defaultdict(float)
        for row in self._instance.grid:
            total[row.site] += row.mw
        return total

    @cached_property
    def _first_by_product(self) -> dict[tuple[str, str], int]:
        first: dict[tuple[str, str], int] = {}
        for (site, hall), month in self.halls.items():
            self._note(first, site, self._halls[hall].product, month)
        return first
