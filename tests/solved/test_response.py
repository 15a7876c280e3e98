"""Section 13, demand response: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tiny import chosen, fleet, meter, mine, mining, near, power_price, rig, site, solved, standing, state, worth
from tests.tiny_power import blocks, ppa, programme

PEAK = blocks(0, 0, 0.05)
"""Free power; the peak block has 438 hours a year, in which a megawatt earns 0.438 M$."""
DEAR_PEAK = blocks(0, 1500, 0.05)
"""At the peak it costs 500 USD per MWh more than it earns, so rigs stop: 8.322 a year."""
NORTH: list[dict[str, Any]] = [
    standing("mine"),
    fleet(),
    standing("mine", id="north_mine", site="north"),
    fleet(id="north_fleet", site="north"),
]
METERS = [meter(), meter(id="north_meter", site="north")]


@pytest.mark.parametrize(("price", "value", "off"), [(500_000, 108.822, 1), (400_000, 108.76, 0)])
def test_a_payment_stops_machines_when_it_is_worth_more_than_they_earn(price: float, value: float, off: float) -> None:
    """(13.10), (13.11): 0.5 a year for 0.438 of mining: 8.322 + 0.5. If what is registered could run too: 109.26."""
    run = solved(mining(power_prices=PEAK, programmes=[programme(usd_per_mw_year=price)]))
    assert worth(run) == near(value)
    assert chosen(run, "registered_mw", "response", "site", "2027Q1") == near(off)
    assert chosen(run, "run_mw", "site", "mine", "rig", "2027Q1", "peak") == near(1 - off)


def test_a_programme_takes_so_many_mw() -> None:
    """(13.12): 0.4 MW at most: 108.76 + 0.4·0.062. Without the limit 108.822."""
    run = solved(mining(power_prices=PEAK, programmes=[programme(max_mw=0.4)]))
    assert worth(run) == near(108.7848)
    assert chosen(run, "run_mw", "site", "mine", "rig", "2027Q1", "peak") == near(0.6)


def test_a_megawatt_is_paid_once_in_a_block() -> None:
    """(13.11): two programmes on the same block, 0.5 and 0.6 a year, the better takes 0.3 MW: 8.322 + 0.3·0.6 + 0.7·0.5.

    Each by itself the MW could be paid twice: 8.322 + 0.5 + 0.18.
    """
    second = programme(id="second", usd_per_mw_year=600_000, max_mw=0.3)
    run = solved(mining(power_prices=PEAK, programmes=[programme(), second]))
    assert worth(run) == near(108.852)
    assert chosen(run, "registered_mw", "response", "site", "2027Q1") == near(0.7)


def test_in_different_blocks_a_megawatt_is_paid_in_each() -> None:
    """(13.11): a second programme on the rest of the hours for 10 a year: off in all of them: 10.5. Nothing else runs."""
    run = solved(mining(power_prices=PEAK, programmes=[programme(), programme(id="rest", blocks=["base"], usd_per_mw_year=10_000_000)]))
    assert worth(run) == near(110.5)


@pytest.mark.parametrize(("price", "value"), [(800_000, 108.76), (900_000, 108.784)])
def test_a_programme_of_several_blocks_needs_the_load_off_in_all(price: float, value: float) -> None:
    """(13.11): two blocks of 438 hours: 0.876 is given up for 0.8, or for 0.9: 7.884 + 0.9. Off in the first alone: 109.122, 109.222."""
    prices = [power_price(block=block, hours_fraction=hours) for block, hours in (("base", 0.9), ("peak", 0.05), ("night", 0.05))]
    run = solved(mining(power_prices=prices, programmes=[programme(blocks=["peak", "night"], usd_per_mw_year=price)]))
    assert worth(run) == near(value)


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"from_month": "2027-06"}, 108.7892),
        ({"from_month": "2027-06", "usd_per_mw_year": 1_500_000}, 109.305),
        ({"to_month": "2027-03"}, 108.76),
        ({"to_month": "2027-03", "usd_per_mw_year": 1_500_000}, 108.902),
    ],
)
def test_only_its_months_are_paid(fields: dict[str, Any], value: float) -> None:
    """(13.10): registered all through a quarter, paid for its months; mining gives up 0.108, 0.1092, 0.1104 and 0.1104 in the four.

    From June: a third of 0.125 in the second, not worth it, then 0.0146 twice; at 1.5 a year 0.0158 and 0.2646 twice.
    To February: two thirds of 0.125 in the first, or of 0.375: 0.142. Paid whole: 0.0158 more in the first case.
    """
    run = solved(mining(power_prices=PEAK, programmes=[programme(**fields)]))
    assert worth(run) == near(value)


def test_what_can_run_is_registered_in_facility_mw() -> None:
    """(13.11): uptime 0.9, mean factor 1.2: 1.08 MW stay off for 0.54: 0.9·8.322 + 0.54. All that is plugged in: 0.6; as IT 0.45."""
    run = solved(
        mining(
            halls=[mine(pue_peak=1.2, pue_average=1.2)],
            asic_models=[rig(uptime_fraction=0.9)],
            power_prices=DEAR_PEAK,
            programmes=[programme()],
        )
    )
    assert worth(run) == near(100 + 7.4898 + 0.54)
    assert chosen(run, "registered_mw", "response", "site", "2027Q1") == near(1.08)


def test_what_still_runs_counts_in_facility_mw_too() -> None:
    """(13.11): of 1.08 facility MW 0.54 are registered for 0.27, so 0.45 MW of IT run on at the peak: 7.884 - 0.45·0.438 + 0.27.

    Were running machines counted by their IT, 0.54 could run on: 107.99632.
    """
    run = solved(
        mining(
            halls=[mine(pue_peak=1.2, pue_average=1.2)],
            asic_models=[rig(uptime_fraction=0.9)],
            power_prices=PEAK,
            programmes=[programme(max_mw=0.54)],
        )
    )
    assert worth(run) == near(107.9569)
    assert chosen(run, "run_mw", "site", "mine", "rig", "2027Q1", "peak") == near(0.45)


@pytest.mark.parametrize(("captured", "value"), [(1.0, 108.822), (0.6, 108.5344), (0.0, 108.103)])
def test_only_what_operations_catch_is_registered(captured: float, value: float) -> None:
    """(13.11), (3.7): at the peak 500 is lost on each MWh; of 1 MW 0.6 are held off for 0.3, 0.4 run for -0.0876, or all for -0.219."""
    run = solved(mining(sites=[site(capture_fraction=captured)], power_prices=DEAR_PEAK, programmes=[programme()]))
    assert worth(run) == near(value)


@pytest.mark.parametrize(("most", "value"), [(1.5, 117.394), (None, 117.644)])
def test_sites_share_the_limit_of_a_programme(most: float | None, value: float) -> None:
    """(13.12): a megawatt at each of two sites of the market, off at the peak: 2·8.322 and 0.5 for 1.5 MW, or for both without a limit."""
    run = solved(
        mining(
            sites=[site(), site(id="north")],
            grid=METERS,
            opening=NORTH,
            power_prices=DEAR_PEAK,
            programmes=[programme(max_mw=most)],
        )
    )
    assert worth(run) == near(value)


def test_a_programme_is_for_the_sites_of_its_market() -> None:
    """(13.10): `north` buys in another market, with a block of the same name: 2·8.322 + 0.5. Registered too: 117.644."""
    run = solved(
        mining(
            sites=[site(), site(id="north", market="other")],
            grid=METERS,
            opening=NORTH,
            power_prices=[*DEAR_PEAK, *blocks(0, 1500, 0.05, market="other")],
            programmes=[programme()],
        )
    )
    assert worth(run) == near(117.144)


def test_what_is_held_off_frees_contract_power() -> None:
    """(13.11), (13.5): at the peak a megawatt is paid 0.5 to stay off while its contract power, at 60, is sold for 1500: 0.438·1440.

    8.322·940 in the other hours: 7.82268 + 0.63072 + 0.5. Off and not resold 108.32268, resold and not registered 108.4534.
    """
    run = solved(mining(ppas=[ppa(resale=True)], power_prices=blocks(60, 1500, 0.05), programmes=[programme()]))
    assert worth(run) == near(108.9534)
    assert chosen(run, "remarketed_mw", "ppa", "2027Q1", "peak") == near(1)


def test_a_payment_is_revenue_of_its_months() -> None:
    """(10.5): 0.5 a year, a quarter of it in each quarter beside 0.95 of the hours of mining."""
    run = solved(mining(power_prices=DEAR_PEAK, programmes=[programme()]))
    assert state(run, "revenue_musd", "site", "2027Q1") == near(2160 * 0.95 / 1000 + 0.125)
