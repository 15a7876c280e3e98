"""A plan for the instance that uses every rule, by hand: that of `wide`, and of a signed lease one block delivered, three bought off.

A tenant and a customer who are there already stay, another customer comes; a revolver is drawn and repaid, shares are sold, a loan on
machines is paid back in parts. It breaks no rule.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from planner.plan import Plan
from planner.runs import Run
from planner.tables.book import Book
from planner_models.schema import Instance
from tests.example import CONTRACTED, WHOLE, contracted
from tests.tables import wide
from tests.tables.sample import book_of, run_of
from tests.tables.wide import LABELS

ALPHA = (20, 20, 50, 10, 10, 0, 0)
"""MW of s21 plugged in at alpha by period."""
SOLD_MW = (6, 1, 1, 1, 4, 8.75, 10)
"""MW of GPU-hours at spot by period: 10, less 4 of `batch` until March 2028 and 5 of `pod` from April 2027 to March 2029."""


def plan(**changes: Any) -> Plan:
    """The plan; `changes` replace families of decisions."""
    decisions: dict[str, Any] = {
        "converted_lots": {("refit", "old_halls", "2027Q4"): 2},
        "started": {
            ("anchor", "alpha", "ai", "2027Q4"): 1,
            ("resident", "alpha", "ai", "2027Q1"): 1,
            ("campus", "beta", "vault", "2028"): 1,
        },
        "broken_blocks": {("campus",): 3},
        "contracted": {("batch", "alpha", "ai", "2027Q1"): 1, ("pod", "alpha", "ai", "2027Q2"): 1},
        "sold_mw": {("alpha", "ai", "gb300", label): mw for label, mw in zip(LABELS, SOLD_MW, strict=True)},
        "delivered_units": {("alpha", "breaker", "2027Q3"): 1, ("beta", "main_tx", "2028"): 1, ("beta", "breaker", "2028"): 1},
        "drawn_musd": {("loan", "2027Q1"): 30, ("line", "2027Q2"): 5},
        "repaid_musd": {("loan", "2029"): 10, ("line", "2028"): 5} | _parts(),
        "issued_musd": {("atm", "2027Q2"): 10, ("atm", "2028"): 4},
    }
    return wide.plan(**(decisions | wide.mining(ALPHA) | changes))


def _parts() -> dict[tuple[str, str], float]:
    """6 M$ owed on machines, back over 36 months."""
    return {("machines", label): 0.5 if "Q" in label else 2 for label in LABELS[:-1]}


def company(**changes: Any) -> Instance:
    """The instance, with upkeep of 0.2 M$ a year for a vault and 0.2 M$ per MW that beta needs for `campus` beyond what that pays."""
    halls = [row | ({"fixed_cost_musd_per_module_year": 0.2} if row["id"] == "vault" else {}) for row in WHOLE["halls"]]
    places = [row | ({"capex_musd_per_mw": 0.6} if row["site"] == "beta" else {}) for row in CONTRACTED["lease_sites"]]
    return contracted(**({"halls": halls, "lease_sites": places} | changes))


@cache
def book() -> Book:
    """The plan as the tables read it."""
    return book_of(company(), plan())


@cache
def run() -> Run:
    """The run of the plan."""
    return run_of(company(), plan())
