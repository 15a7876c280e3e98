"""Rows that cannot influence the plan (2027-01 to 2031-12, last period from 2031-01) are listed with the reason."""

from __future__ import annotations

import pytest

from tests.instance.case import Folder

WORDS = "it cannot influence the plan: "


@pytest.mark.parametrize(
    ("table", "line", "changes", "start", "reason"),
    [
        ("grid", 3, {"from_month": "2031-02"}, "grid.csv line 3, from_month: found 2031-02", "the last starts 2031-01"),
        ("grid", 4, {"lead_months": "49"}, "grid.csv line 4, lead_months: found 49", "after the last period has begun, in 2031-01"),
        ("grid", 4, {"from_month": "2031-02"}, "grid.csv line 4, from_month: found 2031-02", "no period starts from then on"),
        ("slots", 2, {"year": "2032"}, "slots.csv line 2, year: found tx: 2032", "the plan runs from 2027 to 2031"),
        ("slots", 2, {"year": "2026"}, "slots.csv line 2, year: found tx: 2026", "the plan runs from 2027 to 2031"),
        ("budgets", 2, {"year": "2032"}, "budgets.csv line 2, year: found 2032", "the plan runs from 2027 to 2031"),
        ("conversions", 2, {"max_lots": "0"}, "conversions.csv line 2, id: found 'retrofit'", "no opening row allows a lot"),
        ("conversions", 2, {"from_modules": "5"}, "conversions.csv line 2, id: found 'retrofit'", "no opening row allows a lot"),
        ("conversions", 2, {"build_months": "49"}, "conversions.csv line 2, id: found 'retrofit'", "no opening row allows a lot"),
        (
            "conversions",
            2,
            {"from_hall": "ai"},
            "conversions.csv line 2, from_hall: found 'ai'",
            "no hall of this type stands at the opening",
        ),
        ("gpu_models", 2, {"lead_months": "49"}, "gpu_models.csv line 2, lead_months: found 49", "after the last period has begun"),
        ("gpu_models", 2, {"product": "powered_land"}, "gpu_models.csv line 2, product", "no hall of this product can stand"),
        (
            "leases",
            2,
            {"product": "powered_land"},
            "leases.csv line 2, product: found 'powered_land'",
            "no hall of this product can stand at site 'north'",
        ),
        (
            "leases",
            3,
            {"earliest_start": "2031-02", "ready_by": "2031-02"},
            "leases.csv line 3, earliest_start: found 2031-02",
            "no period starts",
        ),
        ("leases", 2, {"ready_by": "2027-01", "drop_dead": "2027-10"}, "leases.csv line 2, drop_dead: found 2027-10", "can stand 2028-01"),
        ("leases", 2, {"it_mw": "70"}, "leases.csv line 2, it_mw: found 70", "the land of site 'north' holds 60 MW"),
        (
            "leases",
            2,
            {"it_mw": "50"},
            "lease_sites.csv line 3, site: found 'south' for lease 'anchor'",
            "the land of site 'south' holds 40 MW",
        ),
        ("btc", 3, {"from_day": "2032-01-01"}, "btc.csv line 3, from_day: found 2032-01-01", "the plan ends 2032-01"),
        ("btc", 3, {"from_day": "2025-01-01"}, "btc.csv line 3, from_day: found 2025-01-01", "a later row holds when the plan starts"),
        (
            "debt",
            2,
            {"limit_musd": "0", "opening_balance_musd": "0"},
            "debt.csv line 2, available_from",
            "nothing can be drawn in any period",
        ),
        (
            "debt",
            2,
            {"available_from": "2031-02", "opening_balance_musd": "0"},
            "debt.csv line 2, available_from: found 2031-02 to 2032-01, limit 200",
            "nothing can be drawn in any period",
        ),
        (
            "opening",
            2,
            {"in_service": "2001-01", "tax_basis_musd": ""},
            "opening.csv line 2, in_service: found 2001-01",
            "its life is over",
        ),
        ("opening", 4, {"until": "2027-01"}, "opening.csv line 4, until: found 2027-01", "its life is over before the plan starts"),
        ("opening", 4, {"in_service": "1977-01"}, "opening.csv line 4, in_service: found 1977-01", "its life is over"),
    ],
)
def test_rows_without_effect(folder: Folder, table: str, line: int, changes: dict[str, str], start: str, reason: str) -> None:
    for column, text in changes.items():
        folder.cell(table, line, column, text)
    matching = [notice for notice in folder.notices() if notice.startswith(start)]
    assert len(matching) == 1, folder.notices()
    assert WORDS in matching[0]
    assert reason in matching[0]


@pytest.mark.parametrize(
    ("table", "line", "changes"),
    [
        ("grid", 4, {"lead_months": "48"}),
        ("grid", 3, {"from_month": "2031-01"}),
        ("slots", 2, {"year": "2031"}),
        ("conversions", 2, {"build_months": "48"}),
        ("gpu_models", 2, {"lead_months": "48"}),
        ("leases", 3, {"earliest_start": "2031-01", "ready_by": "2031-01"}),
        ("leases", 3, {"earliest_start": "2031-01", "ready_by": "2032-01"}),
        ("btc", 3, {"from_day": "2031-12-31"}),
        ("opening", 4, {"until": "2027-02"}),
        ("opening", 4, {"in_service": "1977-02"}),
        ("sites", 2, {"status": "confirmed", "owner": "ops", "source": "meter", "as_of": "2026-11", "note": "x"}),
    ],
)
def test_rows_at_the_edge_have_an_effect(folder: Folder, table: str, line: int, changes: dict[str, str]) -> None:
    for column, text in changes.items():
        folder.cell(table, line, column, text)
    assert folder.notices() == []


def test_an_asset_that_is_gone_still_matters_for_its_tax_basis(folder: Folder) -> None:
    folder.cell("opening", 2, "in_service", "2001-01")
    assert not any(notice.startswith("opening.csv line 2") for notice in folder.notices())


def test_a_site_without_grid(folder: Folder) -> None:
    folder.add("sites.csv", "west,ercot,10,")
    assert folder.notice() == (f"sites.csv line 4, id: found 'west'; {WORDS}it has no row in grid, so nothing can be occupied there")


def test_a_hall_that_never_stands(folder: Folder) -> None:
    folder.add("halls.csv", "bunker,turnkey,10,1.2,1.1,no,,,")
    assert folder.notice() == (
        f"halls.csv line 5, id: found 'bunker'; {WORDS}it neither stands, nor can be built within the plan, nor results from a conversion"
    )
    folder.cell("halls", 5, "buildable", "yes")
    assert folder.notices() == []
    folder.cell("halls", 5, "build_months", "49")
    assert "halls.csv line 5, id: found 'bunker'" in folder.notice()


def test_the_target_of_a_conversion_can_stand(folder: Folder) -> None:
    folder.cell("halls", 3, "buildable", "no")
    assert folder.notices() == []


def test_a_machine_that_is_neither_owned_nor_for_sale(folder: Folder) -> None:
    folder.add("asic_models.csv", "old,30,5,no")
    assert folder.notice() == f"asic_models.csv line 3, buyable: found no; {WORDS}it can neither be bought nor is it owned"
    folder.cell("asic_models", 3, "buyable", "yes")
    folder.cell("asic_models", 3, "lead_months", "49")
    assert "asic_models.csv line 3, lead_months: found 49" in folder.notice()
    folder.cell("asic_models", 3, "lead_months", "48")
    folder.cell("asic_models", 3, "product", "powered_land")
    assert "no hall of this product can stand" in folder.notice()


def test_equipment_that_arrives_after_the_plan(folder: Folder) -> None:
    folder.add("equipment.csv", "big,100,9,49")
    assert "equipment.csv line 3, lead_months: found 49" in folder.notice()


def test_equipment_that_never_comes_alone_in_its_kind_is_no_idle_row(folder: Folder) -> None:
    """Each kind carries the whole load of every site, so a breaker that never comes lets nothing run."""
    folder.add("equipment.csv", "slow,100,9,49")
    folder.cell("equipment", 3, "kind", "breaker")
    assert not any("equipment.csv line 3" in notice and WORDS in notice for notice in folder.notices())


def test_a_redundancy_without_equipment(folder: Folder) -> None:
    folder.cell("halls", 4, "redundancy", "2N")
    assert folder.notices() == []
    for name in ("equipment", "slots"):
        folder.remove(f"{name}.csv")
    folder.swap("opening.csv", "yard,north,tx,2,,2020-01,\n", "")
    assert folder.notice() == (f"halls.csv line 4, redundancy: found 2N; {WORDS}there is no row in equipment, so no equipment is modelled")


def test_a_site_with_approvals_or_sun_alone_has_no_power(full: Folder) -> None:
    full.add("sites.csv", "isle,ercot,10,,,,")
    full.cell("generators", 3, "sites", "isle")
    full.add("grid.csv", "i0,isle,approved,5,2027-01,,")
    assert full.notice().startswith("sites.csv line 6, id: found 'isle'")
    full.cell("generators", 3, "dependable_fraction", "0.1")
    assert full.notices() == []


def test_exports_without_a_generator(full: Folder) -> None:
    reason = f"{WORDS}no generator stands at the site or can be commissioned there"
    full.cell("sites", 3, "export_mw", "5")
    assert full.notices() == []
    full.cell("generators", 3, "sites", "west")
    assert full.notice() == f"sites.csv line 3, export_mw: found 5; {reason}"
    full.cell("opening", 7, "site", "south")
    assert full.notices() == []


@pytest.mark.parametrize(("begin", "end", "window"), [("2031-02", "", "from 2031-02"), ("2027-02", "2027-03", "from 2027-02 to 2027-03")])
def test_a_site_that_can_never_be_bought(full: Folder, begin: str, end: str, window: str) -> None:
    full.cell("sites", 4, "offer_from", begin)
    full.cell("sites", 4, "offer_to", end)
    assert full.notice() == f"sites.csv line 4, offer_from: found {window}; {WORDS}no period starts in which it may be bought"


def test_a_site_that_can_never_be_sold(full: Folder) -> None:
    full.cell("sites", 5, "sale_from", "2031-01")
    assert full.notices() == []
    full.cell("sites", 5, "sale_from", "2031-02")
    assert full.notice().startswith(f"sites.csv line 5, sale_from: found 2031-02; {WORDS}no period starts from then on")


def test_a_hall_for_a_site_that_is_bought_too_late(full: Folder) -> None:
    """Nine months of building after a purchase in 2030-01 are over in time for 2031-01, thirteen are not."""
    full.add("halls.csv", "bunker,turnkey,10,1.2,1.1,yes,west,100,9")
    full.cell("sites", 4, "offer_from", "2030-01")
    assert full.notices() == []
    full.cell("halls", 5, "build_months", "13")
    assert full.notice().startswith("halls.csv line 5, id: found 'bunker'")


def test_an_upgrade_of_a_site_on_offer_that_comes_too_late(full: Folder) -> None:
    full.add("grid.csv", "w1,west,upgrade,20,,36,3")
    full.cell("sites", 4, "offer_from", "2028-01")
    assert full.notices() == []
    full.cell("grid", 7, "lead_months", "37")
    reason = "ordered when the site can first be bought, 2028-01, it would come after the last period has begun"
    assert full.notice() == f"grid.csv line 7, lead_months: found 37; {WORDS}{reason}"


def test_an_upgrade_that_is_never_approved(folder: Folder) -> None:
    folder.add("grid.csv", "a0,north,approved,100,2027-01,,")
    assert folder.notices() == []
    folder.cell("grid", 5, "mw", "99")
    reason = "with 60 energised MW the site never has approval for more than 99 MW"
    assert folder.notice() == f"grid.csv line 4, mw: found 40; {WORDS}{reason}"
    folder.cell("sites", 2, "sale_musd_per_mw", "0.1")
    assert folder.notices() == []


def test_approvals_after_the_last_period(folder: Folder) -> None:
    folder.add("grid.csv", "a0,south,approved,30,2027-01,,\na1,south,approved,30,2031-02,,")
    assert folder.notice().startswith(f"grid.csv line 6, from_month: found 2031-02; {WORDS}no period starts from then on")


@pytest.mark.parametrize(
    ("column", "value", "found", "reason"),
    [
        ("max_units", "0", "0", "none stands at the opening and none may be commissioned"),
        ("lead_months", "49", "49", "ordered at the start it would enter service after the last period has begun, in 2031-01"),
    ],
)
def test_a_generator_that_never_runs(full: Folder, column: str, value: str, found: str, reason: str) -> None:
    full.remove("availability.csv")
    full.cell("generators", 3, column, value)
    assert full.notice() == f"generators.csv line 3, {column}: found {found}; {WORDS}{reason}"
    full.add("opening.csv", "field,south,sun,1,,2026-01,,")
    assert full.notices() == []


def test_a_generator_for_a_site_that_is_bought_too_late(full: Folder) -> None:
    full.remove("availability.csv")
    full.cell("generators", 3, "sites", "west")
    full.cell("generators", 3, "lead_months", "24")
    full.cell("sites", 4, "offer_from", "2029-01")
    assert full.notices() == []
    full.cell("sites", 4, "offer_from", "2030-01")
    assert full.notice() == f"generators.csv line 3, id: found 'sun'; {WORDS}it can be commissioned at no site within the plan"


@pytest.mark.parametrize(("table", "lead"), [("asic_models", 2), ("gpu_models", 6)])
def test_an_order_window_without_an_order(full: Folder, table: str, lead: int) -> None:
    """Quarters of 2027, then years: the last service is 2031-01."""
    full.cell(table, 2, "lead_months", str(lead))
    for begin, end, words in (("2031-02", "", "order_from: found from 2031-02"), ("", "2026-12", "order_to: found to 2026-12")):
        full.cell(table, 2, "order_from", begin)
        full.cell(table, 2, "order_to", end)
        reason = f"no period starts {lead} months after a month of this window within the plan, so none is ordered"
        assert full.notice() == f"{table}.csv line 2, {words}; {WORDS}{reason}"
    for column in ("order_from", "order_to"):
        full.cell(table, 2, column, f"2030-{13 - lead:02d}")  # in service 2031-01
    assert full.notices() == []


def test_an_order_window_between_two_periods(full: Folder) -> None:
    """A machine that is there at once could be ordered for 2029-01 or 2030-01, not between."""
    full.cell("asic_models", 2, "order_from", "2029-02")
    full.cell("asic_models", 2, "order_to", "2029-12")
    assert "order_from: found from 2029-02 to 2029-12" in full.notice()
    full.cell("asic_models", 2, "buyable", "no")
    assert full.notices() == []


def test_an_owned_cluster_needs_no_order(full: Folder) -> None:
    """With a lead beyond the plan it is not ordered any more; what stands still matters."""
    full.cell("gpu_models", 2, "lead_months", "49")
    assert full.notices() == []
