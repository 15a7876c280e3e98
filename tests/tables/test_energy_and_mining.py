"""Energy by block, the bitcoin market by period, and what a MWh of mining earns."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

import pytest

from planner.tables import machines, supply
from planner.tables.book import Book
from tests.check.portfolio import portfolio, valid_plan
from tests.tables.sample import book, book_of, instance, plan


@pytest.mark.parametrize("of", [book(), book_of(portfolio(), valid_plan())])
def test_blocks_add_up_to_hours_and_to_the_cost_of_energy(of: Book) -> None:
    """By site and period: hours of the calendar, and the checker's energy cost (7.1), exactly; no site has a supply of its own."""
    hours: defaultdict[tuple[Any, Any], Fraction] = defaultdict(Fraction)
    cost: defaultdict[tuple[Any, Any], Fraction] = defaultdict(Fraction)
    for row in supply.energy_rows(of):
        hours[row["site"], row["period"]] += Fraction(row["hours"] or 0)
        cost[row["site"], row["period"]] += Fraction(row["own_cost_musd"] or 0)
    assert hours == {(site, u.label): u.hours for site in of.world.sites for u in of.periods}
    assert cost == of.ledger.states["energy_cost_musd"]


def test_energy_of_a_block_by_hand() -> None:
    """Alpha 2027Q1 base: 90 % of 2160 h, 40 MW x 0.98 x 1.03 at 25 + 4 USD. Tenants of 2027Q3: 10 MW x 1.2 x 0.85 in 90 % of 2208 h."""
    rows = {(r["site"], r["period"], r["block"]): r for r in supply.energy_rows(book())}
    first = rows["alpha", "2027Q1", "base"]
    assert first["own_mwh"] == 1944 * Fraction("39.2") * Fraction("1.03")
    assert first["own_cost_musd"] == 1944 * Fraction("39.2") * Fraction("1.03") * 29 / 1_000_000
    assert (first["spot_usd_per_mwh"], first["adder_usd_per_mwh"], first["tenant_mwh"]) == (25, 4, 0)
    assert rows["alpha", "2027Q3", "base"]["tenant_mwh"] == Fraction("1987.2") * 12 * Fraction("0.85")
    assert rows["alpha", "2029-2030", "peak"]["spot_usd_per_mwh"] == 115


def test_a_lease_that_ends_inside_a_period_passes_through_its_share() -> None:
    """Six months of 30 MW in the 12 of 2028: 15 MW on average x 1.2 x 0.85, though the halls are taken at the peak of 30."""
    taken = book_of(instance(), plan(started={("spare", "beta", "shell", "2028"): 1}))
    row = next(r for r in supply.energy_rows(taken) if (r["site"], r["period"], r["block"]) == ("beta", "2028", "peak"))
    assert row["tenant_mwh"] == Fraction("878.4") * 18 * Fraction("0.85")


def test_the_market_counts_days() -> None:
    """2027Q3: 47 of 92 days before the second row. 2028: 107 of 366 days before the halving of 17 April."""
    rows = {row["period"]: row for row in machines.market_rows(book())}
    third, year = rows["2027Q3"], rows["2028"]
    assert third["btc_usd"] == Fraction(47 * 90000 + 45 * 110000, 92)
    assert third["network_eh"] == Fraction(47 * 1000 + 45 * 1100, 92)
    assert (third["days"], third["subsidy_btc"]) == (92, Fraction("3.125"))
    assert year["subsidy_btc"] == (107 * Fraction("3.125") + 259 * Fraction("1.5625")) / 366


def test_hashprice_of_the_market_is_its_identity() -> None:
    """2027Q1, one row all through: 90,000 x 3.125 x 144 / (1,000,000 PH x 0.98)."""
    row = next(iter(machines.market_rows(book())))
    assert float(row["hashprice_usd_per_ph_day"] or 0) == pytest.approx(90000 * 3.125 * 144 / 1e6 / 0.98, rel=1e-15)


def test_a_megawatt_hour_of_mining_by_hand() -> None:
    """S21 at alpha in 2027Q1: mean spot 34.5 + adder 4, PUE 1.03; breakeven is the spot price at which the margin would be nil."""
    rows = list(machines.economics_rows(book()))
    found = next(r for r in rows if (r["asic"], r["period"], r["site"]) == ("s21", "2027Q1", "alpha"))
    hashprice = Fraction(found["hashprice_usd_per_ph_day"] or 0)
    revenue = hashprice * Fraction("0.99") / (Fraction("17.5") * Fraction("0.024"))
    power_cost = Fraction("1.03") * Fraction("38.5")
    assert (found["revenue_usd_per_mwh"], found["opex_usd_per_mwh"], found["power_usd_per_mwh"]) == (revenue, 2, power_cost)
    assert found["margin_usd_per_mwh"] == revenue - 2 - power_cost
    assert found["breakeven_usd_per_mwh"] == (revenue - 2) / Fraction("1.03") - 4
    even = Fraction(found["breakeven_hashprice_usd_per_ph_day"] or 0)
    assert even * Fraction("0.99") / (Fraction("17.5") * Fraction("0.024")) == 2 + power_cost


def test_operating_cost_of_mining_grows_with_inflation() -> None:
    """2 USD per MWh in 2027 are 2 x 1.03^2 in a period that begins in 2029; the adder does not grow."""
    found = next(r for r in machines.economics_rows(book()) if (r["asic"], r["period"], r["site"]) == ("old", "2029-2030", "beta"))
    assert found["opex_usd_per_mwh"] == 2 * Fraction("1.03") ** 2


def test_a_site_without_a_hall_for_a_machine_has_no_row() -> None:
    """Mines that are not allowed at beta, where none stands, leave nothing to compare there."""
    halls = [hall.model_dump() | ({"sites": ("alpha",)} if hall.id == "mine" else {}) for hall in instance().halls]
    apart = instance(halls=halls, opening=[row for row in instance().opening if row.id != "mine_b"])
    assert {row["site"] for row in machines.economics_rows(book_of(apart, plan()))} == {"alpha"}


def test_basis_and_losses_lower_the_spot_price_that_a_machine_bears() -> None:
    """At a basis of -1.5 and 2 % losses a MWh costs (34.5 - 1.5) x 1.02 + 4; at the breakeven on the market the margin is nil."""
    sites = [
        row.model_dump() | ({"basis_usd_per_mwh": -1.5, "loss_fraction": 0.02} if row.id == "alpha" else {}) for row in instance().sites
    ]
    rows = machines.economics_rows(book_of(instance(sites=sites), plan()))
    found = next(r for r in rows if (r["asic"], r["period"], r["site"]) == ("s21", "2027Q1", "alpha"))
    assert found["power_usd_per_mwh"] == Fraction("1.03") * (33 * Fraction("1.02") + 4)
    spot, revenue = Fraction(found["breakeven_usd_per_mwh"] or 0), Fraction(found["revenue_usd_per_mwh"] or 0)
    assert revenue - 2 == Fraction("1.03") * ((spot - Fraction("1.5")) * Fraction("1.02") + 4)
