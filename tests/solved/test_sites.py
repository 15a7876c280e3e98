"""Section 11, sites on offer and for sale: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tiny import (
    PAST_HALVINGS,
    accepts,
    chosen,
    conversion,
    fleet,
    hall,
    lease,
    leased,
    meter,
    mine,
    mining,
    near,
    solved,
    standing,
    state,
    tiny,
    upgrade,
    worth,
)
from tests.tiny_capital import policy
from tests.tiny_power import plant
from tests.tiny_sites import approval, interruptible, offer, raw_land, sale, shell, two_tenants

NO_EXIT_COST: dict[str, Any] = {"finance": {"exit_cost_fraction": 0.0}}
"""What is left at the horizon is worth its terminal value."""


@pytest.mark.parametrize(("price", "value", "bought"), [(2, 109, 1), (12, 100, 0)])
def test_a_site_is_bought_if_it_earns_its_price(price: float, value: float, bought: int) -> None:
    """(11.1), (11.3), (11.6): a tenant (12) in a shell for 1 M$ on land that costs 2, or 12. Were the land there for nothing: 111."""
    run = solved(raw_land(sites=[offer(option_price_musd=price)]))
    assert worth(run) == near(value)
    assert chosen(run, "opened", "site", "2027Q1") == bought
    assert state(run, "held", "site", "2027Q4") == bought
    assert state(run, "capex_musd", "site", "2027Q1") == near(bought * (price + 1))


@pytest.mark.parametrize(("first", "value"), [("2027-04", 106), ("2027-05", 103), ("2028-01", 100)])
def test_a_site_is_not_bought_before_it_is_offered(first: str, value: float) -> None:
    """(11.1): the tenant comes with the site, in April or, where it is offered from May on, in July. From the start: 109."""
    assert worth(solved(raw_land(sites=[offer(offer_from=first)]))) == near(value)


@pytest.mark.parametrize(("last", "value", "period"), [("2027-01", 106, "2027Q1"), ("2027-09", 108, "2027Q3"), (None, 109, "2027Q4")])
def test_a_site_is_not_bought_after_the_offer(last: str | None, value: float, period: str) -> None:
    """(11.1), section 8: the tenant comes in October and pays 13; the site costs 2, its shell 1 and its guards 1 a quarter once it is held.

    So it is bought as late as it can be: with the offer of January guards cost 4, with that of September 2, without an end 1.
    """
    run = solved(
        raw_land(
            sites=[offer(offer_to=last, fixed_cost_musd_per_year=4)],
            leases=[lease(earliest_start="2027-10", rent_usd_per_kw_month=13_000 / 3)],
        )
    )
    assert worth(run) == near(value)
    assert chosen(run, "opened", "site", period) == 1


def test_megawatts_of_a_site_on_offer_come_with_it() -> None:
    """(6.3), (11.3): 10 MW are worth 0.5 each at the horizon, the site costs 6: it is not bought: 100. Were they there anyway: 105."""
    run = solved(tiny(sites=[offer(option_price_musd=6, energised_musd_per_mw=0.5)], **NO_EXIT_COST))
    assert worth(run) == near(100)
    assert state(run, "grid_mw", "site", "2027Q4") == 0


@pytest.mark.parametrize("firm", [1, 2])
def test_firm_megawatts_of_a_site_on_offer_come_with_it(firm: int) -> None:
    """(6.9), (6.10): `firm` MW of 3 are firm: so many tenants of two come: 12 each, less the site and a shell each: 109 or 120."""
    run = solved(
        raw_land(
            sites=[offer()],
            grid=[meter(mw=firm), interruptible(mw=3 - firm)],
            leases=[lease(), lease(id="second")],
            lease_sites=[accepts(), accepts("second")],
        )
    )
    assert worth(run) == near(98 + 11 * firm)
    assert state(run, "firm_mw", "site", "2027Q1") == firm


def test_the_price_of_a_site_is_no_expense_until_the_exit() -> None:
    """Section 11, money: bought for 2, its 10 MW are worth 5 at the horizon; 25 % tax on 5 - 2: 100 - 2 + 5 - 0.75 = 102.25.

    Were the price no tax basis: 101.75.
    """
    finance = {"exit_cost_fraction": 0.0, "tax_rate_fraction": 0.25}
    run = solved(tiny(sites=[offer(energised_musd_per_mw=0.5)], finance=finance))
    assert worth(run) == near(102.25)
    assert state(run, "final_basis_musd", "site") == near(2)
    assert state(run, "depreciation_musd", "site", "2027Q4") == 0


def test_an_upgrade_is_ordered_after_the_purchase() -> None:
    """(11.4): the only power is an upgrade (1 M$) with 3 months of lead; the site is offered from April, so power comes in July.

    100 + 6 - 2 - 1 - 1 = 102. Ordered in January: 105.
    """
    run = solved(raw_land(sites=[offer(offer_from="2027-04")], grid=[upgrade(lead_months=3)]))
    assert worth(run) == near(102)
    assert chosen(run, "upgraded", "upgrade", "2027Q3") == 1


def test_a_generator_is_ordered_after_the_purchase() -> None:
    """(11.5): the only power is a plant (1 M$) of 1 dependable MW with 3 months of lead: 102 as before; ordered in January 105."""
    machine = plant(dependable_fraction=1.0, lead_months=3)
    run = solved(raw_land(sites=[offer(offer_from="2027-04")], grid=[], generators=[machine]))
    assert worth(run) == near(102)
    assert chosen(run, "commissioned_units", "site", "plant", "2027Q3") == 1


def test_two_plants_follow_one_purchase() -> None:
    """(11.5): one purchase opens the way for both plants at once: two tenants, 100 + 24 - 2 - 2 - 2 = 118. For one plant only: 108."""
    run = solved(
        raw_land(
            sites=[offer()],
            grid=[],
            generators=[plant(dependable_fraction=1.0, max_units=2)],
            leases=[lease(), lease(id="second")],
            lease_sites=[accepts(), accepts("second")],
        )
    )
    assert worth(run) == near(118)


def test_halls_are_started_after_the_purchase() -> None:
    """(11.6): a shell with 3 build months at a site offered from April is there in July: 100 + 6 - 2 - 1 = 103. Started in January: 106."""
    run = solved(raw_land(sites=[offer(offer_from="2027-04")], halls=[shell(build_months=3)]))
    assert worth(run) == near(103)
    assert chosen(run, "built_modules", "site", "shell", "2027Q3") == 1


def test_a_site_that_no_longer_earns_its_keep_is_sold() -> None:
    """(11.2), (11.3), section 8: guards cost 4 a year, 10 MW fetch 3 M$, the sale costs 0.5: sold at once 102.5. Kept: 96."""
    run = solved(tiny(sites=[sale(fixed_cost_musd_per_year=4, closing_cost_musd=0.5)]))
    assert worth(run) == near(102.5)
    assert chosen(run, "sold", "site", "2027Q1") == 1
    assert state(run, "held", "site", "2027Q1") == 0
    assert state(run, "proceeds_musd", "site", "2027Q1") == near(3)


@pytest.mark.parametrize(("first", "value"), [("2027-07", 101), ("2027-08", 100), ("2028-01", 96)])
def test_a_site_is_not_sold_before_it_may_be(first: str, value: float) -> None:
    """(11.2): the same without a closing cost, from July on, or from the first period after August: two or three quarters of guards."""
    assert worth(solved(tiny(sites=[sale(fixed_cost_musd_per_year=4, sale_from=first)]))) == near(value)


@pytest.mark.parametrize(("closing", "value"), [(0.5, 99.5), (5, 96)])
def test_a_site_is_closed_if_that_costs_less_than_keeping_it(closing: float, value: float) -> None:
    """(11.2): nobody pays for it: closed at once for 0.5; for 5 it is kept, with guards for 4."""
    assert worth(solved(tiny(sites=[sale(sale_musd_per_mw=0, fixed_cost_musd_per_year=4, closing_cost_musd=closing)]))) == near(value)


def test_megawatts_that_are_sold_are_not_there_at_the_horizon() -> None:
    """(11.10): 10 MW are worth 5 at the horizon and fetch 6 now: sold: 106. If they stayed after the sale: 111."""
    run = solved(tiny(sites=[sale(sale_musd_per_mw=0.6, energised_musd_per_mw=0.5)], **NO_EXIT_COST))
    assert worth(run) == near(106)
    assert state(run, "grid_mw", "site", "2027Q4") == 0


def test_a_site_is_kept_if_it_is_worth_more_at_the_horizon() -> None:
    """(11.3), (11.10): the same megawatts fetch 3 now: kept: 105."""
    run = solved(tiny(sites=[sale(energised_musd_per_mw=0.5)], **NO_EXIT_COST))
    assert worth(run) == near(105)
    assert state(run, "grid_mw", "site", "2027Q4") == 10


def test_proceeds_are_for_megawatts_in_service() -> None:
    """(11.12): 4 MW more could be had for 20 M$, which nobody takes: 10 fetch 3: 103. If all that may come were paid for: 104.2."""
    assert worth(solved(tiny(sites=[sale()], grid=[meter(), upgrade(mw=4, cost_musd=20)]))) == near(103)


def test_an_upgrade_comes_before_the_sale() -> None:
    """(11.12), (11.13): 4 MW more for 1 M$ fetch 1.2; they come in January, so the site is sold in April, after a quarter of guards (0.1).

    100 - 1 + 4.2 - 0.1 = 103.1. Sold as it is: 103; if the upgrade could come to a site that is sold: 103.2.
    """
    run = solved(tiny(sites=[sale(fixed_cost_musd_per_year=0.4)], grid=[meter(), upgrade(mw=4)]))
    assert worth(run) == near(103.1)
    assert chosen(run, "sold", "site", "2027Q2") == 1


def test_a_tenant_blocks_the_sale_while_he_stays() -> None:
    """(11.7), (11.10): a lease of 6 months pays 6, then the site is sold for 3, after two quarters of guards: 100 + 6 + 3 - 2 = 107.

    Sold over his head: 109; never sold 102; sold at once 103.
    """
    run = solved(leased(sites=[sale(fixed_cost_musd_per_year=4)], leases=[lease(term_months=6)]))
    assert worth(run) == near(107)
    assert chosen(run, "sold", "site", "2027Q3") == 1
    assert state(run, "full_modules", "site", "shell", "2027Q2") == 1
    assert state(run, "full_modules", "site", "shell", "2027Q3") == 0


@pytest.mark.parametrize(("bound", "value"), [({"at_most": 8}, 100), ({"at_most": 12}, 103), ({"use": "hashing", "at_most": 8}, 103)])
def test_a_cap_on_revenue_is_not_met_by_a_lower_price(bound: dict[str, Any], value: float) -> None:
    """(11.12), (16.2): 10 MW fetch 3 M$ in a quarter, where a cap of 8 a year allows 2: it is kept. Sold for less than its price: 102."""
    run = solved(tiny(sites=[sale()], policies=[policy("revenue_musd", **bound)]))
    assert worth(run) == near(value)


@pytest.mark.parametrize(("price", "value"), [(0.3, 112), (1.3, 113)])
def test_a_long_lease_and_a_sale_exclude_each_other(price: float, value: float) -> None:
    """(11.7), (11.12): ten years of rent, 12 in the plan, or 3 (13) M$ for the site; both: 115 (125)."""
    assert worth(solved(leased(sites=[sale(sale_musd_per_mw=price)]))) == near(value)


def test_a_mine_is_sold_when_it_no_longer_pays() -> None:
    """(11.8), (11.10): a quarter earns 2.16 and 2.184, after the halving of July 1.104; guards cost 1.5: sold in July.

    100 + 2.16 + 2.184 - 3 + 3 = 104.344. Kept: 100.552; sold at once: 103; if machines could stay: 106.552.
    """
    run = solved(mining(sites=[sale(fixed_cost_musd_per_year=6)], halvings=[*PAST_HALVINGS, "2027-07-01"]))
    assert worth(run) == near(104.344)
    assert chosen(run, "sold", "site", "2027Q3") == 1
    assert state(run, "average_modules", "site", "mine", "2027Q3") == 0


def test_modules_at_a_site_for_sale_are_those_that_stand() -> None:
    """(11.7), (11.8): a shell and a mine of one module each, two tenants and 2 MW of rigs: 100 + 12 + 8.76.

    Were more modules counted than stand: 112 + 17.52 with two fleets, 124 with two tenants.
    """
    run = solved(
        mining(
            sites=[sale()],
            halls=[mine(), hall()],
            opening=[standing(), standing("mine"), fleet(it_mw=2)],
            leases=[lease(), lease(id="second")],
            lease_sites=[accepts(), accepts("second")],
        )
    )
    assert worth(run) == near(120.76)


def test_a_hall_at_a_site_for_sale_counts_by_its_months() -> None:
    """(11.7), (11.8): a mine and two shells come in February: the rigs run for 2/3 of the first quarter, the tenant comes in April.

    100 + 9 + 1.44 + 6.6. The shells hold 1.33 MW on average, so counted by their mean he would come in January: 120.04.
    """
    run = solved(
        mining(
            sites=[sale()],
            halls=[mine(), hall()],
            opening=[standing(count=2, in_service="2027-02"), standing("mine", in_service="2027-02"), fleet()],
            leases=[lease()],
            lease_sites=[accepts()],
        )
    )
    assert worth(run) == near(117.04)


def test_upkeep_of_a_site_for_sale_runs_until_the_sale() -> None:
    """(11.8): a shell with upkeep of 1 a quarter whose tenant comes in July: 100 + 6 - 4 = 102. Were it idle for nothing before: 104."""
    run = solved(
        leased(
            sites=[sale(sale_musd_per_mw=0)],
            halls=[hall(fixed_cost_musd_per_module_year=4)],
            leases=[lease(earliest_start="2027-07")],
        )
    )
    assert worth(run) == near(102)
    assert state(run, "average_modules", "site", "shell", "2027Q1") == 1


@pytest.mark.parametrize(("price", "value", "kept"), [(0.3, 105, 1), (0.6, 106, 0)])
def test_halls_that_are_sold_have_no_residual(price: float, value: float, kept: int) -> None:
    """(11.9): a shell that is worth 5 at the horizon, or 3 (6) M$ for the site. Both: 108 (111)."""
    run = solved(tiny(sites=[sale(sale_musd_per_mw=price)], halls=[hall(residual_musd_per_module=5)], opening=[standing()], **NO_EXIT_COST))
    assert worth(run) == near(value)
    assert state(run, "final_modules", "site", "shell") == kept


def test_power_at_a_site_for_sale_is_what_is_in_service() -> None:
    """(11.10): two tenants, 1 MW in service, 1 more for 20 M$: one tenant: 112. Were the MW that may come counted: 124."""
    assert worth(solved(two_tenants(sites=[sale()], grid=[meter(mw=1), upgrade(cost_musd=20)]))) == near(112)


def test_firm_power_at_a_site_for_sale_is_what_is_firm() -> None:
    """(11.11): two tenants, 1 firm and 1 interruptible MW: one: 112. Were all MW counted as firm: 124."""
    run = solved(two_tenants(sites=[sale()], grid=[meter(mw=1), interruptible(mw=1)]))
    assert worth(run) == near(112)
    assert state(run, "firm_mw", "site", "2027Q1") == 1


def test_power_at_a_site_for_sale_cannot_be_left_out() -> None:
    """(11.10): 4 MW more for 0.1 M$ would fetch 1.2, but only 10 MW are approved: 103. If the site could leave them unused: 104.1."""
    run = solved(tiny(sites=[sale()], grid=[meter(), upgrade(mw=4, cost_musd=0.1), approval()]))
    assert worth(run) == near(103)


def test_money_of_a_sale_is_taxed() -> None:
    """Section 11, money: proceeds of 3 are income, closing costs of 0.5 an expense, and the basis of 4 of a hall that is sold runs on.

    Over 24 months 2 in 2027: 25 % of 3 - 0.5 - 2: 100 + 2.5 - 0.125 = 102.375. Written off with the sale 102.5; not at all 101.875.
    """
    run = solved(
        tiny(
            sites=[sale(sale_from="2027-10", closing_cost_musd=0.5)],
            halls=[hall(tax_life_months=24)],
            opening=[standing(tax_basis_musd=4)],
            finance={"tax_rate_fraction": 0.25},
        )
    )
    assert worth(run) == near(102.375)
    assert state(run, "revenue_musd", "site", "2027Q4") == near(3)
    assert state(run, "operating_musd", "site", "2027Q4") == near(0.5)
    assert state(run, "final_basis_musd", "site") == near(2)


def test_a_lot_comes_before_the_sale() -> None:
    """(11.13), (2.2): a lot makes a shell of a mine for 1 M$; its tenant pays 6 a quarter for half a year, then the site fetches 3.

    Its guards cost 1.5 a quarter: 100 - 1 + 12 - 3 + 3 = 111; sold at once 103.
    """
    run = solved(
        tiny(
            sites=[sale(fixed_cost_musd_per_year=6)],
            halls=[mine(), hall()],
            opening=[standing("mine")],
            conversions=[conversion()],
            leases=[lease(term_months=6, rent_usd_per_kw_month=2000)],
            lease_sites=[accepts()],
        )
    )
    assert worth(run) == near(111)
    assert chosen(run, "sold", "site", "2027Q3") == 1


def test_one_site_is_bought_and_another_sold() -> None:
    """(11.1), (11.2): `north` costs 2 and a shell there 1, for a tenant who pays 12: 9 are left.

    The mine at `site` earns 0.16, 0.184, 0.208 and 0.208 a quarter over its guards; its MW fetch 1, so it is sold in October:
    100 + 9 + 0.552 + 1 = 110.552. Kept: 109.76; sold at once: 110.
    """
    run = solved(
        mining(
            sites=[sale(sale_musd_per_mw=0.1, fixed_cost_musd_per_year=8), offer(id="north")],
            grid=[meter(), meter(id="north_meter", site="north")],
            halls=[mine(), shell(sites=["north"])],
            leases=[lease()],
            lease_sites=[accepts(at="north")],
        )
    )
    assert worth(run) == near(110.552)
    assert chosen(run, "sold", "site", "2027Q4") == 1
    assert chosen(run, "built_modules", "north", "shell", "2027Q1") == 1
