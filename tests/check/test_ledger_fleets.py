"""Ledgers of machines that are resold and that move between sites, worked out by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from planner.check import Violation, verify
from planner.check.fleets import first_month
from planner.check.world import World
from planner.plan import Plan
from tests.check.hand import SITE, Decisions, expect, expect_entries, ledger_of, small
from tests.check.test_ledger_hashing import RIG, SHED

SUMMER, SPRING, EARLY = "2029-07", "2030-04", "2028-07"
"""Months 30, 39 and 18; the horizon is month 24."""


def trading(**parts: Any) -> dict[str, Any]:
    """Sites `a` and `b` that machines may leave and come to, `c` that they may not, `d` without a hall.

    At `a` 6 MW that end in 2029-07, 2 MW more of them from month 9, and 8 MW that end in 2028-07; at `c` 5 MW that end in 2029-07.
    """
    opening = [{"id": f"hall-{s}", "site": s, "item": "shed", "count": 3, "in_service": "2026-01"} for s in ("a", "b", "c")]
    opening += [
        {"id": "first", "site": "a", "item": "rig", "it_mw": 6, "in_service": "2026-07", "tax_basis_musd": 3.4},
        {"id": "second", "site": "a", "item": "rig", "it_mw": 2, "in_service": "2027-10", "until": "2029-07"},
        {"id": "third", "site": "a", "item": "rig", "it_mw": 8, "in_service": "2025-07"},
        {"id": "fourth", "site": "c", "item": "rig", "it_mw": 5, "in_service": "2026-07"},
    ]
    return {
        "periods": [{"months": 3, "count": 4}, {"months": 12, "count": 1}],
        "sites": [SITE | {"id": s} for s in ("a", "b", "c", "d")],
        "grid": [],
        "btc": [{"from_day": "2026-01-01", "btc_usd": 100_000, "network_eh": 1000}],
        "halls": [SHED | {"sites": ["a", "b", "c"]}],
        "asic_models": [RIG],
        "asic_prices": [
            {"asic": "rig", "from_month": "2027-04", "usd_per_th": 20, "resale_usd_per_th": 10, "resale_mw_per_year": 24},
            {"asic": "rig", "from_month": "2028-01", "usd_per_th": 15, "resale_usd_per_th": 5, "resale_mw_per_year": 12},
        ],
        "moves": [
            {"site": "a", "out_musd_per_mw": 0.1, "in_musd_per_mw": 0.05, "out_months": 3},
            {"site": "b", "out_musd_per_mw": 0.3, "in_musd_per_mw": 0.2},
            {"site": "d"},
        ],
        "opening": opening,
        **parts,
    }


MOVING: Decisions = {
    "bought_mw": {("b", "rig", "2027Q2"): 4.0},
    "withdrawn_mw": {("a", "rig", SUMMER, "2027Q2"): 3.0},
    "placed_mw": {("b", "rig", SUMMER, "2027Q3"): 2.0},
    "resold_mw": {("a", "rig", EARLY, "2027Q3"): 2.0, ("a", "rig", SUMMER, "2027Q4"): 4.0, ("b", "rig", SPRING, "2028"): 1.0},
}


def test_machines_that_leave_are_away_until_the_end_of_their_life() -> None:
    """At `a` 6 + 8 MW; 3 leave at month 3, 2 at month 6; at month 9 2 come and 4 leave. In 2028 the 6 MW left of the third fleet work half.

    At `b` 4 are bought for month 3, 2 are placed at month 6, 1 is sold in 2028. One MW waits in the pool.
    """
    found = ledger_of(small(**trading()), MOVING)
    at_a = {"2027Q1": "14", "2027Q2": "11", "2027Q3": "9", "2027Q4": "7", "2028": "4"}
    at_b = {"2027Q2": "4", "2027Q3": "6", "2027Q4": "6", "2028": "5"}
    at_c = dict.fromkeys(("2027Q1", "2027Q2", "2027Q3", "2027Q4", "2028"), "5")
    places = {"a": at_a, "b": at_b, "c": at_c}
    expect(found, "installed_mw", {(s, "rig", t): mw for s, at in places.items() for t, mw in at.items()})


def test_the_money_of_resale_and_moves() -> None:
    """Resale: 10 / 25 x 2, 10 / 25 x 4, then 5 / 25 x 1. Moves: 0.1 x 3 out of `a`, 0.2 x 2 into `b`.

    The price at the horizon is 15 / 25 = 0.6 M$ per MW, half of it for a new machine: 0.05 with 6 of 36 months left, 0.125 with 15. At `a`
    8 MW less 4, at `b` 4 less 1, at `c` 5. The tax basis of what was sold runs on: 3.4 over 34 months.
    """
    found = ledger_of(small(**trading()), MOVING)
    expect_entries(found, "revenue", "resale", {("rig", "2027Q3"): "0.8", ("rig", "2027Q4"): "1.6", ("rig", "2028"): "0.2"})
    expect_entries(found, "operating", "move", {("rig", "2027Q2"): "0.3", ("rig", "2027Q3"): "0.4"})
    expect(found, "terminal_musd", {"a": "0.2", "b": "0.375", "c": "0.25"})
    written = {"2027Q1": "0.3", "2027Q2": "0.3", "2027Q3": "0.3", "2027Q4": "0.3", "2028": "1.2"}
    assert {t: musd for (s, t), musd in found.ledger.states["depreciation_musd"].items() if s == "a"} == {
        t: Fraction(musd) for t, musd in written.items()
    }


def test_a_machine_fetches_less_over_its_last_months() -> None:
    """Falling over 24 months: with 12 left half of 10 / 25 x 2, with 21 left 21/24 of 10 / 25 x 4, with 27 all of 5 / 25 x 1."""
    parts = trading(asic_models=[RIG | {"resale_fade_months": 24}])
    found = ledger_of(small(**parts), MOVING)
    expect_entries(found, "revenue", "resale", {("rig", "2027Q3"): "0.4", ("rig", "2027Q4"): "1.4", ("rig", "2028"): "0.2"})


def test_machines_that_moved_may_be_sold_move_on_and_come_back() -> None:
    """Of the 2 MW placed at `b` 1 is sold there and 1 goes back to `a`, in the same quarter as nothing holds it on the way."""
    more = {
        "resold_mw": {**MOVING["resold_mw"], ("b", "rig", SUMMER, "2027Q4"): 1.0},
        "withdrawn_mw": {**MOVING["withdrawn_mw"], ("b", "rig", SUMMER, "2027Q4"): 1.0},
        "placed_mw": {**MOVING["placed_mw"], ("a", "rig", SUMMER, "2027Q4"): 1.0},
    }
    found = ledger_of(small(**trading()), {**MOVING, **more})
    assert found.ledger.states["installed_mw"]["b", "rig", "2027Q4"] == 4
    assert found.ledger.states["installed_mw"]["a", "rig", "2027Q4"] == 8
    expect(found, "terminal_musd", {"a": "0.2", "b": "0.325", "c": "0.25"})


def broken(decisions: Decisions, **parts: Any) -> list[Violation]:
    """What a plan breaks that changes some of the moves."""
    plan = {family: {**MOVING.get(family, {}), **decisions.get(family, {})} for family in {*MOVING, *decisions}}
    return list(verify(small(**trading(**parts)), Plan("small", plan)).violations)


@pytest.mark.parametrize(
    ("family", "index", "tag", "words"),
    [
        ("resold_mw", ("a", "rig", SUMMER, "2027Q1"), "14.1", "nobody buys used rig at the start of 2027Q1"),
        ("resold_mw", ("b", "rig", SPRING, "2027Q1"), "14.1", "nobody buys used rig"),
        ("resold_mw", ("a", "other", SPRING, "2028"), "14.1", "nobody buys used other"),
        ("withdrawn_mw", ("c", "rig", SUMMER, "2028"), "14.2", "machines do not move from and to c"),
        ("withdrawn_mw", ("b", "rig", SPRING, "2027Q1"), "14.2", "no rig that ends in 2030-04 is in service at the start of 2027Q1"),
        ("withdrawn_mw", ("a", "other", SUMMER, "2028"), "14.2", "no other ends its life in 2029-07"),
        ("withdrawn_mw", ("d", "rig", SUMMER, "2028"), "14.2", "rig can not be at d"),
        ("placed_mw", ("c", "rig", SUMMER, "2028"), "14.3", "machines do not move from and to c"),
        ("placed_mw", ("d", "rig", SUMMER, "2028"), "14.3", "no hall at d hosts rig"),
        ("placed_mw", ("b", "rig", "2028-01", "2028"), "14.3", "no rig that ends in 2028-01 is in service at the start of 2028"),
    ],
)
def test_moves_exist_where_machines_can_be(family: str, index: tuple[str, ...], tag: str, words: str) -> None:
    """`other` is a machine for sale whose life is a year; a fleet of rigs ends as 2028 begins."""
    other = RIG | {"id": "other", "life_months": 12}
    ended = {"id": "ended", "site": "c", "item": "rig", "it_mw": 1, "in_service": "2025-01"}
    parts: dict[str, Any] = {"asic_models": [RIG, other], "opening": [*trading()["opening"], ended]}
    found = broken({family: {index: 0.5}}, **parts)
    assert [violation.tag for violation in found] == [tag]
    assert words in found[0].words


@pytest.mark.parametrize(
    ("decisions", "tag", "index", "amount"),
    [
        # 6 MW until the 2 come at month 9
        ({"withdrawn_mw": {("a", "rig", SUMMER, "2027Q3"): 3.5}}, "14.4", ("a", "rig", SUMMER, "2027Q3"), "0.5"),
        # 3 + 4 of 8 are away
        ({"resold_mw": {("a", "rig", SUMMER, "2028"): 1.25}}, "14.4", ("a", "rig", SUMMER, "2028"), "0.25"),
        # 2 have come to b
        ({"resold_mw": {("b", "rig", SUMMER, "2028"): 2.5}}, "14.4", ("b", "rig", SUMMER, "2028"), "0.5"),
        # none is there before the purchase comes
        ({"withdrawn_mw": {("b", "rig", SPRING, "2027Q2"): 4.5}}, "14.4", ("b", "rig", SPRING, "2027Q2"), "0.5"),
        # what leaves a at month 3 can work from month 6
        ({"placed_mw": {("b", "rig", SUMMER, "2027Q2"): 0.5}}, "14.5", ("rig", SUMMER, "2027Q2"), "0.5"),
        # 3 have left, 2 are placed
        ({"placed_mw": {("a", "rig", SUMMER, "2028"): 1.5}}, "14.5", ("rig", SUMMER, "2028"), "0.5"),
        # another age is another machine
        ({"placed_mw": {("a", "rig", SPRING, "2028"): 1.0}}, "14.5", ("rig", SPRING, "2028"), "1"),
        # 24 MW a year are 6 a quarter, over all sites and ages
        ({"resold_mw": {("c", "rig", SUMMER, "2027Q4"): 2.5}}, "14.6", ("rig", "2027Q4"), "0.5"),
    ],
)
def test_nothing_leaves_that_is_not_there(decisions: Decisions, tag: str, index: tuple[str, ...], amount: str) -> None:
    """Machines of one month of death at a site, the pool of all sites, and what buyers take."""
    found = [(violation.tag, violation.index, violation.amount) for violation in broken(decisions)]
    assert (tag, index, Fraction(amount)) in found
    assert {what for what, _, _ in found} == {tag}


def test_lives_end_where_machines_can_be_bought_for() -> None:
    """One site with a hall: with a lead of 3 months the first purchase is for month 3 and ends in 2030-04; so with a second, bare one."""
    deck = [{"from_day": "2026-01-01", "btc_usd": 100_000, "network_eh": 1000}]
    world = World(small(halls=[SHED], asic_models=[RIG], btc=deck))
    assert [first_month(world, "rig", end) for end in ("2030-01", "2030-04", "2030-07")] == [None, 3, 6]
    bare = World(small(halls=[SHED | {"sites": ["t"]}], sites=[SITE, SITE | {"id": "t"}], asic_models=[RIG], btc=deck))
    assert first_month(bare, "rig", "2030-04") == 3


def test_a_breach_is_told_in_words() -> None:
    """With what stood there, net of what was placed."""
    found = broken({"resold_mw": {("a", "rig", SUMMER, "2028"): 1.25}})
    assert [violation.words for violation in found] == [
        "a, rig, 2029-07, 2028: resold and withdrawn less placed are 8.25 MW, 0.25 more than stood there (8)."
    ]
