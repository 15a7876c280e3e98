"""Figures in what is surely the wrong unit are noticed; those of the shipped instances and of the starter are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.instance import examine, starter
from tests.instance.case import Folder
from tests.shipped import NAMES

ASKS = "; is the unit right?"


@pytest.mark.parametrize(
    ("table", "line", "column", "value", "words"),
    [
        ("asic_models", 2, "j_per_th", "175", "found 175 J/TH; outside what is usual; usual: 5 to 60 J/TH"),
        ("asic_models", 2, "usd_per_th", "2000", "found 2000 $/TH; outside what is usual; usual: 3 to 60 $/TH"),
        ("leases", 3, "rent_usd_per_kw_month", "1560", "found 1560 $ per kW-month; outside what is usual; usual: 50 to 400"),
        ("leases", 3, "cap_rate_fraction", "0.5", "found 0.5; outside what is usual; usual: 0.03 to 0.15"),
        ("halls", 3, "capex_musd_per_module", "6", "found 0.6 M$ per MW of IT; outside what is usual; usual: 1 to 20"),
        ("halls", 2, "capex_musd_per_module", "60", "found 6 M$ per MW of IT; outside what is usual; usual: 0.1 to 1.5"),
        ("halls", 2, "pue_peak", "2.4", "found 2.4 facility MW per MW of IT; outside what is usual; usual: 1 to 2"),
        ("gpu_models", 2, "capex_musd_per_mw", "0.029", "found 0.029 M$ per MW of IT; outside what is usual; usual: 10 to 60"),
        ("gpu_market", 2, "usd_per_gpu_hour", "2900", "found 2900 $/h; outside what is usual; usual: 0.5 to 12 $/h"),
        ("power_prices", 2, "usd_per_mwh", "5001", "found 5001 $/MWh; outside what is usual; usual: -50 to 5000 $/MWh"),
        ("power_prices", 3, "usd_per_mwh", "-51", "found -51 $/MWh; outside what is usual; usual: -50 to 5000 $/MWh"),
        ("btc", 2, "network_eh", "1.05", "found 1.05 EH/s; outside what is usual; usual: 100 to 10000 EH/s"),
        ("btc", 3, "btc_usd", "90", "found 0.03557 $ per PH and day (and 1 more); outside what is usual; usual: 5 to 200 $ per PH and day"),
        ("debt", 2, "rate_fraction", "0.9", "found 0.9 per year; outside what is usual; usual: 0.01 to 0.2"),
    ],
)
def test_a_figure_in_the_wrong_unit(folder: Folder, table: str, line: int, column: str, value: str, words: str) -> None:
    folder.cell(table, line, column, value)
    found = [notice for notice in folder.notices() if notice.startswith(f"{table}.csv line {line}, {column}: {words}")]
    assert len(found) == 1, folder.notices()
    assert found[0].endswith(ASKS)


@pytest.mark.parametrize(
    ("table", "line", "column", "value", "words"),
    [
        ("asic_prices", 2, "usd_per_th", "1200", "found 1200 $/TH; outside what is usual; usual: 3 to 60 $/TH"),
        ("hosting", 2, "j_per_th", "210", "found 210 J/TH; outside what is usual; usual: 5 to 60 J/TH"),
        ("hosting", 2, "fee_usd_per_mwh", "0.06", "found 0.06 $/MWh; outside what is usual; usual: 30 to 150 $/MWh"),
        ("leases", 2, "load_factor_fraction", "0.085", "found 0.085; outside what is usual; usual: 0.4 to 1"),
        ("gpu_models", 2, "load_factor_fraction", "0.3", "found 0.3; outside what is usual; usual: 0.4 to 1"),
        ("generators", 2, "capex_musd_per_unit", "1.3", "found 0.13 M$ per MW; outside what is usual; usual: 0.3 to 6 M$ per MW"),
        ("generators", 3, "capex_musd_per_unit", "1300", "found 260 M$ per MW; outside what is usual; usual: 0.3 to 6 M$ per MW"),
        ("generators", 2, "heat_rate_mmbtu_per_mwh", "8500", "found 8500 MMBtu/MWh; outside what is usual; usual: 5 to 15 MMBtu/MWh"),
        ("fuel_prices", 2, "usd_per_mmbtu", "32", "found 32 $/MMBtu; outside what is usual; usual: 1 to 20 $/MMBtu"),
        ("ppas", 2, "strike_usd_per_mwh", "3", "found 3 $/MWh; outside what is usual; usual: 10 to 150 $/MWh"),
        ("charges", 2, "usd_per_kw_month", "2000", "found 2000 $ per kW-month; outside what is usual; usual: 0 to 40 $ per kW-month"),
        ("charges", 2, "usd_per_mw_day", "1200", "found 1200 $ per MW-day; outside what is usual; usual: 0 to 1000 $ per MW-day"),
        ("programmes", 2, "usd_per_mw_year", "40", "found 40 $ per MW-year; outside what is usual; usual: 5000 to 300000 $ per MW-year"),
        ("sites", 2, "property_tax_fraction", "0.2", "found 0.2 per year; outside what is usual; usual: 0 to 0.04 per year"),
        ("sites", 2, "loss_fraction", "0.2", "found 0.2; outside what is usual; usual: 0 to 0.15"),
        ("halls", 4, "contingency_fraction", "0.5", "found 0.5; outside what is usual; usual: 0 to 0.3"),
        ("conversions", 2, "contingency_fraction", "0.5", "found 0.5; outside what is usual; usual: 0 to 0.3"),
    ],
)
def test_a_figure_of_power_or_a_contract_in_the_wrong_unit(
    full: Folder, table: str, line: int, column: str, value: str, words: str
) -> None:
    full.cell(table, line, column, value)
    assert full.notice() == f"{table}.csv line {line}, {column}: {words}{ASKS}"


def test_many_rows_are_one_notice(folder: Folder) -> None:
    for line in (2, 3):
        folder.cell("leases", line, "rent_usd_per_kw_month", "0.13")
    words = "found 0.13 $ per kW-month (and 1 more); outside what is usual; usual: 50 to 400 $ per kW-month"
    assert folder.notice() == f"leases.csv line 2, rent_usd_per_kw_month: {words}{ASKS}"


def test_prices_in_cents_are_noticed_by_their_mean(folder: Folder) -> None:
    """0.1 x 9 + 0.9 x 2.8 = 3.42 in 2027, 3.65 in 2029."""
    text = folder.text("power_prices.csv")
    for old, new in (("0.1,90", "0.1,9"), ("0.9,28", "0.9,2.8"), ("0.1,95", "0.1,9.5"), ("0.9,30", "0.9,3")):
        text = text.replace(old, new)
    folder.put("power_prices.csv", text)
    assert folder.notice() == (
        "power_prices.csv line 2, usd_per_mwh: found 3.42 $/MWh on average over the year (and 1 more); outside what is usual; "
        f"usual: 5 to 300 $/MWh{ASKS}"
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("opening_cash_musd: 100", "opening_cash_musd: 100000", "finance.opening_cash_musd: found 100000 M$"),
        ("fraction: 0.1", "fraction: 0.5", "finance.discount_rate_fraction: found 0.5 per year"),
    ],
)
def test_settings_in_the_wrong_unit(folder: Folder, old: str, new: str, words: str) -> None:
    folder.swap("instance.yaml", old, new)
    assert words in folder.notice()
    assert folder.notice().startswith("instance.yaml line ")
    assert folder.notice().endswith(ASKS)


def test_a_halving_ahead_counts_for_the_hashprice(folder: Folder) -> None:
    """15,000 x 3.125 x 144 / 1,000,000 = 6.75, and half of it from the halving of 2028 on."""
    folder.put("btc.csv", "from_day,btc_usd,network_eh\n2027-01-01,15000,1000\n")
    assert "btc.csv line 2, btc_usd: found 3.375 $ per PH and day; outside" in folder.notice()
    folder.put("instance.yaml", folder.text("instance.yaml") + "halvings: [2012-11-28, 2016-07-09, 2020-05-11, 2024-04-20]\n")
    assert folder.notices() == []


@pytest.mark.parametrize("name", NAMES)
def test_shipped_instances_are_plausible(name: str) -> None:
    assert examine(Path(__file__).parents[2] / "instances" / name).notices == ()


def test_the_starter_is_plausible(tmp_path: Path) -> None:
    starter(tmp_path / "mine")
    assert examine(tmp_path / "mine").notices == ()
