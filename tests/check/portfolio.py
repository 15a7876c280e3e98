"""A portfolio and a plan for it that exercise every rule and keep each of them with room to spare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.plan import FAMILIES, Key, Plan
from planner_models.schema import Instance

Changes = Mapping[str, Mapping[Key, Any]]
QUARTERS = ("2027Q1", "2027Q2", "2027Q3", "2027Q4")
YEARS = ("2028", "2029")

LEASE: dict[str, Any] = {
    "tenant": "Cloud",
    "product": "powered_shell",
    "ready_by": "2027-07",
    "term_months": 120,
    "rent_usd_per_kw_month": 120,
    "cap_rate_fraction": 0.08,
}
SHELL: dict[str, Any] = {"product": "powered_shell", "module_it_mw": 20, "pue_peak": 1.25, "pue_average": 1.2, "buildable": False}
MINE: dict[str, Any] = {"product": "mining", "pue_peak": 1.1, "pue_average": 1.05, "buildable": False}


def portfolio() -> Instance:
    """Site `a` with all three uses; `b` short of grid; `c` short of transformers. Four quarters and two years; month 36 is the horizon."""
    periods = [{"months": 3, "count": 4}, {"months": 12, "count": 2}]
    return Instance.model_validate({"name": "portfolio", "start": "2027-01", "periods": periods, **_money(), **_things()})


def _money() -> dict[str, Any]:
    return {
        "finance": {
            "discount_rate_fraction": 0.1,
            "opening_cash_musd": 1000,
            "cash_floor_musd": 50,
            "overhead_musd_per_year": 2,
            "cost_inflation_fraction": 0.02,
            "dividends_from": "2028-01",
            "opening_loss_musd": 5,
            "exit_cost_fraction": 0.02,
        },
        "debt": [
            {
                "id": "loan",
                "limit_musd": 20,
                "rate_fraction": 0.08,
                "fee_fraction": 0.01,
                "advance_fraction": 0.5,
                "available_from": "2027-04",
                "available_to": "2029-01",
                "maturity": "2029-07",
                "opening_balance_musd": 3,
            }
        ],
        "budgets": [{"year": 2027, "capex_musd": 250}],
        "btc": [{"from_day": "2026-06-01", "btc_usd": 95000, "network_eh": 1100, "fee_fraction": 0.02}],
        "power_prices": [
            {"market": "ercot", "from_year": 2026, "block": "peak", "hours_fraction": 0.25, "usd_per_mwh": 90},
            {"market": "ercot", "from_year": 2026, "block": "base", "hours_fraction": 0.75, "usd_per_mwh": 35},
            {"market": "pjm", "from_year": 2026, "block": "all", "hours_fraction": 1, "usd_per_mwh": 45},
        ],
        "gpu_market": [{"gpu": "h100", "from_year": 2026, "usd_per_gpu_hour": 2.5, "market_it_mw": 3}],
    }


def _things() -> dict[str, Any]:
    return {
        "sites": [
            {"id": "a", "market": "ercot", "land_it_mw": 240, "fixed_cost_musd_per_year": 1, "energised_musd_per_mw": 0.4},
            {"id": "b", "market": "pjm", "land_it_mw": 60, "loading_limit_fraction": 0.2},
            {"id": "c", "market": "ercot", "land_it_mw": 60},
        ],
        "grid": [
            {"id": "a-now", "site": "a", "kind": "energised", "mw": 250, "from_month": "2026-01"},
            {"id": "a-more", "site": "a", "kind": "upgrade", "mw": 50, "from_month": "2027-04", "lead_months": 3, "cost_musd": 9},
            {"id": "a-far", "site": "a", "kind": "upgrade", "mw": 20, "from_month": "2028-01", "cost_musd": 5},
            {"id": "b-now", "site": "b", "kind": "energised", "mw": 10, "from_month": "2026-01"},
            {"id": "c-now", "site": "c", "kind": "energised", "mw": 100, "from_month": "2026-01"},
        ],
        "equipment": [{"id": "tx", "mva": 50, "cost_musd": 2, "lead_months": 3}],
        "slots": [{"equipment": "tx", "year": 2027, "units": 1}],
        "halls": _halls(),
        "conversions": [
            {
                "id": "swap",
                "from_hall": "shed",
                "to_hall": "shell",
                "site": "a",
                "max_lots": 1,
                "from_modules": 2,
                "capex_musd_per_lot": 20,
                "build_months": 6,
                "off_months": 2,
            }
        ],
        "asic_models": [
            {"id": "old", "j_per_th": 30, "buyable": False, "life_months": 60},
            {"id": "new", "j_per_th": 15, "usd_per_th": 15, "lead_months": 3, "deposit_fraction": 0.4, "residual_fraction": 0.3},
        ],
        "gpu_models": [
            {
                "id": "h100",
                "cluster_it_mw": 2,
                "gpus_per_mw": 700,
                "capex_musd_per_mw": 25,
                "lead_months": 6,
                "residual_fraction": 0.5,
                "opex_musd_per_mw_year": 0.6,
            }
        ],
        "opening": _opening(),
        "leases": _leases(),
        "lease_sites": [
            {"lease": "must", "site": "a"},
            {"lease": "may", "site": "a", "rent_adder_usd_per_kw_month": 5},
            {"lease": "spare", "site": "a"},
            {"lease": "spare", "site": "b"},
            {"lease": "spare", "site": "c"},
        ],
    }


def _halls() -> list[dict[str, Any]]:
    return [
        MINE | {"id": "shed", "module_it_mw": 10, "fixed_cost_musd_per_module_year": 0.1, "residual_musd_per_module": 0.5},
        MINE | {"id": "hut", "module_it_mw": 1},
        SHELL
        | {
            "id": "shell",
            "buildable": True,
            "capex_musd_per_module": 30,
            "build_months": 6,
            "residual_musd_per_module": 8,
            "fixed_cost_musd_per_module_year": 0.2,
            "sites": ["a"],
        },
        SHELL | {"id": "late", "sites": ["a"], "life_months": 60},
        SHELL | {"id": "brief", "sites": ["a"], "life_months": 36},
        SHELL | {"id": "far", "sites": ["b", "c"]},
        {
            "id": "dc",
            "product": "turnkey",
            "module_it_mw": 5,
            "pue_peak": 1.3,
            "pue_average": 1.2,
            "capex_musd_per_module": 40,
            "build_months": 6,
            "sites": ["a"],
        },
        {"id": "end", "product": "turnkey", "module_it_mw": 10, "pue_peak": 1.3, "pue_average": 1.2, "buildable": False, "life_months": 34},
    ]


def _opening() -> list[dict[str, Any]]:
    return [
        {"id": "c1", "site": "a", "item": "shed", "count": 7, "in_service": "2024-01", "tax_basis_musd": 4},
        {"id": "c2", "site": "a", "item": "shed", "count": 2, "in_service": "2025-01"},
        {"id": "c3", "site": "a", "item": "hut", "count": 1, "in_service": "2025-01"},
        {"id": "c4", "site": "a", "item": "late", "count": 1, "in_service": "2028-07"},
        {"id": "c5", "site": "a", "item": "brief", "count": 1, "in_service": "2027-01"},
        {"id": "c6", "site": "a", "item": "end", "count": 1, "in_service": "2027-01"},
        {"id": "c7", "site": "a", "item": "shed", "count": 2, "in_service": "2029-01"},
        {"id": "b1", "site": "b", "item": "far", "count": 1, "in_service": "2025-01"},
        {"id": "b2", "site": "b", "item": "shed", "count": 1, "in_service": "2025-01"},
        {"id": "k1", "site": "c", "item": "far", "count": 1, "in_service": "2025-01"},
        {"id": "k2", "site": "c", "item": "shed", "count": 1, "in_service": "2025-01"},
        {"id": "t-a", "site": "a", "item": "tx", "count": 5, "in_service": "2025-01"},
        {"id": "t-b", "site": "b", "item": "tx", "count": 3, "in_service": "2025-01"},
        {"id": "f1", "site": "a", "item": "old", "it_mw": 40, "in_service": "2025-01", "tax_basis_musd": 2},
    ]


def _leases() -> list[dict[str, Any]]:
    return [
        LEASE
        | {
            "id": "must",
            "mandatory": True,
            "stage": "signed",
            "it_mw": 20,
            "penalty_usd_per_mw_month": 20000,
            "escalator_fraction": 0.03,
        },
        LEASE | {"id": "may", "it_mw": 15, "earliest_start": "2027-04", "drop_dead": "2028-06", "cost_fraction": 0.1},
        LEASE | {"id": "spare", "it_mw": 15},
    ]


def valid_plan() -> Plan:
    """Halls built, converted and retired, both fleets hashing, two leases, two clusters, an upgrade, a transformer, a loan, dividends."""
    decisions: dict[str, dict[Any, float]] = {
        "built_modules": {("a", "shell", "2027Q3"): 2, ("a", "dc", "2027Q3"): 1},
        "converted_lots": {("swap", "c1", "2027Q4"): 1},
        "retired_modules": {("c2", "2028"): 1},
        "bought_mw": {("a", "new", "2027Q3"): 5.5},
        "hosted_mw": {("a", "shed", "old", t): 20.0 for t in QUARTERS + YEARS} | {("a", "shed", "new", t): 5.5 for t in YEARS},
        "run_mw": {("a", "shed", "old", t, b): 19.5 for t in QUARTERS + YEARS for b in ("peak", "base")}
        | {("a", "shed", "new", t, "base"): 5.25 for t in YEARS},
        "started": {("must", "a", "shell", "2027Q4"): 1, ("may", "a", "shell", "2027Q3"): 1},
        "deployed_clusters": {("a", "dc", "h100", "2027Q4"): 2},
        "sold_mw": {("a", "dc", "h100", t): 2.75 for t in ("2027Q4", *YEARS)},
        "upgraded": {("a-more", "2027Q3"): 1},
        "delivered_units": {("a", "tx", "2027Q3"): 1},
        "drawn_musd": {("loan", "2027Q4"): 8.0},
        "repaid_musd": {("loan", "2028"): 6.0, ("loan", "2029"): 5.0},
        "dividends_musd": {("2028",): 100.0, ("2029",): 100.0},
    }
    return Plan(instance="portfolio", decisions=decisions)


def changed(plan: Plan, changes: Changes) -> Plan:
    """A copy of a plan with some decisions replaced; the value None removes one."""
    decisions: dict[str, dict[Key, Any]] = {name: dict(plan.decisions.get(name, {})) for name in FAMILIES}
    for name, values in changes.items():
        for index, value in values.items():
            decisions.setdefault(name, {})[index] = value
            if value is None:
                del decisions[name][index]
    return Plan(instance=plan.instance, decisions=decisions)
