"""Section 8, new shares and interest on cash: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

import pytest

from planner_models.schema import Instance
from tests.tiny import Fields, chosen, hall, lease, leased, near, solved, state, tiny, worth, years
from tests.tiny_capital import AFTER_TWO, DEAR_MONEY, FIRST, SECOND, building, shares

NEEDED = 8 / 0.95
"""What must be issued for 8 in cash at a fee of 5 %."""


def short(**fields: object) -> Instance:
    """2 of cash, a shell for 10 that earns 24 in 2028, no lender, and shares with `fields`."""
    return building(leases=[lease(rent_usd_per_kw_month=2000)], finance={"opening_cash_musd": 2.0}, equity=[shares(**fields)])


def test_new_shares_cost_their_discount_and_their_fee() -> None:
    """(8.6), (8.15), (9.8): 8 are missing in 2027: 8/0.95 = 8.4211 issued, which cost today's holders a quarter more: 10.5263.

    2 + 8 - 10 + 24 - 10.5263 = 13.4737. Not built: 2. Without the discount 15.5789, without the fee 14.
    """
    run = solved(short())
    assert worth(run) == near(24 - NEEDED / 0.8)
    assert chosen(run, "issued_musd", "shares", "2027") == near(NEEDED)


@pytest.mark.parametrize(
    ("fields", "built"),
    [
        ({"limit_musd_per_quarter": 2.11}, True),
        ({"limit_musd_per_quarter": 2.1}, False),
        ({"from_month": "2027-02"}, False),
        ({"from_month": "2027-01"}, True),
        ({"to_month": "2027-01"}, False),
        ({"to_month": "2027-02"}, True),
    ],
)
def test_the_market_takes_so_much_in_a_quarter_and_not_always(fields: Fields, built: bool) -> None:
    """(8.15): 8.4211 a year are 2.1053 a quarter; a row of shares from February on, or up to January, has no part in 2027."""
    assert worth(solved(short(**fields))) == near(24 - NEEDED / 0.8 if built else 2)


def test_the_limit_is_per_quarter() -> None:
    """(8.15): shells for 4 that earn 3 a quarter, a first without cash: 4 are needed, net 3.8 of 4 may be issued: 0.2 in cash is enough.

    0.2 + 3.8 - 4 + 12 - 5 = 7. With 0.1 it waits for no quarter: none has more: shares of two quarters are, 0.1 + 1.95 + 1.95, with
    service in April: 9 + 0.1 - 0.1 - 3.9/0.95/0.8.
    """
    halls = [hall(buildable=True, capex_musd_per_module=7)]
    offer = [shares(limit_musd_per_quarter=4)]
    # a shell pays its rent of 3 in the quarter in which it is bought: 7 = cash + 3 + 0.95 of what is issued
    early = solved(leased(halls=halls, opening=[], equity=offer, finance={"opening_cash_musd": 0.2}))
    assert worth(early) == near(0.2 - 7 + 12 + 3.8 - 5)
    late = solved(leased(halls=halls, opening=[], equity=offer, finance={"opening_cash_musd": 0.1}))
    assert worth(late) == near(0.1 - 7 + 9 + 3.9 - 3.9 / 0.95 / 0.8)
    assert chosen(late, "built_modules", "site", "shell", "2027Q2") == 1


def test_shares_are_counted_when_they_are_issued() -> None:
    """(9.8): at 44 % the same 8.4211 are issued in the middle of 2027, 24 come in 2028. In cash at the end they would count 1/2.0736."""
    instance = building(leases=[lease(rent_usd_per_kw_month=2000)], finance=DEAR_MONEY | {"opening_cash_musd": 2.0}, equity=[shares()])
    assert worth(solved(instance)) == near(24 * SECOND - NEEDED / 0.8 * FIRST)


def test_shares_are_not_sold_to_pay_dividends() -> None:
    """(9.8): without discount and fee a share is worth what it brings: 20 of cash at 44 % are worth 20/1.2 with or without new ones."""
    offer = [shares(discount_fraction=0.0, fee_fraction=0.0)]
    assert worth(solved(tiny(periods=years(2), finance=DEAR_MONEY | {"opening_cash_musd": 20.0}, equity=offer))) == near(20 * FIRST)


def test_the_cheaper_issue_is_taken_first() -> None:
    """(8.15): two rows; 4 a year of one without discount bring 3.8, the other 4.2 come from the dearer: 4 + 4.2/0.95/0.8 = 9.5263."""
    offers = [shares(), shares(id="cheap", limit_musd_per_quarter=1.0, discount_fraction=0.0)]
    run = solved(building(leases=[lease(rent_usd_per_kw_month=2000)], finance={"opening_cash_musd": 2.0}, equity=offers))
    assert chosen(run, "issued_musd", "cheap", "2027") == near(4)
    assert worth(run) == near(24 - 4 - 4.2 / 0.95 / 0.8)


def test_cash_earns_interest_on_what_a_period_begins_with() -> None:
    """(8.9), (8.6): 100 at 5 % for two years: 110.25. On closing balances, or by the quarter, it would be another sum."""
    assert worth(solved(tiny(periods=years(2), finance={"cash_interest_fraction": 0.05}))) == near(110.25)


def test_interest_on_cash_is_by_the_month_and_taxed() -> None:
    """(8.9), (9.1): four quarters of 1 % on 100, tax of 25 % of it at the end of the year: 104.060401 less a quarter of 4.060401."""
    run = solved(tiny(finance={"cash_interest_fraction": 0.04, "tax_rate_fraction": 0.25}))
    assert worth(run) == near(100 + 0.75 * 4.060401)
    assert state(run, "interest_musd", "2027Q1") == near(-1)


def test_cash_that_earns_less_than_equity_wants_is_paid_out() -> None:
    """(8.9): the opening 20 earn 2 in 2027, all of it is paid out then; 5 that must stay (the floor) earn 0.5 in 2028."""
    finance = DEAR_MONEY | {"opening_cash_musd": 20.0, "cash_interest_fraction": 0.1, "cash_floor_musd": 5.0}
    assert worth(solved(tiny(periods=years(2), finance=finance))) == near(17 * FIRST + 0.5 * SECOND + 5 * AFTER_TWO)
