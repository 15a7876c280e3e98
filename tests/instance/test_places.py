"""Faults of sites: what may not stand at one on offer (west) or for sale (east), MW beyond an approval, trade that earns for nothing."""

from __future__ import annotations

import pytest

from tests.instance.case import Folder

OFFER = "a site that is owned: nothing stands, is hosted or is delivered at one that is still to be bought"


@pytest.mark.parametrize(("table", "line"), [("opening", 4), ("ppas", 2), ("hosting", 2)])
def test_nothing_is_there_before_a_site_is_bought(full: Folder, table: str, line: int) -> None:
    full.cell(table, line, "site", "west")
    assert f"{table}.csv line {line}, site: found 'west', a site on offer (option_price_musd); allowed: {OFFER}" in full.problems()
    full.cell("sites", 4, "option_price_musd", "")
    assert not any("on offer" in message for message in full.problems())


def test_nothing_was_drawn_before_a_site_is_bought(full: Folder) -> None:
    full.cell("charges", 3, "site", "west")
    assert full.problem() == (
        "charges.csv line 3, opening_mw: found 10; allowed: 0 at 'west', a site on offer: nothing was drawn there before the start"
    )
    full.cell("charges", 3, "opening_mw", "")
    assert full.problems() == []


def test_a_site_for_sale_has_no_power_contract(full: Folder) -> None:
    full.cell("ppas", 2, "site", "east")
    assert full.problem() == (
        "ppas.csv line 2, site: found 'east', a site for sale (sale_musd_per_mw); "
        "allowed: a site that is not for sale: the contract would outlive the sale"
    )


@pytest.mark.parametrize(("sites", "found"), [("", "blank"), ("north|east", "north|east")])
def test_a_site_for_sale_takes_no_generator(full: Folder, sites: str, found: str) -> None:
    full.cell("generators", 2, "sites", sites)
    assert full.problem() == (
        f"generators.csv line 2, sites: found {found}, which allows east, for sale (sale_musd_per_mw); "
        "allowed: the names of sites that are not for sale: north, south, west"
    )
    full.cell("generators", 2, "max_units", "0")
    assert full.problems() == []


def test_generators_where_every_site_is_for_sale(full: Folder) -> None:
    for line in (2, 3, 4):
        full.cell("sites", line, "option_price_musd", "")
        full.cell("sites", line, "sale_musd_per_mw", "0.1")
    assert any("not for sale; there is none, so set max_units to 0" in message for message in full.problems())


def test_no_generator_stands_at_a_site_for_sale(full: Folder) -> None:
    full.cell("opening", 7, "site", "east")
    assert full.problem() == (
        "opening.csv line 7, item: found 'gas', a generator at 'east', a site for sale (sale_musd_per_mw); "
        "allowed: generators at sites that are not for sale"
    )


def approve(folder: Folder, *rows: str) -> None:
    """North has 60 MW from 2020-01, 20 more from 2028-01 and an upgrade of 40."""
    folder.add("grid.csv", "n2,north,energised,20,2028-01,,\n" + "\n".join(rows))


def test_no_more_is_energised_than_approved(folder: Folder) -> None:
    approve(folder, "a0,north,approved,70,2027-01,,")
    assert folder.problem() == (
        "grid.csv line 5, mw: found 20 (80 MW with the rows before); "
        "allowed: in all at most 70 MW at site 'north' in 2028-01, as its approved rows say"
    )
    folder.cell("grid", 6, "mw", "80")
    assert folder.problems() == []


def test_an_approval_that_comes_too_late(folder: Folder) -> None:
    approve(folder, "a0,north,approved,60,2027-01,,", "a1,north,approved,20,2028-02,,")
    assert "grid.csv line 5, mw: found 20 (80 MW with the rows before); allowed: in all at most 60 MW" in folder.problem()
    folder.cell("grid", 7, "from_month", "2028-01")
    assert folder.problems() == []


def test_approvals_count_from_the_start_of_the_plan(folder: Folder) -> None:
    """What is energised since 2020 may be approved by 2027-01, the first month that the plan looks at."""
    approve(folder, "a0,north,approved,80,2027-01,,")
    assert folder.problems() == []
    folder.cell("grid", 6, "from_month", "2027-02")
    assert "grid.csv line 2, mw: found 60; allowed: in all at most 0 MW at site 'north' in 2027-01" in folder.problem()


def test_what_is_energised_after_the_plan_needs_no_approval(folder: Folder) -> None:
    approve(folder, "a0,north,approved,60,2027-01,,")
    folder.cell("grid", 5, "from_month", "2032-01")
    assert folder.problems() == []


def test_a_site_on_offer_is_approved_by_the_time_it_may_be_bought(full: Folder) -> None:
    full.add("grid.csv", "aw,west,approved,30,2028-01,,")
    assert "grid.csv line 5, mw: found 30; allowed: in all at most 0 MW at site 'west' in 2027-01" in full.problem()
    full.cell("sites", 4, "offer_from", "2028-01")
    assert full.problems() == []


def test_a_site_without_approvals_is_free(folder: Folder) -> None:
    approve(folder, "a0,south,approved,30,2027-01,,")
    assert folder.problems() == []


def test_buying_and_exporting_at_once_earns_nothing(full: Folder) -> None:
    full.cell("sites", 2, "export_haircut_usd_per_mwh", "3")
    full.cell("sites", 2, "energy_adder_usd_per_mwh", "-3")
    assert full.problems() == []
    full.cell("sites", 2, "energy_adder_usd_per_mwh", "-3.5")
    assert full.problem() == (
        "sites.csv line 2, energy_adder_usd_per_mwh: found -3.5; allowed: at least -3, as export_haircut_usd_per_mwh is 3: "
        "a MWh bought at spot while another is exported would earn 0.5 USD"
    )


def test_an_adder_below_zero_is_free_where_nothing_is_exported(full: Folder) -> None:
    full.cell("sites", 2, "energy_adder_usd_per_mwh", "-3.5")
    full.cell("sites", 2, "export_mw", "0")
    assert full.problems() == []


def test_an_adder_below_zero_is_free_where_nothing_generates(full: Folder) -> None:
    """Only when the engine has gone too."""
    full.cell("sites", 2, "energy_adder_usd_per_mwh", "-3.5")
    for line in (2, 3):
        full.cell("generators", line, "sites", "south")
    assert "energy_adder_usd_per_mwh: found -3.5; allowed: at least 0" in full.problem()
    full.cell("opening", 7, "site", "south")
    assert full.problems() == []
