"""Ledgers of sites on offer and for sale worked out by hand: what counts from the purchase, what is gone with a sale, the money of both."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from planner.check import Violation, verify
from planner.plan import Plan
from tests.check.hand import METER, SHELL, SITE, Decisions, expect, expect_entries, ledger_of, small

QUARTERS = ("2027Q1", "2027Q2", "2027Q3", "2027Q4")
UPGRADE = {"id": "more", "site": "s", "kind": "upgrade", "mw": 30, "lead_months": 3, "cost_musd": 6, "deposit_fraction": 0.5}
OFFER = {"option_price_musd": 10, "offer_from": "2027-04", "offer_to": "2028-01", "fixed_cost_musd_per_year": 4}
SALE = {"sale_musd_per_mw": 0.3, "sale_from": "2027-07", "closing_cost_musd": 2, "fixed_cost_musd_per_year": 4}
SHED = {
    "id": "shed",
    "product": "mining",
    "module_it_mw": 10,
    "pue_peak": 1.1,
    "pue_average": 1.1,
    "buildable": False,
    "fixed_cost_musd_per_module_year": 0.12,
    "residual_musd_per_module": 1,
    "assessed_musd_per_module": 2,
}


SWAP = {"id": "swap", "from_hall": "shed", "to_hall": "new", "max_lots": 1, "capex_musd_per_lot": 1, "build_months": 0, "off_months": 0}


def broken(instance: Any, decisions: Decisions) -> list[tuple[str, tuple[str, ...], Fraction]]:
    """Number, index and amount of each rule that a plan breaks."""
    return [(v.tag, v.index, v.amount) for v in violations(instance, decisions)]


def violations(instance: Any, decisions: Decisions) -> tuple[Violation, ...]:
    return verify(instance, Plan("small", decisions)).violations


def on_offer(**changes: Any) -> dict[str, Any]:
    """A site with 20 MW of grid that may be bought from April 2027 to January 2028, with an upgrade of 30 MW and halls to build."""
    return {
        "sites": [SITE | OFFER | {"energised_musd_per_mw": 0.5}],
        "grid": [METER | {"mw": 20}, UPGRADE | {"tax_life_months": 60}],
        "halls": [SHELL | {"buildable": True, "capex_musd_per_module": 12, "build_months": 3, "tax_life_months": 180}],
    } | changes


BOUGHT: Decisions = {
    "opened": {("s", "2027Q2"): 1},
    "upgraded": {("more", "2028"): 1},
    "built_modules": {("s", "shell", "2027Q4"): 2},
}


def test_a_site_counts_from_its_purchase() -> None:
    """Bought at month 3: its 20 MW and its fixed cost of 1 a quarter count from 2027Q2; the upgrade makes 50 MW from 2028 on."""
    found = ledger_of(small(**on_offer()), BOUGHT)
    expect(found, "held", {("s", "2027Q1"): "0"} | {("s", t): "1" for t in (*QUARTERS[1:], "2028", "2029")})
    grid = {"2027Q1": "0", "2027Q2": "20", "2027Q3": "20", "2027Q4": "20", "2028": "50", "2029": "50"}
    expect(found, "grid_mw", {("s", t): mw for t, mw in grid.items()})
    fixed = {"2027Q2": "1", "2027Q3": "1", "2027Q4": "1", "2028": "4", "2029": "4"}
    expect_entries(found, "operating", "site", {("s", t): musd for t, musd in fixed.items()})
    expect(found, "terminal_musd", {"s": "25"})


def test_the_price_of_an_option_is_not_written_off() -> None:
    """10 M$ at month 3 stay the tax basis. Of the upgrade's 6 M$ half is paid at month 9 and 24 of 60 months are written off: 3.6 left.
    Two modules (24 M$) are paid in months 6 to 8 and written off over 180 months from month 9: 27 months are 3.6, 20.4 left.
    """
    found = ledger_of(small(**on_offer()), BOUGHT)
    expect(found, "capex_musd", {("s", "2027Q2"): "10", ("s", "2027Q3"): "24", ("s", "2027Q4"): "3", ("s", "2028"): "3"})
    expect_entries(found, "capex", "site", {("s", "2027Q2"): "10"})
    expect_entries(found, "basis", "site", {("s", ""): "10"})
    expect_entries(found, "depreciation", "site", {})
    expect(found, "final_basis_musd", {"s": "34"})


def test_a_site_that_is_not_bought_is_not_there() -> None:
    found = ledger_of(small(**on_offer()), {})
    for state in ("held", "grid_mw", "operating_musd", "capex_musd"):
        expect(found, state, {("s", t): "0" for t in (*QUARTERS, "2028", "2029")})


def test_nothing_is_ordered_or_built_before_the_purchase() -> None:
    """An upgrade for month 6 with a lead of 3 follows a purchase at month 3; with a lead of 4 it is ordered a month before. Halls for
    month 6 with 6 build months hold 20 MW of land from the start, in 2027Q1 without the site.
    """
    plan: Decisions = {"opened": {("s", "2027Q2"): 1}, "upgraded": {("more", "2027Q3"): 1}}
    assert broken(small(**on_offer()), plan) == []
    early = on_offer(grid=[METER | {"mw": 20}, UPGRADE | {"lead_months": 4}])
    assert broken(small(**early), plan) == [("11.4", ("more", "2027Q3"), Fraction(1))]
    halls = on_offer(halls=[SHELL | {"buildable": True, "build_months": 6}])
    built: Decisions = {"opened": {("s", "2027Q2"): 1}, "built_modules": {("s", "shell", "2027Q3"): 2}}
    assert broken(small(**halls), built) == [("11.6", ("s", "2027Q1"), Fraction(20))]


def test_a_site_is_bought_once_within_its_offer() -> None:
    """Bought twice it costs twice, but there is one; the offer runs from April 2027 to January 2028, both included."""
    twice = verify(small(**on_offer()), Plan("small", {"opened": {("s", "2027Q2"): 1, ("s", "2028"): 1}}))
    assert [(v.tag, v.index, v.amount) for v in twice.violations] == [("11.1", ("s",), Fraction(1))]
    assert twice.ledger.states["held"]["s", "2029"] == 1
    for period in ("2027Q1", "2029"):
        assert [tag for tag, _, _ in broken(small(**on_offer()), {"opened": {("s", period): 1}})] == ["11.1"]
    for period in ("2027Q2", "2028"):
        assert broken(small(**on_offer()), {"opened": {("s", period): 1}}) == []
    assert "s is not on offer" in violations(small(), {"opened": {("s", "2028"): 1}})[0].words


def for_sale(**changes: Any) -> dict[str, Any]:
    """A mine of three modules on 20 MW firm and 10 MW interruptible that may be sold from July 2027, with an upgrade of 30 MW."""
    return {
        "sites": [SITE | SALE | {"property_tax_fraction": 0.02, "energised_musd_per_mw": 0.5}],
        "grid": [METER | {"mw": 20}, METER | {"id": "spare", "mw": 10, "service": "interruptible"}, UPGRADE | {"cost_musd": 0}],
        "halls": [SHED],
        "opening": [{"id": "c", "site": "s", "item": "shed", "count": 3, "in_service": "2026-01", "tax_basis_musd": 16.8}],
    } | changes


SOLD: Decisions = {"upgraded": {("more", "2027Q2"): 1}, "sold": {("s", "2028"): 1}}


def test_a_site_is_gone_with_its_sale() -> None:
    """Sold at the start of 2028: grid (30 MW, 60 from 2027Q2), firm grid (20, 50) and the three modules count until the end of 2027."""
    found = ledger_of(small(**for_sale()), SOLD)
    expect(found, "held", {("s", t): "1" for t in QUARTERS} | {("s", "2028"): "0", ("s", "2029"): "0"})
    expect(found, "grid_mw", {("s", "2027Q1"): "30", ("s", "2027Q2"): "60", ("s", "2027Q3"): "60", ("s", "2027Q4"): "60"})
    expect(found, "firm_mw", {("s", "2027Q1"): "20", ("s", "2027Q2"): "50", ("s", "2027Q3"): "50", ("s", "2027Q4"): "50"})
    for state in ("full_modules", "average_modules"):
        counted = {index: modules for index, modules in found.ledger.states[state].items() if modules}
        assert counted == {("s", "shed", t): 3 for t in QUARTERS}
    expect(found, "final_modules", {("s", "shed"): "0"})
    expect(found, "terminal_musd", {"s": "0"})


def test_money_of_a_sale() -> None:
    """60 MW fetch 0.3 each. Fixed cost of 1 a quarter, upkeep of 3 x 0.12 / 4, and a property tax of 2 % on 3 x 2 M$ end with the sale,
    which costs 2. The basis of 16.8 M$, 168 of 180 months left, runs on at 0.1 a month: 13.2 are left at month 36.
    """
    found = ledger_of(small(**for_sale()), SOLD)
    expect(found, "proceeds_musd", {("s", "2028"): "18"})
    expect_entries(found, "revenue", "sale", {("s", "2028"): "18"})
    expect_entries(found, "operating", "site", {("s", t): "1" for t in QUARTERS} | {("s", "2028"): "2"})
    expect_entries(found, "operating", "hall", {("shed", t): "0.09" for t in QUARTERS})
    expect_entries(found, "operating", "property_tax", {("shed", t): "0.03" for t in QUARTERS})
    expect(found, "depreciation_musd", {("s", t): "0.3" for t in QUARTERS} | {("s", "2028"): "1.2", ("s", "2029"): "1.2"})
    expect(found, "final_basis_musd", {"s": "13.2"})


def test_a_site_that_is_not_sold_stays() -> None:
    """30 MW at 0.5 and three modules at 1 are worth 18 at the horizon; there are no proceeds."""
    found = ledger_of(small(**for_sale()), {})
    expect(found, "held", {("s", t): "1" for t in (*QUARTERS, "2028", "2029")})
    expect(found, "proceeds_musd", {("s", t): "0" for t in (*QUARTERS, "2028", "2029")})
    expect(found, "terminal_musd", {"s": "18"})


def test_a_site_that_is_closed_brings_nothing() -> None:
    found = ledger_of(small(**for_sale(sites=[SITE | {"sale_musd_per_mw": 0, "closing_cost_musd": 2}])), {"sold": {("s", "2027Q1"): 1}})
    expect(found, "operating_musd", {("s", "2027Q1"): "2"})
    expect(found, "revenue_musd", {("s", "2027Q1"): "0"})


def test_a_site_is_sold_once_and_not_before_it_may_be() -> None:
    assert broken(small(**for_sale()), {"sold": {("s", "2027Q3"): 1, ("s", "2028"): 1}}) == [("11.2", ("s",), Fraction(1))]
    early = violations(small(**for_sale()), {"sold": {("s", "2027Q2"): 1}})
    assert [(v.tag, "not for sale before 2027-07" in v.words) for v in early] == [("11.2", True)]
    assert "s is not for sale" in violations(small(), {"sold": {("s", "2028"): 1}})[0].words


ENTERING: list[Decisions] = [
    {"upgraded": {("more", "2028"): 1}},
    {"built_modules": {("s", "new", "2028"): 1}},
    {"delivered_units": {("s", "tx", "2028"): 1}},
    {"converted_lots": {("swap", "c", "2028"): 1}},
    {"retired_modules": {("c", "2028"): 1}},
]


@pytest.mark.parametrize("entering", ENTERING, ids=lambda decisions: next(iter(decisions)))
def test_nothing_enters_a_site_that_is_sold(entering: Decisions) -> None:
    """What enters in the period of the sale is one too many; at the same time without a sale, or before it, it may."""
    parts = for_sale(
        halls=[SHED, SHED | {"id": "new", "product": "powered_shell", "buildable": True}],
        equipment=[{"id": "tx", "mva": 10, "cost_musd": 1, "lead_months": 3}],
        conversions=[SWAP],
    )
    assert broken(small(**parts), entering) == []
    assert broken(small(**parts), entering | {"sold": {("s", "2029"): 1}}) == []
    assert broken(small(**parts), entering | {"sold": {("s", "2028"): 1}}) == [("11.13", ("s", "2028"), Fraction(1))]


def test_who_occupies_a_hall_blocks_the_sale() -> None:
    """5 MW hosted in 2028 find neither a hall nor 5.5 MW of grid once the site is sold."""
    deck = [{"from_day": "2027-01-01", "btc_usd": 0, "network_eh": 1}]
    parts = for_sale(asic_models=[{"id": "m", "j_per_th": 20, "buyable": False}], btc=deck)
    parts["opening"] = [*parts["opening"], {"id": "f", "site": "s", "item": "m", "it_mw": 5, "in_service": "2026-01"}]
    plan: Decisions = {"hosted_mw": {("s", "shed", "m", "2028"): 5.0}}
    assert broken(small(**parts), plan) == []
    found = broken(small(**parts), plan | {"sold": {("s", "2028"): 1}})
    assert found == [("2.11", ("s", "shed", "2028"), Fraction(5)), ("6.4", ("s", "2028"), Fraction("5.5"))]
