"""A made-up company of two sites that does everything once, and a plan for it, written by hand: no solver is needed.

Quarters of 2027, the year 2028 with a halving in it, and one period of two years. Alpha mines, converts a hall for a signed lease,
retires one and runs a GPU cluster; beta builds halls for a lease still to be signed, with an upgrade, a transformer and new machines.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from planner.check import Certificate, verify
from planner.plan import Plan
from planner.runs import Run
from planner.tables import tables
from planner.tables.book import Book
from planner_models.schema import Instance

Fields = dict[str, Any]

QUARTERS = ("2027Q1", "2027Q2", "2027Q3", "2027Q4")
LABELS = (*QUARTERS, "2028", "2029-2030")

SETTINGS: Fields = {
    "name": "sample",
    "title": "Two sites, every use",
    "start": "2027-01",
    "periods": [{"months": 3, "count": 4}, {"months": 12, "count": 1}, {"months": 24, "count": 1}],
}
FINANCE: Fields = {
    "discount_rate_fraction": 0.12, "opening_cash_musd": 150, "cash_floor_musd": 10, "overhead_musd_per_year": 3,
    "cost_inflation_fraction": 0.03, "tax_rate_fraction": 0.21, "loss_use_fraction": 0.8, "opening_loss_musd": 5,
    "exit_cost_fraction": 0.02,
}  # fmt: skip

SITES: Fields = {
    "sites": [
        {"id": "alpha", "market": "ercot", "land_it_mw": 80, "energy_adder_usd_per_mwh": 4, "fixed_cost_musd_per_year": 1,
         "energised_musd_per_mw": 0.3},
        {"id": "beta", "market": "ercot", "land_it_mw": 40, "energised_musd_per_mw": 0.2},
    ],
    "grid": [
        {"id": "alpha_now", "site": "alpha", "kind": "energised", "mw": 80, "from_month": "2020-01"},
        {"id": "beta_now", "site": "beta", "kind": "energised", "mw": 30, "from_month": "2020-01"},
        {"id": "beta_up", "site": "beta", "kind": "upgrade", "mw": 20, "lead_months": 6, "cost_musd": 4, "deposit_fraction": 0.25},
    ],
    "equipment": [{"id": "tr40", "mva": 40, "cost_musd": 2, "deposit_fraction": 0.3, "lead_months": 9}],
    "slots": [{"equipment": "tr40", "year": 2027, "units": 1}],
    "opening": [
        {"id": "mine_a", "site": "alpha", "item": "mine", "count": 4, "in_service": "2024-01", "tax_basis_musd": 8},
        {"id": "mine_b", "site": "beta", "item": "mine", "count": 1, "in_service": "2025-01"},
        {"id": "fleet_a", "site": "alpha", "item": "old", "it_mw": 40, "in_service": "2025-07", "tax_basis_musd": 3},
        {"id": "tr_a", "site": "alpha", "item": "tr40", "count": 2, "in_service": "2020-01"},
        {"id": "tr_b", "site": "beta", "item": "tr40", "count": 1, "in_service": "2020-01"},
    ],
    "power_prices": [
        {"market": "ercot", "from_year": 2027, "block": "base", "hours_fraction": 0.9, "usd_per_mwh": 25},
        {"market": "ercot", "from_year": 2027, "block": "peak", "hours_fraction": 0.1, "usd_per_mwh": 120},
        {"market": "ercot", "from_year": 2030, "block": "base", "hours_fraction": 0.8, "usd_per_mwh": 27},
        {"market": "ercot", "from_year": 2030, "block": "peak", "hours_fraction": 0.2, "usd_per_mwh": 110},
    ],
}  # fmt: skip
THINGS: Fields = {
    "halls": [
        {"id": "mine", "product": "mining", "module_it_mw": 10, "pue_peak": 1.05, "pue_average": 1.03, "buildable": False,
         "fixed_cost_musd_per_module_year": 0.1, "residual_musd_per_module": 0.5},
        {"id": "shell", "product": "powered_shell", "module_it_mw": 10, "pue_peak": 1.3, "pue_average": 1.2, "build_months": 9,
         "capex_musd_per_module": 25, "fixed_cost_musd_per_module_year": 0.2, "residual_musd_per_module": 8},
        {"id": "room", "product": "turnkey", "module_it_mw": 8, "pue_peak": 1.3, "pue_average": 1.25, "build_months": 6,
         "capex_musd_per_module": 20, "residual_musd_per_module": 6},
    ],
    "conversions": [
        {"id": "refit", "from_hall": "mine", "to_hall": "shell", "max_lots": 2, "capex_musd_per_lot": 12, "build_months": 6,
         "off_months": 3},
    ],
    "asic_models": [
        {"id": "old", "j_per_th": 30, "usd_per_th": 5, "buyable": False, "pool_fee_fraction": 0.01, "opex_usd_per_mwh": 2,
         "residual_fraction": 0.2},
        {"id": "s21", "j_per_th": 17.5, "usd_per_th": 14, "deposit_fraction": 0.5, "lead_months": 3, "pool_fee_fraction": 0.01,
         "opex_usd_per_mwh": 2, "residual_fraction": 0.2},
    ],
    "gpu_models": [
        {"id": "b200", "cluster_it_mw": 5, "gpus_per_mw": 500, "capex_musd_per_mw": 6, "deposit_fraction": 0.2, "lead_months": 6,
         "opex_musd_per_mw_year": 0.5, "residual_fraction": 0.3},
    ],
    "gpu_market": [
        {"gpu": "b200", "from_year": 2027, "usd_per_gpu_hour": 1.0, "market_it_mw": 20},
        {"gpu": "b200", "from_year": 2030, "usd_per_gpu_hour": 0.8, "market_it_mw": 20},
    ],
    "btc": [
        {"from_day": "2026-12-01", "btc_usd": 90000, "network_eh": 1000, "fee_fraction": 0.02},
        {"from_day": "2027-08-17", "btc_usd": 110000, "network_eh": 1100, "fee_fraction": 0.01},
    ],
}  # fmt: skip
DEALS: Fields = {
    "leases": [
        {"id": "anchor", "tenant": "{=1+1}", "stage": "signed", "mandatory": True, "product": "powered_shell", "it_mw": 10,
         "ready_by": "2027-06", "penalty_usd_per_mw_month": 10000, "term_months": 120, "rent_usd_per_kw_month": 130,
         "escalator_fraction": 0.03, "cost_fraction": 0.1, "cap_rate_fraction": 0.07},
        {"id": "option", "tenant": "'@cmd", "stage": "loi", "product": "powered_shell", "it_mw": 20, "ready_by": "2028-01",
         "drop_dead": "2029-01", "term_months": 180, "rent_usd_per_kw_month": 125, "escalator_fraction": 0.02, "cost_fraction": 0.05,
         "cap_rate_fraction": 0.08},
        {"id": "spare", "tenant": "Third, Inc.", "product": "powered_shell", "it_mw": 30, "ready_by": "2029-01", "term_months": 6,
         "rent_usd_per_kw_month": 100},
    ],
    "lease_sites": [
        {"lease": "anchor", "site": "alpha"},
        {"lease": "option", "site": "alpha"},
        {"lease": "option", "site": "beta", "rent_adder_usd_per_kw_month": 5},
        {"lease": "spare", "site": "beta"},
    ],
    "debt": [
        {"id": "bank", "limit_musd": 60, "rate_fraction": 0.09, "fee_fraction": 0.01, "advance_fraction": 0.6, "available_to": "2028-01",
         "maturity": "2032-01"},
    ],
}  # fmt: skip

RUNS = {"base": 0.98, "peak": 0.0}
"""Share of hosted machines that run in each block of the sample plan."""


def instance(**parts: Any) -> Instance:
    """The company; `parts` replace tables or settings, `finance` is laid over the default."""
    finance = FINANCE | parts.pop("finance", {})
    return Instance.model_validate(SETTINGS | SITES | THINGS | DEALS | parts | {"finance": finance})


def plan(**changes: Any) -> Plan:
    """The plan; `changes` replace families of decisions."""
    hosted: dict[Any, Any] = {("alpha", "mine", "old", label): mw for label, mw in zip(LABELS, (40, 30, 30, 30, 20, 10), strict=True)}
    hosted |= {("beta", "mine", "s21", label): 10 for label in LABELS[1:]}
    decisions: Fields = {
        "built_modules": {("beta", "shell", "2027Q4"): 2, ("alpha", "room", "2027Q4"): 1},
        "converted_lots": {("refit", "mine_a", "2027Q3"): 1},
        "retired_modules": {("mine_a", "2028"): 1},
        "bought_mw": {("beta", "s21", "2027Q2"): 10},
        "hosted_mw": hosted,
        "run_mw": {(*key, block): round(mw * share, 9) for key, mw in hosted.items() for block, share in RUNS.items()},
        "started": {("anchor", "alpha", "shell", "2027Q3"): 1, ("option", "beta", "shell", "2027Q4"): 1},
        "deployed_clusters": {("alpha", "room", "b200", "2028"): 1},
        "sold_mw": {("alpha", "room", "b200", "2028"): 5, ("alpha", "room", "b200", "2029-2030"): 4.5},
        "upgraded": {("beta_up", "2027Q4"): 1},
        "delivered_units": {("beta", "tr40", "2027Q4"): 1},
        "drawn_musd": {("bank", "2027Q1"): 10, ("bank", "2027Q3"): 8.5},
        "repaid_musd": {("bank", "2028"): 4},
        "dividends_musd": {("2029-2030",): 7.25},
    }
    return Plan("sample", decisions | changes)


@cache
def certificate() -> Certificate:
    """The exact checker's word on the sample."""
    return verify(instance(), plan())


@cache
def book() -> Book:
    """The sample as the tables read it."""
    return book_of(instance(), plan())


def book_of(of: Instance, by: Plan) -> Book:
    """Any instance and plan as the tables read them."""
    return Book(of, by, verify(of, by).ledger)


def run_of(of: Instance, by: Plan, **parts: Any) -> Run:
    """The run of an instance and a plan, as if a solver had proved it within 2 M$; `parts` replace fields of it."""
    found = verify(of, by)
    worth, shown = float(found.value_musd), tables(of, by, found.ledger) | {"binding": limits()}
    fields: Fields = {
        "instance": of, "outcome": "within_gap", "plan": by, "certificate": found, "tables": shown,
        "objective_musd": worth, "bound_musd": worth + 2, "seconds": {"build": 0.25, "solve": 1.5}, "versions": {"python": "3.11"},
        "hashes": {"instance": "a" * 64, "model": "b" * 64}, "settings": {"gap_fraction": 0.0001, "time_limit_s": None},
    }  # fmt: skip
    return Run(**(fields | parts))


def run(**parts: Any) -> Run:
    """The run of the sample."""
    return run_of(instance(), plan(), **parts)


def limits() -> pd.DataFrame:
    """What binds, as a solve would write it."""
    rows = [
        ("grid_limit", "6.4", "alpha", "", "2027Q4", 2, "MW", 1.25, True),
        ("slot_limit", "6.8", "", "tr40", "2027", 1, "units", 0.0, False),
    ]
    columns = ["rule", "maths", "site", "item", "first_period", "periods", "unit", "worth_of_one_more_musd", "priced"]
    return pd.DataFrame(rows, columns=columns)
