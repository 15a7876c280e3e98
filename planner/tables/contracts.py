"""Each compute contract on offer: taken or not, where, how early or late, and what it is worth."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from planner.check.contracts import Taken
from planner.check.deals import running_since
from planner.check.exact import ZERO, exact
from planner.tables.book import Book
from planner.tables.frame import Cell, Column, Frame, Row, text
from planner.tables.orders import month_text
from planner_models.rows import Deal, GpuContract

DATES = (
    text("decide_by_month", "Last month in which the offer can be taken; blank for none."),
    text("ready_by_month", "Contracted delivery."),
    text("delivered_month", "First month of it; blank when not taken."),
    text("end_month", "Last month of its term, which may lie beyond the horizon; blank when not taken."),
)
"""Columns of the dates of a lease or compute contract."""

FRAME = Frame(
    "contracts",
    "Every compute contract of the instance, taken or not.",
    (
        text("contract", "Compute contract."),
        text("customer", "Customer."),
        text("gpu", "GPU model."),
        text("stage", "signed, loi, rofr or pipeline."),
        Column("probability_fraction", "Likelihood that it comes true if taken."),
        Column("mandatory", "True when the plan has to deliver it.", "flag"),
        Column("taken", "True when the plan delivers it.", "flag"),
        text("site", "Site; blank when not taken."),
        text("hall", "Hall type; blank when not taken."),
        Column("it_mw", "IT MW of the contract."),
        *DATES,
        Column("float_months", "Months from delivery to ready-by: early is positive, late negative; blank when not taken or running."),
        Column("term_months", "Length from delivery.", "whole"),
        Column("revenue_musd", "What the customer pays up to the horizon, M$; earned, whenever it is paid."),
        Column("penalty_musd", "Penalties paid for lateness, M$."),
        Column("prepayment_musd", "Paid ahead by the customer, M$; 0 when not taken."),
        Column("net_pv_musd", "Present value of its revenue less its energy at the price of buying and penalty, up to the horizon, M$."),
    ),
)


def rows(book: Book) -> Iterator[Row]:
    """One row per contract, in the order of the instance."""
    served = {taken.contract.id: taken for taken in book.served}
    for contract in book.world.contracts.values():
        taken = served.get(contract.id)
        yield {
            "contract": contract.id,
            "customer": contract.customer,
            "gpu": contract.gpu,
            "stage": contract.stage,
            "probability_fraction": exact(contract.probability_fraction),
            "mandatory": contract.mandatory,
            "taken": taken is not None,
            "site": taken.site if taken else "",
            "hall": taken.hall if taken else "",
            "it_mw": exact(contract.it_mw),
            **dates(book, contract, taken.start if taken else None, taken.end if taken else None),
            "term_months": contract.term_months,
            **_money(book, contract, taken),
        }


def dates(book: Book, deal: Deal, first: int | None, end: int | None, last: int | None = None) -> dict[str, Cell]:
    """Cells of `DATES` and the float, for a deal that runs in months [first, end); `last` is its latest start, `first` where it is one."""
    start, month = book.calendar.start, book.calendar.month
    latest = first if last is None else last
    late = None if latest is None or running_since(book.world, deal) is not None else Fraction(month(deal.ready_by) - latest)
    return {
        "decide_by_month": f"{deal.decide_by:%Y-%m}" if deal.decide_by else "",
        "ready_by_month": f"{deal.ready_by:%Y-%m}",
        "delivered_month": "" if first is None else month_text(start, first),
        "end_month": "" if end is None else month_text(start, end - 1),
        "float_months": late,
    }


def _money(book: Book, contract: GpuContract, taken: Taken | None) -> dict[str, Fraction]:
    paid = sum((entry.musd for entry in book.of_deal.get((contract.id, "revenue"), ())), ZERO)
    costs = book.of_deal.get((contract.id, "operating"), ())
    return {
        "revenue_musd": paid,
        "penalty_musd": sum((entry.musd for entry in costs if entry.cause == "penalty"), ZERO),
        "prepayment_musd": exact(contract.prepayment_musd) * taken.count if taken else ZERO,
        "net_pv_musd": book.deal_pv(contract.id, "revenue") - book.deal_pv(contract.id, "operating"),
    }
