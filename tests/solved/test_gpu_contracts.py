"""Section 5, compute contracts: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

from typing import Any

import pytest

from planner import solve
from tests.tiny import chosen, gpu, gpu_market, hall, meter, near, power_price, room, site, solved, standing, state, worth, years
from tests.tiny_deals import contract, serving
from tests.tiny_machines import clusters

QUARTERS = ("2027Q1", "2027Q2", "2027Q3", "2027Q4")
NO_CLUSTER = [standing("room")]
NO_DIVIDENDS = {"dividends_from": "2028-01"}
"""Cash stays where it is, so that a test may look at it."""


@pytest.mark.parametrize(("price", "value", "taken"), [(2.0, 117.52, 1), (0.9, 108.76, 0)])
def test_a_contract_is_taken_for_more_than_the_market_pays(price: float, value: float, taken: int) -> None:
    """(5.6), (5.8), (10.5): 17.52 at 2 USD per GPU-hour, or 8.76 on the market where the contract pays less."""
    run = solved(serving(gpu_contracts=[contract(usd_per_gpu_hour=price, drop_dead="2027-01")]))
    assert worth(run) == near(value)
    assert chosen(run, "contracted", "lab", "site", "room", "2027Q1") == taken
    assert state(run, "contracted_mw", "site", "room", "gpu", "2027Q2") == near(taken)
    assert chosen(run, "sold_mw", "site", "room", "gpu", "2027Q2") == near(1 - taken)


def test_a_contract_is_taken_once() -> None:
    """(5.6): for half a year: the second, of 4416 hours, at 2 USD and the first, of 4344, on the market: 113.176. Twice: 117.52."""
    run = solved(serving(gpu_contracts=[contract(term_months=6)]))
    assert worth(run) == near(113.176)
    assert chosen(run, "contracted", "lab", "site", "room", "2027Q3") == 1


@pytest.mark.parametrize(("mandatory", "value"), [(True, 104.38), (False, 108.76)])
def test_a_mandatory_contract_is_served_for_less(mandatory: bool, value: float) -> None:
    """(5.7): at 0.5 USD 4.38 when it must be served from January, where the market pays 8.76."""
    run = solved(serving(gpu_contracts=[contract(usd_per_gpu_hour=0.5, drop_dead="2027-01", mandatory=mandatory)]))
    assert worth(run) == near(value)


def test_a_mandatory_contract_without_clusters_is_infeasible() -> None:
    """(5.7), (5.4): 2 MW must be served from a room that holds a cluster of 1 MW: no plan; 1 MW is served."""
    owed = contract(mandatory=True)
    assert solve(serving(gpu_contracts=[owed | {"it_mw": 2}])).outcome == "infeasible"
    assert worth(solved(serving(gpu_contracts=[owed]))) == near(117.52)


def test_contracts_and_the_market_share_the_clusters() -> None:
    """(5.4): 0.4 MW at 2 USD and 0.6 on the market: 7.008 + 5.256. Were the market served besides: 115.768."""
    run = solved(serving(gpu_contracts=[contract(it_mw=0.4)]))
    assert worth(run) == near(112.264)
    assert [chosen(run, "sold_mw", "site", "room", "gpu", t) for t in QUARTERS] == [near(0.6)] * 4


def test_contracts_do_not_use_up_the_market() -> None:
    """(5.5): a market of 0.5 MW besides a contract for half of the cluster: 8.76 + 4.38. Were the contract part of the market: 108.76."""
    half = serving(gpu_contracts=[contract(it_mw=0.5)], gpu_market=[gpu_market(market_it_mw=0.5)])
    assert worth(solved(half)) == near(113.14)


@pytest.mark.parametrize(("modules", "value"), [(1, 108.76), (2, 129.66)])
def test_a_contract_is_taken_whole(modules: int, value: float) -> None:
    """(5.4), (2.10): 1.5 MW. The room holds one cluster, so the market has it; with a second module and cluster, for 1: 26.28 + 4.38 - 1.

    Were a part of the contract served by the one: 117.52.
    """
    opening = [standing("room", count=modules), clusters()]
    run = solved(serving(opening=opening, gpu_contracts=[contract(it_mw=1.5)]))
    assert worth(run) == near(value)


def test_a_contract_that_ends_inside_a_period_takes_its_share() -> None:
    """(5.4), (5.8): four months: all of the first quarter at 2 USD, a third of the second; the rest is sold: 4.32 + 1.456 + 1.456 + 4.416.

    Were the clusters held to the end of the quarter: 110.192; were it paid to the end: 113.104.
    """
    run = solved(serving(gpu_contracts=[contract(term_months=4, drop_dead="2027-01")]))
    assert worth(run) == near(111.648)
    assert state(run, "contracted_mw", "site", "room", "gpu", "2027Q2") == near(1 / 3)


def test_a_contract_waits_for_clusters_that_earn() -> None:
    """(5.4): a cluster for 1 that earns from its fourth month on: 6.6 MWh at 2 USD from April: 112.2. At once: 116.52."""
    run = solved(serving(opening=NO_CLUSTER, gpu_models=[gpu(months_to_revenue=3)]))
    assert worth(run) == near(112.2)
    assert chosen(run, "contracted", "lab", "site", "room", "2027Q2") == 1


def test_energy_of_a_contract_is_the_companys() -> None:
    """(10.4): 1 MW at a PUE of 1.25 and 80 % of load draws 1 MW at 100 USD per MWh, whatever the customer uses: 100 + 8.76 - 0.876.

    By what it uses (50 %): 108.322; passed through: 108.76.
    """
    run = solved(
        serving(
            halls=[room(pue_peak=1.25, pue_average=1.25)],
            gpu_models=[gpu(load_factor_fraction=0.8)],
            gpu_contracts=[contract(used_fraction=0.5)],
            gpu_market=[gpu_market(market_it_mw=0)],
            power_prices=[power_price(usd_per_mwh=100)],
        )
    )
    assert worth(run) == near(107.884)
    assert state(run, "draw_mw", "site", "2027Q3", "all") == near(1)


@pytest.mark.parametrize(
    ("used", "least", "value"), [(1.0, 0.0, 117.52), (0.6, 0.8, 114.016), (0.9, 0.8, 115.768), (0.4, 0.0, 108.76), (0.4, 0.6, 110.512)]
)
def test_a_customer_pays_for_what_it_uses_or_the_least(used: float, least: float, value: float) -> None:
    """(10.5): 17.52 times the larger of use and take-or-pay; at 40 % without a least the market is better."""
    terms = contract(used_fraction=used, take_or_pay_fraction=least, drop_dead="2027-01")
    assert worth(solved(serving(gpu_contracts=[terms]))) == near(value)


def test_utilisation_is_of_the_market_alone() -> None:
    """(10.5): half of the hours on the market sell; the contract pays for all of its own: 117.52. If it did too: 108.76."""
    assert worth(solved(serving(gpu_models=[gpu(utilisation_fraction=0.5)]))) == near(117.52)


@pytest.mark.parametrize(("musd", "term", "value"), [(16.0, 12, 2.52), (16.0, 24, 2.52), (12.0, 12, 0.0), (0.0, 12, 0.0)])
def test_a_prepayment_buys_the_clusters(musd: float, term: int, value: float) -> None:
    """(10.13), (8.7), (9.8): no cash, a cluster for 15, which earns 17.52. Of 16 paid ahead 12 are left at the end of the first quarter.

    4.32 + 12 - 15 is enough; of 12 only 9 are left, which is not. Over two years 8 are owed at the horizon; forgotten: 10.52.
    """
    offer = contract(prepayment_musd=musd, term_months=term, drop_dead="2027-01")
    parts: dict[str, Any] = {"opening": NO_CLUSTER, "gpu_models": [gpu(capex_musd_per_mw=15)], "gpu_contracts": [offer]}
    run = solved(serving(**parts, finance={"opening_cash_musd": 0}))
    assert worth(run) == near(value)
    if value:
        left = [16 * (1 - month / term) for month in (3, 6, 9, 12)]
        assert [state(run, "prepaid_musd", t) for t in QUARTERS] == [near(musd) for musd in left]


@pytest.mark.parametrize(("credit", "left"), [(None, (6, 6, 4.5, 3)), (6, (6, 6, 3, 0))])
def test_a_prepayment_comes_before_the_contract(credit: int | None, left: tuple[float, ...]) -> None:
    """(10.13): service from July, paid 6 months ahead and earned in a year, or in half of one; 6 M$ more are held at the end of June."""
    offer = contract(earliest_start="2027-07", drop_dead="2027-07", prepayment_musd=6, prepaid_months=6, credit_months=credit)
    run = solved(serving(gpu_contracts=[offer], finance=NO_DIVIDENDS))
    assert worth(run) == near(100 + 4.344 + 8.832)
    assert [state(run, "prepaid_musd", t) for t in QUARTERS] == [near(musd) for musd in left]
    assert state(run, "cash_musd", "2027Q2") == near(110.344)


def test_a_late_contract_pays_its_penalty() -> None:
    """(10.6): due in February, served from July by clusters that come then, for 1: 5 months at 0.1 M$: 8.832 - 1 - 0.5.

    Two fall in the first quarter, three in the second. Without penalty 107.832.
    """
    offer = contract(ready_by="2027-02", penalty_usd_per_mw_month=100_000)
    run = solved(serving(opening=NO_CLUSTER, gpu_models=[gpu(lead_months=6)], gpu_contracts=[offer]))
    assert worth(run) == near(107.332)
    assert [state(run, "operating_musd", "site", t) for t in QUARTERS] == [near(0.2), near(0.3), near(0), near(0)]


def served(**fields: Any) -> dict[str, Any]:
    """The default contract, running since July 2026, so until the end of June."""
    return contract(stage="signed", mandatory=True, delivered="2026-07") | fields


def test_a_running_contract_ends_by_its_delivery() -> None:
    """(5.8): 4344 hours at 2 USD, then 4416 on the market; it is never late: 113.104. Counted from the start of the plan: 117.52."""
    run = solved(serving(gpu_contracts=[served(penalty_usd_per_mw_month=1_000_000)]))
    assert worth(run) == near(113.104)
    assert chosen(run, "contracted", "lab", "site", "room", "2027Q1") == 1


def test_a_running_contract_goes_on_whatever_the_market() -> None:
    """(5.7): at 0.5 USD until June: 2.172 + 4.416. On the market all year: 108.76."""
    assert worth(solved(serving(gpu_contracts=[served(usd_per_gpu_hour=0.5)]))) == near(106.588)


def test_a_running_contract_has_been_paid_ahead() -> None:
    """(8.6), (10.13): of 6 M$ for a year half was earned in 2026: 113.104 - 3. Forgotten: 113.104."""
    run = solved(serving(gpu_contracts=[served(prepayment_musd=6)], finance=NO_DIVIDENDS))
    assert worth(run) == near(110.104)
    assert state(run, "cash_musd", "2027Q1") == near(100 + 4.32 - 1.5)


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"sites": ["north"]}, 108.76),
        ({"sites": ["site"]}, 117.52),
        ({"decide_by": "2026-12"}, 108.76),
        ({"decide_by": "2026-12", "stage": "signed"}, 117.52),
        ({"earliest_start": "2027-05"}, 113.176),
        ({"earliest_start": "2027-05", "drop_dead": "2027-06"}, 108.76),
    ],
    ids=["another site", "this site", "lapsed", "signed in time", "from May, so from July", "from May to June"],
)
def test_where_and_when_a_contract_starts(fields: dict[str, Any], value: float) -> None:
    """Section 5, placements: from July 4.344 on the market and 8.832 under contract; where it cannot start 8.76 on the market."""
    north = {"sites": [site(), site(id="north")], "grid": [meter(), meter(id="north_meter", site="north")]}
    assert worth(solved(serving(**north, gpu_contracts=[contract(**fields)]))) == near(value)


def test_a_contract_stays_in_one_hall_type() -> None:
    """(5.4), (5.6): a cluster in a room and one in a suite, 2 MW that would fill both, but are for one of them: both sell on the market.

    100 + 2·8.76; were it served across both: 135.04.
    """
    halls = [room(), hall(id="suite", product="turnkey")]
    opening = [standing("room"), standing("suite"), clusters(), clusters(id="suited", hall="suite")]
    run = solved(serving(halls=halls, opening=opening, gpu_contracts=[contract(it_mw=2)]))
    assert worth(run) == near(117.52)
    assert state(run, "contracted_mw", "site", "room", "gpu", "2027Q1") == near(0)


@pytest.mark.parametrize(("probability", "value", "taken"), [(0.4, 108.76, 0), (0.6, 110.512, 1)])
def test_the_likelihood_of_a_contract_turns_a_decision(probability: float, value: float, taken: int) -> None:
    """(10.14): 17.52 with 40 % is less than 8.76 for certain, with 60 % it is more: 10.512. In cash 17.52 are counted."""
    offer = contract(probability_fraction=probability, drop_dead="2027-01")
    run = solved(serving(gpu_contracts=[offer], finance=NO_DIVIDENDS))
    assert worth(run) == near(value)
    assert chosen(run, "contracted", "lab", "site", "room", "2027Q1") == taken
    assert state(run, "cash_musd", "2027Q4") == near(117.52 if taken else 108.76)


def test_the_doubt_about_a_contract_is_its_revenue_after_tax() -> None:
    """(10.14): a year at 21 %, tax 50 %, power 0.876: as if certain 100 + (26.28 - 0.876)/2, less a quarter of the revenue, at mid-year.

    The energy that would not be drawn is no part of it.
    """
    run = solved(
        serving(
            periods=years(1),
            gpu_contracts=[contract(usd_per_gpu_hour=3.0, probability_fraction=0.5)],
            power_prices=[power_price(usd_per_mwh=100)],
            finance={"discount_rate_fraction": 0.21, "tax_rate_fraction": 0.5},
        )
    )
    assert worth(run) == near((100 + 25.404 / 2 - 26.28 / 4) / 1.1)
    assert state(run, "doubt_musd") == near(6.57 / 1.1)


def test_a_contract_is_worth_nothing_beyond_the_plan() -> None:
    """(10.9): for two years, but the clusters alone are worth something: 48 of 60 months at 50 %: 0.4: 117.92."""
    run = solved(
        serving(gpu_models=[gpu(residual_fraction=0.5)], gpu_contracts=[contract(term_months=24)], finance={"exit_cost_fraction": 0.0})
    )
    assert worth(run) == near(117.92)
