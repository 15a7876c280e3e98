"""What one lease earns at one site, hall and start: rent, cost, penalty and terminal value (section 4 of MATHS.md); no Pyomo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner_models.frame import Frame
from planner_models.rows import Lease

Profile = Mapping[str, float]
"""Months of rent by period, each month weighted by the growth of the rent since delivery."""


def profile(frame: Frame, lease: Lease, start: str) -> Profile:
    """The months that a lease pays in each period; the same at every site and hall."""
    begin = frame.time[start].start
    end = begin + lease.term_months
    weighted: dict[str, float] = {}
    for year, first in enumerate(range(begin, end, 12)):
        level = float((1 + lease.escalator_fraction) ** year)
        for u in frame.time.overlapping(first, min(first + 12, end)):
            weighted[u] = weighted.get(u, 0.0) + level * frame.time.months_in(first, min(first + 12, end), u)
    return weighted


@dataclass(frozen=True)
class Rent:
    """A placement: the lease, its first-year rent at the site, its hall type, and when it starts and pays."""

    frame: Frame
    lease: Lease
    site: str
    rent_usd_per_kw_month: float
    hall: str
    start: str
    months: Profile

    @property
    def begin(self) -> int:
        """Month of delivery."""
        return self.frame.time[self.start].start

    @property
    def end(self) -> int:
        """Month after the last of the term."""
        return self.begin + self.lease.term_months

    @property
    def first_musd_per_month(self) -> float:
        """Rent of a month in the first lease year."""
        return self.lease.it_mw * self.rent_usd_per_kw_month / 1000

    def income(self) -> dict[str, float]:
        """Rent received by period, in M$."""
        return {u: self.first_musd_per_month * months for u, months in self.months.items()}

    def cost(self) -> dict[str, float]:
        """Landlord's cost by period, in M$: a share of the rent, and the penalty for late delivery."""
        time, ready = self.frame.time, self.frame.time.month(self.lease.ready_by)
        costs = {u: self.lease.cost_fraction * musd for u, musd in self.income().items()}
        for u in time.overlapping(ready, self.begin):
            late = time.months_in(ready, self.begin, u)
            costs[u] = costs.get(u, 0.0) + self.lease.it_mw * self.lease.penalty_usd_per_mw_month * late / 1e6
        return costs

    def _noi_musd(self, month: int) -> float:
        """Net operating income of a month, the fixed cost at horizon prices and the property tax of the hall space included."""
        time, hall = self.frame.time, self.frame.halls[self.hall]
        tax = self.frame.property_tax_musd_per_module_year(self.site, self.hall)
        upkeep = hall.fixed_cost_musd_per_module_year * time.inflation(time.labels[-1]) + tax
        level = float((1 + self.lease.escalator_fraction) ** ((month - self.begin) // 12))
        earned = self.first_musd_per_month * level * (1 - self.lease.cost_fraction)
        return earned - self.lease.it_mw / hall.module_it_mw * upkeep / 12

    def terminal_musd(self) -> float:
        """Value at the horizon of a lease that runs past it; zero otherwise."""
        time, finance = self.frame.time, self.frame.instance.finance
        horizon = time.horizon
        if not time.beyond(self.begin, self.end):
            return 0.0
        if finance.terminal_method == "contract":
            return sum(self._noi_musd(horizon + j) * time.discount(j + 0.5) for j in range(self.end - horizon))
        months = range(max(horizon - 12, self.begin), horizon)
        if self.lease.cap_rate_fraction is None:
            raise ValueError(f"lease {self.lease.id}: cap_rate_fraction is blank but the lease runs past the horizon")
        return 12 * sum(self._noi_musd(x) for x in months) / len(months) / self.lease.cap_rate_fraction
