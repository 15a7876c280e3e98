"""Section 13, power purchase agreements: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tiny import QUARTERS, chosen, meter, mining, near, power_price, site, solved, state, tiny, worth
from tests.tiny_power import blocks, mines, ppa

SPOT = [power_price(usd_per_mwh=100)]


@pytest.mark.parametrize(
    ("fields", "saved"),
    [
        ({"signed": False}, 40.0),
        ({"signed": False, "strike_usd_per_mwh": 150, "take_or_pay_fraction": 0.5}, 0.0),
        ({"signed": False, "mw": 2, "take_or_pay_fraction": 1.0}, 0.0),
        ({"signed": True, "strike_usd_per_mwh": 150}, 0.0),
        ({"signed": True, "strike_usd_per_mwh": 150, "take_or_pay_fraction": 0.5}, -25.0),
    ],
)
def test_an_offer_is_taken_or_left_and_what_is_signed_holds(fields: dict[str, Any], saved: float) -> None:
    """(13.1), (13.6): against spot at 100: 60 saves 40. Half of the MWh at 150 to be paid for: left on offer; signed they are taken: -50/2.

    Without that clause nothing of it would be taken: 0; with it, paid for and not taken, -75. Of 2 MW, all paid for at 60, one would lie
    idle: 40 - 60; if half of an offer could be accepted it would be: 40.
    """
    run = solved(mining(ppas=[ppa(**fields)], power_prices=SPOT))
    assert worth(run) == near(100 + 8.76 * (900 + saved) / 1000)
    assert chosen(run, "accepted", "ppa") == (1 if saved == 40 else 0)


@pytest.mark.parametrize(("strike", "share", "saved"), [(60, 0.0, 60), (60, 0.5, 50), (60, 1.0, 30), (95, 1.0, 0), (95, 0.0, 51.25)])
def test_an_offer_is_weighed_as_a_whole(strike: float, share: float, saved: float) -> None:
    """(13.1), (13.6): spot is 20, and 300 in a quarter of the hours. Taken at the peak alone 60 saves 0.25·240; all of it 90 - 60.

    Half of it is the peak and as many MWh at 20: 60 - 0.25·40 (paid for and not taken 60 - 15). All of it at 95 is dearer than spot,
    at the peak alone it saves 0.25·205.
    """
    offer = ppa(signed=False, strike_usd_per_mwh=strike, take_or_pay_fraction=share)
    run = solved(mining(ppas=[offer], power_prices=blocks(20, 300, 0.25)))
    assert worth(run) == near(100 + 8.76 * (910 + saved) / 1000)
    assert chosen(run, "accepted", "ppa") == (1 if saved else 0)


def test_a_contract_delivers_its_mw_in_its_months() -> None:
    """(13.4): a megawatt at 60 from February to May, so two thirds of the first two quarters: (2160 + 2184)·2/3·40 = 0.11584 saved.

    Taken whole in the quarters that it touches 0.17376, in the other quarters too 0.3504.
    """
    run = solved(mining(ppas=[ppa(from_month="2027-02", to_month="2027-06")], power_prices=SPOT))
    assert worth(run) == near(100 + 7.884 + 0.11584)
    assert chosen(run, "taken_mw", "ppa", "2027Q1", "all") == near(2 / 3)
    assert chosen(run, "taken_mw", "ppa", "2027Q3", "all") == 0


def test_no_more_is_taken_than_the_contract_has() -> None:
    """(13.4): 2 MW of rigs, 1.5 MW under contract at 60: 2·900 + 1.5·40 an hour. Unlimited 1880."""
    run = solved(mining(opening=mines(2), ppas=[ppa(mw=1.5)], power_prices=SPOT))
    assert worth(run) == near(100 + 8.76 * 1.86)


@pytest.mark.parametrize(("resale", "margin"), [(True, 1053.75), (False, 935.0)])
def test_a_mine_is_an_option_on_dear_hours(resale: bool, margin: float) -> None:
    """(13.3), (13.5), (10.5): power under contract at 60 + 5 leaves 935; in a quarter of the hours it sells for 1500 - 20 - 10.

    There rigs stop: 0.75·935 + 0.25·(1470 - 60), neither adder nor losses on what is not brought in. Without resale they run on it.
    """
    run = solved(
        mining(
            sites=[site(basis_usd_per_mwh=-20, energy_adder_usd_per_mwh=5, loss_fraction=0.1)],
            ppas=[ppa(resale=resale, resale_haircut_usd_per_mwh=10 if resale else 0)],
            power_prices=blocks(100, 1500, 0.25),
        )
    )
    assert worth(run) == near(100 + 8.76 * margin / 1000)
    assert chosen(run, "remarketed_mw", "ppa", "2027Q1", "peak") == near(1 if resale else 0)
    assert chosen(run, "remarketed_mw", "ppa", "2027Q1", "base") == 0
    if resale:
        assert state(run, "revenue_musd", "site", "2027Q1") == near(2160 * (0.75 * 1000 + 0.25 * 1470) / 1e6)
        assert state(run, "operating_musd", "site", "2027Q1") == near(2160 * (60 + 0.75 * 5) / 1e6)


def test_a_contract_delivers_at_its_site() -> None:
    """(13.4), (7.3): a contract at 60 at `north`, where nothing draws; rigs at `site` pay 100 for spot: 8.76·900. With it 108.2344."""
    sites, grid = [site(), site(id="north")], [meter(), meter(id="north_meter", site="north")]
    run = solved(mining(sites=sites, grid=grid, ppas=[ppa(site="north")], power_prices=SPOT))
    assert worth(run) == near(107.884)


def test_what_is_not_drawn_is_resold() -> None:
    """(13.5), (7.3): 3 MW at 60, 1 drawn at a spot price of 100, 2 resold for 90: 8.76·(940 + 2·30)."""
    run = solved(mining(ppas=[ppa(mw=3, resale=True, resale_haircut_usd_per_mwh=10)], power_prices=SPOT))
    assert worth(run) == near(108.76)
    assert chosen(run, "remarketed_mw", "ppa", "2027Q1", "all") == near(2)


def test_only_what_is_taken_is_resold() -> None:
    """(13.5): a tenth of the hours at -100 with a tenth lost on the way: a MWh bought at spot earns 110 and selling one costs 100.

    0.9·950 + 0.1·1110 = 966 on spot at 50, the contract unused. If spot power could be resold, that would earn 10 a MWh without limit.
    """
    run = solved(
        mining(
            sites=[site(loss_fraction=0.1)],
            ppas=[ppa(resale=True)],
            power_prices=blocks(500 / 11, -100, 0.1),
        )
    )
    assert worth(run) == near(100 + 8.76 * 0.966)
    assert chosen(run, "taken_mw", "ppa", "2027Q1", "peak") == 0


def test_take_or_pay_is_counted_by_the_year() -> None:
    """(13.6): rigs from July to December: 4416 h of the contract are used at 60, above half of 8760.

    Of 8784 in 2028 half is paid for unused: 4416·940 - 4392·60 = 3.88752.
    By the quarter the first half of 2027 would cost 0.13032; over both years 0.26136 would be due.
    """
    run = solved(
        mining(
            periods=[*QUARTERS, {"months": 12, "count": 1}],
            opening=mines(1, in_service="2027-07", until="2028-01"),
            ppas=[ppa(to_month="2029-01", take_or_pay_fraction=0.5)],
            power_prices=SPOT,
        )
    )
    assert worth(run) == near(103.88752)
    assert state(run, "unused_gwh", "ppa", "2027") == 0
    assert state(run, "unused_gwh", "ppa", "2028") == near(4.392)


def test_what_is_not_taken_is_paid_from_what_the_year_earns() -> None:
    """(13.6), (8.7): no cash and rigs from July on: 4416·940, less 4344 h at 60, not taken before. Due any earlier: no plan."""
    run = solved(
        mining(
            finance={"opening_cash_musd": 0.0},
            opening=mines(1, in_service="2027-07"),
            ppas=[ppa(take_or_pay_fraction=1.0)],
            power_prices=SPOT,
        )
    )
    assert worth(run) == near(4.15104 - 0.26064)


@pytest.mark.parametrize(("first", "gwh"), [("2027-01", 8.76), ("2027-10", 2.208), ("2027-12", 0.736)])
def test_what_is_not_taken_is_paid_at_the_end_of_the_year(first: str, gwh: float) -> None:
    """(13.6), (10.6): nothing draws; all MWh from `first` on are paid at 60 in the last quarter; December is a third of it."""
    run = solved(tiny(ppas=[ppa(from_month=first, take_or_pay_fraction=1.0)]))
    assert worth(run) == near(100 - gwh * 0.06)
    assert state(run, "operating_musd", "site", "2027Q3") == 0
    assert state(run, "operating_musd", "site", "2027Q4") == near(gwh * 0.06)


def test_a_period_of_several_years_is_one_year_of_the_contract() -> None:
    """(13.6), section 1: rigs in the first of two years, so half a megawatt on average; three quarters of 17.544 GWh are to be paid for.

    A quarter is unused: 17.544·(0.5·940 - 0.25·60). Year by year it would be three quarters of the second: 0.39528 instead of 0.26316.
    """
    run = solved(
        mining(
            periods=[{"months": 24, "count": 1}],
            opening=mines(1, until="2028-01"),
            ppas=[ppa(to_month="2029-01", take_or_pay_fraction=0.75)],
            power_prices=SPOT,
        )
    )
    assert state(run, "unused_gwh", "ppa", "2027-2028") == near(17.544 * 0.25)
    assert worth(run) == near(100 + 17.544 * (0.5 * 0.94 - 0.25 * 0.06))
