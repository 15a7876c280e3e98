"""What stands or is on order at the start: cancelled parts, what is due, and tax bases of money spent before (section 1 of MATHS.md)."""

from __future__ import annotations

from fractions import Fraction

from planner.check.book import Book
from planner.check.calendar import Profile
from planner.check.decisions import Domain
from planner.check.exact import exact
from planner.check.world import World
from planner_models.rows import Opening


def _cancelled_absent(world: World, opening: str) -> str | None:
    if not world.opening[opening].cancellable:
        return f"{opening} may not be cancelled"
    return None if world.pending(opening) else f"{opening} does not come within the plan"


DOMAINS = {"cancelled_units": Domain(_cancelled_absent, lambda world, opening: Fraction(world.standing[opening].parts))}


def account(book: Book) -> None:
    """Entries of opening rows, of what is cancelled of them, and of tax bases."""
    for row in book.world.instance.opening:
        _post_row(book, row)
    _post_bases(book)


def _post_row(book: Book, row: Opening) -> None:
    """The tax basis at the start; of a pending thing what is due on the parts that come, and the fee on those that are cancelled."""
    world, calendar, life = book.world, book.world.calendar, book.world.thing(row).tax_life_months
    thing, cancelled = world.standing[row.id], book.decision("cancelled_units", row.id)
    book.post_basis("opening", row.id, row.site, exact(row.tax_basis_musd), calendar.opening_write_off(thing.start, life))
    if not 0 <= thing.start < calendar.horizon:
        return
    share = cancelled / thing.parts
    book.post("operating", "cancel_fee", row.id, row.site, world.periods[0].label, exact(row.cancel_fee_musd) * share)
    due = exact(row.due_musd) * (1 - share)
    book.post_profile("capex", "opening", row.id, row.site, due, _payments(book, row, thing.start))
    book.post_basis("opening", row.id, row.site, due, calendar.write_off(thing.start, life))


def _payments(book: Book, row: Opening, service: int) -> Profile:
    """When what is due is paid: in the month of service, or evenly by month until then."""
    return book.world.calendar.straight_line(0, service) if row.due_evenly else book.world.calendar.straight_line(service, 1)


def _post_bases(book: Book) -> None:
    """What is still to be written off of money spent before the start; what was written off before is gone."""
    calendar = book.world.calendar
    for row in book.world.instance.tax_bases:
        profile, left = calendar.spent_write_off(calendar.month(row.in_service), row.tax_life_months, row.method == "straight_line")
        basis = exact(row.basis_musd)
        book.post_profile("depreciation", "tax_base", row.id, row.site, basis, profile)
        book.post("basis", "tax_base", row.id, row.site, "", basis * left)
