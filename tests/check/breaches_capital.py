"""A company with lenders of every kind, covenants, new shares and policies, a plan for it, and changes that break its rules."""

from __future__ import annotations

from typing import Any

from planner.plan import Plan
from planner_models.schema import Instance
from tests.check.breaches import Breach

LEASE: dict[str, Any] = {
    "tenant": "Cloud",
    "product": "powered_shell",
    "ready_by": "2027-01",
    "term_months": 60,
    "rent_usd_per_kw_month": 100,
}
LOAN: dict[str, Any] = {"rate_fraction": 0.08, "maturity": "2035-01"}


def portfolio() -> Instance:
    """At `a` a standing shell with two tenants, who pay 12 and 1.2 M$ a year, and a mine; shells may be built for 8 M$.

    A third tenant would pay 2.4 M$ a year for 30 months.
    """
    shell: dict[str, Any] = {"module_it_mw": 11, "pue_peak": 1.2, "pue_average": 1.1}
    data: dict[str, Any] = {
        "name": "capital",
        "start": "2027-01",
        "periods": [{"months": 3, "count": 4}, {"months": 12, "count": 2}],
        "finance": {"discount_rate_fraction": 0.1, "opening_cash_musd": 60, "cash_interest_fraction": 0.005, "opening_restricted_musd": 50}
        | {"restricted_until": "2027-07", "tax_rate_fraction": 0.2},
        "sites": [{"id": name, "market": "ercot", "land_it_mw": 100} for name in "ab"],
        "grid": [{"id": f"{name}-now", "site": name, "kind": "energised", "mw": 100, "from_month": "2026-01"} for name in "ab"],
        "power_prices": [{"market": "ercot", "from_year": 2027, "block": "all", "hours_fraction": 1, "usd_per_mwh": 45}],
        "halls": [
            shell | {"id": "shell", "product": "powered_shell", "capex_musd_per_module": 8, "tax_life_months": 180},
            shell | {"id": "shed", "product": "mining", "buildable": False},
        ],
        "asic_models": [{"id": "new", "j_per_th": 20, "usd_per_th": 20, "tax_life_months": 60}],
        "opening": [
            {"id": f"{item}-{site}", "site": site, "item": item, "count": 1, "in_service": "2026-01"}
            for item, site in (("shell", "a"), ("shed", "a"), ("shed", "b"))
        ],
        "btc": [{"from_day": "2026-01-01", "btc_usd": 100_000, "network_eh": 1000}],
        "tiers": [{"id": "ig", "cap_rate_fraction": 0.07}],
        "leases": [
            LEASE | {"id": "anchor", "it_mw": 10, "cap_rate_fraction": 0.1},
            LEASE | {"id": "small", "it_mw": 1, "tier": "ig"},
            LEASE | {"id": "brief", "it_mw": 1, "tier": "ig", "term_months": 30, "rent_usd_per_kw_month": 200},
        ],
        "lease_sites": [{"lease": lease, "site": "a"} for lease in ("anchor", "small", "brief")],
        "tax_classes": [{"life_months": 60, "method": "macrs", "bonus_fraction": 0.4}, {"life_months": 180, "method": "macrs"}],
        **_capital(),
    }
    return Instance.model_validate(data)


def _capital() -> dict[str, Any]:
    term = {"dscr_ratio": 1.25, "tiers": ["ig"], "rate_fraction": 0.05, "amortisation_months": 120, "grace_months": 24}
    return {
        "debt": [
            LOAN | {"id": "corp", "limit_musd": 30, "advance_fraction": 0.5},
            LOAN
            | {"id": "build", "kind": "project", "sites": ["a"], "limit_musd": 40, "advance_fraction": 0.6, "equity_first": True}
            | {"reserve_months": 3},
            LOAN | {"id": "chips", "kind": "equipment", "limit_musd": 20, "advance_fraction": 0.75, "commitment_fee_fraction": 0.01},
            LOAN | {"id": "north", "kind": "project", "sites": ["b"], "limit_musd": 10, "advance_fraction": 0.5},
            LOAN | {"id": "line", "kind": "revolver", "limit_musd": 10},
            LOAN | {"id": "term", "kind": "project", "limit_musd": 20} | term,
        ],
        "covenants": [
            {"id": "lev", "kind": "leverage", "level": 2.4},
            {"id": "cov", "kind": "coverage", "level": 5, "from_month": "2028-01"},
            {"id": "liq", "kind": "liquidity", "level": 20},
        ],
        "equity": [
            {
                "id": "atm",
                "from_month": "2027-04",
                "to_month": "2028-01",
                "limit_musd_per_quarter": 5,
                "discount_fraction": 0.1,
                "fee_fraction": 0.04,
            }
        ],
        "policies": [
            {"id": "cap", "measure": "it_mw", "use": "hashing", "at_most": 6},
            {"id": "floor", "measure": "it_mw", "use": "hashing", "at_least": 4, "from_month": "2028-01"},
            {"id": "share", "measure": "it_mw", "use": "hashing", "site": "a", "at_most_fraction": 0.35},
            {"id": "hash", "measure": "hashrate_eh", "at_most": 0.2},
            {"id": "rent", "measure": "revenue_musd", "use": "colocation", "at_least": 13},
        ],
    }


def valid_plan() -> Plan:
    """Halls for 8 M$ in 2027Q3 and 2028 at `a`, in 2027Q1 and 2028 at `b`, machines for 5 in 2028, each funded; what matures is repaid."""
    decisions: dict[str, dict[Any, float]] = {
        "started": {("anchor", "a", "shell", "2027Q1"): 1, ("small", "a", "shell", "2027Q1"): 1},
        "built_modules": {("a", "shell", "2027Q3"): 1, ("a", "shell", "2028"): 1}
        | {("b", "shell", "2027Q1"): 1, ("b", "shell", "2028"): 1},
        "bought_mw": {("a", "new", "2028"): 5.0},
        "hosted_mw": {("a", "shed", "new", "2028"): 5.0, ("a", "shed", "new", "2029"): 5.0},
        "drawn_musd": {
            ("corp", "2028"): 4.0,
            ("build", "2027Q3"): 1.6,
            ("build", "2028"): 8.0,
            ("chips", "2028"): 3.0,
            ("line", "2027Q1"): 5.0,
            ("term", "2027Q1"): 6.0,
        },
        "repaid_musd": {("line", "2029"): 5.0, ("term", "2029"): 0.6},
        "issued_musd": {("atm", "2027Q2"): 5.0},
    }
    return Plan(instance="capital", decisions=decisions)


def _mine(mw: float) -> dict[str, dict[Any, float]]:
    """Buy and plug in so many MW in 2028, and no more in 2029 than before."""
    return {"bought_mw": {("a", "new", "2028"): mw}, "hosted_mw": {("a", "shed", "new", "2028"): mw}}


DOMAIN = (
    Breach("8.15", "before the first month", {"issued_musd": {("atm", "2027Q1"): 1.0}}, "1"),
    Breach("8.15", "from the last month on", {"issued_musd": {("atm", "2028"): 1.0}}, "1"),
    Breach("8.15", "more than the market takes in a quarter", {"issued_musd": {("atm", "2027Q3"): 5.5}}, "0.5"),
    Breach("8.15", "less than none", {"issued_musd": {("atm", "2027Q3"): -0.25}}, "0.25"),
)
"""Values outside their domain, or at an index that MATHS.md does not state."""

ROWS = (
    Breach("8.7", "60 + 11 + 3.325 - 8 - 20 M$, 50 are restricted", {"dividends_musd": {("2027Q1",): 20.0}}, "3.675"),
    Breach("8.4", "21 M$ less 8 and 3 / 0.75 of others leave 4.5", {"drawn_musd": {("corp", "2028"): 4.75}}, "0.5"),
    Breach("8.4", "three quarters of 5 M$ of machines", {"drawn_musd": {("chips", "2028"): 4.5, ("corp", "2028"): 0.0}}, "1"),
    Breach("8.4", "half of 8 M$ of halls at b", {"drawn_musd": {("north", "2028"): 4.5, ("corp", "2028"): 0.0}}, "1"),
    Breach("8.4", "8 M$ at b for two lenders", {"drawn_musd": {("north", "2028"): 2.5}}, "4"),
    Breach(
        "8.11", "8 M$ are spent, of which 6.4 are the company's", {"drawn_musd": {("build", "2027Q3"): 2.1, ("build", "2028"): 7.5}}, "0.5"
    ),
    Breach(
        "8.12",
        "1.2 M$ of the tier cover 6.4",
        {"drawn_musd": {("term", "2027Q1"): 7.0}, "repaid_musd": {("term", "2029"): 0.7}},
        "0.1125",
        ("8.22",),
    ),
    Breach(
        "8.12",
        "0.15 x 1.25 of 5.4 M$ at the end of 2029, and the only lease of the tier ends in June",
        {"started": {("small", "a", "shell", "2027Q1"): 0, ("brief", "a", "shell", "2027Q1"): 1}},
        "1.0125",
    ),
    Breach(
        "8.22",
        "1 M$ more, drawn to pay back 1 of the 6",
        {"drawn_musd": {("term", "2027Q3"): 1.0}, "repaid_musd": {("term", "2027Q3"): 1.0, ("term", "2029"): 0.6}},
        "0.1125",
    ),
    Breach(
        "8.23",
        "the 6 M$, 1 of them paid back in the same quarter",
        {"repaid_musd": {("term", "2027Q1"): 1.0, ("term", "2029"): 0.0}},
        "1",
    ),
    Breach("8.13", "a tenth of 6 M$ is due by month 36", {"repaid_musd": {("term", "2029"): 0.1}}, "0.5"),
    Breach("8.19", "32 M$ on 2.4 x 13.2, the last of it drawn in 2029", {"drawn_musd": {("line", "2029"): 10.0}}, "0.32"),
    Breach("8.19", "32.6 M$ on 2.4 x 13.2", {"drawn_musd": {("line", "2028"): 5.0}}, "0.92", ("8.20",)),
    Breach("8.20", "interest of 2029 on 4 M$ more of 2028", {"drawn_musd": {("line", "2028"): 4.0}}, ""),
    Breach("8.21", "dividends that leave less than 20 M$", {"dividends_musd": {("2029",): 70.0}}, ""),
    Breach(
        "16.2",
        "5 MW at a and 2 at b of a cap of 6",
        {"bought_mw": {("b", "new", "2028"): 2.0}, "hosted_mw": {("b", "shed", "new", "2028"): 2.0}},
        "1",
    ),
    Breach("16.2", "4.9 MW at 20 J/TH are 0.245 EH/s of a cap of 0.2", {"run_mw": {("a", "shed", "new", "2028", "all"): 4.9}}, "0.045"),
    Breach("16.2", "7 MW of a cap of 6", _mine(7.0), "1", ("16.5",)),
    Breach("16.3", "3 MW of a floor of 4", {"hosted_mw": {("a", "shed", "new", "2028"): 3.0}}, "1"),
    Breach("16.3", "rent of 12 M$ of 13", {"started": {("small", "a", "shell", "2027Q1"): 0}}, "1", ("8.12", "8.20", "8.22")),
    Breach("16.5", "6 of 17 MW at 35 %", _mine(6.0), "0.05"),
)
"""Rows of sections 8 and 16."""

BREACHES = DOMAIN + ROWS
