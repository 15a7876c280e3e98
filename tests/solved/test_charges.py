"""Section 13, charges on peaks and capacity: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tiny import (
    accepts,
    chosen,
    fleet,
    hall,
    lease,
    leased,
    meter,
    mine,
    mining,
    near,
    power_price,
    site,
    solved,
    standing,
    state,
    worth,
)
from tests.tiny_power import blocks, coincident, demand, mines, own

SETTLED = {"exit_cost_fraction": 0.0}
"""What is owed at the horizon counts in full."""
QUARTER_DAYS = {"2027Q1": 90, "2027Q2": 91, "2027Q3": 92, "2027Q4": 92}


@pytest.mark.parametrize(("charge", "value"), [(demand(), 106.45), (coincident(), 106.57), (coincident(block="base"), 106.45)])
def test_the_own_peak_is_the_highest_block(charge: dict[str, Any], value: float) -> None:
    """(13.7), (13.9): rigs stop in the quarter of the hours that costs 1500: 6.57, less 0.12 on the megawatt of the other block.

    By the mean over the blocks 106.48. On the draw in the peak block nothing is charged.
    """
    run = solved(mining(power_prices=blocks(0, 1500, 0.25), charges=[charge]))
    assert worth(run) == near(value)


@pytest.mark.parametrize(("rate", "value"), [(700, 108.76 - 8.4), (1000, 100.0)])
def test_a_charge_can_stop_a_mine(rate: float, value: float) -> None:
    """(13.7): 8.4 M$ a year on each MW is less than it earns, 12 M$ is more. Charged whatever is drawn: 96.76."""
    run = solved(mining(charges=[demand(usd_per_kw_month=rate)]))
    assert worth(run) == near(value)


def test_power_behind_the_meter_lowers_the_peak() -> None:
    """(7.5), (13.7): the plant's power costs 30 against 20 at spot, 0.0876 a year, but saves 0.144 of charges: 8.76·970.

    If the charge were on what machines draw, spot would be used: 108.4408.
    """
    run = solved(
        mining(
            opening=[*mines(1), standing("plant")],
            generators=[own(variable_usd_per_mwh=30)],
            power_prices=[power_price(usd_per_mwh=20)],
            charges=[demand(usd_per_kw_month=12)],
        )
    )
    assert worth(run) == near(108.4972)
    assert state(run, "meter_mw", "site", "2027Q1", "all") == 0


def test_tenants_pay_the_charges_on_what_they_draw() -> None:
    """(7.5), (13.7): a tenant draws 0.85 MW beside a megawatt of rigs: 0.12 on the one, 100 + 12 + 8.76 - 0.12. On both 120.538."""
    run = solved(
        mining(
            halls=[mine(), hall()],
            opening=[standing("mine"), fleet(), standing()],
            leases=[lease()],
            lease_sites=[accepts()],
            charges=[demand()],
        )
    )
    assert worth(run) == near(120.64)
    assert state(run, "billed_mw", "demand", "2027Q1") == near(1)


@pytest.mark.parametrize(("charge", "value"), [(demand(), 112.7446), (coincident(block="all"), 112.8466)])
def test_own_power_for_tenants_is_credited_at_the_systems_peak(charge: dict[str, Any], value: float) -> None:
    """(7.5), (13.7), (13.9): a plant serves a tenant of 0.85 MW, who pays 100 a MWh for it (0.7446) and the charges, as on the grid.

    At the meter of the own MW it takes off 0.85: nothing less than nothing is billed on the own peak; on the system's it saves 0.102.
    """
    run = solved(
        leased(
            opening=[standing(), standing("plant")],
            generators=[own()],
            power_prices=[power_price(usd_per_mwh=100)],
            charges=[charge],
        )
    )
    assert worth(run) == near(value)
    assert state(run, "meter_mw", "site", "2027Q1", "all") == near(-0.85)


def test_what_is_exported_is_not_taken_off_the_meter() -> None:
    """(7.5), (10.12): the plant makes 2 MW for nothing and rigs draw 1: one is behind the meter, one is sold for 100: nothing is billed.

    8.76·(1000 + 100). If exports counted at the meter too, a megawatt would be credited: 0.12 more.
    """
    run = solved(
        mining(
            sites=[site(export_mw=2)],
            opening=[*mines(1), standing("plant")],
            generators=[own(unit_mw=2)],
            power_prices=[power_price(usd_per_mwh=100)],
            charges=[coincident(block="all")],
        )
    )
    assert worth(run) == near(109.636)
    assert state(run, "meter_mw", "site", "2027Q1", "all") == 0


def test_a_minimum_of_the_utility_mw_is_billed() -> None:
    """(13.8): 10 MW of grid, a tenant that takes 1.25 at its peak: half of 8.75 is billed, 4.375·0.12 = 0.525: 100 + 12 - 0.525.

    Without a minimum 112; with the tenant's MW counted 111.4, with its IT MW 111.46, without its lease 99.4.
    """
    run = solved(leased(halls=[hall(pue_peak=1.25)], charges=[demand(minimum_fraction=0.5)]))
    assert worth(run) == near(111.475)
    assert state(run, "billed_mw", "demand", "2027Q1") == near(4.375)


@pytest.mark.parametrize(("mw", "billed"), [(1, 2.5), (3, 3.0)])
def test_the_minimum_and_the_peak_do_not_add_up(mw: int, billed: float) -> None:
    """(13.7), (13.8): a quarter of 10 MW is billed at least, or what is drawn where that is more."""
    run = solved(mining(opening=mines(mw), charges=[demand(minimum_fraction=0.25)]))
    assert worth(run) == near(100 + 8.76 * mw - 0.12 * billed)


def test_capacity_is_charged_by_the_day() -> None:
    """(13.9): 270 USD per MW and day, 365 days, and 10 USD per kW and month: 0.09855 + 0.12. By 30 days a month 0.0972."""
    run = solved(mining(charges=[demand(usd_per_mw_day=270)]))
    assert worth(run) == near(108.76 - 0.09855 - 0.12)
    for period, days in QUARTER_DAYS.items():
        assert state(run, "charges_musd", "site", period) == near(days * 270 / 1e6 + 0.03)


def test_only_months_within_its_dates_are_billed() -> None:
    """(13.9): from February to May: two months and 59 days in the first quarter, two and 61 in the second: 0.04 + 0.0324.

    Over the quarters that it touches 0.10887, over the year 0.21855.
    """
    run = solved(mining(charges=[demand(usd_per_mw_day=270, from_month="2027-02", to_month="2027-06")]))
    assert worth(run) == near(108.76 - 0.04 - 0.0324)
    assert state(run, "charges_musd", "site", "2027Q1") == near(0.02 + 59 * 270 / 1e6)
    assert state(run, "charges_musd", "site", "2027Q3") == 0


@pytest.mark.parametrize(("until", "value"), [(None, 107.9524), ("2028-01", 108.04), ("2028-07", 107.99656), ("2028-04", 108.0184)])
def test_what_is_drawn_now_is_billed_a_year_later(until: str | None, value: float) -> None:
    """(13.9): 20 USD per kW and month on the peak block, a hundredth of the hours. This year 3 MW of the year before are billed: 0.72.

    A megawatt drawn now costs 0.24 in 2028, which is owed at the horizon, and earns 0.0876: rigs stop in the block: 8.76·0.99 - 0.72.
    If it were not owed, or where no month of 2028 is billed, they run: 108.04. With bills to June they stop in the two quarters
    that are billed, each 0.06 for 0.0216 and 0.02184 of mining: 107.99656; with bills to March in the first: 108.0184.
    """
    charge = coincident(usd_per_kw_month=20, lag_months=12, opening_mw=3, to_month=until)
    run = solved(mining(power_prices=blocks(0, 0, 0.01), charges=[charge], finance=SETTLED))
    assert worth(run) == near(value)


def test_a_bill_follows_the_month_of_the_draw() -> None:
    """(13.9): four months later, 0.01 per MW and month; 0.5 MW before the start, 1 MW to June, then none.

    Bills: 3·0.5 in the first quarter; 0.5 + 1 + 1, 3·1 and 1 (of June, in October) in the others: 8·0.01. Without a lag 0.06.
    """
    run = solved(
        mining(
            opening=mines(1, until="2027-07"),
            power_prices=blocks(0, 0, 0.25),
            charges=[coincident(lag_months=4, opening_mw=0.5)],
        )
    )
    assert worth(run) == near(104.344 - 0.08)
    bills = {"2027Q1": 0.015, "2027Q2": 0.025, "2027Q3": 0.03, "2027Q4": 0.01}
    assert {period: state(run, "charges_musd", "site", period) for period in bills} == {
        period: near(musd) for period, musd in bills.items()
    }


@pytest.mark.parametrize(("energised", "value"), [(0.0, 101.77), (1.0, 110.47)])
def test_what_is_owed_is_settled_at_the_horizon(energised: float, value: float) -> None:
    """(10.9), (9.7): rigs earn 8.76, taxed at 25 %, and owe 4.8 for it a year later, no cost of 2027: 100 + 6.57 - 4.8.

    There is no refund on it, but it lowers the tax on 10 M$ for the site: 100 + 6.57 + 0.75·5.2. As a cost of the last quarter it would
    save 1.2 of tax: 102.97, and 110.47 with the site.
    """
    charge = coincident(block="all", usd_per_kw_month=400, lag_months=12)
    finance = SETTLED | {"tax_rate_fraction": 0.25}
    run = solved(mining(sites=[site(energised_musd_per_mw=energised)], finance=finance, charges=[charge]))
    assert worth(run) == near(value)
    assert state(run, "terminal_musd", "site") == near(10 * energised - 4.8)
    assert state(run, "operating_musd", "site", "2027Q4") == 0


def test_what_is_owed_takes_no_cash() -> None:
    """(8.6), (8.7): all that the first quarter earns, 2.16, is paid out at once at 10 % a year, though 1.2 is owed for it at the horizon.

    2.16 / 1.1^(1.5/12) - 1.2 / 1.1. Paid in the last quarter, 1.2 would have to be kept from the start.
    """
    charge = coincident(block="all", usd_per_kw_month=400, lag_months=12)
    finance = SETTLED | {"opening_cash_musd": 0.0, "discount_rate_fraction": 0.1}
    run = solved(mining(opening=mines(1, until="2027-04"), finance=finance, charges=[charge]))
    assert worth(run) == near(2.16 / 1.1**0.125 - 1.2 / 1.1)


def test_what_is_still_to_be_credited_is_worth_it_at_the_horizon() -> None:
    """(10.9): a plant takes 0.85 MW of a tenant off the system's peak, credited a year later: 100 + 12 + 0.7446 + 0.102."""
    run = solved(
        leased(
            opening=[standing(), standing("plant")],
            generators=[own()],
            leases=[lease(term_months=12, drop_dead="2027-01")],
            power_prices=[power_price(usd_per_mwh=100)],
            charges=[coincident(block="all", lag_months=12)],
            finance=SETTLED,
        )
    )
    assert worth(run) == near(112.8466)
    assert state(run, "terminal_musd", "site") == near(0.102)


def test_what_is_owed_counts_the_days_of_its_month() -> None:
    """(10.9): 270 USD per MW and day, a year later: 366 days of 2028 for the draws of 2027, all owed at the horizon: 0.09882."""
    charge = coincident(usd_per_kw_month=0, usd_per_mw_day=270, lag_months=12)
    run = solved(mining(power_prices=blocks(0, 0, 0.25), charges=[charge], finance=SETTLED))
    assert worth(run) == near(108.76 - 0.09882)
    assert state(run, "terminal_musd", "site") == near(-0.09882)
    assert state(run, "charges_musd", "site", "2027Q4") == 0


def test_what_was_drawn_before_the_start_may_still_be_owed_at_the_horizon() -> None:
    """(10.9): bills come 15 months later: twelve of the plan and three after it are for 2 MW drawn before the start: 0.24 and 0.06.

    The nine others after it are for a megawatt of rigs: 0.09.
    """
    run = solved(mining(charges=[coincident(block="all", lag_months=15, opening_mw=2, to_month="2029-01")], finance=SETTLED))
    assert worth(run) == near(108.76 - 0.24 - 0.06 - 0.09)
    assert state(run, "terminal_musd", "site") == near(-0.15)


@pytest.mark.parametrize(("first", "bills"), [("2027-11", 2), ("2027-01", 12), ("2028-02", 0)])
def test_bills_before_the_charge_begins_are_not_sent(first: str, bills: int) -> None:
    """(13.9): the date is that of the bill, not of the draw: from November on two months of the year before are billed, 1 MW each."""
    charge = coincident(lag_months=12, opening_mw=1, from_month=first, to_month="2028-01" if bills else None)
    run = solved(mining(power_prices=blocks(0, 0, 0.25), charges=[charge], finance=SETTLED))
    owed = 0 if bills else 11
    assert worth(run) == near(108.76 - (bills + owed) * 0.01)
    assert chosen(run, "run_mw", "site", "mine", "rig", "2027Q1", "peak") == near(1)


def test_the_minimum_counts_the_tenants_of_its_site() -> None:
    """(13.8): 10 MW at `site`, the tenant at `north`: half of the 10 is billed for 0.6: 111.4. With the tenant's MW taken off 111.46."""
    run = solved(
        leased(
            sites=[site(), site(id="north")],
            grid=[meter(), meter(id="north_meter", site="north")],
            opening=[standing(site="north")],
            lease_sites=[accepts(at="north")],
            charges=[demand(minimum_fraction=0.5)],
        )
    )
    assert worth(run) == near(111.4)


def test_a_charge_is_for_its_site() -> None:
    """(7.5), (13.9): a megawatt of rigs at each of two sites, 10 USD per kW and month at `north`: 2·8.76 - 0.12. On both 117.28."""
    run = solved(
        mining(
            sites=[site(), site(id="north")],
            grid=[meter(), meter(id="north_meter", site="north")],
            opening=[*mines(1), standing("mine", id="north_mine", site="north"), fleet(id="north_fleet", site="north")],
            charges=[demand(site="north")],
        )
    )
    assert worth(run) == near(117.4)
    assert state(run, "charges_musd", "north", "2027Q1") == near(0.03)
