"""The tables of orders: where, how much, by when, and when it is paid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from planner.check.calendar import month_start
from planner.tables.book import Book
from planner.tables.frame import Cell, Column, Frame, Row, text
from planner.tables.ordered import Order, orders

KEYS = (
    text(
        "kind",
        "hall, conversion (a retrofit), rebuild, retirement, asic, gpu, grid, equipment, generator, site (bought), sale (of a site, or its "
        "closure), resale (of machines), move (of machines), ppa (accepted), notice (to a hosting contract), cancellation (of what was "
        "ordered before the plan), or delivery (what is still due on it). Table `on_order` has all that was ordered before the plan.",
    ),
    text("item", "What: the id of the hall type, conversion, machine, grid upgrade, equipment or generator type, site, PPA or contract."),
    text("site", "Where."),
    text(
        "detail",
        "The cohort that is converted or retired, the hall that a GPU cluster goes into, the opening row that is cancelled or delivered "
        "(blank for grid), `out` to the pool or `in` from it for a move; blank for the others.",
    ),
    text("period", "Period in which it enters service (or leaves it, or ends)."),
)

ORDERS = Frame(
    "orders",
    "Everything that somebody has to sign, in the order of its dates. The totals add up to the capex of the plan.",
    (
        *KEYS,
        Column("quantity", "How much."),
        text("unit", "modules, lots, MW, clusters, upgrades, units or sites."),
        text(
            "order_month",
            "Month of the order: first month of the period less the lead, or less the notice of a contract. A cancellation is due at the "
            "start, a PPA by its first delivery, a delivery when it comes.",
        ),
        text("in_service_month", "First month in service; of what ends the month in which it does."),
        Column("total_musd", "Whole capex, M$."),
        Column(
            "due_at_order_musd",
            "M$ due in the order month: the deposit, or the first of equal monthly instalments; 0 for a delivery that is paid before.",
        ),
        text("first_payment_month", "Month of the first payment; blank when it costs no capex."),
        Column(
            "other_musd",
            "M$ besides capex: what the sale of a site brings after closing cost, what a resale brings, what a cancellation saves "
            "less its fee; negative for what a move costs, or a fee above what it saves.",
        ),
    ),
)

PAYMENTS = Frame(
    "payments",
    "When each order is paid. By site and period they add up to capex.",
    (*KEYS, text("paid_period", "Period of the payment."), Column("paid_musd", "M$ paid.")),
)


def order_rows(book: Book) -> Iterator[Row]:
    """One row per order."""
    start = book.calendar.start
    for order in orders(book):
        paid = order.first_payment_month
        yield _keys(order) | {
            "quantity": order.quantity,
            "unit": order.unit,
            "order_month": month_text(start, order.order_month),
            "in_service_month": month_text(start, order.in_service_month),
            "total_musd": order.total_musd,
            "due_at_order_musd": order.due_at_order_musd,
            "first_payment_month": "" if paid is None else month_text(start, paid),
            "other_musd": order.other_musd,
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
