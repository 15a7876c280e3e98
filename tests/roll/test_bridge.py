"""The bridge between two runs adds up, says where value came from, and names what was reversed."""

from __future__ import annotations

import dataclasses

import pytest

import planner
from planner import Bridge, Run, bridge, roll
from planner_models.schema import Instance
from tests.roll.case import planned, row
from tests.tiny import accepts, hall, lease, meter, standing, tiny, upgrade, years

BY_NAME = {"time", "deals that came true", "actuals", "market", "leads", "deals", "other", "decisions"}


def choice(cost_a: float = 0.5, **fields: object) -> Instance:
    """A lease of 1 MW at 1 M$ a month from 2027-10 needs one of two halls, which differ by 0.01 M$ and take three months to build."""
    halls = [
        hall(id="a", buildable=True, build_months=3, capex_musd_per_module=cost_a),
        hall(id="b", buildable=True, build_months=3, capex_musd_per_module=0.51),
    ]
    offer = lease(earliest_start="2027-10", ready_by="2027-10", **fields)
    return tiny(halls=halls, leases=[offer], lease_sites=[accepts()])


def steps(found: Bridge) -> dict[str, float]:
    """Change by step."""
    return dict(zip(found.steps["step"], found.steps["change_musd"], strict=True))


def adds_up(found: Bridge, run: Run, later: Run) -> None:
    """From the first value to the last, each step from the one before."""
    values = list(found.steps["value_musd"])
    changes = list(found.steps["change_musd"])
    assert values[0] == pytest.approx(run.value_musd)
    assert values[-1] == pytest.approx(later.value_musd)
    assert sum(changes[1:]) == pytest.approx(values[-1] - values[0], abs=1e-9)
    for at in range(1, len(values)):
        assert values[at] - values[at - 1] == pytest.approx(changes[at], abs=1e-12)


def test_what_owners_got_and_gave_is_told_apart_from_time() -> None:
    """At 21 % a year 100 M$ of cash, 40 paid out in mid 2027 and 20 paid in: 80 are left at the end of 2028."""
    finance = {"discount_rate_fraction": 0.21}
    instance = tiny(periods=years(2), finance=finance, equity=[{"id": "atm", "limit_musd_per_quarter": 10}])
    run = planned(instance, dividends_musd={("2027",): 40.0}, issued_musd={("atm", "2027"): 20.0})
    rolled = roll(run, "2028-01")
    assert (rolled.paid_out_musd, rolled.paid_in_musd) == (pytest.approx(40 * 1.1), pytest.approx(20 * 1.1))
    found = steps(bridge(run, planned(rolled.instance, **rolled.plan.decisions)))
    value = 20 / 1.1 + 80 / 1.21**2
    assert found["time"] == pytest.approx(value * 0.21)
    assert (found["paid out"], found["paid in"]) == (pytest.approx(-44), pytest.approx(22))
    assert value * 1.21 - 44 + 22 == pytest.approx(80 / 1.21)


@pytest.mark.parametrize(("gap_musd", "noisy"), [(0.05, True), (0.005, False)])
def test_a_reversal_within_the_gaps_may_be_noise(gap_musd: float, noisy: bool) -> None:
    """The old plan builds b, 0.01 M$ dearer than a, and did not claim to be better than its gap; the new one builds a."""
    made = {"built_modules": {("site", "b", "2027Q4"): 1.0}, "started": {("anchor", "site", "b", "2027Q4"): 1.0}}
    run = planned(choice(), **made)
    assert run.value_musd is not None
    run = dataclasses.replace(run, bound_musd=run.value_musd + gap_musd)
    found = bridge(run, planner.solve(roll(run, "2027-04").instance))
    assert steps(found)["decisions"] == pytest.approx(0.01)
    assert ("may be noise" in found.steps["words"].iloc[-1]) == noisy


def test_the_rounding_of_a_number_is_no_news() -> None:
    """Cash of the rolled instance moved by less than a thousandth of a cent."""
    run = planner.solve(choice())
    rolled = roll(run, "2027-04")
    cash = rolled.instance.finance.opening_cash_musd
    later = planner.solve(rolled.instance.with_("finance.opening_cash_musd", cash * (1 + 1e-12)))
    assert bridge(run, later).news.empty


def test_a_dearer_hall_is_swapped_and_the_bridge_says_so() -> None:
    """Hall a rises from 0.50 to 0.52: 0.02 M$ are lost by the news, 0.01 are won back by building b instead."""
    run = planner.solve(choice())
    rolled = roll(run, "2027-04")
    later = planner.solve(rolled.instance.with_("halls.a.capex_musd_per_module", 0.52))
    found = bridge(run, later)
    adds_up(found, run, later)
    assert set(found.steps["step"][1:]) == BY_NAME
    assert steps(found)["leads"] == pytest.approx(-0.02)
    assert steps(found)["decisions"] == pytest.approx(0.01)
    (new,) = found.news.to_dict("records")
    assert new == {"table": "halls", "key": "a", "field": "capex_musd_per_module", "before": 0.5, "after": 0.52, "category": "leads"}
    assert found.reversed.to_dict("records") == [
        {"family": "built_modules", "what": "Build a", "where": "site", "before": "1 module, 2027-10", "now": "", "kind": "dropped"},
        {"family": "built_modules", "what": "Build b", "where": "site", "before": "", "now": "1 module, 2027-10", "kind": "added"},
        {
            "family": "started", "what": "Lease anchor", "where": "site a, now site b", "before": "1 block, 2027-10",
            "now": "1 block, 2027-10", "kind": "moved",
        },
    ]  # fmt: skip


def test_a_penalty_of_change_keeps_the_plan_where_the_news_is_noise() -> None:
    """The same news with 0.1 M$ for each decision that is changed: hall a is built all the same; the penalty is no part of the value."""
    run = planner.solve(choice())
    without, against = roll(run, "2027-04"), roll(run, "2027-04", {}, 0.1)
    assert [(past.decision, past.index, past.count) for past in against.instance.previous] == [
        ("built_modules", "site/a/2027-10", 1),
        ("started", "anchor/site/a/2027-10", 1),
    ]
    path = "halls.a.capex_musd_per_module"
    turned, kept = planner.solve(without.instance.with_(path, 0.52)), planner.solve(against.instance.with_(path, 0.52))
    assert turned.plan is not None
    assert kept.plan is not None
    assert turned.plan.get("built_modules", "site", "b", "2027Q4") == 1
    assert kept.plan.get("built_modules", "site", "a", "2027Q4") == 1
    found = bridge(run, kept)
    adds_up(found, run, kept)
    assert found.reversed.empty
    assert steps(found)["decisions"] == pytest.approx(0.0)


def test_a_decision_to_another_month_has_moved() -> None:
    """A tenant who may come from 2027-07 on comes earlier than planned: lease and hall move by a quarter."""
    run = planner.solve(choice(penalty_usd_per_mw_month=0))
    instance = roll(run, "2027-04").instance
    early = {"earliest_start": "2027-07", "ready_by": "2027-07"}
    sooner = row(instance, "leases", "anchor").model_copy(update={name: instance.start.replace(month=7) for name in early})
    later = planner.solve(instance.with_("leases", (sooner,)))
    found = bridge(run, later)
    adds_up(found, run, later)
    moved = found.reversed.set_index("what")
    assert (moved.loc["Build a", "kind"], moved.loc["Build a", "before"], moved.loc["Build a", "now"]) == (
        "moved", "1 module, 2027-10", "1 module, 2027-07",
    )  # fmt: skip
    assert steps(found)["decisions"] == pytest.approx(3.0)


def test_what_was_in_doubt_is_a_step_of_its_own() -> None:
    """A lease that was as likely as not runs: half of its 12 M$ are no longer in doubt."""
    tables = {"halls": [hall()], "opening": [standing()], "leases": [lease(probability_fraction=0.5)], "lease_sites": [accepts()]}
    run = planned(tiny(**tables), started={("anchor", "site", "shell", "2027Q1"): 1})
    later = planner.solve(roll(run, "2027-07").instance)
    found = bridge(run, later)
    adds_up(found, run, later)
    assert steps(found)["deals that came true"] == pytest.approx(6.0)
    assert steps(found)["decisions"] == pytest.approx(0.0)


def test_cash_and_time_are_told_apart() -> None:
    """100 M$ at 10 % a year are 110 a year later, and 5 M$ less than that by what happened."""
    run = planner.solve(tiny(periods=years(2), finance={"discount_rate_fraction": 0.1, "dividends_from": "2035-01"}))
    rolled = roll(run, "2028-01", {"finance.opening_cash_musd": 95.0})
    found = bridge(run, planner.solve(rolled.instance))
    assert run.value_musd == pytest.approx(100 / 1.1**2)
    assert steps(found)["time"] == pytest.approx(100 / 1.1 - 100 / 1.1**2)
    assert steps(found)["actuals"] == pytest.approx(-5 / 1.1)


def test_where_the_old_decisions_cannot_be_kept_they_are_made_anew() -> None:
    """The meter falls to half a MW: the tenant who was to come cannot be served, and the step says so."""
    tables = {"halls": [hall()], "opening": [standing()], "leases": [lease(ready_by="2027-07", earliest_start="2027-07")]}
    run = planner.solve(tiny(**tables, lease_sites=[accepts()]))
    later = planner.solve(roll(run, "2027-04").instance.with_("grid.meter.mw", 0.5))
    found = bridge(run, later)
    adds_up(found, run, later)
    words = dict(zip(found.steps["step"], found.steps["words"], strict=True))
    assert "cannot be kept from here" in words["leads"]
    assert found.reversed.iloc[0].to_dict()["kind"] == "dropped"


def test_news_that_is_no_instance_by_itself_is_joined_with_the_next() -> None:
    """A site that is new with a lease that needs it: the rows of the lease cannot stand without those of the site."""
    run = planner.solve(tiny(grid=[meter(), upgrade()]))
    instance = roll(run, "2027-04").instance
    north = instance.sites[0].model_copy(update={"id": "north"})
    grid = instance.grid[0].model_copy(update={"id": "north", "site": "north"})
    coming = {"id": "halls", "site": "north", "item": "shell", "count": 1, "in_service": "2027-07"}
    data = instance.model_dump() | {
        "sites": [*instance.sites, north],
        "grid": [*instance.grid, grid],
        "halls": [hall()],
        "opening": [coming],
    }
    later = planner.solve(Instance(**data))
    found = bridge(run, later)
    adds_up(found, run, later)
    assert "actuals and market and leads" in set(found.steps["step"]) or "actuals and leads" in set(found.steps["step"])


def test_a_later_plan_that_is_worse_than_the_old_decisions_is_named() -> None:
    """The later run builds nothing although the lease would pay: the last step loses 2.5 M$ and says that the search missed them."""
    run = planner.solve(choice())
    later = planned(roll(run, "2027-04").instance)
    found = bridge(run, later)
    adds_up(found, run, later)
    assert steps(found)["decisions"] == pytest.approx(-2.5)
    assert "the later search missed them" in found.steps["words"].iloc[-1]
