"""The plan of `capital` for a company that has a past: orders under way, money spent, bitcoin, draws, tested months, a plan before."""

from __future__ import annotations

from functools import cache
from typing import Any

from planner.plan import Plan
from planner.runs import Run
from planner.tables.book import Book
from planner_models.schema import Instance
from tests.example import CONTRACTED, DATA, WHOLE
from tests.tables import capital
from tests.tables.sample import book_of, run_of

PAST: dict[str, Any] = {
    "finance": CONTRACTED["finance"] | {"price_year": 2025, "change_penalty_musd": 0.5},
    "grid": [
        *WHOLE["grid"],
        {"id": "coming", "site": "alpha", "kind": "energised", "mw": 10.0, "from_month": "2027-06", "due_musd": 2.0, "security_musd": 1.5,
         "security_months": 5},
        {"id": "posted", "site": "gamma", "kind": "energised", "mw": 5.0, "from_month": "2026-06", "security_musd": 0.5,
         "security_months": 9},
    ],
    "opening": [
        *WHOLE["opening"],
        {"id": "next_halls", "site": "alpha", "item": "mine", "count": 2, "in_service": "2027-08", "tax_basis_musd": 3.0, "due_musd": 8.0,
         "due_evenly": True, "cancellable": True, "cancel_fee_musd": 1.0},
        {"id": "next_fleet", "site": "alpha", "item": "s23", "it_mw": 7.0, "in_service": "2027-05", "tax_basis_musd": 4.0, "due_musd": 10.0,
         "cancellable": True, "cancel_fee_musd": 0.3},
        {"id": "next_gpus", "site": "alpha", "item": "gb300", "hall": "ai", "count": 2, "in_service": "2028-03", "due_musd": 500.0,
         "cancellable": True, "cancel_fee_musd": 20.0},
        {"id": "next_gas", "site": "alpha", "item": "gas", "count": 1, "in_service": "2028-03", "tax_basis_musd": 2.0, "due_musd": 20.0,
         "due_evenly": True},
        {"id": "paid", "site": "alpha", "item": "breaker", "count": 1, "in_service": "2027-04", "tax_basis_musd": 0.2},
    ],
    "tax_bases": [
        {"id": "coming", "site": "alpha", "in_service": "2027-06", "tax_life_months": 180, "basis_musd": 1.25},
        {"id": "old_machines", "site": "alpha", "in_service": "2025-04", "tax_life_months": 60, "basis_musd": 30.0},
        {"id": "torn_down", "site": "gamma", "in_service": "2020-01", "tax_life_months": 120, "basis_musd": 12.0,
         "method": "straight_line"},
        {"id": "land", "site": "gamma", "in_service": "2020-01", "basis_musd": 5.0},
    ],
    "holdings": [{"id": "early", "btc_count": 300.0, "basis_usd": 20_000.0}, {"id": "late", "btc_count": 100.0, "basis_usd": 80_000.0}],
    "debt": [
        *CONTRACTED["debt"][:1],
        CONTRACTED["debt"][1] | {"opening_eligible_musd": 12.0},
        *CONTRACTED["debt"][2:],
    ],
    "debt_draws": [{"debt": "machines", "month": "2026-12", "drawn_musd": 12.0}],
    "budgets": [{"year": 2027, "capex_musd": 450.0}],
    "history": [{"from_month": "2026-01", "months": 6, "ebitda_musd": 20.0, "service_musd": 1.0},
                {"from_month": "2026-07", "months": 6, "ebitda_musd": 30.0, "service_musd": 1.5}],
    "covenants": [CONTRACTED["covenants"][0] | {"from_month": None, "level": 9.0}, *CONTRACTED["covenants"][1:]],
    "leases": [
        DATA["leases"][0] | {"prepayment_musd": 2.5, "prepaid": "2026-10"},
        *CONTRACTED["leases"][1:],
    ],
    "previous": [
        {"decision": "started", "index": "anchor/alpha/ai/2027-10", "count": 1},
        {"decision": "delivered_units", "index": "alpha/breaker/2027-07", "count": 3},
        {"decision": "upgraded", "index": "upgrade/2030-01", "count": 1},
        {"decision": "delivered_units", "index": "alpha/ghost/2027-07", "count": 3},
    ],
}  # fmt: skip


def company(**changes: Any) -> Instance:
    """The company of `capital` with a past."""
    return capital.company(**(PAST | changes))


def plan(**changes: Any) -> Plan:
    """The plan of `capital` that cancels a part of what is on order, and sells what is held of bitcoin but 20 of them."""
    decisions: dict[str, Any] = {
        "cancelled_units": {("next_tx",): 1, ("next_halls",): 1, ("next_fleet",): 1, ("next_gpus",): 2},
        "kept_btc": {("2027Q1", "2028"): 50, ("early", "2027Q1"): 300, ("late", "2028"): 80},
        "final_btc": {("2028",): 40, ("late",): 20},
    }
    return capital.plan(**(decisions | changes))


@cache
def book() -> Book:
    """The plan as the tables read it."""
    return book_of(company(), plan())


@cache
def run() -> Run:
    """The run of the plan."""
    return run_of(company(), plan())
