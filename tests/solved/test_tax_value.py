"""Section 9, tax and value: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tiny import (
    btc,
    conversion,
    facility,
    fleet,
    gpu,
    gpu_market,
    hall,
    lease,
    leased,
    meter,
    mine,
    mining,
    near,
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

QUARTERS_THEN_A_YEAR = [{"months": 3, "count": 4}, {"months": 12, "count": 1}]


def test_tax_is_paid_in_the_last_period_of_the_year() -> None:
    """(9.1), (9.5), (8.6): 12 of rent, 25 % tax: 3, all of it from the last quarter's 3: at 21 %, 3·(D1 + D2 + D3).

    Paid quarter by quarter: 2.25·(D1 + D2 + D3 + D4).
    """
    finance = {"tax_rate_fraction": 0.25, "discount_rate_fraction": 0.21, "opening_cash_musd": 0.0}
    run = solved(leased(finance=finance))
    assert worth(run) == near(3 * sum(1.21 ** (-month / 12) for month in (1.5, 4.5, 7.5)))
    assert state(run, "tax_musd", "2027") == near(3)


def test_losses_and_profits_of_a_year_are_one() -> None:
    """(9.1): overhead of 12 a year, rent of 2 a month from October only: 6 - 12 = -6: no tax, 94.

    By quarter the last one would be taxed.
    """
    run = solved(
        leased(
            leases=[lease(earliest_start="2027-10", rent_usd_per_kw_month=2000)],
            finance={"tax_rate_fraction": 0.25, "overhead_musd_per_year": 12},
        )
    )
    assert worth(run) == near(94)
    assert state(run, "loss_musd", "2027") == near(6)
    assert state(run, "pool_musd", "2027") == near(6)


@pytest.mark.parametrize(("count", "value"), [(2, 99.4), (3, 109.0)])
def test_losses_offset_four_fifths_of_income(count: int, value: float) -> None:
    """(9.2), (9.3), (9.4): overhead of 12, rent of 24 a year from 2028: incomes -12, 12, 12 at 25 %.

    2028: min(12, 0.8·12) = 9.6 used, tax 0.6; 2029: the last 2.4 used, tax 2.4. Two years: 100 - 12 + 12 - 0.6; three: 12 - 2.4 more.
    Without the 80 % two years give 100; if losses were never used up three give 110.8; without losses 97 and 106.
    """
    run = solved(
        leased(
            periods=years(count),
            leases=[lease(earliest_start="2028-01", rent_usd_per_kw_month=2000)],
            finance={"tax_rate_fraction": 0.25, "overhead_musd_per_year": 12},
        )
    )
    assert worth(run) == near(value)
    assert state(run, "used_musd", "2028") == near(9.6)
    assert state(run, "pool_musd", "2028") == near(2.4)


@pytest.mark.parametrize(("opening_loss", "tax"), [(0.0, 3.0), (5.0, 1.75), (50.0, 0.6)])
def test_losses_brought_in_are_used(opening_loss: float, tax: float) -> None:
    """(9.2), (9.3), (9.4): 12 of income at 25 %: with a carried loss of 5 tax on 7, of 50 on a fifth of 12."""
    run = solved(leased(finance={"tax_rate_fraction": 0.25, "opening_loss_musd": opening_loss}))
    assert worth(run) == near(112 - tax)
    assert state(run, "tax_musd", "2027") == near(tax)


def test_a_loss_of_the_year_is_not_used_in_it() -> None:
    """(9.4): 12 of income in 2027, -12 in 2028 (the lease ends, overhead of 12 goes on; rent was 24).

    Losses are not carried back: 3 of tax: 97; carried back, 99.4.
    """
    run = solved(
        leased(
            periods=years(2),
            leases=[lease(term_months=12, drop_dead="2027-01", rent_usd_per_kw_month=2000)],
            finance={"tax_rate_fraction": 0.25, "overhead_musd_per_year": 12},
        )
    )
    assert worth(run) == near(97)
    assert state(run, "pool_musd", "2028") == near(12)


def test_depreciation_runs_by_month_from_service_in_each_calendar_year() -> None:
    """Section 1, tax depreciation; (9.1), (10.8), (10.10): a shell for 12, paid January to June, in service in July, tax life 24 months.

    0.5 a month: 3 in 2027, 6 in 2028, 3 left. Rent of 2 a month: taxable 12 - 3 and 24 - 6, tax 2.25 + 4.5: 100 - 12 + 36 - 6.75 = 117.25.
    A full year in 2027 would give 118; from payment 118 too; none 115.
    """
    run = solved(
        leased(
            periods=QUARTERS_THEN_A_YEAR,
            halls=[hall(buildable=True, build_months=6, capex_musd_per_module=12, tax_life_months=24)],
            opening=[],
            leases=[lease(rent_usd_per_kw_month=2000)],
            finance={"tax_rate_fraction": 0.25},
        )
    )
    assert worth(run) == near(117.25)
    assert state(run, "depreciation_musd", "site", "2027Q2") == 0
    assert state(run, "depreciation_musd", "site", "2027Q3") == near(1.5)
    assert state(run, "depreciation_musd", "site", "2028") == near(6)
    assert state(run, "final_basis_musd", "site") == near(3)


@pytest.mark.parametrize(
    ("in_service", "first", "second"),
    [("2026-07", 4.0, 2.0), ("2027-01", 3.0, 3.0), ("2027-07", 1.5, 3.0), ("2024-01", 6.0, 0.0)],
)
def test_opening_basis_is_written_off_over_the_months_that_are_left(in_service: str, first: float, second: float) -> None:
    """Section 1, opening tax basis; (10.8): 6 on a yard with a tax life of 24 months: 18 months are left, or 24, or 24 from July, or none.

    12 of rent a year from another shell: tax 25 % of (24 - first - second).
    With nothing left of the tax life all counts in the first period.
    """
    run = solved(
        leased(
            periods=years(2),
            halls=[hall(), hall(id="yard", product="powered_land", tax_life_months=24)],
            opening=[standing(), standing("yard", in_service=in_service, tax_basis_musd=6)],
            finance={"tax_rate_fraction": 0.25},
        )
    )
    assert state(run, "depreciation_musd", "site", "2027") == near(first)
    assert state(run, "depreciation_musd", "site", "2028") == near(second)
    assert worth(run) == near(124 - 0.25 * (24 - first - second))


def test_what_is_retired_goes_on_depreciating() -> None:
    """(2.3), (10.8): a mine with upkeep of 1 and a basis of 6 over 24 months is retired at once; 3 a year still lower the tax.

    12 of rent: 100 + 12 - 0.25·(12 - 3) = 109.75. Written off at once: 110.5; lost: 109; kept standing: 109.
    """
    run = solved(
        leased(
            halls=[hall(), mine(fixed_cost_musd_per_module_year=1, tax_life_months=24)],
            opening=[standing(), standing("mine", tax_basis_musd=6)],
            finance={"tax_rate_fraction": 0.25},
        )
    )
    assert worth(run) == near(109.75)


def test_every_asset_is_depreciated_over_its_own_tax_life() -> None:
    """(10.8), (10.10): a hall, rigs, a cluster, an upgrade and a transformer, each for 1 in January, over 10 to 50 months.

    In 2027: 1, then 12/20, 12/30, 12/40 and 12/50 = 2.54 in all; 2.46 is left.
    """
    run = solved(
        tiny(
            halls=[mine(buildable=True, capex_musd_per_module=1, tax_life_months=10), room()],
            asic_models=[rig(buyable=True, tax_life_months=20)],
            gpu_models=[gpu(tax_life_months=30)],
            gpu_market=[gpu_market()],
            opening=[standing("room"), standing("unit")],
            sites=[site(land_it_mw=2)],
            grid=[meter(mw=1), upgrade(tax_life_months=40)],
            equipment=[{"id": "unit", "mva": 1, "cost_musd": 1, "lead_months": 0, "tax_life_months": 50}],
            finance={"tax_rate_fraction": 0.25},
        )
    )
    assert state(run, "depreciation_musd", "site", "2027Q4") == near(0.1 + 0.15 + 0.1 + 0.075 + 0.06)
    assert state(run, "final_basis_musd", "site") == near(2.46)
    assert worth(run) == near(100 + 2 * 8.76 - 5 - 0.25 * (2 * 8.76 - 2.54))


def test_a_conversion_is_depreciated_like_the_hall_that_results() -> None:
    """(10.8): a conversion for 6 in January; shells have a tax life of 24 months: 3 in 2027. The mine's own basis of 1.2 runs on, over 6.

    100 + 12 - 6 - 0.25·(12 - 3 - 1.2) = 104.05. With the tax life of the mine 104.8; with the mine's basis lost 103.75.
    """
    run = solved(
        leased(
            halls=[mine(tax_life_months=6), hall(tax_life_months=24)],
            opening=[standing("mine", tax_basis_musd=1.2)],
            conversions=[conversion(capex_musd_per_lot=6)],
            finance={"tax_rate_fraction": 0.25},
        )
    )
    assert worth(run) == near(104.05)


def test_interest_and_fees_are_deducted() -> None:
    """(9.1): 4/0.95 = 4.2105 drawn in 2027 at a 5 % fee; 2027: income -0.2105. 2028: 18 - 0.42105 of interest - 1 of depreciation.

    Less the carried loss of 0.2105: taxable 16.36842, tax 4.092105: 6 - 10 + 18 - 0.15·4.2105 - 4.092105 = 9.276316.
    Without the fee in the books 9.2237, without the interest 9.1711; without the shell 6.
    """
    run = solved(
        leased(
            periods=years(2),
            halls=[hall(buildable=True, build_months=12, capex_musd_per_module=10, tax_life_months=120)],
            opening=[],
            leases=[lease(rent_usd_per_kw_month=1500)],
            debt=[facility(fee_fraction=0.05)],
            finance={"opening_cash_musd": 6.0, "tax_rate_fraction": 0.25},
        )
    )
    drawn = 4 / 0.95
    taxable = 18 - 0.1 * drawn - 1 - 0.05 * drawn
    assert worth(run) == near(14 - 0.15 * drawn - 0.25 * taxable)


def test_a_period_of_several_years_is_one_tax_year() -> None:
    """(9.1): mining earns nothing in 2027 and 8.784 in 2028, overhead is 4.392 a year: in one period of two years no income: 100.

    As two years: 2028 may offset only 80 % of its 4.392: tax 0.2196.
    """
    deck = [btc(btc_usd=0), btc(from_day="2028-01-01")]
    finance = {"tax_rate_fraction": 0.25, "overhead_musd_per_year": 4.392}
    for periods, value in (([{"months": 24, "count": 1}], 100.0), (years(2), 99.7804)):
        assert worth(solved(mining(periods=periods, btc=deck, finance=finance))) == near(value)


def test_a_sale_at_the_horizon_costs_and_is_taxed() -> None:
    """(9.6), (9.7): a shell with a residual of 20 and a basis of 6 over 24 months; 2027 loses its depreciation of 3.

    Sale 20 less 10 %: 18. Basis left 3, losses carried 3: tax 25 % of 12: 3. 100 + 18 - 3 = 115.
    Without losses 114.25, without basis 114.25, without exit cost 116.5, without exit tax 118.
    """
    run = solved(
        tiny(
            halls=[hall(residual_musd_per_module=20, tax_life_months=24)],
            opening=[standing(tax_basis_musd=6)],
            finance={"tax_rate_fraction": 0.25, "exit_cost_fraction": 0.1},
        )
    )
    assert worth(run) == near(115)
    assert state(run, "terminal_value_musd") == near(18)
    assert state(run, "exit_tax_musd") == near(3)


def test_the_exit_gives_no_refund() -> None:
    """(9.7): the same shell with a residual of 2: 1.8 of sale against 6 of basis and losses: no tax and no refund: 101.8, not 102.85."""
    run = solved(
        tiny(
            halls=[hall(residual_musd_per_module=2, tax_life_months=24)],
            opening=[standing(tax_basis_musd=6)],
            finance={"tax_rate_fraction": 0.25, "exit_cost_fraction": 0.1},
        )
    )
    assert worth(run) == near(101.8)


def test_the_sale_counts_at_the_horizon() -> None:
    """(9.8): 10 MW worth 1 each and 100 of cash, never paid out, at 21 %: 110/1.21. At mid-period: 110/1.1."""
    finance = {"discount_rate_fraction": 0.21, "dividends_from": "2040-01", "exit_cost_fraction": 0.0}
    run = solved(tiny(sites=[site(energised_musd_per_mw=1)], finance=finance))
    assert worth(run) == near(110 / 1.21)


@pytest.mark.parametrize(("item", "life", "left"), [("rig", 24, 3.0), ("mine", 12, 0.0)])
def test_fleets_and_halls_bring_their_own_basis(item: str, life: int, left: float) -> None:
    """Section 1, opening tax basis; (10.10): 6 on a fleet with 24 months of tax life or on a mine with 12: 3 or 6 in 2027, 3 or 0 left."""
    basis: dict[str, Any] = {"tax_basis_musd": 6}
    rows = [standing("mine", **(basis if item == "mine" else {})), fleet(**(basis if item == "rig" else {}))]
    run = solved(
        tiny(
            halls=[mine(tax_life_months=life)],
            asic_models=[rig(tax_life_months=life)],
            opening=rows,
            finance={"tax_rate_fraction": 0.25},
        )
    )
    assert state(run, "final_basis_musd", "site") == near(left)
    assert worth(run) == near(100 + 8.76 - 0.25 * (8.76 - 6 + left))
