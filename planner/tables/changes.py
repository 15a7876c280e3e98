"""The decisions by which a plan departs from the plan before, where the instance makes that dear."""

from __future__ import annotations

from collections.abc import Iterator

from planner.check.changes import COUNTED, before
from planner.check.exact import ZERO, exact
from planner.check.ledger import Index
from planner.check.verify import DOMAINS
from planner.plan import FAMILIES
from planner.tables.book import Book
from planner.tables.frame import Column, Frame, Row, text

FRAME = Frame(
    "changes",
    "Every decision that differs from the plan before (table `previous`), where `change_penalty_musd` is above 0; empty otherwise. What "
    "the plan before decided on things or dates that this instance does not have is left out: it is no choice of this plan.",
    (
        text("decision", "Name of the decision, as in `previous` and in MATHS.md."),
        text("index", "Its indices joined by `/`, the period as the month in which it starts."),
        text("unit", "modules, lots, blocks, clusters, units or yes/no (1 for yes): the unit of the next two."),
        Column("before", "What the plan before decided."),
        Column("now", "What this plan decides."),
        Column("change_musd", "What the difference counts, M$: taken off what is maximised, not off the value of the plan."),
    ),
)


def rows(book: Book) -> Iterator[Row]:
    """One row per decision that differs, in the order of the decisions."""
    penalty = exact(book.instance.finance.change_penalty_musd)
    earlier = before(book.world, DOMAINS) if penalty else {}
    for family in COUNTED if penalty else ():
        now, was = dict(book.decisions(family)), earlier[family]
        for index in sorted({*now, *was}, key=lambda index: _place(book, family, index)):
            old, new = was.get(index, ZERO), now.get(index, ZERO)
            if old != new:
                yield {
                    "decision": family,
                    "index": "/".join(_place(book, family, index)),
                    "unit": FAMILIES[family].unit,
                    "before": old,
                    "now": new,
                    "change_musd": penalty * abs(new - old),
                }


def _place(book: Book, family: str, index: Index) -> Index:
    """An index as `previous` has it: the period by its first month."""
    pairs = zip(FAMILIES[family].keys, index, strict=True)
    return tuple(book.calendar.month_label(book.calendar.by_label[part].first) if key == "period" else part for key, part in pairs)
