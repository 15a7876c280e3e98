"""Bitcoin: what a day of the network pays and what a coin is worth in each period, from the deck (sections 1 and 15 of MATHS.md)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from planner.check.calendar import Period
from planner.check.exact import ZERO, exact
from planner.check.world import World
from planner_models.rows import Btc

BLOCKS_PER_DAY = 144
FIRST_SUBSIDY_BTC = 50
DIGITS = 24
"""A period's means over networks are rounded once to this many decimals, so that a deck with a row per day keeps fractions short."""


def hashprice(world: World, period: Period) -> Fraction:
    """Mean over the days of a period of USD per PH/s and day; a day before the first row of `btc` counts 0."""
    total = sum((days * exact(row.btc_usd) * paid for days, row, paid in _stretches(world, period)), ZERO)
    return round(total / period.days, DIGITS)


def btc_ph(world: World, period: Period) -> Fraction:
    """Mean over the days of a period of bitcoin paid per PH/s and day, by the same deck."""
    return round(sum((days * paid for days, _, paid in _stretches(world, period)), ZERO) / period.days, DIGITS)


def mined_usd(world: World, period: Period) -> Fraction:
    """Mean value of a bitcoin mined in a period, hashprice over bitcoin paid; zero where none is paid."""
    stretches = list(_stretches(world, period))
    mined = sum((days * paid for days, _, paid in stretches), ZERO)
    usd = sum((days * exact(row.btc_usd) * paid for days, row, paid in stretches), ZERO)
    return round(usd / mined, DIGITS) if mined else ZERO


def btc_usd(world: World, period: Period) -> Fraction:
    """Mean price of a bitcoin over the days of a period."""
    return sum((days * exact(row.btc_usd) for days, row, _ in _stretches(world, period)), ZERO) / period.days


def final_btc_usd(world: World) -> Fraction:
    """Price of a bitcoin on the last day before the horizon."""
    rows = [row for _, row, _ in _stretches(world, world.periods[-1])]
    return exact(rows[-1].btc_usd) if rows else ZERO


def _stretches(world: World, period: Period) -> Iterator[tuple[int, Btc, Fraction]]:
    """Runs of days with the same row of the deck and the same subsidy: how many, the row, and bitcoin paid per PH/s and day."""
    rows = sorted(world.instance.btc, key=lambda row: row.from_day)
    starts = [row.from_day.toordinal() for row in rows]
    halvings = sorted(day.toordinal() for day in world.instance.halvings)
    first, end = period.first_day, period.first_day + period.days
    edges = sorted({first, end, *(day for day in [*starts, *halvings] if first < day < end)})
    for day, stop in pairwise(edges):
        if held := bisect_right(starts, day):
            row, subsidy = rows[held - 1], Fraction(FIRST_SUBSIDY_BTC, 2 ** bisect_right(halvings, day))
            yield stop - day, row, subsidy * BLOCKS_PER_DAY / (exact(row.network_eh) * 1000 * (1 - exact(row.fee_fraction)))
