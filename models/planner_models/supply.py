"""The most MW that a site can ever have: from the grid, as far as it is approved, and of its own generators."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property

from planner_models.evidence import Horizon
from planner_models.rows import Generator, Grid
from planner_models.sheets import Sheets


class Supply:
    """Sums over what stands or can come within the plan; `held_from` has the first month in which each site can be held."""

    def __init__(self, instance: Sheets, horizon: Horizon, held_from: Mapping[str, int | None]) -> None:
        self._instance = instance
        self._horizon = horizon
        self._held_from = held_from

    def comes(self, row: Grid) -> bool:
        """Whether MW of the grid, or an approval, count in some period."""
        month = 0 if row.from_month is None else self._horizon.month(row.from_month)
        held = self._held_from[row.site]
        return held is not None and max(month, held + row.lead_months) <= self._horizon.starts[-1]

    def commissions(self, row: Generator, site: str) -> bool:
        """Whether a generator may be commissioned at a site within the plan."""
        held = self._held_from[site]
        allowed = row.max_units > 0 and (not row.sites or site in row.sites)
        return allowed and held is not None and held + row.lead_months <= self._horizon.starts[-1]

    @cached_property
    def grid_mw(self) -> dict[str, float]:
        """Utility MW by site: all rows together, approvals aside."""
        total: dict[str, float] = defaultdict(float)
        for row in self._instance.grid:
            total[row.site] += row.mw if row.kind != "approved" and self.comes(row) else 0.0
        return total

    @cached_property
    def firm_mw(self) -> dict[str, float]:
        """Firm utility MW by site."""
        total: dict[str, float] = defaultdict(float)
        for row in self._instance.grid:
            total[row.site] += row.mw if row.kind != "approved" and row.service == "firm" and self.comes(row) else 0.0
        return total

    @cached_property
    def approved_mw(self) -> dict[str, float]:
        """Approved MW in the last period, for the sites that have approvals."""
        total: dict[str, float] = defaultdict(float)
        for row in self._instance.grid:
            if row.kind == "approved":
                total[row.site] += row.mw if self.comes(row) else 0.0
        return total

    @cached_property
    def own_mw(self) -> dict[str, float]:
        """MW of generators by site that stand at some time of the plan or may be commissioned."""
        return self._generators(dependable=False)

    @cached_property
    def dependable_mw(self) -> dict[str, float]:
        """The dependable part of it, which relieves the grid at the peak."""
        return self._generators(dependable=True)

    def _generators(self, *, dependable: bool) -> dict[str, float]:
        types = {row.id: row for row in self._instance.generators}
        total: dict[str, float] = defaultdict(float)
        units = [(site, row, row.max_units) for row in types.values() for site in self._held_from if self.commissions(row, site)]
        for q in self._instance.opening:
            if q.item in types:
                begin, end = self._horizon.span(q, types[q.item].life_months)
                units += [(q.site, types[q.item], q.count or 0)] if begin <= self._horizon.starts[-1] and end > 0 else []
        for site, row, count in units:
            total[site] += count * row.unit_mw * (row.dependable_fraction if dependable else 1.0)
        return total

    def most(self, site: str, *, firm: bool) -> tuple[float, str]:
        """The most MW at a peak, firm or of any kind, and words for what they are."""
        utility_mw, dependable_mw = (self.firm_mw if firm else self.grid_mw).get(site, 0.0), self.dependable_mw.get(site, 0.0)
        words = "of firm power in grid" if firm and utility_mw < self.grid_mw.get(site, 0.0) else "in grid"
        approved_mw = self.approved_mw.get(site, utility_mw)
        if approved_mw < utility_mw:
            utility_mw, words = approved_mw, "that grid says are approved"
        return utility_mw + dependable_mw, words + (" with its dependable generation" if dependable_mw else "")
