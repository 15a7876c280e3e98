"""Whole-number decisions of two plans of one month: which the later plan drops, adds, moves or changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from planner.check.calendar import Calendar
from planner.plan import FAMILIES, Key, Plan
from planner_models.schema import Instance

WORDS: Mapping[str, tuple[str, str, str]] = {
    "built_modules": ("Build", "hall", "modules"), "converted_lots": ("Convert", "conversion", "lots"),
    "retired_modules": ("Retire", "cohort", "modules"), "started": ("Lease", "lease", "blocks"),
    "broken_blocks": ("Buy off", "lease", "blocks"), "deployed_clusters": ("Deploy", "gpu", "clusters"),
    "contracted": ("Contract", "contract", ""), "upgraded": ("Grid upgrade", "grid", ""), "delivered_units": ("Buy", "equipment", "units"),
    "cancelled_units": ("Cancel", "opening", "units"), "opened": ("Buy site", "site", ""), "sold": ("Sell site", "site", ""),
    "commissioned_units": ("Commission", "generator", "units"), "accepted": ("Accept", "ppa", ""), "ended": ("End hosting", "hosting", ""),
}  # fmt: skip
"""By family the verb, the key that says what, and the unit where there may be several."""


@dataclass(frozen=True)
class Reversal:
    """One difference: `before` and `now` in words, `old_month` and `new_month` as 2028-04, blank where it is not or at any time.

    `month` is the earlier of the two, for the order of the page; `item` and `site` are what and where by id, `site` blank where there is
    none or two.
    """

    family: str
    what: str
    where: str
    before: str
    now: str
    kind: str
    month: str
    count: int
    item: str
    site: str
    old_month: str
    new_month: str


@dataclass
class _Side:
    """How many of one thing in which months."""

    counts: dict[str, int] = field(default_factory=dict)


def reversals(before: Plan, old: Instance, now: Plan, new: Instance) -> list[Reversal]:
    """All differences in the order of their months."""
    found: list[Reversal] = []
    sides = _things(before, old), _things(now, new)
    for thing in dict.fromkeys([*sides[0], *sides[1]]):
        pair = [side.get(thing, _Side()).counts for side in sides]
        found += _differences(thing, dict(pair[0]), dict(pair[1]))
    return sorted(_moved_elsewhere(found), key=lambda r: (r.month, r.family, r.what, r.where))


def _moved_elsewhere(found: list[Reversal]) -> list[Reversal]:
    """What is dropped in one place and added in another, as many of them, has moved there."""
    kept: list[Reversal] = []
    added = [reversal for reversal in found if reversal.kind == "added"]
    for gone in (reversal for reversal in found if reversal.kind != "added"):
        alike = (gone.family, gone.what, gone.count)
        twin = next((other for other in added if gone.kind == "dropped" and (other.family, other.what, other.count) == alike), None)
        if twin is None:
            kept.append(gone)
        else:
            added.remove(twin)
            month = min(gone.month, twin.month)
            where = f"{gone.where}, now {twin.where}"
            kept.append(replace(gone, where=where, now=twin.now, kind="moved", site="", month=month, new_month=twin.new_month))
    return kept + added


def _things(plan: Plan, instance: Instance) -> dict[tuple[str, Key], _Side]:
    """What a plan decides by family and index without the period, with the month for the period."""
    calendar, things = Calendar(instance), dict[tuple[str, Key], _Side]()
    for name in WORDS:
        keys = FAMILIES[name].keys
        for index, value in plan.decisions.get(name, {}).items():
            at = keys.index("period") if "period" in keys else None
            period = None if at is None else calendar.by_label.get(index[at])
            label = "" if at is None else index[at]
            month = label if period is None else f"{calendar.day(period.first):%Y-%m}"
            thing = index if at is None else (*index[:at], *index[at + 1 :])
            side = things.setdefault((name, thing), _Side())
            side.counts[month] = side.counts.get(month, 0) + round(value)
    return things


def _differences(thing: tuple[str, Key], before: dict[str, int], now: dict[str, int]) -> Iterator[Reversal]:
    """What is the same in the same month counts for nothing; of the rest what fits in number moved, and the others came or went."""
    for month in set(before) & set(now):
        same = min(before[month], now[month])
        before[month], now[month] = before[month] - same, now[month] - same
    gone, come = ([(month, count) for month, count in sorted(side.items()) if count] for side in (before, now))
    while gone and come:
        (old, many), (new, few) = gone.pop(0), come.pop(0)
        moved = min(many, few)
        yield _reversal(thing, (old, moved), (new, moved), "moved")
        gone[:0] = [(old, many - moved)] if many > moved else []
        come[:0] = [(new, few - moved)] if few > moved else []
    for side in gone:
        yield _reversal(thing, side, None, "dropped")
    for side in come:
        yield _reversal(thing, None, side, "added")


def _reversal(thing: tuple[str, Key], before: tuple[str, int] | None, now: tuple[str, int] | None, kind: str) -> Reversal:
    family, index = thing
    verb, what, unit = WORDS[family]
    keys = [key for key in FAMILIES[family].keys if key != "period"]
    named = dict(zip(keys, index, strict=True))
    places = [named[key] for key in keys if key != what]
    month, count = min(side for side in (before, now) if side)
    words = [_words(side, unit) for side in (before, now)]
    months = [side[0] if side else "" for side in (before, now)]
    title, site = f"{verb} {named[what]}", named.get("site", "")
    return Reversal(family, title, " ".join(places), words[0], words[1], kind, month, count, named[what], site, *months)


def _words(side: tuple[str, int] | None, unit: str) -> str:
    if side is None:
        return ""
    month, count = side
    amount = f"{count} {unit if count > 1 else unit.removesuffix('s')}" if unit else ""
    return ", ".join(part for part in (amount, month) if part) or "yes"
