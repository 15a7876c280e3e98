"""Section 6, grid of two kinds, approvals, securities and price levels: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tiny import (
    accepts,
    chosen,
    fleet,
    hall,
    lease,
    leased,
    meter,
    mine,
    mining,
    near,
    rig,
    site,
    solved,
    standing,
    state,
    upgrade,
    worth,
    years,
)
from tests.tiny_power import plant
from tests.tiny_sites import approval, interruptible, two_tenants

QUARTER_ENDS = [1.21 ** (-month / 12) for month in (1.5, 4.5, 7.5, 10.5)]
"""Discount factors of the four quarters at 21 % a year."""


def test_tenants_need_firm_power() -> None:
    """(6.9), (6.10): 1 firm and 1 interruptible MW, two tenants: one: 112. Were all MW alike: 124."""
    run = solved(two_tenants(grid=[meter(mw=1), interruptible(mw=1)]))
    assert worth(run) == near(112)
    assert state(run, "grid_mw", "site", "2027Q1") == 2
    assert state(run, "firm_mw", "site", "2027Q1") == 1


def test_mines_take_interruptible_power() -> None:
    """(6.4), (6.10): 1 firm and 1 interruptible MW, a tenant and 1 MW of rigs: 100 + 12 + 8.76. Did rigs need firm power too: 112."""
    run = solved(
        mining(
            grid=[meter(mw=1), interruptible(mw=1)],
            halls=[mine(), hall()],
            opening=[standing("mine"), fleet(), standing()],
            leases=[lease()],
            lease_sites=[accepts()],
        )
    )
    assert worth(run) == near(120.76)


def test_mines_take_what_tenants_leave_of_firm_power() -> None:
    """(6.4), (6.10): 2 firm MW and 1 interruptible, a tenant and 3 MW of rigs: 2 MW of them run: 100 + 12 + 17.52; firm only 120.76."""
    run = solved(
        mining(
            grid=[meter(mw=2), interruptible(mw=1)],
            halls=[mine(), hall()],
            opening=[standing("mine", count=3), fleet(it_mw=3), standing()],
            leases=[lease()],
            lease_sites=[accepts()],
        )
    )
    assert worth(run) == near(129.52)


def test_machines_in_other_halls_need_firm_power() -> None:
    """(6.10): rigs in a shell, half a MW of it firm at a peak factor of 1.25: 0.4 MW of 1: 100 + 0.4 · 8.76. As in a mine: 108.76."""
    run = solved(
        mining(
            grid=[meter(mw=0.5), interruptible()],
            halls=[hall(pue_peak=1.25)],
            asic_models=[rig(product="powered_shell")],
            opening=[standing(), fleet()],
        )
    )
    assert worth(run) == near(103.504)


def test_firm_power_carries_the_design_peak() -> None:
    """(6.10): two tenants at a peak factor of 1.2 on 2.2 firm MW of 10: one: 112. By their IT MW alone: 124."""
    assert worth(solved(two_tenants(grid=[meter(mw=2.2), interruptible(mw=7.8)], halls=[hall(pue_peak=1.2)]))) == near(112)


@pytest.mark.parametrize(("service", "value"), [("firm", 111), ("interruptible", 100)])
def test_an_upgrade_is_firm_or_interruptible(service: str, value: float) -> None:
    """(6.9): 1 interruptible MW and an upgrade of 1 MW for 1 M$: the tenant comes if it is firm."""
    run = solved(leased(grid=[interruptible(mw=1), upgrade(service=service)]))
    assert worth(run) == near(value)
    assert state(run, "firm_mw", "site", "2027Q4") == (service == "firm")


def test_firm_power_counts_from_the_period_after_its_month() -> None:
    """(6.9): firm from February on: the tenant comes in April: 109. Counted at once: 112."""
    assert worth(solved(leased(grid=[meter(mw=1, from_month="2027-02"), interruptible(mw=1)]))) == near(109)


def test_dependable_generation_is_firm() -> None:
    """(6.4), (6.10): 1 interruptible MW and a plant of 1 dependable MW for 1 M$: the tenant comes: 111. Were only the grid firm: 100."""
    run = solved(leased(grid=[interruptible(mw=1)], generators=[plant(dependable_fraction=1.0)]))
    assert worth(run) == near(111)
    assert chosen(run, "commissioned_units", "site", "plant", "2027Q1") == 1


@pytest.mark.parametrize(("approved", "value"), [([approval(mw=2)], 123), ([approval(mw=1)], 112), ([], 123)])
def test_the_grid_stays_within_what_is_approved(approved: list[dict[str, Any]], value: float) -> None:
    """(6.11): 1 MW stands, 1 more costs 1 M$, two tenants: 2 approved: 100 + 24 - 1; 1 approved: 112. Without a row there is no limit."""
    assert worth(solved(two_tenants(grid=[meter(mw=1), upgrade(), *approved]))) == near(value)


@pytest.mark.parametrize(("month", "value"), [("2027-07", 117), ("2027-06", 117), ("2027-08", 114)])
def test_approvals_add_up_by_their_dates(month: str, value: float) -> None:
    """(6.11): 1 MW is approved from the start, 1 more from July (or June): the second tenant comes then: 100 + 12 + 6 - 1. At once: 123."""
    grid = [meter(mw=1), upgrade(), approval(mw=1), approval(id="later", mw=1, from_month=month)]
    assert worth(solved(two_tenants(grid=grid))) == near(value)


def test_an_approval_covers_interruptible_power_too() -> None:
    """(6.11): 1 firm MW stands, 1 interruptible would serve 1 MW of rigs (8.76) for 1 M$; 1 is approved: 112. Without the rule 119.76."""
    run = solved(
        mining(
            grid=[meter(mw=1), upgrade(service="interruptible"), approval(mw=1)],
            halls=[mine(), hall()],
            opening=[standing("mine"), fleet(), standing()],
            leases=[lease()],
            lease_sites=[accepts()],
        )
    )
    assert worth(run) == near(112)


def test_an_approval_holds_at_its_site() -> None:
    """(6.11): the other site has approvals for its own MW only; this one is upgraded for 1 M$ without a limit: 111."""
    run = solved(
        leased(
            sites=[site(), site(id="north")],
            grid=[upgrade(), meter(id="north_meter", site="north", mw=1), approval(site="north", mw=1)],
        )
    )
    assert worth(run) == near(111)


def secured(**fields: Any) -> dict[str, Any]:
    """An upgrade of 1 MW that costs nothing but a security of 7 M$, back three months after its service."""
    return upgrade(cost_musd=0, security_musd=7, security_months=3) | fields


def test_a_security_is_cash_that_is_away() -> None:
    """(6.16), (8.6), (8.7): no cash, one tenant on 1 MW, another on the upgrade, whose security is 7.

    Ordered in January: 3 + 3 at the end of March, too little; in April: 3 + 6. So 12 + 9 = 21, with the security back in July.
    Without securities 24; were it never returned, or not worth its amount, 14.
    """
    run = solved(two_tenants(grid=[meter(mw=1), secured()], finance={"opening_cash_musd": 0.0}))
    assert worth(run) == near(21)
    assert chosen(run, "upgraded", "upgrade", "2027Q2") == 1
    posted = [state(run, "posted_musd", "site", f"2027Q{quarter}") for quarter in (1, 2, 3, 4)]
    assert posted == [0, 7, 0, 0]


def test_a_security_is_posted_at_the_order() -> None:
    """(6.16): the same with 3 months of lead: ordered in January it would leave 3 - 7 at the end of March; ordered in April 6 - 7 in June.

    Ordered in July (3 · 3 - 7 at the end of September) it serves from October: 12 + 3 = 15. Posted at service: 12 + 6 = 18.
    """
    run = solved(two_tenants(grid=[meter(mw=1), secured(lead_months=3)], finance={"opening_cash_musd": 0.0}))
    assert worth(run) == near(15)
    assert [state(run, "posted_musd", "site", f"2027Q{quarter}") for quarter in (1, 2, 3, 4)] == [0, 0, 7, 7]


def test_a_security_comes_back_in_its_month() -> None:
    """(6.16): returned 4 months after its service in January, in May: it is away at the end of March and back at the end of June.

    With 10 M$ of cash, 5 of overhead and 3 of rent a quarter 1 is left in March and 6 in June: 10 + 12 - 20 = 2.
    Were it away in June too: 10 - 10 + 6 - 7 < 0, and there would be no plan.
    """
    run = solved(
        leased(
            grid=[secured(security_months=4)],
            finance={"opening_cash_musd": 10.0, "overhead_musd_per_year": 20.0},
        )
    )
    assert worth(run) == near(2)
    assert [state(run, "posted_musd", "site", f"2027Q{quarter}") for quarter in (1, 2, 3, 4)] == [7, 0, 0, 0]


def test_a_security_that_is_still_posted_is_worth_its_amount() -> None:
    """(6.16), (9.8): 7 of 100 M$ of cash are away to the horizon: paid out at its factor 1/1.21 instead of the first quarter's.

    Rent of 3 is paid out in each quarter. Were the security lost: 7/1.21 less; kept out of the cash: 7 paid out at once.
    """
    run = solved(leased(grid=[secured(security_months=60)], finance={"discount_rate_fraction": 0.21}))
    rent = 3 * sum(QUARTER_ENDS)
    assert worth(run) == near(93 * QUARTER_ENDS[0] + rent + 7 / 1.21)
    assert state(run, "posted_musd", "site", "2027Q4") == 7


def test_securities_of_a_site_add_up() -> None:
    """(6.16): two upgrades with securities of 7 and 8 for two tenants: with 16 M$ of cash both come in January: 16 + 24.

    With 8.5 and the rent of both 14.5 at the end of March: one waits until April: 8.5 + 12 + 9.
    """
    both = [secured(), secured(id="other", security_musd=8)]
    run = solved(two_tenants(grid=both, finance={"opening_cash_musd": 16.0}))
    assert worth(run) == near(40)
    assert state(run, "posted_musd", "site", "2027Q1") == 15
    run = solved(two_tenants(grid=both, finance={"opening_cash_musd": 8.5}))
    assert worth(run) == near(8.5 + 12 + 9)


@pytest.mark.parametrize(("lead", "value"), [(0, 110.8), (3, 111)])
def test_an_upgrade_costs_what_it_costs_in_the_year_of_its_order(lead: int, value: float) -> None:
    """Section 1, k_x: for service in 2028; ordered in January 2028 it costs 1.2, in October 2027 1, deposit and balance alike."""
    offered = upgrade(from_month="2028-01", lead_months=lead, deposit_fraction=0.5)
    run = solved(leased(periods=years(2), grid=[offered], finance={"capex_inflation_fraction": 0.2}))
    assert worth(run) == near(value)
    assert state(run, "capex_musd", "site", "2028") == near(1.2 if lead == 0 else 0.5)
