"""What was on order at the start, and what the plan changes against the plan before: sections for instances that have any of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import RenderableType

from planner.report.layout import remark, section, table
from planner.report.records import Record, records
from planner.report.words import NOTHING, clean, more, much, musd
from planner.runs import Run

MOST = 20
"""Lines of a table, or names in a sentence, before the page refers to the CSV file."""
THINGS: Mapping[str, str] = {
    "hall": "Halls",
    "asic": "Machines",
    "gpu": "GPUs",
    "grid": "Grid",
    "transformer": "Transformers",
    "breaker": "Breakers",
    "switchgear": "Switchgear",
    "generator": "Generators",
}
"""What a thing on order is called: equipment by its kind."""
DECISIONS: Mapping[str, str] = {
    "cancelled_units": "Cancel",
    "built_modules": "Build",
    "converted_lots": "Convert",
    "retired_modules": "Retire",
    "started": "Start lease",
    "broken_blocks": "Buy off lease",
    "deployed_clusters": "Buy GPUs",
    "contracted": "Start compute contract",
    "upgraded": "Grid upgrade",
    "delivered_units": "Equipment",
    "opened": "Buy site",
    "sold": "Sell site",
    "commissioned_units": "Generators",
    "accepted": "Accept PPA",
    "ended": "End hosting",
}
"""What a decision is called that may differ from the plan before."""


def on_order(run: Run) -> list[RenderableType]:
    """Everything that was ordered before the plan and is still to come: spent, due, and what may be or is cancelled."""
    orders = records(run.tables["on_order"]) if "on_order" in run.tables else []
    if not orders:
        return []
    largest = set(sorted(range(len(orders)), key=lambda position: -_weight(orders[position]))[:MOST])
    shown = [order for position, order in enumerate(orders) if position in largest]
    headings = ["On order", "Site", "How much", "Comes", "State", "M$ spent", "M$ due"]
    rows, totals = [_line(run, order) for order in shown], ["Total", "", "", "", "", _sum(orders, "spent_musd"), _sum(orders, "due_musd")]
    if any(order["cancel_fee_musd"] for order in orders):
        headings, totals = [*headings, "M$ to cancel"], [*totals, ""]
        rows = [[*row, musd(fee) if (fee := order["cancel_fee_musd"]) else NOTHING] for row, order in zip(rows, shown, strict=True)]
    notes = [*more(len(orders) - MOST, "smaller order", "on_order"), *_evenly(orders), *_cancelled(orders)]
    return [section("On order at the start", table(headings, rows, left=5, total=totals), *map(remark, notes))]


def _weight(order: Record) -> float:
    return float(order["spent_musd"] + order["due_musd"])


def _sum(orders: Sequence[Record], column: str) -> str:
    return musd(sum(order[column] for order in orders))


def _line(run: Run, order: Record) -> list[str]:
    kind = order["kind"]
    if kind == "equipment":
        kind = next(row.kind for row in run.instance.equipment if row.id == order["item"])
    return [
        f"{THINGS[kind]} {clean(order['item'])}",
        clean(order["site"]),
        much(order["quantity"], order["unit"]),
        order["in_service_month"],
        _fate(order),
        musd(order["spent_musd"]) if order["spent_musd"] else NOTHING,
        musd(order["due_musd"]) if order["due_musd"] else NOTHING,
    ]


def _fate(order: Record) -> str:
    """What may become, or becomes, of it."""
    if not order["cancelled"]:
        return "cancellable" if order["cancellable"] else "locked"
    return "cancelled" if order["cancelled"] == order["quantity"] else f"{much(order['cancelled'], order['unit'])} cancelled"


def _evenly(orders: Sequence[Record]) -> Iterator[str]:
    """What is not paid in the month in which it comes."""
    names = [clean(order["order"]) for order in orders if order["paid"] == "evenly"]
    if names:
        yield f"Paid evenly by month until it comes: {', '.join([*names[:MOST], *more(len(names) - MOST, 'order', 'on_order')])}."


def _cancelled(orders: Sequence[Record]) -> Iterator[str]:
    """What cancelling brings and costs."""
    gone = [order for order in orders if order["cancelled"]]
    if gone:
        lost = musd(sum(order["spent_musd"] * order["cancelled"] / order["quantity"] for order in gone))
        fees = _sum(gone, "fee_musd")
        yield f"What is cancelled saves {_sum(gone, 'saved_musd')} M$ due, for fees of {fees} M$; {lost} M$ spent on it are lost."


def departures(run: Run) -> list[RenderableType]:
    """Every decision that differs from the plan before, where changes count."""
    changed = records(run.tables["changes"]) if run.instance.finance.change_penalty_musd else []
    if not changed:
        return []
    rows = [
        [DECISIONS[row["decision"]], clean(row["index"].replace("/", " ")), f"{row['before']:,.0f}", f"{row['now']:,.0f}"]
        for row in changed[:MOST]
    ]
    rest = map(remark, more(len(changed) - MOST, "change", "changes"))
    return [section("Changes against the plan before", table(["Decision", "What and when", "Before", "Now"], rows, left=2), *rest)]
