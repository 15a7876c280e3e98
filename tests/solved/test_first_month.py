"""What the months before the start leave to the first one: balances due, securities, late tranches, bills (sections 1, 4, 6 and 13)."""

from __future__ import annotations

from planner_models.schema import Instance
from tests.tiny import chosen, lease, leased, meter, mine, near, solved, standing, state, tiny, worth
from tests.tiny_power import coincident


def test_a_balance_may_be_due_in_the_first_month() -> None:
    """Section 1: 4 M$ for a mine and 3 for 5 MW of grid that come with the start are capex of the first quarter: 100 - 7."""
    coming = meter(id="more", mw=5, due_musd=3.0)
    run = solved(tiny(halls=[mine()], opening=[standing("mine", due_musd=4.0)], grid=[meter(), coming]))
    assert state(run, "capex_musd", "site", "2027Q1") == near(7)
    assert worth(run) == near(93)


def test_a_security_that_is_back_in_the_first_month_is_cash() -> None:
    """(6.16), (8.6): 5 M$ posted for MW of July 2026, six months after service: 105. Were it gone by the start: 100."""
    run = solved(tiny(grid=[meter(from_month="2026-07", security_musd=5.0, security_months=6)]))
    assert state(run, "cash_musd", "2027Q1") == near(105)
    assert worth(run) == near(105)
    assert worth(solved(tiny(grid=[meter(from_month="2026-06", security_musd=5.0, security_months=6)]))) == near(100)


def running_late(**fields: object) -> Instance:
    """A lease of 1 MW due in January 2026 and delivered in July: the second half of it comes a year after the first."""
    tenant = lease(stage="signed", mandatory=True, delivered="2026-07", ready_by="2026-01", **fields)
    parts = [{"lease": "anchor", "months": months, "fraction": 0.5} for months in (0, 12)]
    return leased(leases=[tenant], lease_deliveries=parts)


def test_a_tranche_that_is_still_to_come_is_late_with_its_lease() -> None:
    """Section 4: half a MW due in January comes in July: six months at 1 M$ per MW, 3 of the 9 M$ of rent. Without the penalty 109."""
    assert worth(solved(running_late(penalty_usd_per_mw_month=1e6))) == near(106)
    assert worth(solved(running_late())) == near(109)


def test_a_lease_may_be_late_when_the_plan_starts() -> None:
    """Due in October 2026, its hall comes in April: three months of penalty fall into the plan, and 9 M$ of rent."""
    tenant = lease(stage="signed", mandatory=True, ready_by="2026-10", penalty_usd_per_mw_month=1e6)
    instance = leased(leases=[tenant], opening=[standing(in_service="2027-04")])
    run = solved(instance)
    assert chosen(run, "started", "anchor", "site", "shell", "2027Q2") == 1
    assert worth(run) == near(106)


def test_a_late_bill_may_be_a_credit() -> None:
    """(13.9): 2 MW fed in a year ago are credited in January, at 1 M$ per MW: 102."""
    bill = coincident(block="all", lag_months=12, opening_mw=-2.0, from_month="2027-01", to_month="2027-02", usd_per_kw_month=1000)
    assert worth(solved(tiny(charges=[bill]))) == near(102)
