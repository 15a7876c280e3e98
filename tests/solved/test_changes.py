"""Section 17, changes against an earlier plan: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from planner.check import verify
from planner.runs import load_run
from planner_models.schema import Instance
from tests.tiny import (
    Fields,
    accepts,
    chosen,
    conversion,
    fleet,
    gpu,
    gpu_market,
    hall,
    lease,
    leased,
    mine,
    mining,
    near,
    room,
    site,
    solved,
    standing,
    state,
    tiny,
    upgrade,
    worth,
)
from tests.tiny_deals import running, serving
from tests.tiny_machines import guests
from tests.tiny_past import before, either_site, optional
from tests.tiny_power import DEAR, plant, ppa
from tests.tiny_sites import offer, raw_land, shell, transformer

STAYS = [before("started", "anchor/site/shell/2027-01")]


def penalty(musd: float) -> Fields:
    """So much for each change."""
    return {"change_penalty_musd": musd}


@pytest.mark.parametrize(("musd", "value", "objective"), [(0.0, 112.3, 112.3), (0.1, 112.3, 112.1), (0.5, 112.0, 112.0)])
def test_a_plan_stays_where_it_was_for_little(musd: float, value: float, objective: float) -> None:
    """(17.1)-(17.3): the tenant was to come to `site`; at `north` he pays 0.3 more. To move him are two changes: one lease less, one more.

    At 0.1 each he moves: 112.3 are reported as the value, 112.1 are maximised. At 0.5 he stays. One change alone would be 0.15 at most.
    """
    run = solved(either_site(previous=STAYS, finance=penalty(musd)))
    assert worth(run) == near(value)
    assert run.value_musd == near(value)
    assert run.objective_musd == near(objective)
    assert run.bound_musd == pytest.approx(objective, abs=1e-4)
    assert run.gap_musd == pytest.approx(0, abs=1e-4)
    assert chosen(run, "started", "anchor", "site" if value < 112.3 else "north", "shell", "2027Q1") == 1


@pytest.mark.parametrize(("musd", "moves"), [(0.149, True), (0.151, False)])
def test_both_sides_of_a_change_count(musd: float, moves: bool) -> None:
    """(17.1), (17.2): two changes for 0.3: at 0.149 he moves, at 0.151 not. If only what is new, or only what is dropped, counted: 0.3."""
    run = solved(either_site(previous=STAYS, finance=penalty(musd)))
    assert worth(run) == near(112.3 if moves else 112)


def test_a_penalty_without_an_earlier_plan_counts_all() -> None:
    """(17.3): a shell is built for 1 and let for 12: two decisions: 111 at 5 each, of which 101 are maximised; at 6 nothing is done."""
    run = solved(raw_land(finance=penalty(5)))
    assert (worth(run), run.objective_musd) == (near(111), near(101))
    assert state(run, "change_musd") == near(10)
    idle = solved(raw_land(finance=penalty(6)))
    assert (worth(idle), idle.objective_musd) == (near(100), near(100))


def test_an_earlier_plan_without_a_penalty_changes_nothing() -> None:
    """Section 17: 112.3 as in the first test, with nothing off."""
    run = solved(either_site(previous=STAYS))
    assert (worth(run), run.objective_musd) == (near(112.3), near(112.3))
    assert run.certificate is not None
    assert run.certificate.change_musd == 0


def tenants(number: int, built: int, musd: float) -> Instance:
    """So many tenants for 12, shells at 1 M$, and an earlier plan that built so many, with all the tenants in them."""
    names = [f"tenant{each}" for each in range(number)]
    past = [before("started", f"{name}/site/shell/2027-01") for name in names] + [before("built_modules", "site/shell/2027-01", built)]
    leases, places = [lease(id=name) for name in names], [accepts(name) for name in names]
    return raw_land(leases=leases, lease_sites=places, previous=past, finance=penalty(musd))


@pytest.mark.parametrize(
    ("number", "built", "musd", "value", "objective"),
    [(1, 3, 0.5, 111, 110), (1, 3, 1.5, 109, 109), (2, 1, 0.5, 122, 121.5), (1, 1, 5.0, 111, 111), (2, 4, 0.25, 122, 121.5)],
)
def test_a_change_is_the_distance_from_what_was_decided(number: int, built: int, musd: float, value: float, objective: float) -> None:
    """(17.1), (17.2): three shells were planned and one is needed: to drop two costs 1 at 0.5 each and saves 2; at 1.5 all three are built.

    One was planned and two are needed: 0.5 for one more. As planned: nothing.
    """
    run = solved(tenants(number, built, musd))
    assert (worth(run), run.objective_musd) == (near(value), near(objective))
    assert chosen(run, "built_modules", "site", "shell", "2027Q1") == 100 + 12 * number - value


BROKEN: Fields = {
    "leases": [running(mandatory=False, break_fee_musd=2), lease(id="second", rent_usd_per_kw_month=2000)],
    "lease_sites": [accepts(), accepts("second")],
}
CLUSTER: Fields = {"halls": [room()], "gpu_models": [gpu()], "gpu_market": [gpu_market()], "opening": [standing("room")]}
CASES: dict[str, tuple[Instance, float, dict[tuple[str, str], int]]] = {
    "cancelled_units": (leased(opening=[standing(), optional(count=2)]), 112, {("cancelled_units", "next_shell"): 2}),
    "built_modules": (raw_land(halls=[shell()]), 111, {("built_modules", "site/shell/2027-01"): 1}),
    "converted_lots": (
        leased(halls=[hall(), mine()], opening=[standing("mine")], conversions=[conversion()]),
        111,
        {("converted_lots", "change/old_mine/2027-01"): 1},
    ),
    "retired_modules": (
        tiny(halls=[mine(fixed_cost_musd_per_module_year=1)], opening=[standing("mine", count=3)]),
        100,
        {("retired_modules", "old_mine/2027-01"): 3},
    ),
    "started": (leased(), 112, {}),
    "broken_blocks": (leased(**BROKEN), 122, {("broken_blocks", "anchor"): 1, ("started", "second/site/shell/2027-01"): 1}),
    "deployed_clusters": (tiny(**CLUSTER), 107.76, {("deployed_clusters", "site/room/gpu/2027-01"): 1}),
    "contracted": (serving(), 117.52, {("contracted", "lab/site/room/2027-01"): 1}),
    "upgraded": (leased(grid=[upgrade()]), 111, {("upgraded", "upgrade/2027-01"): 1}),
    "delivered_units": (leased(equipment=[transformer()]), 111.5, {("delivered_units", "site/unit/2027-01"): 1}),
    "opened": (raw_land(sites=[offer()]), 109, {("opened", "site/2027-01"): 1, ("built_modules", "site/shell/2027-01"): 1}),
    "sold": (tiny(sites=[site(sale_musd_per_mw=0.3, fixed_cost_musd_per_year=1)]), 103, {("sold", "site/2027-01"): 1}),
    "commissioned_units": (
        mining(power_prices=DEAR, generators=[plant()]),
        107.76,
        {("commissioned_units", "site/plant/2027-01"): 1},
    ),
    "accepted": (mining(power_prices=DEAR, ppas=[ppa(signed=False)]), 108.2344, {("accepted", "ppa"): 1}),
    "ended": (mining(hosting=[guests(notice_months=0)], opening=[standing("mine"), fleet()]), 106.816, {("ended", "guests/2027-04"): 1}),
}
"""For each decision that is counted an instance whose optimum makes it, its value, and what it decides besides the lease `anchor`."""


@pytest.mark.parametrize("name", CASES)
def test_every_order_signature_sale_and_end_is_counted(name: str) -> None:
    """(17.3): 0.01 for each without an earlier plan; nothing with one that decided the same; all of it again for what was decided besides.

    Machines plugged in and run, and money, are not counted.
    """
    instance, value, made = CASES[name]
    anchor = {} if name == "broken_blocks" or not instance.leases else {("started", "anchor/site/shell/2027-01"): 1}
    decided = made | anchor
    first = solved(instance.with_("finance.change_penalty_musd", 0.01))
    assert (worth(first), state(first, "change_musd")) == (near(value), near(0.01 * sum(decided.values())))
    again = solved(followed(instance, decided))
    assert (worth(again), state(again, "change_musd")) == (near(value), 0)


def followed(instance: Instance, decided: dict[tuple[str, str], int]) -> Instance:
    """The instance after a plan that decided so, at 0.01 for each change."""
    rows: list[Any] = [before(decision, index, count) for (decision, index), count in decided.items()]
    data = instance.model_dump() | {"previous": rows}
    return Instance.model_validate(data).with_("finance.change_penalty_musd", 0.01)


def test_a_decision_that_no_longer_exists_is_no_change() -> None:
    """Section 17: a shell of October 2026, and a lease that starts in February, no period of this plan: 111, nothing is maximised less."""
    past = [*STAYS, before("built_modules", "site/shell/2027-01")]
    gone = [before("built_modules", "site/shell/2026-10", 2), before("started", "anchor/site/shell/2027-02")]
    run = solved(raw_land(leases=[lease(drop_dead="2027-01")], previous=past + gone, finance=penalty(2)))
    assert (worth(run), run.objective_musd) == (near(111), near(111))


def test_a_period_is_named_by_its_month_whatever_its_length() -> None:
    """Section 17: planned by quarters, now by years: what was to start in January 2028 does, what was to start in April is no period here.

    At 0.5 the shell of January 2028, when the tenant comes, costs nothing; in the second case it and the lease do.
    """
    parts: dict[str, Any] = {
        "periods": [{"months": 12, "count": 2}],
        "leases": [lease(earliest_start="2028-01")],
        "halls": [shell(fixed_cost_musd_per_module_year=1)],
    }
    for month, objective in (("2028-01", 110), ("2028-04", 109)):
        past = [before("built_modules", f"site/shell/{month}"), before("started", f"anchor/site/shell/{month}")]
        assert solved(raw_land(**parts, previous=past, finance=penalty(0.5))).objective_musd == near(objective)


def test_a_run_keeps_what_its_changes_cost(tmp_path: Path) -> None:
    """Section 17: value, objective and gap survive the folder, and the checker takes the objective for the claim, not the value."""
    run = solved(either_site(previous=STAYS, finance=penalty(0.1)))
    run.save(tmp_path / "run")
    again = load_run(tmp_path / "run")
    assert (again.value_musd, again.objective_musd, again.gap_musd) == (run.value_musd, run.objective_musd, run.gap_musd)
    assert again.certificate is not None
    assert again.certificate.change_musd == Fraction(1, 5)
    assert run.plan is not None
    assert verify(run.instance, run.plan, claimed_musd=112.1).ok
    assert [violation.tag for violation in verify(run.instance, run.plan, claimed_musd=112.3).violations] == ["9.8"]
