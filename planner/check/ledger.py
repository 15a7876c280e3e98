"""What the checker hands back: the certificate with its violations, and the ledger of states and journal entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

Index = tuple[str, ...]

STATES: Mapping[str, str] = {
    "full_modules": "2.6",
    "average_modules": "2.7",
    "final_modules": "2.8",
    "land_mw": "2.9",
    "installed_mw": "3.4",
    "leased_mw": "4.4",
    "capitalised_mw": "4.9",
    "cluster_mw": "5.3",
    "grid_mw": "6.3",
    "installed_mva": "6.6",
    "energy_cost_musd": "7.1",
    "debt_musd": "8.3",
    "interest_musd": "8.9",
    "cash_musd": "8.6",
    "profit_musd": "9.1",
    "loss_musd": "9.1",
    "used_musd": "9.2",
    "pool_musd": "9.3",
    "tax_musd": "9.5",
    "terminal_value_musd": "9.6",
    "exit_tax_musd": "9.7",
    "equity_value": "9.8",
    "resident_mw": "10.1",
    "movable_mw": "10.2",
    "load_mw": "10.3",
    "draw_mw": "10.4",
    "revenue_musd": "10.5",
    "operating_musd": "10.6",
    "capex_musd": "10.7",
    "depreciation_musd": "10.8",
    "terminal_musd": "10.9",
    "final_basis_musd": "10.10",
    "discount_mid": "1",
    "discount_end": "1",
    "hashprice": "1",
    "facility_interest_musd": "8.9",
    "facility_fee_musd": "8.9",
}
"""Every state in the ledger with its number in MATHS.md; `hashprice` is USD per PH/s and day, `facility_...` are the terms of (8.9)."""


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
    cause: hashing, lease, penalty, gpu, energy, hall, conversion, asic, grid, equipment, site, overhead, opening.
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
class Certificate:
    """The verdict on a plan: `ok` when no rule is broken; `value_musd` is the equity value that the plan is worth by the rules."""

    ok: bool
    violations: tuple[Violation, ...]
    value_musd: Fraction
    ledger: Ledger
