"""Rolling leases and compute contracts: blocks that run, blocks that are committed, and what is still on offer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from planner.check import colocation, contracts, deals
from planner.check.book import Book as CheckBook
from planner.check.exact import ZERO, exact
from planner.check.placements import block_mw, blocks
from planner.plan import Key
from planner.rolling.past import Lock, Rolling, changed, number
from planner_models.rows import Deal, GpuContract, Lease

SIGNED: dict[str, Any] = {"stage": "signed", "probability_fraction": 1.0, "mandatory": True, "decide_by": None}
FAMILY = {"leases": "started", "gpu_contracts": "contracted"}


@dataclass(frozen=True)
class Start:
    """Blocks that start together: where, in which month, and the decision behind them."""

    index: Key
    month: int
    count: int

    @property
    def site(self) -> str:
        """Where they are."""
        return self.index[1]

    @property
    def hall(self) -> str:
        """The hall type that they are in."""
        return self.index[2]


Groups = dict[tuple[str, str, int], list[Start]]
"""Starts by site, hall type and month."""


@dataclass
class Split:
    """What becomes of a deal: rows that run by place and month, rows that are committed by month, and starts that stay decisions."""

    running: Groups = field(default_factory=dict)
    committed: dict[int, list[Start]] = field(default_factory=dict)
    free: list[Start] = field(default_factory=list)
    ended: int = 0
    true: list[Start] = field(default_factory=list)

    @property
    def used(self) -> int:
        """Blocks that no longer are on offer."""
        groups = [*self.running.values(), *self.committed.values()]
        return self.ended + sum(start.count for group in groups for start in group)


def roll_deals(r: Rolling) -> None:
    """Every lease and compute contract."""
    rows: dict[str, list[Any]] = {"leases": [], "gpu_contracts": []}
    olds = {table: list(r.tables[table]) for table in rows}
    for table, old in olds.items():
        for row in old:
            rows[table] += _Deal(r, table, row).roll()
    r.tables |= rows
    ids = {row.id for row in rows["leases"]}
    for table in ("lease_sites", "lease_deliveries"):
        r.drop(table, lambda row: row.lease not in ids)
    tenants = {row.tenant for row in rows["leases"]}
    for policy in [row for row in r.tables["policies"] if row.tenant is not None and row.tenant not in tenants]:
        r.note(f"{policy.id}: no lease of {policy.tenant} is left, so this policy is dropped.")
    r.drop("policies", lambda row: row.tenant is not None and row.tenant not in tenants)


class _Deal:
    """One deal and the rows that it becomes."""

    def __init__(self, r: Rolling, table: str, row: Deal) -> None:
        self.r, self.table, self.row = r, table, row
        self.total = blocks(row) if isinstance(row, Lease) else 1
        self.mw = block_mw(row) if isinstance(row, Lease) else exact(row.it_mw)
        self.parts = self._parts()

    def _parts(self) -> Split:
        r, row, split = self.r, self.row, Split()
        since = deals.running_since(r.world, row)
        renewal = row.renewal_months if isinstance(row, Lease) else 0
        for index, count in r.book.decisions(FAMILY[self.table]):
            if index[0] != row.id:
                continue
            start = Start(index, r.at(index[3]) if since is None else since, int(count))
            came = start.month < r.month
            if came or self._committed(start.month):
                split.true.append(start)
            if came and start.month + row.term_months + renewal <= r.month:
                split.ended += start.count
            elif came:
                split.running.setdefault((start.site, start.hall, start.month), []).append(start)
            elif self._committed(start.month):
                split.committed.setdefault(start.month, []).append(start)
            else:
                split.free.append(start)
        return split

    def _committed(self, month: int) -> bool:
        """Whether a start to come is no longer a choice: money was taken for it, or its offer had to be answered."""
        return self._paid(month) or self._lapsed

    def _paid(self, month: int) -> bool:
        if not self.row.prepayment_musd:
            return False
        return self.row.prepaid is not None or max(0, month - self.row.prepaid_months) < self.r.month

    @property
    def _lapsed(self) -> bool:
        row = self.row
        return row.stage != "signed" and row.decide_by is not None and self.r.book.calendar.month(row.decide_by) < self.r.month

    def roll(self) -> list[Deal]:
        """The rows of the deal from now on; its decisions follow their new names."""
        r, row = self.r, self.row
        self._release()
        rest = self.total - self.parts.used - self._bought_off()
        keep = rest > 0 and not self._over()
        several = len(self.parts.running) + len(self.parts.committed) + keep > 1
        rows: list[Deal] = []
        for place, group in self.parts.running.items():
            rows.append(self._running(place, group, several))
        for month, group in self.parts.committed.items():
            rows.append(self._to_come(month, group, several))
        if keep:
            rows.append(self._offered(rest))
        elif rest > 0 and not rows and not self.parts.ended:
            r.passed.append(f"{row.id}: its offer has lapsed.")
        if self.parts.ended:
            r.passed.append(f"{row.id}: its term is over.")
        return rows

    def _over(self) -> bool:
        """Whether nothing of it can start any more."""
        late = self.row.drop_dead is not None and self.r.book.calendar.month(self.row.drop_dead) < self.r.month
        return late or self._lapsed or self.row.delivered is not None

    def _bought_off(self) -> int:
        """Blocks that were bought off and whose fee is paid."""
        if not isinstance(self.row, Lease) or self.r.book.calendar.month(self.row.ready_by) >= self.r.month:
            return 0
        broken = int(self.r.take("broken_blocks", (self.row.id,)))
        if broken:
            self.r.passed.append(f"{self.row.id}: {broken} blocks bought off.")
        return broken

    def _share(self, count: int) -> dict[str, Any]:
        """MW and money of so many of its blocks."""
        share, row = Fraction(count, self.total), self.row
        fields: dict[str, Any] = {"it_mw": number(self.mw * count), "prepayment_musd": number(exact(row.prepayment_musd) * share)}
        if isinstance(row, Lease):
            fields["warrants_count"] = number(exact(row.warrants_count) * share)
            if row.break_fee_musd is not None:
                fields["break_fee_musd"] = number(exact(row.break_fee_musd) * share)
        return fields

    def _new(self, count: int, site: str, month: int, several: bool, **fields: Any) -> Deal:
        """A signed row for some of its blocks."""
        r, row = self.r, self.row
        name = r.name(self.table, row.id, site, f"{r.day(month):%Y-%m}") if several else row.id
        if isinstance(row, Lease):
            fields |= {"break_fee_musd": None}
        new = changed(row, **(self._share(count) | SIGNED | {"id": name} | fields))
        if name != row.id:
            r.tables[self.table].append(new)
            self._copy("lease_deliveries", name)
        return new

    def _copy(self, table: str, name: str) -> None:
        copies = [changed(old, lease=name) for old in self.r.tables[table] if old.lease == self.row.id] if self.table == "leases" else []
        self.r.tables[table] += copies

    def _running(self, place: tuple[str, str, int], group: list[Start], several: bool) -> Deal:
        """Blocks that run at one place since one month."""
        r, (site, hall, month) = self.r, place
        count = sum(start.count for start in group)
        fields: dict[str, Any] = {"delivered": r.day(month), "prepaid": None, "drop_dead": None}
        if isinstance(self.row, GpuContract):
            fields |= {"sites": (site,)}
        new = self._new(count, site, month, several, **fields)
        if self.table == "leases":
            at = next(old for old in r.tables["lease_sites"] if old.key == (self.row.id, site))
            if not several:
                r.drop("lease_sites", lambda old: old.lease == self.row.id)
            r.tables["lease_sites"].append(changed(at, lease=new.id, hall=hall))
        for start in group:
            value = r.take(FAMILY[self.table], start.index)
            index = (new.id, site, hall, r.left[0].label)
            r.decisions[FAMILY[self.table]][index] = r.decisions[FAMILY[self.table]].get(index, 0) + (value or start.count)
        if month >= 0 and self.row.delivered is None:
            self._came(place, count, new.id)
        return new

    def _came(self, place: tuple[str, str, int], count: int, name: str) -> None:
        """What was spent on the site for blocks that began within the old plan."""
        r, (site, hall, month), row = self.r, place, self.row
        r.locked.append(Lock("lease" if isinstance(row, Lease) else "contract", name, site, self.mw * count, "MW", month, ZERO, ZERO))
        if not isinstance(row, Lease):
            return
        per_mw = exact(r.world.lease_sites[row.id, site].capex_musd_per_mw) - exact(row.fit_out_musd_per_mw)
        r.spent(f"{name}.fit_out", site, month, r.world.halls[hall].tax_life_months, self.mw * count * per_mw)

    def _to_come(self, month: int, group: list[Start], several: bool) -> Deal:
        """Blocks that are signed and start in one month to come."""
        r, row = self.r, self.row
        count, ready = sum(start.count for start in group), min(r.book.calendar.month(row.ready_by), month)
        paid = max(0, month - row.prepaid_months)
        fields: dict[str, Any] = {"earliest_start": r.day(min(ready, month)), "ready_by": r.day(ready), "drop_dead": r.day(month)}
        if self._paid(month):
            fields |= {"prepaid": row.prepaid or r.day(paid), "prepaid_months": 0}
        new = self._new(count, "", month, several, **fields)
        if new.id != row.id:
            self._copy("lease_sites", new.id)
        for start in group:
            value = r.take(FAMILY[self.table], start.index)
            r.decisions[FAMILY[self.table]][(new.id, *start.index[1:])] = value
        kind = "lease" if isinstance(row, Lease) else "contract"
        r.locked.append(Lock(kind, new.id, group[0].site, self.mw * count, "MW", month, ZERO, ZERO))
        return new

    def _offered(self, count: int) -> Deal:
        """What is left of it."""
        return changed(self.row, **self._share(count))

    def _release(self) -> None:
        """What was in doubt and is no longer: blocks that came true."""
        if self.row.probability_fraction < 1 and self.parts.true:
            self.r.released_musd += _doubt(self.r, FAMILY[self.table], self.parts.true)


def _doubt(r: Rolling, family: str, starts: Iterable[Start]) -> Fraction:
    """(10.14) of some starts alone."""
    alone = CheckBook(r.world, {family: {start.index: Fraction(start.count) for start in starts}})
    (colocation if family == "started" else contracts).account(alone)
    return alone.state("doubt_musd")
