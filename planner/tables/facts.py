"""Sums over the company that several key figures are read from: MW by use, cash to the owners, EBITDA."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from planner.check.calendar import Period
from planner.check.exact import ZERO, exact
from planner.check.trailing import known, of_year
from planner.tables import allocation, cost, machines, supply
from planner.tables.book import Book
from planner.tables.income import ebitda
from planner.tables.money import before_dividends, free_cash_musd, issued_musd
from planner.tables.value import split


@dataclass(frozen=True)
class Facts:
    """Company-wide figures of one plan."""

    book: Book
    without: Facts | str = "not computed"
    """The same of the best plan without new orders, or why there is none."""

    @cached_property
    def it_mw(self) -> Mapping[tuple[str, bool, str], Fraction]:
        """IT MW over all sites by use, contracted or not, and period."""
        sums: dict[tuple[str, bool, str], Fraction] = {}
        for row in allocation.rows(self.book):
            key = (str(row["use"]), bool(row["contracted"]), str(row["period"]))
            sums[key] = sums.get(key, ZERO) + Fraction(row["it_mw"] or 0)
        return sums

    @cached_property
    def end_mw(self) -> Mapping[allocation.Use, Fraction]:
        """IT MW by use when the plan ends: leases and clusters still there in its last month, and halls without use besides them."""
        book, last = self.book, self.book.periods[-1].label
        mw = dict.fromkeys(allocation.USES, ZERO)
        for use in ("hashing", "hosting"):
            mw[use, False] = self.it_mw.get((use, False, last), ZERO)
        month = book.calendar.horizon - 1
        for place in book.placements:
            there = sum((share for after, share in place.tranches if place.start + after <= month < place.end), ZERO)
            mw["colocation", place.lease.stage == "signed"] += place.mw * there
        for (_, _, name, label), count in book.decisions("deployed_clusters"):
            gpu = book.world.gpus[name]
            if book.calendar.by_label[label].first + gpu.life_months >= book.calendar.horizon:
                mw["hpc", False] += count * exact(gpu.cluster_it_mw)
        for cluster in book.world.clusters.values():
            if cluster.start < book.calendar.horizon <= cluster.end:
                mw["hpc", False] += book.coming(cluster) * exact(book.world.gpus[cluster.item].cluster_it_mw)
        mw["idle", False] = self.halls_mw - sum(mw.values(), ZERO)
        return mw

    @cached_property
    def parts(self) -> Mapping[str, Fraction]:
        """M$ of the parts of equity value."""
        return split(self.book)

    @cached_property
    def halls_mw(self) -> Fraction:
        """IT MW of all halls that stand in the last period."""
        last = self.book.periods[-1].label
        return sum((mw for (_, _, period), mw in self.it_mw.items() if period == last), ZERO)

    @cached_property
    def utility_mw(self) -> Fraction:
        """Utility MW in service in the last period."""
        last = self.book.periods[-1].label
        return sum((self.book.state("grid_mw", site, last) for site in self.book.world.sites), ZERO)

    @cached_property
    def gross_mw(self) -> Fraction:
        """Utility MW in service in the last period and MW of own generation that relieve the grid at the peak."""
        last = self.book.periods[-1].label
        return self.utility_mw + sum((self.book.state("dependable_mw", site, last) for site in self.book.world.sites), ZERO)

    @cached_property
    def to_owners(self) -> tuple[tuple[Period, Fraction], ...]:
        """M$ that each period adds to cash before dividends and new shares, for which owners pay: after operations, capex, debt and tax."""
        return tuple((u, sum(before_dividends(self.book, u).values(), ZERO) - issued_musd(self.book, u.label)) for u in self.book.periods)

    @cached_property
    def at_horizon(self) -> Fraction:
        """M$ at the horizon besides cash: terminal value, bitcoin and security less tax on them, debt owed and money paid ahead."""
        book, last = self.book, self.book.periods[-1].label
        owed = sum((book.state("debt_musd", debt, last) for debt in book.world.debts), ZERO)
        held = book.state("bitcoin_musd") + sum((book.state("posted_musd", site, last) for site in book.world.sites), ZERO)
        return book.state("terminal_value_musd") + held - book.state("exit_tax_musd") - owed - book.state("prepaid_musd", last)

    @cached_property
    def capex_by_year(self) -> Mapping[str, Fraction]:
        """M$ of capex by fiscal year."""
        years = self.book.calendar.fiscal_years
        return {year.label: sum((self.book.total("capex", period.label) for period in year.periods), ZERO) for year in years}

    @cached_property
    def running_eh(self) -> Mapping[str, Fraction]:
        """EH/s over all sites by period."""
        sums = {period.label: ZERO for period in self.book.periods}
        for row in machines.fleet_rows(self.book):
            sums[str(row["period"])] += Fraction(row["running_eh"] or 0)
        return sums

    @cached_property
    def energy(self) -> Mapping[str, Fraction]:
        """MWh over all sites, periods and blocks by column of the energy table."""
        names = [column.name for column in supply.ENERGY.columns if column.name.endswith("_mwh") and "usd" not in column.name]
        sums = dict.fromkeys(names, ZERO)
        for row in supply.energy_rows(self.book):
            for name in names:
                sums[name] += Fraction(row[name] or 0)
        return sums

    @cached_property
    def own_power(self) -> Mapping[str, Fraction]:
        """MWh of own energy and M$ that they cost, over all sites and years with any, by column of the table of that cost."""
        sums = dict.fromkeys(("own_mwh", "cost_musd"), ZERO)
        for row in cost.rows(self.book):
            for name in sums:
                sums[name] += Fraction(row[name] or 0)
        return sums

    def over_plan(self, account: str, *causes: str) -> Fraction:
        """M$ of an account over the plan by some of its causes."""
        return sum(
            (musd for (booked, cause, period), musd in self.book.money.items() if booked == account and cause in causes and period), ZERO
        )

    @cached_property
    def headroom(self) -> Mapping[str, Fraction]:
        """M$ of cash above the floor by period; what lenders hold back is not counted."""
        floor = exact(self.book.instance.finance.cash_floor_musd)
        return {u.label: free_cash_musd(self.book, u.label) - floor for u in self.book.periods}

    def trailing_ebitda(self, period: Period) -> Fraction | None:
        """M$ of EBITDA in the twelve months that end with the period; None where plan and `history` do not hold all of them."""
        if not known(self.book.world, period):
            return None
        return of_year(self.book.world, period, lambda label: ebitda(self.book, label), lambda past: exact(past.ebitda_musd))

    def debt(self, period: Period) -> Fraction:
        """M$ owed at the end of a period."""
        return sum((self.book.state("debt_musd", debt, period.label) for debt in self.book.world.debts), ZERO)
