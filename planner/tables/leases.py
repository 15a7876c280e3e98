"""Each lease on offer: how much of it is taken, where, how early or late, in which parts, and what its own rent is worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from planner.check.exact import ZERO, exact
from planner.check.placements import Placement, blocks
from planner.tables.book import Book
from planner.tables.contracts import DATES, dates
from planner.tables.frame import Column, Frame, Row, text
from planner.tables.orders import month_text
from planner_models.rows import Lease

FRAME = Frame(
    "leases",
    "Every lease of the instance, taken or not.",
    (
        text("lease", "Lease."),
        text("tenant", "Tenant."),
        text("tier", "Credit tier of the tenant; blank for none."),
        text("stage", "signed, loi, rofr or pipeline."),
        Column("probability_fraction", "Likelihood that it comes true if taken."),
        Column("mandatory", "True when the plan has to deliver it.", "flag"),
        Column("taken", "True when the plan delivers some of it.", "flag"),
        text("site", "Site, or sites separated by `|`; blank when not taken."),
        text("hall", "Hall type, or types; blank when not taken."),
        Column("it_mw", "IT MW of the contract."),
        Column("blocks", "Equal blocks into which it may be split.", "whole"),
        Column("taken_blocks", "Blocks that the plan delivers; table `deliveries` says where and when.", "whole"),
        Column("broken_blocks", "Blocks of a signed lease that the plan does not deliver, for a fee.", "whole"),
        Column("tranches", "Parts in which each block is delivered; 1: all of it at its start.", "whole"),
        *DATES,
        Column(
            "float_months",
            "Months from the last start to ready-by: early is positive, late negative; blank when not taken, or where it runs already.",
        ),
        Column("term_months", "Length from delivery.", "whole"),
        Column("first_year_rent_musd", "Rent of the first twelve months of each start (or of the term, if shorter), M$."),
        Column("penalty_musd", "Penalties paid for lateness, M$."),
        Column("break_fee_musd", "Paid for the blocks that are broken, M$."),
        Column("prepayment_musd", "Paid ahead by the tenant for the blocks taken, M$."),
        Column("rent_pv_musd", "Present value of its rent less its direct cost and penalty up to the horizon, M$."),
        Column("terminal_pv_musd", "Present value of its terminal value after exit cost and before tax, M$."),
    ),
)

DELIVERIES = Frame(
    "deliveries",
    "What of each lease is delivered where and when: a row per start and tranche.",
    (
        text("lease", "Lease."),
        text("site", "Site."),
        text("hall", "Hall type."),
        Column("blocks", "Blocks of this start.", "whole"),
        text("start_month", "First month of these blocks."),
        text("delivered_month", "First month of the tranche."),
        Column("it_mw", "IT MW of the tranche."),
        text("end_month", "Last month of the term."),
        text("held_to_month", "Last month in which halls are held for the tenant: the term, and the months by which it may renew."),
    ),
)


def rows(book: Book) -> Iterator[Row]:
    """One row per lease, in the order of the instance."""
    for lease in book.instance.leases:
        places = [place for place in book.placements if place.lease.id == lease.id]
        starts = [place.start for place in places]
        yield {
            "lease": lease.id,
            "tenant": lease.tenant,
            "tier": lease.tier or "",
            "stage": lease.stage,
            "probability_fraction": exact(lease.probability_fraction),
            "mandatory": lease.mandatory,
            "taken": bool(places),
            "site": "|".join(dict.fromkeys(place.site for place in places)),
            "hall": "|".join(dict.fromkeys(place.hall.id for place in places)),
            "it_mw": exact(lease.it_mw),
            "blocks": blocks(lease),
            "taken_blocks": _number(places),
            "broken_blocks": int(book.decided("broken_blocks", lease.id)),
            "tranches": max(1, sum(row.lease == lease.id for row in book.instance.lease_deliveries)),
            **dates(book, lease, min(starts, default=None), max((p.term_end for p in places), default=None), max(starts, default=None)),
            "term_months": lease.term_months,
            **_money(book, lease, places),
        }


def _number(places: Sequence[Placement]) -> int:
    """Blocks of some starts together."""
    return int(sum((place.count for place in places), ZERO))


def _money(book: Book, lease: Lease, places: Sequence[Placement]) -> dict[str, Fraction]:
    costs, number = book.of_deal.get((lease.id, "operating"), ()), blocks(lease)
    return {
        "first_year_rent_musd": sum((_first_year_rent(place) for place in places), ZERO),
        "penalty_musd": sum((entry.musd for entry in costs if entry.cause == "penalty"), ZERO),
        "break_fee_musd": exact(lease.break_fee_musd or 0) / number * book.decided("broken_blocks", lease.id),
        "prepayment_musd": exact(lease.prepayment_musd) / number * _number(places),
        "rent_pv_musd": rent_pv(book, lease.id),
        "terminal_pv_musd": terminal_pv(book, lease.id),
    }


def _first_year_rent(place: Placement) -> Fraction:
    return sum((place.rent(month) for month in range(place.start, min(place.start + 12, place.term_end))), ZERO)


def delivery_rows(book: Book) -> Iterator[Row]:
    """One row per start and tranche, in the order of the leases."""
    first = book.calendar.start
    for place in book.placements:
        for after, share in place.tranches:
            yield {
                "lease": place.lease.id,
                "site": place.site,
                "hall": place.hall.id,
                "blocks": int(place.count),
                "start_month": month_text(first, place.start),
                "delivered_month": month_text(first, place.start + after),
                "it_mw": place.mw * share,
                "end_month": month_text(first, place.term_end - 1),
                "held_to_month": month_text(first, place.end - 1),
            }


def rent_pv(book: Book, lease: str) -> Fraction:
    """Present value in M$ of a lease's rent less its direct cost and penalty, up to the horizon."""
    return book.deal_pv(lease, "revenue") - book.deal_pv(lease, "operating")


def terminal_pv(book: Book, lease: str) -> Fraction:
    """Present value in M$ of a lease's terminal value after exit cost, before tax."""
    kept = 1 - exact(book.instance.finance.exit_cost_fraction)
    return book.state("discount_end") * kept * sum((entry.musd for entry in book.of_deal.get((lease, "terminal"), ())), ZERO)
