"""Each MWh of mining used once, machines by the end of their life, machines of others, and bitcoin kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import pytest

from planner.tables import fleets, machines, mining
from planner.tables.book import Book
from planner.tables.frame import Row
from tests.check.portfolio import portfolio, valid_plan
from tests.example import whole
from tests.golden.test_instances import NAMES
from tests.tables import wide
from tests.tables.sample import book, book_of
from tests.tables.test_supply import cell, only, shipped

WIDE = wide.book()
BOOKS = [book(), book_of(portfolio(), valid_plan()), WIDE]
PARTS = ("hashed_mwh", "curtailed_mwh", "resold_mwh", "registered_mwh", "down_mwh")


def used_once(rows: Iterable[Row]) -> Fraction:
    """Hold the sum of every row; the MWh available in all of them."""
    available = Fraction(0)
    for row in rows:
        assert sum(cell(row, name) for name in PARTS) == cell(row, "available_mwh")
        assert all(cell(row, name) >= -1e-3 for name in PARTS)
        available += cell(row, "available_mwh")
    return available


@pytest.mark.parametrize("of", BOOKS)
def test_each_megawatt_hour_is_used_once(of: Book) -> None:
    """Hashed, curtailed, resold, registered and down are all that the machines plugged in could draw, to the last digit."""
    assert used_once(mining.rows(of)) > 0


@pytest.mark.parametrize("name", NAMES)
def test_each_megawatt_hour_of_the_shipped_instances_is_used_once(name: str) -> None:
    """The same of the plans that a solver finds."""
    assert used_once(mining.rows(shipped(name))) > 0


def test_what_becomes_of_mining_energy_by_hand() -> None:
    """Alpha at the peak of 2027Q3, 220.8 h, PUE 1.04: 60 MW plugged in, 2 % down, 12 hash, 12 facility MW are registered.

    4 MW of wind are resold; the rest of what stands still is just not bought. Gamma registers 20 of its 20 MW x 1.04 x 0.98 in 2028.
    """
    row = only(mining.rows(WIDE), site="alpha", period="2027Q3", block="peak")
    pue, hours = Fraction("1.04"), Fraction("220.8")
    stopped = (60 * Fraction("0.98") - 12) * pue - 12 - 4
    found = {name: cell(row, name) / hours for name in ("available_mwh", *PARTS)}
    assert found == {"available_mwh": 60 * pue, "hashed_mwh": 12 * pue, "curtailed_mwh": stopped, "resold_mwh": 4, "registered_mwh": 12,
                     "down_mwh": 60 * pue * Fraction("0.02")}  # fmt: skip
    other = only(mining.rows(WIDE), site="gamma", period="2028", block="peak")
    assert cell(other, "registered_mwh") == 20 * Fraction("878.4")
    assert cell(other, "curtailed_mwh") == (20 * pue * Fraction("0.98") - 20) * Fraction("878.4")
    rest = only(mining.rows(WIDE), site="gamma", period="2028", block="rest")
    assert (rest["registered_mwh"], rest["curtailed_mwh"]) == (0, 0)


def test_no_more_is_resold_in_place_of_mining_than_stands_still() -> None:
    """60 MW of wind resold against 24.336 MW that stand still: the rest of it takes the place of nothing here."""
    wind = whole().with_("ppas.wind.mw", 100)
    by = wide.plan(taken_mw={("wind", "2027Q1", "peak"): 60}, remarketed_mw={("wind", "2027Q1", "peak"): 60})
    row = only(mining.rows(book_of(wind, by)), site="alpha", period="2027Q1", block="peak")
    assert row["curtailed_mwh"] == 0
    assert cell(row, "resold_mwh") == (Fraction("29.4") - 6) * Fraction("1.04") * 216


def test_machines_by_the_end_of_their_life_by_hand() -> None:
    """90 MW of alpha die in January 2029: 5 leave in January 2027, 5 are sold in July and 30 in 2028. Gamma gets the 5 in April."""
    rows = {(r["site"], r["asic"], r["end_month"], r["period"]): r for r in fleets.machine_rows(WIDE)}
    alpha = {key[3]: row for key, row in rows.items() if key[:3] == ("alpha", "s21", "2029-01")}
    assert {label: row["in_service_mw"] for label, row in alpha.items()} == {
        "2027Q1": 85, "2027Q2": 85, "2027Q3": 80, "2027Q4": 80, "2028": 50}  # fmt: skip
    assert [alpha[label]["withdrawn_mw"] for label in alpha] == [5, 0, 0, 0, 0]
    assert [alpha[label]["resold_mw"] for label in alpha] == [0, 0, 5, 0, 30]
    gamma = rows["gamma", "s21", "2029-01", "2027Q2"]
    assert (gamma["in_service_mw"], gamma["placed_mw"]) == (5, 5)
    new = rows["alpha", "s23", "2034-01", "2029"]
    assert (new["in_service_mw"], new["bought_mw"]) == (10, 10)
    assert [key[2:] for key in rows if key[:2] == ("gamma", "s21")][-1] == ("2030-01", "2029")


@pytest.mark.parametrize("of", BOOKS)
def test_machines_by_end_of_life_add_up_to_the_fleet(of: Book) -> None:
    """By site, model and period they are what is installed (3.4)."""
    sums: dict[tuple[Any, ...], Fraction] = defaultdict(Fraction)
    for row in fleets.machine_rows(of):
        sums[row["site"], row["asic"], row["period"]] += cell(row, "in_service_mw")
    installed = {(row["site"], row["asic"], row["period"]): cell(row, "installed_mw") for row in machines.fleet_rows(of)}
    assert {key: mw for key, mw in sums.items() if mw} == {key: mw for key, mw in installed.items() if mw}


def test_hosting_by_hand() -> None:
    """5 MW at 21 J/TH pay 55 USD and a tenth of the reward per MWh of IT, 98 % of the hours, until notice ends them with 2027."""
    rows = {row["period"]: row for row in fleets.hosting_rows(WIDE)}
    assert [(row["contract_mw"], row["hosted_mw"]) for row in rows.values()] == [(5, 5)] * 4 + [(5, 0)]
    first, mwh = rows["2027Q1"], 5 * Fraction("0.98") * 2160
    assert first["drawn_mwh"] == mwh * Fraction("1.04")
    reward = WIDE.state("hashprice", "2027Q1") / (Fraction("0.024") * 21)
    assert first["revenue_musd"] == mwh * (55 + reward / 10) / 1_000_000
    assert first["energy_musd"] == mwh * Fraction("1.04") * Fraction("37.5") / 1_000_000
    assert rows["2028"]["revenue_musd"] == 0


def test_the_treasury_by_hand() -> None:
    """50 BTC of 2027Q1 are sold in 2028, 40 of 2028 stay: at 90,000 USD all through, with value when mined the same, nothing is gained."""
    rows = {row["period"]: row for row in fleets.treasury_rows(WIDE)}
    assert [row["stock_btc"] for row in rows.values()] == [50, 50, 50, 50, 40, 40, 40]
    assert [(rows[t]["kept_btc"], rows[t]["sold_btc"]) for t in ("2027Q1", "2028", "2030")] == [(50, 0), (40, 50), (0, 0)]
    assert rows["2027Q1"]["treasury_musd"] == Fraction("-4.5")
    assert rows["2028"]["treasury_musd"] == Fraction("0.9")
    assert rows["2030"]["stock_musd"] == Fraction("3.6") == WIDE.state("bitcoin_musd")


def test_a_stock_is_worth_the_price_of_the_last_day_and_a_gain_is_on_the_value_when_mined() -> None:
    """From the last day of 2028 a bitcoin is worth 120,000 USD: the 40 held then 4.8 M$, and the 50 sold in 2028 a little more."""
    deck = [whole().btc[0].model_dump(), {"from_day": "2028-12-31", "btc_usd": 120000.0, "network_eh": 1000.0}]
    dear = book_of(whole(btc=deck), wide.plan())
    rows = {row["period"]: row for row in fleets.treasury_rows(dear)}
    assert rows["2027Q4"]["stock_musd"] == Fraction("4.5")
    assert rows["2028"]["stock_musd"] == Fraction("4.8")
    assert rows["2028"]["gain_musd"] == Fraction(50 * 30000, 366 * 1_000_000)
    assert rows["2030"]["stock_musd"] == dear.state("bitcoin_musd")


def test_without_a_treasury_there_is_no_row() -> None:
    """No bitcoin may be kept, so the table is empty."""
    none = whole().with_("finance.treasury_cap_btc", 0)
    assert list(fleets.treasury_rows(book_of(none, wide.plan(kept_btc={}, final_btc={})))) == []
