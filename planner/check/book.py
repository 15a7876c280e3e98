"""The book that the sections of the checker write: states, journal, own draws and violations of one plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from planner.check.calendar import Period, Profile
from planner.check.exact import TOLERANCE, ZERO, amount_words
from planner.check.ledger import Entry, Index, Ledger, Violation
from planner.check.world import Standing, World
from planner.rules import NUMBERED, STATES

Made = Mapping[str, Mapping[Index, Fraction]]
"""The decisions that exist, by family and index; the others count as zero."""

Chosen = Callable[[str, str], bool]
"""Whether a line of the journal counts, by its cause and item."""

_Line = tuple[str, str, str, str, str]


def everything(cause: str, item: str) -> bool:
    """All lines count."""
    return True


class Book:
    """Everything recomputed so far. Sections add to states and journal, then hold the rows against them."""

    def __init__(self, world: World, made: Made) -> None:
        self.world = world
        self.made = made
        self.violations: list[Violation] = []
        self.draws: defaultdict[tuple[str, str, str, str], Fraction] = defaultdict(Fraction)
        self._states: dict[str, dict[Index, Fraction]] = {name: {} for name in STATES}
        self._journal: defaultdict[_Line, Fraction] = defaultdict(Fraction)

    def decided(self, family: str) -> Iterator[tuple[Index, Fraction]]:
        """All decisions of a family that are not zero."""
        return ((index, value) for index, value in self.made.get(family, {}).items() if value)

    def decision(self, family: str, *index: str) -> Fraction:
        """One decision, zero when absent."""
        return self.made.get(family, {}).get(index, ZERO)

    def state(self, name: str, *index: str) -> Fraction:
        """One state, zero when nothing was added."""
        return self._states[name].get(index, ZERO)

    def indices(self, name: str) -> tuple[Index, ...]:
        """Every index at which a state is in the ledger so far."""
        return tuple(self._states[name])

    def coming(self, thing: Standing) -> Fraction:
        """What the plan lets come of an opening row, in the unit of its size: all but what is cancelled (1.1)."""
        cancelled = self.decision("cancelled_units", thing.id)
        return thing.size * (1 - cancelled / thing.parts) if cancelled else thing.size

    def held(self, site: str, period: str) -> Fraction:
        """Share of a site that the company holds in a period: all of it, unless it is on offer or for sale (11.3)."""
        return self._states["held"].get((site, period), Fraction(1))

    def occupied_mw(self, site: str, hall: str, period: str) -> Fraction:
        """IT MW of tenants, clusters and machines in a hall type in a period."""
        return self.state("resident_mw", site, hall, period) + self.state("movable_mw", site, hall, period)

    def add(self, name: str, index: Index, amount: Fraction | int) -> None:
        """Add to a state; adding zero makes it appear in the ledger."""
        states = self._states[name]
        states[index] = states.get(index, ZERO) + amount

    def post(self, account: str, cause: str, item: str, site: str, period: str, musd: Fraction) -> None:
        """Add M$ to a line of the journal."""
        if musd:
            self._journal[account, cause, item, site, period] += musd

    def post_profile(self, account: str, cause: str, item: str, site: str, musd: Fraction, profile: Profile) -> None:
        """Spread M$ over periods by their shares."""
        for period, share in profile:
            self.post(account, cause, item, site, period.label, musd * share)

    def post_basis(self, cause: str, item: str, site: str, musd: Fraction, profile: Profile) -> None:
        """Write off a tax basis by its profile; what the profile leaves out is the final basis."""
        self.post_profile("depreciation", cause, item, site, musd, profile)
        self.post("basis", cause, item, site, "", musd * (1 - sum((share for _, share in profile), ZERO)))

    def post_asset(self, cause: str, item: str, site: str, price_musd: Fraction, payments: Profile, service: Period, tax_life: int) -> None:
        """An asset in service from the start of a period: its price by the profile of payments, written off from service."""
        self.post_profile("capex", cause, item, site, price_musd, payments)
        self.post_basis(cause, item, site, price_musd, self.world.calendar.write_off(service.first, tax_life))

    def draw(self, site: str, period: Period, block: str, item: str, facility_mw: Fraction) -> None:
        """Facility MW that a machine draws for own use in a block."""
        self.draws[site, period.label, block, item] += facility_mw
        self.add("draw_mw", (site, period.label, block), facility_mw)

    def totals(self, account: str, chosen: Chosen = everything) -> dict[tuple[str, str], Fraction]:
        """Sums of the journal of an account by site and period, over the lines whose cause and item are chosen."""
        sums: defaultdict[tuple[str, str], Fraction] = defaultdict(Fraction)
        for (booked, cause, item, site, period), musd in self._journal.items():
            if booked == account and chosen(cause, item):
                sums[site, period] += musd
        return sums

    def blame(self, tag: str, index: Index, amount: Fraction, words: str) -> None:
        """Name the broken rule of that number, by how much, and in words of its own."""
        rule = NUMBERED[tag]
        self.violations.append(Violation(tag, rule.name, index, amount, rule.unit, words))

    def at_most(self, tag: str, index: Index, left: Fraction, right: Fraction) -> None:
        """The row of that number, `left <= right`, held to a millionth of its unit."""
        if (excess := left - right) > TOLERANCE:
            rule, place = NUMBERED[tag], ", ".join(index)
            amounts = f"{amount_words(left)} {rule.unit}, {amount_words(excess)} more than"
            self.blame(tag, index, excess, f"{place}: {rule.what} {amounts} {rule.limit} ({amount_words(right)}).")

    def at_least(self, tag: str, index: Index, left: Fraction, right: Fraction) -> None:
        """The row of that number, `left >= right`, held to a millionth of its unit."""
        if (missing := right - left) > TOLERANCE:
            rule, place = NUMBERED[tag], ", ".join(index)
            amounts = f"{amount_words(left)} {rule.unit}, {amount_words(missing)} {rule.unit} below"
            self.blame(tag, index, missing, f"{place}: {rule.what} {amounts} {rule.limit} {amount_words(right)} {rule.unit}.")

    def ledger(self) -> Ledger:
        """All states, and the journal in stable order without lines of zero."""
        lines = sorted(self._journal.items())
        return Ledger(self._states, tuple(Entry(*line, musd=musd) for line, musd in lines if musd))
