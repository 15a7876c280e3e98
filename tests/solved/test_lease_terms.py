"""Sections 4 and 10, the money of a lease: triple net, fit-out, prepayment, probability, yields, halls; each optimum is derived by hand."""

from __future__ import annotations

import pytest

from tests.tiny import accepts, chosen, hall, lease, leased, near, site, solved, standing, state, worth, years
from tests.tiny_deals import REST_OF_CONTRACT, WHOLE_VALUE, building, now, running, two_sites

QUARTERS = ("2027Q1", "2027Q2", "2027Q3", "2027Q4")
NO_DIVIDENDS = {"dividends_from": "2028-01"}
"""Cash stays where it is, so that a test may look at it."""
COSTLY = hall(fixed_cost_musd_per_module_year=1.2)


@pytest.mark.parametrize(("kind", "value"), [("triple_net", 122.62), ("modified_gross", 121.24)])
def test_triple_net_tenants_bear_upkeep_and_property_tax_of_what_they_fill(kind: str, value: float) -> None:
    """Section 4: a shell of 2 MW costs 1.2 of upkeep in 2027, 1.32 in 2028 and 0.12 of property tax each year: 2.76 for two years.

    Its tenant fills half of it and bears half under triple net: 100 + 24 - 1.38. If the tax grew too: 122.614; if it bore all: 124.
    """
    run = solved(
        leased(
            periods=years(2),
            sites=[site(property_tax_fraction=0.012)],
            halls=[COSTLY | {"module_it_mw": 2, "assessed_musd_per_module": 10}],
            leases=[lease(kind=kind)],
            finance={"cost_inflation_fraction": 0.1},
        )
    )
    assert worth(run) == near(value)


def test_the_tenant_bears_the_cost_while_it_pays() -> None:
    """Section 4: 6 months and 6 of renewal at 50 %: it bears 0.1 a month, then half: 100 + 6 + 3 - 1.2 + 0.9. For all of 2027: 109."""
    offer = now(kind="triple_net", term_months=6, renewal_months=6, renewal_probability_fraction=0.5)
    run = solved(leased(halls=[COSTLY], leases=[offer]))
    assert worth(run) == near(108.7)
    assert state(run, "operating_musd", "site", "2027Q3") == near(0.15)


@pytest.mark.parametrize(("kind", "value"), [("triple_net", 232.0), ("modified_gross", 218.8)])
def test_triple_net_income_is_capitalised_free_of_upkeep(kind: str, value: float) -> None:
    """(10.9): 12 in cash and 12/0.1 at the horizon; modified gross 10.8 and 108."""
    assert worth(solved(leased(halls=[COSTLY], leases=[lease(kind=kind)], finance=WHOLE_VALUE))) == near(value)


@pytest.mark.parametrize(("kind", "value"), [("triple_net", 114.1), ("modified_gross", 112.6)])
def test_upkeep_of_a_renewal_that_does_not_come_is_the_landlords(kind: str, value: float) -> None:
    """(10.9), method contract: a year, and one to come with 25 %: 12 + 3. The shell costs 1.2 a year.

    Modified gross 15 - 2.4; triple net 12, and of the second year 3 less three quarters of the upkeep: 12 + 3 - 0.9.
    """
    offer = now(kind=kind, renewal_months=12, renewal_probability_fraction=0.25)
    assert worth(solved(leased(halls=[COSTLY], leases=[offer], finance=REST_OF_CONTRACT))) == near(value)


def test_what_a_site_needs_less_what_the_tenant_pays_is_capex() -> None:
    """(10.7), (10.8): 2 MW at 3 M$ less 1 of fit-out: 4 at delivery in July, written off over the 24 months of the hall: 1 in 2027.

    Rent 12, tax 50 % of 11: 100 + 12 - 4 - 5.5 = 102.5. Written off at once 104; not at all 102; without capex 106.
    """
    run = solved(
        leased(
            halls=[hall(tax_life_months=24)],
            opening=[standing(count=2)],
            leases=[lease(it_mw=2, earliest_start="2027-07", fit_out_musd_per_mw=1)],
            lease_sites=[accepts(capex_musd_per_mw=3)],
            finance={"tax_rate_fraction": 0.5},
        )
    )
    assert worth(run) == near(102.5)
    assert [state(run, "capex_musd", "site", t) for t in QUARTERS] == [near(0), near(0), near(4), near(0)]
    assert state(run, "depreciation_musd", "site", "2027Q3") == near(0.5)


def test_a_tenant_may_pay_all_that_its_site_needs() -> None:
    """(10.7): 2 M$ for the tenant, all of them its own, and the shell for 0.5: 100 + 6 - 0.5. Without its part 103.5."""
    offer = lease(fit_out_musd_per_mw=2)
    run = solved(leased(halls=[building()], opening=[], leases=[offer], lease_sites=[accepts(capex_musd_per_mw=2)]))
    assert worth(run) == near(105.5)
    assert state(run, "capex_musd", "site", "2027Q3") == near(0)


def test_the_site_is_chosen_by_what_it_needs() -> None:
    """(10.7): at `site` 4 M$ are spent for the tenant, at `north` 1, where it pays 0.2 less a month: 8.6 after 8: 108.6."""
    north = accepts(at="north", capex_musd_per_mw=1, rent_adder_usd_per_kw_month=-200)
    run = solved(leased(**two_sites(lease_sites=[accepts(capex_musd_per_mw=4), north])))
    assert worth(run) == near(108.6)
    assert chosen(run, "started", "anchor", "north", "shell", "2027Q1") == 1


@pytest.mark.parametrize(("credit", "value"), [(None, 8.0), (12, 8.0), (6, 8.0), (3, 1.0)])
def test_a_prepayment_is_cash_until_it_is_earned(credit: int | None, value: float) -> None:
    """(10.13), (8.6), (8.7): 1 M$ of cash, a shell for 5, rent 3 a quarter: not affordable, were there not 6 M$ paid ahead.

    Earned over the term of a year, 4.5 of them are left at the end of the first quarter: 1 + 3 - 5 + 4.5. Over half a year 3 are, over a
    quarter none, and the shell cannot be paid: 1. It is rent, only earlier: 1 + 12 - 5.
    """
    offer = now(prepayment_musd=6, credit_months=credit)
    run = solved(
        leased(halls=[hall(buildable=True, capex_musd_per_module=5)], opening=[], leases=[offer], finance={"opening_cash_musd": 1})
    )
    assert worth(run) == near(value)
    if credit is None:
        assert [state(run, "prepaid_musd", t) for t in QUARTERS] == [near(4.5), near(3), near(1.5), near(0)]


@pytest.mark.parametrize(("before", "value"), [(6, 1.0), (7, 1.0), (3, 0.0), (0, 0.0)])
def test_a_prepayment_comes_months_before_the_start(before: int, value: float) -> None:
    """(10.13): no cash; the shell is paid with 2.5 in each of two quarters and let from July: 6 of rent. 6 M$ come 6 months before July.

    Paid 3 months before, in the second quarter, they come too late for the first; 7 months before is the start of the plan.
    Credited over the term of ten years, 5.7 are owed at the horizon: 0 + 6 - 5 + 5.7 of cash less 5.7. Were they not owed: 6.7.
    """
    run = solved(
        leased(
            halls=[building(capex_musd_per_module=5)],
            opening=[],
            leases=[lease(prepayment_musd=6, prepaid_months=before)],
            finance={"opening_cash_musd": 0},
        )
    )
    assert worth(run) == near(value)
    if before == 6:
        assert [state(run, "prepaid_musd", t) for t in QUARTERS] == [near(6), near(6), near(5.85), near(5.7)]


def test_a_prepayment_is_worth_its_interest() -> None:
    """(9.8): 21 % a year, rent 3 a quarter and 6 of it ahead, earned over two years: 5.25 are left in March, 3 at the horizon.

    All is paid out: 3 + 5.25, then 3 - 0.75 three times, and 3 owed at the horizon count with 1/1.21.
    """
    offer = now(term_months=24, prepayment_musd=6)
    run = solved(leased(leases=[offer], finance={"discount_rate_fraction": 0.21, "opening_cash_musd": 0}))
    middle = [1.21 ** -(month / 12) for month in (1.5, 4.5, 7.5, 10.5)]
    assert worth(run) == near(8.25 * middle[0] + 2.25 * sum(middle[1:]) - 3 / 1.21)


def test_half_of_the_blocks_bring_half_of_the_prepayment() -> None:
    """(10.13): one of two blocks is taken: 3 of 6, earned over a year: 2.25 at the end of March."""
    run = solved(leased(leases=[now(it_mw=2, block_it_mw=1, prepayment_musd=6)], finance=NO_DIVIDENDS))
    assert worth(run) == near(112)
    assert state(run, "prepaid_musd", "2027Q1") == near(2.25)
    assert state(run, "cash_musd", "2027Q1") == near(105.25)


def test_a_running_lease_has_been_paid_ahead() -> None:
    """(8.6), (10.13): 6 M$ were received in July 2026, for a year: 3 of the rent of 2027 have been paid: 100 + 12 - 3. Forgotten: 112."""
    run = solved(leased(leases=[running(prepayment_musd=6, credit_months=12)], finance=NO_DIVIDENDS))
    assert worth(run) == near(109)
    assert [state(run, "cash_musd", t) for t in QUARTERS] == [near(101.5), near(103), near(106), near(109)]


def test_who_breaks_a_running_lease_pays_back_what_is_unearned() -> None:
    """(8.6): another pays 24 for the shell; the fee is 2, and 3 that were paid ahead go back: 100 + 24 - 5. Kept, they were 3: 119."""
    kept = running(mandatory=False, break_fee_musd=2, prepayment_musd=6, credit_months=12)
    second = lease(id="second", rent_usd_per_kw_month=2000)
    run = solved(leased(leases=[kept, second], lease_sites=[accepts(), accepts("second")], finance=NO_DIVIDENDS))
    assert worth(run) == near(119)
    assert state(run, "cash_musd", "2027Q1") == near(101)


@pytest.mark.parametrize(("probability", "lease_id", "value"), [(0.5, "second", 107.2), (0.7, "anchor", 108.4), (1.0, "anchor", 112.0)])
def test_the_likelihood_of_a_lease_turns_a_decision(probability: float, lease_id: str, value: float) -> None:
    """(10.14): one shell for two tenants: 12 M$ that come true with 50 or 70 %, or 7.2 for certain. In cash 12 are counted."""
    second = lease(id="second", rent_usd_per_kw_month=600)
    tenants = [lease(probability_fraction=probability), second]
    run = solved(leased(leases=tenants, lease_sites=[accepts(), accepts("second")], finance=NO_DIVIDENDS))
    assert worth(run) == near(value)
    assert chosen(run, "started", lease_id, "site", "shell", "2027Q1") == 1
    if lease_id == "anchor":
        assert state(run, "cash_musd", "2027Q4") == near(112)


def test_what_may_not_come_true_is_valued_after_tax() -> None:
    """(10.14): a year at 21 %, so 1/1.1 at its middle: rent 12 less 20 %, capitalised at 10 %: 9.6 and 96, half of which the exit costs.

    Tax 50 %: 4.8 of the year, 24 at the horizon. As if certain: 104.8/1.1 + 24/1.21; half of (9.6/1.1 + 48/1.21) after tax may not come.
    """
    finance = {"discount_rate_fraction": 0.21, "tax_rate_fraction": 0.5, "exit_cost_fraction": 0.5}
    offer = lease(probability_fraction=0.5, cost_fraction=0.2)
    run = solved(leased(periods=years(1), leases=[offer], finance=finance))
    doubt = 0.25 * (9.6 / 1.1 + 48 / 1.21)
    assert state(run, "doubt_musd") == near(doubt)
    assert worth(run) == near(104.8 / 1.1 + 24 / 1.21 - doubt)


def test_what_a_triple_net_tenant_bears_may_not_come_true_either() -> None:
    """(10.14): rent 12 and 1.2 of upkeep borne, at 50 %: of 100 + 12 the half of 13.2 is left out: 105.4. On the rent alone: 106."""
    run = solved(leased(halls=[COSTLY], leases=[lease(kind="triple_net", probability_fraction=0.5)]))
    assert worth(run) == near(105.4)


def test_the_penalty_for_lateness_is_not_in_doubt() -> None:
    """(10.14): 5 months late at 0.1 M$, with 90 %: 100 + 6 - 0.5 - 0.5, less a tenth of the rent: 104.4. With the penalty in it: 104.45."""
    offer = lease(ready_by="2027-02", penalty_usd_per_mw_month=100_000, probability_fraction=0.9)
    run = solved(leased(halls=[building()], opening=[], leases=[offer]))
    assert worth(run) == near(104.4)
    assert state(run, "doubt_musd") == near(0.6)


def test_the_tier_of_a_tenant_values_its_lease() -> None:
    """(10.9): 12 a year at 12 %, or 10.8 at 8 %: 100 + 12 + 100 or 100 + 10.8 + 135. A yield of its own goes before: 10 % of 12: 232."""
    tables = {
        "tiers": [{"id": "junk", "cap_rate_fraction": 0.12}, {"id": "prime", "cap_rate_fraction": 0.08}],
        "lease_sites": [accepts(), accepts("second")],
    }
    prime = lease(id="second", tier="prime", cap_rate_fraction=None, rent_usd_per_kw_month=900)
    run = solved(leased(**tables, leases=[lease(tier="junk", cap_rate_fraction=None), prime], finance=WHOLE_VALUE))
    assert worth(run) == near(245.8)
    assert chosen(run, "started", "second", "site", "shell", "2027Q1") == 1
    own = leased(**tables, leases=[lease(tier="prime"), lease(id="second", rent_usd_per_kw_month=900)], finance=WHOLE_VALUE)
    assert worth(solved(own)) == near(232)


@pytest.mark.parametrize(("months", "value"), [(12, 232.0), (13, 129.0)])
def test_a_lease_with_little_left_is_worth_its_contract(months: int, value: float) -> None:
    """(4.9), (10.9): two years, one of them left at the horizon: capitalised, 100 + 12 + 120; or its 12 M$ and the hall's residual, 5."""
    finance = WHOLE_VALUE | {"capitalised_from_months": months}
    run = solved(leased(halls=[hall(residual_musd_per_module=5)], leases=[now(term_months=24)], finance=finance))
    assert worth(run) == near(value)
    assert state(run, "capitalised_mw", "site", "shell") == near(1.0 if months == 12 else 0.0)


def test_the_months_left_are_those_of_the_renewal_too() -> None:
    """(10.9): a year, and another with 25 %: 12 months are left, so it is capitalised: 232. By the term alone nothing would be: 112."""
    offer = now(renewal_months=12, renewal_probability_fraction=0.25)
    assert worth(solved(leased(leases=[offer], finance=WHOLE_VALUE | {"capitalised_from_months": 12}))) == near(232)


def test_only_the_hall_that_is_named_serves() -> None:
    """(4.1): a shell stands, the tenant wants an annex, which is built for 2: 100 + 12 - 2. Were any hall of the product good: 112."""
    halls = [hall(), hall(id="annex", buildable=True, capex_musd_per_module=2)]
    run = solved(leased(halls=halls, lease_sites=[accepts(hall="annex")]))
    assert worth(run) == near(110)
    assert chosen(run, "started", "anchor", "site", "annex", "2027Q1") == 1
