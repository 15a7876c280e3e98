"""Section 1, opening rows: what ends at a date and what is still due; each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tiny import (
    fleet,
    gpu,
    gpu_market,
    hall,
    lease,
    leased,
    mine,
    mining,
    near,
    rig,
    room,
    solved,
    standing,
    state,
    tiny,
    worth,
    years,
)
from tests.tiny_machines import clusters

HALF_YEAR = [lease(term_months=6)]


@pytest.mark.parametrize(("until", "value"), [("2027-07", 106), ("2027-06", 100), (None, 112)])
def test_a_hall_is_given_up_at_its_date(until: str | None, value: float) -> None:
    """Section 1, (2.6): two leases of 6 months, one after the other, pay 6 each; the shell is given up in July (or in June): 106.

    In June it does not stand all through the second quarter, so nobody comes. If it stayed: 112.
    """
    second = lease(id="second", term_months=6, earliest_start="2027-07")
    tables: dict[str, Any] = {"leases": [*HALF_YEAR, second], "lease_sites": [{"lease": n, "site": "site"} for n in ("anchor", "second")]}
    assert worth(solved(leased(opening=[standing(until=until)], **tables))) == near(value)


def test_a_mine_is_given_up_in_the_middle_of_a_quarter() -> None:
    """Section 1, (2.7): rigs run until the end of April: 2.16 and a third of 2.184. If the mine stayed: 8.76."""
    run = solved(mining(opening=[standing("mine", until="2027-05"), fleet()]))
    assert worth(run) == near(100 + 2.16 + 0.728)
    assert state(run, "average_modules", "site", "mine", "2027Q2") == near(1 / 3)


def test_a_fleet_is_given_up_at_its_date() -> None:
    """Section 1, (3.4): the rigs leave in July: 2.16 + 2.184. If they stayed: 8.76."""
    run = solved(mining(opening=[standing("mine"), fleet(until="2027-07")]))
    assert worth(run) == near(104.344)


def test_clusters_are_given_up_at_their_date() -> None:
    """Section 1, (5.4): the cluster leaves in July: 2.16 + 2.184. If it stayed: 8.76."""
    opening = [standing("room"), clusters(until="2027-07")]
    run = solved(tiny(halls=[room()], gpu_models=[gpu(lead_months=24)], gpu_market=[gpu_market()], opening=opening))
    assert worth(run) == near(104.344)


def test_a_life_may_end_before_the_date() -> None:
    """Section 1: the mine lives 6 months, so it does not stand until October: 104.344. Were the date to overrule its life: 106.552."""
    run = solved(mining(halls=[mine(life_months=6)], opening=[standing("mine", until="2027-10"), fleet()]))
    assert worth(run) == near(104.344)


def test_what_is_given_up_has_no_residual() -> None:
    """Section 1, (2.8): a shell given up at the horizon is worth nothing, one a month later 5: 105. By their lives alone: 110."""
    run = solved(
        tiny(
            halls=[hall(residual_musd_per_module=5)],
            opening=[standing(until="2028-01"), standing(id="other", until="2028-02")],
            finance={"exit_cost_fraction": 0.0},
        )
    )
    assert worth(run) == near(105)


def test_rigs_that_are_given_up_are_worth_the_months_they_have_left() -> None:
    """Sections 1 and 3: half the price of 1 M$ for 60 months, 12 of which are left at the end of 2027: 0.1. By their life: 0.4."""
    rigs = [rig(residual_fraction=0.5, life_months=60)]
    run = solved(mining(asic_models=rigs, opening=[fleet(until="2029-01")], finance={"exit_cost_fraction": 0.0}))
    assert worth(run) == near(100.1)


def test_what_is_due_is_paid_in_the_month_of_service() -> None:
    """Section 1, (10.7): a shell comes in May with 2 M$ due; its tenant comes in July: 100 + 6 - 2 = 104. Without what is due: 106."""
    run = solved(leased(opening=[standing(in_service="2027-05", due_musd=2)]))
    assert worth(run) == near(104)
    assert [state(run, "capex_musd", "site", f"2027Q{quarter}") for quarter in (1, 2, 3, 4)] == [0, near(2), 0, 0]


def test_what_is_due_is_paid_whether_it_is_used_or_not() -> None:
    """Section 1: three modules come in July for 3 M$, one is used: 100 + 6 - 3 = 103; retiring the others on arrival changes nothing."""
    shells = [hall(fixed_cost_musd_per_module_year=0.1)]
    run = solved(leased(halls=shells, opening=[standing(count=3, in_service="2027-07", due_musd=3)]))
    assert worth(run) == near(102.95)


def test_what_is_due_is_written_off_from_service() -> None:
    """Section 1: 2 M$ due in July over 10 months: 1.2 in 2027, besides 0.5 of a basis of 1 paid on it before, over the same months 0.6.

    Rent of 6: 25 % tax on 6 - 1.8: 100 + 6 - 2 - 1.05 = 102.95. Without what is due in the basis 102.65.
    """
    pending = standing(in_service="2027-07", due_musd=2, tax_basis_musd=1)
    run = solved(leased(halls=[hall(tax_life_months=10)], opening=[pending], finance={"tax_rate_fraction": 0.25}))
    assert worth(run) == near(102.95)
    assert state(run, "final_basis_musd", "site") == near(1.2)


def test_what_is_due_counts_against_the_budget() -> None:
    """Section 1, (8.8): 2 M$ due on a shell leave 1 of a budget of 3, so a mine for 1.5 waits for 2028, when it earns 8.784.

    100 + 6 + 12 - 2 - 1.5 + 8.784 = 123.284. Did only orders count, it would earn 8.76 more.
    """
    run = solved(
        mining(
            periods=[{"months": 3, "count": 4}, {"months": 12, "count": 1}],
            halls=[hall(), mine(buildable=True, capex_musd_per_module=1.5)],
            opening=[standing(in_service="2027-07", due_musd=2), fleet()],
            leases=[lease()],
            lease_sites=[{"lease": "anchor", "site": "site"}],
            budgets=[{"year": 2027, "capex_musd": 3}],
        )
    )
    assert worth(run) == near(123.284)


def test_what_is_due_does_not_rise_with_prices() -> None:
    """Section 1, k_x: 2 M$ due in 2028 on a shell cost 2: 100 + 12 - 2. With inflation of 20 %: 109.6."""
    run = solved(leased(periods=years(2), opening=[standing(in_service="2028-01", due_musd=2)], finance={"capex_inflation_fraction": 0.2}))
    assert worth(run) == near(110)
