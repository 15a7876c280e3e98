"""Section 2, halls: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

import pytest

from tests.tiny import (
    HOURS,
    PAST_HALVINGS,
    accepts,
    chosen,
    conversion,
    fleet,
    hall,
    lease,
    leased,
    mine,
    mining,
    near,
    rig,
    site,
    solved,
    standing,
    state,
    tiny,
    worth,
    years,
)

TWO_TENANTS = [lease(), lease(id="second")]
BOTH_ACCEPT = [accepts(), accepts("second")]


def test_modules_are_whole() -> None:
    """(2.1): rigs of 1.5 MW and no mine; a module costs 5: one hosts 1 MW: 8.76 - 5 = 3.76; two 13.14 - 10 = 3.14. 1.5 modules: 5.64."""
    run = solved(mining(halls=[mine(buildable=True, capex_musd_per_module=5)], opening=[fleet(it_mw=1.5)]))
    assert worth(run) == near(103.76)
    assert chosen(run, "built_modules", "site", "mine", "2027Q1") == 1


def test_tenants_take_whole_modules() -> None:
    """(2.1), (2.10): 1.5 MW need two modules of 1 MW at 1 M$: 100 + 18 - 2 = 116. In fractions of a module: 116.5."""
    run = solved(leased(halls=[hall(buildable=True, capex_musd_per_module=1)], opening=[], leases=[lease(it_mw=1.5)]))
    assert worth(run) == near(116)
    assert chosen(run, "built_modules", "site", "shell", "2027Q1") == 2


def test_lots_are_whole() -> None:
    """(2.2): the same rigs, two shells that may each become a mine for 5: one does: 103.76. 1.5 lots: 105.64."""
    lot = conversion(from_hall="shell", to_hall="mine", capex_musd_per_lot=5)
    run = solved(mining(halls=[mine(), hall()], opening=[standing(count=2), fleet(it_mw=1.5)], conversions=[lot]))
    assert worth(run) == near(103.76)


def test_retirement_is_whole() -> None:
    """(2.3): the same rigs in two mines with upkeep of 2: both stay: 13.14 - 4; one retired 8.76 - 2; half of one 10.14."""
    run = solved(mining(halls=[mine(fixed_cost_musd_per_module_year=2)], opening=[standing("mine", count=2), fleet(it_mw=1.5)]))
    assert worth(run) == near(109.14)


def test_a_hall_is_built_only_where_it_is_allowed() -> None:
    """(2.1): the tenant pays 18 at `site` and 12 at `north`, but shells (1 M$) go only to `north`: 111. Without the rule 117."""
    run = solved(
        leased(
            halls=[hall(buildable=True, capex_musd_per_module=1, sites=["north"])],
            opening=[],
            sites=[site(), site(id="north")],
            grid=[
                {"id": f"{name}_meter", "site": name, "kind": "energised", "mw": 5, "from_month": "2027-01"} for name in ("site", "north")
            ],
            lease_sites=[accepts(rent_adder_usd_per_kw_month=500), accepts(at="north")],
        )
    )
    assert worth(run) == near(111)
    assert chosen(run, "built_modules", "north", "shell", "2027Q1") == 1


def test_land_bounds_what_is_built() -> None:
    """(2.1), (2.8), (2.9): a module costs 1 and is worth 5 at the horizon; land for 3.5 MW takes 3: 100 + 3·4. With land for 10: 140."""
    shell = hall(buildable=True, capex_musd_per_module=1, residual_musd_per_module=5)
    run = solved(tiny(halls=[shell], sites=[site(land_it_mw=3.5)], finance={"exit_cost_fraction": 0.0}))
    assert worth(run) == near(112)
    assert state(run, "final_modules", "site", "shell") == 3


def test_a_conversion_stops_the_mine_at_the_switch_off_month() -> None:
    """(2.2), (2.6), (2.7), (10.7): a shell for October by conversion (1 M$, 6 build months), of which the last two are downtime.

    The mine works until month 7: 2.16 + 2.184 + 2.208/3; then 3 months at 3: 100 + 5.08 + 9 - 1 = 113.08.
    Without downtime the third quarter would be full (114.552); if the mine stopped with the works at month 3, 110.16.
    """
    run = solved(
        mining(
            halls=[mine(), hall()],
            conversions=[conversion(build_months=6, off_months=2)],
            leases=[lease(earliest_start="2027-10", rent_usd_per_kw_month=3000)],
            lease_sites=[accepts()],
        )
    )
    assert worth(run) == near(113.08)
    assert chosen(run, "converted_lots", "change", "old_mine", "2027Q4") == 1
    assert state(run, "average_modules", "site", "mine", "2027Q3") == near(1 / 3)
    assert state(run, "capex_musd", "site", "2027Q2") == near(0.5)
    assert state(run, "capex_musd", "site", "2027Q3") == near(0.5)


def test_a_cohort_is_converted_only_while_it_works() -> None:
    """(2.2): the mine is delivered in July, so its conversion (1 M$) yields a shell from July: 6 of rent: 105. From the start: 111."""
    run = solved(leased(halls=[mine(), hall()], opening=[standing("mine", in_service="2027-07")], conversions=[conversion()]))
    assert worth(run) == near(105)
    assert chosen(run, "converted_lots", "change", "old_mine", "2027Q3") == 1


def test_a_cohort_is_not_converted_after_its_end() -> None:
    """(2.2): the mine ends in July; a conversion of 9 months without downtime would switch it off in October: 100. If it could: 102."""
    run = solved(leased(halls=[mine(life_months=6), hall()], opening=[standing("mine")], conversions=[conversion(build_months=9)]))
    assert worth(run) == near(100)


def test_a_lot_takes_and_gives_whole_modules() -> None:
    """(2.2), (2.4): a lot turns 2 of 3 mine modules into one shell, so one tenant (3 M$ a month) comes and 1 MW goes on mining.

    100 + 36 - 1 + 8.76 = 143.76. One for one: two tenants, 100 + 72 - 2 + 8.76; lots in fractions: 1.5 lots of no use.
    """
    tenants = [lease(rent_usd_per_kw_month=3000), lease(id="second", rent_usd_per_kw_month=3000)]
    run = solved(
        mining(
            halls=[mine(), hall()],
            opening=[standing("mine", count=3), fleet(it_mw=3)],
            conversions=[conversion(from_modules=2)],
            leases=tenants,
            lease_sites=BOTH_ACCEPT,
        )
    )
    assert worth(run) == near(143.76)
    assert chosen(run, "converted_lots", "change", "old_mine", "2027Q1") == 1


def test_a_mine_that_no_longer_pays_is_retired() -> None:
    """(2.3): upkeep of 1.5 a quarter against 2.16 and 2.184 of revenue, then 1.104 after the halving in July: retired in July.

    100 + 0.66 + 0.684 = 101.344. Kept to the end: 100.552; retired at once: 100.
    """
    run = solved(mining(halls=[mine(fixed_cost_musd_per_module_year=6)], halvings=[*PAST_HALVINGS, "2027-07-01"]))
    assert worth(run) == near(101.344)
    assert chosen(run, "retired_modules", "old_mine", "2027Q3") == 1
    assert state(run, "average_modules", "site", "mine", "2027Q3") == 0


def test_a_module_leaves_only_once() -> None:
    """(2.4): the mine's only module ends in July and may then become a shell by either of two conversions, for 1 or 2 M$.

    Two tenants want 6 of rent each from July: one is served: 100 + 6 - 1 = 105. Without the rule both: 109.
    """
    lots = [conversion(id=name, build_months=6, capex_musd_per_lot=cost) for name, cost in (("cheap", 1.0), ("dear", 2.0))]
    run = solved(
        tiny(
            halls=[mine(life_months=6), hall()],
            opening=[standing("mine")],
            conversions=lots,
            leases=[lease(earliest_start="2027-07"), lease(id="second", earliest_start="2027-07")],
            lease_sites=BOTH_ACCEPT,
        )
    )
    assert worth(run) == near(105)
    assert chosen(run, "converted_lots", "cheap", "old_mine", "2027Q3") == 1


def test_lots_at_a_site_are_limited_over_all_cohorts() -> None:
    """(2.5): two cohorts of one module, at most one lot at the site: 100 + 12 - 1 = 111. Without the rule two: 122."""
    run = solved(
        tiny(
            halls=[mine(), hall()],
            opening=[standing("mine"), standing("mine", id="other_mine")],
            conversions=[conversion(max_lots=1)],
            leases=TWO_TENANTS,
            lease_sites=BOTH_ACCEPT,
        )
    )
    assert worth(run) == near(111)


def test_a_conversion_belongs_to_its_site() -> None:
    """(2.2): the conversion is for `north` only; both sites have a mine and the tenant pays half more at `site`: 111, not 117."""
    run = solved(
        tiny(
            sites=[site(), site(id="north")],
            grid=[
                {"id": f"{name}_meter", "site": name, "kind": "energised", "mw": 5, "from_month": "2027-01"} for name in ("site", "north")
            ],
            halls=[mine(), hall()],
            opening=[standing("mine"), standing("mine", id="north_mine", site="north")],
            conversions=[conversion(site="north")],
            leases=[lease()],
            lease_sites=[accepts(rent_adder_usd_per_kw_month=500), accepts(at="north")],
        )
    )
    assert worth(run) == near(111)
    assert chosen(run, "converted_lots", "change", "north_mine", "2027Q1") == 1


def test_tenants_wait_for_a_module_that_works_all_through_the_period() -> None:
    """(2.6), (2.10): the shell works from February, so the lease starts in April: 9 of rent. Counted by its mean or from January: 12."""
    run = solved(leased(opening=[standing(in_service="2027-02")]))
    assert worth(run) == near(109)
    assert state(run, "full_modules", "site", "shell", "2027Q1") == 0
    assert state(run, "average_modules", "site", "shell", "2027Q1") == near(2 / 3)


def test_tenants_stay_in_every_period_they_touch() -> None:
    """(2.6), (4.4): the shell works to month 8, so no lease that touches the third quarter fits, though months 3 to 7 do: 100, not 104."""
    offer = lease(earliest_start="2027-04", drop_dead="2027-04", term_months=4)
    run = solved(leased(halls=[hall(life_months=8)], leases=[offer]))
    assert worth(run) == near(100)


def test_miners_use_a_module_from_the_month_it_works() -> None:
    """(2.7), (2.11): the mine works from February: 2/3 of 2.16, then 6.6: 108.04. From January 108.76, from April 106.6."""
    run = solved(mining(opening=[standing("mine", in_service="2027-02"), fleet()]))
    assert worth(run) == near(100 + 1.44 + 6.6)


def test_the_residual_is_for_modules_that_outlive_the_horizon() -> None:
    """(2.8), (10.9): two shells of 12 months, from January (ends at the horizon: nothing) and from February (5 M$): 105, not 110."""
    run = solved(
        tiny(
            halls=[hall(life_months=12, residual_musd_per_module=5)],
            opening=[standing(), standing(id="later", in_service="2027-02")],
            finance={"exit_cost_fraction": 0.0},
        )
    )
    assert worth(run) == near(105)
    assert state(run, "final_modules", "site", "shell") == 1


@pytest.mark.parametrize(("residual", "value", "kept"), [(5, 101, 1), (3, 100, 0)])
def test_what_is_retired_has_no_residual(residual: float, value: float, kept: int) -> None:
    """(2.3), (2.8): upkeep of 4 for the year against a residual of 5: kept, 101; of 3: retired at once, 100.

    Kept, the second gives 99; retired and yet sold 103.
    """
    shell = hall(fixed_cost_musd_per_module_year=4, residual_musd_per_module=residual)
    run = solved(tiny(halls=[shell], opening=[standing()], finance={"exit_cost_fraction": 0.0}))
    assert worth(run) == near(value)
    assert state(run, "final_modules", "site", "shell") == kept


def test_a_new_hall_holds_land_from_its_order() -> None:
    """(2.9): land for one module. A shell for October (6 build months) needs the mine's land from April, so the mine goes in April.

    100 + 2.16 + 9 - 1 = 110.16 (mining on: 108.76). Were land held only from service: 114.552; with no limit: 116.76.
    """
    run = solved(
        mining(
            sites=[site(land_it_mw=1)],
            halls=[mine(), hall(buildable=True, build_months=6, capex_musd_per_module=1)],
            leases=[lease(earliest_start="2027-10", rent_usd_per_kw_month=3000)],
            lease_sites=[accepts()],
        )
    )
    assert worth(run) == near(110.16)
    assert chosen(run, "retired_modules", "old_mine", "2027Q2") == 1
    assert chosen(run, "built_modules", "site", "shell", "2027Q4") == 1


def test_a_hall_still_to_come_holds_its_land() -> None:
    """(2.9): land for one module, on which a shell of the opening is due in July: no room for a guest's yard until then: 100.

    Were its land free until it works: the yard for 0.1 and the guest's rent of 6: 105.9.
    """
    yard = hall(id="yard", product="powered_land", buildable=True, life_months=6, capex_musd_per_module=0.1)
    guest = lease(id="guest", product="powered_land", drop_dead="2027-01", term_months=6)
    run = solved(
        tiny(
            sites=[site(land_it_mw=1)],
            halls=[hall(), yard],
            opening=[standing(in_service="2027-07")],
            leases=[guest],
            lease_sites=[accepts("guest")],
        )
    )
    assert worth(run) == near(100)


def test_modules_under_conversion_hold_land() -> None:
    """(2.9): land for one module, under conversion for six months until July or October; no room for a guest's yard from April to October.

    The converted shell earns 9 - 1: 108. With the guest (6 of rent, a yard for 0.1 that stands 6 months) as well: 113.9.
    """
    yard = hall(id="yard", product="powered_land", buildable=True, life_months=6, capex_musd_per_module=0.1)
    guest = lease(id="guest", product="powered_land", earliest_start="2027-04", drop_dead="2027-04", term_months=6)
    run = solved(
        tiny(
            sites=[site(land_it_mw=1)],
            halls=[mine(), hall(), yard],
            opening=[standing("mine")],
            conversions=[conversion(build_months=6, off_months=6)],
            leases=[lease(earliest_start="2027-10", rent_usd_per_kw_month=3000), guest],
            lease_sites=[accepts(), accepts("guest")],
        )
    )
    assert worth(run) == near(108)
    assert chosen(run, "started", "anchor", "site", "shell", "2027Q4") == 1


def test_a_converted_hall_starts_a_new_life_and_holds_land() -> None:
    """(2.7), (2.9): shells live 6 months; a mine converted in January is a shell until July, then its land is free for a yard.

    Tenant: 6 of rent - 1; guest from July: 6 of rent - 0.1: 110.9.
    Were the mine's life (240 months) to run on, a lease of a year would fit: 111.
    """
    yard = hall(id="yard", product="powered_land", buildable=True, capex_musd_per_module=0.1)
    tenants = [lease(term_months=6), lease(id="year", term_months=12), lease(id="guest", product="powered_land", earliest_start="2027-07")]
    run = solved(
        tiny(
            sites=[site(land_it_mw=1)],
            halls=[mine(), hall(life_months=6), yard],
            opening=[standing("mine")],
            conversions=[conversion()],
            leases=tenants,
            lease_sites=[accepts(name) for name in ("anchor", "year", "guest")],
        )
    )
    assert worth(run) == near(110.9)


def test_tenants_share_the_modules_that_work_all_through() -> None:
    """(2.10): one shell from January, one from February; tenants of 1 and 0.6 MW. In the first quarter only one module is full.

    The larger starts at once (12), the smaller in April (5.4): 117.4. By the mean of 1.67 MW both start at once: 119.2.
    """
    run = solved(
        leased(
            opening=[standing(), standing(id="later", in_service="2027-02")],
            leases=[lease(), lease(id="second", it_mw=0.6)],
            lease_sites=BOTH_ACCEPT,
        )
    )
    assert worth(run) == near(117.4)
    assert chosen(run, "started", "second", "site", "shell", "2027Q2") == 1


def test_miners_and_tenants_share_a_hall() -> None:
    """(2.11): two shell modules, 1 MW leased, and a fleet of 2 MW that shells host: 1 MW of it is plugged in: 120.76. Without: 129.52."""
    run = solved(
        leased(
            opening=[standing(count=2), fleet(it_mw=2)],
            asic_models=[rig(product="powered_shell")],
        )
    )
    assert worth(run) == near(100 + 12 + 8.76)
    assert chosen(run, "hosted_mw", "site", "shell", "rig", "2027Q1") == near(1)


@pytest.mark.parametrize("inflation", [0.0, 0.1])
def test_upkeep_runs_on_standing_modules(inflation: float) -> None:
    """Section 2, money; (10.6): upkeep of 1.2 a year on a shell from July 2027: 0.6 in 2027, 1.2 x growth in 2028, when the tenant pays 12.

    Charged for all of 2027 it would cost 0.6 more; from the first full period 0.6 less.
    """
    run = solved(
        leased(
            periods=years(2),
            finance={"cost_inflation_fraction": inflation},
            halls=[hall(fixed_cost_musd_per_module_year=1.2)],
            opening=[standing(in_service="2027-07")],
        )
    )
    assert worth(run) == near(100 + 12 - 0.6 - 1.2 * (1 + inflation))
    assert state(run, "operating_musd", "site", "2027") == near(0.6)


def test_the_mine_earns_by_the_hours_of_each_quarter() -> None:
    """(10.5): revenue of a quarter is its days x 24 h x 1000 USD per MWh; quarters are not equal."""
    run = solved(mining())
    for period in ("2027Q1", "2027Q2", "2027Q3", "2027Q4"):
        assert state(run, "revenue_musd", "site", period) == near(HOURS[period] / 1000)
    assert worth(run) == near(108.76)
