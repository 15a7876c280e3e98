"""What a hunt of deleted rules found untested: each test fails without one rule of what makes an instance valid, or of its notices."""

from __future__ import annotations

import pytest

from tests.instance.case import Folder

SITES = "a site: north, south, west, east"


@pytest.mark.parametrize(
    ("table", "column", "value", "words"),
    [
        ("gpu_contracts", "gpu", "gb200", "unknown 'gb200'; allowed: a GPU model: gb300; did you mean 'gb300'?"),
        ("gpu_contracts", "sites", "north|nroth", f"unknown 'nroth'; allowed: {SITES}; did you mean 'north'?"),
        ("lease_sites", "hall", "shells", "unknown 'shells'; allowed: a hall type: shed, shell, ai; did you mean 'shell'?"),
        ("policies", "site", "nroth", f"unknown 'nroth'; allowed: {SITES}; did you mean 'north'?"),
        ("policies", "market", "ercto", "unknown 'ercto'; allowed: a market of power_prices: ercot; did you mean 'ercot'?"),
    ],
)
def test_a_name_that_does_not_exist(full: Folder, table: str, column: str, value: str, words: str) -> None:
    full.cell(table, 2, column, value)
    assert f"{table}.csv line 2, {column}: found {words}" in full.problems()


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("sites", "nroth", f"unknown 'nroth'; allowed: {SITES}; did you mean 'north'?"),
        ("tiers", "primed", "unknown 'primed'; allowed: a tier: prime; did you mean 'prime'?"),
    ],
)
def test_a_lender_of_a_project_names_what_exists(full: Folder, column: str, value: str, words: str) -> None:
    full.cell("debt", 2, "kind", "project")
    full.cell("debt", 2, "sites", "north")
    full.cell("debt", 2, "dscr_ratio", "1.2")
    full.cell("debt", 2, column, value)
    assert f"debt.csv line 2, {column}: found {words}" in full.problems()


def test_a_tenant_pays_no_more_of_the_fit_out_than_there_is(full: Folder) -> None:
    """1.5 M$ per MW of which the tenant pays 1.6 is a fault, 1.6 is not."""
    full.cell("leases", 2, "fit_out_musd_per_mw", "1.6")
    for line in (2, 3, 4):
        full.cell("lease_sites", line, "capex_musd_per_mw", "1.6")
    assert full.problems() == []
    full.cell("lease_sites", 2, "capex_musd_per_mw", "1.5")
    assert full.problem() == (
        "lease_sites.csv line 2, capex_musd_per_mw: found 1.5; allowed: at least 1.6, of which 'anchor' pays all as fit_out_musd_per_mw"
    )


INERT = "it cannot influence the plan: "
PRICED = "  cost_inflation_fraction: 0.02\n"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("  restricted_until: 2028-01\n", f"finance.restricted_until: found 2028-01; {INERT}opening_restricted_musd is 0"),
        ("  price_year: 2025\n",
         f"finance.price_year: found 2025; {INERT}cost_inflation_fraction and capex_inflation_fraction are 0"),
        (f"  price_year: 2016\n{PRICED}",
         "finance.price_year: found 2016; outside what is usual; usual: 2017 to 2027, the year in which the plan starts"),
        (f"  price_year: 2028\n{PRICED}",
         "finance.price_year: found 2028; outside what is usual; usual: 2017 to 2027, the year in which the plan starts"),
    ],
)  # fmt: skip
def test_settings_that_cannot_matter_or_were_not_meant(folder: Folder, settings: str, words: str) -> None:
    assert folder.notices() == []
    folder.put("instance.yaml", folder.text("instance.yaml") + settings)
    assert [notice.partition(", ")[2] for notice in folder.notices()] == [words]


def test_a_price_year_within_ten_years_is_usual(folder: Folder) -> None:
    folder.put("instance.yaml", f"{folder.text('instance.yaml')}  price_year: 2017\n{PRICED}")
    assert folder.notices() == []


@pytest.mark.parametrize(
    ("table", "cells", "words"),
    [
        ("opening", "in_service=2027-02 due_musd=2 due_evenly=yes",
         "due_evenly: found yes; it cannot influence the plan: all that is due is paid in the first period in any case"),
        ("leases", "mandatory=yes stage=signed prepayment_musd=1 prepaid=2026-10 prepaid_months=3",
         "prepaid_months: found 3; it cannot influence the plan: the prepayment was received in 2026-10 (prepaid)"),
        ("debt", "advance_fraction=0 equity_first=yes opening_eligible_musd=2",
         "opening_eligible_musd: found 2; it cannot influence the plan: nothing can be drawn in any period"),
        ("gpu_contracts", "sites=west",
         "sites: found west; it cannot influence the plan: no hall for 'gb300' can stand at any of them"),
    ],
)  # fmt: skip
def test_fields_of_a_row_that_cannot_matter(full: Folder, table: str, cells: str, words: str) -> None:
    for cell in cells.split():
        full.cell(table, 2, *cell.split("="))
    assert f"{table}.csv line 2, {words}" in full.notices()


def test_warrants_of_a_lease_need_shares_to_dilute(folder: Folder) -> None:
    folder.cell("leases", 2, "warrants_count", "1000000")
    folder.cell("leases", 2, "strike_usd", "12")
    words = "shares_count is blank, so no value per share is shown"
    assert folder.notice() == f"leases.csv line 2, warrants_count: found 1e+06; {INERT}{words}"
