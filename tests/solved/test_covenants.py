"""Section 8, covenants: each optimum is derived by hand from MATHS.md.

8 M$ are owed at 10 % a year, due after the horizon; 20 of cash and equity at 44 %, so that nothing is repaid before it must be. With E of
rent a year and no covenant 19.2 + E are paid out in 2027, E - 0.8 in 2028, and 8 are owed at the end.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.tiny import Fields, facility, fleet, lease, leased, meter, mining, near, site, solved, standing, state, tiny, worth, years
from tests.tiny_capital import AFTER_ONE, AFTER_TWO, DEAR_MONEY, FIRST, SECOND, building, covenant, indebted, owed, revolver


@pytest.mark.parametrize(("level", "repaid"), [(5.0, 2.0), (6.0, 0.8), (7.0, 0.0)])
def test_debt_is_at_most_a_multiple_of_ebitda(level: float, repaid: float) -> None:
    """(8.16), (8.17), (8.19): 1.2 of rent: 6, 7.2 or 8.4 of debt: 2 or 0.8 are repaid in 2027, or none, as without a covenant."""
    run = solved(indebted(rent_musd_per_year=1.2, covenants=[covenant("leverage", level)]))
    assert worth(run) == near((20.4 - repaid) * FIRST + (1.2 - 0.1 * (8 - repaid)) * SECOND - (8 - repaid) * AFTER_TWO)
    assert state(run, "ebitda_musd", "2027") == near(1.2)


def test_ebitda_is_after_operating_cost() -> None:
    """(8.17): 4.2 of rent less 3 of overhead are 1.2 all the same. On revenue 21 could be owed."""
    run = solved(indebted(rent_musd_per_year=4.2, covenants=[covenant("leverage", 5)], finance={"overhead_musd_per_year": 3}))
    assert worth(run) == near(18.4 * FIRST + 0.6 * SECOND - 6 * AFTER_TWO)


@pytest.mark.parametrize(("from_month", "repaid"), [("2027-01", (2, 0)), ("2027-02", (0, 2)), ("2028-01", (0, 2)), ("2028-02", (0, 0))])
def test_a_covenant_is_tested_from_its_month_on(from_month: str, repaid: tuple[float, float]) -> None:
    """(8.19): 4.8 of rent at 1.25: 2 of 8 are repaid in the first year that begins in that month or later; never from February 2028."""
    run = solved(indebted(rent_musd_per_year=4.8, covenants=[covenant("leverage", 1.25, from_month=from_month)]))
    first, second = repaid
    value = (24 - first) * FIRST + (4.8 - 0.1 * (8 - first) - second) * SECOND - (8 - first - second) * AFTER_TWO
    assert worth(run) == near(value)


@pytest.mark.parametrize(("begins", "repaid", "rent"), [("2027-01", 2.0, (6, 6, 6, 6)), ("2027-07", 5.0, (0, 0, 6, 6))])
def test_the_first_test_is_after_twelve_months(begins: str, repaid: float, rent: tuple[float, ...]) -> None:
    """(8.19): 6 of rent a quarter, or of the last two alone: 24 or 12 in twelve months, at a quarter: 6 or 3 may be owed in the fourth.

    No test before that, though 8 is more than any three quarters would allow. No interest here: what comes in is paid out.
    """
    run = solved(
        indebted(
            rent_musd_per_year=24,
            periods=[{"months": 3, "count": 4}],
            leases=[lease(rent_usd_per_kw_month=2000, earliest_start=begins)],
            debt=[owed(rate_fraction=0)],
            covenants=[covenant("leverage", 0.25)],
        )
    )
    flows = [20 + rent[0], rent[1], rent[2], rent[3] - repaid]
    assert worth(run) == near(by_quarter(flows) - (8 - repaid) * AFTER_ONE)
    assert state(run, "debt_musd", "bank", "2027Q3") == near(8)


def by_quarter(flows: list[float]) -> float:
    """What flows of the quarters from 2027Q1 on are worth at 44 %."""
    return sum(musd * 1.44 ** (-(3 * number + 1.5) / 12) for number, musd in enumerate(flows))


def test_twelve_months_roll() -> None:
    """(8.19): 6 of rent a quarter from July 2027 on: twelve months have 12, 18 and 24 at the end of the fourth, fifth and sixth quarter.

    At a quarter 3, 4.5 and 6 may be owed: 5 of 8 are repaid, then 1.5 and 1.5 drawn again from a revolver that costs nothing.
    """
    run = solved(
        indebted(
            rent_musd_per_year=24,
            periods=[{"months": 3, "count": 6}],
            leases=[lease(rent_usd_per_kw_month=2000, earliest_start="2027-07")],
            debt=[revolver(opening_balance_musd=8, rate_fraction=0)],
            covenants=[covenant("leverage", 0.25)],
        )
    )
    assert [state(run, "debt_musd", "revolver", u) for u in ("2027Q3", "2027Q4", "2028Q1", "2028Q2")] == [
        near(8),
        near(3),
        near(4.5),
        near(6),
    ]
    assert worth(run) == near(by_quarter([20, 0, 6, 6 - 5, 6 + 1.5, 6 + 1.5]) - 6 * 1.44**-1.5)


def test_a_long_period_counts_by_its_months() -> None:
    """(8.19): one period of two years with 2.4 of rent has 1.2 in twelve months: 6 may be owed at its end.

    Paid in the middle: 20 + 2.4 - 1.6 - 2.

    On all of it 12 could be owed: 20.8 and 8.
    """
    run = solved(indebted(rent_musd_per_year=1.2, periods=[{"months": 24, "count": 1}], covenants=[covenant("leverage", 5)]))
    assert worth(run) == near(18.8 / 1.44 - 6 * AFTER_TWO)


def test_the_sale_of_a_site_is_no_ebitda() -> None:
    """(8.17), (10.16): `north` is sold in 2027 for 10 MW at 0.2, at a cost of 0.5: 1.5 of cash, and EBITDA stays 1.2: 6 may be owed.

    With it EBITDA would be 2.7, without the closing cost alone 0.7: 13.5 or 3.5.
    """
    run = solved(
        indebted(
            rent_musd_per_year=1.2,
            sites=[site(), site(id="north", sale_musd_per_mw=0.2, closing_cost_musd=0.5)],
            grid=[meter(), meter(id="north_meter", site="north")],
            covenants=[covenant("leverage", 5)],
        )
    )
    assert worth(run) == near(19.9 * FIRST + 0.6 * SECOND - 6 * AFTER_TWO)
    assert state(run, "ebitda_musd", "2027") == near(1.2)


def test_used_machines_are_no_ebitda() -> None:
    """(8.17), (10.16): 2 MW of rigs and room for one, which earns 8.76 in 2027; the other is sold for 0.5. Half of 8.76 may be owed: 4.38.

    With the sale it would be 4.63. 20 + 8.76 + 0.5 - 0.8 - 3.62 paid out.
    """
    run = solved(
        mining(
            periods=years(1),
            opening=[standing("mine"), fleet(it_mw=2)],
            asic_prices=[
                {"asic": "rig", "from_month": "2027-01", "usd_per_th": 25, "resale_usd_per_th": 12.5, "resale_mw_per_year": 1},
            ],
            debt=[owed()],
            covenants=[covenant("leverage", 0.5)],
            finance=DEAR_MONEY | {"opening_cash_musd": 20.0},
        )
    )
    assert worth(run) == near(24.84 * FIRST - 4.38 * AFTER_ONE)
    assert state(run, "ebitda_musd", "2027") == near(8.76)


def test_a_lossmaker_owes_nothing_when_it_is_tested() -> None:
    """(8.16), (8.19): EBITDA is 1.2 - 3: no debt is a multiple of that, so all is repaid in 2027, and the row asks for nothing more.

    20 + 1.2 - 3 - 0.8 - 8 - 1.8 kept for 2028. Were the row to hold without debt, there would be no plan.
    """
    run = solved(indebted(rent_musd_per_year=1.2, covenants=[covenant("leverage", 5)], finance={"overhead_musd_per_year": 3}))
    assert worth(run) == near(7.6 * FIRST)


def covering(level: float, **parts: Any) -> float:
    """What the company is worth with 3.6 of rent, its debt of 8 paid back over 48 months, and a coverage covenant."""
    terms: Fields = {"debt": [owed(amortisation_months=48)], "covenants": [covenant("coverage", level)]}
    return worth(solved(indebted(rent_musd_per_year=3.6, **(terms | parts))))


KEPT = (20 + 3.6 - 0.8 - 2) * FIRST + (3.6 - 0.6 - 2) * SECOND - 4 * AFTER_TWO
PAID_OFF = (20 + 3.6 - 0.8 - 8) * FIRST + 3.6 * SECOND


@pytest.mark.parametrize(("level", "value"), [(1.28, KEPT), (1.29, PAID_OFF)])
def test_ebitda_covers_interest_and_amortisation(level: float, value: float) -> None:
    """(8.18), (8.20): 3.6 over 0.8 + 2 in 2027 is 1.286, over 0.6 + 2 in 2028 more. At 1.29 it must owe nothing at the end of 2027.

    That it may: what is not owed is not tested. Interest alone, or amortisation alone, would be covered either way.
    """
    assert covering(level) == near(value)


def test_paying_early_does_not_shorten_the_schedule() -> None:
    """(8.18): the part of a year is 2 of the opening 8, however much is repaid: at 1.29 paying 7.9 of 8 does not help.

    In 2028 alone (tested from then on) it is 3.6 over 0.6 + 2, or over 2 once all but a little is paid: at 1.5, 3.9 > 3.6 > 3: paid down
    in 2027 to a balance b with 1.5·(0.1·b + 2) = 3.6: b = 4.
    """
    run = solved(
        indebted(
            rent_musd_per_year=3.6,
            debt=[owed(amortisation_months=48)],
            covenants=[covenant("coverage", 1.5, from_month="2028-01")],
        )
    )
    assert worth(run) == near((20 + 3.6 - 0.8 - 4) * FIRST + (3.6 - 0.4) * SECOND - 4 * AFTER_TWO)
    assert state(run, "debt_musd", "bank", "2027") == near(4)
    assert state(run, "scheduled_musd", "2028") == near(2)


def test_what_is_due_at_maturity_is_not_scheduled() -> None:
    """(8.18), (8.20): two lenders of 4; one is due in 2028, when 12 of rent cover 0.8 of interest fifteen times. With the 4, 2.5 times."""
    lenders = [owed(opening_balance_musd=4, maturity="2028-07"), owed(id="late", opening_balance_musd=4)]
    run = solved(indebted(rent_musd_per_year=12, debt=lenders, covenants=[covenant("coverage", 14)]))
    assert worth(run) == near(31.2 * FIRST + 7.2 * SECOND - 4 * AFTER_TWO)


def test_nothing_is_scheduled_in_the_year_of_the_maturity() -> None:
    """(8.18), (8.20): two lenders of 4, one paid back over 48 months but for what is due in July 2028: 3 then.

    12 of rent cover the 0.7 of interest of 2028 seventeen times; with the part of 1 that falls into it, 7 times.
    """
    lenders = [owed(opening_balance_musd=4, amortisation_months=48, maturity="2028-07"), owed(id="late", opening_balance_musd=4)]
    run = solved(indebted(rent_musd_per_year=12, debt=lenders, covenants=[covenant("coverage", 10, from_month="2028-01")]))
    assert worth(run) == near(30.2 * FIRST + 8.3 * SECOND - 4 * AFTER_TWO)
    assert [state(run, "scheduled_musd", year) for year in ("2027", "2028")] == [near(1), near(0)]


def test_coverage_is_before_tax() -> None:
    """(8.20): at 25 % the tax of 2027 is 0.7. 3.6 over 2.8 is enough at 1.28; the 2.9 after tax would not be, even at 1.04.

    2027: 20 + 3.6 - 0.8 - 0.7 - 2. 2028: 3.6 - 0.6 - 0.75 - 2.
    """
    value = covering(1.28, finance={"tax_rate_fraction": 0.25})
    assert value == near(20.1 * FIRST + 0.25 * SECOND - 4 * AFTER_TWO)


def test_the_parts_of_a_draw_are_scheduled_after_its_grace() -> None:
    """(8.18), (8.20): 8 of 10 drawn in 2027, 12 months of grace, over 48: 2 a year from 2028 on; 12 over 0.8 + 2 is 4.2857 in 2028.

    At 4.28 the 8 are kept. At 4.29 all is paid back in 2028, or less is drawn: d with 12 = 4.29·0.35·d, d = 7.992. At 20, 1.714 would be
    less than the 4 that the shell needs, so what is drawn is paid back within 2028: 12 - 0.8 - 8.
    """
    terms: Fields = {"id": "bank", "limit_musd": 8.0, "rate_fraction": 0.1, "maturity": "2035-01", "amortisation_months": 48}
    debt = [terms | {"grace_months": 12}]
    drawn = 12 / (4.29 * 0.35)
    by_level = {
        4.28: 4 * FIRST + (12 - 0.8 - 2) * SECOND - 6 * AFTER_TWO,
        4.29: (drawn - 4) * FIRST + (12 - 0.35 * drawn) * SECOND - 0.75 * drawn * AFTER_TWO,
        20: 4 * FIRST + 3.2 * SECOND,
    }
    for level, value in by_level.items():
        assert worth(solved(building(debt=debt, covenants=[covenant("coverage", level)], finance=DEAR_MONEY))) == near(value)


@pytest.mark.parametrize(
    ("level", "value"),
    [(5.0, 14.2 * FIRST - 3 * AFTER_ONE), (7.0, 12.2 * FIRST - AFTER_ONE), (9.0, 11.2 * FIRST), (0.0, 19.2 * FIRST - 8 * AFTER_ONE)],
)
def test_unrestricted_cash_is_kept_while_something_is_owed(level: float, value: float) -> None:
    """(8.21): 5 or 7 of cash stay to the end of 2027 besides the debt of 8; where 9 would have to stay, it is worth more to repay."""
    run = solved(
        tiny(
            periods=years(1),
            debt=[owed()],
            covenants=[covenant("liquidity", level)],
            finance=DEAR_MONEY | {"opening_cash_musd": 20.0},
        )
    )
    assert worth(run) == near(value)


def test_a_reserve_is_no_liquidity() -> None:
    """(8.14), (8.21): a year of debt service is 0.8, which is kept on top of the 5: 13.4 paid out, 5.8 - 8 left."""
    run = solved(
        tiny(
            periods=years(1),
            debt=[owed(reserve_months=12)],
            covenants=[covenant("liquidity", 5)],
            finance=DEAR_MONEY | {"opening_cash_musd": 20.0},
        )
    )
    assert worth(run) == near(13.4 * FIRST - 2.2 * AFTER_ONE)


def test_each_covenant_is_tested() -> None:
    """(8.19), (8.21): leverage of 5 on 1.2 asks for 2 back, liquidity for 3 in cash: 20.4 - 2 - 3 in 2027, then 0.6, 3 - 6 at the end."""
    run = solved(indebted(rent_musd_per_year=1.2, covenants=[covenant("leverage", 5), covenant("liquidity", 3)]))
    assert worth(run) == near(15.4 * FIRST + 0.6 * SECOND - 3 * AFTER_TWO)


@pytest.mark.parametrize(("kind", "level"), [("leverage", 3.0), ("coverage", 1.2)])
def test_a_penalty_breaks_no_covenant_without_debt(kind: str, level: float) -> None:
    """(8.19), (8.20): a lease that must be delivered comes six months late, for 30 M$; 6 of rent: 76, and nothing is owed."""
    tenant = lease(mandatory=True, stage="signed", ready_by="2027-01", penalty_usd_per_mw_month=5e6)
    run = solved(leased(opening=[standing(in_service="2027-07")], leases=[tenant], debt=[facility()], covenants=[covenant(kind, level)]))
    assert worth(run) == near(76)


def test_interest_on_cash_below_zero_breaks_no_covenant_without_debt() -> None:
    """(8.20): cash may fall to -1000 and bears 20 % a year: -300, four times 1.05 of it and 3 of rent: -351.7215; nothing is owed."""
    finance = {"opening_cash_musd": -300.0, "cash_floor_musd": -1000.0, "cash_interest_fraction": 0.2}
    run = solved(leased(debt=[facility()], covenants=[covenant("coverage", 1)], finance=finance))
    assert worth(run) == near(-351.7215)


def test_all_debt_is_tested_together() -> None:
    """(8.19): two lenders of 8 and 1.2: 9.2 on 1.2 of rent at 5: 3.2 are repaid, of the dearer one (20 %) first.

    2027: 20 + 1.2 - 0.8 - 0.24 - 3.2; 2028: 1.2 - 0.6; 6 owed.
    """
    lenders = [owed(), owed(id="dear", limit_musd=2, opening_balance_musd=1.2, rate_fraction=0.2)]
    run = solved(indebted(rent_musd_per_year=1.2, debt=lenders, covenants=[covenant("leverage", 5)]))
    assert state(run, "debt_musd", "dear", "2027") == near(0)
    assert worth(run) == near(16.96 * FIRST + 0.6 * SECOND - 6 * AFTER_TWO)
