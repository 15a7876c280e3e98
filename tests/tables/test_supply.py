"""Where energy comes from and goes, contracts and own generation: balances that close, and rows worked out by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import pytest

from planner.check.exact import TOLERANCE
from planner.tables import supply
from planner.tables.book import Book
from planner.tables.frame import Row
from tests.check.portfolio import portfolio, valid_plan
from tests.example import whole
from tests.golden.test_instances import QUICK, solved
from tests.tables import wide
from tests.tables.sample import book, book_of

WIDE = wide.book()
BOOKS = [book(), book_of(portfolio(), valid_plan()), WIDE]


def shipped(name: str) -> Book:
    """The plan of a shipped instance as the tables read it."""
    run = solved(name)
    assert run.plan is not None
    assert run.certificate is not None
    return Book(run.instance, run.plan, run.certificate.ledger)


def cell(row: Row, name: str) -> Fraction:
    """A number of a row, 0 for a blank."""
    value = row[name]
    assert not isinstance(value, str)
    return Fraction(value or 0)


def only(rows: Iterable[Row], **key: str) -> Row:
    """The one row with these cells."""
    (row,) = (row for row in rows if all(row[name] == value for name, value in key.items()))
    return row


def balance(of: Book) -> None:
    for row in supply.energy_rows(of):
        sources = sum(cell(row, name) for name in ("bought_mwh", "ppa_mwh", "generated_mwh"))
        uses = sum(cell(row, name) for name in ("own_mwh", "tenant_mwh", "resold_mwh", "exported_mwh"))
        assert sources == uses
        assert cell(row, "bought_mwh") >= -TOLERANCE * cell(row, "hours")


@pytest.mark.parametrize("of", BOOKS)
def test_energy_balances_in_every_block(of: Book) -> None:
    """Bought, taken and generated is what own machines and tenants draw, what is resold and what is exported, exactly."""
    balance(of)


@pytest.mark.parametrize("name", QUICK)
def test_energy_of_the_shipped_instances_balances(name: str) -> None:
    """The same of the plans that a solver finds."""
    balance(shipped(name))


def test_the_energy_of_a_supplied_site_by_hand() -> None:
    """Alpha at the peak of 2028, 878.4 h. Own: 10 MW of GPUs x 1.2 x 0.85 and 4 MW of machines x 1.04; tenants 30 MW x 1.2 x 0.85.

    Wind gives 15 MW and the offer 10, gas 16 and the sun 7, of which 5 are exported: no MW is left to buy but what is missing.
    The node is at 150 - 1.5; what is bought costs 2 % more for losses, and 6 USD.
    """
    row = only(supply.energy_rows(WIDE), site="alpha", period="2028", block="peak")
    hours, own, tenants = Fraction("878.4"), Fraction("10.2") + Fraction("4.16"), Fraction("30.6")
    assert [cell(row, name) for name in ("hours", "own_mwh", "tenant_mwh")] == [hours, own * hours, tenants * hours]
    supplied = {"ppa_mwh": 25, "generated_mwh": 23, "exported_mwh": 5, "resold_mwh": 0}
    assert {name: cell(row, name) / hours for name in supplied} == supplied
    assert cell(row, "bought_mwh") == (own + tenants - 43) * hours
    node, price = Fraction("148.5"), Fraction("148.5") * Fraction("1.02") + 6
    assert (row["spot_usd_per_mwh"], row["node_usd_per_mwh"], row["price_usd_per_mwh"]) == (150, node, price)
    assert row["own_cost_musd"] == own * hours * price / 1_000_000


@pytest.mark.parametrize("of", BOOKS)
def test_the_cost_of_own_energy_is_the_journals(of: Book) -> None:
    """Own draws at the price of buying, by site and period, are the lines of cause `energy`."""
    booked: dict[tuple[Any, Any], Fraction] = defaultdict(Fraction)
    found: dict[tuple[Any, Any], Fraction] = defaultdict(Fraction)
    for entry in of.ledger.entries:
        booked[entry.site, entry.period] += entry.musd if (entry.account, entry.cause) == ("operating", "energy") else 0
    for row in supply.energy_rows(of):
        found[row["site"], row["period"]] += cell(row, "own_cost_musd")
    assert {key: musd for key, musd in found.items() if musd} == {key: musd for key, musd in booked.items() if musd}


def test_generators_by_hand() -> None:
    """Alpha in 2028, a leap year: one gas unit of 20 MW, 16 dependable; it makes 16 MW in 878.4 h at 8.5 x 3.2 + 3 x 1.02 USD.

    A unit costs 0.3 M$ a year to keep, with 2 % inflation. The sun has 0.5 of 15 MW at the peak and 0.2 otherwise, and makes 7 and 3.
    """
    gas = only(supply.generator_rows(WIDE), site="alpha", generator="gas", period="2028")
    mwh = 16 * Fraction("878.4")
    assert (gas["kind"], gas["commissioned_units"], gas["in_service_mw"], gas["dependable_mw"]) == ("gas", 1, 20, 16)
    assert (gas["available_mwh"], gas["generated_mwh"]) == (20 * 8784, mwh)
    assert gas["cost_musd"] == mwh * (Fraction("27.2") + Fraction("3.06")) / 1_000_000 + Fraction("0.306")
    sun = only(supply.generator_rows(WIDE), site="alpha", generator="sun", period="2028")
    peak, rest = Fraction("878.4"), Fraction("7905.6")
    assert (sun["available_mwh"], sun["generated_mwh"]) == (Fraction("7.5") * peak + 3 * rest, 7 * peak + 3 * rest)
    by_block = [row for row in supply.generation_rows(WIDE) if (row["generator"], row["period"]) == ("sun", "2028")]
    assert [(row["block"], row["available_mwh"], row["generated_mwh"]) for row in by_block] == [
        ("peak", Fraction("7.5") * peak, 7 * peak), ("rest", 3 * rest, 3 * rest)]  # fmt: skip
    diesel = only(supply.generator_rows(WIDE), site="alpha", generator="diesel", period="2027Q1")
    assert (diesel["in_service_mw"], diesel["generated_mwh"], diesel["cost_musd"]) == (10, 0, 0)


def test_a_type_has_no_blocks_before_it_is_there() -> None:
    """Beta's gas unit comes in 2029; its periods before are in the table by period, at nothing, and not in that by block."""
    assert [row["in_service_mw"] for row in supply.generator_rows(WIDE) if row["site"] == "beta"] == [0, 0, 0, 0, 0, 20, 20]
    assert {row["period"] for row in supply.generation_rows(WIDE) if row["site"] == "beta"} == {"2029", "2030"}


def test_generators_add_up_to_the_energy_table_and_to_the_journal() -> None:
    """What they make by site, period and block is what the energy table has, and their cost is all of cause `generator`."""
    made: dict[tuple[Any, ...], Fraction] = defaultdict(Fraction)
    for row in supply.generation_rows(WIDE):
        made[row["site"], row["period"], row["block"]] += cell(row, "generated_mwh")
    energy = {(row["site"], row["period"], row["block"]): cell(row, "generated_mwh") for row in supply.energy_rows(WIDE)}
    assert {key: mwh for key, mwh in made.items() if mwh} == {key: mwh for key, mwh in energy.items() if mwh}
    entries = [e for e in WIDE.ledger.entries if (e.account, e.cause) == ("operating", "generator")]
    assert sum(cell(row, "cost_musd") for row in supply.generator_rows(WIDE)) == sum(e.musd for e in entries) > 0


def test_ppas_by_hand() -> None:
    """Wind in 2028: 25 MW may be taken, 20 are paid for, 15 are taken, so 5 MW x 8784 h at 30 USD are paid for nothing.

    In 2027 it takes 20 MW and resells 4 at the peak at 148.5 - 2. In 2029 it delivers for half a year: 10 MW of the whole year's hours
    are committed. The offer of 10 MW is accepted, from October 2027 on.
    """
    rows = {(row["ppa"], row["fiscal_year"]): row for row in supply.ppa_rows(WIDE)}
    assert list(rows) == [
        ("wind", "2027"),
        ("wind", "2028"),
        ("wind", "2029"),
        *(("offer", year) for year in ("2027", "2028", "2029", "2030")),
    ]
    wind = rows["wind", "2028"]
    names = ("deliverable_mwh", "committed_mwh", "taken_mwh", "used_mwh", "resold_mwh", "unused_mwh")
    assert [cell(wind, name) / 8784 for name in names] == [25, 20, 15, 15, 0, 5]
    assert (wind["signed"], wind["held"], wind["cost_musd"]) == (True, True, Fraction(20 * 8784 * 30, 1_000_000))
    first = rows["wind", "2027"]
    assert [cell(first, name) for name in ("taken_mwh", "resold_mwh", "unused_mwh")] == [20 * 8760, 4 * 876, 0]
    assert first["resale_musd"] == 4 * 876 * Fraction("146.5") / 1_000_000
    half = Fraction(25 * 8760 * 6, 12)
    assert [cell(rows["wind", "2029"], name) for name in names[:2]] == [half, half * Fraction("0.8")]
    offer = rows["offer", "2027"]
    assert (offer["signed"], offer["held"], offer["taken_mwh"]) == (False, True, 10 * 24 * 92)


def test_an_offer_that_is_not_accepted_delivers_nothing() -> None:
    """It may not be taken and nothing is paid."""
    left = book_of(whole(), wide.plan(accepted={}, taken_mw={}, remarketed_mw={}))
    row = only(supply.ppa_rows(left), ppa="offer", fiscal_year="2028")
    assert (row["held"], row["deliverable_mwh"], row["committed_mwh"], row["cost_musd"]) == (False, 0, 0, 0)
    assert only(supply.ppa_rows(left), ppa="wind", fiscal_year="2028")["unused_mwh"] == 20 * 8784


def test_ppas_add_up_to_the_journal() -> None:
    """Cost and resale over all agreements and years are the lines of cause `ppa`."""
    for account, name in (("operating", "cost_musd"), ("revenue", "resale_musd")):
        booked = sum(entry.musd for entry in WIDE.ledger.entries if (entry.account, entry.cause) == (account, "ppa"))
        assert sum(cell(row, name) for row in supply.ppa_rows(WIDE)) == booked > 0
