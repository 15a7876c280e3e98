"""The checker as a whole: it stands apart from the model, its journal adds up, and its numbers stay short."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from planner.check import verify
from planner.check.calendar import Calendar
from planner.check.exact import amount_words, exact
from planner.plan import Plan
from tests.check.portfolio import portfolio, valid_plan

PACKAGE = Path(__file__).parents[2] / "planner" / "check"
STANDARD = {
    "__future__",
    "bisect",
    "collections",
    "dataclasses",
    "datetime",
    "fractions",
    "functools",
    "itertools",
    "math",
    "types",
    "typing",
}
ACCOUNTS = {"revenue", "operating", "capex", "depreciation", "terminal", "basis"}
CAUSES = {"hashing", "lease", "penalty", "gpu", "energy", "hall", "conversion", "asic", "grid", "equipment", "site", "overhead", "opening"}


def test_it_imports_the_data_and_the_plan_and_nothing_of_the_model() -> None:
    allowed = {"planner_models.rows", "planner_models.schema", "planner.plan"}
    for path in PACKAGE.glob("*.py"):
        for name in imported(path):
            assert name.split(".")[0] in STANDARD or name in allowed or name.startswith("planner.check"), f"{path.name} imports {name}"


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_the_journal_adds_up_to_the_money_ports() -> None:
    """Sums of the entries by account, site and period are the states of section 10, exactly; overhead alone has no site."""
    ledger = verify(portfolio(), valid_plan()).ledger
    sums: defaultdict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
    for entry in ledger.entries:
        assert entry.account in ACCOUNTS
        assert entry.cause in CAUSES
        assert (entry.site == "") == (entry.cause == "overhead")
        assert (entry.period == "") == (entry.account in ("terminal", "basis"))
        sums[entry.account, entry.site, entry.period] += entry.musd
    for account in ("revenue", "operating", "capex", "depreciation"):
        assert all(sums[account, site, u] == musd for (site, u), musd in ledger.states[f"{account}_musd"].items())
    for account, state in (("terminal", "terminal_musd"), ("basis", "final_basis_musd")):
        assert all(sums[account, site, ""] == musd for (site,), musd in ledger.states[state].items())
    assert {entry.cause for entry in ledger.entries} == CAUSES


def test_every_basis_is_written_off_or_left() -> None:
    """Over the plan depreciation and final basis are the capex and the opening basis of 6 M$."""
    ledger = verify(portfolio(), valid_plan()).ledger
    total = {account: sum(entry.musd for entry in ledger.entries if entry.account == account) for account in ACCOUNTS}
    assert total["depreciation"] + total["basis"] == total["capex"] + 6


def test_cash_moves_by_what_the_ledger_says() -> None:
    """From 1000: revenue less costs, capex, interest, tax and dividends, plus draws less repayments, is the cash at the end."""
    ledger = verify(portfolio(), valid_plan()).ledger
    total = {account: sum(entry.musd for entry in ledger.entries if entry.account == account) for account in ACCOUNTS}
    cash = 1000 + total["revenue"] - total["operating"] - total["capex"] + 8 - 11 - 200
    cash -= sum(ledger.states["interest_musd"].values()) + sum(ledger.states["tax_musd"].values())
    assert ledger.states["cash_musd"]["2029",] == cash


def test_every_state_is_there_at_every_index_even_when_nothing_happens() -> None:
    """Three sites, six periods, five pairs per site at least: an empty plan has a whole ledger."""
    instance = portfolio()
    states = verify(instance, Plan("portfolio")).ledger.states
    periods = [period.label for period in Calendar(instance).periods]
    for name in ("grid_mw", "installed_mva", "load_mw", "land_mw", "revenue_musd", "operating_musd", "capex_musd", "energy_cost_musd"):
        assert set(states[name]) == {(site, u) for site in "abc" for u in periods}
    pairs = set(states["final_modules"])
    for name in ("full_modules", "average_modules", "leased_mw", "cluster_mw", "resident_mw", "movable_mw"):
        assert set(states[name]) == {(*pair, u) for pair in pairs for u in periods}
    assert set(states["cash_musd"]) == set(states["hashprice"]) == set(states["interest_musd"]) == {(u,) for u in periods}
    assert set(states["tax_musd"]) == {("2027",), ("2028",), ("2029",)}


def test_fractions_stay_short() -> None:
    """No number of the portfolio needs more than 400 bits: denominators are shared, so sums do not grow with the number of terms."""
    ledger = verify(portfolio(), valid_plan()).ledger
    longest = max(value.denominator.bit_length() for states in ledger.states.values() for value in states.values())
    assert longest <= 400


def test_decimals_and_words() -> None:
    assert exact(0.1) == Fraction(1, 10)
    assert exact(1e-06) == Fraction(1, 1_000_000)
    assert exact(250) == 250
    assert amount_words(Fraction(1234567, 1000)) == "1,234.567"
    assert amount_words(Fraction(-1, 3)) == "-0.333333"
    assert amount_words(Fraction(0)) == "0"
    assert amount_words(Fraction(-1, 10**9)) == "0"
