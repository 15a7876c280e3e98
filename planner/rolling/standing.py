"""Rolling what stands: opening rows go on with what is left of them, and what was ordered since becomes a row of its own."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from planner.check.exact import ZERO, exact
from planner.rolling.past import NOTHING, Lock, Rolling, amount, changed, number
from planner.tables.ordered import Order, orders
from planner_models.rows import Asic, Equipment, Generator, Gpu, Hall, Opening

KINDS = {
    "hall": "built_modules", "conversion": "converted_lots", "rebuild": "converted_lots", "asic": "bought_mw", "gpu": "deployed_clusters",
    "grid": "upgraded", "equipment": "delivered_units", "generator": "commissioned_units",
}  # fmt: skip
"""Kinds of orders that are paid for and enter service, with their decision."""

Gone = dict[str, Fraction]
"""Modules, units, clusters or MW of opening rows that are no longer there, by row."""


def ordered(r: Rolling) -> list[Order]:
    """Orders placed before the month of the roll, which are therefore locked."""
    return [order for order in orders(r.book) if order.key[0] in KINDS and order.order_month < r.month]


def unlock(r: Rolling, order: Order) -> Lock:
    """The lock of an order; the decision behind it is no longer one."""
    kind, item, site, detail = order.key
    places = {"converted_lots": (item, detail), "upgraded": (item,), "deployed_clusters": (site, detail, item)}
    family = KINDS[kind]
    r.take(family, (*places.get(family, (site, item)), order.period.label))
    due = sum((musd for period, musd in order.payments if period.first >= r.month), ZERO)
    lock = Lock(kind, item, site, order.quantity, order.unit, order.in_service_month, order.total_musd - due, due)
    r.locked.append(lock)
    return lock


NAMES: dict[type, str] = {Hall: "hall", Asic: "asic", Gpu: "gpu", Equipment: "equipment", Generator: "generator"}
UNITS: dict[type, str] = {Hall: "modules", Asic: "MW", Gpu: "clusters", Equipment: "units", Generator: "units"}
"""What was on order already when the old plan began: what it is, and in what it is counted."""


def left_modules(r: Rolling) -> Gone:
    """What cancellations, retirements and conversions have taken of the opening rows."""
    gone: Gone = defaultdict(lambda: ZERO)
    for (row,), units in r.book.decisions("cancelled_units"):
        first = r.world.opening[row]
        gone[row] += units * exact(first.it_mw or 1) if isinstance(r.world.thing(first), Asic) else units
        r.passed.append(f"{row}: cancelled, {float(units):g} of {first.count or 1}.")
    for (cohort, period), modules in r.book.decisions("retired_modules"):
        if r.past(period):
            gone[cohort] += modules
            r.passed.append(f"{cohort}: {int(modules)} modules retired in {r.day(r.at(period)):%Y-%m}.")
    for (conversion, cohort, period), lots in r.book.decisions("converted_lots"):
        kind = r.world.conversions[conversion]
        if r.at(period) - kind.build_months < r.month:
            gone[cohort] += lots * kind.from_modules
    return gone


def roll_opening(r: Rolling, gone: Gone) -> None:
    """Every old row with what is left of it; what was spent on one of which nothing is left stays a tax basis."""
    replaced = {row.replaces for row in r.book.instance.opening if r.book.calendar.month(row.in_service) > r.month}
    r.tables["opening"] = []
    for row in r.book.instance.opening:
        _roll_row(r, row, gone[row.id], held=row.id in replaced)


def _roll_row(r: Rolling, row: Opening, gone: Fraction, *, held: bool) -> None:
    thing, begin = r.world.thing(row), r.book.calendar.month(row.in_service)
    end = min(begin + thing.life_months, r.book.calendar.month(row.until) if row.until else begin + thing.life_months)
    asic = isinstance(thing, Asic)
    size = (exact(row.it_mw or 0) if asic else Fraction(row.count or 0)) - gone
    due = _due(r, row, begin, thing.tax_life_months)
    rest = _rest(r, row, begin, thing.tax_life_months)
    if size <= NOTHING or (end <= r.month and not held):
        if end <= r.month:
            r.passed.append(f"{row.id}: it was there until {r.day(end):%Y-%m}.")
        first = max(begin, r.month)
        r.spent(row.id, row.site, first, begin + thing.tax_life_months - first or 1, rest, "straight_line")
        if due > NOTHING:
            r.note(f"{row.id}: nothing is left of it, so the {float(due):,.3f} M$ that are due on it are left out.")
        return
    fields = {"it_mw": number(size)} if asic else {"count": int(size)}
    pending = begin > r.month
    if begin >= r.month and (due or pending):
        paid = exact(row.tax_basis_musd) + exact(row.due_musd) - due
        r.locked.append(Lock(NAMES[type(thing)], row.item, row.site, size, UNITS[type(thing)], begin, paid, due))
    fee = exact(row.cancel_fee_musd) * size / (size + gone) if pending and not asic else exact(row.cancel_fee_musd if pending else 0)
    fields |= {"tax_basis_musd": amount(rest), "due_musd": amount(due), "due_evenly": row.due_evenly and r.evenly(begin, due)}
    fields |= {"cancellable": row.cancellable and pending, "cancel_fee_musd": amount(fee)}
    r.tables["opening"].append(changed(row, **fields, replaces=row.replaces if pending else None))


def _due(r: Rolling, row: Opening, begin: int, life_months: int) -> Fraction:
    """What is still due on a pending row from now on; what was paid on it meanwhile is a tax basis from its service."""
    if not 0 <= begin < r.book.calendar.horizon:
        return ZERO
    cancelled = r.book.decided("cancelled_units", row.id) / (1 if row.count is None else row.count)
    due = exact(row.due_musd) * (1 - cancelled)
    paid = due * min(Fraction(1), Fraction(r.month, begin)) if row.due_evenly else due if begin < r.month else ZERO
    r.spent(f"{row.id}.due", row.site, begin, life_months, paid)
    return due - paid


def _rest(r: Rolling, row: Opening, begin: int, life_months: int) -> Fraction:
    """What is left of an opening tax basis: it is written off evenly from the old start, or from service."""
    first, end = max(0, begin), begin + life_months
    if end <= r.month or end <= first:
        return ZERO
    return exact(row.tax_basis_musd) * Fraction(end - max(first, r.month), end - first)


def stand(r: Rolling, order: Order, lock: Lock, life_months: int, **fields: object) -> str:
    """The opening row of an order, and the tax basis of what was paid on it; the id of the row.

    `life_months` is the tax life. What is due is paid evenly where it is spread, else in the month of service.
    """
    _, item, site, _ = order.key
    name = r.name("opening", item, site, f"{r.day(lock.month):%Y-%m}")
    due = lock.due_musd
    r.spent(name, site, lock.month, life_months, order.total_musd - due)
    evenly = order.key[0] in ("hall", "conversion", "rebuild") and r.evenly(lock.month, due)
    row = {"id": name, "site": site, "item": item, "in_service": r.day(lock.month), "due_musd": amount(due), "due_evenly": evenly}
    row["source"] = f"ordered {r.day(order.order_month):%Y-%m} in the plan of {r.book.instance.name}"
    r.tables["opening"].append(Opening.model_validate(row | fields))
    return name
