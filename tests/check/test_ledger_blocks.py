"""Ledgers of leases in blocks and tranches worked out by hand: renewal, running leases, fit-out, triple net, prepayment, doubt, breaks."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from planner.check import verify
from planner.check.book import Book
from planner.check.deals import opening_prepaid_musd
from planner.check.world import World
from planner.plan import Plan
from tests.check.hand import SHELL, SITE, Decisions, expect, expect_entries, ledger_of, small

LEASE: dict[str, Any] = {
    "id": "l",
    "tenant": "A",
    "product": "powered_shell",
    "it_mw": 10,
    "ready_by": "2027-07",
    "term_months": 24,
    "rent_usd_per_kw_month": 100,
    "cap_rate_fraction": 0.1,
}
"""1 M$ of rent a month once all of it is there."""
SLICES = [{"lease": "l", "months": 4, "fraction": 0.6}, {"lease": "l", "months": 0, "fraction": 0.4}]
SECOND_QUARTER: Decisions = {"started": {("l", "s", "shell", "2027Q2"): 1}}
THIRD_QUARTER: Decisions = {"started": {("l", "s", "shell", "2027Q3"): 1}}
LEAP_YEAR: Decisions = {"started": {("l", "s", "shell", "2028"): 1}}


def letting(
    *, site: dict[str, Any] | None = None, modules: int = 4, finance: dict[str, Any] | None = None, **fields: Any
) -> dict[str, Any]:
    """One lease with these fields at a site with four modules of 10 MW; `site` are fields of its row of `lease_sites`."""
    return {
        "halls": [SHELL | {"fixed_cost_musd_per_module_year": 0.24, "residual_musd_per_module": 4, "tax_life_months": 60}],
        "opening": [{"id": "c", "site": "s", "item": "shell", "count": modules, "in_service": "2026-01"}],
        "leases": [LEASE | fields],
        "lease_sites": [{"lease": "l", "site": "s"} | (site or {})],
        "finance": {"terminal_method": "contract"} | (finance or {}),
    }


def broken(parts: dict[str, Any], decisions: Decisions) -> list[tuple[str, Any, Fraction]]:
    """Numbers, places and amounts of what a plan breaks."""
    return [(v.tag, v.index, v.amount) for v in verify(small(**parts), Plan("small", decisions)).violations]


def test_blocks_start_at_several_dates() -> None:
    """Three blocks of 10 MW of 30: two from month 6, one from 12, at 1 M$ a block and month for 24 months. At the same date a fourth and a
    fifth do not exist; on another a fourth is one too many.
    """
    parts = letting(it_mw=30, block_it_mw=10)
    starts = {("l", "s", "shell", "2027Q3"): 2, ("l", "s", "shell", "2028"): 1}
    found = ledger_of(small(**parts), {"started": starts})
    expect(found, "leased_mw", {("s", "shell", t): mw for t, mw in {"2027Q3": "20", "2027Q4": "20", "2028": "30", "2029": "30"}.items()})
    expect_entries(found, "revenue", "lease", {("l", "2027Q3"): "6", ("l", "2027Q4"): "6", ("l", "2028"): "36", ("l", "2029"): "24"})
    assert broken(parts, {"started": starts | {("l", "s", "shell", "2028"): 2}}) == [("4.2", ("l",), 1)]
    assert broken(letting(it_mw=30, block_it_mw=10, modules=5), {"started": {("l", "s", "shell", "2027Q3"): 5}}) == [
        ("4.1", ("l", "s", "shell", "2027Q3"), 2),
        ("4.2", ("l",), 2),
    ]
    assert broken(letting(it_mw=30, block_it_mw=10, mandatory=True), {"started": {("l", "s", "shell", "2028"): 2}}) == [("4.3", ("l",), 1)]


def test_a_block_that_is_a_third_of_the_whole() -> None:
    """3.3333333333 MW of 10 are three blocks, as 1e-10 is forgiven."""
    parts = letting(it_mw=10, block_it_mw=3.3333333333)
    assert broken(parts, {"started": {("l", "s", "shell", "2027Q3"): 2, ("l", "s", "shell", "2028"): 1}}) == []


def test_tranches_come_pay_and_are_late_one_by_one() -> None:
    """4 MW from month 3, 6 from month 7; due in months 1 and 5. The rent of 1 M$ grows by a tenth in month 15 and ends before month 17:
    3 x 0.4; 0.4 + 2; 3; 3 + 2 x 1.1. Late are 4 MW in months 1 and 2, 6 MW in month 5 (2027Q2) and month 6 (2027Q3), at 0.05 M$ a MW.
    """
    parts = letting(ready_by="2027-02", penalty_usd_per_mw_month=50_000, term_months=14, escalator_fraction=0.1)
    found = ledger_of(small(**parts, lease_deliveries=SLICES), SECOND_QUARTER)
    expect(found, "leased_mw", {("s", "shell", t): mw for t, mw in {"2027Q2": "4", "2027Q3": "10", "2027Q4": "10", "2028": "10"}.items()})
    rent = {"2027Q2": "1.2", "2027Q3": "2.4", "2027Q4": "3", "2028": "5.2"}
    expect_entries(found, "revenue", "lease", {("l", t): musd for t, musd in rent.items()})
    late = {"2027Q1": "0.4", "2027Q2": "0.3", "2027Q3": "0.3"}
    expect_entries(found, "operating", "penalty", {("l", t): musd for t, musd in late.items()})


def test_tranches_need_halls_power_and_equipment_as_they_come() -> None:
    """20 MW: 8 need one module of 10 in 2027Q2, 20 two from 2027Q3 on, when one module, 5 MW of grid and 5 MVA are short. The end of
    the lease, month 37, needs halls for all of it.
    """
    transformer = {"id": "tx", "mva": 25, "cost_musd": 1, "lead_months": 3}
    parts = letting(it_mw=20, term_months=34, modules=1) | {"equipment": [transformer], "lease_deliveries": SLICES}
    parts["grid"] = [{"id": "meter", "site": "s", "kind": "energised", "mw": 25, "from_month": "2026-01"}]
    parts["sites"] = [SITE | {"loading_limit_fraction": 1.0}]
    parts["opening"] = [*parts["opening"], {"id": "t", "site": "s", "item": "tx", "count": 1, "in_service": "2026-01"}]
    found = broken(parts, SECOND_QUARTER)
    short = ("2027Q3", "2027Q4", "2028", "2029")
    assert [row for row in found if row[0] == "4.5"] == [("4.5", ("l", "s", "shell", t), 1) for t in short]
    assert [row for row in found if row[0] == "4.6"] == [("4.6", ("l", "s", t), 5) for t in short]
    assert [row for row in found if row[0] == "4.7"] == [("4.7", ("l", "s", "transformer", t), 5) for t in short]
    assert [row for row in found if row[0] == "4.8"] == [("4.8", ("s", "shell", "37"), 10)]


def test_what_tenants_draw_follows_tranches_and_renewal() -> None:
    """1.2 x 0.85 x 10 = 10.2 MW for all: 0.4 of it in 2027Q2, 0.4 + 0.6 x 2/3 in 2027Q3, all in 2027Q4. The term ends with month 16, 5
    months into 2028, and is renewed by half until month 23: 5/12 + 0.5 x 6/12 = 2/3. Rent of 2028: 3 + 2 x 1.1 and 6 x 0.55.
    """
    parts = letting(term_months=14, escalator_fraction=0.1, renewal_months=6, renewal_probability_fraction=0.5)
    ppa = {"id": "p", "site": "s", "mw": 1, "strike_usd_per_mwh": 30, "from_month": "2027-01", "to_month": "2028-01"}
    found = ledger_of(small(**parts, lease_deliveries=SLICES, ppas=[ppa]), SECOND_QUARTER)
    drawn = {"2027Q2": "4.08", "2027Q3": "8.16", "2027Q4": "10.2", "2028": "6.8"}
    expect(found, "tenant_draw_mw", {("s", t): mw for t, mw in drawn.items()})
    rent = {"2027Q2": "1.2", "2027Q3": "2.4", "2027Q4": "3", "2028": "8.5"}
    expect_entries(found, "revenue", "lease", {("l", t): musd for t, musd in rent.items()})


def renewing(**finance: Any) -> dict[str, Any]:
    """From month 12 for 18 months, renewed by half until month 42; 1.1 M$ from month 24, less a tenth, 1.21 from month 36. Upkeep of a
    module costs 0.02 M$ a month.
    """
    fields = {"term_months": 18, "renewal_months": 12, "renewal_probability_fraction": 0.5, "escalator_fraction": 0.1, "cost_fraction": 0.1}
    return letting(finance=finance, **fields)


def test_a_renewal_counts_by_its_likelihood() -> None:
    """2028: 12. 2029: 6 x 1.1 + 6 x 0.55. By contract 6 months at 0.605 x 0.9 - 0.02 are left: 3.147. All of it holds its hall."""
    found = ledger_of(small(**renewing()), LEAP_YEAR)
    expect_entries(found, "revenue", "lease", {("l", "2028"): "12", ("l", "2029"): "9.9"})
    expect(found, "leased_mw", {("s", "shell", "2028"): "10", ("s", "shell", "2029"): "10"})
    expect_entries(found, "terminal", "lease", {("l", ""): "3.147"})
    gone = renewing()
    gone["opening"] = [gone["opening"][0] | {"until": "2030-06"}]
    assert broken(gone, LEAP_YEAR) == [("4.8", ("s", "shell", "42"), 10)]


def test_a_lease_is_capitalised_when_enough_of_it_is_left() -> None:
    """Six months are left. The last year's mean is (0.99 + 0.495) / 2 - 0.02 = 0.7225 a month: 86.7 at a yield of a tenth. Where seven must
    be left it is worth its remaining contract, and the hall its residual.
    """
    found = ledger_of(small(**renewing(terminal_method="cap_rate", capitalised_from_months=6)), LEAP_YEAR)
    expect_entries(found, "terminal", "lease", {("l", ""): "86.7"})
    expect(found, "capitalised_mw", {("s", "shell"): "10"})
    expect_entries(found, "terminal", "hall", {("shell", ""): "12"})
    longer = ledger_of(small(**renewing(terminal_method="cap_rate", capitalised_from_months=7)), LEAP_YEAR)
    expect_entries(longer, "terminal", "lease", {("l", ""): "3.147"})
    expect(longer, "capitalised_mw", {})
    expect_entries(longer, "terminal", "hall", {("shell", ""): "16"})


def test_the_yield_of_a_lease_or_of_its_tier() -> None:
    """0.7225 a month are 86.7 at a tenth, its own, and 43.35 at a fifth, that of its tier."""
    capital = {"terminal_method": "cap_rate"}
    tiers = [{"id": "ig", "cap_rate_fraction": 0.2}]
    for own, worth in ((0.1, "86.7"), (None, "43.35")):
        parts = renewing(**capital) | {"tiers": tiers}
        parts["leases"] = [parts["leases"][0] | {"tier": "ig", "cap_rate_fraction": own}]
        expect_entries(ledger_of(small(**parts), LEAP_YEAR), "terminal", "lease", {("l", ""): worth})


def test_a_triple_net_tenant_bears_upkeep_and_property_tax_of_what_it_pays_for() -> None:
    """Half a module: 0.24 a year of upkeep (5 % more each year) and 0.03 of property tax. In 2027Q3 half of the tenant is there and bears
    0.5 x 0.27 x 1.5/12; then all of it 0.5 x 0.27/4, 0.5 x 0.282 and 0.5 x 0.2946. At the horizon, with a rent of 0.5 M$ a month, 6 months
    of the term without any cost, and 6 of a renewal by a quarter: 0.125 less three quarters of 0.012275.
    """
    fields = {"kind": "triple_net", "it_mw": 5, "term_months": 36, "renewal_months": 6, "renewal_probability_fraction": 0.25}
    parts = letting(finance={"cost_inflation_fraction": 0.05}, **fields)
    parts["sites"] = [SITE | {"property_tax_fraction": 0.01}]
    parts["halls"] = [parts["halls"][0] | {"assessed_musd_per_module": 3}]
    parts["lease_deliveries"] = [{"lease": "l", "months": m, "fraction": 0.5} for m in (0, 3)]
    found = ledger_of(small(**parts), THIRD_QUARTER)
    borne = {"2027Q3": "-0.016875", "2027Q4": "-0.03375", "2028": "-0.141", "2029": "-0.1473"}
    expect_entries(found, "operating", "triple_net", {("l", t): musd for t, musd in borne.items()})
    expect_entries(found, "terminal", "lease", {("l", ""): 3 + 6 * (Fraction("0.125") - Fraction("0.012275") * Fraction("0.75"))})


@pytest.mark.parametrize(("needed", "left"), [(1.1, True), (0.8, False)])
def test_what_a_site_needs_for_a_tenant_less_what_the_tenant_pays(needed: float, left: bool) -> None:
    """1.1 less 0.8 M$ a MW for two blocks of 5 MW are 3 M$ of capex in 2027Q3, over the 60 months of the hall: 0.05 a month from month 6.
    At 0.8 M$ a MW the tenant pays all of it.
    """
    parts = letting(site={"capex_musd_per_mw": needed}, block_it_mw=5, fit_out_musd_per_mw=0.8)
    found = ledger_of(small(**parts), {"started": {("l", "s", "shell", "2027Q3"): 2}})
    expect_entries(found, "capex", "fit_out", {("l", "2027Q3"): 3} if left else {})
    written = {"2027Q3": "0.15", "2027Q4": "0.15", "2028": "0.6", "2029": "0.6"}
    expect_entries(found, "depreciation", "fit_out", {("l", t): Fraction(musd) for t, musd in written.items() if left})
    expect_entries(found, "basis", "fit_out", {("l", ""): Fraction("1.5")} if left else {})


RUNNING: dict[str, Any] = {"stage": "signed", "delivered": "2026-03", "break_fee_musd": 1, "penalty_usd_per_mw_month": 50_000}


def test_a_lease_that_runs_counts_from_its_delivery() -> None:
    """From month -10 for 24 months: months 0 and 1 at 1, months 2 to 13 at 1.1. It is neither late nor fitted out, and taken in the first
    period only. Of 12 M$ paid ahead 14/24 are not earned at the start, and half a M$ is earned each month.
    """
    parts = letting(site={"capex_musd_per_mw": 1}, prepayment_musd=12, fit_out_musd_per_mw=0.5, escalator_fraction=0.1, **RUNNING)
    found = ledger_of(small(**parts), {"started": {("l", "s", "shell", "2027Q1"): 1}})
    rent = {"2027Q1": "3.1", "2027Q2": "3.3", "2027Q3": "3.3", "2027Q4": "3.3", "2028": "2.2"}
    expect_entries(found, "revenue", "lease", {("l", t): musd for t, musd in rent.items()})
    expect_entries(found, "operating", "penalty", {})
    expect_entries(found, "capex", "fit_out", {})
    expect(found, "prepaid_musd", {"2027Q1": "5.5", "2027Q2": "4", "2027Q3": "2.5", "2027Q4": "1", "2028": "0", "2029": "0"})
    assert opening_prepaid_musd(Book(World(small(**parts)), {})) == 7
    assert broken(parts, SECOND_QUARTER | {"broken_blocks": {("l",): 1}}) == [("4.1", ("l", "s", "shell", "2027Q2"), 1)]


def test_a_lease_that_runs_and_is_given_up_is_paid_back() -> None:
    """The 7 M$ that are not earned at the start in 2027Q1, the fee of 1 M$ when it was due; empty halls cost 0.24 M$ a quarter."""
    parts = letting(prepayment_musd=12, **RUNNING)
    found = ledger_of(small(**parts), {"broken_blocks": {("l",): 1}})
    expect(found, "prepaid_musd", dict.fromkeys(("2027Q1", "2027Q2", "2027Q3", "2027Q4", "2028", "2029"), "0"))
    cash = {"2027Q1": "92.76", "2027Q2": "92.52", "2027Q3": "91.28", "2027Q4": "91.04", "2028": "90.08", "2029": "89.12"}
    expect(found, "cash_musd", cash)


def test_a_lease_delivered_at_the_start_runs_already() -> None:
    """All 12 M$ of it are in the cash at the start, and credited over 6 months."""
    parts = letting(prepayment_musd=12, credit_months=6, **RUNNING | {"delivered": "2027-01"})
    found = ledger_of(small(**parts), {"started": {("l", "s", "shell", "2027Q1"): 1}})
    expect(found, "prepaid_musd", {"2027Q1": "6", "2027Q2": "0", "2027Q3": "0", "2027Q4": "0", "2028": "0", "2029": "0"})
    assert opening_prepaid_musd(Book(World(small(**parts)), {})) == 12


@pytest.mark.parametrize(
    ("months", "before"),
    [(0, {}), (1, {"2027Q2": "6"}), (3, {"2027Q2": "6"}), (4, {"2027Q1": "6", "2027Q2": "6"}), (99, {"2027Q1": "6", "2027Q2": "6"})],
)
def test_a_prepayment_is_owed_from_the_period_that_holds_it(months: int, before: dict[str, str]) -> None:
    """9 M$ for three blocks, two of which start in month 6, paid so many months before, not before the start: nothing is earned until then,
    and over 12 months 0.5 M$ a month.
    """
    parts = letting(it_mw=30, block_it_mw=10, prepayment_musd=9, prepaid_months=months, credit_months=12)
    found = ledger_of(small(**parts), {"started": {("l", "s", "shell", "2027Q3"): 2}})
    none = dict.fromkeys(("2027Q1", "2027Q2", "2028", "2029"), "0")
    expect(found, "prepaid_musd", none | before | {"2027Q3": "4.5", "2027Q4": "3"})
    assert opening_prepaid_musd(Book(World(small(**parts)), {})) == 0


def test_what_may_not_come_true() -> None:
    """A lease of 36 months from month 12, 0.6 likely, two months late (1 M$ of penalty, not in this): 12 and 13.2 M$ less a tenth, and a
    terminal value of 12 x (1.21 x 0.9 - 0.02) = 12.828, less a fifth on sale; after a quarter of tax 0.4 x 0.75 of all.
    """
    fields = {"term_months": 36, "escalator_fraction": 0.1, "cost_fraction": 0.1, "penalty_usd_per_mw_month": 50_000}
    late = {"ready_by": "2027-11", "probability_fraction": 0.6}
    money = {"tax_rate_fraction": 0.25, "exit_cost_fraction": 0.2}
    found = ledger_of(small(**letting(finance=money, **fields, **late)), LEAP_YEAR)
    lost = Fraction("0.3") * (Fraction("10.8") + Fraction("11.88") + Fraction("0.8") * Fraction("12.828"))
    expect(found, "doubt_musd", {(): lost})
    expect_entries(found, "operating", "penalty", {("l", "2027Q4"): "1"})
    later = ledger_of(small(**letting(finance=money | {"discount_rate_fraction": 0.1}, **fields, **late)), LEAP_YEAR).ledger
    states = later.states
    tail = sum(Fraction(1.1 ** (-(j + 0.5) / 12)) for j in range(12)) * Fraction("1.069")
    worth = states["discount_mid"]["2028",] * Fraction("10.8") + states["discount_mid"]["2029",] * Fraction("11.88")
    assert states["doubt_musd"][()] == Fraction("0.3") * (worth + states["discount_end"][()] * Fraction("0.8") * tail)


def test_a_tenant_that_bears_costs_takes_that_away_too() -> None:
    """Triple net without escalation: 12 + 12 M$ of rent and 0.24 of upkeep in each year, half likely, no tax, nothing left at the end."""
    found = ledger_of(small(**letting(kind="triple_net", probability_fraction=0.5)), LEAP_YEAR)
    expect(found, "doubt_musd", {(): "12.24"})


@pytest.mark.parametrize(
    ("ready_by", "period"), [("2027-05", "2027Q2"), ("2027-07", "2027Q3"), ("2029-12", "2029"), ("2030-01", "2029"), ("2032-01", "2029")]
)
def test_a_signed_lease_may_be_bought_off_block_by_block(ready_by: str, period: str) -> None:
    """Two of three blocks for two thirds of 6 M$, in the period in which they were due; after the horizon in the last one. All three blocks
    are delivered or bought off.
    """
    parts = letting(it_mw=30, block_it_mw=10, stage="signed", break_fee_musd=6, ready_by=ready_by)
    start = {("l", "s", "shell", "2027Q3"): 1}
    found = ledger_of(small(**parts), {"started": start, "broken_blocks": {("l",): 2}})
    labels = ("2027Q1", "2027Q2", "2027Q3", "2027Q4", "2028", "2029")
    expect(found, "broken_musd", {t: "4" if t == period else "0" for t in labels})
    assert broken(parts, {"started": start, "broken_blocks": {("l",): 1}}) == [("4.10", ("l",), 1)]
    assert broken(parts, {"started": start, "broken_blocks": {("l",): 3}}) == [("4.10", ("l",), 1)]
    assert broken(parts, {}) == [("4.10", ("l",), 3)]
    assert broken(letting(), {"broken_blocks": {("l",): 1}}) == [("4.10", ("l",), 1)]


def test_an_offer_lapses_when_it_had_to_be_decided_before_the_start() -> None:
    """Not in the month of the start, and not what is signed."""
    assert broken(letting(decide_by="2026-12"), THIRD_QUARTER) == [("4.1", ("l", "s", "shell", "2027Q3"), 1)]
    assert broken(letting(decide_by="2027-01"), THIRD_QUARTER) == []
    assert broken(letting(decide_by="2026-12", stage="signed"), THIRD_QUARTER) == []


def test_a_tenant_may_ask_for_one_hall_type() -> None:
    """Both types have its product; at this site it takes `annex` only."""
    parts = letting(site={"hall": "annex"})
    parts["halls"] = [*parts["halls"], SHELL | {"id": "annex"}]
    parts["opening"] = [*parts["opening"], parts["opening"][0] | {"id": "a", "item": "annex"}]
    assert broken(parts, {"started": {("l", "s", "annex", "2027Q3"): 1}}) == []
    assert broken(parts, THIRD_QUARTER) == [("4.1", ("l", "s", "shell", "2027Q3"), 1)]
