"""Charges by hand, and what own energy costs all in: by hand, against the journal, and whatever own generators make."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

import pytest

from planner.check.exact import exact
from planner.tables import charges, cost, supply
from planner.tables.book import Book
from tests.example import whole
from tests.tables import wide
from tests.tables.sample import book, book_of
from tests.tables.test_supply import cell, only

WIDE = wide.book()
NO_PLANT: dict[str, Any] = {"commissioned_units": {}, "generated_mw": {}, "exported_mw": {}}


def test_charges_by_hand() -> None:
    """The meter at the peak of 2027Q1 shows GPUs 10.2 MW and machines 6 MW x 1.04; in 2027Q3 12 MW of machines.

    `wires` bills 0.6 of 110 MW, more than any block of 2027Q1, for three months at 1.5 USD per kW. `four_cp` bills six months later at
    2 USD: 30 MW until June 2027, then the draw of the first quarter. `capacity` begins in June 2028, 50 USD a day, without lag.
    """
    rows = {(row["charge"], row["period"]): row for row in charges.charge_rows(WIDE)}
    wires = rows["wires", "2027Q1"]
    highest = Fraction("10.2") + Fraction("29.4") * Fraction("1.04")
    assert highest < 66
    assert (wires["billed_months"], wires["billed_mw"], wires["charge_musd"]) == (3, 66, Fraction(3 * 66 * 1500, 1_000_000))
    meter = Fraction("10.2") + 6 * Fraction("1.04")
    assert [rows["four_cp", label]["billed_mw"] for label in ("2027Q1", "2027Q2", "2027Q3")] == [30, 30, meter]
    assert rows["four_cp", "2027Q3"]["charge_musd"] == 3 * meter * 2000 / 1_000_000
    assert (rows["four_cp", "2030"]["billed_months"], rows["capacity", "2027Q4"]["billed_mw"]) == (6, None)
    in_2028 = rows["capacity", "2028"]
    behind = Fraction("14.36") - 18
    assert (in_2028["billed_months"], in_2028["billed_mw"]) == (7, behind)
    assert in_2028["charge_musd"] == behind * 50 * (30 + 31 + 31 + 30 + 31 + 30 + 31) / 1_000_000


def test_what_is_still_to_be_billed_at_the_horizon_is_in_no_period() -> None:
    """Without an end `four_cp` bills the draws of July to December 2030 after the plan: 2030 holds the twelve bills of its own months."""
    longer = [row.model_dump() | ({"to_month": None} if row.id == "four_cp" else {}) for row in whole().charges]
    row = only(charges.charge_rows(book_of(whole(charges=longer), wide.plan())), charge="four_cp", period="2030")
    before, now = (WIDE.state("meter_mw", "alpha", label, "peak") for label in ("2029", "2030"))
    assert (row["billed_months"], row["billed_mw"]) == (12, (before + now) / 2)
    assert row["charge_musd"] == (6 * before + 6 * now) * 2000 / 1_000_000


def test_charges_add_up_to_the_checkers() -> None:
    """By site and period they are (13.9)."""
    sums: dict[tuple[Any, Any], Fraction] = defaultdict(Fraction)
    for row in charges.charge_rows(WIDE):
        sums[row["site"], row["period"]] += cell(row, "charge_musd")
    assert sums == WIDE.ledger.states["charges_musd"]


def test_charges_are_their_rate_on_the_megawatts_billed() -> None:
    """What the table says is billed, at the rate of the row, is what the journal has: the months and MW are the checker's."""
    calendar = WIDE.calendar
    for row in charges.charge_rows(WIDE):
        of, period = WIDE.world.charges[str(row["charge"])], calendar.by_label[str(row["period"])]
        begin = calendar.month(of.from_month) if of.from_month else 0
        months = range(max(begin, period.first), min(period.end, calendar.month(of.to_month) if of.to_month else period.end))
        days = sum((calendar.day(month + 1) - calendar.day(month)).days for month in months)
        rate = exact(of.usd_per_kw_month) * 1000 * len(months) + exact(of.usd_per_mw_day) * days
        assert row["billed_months"] == len(months)
        assert cell(row, "billed_mw") * rate / 1_000_000 == cell(row, "charge_musd")


def test_the_cost_of_a_year_by_hand() -> None:
    """Alpha in 2028. Own: GPUs 10.2 MW, machines 4 and 19.6 MW x 1.04; tenants 30.6 MW. The node is at 148.5 and 23.5, + 2 % and 6 USD.

    25 MW of PPAs save losses and node, not the 6 USD; 20 MW of wind at 30 USD are paid for, 5 of them for nothing, and 10 at 24. Charges
    on the draw: `wires` 0.6 of 130 MW less 1.35 x 30, `four_cp` the peak of twelve months, `capacity` that of June to December. What gas
    and sun make, 18 MW at the peak, has no part in it: with them the meter shows less than nothing.
    """
    row = only(cost.rows(WIDE), site="alpha", fiscal_year="2028")
    peak, rest = Fraction("878.4"), Fraction("7905.6")
    drawn, less = Fraction("14.36"), Fraction("10.2") + Fraction("19.6") * Fraction("1.04")
    dear, cheap = Fraction("148.5") * Fraction("1.02"), Fraction("23.5") * Fraction("1.02")
    own, tenants = peak * drawn + rest * less, Fraction("30.6") * 8784
    at_spot = (peak * drawn * (dear + 6) + rest * less * (cheap + 6)) / 1_000_000
    ppas = (25 * (peak * dear + rest * cheap) - 8784 * (20 * 30 + 10 * 24)) / 1_000_000
    saving = ppas * own / (own + tenants)
    bills = Fraction("53.7") * 12 * 1500 + drawn * 12 * 2000 + drawn * 50 * 214
    charged = bills / 1_000_000
    assert [cell(row, name) for name in ("own_mwh", "tenant_mwh", "at_spot_musd")] == [own, tenants, at_spot]
    assert [cell(row, name) for name in ("ppa_saving_musd", "response_musd", "charge_musd")] == [saving, 0, charged]
    assert cell(row, "cost_musd") == at_spot - saving + charged
    assert cell(row, "cost_usd_per_mwh") == (at_spot - saving + charged) * 1_000_000 / own
    gamma = only(cost.rows(WIDE), site="gamma", fiscal_year="2028")
    assert (cell(gamma, "response_musd"), cell(gamma, "ppa_saving_musd"), cell(gamma, "charge_musd")) == (Fraction("0.8"), 0, 0)
    assert cell(gamma, "cost_musd") == cell(gamma, "at_spot_musd") - Fraction("0.8")


def test_own_generation_has_no_part_in_the_cost_of_own_energy() -> None:
    """The same rows whether plants run and export or are not there at all."""
    bare = book_of(whole(), wide.plan(**NO_PLANT))
    assert WIDE.state("meter_mw", "alpha", "2028", "peak") < 0 < bare.state("meter_mw", "alpha", "2028", "peak")
    assert list(cost.rows(WIDE)) == list(cost.rows(bare))


def test_without_plants_and_tenants_it_is_what_the_journal_has() -> None:
    """Energy, PPAs and charges less resale and response, all sites and years, but bills for draws before 2027, 30 MW in six months."""
    of = book_of(whole(), wide.plan(**NO_PLANT, started={}))
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for entry in of.ledger.entries:
        if entry.cause in ("energy", "tenant", "supply", "ppa", "charge", "response"):
            sums[entry.account] += entry.musd
    assert sums["terminal"] == 0
    before = Fraction(6 * 30 * 2000, 1_000_000)
    assert sum(cell(row, "cost_musd") for row in cost.rows(of)) == sums["operating"] - sums["revenue"] - before


def test_a_year_without_own_draw_has_no_cost() -> None:
    """Without GPU-hours sold nothing draws at alpha in 2030: `wires` bills its least MW all the same, and there is no row."""
    of = book_of(whole(), wide.plan(sold_mw={}))
    assert cell(only(charges.charge_rows(of), charge="wires", period="2030"), "charge_musd") > 0
    assert ("alpha", "2030") not in [(row["site"], row["fiscal_year"]) for row in cost.rows(of)]
    assert charges.on_own_draw_musd(of)["alpha", "2030"] == 0
    assert "beta" not in [row["site"] for row in cost.rows(WIDE)]


@pytest.mark.parametrize("of", [book(), WIDE, book_of(whole(), wide.plan(**NO_PLANT))])
def test_own_megawatt_hours_and_their_price_are_the_energy_tables(of: Book) -> None:
    """Over all rows they are own MWh and own cost of the table of energy."""
    rows = list(cost.rows(of))
    energy = list(supply.energy_rows(of))
    for name, of_block in (("own_mwh", "own_mwh"), ("at_spot_musd", "own_cost_musd")):
        assert sum(cell(row, name) for row in rows) == sum(cell(row, of_block) for row in energy) > 0
