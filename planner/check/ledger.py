"""What the checker hands back: the certificate with its violations, and the ledger of states and journal entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

Index = tuple[str, ...]


@dataclass(frozen=True)
class Violation:
    """One broken rule: its number and name in MATHS.md, where, by how much, and the same in words."""

    tag: str
    rule: str
    index: Index
    amount: Fraction
    unit: str
    words: str


@dataclass(frozen=True)
class Entry:
    """One line of the journal, in M$: `item` is the id of what caused it; `site` is blank for overhead, `period` for terminal and basis.

    account: revenue, operating, capex, depreciation, terminal, basis.
    cause, with what `item` is:
        hashing, resale, move, asic (an ASIC model), hosting (a contract), gpu (a GPU model), contract (of GPUs), lease, fit_out (a lease:
        what its site needs less what the tenant pays of it), triple_net (a lease: what the tenant bears of upkeep and property tax, below
        0), penalty (a lease or compute contract), hall, property_tax (a hall type), conversion, grid (an upgrade, or energised MW that are
        on order; of the terminal value the site), equipment, site, sale (a site), overhead, opening (a row of that table: what is due on
        it, and its tax basis), cancel_fee (the same: what it costs to cancel it), tax_base (a row of that table: spent before the start);
        energy: own draws at the price of buying them, by what draws (an ASIC or GPU model, a hosting or compute contract); tenant: what a
        tenant pays for its power (negative; a lease); supply: what is bought besides own draws, for tenants and less what own supply
        replaces, with the adder of contract power (a site); these three add up to (7.1), and the last two are there at supplied sites only;
        ppa: contract power taken or paid for, as revenue what is resold (a PPA); generator: fuel, operation and price (a generator type);
        export (a site); charge: what is billed, and of the terminal value, negative, what is still to be billed at the horizon (a charge);
        response: what a programme pays (a programme).
    """

    account: str
    cause: str
    item: str
    site: str
    period: str
    musd: Fraction


@dataclass(frozen=True)
class Ledger:
    """Every state by name and index (ids and labels in the order of MATHS.md), and the journal whose sums are the money ports."""

    states: Mapping[str, Mapping[Index, Fraction]]
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Identity:
    """What the statements have to add up to: number and name in MATHS.md of the row it comes from, and the words of both sides."""

    tag: str
    rule: str
    what: str
    of: str
    unit: str = "M$"


@dataclass(frozen=True)
class Tie:
    """An identity at one index: `stands` is what the ledger has, `adds_up` what other parts of it make of the same; they are one number."""

    identity: Identity
    index: Index
    stands: Fraction
    adds_up: Fraction


@dataclass(frozen=True)
class Certificate:
    """The verdict on a plan: `ok` when no rule is broken; `value_musd` is the equity value that the plan is worth by the rules.

    `change_musd` is what its changes against an earlier plan cost, which is no part of the value.
    """

    ok: bool
    violations: tuple[Violation, ...]
    value_musd: Fraction
    ledger: Ledger
    change_musd: Fraction = Fraction(0)

    @property
    def objective_musd(self) -> Fraction:
        """What is maximised: the value less what changes cost."""
        return self.value_musd - self.change_musd
