"""Each lease on offer: taken or not, where, how early or late, and what its own rent is worth."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from planner.check.exact import ZERO, exact
from planner.tables.book import Book, Placement
from planner.tables.frame import Column, Frame, Row, text
from planner.tables.orders import month_text
from planner_models.rows import Lease

FRAME = Frame(
    "leases",
    "Every lease of the instance, taken or not.",
    (
        text("lease", "Lease."),
        text("tenant", "Tenant."),
        text("stage", "signed, loi, rofr or pipeline."),
        Column("mandatory", "True when the plan has to deliver it.", "flag"),
        Column("taken", "True when the plan delivers it.", "flag"),
        text("site", "Site; blank when not taken."),
        text("hall", "Hall type; blank when not taken."),
        Column("it_mw", "IT MW of the contract."),
        text("ready_by_month", "Contracted delivery."),
        text("delivered_month", "First month of the lease; blank when not taken."),
        text("end_month", "Last month of its term, which may lie beyond the horizon; blank when not taken."),
        Column("float_months", "Months from delivery to ready-by: early is positive, late negative; blank when not taken."),
        Column("term_months", "Length from delivery.", "whole"),
        Column("first_year_rent_musd", "Rent of the first twelve months (or of the term, if shorter), M$."),
        Column("penalty_musd", "Penalties paid for lateness, M$."),
        Column("rent_pv_musd", "Present value of its rent less its direct cost and penalty up to the horizon, M$."),
        Column("terminal_pv_musd", "Present value of its terminal value after exit cost and before tax, M$."),
    ),
)


def rows(book: Book) -> Iterator[Row]:
    """One row per lease, in the order of the instance."""
    taken = {placement.lease.id: placement for placement in book.placements}
    for lease in book.instance.leases:
        yield {
            "lease": lease.id,
            "tenant": lease.tenant,
            "stage": lease.stage,
            "mandatory": lease.mandatory,
            "taken": lease.id in taken,
            **_delivery(book, lease, taken.get(lease.id)),
        }


def _delivery(book: Book, lease: Lease, placement: Placement | None) -> dict[str, Fraction | int | str | None]:
    start, ready_by = book.calendar.start, book.calendar.month(lease.ready_by)
    return {
        "site": placement.site if placement else "",
        "hall": placement.hall if placement else "",
        "it_mw": exact(lease.it_mw),
        "ready_by_month": month_text(start, ready_by),
        "delivered_month": month_text(start, placement.start.first) if placement else "",
        "end_month": month_text(start, placement.end - 1) if placement else "",
        "float_months": Fraction(ready_by - placement.start.first) if placement else None,
        "term_months": lease.term_months,
        "first_year_rent_musd": _first_year_rent(book, placement) if placement else ZERO,
        "penalty_musd": sum((entry.musd for entry in book.of_lease.get((lease.id, "operating"), ()) if entry.cause == "penalty"), ZERO),
        "rent_pv_musd": rent_pv(book, lease.id),
        "terminal_pv_musd": terminal_pv(book, lease.id),
    }


def _first_year_rent(book: Book, placement: Placement) -> Fraction:
    adder = book.world.lease_sites[placement.lease.id, placement.site].rent_adder_usd_per_kw_month
    monthly = placement.mw * (exact(placement.lease.rent_usd_per_kw_month) + exact(adder)) / 1000
    return monthly * min(12, placement.lease.term_months)


def rent_pv(book: Book, lease: str) -> Fraction:
    """Present value in M$ of a lease's rent less its direct cost and penalty, up to the horizon."""
    discounted = {account: _discounted(book, lease, account) for account in ("revenue", "operating")}
    return discounted["revenue"] - discounted["operating"]


def terminal_pv(book: Book, lease: str) -> Fraction:
    """Present value in M$ of a lease's terminal value after exit cost, before tax."""
    kept = 1 - exact(book.instance.finance.exit_cost_fraction)
    return book.state("discount_end") * kept * sum((entry.musd for entry in book.of_lease.get((lease, "terminal"), ())), ZERO)


def _discounted(book: Book, lease: str, account: str) -> Fraction:
    return sum((book.state("discount_mid", entry.period) * entry.musd for entry in book.of_lease.get((lease, account), ())), ZERO)
