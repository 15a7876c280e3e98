"""The whole check on one page: read the decisions, recompute every state and every M$, hold every row against them."""

from __future__ import annotations

from planner.check import (
    advances,
    cash,
    changes,
    charges,
    colocation,
    contracts,
    covenants,
    deals,
    energy,
    equipment,
    finance,
    fleets,
    generation,
    halls,
    hashing,
    hosting,
    hpc,
    lending,
    limits,
    opening,
    policy,
    ports,
    power,
    ppas,
    response,
    said,
    sites,
    ties,
    treasury,
    value,
)
from planner.check.book import Book
from planner.check.decisions import Domain, read_decisions
from planner.check.ledger import Certificate
from planner.check.world import World
from planner.plan import Plan
from planner_models.schema import Instance

DECIDING = (
    halls,
    hashing,
    fleets,
    hosting,
    treasury,
    colocation,
    hpc,
    contracts,
    power,
    equipment,
    sites,
    generation,
    ppas,
    response,
    lending,
    finance,
)
"""The sections that have decisions and rows, in the order of the plan's families."""
CHECKED = (*DECIDING, advances, covenants, policy, limits, energy)
"""The sections that have rows to hold."""
DOMAINS: dict[str, Domain] = {name: domain for section in (*DECIDING, opening) for name, domain in section.DOMAINS.items()}
"""Where each decision exists and how large it may be, by family."""


NOTHING: said.Said = {}


def verify(instance: Instance, plan: Plan, claimed_musd: float | None = None, claimed_states: said.Said = NOTHING) -> Certificate:
    """Recompute a plan from its decisions and the instance alone, and name every rule of MATHS.md that it breaks.

    Arithmetic is in fractions. A float of the instance or of the plan is the decimal that it prints as (0.1 is 1/10); discount factors
    are computed once as floats and taken as exact; a period's hashprice is rounded once to 24 decimals. States are computed and
    statements tie exactly; rows between decisions hold to 1e-6 of their unit, whole numbers are whole. `claimed_musd`, the model's
    objective, must lie within 1e-6 relative + 1e-6 M$ of the value found, less what its changes against the plan before are taken to
    cost, and so must each state of the model in `claimed_states` (by name of MATHS.md and index). The ledger is whole even when rules
    are broken; a decision that does not exist counts as zero in it. A row without any decision on its left side can fail only through a
    decision that is named for its own domain, and is not named again.
    """
    book = draw_up(instance, plan)
    for section in CHECKED:
        section.check(book)
    ties.check(book)
    found = (*book.violations, *said.check(book, claimed_musd, claimed_states))
    return Certificate(not found, found, book.state("equity_value"), book.ledger(), book.state("change_musd"))


def draw_up(instance: Instance, plan: Plan) -> Book:
    """The book of a plan: every state and entry, each step from what stands before it, and what its decisions breach of their domains."""
    world = World(instance)
    made, violations = read_decisions(world, plan, DOMAINS)
    book = Book(world, made)
    book.violations += violations
    _account(book)
    return book


def _account(book: Book) -> None:
    sites.account(book)
    for use in (hashing, fleets, hosting, treasury, deals, colocation, hpc, contracts):
        use.account(book)
    ports.account_load(book)
    for supply in (halls, power, equipment, generation, ppas, response, energy, charges):
        supply.account(book)
    power.account_spare(book)
    sites.account_money(book)
    finance.account_costs(book)
    opening.account(book)
    ports.account_money(book)
    lending.account(book)
    cash.account(book)
    for last in (covenants, policy, value):
        last.account(book)
    changes.account(book, DOMAINS)
