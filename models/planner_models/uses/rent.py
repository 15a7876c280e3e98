"""What one block of a lease earns at one site, hall and start: rent, cost, penalty and terminal value (section 4 of MATHS.md); no Pyomo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from planner_models.deals import begin_month, block_mw, late_months, starts
from planner_models.frame import Frame
from planner_models.rows import Lease
from planner_models.timeline import Timeline

Profile = Mapping[str, float]
"""A weight by period."""
Placement = tuple[str, str, str, str]
"""Lease, site, hall type and period of the start."""


@dataclass(frozen=True)
class Course:
    """A lease that starts in a month: what share of it is there, pays and is late by period; the same at every site and hall."""

    time: Timeline
    lease: Lease
    tranches: tuple[tuple[int, float], ...]
    begin: int

    @property
    def term_end(self) -> int:
        """Month after the last of the term."""
        return self.begin + self.lease.term_months

    @property
    def end(self) -> int:
        """Month until which the halls are held: after a renewal."""
        return self.term_end + self.lease.renewal_months

    def paying(self, month: int) -> float:
        """F: the share that pays in a month; a renewal counts by its likelihood."""
        if not self.begin <= month < self.end:
            return 0.0
        likely = 1.0 if month < self.term_end else self.lease.renewal_probability_fraction
        return likely * sum(share for months, share in self.tranches if month >= self.begin + months)

    def level(self, month: int) -> float:
        """Rent of a month relative to that of the first lease year."""
        return float((1 + self.lease.escalator_fraction) ** ((month - self.begin) // 12))

    @cached_property
    def present(self) -> Profile:
        """ψ: the share that may be there in each period that it touches, at most."""
        spans = [(self.begin + months, share) for months, share in self.tranches]
        shares = {u: sum(share * self.time.touched(first, self.end, u) for first, share in spans) for u in self.time.labels}
        return {u: share for u, share in shares.items() if share}

    @cached_property
    def drawing(self) -> Profile:
        """The share that draws power, mean over each period."""
        time, likely, drawing = self.time, self.lease.renewal_probability_fraction, {}
        for u in self.present:
            term = sum(share * time.share(self.begin + months, self.term_end, u) for months, share in self.tranches)
            drawing[u] = term + likely * time.share(self.term_end, self.end, u)
        return drawing

    @cached_property
    def months(self) -> Profile:
        """Months of the whole lease that pay."""
        return self._paid(0.0)

    @cached_property
    def rents(self) -> Profile:
        """The same months, each weighted by the growth of the rent since delivery."""
        return self._paid(self.lease.escalator_fraction)

    @cached_property
    def late(self) -> Profile:
        """Months by which the whole lease is late."""
        late: dict[str, float] = {}
        for after, share in self.tranches:
            for u, months in late_months(self.time, self.lease, self.begin, after).items():
                late[u] = late.get(u, 0.0) + share * months
        return late

    def _spells(self) -> Iterator[tuple[int, int, float]]:
        """Spans of months in which a share pays; they overlap."""
        for months, share in self.tranches:
            first = self.begin + months
            yield first, self.term_end, share
            yield max(first, self.term_end), self.end, share * self.lease.renewal_probability_fraction

    def _paid(self, growth: float) -> Profile:
        weighted: dict[str, float] = {}
        spells = list(self._spells())
        for year, first in enumerate(range(self.begin, self.end, 12)):
            level = float((1 + growth) ** year)
            for begin, end, share in spells:
                low, high = max(first, begin), min(first + 12, end)
                for u in self.time.overlapping(low, high):
                    weighted[u] = weighted.get(u, 0.0) + level * share * self.time.months_in(low, high, u)
        return weighted


@dataclass(frozen=True)
class Rent:
    """A block of a lease that is placed: its course, its site and hall type, and its rent there in the first lease year."""

    frame: Frame
    course: Course
    site: str
    hall: str
    rent_usd_per_kw_month: float

    @property
    def lease(self) -> Lease:
        """The lease."""
        return self.course.lease

    @property
    def triple_net(self) -> float:
        """1 where the tenant bears upkeep and property tax of the halls that it fills, else 0."""
        return 1.0 if self.lease.kind == "triple_net" else 0.0

    @property
    def modules(self) -> float:
        """Modules that a block fills."""
        return block_mw(self.lease) / self.frame.halls[self.hall].module_it_mw

    @property
    def first_musd_per_month(self) -> float:
        """Rent of a month in the first lease year, once all of the block is there."""
        return block_mw(self.lease) * self.rent_usd_per_kw_month / 1000

    def income(self) -> dict[str, float]:
        """Rent earned by period, in M$."""
        return {u: self.first_musd_per_month * months for u, months in self.course.rents.items()}

    def cost(self) -> dict[str, float]:
        """Landlord's cost by period, in M$: a share of the rent, less what the tenant bears itself, and the penalty for late delivery."""
        costs, net = self.income(), self.net()
        costs = {u: musd - net[u] for u, musd in costs.items()}
        for u, late in self.course.late.items():
            costs[u] = costs.get(u, 0.0) + block_mw(self.lease) * self.lease.penalty_usd_per_mw_month * late / 1e6
        return costs

    def net(self) -> dict[str, float]:
        """Rent less landlord's cost by period, in M$, the penalty aside."""
        net = {u: (1 - self.lease.cost_fraction) * musd for u, musd in self.income().items()}
        for u, months in self.course.months.items() if self.triple_net else ():
            net[u] = net.get(u, 0.0) + self.modules * months / 12 * self._upkeep_musd(u)
        return net

    def _upkeep_musd(self, period: str) -> float:
        """Fixed cost and property tax of a module for a year, at the prices of a period."""
        fixed = self.frame.halls[self.hall].fixed_cost_musd_per_module_year * self.frame.time.inflation(period)
        return fixed + self.frame.property_tax_musd_per_module_year(self.site, self.hall)

    @cached_property
    def _final_upkeep_musd(self) -> float:
        return self._upkeep_musd(self.frame.time.labels[-1])

    def _noi_musd(self, month: int) -> float:
        """Net operating income of a month, the fixed cost at horizon prices and the property tax of the hall space included."""
        paying = self.course.paying(month)
        earned = self.first_musd_per_month * self.course.level(month) * paying * (1 - self.lease.cost_fraction)
        return earned - self.modules * self._final_upkeep_musd / 12 * (1 - paying * self.triple_net)

    @property
    def outlives(self) -> bool:
        """Whether it runs past the horizon."""
        return bool(self.frame.time.beyond(self.course.begin, self.course.end))

    @property
    def capitalised(self) -> bool:
        """Whether it is valued at a cap rate: it runs past the horizon, and for long enough."""
        finance, left = self.frame.instance.finance, self.course.end - self.frame.time.horizon
        return self.outlives and finance.terminal_method == "cap_rate" and left >= finance.capitalised_from_months

    def terminal_musd(self) -> float:
        """Value at the horizon of a lease that runs past it; zero otherwise."""
        time = self.frame.time
        if not self.outlives:
            return 0.0
        if not self.capitalised:
            left = range(self.course.end - time.horizon)
            return sum(self._noi_musd(time.horizon + j) * time.discount(j + 0.5) for j in left)
        months = range(max(time.horizon - 12, self.course.begin), time.horizon)
        return 12 * sum(self._noi_musd(x) for x in months) / len(months) / self._cap_rate_fraction()

    def _cap_rate_fraction(self) -> float:
        """The lease's own, else that of its tier. Raises ValueError when neither is given."""
        if self.lease.cap_rate_fraction is not None:
            return self.lease.cap_rate_fraction
        if self.lease.tier is None:
            raise ValueError(f"lease {self.lease.id}: cap_rate_fraction is blank but the lease runs past the horizon")
        return self.frame.tiers[self.lease.tier].cap_rate_fraction


def rents(frame: Frame) -> dict[Placement, Rent]:
    """Every placement of a lease, (l,s,h,t), with what a block of it earns there."""
    tranches: dict[str, list[tuple[int, float]]] = {}
    for delivery in sorted(frame.instance.lease_deliveries, key=lambda row: row.months):
        tranches.setdefault(delivery.lease, []).append((delivery.months, delivery.fraction))
    courses = {
        (lease.id, t): Course(frame.time, lease, tuple(tranches.get(lease.id, [(0, 1.0)])), begin_month(frame.time, lease, t))
        for lease in frame.leases.values()
        for t in starts(frame.time, lease)
    }
    return {
        (row.lease, row.site, h, t): Rent(frame, courses[row.lease, t], row.site, h, rent)
        for row in frame.instance.lease_sites
        for rent in [frame.leases[row.lease].rent_usd_per_kw_month + row.rent_adder_usd_per_kw_month]
        for h in frame.halls_for(row.site, frame.leases[row.lease].product)
        if row.hall in (None, h)
        for t in starts(frame.time, frame.leases[row.lease])
    }
