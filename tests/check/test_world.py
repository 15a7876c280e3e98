"""What the checker reads out of an instance, against figures worked out by hand: prices, levels, dated series, residuals, spans, pairs."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from planner.check.world import World
from tests.check.hand import METER, PRICE, SHELL, SITE, small

DECK = [{"from_day": "2027-01-01", "btc_usd": 0, "network_eh": 1}]
MINER = {"id": "m", "j_per_th": 20, "usd_per_th": 10, "life_months": 40, "residual_fraction": 0.5}


def world(**parts: Any) -> World:
    return World(small(**parts))


def miners(**parts: Any) -> World:
    return world(btc=DECK, **parts)


def test_a_machine_costs_what_the_row_of_the_month_says() -> None:
    """Month -1 is before the first row, so the model's own price holds; rows of months 0 and 5."""
    rows = [{"asic": "m", "from_month": "2027-06", "usd_per_th": 6}, {"asic": "m", "from_month": "2027-01", "usd_per_th": 8}]
    found = miners(asic_models=[MINER, MINER | {"id": "other", "usd_per_th": 3}], asic_prices=rows)
    assert [found.asic_usd_per_th("m", month) for month in (-1, 0, 4, 5, 36)] == [10, 8, 8, 6, 6]
    assert found.asic_usd_per_th("other", 5) == 3
    assert found.asic_market("m", -1) is None
    market = found.asic_market("m", 36)
    assert market is not None
    assert market.usd_per_th == 6


def test_residual_by_age_in_straight_lines() -> None:
    """Life 40: with 30 months left the age is 10, halfway from 0.8 at 5 to 0.4 at 15; 0.8 before, 0.4 after, 0 past its life."""
    rows = [{"item": "m", "age_months": 15, "residual_fraction": 0.4}, {"item": "m", "age_months": 5, "residual_fraction": 0.8}]
    found = miners(asic_models=[MINER | {"residual_fraction": 0}], residuals=rows)
    left = {99: "0.8", 40: "0.8", 36: "0.8", 35: "0.8", 30: "0.6", 26: "0.44", 25: "0.4", 1: "0.4", 0: "0", -7: "0"}
    assert {months: found.residual_fraction("m", months) for months in left} == {k: Fraction(v) for k, v in left.items()}


def test_residual_without_rows_falls_over_the_life() -> None:
    """Half the price of a new one: at 10 of 40 months left an eighth, never more than that of a new one."""
    found = miners(asic_models=[MINER])
    left = {99: "1/2", 40: "1/2", 10: "1/8", 0: "0", -1: "0"}
    assert {months: found.residual_fraction("m", months) for months in left} == {k: Fraction(v) for k, v in left.items()}


def test_price_level_of_an_order_by_its_calendar_year() -> None:
    """Start October 2027: months 0 to 2 are 2027, 3 to 14 are 2028, 15 is 2029."""
    found = world(
        start="2027-10", periods=[{"months": 3, "count": 1}, {"months": 12, "count": 2}], finance={"capex_inflation_fraction": 0.1}
    )
    assert [found.capex_level(month) for month in (0, 2, 3, 14, 15)] == [1, 1, Fraction("1.1"), Fraction("1.1"), Fraction("1.21")]


def test_prices_at_the_node_and_bought_at_the_meter() -> None:
    """Spot 40 and a basis of -5 are 35 at the node; with losses of 2 % and 3 for wires 38.7 at the meter. 2028 has 8784 hours, half of them
    in a block.
    """
    blocks = [PRICE | {"block": block, "hours_fraction": 0.5} for block in ("day", "night")]
    site = SITE | {"basis_usd_per_mwh": -5, "loss_fraction": 0.02, "energy_adder_usd_per_mwh": 3}
    found = world(sites=[site], power_prices=blocks)
    year = found.calendar.by_label["2028"]
    assert found.node_price("s", "day", year) == 35
    assert found.bought_price("s", "day", year) == Fraction("38.7")
    assert found.block_hours("s", "night", year) == 4392


def test_fuel_prices_by_year() -> None:
    """In a period of several years the mean of theirs; nothing before the first row."""
    rows = [{"fuel": "gas", "from_year": 2028, "usd_per_mmbtu": 3}, {"fuel": "gas", "from_year": 2030, "usd_per_mmbtu": 4}]
    gas = {"id": "k", "max_units": 1, "unit_mw": 1, "fuel": "gas", "heat_rate_mmbtu_per_mwh": 7}
    found = world(
        periods=[{"months": 24, "count": 2}], fuel_prices=[{"fuel": "gas", "from_year": 2026, "usd_per_mmbtu": 2}, *rows], generators=[gas]
    )
    assert [found.fuel_price("gas", u) for u in found.periods] == [Fraction("2.5"), Fraction("3.5")]


def test_availability_by_market_and_block() -> None:
    sun = {"id": "sun", "kind": "solar", "max_units": 1, "unit_mw": 10, "availability_fraction": 0.2}
    prices = [PRICE | {"block": block, "hours_fraction": 0.5} for block in ("day", "night")]
    found = world(
        power_prices=prices,
        generators=[sun],
        availability=[{"generator": "sun", "market": "spot", "block": "day", "availability_fraction": 0.6}],
    )
    assert [found.availability("sun", "s", block) for block in ("day", "night")] == [Fraction("0.6"), Fraction("0.2")]


def test_an_opening_row_ends_with_its_life_or_before() -> None:
    """A life of 40 months from month -12 ends in month 28; `until` month 20 comes first, `until` month 90 does not."""
    rows = [("whole", None), ("short", "2028-09"), ("long", "2034-07")]
    opening = [{"id": i, "site": "s", "item": "m", "it_mw": 5, "in_service": "2026-01", "until": until} for i, until in rows]
    halls = [SHELL | {"id": "mine", "product": "mining"}]
    found = miners(asic_models=[MINER | {"buyable": False}], halls=halls, opening=opening)
    assert {fleet.id: (fleet.start, fleet.end) for fleet in found.fleets.values()} == {
        "whole": (-12, 28),
        "short": (-12, 20),
        "long": (-12, 28),
    }
    assert found.ends == {"2028-09": 20, "2029-05": 28}


def test_ends_of_the_machines_that_may_be_bought() -> None:
    """Bought for months 0, 3, 6, 9, 12 and 24, with a life of 40 months."""
    found = miners(asic_models=[MINER])
    assert list(found.ends.values()) == [40, 43, 46, 49, 52, 64]
    assert next(iter(found.ends)) == "2030-05"


@pytest.mark.parametrize(("buyable", "moves", "there"), [(True, False, True), (False, False, False), (False, True, True)])
def test_a_machine_may_be_where_it_can_be_bought_or_moved_to(buyable: bool, moves: bool, there: bool) -> None:
    """There has to be a hall for it all the same: `t` has none."""
    sites = [SITE, SITE | {"id": "t"}]
    found = miners(
        sites=sites,
        halls=[SHELL | {"id": "mine", "product": "mining", "sites": ("s",)}],
        asic_models=[MINER | {"buyable": buyable}],
        moves=[{"site": site} for site in ("s", "t")] if moves else [],
    )
    assert found.asics_at == {"s": ("m",) if there else (), "t": ()}


def test_when_a_machine_may_be_ordered() -> None:
    """Two months before its period: for 2027Q2 in February, Q3 in May, Q4 in August, 2028 in November 2027. Open from May to August."""
    found = miners(asic_models=[MINER | {"order_from": "2027-05", "order_to": "2027-08"}])
    words = {u.label: found.unordered(u.label, 2, found.asics["m"]) for u in found.periods}
    assert words == {
        "2027Q1": "it would be ordered 2 months before the plan starts",
        "2027Q2": "m may not be ordered before 2027-05",
        "2027Q3": None,
        "2027Q4": None,
        "2028": "m may not be ordered after 2027-08",
        "2029": "m may not be ordered after 2027-08",
    }


def test_sites_with_supply_of_their_own() -> None:
    """A generator that may come to `a`, none of which there may be any; a power contract at `b`; nothing at `c`."""
    found = world(
        sites=[SITE | {"id": i} for i in "abc"],
        grid=[METER | {"id": i, "site": i} for i in "abc"],
        generators=[
            {"id": "gas", "sites": ("a",), "max_units": 1, "unit_mw": 1},
            {"id": "none", "max_units": 0, "unit_mw": 1},
        ],
        ppas=[{"id": "p", "site": "b", "mw": 5, "strike_usd_per_mwh": 30, "from_month": "2027-01", "to_month": "2028-01"}],
    )
    assert [site for site in found.sites if found.supplied(site)] == ["a", "b"]
    assert found.generators_at == {"a": ("gas",), "b": (), "c": ()}
