"""A plan at a later month: what a roll reads of it, and the tables, settings and decisions that it writes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, TypeVar

from planner.check.calendar import Period
from planner.check.exact import ZERO
from planner.check.world import World
from planner.errors import PlannerError
from planner.plan import FAMILIES, Key
from planner.tables.book import Book
from planner_models.rows import Strict, TaxBase
from planner_models.schema import TABLES

S = TypeVar("S", bound=Strict)
LONGEST_KEY = 60
NOTHING = Fraction(1, 10**9)
"""M$, MW or bitcoin that are nothing: the plan's own grid."""


class CannotRoll(PlannerError):
    """A plan cannot be rolled to that month, or with these actuals."""

    exit_code = 2


@dataclass(frozen=True)
class Lock:
    """Something that was ordered or signed before the month of the roll: what was paid on it, M$ in all and M$ still due."""

    kind: str
    item: str
    site: str
    quantity: Fraction
    unit: str
    month: int
    paid_musd: Fraction
    due_musd: Fraction


@dataclass
class Rolling:
    """A roll under way to a `month`, counted from the old start; new tables, settings and decisions are changed in place."""

    book: Book
    month: int
    tables: dict[str, list[Any]] = field(default_factory=dict)
    finance: dict[str, Any] = field(default_factory=dict)
    decisions: dict[str, dict[Key, float]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    locked: list[Lock] = field(default_factory=list)
    returned_musd: Fraction = ZERO
    spent_musd: Fraction = ZERO
    released_musd: Fraction = ZERO

    @classmethod
    def of(cls, book: Book, month: int) -> Rolling:
        """The old tables, and the decisions of the periods that are left."""
        old = book.instance
        rolling = cls(book, month, tables={name: list(getattr(old, name)) for name in TABLES})
        rolling.finance = {name: getattr(old.finance, name) for name in type(old.finance).model_fields}
        for name, family in FAMILIES.items():
            at = family.keys.index("period") if "period" in family.keys else None
            made = book.plan.decisions.get(name, {})
            rolling.decisions[name] = {index: value for index, value in made.items() if at is None or not rolling.past(index[at])}
        return rolling

    @property
    def world(self) -> World:
        """The old instance by id."""
        return self.book.world

    @property
    def start(self) -> dt.date:
        """The first day of the month of the roll."""
        return self.day(self.month)

    @property
    def gone(self) -> tuple[Period, ...]:
        """The old periods that have passed."""
        return tuple(u for u in self.book.periods if u.end <= self.month)

    @property
    def left(self) -> tuple[Period, ...]:
        """The old periods that are left."""
        return tuple(u for u in self.book.periods if u.first >= self.month)

    def day(self, month: int) -> dt.date:
        """First day of an old month."""
        return self.book.calendar.day(month)

    def at(self, label: str) -> int:
        """First month of an old period."""
        return self.book.calendar.by_label[label].first

    def past(self, label: str) -> bool:
        """Whether an old period has passed."""
        return self.at(label) < self.month

    def drop(self, table: str, unwanted: Callable[[Any], bool]) -> None:
        """Leave out the rows of a table that are unwanted."""
        self.tables[table] = [row for row in self.tables[table] if not unwanted(row)]

    def change(self, table: str, edit: Callable[[Any], Any]) -> None:
        """Edit every row of a table; None leaves it out."""
        self.tables[table] = [new for row in self.tables[table] if (new := edit(row)) is not None]

    def name(self, table: str, *parts: str) -> str:
        """An id for a new row that no row of the table has, made of these parts."""
        base = re.sub(r"[^A-Za-z0-9_.\-]", "-", ".".join(part for part in parts if part))[:LONGEST_KEY]
        taken, name, number = {row.id for row in self.tables[table]}, base, 2
        while name in taken:
            name, number = f"{base[: LONGEST_KEY - 4]}-{number}", number + 1
        return name

    def spent(
        self, what: str, site: str, month: int, life_months: int | None, musd: Fraction, method: Literal["class", "straight_line"] = "class"
    ) -> None:
        """What was spent on something in service from an old month is written off on: a row of tax_bases, unless nothing is left of it."""
        if musd <= NOTHING:
            return
        row: dict[str, Any] = {"id": self.name("tax_bases", what), "site": site, "in_service": self.day(month), "basis_musd": number(musd)}
        row["source"] = f"spent before {self.start:%Y-%m} by the plan of {self.book.instance.name}"
        basis = TaxBase(**row, tax_life_months=life_months, method=method)
        if self.left_of(basis) > NOTHING:
            self.tables["tax_bases"].append(basis)

    def left_of(self, row: TaxBase) -> Fraction:
        """The share of a basis that is not written off before the month of the roll."""
        begin = self.book.calendar.month(row.in_service)
        profile, left = self.book.calendar.spent_write_off(begin, row.tax_life_months, row.method == "straight_line")
        return left + sum((share for period, share in profile if period.first >= self.month), ZERO)

    def note(self, words: str) -> None:
        """Something that is only approximated, once."""
        if words not in self.notes:
            self.notes.append(words)

    def settle(self, what: str, musd: Fraction, why: str) -> None:
        """A cost of the running year that no row can say is paid at the start, and taken off the income of the year so far."""
        if musd <= NOTHING:
            return
        self.returned_musd -= musd
        self.spent_musd += musd
        words = "the income of the year so far" if self.start.month > 1 else "no income, so that it earns no relief from tax"
        self.note(f"{what}: {float(musd):,.3f} M$ {why} are taken off the opening cash and {words}.")

    def evenly(self, month: int, due: Fraction) -> bool:
        """Whether it matters that something is paid evenly by month until then: not within one period."""
        return due > 0 and month >= self.left[0].end

    def take(self, family: str, index: Key) -> float:
        """Take a decision out of what is left; zero where there is none."""
        return self.decisions[family].pop(index, 0)


def changed(row: S, **fields: Any) -> S:
    """A row with some fields replaced, valid in itself."""
    data = {name: getattr(row, name) for name in type(row).model_fields}
    return type(row).model_validate(data | fields)


def number(amount: Fraction) -> float:
    """An amount as a number of an instance."""
    return float(amount)


def amount(musd: Fraction) -> float:
    """An amount that is never below zero as a number of an instance."""
    return max(0.0, float(musd))
