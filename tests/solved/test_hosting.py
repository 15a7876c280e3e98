"""Section 14, machines of somebody else: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

import pytest

from tests.tiny import accepts, chosen, hall, lease, meter, mine, mining, near, power_price, solved, standing, state, tiny, worth
from tests.tiny_machines import guests


def test_the_host_earns_a_fee_and_a_share_and_pays_the_power() -> None:
    """(14.8), (10.4), (10.5): up 0.9 of the time for 100 USD per MWh and a fifth of the 1000 that they mine: 8760·0.9·300 = 2.3652.

    They draw 1.2 MW per MW in every block, dear or cheap: 8760·0.9·1.2·50 = 0.47304 at 100 and 0 USD. They sit in the hall that needs
    less cooling. Off in the dear half: 101.1826; all in the hall of 1.5: 101.7739.
    """
    run = solved(
        tiny(
            halls=[mine(pue_peak=1.5, pue_average=1.2), mine(id="pit", pue_peak=1.5, pue_average=1.5)],
            opening=[standing("mine"), standing("pit")],
            hosting=[guests(uptime_fraction=0.9, share_fraction=0.2)],
            power_prices=[power_price(block="night", hours_fraction=0.5), power_price(block="day", hours_fraction=0.5, usd_per_mwh=100)],
        )
    )
    assert worth(run) == near(101.89216)
    assert chosen(run, "guest_mw", "guests", "mine", "2027Q1") == near(1)
    assert state(run, "load_mw", "site", "2027Q1") == near(1.5)
    assert state(run, "draw_mw", "site", "2027Q1", "night") == near(1.08)
    assert state(run, "draw_mw", "site", "2027Q1", "day") == near(1.08)


def test_a_share_follows_the_machines_of_the_guest() -> None:
    """(10.5): at 50 J/TH a MWh earns 500 USD: 8760·(100 + 0.2·500) = 1.752. At the efficiency of the own rigs 2.628."""
    run = solved(mining(opening=[standing("mine")], hosting=[guests(j_per_th=50, share_fraction=0.2)]))
    assert worth(run) == near(101.752)


def test_guests_stay_whatever_the_host_would_rather() -> None:
    """(14.8), (10.2): without notice they hold the hall in which the own rigs would earn 8.76: 100.876. Free to leave: 108.76.

    If they needed no hall: 109.636.
    """
    run = solved(mining(hosting=[guests()]))
    assert worth(run) == near(100.876)
    assert chosen(run, "hosted_mw", "site", "mine", "rig", "2027Q1") == 0


@pytest.mark.parametrize(("notice", "value"), [(0, 106.816), (3, 106.816), (4, 104.8504), (9, 102.8632), (12, 102.2008), (None, 102.2008)])
def test_a_contract_ends_with_notice(notice: int | None, value: float) -> None:
    """(14.7), (14.8): guests until November; then own rigs earn ten times the fee, 2.16, 2.184, 2.208 and 2.208 in the quarters.

    With up to 3 months of notice they leave in April, 0.216 + 6.6, with 4 in July, 0.4344 + 4.416, with 9 in October, 0.6552 + 2.208.
    With 12, or without the right to end it, the contract runs out: a third of the last quarter is theirs, 0.7288 + 1.472.
    """
    run = solved(mining(hosting=[guests(to_month="2027-11", notice_months=notice)]))
    assert worth(run) == near(value)


def test_it_does_not_end_before_it_begins() -> None:
    """(14.7): guests from April on for ever; without notice they go in July, not at once: 2.16 + 0.2184 + 4.416.

    Ended in the month in which it begins: 108.76.
    """
    run = solved(mining(hosting=[guests(from_month="2027-04", notice_months=0)]))
    assert worth(run) == near(106.7944)
    assert chosen(run, "ended", "guests", "2027Q3") == 1


def test_guests_of_part_of_a_period_count_by_months() -> None:
    """(14.8), (2.11): from March to May they hold the hall for a third of the first quarter and two thirds of the second.

    0.72 + 1.456 at a tenth of what the own rigs earn in the rest: 0.2176 + 6.584 = 6.8016. Counted as whole quarters: 4.8504.
    """
    run = solved(mining(hosting=[guests(from_month="2027-03", to_month="2027-06")]))
    assert worth(run) == near(106.8016)
    assert chosen(run, "guest_mw", "guests", "mine", "2027Q1") == near(1 / 3)
    assert chosen(run, "guest_mw", "guests", "mine", "2027Q2") == near(2 / 3)


def test_guests_spread_over_the_halls_of_their_product() -> None:
    """(14.8): 1.5 MW over two types with a module each, and the own rigs in what is left: 1.5·0.876 + 0.5·8.76: 105.694.

    If all of them stood in each of the types: no room.
    """
    run = solved(mining(halls=[mine(), mine(id="pit")], opening=[*mining().opening, standing("pit")], hosting=[guests(it_mw=1.5)]))
    assert worth(run) == near(105.694)


def test_guests_take_grid() -> None:
    """(10.3), (6.4): a meter of 1.5 MW: the guests' MW and half a MW of own rigs: 0.876 + 4.38. Without their load 109.636."""
    opening = [standing("mine", count=2), mining().opening[1]]
    run = solved(mining(grid=[meter(mw=1.5)], opening=opening, hosting=[guests()]))
    assert worth(run) == near(105.256)


def test_guests_need_halls_of_their_product() -> None:
    """(14.8): a guest of product powered shell stands in the shell, where a tenant for the last half year is turned away: 100.876.

    In the mine, which stands empty, both would pay: 106.876.
    """
    run = solved(
        tiny(
            halls=[hall(), mine()],
            opening=[standing(), standing("mine")],
            hosting=[guests(product="powered_shell")],
            leases=[lease(earliest_start="2027-07")],
            lease_sites=[accepts()],
        )
    )
    assert worth(run) == near(100.876)
