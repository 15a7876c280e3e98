"""A portfolio of machines that are dated, resold, moved and hosted, a plan for it, and changes to that plan that break their rules."""

from __future__ import annotations

from typing import Any

from planner.plan import Plan
from planner_models.schema import Instance
from tests.check.breaches import Breach
from tests.check.portfolio import QUARTERS, YEARS

FIRST, SECOND, NEW = "2030-01", "2028-07", "2032-10"
"""Life ends of the fleets f1 and f2, and of what is bought for 2027Q4: months 36, 18 and 69."""


def portfolio() -> Instance:
    """Machines move between `a` and `b`, and `d` that has no hall, not to `c`. Four quarters and two years; month 36 is the horizon."""
    data: dict[str, Any] = {
        "name": "machines",
        "start": "2027-01",
        "periods": [{"months": 3, "count": 4}, {"months": 12, "count": 2}],
        "finance": {"discount_rate_fraction": 0.1, "opening_cash_musd": 1000, "treasury_cap_btc": 13},
        "sites": [
            {"id": "a", "market": "ercot", "land_it_mw": 60, "capture_fraction": 0.75},
            *({"id": name, "market": "pjm", "land_it_mw": 60} for name in ("b", "c", "d")),
        ],
        "grid": [{"id": f"{name}-now", "site": name, "kind": "energised", "mw": 100, "from_month": "2026-01"} for name in "abcd"],
        "power_prices": [
            {"market": "ercot", "from_year": 2027, "block": "peak", "hours_fraction": 0.25, "usd_per_mwh": 90},
            {"market": "ercot", "from_year": 2027, "block": "base", "hours_fraction": 0.75, "usd_per_mwh": 35},
            {"market": "pjm", "from_year": 2027, "block": "all", "hours_fraction": 1, "usd_per_mwh": 45},
        ],
        "btc": [{"from_day": "2027-01-01", "btc_usd": 100_000, "network_eh": 1000}],
        **_machines(),
        "opening": _opening(),
        "hosting": _hosting(),
    }
    return Instance.model_validate(data)


def _machines() -> dict[str, Any]:
    shell: dict[str, Any] = {"pue_peak": 1.1, "pue_average": 1.05, "buildable": False}
    return {
        "halls": [
            shell | {"id": "shed", "product": "mining", "module_it_mw": 10, "sites": ["a", "b", "c"]},
            shell | {"id": "room", "product": "turnkey", "module_it_mw": 5, "sites": ["a"]},
        ],
        "asic_models": [
            {"id": "old", "j_per_th": 30, "buyable": False, "life_months": 60, "uptime_fraction": 0.9},
            {
                "id": "new",
                "j_per_th": 15,
                "usd_per_th": 15,
                "lead_months": 3,
                "lot_mw": 2.5,
                "order_from": "2027-04",
                "order_to": "2027-12",
            },
        ],
        "asic_prices": [
            {"asic": "old", "from_month": "2027-04", "usd_per_th": 6, "resale_usd_per_th": 3, "resale_mw_per_year": 12},
            {"asic": "old", "from_month": "2029-01", "usd_per_th": 4},
        ],
        "moves": [
            {"site": "a", "out_musd_per_mw": 0.02, "in_musd_per_mw": 0.03, "out_months": 3},
            {"site": "b", "out_musd_per_mw": 0.02, "in_musd_per_mw": 0.03},
            {"site": "d"},
        ],
        "gpu_models": [
            {
                "id": "h100",
                "cluster_it_mw": 2,
                "gpus_per_mw": 700,
                "capex_musd_per_mw": 25,
                "lead_months": 3,
                "months_to_revenue": 2,
                "order_from": "2027-02",
                "order_to": "2027-06",
            }
        ],
        "gpu_market": [{"gpu": "h100", "from_year": 2027, "usd_per_gpu_hour": 2.5, "market_it_mw": 9}],
    }


def _opening() -> list[dict[str, Any]]:
    return [
        {"id": "sheds-a", "site": "a", "item": "shed", "count": 4, "in_service": "2025-01"},
        {"id": "sheds-b", "site": "b", "item": "shed", "count": 2, "in_service": "2025-01"},
        {"id": "sheds-c", "site": "c", "item": "shed", "count": 1, "in_service": "2025-01"},
        {"id": "rooms", "site": "a", "item": "room", "count": 2, "in_service": "2025-01"},
        {"id": "f1", "site": "a", "item": "old", "it_mw": 20, "in_service": "2025-01"},
        {"id": "f2", "site": "a", "item": "old", "it_mw": 10, "in_service": "2025-01", "until": "2028-07"},
        {"id": "clusters", "site": "a", "item": "h100", "hall": "room", "count": 1, "in_service": "2026-12"},
    ]


def _hosting() -> list[dict[str, Any]]:
    contract: dict[str, Any] = {"j_per_th": 25, "fee_usd_per_mwh": 70, "site": "b"}
    return [
        contract | {"id": "g1", "site": "a", "it_mw": 4, "from_month": "2026-01", "to_month": "2029-07", "notice_months": 4},
        contract | {"id": "g2", "it_mw": 2, "from_month": "2027-04"},
        contract | {"id": "g3", "it_mw": 1, "from_month": "2028-01", "to_month": "2029-01", "notice_months": 0},
    ]


def valid_plan() -> Plan:
    """At `a` 30 MW of old machines until 6 leave at month 3, 2 are sold at month 6, 5 in 2028 and what is left of f2 ends in its middle."""
    spans = (*QUARTERS, *YEARS)
    hosted = dict.fromkeys(QUARTERS, 12.0) | dict.fromkeys(YEARS, 7.0)
    decisions: dict[str, dict[Any, float]] = {
        "bought_mw": {("a", "new", "2027Q4"): 5.0},
        "hosted_mw": {("a", "shed", "old", t): mw for t, mw in hosted.items()}
        | {("a", "shed", "new", t): 4.0 for t in ("2027Q4", *YEARS)}
        | {("b", "shed", "old", t): 2.5 for t in ("2027Q3", "2027Q4", *YEARS)},
        "run_mw": {("a", "shed", "old", t, "peak"): 4.0 for t in spans}
        | {("a", "shed", "old", t, "base"): 6.0 for t in spans}
        | {("a", "shed", "new", t, b): 3.5 for t in ("2027Q4", *YEARS) for b in ("peak", "base")}
        | {("b", "shed", "old", t, "all"): 2.0 for t in ("2027Q3", "2027Q4", *YEARS)},
        "withdrawn_mw": {("a", "old", FIRST, "2027Q2"): 6.0},
        "placed_mw": {("b", "old", FIRST, "2027Q3"): 4.0},
        "resold_mw": {("a", "old", SECOND, "2027Q3"): 2.0, ("a", "old", FIRST, "2028"): 5.0},
        "ended": {("g1", "2029"): 1},
        "guest_mw": {("g1", "shed", t): 4.0 for t in (*QUARTERS, "2028")}
        | {("g2", "shed", t): 2.0 for t in ("2027Q2", "2027Q3", "2027Q4", *YEARS)}
        | {("g3", "shed", "2028"): 1.0},
        "deployed_clusters": {("a", "room", "h100", "2027Q3"): 1},
        "sold_mw": {("a", "room", "h100", "2027Q1"): 1.25, ("a", "room", "h100", "2027Q2"): 1.75, ("a", "room", "h100", "2027Q3"): 2.5}
        | {("a", "room", "h100", t): 3.75 for t in ("2027Q4", *YEARS)},
        "kept_btc": {("2027Q1", "2028"): 2.0},
        "final_btc": {("2027Q2",): 3.0},
    }
    return Plan(instance="machines", decisions=decisions)


ABSENT = (
    Breach("3.1", "ordered in month 0, for sale from month 3", {"bought_mw": {("a", "new", "2027Q2"): 2.5}}, "2.5"),
    Breach("3.1", "ordered in month 21, for sale until month 11", {"bought_mw": {("a", "new", "2029"): 2.5}}, "2.5"),
    Breach("3.2", "no old machine stands at c or may come to it", {"hosted_mw": {("c", "shed", "old", "2028"): 1.0}}, "1"),
    Breach("5.1", "ordered in month 0, for sale from month 1", {"deployed_clusters": {("a", "room", "h100", "2027Q2"): 1}}, "1"),
    Breach("5.1", "ordered in month 6, for sale until month 5", {"deployed_clusters": {("a", "room", "h100", "2027Q4"): 1}}, "1"),
    Breach("14.1", "before the first price", {"resold_mw": {("a", "old", SECOND, "2027Q1"): 1.0}}, "1"),
    Breach("14.1", "nobody buys in 2029", {"resold_mw": {("a", "old", FIRST, "2029"): 1.0}}, "1"),
    Breach("14.1", "no price of its own", {"resold_mw": {("a", "new", NEW, "2028"): 1.0}}, "1"),
    Breach("14.1", "no old machine can be at c", {"resold_mw": {("c", "old", FIRST, "2028"): 1.0}}, "1"),
    Breach("14.2", "machines do not leave c", {"withdrawn_mw": {("c", "new", NEW, "2028"): 1.0}}, "1"),
    Breach("14.2", "after the end of their life (month 18)", {"withdrawn_mw": {("a", "old", SECOND, "2029"): 1.0}}, "1"),
    Breach("14.2", "before the first of them (month 9)", {"withdrawn_mw": {("a", "new", NEW, "2027Q3"): 1.0}}, "1"),
    Breach("14.2", "no machine of another model ends then", {"withdrawn_mw": {("a", "new", FIRST, "2028"): 1.0}}, "1"),
    Breach("14.3", "machines do not come to c", {"placed_mw": {("c", "old", FIRST, "2028"): 1.0}}, "1"),
    Breach("14.3", "d has no hall", {"placed_mw": {("d", "old", FIRST, "2028"): 1.0}}, "1"),
    Breach("14.3", "after the end of their life (month 18)", {"placed_mw": {("b", "old", SECOND, "2029"): 1.0}}, "1"),
    Breach("14.7", "notice cannot be given", {"ended": {("g2", "2029"): 1}}, "1"),
    Breach("14.7", "4 months of notice, the period starts at month 3", {"ended": {("g1", "2027Q2"): 1}}, "1"),
    Breach("14.7", "in the month in which it begins", {"ended": {("g3", "2028"): 1}}, "1"),
    Breach("14.7", "after it is over", {"ended": {("g3", "2029"): 1}}, "1"),
    Breach("14.8", "a hall of another product", {"guest_mw": {("g1", "room", "2028"): 1.0}}, "1"),
    Breach("14.8", "before it begins", {"guest_mw": {("g2", "shed", "2027Q1"): 1.0}}, "1"),
    Breach("14.8", "after it is over", {"guest_mw": {("g3", "shed", "2029"): 1.0}}, "1"),
    Breach("15.2", "sold in the period in which it is mined", {"kept_btc": {("2028", "2028"): 1.0}}, "1"),
    Breach("15.2", "sold before it is mined", {"kept_btc": {("2028", "2027Q1"): 1.0}}, "1"),
)
"""Decisions at an index that MATHS.md does not state."""

DOMAIN = (
    Breach("14.1", "less than none", {"resold_mw": {("b", "old", FIRST, "2028"): -0.25}}, "0.25"),
    Breach("14.2", "less than none", {"withdrawn_mw": {("b", "old", FIRST, "2028"): -0.25}}, "0.25"),
    Breach("14.3", "less than none", {"placed_mw": {("b", "old", FIRST, "2029"): -0.25}}, "0.25"),
    Breach("14.7", "half an end", {"ended": {("g1", "2029"): 0.5}, "guest_mw": {("g1", "shed", "2029"): 1.0}}, "0.5"),
    Breach("14.8", "less than none", {"guest_mw": {("g2", "shed", "2029"): -0.25}}, "0.25"),
    Breach("15.2", "less than none", {"kept_btc": {("2027Q1", "2029"): -0.25}}, "0.25"),
    Breach("15.3", "less than none", {"final_btc": {("2028",): -0.25}}, "0.25"),
)
"""Values outside their domain."""

ROWS = (
    Breach("3.5", "30 MW less 6 withdrawn, 2 and 5 resold and 8 that ended", {"hosted_mw": {("a", "shed", "old", "2029"): 9.5}}, "0.5"),
    Breach("3.5", "4 MW have come to b", {"hosted_mw": {("b", "shed", "old", "2028"): 4.5}}, "0.5"),
    Breach("3.7", "a quarter of 90 % of 12 MW goes on", {"run_mw": {("a", "shed", "old", "2027Q1", "peak"): 2.5}}, "0.2"),
    Breach("3.8", "two lots of 2.5 MW", {"bought_mw": {("a", "new", "2027Q4"): 5.5}}, "0.5"),
    Breach(
        "5.4",
        "one cluster sells all of 2027Q3, one its last month",
        {"sold_mw": {("a", "room", "h100", "2027Q3"): 3.0}},
        "1/3",
    ),
    Breach("5.4", "the opening's cluster sells from month 1 on", {"sold_mw": {("a", "room", "h100", "2027Q1"): 1.5}}, "0.5/3"),
    Breach("14.4", "8 of the 10 MW of f2 are left", {"withdrawn_mw": {("a", "old", SECOND, "2027Q4"): 8.5}}, "0.5"),
    Breach("14.4", "4 MW have come to b", {"withdrawn_mw": {("b", "old", FIRST, "2027Q3"): 4.5}}, "0.5", ("3.5",)),
    Breach("14.5", "6 MW have left", {"placed_mw": {("b", "old", FIRST, "2028"): 2.5}}, "0.5"),
    Breach("14.5", "what leaves a at month 3 works from month 6", {"placed_mw": {("b", "old", FIRST, "2027Q2"): 1.0}}, "1"),
    Breach("14.5", "machines of another age", {"placed_mw": {("b", "old", SECOND, "2028"): 1.0}}, "1"),
    Breach("14.6", "12 MW a year are 3 in a quarter", {"resold_mw": {("b", "old", FIRST, "2027Q3"): 1.5}}, "0.5"),
    Breach("14.7", "ended in 2028 and again in 2029", {"ended": {("g1", "2028"): 1}}, "1", ("14.8",)),
    Breach("14.8", "4 MW are under contract", {"guest_mw": {("g1", "shed", "2028"): 3.5}}, "0.5"),
    Breach("14.8", "the contract has ended", {"guest_mw": {("g1", "shed", "2029"): 0.5}}, "0.5"),
    # 5.5 MW on average for 2160 hours at 30 J/TH, 450 / 1e6 bitcoin per PH and day: 5.5 * 2160 / 0.72 * 0.00045 = 7.425
    Breach("15.4", "7.425 bitcoin are mined in 2027Q1", {"kept_btc": {("2027Q1", "2028"): 8.0}}, "0.575"),
    Breach("15.5", "7 and 6.5 bitcoin for 13", {"kept_btc": {("2027Q1", "2028"): 7.0}, "final_btc": {("2027Q2",): 6.5}}, "0.5"),
)
"""Rows of sections 3, 5, 14 and 15."""

BREACHES = ABSENT + DOMAIN + ROWS
