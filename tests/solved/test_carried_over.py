"""Sections 1, 6, 8 and 9, what was paid and earned before the start: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

import pytest

from tests.tiny import (
    Fields,
    gpu,
    hall,
    lease,
    leased,
    meter,
    mining,
    near,
    rig,
    solved,
    standing,
    state,
    tiny,
    worth,
    years,
)
from tests.tiny_capital import tax_class
from tests.tiny_deals import contract, serving
from tests.tiny_past import AFTER_TWO_21, AT_21, FIRST_21, SECOND_21, TAXED, let_for_two_years, tax_base
from tests.tiny_sites import raw_land

QUARTERS = ("2027Q1", "2027Q2", "2027Q3", "2027Q4")
FIVE: list[Fields] = [tax_class(60)]
BONUS: list[Fields] = [tax_class(60, bonus_fraction=0.4)]
HALF_THEN_YEAR: Fields = {
    "start": "2027-07",
    "periods": [{"months": 6, "count": 1}, {"months": 12, "count": 1}],
    "leases": [lease(earliest_start="2027-07")],
}


@pytest.mark.parametrize(
    ("classes", "base", "written", "left"),
    [
        (FIVE, {}, (3.2, 1.92), 2.88),
        (FIVE, {"in_service": "2026-12"}, (3.2, 1.92), 2.88),
        (BONUS, {}, (1.92, 1.152), 1.728),
        (FIVE, {"method": "straight_line"}, (2.0, 2.0), 4.0),
        ([], {}, (2.0, 2.0), 4.0),
        ([], {"in_service": "2024-01"}, (2.0, 2.0), 0.0),
        ([], {"in_service": "2023-07"}, (2.0, 1.0), 0.0),
        (FIVE, {"in_service": "2027-07"}, (2.0, 3.2), 4.8),
        (FIVE, {"tax_life_months": None}, (0.0, 0.0), 10.0),
    ],
)
def test_what_was_spent_is_written_off_as_its_class_has_it(
    classes: list[Fields], base: Fields, written: tuple[float, float], left: float
) -> None:
    """Section 1, `tax_bases`: 10 M$, in service in 2026: of MACRS over five years 32 and 19.2 % are to come, and 28.8 % are left.

    The 20 % of 2026 are gone, and so are a bonus of then and 24 months of straight line. Land is never written off: all of it is left.
    Tax of 25 % on 12 less that, and on 10 of the sale less what is left. Without the table the taxes are 3, 3 and 2.5.
    """
    run = solved(let_for_two_years(tax_bases=[tax_base(**base)], tax_classes=classes))
    first, second = written
    value = (22 - 0.25 * (12 - first)) * FIRST_21 + (12 - 0.25 * (12 - second)) * SECOND_21 + (10 - 0.25 * (10 - left)) * AFTER_TWO_21
    assert worth(run) == near(value)
    assert [state(run, "depreciation_musd", "site", label) for label in ("2027", "2028")] == [near(first), near(second)]
    assert state(run, "final_basis_musd", "site") == near(left)


def test_a_class_knows_the_calendar_year_of_a_month_before_the_start() -> None:
    """Section 1: a plan from July 2027; in service in January, of the 20 % of 2027 half is gone, a tenth is written off, then 32 %."""
    run = solved(leased(**HALF_THEN_YEAR, tax_bases=[tax_base(in_service="2027-01")], tax_classes=FIVE))
    found = [state(run, "depreciation_musd", "site", label) for label in ("2027-07+6m", "2028")]
    assert found == [near(1), near(3.2)]
    assert state(run, "final_basis_musd", "site") == near(4.8)


@pytest.mark.parametrize(("from_month", "paid"), [("2027-07", (0, 0, 2, 0)), ("2027-08", (0, 0, 2, 0)), ("2027-10", (0, 0, 0, 2))])
def test_grid_on_order_is_paid_when_it_comes(from_month: str, paid: tuple[float, ...]) -> None:
    """Section 6, (6.3), (10.7): 10 MW come for 2 M$; the tenant comes with them, in July (6) or October (3). Without what is due 2 more."""
    run = solved(leased(grid=[meter(from_month=from_month, due_musd=2)]))
    assert worth(run) == near(104 if from_month == "2027-07" else 101)
    assert [state(run, "capex_musd", "site", label) for label in QUARTERS] == [near(musd) for musd in paid]


def test_grid_on_order_is_written_off_from_service() -> None:
    """Section 6: 2 M$ in July over 10 months: 1.2 in 2027: 25 % tax on 6 - 1.2: 100 + 6 - 2 - 1.2 = 102.8. With no basis 102.5."""
    run = solved(leased(grid=[meter(from_month="2027-07", due_musd=2, tax_life_months=10)], finance=TAXED))
    assert worth(run) == near(102.8)
    assert state(run, "final_basis_musd", "site") == near(0.8)


def test_grid_on_order_has_its_class_and_no_inflation() -> None:
    """Sections 1 and 6: 2 M$ due in 2028 cost 2, with inflation 2.4; 20 % of them are written off in 2028 by MACRS over five years.

    12 of rent in 2028: 100 + 12 - 2 - 0.25·(12 - 0.4) = 107.1.
    """
    grid = [meter(from_month="2028-01", due_musd=2, tax_life_months=60)]
    run = solved(leased(periods=years(2), grid=grid, tax_classes=FIVE, finance=TAXED | {"capex_inflation_fraction": 0.2}))
    assert worth(run) == near(107.1)


@pytest.mark.parametrize(
    ("from_month", "months", "value"),
    [
        ("2026-07", 6, 15 * FIRST_21),
        ("2026-07", 12, 15 * FIRST_21),
        ("2026-07", 18, 10 * FIRST_21 + 5 * SECOND_21),
        ("2026-07", 30, 10 * FIRST_21 + 5 * AFTER_TWO_21),
        ("2027-07", 5, 15 * FIRST_21),
        ("2027-07", 6, 10 * FIRST_21 + 5 * SECOND_21),
    ],
)
def test_security_that_is_posted_comes_back(from_month: str, months: int, value: float) -> None:
    """(6.16), (8.6), (9.8): 5 M$ lie with the utility, for months after the MW come. What is back in 2027 is paid out then.

    Back in January 2028 it counts in 2028, in January 2029 and later at the horizon. Forgotten: 10/1.1. What comes in July 2027 has its
    security posted at the start too: none is paid then.
    """
    grid = [meter(from_month=from_month, security_musd=5, security_months=months)]
    run = solved(tiny(periods=years(2), grid=grid, finance=AT_21 | {"opening_cash_musd": 10.0}))
    assert worth(run) == near(value)


def test_security_may_have_come_back_before_the_start() -> None:
    """(6.16): for 5 months after July 2026: nothing is posted at the start, and nothing comes: 10/1.1. In the first month it would."""
    grid = [meter(from_month="2026-07", security_musd=5, security_months=5)]
    run = solved(tiny(periods=years(2), grid=grid, finance=AT_21 | {"opening_cash_musd": 10.0}))
    assert worth(run) == near(10 * FIRST_21)


@pytest.mark.parametrize(("price_year", "factor"), [(None, 1.0), (2025, 1.21), (2026, 1.1), (2027, 1.0)])
def test_costs_are_in_money_of_their_year(price_year: int | None, factor: float) -> None:
    """Section 1, g_t and k_x: 10 % a year: overhead of 1, a shell for 2 and its upkeep of 0.5 cost 1.21 times as much in money of 2025.

    100 + 12 - 3.5 times that. What is due for a meter, 1, costs 1, and the rent is what it is.
    """
    run = solved(
        raw_land(
            periods=years(1),
            halls=[hall(buildable=True, capex_musd_per_module=2, fixed_cost_musd_per_module_year=0.5)],
            grid=[meter(), meter(id="late", from_month="2027-07", due_musd=1)],
            finance={"price_year": price_year, "cost_inflation_fraction": 0.1, "capex_inflation_fraction": 0.1}
            | {"overhead_musd_per_year": 1.0},
        )
    )
    assert worth(run) == near(111 - 3.5 * factor)


def test_costs_may_be_in_money_of_a_later_year() -> None:
    """Section 1, g_t: 1 of overhead in money of 2028 is 1/1.1 in 2027. In money of the start 1 and 1.1."""
    finance: Fields = {"price_year": 2028, "cost_inflation_fraction": 0.1, "overhead_musd_per_year": 1.0}
    assert worth(solved(tiny(periods=years(2), finance=finance))) == near(99 - 1 / 1.1)


def test_machines_are_not_in_money_of_a_year() -> None:
    """Section 1, k_x: a MW of rigs for 1 M$, a cluster for 1 M$: 100 + 8.76 - 1 whatever the year of the costs."""
    finance: Fields = {"price_year": 2025, "capex_inflation_fraction": 0.1}
    assert worth(solved(mining(asic_models=[rig(buyable=True)], opening=[standing("mine")], finance=finance))) == near(107.76)
    clusters: Fields = {"gpu_models": [gpu()], "opening": [standing("room")], "gpu_contracts": []}
    assert worth(solved(serving(**clusters, finance=finance))) == near(107.76)


@pytest.mark.parametrize(
    ("before", "taxes"), [(0.0, (1.5, 3.0)), (6.0, (3.0, 3.0)), (-4.0, (0.5, 3.0)), (-10.0, (0.0, 2.0)), (-30.0, (0.0, 0.6))]
)
def test_the_tax_of_the_first_year_is_that_of_the_whole_year(before: float, taxes: tuple[float, float]) -> None:
    """(9.1): a plan from July with 6 of rent in 2027 and 12 in 2028, at 25 %: with 6 earned before it 12 are taxed in 2027, not 6.

    After 4 lost 2 are; after 10 the 4 that are left are a loss for 2028; after 30 they are 24, of which 9.6 may be used there.
    """
    run = solved(leased(**HALF_THEN_YEAR, finance=TAXED | {"opening_income_musd": before}))
    assert worth(run) == near(118 - sum(taxes))
    assert [state(run, "tax_musd", label) for label in ("2027", "2028")] == [near(musd) for musd in taxes]


def test_a_carried_loss_is_used_against_the_income_of_the_whole_year() -> None:
    """(9.1), (9.2): 80 % of 6 + 4 may be offset by a loss of 20 from before: tax on 2 in 2027. Of the 6 alone 4.8 would be: 1.2 and more.

    In 2028 9.6 of 12: 0.6. 118 - 0.5 - 0.6.
    """
    run = solved(leased(**HALF_THEN_YEAR, finance=TAXED | {"opening_income_musd": 4.0, "opening_loss_musd": 20.0}))
    assert worth(run) == near(116.9)
    assert [state(run, "used_musd", label) for label in ("2027", "2028")] == [near(8), near(9.6)]


@pytest.mark.parametrize(("prepaid", "value"), [("2026-10", 103.0), (None, 106.0)])
def test_what_a_tenant_to_come_has_paid_is_owed_at_the_start(prepaid: str | None, value: float) -> None:
    """Section 4, (8.6), (10.13): 3 M$ paid ahead in October 2026 for the year from July 2027: no cash of the plan, and earned from July on.

    Of the rent of 6 half of 3 was paid before, and 1.5 are owed at the end: 100 + 6 - 3. Received in July: 106.
    """
    tenant = lease(mandatory=True, earliest_start="2027-07", drop_dead="2027-07", term_months=12, prepayment_musd=3, prepaid=prepaid)
    run = solved(leased(leases=[tenant], finance={"dividends_from": "2028-01"}))
    assert worth(run) == near(value)
    if prepaid:
        assert [state(run, "prepaid_musd", label) for label in QUARTERS] == [near(3), near(3), near(2.25), near(1.5)]
        assert [state(run, "cash_musd", label) for label in QUARTERS] == [near(100), near(100), near(102.25), near(104.5)]


@pytest.mark.parametrize(("prepaid", "value"), [("2026-10", 110.176), (None, 113.176)])
def test_what_a_customer_to_come_has_paid_is_owed_at_the_start(prepaid: str | None, value: float) -> None:
    """Sections 4 and 5: 4.344 on the market until July, 8.832 under the contract, of which 3 M$ were paid in October 2026: 1.5 are owed."""
    offer = contract(mandatory=True, earliest_start="2027-07", drop_dead="2027-07", prepayment_musd=3, prepaid=prepaid)
    run = solved(serving(gpu_contracts=[offer]))
    assert worth(run) == near(value)
