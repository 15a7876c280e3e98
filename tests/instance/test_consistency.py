"""Faults between tables: duplicates, and amounts that do not fit each other; what follows from a faulty row is not told."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from planner.instance import load
from planner_models.schema import Instance
from tests.instance.case import Folder


@pytest.mark.parametrize(
    ("table", "row", "words"),
    [
        ("sites", "north,ercot,5,", "id: found 'north' a second time; allowed: each once; first in sites.csv line 2"),
        ("grid", "n1,south,energised,4,2020-01,,", "id: found 'n1' a second time; allowed: each once; first in grid.csv line 4"),
        ("slots", "tx,2028,9", "equipment/year: found 'tx/2028' a second time; allowed: each once; first in slots.csv line 2"),
        ("gpu_market", "gb300,2027,1,1", "gpu/from_year: found 'gb300/2027' a second time"),
        (
            "lease_sites",
            "anchor,north,3",
            "lease/site: found 'anchor/north' a second time; allowed: each once; first in lease_sites.csv line 2",
        ),
        ("btc", "2027-01-01,1,1,", "from_day: found '2027-01-01' a second time"),
        ("budgets", "2027,1", "year: found '2027' a second time"),
        ("debt", "loan,1,0,2030-01,", "id: found 'loan' a second time"),
    ],
)
def test_keys_given_twice(folder: Folder, table: str, row: str, words: str) -> None:
    folder.add(f"{table}.csv", row)
    assert words in folder.problem()


def test_a_price_given_twice(folder: Folder) -> None:
    folder.add("power_prices.csv", "ercot,2027,peak,0,90")
    assert "market/from_year/block: found 'ercot/2027/peak' a second time" in folder.problem()


SHARED = [("generators", 3, "tx"), ("halls", 4, "tx"), ("halls", 3, "gas"), ("asic_models", 2, "shell"), ("gpu_models", 2, "s21")]


@pytest.mark.parametrize(("table", "line", "other"), SHARED)
def test_items_share_one_list_of_ids(full: Folder, table: str, line: int, other: str) -> None:
    full.cell(table, line, "id", other)
    assert any(f"{table}.csv line {line}, id: found '{other}', an id of " in message for message in full.problems())
    allowed = "allowed: an id used once in equipment, generators, halls, asic_models, gpu_models; first in "
    assert any(allowed in message for message in full.problems())


@pytest.mark.parametrize(
    ("table", "row", "words"),
    [
        ("generators", "gas,gas,north,2,10,,henry,8,,", "id: found 'gas' a second time"),
        ("availability", "sun,ercot,peak,1", "generator/market/block: found 'sun/ercot/peak' a second time"),
        ("fuel_prices", "henry,2027,4", "fuel/from_year: found 'henry/2027' a second time"),
        ("delivery_limits", "north,2027-01,4", "site/from_month: found 'north/2027-01-01' a second time"),
        ("delivery_limits", ",2027-01,4", "site/from_month: found 'blank/2027-01-01' a second time; allowed: each once; first in"),
        ("asic_prices", "s21,2027-06,4,,", "asic/from_month: found 's21/2027-06-01' a second time"),
        ("moves", "north,,,", "site: found 'north' a second time"),
        ("residuals", "gb300,24,0.2", "item/age_months: found 'gb300/24' a second time"),
        ("ppas", "wind,south,yes,1,20,2027-01,2028-01", "id: found 'wind' a second time"),
        ("charges", "wires,south,own_peak,,3,,,,", "id: found 'wires' a second time"),
        ("programmes", "reserve,ercot,base,40000,,,", "id: found 'reserve' a second time"),
        ("hosting", "guest,north,1,21,60,2026-01,", "id: found 'guest' a second time"),
    ],
)
def test_keys_of_other_tables_given_twice(full: Folder, table: str, row: str, words: str) -> None:
    full.add(f"{table}.csv", row)
    assert words in full.problem()


@pytest.mark.parametrize("price", ["12", "12.5"])
def test_used_machines_are_cheaper_than_new_ones(full: Folder, price: str) -> None:
    full.cell("asic_prices", 2, "resale_usd_per_th", "11.5")
    assert full.notices() == []
    full.cell("asic_prices", 2, "resale_usd_per_th", price)
    assert f"asic_prices.csv line 2, resale_usd_per_th: found {price}; allowed: less than usd_per_th, 12" in full.problem()


def test_machines_that_cost_nothing_fetch_nothing(full: Folder) -> None:
    full.cell("asic_prices", 2, "usd_per_th", "0")
    full.cell("asic_prices", 2, "resale_usd_per_th", "0")
    assert full.problems() == []


@pytest.mark.parametrize(("table", "line", "item"), [("gpu_models", 2, "gb300"), ("asic_models", 2, "s21"), ("generators", 2, "gas")])
def test_residuals_by_age_stand_for_the_one_figure(full: Folder, table: str, line: int, item: str) -> None:
    full.put("residuals.csv", f"item,age_months,residual_fraction\n{item},12,0.5\n")
    assert full.problems() == []
    full.cell(table, line, "residual_fraction", "0.2")
    assert full.problem() == (
        f"{table}.csv line {line}, residual_fraction: found 0.2; allowed: 0, as residuals says what {item!r} is worth by age; "
        "first in residuals.csv line 2"
    )


def test_a_module_fits_the_land_of_a_site(folder: Folder) -> None:
    folder.cell("halls", 4, "module_it_mw", "61")
    assert folder.problem() == (
        "halls.csv line 4, module_it_mw: found 61; allowed: at most 60, the largest land_it_mw of the sites where it may stand"
    )
    folder.cell("halls", 4, "sites", "south")
    assert "allowed: at most 40" in folder.problem()


def test_the_target_of_a_conversion_fits_too(folder: Folder) -> None:
    folder.cell("halls", 3, "buildable", "no")
    folder.cell("halls", 3, "module_it_mw", "61")
    assert "halls.csv line 3, module_it_mw: found 61" in folder.problem()


def test_blocks_are_all_hours_of_a_year(folder: Folder) -> None:
    folder.cell("power_prices", 5, "hours_fraction", "0.85")
    assert folder.problem() == ("power_prices.csv line 4, hours_fraction: found a sum of 0.95 over the blocks of ercot 2029; allowed: 1")


def test_blocks_may_be_rounded_to_nine_digits_and_no_less(folder: Folder) -> None:
    rows = "\n".join(f"ercot,2027,b{i},{{}},30" for i in range(3))
    header = "market,from_year,block,hours_fraction,usd_per_mwh\n"
    folder.put("power_prices.csv", header + rows.format(*["0.3333333333"] * 3) + "\n")
    assert folder.problems() == []
    folder.put("power_prices.csv", header + rows.format(*["0.333333"] * 3) + "\n")
    assert "found a sum of 0.999999 over the blocks of ercot 2027" in folder.problem()


def test_the_blocks_of_a_market_are_the_same_in_every_year(folder: Folder) -> None:
    folder.cell("power_prices", 4, "block", "top")
    assert folder.problem() == ("power_prices.csv line 4, block: found top, base in 2029; allowed: the blocks of ercot 2027: peak, base")


def test_a_lease_names_a_site(folder: Folder) -> None:
    folder.put("lease_sites.csv", "lease,site\nanchor,north\n")
    assert "leases.csv line 3, id: found 'second' without a row in lease_sites; allowed: at least one site" in folder.problem()


def test_opening_debt_is_within_the_limit(folder: Folder) -> None:
    folder.cell("debt", 2, "opening_balance_musd", "200.5")
    assert folder.problem() == "debt.csv line 2, opening_balance_musd: found 200.5; allowed: at most limit_musd, 200"


def test_an_instance_made_in_python_raises_the_same(folder: Folder) -> None:
    instance = load(folder.path)
    with pytest.raises(ValidationError, match=r"leases row 1, it_mw: found 61; allowed: at most 60"):
        instance.with_("leases.anchor.mandatory", True).with_("leases.anchor.it_mw", 61)
    sites = (*instance.sites, instance.sites[0])
    with pytest.raises(ValidationError, match=r"sites row 3, id: found 'north' a second time; allowed: each once; first in sites row 1"):
        instance.with_("sites", sites)


def test_an_instance_of_settings_alone_is_valid(folder: Folder) -> None:
    instance = load(folder.path)
    assert Instance(name="bare", start=instance.start, periods=instance.periods, finance=instance.finance).sites == ()


@pytest.mark.parametrize(
    ("table", "line", "column", "value"),
    [
        ("sites", 2, "land_it_mw", "x"),
        ("sites", 2, "market", "?"),
        ("halls", 2, "pue_peak", "x"),
        ("halls", 4, "module_it_mw", "x"),
        ("equipment", 2, "mva", "x"),
        ("asic_models", 2, "j_per_th", "x"),
        ("gpu_models", 2, "gpus_per_mw", "x"),
        ("gpu_market", 2, "market_it_mw", "x"),
        ("leases", 2, "it_mw", "x"),
        ("lease_sites", 4, "rent_adder_usd_per_kw_month", "x"),
        ("power_prices", 2, "usd_per_mwh", "x"),
        ("power_prices", 2, "from_year", "x"),
        ("btc", 2, "btc_usd", "x"),
        ("opening", 2, "count", "x"),
        ("opening", 5, "count", "x"),
        ("generators", 2, "unit_mw", "x"),
        ("fuel_prices", 2, "usd_per_mmbtu", "x"),
        ("fuel_prices", 2, "from_year", "x"),
        ("grid", 2, "mw", "x"),
        ("sites", 4, "option_price_musd", "x"),
        ("conversions", 2, "max_lots", "x"),
        ("hosting", 2, "it_mw", "x"),
        ("charges", 3, "lag_months", "x"),
    ],
)
def test_a_faulty_row_causes_no_follow_on(full: Folder, table: str, line: int, column: str, value: str) -> None:
    full.cell(table, line, column, value)
    assert full.problem().startswith(f"{table}.csv line {line}, {column}: found ")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("start: 2027-01", "start: soon", "start"),
        ("count: 4}\n  - {months: 12", "count: no}\n  - {months: 12", "periods[0].count"),
        ("rate_fraction: 0.1", "rate_fraction: no", "finance.discount_rate_fraction"),
        ("name: two_sites", "name: ''", "name"),
    ],
)
def test_faulty_settings_cause_no_follow_on(folder: Folder, old: str, new: str, field: str) -> None:
    folder.swap("instance.yaml", old, new)
    assert folder.report().problems[0].field == field
    assert len(folder.problems()) == 1
    folder.cell("grid", 2, "site", "nort")
    assert len(folder.problems()) == 2
