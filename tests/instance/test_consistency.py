"""Faults between tables: references, duplicates and amounts that do not fit each other."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from planner.instance import load
from planner_models.schema import Instance
from tests.instance.case import Folder

REFERENCES = [
    ("sites", 2, "market", "unknown 'ercto'; allowed: a market of power_prices: ercot; did you mean 'ercot'?"),
    ("grid", 2, "site", "unknown 'nort'; allowed: a site: north, south; did you mean 'north'?"),
    ("slots", 2, "equipment", "unknown 'ty'; allowed: an equipment type: tx"),
    ("halls", 4, "sites", "unknown 'west'; allowed: a site: north, south"),
    ("conversions", 2, "from_hall", "unknown 'sched'; allowed: a hall type: shed, shell, ai; did you mean 'shed'?"),
    ("conversions", 2, "to_hall", "unknown 'shells'; allowed: a hall type: shed, shell, ai; did you mean 'shell'?"),
    ("conversions", 2, "site", "unknown 'North'; allowed: a site: north, south; did you mean 'north'?"),
    ("gpu_market", 2, "gpu", "unknown 'gb200'; allowed: a GPU model: gb300; did you mean 'gb300'?"),
    ("opening", 2, "site", "unknown 'norht'; allowed: a site: north, south; did you mean 'north'?"),
    ("opening", 3, "item", "unknown 's19'; allowed: a hall type, equipment type or ASIC model: shed, shell, ai, tx, s21"),
    ("lease_sites", 2, "lease", "unknown 'anhcor'; allowed: a lease: anchor, second; did you mean 'anchor'?"),
    ("lease_sites", 4, "site", "unknown 'nowhere'; allowed: a site: north, south"),
]


@pytest.mark.parametrize(("table", "line", "column", "words"), REFERENCES)
def test_unknown_ids(folder: Folder, table: str, line: int, column: str, words: str) -> None:
    wrong = words.split("'")[1]
    folder.cell(table, line, column, wrong if column != "sites" else f"north|{wrong}")
    assert any(f"{table}.csv line {line}, {column}: found {words}" in message for message in folder.problems()), folder.problems()


def test_unknown_ids_where_nothing_is_known(folder: Folder) -> None:
    folder.remove("equipment.csv")
    folder.put("opening.csv", folder.text("opening.csv").replace("yard,north,tx,2,,2020-01,\n", ""))
    assert folder.problems() == [
        "slots.csv line 2, equipment: found unknown 'tx'; allowed: an equipment type; there is none in equipment",
        "slots.csv line 3, equipment: found unknown 'tx'; allowed: an equipment type; there is none in equipment",
    ]


def test_a_gpu_cannot_stand_at_the_opening(folder: Folder) -> None:
    folder.cell("opening", 3, "item", "gb300")
    assert "opening.csv line 3, item: found 'gb300', a GPU model" in folder.problem()
    assert "GPU clusters cannot stand at the opening" in folder.problem()


@pytest.mark.parametrize(
    ("table", "row", "words"),
    [
        ("sites", "north,ercot,5,", "id: found 'north' a second time; allowed: each once; first in sites.csv line 2"),
        ("grid", "n1,south,energised,4,2020-01,,", "id: found 'n1' a second time; allowed: each once; first in grid.csv line 4"),
        ("slots", "tx,2028,9", "equipment/year: found 'tx/2028' a second time; allowed: each once; first in slots.csv line 2"),
        ("gpu_market", "gb300,2027,1,1", "gpu/from_year: found 'gb300/2027' a second time"),
        (
            "lease_sites",
            "anchor,north,3",
            "lease/site: found 'anchor/north' a second time; allowed: each once; first in lease_sites.csv line 2",
        ),
        ("btc", "2027-01-01,1,1,", "from_day: found '2027-01-01' a second time"),
        ("budgets", "2027,1", "year: found '2027' a second time"),
        ("debt", "loan,1,0,2030-01,", "id: found 'loan' a second time"),
    ],
)
def test_keys_given_twice(folder: Folder, table: str, row: str, words: str) -> None:
    folder.add(f"{table}.csv", row)
    assert words in folder.problem()


def test_a_price_given_twice(folder: Folder) -> None:
    folder.add("power_prices.csv", "ercot,2027,peak,0,90")
    assert "market/from_year/block: found 'ercot/2027/peak' a second time" in folder.problem()


@pytest.mark.parametrize(("table", "line", "other"), [("halls", 4, "tx"), ("asic_models", 2, "shell"), ("gpu_models", 2, "s21")])
def test_items_share_one_list_of_ids(folder: Folder, table: str, line: int, other: str) -> None:
    folder.cell(table, line, "id", other)
    assert any(f"{table}.csv line {line}, id: found '{other}', an id of " in message for message in folder.problems())
    assert any(
        "allowed: an id used once in equipment, halls, asic_models, gpu_models; first in " in message for message in folder.problems()
    )


@pytest.mark.parametrize(
    ("line", "column", "value", "words"),
    [
        (2, "count", "", "count: blank; a value is required: a number above 0; a hall or equipment type is counted"),
        (2, "it_mw", "40", "it_mw: found 40; allowed: blank; a hall or equipment type is counted, in count"),
        (3, "it_mw", "", "it_mw: blank; a value is required: a number above 0; an ASIC fleet is measured in MW"),
        (3, "count", "7", "count: found 7; allowed: blank; an ASIC fleet is measured in MW, in it_mw"),
        (4, "it_mw", "80", "it_mw: found 80; allowed: blank; a hall or equipment type is counted, in count"),
    ],
)
def test_the_amount_of_an_opening_row(folder: Folder, line: int, column: str, value: str, words: str) -> None:
    folder.cell("opening", line, column, value)
    assert f"opening.csv line {line}, {words}" in folder.problem()


def test_opening_halls_fit_the_land(folder: Folder) -> None:
    folder.add("opening.csv", "more,north,shed,3,,2023-01,")
    assert folder.problem() == (
        "opening.csv line 5, count: found 3 (30 MW of halls, 70 MW with the rows before); "
        "allowed: at most 60 MW, the land_it_mw of site 'north'"
    )


def test_halls_that_are_gone_hold_no_land_and_those_to_come_only_by_themselves(folder: Folder) -> None:
    folder.add("opening.csv", "gone,north,shed,90,,2001-01,1")
    folder.add("opening.csv", "later,north,shed,3,,2028-01,")
    assert folder.problems() == []
    folder.add("opening.csv", "huge,north,shed,7,,2028-01,")
    assert "opening.csv line 7, count: found 7 (70 MW of halls); allowed: at most 60 MW" in folder.problem()


def test_a_module_fits_the_land_of_a_site(folder: Folder) -> None:
    folder.cell("halls", 4, "module_it_mw", "61")
    assert folder.problem() == (
        "halls.csv line 4, module_it_mw: found 61; allowed: at most 60, the largest land_it_mw of the sites where it may stand"
    )
    folder.cell("halls", 4, "sites", "south")
    assert "allowed: at most 40" in folder.problem()


def test_the_target_of_a_conversion_fits_too(folder: Folder) -> None:
    folder.cell("halls", 3, "buildable", "no")
    folder.cell("halls", 3, "module_it_mw", "61")
    assert "halls.csv line 3, module_it_mw: found 61" in folder.problem()


def test_blocks_are_all_hours_of_a_year(folder: Folder) -> None:
    folder.cell("power_prices", 5, "hours_fraction", "0.85")
    assert folder.problem() == ("power_prices.csv line 4, hours_fraction: found a sum of 0.95 over the blocks of ercot 2029; allowed: 1")


def test_blocks_may_be_rounded_to_nine_digits_and_no_less(folder: Folder) -> None:
    rows = "\n".join(f"ercot,2027,b{i},{{}},30" for i in range(3))
    header = "market,from_year,block,hours_fraction,usd_per_mwh\n"
    folder.put("power_prices.csv", header + rows.format(*["0.3333333333"] * 3) + "\n")
    assert folder.problems() == []
    folder.put("power_prices.csv", header + rows.format(*["0.333333"] * 3) + "\n")
    assert "found a sum of 0.999999 over the blocks of ercot 2027" in folder.problem()


def test_the_blocks_of_a_market_are_the_same_in_every_year(folder: Folder) -> None:
    folder.cell("power_prices", 4, "block", "top")
    assert folder.problem() == ("power_prices.csv line 4, block: found top, base in 2029; allowed: the blocks of ercot 2027: peak, base")


def test_a_lease_names_a_site(folder: Folder) -> None:
    folder.put("lease_sites.csv", "lease,site\nanchor,north\n")
    assert "leases.csv line 3, id: found 'second' without a row in lease_sites; allowed: at least one site" in folder.problem()


def test_a_mandatory_lease_fits_the_land_of_one_of_its_sites(folder: Folder) -> None:
    folder.cell("leases", 2, "it_mw", "61")
    assert "cannot influence the plan: the land of site 'north' holds 60 MW" in folder.notices()[0]
    folder.cell("leases", 2, "mandatory", "yes")
    assert folder.problem() == (
        "leases.csv line 2, it_mw: found 61; allowed: at most 60, the largest land_it_mw of its sites, as it is mandatory"
    )


def test_a_mandatory_lease_has_a_hall_of_its_product(folder: Folder) -> None:
    folder.cell("leases", 2, "mandatory", "yes")
    assert folder.problems() == []
    folder.cell("leases", 2, "product", "powered_land")
    assert folder.problem() == (
        "leases.csv line 2, product: found 'powered_land'; "
        "allowed: the product of a hall at its sites (mining, powered_shell, turnkey), as it is mandatory"
    )


def test_a_mandatory_lease_has_power_at_one_of_its_sites(folder: Folder) -> None:
    """North has 100 MW in all, 40 of them an upgrade that may come too late, which is for the model to find; south has 30."""
    folder.cell("halls", 4, "pue_peak", "2")
    folder.cell("leases", 2, "it_mw", "50.5")
    folder.cell("sites", 3, "land_it_mw", "60")
    reason = "it needs 101 MW of utility power at pue_peak 2, and site 'north' can never have more than 100 MW in grid"
    assert folder.notices() == [f"leases.csv line 2, it_mw: found 50.5; it cannot influence the plan: {reason}"]
    folder.cell("leases", 2, "mandatory", "yes")
    assert folder.problem() == (
        f"leases.csv line 2, it_mw: found 50.5: {reason} (none of its 2 sites can serve it); "
        "allowed: a lease that can be served, as it is mandatory"
    )
    folder.cell("leases", 2, "it_mw", "50")
    assert folder.problems() == []


def test_a_mandatory_lease_has_a_hall_in_time(folder: Folder) -> None:
    """A turnkey hall takes 12 months, so the first stands 2028-01."""
    folder.cell("leases", 2, "ready_by", "2027-04")
    folder.cell("leases", 2, "drop_dead", "2027-10")
    folder.cell("leases", 2, "mandatory", "yes")
    assert folder.problem() == (
        "leases.csv line 2, drop_dead: found 2027-10: the first hall of its product at site 'north' can stand 2028-01 "
        "(none of its 2 sites can serve it); allowed: a lease that can be served, as it is mandatory"
    )
    folder.cell("leases", 2, "drop_dead", "2028-01")
    assert folder.problems() == []


def test_a_mandatory_lease_needs_a_hall_that_can_stand(folder: Folder) -> None:
    """A hall type of its product exists, but is neither built nor converted to."""
    folder.cell("halls", 4, "buildable", "no")
    folder.cell("leases", 2, "mandatory", "yes")
    assert "leases.csv line 2, product: found 'turnkey': no hall of this product can stand at site 'north'" in folder.problem()


def test_a_mandatory_lease_made_in_python_raises_too(folder: Folder) -> None:
    instance = load(folder.path).with_("halls.ai.buildable", False)
    with pytest.raises(ValidationError, match=r"leases row 1, product: found 'turnkey': no hall of this product can stand"):
        instance.with_("leases.anchor.mandatory", True)


def test_opening_debt_is_within_the_limit(folder: Folder) -> None:
    folder.cell("debt", 2, "opening_balance_musd", "200.5")
    assert folder.problem() == "debt.csv line 2, opening_balance_musd: found 200.5; allowed: at most limit_musd, 200"


def test_an_instance_made_in_python_raises_the_same(folder: Folder) -> None:
    instance = load(folder.path)
    with pytest.raises(ValidationError, match=r"leases row 1, it_mw: found 61; allowed: at most 60"):
        instance.with_("leases.anchor.mandatory", True).with_("leases.anchor.it_mw", 61)
    sites = (*instance.sites, instance.sites[0])
    with pytest.raises(ValidationError, match=r"sites row 3, id: found 'north' a second time; allowed: each once; first in sites row 1"):
        instance.with_("sites", sites)


def test_an_instance_of_settings_alone_is_valid(folder: Folder) -> None:
    instance = load(folder.path)
    assert Instance(name="bare", start=instance.start, periods=instance.periods, finance=instance.finance).sites == ()


@pytest.mark.parametrize(
    ("table", "line", "column", "value"),
    [
        ("sites", 2, "land_it_mw", "x"),
        ("sites", 2, "market", "?"),
        ("halls", 2, "pue_peak", "x"),
        ("halls", 4, "module_it_mw", "x"),
        ("equipment", 2, "mva", "x"),
        ("asic_models", 2, "j_per_th", "x"),
        ("gpu_models", 2, "gpus_per_mw", "x"),
        ("gpu_market", 2, "market_it_mw", "x"),
        ("leases", 2, "it_mw", "x"),
        ("lease_sites", 4, "rent_adder_usd_per_kw_month", "x"),
        ("power_prices", 2, "usd_per_mwh", "x"),
        ("power_prices", 2, "from_year", "x"),
        ("btc", 2, "btc_usd", "x"),
        ("opening", 2, "count", "x"),
    ],
)
def test_a_faulty_row_causes_no_follow_on(folder: Folder, table: str, line: int, column: str, value: str) -> None:
    folder.cell(table, line, column, value)
    assert folder.problem().startswith(f"{table}.csv line {line}, {column}: found ")


def test_a_slip_is_told_beside_a_row_without_a_name(folder: Folder) -> None:
    """A row whose name could not be read might be any: of what it may hold only what is surely a slip is reported."""
    folder.cell("power_prices", 2, "market", "")
    folder.cell("sites", 2, "market", "ercto")
    folder.cell("sites", 3, "market", "pjm")
    assert folder.problems() == [
        "sites.csv line 2, market: found unknown 'ercto'; allowed: a market of power_prices: ercot; did you mean 'ercot'?",
        folder.problems()[1],
    ]
    assert folder.problems()[1].startswith("power_prices.csv line 2, market: blank")


@pytest.mark.parametrize("broken", ["btc", "leases", "halls", "power_prices", "grid"])
def test_a_misspelt_market_is_told_whatever_else_is_wrong(folder: Folder, broken: str) -> None:
    folder.cell("sites", 2, "market", "ercto")
    folder.add(f"{broken}.csv", "a,b")
    assert folder.problems()[0].startswith("sites.csv line 2, market: found unknown 'ercto'")
    assert f"{broken}.csv line " in folder.problems()[1]


def test_names_of_rows_that_could_not_be_read_are_known(folder: Folder) -> None:
    folder.put("power_prices.csv", folder.text("power_prices.csv").replace("hours_fraction", "hours"))
    folder.cell("sites", 2, "market", "ercto")
    assert folder.problems()[0] == (
        "sites.csv line 2, market: found unknown 'ercto'; allowed: a market of power_prices: ercot; did you mean 'ercot'?"
    )


def test_references_of_a_row_with_another_fault_are_told(folder: Folder) -> None:
    folder.cell("sites", 2, "land_it_mw", "x")
    folder.cell("sites", 2, "market", "ercto")
    folder.cell("halls", 4, "pue_peak", "9")
    folder.cell("halls", 4, "sites", "north|sout")
    assert [(problem.file, problem.line, problem.field) for problem in folder.report().problems] == [
        ("sites.csv", 2, "land_it_mw"),
        ("sites.csv", 2, "market"),
        ("halls.csv", 4, "pue_peak"),
        ("halls.csv", 4, "sites"),
    ]


def test_a_numbered_name_beside_a_row_without_a_name_is_no_slip(folder: Folder) -> None:
    folder.add("grid.csv", "n2,north_2,energised,1,2027-01,,")
    folder.add("sites.csv", "north_1,ercot,1,")
    folder.add("sites.csv", ",ercot,1,")
    assert "sites.csv line 5, id: blank" in folder.problem()


def test_what_can_be_judged_beside_a_faulty_row_is_judged(folder: Folder) -> None:
    folder.cell("sites", 2, "land_it_mw", "x")
    folder.cell("grid", 3, "site", "sout")
    assert folder.problems() == [
        "sites.csv line 2, land_it_mw: found 'x'; allowed: a number from 0 to 1000000",
        "grid.csv line 3, site: found unknown 'sout'; allowed: a site: south, north; did you mean 'south'?",
    ]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("start: 2027-01", "start: soon", "start"),
        ("count: 4}\n  - {months: 12", "count: no}\n  - {months: 12", "periods[0].count"),
        ("rate_fraction: 0.1", "rate_fraction: no", "finance.discount_rate_fraction"),
        ("name: two_sites", "name: ''", "name"),
    ],
)
def test_faulty_settings_cause_no_follow_on(folder: Folder, old: str, new: str, field: str) -> None:
    folder.swap("instance.yaml", old, new)
    assert folder.report().problems[0].field == field
    assert len(folder.problems()) == 1
    folder.cell("grid", 2, "site", "nort")
    assert len(folder.problems()) == 2
