"""The balance sheet ties in every period, and its lines are what they say."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from planner.tables import balance
from planner.tables.book import Book
from tests.check.portfolio import portfolio, valid_plan
from tests.golden.test_instances import QUICK, solved
from tests.tables import capital, wide
from tests.tables.sample import book, book_of, instance, plan

WIDE, CAPITAL = wide.book(), capital.book()
BOOKS = [book(), book_of(portfolio(), valid_plan()), book_of(instance(), plan(drawn_musd={})), WIDE, CAPITAL]


def sheet(of: Book) -> dict[str, dict[str, Any]]:
    """Rows by period."""
    return {str(row["period"]): dict(row) for row in balance.rows(of)}


def ties(of: Book) -> None:
    """Assets are liabilities and equity, exactly, at the start and in every period; what is left of fixed assets is the final tax basis."""
    rows = sheet(of)
    assert list(rows) == ["opening", *(period.label for period in of.periods)]
    for row in rows.values():
        assert row["assets_musd"] == row["cash_musd"] + row["security_musd"] + row["bitcoin_musd"] + row["fixed_assets_musd"]
        assert row["liabilities_and_equity_musd"] == row["debt_musd"] + row["prepaid_musd"] + row["equity_musd"]
        assert row["assets_musd"] == row["liabilities_and_equity_musd"]
    last = rows[of.periods[-1].label]
    assert last["fixed_assets_musd"] == sum(of.state("final_basis_musd", site) for site in of.world.sites)
    assert last["cash_musd"] == of.state("cash_musd", of.periods[-1].label)


@pytest.mark.parametrize("of", BOOKS)
def test_assets_are_liabilities_and_equity_in_every_period(of: Book) -> None:
    """Equity rolls on by income, shares and dividends; that it meets the assets is no definition but arithmetic."""
    ties(of)


@pytest.mark.parametrize("name", QUICK)
def test_the_sheets_of_the_shipped_instances_tie(name: str) -> None:
    """The plans that the README's instances are solved to."""
    run = solved(name)
    assert run.plan is not None
    assert run.certificate is not None
    ties(Book(run.instance, run.plan, run.certificate.ledger))


def test_the_opening_balance_by_hand() -> None:
    """300 M$ of cash, 20 of it restricted, and a tax basis of 10 + 20 + 1.8 + 2 + 3 + 200; 6 owed, half of 1 M$ to be earned."""
    row = sheet(CAPITAL)["opening"]
    names = ("cash_musd", "restricted_musd", "fixed_assets_musd", "assets_musd", "debt_musd", "prepaid_musd", "equity_musd")
    figures = [Fraction(musd) for musd in ("300", "20", "236.8", "536.8", "6", "0.5", "530.3")]
    assert [row[name] for name in names] == figures
    assert [row[name] for name in ("net_income_musd", "issued_net_musd", "dividends_musd")] == [None, None, None]


def test_what_is_held_back_posted_and_kept_is_shown() -> None:
    """20 M$ are restricted until 2028. Security of 2 M$ is away from July 2027 to July 2029.

    50 BTC of the first quarter are sold in 2028, when 40 are kept: each stands at 90,000 USD, the price when it was mined.
    """
    rows = sheet(CAPITAL)
    assert [rows[t]["restricted_musd"] for t in ("2027Q1", "2027Q3", "2027Q4", "2028")] == [20, 20, 20, 0]
    assert [row["security_musd"] for row in rows.values()] == [0, 0, 0, 2, 2, 2, 0, 0]
    kept = [Fraction(musd) for musd in ("0", "4.5", "4.5", "4.5", "4.5", "3.6", "3.6", "3.6")]
    assert [row["bitcoin_musd"] for row in rows.values()] == kept


def test_equity_moves_by_income_shares_and_dividends() -> None:
    """10 M$ of shares bring 9.7 in 2027Q2; 50 M$ are paid out in 2030."""
    rows = list(sheet(CAPITAL).values())
    for before, row in pairwise(rows):
        assert row["equity_musd"] - before["equity_musd"] == row["net_income_musd"] + row["issued_net_musd"] - row["dividends_musd"]
    assert (rows[2]["issued_net_musd"], rows[-1]["dividends_musd"]) == (Fraction("9.7"), 50)
