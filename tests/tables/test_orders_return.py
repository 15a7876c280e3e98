"""The return on orders: this plan against the best one that orders nothing."""

from __future__ import annotations

from typing import Any

import pytest

from planner import Run, SolveOptions, solve
from planner_models.schema import Instance
from tests.tiny import accepts, hall, lease, leased, mine, near, standing, tiny, years


def figures(run: Run) -> dict[str, Any]:
    """Key figures by name: the number, or the text where there is none."""
    return {row.kpi: row.text or row.value for row in run.tables["kpis"].itertuples()}


def built_for_rent(**lease_fields: Any) -> Instance:
    """A shell may be built over 2027 for 10 M$; from 2028 its tenant pays 11 M$ a year. Nothing is discounted or left at the end."""
    shell = hall(buildable=True, build_months=12, capex_musd_per_module=10.0)
    offer = lease(earliest_start="2028-01", rent_usd_per_kw_month=11_000 / 12, **lease_fields)
    return tiny(periods=years(2), halls=[shell], leases=[offer], lease_sites=[accepts()])


def test_the_return_is_that_of_what_orders_change() -> None:
    """-10 M$ at mid 2027 and +11 at mid 2028: 10 % a year, 1 M$ beside the 100 that lie there without orders, paid back in 2028."""
    found = figures(solve(built_for_rent(), SolveOptions(baseline=True)))
    assert found["value_without_orders_musd"] == near(100)
    assert found["orders_value_musd"] == near(1)
    assert found["orders_irr_fraction"] == pytest.approx(0.1)
    assert found["orders_payback_year"] == "2028"


def test_what_stands_already_is_no_part_of_it() -> None:
    """Beside it a tenant pays 12 M$ a year in a hall that stands: both plans have that; the return on the whole company does not exist."""
    grown = built_for_rent()
    both = leased(
        periods=years(2), halls=grown.halls, leases=[lease(), lease(**grown.leases[0].model_dump() | {"id": "second"})],
        lease_sites=[accepts(), accepts("second")],
    )  # fmt: skip
    found = figures(solve(both, SolveOptions(baseline=True)))
    assert found["value_without_orders_musd"] == near(124)
    assert found["orders_irr_fraction"] == pytest.approx(0.1)
    assert found["irr_fraction"] == "none"


def test_a_plan_that_cannot_do_without_orders_has_none() -> None:
    """The lease must be delivered and nothing stands for it."""
    found = figures(solve(built_for_rent(mandatory=True, stage="signed"), SolveOptions(baseline=True)))
    for name in ("value_without_orders_musd", "orders_value_musd", "orders_irr_fraction", "orders_payback_year"):
        assert found[name] == "no plan without new orders"


def test_it_is_computed_on_request_only() -> None:
    assert figures(solve(built_for_rent()))["orders_irr_fraction"] == "not computed"


def test_orders_that_change_nothing_have_no_return() -> None:
    """A mine that nobody may fill: no order pays, so both plans are one."""
    found = figures(solve(tiny(halls=[mine(buildable=True)], opening=[standing("mine")]), SolveOptions(baseline=True)))
    assert found["orders_value_musd"] == near(0)
    assert found["orders_irr_fraction"] == "none"
    assert found["orders_payback_year"] == "none"


def test_what_the_plan_before_decided_does_not_matter_to_it() -> None:
    """A lease that comes nine months late for 9 M$ and pays 3 is kept, as giving it up counts 10: 94; without orders 100."""
    late = lease(ready_by="2027-01", penalty_usd_per_mw_month=1e6)
    before = [{"decision": "started", "index": "anchor/site/shell/2027-10", "count": 1}]
    instance = leased(opening=[standing(in_service="2027-10")], leases=[late], previous=before, finance={"change_penalty_musd": 10.0})
    run = solve(instance, SolveOptions(baseline=True))
    assert run.value_musd == near(94)
    assert figures(run)["value_without_orders_musd"] == near(100)


def test_orders_that_bring_money_first_have_no_return() -> None:
    """The tenant's 11 M$ come in the year in which his hall costs 10: what orders change begins at +1 M$: a return on nothing."""
    prepaid = built_for_rent(prepayment_musd=11.0, prepaid_months=12)
    found = figures(solve(prepaid, SolveOptions(baseline=True)))
    assert found["orders_value_musd"] == near(1)
    assert found["orders_irr_fraction"] == "none"
