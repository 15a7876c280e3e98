"""What the plan orders, builds, converts and retires: where, how much, by when, and when it is paid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from planner.check.calendar import Period, Profile, month_start
from planner.check.exact import ZERO, exact
from planner.tables.book import Book
from planner.tables.frame import Cell, Column, Frame, Row, text

OrderKey = tuple[str, str, str, str]
"""Kind, item, site and detail."""

KEYS = (
    text("kind", "hall, conversion, retirement, asic, gpu, grid or equipment."),
    text("item", "What: the id of the hall type, conversion, machine, grid upgrade or equipment type."),
    text("site", "Where."),
    text("detail", "The cohort that is converted or retired, or the hall that a GPU cluster goes into; blank for the others."),
    text("period", "Period in which it enters service (or leaves it)."),
)

ORDERS = Frame(
    "orders",
    "Everything that the plan orders, in the order of its order dates.",
    (
        *KEYS,
        Column("quantity", "How much."),
        text("unit", "modules, lots, MW, clusters, upgrades or units."),
        text("order_month", "Month of the order: first month of the period less the lead."),
        text("in_service_month", "First month in service; of a retirement the month it leaves."),
        Column("total_musd", "Whole cost, M$."),
        Column("due_at_order_musd", "M$ due in the order month: the deposit, or the first of equal monthly instalments."),
        text("first_payment_month", "Month of the first payment; blank when it costs nothing."),
    ),
)

PAYMENTS = Frame(
    "payments",
    "When each order is paid. By site and period they add up to capex.",
    (*KEYS, text("paid_period", "Period of the payment."), Column("paid_musd", "M$ paid.")),
)


@dataclass(frozen=True)
class Order:
    """One order: key, quantity, months counted from the start of the plan, cost in M$ and its payments."""

    key: OrderKey
    period: Period
    quantity: Fraction
    unit: str
    lead_months: int
    total_musd: Fraction
    due_at_order_musd: Fraction
    payments: tuple[tuple[Period, Fraction], ...]

    @property
    def order_month(self) -> int:
        """Month of the order."""
        return self.period.first - self.lead_months

    @property
    def first_payment_month(self) -> int | None:
        """Month of the first payment, None when nothing is paid."""
        if not self.total_musd:
            return None
        return self.order_month if self.due_at_order_musd else self.period.first


def orders(book: Book) -> list[Order]:
    """All orders of the plan, by order month, kind, item and site."""
    found = [*_halls(book), *_conversions(book), *_retirements(book), *_machines(book), *_power(book)]
    return sorted(found, key=lambda order: (order.order_month, order.key, order.period.number))


def order_rows(book: Book) -> Iterator[Row]:
    """One row per order."""
    start = book.calendar.start
    for order in orders(book):
        paid = order.first_payment_month
        yield _keys(order) | {
            "quantity": order.quantity,
            "unit": order.unit,
            "order_month": month_text(start, order.order_month),
            "in_service_month": month_text(start, order.period.first),
            "total_musd": order.total_musd,
            "due_at_order_musd": order.due_at_order_musd,
            "first_payment_month": "" if paid is None else month_text(start, paid),
        }


def payment_rows(book: Book) -> Iterator[Row]:
    """One row per order and period in which something is paid for it."""
    for order in orders(book):
        for period, musd in order.payments:
            yield _keys(order) | {"paid_period": period.label, "paid_musd": musd}


def month_text(start: dt.date, month: int) -> str:
    """A month counted from the start as 2027-04."""
    return f"{month_start(start, month):%Y-%m}"


def _keys(order: Order) -> dict[str, Cell]:
    kind, item, site, detail = order.key
    return {"kind": kind, "item": item, "site": site, "detail": detail, "period": order.period.label}


def _paid(total: Fraction, profile: Profile) -> tuple[tuple[Period, Fraction], ...]:
    """Payments by period, those of one period in one sum, zero ones left out."""
    sums: dict[Period, Fraction] = {}
    for period, share in profile:
        sums[period] = sums.get(period, ZERO) + total * share
    return tuple((period, musd) for period, musd in sums.items() if musd)


def _spread(book: Book, key: OrderKey, label: str, quantity: Fraction, unit: str, terms: tuple[int, float]) -> Order:
    """An order paid evenly over its build months; terms are those months and M$ each."""
    period, (build_months, price) = book.calendar.by_label[label], terms
    total = quantity * exact(price)
    payments = _paid(total, book.calendar.spread_profile(period, build_months))
    return Order(key, period, quantity, unit, build_months, total, total / max(1, build_months), payments)


def _deposited(book: Book, key: OrderKey, label: str, quantity: Fraction, unit: str, terms: tuple[int, Fraction, float]) -> Order:
    """An order with a deposit and the balance at service; terms are lead months, M$ each and the share due at order."""
    period, (lead_months, price, deposit) = book.calendar.by_label[label], terms
    total = quantity * price
    at_order = total * (exact(deposit) if lead_months else 1)
    payments = _paid(total, book.calendar.deposit_profile(period, lead_months, exact(deposit)))
    return Order(key, period, quantity, unit, lead_months, total, at_order, payments)


def _halls(book: Book) -> Iterator[Order]:
    for (site, name, period), count in book.decisions("built_modules"):
        hall = book.world.halls[name]
        yield _spread(book, ("hall", name, site, ""), period, count, "modules", (hall.build_months, hall.capex_musd_per_module))


def _conversions(book: Book) -> Iterator[Order]:
    for (name, cohort, period), count in book.decisions("converted_lots"):
        row, site = book.world.conversions[name], book.world.cohorts[cohort].site
        yield _spread(book, ("conversion", name, site, cohort), period, count, "lots", (row.build_months, row.capex_musd_per_lot))


def _retirements(book: Book) -> Iterator[Order]:
    for (cohort, period), count in book.decisions("retired_modules"):
        standing = book.world.cohorts[cohort]
        yield _spread(book, ("retirement", standing.item, standing.site, cohort), period, count, "modules", (0, 0.0))


def _machines(book: Book) -> Iterator[Order]:
    for (site, name, period), mw in book.decisions("bought_mw"):
        asic = book.world.asics[name]
        terms = (asic.lead_months, exact(asic.usd_per_th) / exact(asic.j_per_th), asic.deposit_fraction)
        yield _deposited(book, ("asic", name, site, ""), period, mw, "MW", terms)
    for (site, hall, name, period), count in book.decisions("deployed_clusters"):
        gpu = book.world.gpus[name]
        terms = (gpu.lead_months, exact(gpu.capex_musd_per_mw) * exact(gpu.cluster_it_mw), gpu.deposit_fraction)
        yield _deposited(book, ("gpu", name, site, hall), period, count, "clusters", terms)


def _power(book: Book) -> Iterator[Order]:
    for (name, period), count in book.decisions("upgraded"):
        row = book.world.grid[name]
        terms = (row.lead_months, exact(row.cost_musd), row.deposit_fraction)
        yield _deposited(book, ("grid", name, row.site, ""), period, count, "upgrades", terms)
    for (site, name, period), count in book.decisions("delivered_units"):
        kind = book.world.equipment[name]
        terms = (kind.lead_months, exact(kind.cost_musd), kind.deposit_fraction)
        yield _deposited(book, ("equipment", name, site, ""), period, count, "units", terms)
