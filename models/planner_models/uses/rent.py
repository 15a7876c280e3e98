"""What one lease earns at one site, hall and start: rent, cost, penalty and terminal value (section 4 of MATHS.md); no Pyomo."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from planner_models.frame import Frame
from planner_models.rows import Lease


@dataclass(frozen=True)
class Rent:
    """A placement: the lease, its site and hall type, and the period in which it starts."""

    frame: Frame
    lease_id: str
    site: str
    hall: str
    start: str

    @cached_property
    def lease(self) -> Lease:
        """The row of the lease."""
        return next(row for row in self.frame.instance.leases if row.id == self.lease_id)

    @cached_property
    def rent_usd_per_kw_month(self) -> float:
        """First-year rent at this site."""
        rows = self.frame.instance.lease_sites
        adder = next(r.rent_adder_usd_per_kw_month for r in rows if (r.lease, r.site) == (self.lease_id, self.site))
        return self.lease.rent_usd_per_kw_month + adder

    @property
    def begin(self) -> int:
        """Month of delivery."""
        return self.frame.time[self.start].start

    @property
    def end(self) -> int:
        """Month after the last of the term."""
        return self.begin + self.lease.term_months

    def _musd_per_month(self, year: int) -> float:
        """Rent of a month in lease year 0, 1, ... in M$."""
        level = (1 + self.lease.escalator_fraction) ** year
        return float(self.lease.it_mw * self.rent_usd_per_kw_month * level / 1000)

    def rent_musd(self, period: str) -> float:
        """Rent received in a period."""
        years = range(-(-self.lease.term_months // 12))
        spans = ((k, self.begin + 12 * k, min(self.begin + 12 * k + 12, self.end)) for k in years)
        return sum(self._musd_per_month(k) * self.frame.time.months_in(first, last, period) for k, first, last in spans)

    def cost_musd(self, period: str) -> float:
        """Landlord's cost of the lease in a period, the penalty for late delivery included."""
        ready = self.frame.time.month(self.lease.ready_by)
        late = self.frame.time.months_in(ready, self.begin, period)
        penalty = self.lease.it_mw * self.lease.penalty_usd_per_mw_month * late / 1e6
        return self.lease.cost_fraction * self.rent_musd(period) + penalty

    def _noi_musd(self, month: int) -> float:
        """Net operating income of a month, the fixed cost of the hall space at horizon prices included."""
        time, hall = self.frame.time, self.frame.halls[self.hall]
        upkeep = self.lease.it_mw / hall.module_it_mw * hall.fixed_cost_musd_per_module_year / 12
        rent = self._musd_per_month((month - self.begin) // 12)
        return rent * (1 - self.lease.cost_fraction) - upkeep * time.inflation(time.labels[-1])

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
            raise ValueError(f"lease {self.lease_id}: cap_rate_fraction is blank but the lease runs past the horizon")
        return 12 * sum(self._noi_musd(x) for x in months) / len(months) / self.lease.cap_rate_fraction
