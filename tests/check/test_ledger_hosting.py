"""Ledgers of hosted machines worked out by hand: contracts that begin and end inside periods, notice, and what the host earns."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from planner.check import Violation, verify
from planner.plan import Plan
from tests.check.hand import SITE, Decisions, expect, expect_entries, ledger_of, small
from tests.check.test_ledger_hashing import DECK, HALVINGS, SHED

SHARED = {
    "id": "shared",
    "site": "s",
    "it_mw": 8,
    "j_per_th": 25,
    "uptime_fraction": 0.9,
    "fee_usd_per_mwh": 60,
    "share_fraction": 0.24,
    "from_month": "2026-07",
    "to_month": "2028-07",
    "notice_months": 6,
}
PLAIN = {"id": "plain", "site": "s", "it_mw": 6, "j_per_th": 30, "uptime_fraction": 1, "fee_usd_per_mwh": 50, "from_month": "2027-02"}
QUARTERS = ("2027Q1", "2027Q2", "2027Q3", "2027Q4")


def hosting() -> dict[str, Any]:
    """A shed of 20 MW and a hut of 5; `shared` runs to month 18, `plain` from month 1 on; the horizon is month 24."""
    hut = SHED | {"id": "hut", "module_it_mw": 5, "pue_peak": 1.0, "pue_average": 1.0}
    office = SHED | {"id": "office", "product": "turnkey"}
    halls = (("shed", 2), ("hut", 1), ("office", 1))
    return {
        "periods": [{"months": 3, "count": 4}, {"months": 12, "count": 1}],
        "sites": [SITE],
        "halvings": HALVINGS,
        "btc": DECK,
        "halls": [SHED, hut, office],
        "opening": [{"id": h, "site": "s", "item": h, "count": n, "in_service": "2026-01"} for h, n in halls],
        "hosting": [SHARED, PLAIN],
    }


GUESTS: Decisions = {
    "guest_mw": {("shared", "shed", t): 8.0 for t in ("2027Q2", "2027Q3", "2027Q4")}
    | {("shared", "shed", "2027Q1"): 5.0, ("shared", "hut", "2027Q1"): 3.0, ("shared", "hut", "2028"): 4.0}
    | {("plain", "shed", "2027Q1"): 4.0}
    | {("plain", "shed", t): 6.0 for t in ("2027Q2", "2027Q3", "2027Q4", "2028")}
}


def test_hosted_machines_occupy_and_draw() -> None:
    """`plain` works 2 of the 3 first months, `shared` half of 2028. 0.9 x 8 x 1.25 + 6 x 1.25 = 16.5 MW drawn in 2027Q2."""
    found = ledger_of(small(**hosting()), GUESTS)
    in_shed = {"2027Q1": "9", "2027Q2": "14", "2027Q3": "14", "2027Q4": "14", "2028": "6"}
    in_hut = {"2027Q1": "3", "2028": "4"}
    places = {"shed": in_shed, "hut": in_hut}
    expect(found, "movable_mw", {("s", h, t): mw for h, at in places.items() for t, mw in at.items()})
    draws = {"2027Q1": "13.325", "2027Q2": "16.5", "2027Q3": "16.5", "2027Q4": "16.5", "2028": "11.1"}
    expect(found, "draw_mw", {("s", t, "all"): mw for t, mw in draws.items()})


def test_the_host_earns_a_fee_and_a_share_and_buys_the_power() -> None:
    """In 2027Q2 a MWh of `shared` earns 25 / (0.024 x 25) = 125/3 USD, 24 % of it 10, with the fee 70: 2184 hours x 7.2 MW x 70.
    `plain`: 2184 x 6 x 50. Power at 40 USD for 9 and 7.5 MW.
    """
    only = {"to_month": "2027-07", "notice_months": None}
    parts = hosting() | {"hosting": [SHARED | only | {"from_month": "2027-04"}, PLAIN | only | {"from_month": "2027-04"}]}
    found = ledger_of(small(**parts), {"guest_mw": {(c, "shed", "2027Q2"): mw for c, mw in (("shared", 8.0), ("plain", 6.0))}})
    expect_entries(found, "revenue", "hosting", {("shared", "2027Q2"): "1.100736", ("plain", "2027Q2"): "0.6552"})
    expect_entries(found, "operating", "energy", {("shared", "2027Q2"): "0.78624", ("plain", "2027Q2"): "0.6552"})
    expect(found, "revenue_musd", {("s", "2027Q2"): "1.755936"})


def ending(period: str) -> dict[str, Any]:
    """The same with `shared` ended at the start of a period."""
    kept = {index: mw for index, mw in GUESTS["guest_mw"].items() if index[0] == "plain" or index[2] < period}
    return {"guest_mw": kept, "ended": {("shared", period): 1}}


def test_a_contract_that_is_ended_leaves_at_once() -> None:
    """Six months of notice from the start: gone from 2027Q3."""
    found = ledger_of(small(**hosting()), ending("2027Q3"))
    assert [found.ledger.states["movable_mw"]["s", "shed", t] for t in (*QUARTERS, "2028")] == [9, 14, 6, 6, 6]


def broken(decisions: Decisions) -> list[Violation]:
    return list(verify(small(**hosting()), Plan("small", decisions)).violations)


@pytest.mark.parametrize(
    ("index", "words"),
    [
        (("shared", "2027Q2"), "notice would be given 3 months before the plan starts"),
        (("plain", "2027Q3"), "plain may not be ended"),
        (("late", "2027Q3"), "late does not run both before and after the start of 2027Q3"),
        (("late", "2028"), "late does not run both before and after the start of 2028"),
    ],
)
def test_a_contract_ends_while_it_runs_and_after_notice(index: tuple[str, str], words: str) -> None:
    """`late` runs from month 6 to month 12, so it can end at month 9 only."""
    late = PLAIN | {"id": "late", "from_month": "2027-07", "to_month": "2028-01", "notice_months": 0}
    parts = hosting() | {"hosting": [SHARED, PLAIN, late]}
    guests = GUESTS["guest_mw"] | {("late", "hut", "2027Q3"): 5.0, ("late", "shed", "2027Q3"): 1.0}
    found = verify(small(**parts), Plan("small", {"guest_mw": guests, "ended": {index: 1, ("late", "2027Q4"): 1}})).violations
    assert [violation.tag for violation in found] == ["14.7"]
    assert words in found[0].words


def test_a_contract_ends_once() -> None:
    """Twice is once too often, and leaves less than nothing to host: 8 x (1/2 - 1) MW in 2028."""
    twice = ending("2027Q4")
    found = broken({**twice, "ended": {**twice["ended"], ("shared", "2028"): 1}})
    assert [(v.tag, v.rule, v.index, v.amount) for v in found] == [
        ("14.7", "ended_choice", ("shared",), 1),
        ("14.8", "guest_balance", ("shared", "2028"), 4),
    ]
    assert found[0].words == "shared: the plan ends it 2 times, 1 more than a contract can end (1)."


@pytest.mark.parametrize(
    ("index", "mw", "amount"),
    [(("shared", "shed", "2027Q2"), 7.5, "0.5"), (("shared", "hut", "2027Q2"), 0.5, "0.5"), (("plain", "shed", "2027Q1"), 0.0, "4")],
)
def test_all_machines_of_a_contract_are_hosted(index: tuple[str, ...], mw: float, amount: str) -> None:
    """Neither less nor more, and not nothing."""
    found = broken({"guest_mw": {**GUESTS["guest_mw"], index: mw}})
    assert [(v.tag, v.rule, v.index, v.amount) for v in found] == [("14.8", "guest_balance", (index[0], index[2]), Fraction(amount))]


def test_a_contract_that_does_not_fit_is_told_in_words() -> None:
    """What is hosted and what the contract is for."""
    found = broken({"guest_mw": {**GUESTS["guest_mw"], ("shared", "shed", "2027Q2"): 7.5}})
    assert [violation.words for violation in found] == ["shared, 2027Q2: the plan hosts 7.5 MW, but the contract is for 8."]


@pytest.mark.parametrize(
    ("index", "words"),
    [
        (("shared", "office", "2027Q2"), "office at s does not host shared"),
        (("gone", "shed", "2027Q2"), "gone does not run in 2027Q2"),
    ],
)
def test_machines_are_hosted_in_halls_of_their_product_while_they_are_there(index: tuple[str, ...], words: str) -> None:
    """`gone` ended with the first quarter."""
    gone = PLAIN | {"id": "gone", "from_month": "2026-02", "to_month": "2027-04"}
    parts = hosting() | {"hosting": [SHARED, PLAIN, gone]}
    guests = GUESTS["guest_mw"] | {("gone", "shed", "2027Q1"): 6.0, index: 0.5}
    found = verify(small(**parts), Plan("small", {"guest_mw": guests})).violations
    assert [violation.tag for violation in found] == ["14.8"]
    assert words in found[0].words
