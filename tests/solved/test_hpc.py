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
from tests.tiny_machines import clusters, residual


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


@pytest.mark.parametrize(
    ("order_from", "period", "value"), [(None, "2027Q2", 105.6), ("2027-04", "2027Q3", 103.416), ("2027-05", "2027Q4", 101.208)]
)
def test_clusters_are_ordered_in_their_window(order_from: str | None, period: str, value: float) -> None:
    """(5.1): with 3 months of lead, clusters for sale from April on come in July: 4.416 - 1, from May on in October: 2.208 - 1.

    Without a window in April: 6.6 - 1; so too, if the month of service had to lie in it.
    """
    run = solved(compute(gpu_models=[gpu(lead_months=3, order_from=order_from)]))
    assert worth(run) == near(value)
    assert chosen(run, "deployed_clusters", "site", "room", "gpu", period) == 1


def test_a_vintage_is_a_row_with_its_window() -> None:
    """(5.1): clusters live 6 months; `early` costs 3 until January, `late` 0.5 from July on: 4.344 - 3 and 4.416 - 0.5: 105.26.

    Without windows two of `late`: 107.76; without that of `late` only (or with one for both) it is best at once too.
    """
    early, late = gpu(id="early", capex_musd_per_mw=3.0, order_to="2027-01"), gpu(id="late", capex_musd_per_mw=0.5, order_from="2027-07")
    run = solved(
        compute(
            gpu_models=[early | {"life_months": 6}, late | {"life_months": 6}],
            gpu_market=[gpu_market(gpu="early"), gpu_market(gpu="late")],
        )
    )
    assert worth(run) == near(105.26)
    assert chosen(run, "deployed_clusters", "site", "room", "early", "2027Q1") == 1
    assert chosen(run, "deployed_clusters", "site", "room", "late", "2027Q3") == 1


def test_hours_are_sold_some_months_after_service() -> None:
    """(5.3), (5.4): 2 months to revenue of a life of 11: 0.72 + 2.184 + 2.208 + 1.472 = 6.584, less 1 and operation of 0.1 a month for 11.

    Without the delay 105.924; were operation paid from the first revenue on 104.684.
    """
    run = solved(compute(gpu_models=[gpu(months_to_revenue=2, life_months=11, opex_musd_per_mw_year=1.2)]))
    assert worth(run) == near(104.484)
    assert chosen(run, "sold_mw", "site", "room", "gpu", "2027Q1") == near(1 / 3)
    assert state(run, "operating_musd", "site", "2027Q1") == near(0.3)
    assert state(run, "cluster_mw", "site", "room", "2027Q1") == near(1)


NO_MORE = gpu(lead_months=12)
"""Clusters that come too late for 2027."""


def test_clusters_of_the_opening_sell_their_hours() -> None:
    """(5.3), (5.4), (5.5), (10.6): in service since July 2026, with 8 months to revenue they sell from March on: 0.72 + 6.6.

    Operation of 1.2 is paid all year: 106.12; without the delay 107.56; counted from the start of the plan 101.744.
    """
    cluster = NO_MORE | {"months_to_revenue": 8, "opex_musd_per_mw_year": 1.2}
    run = solved(compute(gpu_models=[cluster], opening=[standing("room"), clusters(in_service="2026-07")]))
    assert worth(run) == near(106.12)
    assert state(run, "operating_musd", "site", "2027Q1") == near(0.3)


def test_clusters_of_the_opening_share_the_market() -> None:
    """(5.4), (5.5): one stands, another is bought, buyers take 1.5 MW: 13.14 - 1. For each by itself 116.52."""
    run = solved(compute(opening=[standing("room", count=2), clusters()], gpu_market=[gpu_market(market_it_mw=1.5)]))
    assert worth(run) == near(112.14)


@pytest.mark.parametrize(("until", "value"), [(None, 108.76), ("2027-07", 110.344), ("2027-08", 108.08)])
def test_clusters_of_the_opening_hold_their_hall_while_they_work(until: str | None, value: float) -> None:
    """(5.3), (2.10): a tenant would pay 1 M$ a month for the room of 1 MW, but the cluster stays: 8.76.

    It leaves in July: 4.344 + 6; in August: 5.08 + 3, as it holds the room all through the quarter that it touches. Were the cluster
    to need no room: 120.76.
    """
    run = solved(
        compute(
            gpu_models=[NO_MORE],
            opening=[standing("room"), clusters(until=until)],
            leases=[lease(product="turnkey")],
            lease_sites=[accepts()],
        )
    )
    assert worth(run) == near(value)


@pytest.mark.parametrize(
    ("in_service", "until", "value"), [("2026-01", None, 109.06), ("2026-01", "2028-07", 108.81), ("2022-01", None, 108.76)]
)
def test_clusters_of_the_opening_have_a_residual(in_service: str, until: str | None, value: float) -> None:
    """(10.9): 1 M$ per MW, 0.5 of it for a new one; 36 of 60 months left: 0.3; until July 2028 6, or 0.05; after 72 months nothing."""
    run = solved(
        compute(
            gpu_models=[NO_MORE | {"residual_fraction": 0.5, "life_months": 60 if in_service > "2025" else 72}],
            opening=[standing("room"), clusters(in_service=in_service, until=until)],
            finance={"exit_cost_fraction": 0.0},
        )
    )
    assert worth(run) == near(value)


def test_residuals_of_clusters_by_age() -> None:
    """Section 1, residual; (10.9): a new cluster is worth 0.8 of 1 M$, one of 24 months 0.2; at 12 months 0.5: 8.76 - 1 + 0.5.

    With 48 of 60 months left of the 0.8: 108.4.
    """
    run = solved(compute(residuals=[residual(0, 0.8, "gpu"), residual(24, 0.2, "gpu")], finance={"exit_cost_fraction": 0.0}))
    assert worth(run) == near(108.26)


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


@pytest.mark.parametrize(("market", "value"), [("gpu", 133.04), (None, 140.8)])
def test_generations_of_one_market_share_its_buyers(market: str | None, value: float) -> None:
    """(5.5): a room of 4 MW; buyers of 1 MW of clusters that earn 8.76 in 2027 and of 2 MW of newer ones that earn 17.52, all at 1 M$.

    In one market 2 MW are sold, of the newer: 100 + 35.04 - 2; in two 1 MW more: 7.76. Were the buyers of one market the fewest of its
    models' 116.52, were they all of them 149.56.
    """
    run = solved(
        compute(
            gpu_models=[gpu(), gpu(id="newer", market=market)],
            gpu_market=[gpu_market(market_it_mw=1), gpu_market(gpu="newer", usd_per_gpu_hour=2.0, market_it_mw=2)],
            opening=[standing("room", count=4)],
        )
    )
    assert worth(run) == near(value)
