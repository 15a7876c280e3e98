"""What the project knows of one rule and of one state of the mathematics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of MATHS.md that a plan can break or that can hold it back; a number of MATHS.md has at most one with the words of a violation.

    number, name: as MATHS.md has them.
    unit: of both sides, as a violation is told.
    what, limit: the words of a violation: `what` stands before the left side, `limit` goes with the right side. "a, 2028: the load
        at peak is 5 MW, 2 more than the grid in service carries (3)." of a row `<=`; "2028: cash ends at 3 M$, 2 M$ below
        the floor of 5 M$." of a row `>=`. Blank where the checker has words of its own, or keeps the row by the law of the tax.
    plain: what pages call it, as what binds and as the title of a violation.
    one_more: the unit of one more on the right-hand side, in the table of what binds; blank where no company can do anything
        about the row, so that what one more is worth is not asked.
    lumpy: it stops whole things, so with whole numbers kept one more shows no gain and only a new solve can tell.
    yearly: its last index is a year (a label that need not be a period's).
    nearly_fraction: with less than this share of the right-hand side left it binds already, as what it stops does not fit.
    """

    number: str
    name: str
    unit: str
    what: str = ""
    limit: str = ""
    plain: str = ""
    one_more: str = ""
    lumpy: bool = False
    yearly: bool = False
    nearly_fraction: float = 0.0


@dataclass(frozen=True, slots=True)
class State:
    """A quantity that the checker recomputes and keeps in its ledger, named with its unit (`hashprice`: USD per PH/s and day).

    number: the row of MATHS.md that defines it, or the section, where it is no variable of the model.
    part: it is a term within that row, to which MATHS.md gives no name of its own.
    loose: where the model may put it without being worth less: "above" or "below" what the decisions give, or "either", as it holds it
        from one side only (halls of a site for sale that host nobody; a reserve), or as tax is worth the same now and later (at a
        discount rate of 0) and profit and loss of a year may both be too large. "by_tax": with these, as it follows from them.
    """

    name: str
    number: str
    part: bool = False
    loose: Literal["", "above", "below", "either", "by_tax"] = ""
