"""What every table is read from: the instance, the plan and the exact ledger, with the look-ups that several tables share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from planner.check.bitcoin import mined_usd
from planner.check.book import Book as CheckBook
from planner.check.calendar import Calendar, Period
from planner.check.contracts import Taken
from planner.check.deals import start_month
from planner.check.decisions import read_decisions
from planner.check.exact import ZERO, exact
from planner.check.ledger import Entry, Index, Ledger
from planner.check.placements import Placement, placements
from planner.check.verify import DOMAINS
from planner.check.world import Standing, World
from planner.plan import Plan
from planner_models.schema import Instance

DEAL_CAUSES = ("lease", "triple_net", "fit_out", "penalty", "contract")
"""Causes of the journal that a lease or compute contract has by itself; a contract also draws energy."""


@dataclass(frozen=True)
class Book:
    """One plan of one instance with the ledger that the exact checker drew up for it."""

    instance: Instance
    plan: Plan
    ledger: Ledger

    @cached_property
    def world(self) -> World:
        """The instance by id, in exact numbers."""
        return World(self.instance)

    @property
    def calendar(self) -> Calendar:
        """The dates of the instance."""
        return self.world.calendar

    @property
    def periods(self) -> tuple[Period, ...]:
        """The periods in order."""
        return self.world.periods

    @cached_property
    def made(self) -> Mapping[str, Mapping[Index, Fraction]]:
        """The decisions that exist, as the checker reads them: the others count as zero in its ledger, and so in every table."""
        return read_decisions(self.world, self.plan, DOMAINS)[0]

    def state(self, name: str, *index: str) -> Fraction:
        """A state of MATHS.md; zero where it does not exist. Raises KeyError for a state that the ledger does not know."""
        return self.ledger.states[name].get(index, ZERO)

    def decided(self, family: str, *index: str) -> Fraction:
        """A decision of the plan."""
        return self.made[family].get(index, ZERO)

    def decisions(self, family: str) -> Iterator[tuple[Index, Fraction]]:
        """All decisions of a family that are not zero."""
        return ((index, value) for index, value in self.made[family].items() if value)

    def coming(self, thing: Standing) -> Fraction:
        """How much of an opening row is there or comes: modules, units, clusters or MW, less what is cancelled (1.1)."""
        return self.decided_only.coming(thing)

    @cached_property
    def money(self) -> Mapping[tuple[str, str, str], Fraction]:
        """Sums of the journal in M$ by account, cause and period.

        What it costs to close a sold site is a cause of its own, `closing`; what is due on grid that was on order is `opening`.
        """
        sums: dict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
        for entry in self.ledger.entries:
            due = (entry.account, entry.cause) == ("capex", "grid") and self.world.grid[entry.item].kind == "energised"
            sums[entry.account, "opening" if due else entry.cause, entry.period] += entry.musd
        for (site, period), share in self.decisions("sold"):
            closing = exact(self.world.sites[site].closing_cost_musd) * share
            sums["operating", "site", period] -= closing
            sums["operating", "closing", period] += closing
        return sums

    @cached_property
    def of_item(self) -> Mapping[tuple[str, str, str, str, str], Fraction]:
        """Journal lines in M$ by account, cause, item, site and period."""
        return {(entry.account, entry.cause, entry.item, entry.site, entry.period): entry.musd for entry in self.ledger.entries}

    def total(self, account: str, period: str) -> Fraction:
        """M$ of an account in a period over all causes."""
        return sum((musd for (booked, _, label), musd in self.money.items() if (booked, label) == (account, period)), ZERO)

    @cached_property
    def of_deal(self) -> Mapping[tuple[str, str], list[Entry]]:
        """Lines of the journal that a lease or compute contract causes, by its id and account; its penalty is an operating line."""
        lines: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in self.ledger.entries:
            if entry.cause in DEAL_CAUSES or (entry.cause == "energy" and entry.item in self.world.contracts):
                lines[entry.item, entry.account].append(entry)
        return lines

    def deal_pv(self, deal: str, account: str) -> Fraction:
        """Present value in M$ of what a lease or compute contract adds to an account of the periods."""
        entries = self.of_deal.get((deal, account), ())
        return sum((self.state("discount_mid", entry.period) * entry.musd for entry in entries), ZERO)

    @cached_property
    def decided_only(self) -> CheckBook:
        """Decisions and instance alone, as functions of the exact checker read them that need no state."""
        return CheckBook(self.world, self.made)

    @cached_property
    def placements(self) -> tuple[Placement, ...]:
        """The starts of lease blocks that the plan takes, in the order of the instance, the first first."""
        order = {name: position for position, name in enumerate(self.world.leases)}
        return tuple(sorted(placements(self.decided_only), key=lambda place: (order[place.lease.id], place.start)))

    @cached_property
    def served(self) -> tuple[Taken, ...]:
        """The compute contracts that the plan takes, in the order of the instance."""
        world, order = self.world, {name: position for position, name in enumerate(self.world.contracts)}
        found = [
            Taken(row, world.gpus[row.gpu], site, hall, start_month(world, row, period), count)
            for (contract, site, hall, period), count in self.decisions("contracted")
            for row in (world.contracts[contract],)
        ]
        return tuple(sorted(found, key=lambda taken: order[taken.contract.id]))

    @cached_property
    def broken_pv(self) -> Fraction:
        """Present value in M$ of what the plan pays for not delivering signed leases."""
        return sum((self.state("discount_mid", u.label) * self.state("broken_musd", u.label) for u in self.periods), ZERO)

    @cached_property
    def tenant_mw(self) -> Mapping[tuple[str, str], Fraction]:
        """Facility MW that tenants draw, mean of the period, by site and period: (7.2), at every site."""
        mw: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        for place in self.placements:
            drawn = place.mw * exact(place.hall.pue_average) * exact(place.lease.load_factor_fraction)
            for period, _ in self.calendar.overlapped(place.start, place.end):
                mw[place.site, period.label] += drawn * place.share_drawing(period)
        return mw

    @cached_property
    def coin_cost_usd(self) -> Mapping[str, Fraction]:
        """What a bitcoin has cost that is of a holding or was mined in a period and kept: its basis, or its value when mined."""
        kept = {index[0] for family in ("kept_btc", "final_btc") for index, _ in self.decisions(family)} - set(self.world.holdings)
        cost = {label: mined_usd(self.world, self.calendar.by_label[label]) for label in kept}
        return cost | {name: exact(row.basis_usd) for name, row in self.world.holdings.items()}

    def blocks(self, site: str, period: Period) -> Iterator[tuple[str, Fraction]]:
        """Every block of hours at a site with its hours in a period."""
        return ((block, self.world.block_hours(site, block, period)) for block in self.world.blocks[site])

    @cached_property
    def of_ppa(self) -> Mapping[tuple[str, str, str, str], Fraction]:
        """MW taken (`taken_mw`) and resold (`remarketed_mw`) under all PPAs of a site, by family, site, period and block."""
        mw: dict[tuple[str, str, str, str], Fraction] = defaultdict(Fraction)
        for family in ("taken_mw", "remarketed_mw"):
            for (ppa, period, block), value in self.decisions(family):
                mw[family, self.world.ppas[ppa].site, period, block] += value
        return mw

    @cached_property
    def generated_mw(self) -> Mapping[tuple[str, str, str], Fraction]:
        """MW of all own generators by site, period and block."""
        mw: dict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
        for (site, _, period, block), value in self.decisions("generated_mw"):
            mw[site, period, block] += value
        return mw
