"""Section 5, HPC: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

from typing import Any

import pytest

from planner_models.schema import Instance
from tests.tiny import (
    accepts,
    chosen,
    gpu,
    gpu_market,
    hall,
    lease,
    meter,
    near,
    power_price,
    room,
    site,
    solved,
    standing,
    state,
    tiny,
    worth,
    years,
)


def compute(**parts: Any) -> Instance:
    """A standing room of 1 MW and a cluster on offer, which earns 8.76 M$ in 2027 and costs 1; `parts` as for `tiny`."""
    tables: dict[str, Any] = {"halls": [room()], "gpu_models": [gpu()], "gpu_market": [gpu_market()], "opening": [standing("room")]}
    return tiny(**(tables | parts))


def test_clusters_arrive_after_their_lead() -> None:
    """(5.1), (10.5), (10.7): 3 months of lead: 2 clusters from April: 2·6.6 - 2: 111.2. Without lead 115.52.

    30 % is paid at order in the first quarter, 70 % in the second.
    """
    run = solved(compute(gpu_models=[gpu(lead_months=3)], opening=[standing("room", count=2)]))
    assert worth(run) == near(111.2)
    assert chosen(run, "deployed_clusters", "site", "room", "gpu", "2027Q2") == 2
    assert state(run, "capex_musd", "site", "2027Q1") == near(0.6)
    assert state(run, "capex_musd", "site", "2027Q2") == near(1.4)


def test_clusters_are_whole() -> None:
    """(5.1): a room of 1.5 MW takes one cluster of 1 MW: 100 + 8.76 - 1 = 107.76. In fractions 1.5·7.76: 111.64."""
    assert worth(solved(compute(halls=[room(module_it_mw=1.5)]))) == near(107.76)


def test_a_cluster_fills_its_room_in_every_period_it_touches() -> None:
    """(5.3), (5.4), (10.1): clusters live 4 months and cost 0.1; the room holds one at a time, a whole quarter each.

    January: 2.16 + 2.184/3; July: 2.208 + 2.208/3; together 5.832 - 0.2: 105.632. (April and October: 5.128 - 0.2.)
    If a cluster held the room by its mean or not at all, one more would come each quarter; sold all through its second quarter, 8.56.
    """
    run = solved(compute(gpu_models=[gpu(life_months=4, capex_musd_per_mw=0.1)]))
    assert worth(run) == near(105.632)
    assert chosen(run, "deployed_clusters", "site", "room", "gpu", "2027Q3") == 1
    assert state(run, "cluster_mw", "site", "room", "2027Q2") == near(1)
    assert chosen(run, "sold_mw", "site", "room", "gpu", "2027Q2") == near(1 / 3)


def test_only_deployed_megawatts_are_sold() -> None:
    """(5.4): a market of 10 MW, one cluster: 107.76. Without the rule 10 MW are sold from none: 187.6."""
    run = solved(compute())
    assert worth(run) == near(107.76)
    assert chosen(run, "sold_mw", "site", "room", "gpu", "2027Q4") == near(1)


def test_all_sites_share_the_market() -> None:
    """(5.5): buyers for 1.5 MW, two sites with a room each: two clusters sell 1.5 MW: 100 + 13.14 - 2. Without the rule 115.52."""
    run = solved(
        compute(
            sites=[site(), site(id="north")],
            grid=[meter(), meter(id="north_meter", site="north")],
            opening=[standing("room"), standing("room", id="north_room", site="north")],
            gpu_market=[gpu_market(market_it_mw=1.5)],
        )
    )
    assert worth(run) == near(111.14)


def test_the_market_of_a_period_is_the_mean_of_its_years() -> None:
    """Section 1, yearly series; (5.5), (10.5): 1 USD and 10 MW from 2027, 0.5 USD and 0.5 MW from 2029.

    The period 2028-2029 takes 0.75 USD and 5.25 MW.

    One cluster: 8.76 + 17544 h·750 = 13.158, less 1: 120.918. At the figures of 2028 alone 125.304; with the limit of 2029 alone 114.339.
    """
    run = solved(
        compute(
            periods=[{"months": 12, "count": 1}, {"months": 24, "count": 1}],
            gpu_market=[gpu_market(), gpu_market(from_year=2029, usd_per_gpu_hour=0.5, market_it_mw=0.5)],
        )
    )
    assert worth(run) == near(120.918)


def test_revenue_energy_and_operation_of_a_cluster() -> None:
    """(10.4), (10.5), (10.6): in 2027 half of the hours sell: 4.38; draw 1.25·0.8 = 1 MW at 100 USD per MWh: 0.876.

    In 2028 the market is closed: no revenue, no energy, but operation (1.2 a year, growing 10 %) runs on what is deployed: 1.2 + 1.32.
    100 + 4.38 - 0.876 - 2.52 - 0.5 (price) = 100.484. Operation of sold megawatts only: 101.804; of 2028 at 2027 cost: 100.604.
    """
    cluster = gpu(utilisation_fraction=0.5, load_factor_fraction=0.8, opex_musd_per_mw_year=1.2, capex_musd_per_mw=0.5)
    run = solved(
        compute(
            periods=years(2),
            finance={"cost_inflation_fraction": 0.1},
            halls=[room(pue_peak=1.25, pue_average=1.25)],
            gpu_models=[cluster],
            gpu_market=[gpu_market(), gpu_market(from_year=2028, market_it_mw=0)],
            power_prices=[power_price(usd_per_mwh=100)],
        )
    )
    assert worth(run) == near(100.484)
    assert state(run, "revenue_musd", "site", "2027") == near(4.38)
    assert state(run, "energy_cost_musd", "site", "2027") == near(0.876)
    assert state(run, "operating_musd", "site", "2028") == near(1.32)


def test_operation_ends_with_the_life_of_the_cluster() -> None:
    """(5.4), (10.6): clusters live 6 months and cost 2.4 a year to operate, so each half of the year needs its own: 8.76 - 2 - 2.4: 104.36.

    If the first were paid on after its life: 103.16; if it lived on: 105.36.
    """
    run = solved(compute(gpu_models=[gpu(life_months=6, opex_musd_per_mw_year=2.4)]))
    assert worth(run) == near(104.36)
    assert state(run, "operating_musd", "site", "2027Q3") == near(0.6)


def test_the_residual_of_a_cluster_falls_over_its_life() -> None:
    """(10.9): bought in January for 1 with 36 months of life, 60 % on resale: 24/36·0.6 = 0.4: 100 + 8.76 - 1 + 0.4 = 108.16."""
    cluster = gpu(life_months=36, residual_fraction=0.6)
    run = solved(compute(gpu_models=[cluster], finance={"exit_cost_fraction": 0.0}))
    assert worth(run) == near(108.16)
    assert state(run, "terminal_musd", "site") == near(0.4)


def test_clusters_and_tenants_share_a_hall() -> None:
    """(2.10), (10.1): a room of 1 MW: a cluster nets 7.76, a tenant pays 12: the tenant: 112. Without the rule both: 119.76."""
    run = solved(compute(leases=[lease(product="turnkey")], lease_sites=[accepts()]))
    assert worth(run) == near(112)


@pytest.mark.parametrize(("product", "value"), [("turnkey", 107.76), ("powered_shell", 100.0)])
def test_clusters_need_halls_of_their_product(product: str, value: float) -> None:
    """(5.1): the room is turnkey; a cluster that asks for a shell finds none."""
    assert worth(solved(compute(halls=[room(), hall()], gpu_models=[gpu(product=product)]))) == near(value)
