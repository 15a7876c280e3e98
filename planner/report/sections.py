"""Orders, megawatts, liquidity and leases: the sections of the page that say what happens where and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from rich.console import RenderableType
from rich.text import Text

from planner.check.calendar import Calendar
from planner.report.columns import Column, remarks, shows_years
from planner.report.layout import remark, section, table, warning
from planner.report.words import NOTHING, ORDERS, clean, count, more, musd, mw, short_musd, small
from planner.runs import Run
from planner.tables.orders import month_text

SOON = 2
"""Periods whose orders are to be signed now."""
MOST = 20
"""Lines of a table before the page refers to the CSV file."""
ROOMY = 100
"""Columns of a page from which leases and their tenants have columns of their own."""
HEAD = "M$, at the end"
"""Heading of the table of cash and debt."""
KEYS = ("kind", "item", "site", "detail", "period")
"""What tells orders apart."""

Record = Mapping[Any, Any]


def records(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    """The rows of a table."""
    return frame.to_dict("records")


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
        return section(heading, remark(f"Nothing has to be ordered in {names}. {later}"), *_coming(run, soon), *_unsigned(run))
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
        rest.append("Other: what a sale brings or a cancellation saves; negative for what a move costs.")
    return section(heading, table(headings, rows, left=5, total=totals), *map(remark, rest), *_coming(run, soon), *_unsigned(run))


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
    unit = order["unit"].removesuffix("s") if order["quantity"] == 1 else order["unit"]
    much = f"{order['quantity']:,.0f}" if float(order["quantity"]).is_integer() else small(order["quantity"])
    return [
        order_words(run, order),
        clean(order["site"]),
        f"{much} {unit}",
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


def _unsigned(run: Run) -> list[RenderableType]:
    """The leases that the plan counts on without a signature."""
    waiting = [lease for lease in records(run.tables["leases"]) if lease["taken"] and lease["stage"] != "signed"]
    if not waiting:
        return []
    said = [f"{clean(x['lease'])} ({mw(x['it_mw'])} MW, {clean(x['site'])}, from {x['delivered_month']})" for x in waiting]
    names = "; ".join([*said[:MOST], *more(len(said) - MOST, "lease", "leases")])
    return [remark(f"The plan counts on {count(len(waiting), 'lease')} not signed yet: {names}.", "yellow")]


def lowest(run: Run) -> str:
    """The first period that ends with the least cash."""
    cash = run.tables["cash_flow"]["closing_cash_musd"]
    return str(run.tables["cash_flow"].loc[cash <= cash.min() + 1e-6, "period"].iloc[0])


def liquidity(run: Run, chosen: Sequence[Column]) -> RenderableType:
    """(c) When cash is lowest, how far above the floor, what could be drawn then, and cash and debt over time."""
    cash = dict(zip(run.tables["cash_flow"]["period"], run.tables["cash_flow"]["closing_cash_musd"], strict=True))
    debt, floor, low = run.tables["debt"], run.instance.finance.cash_floor_musd, lowest(run)
    headroom = cash[low] - floor
    words = f"Cash is lowest at the end of {low}: {musd(cash[low])} M$"
    words += f", {musd(abs(headroom))} M$ {'above' if headroom > -1e-6 else 'BELOW'} the floor of {musd(floor)} M$."
    calendar = Calendar(run.instance)
    lines = {"Cash": cash}
    if shows_years(chosen):
        lines["Lowest cash"] = {year.periods[-1].label: min(cash[t.label] for t in year.periods) for year in calendar.fiscal_years}
    if not debt.empty:
        words += f" {_drawable(debt[debt['period'] == low])}"
        lines["Debt"] = debt.groupby("period", sort=False)["closing_musd"].sum().to_dict()
    posted = -run.tables["cash_flow"].set_index("period")["security_musd"].cumsum()
    if posted.max() > 1e-6:
        lines["Security posted"] = posted.to_dict()
    rows = [[name, *(short_musd(values[column.period]) for column in chosen)] for name, values in lines.items()]
    sentence = remark(words) if headroom > -1e-6 else warning(words)
    notes = map(remark, remarks(calendar, chosen))
    return section("Liquidity low", sentence, table([HEAD, *(c.heading for c in chosen)], rows), *notes)


def _drawable(then: pd.DataFrame) -> str:
    """What lenders would add in the period of the lowest cash, and why that is less than what their limits leave."""
    drawable, unused = (float(then[name].sum()) for name in ("drawable_musd", "limit_not_used_musd"))
    words = f"Debt that can still be drawn then: {musd(drawable)} M$"
    if unused - drawable < 0.05:
        return f"{words}."
    return f"{words}: lenders fund a share of each period's capex only, so {musd(unused - drawable)} M$ of their limits stay out of reach."


def leases(run: Run, width: int) -> RenderableType:
    """(f) Every lease: ready-by, delivered, months of float, its end, and penalties where any is paid.

    On a page of less than `ROOMY` columns the tenant stands under the lease, so that names stay whole.
    """
    if run.tables["leases"].empty:
        return section("Leases", remark("The instance has no leases."))
    ordered = sorted(records(run.tables["leases"]), key=lambda lease: not lease["taken"])
    narrow = width < ROOMY
    headings = [
        *(["Lease, tenant"] if narrow else ["Lease", "Tenant"]),
        "Stage",
        "Site",
        "MW",
        "Ready by",
        "Delivered",
        "Months of float",
        "Ends",
    ]
    rows = [_lease(lease, narrow) for lease in ordered[:MOST]]
    if any(lease["penalty_musd"] > 0 for lease in ordered):
        headings.append("Penalty M$")
        rows = [
            [*row, small(lease["penalty_musd"]) if lease["penalty_musd"] > 0 else NOTHING]
            for row, lease in zip(rows, ordered, strict=False)
        ]
    return section("Leases", table(headings, rows, left=3 if narrow else 4), *map(remark, more(len(ordered) - MOST, "lease", "leases")))


def _lease(lease: Record, narrow: bool) -> list[str | Text]:
    who = [clean(lease["lease"]), clean(lease["tenant"])]
    names = [*(["\n".join(who)] if narrow else who), lease["stage"], clean(lease["site"])]
    names += [mw(lease["it_mw"]), lease["ready_by_month"]]
    if not lease["taken"]:
        return [*names, Text("not taken", style="dim"), "", ""]
    months = lease["float_months"]
    style, words = ("bold red", f"{-months:.0f} late") if months < 0 else ("green", f"{months:.0f}")
    return [*names, lease["delivered_month"], Text(words, style=style), lease["end_month"]]
