"""Faults of time: periods that cross a year, series that start too late, dates outside the plan (2027-01 to 2031-12)."""

from __future__ import annotations

import pytest

from tests.instance.case import Folder


def periods(folder: Folder, start: str, *spans: str) -> None:
    """Put another start and other periods into the settings."""
    body = "".join(f"  - {{{span}}}\n" for span in spans)
    finance = "finance:\n  discount_rate_fraction: 0.1\n  opening_cash_musd: 100\n"
    folder.put("instance.yaml", f"name: case\nstart: {start}\nperiods:\n{body}{finance}")


@pytest.mark.parametrize(
    ("start", "spans", "words"),
    [
        ("2027-01", ["months: 5, count: 3"], "line 4, periods[0].months: found 5 months from 2027-11"),
        ("2027-02", ["months: 3, count: 20"], "line 4, periods[0].months: found 3 months from 2027-11"),
        ("2027-04", ["months: 12, count: 5"], "line 4, periods[0].months: found 12 months from 2027-04"),
        ("2027-01", ["months: 3, count: 3", "months: 6, count: 9"], "line 5, periods[1].months: found 6 months from 2027-10"),
        ("2027-01", ["months: 18, count: 4"], "line 4, periods[0].months: found 18 months from 2027-01"),
    ],
)
def test_a_period_that_crosses_a_year_end(folder: Folder, start: str, spans: list[str], words: str) -> None:
    periods(folder, start, *spans)
    assert f"{words}; allowed: periods within one calendar year, or whole calendar years from January" in folder.problems()[0]


@pytest.mark.parametrize(
    ("start", "spans"),
    [
        ("2027-01", ["months: 24, count: 3"]),
        ("2027-04", ["months: 3, count: 3", "months: 12, count: 4"]),
        ("2027-01", ["months: 4, count: 3", "months: 6, count: 2", "months: 1, count: 12", "months: 36, count: 1"]),
        ("2027-08", ["months: 5, count: 1", "months: 12, count: 4"]),
    ],
)
def test_periods_that_fit_the_calendar(folder: Folder, start: str, spans: list[str]) -> None:
    periods(folder, start, *spans)
    assert folder.problems() == []


def test_no_period(folder: Folder) -> None:
    folder.put("instance.yaml", folder.text("instance.yaml").replace("  - {months: 3, count: 4}\n  - {months: 12, count: 4}\n", "  []\n"))
    assert folder.problem().startswith("instance.yaml line 3, periods: found no period; allowed: at least one run of periods")


def test_sixty_years_at_most(folder: Folder) -> None:
    periods(folder, "2027-01", "months: 12, count: 60")
    assert folder.problems() == []
    periods(folder, "2027-01", "months: 12, count: 61")
    assert folder.problem() == "instance.yaml line 3, periods: found 732 months in all; allowed: at most 720 months, 60 years"


def test_many_periods_do_not_cost_time(folder: Folder) -> None:
    periods(folder, "2027-01", *["months: 120, count: 400"] * 2000)
    assert "found 96000000 months in all" in folder.problem()


@pytest.mark.parametrize("start", ["2008-01", "2081-01", "9999-01"])
def test_a_start_outside_the_years_of_the_tables(folder: Folder, start: str) -> None:
    periods(folder, start, "months: 12, count: 2")
    assert f"start: found {start}; allowed: a month from 2009-01 to 2080-12" in folder.problems()[0]


PAST = "2012-11-28, 2016-07-09, 2020-05-11, 2024-04-20"


def test_halvings_increase(folder: Folder) -> None:
    folder.put("instance.yaml", folder.text("instance.yaml") + f"halvings: [{PAST}, 2028-04-17, 2028-04-17]\n")
    assert folder.problem() == ("instance.yaml line 9, halvings[5]: found 2028-04-17; allowed: a day after the halving before, 2028-04-17")


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        ("", "halvings: found no date"),
        ("2028-04-17", "halvings[0]: found 2028-04-17"),
        ("2012-11-28, 2016-07-09", "halvings: found 2012-11-28, 2016-07-09"),
        ("2012-11-28, 2016-07-09, 2020-05-11, 2024-04-19", "halvings[3]: found 2024-04-19"),
        ("2012-11-28, 2016-07-09, 2024-04-20, 2020-05-11", "halvings[2]: found 2024-04-20"),
    ],
)
def test_halvings_begin_with_those_that_have_happened(folder: Folder, listed: str, words: str) -> None:
    folder.put("instance.yaml", folder.text("instance.yaml") + f"halvings: [{listed}]\n")
    assert folder.problem() == f"instance.yaml line 9, {words}; allowed: a list that begins with the halvings that have happened: {PAST}"


def test_the_halvings_ahead_are_free(folder: Folder) -> None:
    settings = folder.text("instance.yaml")
    for later in ("", ", 2028-03-01, 2040-01-01"):
        folder.put("instance.yaml", settings + f"halvings: [{PAST}{later}]\n")
        assert folder.problems() == []


def test_prices_that_start_late(folder: Folder) -> None:
    folder.put("power_prices.csv", folder.text("power_prices.csv").replace("2027", "2028"))
    assert folder.problem() == (
        "power_prices.csv line 2, from_year: found 2028 as the first year of ercot; allowed: 2027 or earlier, the first year of the plan"
    )


def test_a_gpu_market_that_starts_late(folder: Folder) -> None:
    folder.cell("gpu_market", 2, "from_year", "2028")
    assert "gpu_market.csv line 2, from_year: found 2028 as the first year of gb300; allowed: 2027 or earlier" in folder.problem()


def test_a_gpu_without_a_market(folder: Folder) -> None:
    folder.remove("gpu_market.csv")
    assert folder.problem() == (
        "gpu_models.csv line 2, id: found 'gb300' without a row in gpu_market; allowed: a price and a size of its market"
    )


def test_a_fuel_that_starts_late(full: Folder) -> None:
    full.cell("fuel_prices", 2, "from_year", "2028")
    assert full.problem() == (
        "fuel_prices.csv line 2, from_year: found 2028 as the first year of henry; allowed: 2027 or earlier, the first year of the plan"
    )


def test_a_fuel_that_nothing_burns_may_start_late(full: Folder) -> None:
    full.add("fuel_prices.csv", "diesel,2029,15")
    assert full.problems() == []


def test_prices_of_machines_may_start_late(full: Folder) -> None:
    full.cell("asic_prices", 2, "from_month", "2031-12")
    assert full.problems() == []


def test_a_share_of_what_others_mine_needs_a_deck(full: Folder) -> None:
    for name in ("asic_models", "asic_prices", "btc"):
        full.remove(f"{name}.csv")
    full.swap("opening.csv", "fleet,north,s21,,38,2024-04,10,\n".replace(",\n", "") + ",\n", "")
    assert full.problems() == []
    full.cell("hosting", 2, "share_fraction", "0.1")
    assert full.problem() == (
        "btc.csv, from_day: found no row; allowed: a deck from the start of the plan, as hosting has a share_fraction"
    )


def test_a_deck_that_starts_late(folder: Folder) -> None:
    folder.cell("btc", 2, "from_day", "2027-01-02")
    assert folder.problem() == (
        "btc.csv line 2, from_day: found 2027-01-02 as the first day; allowed: 2027-01-01 or earlier, the start of the plan"
    )


def test_machines_without_a_deck(folder: Folder) -> None:
    folder.remove("btc.csv")
    assert folder.problem() == ("btc.csv, from_day: found no row; allowed: a deck from the start of the plan, as there are asic_models")


@pytest.mark.parametrize("fields", [["ready_by"], ["ready_by", "earliest_start"]])
def test_a_mandatory_lease_due_after_the_plan(folder: Folder, fields: list[str]) -> None:
    folder.cell("leases", 2, "drop_dead", "")
    for field in fields:
        folder.cell("leases", 2, field, "2032-01")
    assert folder.problems() == []
    folder.cell("leases", 2, "mandatory", "yes")
    assert folder.problems() == [
        f"leases.csv line 2, {field}: found 2032-01; allowed: a month before the end of the plan, 2032-01, as it is mandatory"
        for field in fields
    ]


def test_a_mandatory_lease_that_no_period_can_start(folder: Folder) -> None:
    for field in ("ready_by", "earliest_start", "drop_dead"):
        folder.cell("leases", 2, field, "2029-06")
    folder.cell("leases", 2, "mandatory", "yes")
    assert "leases.csv line 2, drop_dead: found 2029-06 to 2029-06" in folder.problem()
    assert "in which no period starts; allowed: a window with the start of a period, as it is mandatory" in folder.problem()


def test_a_lease_longer_than_the_horizons_data(folder: Folder) -> None:
    folder.cell("leases", 2, "cap_rate_fraction", "")
    assert folder.problem() == (
        "leases.csv line 2, cap_rate_fraction: blank; a value is required: a yield, or a tier, as the lease may run until 2039-01, "
        "longer than the horizon's data, which end 2032-01; or terminal_method: contract"
    )


@pytest.mark.parametrize(("term", "ends"), [("36", True), ("37", False)])
def test_a_lease_that_ends_with_the_plan_needs_no_yield(folder: Folder, term: str, ends: bool) -> None:
    folder.cell("leases", 2, "cap_rate_fraction", "")
    folder.cell("leases", 2, "term_months", term)  # the last start up to its drop_dead is 2029-01
    assert (folder.problems() == []) is ends


def test_under_the_contract_method_no_yield_is_needed(folder: Folder) -> None:
    folder.cell("leases", 2, "cap_rate_fraction", "")
    folder.cell("leases", 3, "cap_rate_fraction", "")
    folder.put("instance.yaml", folder.text("instance.yaml") + "  terminal_method: contract\n")
    assert folder.problems() == []


@pytest.mark.parametrize("maturity", ["2026-07", "2027-01"])
def test_debt_that_matures_before_the_start(folder: Folder, maturity: str) -> None:
    folder.cell("debt", 2, "maturity", maturity)
    assert folder.problem() == f"debt.csv line 2, maturity: found {maturity}; allowed: a month after the start of the plan, 2027-01"


@pytest.mark.parametrize(
    ("start", "end", "words"), [("2028-01", "2028-01", "2028-01"), ("2028-02", "2028-01", "2028-01"), ("2032-01", "", "2032-01")]
)
def test_a_window_of_draws_that_is_empty(folder: Folder, start: str, end: str, words: str) -> None:
    folder.cell("debt", 2, "available_from", start)
    folder.cell("debt", 2, "available_to", end)
    assert folder.problem() == (
        f"debt.csv line 2, available_from: found {start}, an empty window; "
        f"allowed: a month before draws end, {words} (available_to or maturity)"
    )


def test_a_loan_that_is_only_repaid_may_be_closed_for_draws(folder: Folder) -> None:
    folder.cell("debt", 2, "available_to", "2027-01")
    assert folder.notices() == []
