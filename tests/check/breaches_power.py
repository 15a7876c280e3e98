"""A portfolio with plants, power contracts, charges and demand response, a plan for it, and changes to that plan that break their rules."""

from __future__ import annotations

from typing import Any

from planner.plan import Plan
from planner_models.schema import Instance
from tests.check.breaches import Breach
from tests.check.portfolio import QUARTERS, YEARS

LATER = ("2027Q3", "2027Q4", "2028")
"""The periods in which the new plant is run; the offer `wind` and the programme `dr` begin with them."""


def portfolio() -> Instance:
    """Plants at `a`, `b` and `c`, contracts at `a`, tenants at `b`, where 20 MW are interruptible; month 36 is the horizon."""
    data: dict[str, Any] = {
        "name": "power",
        "start": "2027-01",
        "periods": [{"months": 3, "count": 4}, {"months": 12, "count": 2}],
        "finance": {"discount_rate_fraction": 0.1, "opening_cash_musd": 1000},
        "power_prices": [
            {"market": "ercot", "from_year": 2027, "block": "peak", "hours_fraction": 0.25, "usd_per_mwh": 90},
            {"market": "ercot", "from_year": 2027, "block": "base", "hours_fraction": 0.75, "usd_per_mwh": 35},
            {"market": "pjm", "from_year": 2027, "block": "all", "hours_fraction": 1, "usd_per_mwh": 45},
        ],
        "btc": [{"from_day": "2027-01-01", "btc_usd": 100_000, "network_eh": 1000}],
        **_places(),
        **_plants(),
        **_contracts(),
        **_uses(),
    }
    return Instance.model_validate(data)


def _places() -> dict[str, Any]:
    energised: dict[str, Any] = {"kind": "energised", "from_month": "2026-01"}
    land: dict[str, Any] = {"market": "ercot", "land_it_mw": 60}
    return {
        "sites": [
            land | {"id": "a", "energy_adder_usd_per_mwh": 4, "loss_fraction": 0.05, "export_mw": 5.5, "export_haircut_usd_per_mwh": 2},
            land | {"id": "b"},
            land | {"id": "c", "market": "pjm"},
            land | {"id": "d", "export_mw": 5},
        ],
        "grid": [
            energised | {"id": "a-now", "site": "a", "mw": 25},
            energised | {"id": "b-firm", "site": "b", "mw": 6},
            energised | {"id": "b-loose", "site": "b", "mw": 20, "service": "interruptible"},
            energised | {"id": "c-now", "site": "c", "mw": 3},
            energised | {"id": "d-now", "site": "d", "mw": 5},
        ],
    }


def _plants() -> dict[str, Any]:
    return {
        "generators": [
            {
                "id": "gas",
                "sites": ["a"],
                "max_units": 1,
                "unit_mw": 4,
                "lead_months": 6,
                "capex_musd_per_unit": 3,
                "fuel": "gas",
                "heat_rate_mmbtu_per_mwh": 8,
            },
            {"id": "old", "max_units": 0, "unit_mw": 5, "dependable_fraction": 0.8, "availability_fraction": 0.8},
        ],
        "availability": [{"generator": "old", "market": "ercot", "block": "peak", "availability_fraction": 0.9}],
        "fuel_prices": [{"fuel": "gas", "from_year": 2027, "usd_per_mmbtu": 3}],
    }


def _contracts() -> dict[str, Any]:
    offer: dict[str, Any] = {"site": "a", "signed": False, "mw": 4, "strike_usd_per_mwh": 25}
    response: dict[str, Any] = {"market": "ercot", "blocks": ["peak"], "usd_per_mw_year": 50_000}
    return {
        "ppas": [
            {
                "id": "sun",
                "site": "a",
                "mw": 6,
                "strike_usd_per_mwh": 30,
                "from_month": "2027-02",
                "to_month": "2029-07",
                "take_or_pay_fraction": 0.5,
                "resale": True,
            },
            offer | {"id": "wind", "from_month": "2027-07", "to_month": "2030-01"},
            offer | {"id": "spare", "from_month": "2028-01", "to_month": "2029-01"},
            offer | {"id": "late", "from_month": "2030-01", "to_month": "2031-01"},
        ],
        "charges": [
            {"id": "demand", "site": "a", "kind": "own_peak", "usd_per_kw_month": 3, "minimum_fraction": 0.2},
            {"id": "system", "site": "b", "kind": "coincident", "block": "peak", "usd_per_kw_month": 5, "lag_months": 12},
        ],
        "programmes": [response | {"id": "dr", "from_month": "2027-07", "max_mw": 8}, response | {"id": "more"}],
    }


def _uses() -> dict[str, Any]:
    lease: dict[str, Any] = {"tenant": "Cloud", "product": "powered_shell", "ready_by": "2027-01", "term_months": 120}
    lease |= {"rent_usd_per_kw_month": 120, "cap_rate_fraction": 0.08, "load_factor_fraction": 0.5}
    since: dict[str, Any] = {"in_service": "2025-01"}
    return {
        "halls": [
            {"id": "shed", "product": "mining", "module_it_mw": 10, "pue_peak": 1.2, "pue_average": 1.1, "sites": ["a", "b", "c"]},
            {"id": "vault", "product": "powered_shell", "module_it_mw": 10, "pue_peak": 1.25, "pue_average": 1.2, "sites": ["b"]},
        ],
        "asic_models": [{"id": "rig", "j_per_th": 20, "buyable": False, "uptime_fraction": 0.9}],
        "opening": [
            since | {"id": "sheds-a", "site": "a", "item": "shed", "count": 2},
            since | {"id": "sheds-b", "site": "b", "item": "shed", "count": 1},
            since | {"id": "sheds-c", "site": "c", "item": "shed", "count": 1},
            since | {"id": "vaults", "site": "b", "item": "vault", "count": 3},
            since | {"id": "rigs-a", "site": "a", "item": "rig", "it_mw": 15},
            since | {"id": "rigs-b", "site": "b", "item": "rig", "it_mw": 10},
            since | {"id": "rigs-c", "site": "c", "item": "rig", "it_mw": 7},
            *(since | {"id": f"plant-{site}", "site": site, "item": "old", "count": 1} for site in "abc"),
        ],
        "leases": [lease | {"id": "anchor", "it_mw": 5}, lease | {"id": "big", "it_mw": 4}, lease | {"id": "huge", "it_mw": 25}],
        "lease_sites": [{"lease": name, "site": "b"} for name in ("anchor", "big", "huge")],
    }


def valid_plan() -> Plan:
    """At `a` plants and contracts make 4.75 of the 6.6 MW that run at the peak, of which 4 and 3 are sold; 5 and 2 MW are held off."""
    spans = (*QUARTERS, *YEARS)
    shed = {"a": 15.0, "b": 8.0, "c": 5.0}
    ercot = {("a", "base"): 12.0, ("a", "peak"): 6.0, ("b", "base"): 7.0, ("b", "peak"): 2.0}
    sun = dict.fromkeys(spans, 5.0) | {"2027Q1": 3.0, "2029": 2.0}
    decisions: dict[str, dict[Any, float]] = {
        "hosted_mw": {(site, "shed", "rig", t): mw for site, mw in shed.items() for t in spans},
        "run_mw": {(site, "shed", "rig", t, b): mw for (site, b), mw in ercot.items() for t in spans}
        | {("c", "shed", "rig", t, "all"): 4.0 for t in spans},
        "started": {("anchor", "b", "vault", "2027Q1"): 1},
        "commissioned_units": {("a", "gas", "2027Q3"): 1},
        "generated_mw": {("a", "old", t, "peak"): 4.25 for t in spans}
        | {("a", "old", t, "base"): 3.0 for t in spans}
        | {("a", "gas", t, "peak"): 1.5 for t in LATER}
        | {("c", "old", t, "all"): 2.5 for t in spans},
        "exported_mw": {("a", t, "peak"): 3.0 for t in ("2027Q1", "2027Q2", "2029")} | {("a", t, "peak"): 4.0 for t in LATER},
        "accepted": {("wind",): 1},
        "taken_mw": {("sun", t, b): mw for t, mw in sun.items() for b in ("peak", "base")}
        | {("wind", t, "peak"): 1.0 for t in (*LATER, "2029")}
        | {("wind", t, "base"): 3.0 for t in (*LATER, "2029")},
        "remarketed_mw": {("sun", t, "peak"): min(3.0, mw - 1) for t, mw in sun.items()},
        "registered_mw": {("dr", site, t): mw for site, mw in (("a", 5.0), ("b", 2.0)) for t in (*LATER, "2029")},
    }
    return Plan(instance="power", decisions=decisions)


ABSENT = (
    Breach("12.1", "a lead of 6 months, service at month 3", {"commissioned_units": {("a", "gas", "2027Q2"): 1}}, "1"),
    Breach("12.1", "a site that is not on the type's list", {"commissioned_units": {("b", "gas", "2028"): 1}}, "1"),
    Breach("12.5", "no plant of the type can be at b", {"generated_mw": {("b", "gas", "2028", "base"): 1.0}}, "1"),
    Breach("12.5", "a block of another market", {"generated_mw": {("a", "old", "2028", "all"): 1.0}}, "1"),
    Breach("12.6", "b may not export", {"exported_mw": {("b", "2028", "peak"): 1.0}}, "1"),
    Breach("12.6", "d has no plant", {"exported_mw": {("d", "2028", "peak"): 1.0}}, "1"),
    Breach("13.1", "it is signed", {"accepted": {("sun",): 1}}, "1"),
    Breach("13.1", "it begins with the horizon", {"accepted": {("late",): 1}}, "1"),
    Breach("13.2", "before it begins (month 6)", {"taken_mw": {("wind", "2027Q2", "base"): 1.0}}, "1"),
    Breach("13.2", "after it is over (month 24)", {"taken_mw": {("spare", "2029", "base"): 1.0}}, "1"),
    Breach("13.2", "a block of another market", {"taken_mw": {("wind", "2028", "all"): 1.0}}, "1"),
    Breach("13.3", "without resale", {"remarketed_mw": {("wind", "2028", "base"): 1.0}}, "1"),
    Breach("13.3", "a block of another market", {"remarketed_mw": {("sun", "2028", "all"): 1.0}}, "1"),
    Breach("13.10", "c buys in another market", {"registered_mw": {("more", "c", "2028"): 1.0}}, "1"),
    Breach("13.10", "no machine can be at d", {"registered_mw": {("more", "d", "2028"): 1.0}}, "1"),
    Breach("13.10", "before it begins (month 6)", {"registered_mw": {("dr", "a", "2027Q2"): 1.0}}, "1"),
)
"""Decisions at an index that MATHS.md does not state."""

DOMAIN = (
    Breach("12.1", "half a unit", {"commissioned_units": {("a", "gas", "2027Q3"): 0.5}}, "0.5"),
    Breach("12.1", "less than none", {"commissioned_units": {("a", "gas", "2029"): -1}}, "1"),
    Breach("12.1", "one at a site", {"commissioned_units": {("a", "gas", "2029"): 2}}, "1", ("12.2",)),
    Breach("12.5", "less than none", {"generated_mw": {("b", "old", "2028", "base"): -0.25}}, "0.25"),
    Breach("12.6", "less than none", {"exported_mw": {("a", "2028", "base"): -0.25}}, "0.25"),
    Breach("12.6", "5.5 MW of export, and as much is made", {"exported_mw": {("a", "2028", "peak"): 5.75}}, "0.25"),
    Breach("13.1", "half an offer", {"accepted": {("spare",): 0.5}}, "0.5"),
    Breach("13.1", "an offer twice", {"accepted": {("wind",): 2}}, "1"),
    Breach("13.2", "less than none", {"taken_mw": {("sun", "2027Q4", "base"): -0.25}}, "0.25"),
    Breach("13.3", "less than none", {"remarketed_mw": {("sun", "2028", "base"): -0.25}}, "0.25"),
    Breach("13.10", "less than none", {"registered_mw": {("more", "b", "2028"): -0.25}}, "0.25"),
)
"""Values outside their domain or their natural bound."""

ROWS = (
    # own supply of `a` at the peak of 2028: 4.25 + 1.5 made less 4 exported, 5 less 3 of sun, 1 of wind; 6 x 1.1 MW run
    Breach("7.3", "4.75 and 2.25 MW of wind are 0.4 more than run", {"taken_mw": {("wind", "2028", "peak"): 3.25}}, "0.4"),
    Breach("7.3", "what is not exported any more is too much", {"exported_mw": {("a", "2028", "peak"): 2.0}}, "0.15"),
    Breach("7.3", "what is not resold any more is too much", {"remarketed_mw": {("sun", "2028", "peak"): 1.0}}, "0.15"),
    Breach("7.4", "4 x 1.1 MW less 1 MW made on a grid of 3", {"generated_mw": {("c", "old", "2028", "all"): 1.0}}, "0.4"),
    Breach("6.4", "6.25 x 1.2 MW on a grid of 3 and 4 dependable", {"hosted_mw": {("c", "shed", "rig", "2028"): 6.25}}, "0.5"),
    Breach("6.10", "9 x 1.25 MW on 6 firm and 4 dependable", {"started": {("big", "b", "vault", "2028"): 1}}, "1.25"),
    Breach("4.6", "25 x 1.25 MW on 26 and 4 dependable", {"started": {("huge", "b", "vault", "2028"): 1}}, "1.25", ("6.4", "6.10")),
    Breach("12.2", "one at a time", {"commissioned_units": {("a", "gas", "2029"): 1}}, "1"),
    Breach("12.5", "90 % of 5 MW at the peak", {"generated_mw": {("a", "old", "2027Q1", "peak"): 4.75}}, "0.25"),
    Breach("12.5", "80 % of them in other blocks", {"generated_mw": {("a", "old", "2027Q1", "base"): 4.25}}, "0.25"),
    Breach("12.5", "before it is in service (month 6)", {"generated_mw": {("a", "gas", "2027Q2", "base"): 1.0}}, "1"),
    Breach("12.6", "4.25 MW are made", {"exported_mw": {("a", "2027Q1", "peak"): 4.5}}, "0.25"),
    Breach("13.4", "two months of the first quarter", {"taken_mw": {("sun", "2027Q1", "base"): 4.5}}, "0.5"),
    Breach("13.4", "the first half of 2029", {"taken_mw": {("sun", "2029", "base"): 3.5}}, "0.5"),
    Breach("13.4", "it is not accepted", {"taken_mw": {("spare", "2028", "base"): 1.0}}, "1"),
    Breach("13.4", "it is accepted no more", {"accepted": {("wind",): None}}, "3"),
    Breach("13.5", "5 MW are taken", {"remarketed_mw": {("sun", "2028", "peak"): 5.5}}, "0.5"),
    # 15 x 0.9 x 1.1 = 14.85 MW could run at `a`, 6.6 do and 5 are registered
    Breach("13.11", "3.5 MW more than are left of 3.25", {"registered_mw": {("more", "a", "2028"): 3.5}}, "0.25"),
    Breach("13.11", "machines that run are not off", {"run_mw": {("a", "shed", "rig", "2028", "peak"): 9.0}}, "0.05"),
    Breach("13.12", "5 and 3.5 MW for 8", {"registered_mw": {("dr", "b", "2028"): 3.5}}, "0.5"),
)
"""Rows of sections 4, 6, 7, 12 and 13."""

BREACHES = ABSENT + DOMAIN + ROWS
