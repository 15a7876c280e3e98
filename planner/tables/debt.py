"""Facilities by period: balances, cost, and what could still be drawn by the rules of each kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from planner.check.advances import contracted_noi_musd, eligible, opening_drawn_musd
from planner.check.calendar import Period
from planner.check.exact import ZERO, exact
from planner.check.lending import drawn_absent, service_fraction
from planner.tables.book import Book
from planner.tables.frame import Column, Frame, Row, text
from planner_models.rows import Debt

DEBT = Frame(
    "debt",
    "Every facility by period, M$.",
    (
        text("debt", "Facility."),
        text("kind", "general, project, equipment or revolver."),
        text("period", "Period."),
        Column("opening_musd", "Owed at the start of the period."),
        Column("drawn_musd", "Drawn."),
        Column("repaid_musd", "Repaid."),
        Column("closing_musd", "Owed at the end of the period."),
        Column(
            "limit_not_used_musd",
            "Limit less what is owed at the end, while the facility is open for draws; 0 before and after, and in the period of maturity.",
        ),
        Column(
            "drawable_musd",
            "What more could be drawn in the period: the least of the limit not used, of what is left of the lender's share of the "
            "period's capex of its kind and sites (a revolver rests on none), of the capex beyond the company's own share where that "
            "comes first, and of what contracted income carries; 0 while it is not open. Facilities that fund the same capex share it.",
        ),
        Column("interest_musd", "Interest on the opening balance."),
        Column("fee_musd", "Fees on the draw, and on what may still be drawn."),
        Column("reserve_musd", "Debt service that is kept in cash for it at the end."),
    ),
)

Drawn = Mapping[str, Fraction]
"""M$ drawn in a period by facility."""


def debt_rows(book: Book) -> Iterator[Row]:
    """One row per facility and period."""
    for name, row in book.world.debts.items():
        opening = exact(row.opening_balance_musd)
        for period in book.periods:
            closing = book.state("debt_musd", name, period.label)
            yield {
                "debt": name,
                "kind": row.kind,
                "period": period.label,
                "opening_musd": opening,
                "drawn_musd": book.decided("drawn_musd", name, period.label),
                "repaid_musd": book.decided("repaid_musd", name, period.label),
                "closing_musd": closing,
                "limit_not_used_musd": exact(row.limit_musd) - closing if _open(book, row, period) else ZERO,
                "drawable_musd": _drawable(book, row, period, _drawn(book, period)),
                "interest_musd": book.state("facility_interest_musd", name, period.label),
                "fee_musd": book.state("facility_fee_musd", name, period.label),
                "reserve_musd": Fraction(row.reserve_months, 12) * service_fraction(row) * closing,
            }
            opening = closing


def drawable_musd(book: Book, period: Period) -> Fraction | None:
    """M$ that could be drawn in a period besides what is, under all facilities together; None without a facility.

    Facilities that fund the same capex share it: the one that advances most of it is drawn first, which is the most that all can give.
    """
    debts = sorted(book.world.debts.values(), key=lambda row: -_advance(row))
    drawn, most = _drawn(book, period), ZERO
    for row in debts:
        more = _drawable(book, row, period, drawn)
        drawn, most = drawn | {row.id: drawn[row.id] + more}, most + more
    return most if debts else None


def limit_not_used_musd(book: Book, period: Period) -> Fraction | None:
    """M$ between limit and debt at the end of a period over all facilities open in it; None when none is."""
    debts = [(name, row) for name, row in book.world.debts.items() if _open(book, row, period)]
    left = [exact(row.limit_musd) - book.state("debt_musd", name, period.label) for name, row in debts]
    return sum(left, ZERO) if left else None


def _drawn(book: Book, period: Period) -> dict[str, Fraction]:
    return {name: book.decided("drawn_musd", name, period.label) for name in book.world.debts}


def _open(book: Book, row: Debt, period: Period) -> bool:
    """Whether a facility may be drawn in a period, and what is drawn still be owed at its end."""
    return drawn_absent(book.world, row.id, period.label) is None and period.end <= book.calendar.month(row.maturity)


def _drawable(book: Book, row: Debt, period: Period, drawn: Drawn) -> Fraction:
    """M$ that one facility could give in a period besides what is drawn under all."""
    if not _open(book, row, period):
        return ZERO
    rooms = [exact(row.limit_musd) - book.state("debt_musd", row.id, period.label), *_funded(book, row, period, drawn)]
    if row.equity_first:
        rooms.append(_beyond_own(book, row, period))
    if row.dscr_ratio is not None:
        rooms.append(_carried(book, row, period))
    return max(ZERO, min(rooms))


def _advance(row: Debt) -> Fraction:
    """Share of a M$ of capex of the period that a lender gives."""
    return Fraction(1) if row.equity_first else exact(row.advance_fraction)


def _funded(book: Book, row: Debt, period: Period, drawn: Drawn) -> Iterator[Fraction]:
    """What the capex of a facility leaves to it (8.4): its own, and each that holds it, less what others have drawn on it."""
    world = book.world
    funds = {name: eligible(world, debt) for name, debt in world.debts.items() if debt.kind != "revolver"}
    for name, capex in funds.items():
        if row.id in funds and funds[row.id] <= capex:
            inside = [other for other, part in funds.items() if part <= capex and drawn_absent(world, other, period.label) is None]
            taken = sum((drawn[other] / _advance(world.debts[other]) for other in inside), ZERO)
            yield _advance(row) * (_eligible_musd(book, world.debts[name], period.label) - taken)


def _eligible_musd(book: Book, row: Debt, period: str) -> Fraction:
    """M$ of capex in a period that a facility may fund."""
    paid = ZERO
    for site, part in eligible(book.world, row):
        machines = book.state("machine_capex_musd", site, period)
        paid += machines if part == "machines" else book.state("capex_musd", site, period) - machines
    return paid


def _beyond_own(book: Book, row: Debt, period: Period) -> Fraction:
    """What (8.11) leaves: capex to date beyond the company's share of all that the facility funds, less the draws to date.

    Capex before the start counts where the facility says that it rests on it, with what was drawn on it.
    """
    window = [u for u in book.periods if drawn_absent(book.world, row.id, u.label) is None]
    spent = {u: _eligible_musd(book, row, u.label) for u in window}
    before = [u for u in window if u.number <= period.number]
    rests = exact(row.opening_eligible_musd)
    own = (1 - exact(row.advance_fraction)) * sum(spent.values(), rests)
    room = rests - (opening_drawn_musd(book.world, row) if rests else ZERO) - own
    return sum((spent[u] - book.decided("drawn_musd", row.id, u.label) for u in before), room)


def _carried(book: Book, row: Debt, period: Period) -> Fraction:
    """What (8.12) leaves: the debt that contracted income carries, less the debt."""
    noi = ZERO
    for place in book.placements:
        counts = (not row.sites or place.site in row.sites) and (not row.tiers or place.lease.tier in row.tiers)
        noi += contracted_noi_musd(book.world, place) if counts and place.term_end > period.end else ZERO
    needed = exact(row.dscr_ratio or 1) * service_fraction(row)
    owed = book.state("debt_musd", row.id, period.label)
    return noi / needed - owed if needed else exact(row.limit_musd) - owed
