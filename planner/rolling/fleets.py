"""Rolling mining machines: what stands at each site by the month in which its life ends, after purchases, moves and resales."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from planner.check.exact import ZERO, exact
from planner.rolling.past import NOTHING, Rolling, number
from planner.rolling.standing import Gone, stand, unlock
from planner.tables.ordered import Order
from planner_models.rows import Opening

Alike = tuple[str, str]
"""ASIC model and the month in which its life ends, written 2031-04."""


@dataclass
class Bought:
    """A purchase in service, and MW of it that are left at its site."""

    order: Order
    mw: Fraction


def roll_machines(r: Rolling, locked: list[Order], gone: Gone) -> None:
    """Rows of purchases, of machines that came from elsewhere, and of those under way; `gone` gets what left the opening fleets."""
    bought = [Bought(order, order.quantity) for order in locked if order.key[0] == "asic"]
    extra = _settle(r, bought, gone)
    for purchase in bought:
        _stand(r, purchase)
    for (site, asic, end), mw in extra.items():
        _arrive(r, site, (asic, end), mw, r.month)
    for alike, pool in _pools(r).items():
        _place(r, alike, pool)


def _net(r: Rolling) -> dict[tuple[str, str, str], Fraction]:
    """MW that came to a site less those that left it, by site, model and end of life, before the month of the roll."""
    net: dict[tuple[str, str, str], Fraction] = defaultdict(lambda: ZERO)
    for family, sign in (("placed_mw", 1), ("withdrawn_mw", -1), ("resold_mw", -1)):
        for (site, asic, end, period), mw in r.book.decisions(family):
            if r.past(period):
                net[site, asic, end] += sign * mw
    return net


def _settle(r: Rolling, bought: list[Bought], gone: Gone) -> dict[tuple[str, str, str], Fraction]:
    """Take what left off the fleets and purchases that are alike, the first first; hand back what came in excess of it."""
    extra = {}
    for (site, asic, end), mw in _net(r).items():
        if r.world.ends[end] <= r.month:
            continue
        if mw > 0:
            extra[site, asic, end] = mw
        missing = -mw
        for fleet in r.world.fleets.values():
            if (fleet.site, fleet.item, fleet.end) == (site, asic, r.world.ends[end]) and fleet.start < r.month and missing > 0:
                taken = min(missing, fleet.size - gone[fleet.id])
                gone[fleet.id], missing = gone[fleet.id] + taken, missing - taken
        for purchase in bought:
            life = r.world.asics[asic].life_months
            alike = purchase.order.key[1:3] == (asic, site) and purchase.order.in_service_month + life == r.world.ends[end]
            if alike and purchase.order.in_service_month < r.month and missing > 0:
                taken = min(missing, purchase.mw)
                purchase.mw, missing = purchase.mw - taken, missing - taken
    return extra


def _stand(r: Rolling, purchase: Bought) -> None:
    order, asic = purchase.order, r.world.asics[purchase.order.key[1]]
    lock = unlock(r, order)
    if purchase.mw > NOTHING and lock.month + asic.life_months > r.month:
        stand(r, order, lock, asic.tax_life_months, it_mw=number(purchase.mw))
    else:
        r.spent(f"{asic.id}.{order.key[2]}", order.key[2], lock.month, asic.tax_life_months, order.total_musd)


def _arrive(r: Rolling, site: str, alike: Alike, mw: Fraction, month: int) -> None:
    """A row of machines that came, or come in a month, from elsewhere, with the vintage that they have."""
    asic, end = alike
    life = r.world.asics[asic].life_months
    begin = max(month, r.world.ends[end] - life) if month > r.month else r.world.ends[end] - life
    row: dict[str, Any] = {"id": r.name("opening", asic, site, end), "site": site, "item": asic, "it_mw": number(mw)}
    until = r.day(r.world.ends[end]) if begin + life != r.world.ends[end] else None
    r.tables["opening"].append(Opening(**row, in_service=r.day(begin), until=until))


def _pools(r: Rolling) -> dict[Alike, list[tuple[int, Fraction]]]:
    """Machines withdrawn and not placed before the month of the roll: the months from which they can be placed, and MW, the first first."""
    pools: dict[Alike, list[tuple[int, Fraction]]] = defaultdict(list)
    placed: dict[Alike, Fraction] = defaultdict(lambda: ZERO)
    for (site, asic, end, period), mw in r.book.decisions("withdrawn_mw"):
        if r.past(period):
            pools[asic, end].append((r.at(period) + r.world.moves[site].out_months, mw))
    for (_, asic, end, period), mw in r.book.decisions("placed_mw"):
        if r.past(period):
            placed[asic, end] += mw
    for alike, batches in pools.items():
        waiting = []
        for month, mw in sorted(batches):
            taken = min(placed[alike], mw)
            placed[alike] -= taken
            waiting += [(month, mw - taken)] if mw - taken > NOTHING else []
        pools[alike] = waiting
    return {alike: batches for alike, batches in pools.items() if batches and r.world.ends[alike[1]] > r.month}


def _place(r: Rolling, alike: Alike, pool: list[tuple[int, Fraction]]) -> None:
    """What waits or is under way goes where the plan places it, before anything withdrawn later does."""
    asic = alike[0]
    coming = sorted((r.at(index[3]), index) for index in r.decisions["placed_mw"] if index[1:3] == alike)
    for month, index in coming:
        wanted = exact(r.decisions["placed_mw"][index])
        taken = ZERO
        for at, (ready, mw) in enumerate(pool):
            part = min(mw, wanted - taken) if ready <= month else ZERO
            pool[at], taken = (ready, mw - part), taken + part
        if taken <= NOTHING:
            continue
        r.decisions["placed_mw"][index] = number(wanted - taken)
        if wanted - taken <= NOTHING:
            r.take("placed_mw", index)
        _arrive(r, index[0], alike, taken, month)
        _put_in(r, asic, index[0], taken, month)
    if (rest := sum((mw for _, mw in pool), ZERO)) > NOTHING:
        r.note(f"{asic}: {float(rest):,.3f} MW wait in the pool and the plan places them nowhere; they are left out.")


def _put_in(r: Rolling, asic: str, site: str, mw: Fraction, month: int) -> None:
    """What it costs to put machines in that are under way: what falls in the month of the roll is paid at the start."""
    cost = exact(r.world.moves[site].in_musd_per_mw) * mw
    if not cost:
        return
    if month > r.month:
        r.note(f"{asic} under way to {site}: {float(cost):,.3f} M$ for putting them in are left out.")
        return
    r.settle(asic, cost, f"for putting machines in at {site} in {r.start:%Y-%m}")
