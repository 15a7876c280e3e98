"""A portfolio of leases in blocks, running, breakable and dated, and of compute contracts, a plan for it, and changes that break rules."""

from __future__ import annotations

from typing import Any

from planner.plan import Plan
from planner_models.schema import Instance
from tests.check.breaches import Breach
from tests.check.portfolio import Changes

LEASE: dict[str, Any] = {"tenant": "Cloud", "product": "powered_shell", "ready_by": "2027-07", "term_months": 36}
LEASE |= {"rent_usd_per_kw_month": 120, "it_mw": 30, "block_it_mw": 10}
PLACE: dict[str, Any] = {"market": "ercot", "land_it_mw": 200, "property_tax_fraction": 0.01}
PLACE |= {"power_factor": 1.0, "loading_limit_fraction": 1.0}
CONTRACT: dict[str, Any] = {"customer": "Lab", "gpu": "h100", "it_mw": 2, "ready_by": "2027-04", "term_months": 12, "usd_per_gpu_hour": 2}


def portfolio() -> Instance:
    """Site `a` has twelve modules of `shell` and two of `annex`, and clusters of 6 MW; `b` a room without clusters.

    For `tall`, which comes in two tranches of 10 MW, `c` is short of modules, `d` of grid and `e` of transformers.
    """
    data: dict[str, Any] = {
        "name": "deals",
        "start": "2027-01",
        "periods": [{"months": 3, "count": 4}, {"months": 12, "count": 2}],
        "finance": {"discount_rate_fraction": 0.1, "opening_cash_musd": 100},
        "sites": [PLACE | {"id": name} for name in "abcde"],
        "grid": [
            {"id": f"{name}-now", "site": name, "kind": "energised", "mw": 15 if name == "d" else 300, "from_month": "2026-01"}
            for name in "abcde"
        ],
        "power_prices": [{"market": "ercot", "from_year": 2027, "block": "all", "hours_fraction": 1, "usd_per_mwh": 45}],
        **_things(),
        "tiers": [{"id": "ig", "cap_rate_fraction": 0.07}],
        "leases": _leases(),
        "lease_sites": [
            *({"lease": name, "site": "a"} for name in ("split", "must", "signed", "runs", "gone")),
            {"lease": "picky", "site": "a", "hall": "annex", "capex_musd_per_mw": 0.5},
            *({"lease": "tall", "site": name} for name in "cde"),
            {"lease": "slow", "site": "c"},
        ],
        "lease_deliveries": [
            {"lease": name, "months": months, "fraction": 0.5}
            for name, second in (("picky", 6), ("tall", 6), ("slow", 12))
            for months in (0, second)
        ],
        "gpu_contracts": [
            CONTRACT | {"id": "owed", "stage": "signed", "mandatory": True, "sites": ["a"]},
            CONTRACT | {"id": "offer", "probability_fraction": 0.5, "earliest_start": "2027-04", "drop_dead": "2028-01"},
            CONTRACT | {"id": "late", "decide_by": "2026-06"},
            CONTRACT | {"id": "served", "stage": "signed", "mandatory": True, "delivered": "2026-09", "it_mw": 1},
        ],
    }
    return Instance.model_validate(data)


def _things() -> dict[str, Any]:
    shell: dict[str, Any] = {"product": "powered_shell", "module_it_mw": 10, "pue_peak": 1.2, "pue_average": 1.1, "buildable": False}
    shell |= {"fixed_cost_musd_per_module_year": 0.2, "assessed_musd_per_module": 5}
    h100 = {"id": "h100", "cluster_it_mw": 2, "gpus_per_mw": 700, "capex_musd_per_mw": 25, "lead_months": 3, "life_months": 60}
    rows = (("shells", "a", "shell", 12), ("annexes", "a", "annex", 2), ("rooms", "a", "room", 3), ("spare", "b", "room", 3))
    rows += (("shell-c", "c", "shell", 1), ("shells-d", "d", "shell", 2), ("shells-e", "e", "shell", 2))
    rows += tuple((f"tx-{name}", name, "tx", 1 if name == "e" else 20) for name in "abcde")
    return {
        "halls": [shell | {"id": "shell"}, shell | {"id": "annex"}, shell | {"id": "room", "product": "turnkey", "module_it_mw": 2}],
        "equipment": [{"id": "tx", "mva": 15, "cost_musd": 1, "lead_months": 3}],
        "gpu_models": [h100],
        "gpu_market": [{"gpu": "h100", "from_year": 2027, "usd_per_gpu_hour": 2.5, "market_it_mw": 9}],
        "opening": [
            *({"id": i, "site": site, "item": item, "count": count, "in_service": "2025-01"} for i, site, item, count in rows),
            {"id": "clusters", "site": "a", "item": "h100", "hall": "room", "count": 3, "in_service": "2026-01"},
        ],
    }


def _leases() -> list[dict[str, Any]]:
    return [
        LEASE | {"id": "split", "tier": "ig", "prepayment_musd": 9, "prepaid_months": 3},
        LEASE | {"id": "must", "stage": "signed", "mandatory": True, "tier": "ig", "penalty_usd_per_mw_month": 20_000},
        LEASE | {"id": "signed", "stage": "signed", "break_fee_musd": 6, "tier": "ig"},
        LEASE
        | {
            "id": "runs",
            "stage": "signed",
            "mandatory": True,
            "delivered": "2026-03",
            "kind": "triple_net",
            "it_mw": 5,
            "block_it_mw": None,
            "prepayment_musd": 9,
        },
        LEASE | {"id": "gone", "decide_by": "2026-12", "tier": "ig"},
        LEASE | {"id": "picky", "probability_fraction": 0.5, "it_mw": 20, "block_it_mw": None, "tier": "ig", "drop_dead": "2028-06"},
        *(LEASE | {"id": name, "it_mw": 20, "block_it_mw": None, "term_months": 24, "tier": "ig"} for name in ("tall", "slow")),
    ]


def valid_plan() -> Plan:
    """Of 30 MW each `split` takes 20, `must` all and `signed` 10; the clusters serve three contracts and sell what is left."""
    decisions: dict[str, dict[Any, float]] = {
        "started": {
            ("split", "a", "shell", "2027Q3"): 1,
            ("split", "a", "shell", "2028"): 1,
            ("must", "a", "shell", "2027Q3"): 2,
            ("must", "a", "shell", "2027Q4"): 1,
            ("signed", "a", "shell", "2027Q4"): 1,
            ("runs", "a", "shell", "2027Q1"): 1,
            ("picky", "a", "annex", "2027Q4"): 1,
        },
        "broken_blocks": {("signed",): 2},
        "contracted": {
            ("owed", "a", "room", "2027Q2"): 1,
            ("offer", "a", "room", "2027Q3"): 1,
            ("served", "a", "room", "2027Q1"): 1,
        },
        "sold_mw": {("a", "room", "h100", "2027Q2"): 2.5, ("a", "room", "h100", "2029"): 5.5},
    }
    return Plan(instance="deals", decisions=decisions)


def _tall(site: str) -> Changes:
    """Start `tall` in 2027Q2: 10 MW until month 9, then 20, until month 27."""
    return {"started": {("tall", site, "shell", "2027Q2"): 1}}


ABSENT = (
    Breach("4.1", "a hall that the tenant does not want", {"started": {("picky", "a", "shell", "2028"): 1}}, "1"),
    Breach("4.1", "an offer that has lapsed", {"started": {("gone", "a", "shell", "2028"): 1}}, "1"),
    Breach("4.1", "a lease that runs already", {"started": {("runs", "a", "shell", "2028"): 1}}, "1"),
    Breach("4.10", "a lease that cannot be broken", {"broken_blocks": {("split",): 1}}, "1"),
    Breach("5.6", "before its earliest start (2027-04)", {"contracted": {("offer", "a", "room", "2027Q1"): 1}}, "1"),
    Breach("5.6", "after its last (2028-01)", {"contracted": {("offer", "a", "room", "2029"): 1}}, "1"),
    Breach("5.6", "an offer that has lapsed", {"contracted": {("late", "a", "room", "2028"): 1}}, "1"),
    Breach("5.6", "a contract that runs already", {"contracted": {("served", "a", "room", "2027Q2"): 1}}, "1"),
    Breach("5.6", "a site that the customer does not accept", {"contracted": {("owed", "b", "room", "2028"): 1}}, "1"),
    Breach("5.6", "a hall of another product", {"contracted": {("offer", "a", "shell", "2028"): 1}}, "1"),
)
"""Decisions at an index that MATHS.md does not state."""

DOMAIN = (
    Breach("4.1", "four blocks of three", {"started": {("split", "a", "shell", "2029"): 4}}, "1", ("4.2",)),
    Breach("4.1", "half a block", {"started": {("split", "a", "shell", "2029"): 0.5}}, "0.5"),
    Breach("4.10", "less than none", {"broken_blocks": {("signed",): -1}, "started": {("signed", "a", "shell", "2028"): 3}}, "1"),
    Breach("4.10", "half a block", {"broken_blocks": {("signed",): 1.5}, "started": {("signed", "a", "shell", "2028"): 1}}, "0.5"),
    Breach("5.6", "half a contract", {"contracted": {("offer", "a", "room", "2027Q3"): 0.5}}, "0.5"),
    Breach("5.6", "less than none", {"contracted": {("offer", "a", "room", "2027Q3"): -1}}, "1"),
    Breach("5.6", "twice at once", {"contracted": {("offer", "a", "room", "2028"): 2, ("offer", "a", "room", "2027Q3"): 0}}, "1"),
)
"""Values outside their domain."""

ROWS = (
    Breach("4.2", "two blocks more than the one that is left", {"started": {("split", "a", "shell", "2028"): 3}}, "1"),
    Breach("4.3", "one of three blocks left out", {"started": {("must", "a", "shell", "2027Q4"): 0}}, "1"),
    Breach("4.3", "four blocks of three", {"started": {("must", "a", "shell", "2028"): 1}}, "1"),
    Breach("4.5", "the second tranche needs a second module", _tall("c"), "1", ("2.10", "2.11")),
    Breach("4.6", "2 x 10 x 1.2 MW on a grid of 15", _tall("d"), "9", ("6.4",)),
    Breach("4.7", "2 x 10 x 1.2 MVA on 15", _tall("e"), "9", ("6.7",)),
    Breach("4.8", "10 MW come at the horizon, to one module of 10", {"started": {("slow", "c", "shell", "2029"): 1}}, "10"),
    Breach("4.10", "one block is neither delivered nor bought off", {"broken_blocks": {("signed",): 1}}, "1"),
    Breach("4.10", "one block is delivered and bought off", {"started": {("signed", "a", "shell", "2027Q4"): 2}}, "1"),
    Breach("5.4", "6 MW less 4 and, for two months, 1 under contract", {"sold_mw": {("a", "room", "h100", "2027Q3"): 2.5}}, "3.5/3"),
    Breach("5.4", "b has no clusters", {"contracted": {("offer", "a", "room", "2027Q3"): 0, ("offer", "b", "room", "2028"): 1}}, "2"),
    Breach("5.6", "taken in 2027Q3 and again in 2028", {"contracted": {("offer", "a", "room", "2028"): 1}}, "1"),
    Breach("5.7", "a contract that must be served", {"contracted": {("owed", "a", "room", "2027Q2"): 0}}, "1"),
    Breach("5.7", "served twice", {"contracted": {("owed", "a", "room", "2028"): 1}}, "1"),
)
"""Rows of sections 4 and 5."""

BREACHES = ABSENT + DOMAIN + ROWS
