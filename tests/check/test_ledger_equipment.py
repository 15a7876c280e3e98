"""Ledgers of equipment worked out by hand: kinds and ratings, lives, pending units that are cancelled, 2N and N+1 halls."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from planner.check import verify
from planner.plan import Plan
from tests.check.hand import SHELL, SITE, Decisions, expect, expect_entries, ledger_of, small

PERIODS = ("2027Q1", "2027Q2", "2027Q3", "2027Q4", "2028", "2029")
TX = {"id": "tx", "mva": 10, "cost_musd": 1.2, "deposit_fraction": 0.5, "lead_months": 3, "tax_life_months": 24}
LEASE = {"id": "l", "tenant": "A", "product": "powered_shell", "it_mw": 10, "ready_by": "2027-01", "rent_usd_per_kw_month": 1}
LET: Decisions = {"started": {("l", "s", "shell", "2028"): 1}}
"""10 MW let in 2028 alone: 15 MW at a PUE of 1.5."""


def standing(item: str, count: int, **fields: Any) -> dict[str, Any]:
    return {"id": f"{item}-{count}", "site": "s", "item": item, "count": count, "in_service": "2026-01"} | fields


def broken(instance: Any, decisions: Decisions) -> list[tuple[str, tuple[str, ...], Fraction]]:
    """Number, index and amount of each rule that a plan breaks."""
    return [(v.tag, v.index, v.amount) for v in verify(instance, Plan("small", decisions)).violations]


def let(*opening: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """A lease of 10 MW in a shell of that size."""
    hall = SHELL | {"redundancy": parts.pop("redundancy", "N")}
    return {
        "halls": [hall],
        "leases": [LEASE | {"term_months": 12}],
        "lease_sites": [{"lease": "l", "site": "s"}],
        "opening": [standing("shell", 1), *opening],
        "equipment": [TX],
    } | parts


def two_kinds() -> dict[str, Any]:
    """Transformers of 10 MVA; one breaker serves 5 MW: at a power factor of 0.8 and a limit of 0.5 it rates 5 / 0.4 = 12.5 MVA."""
    breaker = {"id": "cb", "kind": "breaker", "units_per_mw": 0.2, "cost_musd": 0.5, "lead_months": 3, "life_months": 30}
    return let(
        standing("tx", 3),
        standing("tx", 2, until="2027-08"),
        standing("cb", 4, in_service="2025-10"),
        equipment=[TX, breaker],
        sites=[SITE | {"power_factor": 0.8, "loading_limit_fraction": 0.5}],
    )


def test_units_count_while_they_stand_all_through_a_period() -> None:
    """Three transformers stand, two more until August 2027, inside 2027Q3: 50 MVA, then 30. Four breakers live 30 months from month -15 to
    month 15, inside 2028: 50 MVA, then none but the two that are delivered in 2028: 25.
    """
    found = ledger_of(small(**two_kinds()), {"delivered_units": {("s", "cb", "2028"): 2}})
    transformers = {("s", "transformer", t): "50" if t in PERIODS[:2] else "30" for t in PERIODS}
    breakers = {("s", "breaker", t): "25" if t in PERIODS[4:] else "50" for t in PERIODS}
    expect(found, "installed_mva", transformers | breakers)


def test_each_kind_carries_the_whole_load() -> None:
    """15 MW at a power factor of 0.8 are 18.75 MVA. Half of 30 MVA of transformers and half of 25 MVA of breakers fall short by 3.75 and
    6.25, for the site and for the lease alone.
    """
    found = broken(small(**two_kinds()), LET | {"delivered_units": {("s", "cb", "2028"): 2}})
    short = {"transformer": Fraction("3.75"), "breaker": Fraction("6.25")}
    site = {("6.7", ("s", kind, "2028"), mva) for kind, mva in short.items()}
    assert set(found) == site | {("4.7", ("l", "s", kind, "2028"), mva) for kind, mva in short.items()}


def test_a_2n_hall_loads_equipment_twice() -> None:
    """15 MW of a 2N hall load 30 MVA; two units of 10 carry 20, three carry it all. Grid carries it once."""
    found = broken(small(**let(standing("tx", 2), redundancy="2N")), LET)
    assert found == [("4.7", ("l", "s", "transformer", "2028"), Fraction(10)), ("6.7", ("s", "transformer", "2028"), Fraction(10))]
    parts = let(standing("tx", 3), redundancy="2N", grid=[{"id": "g", "site": "s", "kind": "energised", "mw": 15, "from_month": "2026-01"}])
    assert broken(small(**parts), LET) == []


def spared(*opening: dict[str, Any]) -> dict[str, Any]:
    """Transformers of 10 and 20 MVA behind an N+1 hall."""
    return let(*opening, equipment=[TX, TX | {"id": "big", "mva": 20}], redundancy="N+1")


def test_an_n_plus_1_hall_keeps_the_largest_unit_that_is_there_in_reserve() -> None:
    """15 MVA on 40 less the largest unit of 20 in 2028, when the lease runs; at other times nothing is in reserve."""
    found = ledger_of(small(**spared(standing("tx", 2), standing("big", 1))), LET)
    expect(found, "reserve_mva", {("s", "transformer", t): "20" if t == "2028" else "0" for t in PERIODS})


def test_the_reserve_is_that_of_the_types_that_are_there() -> None:
    """Without the unit of 20 the reserve is 10: two units of 10 carry 10 of the 15 MVA, three carry 20."""
    assert broken(small(**spared(standing("tx", 2))), LET) == [("6.7", ("s", "transformer", "2028"), Fraction(5))]
    gone = spared(standing("tx", 2), standing("big", 1, until="2028-02"))
    assert broken(small(**gone), LET) == [("6.7", ("s", "transformer", "2028"), Fraction(5))]
    assert broken(small(**spared(standing("tx", 3))), LET) == []
    assert broken(small(**spared()), LET) == [
        ("4.7", ("l", "s", "transformer", "2028"), Fraction(15)),
        ("6.7", ("s", "transformer", "2028"), Fraction(15)),
    ]


def test_an_n_plus_1_hall_is_in_use_from_more_than_a_millionth() -> None:
    """A millionth of a MW of machines does not take a unit away, two millionths do."""
    mine = SHELL | {"id": "mine", "product": "mining", "redundancy": "N+1"}
    parts: dict[str, Any] = {
        "halls": [mine],
        "equipment": [TX],
        "asic_models": [{"id": "m", "j_per_th": 20, "buyable": False}],
        "btc": [{"from_day": "2027-01-01", "btc_usd": 0, "network_eh": 1}],
        "opening": [standing("mine", 1), standing("tx", 2), {"id": "f", "site": "s", "item": "m", "it_mw": 5, "in_service": "2026-01"}],
    }
    hosted: Decisions = {"hosted_mw": {("s", "mine", "m", "2028"): 1e-06, ("s", "mine", "m", "2029"): 2e-06}}
    found = ledger_of(small(**parts), hosted)
    expect(found, "reserve_mva", {("s", "transformer", t): "10" if t == "2029" else "0" for t in PERIODS})


def pending(**fields: Any) -> dict[str, Any]:
    row = standing("tx", 4, id="soon", in_service="2027-08", tax_basis_musd=2, due_musd=6, cancellable=True)
    return {"equipment": [TX | {"tax_life_months": 65}], "opening": [row | fields]}


def test_pending_units_that_are_cancelled() -> None:
    """Four units come in August 2027 (month 7), inside 2027Q3, for 6 M$ more than the 2 paid. One is cancelled: 4.5 are due, and 30 MVA
    count from 2027Q4. 2 + 4.5 are written off at 0.1 a month over 65 months: 2 months in 2027Q3, 29 in all, 3.6 left.
    """
    found = ledger_of(small(**pending()), {"cancelled_units": {("soon",): 1}})
    expect(found, "installed_mva", {("s", "transformer", t): "30" if t in PERIODS[3:] else "0" for t in PERIODS})
    expect_entries(found, "capex", "opening", {("soon", "2027Q3"): "4.5"})
    expect(found, "depreciation_musd", {("s", "2027Q3"): "0.2", ("s", "2027Q4"): "0.3", ("s", "2028"): "1.2", ("s", "2029"): "1.2"})
    expect(found, "final_basis_musd", {"s": "3.6"})


def test_all_pending_units_may_be_cancelled() -> None:
    """The 2 M$ that were paid on them stay the tax basis that they are, written off over 65 months from month 7."""
    found = ledger_of(small(**pending()), {"cancelled_units": {("soon",): 4}})
    expect(found, "capex_musd", {("s", t): "0" for t in PERIODS})
    months = {"2027Q3": 2, "2027Q4": 3, "2028": 12, "2029": 12}
    expect(found, "depreciation_musd", {("s", t): Fraction(2 * count, 65) for t, count in months.items()})


def test_what_may_be_cancelled() -> None:
    """Units that come within the plan and are cancellable, whole and no more than there are."""
    assert broken(small(**pending()), {"cancelled_units": {("soon",): 5}})[0] == ("1.1", ("soon",), Fraction(1))
    assert broken(small(**pending()), {"cancelled_units": {("soon",): 0.5}}) == [("1.1", ("soon",), Fraction(1, 2))]
    for changes in ({"cancellable": False}, {"in_service": "2027-01", "due_musd": 0, "cancellable": False}):
        found = broken(small(**pending(**changes)), {"cancelled_units": {("soon",): 1}})
        assert found == [("1.1", ("soon",), Fraction(1))]


def test_orders_cost_what_their_month_says() -> None:
    """Prices grow by 10 % a year. Units of 1.2 M$ for 2029 (month 24) with a lead of 13 are ordered in December 2027 at 1.2, with a lead
    of 12 in January 2028 at 1.32; half of that is paid then.
    """
    for lead, ordered, price in ((13, "2027Q4", "1.2"), (12, "2028", "1.32")):
        parts = {"equipment": [TX | {"lead_months": lead}], "finance": {"capex_inflation_fraction": 0.1}}
        found = ledger_of(small(**parts), {"delivered_units": {("s", "tx", "2029"): 1}})
        expect_entries(found, "capex", "equipment", {("tx", t): Fraction(price) / 2 for t in (ordered, "2029")})


def test_no_more_units_than_could_ever_be_needed() -> None:
    """Twice the 30 MW of grid and upgrades and the 2 x 10 MW x 0.5 of generators, on units of 10 MW: 8, and one more. What is only approved
    does not count.
    """
    grid = {"site": "s", "mw": 10}
    parts: dict[str, Any] = {
        "equipment": [TX],
        "grid": [
            grid | {"id": "now", "kind": "energised", "mw": 20, "from_month": "2026-01"},
            grid | {"id": "more", "kind": "upgrade"},
            grid | {"id": "paper", "kind": "approved", "mw": 40, "from_month": "2026-01"},
        ],
        "generators": [{"id": "gas", "max_units": 2, "unit_mw": 10, "dependable_fraction": 0.5}],
    }
    assert broken(small(**parts), {"delivered_units": {("s", "tx", "2028"): 9}}) == []
    assert broken(small(**parts), {"delivered_units": {("s", "tx", "2028"): 10}}) == [("6.5", ("s", "tx", "2028"), Fraction(1))]


def test_slots_are_for_all_sites_together_and_any_kind() -> None:
    breaker = TX | {"id": "cb", "kind": "breaker"}
    parts = {"equipment": [breaker], "slots": [{"equipment": "cb", "year": 2027, "units": 1}]}
    plan: Decisions = {"delivered_units": {("s", "cb", "2027Q2"): 1, ("s", "cb", "2027Q4"): 1, ("s", "cb", "2028"): 1}}
    assert broken(small(**parts), plan) == [("6.8", ("cb", "2027"), Fraction(1))]
