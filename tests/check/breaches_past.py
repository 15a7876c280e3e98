"""A portfolio with orders that may be cancelled and with debt, months, bitcoin and halls from before the start; a plan; its breaches."""

from __future__ import annotations

from typing import Any

from planner.plan import Plan
from planner_models.schema import Instance
from tests.check.breaches import Breach
from tests.check.portfolio import QUARTERS, YEARS

LEASE: dict[str, Any] = {"tenant": "Cloud", "product": "powered_shell", "ready_by": "2027-01", "term_months": 60, "cap_rate_fraction": 0.1}
HALL: dict[str, Any] = {"pue_peak": 1.2, "pue_average": 1.1, "module_it_mw": 5}


def portfolio() -> Instance:
    """Site `a` with orders of every kind, `b` with a tenant who pays 3 M$ a quarter. Month 36 is the horizon."""
    data: dict[str, Any] = {
        "name": "past",
        "start": "2027-01",
        "periods": [{"months": 3, "count": 4}, {"months": 12, "count": 2}],
        "finance": {"discount_rate_fraction": 0.1, "opening_cash_musd": 100, "tax_rate_fraction": 0, "treasury_cap_btc": 2.5},
        "sites": [{"id": "a", "market": "hub", "land_it_mw": 85}, {"id": "b", "market": "hub", "land_it_mw": 85}],
        "grid": [{"id": f"{site}-now", "site": site, "kind": "energised", "mw": 100, "from_month": "2026-01"} for site in "ab"],
        "power_prices": [{"market": "hub", "from_year": 2027, "block": "all", "hours_fraction": 1, "usd_per_mwh": 40}],
        "btc": [{"from_day": "2027-01-01", "btc_usd": 100_000, "network_eh": 900}],
        "holdings": [{"id": "hoard", "btc_count": 3, "basis_usd": 40_000}],
        "tax_bases": [
            {"id": "spent", "site": "a", "in_service": "2025-01", "tax_life_months": 60, "basis_musd": 5},
            {"id": "ground", "site": "b", "in_service": "2020-01", "basis_musd": 2},
        ],
        "history": [{"from_month": "2026-01", "months": 12, "ebitda_musd": 12, "service_musd": 8}],
        "opening": _opening(),
        **_things(),
        **_lenders(),
    }
    return Instance.model_validate(data)


def _things() -> dict[str, Any]:
    return {
        "halls": [
            HALL | {"id": "shed", "product": "mining", "module_it_mw": 10, "capex_musd_per_module": 2},
            HALL | {"id": "shell", "product": "powered_shell", "capex_musd_per_module": 8},
            HALL | {"id": "room", "product": "turnkey", "buildable": False},
        ],
        "conversions": [
            {"id": "turn", "from_hall": "shed", "to_hall": "shell", "max_lots": 3, "capex_musd_per_lot": 1, "build_months": 0}
            | {"off_months": 0}
        ],
        "asic_models": [{"id": "rig", "j_per_th": 15, "buyable": False}],
        "gpu_models": [{"id": "h100", "cluster_it_mw": 2, "gpus_per_mw": 700, "capex_musd_per_mw": 25, "lead_months": 36}],
        "gpu_market": [{"gpu": "h100", "from_year": 2027, "usd_per_gpu_hour": 2.5, "market_it_mw": 10}],
        "generators": [{"id": "gas", "sites": ["a"], "max_units": 0, "unit_mw": 5}],
        "equipment": [{"id": "tx", "mva": 20, "cost_musd": 2, "lead_months": 12}],
        "leases": [
            LEASE | {"id": "anchor", "it_mw": 10, "rent_usd_per_kw_month": 100},
            LEASE | {"id": "guest", "it_mw": 5, "rent_usd_per_kw_month": 120},
        ],
        "lease_sites": [{"lease": "anchor", "site": "b"}, {"lease": "guest", "site": "a"}],
    }


def _opening() -> list[dict[str, Any]]:
    now: dict[str, Any] = {"in_service": "2026-01"}
    soon: dict[str, Any] = {"site": "a", "in_service": "2027-07", "cancellable": True}
    later = soon | {"in_service": "2028-01"}
    return [
        now | {"id": "shed-now", "site": "a", "item": "shed", "count": 2},
        now | {"id": "shed-old", "site": "a", "item": "shed", "count": 1, "until": "2027-10"},
        now | {"id": "room-now", "site": "a", "item": "room", "count": 2},
        now | {"id": "tx-a", "site": "a", "item": "tx", "count": 3},
        now | {"id": "tx-b", "site": "b", "item": "tx", "count": 1},
        now | {"id": "shell-b", "site": "b", "item": "shell", "count": 2},
        {"id": "shell-next", "site": "a", "item": "shell", "count": 2, "in_service": "2028-01", "due_musd": 4, "due_evenly": True}
        | {"replaces": "shed-old"},
        {"id": "far", "site": "a", "item": "shed", "count": 1, "in_service": "2031-01"},
        soon | {"id": "shed-next", "item": "shed", "count": 3, "due_musd": 3, "cancel_fee_musd": 0.6},
        soon | {"id": "shell-more", "item": "shell", "count": 2, "due_musd": 2},
        soon | {"id": "gpus-next", "item": "h100", "hall": "room", "count": 2, "due_musd": 2},
        soon | {"id": "rigs-next", "item": "rig", "it_mw": 10, "due_musd": 1},
        later | {"id": "plant-next", "item": "gas", "count": 2, "due_musd": 2},
        later | {"id": "tx-next", "item": "tx", "count": 2, "due_musd": 2},
    ]


def _lenders() -> dict[str, Any]:
    loan: dict[str, Any] = {"rate_fraction": 0.08, "maturity": "2035-01"}
    first = {"equity_first": True, "advance_fraction": 0.5, "opening_balance_musd": 1, "opening_eligible_musd": 6}
    return {
        "debt": [
            loan | {"id": "term", "limit_musd": 20, "opening_balance_musd": 14, "amortisation_months": 40},
            loan | {"id": "build", "kind": "project", "sites": ["b"], "limit_musd": 20} | first,
            loan | {"id": "line", "kind": "revolver", "limit_musd": 30},
        ],
        "debt_draws": [{"debt": "term", "month": "2026-01", "drawn_musd": 20}],
        "covenants": [
            {"id": "lev", "kind": "leverage", "level": 2},
            {"id": "cov", "kind": "coverage", "level": 1.5},
            {"id": "liq", "kind": "liquidity", "level": 60},
        ],
    }


def valid_plan() -> Plan:
    """A shed, a plant and a transformer are cancelled, a shed is given up; 8 MW of rigs, 3 MW of clusters and 4 MW of a plant work; the
    loan of 2026 is paid back as its month says, and one bitcoin of three is sold at once."""
    mining = {("a", "shed", "rig", t): 8.0 for t in (*QUARTERS[2:], *YEARS)}
    decisions: dict[str, dict[Any, float]] = {
        "cancelled_units": {("shed-next",): 1, ("tx-next",): 1, ("plant-next",): 1},
        "retired_modules": {("shed-next", "2028"): 1},
        "built_modules": {("b", "shell", "2027Q3"): 1},
        "hosted_mw": mining,
        "run_mw": {(*index, "all"): 7.0 for index in mining},
        "started": {("anchor", "b", "shell", "2027Q1"): 1, ("guest", "a", "shell", "2027Q3"): 1},
        "sold_mw": {("a", "room", "h100", t): 3.0 for t in (*QUARTERS[2:], *YEARS)},
        "generated_mw": {("a", "gas", "2028", "all"): 4.0},
        "kept_btc": {("hoard", "2027Q1"): 1.0, ("hoard", "2028"): 1.0},
        "final_btc": {("hoard",): 1.0},
        "drawn_musd": {("build", "2027Q3"): 5.0},
        "repaid_musd": {("term", t): 1.5 for t in QUARTERS} | {("term", "2028"): 6.0, ("term", "2029"): 2.0},
    }
    return Plan(instance="past", decisions=decisions)


def _cancel(row: str, units: float) -> dict[str, dict[Any, float]]:
    """So many of a row of `opening` never come."""
    return {"cancelled_units": {(row,): units}}


ABSENT = (
    Breach("2.3", "halls whose land is taken over", {"retired_modules": {("shed-old", "2027Q3"): 1}}, "1"),
    Breach("2.2", "the same", {"converted_lots": {("turn", "shed-old", "2027Q3"): 1}}, "1"),
    Breach("1.1", "what stands cannot be cancelled", _cancel("shed-now", 1), "1"),
    Breach("1.1", "what may not be cancelled is locked", _cancel("shell-next", 1), "1"),
    Breach("1.1", "what comes after the horizon", _cancel("far", 1), "1"),
)
"""Decisions at an index that MATHS.md does not state."""

DOMAIN = (
    Breach("1.1", "two units are to come", _cancel("tx-next", 3), "1"),
    Breach("1.1", "half a cluster", _cancel("gpus-next", 0.5), "0.5"),
    Breach("1.1", "fewer plants than none", _cancel("plant-next", -1), "1"),
    Breach("1.1", "a fleet is one", _cancel("rigs-next", 2), "1", ("3.5",)),
    Breach("15.2", "fewer than none", {"kept_btc": {("hoard", "2027Q2"): -0.25}, "final_btc": {("hoard",): 1.25}}, "0.25"),
    Breach("15.3", "fewer than none", {"kept_btc": {("hoard", "2027Q1"): 2.25}, "final_btc": {("hoard",): -0.25}}, "0.25"),
)
"""Values outside their domain or their natural bound."""

ROWS = (
    Breach("2.4", "of three sheds one is cancelled and one given up", {"retired_modules": {("shed-next", "2029"): 2}}, "1"),
    Breach("2.4", "the same of those converted", {"converted_lots": {("turn", "shed-next", "2027Q4"): 2}}, "1"),
    # from 2027Q1 on 20 of shed-now, 10 of shed-old, 20 of shed-next, 10 of shell-more, 10 of rooms, 10 of far; a shed is 10 more
    Breach("2.9", "shed-old is gone, but its land is for shell-next", {"built_modules": {("a", "shed", "2027Q4"): 1}}, "5"),
    Breach("2.10", "5 MW of a tenant in halls that are cancelled", _cancel("shell-more", 2), "5", ("2.11", "4.5")),
    Breach("3.5", "8 MW of a fleet that is cancelled", _cancel("rigs-next", 1), "8"),
    Breach("5.4", "clusters that are cancelled", _cancel("gpus-next", 2), "3"),
    Breach("12.5", "plants that are cancelled", _cancel("plant-next", 2), "4"),
    # E 6 + 8 M$ of the hall, half of which is the company's: 7, of which 1 was drawn before
    Breach("8.11", "7 M$ and 1 of before on 14 less 7", {"drawn_musd": {("build", "2027Q3"): 7.0}}, "1"),
    # 20 M$ of month -12 over 40 months: 12.5 are not due by month 3, none by month 28
    Breach("8.13", "13 M$ are owed", {"repaid_musd": {("term", "2027Q1"): 1.0, ("term", "2027Q2"): 2.0}}, "0.5"),
    Breach("8.13", "half a M$ is left at month 36", {"repaid_musd": {("term", "2029"): 1.5}}, "0.5"),
    # by March nine months of 2026 earned 9 and 2027Q1 3 less 0.2 for the shed
    Breach(
        "8.19",
        "26.5 M$ on twice 11.8 in the first quarter",
        {"drawn_musd": {("line", "2027Q1"): 13.0}, "repaid_musd": {("line", "2027Q2"): 13.0}},
        "2.9",
    ),
    # and their service was 6, besides 0.3 of interest and 1.5 that fall due
    Breach("8.20", "9 + 3 - 0.4 on 1.5 x (6 + 1.8)", _cancel("shed-next", 2), "0.1"),
    Breach("8.21", "100 + 2.8 + 0.1 - 1 - 1.8 - 41.1 M$ in the first quarter", {"dividends_musd": {("2027Q1",): 41.1}}, "1"),
    Breach("15.5", "three bitcoin, 2.5 may be held", {"kept_btc": {("hoard", "2027Q1"): 0.25, ("hoard", "2028"): 1.75}}, "0.25"),
    Breach("15.10", "one of three is lost", {"final_btc": {("hoard",): 0.0}}, "1"),
    Breach("15.10", "a fourth of three is sold", {"kept_btc": {("hoard", "2027Q1"): 2.0}}, "1"),
)
"""Rows of sections 2, 3, 5, 8, 12 and 15."""

BREACHES = ABSENT + DOMAIN + ROWS
