"""Series with a column per year, quarter, month or day are the long ones, in workbooks and in CSV files; what is not clear is a fault."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest

from planner.instance import load
from planner.instance.fields import specs
from planner.instance.heads import date_key
from planner.instance.wide import FIELD
from planner_models.schema import TABLES
from tests.instance.books import Book
from tests.instance.case import Folder

LONG = (
    "market,from_year,block,hours_fraction,usd_per_mwh\n"
    "ercot,2027,peak,0.1,90\nercot,2027,base,0.9,28\nercot,2029,peak,0.1,95\nercot,2029,base,0.9,30\n"
)
WIDE = (
    "market,block,field,2027,2028,2029\n"
    "ercot,peak,hours_fraction,0.1,,0.1\nercot,peak,usd_per_mwh,90,,95\n"
    "ercot,base,hours_fraction,0.9,,0.9\nercot,base,usd_per_mwh,28,,30\n"
)
FIXED = "market,block,hours_fraction,2027,2029\nercot,peak,0.1,90,95\nercot,base,0.9,28,30\n"
DECK = [["field", "2027Q1", "2027Q2", 2028], ["btc_usd", 80000, 82000, 90000], ["network_eh", 1050, 1060, 1150]]


def test_the_tables_that_may_be_wide() -> None:
    """Those with a year, a month or a day among their keys; none of them has a column of the name that tells figures apart."""
    dated = {name: date_key(model) for name, model in TABLES.items() if date_key(model)}
    expected = {"slots": "year", "gpu_market": "from_year", "power_prices": "from_year", "btc": "from_day", "budgets": "year"}
    assert expected.items() <= dated.items()
    assert not {"sites", "grid", "leases", "opening"} & set(dated)
    assert all(FIELD not in specs(TABLES[name]) for name in dated)


@pytest.mark.parametrize("text", [WIDE, FIXED], ids=["a row per figure", "a column that holds for all years"])
def test_a_wide_csv_file_is_the_long_one(folder: Folder, text: str) -> None:
    folder.put("power_prices.csv", LONG)
    before = load(folder.path)
    folder.put("power_prices.csv", text)
    assert load(folder.path) == before


def test_the_only_figure_needs_no_name_and_a_series_may_have_no_key(book: Book) -> None:
    """Budgets are one row under the years; supplier slots a row per type."""
    book.sheets["budgets"] = [[2027, 2028], [300, 400]]
    book.sheets["slots"] = [["equipment", 2028, 2029, "note"], ["tx", 2, 3, "frame contract"]]
    instance = book.report().instance
    assert instance is not None
    assert [(row.year, row.capex_musd) for row in instance.budgets] == [(2027, 300), (2028, 400)]
    assert [(row.equipment, row.year, row.units, row.note) for row in instance.slots] == [
        ("tx", 2028, 2, "frame contract"),
        ("tx", 2029, 3, "frame contract"),
    ]


@pytest.mark.parametrize(
    ("head", "day"),
    [
        (2027, dt.date(2027, 1, 1)),
        ("2027Q3", dt.date(2027, 7, 1)),
        ("2027-05", dt.date(2027, 5, 1)),
        ("2027-04-17", dt.date(2027, 4, 17)),
        (dt.date(2027, 4, 17), dt.date(2027, 4, 17)),
    ],
)
def test_heads_of_columns_that_name_a_day(book: Book, head: Any, day: dt.date) -> None:
    """Years, quarters and months stand for their first day; a head may be an Excel date."""
    book.sheets["btc"] = [["field", "2026-01", head], ["btc_usd", 80000, 90000], ["network_eh", 1050, 1100]]
    instance = book.report().instance
    assert instance is not None
    assert [row.from_day for row in instance.btc] == [dt.date(2026, 1, 1), day]


def test_optional_figures_take_their_default_where_no_row_names_them(book: Book) -> None:
    book.sheets["btc"] = DECK
    instance = book.report().instance
    assert instance is not None
    assert [(row.btc_usd, row.network_eh, row.fee_fraction) for row in instance.btc] == [
        (80000, 1050, 0),
        (82000, 1060, 0),
        (90000, 1150, 0),
    ]


def test_free_texts_of_the_rows_of_a_series_are_joined(book: Book) -> None:
    rows = [["note", "a", "b", "a"], ["source", "one", "one", None]]
    deck = [*DECK, ["fee_fraction", 0.01, 0.01, 0.01]]
    book.sheets["btc"] = [[*cells, *(texts[i] for texts in rows)] for i, cells in enumerate(deck)]
    instance = book.report().instance
    assert instance is not None
    assert {(row.note, row.source) for row in instance.btc} == {("a; b", "one")}


def test_a_column_that_holds_for_all_dates_is_at_fault_where_it_stands(book: Book) -> None:
    book.sheets["btc"] = [[*DECK[0], "fee_fraction"], [*DECK[1], None], [*DECK[2], 1.5]]
    assert book.problem() == "mine.xlsx sheet btc row 3, fee_fraction: found '1.5'; allowed: a number from 0 and below 1"


def swap(old: str, new: str) -> str:
    assert WIDE.count(old) == 1, old
    return WIDE.replace(old, new)


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (swap("2028,", "20Z8,"), ["line 1, '20Z8': found an unknown column; allowed: market, from_year, block"]),
        (swap("2028,", "FY28,"), ["line 1, 'FY28': found an unknown column"]),
        (swap("2028,", "2027,"), ["line 1, 2027: found the column a second time; allowed: each column once"]),
        (swap("2028,", ","), ["line 1: found column 5 without a name"]),
        (swap("peak,usd_per_mwh,90,", "peak,usd_per_mwh,,"), ["line 3, usd_per_mwh in 2027: blank; a value is required: a number"]),
        (swap("peak,usd_per_mwh,90,", "peak,usd_per_mwh,9O,"), ["line 3, usd_per_mwh in 2027: found '9O'; allowed: a number"]),
        (
            swap("ercot,peak,usd_per_mwh,90,,95\n", ""),
            ["line 2, usd_per_mwh: found no row for ercot/peak; allowed: a row with usd_per_mwh"],
        ),
        (
            swap("ercot,base,usd_per_mwh,28,,30\n", "ercot,base,usd_per_mwh,28,,30\nercot,base,usd_per_mwh,29,,30\n"),
            ["line 6, usd_per_mwh: found a second row for ercot/base; allowed: one row per series and figure; first in power_"],
        ),
        (
            swap("ercot,base,usd_per_mwh,28,,30\n", "ercot,base,usd_per_mwh,28,,30\nercot,night,usd_per_mwh,,,\n"),
            ["line 6, usd_per_mwh: found no figure under any date; allowed: a figure under at least one date, or no such row"],
        ),
        (
            swap("peak,usd_per_mwh", "peak,usd_per_mw"),
            ["line 3, field: found 'usd_per_mw'; allowed: hours_fraction, usd_per_mwh; did you mean"],
        ),
        (swap("peak,usd_per_mwh", "peak,"), ["line 3, field: blank; a value is required: hours_fraction, usd_per_mwh"]),
        (swap("peak,usd_per_mwh,90,", "peak,usd_per_mwh,90,7,"), ["line 3: found 7 cells; allowed: 6 cells, as in the header"]),
        (
            WIDE.replace(",block", "").replace(",peak", "").replace(",base", ""),
            ["line 1, block: found no such column; allowed: this column, which is required"],
        ),
        (
            WIDE.replace("field,", "").replace("hours_fraction,", "").replace("usd_per_mwh,", ""),
            ["line 1, field: found no such column; allowed: "],
        ),
        (swap("2027,2028", "2027Q1,2028"), ["line 1, from_year: found '2027Q1'; allowed: a whole number from 2009 to 2140"]),
        (swap("2027,", "1999,"), ["line 1, from_year: found '1999'; allowed: a whole number from 2009 to 2140"]),
    ],
)
def test_faults_name_the_cell(folder: Folder, text: str, messages: list[str]) -> None:
    folder.put("power_prices.csv", text)
    found = folder.problems()
    assert len(found) >= len(messages)
    assert all(told.startswith(f"power_prices.csv {message}") for told, message in zip(found, messages, strict=False)), found


@pytest.mark.parametrize("head", ["27Q3", "2027Q5", "Q3 2027", "Jan-27"])
def test_a_head_that_may_be_meant_for_a_date_is_told_the_forms(book: Book, folder: Folder, head: str) -> None:
    """Beside heads that are dates, and where none is; a table by year takes years only, and one without dates none."""
    forms = "; a date at the head of a column is a year 2027, a quarter 2027Q1, a month 2027-01 or a day 2027-04-17"
    for rows in (DECK, [row[:1] for row in DECK]):
        book.sheets["btc"] = [[*row, head if i == 0 else 81000] for i, row in enumerate(rows)]
        (message,) = (message for message in book.problems() if f"{head!r}: found an unknown column" in message)
        assert message.endswith(forms)
    folder.put("power_prices.csv", swap("2028,", f"{head},"))
    assert folder.problem().endswith("; a date at the head of a column is a year such as 2027")
    folder.put("power_prices.csv", LONG)
    folder.cell("sites", 2, head, "1")
    assert "a date at the head" not in folder.problem()


def test_most_faults_are_told_once(folder: Folder) -> None:
    """A head, a key or a cell that each year repeats is one fault, and nothing follows from it."""
    for old, new in (("2028,", "20Z8,"), ("peak,usd_per_mwh,90,", "peak,usd_per_mwh,,"), ("peak,usd_per_mwh", "peak,usd_per_mw")):
        folder.put("power_prices.csv", swap(old, new))
        assert len(folder.problems()) == 1, folder.problems()
    folder.put("slots.csv", "equipment,2028,2029\nt x,1,2\n")
    folder.put("power_prices.csv", LONG)
    assert folder.problem().startswith("slots.csv line 2, equipment: found 't x'; allowed: a short name")


def test_long_and_wide_at_once_is_a_fault(folder: Folder) -> None:
    folder.put("power_prices.csv", "market,from_year,block,field,2027,2028\nercot,2027,peak,usd_per_mwh,90,95\n")
    assert "power_prices.csv line 1, from_year: found this column beside the column 2027; allowed: one of the two" in folder.problems()[0]


def test_a_column_that_holds_for_all_dates_must_agree_and_may_stand_once(folder: Folder) -> None:
    text = "market,block,hours_fraction,field,2027\nercot,peak,0.1,usd_per_mwh,90\nercot,base,0.9,usd_per_mwh,28\n"
    folder.put("power_prices.csv", text)
    assert folder.problems() == []
    folder.put("power_prices.csv", text + "ercot,base,0.8,hours_fraction,0.8\n")
    assert folder.problem() == "power_prices.csv line 4, field: found 'hours_fraction'; allowed: usd_per_mwh"
    deck = "field,2027,fee_fraction\nbtc_usd,80000,0.01\nnetwork_eh,1000,0.02\n"
    folder.put("power_prices.csv", LONG)
    folder.put("btc.csv", deck)
    assert folder.problem() == (
        "btc.csv line 3, fee_fraction: found '0.02'; allowed: '0.01' as in btc.csv line 2, or blank: it holds for the whole series"
    )
    folder.put("btc.csv", deck.replace("0.02", ""))
    assert [row.fee_fraction for row in load(folder.path).btc] == [0.01]


def test_two_heads_for_one_date_are_a_fault(book: Book) -> None:
    book.sheets["btc"] = [["field", 2027, "2027Q1"], ["btc_usd", 1000, 1000], ["network_eh", 1050, 1060]]
    assert book.problems()[0] == (
        "mine.xlsx sheet btc row 1, 2027Q1: found the date of the column 2027 a second time; allowed: each date once"
    )


def test_a_blank_among_figures_is_a_fault_even_where_a_default_exists(book: Book) -> None:
    """A row of fees that ends early would silently go back to no fees."""
    book.sheets["btc"] = [*DECK, ["fee_fraction", 0.01, 0.01, None]]
    assert book.problem().startswith("mine.xlsx sheet btc row 4, fee_fraction in 2028: blank; a value is required: a number from 0")


def test_faults_of_a_series_in_a_workbook_name_sheet_row_and_date(book: Book) -> None:
    book.sheets["btc"] = [DECK[0], ["btc_usd", 80000, dt.date(2027, 1, 1), 90000], DECK[2]]
    assert book.problem().startswith(
        "mine.xlsx sheet btc row 2, btc_usd in 2027Q2: found an Excel date (2027-01-01); allowed: a number from 0 to 100000000"
    )


def test_faults_between_tables_find_their_row_and_date(book: Book) -> None:
    """The hours of a year must add up to 1: told in words of the row and the column where they stand."""
    wide = [
        ["market", "block", "field", 2027, 2029],
        ["ercot", "peak", "hours_fraction", 0.1, 0.2],
        ["ercot", "peak", "usd_per_mwh", 90, 95],
    ]
    book.sheets["power_prices"] = [*wide, ["ercot", "base", "hours_fraction", 0.9, 0.9], ["ercot", "base", "usd_per_mwh", 28, 30]]
    message = book.problem()
    assert message.startswith("mine.xlsx sheet power_prices row ")
    assert "hours_fraction in 2029: found" in message


def test_the_series_on_the_page_are_read(book: Book) -> None:
    """docs/workbook.md: each of its wide tables, as it stands there."""
    page = (Path(__file__).parents[2] / "docs" / "workbook.md").read_text()
    shown = re.findall(r"\*Sheet `(\w+)`[^|]*?\n\n((?:\|[^\n]*\n)+)", page)
    assert [name for name, _ in shown] == ["btc", "power_prices", "budgets"]
    for name, text in shown:
        rows = [[cell.strip() or None for cell in line.strip("|").split("|")] for line in text.splitlines()]
        book.sheets[name] = [rows[0], *rows[2:]]
    instance = book.report().instance
    assert instance is not None
    assert [len(getattr(instance, name)) for name, _ in shown] == [4, 6, 3]
    assert instance.btc[1].source == "house view"


def test_columns_of_dates_in_a_table_without_dates_are_unknown(folder: Folder) -> None:
    folder.put("sites.csv", "id,market,land_it_mw,2027\nnorth,ercot,60,1\nsouth,ercot,40,1\n")
    assert folder.problem().startswith("sites.csv line 1, '2027': found an unknown column; allowed: id, market, land_it_mw")
