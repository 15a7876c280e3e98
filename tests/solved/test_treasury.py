"""Section 15, bitcoin that is kept: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

import pytest

from tests.tiny import PAST_HALVINGS, Fields, btc, chosen, fleet, mining, near, rig, solved, standing, state, worth, years
from tests.tiny_machines import DOUBLED

ROOM: Fields = {"treasury_cap_btc": 100.0}
"""Room for all that a megawatt mines: 3.6, 3.64, 1.84 and 1.84 bitcoin in the quarters of `DOUBLED`, 14.6 a year at 0.04 a day."""


@pytest.mark.parametrize(("cap", "value"), [(0, 108.76), (5, 111.76), (100, 113.104)])
def test_a_treasury_holds_what_the_cap_allows(cap: float, value: float) -> None:
    """(15.4), (15.5), (15.6): of 7.24 bitcoin mined by July at 0.6 M$ up to the cap is sold at 1.2: 5·0.6 on top of 8.76.

    Without a treasury 108.76; without a cap, or with one on the bitcoin of each quarter, all 7.24 are kept: 113.104. Without (15.4)
    the cap of 100 is filled: 168.76.
    """
    run = solved(mining(btc=DOUBLED, finance={"treasury_cap_btc": cap}))
    assert worth(run) == near(value)


def test_what_is_kept_is_no_cash() -> None:
    """(15.6), (8.6): no cash at the start and overhead of 1.08 a quarter: by July 2.184 of cash are left to keep as 3.64 bitcoin, not 7.24.

    8.76 - 4.32 + 3.64·0.6 = 6.624. If bitcoin were kept on top of the cash of its sale: 8.784.
    """
    run = solved(mining(btc=DOUBLED, finance=ROOM | {"opening_cash_musd": 0.0, "overhead_musd_per_year": 4.32}))
    assert worth(run) == near(6.624)
    assert state(run, "cash_musd", "2027Q2") == near(0)
    assert state(run, "treasury_musd", "2027Q1") + state(run, "treasury_musd", "2027Q2") == near(-2.184)


def test_bitcoin_costs_what_it_was_worth_on_the_days_it_was_mined() -> None:
    """(15.6), (15.8): on 1 March the subsidy halves and the price doubles: 0.04 a day for 59 days at 0.6 M$, 0.02 for 31 days at 1.2.

    2.98 bitcoin of the first quarter are worth 2.16 when mined and 3.576 later: 108.76 + 1.416. At the mean price of the quarter,
    0.806667, they would cost 2.403867: 109.932133.
    """
    deck = [btc(), btc(from_day="2027-03-01", btc_usd=1_200_000)]
    run = solved(mining(halvings=[*PAST_HALVINGS, "2027-03-01"], btc=deck, finance=ROOM))
    assert worth(run) == near(110.176)
    assert state(run, "mined_btc", "2027Q1") == near(2.98)


def test_a_sale_fetches_the_mean_price_of_its_period() -> None:
    """(15.6): bitcoin at 0.6 M$ in the first quarter, 1.2 in April and May, 0.3 in June and after: 1.2·61/91 + 0.3·30/91 in the second.

    The 3.6 of the first quarter fetch 0.903297 each: 3.6·(0.903297 - 0.6) on top of 8.76. At the price of April 10.92. The network
    moves with the price, so that the hashprice stays, and what is mined in the second quarter is worth more than later.
    """
    deck = [
        btc(),
        btc(from_day="2027-04-01", btc_usd=1_200_000, network_eh=900),
        btc(from_day="2027-06-01", btc_usd=300_000, network_eh=225),
    ]
    run = solved(mining(btc=deck, finance=ROOM))
    assert worth(run) == near(108.76 + 3.6 * (1.2 * 61 / 91 + 0.3 * 30 / 91 - 0.6))
    assert chosen(run, "kept_btc", "2027Q1", "2027Q2") == near(3.6)


def test_the_share_of_the_pool_is_not_kept() -> None:
    """(15.1): 10 % for the pool: 7.884 of revenue and 6.516 of 7.24 bitcoin to keep: 3.9096: 111.7936. With all of them 112.228."""
    run = solved(mining(btc=DOUBLED, asic_models=[rig(pool_fee_fraction=0.1)], finance=ROOM))
    assert worth(run) == near(111.7936)
    assert state(run, "mined_btc", "2027Q1") == near(3.24)


def test_the_gain_is_taxed_when_it_is_made() -> None:
    """(15.7), (9.1): 14.6 bitcoin mined in 2027 at 0.6 M$ are sold in 2028 at 1.2; in 2029 they are at 0.6 again. 20 % tax.

    What is mined is income at once: 1.752 in 2027, though it is kept; in 2028 8.784 + 8.76 are income: 3.5088; 1.752 in 2029.
    100 + 26.304 + 8.76 - 7.0128. A gain free of tax: 129.8032. Income only when sold: the same sum, but no tax in 2027.
    """
    deck = [btc(), btc(from_day="2028-01-01", btc_usd=1_200_000, network_eh=900), btc(from_day="2029-01-01")]
    run = solved(mining(periods=years(3), btc=deck, finance=ROOM | {"tax_rate_fraction": 0.2}))
    assert worth(run) == near(128.0512)
    assert state(run, "tax_musd", "2027") == near(1.752)
    assert state(run, "gain_musd", "2028") == near(8.76)


def test_what_is_held_at_the_horizon_is_worth_its_last_day_and_taxed() -> None:
    """(15.3), (15.5), (15.8), (15.9), (9.7): 1.2 M$ on 31 December only. 5 bitcoin mined at 0.6 are held: 6 M$, a gain of 3, tax of 0.6.

    The rigs stop in October, with 6.552 earned, 1.3104 for tax: 100 + 6.552 - 1.3104 + 3 - 0.6 = 107.6416. Untaxed 108.2416; at the
    mean of the last quarter, 0.606522, 105.2677. The exit cost of 100 % is on the terminal value, not on bitcoin.
    """
    deck = [btc(), btc(from_day="2027-12-31", btc_usd=1_200_000, network_eh=900)]
    opening = [standing("mine"), fleet(until="2027-10")]
    run = solved(mining(btc=deck, opening=opening, finance={"treasury_cap_btc": 5.0, "tax_rate_fraction": 0.2}))
    assert worth(run) == near(107.6416)
    assert state(run, "bitcoin_musd") == near(6)
    assert state(run, "bitcoin_gain_musd") == near(3)
    assert state(run, "exit_tax_musd") == near(0.6)


def test_old_bitcoin_makes_room_for_new() -> None:
    """(15.5): room for 2; a bitcoin costs 0.6 M$, 1.2 from April, 0.6 from July and 1.2 from October.

    2 of the first quarter are sold in the second, 2 of the third in the last: 8.76 + 2·2·0.6. If what is sold still filled the room:
    109.96. Without a cap all 3.6 and 3.68 wait for their price: 113.128.
    """
    deck = [btc()] + [
        btc(from_day=f"2027-{month}-01", btc_usd=1e6 * price, network_eh=750 * price)
        for month, price in (("04", 1.2), ("07", 0.6), ("10", 1.2))
    ]
    run = solved(mining(btc=deck, finance={"treasury_cap_btc": 2.0}))
    assert worth(run) == near(111.16)


@pytest.mark.parametrize(("rate", "value"), [(0.0, 8.76 + 8.784 + 14.6 * 0.12), (0.21, 8.76 / 1.1 + 8.784 / 1.331)])
def test_bitcoin_is_kept_when_the_deck_rises_faster_than_the_discount_rate(rate: float, value: float) -> None:
    """(15.6), (9.8): from 2027 to 2028 a bitcoin rises from 0.6 to 0.72 M$: at no discount 14.6 are kept, at 21 % all are sold at once."""
    deck = [btc(), btc(from_day="2028-01-01", btc_usd=720_000, network_eh=540)]
    finance = ROOM | {"discount_rate_fraction": rate, "opening_cash_musd": 0.0}
    assert worth(solved(mining(periods=years(2), btc=deck, finance=finance))) == near(value)
