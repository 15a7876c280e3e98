"""Rows that cannot influence the plan (2027-01 to 2031-12, last period from 2031-01) are listed with the reason."""

from __future__ import annotations

import pytest

from planner.instance.inert import inert
from tests.example import everything
from tests.instance.case import Folder

WORDS = "it cannot influence the plan: "


@pytest.mark.parametrize(
    ("table", "line", "changes", "start", "reason"),
    [
        ("grid", 3, {"from_month": "2031-02"}, "grid.csv line 3, from_month: found 2031-02", "the last starts 2031-01"),
        ("grid", 4, {"lead_months": "49"}, "grid.csv line 4, lead_months: found 49", "after the last period has begun, in 2031-01"),
        ("grid", 4, {"from_month": "2031-02"}, "grid.csv line 4, from_month: found 2031-02", "no period starts from then on"),
        ("slots", 2, {"year": "2032"}, "slots.csv line 2, year: found tx: 2032", "the plan runs from 2027 to 2031"),
        ("slots", 2, {"year": "2026"}, "slots.csv line 2, year: found tx: 2026", "the plan runs from 2027 to 2031"),
        ("budgets", 2, {"year": "2032"}, "budgets.csv line 2, year: found 2032", "the plan runs from 2027 to 2031"),
        ("conversions", 2, {"max_lots": "0"}, "conversions.csv line 2, id: found 'retrofit'", "no opening row allows a lot"),
        ("conversions", 2, {"from_modules": "5"}, "conversions.csv line 2, id: found 'retrofit'", "no opening row allows a lot"),
        ("conversions", 2, {"build_months": "49"}, "conversions.csv line 2, id: found 'retrofit'", "no opening row allows a lot"),
        (
            "conversions",
            2,
            {"from_hall": "ai"},
            "conversions.csv line 2, from_hall: found 'ai'",
            "no hall of this type stands at the opening",
        ),
        ("gpu_models", 2, {"lead_months": "49"}, "gpu_models.csv line 2, lead_months: found 49", "after the last period has begun"),
        ("gpu_models", 2, {"product": "powered_land"}, "gpu_models.csv line 2, product", "no hall of this product can stand"),
        (
            "leases",
            2,
            {"product": "powered_land"},
            "leases.csv line 2, product: found 'powered_land'",
            "no hall of this product can stand at site 'north'",
        ),
        (
            "leases",
            3,
            {"earliest_start": "2031-02", "ready_by": "2031-02"},
            "leases.csv line 3, earliest_start: found 2031-02",
            "no period starts",
        ),
        ("leases", 2, {"ready_by": "2027-01", "drop_dead": "2027-10"}, "leases.csv line 2, drop_dead: found 2027-10", "can stand 2028-01"),
        ("leases", 2, {"it_mw": "70"}, "leases.csv line 2, it_mw: found 70", "the land of site 'north' holds 60 MW"),
        (
            "leases",
            2,
            {"it_mw": "50"},
            "lease_sites.csv line 3, site: found 'south' for lease 'anchor'",
            "the land of site 'south' holds 40 MW",
        ),
        ("btc", 3, {"from_day": "2032-01-01"}, "btc.csv line 3, from_day: found 2032-01-01", "the plan ends 2032-01"),
        ("btc", 3, {"from_day": "2025-01-01"}, "btc.csv line 3, from_day: found 2025-01-01", "a later row holds when the plan starts"),
        (
            "debt",
            2,
            {"limit_musd": "0", "opening_balance_musd": "0"},
            "debt.csv line 2, available_from",
            "nothing can be drawn in any period",
        ),
        (
            "debt",
            2,
            {"available_from": "2031-02", "opening_balance_musd": "0"},
            "debt.csv line 2, available_from: found 2031-02 to 2032-01, limit 200",
            "nothing can be drawn in any period",
        ),
        ("opening", 2, {"in_service": "2032-01"}, "opening.csv line 2, in_service: found 2032-01", "the plan ends 2032-01"),
        (
            "opening",
            2,
            {"in_service": "2001-01", "tax_basis_musd": ""},
            "opening.csv line 2, in_service: found 2001-01",
            "its life is over",
        ),
    ],
)
def test_rows_without_effect(folder: Folder, table: str, line: int, changes: dict[str, str], start: str, reason: str) -> None:
    for column, text in changes.items():
        folder.cell(table, line, column, text)
    matching = [notice for notice in folder.notices() if notice.startswith(start)]
    assert len(matching) == 1, folder.notices()
    assert WORDS in matching[0]
    assert reason in matching[0]


@pytest.mark.parametrize(
    ("table", "line", "changes"),
    [
        ("grid", 4, {"lead_months": "48"}),
        ("grid", 3, {"from_month": "2031-01"}),
        ("slots", 2, {"year": "2031"}),
        ("conversions", 2, {"build_months": "48"}),
        ("gpu_models", 2, {"lead_months": "48"}),
        ("leases", 3, {"earliest_start": "2031-01", "ready_by": "2031-01"}),
        ("leases", 3, {"earliest_start": "2031-01", "ready_by": "2032-01"}),
        ("btc", 3, {"from_day": "2031-12-31"}),
        ("sites", 2, {"status": "confirmed", "owner": "ops", "source": "meter", "as_of": "2026-11", "note": "x"}),
    ],
)
def test_rows_at_the_edge_have_an_effect(folder: Folder, table: str, line: int, changes: dict[str, str]) -> None:
    for column, text in changes.items():
        folder.cell(table, line, column, text)
    assert folder.notices() == []


def test_an_asset_that_is_gone_still_matters_for_its_tax_basis(folder: Folder) -> None:
    folder.cell("opening", 2, "in_service", "2001-01")
    assert not any(notice.startswith("opening.csv line 2") for notice in folder.notices())


def test_a_site_without_grid(folder: Folder) -> None:
    folder.add("sites.csv", "west,ercot,10,")
    assert folder.notice() == (f"sites.csv line 4, id: found 'west'; {WORDS}it has no row in grid, so nothing can be occupied there")


def test_a_hall_that_never_stands(folder: Folder) -> None:
    folder.add("halls.csv", "bunker,turnkey,10,1.2,1.1,no,,,")
    assert folder.notice() == (
        f"halls.csv line 5, id: found 'bunker'; {WORDS}it neither stands, nor can be built within the plan, nor results from a conversion"
    )
    folder.cell("halls", 5, "buildable", "yes")
    assert folder.notices() == []
    folder.cell("halls", 5, "build_months", "49")
    assert "halls.csv line 5, id: found 'bunker'" in folder.notice()


def test_the_target_of_a_conversion_can_stand(folder: Folder) -> None:
    folder.cell("halls", 3, "buildable", "no")
    assert folder.notices() == []


def test_a_machine_that_is_neither_owned_nor_for_sale(folder: Folder) -> None:
    folder.add("asic_models.csv", "old,30,5,no")
    assert folder.notice() == f"asic_models.csv line 3, buyable: found no; {WORDS}it can neither be bought nor is it owned"
    folder.cell("asic_models", 3, "buyable", "yes")
    folder.cell("asic_models", 3, "lead_months", "49")
    assert "asic_models.csv line 3, lead_months: found 49" in folder.notice()
    folder.cell("asic_models", 3, "lead_months", "48")
    folder.cell("asic_models", 3, "product", "powered_land")
    assert "no hall of this product can stand" in folder.notice()


def test_equipment_that_arrives_after_the_plan(folder: Folder) -> None:
    folder.add("equipment.csv", "big,100,9,49")
    assert "equipment.csv line 3, lead_months: found 49" in folder.notice()


def test_prices_outside_the_plan_are_one_notice_per_market_and_side(folder: Folder) -> None:
    for year in (2020, 2021, 2032, 2040):
        folder.add("power_prices.csv", f"ercot,{year},peak,0.1,80\nercot,{year},base,0.9,20")
    assert folder.notices() == [
        f"power_prices.csv line 6, from_year: found ercot: 2020 to 2021 (4 rows); {WORDS}the row of 2027 holds when the plan starts",
        f"power_prices.csv line 10, from_year: found ercot: 2032 to 2040 (4 rows); {WORDS}the plan ends in 2031",
    ]


def test_a_gpu_price_outside_the_plan(folder: Folder) -> None:
    folder.add("gpu_market.csv", "gb300,2032,2,20")
    assert folder.notice() == f"gpu_market.csv line 3, from_year: found gb300: 2032; {WORDS}the plan ends in 2031"


def test_a_market_that_no_site_uses(folder: Folder) -> None:
    folder.add("power_prices.csv", "pjm,2027,all,1,50\npjm,2028,all,1,52")
    assert folder.notice() == f"power_prices.csv line 6, market: found 'pjm'; {WORDS}no site pays the prices of this market"


def test_a_deck_without_machines(folder: Folder) -> None:
    folder.put("asic_models.csv", "id,j_per_th\n")
    folder.put("opening.csv", folder.text("opening.csv").replace("fleet,north,s21,,38,2024-04,10\n", ""))
    assert folder.notice() == f"btc.csv line 2, from_day: found 2027-01-01 to 2028-01-01 (2 rows); {WORDS}there are no asic_models"


def test_yields_under_the_contract_method(folder: Folder) -> None:
    folder.put("instance.yaml", folder.text("instance.yaml") + "  terminal_method: contract\n")
    assert folder.notice() == f"leases.csv line 2, cap_rate_fraction: found a yield in 2 of 2 rows; {WORDS}terminal_method is contract"


def test_a_long_period_says_which_budgets_and_slots_it_does_not_read() -> None:
    """A period of 2028-2029 with a budget for 2028 alone has no budget, and takes all deliveries in 2028: both are said."""
    long = everything(
        periods=[{"months": 3, "count": 4}, {"months": 24, "count": 1}],
        budgets=[{"year": 2027, "capex_musd": 400}, {"year": 2028, "capex_musd": 0}],
        slots=[{"equipment": "main_tx", "year": 2028, "units": 1}, {"equipment": "main_tx", "year": 2029, "units": 0}],
    )
    said = {(remark.table, remark.row): remark.reason for remark in inert(long) if remark.table in ("budgets", "slots")}
    assert set(said) == {("budgets", 1), ("slots", 1)}
    assert "each of its years" in said["budgets", 1]
    assert "all deliveries in 2028" in said["slots", 1]
