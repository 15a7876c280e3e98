"""Every way to get a cell wrong is named in the words of the field, with what to write instead."""

from __future__ import annotations

import pytest

from planner.instance import load
from tests.instance.case import Folder

NUMBER_TEXTS = [
    ("1,5", ["found '1,5'", "write 1.5"]),
    ("1,500", ["write 1500 without thousands separators", "or 1.500 with a decimal point"]),
    ("1,234,567.8", ["write 1234567.8 without thousands separators"]),
    ("1 500", ["write 1500"]),
    ("1'500", ["write 1500"]),
    ("1_500", ["write 1500"]),
    ("1.234,5", ["write 1234.5 with a decimal point"]),
    ("12 MW", ["write 12: the unit stands in the name of the field"]),
    ("$3", ["write 3: the unit"]),
    ("€-3.5", ["write -3.5: the unit"]),
    ("50%", ["found '50%'; allowed: a number from 0 to 1000000"]),
    ("(5)", ["write -5"]),
    ("nan", ["found 'nan', not a finite number"]),
    ("NaN", ["not a finite number"]),
    ("inf", ["not a finite number"]),
    ("-Infinity", ["not a finite number"]),
    ("1e999", ["beyond what a number can hold"]),
    ("#DIV/0!", ["an error of the spreadsheet"]),
    ("#N/A", ["an error of the spreadsheet"]),
    ("0x10", ["found '0x10'"]),
    ("١٢", ["found '١٢'"]),
    ("ten", ["found 'ten'; allowed: a number from 0"]),
    ("-3", ["found '-3'; allowed: a number from 0"]),
    ("1" * 400, ["(400 characters)"]),
]


@pytest.mark.parametrize(("text", "parts"), NUMBER_TEXTS)
def test_text_in_a_number(folder: Folder, text: str, parts: list[str]) -> None:
    folder.cell("grid", 4, "cost_musd", text)
    message = folder.problem()
    assert message.startswith("grid.csv line 4, cost_musd: found ")
    assert all(part in message for part in parts), message


@pytest.mark.parametrize(
    ("text", "part"), [("2.5", "found '2.5'; allowed: a whole number from 0 to 1200"), ("1201", "'1201'"), ("1e300", "'1e300'")]
)
def test_whole_numbers(folder: Folder, text: str, part: str) -> None:
    folder.cell("equipment", 2, "lead_months", text)
    assert part in folder.problem()


def test_a_percentage_is_a_share_where_the_field_is_one(folder: Folder) -> None:
    """Elsewhere nobody knows what was meant, 27% of a price in $/MWh least of all."""
    folder.cell("power_prices", 2, "usd_per_mwh", "27%")
    folder.cell("debt", 2, "rate_fraction", "9 %")
    assert [message.partition("; allowed: ")[2] for message in folder.problems()] == [
        "a number from -100000 to 100000",
        "a number from 0 to 1; write 0.09 for a share",
    ]


@pytest.mark.parametrize("text", ["1.01", "-0.1"])
def test_shares(folder: Folder, text: str) -> None:
    folder.cell("btc", 2, "fee_fraction", text)
    folder.cell("debt", 2, "rate_fraction", text)
    assert folder.problems() == [
        f"btc.csv line 2, fee_fraction: found '{text}'; allowed: a number from 0 and below 1",
        f"debt.csv line 2, rate_fraction: found '{text}'; allowed: a number from 0 to 1",
    ]


def test_negative_hours(folder: Folder) -> None:
    folder.cell("power_prices", 2, "hours_fraction", "-0.1")
    folder.cell("power_prices", 3, "hours_fraction", "1.1")
    assert [str(p.found) for p in folder.report().problems] == ["'-0.1'", "'1.1'"]
    assert "hours_fraction: found '-0.1'; allowed: a number from 0 to 1" in folder.problems()[0]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("46113", ["an Excel serial date (2026-04-01)", "allowed: a month such as 2027-04 or 2027-04-01"]),
        ("4/1/2027", ["write 2027-04-01 or 2027-01-04"]),
        ("13/4/2027", ["write 2027-04-13"]),
        ("1.4.27", ["write 2027-01-04 or 2027-04-01"]),
        ("2027/4/1", ["write 2027-04-01"]),
        ("99/99/2027", ["found '99/99/2027'; allowed: a month"]),
        ("April 2027", ["found 'April 2027'"]),
        ("20270401", ["found '20270401'"]),
        ("2027-13", ["which is not in the calendar"]),
        ("2027-4", ["found '2027-4'"]),
        ("0000-01", ["which is not in the calendar"]),
        ("2028-02-30", ["which is not in the calendar"]),
        ("2028-07-15", ["planning dates are first days of months: write 2028-07"]),
    ],
)
def test_dates(folder: Folder, text: str, parts: list[str]) -> None:
    folder.cell("leases", 2, "ready_by", text)
    message = folder.problem()
    assert message.startswith("leases.csv line 2, ready_by: found ")
    assert all(part in message for part in parts), message


def test_a_day_may_be_any_day_of_the_month(folder: Folder) -> None:
    folder.cell("btc", 3, "from_day", "2028-04-17")
    assert load(folder.path).btc[1].from_day.day == 17
    folder.cell("btc", 3, "from_day", "17.4.2028")
    assert "allowed: a day such as 2027-04-17; write 2028-04-17" in folder.problem()


@pytest.mark.parametrize(("column", "line"), [("land_it_mw", 2), ("id", 3), ("market", 2)])
def test_a_blank_cell_without_a_default(folder: Folder, column: str, line: int) -> None:
    folder.cell("sites", line, column, "  ")
    assert f"sites.csv line {line}, {column}: blank; a value is required: " in folder.problems()[0]


def test_yes_or_no(folder: Folder) -> None:
    folder.cell("halls", 4, "buildable", "maybe")
    assert folder.problem() == "halls.csv line 4, buildable: found 'maybe'; allowed: yes or no"
    folder.cell("halls", 4, "buildable", "1")
    assert "found '1'; allowed: yes or no" in folder.problem()


@pytest.mark.parametrize(
    ("table", "column", "text", "hint"),
    [
        ("leases", "stage", "Signed", "did you mean 'signed'?"),
        ("leases", "product", "powered shell", "did you mean 'powered_shell'?"),
        ("grid", "kind", "energized", "did you mean 'energised'?"),
        ("equipment", "kind", "transformers", "allowed: transformer, breaker, switchgear; did you mean 'transformer'?"),
    ],
)
def test_did_you_mean_for_words_of_a_list(folder: Folder, table: str, column: str, text: str, hint: str) -> None:
    folder.cell(table, 2, column, text)
    assert hint in folder.problem()


@pytest.mark.parametrize("text", ["north site", "a-|north", "n" * 65, "nörth", "a/b"])
def test_ids_are_short_names(folder: Folder, text: str) -> None:
    folder.cell("budgets", 2, "note", text)
    folder.cell("grid", 4, "id", text)
    assert "grid.csv line 4, id: found " in folder.problem()
    assert "a short name of letters, digits" in folder.problem()


@pytest.mark.parametrize("text", ["north,south", "north;south", "north||south", "|north"])
def test_lists_of_ids_are_separated_by_bars(folder: Folder, text: str) -> None:
    folder.cell("halls", 4, "sites", text)
    assert "short names separated by '|'" in folder.problem()


def test_text_without_control_characters(folder: Folder) -> None:
    folder.cell("leases", 2, "tenant", "Example\x07")
    assert "leases.csv line 2, tenant: found 'Example\\x07'; allowed: text without control characters" in folder.problem()


@pytest.mark.parametrize("mark", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_no_text_is_shown_in_another_order_than_it_is_written(folder: Folder, mark: str) -> None:
    folder.cell("leases", 2, "tenant", f"Lab{mark}A")
    assert folder.problem().endswith("allowed: text without control characters")


@pytest.mark.parametrize("mark", ["\n", "\r\n", "\t"])
def test_the_name_of_a_tenant_stands_on_one_line(folder: Folder, mark: str) -> None:
    folder.cell("leases", 2, "tenant", f"Example{mark}AI")
    assert folder.problem().endswith("allowed: text without control characters")
    assert "leases.csv line 2, tenant: found 'Example\\" in folder.problem()


def test_notes_may_have_several_lines(folder: Folder) -> None:
    folder.cell("leases", 2, "note", "one\ntwo")
    assert folder.problems() == []


@pytest.mark.parametrize(
    ("table", "column", "text", "allowed"),
    [
        ("grid", "cost_musd", "1000001", "from 0 to 1000000"),
        ("grid", "mw", "1e7", "above 0 and up to 1000000"),
        ("sites", "land_it_mw", "1e12", "from 0 to 1000000"),
        ("sites", "energy_adder_usd_per_mwh", "-100001", "from -100000 to 100000"),
        ("halls", "capex_musd_per_module", "60000000", "from 0 to 1000000"),
        ("asic_models", "j_per_th", "0.0175", "from 0.1 to 1000"),
        ("asic_models", "j_per_th", "17500", "from 0.1 to 1000"),
        ("asic_models", "usd_per_th", "14000", "from 0 to 10000"),
        ("gpu_models", "gpus_per_mw", "380000", "above 0 and up to 100000"),
        ("gpu_market", "usd_per_gpu_hour", "290000", "from 0 to 100000"),
        ("leases", "rent_usd_per_kw_month", "130000", "from 0 to 100000"),
        ("power_prices", "usd_per_mwh", "100001", "from -100000 to 100000"),
        ("btc", "btc_usd", "1e9", "from 0 to 100000000"),
        ("btc", "network_eh", "1e21", "from 0.001 to 1000000"),
        ("debt", "limit_musd", "200000000", "from 0 to 1000000"),
        ("budgets", "capex_musd", "300000000", "from 0 to 1000000"),
    ],
)
def test_figures_that_no_solver_could_handle(folder: Folder, table: str, column: str, text: str, allowed: str) -> None:
    folder.cell(table, 2, column, text)
    assert folder.problems()[0] == f"{table}.csv line 2, {column}: found '{text}'; allowed: a number {allowed}"


@pytest.mark.parametrize(
    ("table", "line", "changes", "parts"),
    [
        ("grid", 2, {"from_month": ""}, ["from_month: blank; a value is required: for an energised row the month"]),
        ("grid", 2, {"cost_musd": "4"}, ["cost_musd: found 4; allowed: blank or 0 for an energised row"]),
        ("grid", 2, {"lead_months": "4"}, ["lead_months: found 4; allowed: blank or 0"]),
        ("halls", 3, {"pue_average": "1.45"}, ["pue_average: found 1.45; allowed: at most pue_peak, 1.4"]),
        ("halls", 4, {"sites": "north|south|north"}, ["sites: found north more than once; allowed: each site once"]),
        ("conversions", 2, {"off_months": "7"}, ["off_months: found 7; allowed: at most build_months, 6"]),
        ("conversions", 2, {"to_hall": "shed"}, ["to_hall: found 'shed'; allowed: another hall type than from_hall"]),
        ("leases", 2, {"drop_dead": "2028-06"}, ["drop_dead: found 2028-06; allowed: a month from ready_by, 2028-07, on"]),
        ("leases", 2, {"earliest_start": "2028-08"}, ["ready_by: found 2028-07; allowed: a month from earliest_start, 2028-08, on"]),
    ],
)
def test_fields_of_a_row_that_contradict_each_other(
    folder: Folder, table: str, line: int, changes: dict[str, str], parts: list[str]
) -> None:
    for column, text in changes.items():
        folder.cell(table, line, column, text)
    message = folder.problem()
    assert message.startswith(f"{table}.csv line {line}, ")
    assert all(part in message for part in parts), message


def test_a_contradiction_is_not_reported_on_top_of_a_faulty_field(folder: Folder) -> None:
    folder.cell("halls", 3, "pue_peak", "high")
    folder.cell("halls", 3, "pue_average", "1.45")
    assert folder.problem().startswith("halls.csv line 3, pue_peak: found 'high'")
