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
