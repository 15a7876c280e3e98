"""Small instances and plans for ledgers that are worked out by hand, and the comparison with what the checker finds."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from planner.check import Certificate, verify
from planner.plan import Plan
from planner_models.schema import Instance

Decisions = Mapping[str, Mapping[Any, float]]

QUARTERS_THEN_YEARS = [{"months": 3, "count": 4}, {"months": 12, "count": 2}]
"""2027Q1..2027Q4 start in months 0, 3, 6, 9; 2028 in 12 and 2029 in 24; the horizon is month 36."""

FINANCE = {"discount_rate_fraction": 0.0, "opening_cash_musd": 100.0, "tax_rate_fraction": 0.0}
SITE = {"id": "s", "market": "spot", "land_it_mw": 100, "power_factor": 1.0}
METER = {"id": "meter", "site": "s", "kind": "energised", "mw": 100, "from_month": "2026-01"}
PRICE = {"market": "spot", "from_year": 2026, "block": "all", "hours_fraction": 1.0, "usd_per_mwh": 40.0}
SHELL = {"id": "shell", "product": "powered_shell", "module_it_mw": 10, "pue_peak": 1.5, "pue_average": 1.2, "buildable": False}


def small(**parts: Any) -> Instance:
    """One site with land and grid for 100 MW, 100 M$ of cash, no tax and no discount; `parts` replace or (finance) overlay that."""
    parts["finance"] = FINANCE | parts.get("finance", {})
    defaults: dict[str, Any] = {
        "name": "small",
        "start": "2027-01",
        "periods": QUARTERS_THEN_YEARS,
        "sites": [SITE],
        "grid": [METER],
        "power_prices": [PRICE],
    }
    return Instance.model_validate(defaults | parts)


def ledger_of(instance: Instance, decisions: Decisions) -> Certificate:
    """The certificate of a plan that must keep every rule."""
    certificate = verify(instance, Plan(instance.name, decisions))
    assert certificate.ok, certificate.violations
    return certificate


def expect(certificate: Certificate, state: str, values: Mapping[Any, str | Fraction]) -> None:
    """The state has exactly these values (a single label stands for an index of one) and is zero at every other index."""
    wanted = {key if isinstance(key, tuple) else (key,): Fraction(value) for key, value in values.items()}
    assert {index: value for index, value in certificate.ledger.states[state].items() if value} == {k: v for k, v in wanted.items() if v}
    assert set(wanted) <= set(certificate.ledger.states[state])


def expect_entries(certificate: Certificate, account: str, cause: str, values: Mapping[tuple[str, str], str | Fraction]) -> None:
    """The journal of an account and cause holds exactly these lines by item and period."""
    entries = [entry for entry in certificate.ledger.entries if (entry.account, entry.cause) == (account, cause)]
    assert {(entry.item, entry.period): entry.musd for entry in entries} == {key: Fraction(value) for key, value in values.items()}
