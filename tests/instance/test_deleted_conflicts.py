"""Fields of a row that contradict each other, found untested by a hunt of deleted rules: each test fails without one of them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from planner_models.rows import Programme
from tests.instance.case import Folder

AFTER = "a month after from_month, 2028-01"
ON = "a month from {}, 2028-01, on"
OWNED = "blank for a site that is owned (option_price_musd is blank)"
KEPT = "for a site that is not for sale (sale_musd_per_mw is blank)"
CONFLICTS = [
    ("leases", "credit_months=121", "credit_months: found 121; allowed: at most term_months, 120"),
    ("leases", "earliest_start=2029-01", "ready_by: found 2028-07; allowed: a month from earliest_start, 2029-01, on"),
    ("leases", "renewal_probability_fraction=0.5", "renewal_probability_fraction: found 0.5; allowed: 0 where renewal_months is 0"),
    ("charges", "kind=coincident", "block: blank; a value is required: for a coincident charge the block that holds the system's peak"),
    ("charges", "block=peak", "block: found 'peak'; allowed: blank for a charge on the own peak"),
    ("charges", "lag_months=2", "lag_months: found 2; allowed: 0 for a charge on the own peak"),
    ("charges", "opening_mw=3", "opening_mw: found 3; allowed: 0 for a charge on the own peak"),
    ("charges", "kind=coincident block=peak minimum_fraction=0.5",
     "minimum_fraction: found 0.5; allowed: 0 for a coincident charge"),
    ("charges", "usd_per_kw_month=0", "usd_per_kw_month: found 0; allowed: a rate in usd_per_kw_month or usd_per_mw_day"),
    ("charges", "from_month=2028-01 to_month=2028-01", f"to_month: found 2028-01; allowed: {AFTER}"),
    ("ppas", "from_month=2028-01 to_month=2028-01", f"to_month: found 2028-01; allowed: {AFTER}"),
    ("ppas", "resale_haircut_usd_per_mwh=2", "resale_haircut_usd_per_mwh: found 2; allowed: 0 without resale"),
    ("programmes", "blocks=peak|peak", "blocks: found peak more than once; allowed: each block once"),
    ("programmes", "from_month=2028-01 to_month=2028-01", f"to_month: found 2028-01; allowed: {AFTER}"),
    ("hosting", "from_month=2028-01 to_month=2028-01", f"to_month: found 2028-01; allowed: {AFTER}"),
    ("equity", "from_month=2028-01 to_month=2028-01", f"to_month: found 2028-01; allowed: {AFTER}"),
    ("policies", "from_month=2028-01 to_month=2028-01", f"to_month: found 2028-01; allowed: {AFTER}"),
    ("asic_models", "order_from=2028-01 order_to=2027-12", f"order_to: found 2027-12; allowed: {ON.format('order_from')}"),
    ("gpu_models", "order_from=2028-01 order_to=2027-12", f"order_to: found 2027-12; allowed: {ON.format('order_from')}"),
    ("opening", "until=2022-01", "until: found 2022-01; allowed: a month after in_service, 2022-01"),
    ("equipment", "mva=", "mva: blank; a value is required: the rating of one unit, or units_per_mw"),
    ("equipment", "units_per_mw=0.1", "units_per_mw: found 0.1; allowed: blank where mva is given"),
    ("generators", "fuel=", "heat_rate_mmbtu_per_mwh: found 8.5; allowed: 0 without a fuel"),
    ("generators", "heat_rate_mmbtu_per_mwh=0",
     "heat_rate_mmbtu_per_mwh: found 0; allowed: a number above 0 for a plant that burns a fuel"),
    ("grid", "cost_musd=5", "cost_musd: found 5; allowed: blank or 0 for an energised row: cost and lead belong to upgrades"),
    ("grid", "kind=approved lead_months=3",
     "lead_months: found 3; allowed: blank or 0 for an approved row: cost and lead belong to upgrades"),
    ("grid", "kind=approved security_musd=1", "security_musd: found 1; allowed: blank or 0 for an approved row: nothing is posted for it"),
    ("grid", "kind=approved service=interruptible",
     "service: found interruptible; allowed: blank for an approved row: an approval covers firm and interruptible MW together"),
    ("sites", "closing_cost_musd=1", f"closing_cost_musd: found 1; allowed: 0 {KEPT}"),
    ("sites", "sale_from=2028-01", f"sale_from: found 2028-01; allowed: blank {KEPT}"),
    ("sites", "offer_from=2028-01", f"offer_from: found 2028-01; allowed: {OWNED}"),
    ("sites", "offer_to=2028-01", f"offer_to: found 2028-01; allowed: {OWNED}"),
    ("sites", "option_price_musd=4 offer_from=2028-01 offer_to=2027-12", f"offer_to: found 2027-12; allowed: {ON.format('offer_from')}"),
    ("sites", "option_price_musd=4 sale_musd_per_mw=0.2",
     "sale_musd_per_mw: found 0.2; allowed: blank for a site on offer: what is bought is not sold again"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "cells", "words"), CONFLICTS)
def test_fields_of_a_row_do_not_contradict_each_other(full: Folder, table: str, cells: str, words: str) -> None:
    """The first row of a table is changed, and its conflict told, with whatever else follows from the change."""
    for cell in cells.split():
        full.cell(table, 2, *cell.split("="))
    assert f"{table}.csv line 2, {words}" in full.problems()


def test_a_programme_made_in_python_has_a_block() -> None:
    """In a file the cell would be blank, which is refused as such."""
    with pytest.raises(ValidationError, match="blocks: found blank; allowed: at least one block of the market"):
        Programme(id="idle", market="hub", blocks=(), usd_per_mw_year=40000)
