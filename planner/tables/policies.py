"""Policies by period: what the company holds itself to, what the plan has, and the headroom."""

from __future__ import annotations

from collections.abc import Iterator

from planner.check.exact import exact
from planner.tables.book import Book
from planner.tables.frame import Column, Frame, Row, text

FRAME = Frame(
    "policies",
    "Every policy in the periods in which it holds. Revenue, with its floor and cap, is that of the whole period.",
    (
        text("policy", "Policy."),
        text("measure", "it_mw, hashrate_eh or revenue_musd: the unit of all figures."),
        text("period", "Period."),
        Column("counted", "What the plan has of what the policy counts."),
        Column("floor", "Least that the policy allows; blank for none."),
        Column("cap", "Most that it allows: the lesser of its cap and of its share of the whole company; blank for none."),
        Column("headroom", "Distance from the nearer of the two; below 0 the policy is broken. Blank without either."),
    ),
)


def rows(book: Book) -> Iterator[Row]:
    """One row per policy and period."""
    counted = book.ledger.states["counted"]
    for row in book.instance.policies:
        for period in (period for period in book.periods if (row.id, period.label) in counted):
            has, part = counted[row.id, period.label], period.length_years if row.measure == "revenue_musd" else 1
            floor = None if row.at_least is None else exact(row.at_least) * part
            caps = [] if row.at_most is None else [exact(row.at_most) * part]
            if row.at_most_fraction is not None:
                caps.append(exact(row.at_most_fraction) * book.state("total", row.id, period.label))
            rooms = [*([] if floor is None else [has - floor]), *(cap - has for cap in caps)]
            yield {
                "policy": row.id,
                "measure": row.measure,
                "period": period.label,
                "counted": has,
                "floor": floor,
                "cap": min(caps, default=None),
                "headroom": min(rooms, default=None),
            }
