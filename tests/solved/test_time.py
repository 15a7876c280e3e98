"""Section 1, time and payment: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

import pytest

from tests.tiny import (
    HOURS,
    PAST_HALVINGS,
    Fields,
    accepts,
    btc,
    chosen,
    conversion,
    gpu,
    gpu_market,
    hall,
    lease,
    leased,
    meter,
    mine,
    mining,
    near,
    power_price,
    rig,
    room,
    site,
    solved,
    standing,
    state,
    tiny,
    upgrade,
    worth,
    years,
)


def test_labels_name_the_length_and_the_start_of_a_period() -> None:
    """Section 1, labels: one month, a quarter, half a year, a year and several years each have their form."""
    spans = [(1, 3), (3, 1), (6, 1), (12, 1), (24, 1)]
    run = solved(tiny(periods=[{"months": months, "count": count} for months, count in spans]))
    assert run.certificate is not None
    labels = [key[0] for key in run.certificate.ledger.states["discount_mid"]]
    assert labels == ["2027-01", "2027-02", "2027-03", "2027Q2", "2027-07+6m", "2028", "2029-2030"]


def test_a_lead_of_thirteen_months_costs_thirteen_months() -> None:
    """Section 1, leads; (2.1): periods 2027 (months 0-12), then the quarters of 2028 (from 12, 15, 18, 21).

    A shell with 13 build months may enter service at month 15, no sooner: months 15-24 pay 9, the shell costs 0.5: 100 + 9 - 0.5 = 108.5.
    Lead rounded up to two years: never, 100. Rounded down to one: 12 months of rent, 111.5.
    """
    shell = hall(buildable=True, build_months=13, capex_musd_per_module=0.5)
    run = solved(leased(periods=[{"months": 12, "count": 1}, {"months": 3, "count": 4}], halls=[shell], opening=[]))
    assert worth(run) == near(108.5)
    assert chosen(run, "built_modules", "site", "shell", "2028Q2") == 1
    assert chosen(run, "started", "anchor", "site", "shell", "2028Q2") == 1


def test_nothing_is_ordered_before_the_start() -> None:
    """Section 1, leads: 4 build months in quarters; service at month 3 would be ordered at -1, so month 6: 6 of rent - 0.5.

    Without the rule the shell stands from month 0: 100 + 12 - 0.5 = 111.5.
    """
    run = solved(leased(halls=[hall(buildable=True, build_months=4, capex_musd_per_module=0.5)], opening=[]))
    assert worth(run) == near(105.5)
    assert chosen(run, "built_modules", "site", "shell", "2027Q3") == 1


def test_a_life_that_ends_inside_a_period_counts_by_months() -> None:
    """Section 1, shares; (2.7): a mine of 18 months in yearly periods: 8.76 in 2027, half of 8.784 in 2028: 113.152.

    Life rounded up to whole periods: 117.544; rounded down: 108.76.
    """
    run = solved(mining(periods=years(2), halls=[mine(life_months=18)]))
    assert worth(run) == near(100 + 8.76 + 8.784 / 2)
    assert state(run, "average_modules", "site", "mine", "2028") == near(0.5)
    assert state(run, "full_modules", "site", "mine", "2028") == 0


def test_flows_count_at_mid_period() -> None:
    """Section 1, discounting; (9.8): at 21 % a year, mid-2027 is worth 1/1.1 and mid-2028 1/1.331.

    No cash at the start and 12 of rent each year, paid out at once: 12/1.1 + 12/1.331 = 19.925. At year ends: 18.114; undiscounted: 24.
    """
    run = solved(leased(periods=years(2), finance={"discount_rate_fraction": 0.21, "opening_cash_musd": 0.0}))
    assert worth(run) == near(12 / 1.1 + 12 / 1.331)
    assert chosen(run, "dividends_musd", "2027") == near(12)
    assert chosen(run, "dividends_musd", "2028") == near(12)


def test_mid_period_of_a_quarter_is_six_weeks() -> None:
    """Section 1, discounting: quarters count at months 1.5, 4.5, 7.5 and 10.5; yearly mid-points would give 12/1.1."""
    run = solved(leased(finance={"discount_rate_fraction": 0.21, "opening_cash_musd": 0.0}))
    assert worth(run) == near(sum(3 * 1.21 ** (-month / 12) for month in (1.5, 4.5, 7.5, 10.5)))
    assert state(run, "discount_mid", "2027Q4") == near(1.21 ** (-10.5 / 12))


def test_what_is_left_counts_at_the_horizon() -> None:
    """(9.8): dividends only after the plan, so 24 of rent wait until month 24: 24/1.21^2. At the last mid-period: 24/1.331."""
    finance = {"discount_rate_fraction": 0.21, "opening_cash_musd": 0.0, "dividends_from": "2029-01"}
    run = solved(leased(periods=years(2), finance=finance))
    assert worth(run) == near(24 / 1.4641)
    assert state(run, "discount_end") == near(1 / 1.4641)


def test_a_halving_inside_a_period_counts_by_days() -> None:
    """Section 1, hashprice: a halving on 1 March 2027 leaves 59 days at 600 and 31 at 300 in the first quarter.

    A megawatt earns 40 USD a day per USD of hashprice: 40·(59·600 + 31·300) = 1.788 M$; later quarters half of 6.6: 100 + 1.788 + 3.3.
    By months (two of three at 600) the quarter gives 1.8; the subsidy of its first day 2.16, of its last 1.08.
    """
    run = solved(mining(halvings=[*PAST_HALVINGS, "2027-03-01"]))
    assert worth(run) == near(105.088)
    assert state(run, "hashprice", "2027Q1") == near(600 * 74.5 / 90)
    assert state(run, "hashprice", "2027Q2") == near(300)


def test_hashprice_is_the_mean_of_the_days() -> None:
    """Section 1, hashprice: from 1 February the network doubles and fees are a fifth of the reward: 300/0.8 = 375.

    First quarter 40·(31·600 + 59·375) = 1.629; then 625 USD per MWh on 6600 h = 4.125: 105.754.
    With the first row alone 108.76; fees added instead of divided (300·1.2 = 360) would give less.
    """
    run = solved(mining(btc=[btc(), btc(from_day="2027-02-01", network_eh=900, fee_fraction=0.2)]))
    assert worth(run) == near(105.754)
    assert state(run, "hashprice", "2027Q1") == near(452.5)


def test_costs_grow_by_calendar_year() -> None:
    """Section 1, cost inflation; (8.6): the plan starts in July: two quarters at 1, then 2028 at 1.1.

    Overhead 12 and site 2.4 a year: 7.2 + 14.4·1.1 = 23.04 of 100. Grown from the start by elapsed time, or not at all (21.6), it differs.
    """
    periods = [{"months": 3, "count": 2}, {"months": 12, "count": 1}]
    finance = {"overhead_musd_per_year": 12, "cost_inflation_fraction": 0.1}
    run = solved(tiny(start="2027-07", periods=periods, finance=finance, sites=[site(fixed_cost_musd_per_year=2.4)]))
    assert worth(run) == near(100 - 23.04)
    assert state(run, "cash_musd", "2027Q3") == near(100 - 3.6)


def test_costs_of_a_period_of_several_years_grow_to_its_first() -> None:
    """Section 1, cost inflation: overhead of 12 in 2027, and 24 at the 1.1 of 2028 for 2028-2029: 38.4. Year by year 39.72."""
    finance = {"overhead_musd_per_year": 12, "cost_inflation_fraction": 0.1}
    run = solved(tiny(periods=[{"months": 12, "count": 1}, {"months": 24, "count": 1}], finance=finance))
    assert worth(run) == near(61.6)


def test_a_period_of_several_years_takes_the_mean_of_their_prices() -> None:
    """Section 1, yearly series; (7.1): 100 USD per MWh from 2027 and 300 from 2029; the period 2028-2029 pays 200.

    8760·900 + (8784 + 8760)·800 = 21.9192. With the price of its first year the second period pays 100: 23.6736.
    """
    prices = [power_price(usd_per_mwh=100), power_price(from_year=2029, usd_per_mwh=300)]
    run = solved(mining(periods=[{"months": 12, "count": 1}, {"months": 24, "count": 1}], power_prices=prices))
    hours = HOURS["2028"] + HOURS["2029"]
    assert worth(run) == near(100 + HOURS["2027"] * 900 / 1e6 + hours * 800 / 1e6)


def test_capex_is_spread_over_the_build_months() -> None:
    """Section 1, payments; (10.7): a second shell for October, 6 build months: 3 in the second quarter, 3 in the third, 0 in the fourth.

    The first lease pays 4 a quarter, so each quarter pays out what it earns: D1·104 + D2·1 + D3·1 + D4·(4 + 9).
    Paid at service: D2·4 + D3·4 + D4·7.
    """
    tenants = [lease(rent_usd_per_kw_month=4000 / 3), lease(id="second", earliest_start="2027-10", rent_usd_per_kw_month=3000)]
    shell = hall(buildable=True, build_months=6, capex_musd_per_module=6)
    run = solved(
        leased(halls=[shell], leases=tenants, lease_sites=[accepts(), accepts("second")], finance={"discount_rate_fraction": 0.21})
    )
    factor = [1.21 ** (-month / 12) for month in (1.5, 4.5, 7.5, 10.5)]
    assert worth(run) == near(104 * factor[0] + factor[1] + factor[2] + 13 * factor[3])
    assert state(run, "capex_musd", "site", "2027Q3") == near(3)


@pytest.mark.parametrize(("build_months", "first", "second"), [(5, 0.4, 0.6), (3, 0.0, 1.0)])
def test_build_months_that_start_inside_a_quarter_are_split(build_months: int, first: float, second: float) -> None:
    """Section 1, payments: 5 build months before July are 2 of the first quarter and 3 of the second: 0.4 and 0.6 of the cost.

    With 3 build months all falls to the second quarter. Upkeep of 0.1 a month keeps the shell from coming early: 100 + 6 - 1 - 0.6.
    """
    shell = hall(buildable=True, build_months=build_months, capex_musd_per_module=1, fixed_cost_musd_per_module_year=1.2)
    run = solved(leased(halls=[shell], opening=[], leases=[lease(earliest_start="2027-07", drop_dead="2027-07")]))
    assert state(run, "capex_musd", "site", "2027Q1") == near(first)
    assert state(run, "capex_musd", "site", "2027Q2") == near(second)
    assert worth(run) == near(104.4)


def test_hall_types_that_stand_nowhere_are_no_assets() -> None:
    """Section 2: a hall type that may not be built and stands nowhere serves no lease: 100. If it could be built: 112."""
    run = solved(leased(opening=[]))
    assert worth(run) == near(100)
    assert chosen(run, "started", "anchor", "site", "shell", "2027Q1") == 0


def test_a_thing_in_service_before_the_start_has_used_up_life() -> None:
    """Section 1: a shell in service since July 2026 with a life of 12 months works until July 2027.

    A lease of 6 months on it pays 6: 106; were its life counted from the start of the plan, the lease of 12 months would fit: 160.
    """
    tenants = [lease(term_months=6), lease(id="long", term_months=12, rent_usd_per_kw_month=5000)]
    run = solved(
        leased(
            halls=[hall(life_months=12)], opening=[standing(in_service="2026-07")], leases=tenants, lease_sites=[accepts(), accepts("long")]
        )
    )
    assert worth(run) == near(106)


GROWS: Fields = {"capex_inflation_fraction": 0.1}
SECOND: Fields = {"leases": [lease(earliest_start="2028-01"), lease(id="second", earliest_start="2028-01")],
                  "lease_sites": [accepts(), accepts("second")]}  # fmt: skip
"""Two tenants of 12 M$ in 2028."""
TWO_SHELLS: Fields = {"opening": [standing(count=2)]}
UNIT: Fields = {"cost_musd": 1.0, "lead_months": 0}
PLANT: Fields = {"id": "plant", "max_units": 1, "unit_mw": 1, "dependable_fraction": 1.0, "capex_musd_per_unit": 1.0}
BOUGHT: dict[str, tuple[float, Fields]] = {
    "a hall": (1.1, SECOND | {"halls": [hall(buildable=True, capex_musd_per_module=1.0)]}),
    "a conversion": (1.1, SECOND | {"halls": [hall(), mine()], "opening": [standing(), standing("mine")], "conversions": [conversion()]}),
    "an upgrade": (1.1, SECOND | TWO_SHELLS | {"grid": [meter(mw=1), upgrade()]}),
    "equipment": (1.1, SECOND | {"opening": [standing(count=2), standing("tx")], "equipment": [{"id": "tx", "mva": 1} | UNIT]}),
    "a generator": (1.1, SECOND | TWO_SHELLS | {"grid": [meter(mw=1)], "generators": [PLANT]}),
    "machines": (
        1.0,
        {"halls": [hall(), mine()], "opening": [standing(), standing("mine")], "asic_models": [rig(buyable=True, order_from="2028-01")]},
    ),
    "clusters": (
        1.0,
        {
            "halls": [hall(), room()],
            "opening": [standing(), standing("room")],
            "gpu_models": [gpu(order_from="2028-01")],
            "gpu_market": [gpu_market()],
        },
    ),
    "what is due": (1.0, SECOND | {"opening": [standing(), standing(id="next", in_service="2028-01", due_musd=1.0)]}),
}
"""What is bought for 1 M$ of 2027, with its price in 2028."""


@pytest.mark.parametrize("what", BOUGHT)
def test_what_is_built_grows_dearer_by_calendar_year(what: str) -> None:
    """Section 1, cost inflation; (10.7): no cash before the rent of 2028, 12 M$; what is bought then earns 12 as well, machines 8.784.

    Halls, conversions, upgrades, equipment and generators cost 10 % more than in 2027; machines, whose prices are dated, and what is
    due do not.
    """
    cost, parts = BOUGHT[what]
    base: Fields = {"leases": [lease(earliest_start="2028-01")]}
    run = solved(leased(**(base | parts | {"periods": years(2), "finance": GROWS | {"opening_cash_musd": 0.0}})))
    assert state(run, "capex_musd", "site", "2028") == near(cost)
    assert worth(run) == near(12 + (8.784 if what in ("machines", "clusters") else 12) - cost)
