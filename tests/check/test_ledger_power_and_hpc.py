"""Ledgers of power and GPU clusters worked out by hand: dates inside periods, long leads, yearly series over several years."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from planner.check import verify
from planner.plan import Plan
from tests.check.hand import SHELL, SITE, Decisions, expect, expect_entries, ledger_of, small

FOUR_QUARTERS_AND_A_YEAR = [{"months": 3, "count": 4}, {"months": 12, "count": 1}]
UPGRADE = {"from_month": "2027-03", "lead_months": 4, "cost_musd": 8, "deposit_fraction": 0.25, "tax_life_months": 80}


def powered() -> dict[str, Any]:
    return {
        "periods": FOUR_QUARTERS_AND_A_YEAR,
        "sites": [SITE | {"energised_musd_per_mw": 0.5}],
        "grid": [
            {"id": "now", "site": "s", "kind": "energised", "mw": 20, "from_month": "2026-06"},
            {"id": "soon", "site": "s", "kind": "energised", "mw": 10, "from_month": "2027-05"},
            {"id": "more", "site": "s", "kind": "upgrade", "mw": 30} | UPGRADE,
        ],
        "equipment": [{"id": "tx", "mva": 10, "cost_musd": 1.2, "deposit_fraction": 0.5, "lead_months": 3, "tax_life_months": 24}],
        "opening": [
            {"id": "t1", "site": "s", "item": "tx", "count": 2, "in_service": "2026-01"},
            {"id": "t2", "site": "s", "item": "tx", "count": 1, "in_service": "2027-02", "tax_basis_musd": 2.4},
        ],
    }


ORDERS: Decisions = {"upgraded": {("more", "2027Q3"): 1}, "delivered_units": {("s", "tx", "2027Q4"): 2}}


def test_power_that_arrives_inside_a_period_counts_from_the_next() -> None:
    """20 MW stand, 10 come in May 2027 (inside Q2, so from Q3), 30 by the upgrade at Q3 (on offer from March, which
    adds nothing by itself). 20 MVA stand, 10 come in February 2027 (from Q2), 20 are delivered at Q4. At the horizon 60 MW are
    worth 0.5 each.
    """
    found = ledger_of(small(**powered()), ORDERS)
    grid = {"2027Q1": "20", "2027Q2": "20", "2027Q3": "60", "2027Q4": "60", "2028": "60"}
    expect(found, "grid_mw", {("s", t): mw for t, mw in grid.items()})
    mva = {"2027Q1": "20", "2027Q2": "30", "2027Q3": "30", "2027Q4": "50", "2028": "50"}
    expect(found, "installed_mva", {("s", t): size for t, size in mva.items()})
    expect(found, "terminal_musd", {"s": "30"})


def test_deposits_fall_to_the_order_and_balances_to_delivery() -> None:
    """The upgrade (8 M$, a quarter down) is ordered at month 2: 2 in Q1, 6 in Q3. Two units (2.4 M$, half down) are ordered at month 6:
    1.2 in Q3 and 1.2 in Q4. All bases run at 0.1 a month: the upgrade's from month 6, the units' from 9, the 2.4 of `t2` from month 1.
    Months by period: 0+0+2, 0+0+3, 3+0+3, 3+3+3, 12+12+12; at month 24 62, 9 and 1 months are left.
    """
    found = ledger_of(small(**powered()), ORDERS)
    expect(found, "capex_musd", {("s", "2027Q1"): "2", ("s", "2027Q3"): "7.2", ("s", "2027Q4"): "1.2"})
    expect_entries(found, "capex", "grid", {("more", "2027Q1"): "2", ("more", "2027Q3"): "6"})
    expect_entries(found, "capex", "equipment", {("tx", "2027Q3"): "1.2", ("tx", "2027Q4"): "1.2"})
    written = {"2027Q1": "0.2", "2027Q2": "0.3", "2027Q3": "0.6", "2027Q4": "0.9", "2028": "3.6"}
    expect(found, "depreciation_musd", {("s", t): musd for t, musd in written.items()})
    expect(found, "final_basis_musd", {"s": "7.2"})


def test_transformers_carry_their_loading_limit() -> None:
    """One unit of 10 MVA at 80 %; 5 MW at a PUE of 1.5 and a power factor of 0.9 are 7.5 / 0.9 MVA, a third above 8."""
    lease = {"id": "l", "tenant": "A", "product": "powered_shell", "it_mw": 5, "ready_by": "2028-01", "rent_usd_per_kw_month": 1}
    parts = powered() | {
        "sites": [SITE | {"power_factor": 0.9, "loading_limit_fraction": 0.8}],
        "halls": [SHELL],
        "leases": [lease | {"term_months": 12}],
        "lease_sites": [{"lease": "l", "site": "s"}],
        "opening": [{"id": i, "site": "s", "item": i, "count": 1, "in_service": "2026-01"} for i in ("tx", "shell")],
    }
    found = verify(small(**parts), Plan("small", {"started": {("l", "s", "shell", "2028"): 1}}))
    assert {(v.tag, v.amount) for v in found.violations} == {("4.7", Fraction(1, 3)), ("6.7", Fraction(1, 3))}


def clusters() -> dict[str, Any]:
    prices = ((2027, "day", 0.5, 40), (2027, "night", 0.5, 20), (2030, "day", 0.25, 80), (2030, "night", 0.75, 20))
    market = ((2027, 2, 10), (2029, 3, 4), (2030, 1, 8))
    return {
        "periods": [{"months": 3, "count": 8}, {"months": 24, "count": 1}],
        "power_prices": [{"market": "spot", "from_year": y, "block": b, "hours_fraction": h, "usd_per_mwh": p} for y, b, h, p in prices],
        "gpu_market": [{"gpu": "gpu", "from_year": y, "usd_per_gpu_hour": p, "market_it_mw": mw} for y, p, mw in market],
        "halls": [{"id": "dc", "product": "turnkey", "module_it_mw": 2, "pue_peak": 1.3, "pue_average": 1.2, "buildable": False}],
        "opening": [{"id": "c", "site": "s", "item": "dc", "count": 4, "in_service": "2026-01"}],
        "gpu_models": [
            {
                "id": "gpu",
                "cluster_it_mw": 2,
                "gpus_per_mw": 500,
                "capex_musd_per_mw": 20,
                "deposit_fraction": 0.3,
                "lead_months": 13,
                "life_months": 30,
                "tax_life_months": 50,
                "utilisation_fraction": 0.8,
                "load_factor_fraction": 0.9,
                "residual_fraction": 0.6,
                "opex_musd_per_mw_year": 0.5,
            }
        ],
        "finance": {"cost_inflation_fraction": 0.1},
    }


DEPLOYED: Decisions = {
    "deployed_clusters": {("s", "dc", "gpu", "2028Q2"): 2, ("s", "dc", "gpu", "2029-2030"): 1},
    "sold_mw": {("s", "dc", "gpu", "2028Q2"): 4.0, ("s", "dc", "gpu", "2029-2030"): 5.5},
}


def test_clusters_with_a_lead_of_thirteen_months() -> None:
    """Two clusters (80 M$) for month 15 are ordered at month 2, in 2027Q1: 24 then, 56 in 2028Q2. One (40 M$) for month 24 at month 11, in
    2027Q4: 12, and 28 in 2029-2030. Written off over 50 months, 1.6 and 0.8 a month: 4.8 a quarter from 2028Q2; 24 x 2.4 in 2029-2030;
    17 x 1.6 + 26 x 0.8 = 48 left. The two live to month 45, the one to 54, 6 of 30 months beyond the horizon: 40 x 0.6 x 0.2 = 4.8.
    """
    found = ledger_of(small(**clusters()), DEPLOYED)
    expect(found, "capex_musd", {("s", "2027Q1"): "24", ("s", "2027Q4"): "12", ("s", "2028Q2"): "56", ("s", "2029-2030"): "28"})
    written = {"2028Q2": "4.8", "2028Q3": "4.8", "2028Q4": "4.8", "2029-2030": "57.6"}
    expect(found, "depreciation_musd", {("s", t): musd for t, musd in written.items()})
    expect(found, "final_basis_musd", {"s": "48"})
    expect(found, "terminal_musd", {"s": "4.8"})
    occupied = {"2028Q2": "4", "2028Q3": "4", "2028Q4": "4", "2029-2030": "6"}
    expect(found, "cluster_mw", {("s", "dc", t): mw for t, mw in occupied.items()})
    expect(found, "resident_mw", {("s", "dc", t): mw for t, mw in occupied.items()})


def test_sales_at_the_mean_of_the_years_of_a_long_period() -> None:
    """2028Q2: 4 MW x 500 x 0.8 x 2184 h x 2 USD = 6.9888 M$. 2029-2030: mean price 2 USD, market 6 MW; two clusters work 21 of 24 months
    (3.5 MW on average), the third throughout: 5.5 MW x 400 x 17,520 h x 2 = 77.088.
    Operation 0.5 M$ per MW and year: 4 MW x 1/4 x 1.1 = 0.55 a quarter; 5.5 x 2 years x 1.21 x 0.5 = 6.655.
    Draw 1.2 x 0.9 per MW: 4.32 and 5.94 MW. Energy 2028Q2: 4.32 x 2184 x (0.5 x 40 + 0.5 x 20). 2029-2030: hours and prices are means by
    block, 0.375 at 60 and 0.625 at 20, 35 USD in all: 5.94 x 17,520 x 35.
    """
    found = ledger_of(small(**clusters()), DEPLOYED)
    expect(found, "revenue_musd", {("s", "2028Q2"): "6.9888", ("s", "2029-2030"): "77.088"})
    operation = {("gpu", "2028Q2"): "0.55", ("gpu", "2028Q3"): "0.55", ("gpu", "2028Q4"): "0.55", ("gpu", "2029-2030"): "6.655"}
    expect_entries(found, "operating", "gpu", operation)
    draws = {(t, b): mw for t, mw in (("2028Q2", "4.32"), ("2029-2030", "5.94")) for b in ("day", "night")}
    expect(found, "draw_mw", {("s", t, b): mw for (t, b), mw in draws.items()})
    expect(found, "energy_cost_musd", {("s", "2028Q2"): "0.2830464", ("s", "2029-2030"): "3.642408"})
    expect_entries(found, "operating", "energy", {("gpu", "2028Q2"): "0.2830464", ("gpu", "2029-2030"): "3.642408"})


def test_hours_of_clusters_that_end_inside_a_period_are_not_for_sale() -> None:
    """Two clusters of 2 MW work 21 of the 24 months and a third all of them: 5.5 MW on average; 5.75 are a quarter too many."""
    plan = {**DEPLOYED, "sold_mw": {("s", "dc", "gpu", "2029-2030"): 5.75}}
    found = verify(small(**clusters()), Plan("small", plan))
    assert [(v.tag, v.amount) for v in found.violations] == [("5.4", Fraction(1, 4))]
