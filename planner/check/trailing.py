"""The twelve months before the end of a period, months before the start of the plan included (section 8 of MATHS.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from planner.check.calendar import Period
from planner.check.exact import ZERO
from planner.check.world import World
from planner_models.rows import History

YEAR = 12
"""Months that covenants look back."""


def known(world: World, u: Period) -> bool:
    """Whether the plan and the rows of `history` hold every month of the twelve before the end of a period."""
    held = {month for first, row in _past(world) for month in range(first, first + row.months)}
    return held.issuperset(range(u.end - YEAR, 0))


def of_year(world: World, u: Period, flow: Callable[[str], Fraction], before: Callable[[History], Fraction]) -> Fraction:
    """M$ of a flow of periods, and of rows of `history`, over those twelve months; of what is longer those months' share."""
    first, musd = u.end - YEAR, ZERO
    for begin, row in _past(world):
        musd += before(row) * Fraction(max(0, begin + row.months - max(begin, first)), row.months)
    return musd + sum((flow(v.label) * share for v in world.periods if (share := v.share(first, u.end))), ZERO)


def _past(world: World) -> Iterator[tuple[int, History]]:
    """Rows of months before the start, each with its first month."""
    return ((world.calendar.month(row.from_month), row) for row in world.instance.history)
