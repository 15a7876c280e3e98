"""Ledgers of changes against an earlier plan worked out by hand: what is counted, and from what."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from planner.check import verify
from planner.plan import FAMILIES, Plan
from planner_models.schema import Instance
from tests.check.hand import Decisions, expect, ledger_of, small
from tests.example import CONTRACTED
from tests.tables import capital, wide

MORE = {"site": "s", "kind": "upgrade", "mw": 10, "cost_musd": 1}
SHED = {"id": "shed", "product": "mining", "module_it_mw": 10, "pue_peak": 1, "pue_average": 1, "capex_musd_per_module": 2}


def building(*previous: tuple[str, str, int], musd: float = 0.25) -> Instance:
    """Sheds that may be built at once and two upgrades, after a plan that decided so."""
    rows = [{"decision": decision, "index": index, "count": count} for decision, index, count in previous]
    grid = [MORE | {"id": "one"}, MORE | {"id": "two"}]
    return small(halls=[SHED], grid=grid, previous=rows, finance={"change_penalty_musd": musd})


BUILT: Decisions = {"built_modules": {("s", "shed", "2027Q2"): 3, ("s", "shed", "2029"): 1}, "upgraded": {("one", "2028"): 1}}


def test_without_an_earlier_plan_every_whole_thing_is_a_change() -> None:
    """3 + 1 modules and an upgrade at 0.25 M$. The value is 100 - 9; the objective, which a claim must meet, is 1.25 less."""
    found = ledger_of(building(), BUILT)
    expect(found, "change_musd", {(): "1.25"})
    assert (found.value_musd, found.change_musd, found.objective_musd) == (91, Fraction("1.25"), Fraction("89.75"))
    plan = Plan("small", BUILT)
    assert verify(building(), plan, claimed_musd=89.75).ok
    assert [violation.tag for violation in verify(building(), plan, claimed_musd=91).violations] == ["9.8"]


def test_a_change_is_more_or_less_than_before() -> None:
    """5 modules before and 3 now, none in 2029 before and 1 now, the upgrade of 2028 as before, one of 2029 dropped: 2 + 1 + 0 + 1."""
    before = (("built_modules", "s/shed/2027-04", 5), ("upgraded", "one/2028-01", 1), ("upgraded", "two/2029-01", 1))
    expect(ledger_of(building(*before), BUILT), "change_musd", {(): "1"})


def test_what_does_not_exist_any_more_is_no_change() -> None:
    """Before the start, in a month in which no period starts, and at the horizon; 5 are left of the plan."""
    gone = tuple(("built_modules", f"s/shed/{month}", 2) for month in ("2026-10", "2027-05", "2030-01"))
    expect(ledger_of(building(*gone), BUILT), "change_musd", {(): "1.25"})


def test_without_a_penalty_nothing_is_counted() -> None:
    """No state, and nothing off the value."""
    found = ledger_of(building(("upgraded", "two/2029-01", 1), musd=0), BUILT)
    assert found.ledger.states["change_musd"] == {}
    assert (found.change_musd, found.objective_musd) == (0, 91)


MONTHS = dict(zip(wide.LABELS, ("2027-01", "2027-04", "2027-07", "2027-10", "2028-01", "2029-01", "2030-01"), strict=True))
FINANCE = CONTRACTED["finance"] | {"change_penalty_musd": 0.5}


def decided() -> list[dict[str, Any]]:
    """The whole-number decisions of the plan for the company that does everything, as rows of `previous`."""
    rows = []
    for name, family in FAMILIES.items():
        for index, count in capital.plan().decisions.get(name, {}).items() if family.integer else ():
            rows.append({"decision": name, "index": "/".join(MONTHS.get(part, part) for part in index), "count": count})
    return rows


def test_every_whole_number_is_counted_and_nothing_else() -> None:
    """In the plan that does everything; after a plan that did the same there is no change, and without one of its rows there is that."""
    rows = decided()
    assert len({row["decision"] for row in rows}) >= 13
    alone = verify(capital.company(finance=FINANCE), capital.plan())
    expect(alone, "change_musd", {(): Fraction(sum(row["count"] for row in rows), 2)})
    assert verify(capital.company(finance=FINANCE, previous=rows), capital.plan()).change_musd == 0
    for left_out in rows:
        rest = [row for row in rows if row is not left_out]
        assert verify(capital.company(finance=FINANCE, previous=rest), capital.plan()).change_musd == Fraction(left_out["count"], 2)
