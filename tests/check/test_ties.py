"""The statements tie: every identity holds exactly in every ledger, and none survives a ledger that is damaged in one place."""

from __future__ import annotations

import functools
from collections.abc import Callable
from fractions import Fraction

import pytest

from planner.check import cash, halls, verify
from planner.check.book import Book
from planner.check.exact import ZERO
from planner.check.ledger import Ledger, Violation
from planner.check.rolls import Stock
from planner.check.ties import check, ties
from planner.check.verify import draw_up
from planner.plan import Plan
from tests.check.hand import METER, SITE, small
from tests.check.suites import SUITES, Suite
from tests.maths import defined

DUST = Fraction(1, 10**15)
"""Far below every tolerance: an identity has none."""
ALTERED: dict[str, set[str]] = {
    "revenue_musd": {"10.5"},
    "operating_musd": {"10.6"},
    "capex_musd": {"10.7"},
    "depreciation_musd": {"10.8"},
    "terminal_musd": {"10.9"},
    "final_basis_musd": {"10.10"},
    "energy_cost_musd": {"7.1"},
    "charges_musd": {"13.9"},
    "proceeds_musd": {"11.12"},
    "debt_musd": {"8.3"},
    "facility_fee_musd": {"8.9"},
    "interest_musd": {"8.9", "8.6", "9.1"},
    "cash_musd": {"8.6"},
    "prepaid_musd": {"8.6"},
    "posted_musd": {"8.6"},
    "broken_musd": {"8.6", "9.1"},
    "treasury_musd": {"8.6", "15.7"},
    "gain_musd": {"9.1", "15.7"},
    "bitcoin_musd": {"9.8", "15.7"},
    "bitcoin_gain_musd": {"15.7"},
    "profit_musd": {"9.1"},
    "loss_musd": {"9.1", "9.3"},
    "used_musd": {"9.2", "9.3"},
    "pool_musd": {"9.3"},
    "tax_musd": {"9.5", "8.6"},
    "ebitda_musd": {"8.17"},
    "terminal_value_musd": {"9.6"},
    "exit_tax_musd": {"9.7"},
    "doubt_musd": {"9.8"},
    "discount_mid": {"9.8"},
    "discount_end": {"9.8"},
    "equity_value": {"9.8"},
    "full_modules": {"2.6"},
    "average_modules": {"2.7"},
    "final_modules": {"2.8"},
    "installed_mw": {"3.4"},
    "installed_mva": {"6.6"},
    "generating_mw": {"12.3"},
}
"""The ties that see to a state at each of its indices, by its name."""
SOMETIMES = {"full_modules", "installed_mva", "generating_mw", "discount_mid"}
"""What stands all through a period is counted up where nothing comes or goes inside it; a factor counts where something is paid out."""
TIED = {"revenue": {"10.5", "8.6", "9.1", "9.8"}, "operating": {"10.6", "8.6", "9.1", "9.8"}, "capex": {"10.7", "10.10", "8.6", "9.8"}} | {
    "depreciation": {"10.8", "10.10", "9.1"},
    "terminal": {"10.9", "9.6", "9.8"},
    "basis": {"10.10"},
}
"""The ties that see to an entry, by its account."""


@functools.cache
def ledger(name: str) -> Ledger:
    """The whole ledger of the valid plan of a suite."""
    return next(verify(suite.instance, suite.plan).ledger for suite in SUITES if suite.name == name)


def entries(suite: Suite) -> list[tuple[str, str, str, str, str, Fraction]]:
    return [(line.account, line.cause, line.item, line.site, line.period, line.musd) for line in ledger(suite.name).entries]


def book(suite: Suite) -> Book:
    return draw_up(suite.instance, suite.plan)


def named(found: Book) -> list[Violation]:
    check(found)
    return found.violations


def tags(found: Book) -> set[str]:
    return {violation.tag for violation in named(found)}


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_every_statement_ties(suite: Suite) -> None:
    assert [tie for tie in ties(book(suite)) if tie.stands != tie.adds_up] == []


def test_no_tie_is_only_about_nothing() -> None:
    """Each number is held on some amount that is not zero, under the number and the name that MATHS.md gives it."""
    seen = {(tie.identity.tag, tie.identity.rule) for suite in SUITES for tie in ties(book(suite)) if tie.stands}
    assert {tag for tag, _ in seen} == {tag for tags in ALTERED.values() for tag in tags}
    numbers = defined()
    assert {(numbers[rule], rule) for _, rule in seen} == seen


@pytest.mark.parametrize("state", ALTERED)
def test_a_state_that_is_altered_is_named(state: str) -> None:
    """By as little as there is, at the last and some other indices of the first suite that has the state at anything but zero."""
    suite = next(suite for suite in SUITES if any(ledger(suite.name).states[state].values()))
    indices, held = list(ledger(suite.name).states[state]), []
    for index in indices[-1 :: -(len(indices) // 5 + 1)]:
        damaged = book(suite)
        damaged.add(state, index, DUST)
        held.append(ALTERED[state] <= tags(damaged))
    assert any(held) if state in SOMETIMES else all(held)


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_an_entry_that_is_dropped_is_named(suite: Suite) -> None:
    """Each account and cause once: by the sum of its site, by cash, tax and value, and what is bought by its basis."""
    tried = {(line[0], line[1]): line for line in entries(suite)}
    for (account, cause), line in tried.items():
        damaged = book(suite)
        damaged.post(*line[:5], musd=-line[5])
        expected = TIED[account] - ({"10.6"} if cause == "overhead" else set())
        if cause in ("energy", "tenant", "supply", "sale") or (account, cause) == ("operating", "charge"):
            expected |= {"11.12"} if cause == "sale" else {"13.9"} if cause == "charge" else {"7.1"}
        assert expected <= tags(damaged), (account, cause)


def test_an_entry_of_no_site_or_no_period_is_named() -> None:
    """What no port counts is found all the same."""
    for index in (("nowhere", "2028"), ("a", "2099"), ("", "2028")):
        damaged = book(SUITES[0])
        damaged.post("revenue", "lease", "must", *index, musd=Fraction(1))
        assert ("10.5", index, 1) in [(violation.tag, violation.index, violation.amount) for violation in named(damaged)]


@pytest.mark.parametrize("account", TIED)
def test_an_entry_that_is_moved_to_another_place_is_named(account: str) -> None:
    """Nothing is lost over the company, so only what is kept by site and by thing can tell."""
    line = next(line for line in entries(SUITES[0]) if line[0] == account and line[3])
    damaged = book(SUITES[0])
    for sign, site in ((-1, line[3]), (1, next(site for site in "abc" if site != line[3]))):
        damaged.post(*line[:3], site, line[4], musd=sign * line[5])
    expected = min(TIED[account], key=lambda tag: (not tag.startswith("10."), len(tag)))
    assert expected in tags(damaged)


def test_a_tie_says_what_stands_and_what_adds_up() -> None:
    """100 M$ of cash in a company that does nothing: one M$ more, from nowhere, at the end of 2028."""
    damaged = draw_up(small(), Plan("small"))
    damaged.add("cash_musd", ("2028",), 1)
    found = named(damaged)
    assert [(violation.tag, violation.rule, violation.index, violation.amount, violation.unit) for violation in found] == [
        ("8.6", "cash_balance", ("2028",), 1, "M$"),
        ("8.6", "cash_balance", ("2029",), 1, "M$"),
    ]
    assert [violation.words for violation in found] == [
        "2028: cash stands at 101 M$, 1 more than opening cash and all flows of the period (100).",
        "2029: cash stands at 100 M$, 1 less than opening cash and all flows of the period (101).",
    ]


def _no_capital(book: Book, period: str) -> Fraction:
    return ZERO


def _twice(recompute: Callable[[Book], None]) -> Callable[[Book], None]:
    """The modules counted once more than they stand."""

    def recount(book: Book) -> None:
        recompute(book)
        recompute(book)

    return recount


def test_a_fault_of_the_checker_is_in_the_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cash that forgets loans and dividends; halls that are counted twice: the plan keeps every rule, and the certificate is not given."""
    suite = SUITES[0]
    with monkeypatch.context() as patch:
        patch.setattr(cash, "_capital", _no_capital)
        certificate = verify(suite.instance, suite.plan)
        assert not certificate.ok
        assert {violation.tag for violation in certificate.violations} >= {"8.6", "9.8"}
    with monkeypatch.context() as patch:
        patch.setattr(halls, "_count_modules", _twice(halls._count_modules))
        certificate = verify(suite.instance, suite.plan)
        assert {violation.tag for violation in certificate.violations} >= {"2.6", "2.7", "2.8"}
    assert verify(suite.instance, suite.plan).ok


def test_things_are_counted_by_what_comes_and_goes() -> None:
    """5 from month 2 to 6, one of them only to month 4: 0 0 5 5 4 4 0."""
    stock = Stock()
    stock.stay(2, 6, Fraction(5))
    stock.leave(4, 6, Fraction(1))
    assert stock.standing(range(7)) == [0, 0, 5, 5, 4, 4, 0]
    assert stock.standing(range(3, 5)) == [5, 4]


def test_losses_of_two_years_tie() -> None:
    """10 M$ of cost a year at 20 % of tax and no income: losses roll on, nothing is paid; a loss that is lost is named by its number."""
    instance = small(sites=[SITE | {"fixed_cost_musd_per_year": 10}], grid=[METER], finance={"tax_rate_fraction": 0.2})
    whole = draw_up(instance, Plan("small"))
    assert [whole.state("pool_musd", year) for year in ("2027", "2028", "2029")] == [10, 20, 30]
    assert named(whole) == []
    whole.add("pool_musd", ("2028",), -20)
    assert [violation.words for violation in named(whole)][:1] == [
        "2028: losses carried on stands at 0 M$, 20 less than those carried in and what the year adds (20)."
    ]
