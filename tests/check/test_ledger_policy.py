"""Ledgers of the company's own floors and caps worked out by hand: what a policy counts, where, of whom and when."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from planner.check import verify
from planner.plan import Plan
from planner_models.schema import Instance
from tests.check.hand import METER, SHELL, SITE, Decisions, expect, ledger_of, small

HALLS = [SHELL, SHELL | {"id": "mine", "product": "mining"}, SHELL | {"id": "room", "product": "turnkey"}]
LEASE = {"product": "powered_shell", "ready_by": "2027-01", "term_months": 24, "cap_rate_fraction": 0.1}
PRICES = (("spot", "day", 0.25), ("spot", "night", 0.75), ("west", "all", 1.0))


def company(**policy: Any) -> Instance:
    """Sites `s` in one market, `w` and `z` in another. A MW of rigs of 25 J/TH earns 1000 USD an hour, and so does one of GPUs.

    Leases: `a` of 5 MW of tenant A at `s` at 100 USD, `b` of 4 MW of A at `z` at 50, `c` of 3 MW of B at `z` at 100, in two tranches.
    """
    standing = [("s", "mine"), ("s", "shell"), ("z", "shell"), ("z", "mine"), ("w", "room")]
    opening = [{"id": f"{s}-{hall}", "site": s, "item": hall, "count": 1, "in_service": "2026-01"} for s, hall in standing]
    machines = {"in_service": "2027-01"}
    opening += [machines | {"id": f"{s}-rigs", "site": s, "item": "rig", "it_mw": 10} for s in ("s", "z")]
    opening += [machines | {"id": "old", "site": "w", "item": "gpu", "hall": "room", "count": 2}]
    return small(
        periods=[{"months": 3, "count": 4}, {"months": 12, "count": 1}],
        sites=[SITE, SITE | {"id": "w", "market": "west"}, SITE | {"id": "z", "market": "west"}],
        grid=[METER | {"id": f"meter-{s}", "site": s} for s in ("s", "w", "z")],
        power_prices=[{"market": m, "from_year": 2026, "block": b, "hours_fraction": h, "usd_per_mwh": 0} for m, b, h in PRICES],
        halls=HALLS,
        halvings=["2012-11-28", "2016-07-09", "2020-05-11", "2024-04-20"],
        btc=[{"from_day": "2027-01-01", "btc_usd": 600_000, "network_eh": 450}],
        asic_models=[{"id": "rig", "j_per_th": 25, "buyable": False, "uptime_fraction": 1.0, "life_months": 60}],
        gpu_models=[{"id": "gpu", "cluster_it_mw": 1, "gpus_per_mw": 1000, "capex_musd_per_mw": 1, "utilisation_fraction": 1.0}],
        gpu_market=[{"gpu": "gpu", "from_year": 2027, "usd_per_gpu_hour": 1, "market_it_mw": 9}],
        opening=opening,
        leases=[
            LEASE | {"id": "a", "tenant": "A", "it_mw": 5, "rent_usd_per_kw_month": 100},
            LEASE | {"id": "b", "tenant": "A", "it_mw": 4, "rent_usd_per_kw_month": 50},
            LEASE | {"id": "c", "tenant": "B", "it_mw": 3, "rent_usd_per_kw_month": 100},
        ],
        lease_sites=[{"lease": "a", "site": "s"}, {"lease": "b", "site": "z"}, {"lease": "c", "site": "z"}],
        lease_deliveries=[{"lease": "c", "months": 0, "fraction": 0.5}, {"lease": "c", "months": 3, "fraction": 0.5}],
        policies=[{"id": "p", "from_month": "2027-10"} | policy],
    )


PLAN: Decisions = {
    "hosted_mw": {("s", "mine", "rig", "2027Q4"): 8.0, ("s", "mine", "rig", "2028"): 8.0, ("z", "mine", "rig", "2028"): 5.0},
    "run_mw": {
        ("s", "mine", "rig", "2028", "day"): 2.0,
        ("s", "mine", "rig", "2028", "night"): 6.0,
        ("z", "mine", "rig", "2028", "all"): 5.0,
    },
    "started": {("a", "s", "shell", "2027Q3"): 1, ("b", "z", "shell", "2028"): 1, ("c", "z", "shell", "2027Q4"): 1},
    "sold_mw": {("w", "room", "gpu", "2028"): 2.0},
}


@pytest.mark.parametrize(
    ("counts", "amounts"),
    [
        ({}, ("16.5", "27")),
        ({"site": "s"}, ("13", "13")),
        ({"market": "west"}, ("3.5", "14")),
        ({"market": "spot", "site": "z"}, ("0", "0")),
        ({"use": "hashing"}, ("8", "13")),
        ({"use": "hashing", "site": "z"}, ("0", "5")),
        ({"use": "colocation"}, ("6.5", "12")),
        ({"use": "hpc"}, ("2", "2")),
        ({"tenant": "A"}, ("5", "9")),
        ({"tenant": "B", "use": "colocation", "market": "west"}, ("1.5", "3")),
    ],
    ids=lambda value: "/".join(value.values()) or "all" if isinstance(value, dict) else "",
)
def test_it_mw_of_a_use_a_place_or_a_tenant(counts: dict[str, str], amounts: tuple[str, str]) -> None:
    """In 2027Q4: 8 MW of rigs and lease `a` (5) at `s`, the first half of `c` (1.5) at `z`, 2 clusters of 1 MW at `w`. In 2028 at `z` too:
    5 MW of rigs, `b` (4) and all of `c` (3).
    """
    found = ledger_of(company(measure="it_mw", at_most=100, at_least=0, **counts), PLAN)
    expect(found, "counted", {("p", "2027Q4"): amounts[0], ("p", "2028"): amounts[1]})


def test_hashrate_is_that_of_the_machines_that_run() -> None:
    """2 MW in a quarter of the hours, 6 in the rest: 5 MW at 25 J/TH are 0.2 EH/s; at `z` as much."""
    found = ledger_of(company(measure="hashrate_eh", at_most=1, at_most_fraction=0.5, site="s"), PLAN)
    expect(found, "counted", {("p", "2027Q4"): "0", ("p", "2028"): "0.2"})
    expect(found, "total", {("p", "2027Q4"): "0", ("p", "2028"): "0.4"})


@pytest.mark.parametrize(
    ("counts", "amounts"),
    [
        ({}, ("1.95", "117.408")),
        ({"use": "hashing"}, ("0", "87.84")),
        ({"use": "hashing", "site": "s"}, ("0", "43.92")),
        ({"use": "colocation"}, ("1.95", "12")),
        ({"use": "hpc"}, ("0", "17.568")),
        ({"tenant": "A"}, ("1.5", "8.4")),
        ({"tenant": "A", "site": "z"}, ("0", "2.4")),
    ],
    ids=lambda value: "/".join(value.values()) or "all" if isinstance(value, dict) else "",
)
def test_revenue_of_a_use_a_place_or_a_tenant(counts: dict[str, str], amounts: tuple[str, str]) -> None:
    """8784 hours of 2028: 5 MW of rigs at each of two sites earn 43.92, 2 MW of GPUs 17.568. Rent of `a` 0.5 a month, 1.5 and 6; of `b`
    0.2, 2.4; of `c` 0.15 for half of it in 2027Q4, 0.45, then 0.3, 3.6.
    """
    found = ledger_of(company(measure="revenue_musd", at_most=1000, **counts), PLAN)
    expect(found, "counted", {("p", "2027Q4"): amounts[0], ("p", "2028"): amounts[1]})


def test_revenue_by_use() -> None:
    """The same by use and site; what is no use, like fees of hosting, is none of them."""
    found = ledger_of(company(measure="revenue_musd", at_most=1000), PLAN)
    mining = {("hashing", "s", "2028"): "43.92", ("hashing", "z", "2028"): "43.92"}
    renting = {("colocation", "s", t): musd for t, musd in (("2027Q3", "1.5"), ("2027Q4", "1.5"), ("2028", "6"))}
    renting |= {("colocation", "z", "2027Q4"): "0.45", ("colocation", "z", "2028"): "6"}
    expect(found, "use_revenue_musd", mining | renting | {("hpc", "w", "2028"): "17.568"})
    assert ledger_of(company(measure="it_mw", at_most=1000), PLAN).ledger.states["use_revenue_musd"] == {}


def broken(instance: Instance) -> dict[tuple[str, tuple[str, ...]], Fraction]:
    """How far each row is broken, by number and index."""
    return {(v.tag, v.index): v.amount for v in verify(instance, Plan("small", PLAN)).violations}


@pytest.mark.parametrize(
    ("policy", "rows"),
    [
        ({"measure": "it_mw", "at_most": 26}, {("16.2", "2028"): "1"}),
        ({"measure": "it_mw", "at_least": 17}, {("16.3", "2027Q4"): "0.5"}),
        ({"measure": "revenue_musd", "use": "colocation", "at_most": 7}, {("16.2", "2027Q4"): "0.2", ("16.2", "2028"): "5"}),
        ({"measure": "revenue_musd", "use": "colocation", "at_least": 8}, {("16.3", "2027Q4"): "0.05"}),
        ({"measure": "it_mw", "tenant": "A", "at_most_fraction": 0.25}, {("16.5", "2027Q4"): "0.875", ("16.5", "2028"): "2.25"}),
        ({"measure": "revenue_musd", "tenant": "A", "at_most_fraction": 0.5}, {("16.5", "2027Q4"): "0.525"}),
        ({"measure": "it_mw", "at_most": 26, "from_month": None, "to_month": "2028-01"}, {}),
        ({"measure": "it_mw", "at_most": 26, "to_month": "2028-02"}, {("16.2", "2028"): "1"}),
    ],
    ids=["cap", "floor", "cap a year", "floor a year", "share", "share of revenue", "over before", "held in a month"],
)
def test_floors_caps_and_shares(policy: dict[str, Any], rows: dict[tuple[str, str], str]) -> None:
    """16.5 and 27 MW; rent of 1.95 in a quarter, against 7 / 4 and 8 / 4, and 12 in 2028; of A 5 of 16.5 MW and 9 of 27, 1.5 of 1.95 M$ and
    8.4 of 117.408.
    """
    assert broken(company(**policy)) == {(tag, ("p", t)): Fraction(amount) for (tag, t), amount in rows.items()}


def test_a_policy_says_what_it_holds_back() -> None:
    found = verify(company(measure="it_mw", at_most=26), Plan("small", PLAN)).violations
    assert [v.words for v in found] == ["p, 2028: the plan has 27 of its measure, 1 more than the policy allows (26)."]
