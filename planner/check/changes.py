"""Changes: by how many whole things a plan departs from the plan before, and what that is taken to cost (section 17 of MATHS.md)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from planner.check.book import Book
from planner.check.decisions import Domain, exists, known_ids
from planner.check.exact import ZERO, exact
from planner.check.ledger import Index
from planner.check.world import World
from planner.plan import FAMILIES
from planner_models.rows import Previous

COUNTED = (
    "cancelled_units",
    "built_modules",
    "converted_lots",
    "retired_modules",
    "started",
    "broken_blocks",
    "deployed_clusters",
    "contracted",
    "upgraded",
    "delivered_units",
    "opened",
    "sold",
    "commissioned_units",
    "accepted",
    "ended",
)
"""The whole-number decisions that order, sign, sell or end something."""


def account(book: Book, domains: Mapping[str, Domain]) -> None:
    """State (17.3), where a change costs something: each decision against what it was, zero where the plan before has none."""
    penalty = exact(book.world.instance.finance.change_penalty_musd)
    if not penalty:
        return
    was, changed = before(book.world, domains), ZERO
    for family in COUNTED:
        now = dict(book.decided(family))
        for index in dict.fromkeys((*now, *was[family])):
            changed += abs(now.get(index, ZERO) - was[family].get(index, ZERO))
    book.add("change_musd", (), penalty * changed)


def before(world: World, domains: Mapping[str, Domain]) -> dict[str, dict[Index, Fraction]]:
    """The plan before by family and index, of the decisions that still exist."""
    known, found = known_ids(world), dict[str, dict[Index, Fraction]]({family: {} for family in COUNTED})
    for row in world.instance.previous:
        if exists(world, known, row.decision, domains[row.decision], index := index_of(world, row)):
            found[row.decision][index] = Fraction(row.count)
    return found


def index_of(world: World, row: Previous) -> Index:
    """The index of a row as a plan has it: a period by its label, blank for a month in which none starts."""
    label = {world.calendar.month_label(u.first): u.label for u in world.periods}
    parts = zip(FAMILIES[row.decision].keys, row.index.split("/"), strict=True)
    return tuple(label.get(part, "") if key == "period" else part for key, part in parts)
