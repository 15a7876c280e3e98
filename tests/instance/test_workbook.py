"""A workbook is read as a folder is, with faults by sheet and Excel row; what is written can be read back without loss."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from planner.errors import CannotWrite, InvalidInstance
from planner.excel import MOST_LETTERS
from planner.instance import book as books
from planner.instance import convert, examine, load, raw, starter, write, xlsx
from planner.instance.fields import specs
from planner.instance.parts import README, SETTINGS
from planner_models.schema import TABLES, Instance
from planner_models.sheets import PAST_HALVINGS
from tests.example import everything
from tests.instance.books import Book, Formula
from tests.instance.case import Folder

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(path.parent for path in (ROOT / "instances").glob("*/instance.yaml"))


def files(folder: Path) -> dict[str, bytes]:
    """The files of a folder by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# ---- the same instance in both forms


def test_a_workbook_is_the_instance_of_the_folder(book: Book, folder: Folder) -> None:
    report = book.report()
    assert (report.problems, report.notices) == ((), ())
    assert report.instance == load(folder.path) == load(str(book.path))


@pytest.mark.parametrize("source", SHIPPED, ids=lambda path: path.name)
def test_shipped_instances_survive_the_way_there_and_back(source: Path, tmp_path: Path) -> None:
    """Folder -> workbook -> folder -> workbook -> folder: the same instance throughout, and the same bytes from the second folder on."""
    convert(source, tmp_path / "a.xlsx")
    convert(tmp_path / "a.xlsx", tmp_path / "a")
    assert load(tmp_path / "a.xlsx") == load(tmp_path / "a") == load(source)
    convert(tmp_path / "a", tmp_path / "b.xlsx")
    convert(tmp_path / "b.xlsx", tmp_path / "b")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert files(tmp_path / "a").get("README.md") == files(source).get("README.md")
    write(load(source), tmp_path / "plain")
    changed = {name for name, data in files(tmp_path / "plain").items() if files(tmp_path / "a")[name] != data}
    assert changed == {"instance.yaml"}  # which has the comments besides


def comments(path: Path) -> list[str]:
    """The words of all comments of a YAML file in which no value holds a '#', but for lines for editors."""
    words = [line.partition("#")[2].strip() for line in path.read_text().splitlines()]
    return [word for word in words if word and not word.startswith("yaml-language-server")]


@pytest.mark.parametrize("source", SHIPPED, ids=lambda path: path.name)
def test_comments_on_settings_survive(source: Path, tmp_path: Path) -> None:
    """They are the note of the setting in the workbook, and come back in their order."""
    convert(source, tmp_path / "a.xlsx")
    convert(tmp_path / "a.xlsx", tmp_path / "a")
    assert comments(ROOT / "instances" / "rockdale" / "instance.yaml")
    assert comments(tmp_path / "a" / "instance.yaml") == comments(source / "instance.yaml")


@pytest.mark.parametrize("example", [everything(), everything(title="a=1+1", halvings=PAST_HALVINGS, budgets=[])])
def test_a_folder_without_comments_comes_back_byte_for_byte(example: Instance, tmp_path: Path) -> None:
    """The folder from a workbook is the one that `write` writes."""
    write(example, tmp_path / "a")
    convert(tmp_path / "a", tmp_path / "a.xlsx")
    convert(tmp_path / "a.xlsx", tmp_path / "b")
    assert files(tmp_path / "a") == files(tmp_path / "b")
    write(example, tmp_path / "direct.xlsx")
    assert load(tmp_path / "direct.xlsx") == example
    assert (tmp_path / "direct.xlsx").read_bytes() == (tmp_path / "a.xlsx").read_bytes()


def test_the_starter_survives(tmp_path: Path) -> None:
    """Comments of several lines above each key; the schema for editors and the line that leads to it are named as left behind."""
    starter(tmp_path / "a")
    left = convert(tmp_path / "a", tmp_path / "a.xlsx").left
    assert left == ("schema.json", "the line `# yaml-language-server: ...` of instance.yaml")
    convert(tmp_path / "a.xlsx", tmp_path / "b")
    assert load(tmp_path / "b") == load(tmp_path / "a")
    assert " ".join(comments(tmp_path / "b" / "instance.yaml")) == " ".join(comments(tmp_path / "a" / "instance.yaml"))


def test_free_columns_survive(folder: Folder, tmp_path: Path) -> None:
    texts = {"status": "1=1+1", "owner": ' "quoted", and more', "source": "two\nlines\t", "as_of": "46113", "note": "é ☂ _x000D_ {=2}"}
    for column, text in texts.items():
        folder.cell("leases", 3, column, text)
    convert(folder.path, tmp_path / "a.xlsx")
    lease = load(tmp_path / "a.xlsx").leases[1]
    assert {name: getattr(lease, name) for name in texts} == texts
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert not any("<f>" in archive.read(name).decode() for name in archive.namelist())


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=20), number=st.floats(allow_nan=False, allow_infinity=False))
def test_any_text_and_any_number_survive_or_are_refused(folder: Folder, tmp_path_factory: Any, text: str, number: float) -> None:
    """A value that the schema takes comes back as it was, to the last digit."""
    instance = load(folder.path)
    try:
        changed = instance.with_("title", text).with_("sites.north.note", text).with_("finance.opening_cash_musd", number)
    except ValueError:
        return
    path = tmp_path_factory.mktemp("any") / "copy.xlsx"
    write(changed, path)
    assert load(path) == changed


def test_numbers_keep_their_last_digit_and_are_numbers_in_excel(folder: Folder, tmp_path: Path) -> None:
    third = 0.1 + 0.2
    write(load(folder.path).with_("finance.cost_inflation_fraction", third), tmp_path / "a.xlsx")
    assert load(tmp_path / "a.xlsx").finance.cost_inflation_fraction == third
    rows = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).get_sheet_by_name("instance").to_python()
    assert ["finance.cost_inflation_fraction", third] == next(row[:2] for row in rows if row[0] == "finance.cost_inflation_fraction")


def test_sheets_stand_in_order_and_empty_tables_have_none(tmp_path: Path) -> None:
    write(everything(budgets=[]), tmp_path / "a.xlsx")
    names = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).sheet_names
    assert names == ["instance", *(name for name in TABLES if getattr(everything(budgets=[]), name))]
    assert load(tmp_path / "a.xlsx").budgets == ()


def test_names_of_sheets_fit_excel_and_each_other() -> None:
    names = [SETTINGS, README, *TABLES]
    assert all(len(name) <= 31 for name in names)
    assert len({name.lower() for name in names}) == len(names)


def test_a_readme_keeps_its_lines(folder: Folder, tmp_path: Path) -> None:
    text = "# Title\n\n=1+1 is text\n\ttab\tand | bar\n  indented\n"
    folder.put("README.md", text)
    convert(folder.path, tmp_path / "a.xlsx")
    assert examine(tmp_path / "a.xlsx").notices == ()
    convert(tmp_path / "a.xlsx", tmp_path / "back")
    assert (tmp_path / "back" / "README.md").read_text() == text


def test_an_empty_readme_is_none_and_one_that_is_no_text_is_a_fault(folder: Folder, tmp_path: Path) -> None:
    folder.put("README.md", "")
    convert(folder.path, tmp_path / "a.xlsx")
    folder.put("README.md", b"\xff\xfe")
    with pytest.raises(InvalidInstance, match=r"README\.md: found text in UTF-16"):
        convert(folder.path, tmp_path / "b.xlsx")
    assert not (tmp_path / "b.xlsx").exists()


# ---- what a person types


def test_numbers_are_read_as_they_show(book: Book) -> None:
    """2027 is stored as 2027.0; an id or a text may be a number too, and yes and no may be Excel's own."""
    book.put("slots", 2, "year", 2028.0)
    book.put("sites", 2, "note", 46113)
    book.put("halls", 2, "buildable", False)
    instance = book.report().instance
    assert instance is not None
    assert instance.slots[0].year == 2028
    assert instance.sites[0].note == "46113"
    assert instance.halls[0].buildable is False


def test_rows_and_columns_in_any_order_and_blank_ones_between(book: Book, folder: Folder) -> None:
    rows = book.sheets["sites"]
    book.sheets["sites"] = [[], *([None, *reversed(row), None] for row in rows[:2]), [], [None, *reversed(rows[2])]]
    book.sheets["instance"][1:] = reversed(book.sheets["instance"][1:])
    assert book.report().instance == load(folder.path)


def test_notes_on_settings_become_comments(book: Book, tmp_path: Path) -> None:
    book.sheets["instance"] += [["finance", None, "all from"], ["finance", None, "the board"], ["periods[1]", None, "years"]]
    convert(book.save(), tmp_path / "a")
    text = (tmp_path / "a" / "instance.yaml").read_text()
    assert "# all from\n# the board\nfinance:\n" in text
    assert "  opening_cash_musd: 100  # from the treasurer\n" in text
    assert "  - {months: 12, count: 4}  # years\n" in text
    assert load(tmp_path / "a") == load(book.path)


def test_a_note_that_no_file_can_hold_is_a_fault(book: Book) -> None:
    book.put("instance", 3, "note", "a\x85b")
    assert book.problem() == r"mine.xlsx sheet instance row 3, note on start: found 'a\x85b'; allowed: text without control characters"


# ---- faults: file, sheet, row, field, found, allowed


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "message"),
    [
        (
            "leases",
            2,
            "product",
            "turnky",
            "found 'turnky'; allowed: mining, powered_land, powered_shell, turnkey; did you mean 'turnkey'?",
        ),
        ("sites", 3, "land_it_mw", -1, "found '-1'; allowed: a number from 0 to 1000000"),
        ("sites", 3, "land_it_mw", "1,000", "found '1,000'; allowed: a number from 0 to 1000000; write 1000 without thousands separators"),
        ("slots", 2, "year", 2028.5, "found '2028.5'; allowed: a whole number from 2009 to 2140"),
        ("sites", 3, "market", None, "blank; a value is required: a short name"),
        ("opening", 2, "site", "nroth", "found unknown 'nroth'; allowed: a site: north, south; did you mean 'north'?"),
    ],
)
def test_faults_of_cells(book: Book, sheet: str, row: int, column: str, value: Any, message: str) -> None:
    book.put(sheet, row, column, value)
    assert book.problem().startswith(f"mine.xlsx sheet {sheet} row {row}, {column}: {message}")


def test_a_problem_tells_file_sheet_and_row(book: Book) -> None:
    """For programs: the parts stand in fields of their own."""
    book.put("leases", 2, "product", "turnky")
    (problem,) = book.report().problems
    assert (problem.file, problem.sheet, problem.line, problem.field) == ("mine.xlsx", "leases", 2, "product")


def test_rows_are_counted_as_excel_does(book: Book) -> None:
    book.sheets["sites"].insert(1, [])
    book.sheets["sites"].insert(0, [])
    book.sheets["sites"][4][2] = -1
    assert book.problem().startswith("mine.xlsx sheet sites row 5, land_it_mw: found '-1'")


def test_faults_come_in_the_order_of_the_sheets_and_name_the_first_of_two(book: Book) -> None:
    book.sheets["debt"].append(list(book.sheets["debt"][1]))
    book.put("sites", 2, "land_it_mw", "lots")
    book.put("instance", 3, "value", "soon")
    messages = book.problems()
    assert [message.partition(":")[0] for message in messages] == [
        "mine.xlsx sheet instance row 3, start",
        "mine.xlsx sheet sites row 2, land_it_mw",
        "mine.xlsx sheet debt row 3, id",
    ]
    assert messages[2].endswith("first in mine.xlsx sheet debt row 2")


def test_notices_name_sheet_and_row(book: Book) -> None:
    book.sheets["slots"].append(["tx", 2050, 1])
    assert book.notice().startswith("mine.xlsx sheet slots row 4, year: found tx: 2050; it cannot influence the plan")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["periods[1].months", 0]], "row 10, periods[1].months: found the key a second time; allowed: each key once"),
        ([["finance.opening_cash_musd.x", 3]], "row 10, finance.opening_cash_musd: found the key a second time; allowed: each key once"),
        ([["finance", 3]], "row 10, finance: found the key a second time; allowed: each key once"),
        ([["periods[0]", 3]], "row 10, periods[0]: found the key a second time; allowed: each key once"),
        ([["colour", 1]], "row 10, colour: found an unknown key; allowed: name, title"),
        ([["finance.discount_rate", 1]], "row 10, finance.discount_rate: found an unknown key"),
        ([["periods[3].months", 3], ["periods[3].count", 3]], "row 10, periods[3]: found an item behind a gap; allowed: items [0], [1]"),
        ([["halvings", "2012-11-28"]], "row 10, halvings: found '2012-11-28'; allowed: a list: rows halvings[0], halvings[1] and so on"),
        ([["halvings[0]", "soon"]], "row 10, halvings[0]: found 'soon'; allowed: a day such as 2027-04-17"),
        ([["options", 3]], "row 10, options: found '3'; allowed: a block of keys: gap_fraction"),
        ([["options.seed", 1.5]], "row 10, options.seed: found '1.5'; allowed: a whole number"),
        ([["options..seed", 1]], "row 10, options..seed: found an unknown key"),
        ([["sites", 1]], "row 10, sites: found a table; allowed: only settings here; rows stand in the sheet sites"),
        ([[None, 7]], "row 10, field: blank; a value is required: the name of a setting"),
    ],
)
def test_faults_of_settings(book: Book, rows: list[list[Any]], message: str) -> None:
    book.sheets["instance"] += rows
    assert book.problems()[0].startswith(f"mine.xlsx sheet instance {message}")


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (["field", "valeu"], "row 1, 'valeu': found an unknown column; allowed: field, value, note; did you mean 'value'?"),
        (["field", "value", "value"], "row 1, value: found the column a second time; allowed: each column once"),
        (["name", "two_sites"], "row 1, 'name': found an unknown column"),
    ],
)
def test_faults_of_the_header_of_the_settings(book: Book, header: list[str], message: str) -> None:
    book.sheets["instance"][0] = header
    assert book.problems()[0].startswith(f"mine.xlsx sheet instance {message}")


def test_blank_settings_take_the_default_and_a_list_may_be_empty(book: Book) -> None:
    book.sheets["instance"] += [["title", None], ["finance.tax_rate_fraction", " "], ["halvings", None], ["options", None]]
    instance = book.report().instance
    assert instance is not None
    assert instance.finance.tax_rate_fraction == 0.21
    assert len(instance.halvings) > 4
    book.sheets["instance"][-2][1] = "[]"
    assert book.problem().startswith("mine.xlsx sheet instance row 12, halvings: found no date; allowed: a list")


def test_columns_unknown_nameless_and_missing(book: Book) -> None:
    book.put("sites", 2, "colour", "red")
    book.sheets["sites"][0][-1] = None
    assert book.problem() == (
        "mine.xlsx sheet sites row 1: found column 5 without a name; allowed: a name over each column; name it or empty its cells"
    )
    book.sheets["sites"][0][-1] = "colour"
    assert "'colour': found an unknown column" in book.problem()


# ---- sheets


@pytest.mark.parametrize(("name", "meant"), [("Sites", "sites"), ("site", "sites"), ("sites.land", "sites")])
def test_a_slip_in_the_name_of_a_sheet_is_a_fault(book: Book, name: str, meant: str) -> None:
    book.sheets[name] = book.sheets.pop("sites")
    message = book.problems()[0]
    assert message.startswith(f"mine.xlsx sheet {name}: found an unknown sheet; allowed: instance, sites, grid")
    assert message.endswith(f"did you mean '{meant}'?")
    assert dot_or_single(name, book)


def dot_or_single(name: str, book: Book) -> bool:
    """A slip leaves no 'unknown site' behind it; a sheet named after a table and a field says nothing of the table itself."""
    return "." in name or len(book.problems()) == 1


def test_a_sheet_named_after_a_table_and_a_field_is_a_fault_beside_the_table(book: Book) -> None:
    book.sheets["power_prices.usd_per_mwh"] = [["market", 2027], ["ercot", 30]]
    assert book.problem().endswith("did you mean 'power_prices'?")


def test_other_sheets_are_a_notice_and_never_silent(book: Book) -> None:
    book.sheets["workings"] = [["=anything"]]
    book.sheets["sites (2)"] = [["id"]]
    assert book.notices() == [
        "mine.xlsx sheet workings: found a sheet of another kind; it is not read",
        "mine.xlsx sheet sites (2): found a sheet of another kind; it is not read",
    ]


def test_a_hidden_sheet_is_read_with_a_notice(book: Book, folder: Folder) -> None:
    book.hidden.add("budgets")
    assert book.notice() == "mine.xlsx sheet budgets: found a hidden sheet; it is read like the others"
    assert load(book.path) == load(folder.path)


def test_an_empty_sheet_is_a_fault_and_a_header_alone_is_an_empty_table(book: Book) -> None:
    book.sheets["budgets"] = []
    assert book.problem() == (
        "mine.xlsx sheet budgets: found an empty sheet; allowed: a header row, then rows; or no such sheet for an empty table"
    )
    book.sheets["budgets"] = [["year", "capex_musd"]]
    assert book.report().instance is not None


def test_merged_cells_are_refused_where_they_would_hide_blanks(book: Book) -> None:
    book.sheets["readme"] = [["some words"]]
    book.merged = {"power_prices": "A2:A3", "readme": "A1:C1"}
    message = book.problem()
    assert message.startswith(
        "mine.xlsx sheet power_prices row 2: found merged cells A2:A3; allowed: a value in each cell; take them apart"
    )


def test_a_workbook_without_settings_is_no_instance(book: Book) -> None:
    book.sheets["Instanc"] = book.sheets.pop("instance")
    message = book.problem()
    assert message.startswith("mine.xlsx: found not an instance workbook: no sheet instance; allowed: a workbook with a sheet instance")
    assert message.endswith("did you mean to name the sheet 'Instanc' instance?")


# ---- dates, times, formulas, errors


def test_excel_dates_are_read_as_days_with_a_word(book: Book) -> None:
    book.put("leases", 2, "ready_by", dt.date(2028, 7, 1))
    book.put("btc", 3, "from_day", dt.date(2028, 1, 1))
    book.put("sites", 2, "as_of", dt.date(2026, 5, 31))
    book.put("instance", 3, "value", dt.date(2027, 1, 1))
    assert book.notice() == (
        "mine.xlsx: found 4 Excel dates in the sheets instance, sites, leases, btc; read as 2027-01-01, 2026-05-31, 2028-07-01, 2028-01-01"
    )
    instance = load(book.path)
    assert instance.leases[0].ready_by == dt.date(2028, 7, 1)
    assert instance.btc[1].from_day == dt.date(2028, 1, 1)
    assert instance.sites[0].as_of == "2026-05-31"
    assert instance.start == dt.date(2027, 1, 1)


def test_an_excel_date_that_is_no_first_of_a_month_is_a_fault_of_a_month(book: Book) -> None:
    book.put("leases", 2, "ready_by", dt.date(2028, 7, 4))
    assert "row 2, ready_by: found '2028-07-04'" in book.problem()


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "found"),
    [
        ("sites", 2, "land_it_mw", dt.date(1900, 3, 1), "an Excel date (1900-03-01); allowed: a number from 0 to 1000000; format the cell"),
        ("slots", 2, "year", dt.date(2028, 1, 1), "an Excel date (2028-01-01); allowed: a whole number from 2009 to 2140"),
        ("sites", 2, "market", dt.date(2028, 1, 1), "an Excel date (2028-01-01); allowed: a short name"),
        ("leases", 2, "ready_by", dt.datetime(2028, 7, 1, 9, 30), "an Excel date with a time of day (2028-07-01 09:30:00)"),
        ("leases", 2, "note", dt.time(9, 30), "an Excel time (09:30:00)"),
        ("instance", 8, "value", dt.date(2028, 7, 1), "an Excel date (2028-07-01); allowed: a number from 0 and below 1"),
    ],
)
def test_dates_and_times_elsewhere_are_refused(book: Book, sheet: str, row: int, column: str, value: Any, found: str) -> None:
    book.put(sheet, row, column, value)
    name = "finance.discount_rate_fraction" if sheet == "instance" else column
    assert book.problem().startswith(f"mine.xlsx sheet {sheet} row {row}, {name}: found {found}")


def test_formulas_are_read_as_values_with_a_word(book: Book) -> None:
    book.put("sites", 2, "land_it_mw", Formula("=30*2", 60))
    book.put("btc", 2, "btc_usd", Formula("=A1", 81000))
    book.put("btc", 2, "note", Formula('="two"&"words"', "two words"))
    assert book.notice() == "mine.xlsx: found 3 formulas in the sheets sites, btc; the value that Excel last calculated was read"
    instance = load(book.path)
    assert (instance.sites[0].land_it_mw, instance.btc[0].btc_usd, instance.btc[0].note) == (60, 81000, "two words")


def test_a_single_formula_and_a_formula_in_a_sheet_that_is_not_read(book: Book) -> None:
    book.sheets["workings"] = [[Formula("=1+1", 2)]]
    book.put("sites", 2, "land_it_mw", Formula("=30*2", 60))
    assert book.notices()[1] == "mine.xlsx: found 1 formula in the sheet sites; the value that Excel last calculated was read"


@pytest.mark.parametrize(("column", "allowed"), [("land_it_mw", "a number from 0"), ("market", "a short name"), ("note", "text without")])
def test_an_error_is_refused_by_cell_in_every_kind_of_field(book: Book, column: str, allowed: str) -> None:
    """calamine gives an error as a blank cell, which would take the default."""
    book.put("sites", 3, column, Formula("=1/0", "#DIV/0!"))
    message = book.problem()
    assert message.startswith(f"mine.xlsx sheet sites row 3, {column}: found #DIV/0!, an error of the spreadsheet; allowed: {allowed}")
    assert message.endswith("put it right in Excel")


def test_an_error_in_the_last_row_of_a_sheet_is_seen(book: Book) -> None:
    """It stands below and right of all that calamine tells."""
    book.sheets["sites"].append([None, None, None, None, Formula("=NA()", "#N/A")])
    assert any("sheet sites row 4" in message for message in book.problems())


def test_an_error_among_the_settings(book: Book) -> None:
    book.put("instance", 9, "value", Formula("=A1", "#REF!"))
    assert book.problem().startswith(
        "mine.xlsx sheet instance row 9, finance.opening_cash_musd: found #REF!, an error of the spreadsheet; allowed: a number"
    )


@pytest.mark.parametrize("path", ["finance", "halvings"])
def test_an_error_or_a_date_in_place_of_a_block_or_list(book: Book, path: str) -> None:
    rows = book.sheets["instance"]
    book.sheets["instance"] = [*(row for row in rows if not str(row[0]).startswith(path)), [path, dt.date(2028, 7, 1)]]
    assert f", {path}: found an Excel date (2028-07-01); allowed: a " in book.problem()


def test_the_text_of_an_error_is_text(book: Book) -> None:
    book.put("sites", 3, "note", "#REF!")
    instance = book.report().instance
    assert instance is not None
    assert instance.sites[1].note == "#REF!"


@pytest.mark.parametrize("value", ["", "<v />", "<v></v>"])
def test_a_formula_that_was_never_calculated_is_refused(book: Book, value: str) -> None:
    """As programs write them that are not Excel, openpyxl with an empty value: blank would take the default."""
    book.put("sites", 2, "power_factor", Formula("=1-0.1", 0.9))
    book.save()
    book.edit("xl/worksheets/sheet2.xml", "<f>1-0.1</f><v>0.9</v>", f"<f>1-0.1</f>{value}")
    (problem,) = examine(book.path).problems
    assert str(problem).startswith("mine.xlsx sheet sites row 2, power_factor: found a formula without a value; allowed: a number above 0")


def test_a_formula_that_was_never_calculated_is_seen_below_all_values(book: Book) -> None:
    """calamine does not tell of its row."""
    book.sheets["sites"].append([None, Formula("=1-0.1", 0.9)])
    book.save()
    book.edit("xl/worksheets/sheet2.xml", "<f>1-0.1</f><v>0.9</v>", "<f>1-0.1</f>")
    assert "mine.xlsx sheet sites row 4, market: found a formula without a value" in [
        str(problem).partition(";")[0] for problem in examine(book.path).problems
    ]


def test_cells_without_addresses_are_counted(book: Book) -> None:
    """Addresses are optional in the format."""
    book.put("sites", 3, "note", Formula("=1/0", "#DIV/0!"))
    book.save()
    book.edit("xl/worksheets/sheet2.xml", '<c r="D3" t="e">', '<c t="e">')
    assert str(examine(book.path).problems[0]).startswith("mine.xlsx sheet sites row 3, note: found #DIV/0!")


# ---- files that are no workbooks, or too large


def test_no_such_file(tmp_path: Path) -> None:
    message = str(examine(tmp_path / "none.xlsx").problems[0])
    assert message.endswith(
        "none.xlsx: found no such file; allowed: an instance folder: one that holds instance.yaml; or an .xlsx workbook"
    )


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "a file that is no workbook"),
        (b"id,market\n", "a file that is no workbook"),
        (b"PK\x03\x04rest", "a damaged workbook ("),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "an old workbook (.xls) or one with a password; allowed: an .xlsx workbook; in Excel save as",
        ),
    ],
)
def test_files_that_are_no_workbook(tmp_path: Path, content: bytes, found: str) -> None:
    (tmp_path / "x.xlsx").write_bytes(content)
    assert str(examine(tmp_path / "x.xlsx").problems[0]).startswith(f"x.xlsx: found {found}")


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as archive:
        archive.writestr("a.txt", "a")
    assert str(examine(tmp_path / "x.xlsx").problems[0]).startswith("x.xlsx: found a damaged workbook (")


def test_a_folder_may_be_called_like_a_workbook(folder: Folder, tmp_path: Path) -> None:
    folder.path.rename(tmp_path / "folder.xlsx")
    assert load(tmp_path / "folder.xlsx").name == "two_sites"


def test_large_files_are_refused_before_they_are_read(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    book.save()
    monkeypatch.setattr(xlsx, "UNPACKED_LIMIT_BYTES", 1000)
    assert "MB unpacked; allowed: at most 0 MB; it was not read" in str(examine(book.path).problems[0])
    monkeypatch.setattr(raw, "LIMIT_BYTES", 1000)
    assert "allowed: at most 0.001 MB; it was not read" in str(examine(book.path).problems[0])


def test_a_cell_far_out_is_refused_before_it_takes_memory(book: Book) -> None:
    book.sheets["sites"].append([None] * 99 + ["x"])
    book.save()
    book.edit("xl/worksheets/sheet2.xml", 'r="CV4"', 'r="XFD1048576"')
    assert str(examine(book.path).problems[0]) == (
        "mine.xlsx sheet sites: found cells as far as XFD1048576; allowed: at most 100,000 rows, 16,384 columns and 2,000,000 cells; "
        "it was not read; delete what stands far out"
    )


CUTS = st.tuples(st.floats(0, 1), st.integers(0, 30), st.binary(max_size=8))


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(part=st.sampled_from(["whole", "xl/workbook.xml", "xl/worksheets/sheet2.xml", "xl/sharedStrings.xml", "xl/styles.xml"]), cut=CUTS)
def test_any_bytes_are_read_or_refused(book: Book, part: str, cut: tuple[float, int, bytes]) -> None:
    """A cut into the file or into a part of it: an instance or problems, never another exception."""
    where, length, piece = cut
    book.save()
    if part == "whole":
        data = book.path.read_bytes()
        at = int(where * len(data))
        book.path.write_bytes(data[:at] + piece + data[at + length :])
    else:
        with zipfile.ZipFile(book.path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        at = int(where * len(parts[part]))
        parts[part] = parts[part][:at] + piece + parts[part][at + length :]
        with zipfile.ZipFile(book.path, "w") as archive:
            for name, data in parts.items():
                archive.writestr(name, data)
    report = examine(book.path)
    assert (report.instance is None) == bool(report.problems)


# ---- writing


def test_nothing_is_overwritten(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "mine.xlsx").write_text("precious")
    with pytest.raises(CannotWrite, match="is not overwritten: it exists; give the name of a new file"):
        write(load(folder.path), tmp_path / "mine.xlsx")
    assert (tmp_path / "mine.xlsx").read_text() == "precious"


def test_a_failure_leaves_nothing(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(books, "_cell", refuse)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(CannotWrite, match="cannot be written: No space left on device"):
        write(load(folder.path), tmp_path / "mine.xlsx")
    assert sorted(tmp_path.iterdir()) == before
    with pytest.raises(CannotWrite, match="cannot be written"):
        write(load(folder.path), tmp_path / "no" / "such" / "mine.xlsx")
    with pytest.raises(CannotWrite, match="cannot be written"):
        write(load(folder.path), str(tmp_path / "a\0b.xlsx"))


def test_what_excel_cannot_hold_is_refused(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = load(folder.path).with_("sites.north.note", "x" * (MOST_LETTERS + 1))
    with pytest.raises(CannotWrite, match="row 2 of sites has a text of more than the 32,767 letters of a cell"):
        write(long, tmp_path / "a.xlsx")
    write(load(folder.path).with_("sites.north.note", "x" * MOST_LETTERS), tmp_path / "b.xlsx")
    assert len(load(tmp_path / "b.xlsx").sites[0].note or "") == MOST_LETTERS
    monkeypatch.setattr(books, "MOST_ROWS", 3)
    with pytest.raises(CannotWrite, match="instance has more rows than the 3 of a sheet"):
        write(load(folder.path), tmp_path / "c.xlsx")


def test_a_formula_whose_result_is_an_empty_text_is_blank(book: Book) -> None:
    """`=IF(A1>0,A1,"")` as Excel saves it: a text, if an empty one, so that the default holds."""
    book.put("sites", 2, "power_factor", Formula('=""', "words"))
    book.save()
    book.edit("xl/worksheets/sheet2.xml", "<v>words</v>", "<v></v>")
    report = examine(book.path)
    assert report.problems == ()
    assert report.instance is not None
    assert report.instance.sites[0].power_factor == specs(TABLES["sites"])["power_factor"].default


@pytest.mark.parametrize("path", ["mine.xlsx", "mine"])
def test_what_stands_where_nobody_may_look_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """A workbook or folder in a folder without leave: every look at it fails."""

    def refuse(place: Any, **_: Any) -> Any:
        raise PermissionError(13, "Permission denied", str(place))

    for name in ("stat", "lstat", "listdir"):
        monkeypatch.setattr(f"os.{name}", refuse)
    monkeypatch.setattr(Path, "stat", refuse)
    monkeypatch.setattr(Path, "lstat", refuse)
    (problem,) = examine(tmp_path / path).problems
    monkeypatch.undo()
    assert "that cannot be read ([Errno 13] Permission denied" in str(problem)
