"""What was on order when the plan starts: what has been spent on it, what is due, and what the plan cancels of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from planner.check.exact import ZERO, exact
from planner.tables.book import Book
from planner.tables.frame import Column, Frame, Row, text
from planner_models.rows import Asic, Equipment, Generator, Gpu, Grid, Hall, Opening

Kind = Hall | Asic | Gpu | Equipment | Generator

KINDS: dict[type[Kind], tuple[str, str]] = {
    Hall: ("hall", "modules"),
    Asic: ("asic", "MW"),
    Gpu: ("gpu", "clusters"),
    Equipment: ("equipment", "units"),
    Generator: ("generator", "units"),
}
"""What a thing of an opening row is called, and in what it is counted."""

FRAME = Frame(
    "on_order",
    "What was on order when the plan starts and comes in it: rows of `opening` that are still to come, and energised rows of `grid` with "
    "money due or security posted. Sums are those of the whole row, before the plan cancels any of it; empty where nothing is on order.",
    (
        text("order", "Row of `opening` or `grid`."),
        text("kind", "hall, asic, gpu, equipment, generator or grid."),
        text("item", "Its hall type, machine, equipment or generator type; of grid the row itself."),
        text("site", "Where."),
        Column("quantity", "How much."),
        text("unit", "modules, MW, clusters or units."),
        text("in_service_month", "Month in which it comes."),
        text("replaces", "Halls under conversion: the row of the halls whose land they take over; blank for the others."),
        Column(
            "spent_musd",
            "Spent on it to date, M$: its tax basis at the start, and the row of `tax_bases` with its id and month. It is lost where it is "
            "cancelled, but goes on being written off.",
        ),
        Column("due_musd", "Still due on all of it, M$."),
        text("paid", "`in service`: what is due is paid in that month; `evenly`: by month until then; blank where nothing is due."),
        Column("cancellable", "True where it may be cancelled; False where it is locked.", "flag"),
        Column("cancel_fee_musd", "What it costs to cancel all of it, M$."),
        Column("cancelled", "What the plan cancels of it."),
        Column("saved_musd", "What is not paid because of that, M$."),
        Column("fee_musd", "What is paid at the start for that, M$."),
        Column("left_musd", "What the plan still pays for what comes, M$: due less saved."),
    ),
)


@dataclass(frozen=True)
class Pending:
    """One thing on order; months are counted from the start of the plan, `share` is what the plan cancels of it."""

    id: str
    kind: str
    item: str
    site: str
    quantity: Fraction
    unit: str
    month: int
    replaces: str
    spent_musd: Fraction
    due_musd: Fraction
    evenly: bool
    cancellable: bool
    cancel_fee_musd: Fraction
    share: Fraction

    @property
    def cancelled(self) -> Fraction:
        """How much of it the plan cancels."""
        return self.quantity * self.share

    @property
    def saved_musd(self) -> Fraction:
        """What is not paid because of that."""
        return self.due_musd * self.share

    @property
    def fee_musd(self) -> Fraction:
        """What is paid for that."""
        return self.cancel_fee_musd * self.share


def pending(book: Book) -> Iterator[Pending]:
    """Everything on order, that of `opening` first."""
    world = book.world
    for row in book.instance.opening:
        if world.pending(row.id) or (row.due_musd and not world.standing[row.id].start):
            yield _opening(book, row)
    for grid in book.instance.grid:
        if grid.kind == "energised" and grid.from_month is not None and (grid.due_musd or grid.security_musd):
            month = book.calendar.month(grid.from_month)
            if 0 < month < book.calendar.horizon or (grid.due_musd and not month):
                yield _grid(book, grid, month)


def _opening(book: Book, row: Opening) -> Pending:
    thing = book.world.standing[row.id]
    kind, unit = KINDS[type(book.world.thing(row))]
    return Pending(
        row.id, kind, row.item, row.site, thing.size, unit, thing.start, row.replaces or "",
        exact(row.tax_basis_musd) + _spent_musd(book, row.id, thing.start), exact(row.due_musd), row.due_evenly, row.cancellable,
        exact(row.cancel_fee_musd), book.decided("cancelled_units", row.id) / thing.parts,
    )  # fmt: skip


def _grid(book: Book, row: Grid, month: int) -> Pending:
    return Pending(
        row.id, "grid", row.id, row.site, exact(row.mw), "MW", month, "",
        _spent_musd(book, row.id, month), exact(row.due_musd), False, False, ZERO, ZERO,
    )  # fmt: skip


def _spent_musd(book: Book, row: str, month: int) -> Fraction:
    """M$ of the row of `tax_bases` that has the id and the month of what is on order."""
    bases = (base for base in book.instance.tax_bases if base.id == row and book.calendar.month(base.in_service) == month)
    return sum((exact(base.basis_musd) for base in bases), ZERO)


def rows(book: Book) -> Iterator[Row]:
    """One row per thing on order."""
    for order in pending(book):
        paid = "" if not order.due_musd else "evenly" if order.evenly else "in service"
        yield {
            "order": order.id, "kind": order.kind, "item": order.item, "site": order.site, "quantity": order.quantity, "unit": order.unit,
            "in_service_month": book.calendar.month_label(order.month), "replaces": order.replaces, "spent_musd": order.spent_musd,
            "due_musd": order.due_musd, "paid": paid, "cancellable": order.cancellable, "cancel_fee_musd": order.cancel_fee_musd,
            "cancelled": order.cancelled, "saved_musd": order.saved_musd, "fee_musd": order.fee_musd,
            "left_musd": order.due_musd - order.saved_musd,
        }  # fmt: skip
