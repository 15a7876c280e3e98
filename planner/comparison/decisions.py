"""Two plans decision by decision: one line per thing that they decide otherwise, most money at stake first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields

import pandas as pd

from planner.check.calendar import Calendar
from planner.comparison.reversals import WORDS, Reversal, reversals
from planner.comparison.stakes import Stakes, moved
from planner.comparison.words import FLOWS, change, numbers
from planner.plan import FAMILIES, Key, Plan
from planner_models.schema import Instance

RTOL, ATOL = 1e-6, {"MW": 1e-3, "M$": 1e-6, "BTC": 1e-6}
"""Amounts are alike within this many of their unit, or this share of them where they are money or bitcoin."""
WHEN = ("period", "block", "mined")
"""Keys that say when; the others say what and where."""
Cells = dict[Key, tuple[float, float]]
"""What two plans decide of one thing, by when."""


@dataclass(frozen=True)
class Difference:
    """One thing that two plans decide otherwise: a line of `Case.differences`.

    `old` and `new` are in `unit`: of a whole-number decision how many come at another time or place (0 for none), of an amount what it is
    where it differs most, which is in `old_month` = `new_month`. `kind` is added, dropped, moved or changed; `cells` how many entries of
    the plan differ; `beyond` whether by more than the tolerance; `stake_musd` what hangs on it (`planner.comparison.stakes`).
    """

    decision: str
    kind: str
    what: str
    where: str
    old_month: str
    new_month: str
    old: float
    new: float
    change: float
    unit: str
    cells: int
    beyond: bool
    stake_musd: float
    words: str


COLUMNS = [field.name for field in fields(Difference)]


def differences(plans: tuple[Plan, Plan], instances: tuple[Instance, Instance], stakes: Stakes | None) -> pd.DataFrame:
    """Every difference of two plans as a frame, those beyond the tolerance first and of these the dearest.

    Without `stakes`, as of a plan that breaks rules, nothing is known of what hangs on them.
    """
    found = [_whole(reversal, stakes) for reversal in reversals(plans[0], instances[0], plans[1], instances[1])]
    for name, (verb, item) in FLOWS.items():
        for thing, cells in _things(name, plans, instances).items():
            found.append(_amount(name, verb, item, thing, cells, stakes))
    found.sort(key=_order)
    return pd.DataFrame([astuple(line) for line in found], columns=COLUMNS)


def _order(line: Difference) -> tuple[bool, float, int, str]:
    """What is beyond the tolerance first, then what most hangs on, then as plans have it."""
    stake = 0.0 if math.isnan(line.stake_musd) else line.stake_musd
    return not line.beyond, -stake, list(FAMILIES).index(line.decision), line.words


def _whole(reversal: Reversal, stakes: Stakes | None) -> Difference:
    """A whole-number decision that one plan has and the other has not, or not then, or not there."""
    unit = WORDS[reversal.family][2] or "yes/no"
    was, now = (reversal.count if words else 0 for words in (reversal.before, reversal.now))
    stake = stakes.of(reversal.item, reversal.site) if stakes else math.nan
    words = f"{reversal.what}{f', {reversal.where}' if reversal.where else ''}: {_moved(reversal, WORDS[reversal.family][2])}"
    months = reversal.old_month, reversal.new_month
    return Difference(
        reversal.family, reversal.kind, reversal.what, reversal.where, *months, was, now, now - was, unit, 1, True, stake, words
    )


def _moved(reversal: Reversal, unit: str) -> str:
    """`1 module more in 2028-01`, `2 modules moved from 2028-01 to 2029-01`; where only one is possible `yes -> no`."""
    count = f"{reversal.count} {unit if reversal.count > 1 else unit.removesuffix('s')}" if unit else ""
    if reversal.kind == "moved":
        there = reversal.old_month == reversal.new_month
        return f"{count} moved".strip() + ("" if there else f" from {reversal.old_month} to {reversal.new_month}")
    month = reversal.old_month or reversal.new_month
    more = ("more" if reversal.kind == "added" else "less") if count else reversal.kind
    return f"{count} {more}".strip() + (f" in {month}" if month else "")


def _things(name: str, plans: tuple[Plan, Plan], instances: tuple[Instance, Instance]) -> dict[Key, Cells]:
    """The things of one decision with the cells that differ at all; periods by their first month."""
    family, found = FAMILIES[name], dict[Key, Cells]()
    at = [position for position, key in enumerate(family.keys) if key in WHEN]
    for side, (plan, instance) in enumerate(zip(plans, instances, strict=True)):
        months = _months(instance)
        for index, value in plan.decisions.get(name, {}).items():
            thing = tuple(part for position, part in enumerate(index) if position not in at)
            when = tuple(months.get(index[position], index[position]) for position in at)
            cells = found.setdefault(thing, {})
            old, new = cells.get(when, (0.0, 0.0))
            cells[when] = (value, new) if side == 0 else (old, value)
    differing = {thing: {when: pair for when, pair in cells.items() if pair[0] != pair[1]} for thing, cells in found.items()}
    return {thing: cells for thing, cells in differing.items() if cells}


def _months(instance: Instance) -> Mapping[str, str]:
    """The first month of each period by its label."""
    calendar = Calendar(instance)
    return {label: f"{calendar.day(period.first):%Y-%m}" for label, period in calendar.by_label.items()}


def _amount(name: str, verb: str, item: str, thing: Key, cells: Cells, stakes: Stakes | None) -> Difference:
    """An amount that two plans decide otherwise, at one time or at many."""
    family = FAMILIES[name]
    named = dict(zip((key for key in family.keys if key not in WHEN), thing, strict=True))
    what = f"{verb} {named[item]}" if item else verb
    where = " ".join(f"to {value}" if key == "end" else value for key, value in named.items() if key != item)
    when, (old, new) = min(cells.items(), key=_largest_first)
    kind, words = _said(cells, family.unit)
    beyond = any(_beyond(*pair, family.unit) for pair in cells.values())
    title = what + (f", {where}" if where else "")
    return Difference(
        name, kind, what, where, when[0] if when else "", when[0] if when else "", old, new, new - old, family.unit, len(cells), beyond,
        _stake(name, named, item, cells, stakes), f"{title}: {words}" + ("" if beyond else " (within the tolerance)"),
    )  # fmt: skip


def _said(cells: Cells, unit: str) -> tuple[str, str]:
    """Kind and words of a difference in amounts."""
    changes = {when: new - old for when, (old, new) in cells.items()}
    (when, (old, new)), *others = sorted(cells.items(), key=_largest_first)
    least, most = min(changes.values()), max(changes.values())
    if len(others) == 1 and least < 0 < most and math.isclose(-least, most, rel_tol=RTOL):
        gone, come = sorted(changes, key=lambda cell: changes[cell])
        return "moved", f"{change(changes[come], unit).removeprefix('+')} moved from {_when(gone)} to {_when(come)}"
    kind = "added" if not any(old for old, _ in cells.values()) else "dropped" if not any(new for _, new in cells.values()) else "changed"
    at = f"{_when(when)}: " if _when(when) else ""
    pair = f"{at}{numbers(old, new)} {unit} ({change(new - old, unit)})"
    return kind, pair if not others else f"at {len(cells)} times, most in {pair}"


def _largest_first(cell: tuple[Key, tuple[float, float]]) -> tuple[float, Key]:
    """The largest difference, of equals the earliest."""
    when, (old, new) = cell
    return -abs(new - old), when


def _when(when: Key) -> str:
    return " ".join(when)


def _beyond(old: float, new: float, unit: str) -> bool:
    """Whether two amounts differ by more than the tolerance."""
    share = 0.0 if unit == "MW" else RTOL * max(abs(old), abs(new))
    return abs(new - old) > ATOL[unit] + share


def _stake(name: str, named: Mapping[str, str], item: str, cells: Cells, stakes: Stakes | None) -> float:
    """M$ that hang on an amount: of money the amounts themselves, else what the journal has otherwise."""
    unit = FAMILIES[name].unit
    if stakes is None:
        return math.nan
    if unit == "M$":
        return moved(new - old for old, new in cells.values())
    if unit == "BTC":
        return stakes.bitcoin
    site = named.get("site", "")
    return stakes.of(named[item] if item else site, site)
