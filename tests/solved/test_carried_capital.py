"""Sections 8 and 15, debt that was drawn, months that were tested and bitcoin held before the start: each optimum is derived by hand."""

from __future__ import annotations

from typing import Any

import pytest

from planner_models.schema import Instance
from tests.tiny import Fields, btc, chosen, lease, leased, mining, near, solved, state, tiny, worth, years
from tests.tiny_capital import AFTER_ONE, AFTER_TWO, DEAR_MONEY, FIRST, SECOND, building, covenant, indebted, owed, revolver
from tests.tiny_machines import DOUBLED
from tests.tiny_past import AT_21, FIRST_21, SECOND_21, TAXED, draw, history, holding

LAST_DAY: list[Fields] = [btc(), btc(from_day="2027-12-31", btc_usd=1_200_000, network_eh=900)]
"""A bitcoin costs 0.6 M$, and 1.2 on the last day."""


@pytest.mark.parametrize(("cap", "value"), [(0, 101.2), (1, 101.8), (1.5, 102.1), (2, 102.4), (100, 102.4)])
def test_bitcoin_held_at_the_start_is_sold_but_for_what_the_cap_allows(cap: float, value: float) -> None:
    """(15.2), (15.5), (15.6), (15.10): 2 bitcoin at 0.6 M$ until July, then at 1.2: without a cap both are sold at once, else later.

    Nobody mines here. Without the table 100; were they paid for at 0.1 each: 0.2 less.
    """
    run = solved(tiny(btc=DOUBLED, holdings=[holding()], finance={"treasury_cap_btc": cap}))
    assert worth(run) == near(value)
    assert chosen(run, "kept_btc", "hoard", "2027Q1") == near(max(0, 2 - cap))
    assert state(run, "treasury_musd", "2027Q1") == near(0.6 * max(0, 2 - cap))


@pytest.mark.parametrize(("cap", "value"), [(0, 109.96), (5, 112.96), (100, 115.504)])
def test_what_is_held_and_what_is_mined_share_the_cap(cap: float, value: float) -> None:
    """(15.4), (15.5): 8.76 and 2 bitcoin at 0.6, and 0.6 more for each that is kept until July: 5 of 9.24, or all.

    Had the holding room of its own, 7 would be kept under a cap of 5: 114.16.
    """
    run = solved(mining(btc=DOUBLED, holdings=[holding()], finance={"treasury_cap_btc": cap}))
    assert worth(run) == near(value)


def test_the_gain_over_its_basis_is_taxed_when_it_is_sold() -> None:
    """(15.7), (9.1): sold at once for 1.2, of which 0.2 are basis: 25 % tax on 1: 100 + 1.2 - 0.25. On all of it 100.9."""
    run = solved(tiny(btc=DOUBLED, holdings=[holding()], finance=TAXED))
    assert worth(run) == near(100.95)
    assert [state(run, "gain_musd", label) for label in ("2027Q1", "2027Q3")] == [near(1), 0]


def test_a_loss_on_bitcoin_is_set_against_income() -> None:
    """(15.7), (9.1): bought at 1 M$ each, sold for 0.6: a loss of 0.8 on 12 of rent: 100 + 12 + 1.2 - 2.8 = 110.4. Without it 110.2."""
    run = solved(leased(holdings=[holding(basis_usd=1_000_000)], finance=TAXED))
    assert worth(run) == near(110.4)


def test_bitcoin_kept_to_the_horizon_is_worth_its_last_day_and_taxed_there() -> None:
    """(15.3), (15.8), (15.9), (9.7): 2.4 on the last day, a gain of 2.2: 100 + 2.4 - 0.55 = 101.85. Untaxed 102.4, sold at once 100.95.

    The mean of the last quarter is 0.6065: sold then, 101.21 less tax.
    """
    run = solved(tiny(btc=LAST_DAY, holdings=[holding()], finance=TAXED | {"treasury_cap_btc": 2.0}))
    assert worth(run) == near(101.85)
    assert chosen(run, "final_btc", "hoard") == near(2)
    assert (state(run, "bitcoin_musd"), state(run, "bitcoin_gain_musd")) == (near(2.4), near(2.2))


def test_each_holding_has_its_basis() -> None:
    """(15.7), (15.10): one bitcoin of 0.1 M$ and one of 0.6, one may be kept for 2028, when it is worth 1.2; 21 % and a tax of 25 %.

    The dear one is sold at once, without a gain: 0.6/1.1 + (1.2 - 0.275)/1.331. The cheap one first: 0.475/1.1 + 1.05/1.331, 0.02 less.
    """
    deck = [btc(), btc(from_day="2028-01-01", btc_usd=1_200_000, network_eh=900)]
    held = [holding(id="cheap", btc_count=1), holding(id="dear", btc_count=1, basis_usd=600_000)]
    finance = AT_21 | TAXED | {"opening_cash_musd": 0.0, "treasury_cap_btc": 1.0}
    run = solved(tiny(periods=years(2), btc=deck, holdings=held, finance=finance))
    assert worth(run) == near(0.6 * FIRST_21 + 0.925 * SECOND_21)
    assert chosen(run, "kept_btc", "cheap", "2028") == near(1)


def test_a_sale_of_what_was_held_is_no_ebitda() -> None:
    """(8.17), (8.19): 1.2 of bitcoin is sold, EBITDA stays the rent of 1.2: 6 of 8 may be owed at 5. With the sale 12 could be."""
    run = solved(indebted(rent_musd_per_year=1.2, holdings=[holding()], covenants=[covenant("leverage", 5)]))
    assert state(run, "ebitda_musd", "2027") == near(1.2)
    assert worth(run) == near((20 + 1.2 + 1.2 - 0.8 - 2) * FIRST + 0.6 * SECOND - 6 * AFTER_TWO)


VINTAGES = [
    (0, [], 6.0, 4.0),
    (24, [draw("2026-01", 8)], 8.0, 6.0),
    (12, [draw("2026-07", 8)], 7.0, 5.0),
    (0, [draw("2025-01", 16)], 4.0, 0.0),
    (0, [draw("2026-01", 12)], 6.0, 3.0),
    (0, [draw("2025-01", 8), draw("2026-01", 6)], 5.0, 1.5),
]


@pytest.mark.parametrize(("grace", "draws", "after_one", "after_two"), VINTAGES)
def test_each_draw_of_before_is_paid_back_from_its_month(grace: int, draws: list[Fields], after_one: float, after_two: float) -> None:
    """(8.13), o_f: 8 M$ owed over 48 months: without rows a quarter of them a year from the start. Drawn in January 2026 with two years of
    grace: from 2028 on; in July 2026 with one: half a year of 2027 is free; 16 drawn two years ago: a quarter of 16 a year, the last in
    2028; 12 drawn a year ago, of which 4 are paid back, one of them early: 2 and 3; 8 and 6 of two years: 3 and 3.5.
    """
    debt = [owed(amortisation_months=48, grace_months=grace)]
    run = solved(indebted(rent_musd_per_year=6, debt=debt, debt_draws=draws))
    paid, interest = (8 - after_one, after_one - after_two), (0.8, 0.1 * after_one)
    value = (26 - interest[0] - paid[0]) * FIRST + (6 - interest[1] - paid[1]) * SECOND - after_two * AFTER_TWO
    assert [state(run, "debt_musd", "bank", label) for label in ("2027", "2028")] == [near(after_one), near(after_two)]
    assert worth(run) == near(value)


@pytest.mark.parametrize(("fields", "left"), [({}, 14 / 3), ({"limit_musd": 10.0}, 4.5), ({"advance_fraction": 0}, 2.0)])
def test_no_more_is_drawn_to_put_off_what_is_due_than_is_owed_afterwards(fields: Fields, left: float) -> None:
    """(8.13), (8.23): 8 owed over 48 months, which a covenant keeps at 8; draws in 2027 only, of a revolver of 16. All is refinanced then.

    8 of 10.667 are still to be paid back at the end of 2027, and no more than the 8 that are owed may be: in 2029 2 + 2.667 are left. Were
    16 drawn and paid back at once: 6. With a limit of 10 it is 2 + 2.5, without a draw 6, 4 and 2.
    """
    terms: Fields = {"limit_musd": 16.0, "amortisation_months": 48, "opening_balance_musd": 8, "available_to": "2028-01"}
    run = solved(
        indebted(
            rent_musd_per_year=8,
            periods=years(3),
            debt=[revolver(**(terms | fields))],
            covenants=[covenant("leverage", 1)],
        )
    )
    first, second = (8.0, 8.0) if "advance_fraction" not in fields else (6.0, 4.0)
    assert [state(run, "debt_musd", "revolver", label) for label in ("2027", "2028", "2029")] == [near(first), near(second), near(left)]


KEPT = (20 + 4.2 - 0.8 - 2) * FIRST + (4.2 - 0.6 - 3) * SECOND - 3 * AFTER_TWO
PAID_OFF = (20 + 4.2 - 0.8 - 8) * FIRST + 4.2 * SECOND


@pytest.mark.parametrize(("level", "value"), [(1.1, KEPT), (1.11, PAID_OFF)])
def test_the_parts_of_draws_of_before_are_scheduled(level: float, value: float) -> None:
    """(8.18), (8.20): 12 M$ drawn in 2026 over 48 months: 3 fall due in each year, whatever was paid: 4.2 of rent over 0.8 + 3 is 1.105.

    At 1.11 all is paid back in 2027. From the opening balance alone 2 would fall due, 4.2 over 2.8 is 1.5, and it would be kept.
    """
    debt = [owed(amortisation_months=48)]
    run = solved(
        indebted(rent_musd_per_year=4.2, debt=debt, debt_draws=[draw("2026-01", 12)], covenants=[covenant("coverage", level)]),
    )
    assert worth(run) == near(value)
    assert [state(run, "scheduled_musd", label) for label in ("2027", "2028")] == [near(3), near(3)]


@pytest.mark.parametrize(
    ("eligible", "balance", "draws", "built"),
    [
        (10.0, 0.0, [], True),
        (5.9, 0.0, [], False),
        (6.0, 0.0, [], True),
        (0.0, 0.0, [], False),
        (10.0, 2.0, [], True),
        (10.0, 2.1, [], False),
        (10.0, 1.0, [draw("2026-01", 2.0)], True),
        (10.0, 1.0, [draw("2026-01", 2.1)], False),
        (10.0, 1.0, [draw("2026-01", 1.0), draw("2026-07", 1.1)], False),
    ],
)
def test_capex_of_before_the_start_counts_for_the_companys_share(eligible: float, balance: float, draws: list[Fields], built: bool) -> None:
    """(8.11): 2 of cash, a shell for 10 that earns 12 in 2028; a lender of a half needs 8 to be drawn, which is possible once 6 were spent.

    With E spent before and o drawn, 8 + o <= 10 + E - (10 + E)/2: E - 2·o >= 6. What was drawn counts, repaid or not. Without the field
    the lender waits for 5 of the company's. Built: 2 - 10 + 12 less what was owed; else 2 less that.
    """
    terms: Fields = {"rate_fraction": 0.0, "equity_first": True, "advance_fraction": 0.5, "limit_musd": 12.0}
    later: Fields = {"amortisation_months": 120, "grace_months": 120} if draws else {}
    lender = owed(opening_balance_musd=balance, opening_eligible_musd=eligible) | terms | later
    run = solved(building(debt=[lender], debt_draws=draws, finance={"opening_cash_musd": 2.0}))
    assert worth(run) == near((4 if built else 2) - balance)


def quarterly(covenants: list[Fields], past: list[Fields], **bank: Any) -> Instance:
    """Rent of 6 a quarter, 20 of cash and 8 owed without interest, at 44 %."""
    return indebted(
        rent_musd_per_year=24, periods=[{"months": 3, "count": 4}], debt=[owed(rate_fraction=0) | bank], covenants=covenants, history=past
    )


def by_quarter(flows: list[float]) -> float:
    """What flows of the quarters from 2027Q1 on are worth at 44 %."""
    return sum(musd * 1.44 ** (-(3 * number + 1.5) / 12) for number, musd in enumerate(flows))


@pytest.mark.parametrize(
    ("past", "quarter", "left"),
    [
        ([history()], 0, 3.75),
        ([history("2025-10", 15, 15)], 0, 3.75),
        ([history("2026-04", 9, 9)], 0, 3.75),
        ([history("2026-05", 8, 8)], 1, 4.5),
        ([history("2026-04", 3, -3), history("2026-07", 6, 6)], 0, 2.25),
        ([history("2026-04", 3, 3), history("2026-10", 3, 3)], 2, 5.25),
        ([], 3, 6.0),
    ],
)
def test_a_covenant_looks_back_before_the_start(past: list[Fields], quarter: int, left: float) -> None:
    """(8.19): a quarter of the EBITDA of twelve months may be owed: 1 a month before the start, 6 a quarter from then on.

    With the nine months before the start it is tested in March: 9 + 6 allow 3.75 of 8. With eight first in June: six of the eight count,
    6 + 12 allow 4.5. A loss of 3 from April to June 2026 leaves -3 + 6 + 6. Where July to September are missing, it is tested in
    September: 3 + 18. Without history in December: 24.
    """
    run = solved(quarterly([covenant("leverage", 0.25)], past))
    flows = [26.0, 6.0, 6.0, 6.0]
    flows[quarter] -= 8 - left
    assert [state(run, "debt_musd", "bank", f"2027Q{number}") for number in (1, 2, 3, 4)] == [near(8)] * quarter + [near(left)] * (
        4 - quarter
    )
    assert worth(run) == near(by_quarter(flows) - left * AFTER_ONE)


def test_a_covenant_with_history_is_still_tested_from_its_month_on() -> None:
    """(8.19): with all of 2026, but from April: 6 + 12 allow 4.5 in June."""
    run = solved(quarterly([covenant("leverage", 0.25, from_month="2027-04")], [history()]))
    assert worth(run) == near(by_quarter([26, 2.5, 6, 6]) - 4.5 * AFTER_ONE)


@pytest.mark.parametrize(("level", "repaid"), [(3.19, 0.0), (3.2, 8.0)])
def test_debt_service_of_before_is_covered_too(level: float, repaid: float) -> None:
    """(8.20): in March 9 + 6 over 4.5 of before and 0.2 of interest is 3.191; at 3.2 all is repaid. In June 18 over 3.4 is enough.

    Without the service of before 15 over 0.2, without history no test in March: it is kept either way.
    """
    run = solved(quarterly([covenant("coverage", level)], [history(service_musd=6.0)], rate_fraction=0.1))
    left = 8 - repaid
    flows = [20 + 6 - 0.2 - repaid, *[6 - 0.025 * left] * 3]
    assert worth(run) == near(by_quarter(flows) - left * AFTER_ONE)


@pytest.mark.parametrize(("past", "value"), [([history()], [21, 6, 6, 6]), ([], [26, 6, 6, 1])])
def test_liquidity_is_tested_from_the_first_period_with_history(past: list[Fields], value: list[float]) -> None:
    """(8.21): 5 of cash stay from March on; without history from December on."""
    run = solved(quarterly([covenant("liquidity", 5)], past))
    assert worth(run) == near(by_quarter([float(musd) for musd in value]) + (5 - 8) * AFTER_ONE)


def test_the_first_year_with_history_is_tested_by_its_months() -> None:
    """(8.19): half a year from July 2027: half of the 6 of the twelve months before, and 6 of rent, allow 2.25 of 8 at a quarter."""
    run = solved(
        leased(
            start="2027-07",
            periods=[{"months": 6, "count": 1}, {"months": 12, "count": 1}],
            leases=[lease(earliest_start="2027-07")],
            debt=[owed(rate_fraction=0)],
            covenants=[covenant("leverage", 0.25)],
            history=[history("2026-07", 12, 6.0)],
            finance=DEAR_MONEY | {"opening_cash_musd": 20.0},
        )
    )
    assert state(run, "debt_musd", "bank", "2027-07+6m") == near(2.25)
