"""Ledgers of power worked out by hand: dates inside periods, deposits, loading limits, firm and approved MW, security posted."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from planner.check import verify
from planner.plan import Plan
from planner_models.schema import Instance
from tests.check.hand import SHELL, SITE, Decisions, expect, expect_entries, ledger_of, small

FOUR_QUARTERS_AND_A_YEAR = [{"months": 3, "count": 4}, {"months": 12, "count": 1}]
UPGRADE = {"from_month": "2027-03", "lead_months": 4, "cost_musd": 8, "deposit_fraction": 0.25, "tax_life_months": 80}


def powered() -> dict[str, Any]:
    return {
        "periods": FOUR_QUARTERS_AND_A_YEAR,
        "sites": [SITE | {"energised_musd_per_mw": 0.5}],
        "grid": [
            {"id": "now", "site": "s", "kind": "energised", "mw": 20, "from_month": "2026-06"},
            {"id": "soon", "site": "s", "kind": "energised", "mw": 10, "from_month": "2027-05"},
            {"id": "more", "site": "s", "kind": "upgrade", "mw": 30} | UPGRADE,
        ],
        "equipment": [{"id": "tx", "mva": 10, "cost_musd": 1.2, "deposit_fraction": 0.5, "lead_months": 3, "tax_life_months": 24}],
        "opening": [
            {"id": "t1", "site": "s", "item": "tx", "count": 2, "in_service": "2026-01"},
            {"id": "t2", "site": "s", "item": "tx", "count": 1, "in_service": "2027-02", "tax_basis_musd": 2.4},
        ],
    }


ORDERS: Decisions = {"upgraded": {("more", "2027Q3"): 1}, "delivered_units": {("s", "tx", "2027Q4"): 2}}


def test_power_that_arrives_inside_a_period_counts_from_the_next() -> None:
    """20 MW stand, 10 come in May 2027 (inside Q2, so from Q3), 30 by the upgrade at Q3 (on offer from March, which
    adds nothing by itself). 20 MVA stand, 10 come in February 2027 (from Q2), 20 are delivered at Q4. At the horizon 60 MW are
    worth 0.5 each.
    """
    found = ledger_of(small(**powered()), ORDERS)
    grid = {"2027Q1": "20", "2027Q2": "20", "2027Q3": "60", "2027Q4": "60", "2028": "60"}
    expect(found, "grid_mw", {("s", t): mw for t, mw in grid.items()})
    mva = {"2027Q1": "20", "2027Q2": "30", "2027Q3": "30", "2027Q4": "50", "2028": "50"}
    expect(found, "installed_mva", {("s", "transformer", t): size for t, size in mva.items()})
    expect(found, "terminal_musd", {"s": "30"})


def test_deposits_fall_to_the_order_and_balances_to_delivery() -> None:
    """The upgrade (8 M$, a quarter down) is ordered at month 2: 2 in Q1, 6 in Q3. Two units (2.4 M$, half down) are ordered at month 6:
    1.2 in Q3 and 1.2 in Q4. All bases run at 0.1 a month: the upgrade's from month 6, the units' from 9, the 2.4 of `t2` from month 1.
    Months by period: 0+0+2, 0+0+3, 3+0+3, 3+3+3, 12+12+12; at month 24 62, 9 and 1 months are left.
    """
    found = ledger_of(small(**powered()), ORDERS)
    expect(found, "capex_musd", {("s", "2027Q1"): "2", ("s", "2027Q3"): "7.2", ("s", "2027Q4"): "1.2"})
    expect_entries(found, "capex", "grid", {("more", "2027Q1"): "2", ("more", "2027Q3"): "6"})
    expect_entries(found, "capex", "equipment", {("tx", "2027Q3"): "1.2", ("tx", "2027Q4"): "1.2"})
    written = {"2027Q1": "0.2", "2027Q2": "0.3", "2027Q3": "0.6", "2027Q4": "0.9", "2028": "3.6"}
    expect(found, "depreciation_musd", {("s", t): musd for t, musd in written.items()})
    expect(found, "final_basis_musd", {"s": "7.2"})


def test_transformers_carry_their_loading_limit() -> None:
    """One unit of 10 MVA at 80 %; 5 MW at a PUE of 1.5 and a power factor of 0.9 are 7.5 / 0.9 MVA, a third above 8."""
    lease = {"id": "l", "tenant": "A", "product": "powered_shell", "it_mw": 5, "ready_by": "2028-01", "rent_usd_per_kw_month": 1}
    parts = powered() | {
        "sites": [SITE | {"power_factor": 0.9, "loading_limit_fraction": 0.8}],
        "halls": [SHELL],
        "leases": [lease | {"term_months": 12}],
        "lease_sites": [{"lease": "l", "site": "s"}],
        "opening": [{"id": i, "site": "s", "item": i, "count": 1, "in_service": "2026-01"} for i in ("tx", "shell")],
    }
    found = verify(small(**parts), Plan("small", {"started": {("l", "s", "shell", "2028"): 1}}))
    assert {(v.tag, v.amount) for v in found.violations} == {("4.7", Fraction(1, 3)), ("6.7", Fraction(1, 3))}


SHARED: dict[str, Any] = {
    "halls": [SHELL | {"id": "mine", "product": "mining", "pue_peak": 1.1, "pue_average": 1.1}, SHELL],
    "opening": [{"id": i, "site": "s", "item": i, "count": 2, "in_service": "2026-01"} for i in ("mine", "shell")],
    "leases": [{"id": "l", "tenant": "A", "product": "powered_shell", "it_mw": 20, "ready_by": "2027-01", "rent_usd_per_kw_month": 1}],
    "lease_sites": [{"lease": "l", "site": "s"}],
    "generators": [{"id": "gas", "max_units": 1, "unit_mw": 8, "dependable_fraction": 0.5}],
    "asic_models": [{"id": "m", "j_per_th": 20}],
    "btc": [{"from_day": "2027-01-01", "btc_usd": 0, "network_eh": 1}],
}
"""A mine and a shell of 20 MW each; a tenant draws 30 MW at peak in the shell, a generator of 8 MW is dependable for 4."""


def shared(firm_mw: float, spare_mw: float) -> Instance:
    row = {"site": "s", "kind": "energised", "from_month": "2026-01"}
    grid = [row | {"id": "firm", "mw": firm_mw}, row | {"id": "spare", "mw": spare_mw, "service": "interruptible"}]
    return small(**SHARED | {"leases": [SHARED["leases"][0] | {"term_months": 12}], "grid": grid})


def test_interruptible_power_serves_mines_only() -> None:
    """20 MW firm and 30 interruptible: together enough for the tenant's 30 MW and 22 MW of mining less 2, not for the tenant alone.
    The generator is firm: with it 24 MW are, and the whole load of 52 fits 54. Grid counts both services.
    """
    used: Decisions = {
        "started": {("l", "s", "shell", "2028"): 1},
        "bought_mw": {("s", "m", "2028"): 20.0},
        "hosted_mw": {("s", "mine", "m", "2028"): 20.0},
    }
    short = verify(shared(20, 30), Plan("small", used)).violations
    assert [(v.tag, v.index, v.amount) for v in short] == [("6.4", ("s", "2028"), Fraction(2)), ("6.10", ("s", "2028"), Fraction(10))]
    own: Decisions = {"commissioned_units": {("s", "gas", "2028"): 1}}
    helped = verify(shared(20, 30), Plan("small", used | own)).violations
    assert [(v.tag, v.index, v.amount) for v in helped] == [("6.10", ("s", "2028"), Fraction(6))]
    enough = ledger_of(shared(26, 22), used | own)
    expect(enough, "firm_mw", {("s", t): "26" for t in ("2027Q1", "2027Q2", "2027Q3", "2027Q4", "2028", "2029")})
    assert enough.ledger.states["grid_mw"]["s", "2028"] == 48


@pytest.mark.parametrize(("it_mw", "plants", "spare"), [(20, 1, "1"), (2, 1, "27"), (2, 0, "24")])
def test_own_power_leaves_grid_to_spare(it_mw: float, plants: int, spare: str) -> None:
    """27 MW of grid, a lease past the horizon of 30 or 3 MW at peak, and 4 dependable MW: what the plant carries is to spare, up to the 27.

    A megawatt to spare is worth 0.5.
    """
    lease = SHARED["leases"][0] | {"term_months": 120, "it_mw": it_mw, "cap_rate_fraction": 0.1}
    parts = SHARED | {"sites": [SITE | {"energised_musd_per_mw": 0.5}], "leases": [lease]}
    parts["grid"] = [{"id": "now", "site": "s", "kind": "energised", "mw": 27, "from_month": "2026-01"}]
    plan: Decisions = {"started": {("l", "s", "shell", "2028"): 1}, "commissioned_units": {("s", "gas", "2028"): plants}}
    found = ledger_of(small(**parts), plan)
    expect(found, "spare_mw", {"s": spare})
    expect_entries(found, "terminal", "grid", {("s", ""): Fraction(spare) / 2})


def test_a_generator_helps_a_lease_that_the_grid_alone_cannot_serve() -> None:
    """30 MW at peak on a grid of 27: with the 4 dependable MW it is enough."""
    lease: Decisions = {"started": {("l", "s", "shell", "2028"): 1}}
    parts = SHARED | {"leases": [SHARED["leases"][0] | {"term_months": 12}]}
    parts["grid"] = [{"id": "now", "site": "s", "kind": "energised", "mw": 27, "from_month": "2026-01"}]
    found = verify(small(**parts), Plan("small", lease)).violations
    assert [(v.tag, v.amount) for v in found] == [("4.6", Fraction(3)), ("6.4", Fraction(3))]
    ledger_of(small(**parts), lease | {"commissioned_units": {("s", "gas", "2028"): 1}})


def test_no_more_may_be_in_service_than_is_approved() -> None:
    """20 MW stand and are approved, 20 more from May 2027 (so from 2027Q3, as the 10 that come then). With the upgrade of 30 in 2027Q3 they
    are 60, 20 too many until another 20 are approved from 2028.
    """
    parts = powered()
    approved = (("first", "2026-01"), ("second", "2027-05"), ("third", "2028-01"))
    parts["grid"] += [{"id": i, "site": "s", "kind": "approved", "mw": 20, "from_month": month} for i, month in approved]
    found = verify(small(**parts), Plan("small", ORDERS)).violations
    assert [(v.tag, v.index, v.amount) for v in found] == [("6.11", ("s", t), Fraction(20)) for t in ("2027Q3", "2027Q4")]


def test_security_is_posted_at_the_order_and_comes_back() -> None:
    """5 M$ are posted in month 2 (2027Q1) and back 12 months after month 6, in month 18: away at the end of 2027, back by the end of 2028.
    They are no cost: cash is 5 lower until then. 8 M$ of the upgrade itself are paid 2 in Q1, 6 in Q3.
    """
    parts = powered()
    parts["grid"][2] |= {"security_musd": 5, "security_months": 12}
    found = ledger_of(small(**parts), {"upgraded": {("more", "2027Q3"): 1}})
    away = {"2027Q1": "5", "2027Q2": "5", "2027Q3": "5", "2027Q4": "5", "2028": "0"}
    expect(found, "posted_musd", {("s", t): musd for t, musd in away.items()})
    expect(found, "cash_musd", {"2027Q1": "93", "2027Q2": "93", "2027Q3": "87", "2027Q4": "87", "2028": "92"})
    expect(found, "operating_musd", {("s", t): "0" for t in away})


def test_security_that_is_returned_within_its_period() -> None:
    """Returned in month 6 + 6 = 12: at the end of 2027Q4, month 12, it is still away. Returned in month 6, it is away at the end of 2027Q2
    only and of 2027Q1, in which it is posted.
    """
    for months, last in ((6, 4), (0, 2)):
        parts = powered()
        parts["grid"][2] |= {"security_musd": 5, "security_months": months}
        found = ledger_of(small(**parts), {"upgraded": {("more", "2027Q3"): 1}})
        periods = ("2027Q1", "2027Q2", "2027Q3", "2027Q4", "2028")
        expect(found, "posted_musd", {("s", t): "5" if number < last else "0" for number, t in enumerate(periods)})


def test_what_is_posted_at_the_horizon_is_worth_its_amount() -> None:
    """Back after the horizon: cash ends 5 lower, and the value is that of the same plan without security."""
    parts = powered()
    plain = ledger_of(small(**parts), ORDERS)
    parts["grid"][2] |= {"security_musd": 5, "security_months": 60}
    posted = ledger_of(small(**parts), ORDERS)
    assert posted.ledger.states["cash_musd"]["2028",] == plain.ledger.states["cash_musd"]["2028",] - 5
    assert posted.value_musd == plain.value_musd


def test_upgrades_cost_what_their_order_month_says() -> None:
    """8 M$ grown by 10 % a year: for 2028 (month 12) with a lead of 4 the order is in 2027, with none in 2028."""
    for lead, price in ((4, 8), (0, Fraction("8.8"))):
        parts = powered()
        parts["grid"][2] |= {"lead_months": lead}
        found = ledger_of(small(**parts, finance={"capex_inflation_fraction": 0.1}), {"upgraded": {("more", "2028"): 1}})
        assert sum(entry.musd for entry in found.ledger.entries if entry.account == "capex") == price
