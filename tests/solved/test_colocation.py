"""Section 4, colocation: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

import pytest

from planner import solve
from tests.tiny import (
    accepts,
    chosen,
    hall,
    lease,
    leased,
    meter,
    near,
    power_price,
    site,
    solved,
    standing,
    state,
    worth,
    years,
)

QUARTERS_THEN_A_YEAR = [{"months": 3, "count": 4}, {"months": 12, "count": 1}]


def test_no_start_before_the_earliest_month() -> None:
    """(4.1): earliest start May 2027 (month 4): the first period that begins later starts in July: 106. Without the rule 112."""
    run = solved(leased(leases=[lease(earliest_start="2027-05")]))
    assert worth(run) == near(106)
    assert chosen(run, "started", "anchor", "site", "shell", "2027Q3") == 1


@pytest.mark.parametrize(("drop_dead", "value"), [("2027-09", 100.0), ("2027-10", 102.5), (None, 102.5)])
def test_no_start_after_the_drop_dead_month(drop_dead: str | None, value: float) -> None:
    """(4.1): a shell with 9 build months (0.5 M$) stands from October; a drop-dead of September loses the lease, of October not."""
    shell = hall(buildable=True, build_months=9, capex_musd_per_module=0.5)
    assert worth(solved(leased(halls=[shell], opening=[], leases=[lease(drop_dead=drop_dead)]))) == near(value)


def test_a_lease_is_taken_once() -> None:
    """(4.2): two sites with a shell; `north` pays half more: 100 + 18. Without the rule at both: 130."""
    run = solved(
        leased(
            sites=[site(), site(id="north")],
            grid=[meter(mw=5), meter(id="north_meter", site="north", mw=5)],
            opening=[standing(), standing(id="north_shell", site="north")],
            lease_sites=[accepts(), accepts(at="north", rent_adder_usd_per_kw_month=500)],
        )
    )
    assert worth(run) == near(118)
    assert chosen(run, "started", "anchor", "north", "shell", "2027Q1") == 1


@pytest.mark.parametrize(("mandatory", "value"), [(True, 92.0), (False, 100.0)])
def test_a_mandatory_lease_is_served_at_a_loss(mandatory: bool, value: float) -> None:
    """(4.3): the shell costs 20 and the rent is 12: served at once (later starts lose more) when mandatory, declined when not."""
    run = solved(leased(halls=[hall(buildable=True, capex_musd_per_module=20)], opening=[], leases=[lease(mandatory=mandatory)]))
    assert worth(run) == near(value)


def test_mandatory_leases_that_fit_the_grid_only_one_at_a_time_are_infeasible() -> None:
    """(4.3), (4.6), (6.4): 6 MW each from a 10 MW meter; one alone would be served, both cannot: no plan, and none is shown."""
    pair = [lease(it_mw=6, mandatory=True), lease(id="other", it_mw=6, mandatory=True)]
    land, shells = site(land_it_mw=20), standing(count=12)
    run = solve(leased(sites=[land], opening=[shells], leases=pair, lease_sites=[accepts(), accepts("other")]))
    assert run.outcome == "infeasible"
    assert run.plan is None
    assert run.certificate is None
    assert solve(leased(sites=[land], opening=[shells], leases=pair[:1])).outcome == "optimal"


def test_a_lease_fills_every_period_it_touches() -> None:
    """(4.4), (10.1): one shell; a tenant for 4 months and one for good from April. The first touches the second quarter.

    Four months and then 6 from July: 110; the second alone from April: 109. If the first filled only its first quarter, both: 113.
    """
    run = solved(
        leased(leases=[lease(term_months=4), lease(id="second", earliest_start="2027-04")], lease_sites=[accepts(), accepts("second")])
    )
    assert worth(run) == near(110)
    assert state(run, "leased_mw", "site", "shell", "2027Q2") == near(1)


def test_the_product_must_match() -> None:
    """(4.1): the tenant wants powered land; a shell stands, land does not: 100. Were products ignored: 112."""
    run = solved(leased(halls=[hall(), hall(id="yard", product="powered_land")], leases=[lease(product="powered_land")]))
    assert worth(run) == near(100)


def test_tenants_take_only_sites_that_they_accept() -> None:
    """(4.1): the shell stands at `site`, the tenant accepts only `north`: 100. Were it placed anywhere: 112."""
    run = solved(
        leased(sites=[site(), site(id="north")], grid=[meter(), meter(id="north_meter", site="north")], lease_sites=[accepts(at="north")])
    )
    assert worth(run) == near(100)


def test_rent_has_an_adder_and_costs_a_share() -> None:
    """(10.5), (10.6): 2 MW at 1000 + 250 a kW-month is 30 M$ a year; the landlord keeps 80 %: 124.

    Adder forgotten: 119.2; cost forgotten: 130.
    """
    run = solved(
        leased(
            opening=[standing(count=2)],
            leases=[lease(it_mw=2, cost_fraction=0.2)],
            lease_sites=[accepts(rent_adder_usd_per_kw_month=250)],
        )
    )
    assert worth(run) == near(124)
    assert state(run, "revenue_musd", "site", "2027Q1") == near(7.5)
    assert state(run, "operating_musd", "site", "2027Q1") == near(1.5)


def test_the_escalator_counts_from_delivery() -> None:
    """(10.5): delivered in April 2027 with 10 % a year: 9 months at 1, then in 2028 three at 1 and nine at 1.1: 9 + 12.9 = 21.9.

    By calendar year 2028 would pay 13.2; without escalator 12.
    """
    run = solved(leased(periods=QUARTERS_THEN_A_YEAR, leases=[lease(earliest_start="2027-04", escalator_fraction=0.1)]))
    assert worth(run) == near(121.9)
    assert state(run, "revenue_musd", "site", "2028") == near(12.9)


def test_the_second_step_compounds() -> None:
    """(10.5): three lease years in one period: 12·(1 + 1.1 + 1.21) = 39.72. Growth on the first rent only: 39.6."""
    run = solved(leased(periods=[{"months": 36, "count": 1}], leases=[lease(escalator_fraction=0.1)]))
    assert worth(run) == near(139.72)


def test_rent_ends_with_the_term() -> None:
    """(10.5): 8 months from January pay 8, of which 2 fall in the third quarter. To the end of the quarter: 9; for good: 12."""
    run = solved(leased(leases=[lease(term_months=8, drop_dead="2027-01")]))
    assert worth(run) == near(108)
    assert state(run, "revenue_musd", "site", "2027Q3") == near(2)


def test_the_penalty_runs_from_ready_by_to_delivery() -> None:
    """(10.6): ready by February, delivered in July (6 build months): 5 months of 0.1: 0.2 in the first quarter, 0.3 in the second.

    100 + 6 - 0.5 - 0.5 (penalty and shell) = 105; without penalty 105.5; from January 104.9.
    """
    shell = hall(buildable=True, build_months=6, capex_musd_per_module=0.5)
    offer = lease(ready_by="2027-02", penalty_usd_per_mw_month=100_000)
    run = solved(leased(halls=[shell], opening=[], leases=[offer]))
    assert worth(run) == near(105)
    assert state(run, "operating_musd", "site", "2027Q1") == near(0.2)
    assert state(run, "operating_musd", "site", "2027Q2") == near(0.3)


def test_a_heavy_penalty_is_declined_with_the_lease() -> None:
    """(10.6): 5 late months at 2 M$ cost 10, the lease brings 6 of rent: not taken, no penalty: 100. Without penalty 105.5."""
    shell = hall(buildable=True, build_months=6, capex_musd_per_module=0.5)
    offer = lease(ready_by="2027-02", penalty_usd_per_mw_month=2_000_000)
    assert worth(solved(leased(halls=[shell], opening=[], leases=[offer]))) == near(100)


@pytest.mark.parametrize(("term", "value"), [(12, 112.0), (13, 100.0)])
def test_a_lease_past_the_horizon_needs_a_hall_past_it(term: int, value: float) -> None:
    """(4.8): the shell's life ends with the plan: a lease of 12 months fits, one of 13 has no hall for its tail. Without the rule 112."""
    offer = lease(term_months=term, drop_dead="2027-01")
    assert worth(solved(leased(halls=[hall(life_months=12)], leases=[offer]))) == near(value)


@pytest.mark.parametrize(("life", "value"), [(23, 100.0), (24, 124.0)])
def test_a_lease_needs_its_hall_to_its_end(life: int, value: float) -> None:
    """(4.8), method contract: a term of 24 months in a shell that stands for 23 would be valued for a month without a hall.

    With a shell for all of it: 100 + 12 of 2027 + 12 months of 1 to come. Were it enough to outlive the horizon: 124 with either.
    """
    offer = lease(term_months=24, drop_dead="2027-01")
    finance = {"exit_cost_fraction": 0.0, "terminal_method": "contract"}
    assert worth(solved(leased(halls=[hall(life_months=life)], leases=[offer], finance=finance))) == near(value)


@pytest.mark.parametrize(("module", "value"), [(0.3333333333333, 112.0), (0.333, 100.0)])
def test_a_lease_fills_whole_modules_of_a_rounded_size(module: float, value: float) -> None:
    """(4.5), section 1: three modules of a third of a MW as a spreadsheet writes it hold 1 MW: 112. Of 0.333 a fourth is missing: 100."""
    assert worth(solved(leased(halls=[hall(module_it_mw=module)], opening=[standing(count=3)]))) == near(value)


def test_tails_share_the_halls_that_outlive_the_horizon() -> None:
    """(4.8): two shells end with the plan, one a month later; of two leases of 13 months one fits: 112. Without the rule both: 124."""
    tenants = [lease(id=name, term_months=13, drop_dead="2027-01") for name in ("anchor", "second")]
    run = solved(
        leased(
            halls=[hall(life_months=12)],
            opening=[standing(), standing(id="next"), standing(id="later", in_service="2027-02")],
            leases=tenants,
            lease_sites=[accepts(), accepts("second")],
        )
    )
    assert worth(run) == near(112)


def test_power_of_tenants_is_passed_through() -> None:
    """(10.4): power at 1000 USD per MWh costs the landlord nothing: 112. If it paid, 103.24."""
    assert worth(solved(leased(power_prices=[power_price(usd_per_mwh=1000)]))) == near(112)


def test_a_lease_is_worth_a_year_of_its_income_over_the_cap_rate() -> None:
    """(9.6), (10.9): delivered in April, so 9 of the last 12 months: their mean, 0.99 (rent 1, upkeep 0.01), times 12 over 10 %: 118.8.

    100 + 9 of rent - 0.12 of upkeep + 118.8 = 227.68. The sum of the 9 months over the cap rate would be 89.1; upkeep forgotten 120.
    """
    run = solved(
        leased(
            halls=[hall(fixed_cost_musd_per_module_year=0.12)],
            leases=[lease(earliest_start="2027-04")],
            finance={"exit_cost_fraction": 0.0},
        )
    )
    assert worth(run) == near(227.68)
    assert state(run, "terminal_musd", "site") == near(118.8)


def test_property_tax_lowers_the_income_that_is_capitalised() -> None:
    """(9.6): 1.2 % a year of 10 M$ is 0.01 a month: rent 12 - 0.12 in 2027, and (12 - 0.12)/10 % = 118.8 at the horizon: 230.68.

    Were the tax left out of what is capitalised, the halls would be worth 120 and the plan 231.88.
    """
    shells, taxed = [hall(assessed_musd_per_module=10)], [site(property_tax_fraction=0.012)]
    run = solved(leased(halls=shells, sites=taxed, finance={"exit_cost_fraction": 0.0}))
    assert state(run, "terminal_musd", "site") == near(118.8)
    assert worth(run) == near(230.68)


def test_the_capitalised_income_follows_the_escalator() -> None:
    """(10.9): from April 2027 at 10 % a year to the end of 2028: the last 12 months hold three at 1 and nine at 1.1: 12.9/0.1 = 129.

    The landlord keeps 80 %; upkeep 0.12 grows by 10 % a year: (0.8·12.9 - 0.132)/0.1 = 101.88.
    Cash: 0.8·(9 + 12.9) - 0.12 - 0.132 = 17.268: 219.148. On the rent of the last month 13.2 would be capitalised.
    """
    run = solved(
        leased(
            periods=QUARTERS_THEN_A_YEAR,
            halls=[hall(fixed_cost_musd_per_module_year=0.12)],
            leases=[lease(earliest_start="2027-04", escalator_fraction=0.1, cost_fraction=0.2)],
            finance={"exit_cost_fraction": 0.0, "cost_inflation_fraction": 0.1},
        )
    )
    assert state(run, "terminal_musd", "site") == near(101.88)
    assert worth(run) == near(219.148)


@pytest.mark.parametrize(("term", "value"), [(12, 112.0), (13, 232.0)])
def test_only_leases_that_outlive_the_plan_are_capitalised(term: int, value: float) -> None:
    """(4.9), (10.9): a term of 12 months ends at the horizon: 112; with a month more its income is capitalised at 12/0.1 = 120: 232."""
    offer = lease(term_months=term, drop_dead="2027-01")
    assert worth(solved(leased(leases=[offer], finance={"exit_cost_fraction": 0.0}))) == near(value)


def test_a_capitalised_hall_has_no_residual() -> None:
    """(4.9), (10.9): one module of 2 MW with a residual of 5, 1 MW of it leased and capitalised at 120: half the residual, 2.5.

    100 + 12 + 120 + 2.5 = 234.5; building and lease counted both: 237.
    """
    run = solved(leased(halls=[hall(module_it_mw=2, residual_musd_per_module=5)], finance={"exit_cost_fraction": 0.0}))
    assert worth(run) == near(234.5)
    assert state(run, "capitalised_mw", "site", "shell") == near(1)


def test_the_rest_of_a_contract_is_discounted_month_by_month() -> None:
    """(9.6), (10.9), method contract: 18 months at 0.9 (90 % of 1) with 10 % growth: at the horizon six months at 0.99 are left.

    Their value at 21 % is Σ_j 0.99·1.21^-((j + 1/2)/12), and the hall keeps its residual of 5 (with capitalisation it would not).
    Nothing is paid out before the horizon: all at 1/1.21. Undiscounted tail: 5.94; tail at the first year's rent: 5.4 before discount.
    """
    finance = {"exit_cost_fraction": 0.0, "terminal_method": "contract", "discount_rate_fraction": 0.21, "dividends_from": "2028-01"}
    offer = lease(term_months=18, escalator_fraction=0.1, cost_fraction=0.1, drop_dead="2027-01")
    run = solved(leased(halls=[hall(residual_musd_per_module=5)], leases=[offer], finance=finance))
    tail = sum(0.99 * 1.21 ** (-(month + 0.5) / 12) for month in range(6))
    assert worth(run) == near((100 + 0.9 * 12 + tail + 5) / 1.21)
    assert state(run, "terminal_musd", "site") == near(tail + 5)


def test_the_contract_method_carries_upkeep() -> None:
    """(10.9), method contract, no discount: the plan covers 2027 and 2028; upkeep is 0.12 a year and grows by 10 %.

    A lease of 30 months leaves 6 months of 1 - 0.011, at the upkeep of 2028: 5.934.
    Cash 24 - 0.12 - 0.132: 129.682. Without upkeep in the tail 129.748.
    """
    run = solved(
        leased(
            periods=years(2),
            halls=[hall(fixed_cost_musd_per_module_year=0.12)],
            leases=[lease(term_months=30, drop_dead="2027-01")],
            finance={"exit_cost_fraction": 0.0, "terminal_method": "contract", "cost_inflation_fraction": 0.1},
        )
    )
    assert worth(run) == near(129.682)
