"""The checker as a whole: it stands apart from the model, its journal adds up, and its numbers stay short."""

from __future__ import annotations

import ast
import functools
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from planner.check import verify
from planner.check.book import Book
from planner.check.calendar import Calendar
from planner.check.deals import opening_prepaid_musd
from planner.check.exact import amount_words, exact
from planner.check.ledger import Entry, Ledger
from planner.check.world import World
from planner.plan import Plan
from tests.check.portfolio import portfolio
from tests.check.suites import SUITES, Suite

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
CAUSES = {
    *("hashing", "resale", "move", "asic", "hosting", "gpu", "lease", "penalty", "hall", "property_tax", "conversion", "grid", "equipment"),
    *("site", "sale", "overhead", "opening", "energy", "tenant", "supply", "ppa", "generator", "export", "charge", "response"),
    *("fit_out", "triple_net", "contract", "cancel_fee", "tax_base"),
}


def test_it_imports_the_data_and_the_plan_and_nothing_of_the_model() -> None:
    allowed = {"planner_models.rows", "planner_models.schema", "planner.plan", "planner.rules"}
    for path in PACKAGE.glob("*.py"):
        for name in imported(path):
            assert name.split(".")[0] in STANDARD or name in allowed or name.startswith("planner.check"), f"{path.name} imports {name}"


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@functools.cache
def ledgers() -> tuple[tuple[Suite, Ledger], ...]:
    """The ledger of the valid plan of each suite."""
    return tuple((suite, verify(suite.instance, suite.plan).ledger) for suite in SUITES)


def totals(ledger: Ledger) -> dict[str, Fraction]:
    """Sums of the journal by account."""
    return {account: sum((entry.musd for entry in ledger.entries if entry.account == account), Fraction(0)) for account in ACCOUNTS}


def test_the_journal_adds_up_to_the_money_ports() -> None:
    """Sums of the entries by account, site and period are the states of section 10, exactly; overhead alone has no site."""
    for _, ledger in ledgers():
        sums: defaultdict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
        for entry in ledger.entries:
            assert entry.account in ACCOUNTS
            assert (entry.site == "") == (entry.cause == "overhead")
            assert (entry.period == "") == (entry.account in ("terminal", "basis"))
            sums[entry.account, entry.site, entry.period] += entry.musd
        for account in ("revenue", "operating", "capex", "depreciation"):
            assert all(sums[account, site, u] == musd for (site, u), musd in ledger.states[f"{account}_musd"].items())
        for account, state in (("terminal", "terminal_musd"), ("basis", "final_basis_musd")):
            assert all(sums[account, site, ""] == musd for (site,), musd in ledger.states[state].items())


def test_every_cause_is_in_some_journal() -> None:
    """Those that the ledger documents, and no other."""
    assert {entry.cause for _, ledger in ledgers() for entry in ledger.entries} == CAUSES
    documented = inspect.getdoc(Entry) or ""
    assert {cause for cause in CAUSES if not re.search(rf"\b{cause}\b", documented)} == set()


SPENT_MUSD = {"past": 5}
"""Of tax bases, what is not written off at the start: three of five years of 5 M$, and 2 of land."""


def test_every_basis_is_written_off_or_left() -> None:
    """Over the plan depreciation and final basis are the capex, the opening basis and what was spent before and is not written off yet."""
    for suite, ledger in ledgers():
        total, basis = totals(ledger), sum(exact(row.tax_basis_musd) for row in suite.instance.opening) + SPENT_MUSD.get(suite.name, 0)
        assert total["depreciation"] + total["basis"] == total["capex"] + basis


def test_cash_moves_by_what_the_ledger_says() -> None:
    """Opening cash, revenue and prepayments less costs, capex, interest, tax, dividends and security, with debt, shares and treasury."""
    for suite, ledger in ledgers():
        total, made, last = totals(ledger), suite.plan.decisions, Calendar(suite.instance).periods[-1].label
        cash = exact(suite.instance.finance.opening_cash_musd) + total["revenue"] - total["operating"] - total["capex"]
        for family, sign in (("drawn_musd", 1), ("repaid_musd", -1), ("dividends_musd", -1)):
            cash += sign * sum((exact(musd) for musd in made.get(family, {}).values()), Fraction(0))
        fees = {row.id: exact(row.fee_fraction) for row in suite.instance.equity}
        cash += sum(((1 - fees[row]) * exact(musd) for (row, _), musd in made.get("issued_musd", {}).items()), Fraction(0))
        for state, sign in (("interest_musd", -1), ("tax_musd", -1), ("treasury_musd", 1), ("broken_musd", -1)):
            cash += sign * sum(ledger.states[state].values(), Fraction(0))
        cash -= sum((musd for (_, u), musd in ledger.states["posted_musd"].items() if u == last), Fraction(0))
        cash += ledger.states["prepaid_musd"].get((last,), Fraction(0)) - opening_prepaid_musd(Book(World(suite.instance), {}))
        assert ledger.states["cash_musd"][last,] == cash


def test_every_state_is_there_at_every_index_even_when_nothing_happens() -> None:
    """Three sites, six periods, five pairs per site at least: an empty plan has a whole ledger."""
    instance = portfolio()
    states = verify(instance, Plan("portfolio")).ledger.states
    periods = [period.label for period in Calendar(instance).periods]
    assert set(states["installed_mva"]) == {(site, "transformer", u) for site in "abc" for u in periods}
    for name in ("grid_mw", "load_mw", "land_mw", "revenue_musd", "operating_musd", "capex_musd", "energy_cost_musd"):
        assert set(states[name]) == {(site, u) for site in "abc" for u in periods}
    pairs = set(states["final_modules"])
    for name in ("full_modules", "average_modules", "leased_mw", "cluster_mw", "resident_mw", "movable_mw"):
        assert set(states[name]) == {(*pair, u) for pair in pairs for u in periods}
    assert set(states["cash_musd"]) == set(states["hashprice"]) == set(states["interest_musd"]) == {(u,) for u in periods}
    assert set(states["tax_musd"]) == {("2027",), ("2028",), ("2029",)}


def test_fractions_stay_short() -> None:
    """No number needs more than 400 bits: denominators are shared, so sums do not grow with the number of terms."""
    for _, ledger in ledgers():
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
