"""The cut by site loses nothing, and every family of rows and columns that ties sites together is known by name."""

from __future__ import annotations

import numpy as np

import planner
from planner import generate
from planner.engine.split import Split
from planner.places import sites_of
from tests.engine.case import cut, portfolio
from tests.golden.families import FAMILIES
from tests.shipped import FOLDER, NAMES

TIES = {
    "advance_limit", "break_balance", "budget_limit", "cash_balance", "change_balance", "contract_balance", "contract_choice",
    "counted_balance", "doubt_balance", "draw_limit", "dscr_limit", "ebitda_balance", "equity_first_limit", "exit_tax_floor",
    "income_balance", "lease_choice", "mandatory_balance", "market_limit", "mined_balance", "pool_limit", "prepaid_balance",
    "programme_limit", "resale_limit", "slot_limit", "started_limit", "terminal_value_balance", "total_balance",
}  # fmt: skip
"""Rules through which one site's decisions reach another's, or the company. What is added here has a price in the engine."""
COUNTS = {"break_balance", "contract_balance", "contract_choice", "lease_choice", "mandatory_balance", "slot_limit"}
"""Those of them that count whole things of sites: the engine makes these whole first."""
COMPANY = {
    "bitcoin_gain_musd", "bitcoin_musd", "broken_blocks", "broken_musd", "cash_musd", "certain", "change_musd", "counted", "debt_musd",
    "dividends_musd", "doubt_musd", "drawn_musd", "ebitda_musd", "exit_tax_musd", "final_btc", "gain_musd", "indebted", "interest_musd",
    "issued_musd", "kept_btc", "lending", "loss_musd", "mined_btc", "one", "pool_musd", "prepaid_musd", "profit_musd", "repaid_musd",
    "reserve_musd", "scheduled_musd", "tax_musd", "terminal_value_musd", "total", "treasury_musd", "used_musd",
}  # fmt: skip
"""Decisions and states of no site."""


def tied(pieces: Split) -> set[int]:
    """Rows of the company, by number, that have something of a site."""
    return {int(row) for part in pieces.parts for row in np.unique(part.ties.indices)}


def test_every_family_that_ties_sites_is_known() -> None:
    """Over the shipped instances, one small program for each family of rules, and a generated portfolio: nothing new slips in."""
    ties, counts, company = set[str](), set[str](), set[str]()
    for instance in [*(planner.load(FOLDER / name) for name in NAMES), *(make() for make in FAMILIES.values()), generate(16, 10, 24, 1)]:
        pieces = cut(instance)
        rules = [pieces.arrays.row_labels[row].rule for row in pieces.rows]
        ties |= {rules[row] for row in tied(pieces)}
        counts |= {rules[int(row)] for part in pieces.parts for row in part.counts}
        company |= {pieces.arrays.column_labels[column].rule for column in pieces.columns}
    assert (ties, counts, company) == (TIES, COUNTS, COMPANY)


def test_rows_and_columns_are_all_there_once() -> None:
    """Each column has one owner, and a row that is not the company's has columns of one site alone."""
    instance, pieces = portfolio()
    arrays = pieces.arrays
    columns = np.concatenate([pieces.columns, *(part.columns for part in pieces.parts)])
    assert sorted(columns) == list(range(arrays.columns))
    own = sum(part.program.rows - len(part.counts) for part in pieces.parts)
    assert own + len(pieces.rows) == arrays.rows
    owner = np.array([site or "" for site in sites_of(arrays.variables, instance)])
    for row in set(range(arrays.rows)) - set(pieces.rows.tolist()):
        assert len(set(owner[pieces.whole[[row]].indices])) == 1


def test_a_point_is_worth_the_same_in_parts() -> None:
    """Value, and what goes into the rows of the company, add up from the parts and the company."""
    _, pieces = portfolio()
    point = np.random.default_rng(0).random(pieces.arrays.columns)
    parts = [point[part.columns] for part in pieces.parts]
    assert np.array_equal(pieces.joined(point[pieces.columns], parts), point)
    apart = sum((part.ties @ mine for part, mine in zip(pieces.parts, parts, strict=True)), pieces.matrix @ point[pieces.columns])
    assert np.allclose(apart, (pieces.whole @ point)[pieces.rows])
    worth = sum(float(part.program.cost @ mine) for part, mine in zip(pieces.parts, parts, strict=True))
    assert np.isclose(worth + pieces.arrays.cost[pieces.columns] @ point[pieces.columns], pieces.arrays.cost @ point)


def test_the_rows_that_count_are_the_last_of_a_part_and_without_bounds() -> None:
    """So a search can be told how many of a lease, a contract or a slot a site takes."""
    _, pieces = portfolio()
    counted = 0
    for part in pieces.parts:
        own = part.program.rows - len(part.counts)
        assert np.isneginf(part.program.row_lower[own:]).all()
        assert np.isposinf(part.program.row_upper[own:]).all()
        point = np.random.default_rng(1).random(len(part.columns))
        matrix = np.zeros(part.program.rows)
        for column in range(part.program.columns):
            cells = slice(part.program.starts[column], part.program.starts[column + 1])
            matrix[part.program.indices[cells]] += part.program.data[cells] * point[column]
        assert np.allclose(matrix[own:], (part.ties @ point)[part.counts])
        counted += len(part.counts)
    assert counted
