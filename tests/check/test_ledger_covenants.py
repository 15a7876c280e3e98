"""Ledgers of covenants worked out by hand: EBITDA and debt service of twelve months, what is earned once, and when lenders test."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from planner.check import verify
from planner.plan import Plan
from planner_models.schema import Instance
from tests.check.hand import SHELL, SITE, Decisions, expect, ledger_of, small
from tests.check.test_ledger_fleets import MOVING, trading

BANK = {"id": "bank", "kind": "revolver", "limit_musd": 20, "rate_fraction": 0.08, "opening_balance_musd": 10, "maturity": "2035-01"}
TENANT = {"id": "l", "tenant": "A", "product": "powered_shell", "it_mw": 5, "ready_by": "2027-01", "term_months": 36}
YEARS = [{"months": 12, "count": 3}]
LEVERAGE = {"id": "x", "kind": "leverage", "level": 1.9}


def letting(covenant: dict[str, Any], bank: dict[str, Any] | None = None, **parts: Any) -> Instance:
    """Rent of 6 M$ a year (0.5 a month from the start of the lease), overhead of 1 a year."""
    parts["finance"] = {"overhead_musd_per_year": 1} | parts.get("finance", {})
    tables = {
        "halls": [SHELL],
        "opening": [{"id": "c", "site": "s", "item": "shell", "count": 1, "in_service": "2026-01"}],
        "leases": [TENANT | {"rent_usd_per_kw_month": 100, "cap_rate_fraction": 0.1}],
        "lease_sites": [{"lease": "l", "site": "s"}],
        "debt": [BANK | (bank or {})],
        "covenants": [covenant],
    }
    return small(**(tables | parts))


def let(period: str, **repaid: float) -> Decisions:
    return {"started": {("l", "s", "shell", period): 1}, "repaid_musd": {("bank", t): musd for t, musd in repaid.items()}}


def broken(instance: Instance, decisions: Decisions) -> dict[tuple[str, tuple[str, ...]], Fraction]:
    """How far each row is broken, by number and index."""
    return {(v.tag, v.index): v.amount for v in verify(instance, Plan("small", decisions)).violations}


def test_debt_over_the_ebitda_of_twelve_months() -> None:
    """1.25 M$ a quarter, 5 a year. 10 M$ of debt are 0.5 above 1.9 x 5, tested from the fourth quarter on; twice 5 is just enough."""
    found = ledger_of(letting(LEVERAGE | {"level": 2}), let("2027Q1"))
    quarters = dict.fromkeys(("2027Q1", "2027Q2", "2027Q3", "2027Q4"), "1.25")
    expect(found, "ebitda_musd", quarters | {"2028": "5", "2029": "5"})
    tested = broken(letting(LEVERAGE), let("2027Q1"))
    assert tested == {("8.19", ("x", t)): Fraction("0.5") for t in ("2027Q4", "2028", "2029")}
    words = verify(letting(LEVERAGE), Plan("small", let("2027Q1"))).violations[0].words
    assert words == "x, 2027Q4: the debt is 10 M$, 0.5 more than the covenant allows on the EBITDA of twelve months (9.5)."


def test_covenants_are_tested_from_their_month_and_while_something_is_owed() -> None:
    """From 2028 on, and no more once the 10 M$ are repaid in 2029. A millionth that is still owed counts as none, two are tested."""
    later = LEVERAGE | {"from_month": "2028-01"}
    assert set(broken(letting(later), let("2027Q1"))) == {("8.19", ("x", "2028")), ("8.19", ("x", "2029"))}
    assert set(broken(letting(later), let("2027Q1", **{"2029": 10.0}))) == {("8.19", ("x", "2028"))}
    without = letting(LEVERAGE | {"level": 0})
    assert broken(without, let("2027Q1", **{"2027Q1": 9.999999})) == {}
    assert len(broken(without, let("2027Q1", **{"2027Q1": 9.999998}))) == 3


def test_twelve_months_may_begin_inside_a_period() -> None:
    """Nine months of overhead alone, -0.75, then 1.25 in three and 2.5 in six, 2.5 in six. Month 18 looks back to month 6: a third of the
    first period, -0.25 + 1.25 + 2.5 = 3.5. In a period of two years half of its 10 M$ counts.
    """
    uneven = [{"months": 9, "count": 1}, {"months": 3, "count": 1}, {"months": 6, "count": 2}]
    found = broken(letting(LEVERAGE | {"level": 2}, periods=uneven), let("2027Q4"))
    assert found == {("8.19", ("x", "2027Q4")): Fraction(9), ("8.19", ("x", "2028-01+6m")): Fraction(3)}
    long = letting(LEVERAGE, periods=[{"months": 12, "count": 1}, {"months": 24, "count": 1}])
    assert broken(long, let("2027")) == {("8.19", ("x", t)): Fraction("0.5") for t in ("2027", "2028-2029")}


PARTS = {"amortisation_months": 40}
COVERAGE = {"id": "x", "kind": "coverage", "level": 1.1}
TAXED = {"tax_rate_fraction": 0.25}


def test_ebitda_before_tax_covers_interest_and_amortisation() -> None:
    """10 M$ over 40 months: 3 a year fall due and are paid. Interest 0.8, 0.56, 0.32, so 1.42 x the service is 5.396, 5.0552 and 4.7144.
    EBITDA is 5; the tax, 25 % of 4.2, 4.44 and 4.68, is no part of it.
    """
    pays = let("2027", **{"2027": 3.0, "2028": 3.0, "2029": 3.0})
    found = ledger_of(letting(COVERAGE | {"level": 1}, PARTS, periods=YEARS, finance=TAXED), pays)
    expect(found, "scheduled_musd", {"2027": "3", "2028": "3", "2029": "3"})
    expect(found, "tax_musd", {"2027": "1.05", "2028": "1.11", "2029": "1.17"})
    short = broken(letting(COVERAGE | {"level": 1.42}, PARTS, periods=YEARS, finance=TAXED), pays)
    assert short == {("8.20", ("x", "2027")): Fraction("0.396"), ("8.20", ("x", "2028")): Fraction("0.0552")}


def test_the_schedule_is_that_of_the_draws_after_their_grace_and_ends_with_the_maturity() -> None:
    """Of 8 M$ drawn at month 3 with six months of grace 0.2 a month fall due from month 9: 0.6 in Q4, 2.4 in 2028. Of the opening 10 it is
    0.25 a month, whatever is paid. The loan matures in month 24: in 2029 the rest is due in one sum, and no part.
    """
    terms = PARTS | {"grace_months": 6, "maturity": "2029-01"}
    plan: Decisions = {
        "started": {("l", "s", "shell", "2027Q1"): 1},
        "drawn_musd": {("bank", "2027Q2"): 8.0},
        "repaid_musd": {("bank", "2027Q1"): 7.0, ("bank", "2028"): 4.4, ("bank", "2029"): 6.6},
    }
    found = ledger_of(letting(COVERAGE | {"level": 0}, terms), plan)
    due = {"2027Q1": "0.75", "2027Q2": "0.75", "2027Q3": "0.75", "2027Q4": "1.35", "2028": "5.4", "2029": "0"}
    expect(found, "scheduled_musd", due)


def test_tax_is_no_part_of_the_cover() -> None:
    """Four quarters of 1.25 M$ against 6.25 x 0.8 of interest; the tax of Q4 takes nothing off them."""
    exact_level = COVERAGE | {"level": 6.25}
    assert ("8.20", ("x", "2027Q4")) not in broken(letting(exact_level, finance=TAXED), let("2027Q1"))
    above = broken(letting(COVERAGE | {"level": 6.3125}, finance=TAXED), let("2027Q1"))
    assert above["8.20", ("x", "2027Q4")] == Fraction("0.05")


def test_free_cash_is_what_no_lender_holds_back() -> None:
    """Twelve months of interest, 0.8, are held back. 100 M$ and 1.05 a quarter are 104.2 at the end of 2027, 103.4 of them free."""
    liquid = {"id": "x", "kind": "liquidity", "level": 104}
    found = broken(letting(liquid, {"reserve_months": 12}), let("2027Q1"))
    assert found == {("8.21", ("x", "2027Q4")): Fraction("0.6")}


def test_what_is_earned_once_is_not_ebitda() -> None:
    """The sale of the site in 2028 brings 0.2 x 100 M$ and costs 1 to close; a lease that is bought off costs 4 in 2027Q2."""
    off = {"id": "off", "stage": "signed", "break_fee_musd": 4, "ready_by": "2027-05", "rent_usd_per_kw_month": 100}
    parts = {
        "sites": [SITE | {"sale_musd_per_mw": 0.2, "closing_cost_musd": 1, "fixed_cost_musd_per_year": 2}],
        "leases": [TENANT | off | {"cap_rate_fraction": 0.1}],
        "lease_sites": [{"lease": "off", "site": "s"}],
    }
    plan: Decisions = {"broken_blocks": {("off",): 1}, "sold": {("s", "2028"): 1}}
    found = ledger_of(letting(LEVERAGE, {"opening_balance_musd": 0}, **parts), plan)
    expect(found, "one_off_musd", {("s", "2028"): "19"})
    expect(found, "ebitda_musd", {"2027Q1": "-0.75", "2027Q2": "-4.75", "2027Q3": "-0.75", "2027Q4": "-0.75", "2028": "-1", "2029": "-1"})


def test_used_machines_are_sold_once() -> None:
    """Resale of 10 / 25 x 2 and x 4 M$ at `a`, 5 / 25 x 1 at `b` is no EBITDA; what is left is the cost of moves, 0.1 x 3 and 0.2 x 2."""
    found = ledger_of(small(**trading(covenants=[LEVERAGE])), MOVING)
    expect(found, "one_off_musd", {("a", "2027Q3"): "0.8", ("a", "2027Q4"): "1.6", ("b", "2028"): "0.2"})
    expect(found, "ebitda_musd", {"2027Q2": "-0.3", "2027Q3": "-0.4"})


@pytest.mark.parametrize("name", ["ebitda_musd", "scheduled_musd", "one_off_musd", "reserve_musd", "machine_capex_musd"])
def test_states_exist_only_where_a_lender_asks(name: str) -> None:
    """Without covenants, reserves and facilities for machines the ledger has none of them."""
    found = ledger_of(small(debt=[BANK]), {"repaid_musd": {("bank", "2029"): 10.0}})
    assert found.ledger.states[name] == {}
