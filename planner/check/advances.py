"""What draws rest on: capex that a facility may fund, the company's share before it, and contracted income (section 8 of MATHS.md)."""

from __future__ import annotations

from fractions import Fraction

from planner.check.book import Book
from planner.check.exact import TOLERANCE, ZERO, exact
from planner.check.halls import property_tax_musd
from planner.check.lending import drawn_absent, past_draws, service_fraction
from planner.check.placements import Placement, block_mw, placements
from planner.check.world import World
from planner_models.rows import Debt

Eligible = frozenset[tuple[str, str]]
"""Capex by site and part: that of machines and all other."""
PARTS = {"general": ("machines", "other"), "project": ("other",), "equipment": ("machines",)}


def eligible(world: World, row: Debt) -> Eligible:
    """The capex that a facility may fund; a revolver rests on none."""
    return frozenset((site, part) for site in row.sites or world.sites for part in PARTS.get(row.kind, ()))


def eligible_musd(book: Book, row: Debt, period: str) -> Fraction:
    """The same paid in a period."""
    world, paid = book.world, ZERO
    for site, part in eligible(world, row):
        machines = book.state("machine_capex_musd", site, period)
        paid += machines if part == "machines" else book.state("capex_musd", site, period) - machines
    return paid


def check(book: Book) -> None:
    """Rows (8.4), (8.11) and (8.12)."""
    _check_advances(book)
    for row in book.world.debts.values():
        if row.equity_first:
            _check_equity(book, row)
        if row.dscr_ratio is not None:
            _check_cover(book, row)


def _check_advances(book: Book) -> None:
    """Once for each eligible capex, under the name of the first facility that has it: with those that fund a part of it."""
    world, seen = book.world, set[Eligible]()
    funded = {debt: eligible(world, row) for debt, row in world.debts.items() if row.kind != "revolver"}
    for debt, capex in funded.items():
        if capex in seen:
            continue
        seen.add(capex)
        inside = [world.debts[other] for other, part in funded.items() if part <= capex]
        for u in (period.label for period in world.periods):
            open_now = [row for row in inside if drawn_absent(world, row.id, u) is None]
            if open_now:
                needed = sum((book.decision("drawn_musd", row.id, u) / _advance(row) for row in open_now), ZERO)
                book.at_most("8.4", (debt, u), needed, eligible_musd(book, world.debts[debt], u))


def _advance(row: Debt) -> Fraction:
    """M$ that may be drawn on a M$ of capex of the period."""
    return Fraction(1) if row.equity_first else exact(row.advance_fraction)


def _check_equity(book: Book, row: Debt) -> None:
    """Row (8.11) in the periods in which the plan draws: the company's share of all that the facility funds is spent before.

    Where it rests on capex paid before the start, that counts, and what was drawn then.
    """
    world = book.world
    window = [u.label for u in world.periods if drawn_absent(world, row.id, u.label) is None]
    paid = {u: eligible_musd(book, row, u) for u in window}
    spent = exact(row.opening_eligible_musd)
    drawn = opening_drawn_musd(world, row) if spent else ZERO
    own = (1 - exact(row.advance_fraction)) * sum(paid.values(), spent)
    for u in window:
        musd = book.decision("drawn_musd", row.id, u)
        drawn, spent = drawn + musd, spent + paid[u]
        if musd > TOLERANCE:
            book.at_most("8.11", (row.id, u), drawn, spent - own)


def opening_drawn_musd(world: World, row: Debt) -> Fraction:
    """What was drawn before the start; without a record what is owed at the start."""
    draws = past_draws(world, row)
    return sum((musd for _, musd in draws), ZERO) if draws else exact(row.opening_balance_musd)


def _check_cover(book: Book, row: Debt) -> None:
    """Rows (8.12) and (8.22)."""
    world = book.world
    needed = exact(row.dscr_ratio or 0) * service_fraction(row)
    leases = [
        place
        for place in placements(book)
        if (not row.sites or place.site in row.sites) and (not row.tiers or place.lease.tier in row.tiers)
    ]
    yearly = [(place.term_end, contracted_noi_musd(world, place)) for place in leases]
    before = exact(row.opening_balance_musd)
    for u in world.periods:
        noi = sum((musd for end, musd in yearly if end > u.end), ZERO)
        book.at_most("8.12", (row.id, u.label), needed * book.state("debt_musd", row.id, u.label), noi)
        drawn = book.decision("drawn_musd", row.id, u.label)
        if drawn > TOLERANCE:
            noi = sum((musd for end, musd in yearly if end > u.first), ZERO)
            book.at_most("8.22", (row.id, u.label), needed * (before + drawn), noi)
        before = book.state("debt_musd", row.id, u.label)


def contracted_noi_musd(world: World, place: Placement) -> Fraction:
    """Contracted income of a placement's blocks in their first year, at the cost level of the price year."""
    lease, hall, mw = place.lease, place.hall, block_mw(place.lease) * place.count
    adder = exact(world.lease_sites[lease.id, place.site].rent_adder_usd_per_kw_month)
    rent = 12 * mw * (exact(lease.rent_usd_per_kw_month) + adder) * (1 - exact(lease.cost_fraction)) / 1000
    if lease.kind == "triple_net":
        return rent
    noi = rent - mw / exact(hall.module_it_mw) * (exact(hall.fixed_cost_musd_per_module_year) + property_tax_musd(world, place.site, hall))
    return max(noi, ZERO)
