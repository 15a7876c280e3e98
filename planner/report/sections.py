"""Sign now: the section of the page that says what has to be ordered, decided and raised first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType

from planner.check.calendar import Calendar
from planner.report.deals import unsigned
from planner.report.layout import remark, section, table
from planner.report.records import Record, records
from planner.report.words import NOTHING, ORDERS, clean, more, much, musd
from planner.runs import Run
from planner.tables.orders import month_text

SOON = 2
"""Periods whose orders are to be signed now."""
MOST = 20
"""Lines of a table before the page refers to the CSV file."""
KEYS = ("kind", "item", "site", "detail", "period")
"""What tells orders apart."""


def sign_now(run: Run) -> RenderableType:
    """(a) Orders whose order date falls in the first periods, with what is due then."""
    calendar = Calendar(run.instance)
    soon = [period.label for period in calendar.periods[:SOON]]
    names, end = " and ".join(soon), month_text(calendar.start, calendar.periods[:SOON][-1].end)
    orders = [order for order in records(run.tables["orders"]) if order["kind"] != "delivery"]
    due = [order for order in orders if order["order_month"] < end]
    heading = f"Sign now: orders due in {names}"
    if not due:
        later = f"The first order is due by {orders[0]['order_month']}." if orders else "Nothing is ordered later either."
        return section(heading, remark(f"Nothing has to be ordered in {names}. {later}"), *_besides(run, soon))
    paid = _paid(run, soon)
    now = [paid.get(tuple(order[key] for key in KEYS), 0.0) for order in due]
    largest = set(sorted(range(len(due)), key=lambda position: -now[position])[:MOST])
    rows = [_order(run, order, musd_due) for position, (order, musd_due) in enumerate(zip(due, now, strict=True)) if position in largest]
    totals = ["Total", "", "", "", "", musd(sum(now)), musd(sum(order["total_musd"] for order in due))]
    headings = ["Order", "Site", "How much", "Order by", "In service", "M$ due now", "M$ in all"]
    rest = more(len(due) - MOST, "smaller order", "orders")
    if any(order["other_musd"] for order in due):
        shown = [order for position, order in enumerate(due) if position in largest]
        headings, totals = [*headings, "Other M$"], [*totals, musd(sum(order["other_musd"] for order in due))]
        rows = [[*row, musd(order["other_musd"]) if order["other_musd"] else NOTHING] for row, order in zip(rows, shown, strict=True)]
        rest.append("Other: what a sale brings or a cancellation saves, less its fee; negative for what a move costs.")
    return section(heading, table(headings, rows, left=5, total=totals), *map(remark, rest), *_besides(run, soon))


def _besides(run: Run, soon: Sequence[str]) -> Iterator[RenderableType]:
    """What falls due besides orders, what the plan counts on before it is signed, and shares to be sold."""
    yield from _coming(run, soon)
    yield from unsigned(run)
    yield from _shares(run, soon)


def _shares(run: Run, soon: Sequence[str]) -> Iterator[RenderableType]:
    """New shares that the plan sells, first and later."""
    brings = dict(zip(run.tables["cash_flow"]["period"], run.tables["cash_flow"]["issued_net_musd"], strict=True))
    now, later = sum(brings[period] for period in soon), sum(net for period, net in brings.items() if period not in soon)
    if now + later > 1e-6:
        yield remark(f"New shares to be sold in {' and '.join(soon)}: {musd(now)} M$ after fees; later {musd(later)} M$.", "yellow")


def _coming(run: Run, soon: Sequence[str]) -> list[RenderableType]:
    """What falls due in the first periods on things ordered before the plan."""
    due = sum(row["paid_musd"] for row in records(run.tables["payments"]) if row["kind"] == "delivery" and row["paid_period"] in soon)
    return [remark(f"Due besides on what was ordered before the plan: {musd(due)} M$.")] if due else []


def order_words(run: Run, order: Record) -> str:
    """What an order is: its kind in plain words and what is ordered."""
    kind = order["kind"]
    if kind == "equipment":
        kind = next(row.kind for row in run.instance.equipment if row.id == order["item"])
    elif kind == "move":
        kind = f"move {order['detail']}"
    elif kind == "sale" and not next(row.sale_musd_per_mw for row in run.instance.sites if row.id == order["item"]):
        kind = "closure"
    return f"{ORDERS[kind]} {clean(order['item'])}"


def _order(run: Run, order: Record, musd_due: float) -> list[str]:
    return [
        order_words(run, order),
        clean(order["site"]),
        much(order["quantity"], order["unit"]),
        order["order_month"],
        order["in_service_month"],
        musd(musd_due),
        musd(order["total_musd"]),
    ]


def _paid(run: Run, soon: Sequence[str]) -> dict[tuple[str, ...], float]:
    """M$ of each order that fall due in the first periods."""
    sums: dict[tuple[str, ...], float] = {}
    for payment in records(run.tables["payments"]):
        if payment["paid_period"] in soon:
            key = tuple(payment[part] for part in KEYS)
            sums[key] = sums.get(key, 0.0) + payment["paid_musd"]
    return sums
