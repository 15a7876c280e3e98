"""Ledgers of GPU clusters worked out by hand: long leads, months to revenue, clusters that stand at the start, residuals by age."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from planner.check import verify
from planner.plan import Plan
from tests.check.hand import Decisions, expect, expect_entries, ledger_of, small

GPU = {
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
HALL = {"id": "c", "site": "s", "item": "dc", "count": 4, "in_service": "2026-01"}
OLD = {"id": "old", "site": "s", "item": "gpu", "hall": "dc", "count": 1, "in_service": "2026-01"}


def clusters(*standing: dict[str, Any], **fields: Any) -> dict[str, Any]:
    prices = ((2027, "day", 0.5, 40), (2027, "night", 0.5, 20), (2030, "day", 0.25, 80), (2030, "night", 0.75, 20))
    market = ((2027, 2, 10), (2029, 3, 4), (2030, 1, 8))
    return {
        "periods": [{"months": 3, "count": 8}, {"months": 24, "count": 1}],
        "power_prices": [{"market": "spot", "from_year": y, "block": b, "hours_fraction": h, "usd_per_mwh": p} for y, b, h, p in prices],
        "gpu_market": [{"gpu": "gpu", "from_year": y, "usd_per_gpu_hour": p, "market_it_mw": mw} for y, p, mw in market],
        "halls": [{"id": "dc", "product": "turnkey", "module_it_mw": 2, "pue_peak": 1.3, "pue_average": 1.2, "buildable": False}],
        "opening": [HALL, *standing],
        "gpu_models": [GPU | fields],
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


def test_clusters_that_stand_at_the_start() -> None:
    """One has worked since January 2026 and lives to month 18, the end of 2028Q2; one comes in February 2027 and leaves in December 2028
    (`until`), 7 months before its life ends. In halls each counts for the whole of every quarter that it touches.

    Operation: 2 MW x 0.5 / 4 = 0.25 a quarter for each, the second 2/3 of it in 2027Q1 and in 2028Q4, times 1.1 in 2028. The 3.8 M$ of the
    first have 50 - 12 = 38 months to run. Nobody pays for them in the plan, and they are gone at the horizon.
    """
    leaving = OLD | {"id": "new", "in_service": "2027-02", "until": "2028-12"}
    instance = small(**clusters(OLD | {"tax_basis_musd": 3.8}, leaving))
    found = ledger_of(instance, {"sold_mw": {("s", "dc", "gpu", "2028Q2"): 4.0, ("s", "dc", "gpu", "2028Q4"): 1.333333}})
    quarters = ("2027Q1", "2027Q2", "2027Q3", "2027Q4", "2028Q1", "2028Q2", "2028Q3", "2028Q4")
    expect(found, "cluster_mw", {("s", "dc", t): "4" if t <= "2028Q2" else "2" for t in quarters})
    operation = {t: "0.5" for t in ("2027Q2", "2027Q3", "2027Q4")} | {"2028Q1": "0.55", "2028Q2": "0.55", "2028Q3": "0.275"}
    operation |= {"2027Q1": Fraction(5, 12), "2028Q4": Fraction(11, 60)}
    expect_entries(found, "operating", "gpu", {("gpu", t): musd for t, musd in operation.items()})
    expect(found, "depreciation_musd", {("s", t): "0.3" for t in quarters} | {("s", "2029-2030"): "1.4"})
    expect(found, "capex_musd", {})
    expect(found, "terminal_musd", {})
    late = verify(instance, Plan("small", {"sold_mw": {("s", "dc", "gpu", "2028Q4"): 1.5, ("s", "dc", "gpu", "2029-2030"): 0.5}}))
    assert [(v.tag, v.amount) for v in late.violations] == [("5.4", Fraction(1, 6)), ("5.4", Fraction(1, 2))]


def test_nothing_is_sold_before_the_months_to_revenue() -> None:
    """Four months of installation: the cluster of February 2027 (month 1) sells from month 5, a third of 2027Q2; the one of 2028Q2 (month
    15) from month 19, two thirds of 2028Q3. Both cost their operation from service: 2/3 of 0.25 in 2027Q1, and 0.55 for two from 2028Q2. In
    2029-2030 one has 7 and one 21 of 24 months: 28/24 of 2 years of 2 MW x 0.5 x 1.21.
    """
    instance = small(**clusters(OLD | {"in_service": "2027-02"}, months_to_revenue=4))
    ordered = {"deployed_clusters": {("s", "dc", "gpu", "2028Q2"): 1}}
    sold = {"2027Q2": 0.666666, "2028Q1": 2.0, "2028Q2": 2.0, "2028Q3": 3.333333, "2028Q4": 4.0}
    found = ledger_of(instance, ordered | {"sold_mw": {("s", "dc", "gpu", t): mw for t, mw in sold.items()}})
    operation = {"2027Q1": Fraction(1, 6)} | {t: "0.25" for t in ("2027Q2", "2027Q3", "2027Q4")} | {"2028Q1": "0.275"}
    operation |= {t: "0.55" for t in ("2028Q2", "2028Q3", "2028Q4")} | {"2029-2030": Fraction(28, 24) * Fraction("2.42")}
    expect_entries(found, "operating", "gpu", {("gpu", t): musd for t, musd in operation.items()})
    more = {"2027Q1": 0.5, "2027Q2": 0.75, "2028Q2": 2.5, "2028Q3": 3.5}
    broken = verify(instance, Plan("small", ordered | {"sold_mw": {("s", "dc", "gpu", t): mw for t, mw in more.items()}}))
    excess = {"2027Q1": Fraction(1, 2), "2027Q2": Fraction(1, 12), "2028Q2": Fraction(1, 2), "2028Q3": Fraction(1, 6)}
    assert {v.index[3]: v.amount for v in broken.violations if v.tag == "5.4"} == excess
    assert {v.tag for v in broken.violations} == {"5.4"}


def test_a_vintage_is_ordered_in_its_months_only() -> None:
    """With a lead of 4 months and orders from April to August 2027 (months 3 to 7), service begins in months 7 to 11: at 2027Q4, not at
    2027Q3 (ordered in month 2) and not at 2028Q1 (ordered in month 8).
    """
    window = {"order_from": "2027-04", "order_to": "2027-08"}
    instance = small(**clusters(lead_months=4, **window))
    assert verify(instance, Plan("small", {"deployed_clusters": {("s", "dc", "gpu", "2027Q4"): 1}})).ok
    for period in ("2027Q2", "2027Q3", "2028Q1"):
        found = verify(instance, Plan("small", {"deployed_clusters": {("s", "dc", "gpu", period): 1}}))
        assert [(v.tag, v.amount) for v in found.violations] == [("5.1", 1)]
    edges = small(**clusters(lead_months=4, order_from="2027-03", order_to="2027-03"))
    assert verify(edges, Plan("small", {"deployed_clusters": {("s", "dc", "gpu", "2027Q3"): 1}})).ok


def test_residuals_by_age_stand_in_place_of_a_straight_line() -> None:
    """Half a price at 12 months, a fifth at 24. At the horizon (month 48): a cluster of July 2029 is 18 months old, 0.35 between the two;
    one of July 2030 6 months, 0.5 as at 12; one of September 2028 28 months, 0.2 as at 24; one that leaves at the horizon is worth nothing,
    and one of July 2030 that leaves 6 months after it has 6 months left, as at an age of 24: 0.2. A cluster costs 40 M$.
    """
    rows = ({"item": "gpu", "age_months": age, "residual_fraction": share} for age, share in ((24, 0.2), (12, 0.5)))
    halls = HALL | {"count": 5}
    month = {"half": "2029-07", "young": "2030-07", "old": "2028-09", "gone": "2029-07", "short": "2030-07"}
    until = {"gone": {"until": "2031-01"}, "short": {"until": "2031-07"}}
    standing = [OLD | {"id": name, "in_service": day} | until.get(name, {}) for name, day in month.items()]
    found = ledger_of(small(**(clusters(residual_fraction=0) | {"opening": [halls, *standing], "residuals": list(rows)})), {})
    expect(found, "terminal_musd", {"s": Fraction(40) * Fraction("1.25")})
    expect_entries(found, "terminal", "gpu", {("gpu", ""): "50"})


def test_models_of_one_market_share_its_buyers() -> None:
    """Two generations in one market, of 4 MW for the older in 2028Q2 and 3 for the newer: 2 and 1.5 MW fit, 2 and 2.5 are 0.5 too many.

    In a market of its own each of them fits.
    """
    parts = clusters()
    market = [row for row in parts["gpu_market"] if row["from_year"] == 2027]
    parts["gpu_models"] = [GPU | {"market": "spot"}, GPU | {"id": "next", "market": "spot"}]
    parts["gpu_market"] = [market[0] | {"market_it_mw": 4}, market[0] | {"gpu": "next", "market_it_mw": 3}]
    built = {("s", "dc", name, "2028Q2"): 2 for name in ("gpu", "next")}

    def found(newer_mw: float, **fields: Any) -> list[tuple[str, tuple[str, ...], Fraction]]:
        models = [parts["gpu_models"][0], parts["gpu_models"][1] | fields]
        sold = {("s", "dc", "gpu", "2028Q2"): 2.0, ("s", "dc", "next", "2028Q2"): newer_mw}
        plan = Plan("small", {"deployed_clusters": built, "sold_mw": sold})
        cash = {"opening_cash_musd": 1000.0, "cost_inflation_fraction": 0.1}
        violations = verify(small(**parts | {"gpu_models": models, "finance": cash}), plan).violations
        return [(v.tag, v.index, v.amount) for v in violations]

    assert found(1.5) == []
    assert found(2.5) == [("5.5", ("spot", "2028Q2"), Fraction(1, 2))]
    assert found(2.5, market=None) == []
    assert found(3.5, market="gpu") == [("5.5", ("gpu", "2028Q2"), Fraction(1, 2))]
