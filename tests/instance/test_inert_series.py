"""Figures by date that cannot influence the plan (2027-01 to 2031-12, last period from 2031-01) are listed with the reason."""

from __future__ import annotations

import pytest

from planner.instance.inert import inert
from tests.example import everything
from tests.instance.case import Folder

WORDS = "it cannot influence the plan: "


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


def test_a_fuel_outside_the_plan_and_one_that_nothing_burns(full: Folder) -> None:
    full.add("fuel_prices.csv", "henry,2026,4\nhenry,2032,4\ndiesel,2027,18")
    assert full.notices() == [
        f"fuel_prices.csv line 3, from_year: found henry: 2026; {WORDS}the row of 2027 holds when the plan starts",
        f"fuel_prices.csv line 4, from_year: found henry: 2032; {WORDS}the plan ends in 2031",
        f"fuel_prices.csv line 5, fuel: found 'diesel'; {WORDS}no generator burns this fuel",
    ]


def test_prices_of_machines_outside_the_plan(full: Folder) -> None:
    """The machines that are left at the horizon are worth the price of 2032-01."""
    full.add("asic_prices.csv", "s21,2032-01,9,,")
    assert full.notices() == []
    full.add("asic_prices.csv", "s21,2032-02,8,,\ns21,2033-01,8,,\ns21,2025-01,20,,\ns21,2026-01,16,,")
    assert full.notices() == [
        f"asic_prices.csv line 6, from_month: found s21: 2025-01; {WORDS}a later row holds when the plan starts",
        f"asic_prices.csv line 4, from_month: found s21: 2032-02 to 2033-01 (2 rows); {WORDS}the plan ends 2032-01",
        f"asic_models.csv line 2, usd_per_th: found 14; {WORDS}asic_prices has a price that holds when the plan starts",
    ]


def test_a_price_that_is_replaced_with_the_first_month(full: Folder) -> None:
    full.cell("asic_prices", 2, "from_month", "2027-02")
    assert full.notices() == []
    full.cell("asic_prices", 2, "from_month", "2027-01")
    assert full.notice().startswith("asic_models.csv line 2, usd_per_th: found 14")
    full.cell("asic_models", 2, "usd_per_th", "")
    assert full.notices() == []


@pytest.mark.parametrize(("line", "name"), [(2, "all sites"), (3, "north")])
def test_delivery_limits_outside_the_plan(full: Folder, line: int, name: str) -> None:
    full.cell("delivery_limits", line, "from_month", "2031-01")
    assert full.notices() == []
    full.cell("delivery_limits", line, "from_month", "2031-02")
    assert full.notice() == (f"delivery_limits.csv line {line}, from_month: found {name}: 2031-02; {WORDS}the last period starts 2031-01")


def test_a_delivery_limit_that_another_replaces_before_the_start(full: Folder) -> None:
    full.add("delivery_limits.csv", "north,2026-01,20")
    words = f"delivery_limits.csv line 4, from_month: found north: 2026-01; {WORDS}a later row holds when the plan starts"
    assert full.notice() == words
    full.cell("delivery_limits", 3, "from_month", "2027-02")
    assert full.notices() == []


def test_availability_of_a_generator_that_is_never_in_the_market(full: Folder) -> None:
    full.add("power_prices.csv", "pjm,2027,all,1,45")
    full.cell("sites", 3, "market", "pjm")
    full.cell("charges", 3, "block", "all")
    full.add("availability.csv", "gas,pjm,all,0.8")
    reason = "none of these generators stands or can be commissioned at a site of market 'pjm'"
    assert full.notice() == f"availability.csv line 4, generator: found 'gas'; {WORDS}{reason}"
    full.cell("generators", 2, "sites", "")
    full.cell("generators", 2, "max_units", "0")
    assert full.notice() == f"availability.csv line 4, generator: found 'gas'; {WORDS}{reason}"
    full.cell("opening", 7, "site", "south")
    assert full.notices() == []


def test_ages_beyond_a_life(full: Folder) -> None:
    """A cluster lives for 60 months, so at the horizon it is 59 months old at most: the line to a later age still counts."""
    full.add("residuals.csv", "gb300,60,0.1")
    assert full.notices() == []
    full.cell("residuals", 3, "age_months", "58")
    assert full.notices() == []
    full.cell("residuals", 3, "age_months", "59")
    assert full.notice() == f"residuals.csv line 4, age_months: found gb300: 60; {WORDS}its life ends at 60 months"


def test_a_treasury_without_machines(full: Folder) -> None:
    for name in ("asic_models", "asic_prices", "moves", "programmes", "btc"):
        full.remove(f"{name}.csv")
    full.swap("opening.csv", "fleet,north,s21,,38,2024-04,10,\n", "")
    full.put("instance.yaml", full.text("instance.yaml") + "  treasury_cap_btc: 100\n")
    words = f"instance.yaml line 11, finance.treasury_cap_btc: found 100; {WORDS}there are no asic_models, so no bitcoin is mined"
    assert full.notice() == words


def test_a_deck_for_a_share_of_what_others_mine(full: Folder) -> None:
    for name in ("asic_models", "asic_prices", "moves", "programmes"):
        full.remove(f"{name}.csv")
    full.swap("opening.csv", "fleet,north,s21,,38,2024-04,10,\n", "")
    assert full.notice().startswith("btc.csv line 2, from_day")
    full.cell("hosting", 2, "share_fraction", "0.1")
    assert full.notices() == []
