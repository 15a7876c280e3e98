"""The most that operations can lose in a period, whatever is decided: how far covenants give way without debt (section 8)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from planner_models.deals import block_count
from planner_models.frame import Frame
from planner_models.power import most_mw
from planner_models.uses.rent import rents


class Extremes:
    """Generous bounds in M$ by period, from what land, meters and contracts can hold; all together, though much excludes the other.

    Everything in halls shares the IT MW of the land, and draws no more than these at the highest overhead for cooling. In some
    optimum no more machines are moved in a period than the land of all sites holds.
    """

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        land_mw = sum(row.land_it_mw for row in frame.sites.values())
        self._moved_musd = land_mw * sum(row.out_musd_per_mw + row.in_musd_per_mw for row in frame.instance.moves)

    def cost_musd(self, t: str) -> float:
        """The most by which operating cost can exceed revenue; what comes once is no part of it."""
        frame = self._frame
        fees = sum(lease.break_fee_musd or 0.0 for lease in frame.leases.values())
        deals = (*frame.contracts.values(), *frame.leases.values())
        late = sum(deal.penalty_usd_per_mw_month * deal.it_mw for deal in deals) * frame.time[t].months / 1e6
        lost = sum(blocks * max(0.0, -low) for blocks, low in self._leases(t))
        sites = sum(self._traded_musd(s, t) + self._upkeep_musd(s, t) for s in frame.sites)
        cancelled = sum(row.cancel_fee_musd for row in frame.cancellable.values()) if t == frame.time.labels[0] else 0.0
        return frame.overhead_musd(t) + fees + cancelled + late + lost + sites + self._charges_musd(t) + self._moved_musd

    @cached_property
    def _rents(self) -> dict[str, tuple[int, list[dict[str, float]]]]:
        """By lease its blocks, and what one brings by period at each placement."""
        found: dict[str, tuple[int, list[dict[str, float]]]] = {}
        for p, at in rents(self._frame).items():
            found.setdefault(p[0], (block_count(at.lease), []))[1].append(at.net())
        return found

    def _leases(self, t: str) -> Iterable[tuple[int, float]]:
        """Of each lease that can be placed: blocks, and the least that one brings in a period."""
        for blocks, nets in self._rents.values():
            yield blocks, min(net.get(t, 0.0) for net in nets)

    def _own_mw(self, s: str) -> float:
        """Generators that may run at a site."""
        frame = self._frame
        types = [frame.generators[k] for at, k in frame.site_generators if at == s]
        standing = sum((q.count or 0) * frame.generators[q.item].unit_mw for q in frame.plants.values() if q.site == s)
        return standing + sum(k.unit_mw * k.max_units for k in types)

    def _traded_musd(self, s: str, t: str) -> float:
        """All energy that can pass the site, at its prices with whatever sign: bought, sold and let."""
        frame, site = self._frame, self._frame.sites[s]
        ppas = [row for row in frame.instance.ppas if row.site == s]
        cooled = max((frame.halls[h].pue_peak for at, h in frame.site_halls if at == s), default=0.0)
        flow_mw = site.land_it_mw * cooled + self._own_mw(s) + sum(row.mw for row in ppas)
        fixed = abs(site.energy_adder_usd_per_mwh) + site.export_haircut_usd_per_mwh
        fixed += max((row.resale_haircut_usd_per_mwh for row in ppas), default=0.0)

        def usd_per_mw(b: str) -> float:
            return frame.block_hours(s, b, t) * (abs(frame.block_price(s, b, t)) + abs(frame.node_price(s, b, t)) + fixed)

        strikes = 2 * sum(row.mw * row.strike_usd_per_mwh for row in ppas) * frame.time[t].hours
        return (flow_mw * sum(usd_per_mw(b) for b in frame.prices[s]) + strikes) / 1e6

    def _upkeep_musd(self, s: str, t: str) -> float:
        """Site, halls, machines, clusters and generators: each at its dearest on all of the land."""
        frame, site, time = self._frame, self._frame.sites[s], self._frame.time
        level, years, hours = time.inflation(t), time[t].length_years, time[t].hours
        halls = [(frame.halls[h], frame.property_tax_musd_per_module_year(s, h)) for at, h in frame.site_halls if at == s]
        halls_musd = max(((h.fixed_cost_musd_per_module_year * level + tax) / h.module_it_mw for h, tax in halls), default=0.0)
        gpus_musd = max((row.opex_musd_per_mw_year for row in frame.gpus.values()), default=0.0) * level
        asics_usd = max((row.opex_usd_per_mwh for row in frame.asics.values()), default=0.0) * level
        per_mw = (halls_musd + gpus_musd) * years + asics_usd * hours / 1e6
        fuels = {k: [row for row in frame.instance.fuel_prices if row.fuel == k] for k in {g.fuel for g in frame.generators.values()} if k}
        fuel = {k: time.yearly(rows, lambda row: row.from_year, lambda row: row.usd_per_mmbtu, t) for k, rows in fuels.items()}
        kinds = [frame.generators[k] for at, k in frame.site_generators if at == s]
        usd = max((k.heat_rate_mmbtu_per_mwh * fuel.get(k.fuel or "", 0.0) + k.variable_usd_per_mwh * level for k in kinds), default=0.0)
        fixed = max((k.fixed_musd_per_unit_year / k.unit_mw for k in kinds), default=0.0) * years * level
        return site.land_it_mw * per_mw + self._own_mw(s) * (usd * hours / 1e6 + fixed) + site.fixed_cost_musd_per_year * years * level

    def _charges_musd(self, t: str) -> float:
        """Charges on all that the meter can carry, each month of 31 days."""
        frame, total = self._frame, 0.0
        for row in frame.instance.charges:
            cooled = max((frame.halls[h].pue_peak for at, h in frame.site_halls if at == row.site), default=0.0)
            mw = max(frame.sites[row.site].land_it_mw * cooled, most_mw(frame, row.site), abs(row.opening_mw))
            total += mw * frame.time[t].months * (row.usd_per_kw_month * 1000 + row.usd_per_mw_day * 31) / 1e6
        return total
