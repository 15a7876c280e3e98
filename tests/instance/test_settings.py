"""instance.yaml is read as YAML 1.2; every fault names the line and the path of the key."""

from __future__ import annotations

import datetime as dt

import pytest

from planner.instance import load
from tests.instance.case import Folder


def test_every_key_can_be_given(folder: Folder) -> None:
    folder.put(
        "instance.yaml",
        """# a comment
name: case
title: "Prices: high"
start: "2027-01-01"
periods:
- months: 3
  count: 4
- {months: 12, count: 4}
halvings: [2012-11-28, 2016-07-09, 2020-05-11, 2024-04-20, 2028-04-17]
objective: equity_value
finance: {discount_rate_fraction: 1e-1, opening_cash_musd: -2, terminal_method: contract, dividends_from: 2028-01}
options:
  time_limit_s: 60
  seed: 7
""",
    )
    instance = load(folder.path)
    assert instance.title == "Prices: high"
    assert instance.periods[0].months == 3
    assert instance.halvings[3:] == (dt.date(2024, 4, 20), dt.date(2028, 4, 17))
    assert instance.finance.opening_cash_musd == -2
    assert instance.finance.dividends_from == dt.date(2028, 1, 1)
    assert instance.options.time_limit_s == 60
    assert instance.options.threads == 0


@pytest.mark.parametrize("blank", ["", "null", "~"])
def test_null_and_nothing_take_the_default(folder: Folder, blank: str) -> None:
    folder.put("instance.yaml", folder.text("instance.yaml") + f"options: {blank}\ntitle: {blank}\n")
    assert load(folder.path).options.seed == 0
    assert load(folder.path).title == ""


def test_a_quoted_null_is_text(folder: Folder) -> None:
    folder.put("instance.yaml", folder.text("instance.yaml") + 'title: "null"\n')
    assert load(folder.path).title == "null"


def test_faults_name_line_and_path(folder: Folder) -> None:
    folder.put(
        "instance.yaml",
        """name: two sites
start: 2027-01-15
periods:
  - {months: 3, count: 4}
  - {months: 0, count: 2.5}
finance:
  discount_rate_fraction: ten
  cash_floor: 4
options:
  threads: -1
""",
    )
    assert folder.problems() == [
        "instance.yaml line 1, name: found 'two sites'; allowed: a short name of letters, digits, '_', '.' and '-', at most 64, "
        "starting with a letter or digit",
        "instance.yaml line 2, start: found '2027-01-15'; allowed: a month such as 2027-04 or 2027-04-01; "
        "planning dates are first days of months: write 2027-01",
        "instance.yaml line 5, periods[1].count: found '2.5'; allowed: a whole number from 1 to 400",
        "instance.yaml line 5, periods[1].months: found '0'; allowed: a whole number from 1 to 120",
        "instance.yaml line 6, finance.opening_cash_musd: blank; a value is required: a number from -1000000 to 1000000",
        "instance.yaml line 7, finance.discount_rate_fraction: found 'ten'; allowed: a number from 0 and below 1",
        "instance.yaml line 8, finance.cash_floor: found an unknown key; allowed: discount_rate_fraction, opening_cash_musd, "
        "cash_floor_musd, overhead_musd_per_year, price_year, cost_inflation_fraction, capex_inflation_fraction, dividends_from, "
        "tax_rate_fraction, loss_use_fraction, opening_loss_musd, opening_income_musd, treasury_cap_btc, terminal_method, "
        "capitalised_from_months, exit_cost_fraction, opening_restricted_musd, restricted_until, cash_interest_fraction, "
        "change_penalty_musd, shares_count; "
        "did you mean 'cash_floor_musd'?",
        "instance.yaml line 10, options.threads: found '-1'; allowed: a whole number from 0 to 1000000",
    ]


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("start: 2027-01", "start: 2027-01\nstart: 2027-04", ["line 3, start: found the key a second time; allowed: each key once"]),
        ("  opening_cash_musd: 100", "  opening_cash_musd: .nan", ["line 8, finance.opening_cash_musd: found '.nan', not a finite number"]),
        ("  opening_cash_musd: 100", "  opening_cash_musd: .inf", ["not a finite number"]),
        ("  opening_cash_musd: 100", "  opening_cash_musd: 100 M$", ["found '100 M$'", "write 100"]),
        ("start: 2027-01", "start: 46113", ["an Excel serial date (2026-04-01)"]),
        ("start: 2027-01", "start: [2027-01]", ["line 2, start: found a list; allowed: a month"]),
        ("start: 2027-01", "start: !!python/name:os.system x", ["with the tag tag:yaml.org,2002:python/name:os.system"]),
        ("start: 2027-01", "start: !mine 2027-01", ["found '2027-01' with the tag !mine"]),
        ("start: 2027-01", "strat: 2027-01\nstart: 2027-01", ["'start'", "did you mean"]),
        (
            "start: 2027-01",
            "sites: []\nstart: 2027-01",
            ["line 2, sites: found a table; allowed: only settings here; rows stand in sites.csv"],
        ),
        ("start: 2027-01", "halvings: 2028-04-17\nstart: 2027-01", ["line 2, halvings: found '2028-04-17'; allowed: a list"]),
        ("start: 2027-01", "halvings: [2028-04-17, 17]\nstart: 2027-01", ["line 2, halvings[1]: found '17'; allowed: a day such as"]),
        (
            "start: 2027-01",
            "halvings: [2012-11-28, 2016-07-09, 2020-05-11, 2024-04-20, ]\nobjective: 3\nstart: 2027-01",
            ["objective: found '3'; allowed: equity_value"],
        ),
        ("start: 2027-01", "halvings: [~]\nstart: 2027-01", ["halvings[0]: blank; a value is required: a day"]),
        ("start: 2027-01", "options: 3\nstart: 2027-01", ["options: found '3'; allowed: a block of keys: gap_fraction"]),
        ("start: 2027-01", "? [a, b]\n: 3\nstart: 2027-01", ["found an unknown key"]),
        ("  - {months: 3, count: 4}", "  - 3", ["line 4, periods[0]: found '3'; allowed: a block of keys: months, count"]),
        ("  - {months: 3, count: 4}", "  - {months: 3}", ["line 4, periods[0].count: blank; a value is required"]),
        ("start: 2027-01", "", ["start: blank; a value is required: a month"]),
        ("start: 2027-01", "\tstart: 2027-01", ["line 2", "found what is not YAML", "allowed: YAML 1.2"]),
        ("start: 2027-01", "start: 'open", ["found what is not YAML"]),
        ("start: 2027-01", "start: *nowhere", ["found what is not YAML"]),
        ("start: 2027-01", "start: 2027-01\x07", ["found what is not YAML"]),
        ("name: two_sites", "--- 1\n--- 2\nname: two_sites", ["found what is not YAML"]),
    ],
)
def test_faults_of_settings(folder: Folder, old: str, new: str, parts: list[str]) -> None:
    folder.swap("instance.yaml", old, new)
    message = folder.problem()
    assert message.startswith("instance.yaml")
    assert all(part in message for part in parts), message


@pytest.mark.parametrize("text", ["- a\n", "name\n", "[]"])
def test_settings_that_are_no_block(folder: Folder, text: str) -> None:
    folder.put("instance.yaml", text)
    assert "allowed: a block of keys: name, title, start" in folder.problem()


@pytest.mark.parametrize("text", ["# only a comment\n", "---\n"])
def test_settings_without_keys(folder: Folder, text: str) -> None:
    folder.put("instance.yaml", text)
    assert "instance.yaml" in folder.problem()


def test_an_empty_file_of_settings(folder: Folder) -> None:
    folder.put("instance.yaml", "")
    assert folder.problem() == "instance.yaml: found an empty file; allowed: keys such as name, start, periods, finance"


def test_deep_nesting_is_refused(folder: Folder) -> None:
    folder.put("instance.yaml", "[" * 20_000)
    assert "nested too deeply" in folder.problem()


def test_aliases_that_would_explode_are_not_followed(folder: Folder) -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 60)), "title: *a59"]
    folder.put("instance.yaml", folder.text("instance.yaml") + "\n".join(lines) + "\n")
    assert any("title: found a list; allowed: text" in message for message in folder.problems())


def test_a_list_that_holds_itself(folder: Folder) -> None:
    folder.swap("instance.yaml", "periods:\n  - {months: 3, count: 4}\n  - {months: 12, count: 4}", "periods: &a [*a]")
    assert "periods[0]: found a list; allowed: a block of keys: months, count" in folder.problem()
