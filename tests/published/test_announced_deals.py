"""Announced leases and a compute contract as portfolios of one site; what was published about them is read from the public tables."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from planner import Run
from tests.published.announced import Deal, deal
from tests.tiny import accepts, facility, gpu, gpu_market, hall, lease, meter, power_price, room, site, solved, standing, tiny, years

RISE = 0.03
UPKEEP_MUSD_PER_MW_YEAR = 0.05
"""Upkeep of a hall, which a tenant of a triple net lease bears and a landlord under a modified gross one has in his share of cost."""


def first_rent(of: Deal) -> float:
    """USD per kW and month that with the rise of each year add up to the announced total."""
    terms = sum((1 + RISE) ** year for year in range(int(of.inputs["years"])))
    return of.inputs["total_musd"] * 1e6 / (of.inputs["it_mw"] * 12_000 * terms)


def signed(of: Deal, kind: str = "modified_gross", **parts: Any) -> Run:
    """The deal as a mandatory lease that fills one hall from the first month, over its whole term."""
    mw = of.inputs["it_mw"]
    upkeep = UPKEEP_MUSD_PER_MW_YEAR * mw if kind == "triple_net" else 0.0
    capex = of.inputs.get("capex_musd", 0.0)
    tables = {
        "periods": years(int(of.inputs["years"])),
        "finance": {"opening_cash_musd": 5000.0, "discount_rate_fraction": 0.12},
        "sites": [site(land_it_mw=mw)],
        "grid": [meter(mw=mw)],
        "halls": [hall(module_it_mw=mw, buildable=True, capex_musd_per_module=capex, fixed_cost_musd_per_module_year=upkeep)],
        "leases": [
            lease(
                mandatory=True,
                kind=kind,
                it_mw=mw,
                drop_dead="2027-01",
                term_months=12 * int(of.inputs["years"]),
                rent_usd_per_kw_month=first_rent(of),
                escalator_fraction=RISE,
                cost_fraction=1 - of.inputs["noi_fraction"],
            )
        ],
        "lease_sites": [accepts()],
    }
    return solved(tiny(**(tables | parts)))


def noi(run: Run) -> float:
    """M$ a year on average: rent and all that the lease and its hall cost."""
    cash = run.tables["cash_flow"]
    lines = ("revenue_colocation_musd", "lease_cost_musd", "triple_net_musd", "hall_cost_musd")
    return float(cash[list(lines)].sum(axis=1).mean())


def kpi(run: Run, name: str) -> float:
    """A key figure."""
    value = run.tables["kpis"].set_index("kpi").loc[name, "value"]
    assert not pd.isna(value)
    return float(value)


@pytest.mark.parametrize(("name", "kind"), [("K7", "triple_net"), ("K8", "triple_net"), ("K9", "modified_gross")])
def test_the_noi_of_announced_leases(name: str, kind: str) -> None:
    """K7-K9: 454 and 655 M$ a year at River Bend and Beacon Point, 315 in TeraWulf's CB-3 and CB-4.

    Were the upkeep of the hall left to the landlord of Beacon Point, 636 M$ would be out of the band.
    """
    of = deal(name)
    run = signed(of, kind)
    assert of.band[0] <= noi(run) <= of.band[1]
    assert noi(run) == pytest.approx(of.inputs["total_musd"] / of.inputs["years"] * of.inputs["noi_fraction"])


def test_the_yield_on_cost_of_a_retrofit() -> None:
    """K10: 25 M$ a year on 89.8 M$ of retrofit are 28 %."""
    of = deal("K10")
    run = signed(of)
    assert kpi(run, "capex_total_musd") == pytest.approx(of.inputs["capex_musd"])
    assert of.band[0] <= noi(run) / kpi(run, "capex_total_musd") <= of.band[1]


def test_loan_to_cost() -> None:
    """K11: a lender of 80 % of cost, up to 2 bn$, lends 1.4 of Galaxy's 1.75 bn$; the owners' 350 M$ come first."""
    of = deal("K11")
    loan = facility(kind="project", limit_musd=2000.0, advance_fraction=of.published[0], equity_first=True, dscr_ratio=1.4)
    loan |= {"maturity": "2043-01"}
    hall_of = hall(module_it_mw=of.inputs["it_mw"], buildable=True, capex_musd_per_module=of.inputs["capex_musd"], build_months=12)
    begin = {"start": "2026-01", "periods": [{"months": 3, "count": 4}, *years(15)], "power_prices": [power_price(from_year=2026)]}
    run = signed(of, halls=[hall_of], debt=[loan], grid=[meter(mw=of.inputs["it_mw"], from_month="2026-01")], **begin)
    debt = run.tables["debt"].set_index("period")
    assert debt["drawn_musd"].sum() == pytest.approx(of.inputs["debt_musd"])
    assert debt["drawn_musd"].sum() / kpi(run, "capex_total_musd") == pytest.approx(of.published[0])
    owners_musd = of.inputs["capex_musd"] - of.inputs["debt_musd"]
    assert debt["drawn_musd"].iloc[0] == pytest.approx(of.inputs["capex_musd"] / 4 - owners_musd)


def contracted(of: Deal, prepaid: bool, built: bool) -> Run:
    """IREN's clusters, ordered and paid a month before five years of the contract, in a hall that stands or is built in that month."""
    mw, capex = of.inputs["it_mw"], of.inputs["capex_musd"]
    yearly = of.inputs["total_musd"] / of.inputs["years"]
    customer = {
        "id": "microsoft", "customer": "Microsoft", "gpu": "gpu", "it_mw": mw, "mandatory": True, "ready_by": "2027-01",
        "drop_dead": "2027-01", "term_months": 60, "usd_per_gpu_hour": yearly * 1e6 / (mw * 380 * 8760), "prepaid_months": 1,
        "prepayment_musd": of.inputs["prepayment_musd"] if prepaid else 0.0,
    }  # fmt: skip
    cluster = gpu(
        cluster_it_mw=mw, gpus_per_mw=380, capex_musd_per_mw=capex / mw, deposit_fraction=1.0, lead_months=1,
        opex_musd_per_mw_year=(1 - of.inputs["noi_fraction"]) * yearly / mw,
    )  # fmt: skip
    hall_of = room(module_it_mw=mw, buildable=built, capex_musd_per_module=of.inputs["hall_musd"], build_months=1)
    return solved(
        tiny(
            start="2026-12",
            periods=[{"months": 1, "count": 1}, *years(5)],
            finance={"opening_cash_musd": 20_000.0},
            sites=[site(land_it_mw=mw)],
            grid=[meter(mw=mw, from_month="2026-12")],
            power_prices=[power_price(from_year=2026)],
            halls=[hall_of],
            opening=[] if built else [standing("room", in_service="2026-12")],
            gpu_models=[cluster],
            gpu_market=[gpu_market(from_year=2026, market_it_mw=0)],
            gpu_contracts=[customer],
        )
    )


def test_the_rates_of_return_of_a_compute_contract() -> None:
    """K12: 19 % with the prepayment, 13 % without, -3 % with a hall that is worth nothing after five years: sign and order.

    The published rates take each year's flow at its end, the planner in its middle: its rates are higher where they are above zero.
    """
    of = deal("K12")
    found = [kpi(contracted(of, *case), "irr_fraction") for case in ((True, False), (False, False), (True, True))]
    assert found == sorted(found, reverse=True)
    assert [rate > 0 for rate in found] == [rate > 0 for rate in of.published]
    assert found[0] > of.published[0]
    assert found[1] > of.published[1]
