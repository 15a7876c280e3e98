"""Faults of names: references to rows and blocks that do not exist, told whatever else is wrong in a row or beside it."""

from __future__ import annotations

import pytest

from tests.instance.case import Folder

ITEMS = "a hall type, equipment type, generator, ASIC model or GPU model: tx, gas, sun, shed, shell, ai, s21, gb300"
SITES = "a site: north, south, west, east"
REFERENCES = [
    ("sites", 2, "market", "unknown 'ercto'; allowed: a market of power_prices: ercot; did you mean 'ercot'?"),
    ("grid", 2, "site", f"unknown 'nort'; allowed: {SITES}; did you mean 'north'?"),
    ("slots", 2, "equipment", "unknown 'ty'; allowed: an equipment type: tx"),
    ("generators", 2, "sites", f"unknown 'nroth'; allowed: {SITES}; did you mean 'north'?"),
    ("generators", 2, "fuel", "unknown 'diesel'; allowed: a fuel of fuel_prices: henry"),
    ("availability", 2, "generator", "unknown 'sin'; allowed: a generator: gas, sun; did you mean 'sun'?"),
    ("availability", 2, "market", "unknown 'pjm'; allowed: a market of power_prices: ercot"),
    ("halls", 4, "sites", f"unknown 'center'; allowed: {SITES}"),
    ("conversions", 2, "from_hall", "unknown 'sched'; allowed: a hall type: shed, shell, ai; did you mean 'shed'?"),
    ("conversions", 2, "to_hall", "unknown 'shells'; allowed: a hall type: shed, shell, ai; did you mean 'shell'?"),
    ("conversions", 2, "site", f"unknown 'North'; allowed: {SITES}; did you mean 'north'?"),
    ("delivery_limits", 3, "site", f"unknown 'northern'; allowed: {SITES}; did you mean 'north'?"),
    ("asic_prices", 2, "asic", "unknown 's21xp'; allowed: an ASIC model: s21; did you mean 's21'?"),
    ("moves", 2, "site", f"unknown 'n'; allowed: {SITES}"),
    ("gpu_market", 2, "gpu", "unknown 'gb200'; allowed: a GPU model: gb300; did you mean 'gb300'?"),
    ("residuals", 2, "item", "unknown 'tx'; allowed: an ASIC model, GPU model or generator: s21, gb300, gas, sun"),
    ("opening", 2, "site", f"unknown 'norht'; allowed: {SITES}; did you mean 'north'?"),
    ("opening", 3, "item", f"unknown 's19'; allowed: {ITEMS}; did you mean 's21'?"),
    ("opening", 6, "hall", "unknown 'aii'; allowed: a hall type: shed, shell, ai; did you mean 'ai'?"),
    ("ppas", 2, "site", f"unknown 'norht'; allowed: {SITES}; did you mean 'north'?"),
    ("charges", 2, "site", f"unknown 'norht'; allowed: {SITES}; did you mean 'north'?"),
    ("programmes", 2, "market", "unknown 'ercto'; allowed: a market of power_prices: ercot; did you mean 'ercot'?"),
    ("hosting", 2, "site", f"unknown 'norht'; allowed: {SITES}; did you mean 'north'?"),
    ("lease_sites", 2, "lease", "unknown 'anhcor'; allowed: a lease: anchor, second; did you mean 'anchor'?"),
    ("lease_sites", 4, "site", f"unknown 'nowhere'; allowed: {SITES}"),
]


@pytest.mark.parametrize(("table", "line", "column", "words"), REFERENCES)
def test_unknown_ids(full: Folder, table: str, line: int, column: str, words: str) -> None:
    wrong = words.split("'")[1]
    full.cell(table, line, column, wrong if column != "sites" else f"north|{wrong}")
    assert any(f"{table}.csv line {line}, {column}: found {words}" in message for message in full.problems()), full.problems()


def test_unknown_ids_where_nothing_is_known(folder: Folder) -> None:
    folder.remove("equipment.csv")
    folder.put("opening.csv", folder.text("opening.csv").replace("yard,north,tx,2,,2020-01,\n", ""))
    assert folder.problems() == [
        "slots.csv line 2, equipment: found unknown 'tx'; allowed: an equipment type; there is none in equipment",
        "slots.csv line 3, equipment: found unknown 'tx'; allowed: an equipment type; there is none in equipment",
    ]


@pytest.mark.parametrize(
    ("table", "line", "column", "value", "words"),
    [
        ("availability", 2, "block", "peaks", "'peaks'; allowed: a block of market 'ercot': peak, base; did you mean 'peak'?"),
        ("charges", 3, "block", "summer", "'summer'; allowed: a block of market 'ercot': peak, base"),
        ("programmes", 2, "blocks", "peak|bass", "'bass'; allowed: a block of market 'ercot': peak, base; did you mean 'base'?"),
    ],
)
def test_unknown_blocks(full: Folder, table: str, line: int, column: str, value: str, words: str) -> None:
    full.cell(table, line, column, value)
    assert full.problem() == f"{table}.csv line {line}, {column}: found unknown {words}"


def test_a_block_of_another_market_is_unknown(full: Folder) -> None:
    """The block of a charge is one of the market whose prices its site pays."""
    full.add("power_prices.csv", "pjm,2027,all,1,45")
    full.cell("charges", 3, "block", "all")
    assert full.problem().startswith("charges.csv line 3, block: found unknown 'all'; allowed: a block of market 'ercot'")
    full.cell("sites", 3, "market", "pjm")
    assert full.problems() == []


def test_blocks_of_a_market_with_an_unread_row_are_free(full: Folder) -> None:
    full.cell("power_prices", 2, "usd_per_mwh", "x")
    full.cell("charges", 3, "block", "summer")
    assert full.problem().startswith("power_prices.csv line 2, usd_per_mwh")


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


@pytest.mark.parametrize(
    ("table", "name", "refused"),
    [("sites", "north", "nor th"), ("halls", "shed", "sh ed"), ("leases", "anchor", "anchor!"), ("power_prices", "ercot", "er cot")],
)
def test_a_refused_id_is_one_problem(folder: Folder, table: str, name: str, refused: str) -> None:
    """What refers to the row by its right name is not at fault, and the refused name is offered to nobody."""
    line, row = next((i, row) for i, row in enumerate(folder.text(f"{table}.csv").splitlines()) if row.startswith(f"{name},"))
    folder.put(f"{table}.csv", folder.text(f"{table}.csv").replace(row, row.replace(name, refused, 1)))
    (message,) = folder.problems()
    assert message.startswith(f"{table}.csv line {line + 1}, {'market' if table == 'power_prices' else 'id'}: found {refused!r}; allowed: ")
    folder.cell("grid", 4, "site", "southh")
    told = folder.problems()
    assert "did you mean 'south'?" in " ".join(told)
    assert sum(refused in message for message in told) == 1


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
