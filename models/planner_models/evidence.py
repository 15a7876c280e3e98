"""What cross-table checks look at: the valid rows, what is known of unreadable ones, and the months of the plan."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from planner_models.rows import Opening, Row
from planner_models.sheets import Sheets, Span
from planner_models.words import listing, sentence, slip, suggestion

Hidden = Mapping[str, frozenset[str]]
"""By table the first key of each row that could not be read (`*` where even that is unknown); under `instance` the settings."""

ITEMS = ("equipment", "generators", "halls", "asic_models", "gpu_models")
"""The tables whose rows share one list of ids, as a row of opening may name any of them."""

LONGEST_MONTHS = 720
HINTS = 50
NAMES = {"power_prices": "market", "fuel_prices": "fuel"}
"""The field that names what a row of a series belongs to, where no id does."""


@dataclass(frozen=True)
class Fault:
    """One fault: where (table, zero-based row or None, field), what was found, what is allowed, and a hint.

    The table is `instance` for settings. `also` names another row (table, zero-based row) that the fault refers to.
    """

    table: str
    row: int | None
    field: str
    found: str
    allowed: str
    hint: str = ""
    also: tuple[str, int] | None = None

    def __str__(self) -> str:
        where = self.table if self.row is None else f"{self.table} row {self.row + 1}"
        first = f"; first in {self.also[0]} row {self.also[1] + 1}" if self.also else ""
        return f"{where}, {self.field}: {sentence(self.found, self.allowed, self.hint)}{first}"


@dataclass(frozen=True)
class Horizon:
    """The months of a plan, counted from its start: the first month of each period and the end of the last."""

    start: dt.date
    starts: tuple[int, ...]
    end: int

    @classmethod
    def of(cls, start: dt.date, spans: tuple[Span, ...]) -> Horizon:
        """The horizon of a start and its runs of periods."""
        ends = list(itertools.accumulate((span.months for span in spans for _ in range(span.count)), initial=0))
        return cls(start, tuple(ends[:-1]), ends[-1])

    def month(self, date: dt.date) -> int:
        """Months from the start; negative before it."""
        return (date.year - self.start.year) * 12 + date.month - self.start.month

    def span(self, row: Opening, life_months: int) -> tuple[int, int]:
        """Months from which and until which an opening row of a thing with such a life works."""
        begin = self.month(row.in_service)
        end = begin + life_months
        return begin, end if row.until is None else min(end, self.month(row.until))

    def word(self, month: int) -> str:
        """A month as it is written: 2027-04."""
        count = self.start.year * 12 + self.start.month - 1 + month
        return f"{count // 12:04d}-{count % 12 + 1:02d}"

    @property
    def last_year(self) -> int:
        """Calendar year of the last month."""
        return (self.start.year * 12 + self.start.month - 1 + self.end - 1) // 12

    @property
    def first_end(self) -> int:
        """First month after the first period."""
        return self.starts[1] if len(self.starts) > 1 else self.end

    def begins(self, earliest: dt.date | None, latest: dt.date | None) -> list[int]:
        """First months of the periods that start in [earliest, latest]; an open end where None."""
        low = 0 if earliest is None else self.month(earliest)
        high = self.end if latest is None else self.month(latest)
        return [month for month in self.starts if low <= month <= high]


class Evidence:
    """The rows of an instance by id, and what must not be concluded from rows that could not be read."""

    def __init__(self, instance: Sheets, hidden: Hidden) -> None:
        self.instance = instance
        self._hidden = hidden
        self._ids: dict[str, dict[str, Any]] = {}
        self._hints: dict[tuple[tuple[str, ...], str], str] = {}
        self._listings: dict[tuple[str, ...], str] = {}
        self._known: dict[tuple[str, ...], list[str]] = {}

    def rows(self, table: str) -> tuple[Row, ...]:
        """The valid rows of a table."""
        rows: tuple[Row, ...] = getattr(self.instance, table)
        return rows

    def ids(self, table: str) -> dict[str, Any]:
        """First valid row by id; of power_prices by market, of fuel_prices by fuel."""
        if table not in self._ids:
            name = NAMES.get(table, "id")
            self._ids[table] = {}
            for row in self.rows(table):
                self._ids[table].setdefault(getattr(row, name), row)
        return self._ids[table]

    def unread(self, table: str, key: str) -> bool:
        """A row with this first key may exist but could not be read."""
        return not self._hidden.get(table, frozenset()).isdisjoint((key, "*"))

    def maybe(self, table: str, name: str) -> bool:
        """A row that could not be read may have this id: it has, or its id is unknown and the name is no slip for one that was read."""
        hidden = self._hidden.get(table, frozenset())
        return name in hidden or ("*" in hidden and not slip(name, self._names((table,))))

    def whole(self, *tables: str) -> bool:
        """All rows of these tables could be read."""
        return not any(self._hidden.get(table) for table in tables)

    def settled(self, *settings: str) -> bool:
        """These settings could be read."""
        return self._hidden.get("instance", frozenset()).isdisjoint(settings)

    def _names(self, tables: tuple[str, ...]) -> list[str]:
        """The ids of the tables, those of rows that could not be read at the end."""
        if tables not in self._known:
            read = [name for table in tables for name in self.ids(table)]
            unread = {name for table in tables for name in self._hidden.get(table, frozenset())} - {*read, "*"}
            self._known[tables] = read + sorted(unread)
        return self._known[tables]

    def listing(self, tables: tuple[str, ...]) -> str:
        """The ids of the tables in words, or that there is none."""
        if tables not in self._listings:
            known = self._names(tables)
            self._listings[tables] = f": {listing(known)}" if known else f"; there is none in {' or '.join(tables)}"
        return self._listings[tables]

    def hint(self, tables: tuple[str, ...], found: str) -> str:
        """A did-you-mean among the ids of the tables."""
        return self.hint_among(self._names(tables), tables, found)

    def hint_among(self, known: Collection[str], scope: tuple[str, ...], found: str) -> str:
        """A did-you-mean among names, `scope` says which; none after the first fifty, as each costs time."""
        key = (scope, found)
        if key not in self._hints:
            self._hints[key] = suggestion(found, known) if len(self._hints) < HINTS else ""
        return self._hints[key]

    @cached_property
    def blocks(self) -> dict[str, tuple[str, ...]]:
        """The blocks of each market; a market of which a row could not be read is left out."""
        found: dict[str, dict[str, None]] = {}
        for row in self.instance.power_prices:
            found.setdefault(row.market, {})[row.block] = None
        return {market: tuple(blocks) for market, blocks in found.items() if not self.unread("power_prices", market)}

    def item(self, name: str) -> tuple[str, Any] | None:
        """Table and row of what an opening row may name; None where no valid row has this id."""
        return next(((table, self.ids(table)[name]) for table in ITEMS if name in self.ids(table)), None)

    @cached_property
    def horizon(self) -> Horizon | None:
        """The months of the plan; None when start or periods are at fault."""
        if not self.settled("start", "periods"):
            return None
        spans = self.instance.periods
        if not 0 < sum(span.months * span.count for span in spans) <= LONGEST_MONTHS:
            return None
        return Horizon.of(self.instance.start, spans)
