"""A portfolio with a site on offer and one for sale, grid of two kinds, equipment of two kinds, a plan for it, and its breaches."""

from __future__ import annotations

from typing import Any

from planner.plan import Plan
from planner_models.schema import Instance
from tests.check.breaches import Breach
from tests.check.portfolio import QUARTERS, YEARS, Changes


def portfolio() -> Instance:
    """Owned sites `a` and `d`, `b` on offer, `c` for sale; 40 MW of `d` are interruptible. Month 36 is the horizon."""
    data: dict[str, Any] = {
        "name": "sites",
        "start": "2027-01",
        "periods": [{"months": 3, "count": 4}, {"months": 12, "count": 2}],
        "finance": {"discount_rate_fraction": 0.1, "opening_cash_musd": 1000, "capex_inflation_fraction": 0.02},
        "power_prices": [{"market": "hub", "from_year": 2027, "block": "all", "hours_fraction": 1, "usd_per_mwh": 40}],
        "btc": [{"from_day": "2027-01-01", "btc_usd": 100_000, "network_eh": 1000}],
        "sites": _sites(),
        "grid": _grid(),
        "opening": _opening(),
        **_things(),
    }
    return Instance.model_validate(data)


def _sites() -> list[dict[str, Any]]:
    place: dict[str, Any] = {"market": "hub", "land_it_mw": 100, "power_factor": 1.0, "fixed_cost_musd_per_year": 1}
    return [
        place | {"id": "a", "max_ai_it_mw": 12, "ai_eligible_from": "2027-04", "property_tax_fraction": 0.01},
        place | {"id": "b", "option_price_musd": 10, "offer_from": "2027-04", "offer_to": "2028-01"},
        place | {"id": "c", "sale_musd_per_mw": 0.3, "sale_from": "2027-07", "closing_cost_musd": 1},
        place | {"id": "d", "ai_eligible_from": "2027-07"},
    ]


def _grid() -> list[dict[str, Any]]:
    energised = {"a": (20, 20), "b": (20, 0), "c": (30, 0), "d": (10, 40)}
    standing: dict[str, Any] = {"kind": "energised", "from_month": "2026-01"}
    upgrade: dict[str, Any] = {"kind": "upgrade", "mw": 10, "cost_musd": 2, "lead_months": 3}
    return [
        *(standing | {"id": f"{site}-firm", "site": site, "mw": firm} for site, (firm, _) in energised.items()),
        *(
            standing | {"id": f"{site}-loose", "site": site, "mw": mw, "service": "interruptible"}
            for site, (_, mw) in energised.items()
            if mw
        ),
        {"id": "a-approved", "site": "a", "kind": "approved", "mw": 50, "from_month": "2026-01"},
        {"id": "a-later", "site": "a", "kind": "approved", "mw": 5, "from_month": "2028-01"},
        upgrade | {"id": "a-up", "site": "a", "security_musd": 2, "security_months": 6},
        upgrade | {"id": "a-two", "site": "a"},
        upgrade | {"id": "b-up", "site": "b"},
        upgrade | {"id": "c-up", "site": "c"},
    ]


def _things() -> dict[str, Any]:
    shed: dict[str, Any] = {"id": "shed", "product": "mining", "module_it_mw": 10, "pue_peak": 1.1, "pue_average": 1.05, "build_months": 3}
    room: dict[str, Any] = {"product": "turnkey", "module_it_mw": 5, "pue_peak": 1.25, "pue_average": 1.2, "buildable": False}
    lease: dict[str, Any] = {"tenant": "Cloud", "product": "powered_shell", "ready_by": "2027-07", "rent_usd_per_kw_month": 120}
    lease["cap_rate_fraction"] = 0.08
    machine: dict[str, Any] = {"j_per_th": 25, "buyable": False}
    transformer: dict[str, Any] = {"cost_musd": 1, "lead_months": 3}
    return {
        "halls": [
            shed | {"capex_musd_per_module": 2, "contingency_fraction": 0.1},
            room | {"id": "suite"},
            room | {"id": "twin", "redundancy": "N+1"},
            room | {"id": "vault", "product": "powered_shell", "redundancy": "2N"},
        ],
        "conversions": [
            {
                "id": "turn",
                "from_hall": "shed",
                "to_hall": "vault",
                "site": "c",
                "max_lots": 2,
                "to_modules": 2,
                "capex_musd_per_lot": 5,
                "build_months": 3,
                "off_months": 0,
            }
        ],
        "delivery_limits": [
            {"site": "a", "from_month": "2027-01", "started_it_mw": 10},
            {"site": "a", "from_month": "2028-01", "started_it_mw": 30},
            {"from_month": "2027-01", "started_it_mw": 25},
            {"from_month": "2029-01", "started_it_mw": 40},
        ],
        "equipment": [
            transformer | {"id": "tx", "mva": 20},
            transformer | {"id": "big", "mva": 30},
            transformer | {"id": "br", "kind": "breaker", "units_per_mw": 0.1},
        ],
        "slots": [{"equipment": "tx", "year": 2027, "units": 2}],
        "generators": [{"id": "gas", "sites": ["b"], "max_units": 1, "unit_mw": 8, "dependable_fraction": 1, "lead_months": 6}],
        "asic_models": [
            machine | {"id": "old"},
            machine | {"id": "heat", "product": "turnkey"},
            {"id": "new", "j_per_th": 15, "usd_per_th": 15},
        ],
        "leases": [lease | {"id": "vaulted", "it_mw": 4, "term_months": 120}, lease | {"id": "large", "it_mw": 9, "term_months": 12}],
        "lease_sites": [{"lease": "vaulted", "site": "d"}, {"lease": "large", "site": "c"}],
    }


def _opening() -> list[dict[str, Any]]:
    counted = {
        "a": {"shed": 3, "suite": 3, "tx": 3, "br": 6},
        "c": {"shed": 2, "vault": 3, "tx": 1, "br": 4},
        "d": {"shed": 3, "suite": 2, "twin": 2, "vault": 1, "tx": 2, "br": 6},
    }
    fleets = {"a": {"old": 20, "heat": 14}, "c": {"old": 5}, "d": {"old": 25, "heat": 12}}
    since = {"in_service": "2026-01"}
    coming: dict[str, Any] = {"site": "d", "item": "tx", "count": 2, "in_service": "2028-01", "tax_basis_musd": 0.5, "due_musd": 1.2}
    return [
        *({"id": f"{item}-{s}", "site": s, "item": item, "count": n} | since for s, items in counted.items() for item, n in items.items()),
        *({"id": f"{item}-{s}", "site": s, "item": item, "it_mw": mw} | since for s, items in fleets.items() for item, mw in items.items()),
        coming | {"id": "next", "cancellable": True},
    ]


def valid_plan() -> Plan:
    """`b` is bought at month 6 and furnished, `c` mines until it is sold at month 24, `d` has a tenant with 2N and machines with N+1."""
    spans = (*QUARTERS, *YEARS)
    decisions: dict[str, dict[Any, float]] = {
        "built_modules": {("a", "shed", "2027Q3"): 1, ("b", "shed", "2027Q4"): 1},
        "bought_mw": {("b", "new", "2028"): 4.0},
        "hosted_mw": {("a", "shed", "old", t): 15.0 for t in spans}
        | {("d", "shed", "old", t): 10.0 for t in spans}
        | {("c", "shed", "old", t): 5.0 for t in (*QUARTERS, "2028")}
        | {("a", "suite", "heat", t): 10.0 for t in spans if t != "2027Q1"}
        | {("d", "twin", "heat", t): 3.0 for t in YEARS}
        | {("b", "shed", "new", t): 4.0 for t in YEARS},
        "started": {("vaulted", "d", "vault", "2027Q3"): 1},
        "upgraded": {("a-up", "2027Q2"): 1, ("b-up", "2027Q4"): 1},
        "delivered_units": {("b", "tx", "2027Q4"): 1, ("b", "br", "2027Q4"): 1},
        "cancelled_units": {("next",): 1},
        "opened": {("b", "2027Q3"): 1},
        "sold": {("c", "2029"): 1},
        "commissioned_units": {("b", "gas", "2028"): 1},
    }
    return Plan(instance="sites", decisions=decisions)


def _enter(family: str, *index: str) -> Changes:
    """One thing more enters service."""
    return {family: {index: 1}}


ABSENT = (
    Breach("6.1", "an approval is no upgrade", _enter("upgraded", "a-approved", "2028"), "1"),
    Breach("1.1", "what stands cannot be cancelled", _enter("cancelled_units", "tx-d"), "1"),
    Breach("1.1", "halls that stand neither", _enter("cancelled_units", "shed-d"), "1"),
    Breach("11.1", "a site that is owned", _enter("opened", "a", "2028"), "1"),
    Breach(
        "11.1",
        "before the offer (month 3)",
        {"opened": {("b", "2027Q3"): None, ("b", "2027Q1"): 1}},
        "1",
        ("11.4", "11.5", "11.6", "11.13", "11.14"),
    ),
    Breach("11.1", "after the offer (month 12)", _enter("opened", "b", "2029"), "1"),
    Breach("11.2", "a site that is not for sale", _enter("sold", "a", "2028"), "1"),
    Breach("11.2", "before it is for sale (month 6)", {"sold": {("c", "2029"): None, ("c", "2027Q2"): 1}}, "1"),
)
"""Decisions at an index that MATHS.md does not state."""

DOMAIN = (
    # U of b is 30 MW and D is 8 MW: 76 MW are four units of 20 MW, or eight of 10 MW
    Breach("6.5", "twice all that b may draw, and one", {"delivered_units": {("b", "tx", "2029"): 6}}, "1"),
    Breach("6.5", "the same for breakers", {"delivered_units": {("b", "br", "2029"): 10}}, "1"),
    Breach("1.1", "two are to come", {"cancelled_units": {("next",): 3}}, "1", ("6.7",)),
    Breach("1.1", "half a unit", {"cancelled_units": {("next",): 0.5}}, "0.5"),
    Breach("1.1", "less than none", {"cancelled_units": {("next",): -1}}, "1"),
    Breach("11.1", "half a site", {"opened": {("b", "2027Q4"): 0.5}}, "0.5"),
    Breach("11.1", "less than none", {"opened": {("b", "2028"): -1}}, "1", ("11.6", "11.14")),
    Breach("11.2", "half a site", {"sold": {("c", "2029"): 0.5}}, "0.5"),
    Breach("11.2", "less than none", {"sold": {("c", "2028"): -1}}, "1"),
)
"""Values outside their domain or their natural bound."""

ROWS = (
    Breach("2.12", "12 MW may go to AI", {"hosted_mw": {("a", "suite", "heat", "2028"): 12.5}}, "0.5"),
    Breach("2.12", "no AI at a before month 3", {"hosted_mw": {("a", "suite", "heat", "2027Q1"): 0.5}}, "0.5"),
    Breach("2.12", "no AI at d before month 6", {"hosted_mw": {("d", "suite", "heat", "2027Q2"): 0.5}}, "0.5"),
    Breach("2.13", "10 MW may be started at a in 2027Q2", {"built_modules": {("a", "shed", "2027Q3"): 2}}, "10"),
    Breach("2.13", "40 MW in 2028, when 30 may be started at a and 25 in all", {"built_modules": {("a", "shed", "2029"): 4}}, "15"),
    Breach("2.13", "20 MW besides the 10 of b, in 2027Q3", {"built_modules": {("d", "shed", "2027Q4"): 2}}, "5"),
    Breach(
        "2.13",
        "a lot brings 10 MW, two new modules 20",
        {"converted_lots": {("turn", "shed-c", "2028"): 1}, "built_modules": {("d", "shed", "2028"): 2}},
        "5",
    ),
    Breach("2.11", "nothing stands once c is sold", {"hosted_mw": {("c", "shed", "old", "2029"): 0.5}}, "0.5", ("6.4",)),
    Breach("4.7", "9 x 1.25 MW, twice, on 20 MVA", _enter("started", "large", "c", "vault", "2028"), "2.5", ("6.7",)),
    # at d 10 x 1.1 of mines and twice 4 x 1.25 of the tenant, from 2028 on 3 x 1.25 of machines and one unit in reserve
    Breach("6.7", "11 + 10 + 3.75 on 60 MVA less 20 that are cancelled, less 20 in reserve", {"cancelled_units": {("next",): 2}}, "4.75"),
    Breach("6.7", "11 + 10 + 1.25 on 40 MVA less 20 in reserve", {"hosted_mw": {("d", "twin", "heat", "2027Q4"): 1.0}}, "2.25"),
    Breach(
        "6.7",
        "25 x 1.1 + 10 + 3.75 on 70 MVA, of which the larger unit is in reserve",
        {
            "cancelled_units": {("next",): 2},
            "delivered_units": {("d", "big", "2028"): 1},
            "hosted_mw": {("d", "shed", "old", "2028"): 25.0},
        },
        "1.25",
    ),
    Breach("6.7", "4.4 MW at b without a breaker", {"delivered_units": {("b", "br", "2027Q4"): None}}, "4.4"),
    Breach("6.8", "two slots for all sites in 2027", {"delivered_units": {("a", "tx", "2027Q2"): 1, ("d", "tx", "2027Q2"): 1}}, "1"),
    Breach("6.10", "1.25 x 4.5 and 5 MW of the tenant on 10 firm ones", {"hosted_mw": {("d", "twin", "heat", "2028"): 4.5}}, "0.625"),
    Breach("6.11", "60 MW at a, 55 are approved", _enter("upgraded", "a-two", "2028"), "5"),
    Breach("6.11", "60 MW at a, 50 are approved in 2027", _enter("upgraded", "a-two", "2027Q4"), "10"),
    Breach("11.1", "bought at month 6 and again at month 9", _enter("opened", "b", "2027Q4"), "1"),
    Breach("11.2", "sold in 2028 and again in 2029", _enter("sold", "c", "2028"), "1", ("2.11", "6.4")),
    Breach("11.4", "ordered at month 3", {"upgraded": {("b-up", "2027Q4"): None, ("b-up", "2027Q3"): 1}}, "1"),
    Breach("11.5", "ordered at month 3", {"commissioned_units": {("b", "gas", "2028"): None, ("b", "gas", "2027Q4"): 1}}, "1"),
    Breach("11.6", "works from month 3", _enter("built_modules", "b", "shed", "2027Q3"), "10"),
    Breach("11.13", "a module for a site that is sold", _enter("built_modules", "c", "shed", "2029"), "1"),
    Breach("11.13", "an upgrade for a site that is sold", _enter("upgraded", "c-up", "2029"), "1"),
    Breach("11.13", "a lot at a site that is sold", _enter("converted_lots", "turn", "shed-c", "2029"), "1"),
    Breach("11.13", "a unit for a site that is sold", _enter("delivered_units", "c", "tx", "2029"), "1"),
    Breach("11.13", "a module of a site that is sold is given up", _enter("retired_modules", "shed-c", "2029"), "1"),
    Breach("11.13", "a unit for a site that is not bought yet", _enter("delivered_units", "b", "br", "2027Q2"), "1"),
    Breach("11.14", "machines for a site that is not bought yet", {"bought_mw": {("b", "new", "2027Q2"): 0.5}}, "0.5"),
    Breach("11.14", "machines for a site that is sold", {"bought_mw": {("c", "new", "2029"): 0.5}}, "0.5"),
)
"""Rows of sections 2, 4, 6 and 11."""

BREACHES = ABSENT + DOMAIN + ROWS
