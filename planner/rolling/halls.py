"""Rolling halls: what was built and converted, modules under conversion, and the lots that are left of each conversion."""

from __future__ import annotations

from collections import defaultdict

from planner.rolling.past import Lock, Rolling, changed
from planner.rolling.standing import stand, unlock
from planner.tables.ordered import Order
from planner_models.rows import Opening


def roll_built(r: Rolling, order: Order) -> None:
    """New modules, in service or under construction."""
    hall = r.world.halls[order.key[1]]
    stand(r, order, unlock(r, order), hall.tax_life_months, count=int(order.quantity))


def roll_converted(r: Rolling, order: Order) -> None:
    """New modules in place of old ones; while they are to come, the old ones are a row of their own, which holds the land."""
    conversion, cohort = r.world.conversions[order.key[1]], order.key[3]
    lock, hall = unlock(r, order), r.world.halls[conversion.to_hall]
    old = _under_conversion(r, order, lock, cohort) if lock.month > r.month else None
    count = int(order.quantity) * conversion.to_modules
    stand(r, order, lock, hall.tax_life_months, item=hall.id, count=count, replaces=old)


def _under_conversion(r: Rolling, order: Order, lock: Lock, cohort: str) -> str | None:
    """The modules that are given up: they work until the month of their switch-off, and hold the land until they are replaced."""
    conversion, row = r.world.conversions[order.key[1]], r.world.opening[cohort]
    off = lock.month - conversion.off_months
    if off <= r.book.calendar.month(row.in_service):
        r.note(f"{cohort}: modules that never work before they are converted; their land is held by what replaces them.")
        return None
    name = r.name("opening", cohort, conversion.id, f"{r.day(lock.month):%Y-%m}")
    fields = {"site": row.site, "item": row.item, "in_service": row.in_service, "until": r.day(off)}
    r.tables["opening"].append(Opening(id=name, count=int(order.quantity) * conversion.from_modules, **fields))
    return name


def roll_lots(r: Rolling, locked: list[Order]) -> None:
    """The most lots of each conversion less those that are used at a site; one row per site where several use it up differently."""
    used: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for order in locked:
        if order.key[0] in ("conversion", "rebuild"):
            used[order.key[1]][order.key[2]] += int(order.quantity)
    for row in list(r.tables["conversions"]):
        if row.id in used:
            _reduce(r, row.id, used[row.id])


def _reduce(r: Rolling, name: str, used: dict[str, int]) -> None:
    row = r.world.conversions[name]
    cohorts = {c.id: c.site for c in r.world.cohorts.values() if c.item == row.from_hall}
    stands = {old.site for old in r.tables["opening"] if old.item == row.from_hall} | set(used)
    sites = [site for site in r.world.sites if site in stands] if row.site is None else [row.site]
    if len(sites) == 1:
        r.change("conversions", lambda old: changed(old, max_lots=max(0, old.max_lots - used[sites[0]])) if old.id == name else old)
        return
    at = next(i for i, old in enumerate(r.tables["conversions"]) if old.id == name)
    names = {site: r.name("conversions", name, site) for site in sites}
    split = [changed(row, id=names[site], site=site, max_lots=max(0, row.max_lots - used[site])) for site in sites]
    r.tables["conversions"][at : at + 1] = split
    made = r.decisions["converted_lots"]
    r.decisions["converted_lots"] = {
        (names[cohorts[cohort]] if conversion == name else conversion, cohort, period): value
        for (conversion, cohort, period), value in made.items()
    }
