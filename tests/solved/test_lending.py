"""Section 8, what lenders ask for: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

from typing import Any

import pytest

from planner import solve
from planner_models.schema import Instance
from tests.tiny import (
    Fields,
    accepts,
    btc,
    chosen,
    facility,
    fleet,
    hall,
    lease,
    leased,
    mine,
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
from tests.tiny_capital import (
    AFTER_ONE,
    AFTER_TWO,
    DEAR_MONEY,
    FIRST,
    SECOND,
    THIRD,
    building,
    owed,
    pair,
    revolver,
)


def waiting(**fields: Any) -> Instance:
    """2 of cash, 8 of overhead a year and 24 of rent in 2028: 6 are missing in 2027, when nothing is built; a facility with `fields`."""
    return leased(
        periods=years(2),
        leases=[lease(earliest_start="2028-01", rent_usd_per_kw_month=2000)],
        debt=[revolver(**fields)],
        finance={"opening_cash_musd": 2.0, "overhead_musd_per_year": 8},
    )


def test_a_revolver_rests_on_no_capex() -> None:
    """(8.4): 6 are drawn in 2027 for overhead: 2 - 16 + 24 - 0.6 of interest = 9.4. Were capex needed (kind general): no plan."""
    run = solved(waiting())
    assert worth(run) == near(9.4)
    assert chosen(run, "drawn_musd", "revolver", "2027") == near(6)
    assert solve(waiting(kind="general")).outcome == "infeasible"


@pytest.mark.parametrize("fields", [{"limit_musd": 5.9}, {"available_from": "2027-02"}, {"advance_fraction": 0}])
def test_a_revolver_keeps_its_limit_and_its_months(fields: Fields) -> None:
    """(8.1): 6 are needed in 2027: not with a limit of 5.9, nor from February, nor where nothing may be drawn."""
    assert solve(waiting(**fields)).outcome == "infeasible"


def test_a_revolver_leaves_the_capex_to_the_others() -> None:
    """(8.4): no cash, a shell for 10: the bank funds half of it at 10 %, the revolver lends the other 5 at 20 %: 12 - 10 - 0.5 - 1 = 0.5.

    Did the revolver's draw use up capex, the bank's would have to be less and the shell could not be paid: 0.
    """
    run = solved(
        building(debt=[facility(advance_fraction=0.5), revolver(rate_fraction=0.2, limit_musd=5)], finance={"opening_cash_musd": 0.0})
    )
    assert worth(run) == near(0.5)
    assert chosen(run, "drawn_musd", "bank", "2027") == near(5)


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"advance_fraction": 0.7}, 7.6),
        ({"kind": "project", "advance_fraction": 0.7}, 7.6),
        ({"kind": "project", "sites": ["north", "site"], "advance_fraction": 0.7}, 7.6),
        ({"kind": "project", "sites": ["north"], "advance_fraction": 0.7}, 7.0),
        ({"kind": "project", "sites": ["north"], "advance_fraction": 0.81}, 7.6),
        ({"kind": "equipment", "advance_fraction": 1.0}, 7.0),
    ],
)
def test_a_project_facility_funds_its_sites(fields: Fields, value: float) -> None:
    """(8.4): 6 of cash, two shells for 5: 4 are missing: 6 - 10 + 12 - 0.4 = 7.6; with one shell 6 - 5 + 6 = 7.

    70 % of the capex of both is 7, of north's alone 3.5, too little; 81 % of that is 4.05. Shells are no machines.
    """
    assert worth(solved(pair(debt=[facility(**fields)]))) == near(value)


@pytest.mark.parametrize(
    ("fields", "mined", "drawn"),
    [
        ({"advance_fraction": 0.7}, 1.0, 4.0),
        ({"kind": "project", "advance_fraction": 0.7}, 0.9, 3.5),
        ({"kind": "equipment", "advance_fraction": 0.7}, 2 / 3, 7 / 3),
        ({"kind": "equipment", "sites": ["site"], "advance_fraction": 0.7}, 2 / 3, 7 / 3),
        ({"kind": "equipment", "sites": ["north"], "advance_fraction": 1.0}, 0.0, 0.0),
    ],
)
def test_machines_are_of_equipment_lenders_and_buildings_of_project_lenders(fields: Fields, mined: float, drawn: float) -> None:
    """(8.4), (10.15): a mine for 5 and rigs for 5 a MW, ordered in 2027 for 2028, when a MW earns 17.568; 6 of cash.

    70 % of all: 4 are drawn for 1 MW. Of the mine alone: 3.5 for 0.9 MW. Of x MW of rigs: 5 + 5x = 6 + 3.5x, so x = 2/3.
    Value: 6 - 5 - 5x + 17.568x - 0.1 of what is drawn. With a lender of machines elsewhere 0.2 MW are not worth the mine: 6.
    """
    run = solved(
        tiny(
            periods=years(2),
            sites=[site(land_it_mw=1), site(id="north", land_it_mw=0)],
            btc=[btc(btc_usd=1_200_000)],
            halls=[mine(buildable=True, build_months=12, capex_musd_per_module=5)],
            asic_models=[rig(buyable=True, usd_per_th=125, lead_months=12)],
            debt=[facility(**fields)],
            finance={"opening_cash_musd": 6.0},
        )
    )
    assert chosen(run, "bought_mw", "site", "rig", "2028") == near(mined)
    assert worth(run) == near(max(6.0, 1 + 12.568 * mined - 0.1 * drawn))


def test_a_draw_of_a_project_lender_is_capex_that_the_general_one_cannot_fund() -> None:
    """(8.4): 10 of capex, half of it north's; the project lender (5 %) may fund north's 5, the general one (10 %) all that is left: 5.

    6 paid out in 2027, 12 - 0.25 - 0.5 in 2028, 10 owed. Each by itself, 8 of the general lender would be drawn:
    9 in 2027, 10.95 in 2028, 13 owed.
    """
    lenders = [facility(), facility(id="north", kind="project", sites=["north"], rate_fraction=0.05)]
    run = solved(pair(debt=lenders, finance=DEAR_MONEY))
    assert chosen(run, "drawn_musd", "north", "2027") == near(5)
    assert chosen(run, "drawn_musd", "bank", "2027") == near(5)
    assert worth(run) == near(6 * FIRST + 11.25 * SECOND - 10 * AFTER_TWO)


def test_a_draw_uses_up_as_much_capex_as_its_lender_asks_for() -> None:
    """(8.4): the project lender (5 %) funds half of what a draw rests on, the general one (10 %, up to 8) all of it: 8 + 1/0.5 = 10.

    5 paid out in 2027, 12 - 0.8 - 0.05 in 2028, 9 owed. Did a draw count as it is, 2 more would fit, of which 1 would be drawn:
    up to 2.5 rests on north's 5. Its dearer half is not worth the 2 of the general lender that it would displace.
    """
    lenders = [facility(), facility(id="north", kind="project", sites=["north"], rate_fraction=0.05, advance_fraction=0.5)]
    run = solved(pair(debt=lenders, finance=DEAR_MONEY))
    assert chosen(run, "drawn_musd", "bank", "2027") == near(8)
    assert chosen(run, "drawn_musd", "north", "2027") == near(1)
    assert worth(run) == near(5 * FIRST + 11.15 * SECOND - 9 * AFTER_TWO)


def test_lenders_of_sites_apart_do_not_share() -> None:
    """(8.4): one lender for each site, each up to the 5 that are spent there, though each would lend 8: 10 in all."""
    lenders = [facility(id=name, kind="project", sites=[name]) for name in ("site", "north")]
    run = solved(pair(debt=lenders, finance=DEAR_MONEY))
    assert chosen(run, "drawn_musd", "site", "2027") == near(5)
    assert worth(run) == near(6 * FIRST + 11 * SECOND - 10 * AFTER_TWO)


def two_years(cash_musd: float, advance_fraction: float, *, first: bool = True, **fields: Any) -> Instance:
    """A shell for 10, paid in equal parts in 2027 and 2028, that earns 24 in 2029; a facility of 8 at 10 %."""
    return leased(
        periods=years(3),
        halls=[hall(buildable=True, build_months=24, capex_musd_per_module=10)],
        opening=[],
        leases=[lease(rent_usd_per_kw_month=2000)],
        debt=[facility(advance_fraction=advance_fraction, equity_first=first, **fields)],
        finance={"opening_cash_musd": cash_musd},
    )


@pytest.mark.parametrize(
    ("cash", "advance", "value"),
    [(5.0, 0.5, 18.5), (4.9, 0.5, 4.9), (4.55, 0.6, 17.95), (4.0, 0.6, 4.0), (6.0, 0.4, 19.6), (5.9, 0.4, 5.9)],
)
def test_the_company_pays_its_share_first(cash: float, advance: float, value: float) -> None:
    """(8.10), (8.11): 5 of capex a year, at a half: its 5 in 2027, the lender's in 2028: 5 - 10 + 24 - 0.5 of interest in 2029 = 18.5.

    With 4.9 in cash it stops: 0.1 would have to be drawn in 2027. At 60 % the company owes 4, so that up to 1 may be drawn in 2027:
    with 4.55 in cash it is 0.5, then 5 for the capex and the interest of 2028: 4.55 - 10 + 24 - 0.05 - 0.55; with 4 it would be 1 and 5.1.
    At 40 % it owes 6, 1 of them in 2028: none is
    drawn in 2027, although 5 - 6 is less than none. Drawn as one likes (advance 1), 4 and 4.9 would do.
    """
    assert worth(solved(two_years(cash, advance))) == near(value)


@pytest.mark.parametrize(("cash", "value"), [(5.0, 5 - 10 + 24 + 1.7544 - 0.41216), (4.9, 4.9 + 1.7544)])
def test_no_draw_comes_before_its_turn(cash: float, value: float) -> None:
    """(8.10), (8.11): 0.1 MW of rigs earn 0.8784 in 2028, so the lender's half is more than enough: 4.1216 are drawn then, at 10 % in 2029.

    With 4.9 in cash 0.1 is missing in 2027, when the company has not spent its 5: the shell is not built, though it would owe 4.2316 of 5.
    """
    instance = two_years(cash, 0.5)
    instance = instance.with_("halls", [*instance.halls, mine()]).with_("asic_models", [rig()])
    run = solved(instance.with_("opening", [standing("mine"), fleet(it_mw=0.1, in_service="2028-01")]))
    assert worth(run) == near(value)


def test_without_equity_first_each_draw_rests_on_its_period() -> None:
    """(8.4), (8.11): 2.5 in 2027 and 2.5 in 2028 of which 0.25 is interest: 5 in cash are not enough, as they are with equity first.

    With 5.25: 5.25 - 10 + 24 - 0.25 - 0.5 = 18.5.
    """
    assert worth(solved(two_years(5.0, 0.5, first=False))) == near(5)
    assert worth(solved(two_years(5.25, 0.5, first=False))) == near(18.5)


@pytest.mark.parametrize(("cash", "value"), [(7.5, 21.25), (7.4, 7.4)])
def test_the_share_is_of_the_capex_while_it_lends(cash: float, value: float) -> None:
    """(8.11): it lends from 2028 on, so 2027 does not count: half of the 5 of 2028: 7.5 - 10 + 24 - 0.25. Over both years: all 5."""
    assert worth(solved(two_years(cash, 0.5, available_from="2028-01"))) == near(value)


GOOD: Fields = {"tiers": [{"id": "good", "cap_rate_fraction": 0.1}, {"id": "poor", "cap_rate_fraction": 0.1}]}


def covered(rent: Fields | None = None, hall_: Fields | None = None, **fields: Any) -> Instance:
    """`building` with a tenant of tier `good`; a year after a draw it is due in full: the service of a M$ is 0.1 + 1 a year."""
    terms: Fields = {"dscr_ratio": 4.5, "amortisation_months": 12, "grace_months": 12} | fields
    tenant: Fields = {"tier": "good", "rent_usd_per_kw_month": 2000} | (rent or {})
    shell: Fields = {"buildable": True, "build_months": 12, "capex_musd_per_module": 10, "assessed_musd_per_module": 0} | (hall_ or {})
    sites = [site(property_tax_fraction=0.02), site(id="north", land_it_mw=0)]
    return building(sites=sites, halls=[hall(**shell)], leases=[lease(**tenant)], debt=[facility(**terms)], finance=DEAR_MONEY, **GOOD)


@pytest.mark.parametrize("tiers", [[], ["good"], ["poor", "good"]])
def test_the_rent_under_contract_covers_the_debt_service(tiers: list[str]) -> None:
    """(8.12): 24 of rent a year, from 2028 on, carry 24/(4.5·1.1) = 4.8485 of debt at the end of 2027; 4 of them pay for the shell.

    0.8485 paid out in 2027, 24 - 1.1·4.8485 in 2028. Without the rule 8 would be drawn: 4 in 2027, 15.2 in 2028.
    """
    drawn = 24 / 4.95
    run = solved(covered(tiers=tiers))
    assert chosen(run, "drawn_musd", "bank", "2027") == near(drawn)
    assert worth(run) == near((drawn - 4) * FIRST + (24 - 1.1 * drawn) * SECOND)


@pytest.mark.parametrize("fields", [{"tiers": ["poor"]}, {"dscr_ratio": 5.5}, {"kind": "project", "sites": ["north"]}])
def test_without_cover_nothing_is_built(fields: Fields) -> None:
    """(8.12), (8.4): a tenant whose tier does not count; 24/(5.5·1.1) = 3.967 where 4 are missing; a lender of another site: 6, at 44 %."""
    assert worth(solved(covered(**fields))) == near(6 * FIRST)


@pytest.mark.parametrize(("kind", "noi"), [("modified_gross", 20.94), ("triple_net", 22.14)])
def test_what_covers_is_the_first_years_noi(kind: str, noi: float) -> None:
    """(8.12): 12·2050/1000·0.9 = 22.14, less upkeep of 1 and 2 % of tax on 10, unless the tenant bears these. That is the cash of 2028 too.

    On the rent alone it would be 24.6/4.95.
    """
    drawn = noi / 4.95
    instance = covered(
        rent={"kind": kind, "cost_fraction": 0.1},
        hall_={"fixed_cost_musd_per_module_year": 1, "assessed_musd_per_module": 10},
    )
    run = solved(instance.with_("lease_sites", [accepts(rent_adder_usd_per_kw_month=50)]))
    assert chosen(run, "drawn_musd", "bank", "2027") == near(drawn)
    assert worth(run) == near((drawn - 4) * FIRST + (noi - 1.1 * drawn) * SECOND)


@pytest.mark.parametrize(
    ("term", "value"), [(120, 4 * FIRST + 11.2 * SECOND - 8 * AFTER_TWO), (13, 4 * FIRST + 11.2 * SECOND - 8 * AFTER_TWO), (12, None)]
)
def test_a_lease_that_has_ended_covers_nothing(term: int, value: float | None) -> None:
    """(8.12): 12 of rent carry 12/(10·0.1) = 12 of debt, so 8 are drawn and stay; a lease of 2028 alone does not carry them at its end.

    Then they are repaid in 2028: 12 - 0.8 - 8.
    """
    instance = building(leases=[lease(term_months=term)], debt=[facility(dscr_ratio=10)], finance=DEAR_MONEY)
    run = solved(instance)
    assert worth(run) == near(4 * FIRST + 3.2 * SECOND if value is None else value)


def test_nothing_is_drawn_beyond_the_cover_and_paid_back_at_once() -> None:
    """(8.22): over 24 months the service of a M$ is 0.1 + 0.5 a year, so 24 of rent cover 24/(6·0.6) = 6.667 of the 8 that the shell costs.

    Half is due in 2027, 6 + 6.667 - 8 - 3.333 is paid out; 24 - 0.333 - 3.333 in 2028. By (8.12) alone, which looks at the 3.333 or 4 left
    at the end of 2027, 8 would be drawn: 2 in 2027, 19.6 in 2028.
    """
    run = solved(covered(hall_={"capex_musd_per_module": 8}, dscr_ratio=6.0, amortisation_months=24, grace_months=0))
    assert chosen(run, "drawn_musd", "bank", "2027") == near(20 / 3)
    assert worth(run) == near(4 / 3 * FIRST + 61 / 3 * SECOND)


def test_the_opening_balance_is_paid_back_in_parts() -> None:
    """(8.13): 8 owed at 10 %, over 24 months: 4 at the end of 2027 and none of 2028; rent of 12 a year and no cash.

    12 - 0.8 - 4 in 2027, 12 - 0.4 - 4 in 2028. Without the rule: 11.2, 11.2 and 8 owed.
    """
    run = solved(leased(periods=years(2), debt=[owed(amortisation_months=24)], finance=DEAR_MONEY | {"opening_cash_musd": 0.0}))
    assert worth(run) == near(7.2 * FIRST + 7.6 * SECOND)
    assert state(run, "debt_musd", "bank", "2027") == near(4)


@pytest.mark.parametrize(("months", "count", "left"), [(3, 4, [7, 6, 5, 4]), (6, 2, [6, 4]), (24, 1, [0])])
def test_parts_are_counted_by_month(months: int, count: int, left: list[float]) -> None:
    """(8.13): the same balance after three, six, nine and twelve months; in one period of two years all of it is due."""
    run = solved(
        leased(
            periods=[{"months": months, "count": count}],
            debt=[owed(amortisation_months=24)],
            finance=DEAR_MONEY | {"opening_cash_musd": 0.0},
        )
    )
    assert run.certificate is not None
    assert list(run.certificate.ledger.states["debt_musd"].values()) == [near(musd) for musd in left]


def test_a_draw_is_paid_back_after_its_grace() -> None:
    """(8.13): a draw of 8 in January 2027, 12 months of grace, over 24 months: 8, 4 and nothing at the end of 2027, 2028 and 2029.

    6 + 8 - 10 in 2027, 12 - 0.8 - 4 in 2028, 12 - 0.4 - 4 in 2029. Without grace 4 would be left in 2027, none in 2028.
    """
    run = solved(building(3, debt=[facility(amortisation_months=24, grace_months=12)], finance=DEAR_MONEY))
    assert worth(run) == near(4 * FIRST + 7.2 * SECOND + 7.6 * THIRD)
    assert [state(run, "debt_musd", "bank", year) for year in ("2027", "2028", "2029")] == [near(8), near(4), near(0)]


def test_grace_is_for_draws_and_not_for_the_opening_balance() -> None:
    """(8.13): 4 owed and 4 drawn (a limit of 8), 12 months of grace, over 24: 2 + 4 at the end of 2027, 0 + 2 of 2028, nothing of 2029.

    6 + 4 - 10 and 2 + 0.4 paid in 2027: 2.4 more cash: 8.4. Then 12 - 0.6 - 4, and 12 - 0.2 - 2.
    """
    run = solved(
        building(
            3,
            debt=[facility(opening_balance_musd=4, amortisation_months=24, grace_months=12, limit_musd=8, advance_fraction=0.4)],
            finance=DEAR_MONEY | {"opening_cash_musd": 8.4},
        )
    )
    assert [state(run, "debt_musd", "bank", year) for year in ("2027", "2028", "2029")] == [near(6), near(2), near(0)]
    assert worth(run) == near(7.4 * SECOND + 9.8 * THIRD)


def test_a_grace_beyond_the_horizon_leaves_the_draw() -> None:
    """(8.13): `a` is at most 1: with 24 months of grace the 8 that are drawn in 2027 are all owed at the end of 2028."""
    run = solved(building(debt=[facility(amortisation_months=24, grace_months=24)], finance=DEAR_MONEY))
    assert worth(run) == near(4 * FIRST + 11.2 * SECOND - 8 * AFTER_TWO)


def test_what_is_paid_early_counts_for_the_next_parts() -> None:
    """(8.2), (8.13): 8 owed over 48 months, cash without discount: all is repaid in 2027: 100 - 8 - 0.8. By parts: 0.6 more."""
    run = solved(tiny(periods=years(2), debt=[owed(amortisation_months=48)]))
    assert worth(run) == near(91.2)
    assert chosen(run, "repaid_musd", "bank", "2028") == near(0)


@pytest.mark.parametrize(
    ("fields", "fee"),
    [
        ({"available_to": "2028-01"}, 0.1),
        ({}, 0.26),
        ({"available_from": "2028-01"}, 0.16),
        ({"advance_fraction": 0}, 0.0),
        ({"kind": "revolver"}, 0.26),
        ({"maturity": "2028-01"}, 0.1),
    ],
)
def test_what_may_still_be_drawn_costs_a_fee(fields: Fields, fee: float) -> None:
    """(8.9): 3 owed of 8 at 10 %, repaid in 2027: 0.3 of interest. 2 % on the other 5 in 2027, on 8 in 2028, in the years of draws.

    A facility from which nothing may be drawn costs no fee: 96.7.
    """
    run = solved(tiny(periods=years(2), debt=[facility(opening_balance_musd=3, commitment_fee_fraction=0.02) | fields]))
    assert worth(run) == near(96.7 - fee)


def test_the_commitment_fee_counts_by_month() -> None:
    """(8.9): 3 owed of 8, repaid in the first quarter: 0.075 of interest, 0.025 on the other 5; then 0.04 on all 8, then no draws."""
    run = solved(tiny(debt=[facility(opening_balance_musd=3, commitment_fee_fraction=0.02, available_to="2027-07")]))
    assert worth(run) == near(96.86)
    assert state(run, "interest_musd", "2027Q2") == near(0.04)


def test_months_of_debt_service_are_kept_in_cash() -> None:
    """(8.14), (8.7): 8 owed at 10 %: half a year of 0.8 stays in the company: 20 - 0.8 - 0.4 paid out, 0.4 - 8 at the end of 2027.

    Without the reserve: 19.2 and -8.
    """
    run = solved(tiny(periods=years(1), debt=[owed(reserve_months=6)], finance=DEAR_MONEY | {"opening_cash_musd": 20.0}))
    assert worth(run) == near(18.8 * FIRST - 7.6 * AFTER_ONE)
    assert state(run, "reserve_musd", "2027") == near(0.4)


def test_amortisation_is_debt_service_too() -> None:
    """(8.14), (8.13): over 240 months the service is 0.1 + 0.05: half a year of 0.15 on the 7.6 that are left at the end of 2027: 0.57."""
    run = solved(
        tiny(periods=years(1), debt=[owed(reserve_months=6, amortisation_months=240)], finance=DEAR_MONEY | {"opening_cash_musd": 20.0})
    )
    assert worth(run) == near((20 - 0.8 - 0.4 - 0.57) * FIRST + (0.57 - 7.6) * AFTER_ONE)


def test_the_reserve_stops_a_draw() -> None:
    """(8.14), (8.7): 4 are missing for the shell; with 15 months of reserve on a service of 0.1 a draw d leaves (1 - 0.125)d: 4.5714.

    6 - 10 + 12 - 0.45714. With a limit of 4.5 the shell is not built: 6. Without a reserve 4 would be drawn: 7.6.
    """
    run = solved(building(debt=[facility(reserve_months=15)]))
    assert worth(run) == near(8 - 4 / 0.875 * 0.1)
    assert worth(solved(building(debt=[facility(reserve_months=15, limit_musd=4.5)]))) == near(6)


@pytest.mark.parametrize(
    ("until", "value"),
    [
        ("2027-12", 11 / 1.1),
        ("2028-01", 6 / 1.1 + 5 / 1.331),
        ("2028-12", 6 / 1.1 + 5 / 1.331),
        ("2029-01", 6 / 1.1 + 5 / 1.4641),
    ],
)
def test_restricted_cash_is_paid_out_once_it_is_released(until: str, value: float) -> None:
    """(8.14), (8.7): 5 of 11 are restricted at the end of each period up to that month; 21 % a year. Not restricted: 11/1.1."""
    finance = {"discount_rate_fraction": 0.21, "opening_cash_musd": 11.0, "opening_restricted_musd": 5.0, "restricted_until": until}
    assert worth(solved(tiny(periods=years(2), finance=finance))) == near(value)


def test_restricted_cash_is_on_top_of_the_floor_and_the_reserve() -> None:
    """(8.14), (8.7): a floor of 1, a reserve of 0.8 and 5 restricted through 2027: 20 - 0.8 - 6.8 paid out, then 5 - 0.8; 1.8 stay."""
    finance = DEAR_MONEY | {
        "opening_cash_musd": 20.0,
        "cash_floor_musd": 1.0,
        "opening_restricted_musd": 5.0,
        "restricted_until": "2028-01",
    }
    run = solved(tiny(periods=years(2), debt=[owed(reserve_months=12)], finance=finance))
    assert worth(run) == near(12.4 * FIRST + 4.2 * SECOND + (1.8 - 8) * AFTER_TWO)
