"""Contracts and offers that cannot influence the plan (2027-01 to 2031-12, last period from 2031-01) are listed with the reason."""

from __future__ import annotations

import pytest

from tests.instance.case import Folder

WORDS = "it cannot influence the plan: "


def test_yields_under_the_contract_method(folder: Folder) -> None:
    folder.put("instance.yaml", folder.text("instance.yaml") + "  terminal_method: contract\n")
    assert folder.notice() == f"leases.csv line 2, cap_rate_fraction: found a yield in 2 of 2 rows; {WORDS}terminal_method is contract"


@pytest.mark.parametrize(("table", "line"), [("ppas", 2), ("programmes", 2), ("hosting", 2), ("charges", 2)])
def test_a_contract_outside_the_plan(full: Folder, table: str, line: int) -> None:
    full.cell(table, line, "from_month", "2025-01")
    full.cell(table, line, "to_month", "2027-01")
    assert full.notice() == f"{table}.csv line {line}, to_month: found 2027-01; {WORDS}the plan starts 2027-01"
    full.cell(table, line, "to_month", "2027-02")
    assert full.notices() == []
    full.cell(table, line, "to_month", "2040-01")
    full.cell(table, line, "from_month", "2032-01")
    assert full.notice() == f"{table}.csv line {line}, from_month: found 2032-01; {WORDS}the plan ends 2032-01"
    full.cell(table, line, "from_month", "2031-12")
    assert full.notices() == []


def test_a_lagging_charge_is_still_billed_after_the_plan(full: Folder) -> None:
    """Bills of 2032 are on the draw of 2031."""
    full.cell("charges", 3, "from_month", "2032-12")
    assert full.notices() == []
    full.cell("charges", 3, "from_month", "2033-01")
    assert full.notice() == (
        f"charges.csv line 3, from_month: found 2033-01; {WORDS}the plan ends 2032-01, and the last bill on it comes before 2033-01"
    )


def test_a_programme_where_nothing_is_mined(full: Folder) -> None:
    full.add("power_prices.csv", "pjm,2027,all,1,45")
    full.cell("sites", 3, "market", "pjm")
    full.cell("charges", 3, "block", "all")
    full.cell("programmes", 2, "market", "pjm")
    full.cell("programmes", 2, "blocks", "all")
    assert full.notice() == f"programmes.csv line 2, market: found 'pjm'; {WORDS}no site of this market can ever mine"
    full.cell("halls", 2, "buildable", "yes")
    assert full.notices() == []
    full.cell("asic_models", 2, "buyable", "no")
    assert full.notices() == []  # machines may move there from north
    full.remove("moves.csv")
    assert full.notice().startswith("programmes.csv line 2, market: found 'pjm'")
    full.add("opening.csv", "rigs,south,s21,,5,2026-01,,")
    assert full.notices() == []


@pytest.mark.parametrize("column", ["max_mw", "usd_per_mw_year"])
def test_a_programme_for_nothing(full: Folder, column: str) -> None:
    full.cell("programmes", 2, column, "0")
    assert full.notice() == f"programmes.csv line 2, {column}: found 0; {WORDS}nothing can be registered, or for nothing"


def test_moves_need_two_sites(full: Folder) -> None:
    full.put("moves.csv", "site,out_musd_per_mw\nnorth,0.01\n")
    assert full.notice() == f"moves.csv line 2, site: found 'north'; {WORDS}no other site has a row, so machines can go nowhere"


def test_moves_need_machines(full: Folder) -> None:
    for name in ("asic_models", "asic_prices", "programmes", "btc"):
        full.remove(f"{name}.csv")
    full.swap("opening.csv", "fleet,north,s21,,38,2024-04,10,\n", "")
    assert full.notices() == [
        f"moves.csv line {line}, site: found {site!r}; {WORDS}there are no asic_models" for line, site in ((2, "north"), (3, "south"))
    ]


def test_a_lease_that_a_site_may_not_take(full: Folder) -> None:
    """At north alone: too much AI, not eligible in time."""
    full.put("lease_sites.csv", "lease,site\nanchor,north\nsecond,north\n")
    full.cell("sites", 2, "max_ai_it_mw", "15")
    assert full.notice().startswith(f"leases.csv line 2, it_mw: found 20; {WORDS}max_ai_it_mw of site 'north' allows 15 MW")
    full.cell("sites", 2, "max_ai_it_mw", "")
    full.cell("sites", 2, "ai_eligible_from", "2029-02")
    assert f"leases.csv line 2, drop_dead: found 2029-07; {WORDS}ai_eligible_from of site 'north'" in full.notices()[0]
