"""One small instance that uses every table and every rule, for tests of the whole."""

from __future__ import annotations

from typing import Any

from planner_models.schema import Instance

DATA: dict[str, Any] = {
    "name": "everything",
    "start": "2027-01",
    "periods": [{"months": 3, "count": 4}, {"months": 12, "count": 3}],
    "finance": {
        "discount_rate_fraction": 0.1,
        "opening_cash_musd": 300.0,
        "cash_floor_musd": 10.0,
        "overhead_musd_per_year": 4.0,
        "cost_inflation_fraction": 0.02,
        "opening_loss_musd": 15.0,
        "exit_cost_fraction": 0.02,
    },
    "sites": [{"id": "alpha", "market": "hub", "land_it_mw": 200.0, "energised_musd_per_mw": 0.1, "energy_adder_usd_per_mwh": 6.0,
               "fixed_cost_musd_per_year": 1.0, "power_factor": 0.95, "loading_limit_fraction": 0.9}],
    "grid": [
        {"id": "meter", "site": "alpha", "kind": "energised", "mw": 110.0, "from_month": "2025-01"},
        {"id": "upgrade", "site": "alpha", "kind": "upgrade", "mw": 50.0, "lead_months": 18, "cost_musd": 5.0},
    ],
    "equipment": [{"id": "main_tx", "mva": 50.0, "cost_musd": 3.0, "lead_months": 12}],
    "slots": [{"equipment": "main_tx", "year": 2028, "units": 1}],
    "halls": [
        {"id": "mine", "product": "mining", "module_it_mw": 25.0, "pue_peak": 1.05, "pue_average": 1.04, "life_months": 240,
         "capex_musd_per_module": 8.0, "residual_musd_per_module": 1.0, "fixed_cost_musd_per_module_year": 0.2},
        {"id": "ai", "product": "turnkey", "module_it_mw": 20.0, "pue_peak": 1.35, "pue_average": 1.2, "capex_musd_per_module": 200.0,
         "build_months": 12, "life_months": 360, "residual_musd_per_module": 30.0},
    ],
    "conversions": [{"id": "refit", "from_hall": "mine", "to_hall": "ai", "max_lots": 2, "capex_musd_per_lot": 150.0,
                     "build_months": 9, "off_months": 6}],
    "asic_models": [{"id": "s21", "j_per_th": 17.5, "usd_per_th": 14.0, "lead_months": 3, "opex_usd_per_mwh": 2.0,
                     "pool_fee_fraction": 0.01, "residual_fraction": 0.2}],
    "gpu_models": [{"id": "gb300", "cluster_it_mw": 10.0, "gpus_per_mw": 380.0, "capex_musd_per_mw": 29.0, "lead_months": 6,
                    "opex_musd_per_mw_year": 0.6, "residual_fraction": 0.3}],
    "gpu_market": [{"gpu": "gb300", "from_year": 2027, "usd_per_gpu_hour": 4.5, "market_it_mw": 20.0}],
    "opening": [
        {"id": "old_halls", "site": "alpha", "item": "mine", "count": 4, "in_service": "2020-01", "tax_basis_musd": 10.0},
        {"id": "old_tx", "site": "alpha", "item": "main_tx", "count": 3, "in_service": "2020-01"},
        {"id": "old_fleet", "site": "alpha", "item": "s21", "it_mw": 90.0, "in_service": "2024-01", "tax_basis_musd": 20.0},
    ],
    "power_prices": [
        {"market": "hub", "from_year": 2027, "block": "peak", "hours_fraction": 0.1, "usd_per_mwh": 150.0},
        {"market": "hub", "from_year": 2027, "block": "rest", "hours_fraction": 0.9, "usd_per_mwh": 25.0},
    ],
    "leases": [
        {"id": "anchor", "tenant": "Tenant A", "stage": "signed", "mandatory": True, "product": "turnkey", "it_mw": 30.0,
         "ready_by": "2027-10", "penalty_usd_per_mw_month": 20000.0, "term_months": 120, "rent_usd_per_kw_month": 150.0,
         "escalator_fraction": 0.03, "cost_fraction": 0.1, "cap_rate_fraction": 0.07},
        {"id": "short", "tenant": "Tenant B", "product": "turnkey", "it_mw": 15.0, "ready_by": "2028-06", "drop_dead": "2029-06",
         "term_months": 24, "rent_usd_per_kw_month": 170.0},
    ],
    "lease_sites": [{"lease": "anchor", "site": "alpha"}, {"lease": "short", "site": "alpha", "rent_adder_usd_per_kw_month": 5.0}],
    "btc": [{"from_day": "2027-01-01", "btc_usd": 90000.0, "network_eh": 1000.0, "fee_fraction": 0.01}],
    "debt": [{"id": "loan", "limit_musd": 200.0, "rate_fraction": 0.08, "fee_fraction": 0.01, "advance_fraction": 0.7,
              "maturity": "2040-01"}],
    "budgets": [{"year": 2027, "capex_musd": 400.0}],
}  # fmt: skip


def everything(**changes: Any) -> Instance:
    """The instance with some of its fields or tables replaced."""
    return Instance(**(DATA | changes))
