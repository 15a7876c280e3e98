"""Small instances for tests of the whole: a plain company, one with every rule of plant and power, one with contracts and lenders, and one
with every rule."""

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
    """The plain company: halls, machines, leases, debt; with some of its fields or tables replaced."""
    return Instance(**(DATA | changes))


WHOLE: dict[str, Any] = {
    "name": "whole",
    "finance": DATA["finance"] | {"capex_inflation_fraction": 0.03, "treasury_cap_btc": 500.0},
    "sites": [
        DATA["sites"][0] | {"basis_usd_per_mwh": -1.5, "loss_fraction": 0.02, "capture_fraction": 0.9, "export_mw": 20.0,
                            "export_haircut_usd_per_mwh": 3.0, "max_ai_it_mw": 90.0, "ai_eligible_from": "2027-01",
                            "property_tax_fraction": 0.01},
        {"id": "beta", "market": "hub", "land_it_mw": 60.0, "option_price_musd": 4.0, "offer_from": "2027-04", "offer_to": "2029-01",
         "export_mw": 10.0},
        {"id": "gamma", "market": "hub", "land_it_mw": 50.0, "energised_musd_per_mw": 0.1, "fixed_cost_musd_per_year": 1.5,
         "sale_musd_per_mw": 0.2, "sale_from": "2027-07", "closing_cost_musd": 0.3},
    ],
    "grid": [
        *DATA["grid"][:1],
        DATA["grid"][1] | {"security_musd": 2.0, "security_months": 6},
        {"id": "approval", "site": "alpha", "kind": "approved", "mw": 200.0, "from_month": "2025-01"},
        {"id": "flexible", "site": "alpha", "kind": "energised", "service": "interruptible", "mw": 20.0, "from_month": "2027-07"},
        {"id": "beta_meter", "site": "beta", "kind": "energised", "mw": 40.0, "from_month": "2026-01"},
        {"id": "beta_more", "site": "beta", "kind": "upgrade", "mw": 10.0, "lead_months": 9, "cost_musd": 1.0},
        {"id": "gamma_firm", "site": "gamma", "kind": "energised", "mw": 20.0, "from_month": "2022-01"},
        {"id": "gamma_flex", "site": "gamma", "kind": "energised", "service": "interruptible", "mw": 15.0, "from_month": "2022-01"},
    ],
    "equipment": [*DATA["equipment"], {"id": "breaker", "kind": "breaker", "units_per_mw": 0.02, "cost_musd": 0.2, "lead_months": 6}],
    "generators": [
        {"id": "gas", "kind": "gas", "sites": ["alpha", "beta"], "max_units": 2, "unit_mw": 20.0, "dependable_fraction": 0.8,
         "fuel": "henry", "heat_rate_mmbtu_per_mwh": 8.5, "variable_usd_per_mwh": 3.0, "fixed_musd_per_unit_year": 0.3,
         "capex_musd_per_unit": 24.0, "lead_months": 12},
        {"id": "sun", "kind": "solar", "sites": ["alpha"], "max_units": 1, "unit_mw": 15.0, "capex_musd_per_unit": 14.0, "lead_months": 9,
         "residual_fraction": 0.5},
        {"id": "diesel", "kind": "other", "sites": ["alpha"], "max_units": 0, "unit_mw": 5.0, "dependable_fraction": 1.0,
         "variable_usd_per_mwh": 180.0},
    ],
    "availability": [{"generator": "sun", "market": "hub", "block": "peak", "availability_fraction": 0.5},
                     {"generator": "sun", "market": "hub", "block": "rest", "availability_fraction": 0.2}],
    "fuel_prices": [{"fuel": "henry", "from_year": 2027, "usd_per_mmbtu": 3.2}],
    "halls": [
        DATA["halls"][0] | {"contingency_fraction": 0.05},
        DATA["halls"][1] | {"redundancy": "N+1", "contingency_fraction": 0.1, "assessed_musd_per_module": 120.0},
        {"id": "vault", "product": "powered_shell", "module_it_mw": 5.0, "pue_peak": 1.3, "pue_average": 1.2, "redundancy": "2N",
         "capex_musd_per_module": 12.0, "build_months": 6},
    ],
    "conversions": [DATA["conversions"][0] | {"kind": "rebuild", "contingency_fraction": 0.1}],
    "delivery_limits": [{"from_month": "2027-01", "started_it_mw": 120.0},
                        {"site": "alpha", "from_month": "2027-04", "started_it_mw": 80.0}],
    "asic_models": [*DATA["asic_models"], {"id": "s23", "j_per_th": 11.0, "usd_per_th": 22.0, "lead_months": 3, "lot_mw": 5.0,
                                           "order_from": "2027-04", "order_to": "2029-12"}],
    "asic_prices": [{"asic": "s21", "from_month": "2027-06", "usd_per_th": 12.0, "resale_usd_per_th": 5.0, "resale_mw_per_year": 30.0}],
    "moves": [{"site": "alpha", "out_musd_per_mw": 0.01, "in_musd_per_mw": 0.02, "out_months": 2},
              {"site": "gamma", "out_musd_per_mw": 0.01, "in_musd_per_mw": 0.02, "out_months": 2}],
    "gpu_models": [DATA["gpu_models"][0] | {"months_to_revenue": 2, "order_to": "2029-06", "residual_fraction": 0.0}],
    "residuals": [{"item": "gb300", "age_months": 0, "residual_fraction": 0.8},
                  {"item": "gb300", "age_months": 36, "residual_fraction": 0.2}],
    "opening": [
        *DATA["opening"],
        {"id": "next_tx", "site": "alpha", "item": "main_tx", "count": 2, "in_service": "2028-01", "tax_basis_musd": 1.8, "due_musd": 4.2,
         "cancellable": True},
        {"id": "old_breaker", "site": "alpha", "item": "breaker", "count": 2, "in_service": "2020-01"},
        {"id": "gamma_tx", "site": "gamma", "item": "main_tx", "count": 1, "in_service": "2020-01", "until": "2035-01"},
        {"id": "gamma_breaker", "site": "gamma", "item": "breaker", "count": 1, "in_service": "2020-01"},
        {"id": "gamma_halls", "site": "gamma", "item": "mine", "count": 1, "in_service": "2022-01", "tax_basis_musd": 2.0},
        {"id": "gamma_fleet", "site": "gamma", "item": "s21", "it_mw": 15.0, "in_service": "2025-01", "tax_basis_musd": 3.0},
        {"id": "alpha_ai", "site": "alpha", "item": "ai", "count": 1, "in_service": "2026-01"},
        {"id": "old_gpus", "site": "alpha", "item": "gb300", "hall": "ai", "count": 1, "in_service": "2026-07", "tax_basis_musd": 200.0},
        {"id": "backup", "site": "alpha", "item": "diesel", "count": 2, "in_service": "2021-01"},
    ],
    "ppas": [
        {"id": "wind", "site": "alpha", "mw": 25.0, "strike_usd_per_mwh": 30.0, "from_month": "2026-01", "to_month": "2029-07",
         "take_or_pay_fraction": 0.8, "resale": True, "resale_haircut_usd_per_mwh": 2.0},
        {"id": "offer", "site": "alpha", "signed": False, "mw": 10.0, "strike_usd_per_mwh": 24.0, "from_month": "2027-10",
         "to_month": "2031-01", "take_or_pay_fraction": 1.0},
    ],
    "charges": [
        {"id": "wires", "site": "alpha", "kind": "own_peak", "usd_per_kw_month": 1.5, "minimum_fraction": 0.6},
        {"id": "four_cp", "site": "alpha", "kind": "coincident", "block": "peak", "usd_per_kw_month": 2.0, "lag_months": 6,
         "opening_mw": 30.0, "to_month": "2030-07"},
        {"id": "capacity", "site": "alpha", "kind": "coincident", "block": "peak", "usd_per_mw_day": 50.0, "from_month": "2028-06"},
    ],
    "programmes": [{"id": "reserve", "market": "hub", "blocks": ["peak"], "usd_per_mw_year": 40000.0, "from_month": "2027-07",
                    "max_mw": 40.0}],
    "hosting": [{"id": "guest", "site": "gamma", "it_mw": 5.0, "j_per_th": 21.0, "fee_usd_per_mwh": 55.0, "share_fraction": 0.1,
                 "from_month": "2026-01", "to_month": "2029-01", "notice_months": 3}],
}  # fmt: skip


def whole(**changes: Any) -> Instance:
    """The instance of `everything` with a site on offer, one for sale, and a row in every table of sites, power and machines."""
    return Instance(**(DATA | WHOLE | changes))


CONTRACTED: dict[str, Any] = {
    "name": "contracted",
    "finance": WHOLE["finance"] | {"opening_restricted_musd": 20.0, "restricted_until": "2028-01", "cash_interest_fraction": 0.03,
                                   "shares_count": 1e8, "capitalised_from_months": 24, "dividends_from": "2027-07"},
    "tiers": [{"id": "prime", "cap_rate_fraction": 0.06}, {"id": "growing", "cap_rate_fraction": 0.1}],
    "leases": [
        DATA["leases"][0],
        DATA["leases"][1] | {"tier": "growing", "decide_by": "2027-03", "probability_fraction": 0.6, "prepayment_musd": 2.0,
                             "warrants_count": 1e6, "strike_usd": 12.0},
        {"id": "campus", "tenant": "Tenant C", "tier": "prime", "kind": "triple_net", "product": "powered_shell", "stage": "signed",
         "it_mw": 20.0, "block_it_mw": 5.0, "break_fee_musd": 4.0, "ready_by": "2027-10", "penalty_usd_per_mw_month": 15000.0,
         "term_months": 60, "rent_usd_per_kw_month": 90.0, "escalator_fraction": 0.02, "fit_out_musd_per_mw": 0.4, "renewal_months": 24,
         "renewal_probability_fraction": 0.5, "prepayment_musd": 3.0, "prepaid_months": 4, "credit_months": 24},
        {"id": "resident", "tenant": "Tenant A", "tier": "prime", "product": "turnkey", "stage": "signed", "mandatory": True, "it_mw": 8.0,
         "delivered": "2026-07", "ready_by": "2026-07", "term_months": 36, "rent_usd_per_kw_month": 140.0, "cost_fraction": 0.1,
         "renewal_months": 24, "renewal_probability_fraction": 0.6, "prepayment_musd": 1.0, "credit_months": 12},
    ],
    "lease_sites": [
        *DATA["lease_sites"],
        {"lease": "campus", "site": "alpha", "hall": "vault", "capex_musd_per_mw": 0.5},
        {"lease": "campus", "site": "beta", "rent_adder_usd_per_kw_month": 3.0, "capex_musd_per_mw": 0.4},
        {"lease": "resident", "site": "alpha"},
    ],
    "lease_deliveries": [{"lease": "campus", "months": 0, "fraction": 0.6}, {"lease": "campus", "months": 6, "fraction": 0.4}],
    "gpu_contracts": [
        {"id": "pod", "customer": "Lab", "gpu": "gb300", "sites": ["alpha"], "it_mw": 5.0, "stage": "loi", "probability_fraction": 0.8,
         "ready_by": "2027-04", "drop_dead": "2029-01", "penalty_usd_per_mw_month": 10000.0, "term_months": 24, "usd_per_gpu_hour": 5.0,
         "used_fraction": 0.9, "take_or_pay_fraction": 0.7, "prepayment_musd": 4.0, "prepaid_months": 3, "credit_months": 12},
        {"id": "batch", "customer": "Lab", "gpu": "gb300", "it_mw": 4.0, "stage": "signed", "mandatory": True, "delivered": "2026-10",
         "ready_by": "2026-10", "term_months": 18, "usd_per_gpu_hour": 4.0},
    ],
    "debt": [
        *DATA["debt"],
        {"id": "building", "kind": "project", "sites": ["alpha", "beta"], "tiers": ["prime"], "limit_musd": 80.0, "rate_fraction": 0.07,
         "commitment_fee_fraction": 0.005, "advance_fraction": 0.8, "equity_first": True, "dscr_ratio": 1.3, "grace_months": 6,
         "amortisation_months": 120, "reserve_months": 6, "maturity": "2035-01"},
        {"id": "machines", "kind": "equipment", "sites": ["alpha"], "limit_musd": 60.0, "rate_fraction": 0.09, "fee_fraction": 0.01,
         "advance_fraction": 0.6, "available_from": "2027-04", "available_to": "2029-01", "amortisation_months": 36,
         "maturity": "2031-01", "opening_balance_musd": 6.0},
        {"id": "line", "kind": "revolver", "limit_musd": 25.0, "rate_fraction": 0.06, "commitment_fee_fraction": 0.01,
         "maturity": "2029-07"},
    ],
    "covenants": [{"id": "turns", "kind": "leverage", "level": 4.0, "from_month": "2028-01"},
                  {"id": "cover", "kind": "coverage", "level": 1.5, "from_month": "2028-01"},
                  {"id": "purse", "kind": "liquidity", "level": 12.0}],
    "equity": [{"id": "atm", "from_month": "2027-04", "to_month": "2030-01", "limit_musd_per_quarter": 15.0, "discount_fraction": 0.05,
                "fee_fraction": 0.03}],
    "warrants": [{"id": "early", "warrants_count": 2e6, "strike_usd": 8.0}],
    "tax_classes": [{"life_months": 60, "method": "macrs", "bonus_fraction": 0.4}, {"life_months": 180, "bonus_fraction": 0.2}],
    "policies": [
        {"id": "mostly_tenants", "measure": "it_mw", "use": "hashing", "market": "hub", "at_most_fraction": 0.8, "from_month": "2028-01"},
        {"id": "room_for_ai", "measure": "it_mw", "site": "alpha", "at_most": 180.0},
        {"id": "one_name", "measure": "it_mw", "tenant": "Tenant A", "at_most": 60.0},
        {"id": "keep_mining", "measure": "hashrate_eh", "use": "hashing", "at_least": 0.5, "to_month": "2027-10"},
        {"id": "few_hours", "measure": "revenue_musd", "use": "hpc", "at_most_fraction": 0.9},
        {"id": "rent_roll", "measure": "revenue_musd", "tenant": "Tenant A", "at_least": 1.0, "at_most": 500.0},
        {"id": "income", "measure": "revenue_musd", "at_least": 1.0, "to_month": "2028-01"},
    ],
}  # fmt: skip


def contracted(**changes: Any) -> Instance:
    """The instance of `whole` with leases in blocks, compute contracts, lenders, shares and policies."""
    return Instance(**(DATA | WHOLE | CONTRACTED | changes))


COMMITTED: dict[str, Any] = {
    "name": "committed",
    "finance": CONTRACTED["finance"] | {"price_year": 2026, "change_penalty_musd": 0.05},
    "grid": [
        WHOLE["grid"][0] | {"security_musd": 1.5, "security_months": 30},
        *WHOLE["grid"][1:3],
        WHOLE["grid"][3] | {"due_musd": 0.6, "tax_life_months": 60},
        *WHOLE["grid"][4:],
    ],
    "opening": [
        *(row | ({"cancel_fee_musd": 0.3} if row["id"] == "next_tx" else {}) for row in WHOLE["opening"]),
        {"id": "leaving_halls", "site": "alpha", "item": "mine", "count": 1, "in_service": "2019-01", "until": "2027-06"},
        {"id": "next_halls", "site": "alpha", "item": "ai", "count": 1, "in_service": "2027-10", "tax_basis_musd": 12.0, "due_musd": 45.0,
         "due_evenly": True, "cancellable": True, "cancel_fee_musd": 6.0, "replaces": "leaving_halls"},
        {"id": "next_gpus", "site": "alpha", "item": "gb300", "hall": "ai", "count": 1, "in_service": "2028-01", "due_musd": 90.0,
         "cancellable": True},
        {"id": "next_fleet", "site": "alpha", "item": "s21", "it_mw": 10.0, "in_service": "2027-07", "due_musd": 3.0, "cancellable": True,
         "cancel_fee_musd": 1.0},
        {"id": "next_backup", "site": "alpha", "item": "diesel", "count": 1, "in_service": "2028-01", "due_musd": 1.5,
         "cancellable": True},
    ],
    "tax_bases": [
        {"id": "wrecked", "site": "alpha", "in_service": "2025-03", "tax_life_months": 60, "basis_musd": 8.0},
        {"id": "studies", "site": "beta", "in_service": "2026-05", "tax_life_months": 180, "basis_musd": 2.0, "method": "straight_line"},
        {"id": "ground", "site": "gamma", "in_service": "2022-01", "basis_musd": 1.0},
    ],
    "leases": [CONTRACTED["leases"][0] | {"prepayment_musd": 2.0, "prepaid": "2026-11", "credit_months": 12}, *CONTRACTED["leases"][1:]],
    "holdings": [{"id": "mined_2025", "btc_count": 120.0, "basis_usd": 101000.0}, {"id": "old", "btc_count": 30.0, "basis_usd": 20000.0}],
    "debt": [
        *CONTRACTED["debt"][:1],
        CONTRACTED["debt"][1] | {"opening_eligible_musd": 25.0},
        *CONTRACTED["debt"][2:],
    ],
    "debt_draws": [{"debt": "machines", "month": "2026-01", "drawn_musd": 7.0},
                   {"debt": "machines", "month": "2026-07", "drawn_musd": 2.0}],
    "history": [
        {"from_month": "2026-01", "months": 6, "ebitda_musd": 20.0, "service_musd": 3.0},
        {"from_month": "2026-07", "months": 6, "ebitda_musd": 26.0, "service_musd": 4.0},
    ],
    "previous": [
        {"decision": "started", "index": "short/alpha/ai/2028-01", "count": 1},
        {"decision": "delivered_units", "index": "alpha/breaker/2027-07", "count": 2},
        {"decision": "cancelled_units", "index": "next_tx", "count": 1},
        {"decision": "opened", "index": "beta/2027-04", "count": 1},
        {"decision": "sold", "index": "gamma/2028-04", "count": 1},
    ],
}  # fmt: skip


def committed(**changes: Any) -> Instance:
    """The instance of `contracted` after a past: orders that may be cancelled, draws, bitcoin, taxes and an earlier plan: every rule."""
    return Instance(**(DATA | WHOLE | CONTRACTED | COMMITTED | changes))
