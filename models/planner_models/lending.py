"""What draws rest on: capex that a facility may fund, the company's share before it, and contracted income (section 8 of MATHS.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyomo.environ as pyo

from planner_models.ceilings import Spending
from planner_models.debt import service_fraction
from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import Index, constant, linear
from planner_models.past import earlier_draws
from planner_models.ports import Ports, Term
from planner_models.rows import Debt
from planner_models.uses.rent import Placement, Rent, rents

PARTS = {"general": ("machines", "other"), "project": ("other",), "equipment": ("machines",), "revolver": ()}
"""What a kind of facility may fund of a site's capex."""


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: F facilities, T periods. Reads draws, balances, capex and leases; limits what is lent."""
    _advances(block, frame, ports)
    _lenders(block, frame, ports)
    if any(row.equity_first for row in frame.debts.values()):
        _equity_first(block, frame, ports)
    if any(row.dscr_ratio is not None for row in frame.debts.values()):
        _cover(block, frame, ports)


def eligible(frame: Frame, row: Debt) -> frozenset[tuple[str, str]]:
    """The capex that a facility may fund, by site and part."""
    return frozenset((s, part) for s in row.sites or frame.sites for part in PARTS[row.kind])


def _eligible_musd(
    block: pyo.Block, frame: Frame, ports: Ports, name: str, rows: pyo.Set, counted: Iterable[tuple[Index, str, str, float]]
) -> Term:
    """The function `row -> eligible capex`; `counted` holds row, facility, period of payment and weight."""
    paid, machines = [], []
    known = {f: eligible(frame, row) for f, row in frame.debts.items()}
    for row, f, v, weight in counted:
        for s in frame.sites:
            all_but_machines, only_machines = (s, "other") in known[f], (s, "machines") in known[f]
            paid.append((row, (s, v), weight * all_but_machines))
            machines.append((row, (s, v), weight * (only_machines - all_but_machines)))
    total = linear(block, f"{name}_capex", rows, ports.capex_musd, paid)
    if not ports.has("machine_capex_musd"):
        return total
    apart = linear(block, f"{name}_machines", rows, ports.machine_capex_musd, machines)
    return lambda *row: total(*row) + apart(*row)


def _advances(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Row (8.4), once for each eligible capex, under the first facility that has it."""
    known = {f: eligible(frame, row) for f, row in frame.debts.items() if row.kind != "revolver"}
    first = {capex: f for f, capex in reversed(known.items())}
    inside = {f: {other for other, part in known.items() if part <= known[f]} for f in known if first[known[f]] == f}
    share = {f: 1.0 if row.equity_first else row.advance_fraction for f, row in frame.debts.items()}
    draws = [((f, t), (other, t), 1 / share[other]) for f in inside for other, t in ports.drawn_musd if other in inside[f]]
    block.LENT = Indices(dimen=2, initialize=list(dict.fromkeys(row for row, _, _ in draws)), doc="(f,t)")
    backed = linear(block, "backed", block.LENT, ports.drawn_musd, draws)
    capex = _eligible_musd(block, frame, ports, "lent", block.LENT, [((f, t), f, t, 1.0) for f, t in block.LENT])

    @block.Constraint(block.LENT, doc="(8.4) each draw rests on capex of its own")
    def advance_limit(b: Any, f: Any, t: Any) -> Any:
        return backed(f, t) <= capex(f, t)


def _lenders(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variable and row (8.10), where a rule holds only if something is drawn."""
    debts, previous = frame.debts, frame.time.previous
    first = {f for f, row in debts.items() if _covered(row) and row.opening_balance_musd}
    block.LOANS = Indices(
        dimen=2,
        initialize=[(f, t) for f, t in ports.drawn_musd if debts[f].equity_first or (f in first and t not in previous)],
        doc="(f,t)",
    )
    if not len(block.LOANS):
        return
    block.most_musd = pyo.Param(list({f: None for f, _ in block.LOANS}), initialize=lambda _, f: debts[f].limit_musd)
    block.lending = Decisions(block.LOANS, domain=pyo.Binary, doc="(8.10) the lender lends")

    @block.Constraint(block.LOANS, doc="(8.10) draws only while the lender lends")
    def lending_limit(b: Any, f: Any, t: Any) -> Any:
        return ports.drawn_musd[f, t] <= b.most_musd[f] * b.lending[f, t]


def _equity_first(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Row (8.11)."""
    time, rows = frame.time, {f: row for f, row in frame.debts.items() if row.equity_first}
    loans = [(f, t) for f, t in ports.drawn_musd if f in rows]
    window = {f: [t for other, t in loans if other == f] for f in rows}
    until = {(f, t): [v for v in window[f] if time[v].start <= time[t].start] for f, t in loans}
    block.EQUITY_FIRST = Indices(dimen=2, initialize=loans, doc="(f,t)")
    to_date = linear(block, "to_date", block.EQUITY_FIRST, ports.drawn_musd, [(i, (i[0], v), 1.0) for i in loans for v in until[i]])
    own = {f: 1 - row.advance_fraction for f, row in rows.items()}
    spent = [((f, t), f, v, (v in until[f, t]) - own[f]) for f, t in loans for v in window[f]]
    beyond = _eligible_musd(block, frame, ports, "spent", block.EQUITY_FIRST, spent)

    backed = {f: _backed_musd(frame, row) for f, row in rows.items()}
    before = constant(block, "spent_before", block.EQUITY_FIRST, lambda f, t: backed[f])

    # B: without a draw to date the row asks that the company's share of the whole be spent by now, so at most its share of what
    # comes later is missing, and what was lent too much before; after a draw it held when that was made, and still does unless
    # capex was negative since.
    spending = Spending(frame, ports)

    def slack_musd(_: Any, f: str, t: str) -> float:
        later, _ = spending.range_musd(eligible(frame, rows[f]), [v for v in window[f] if v not in until[f, t]])
        _, back = spending.range_musd(eligible(frame, rows[f]), until[f, t])
        return own[f] * later + back + max(0.0, -backed[f])

    block.slack_musd = pyo.Param(block.EQUITY_FIRST, initialize=slack_musd)

    @block.Constraint(block.EQUITY_FIRST, doc="(8.11) the company's share of the whole comes before the lender's first M$")
    def equity_first_limit(b: Any, f: Any, t: Any) -> Any:
        return to_date(f, t) <= beyond(f, t) + before(f, t) + b.slack_musd[f, t] * (1 - b.lending[f, t])


def _backed_musd(frame: Frame, row: Debt) -> float:
    """The lender's share of the capex before the start that a facility rests on, less what it has lent on it."""
    if not row.opening_eligible_musd:
        return 0.0
    lent = sum(musd for _, musd in earlier_draws(row, frame.instance.debt_draws, frame.time.month))
    return row.advance_fraction * row.opening_eligible_musd - lent


def _cover(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Rows (8.12) and (8.22)."""
    time, previous = frame.time, frame.time.previous
    rows = {f: row for f, row in frame.debts.items() if _covered(row)}
    block.COVERED = Indices(dimen=2, initialize=[(f, t) for f in rows for t in time.labels], doc="(f,t)")
    block.DRAWING = Indices(dimen=2, initialize=[i for i in ports.drawn_musd if i[0] in rows], doc="(f,t)")
    block.needed = pyo.Param(list(rows), initialize=lambda _, f: (rows[f].dscr_ratio or 0.0) * service_fraction(rows[f]))
    ends, begins = {t: time[t].end for t in time.labels}, {t: time[t].start for t in time.labels}
    contracted = _contracted(block, frame, ports, "contracted", block.COVERED, ends)
    drawing = _contracted(block, frame, ports, "drawing", block.DRAWING, begins)
    owed = linear(
        block, "owed", block.DRAWING, ports.debt_musd, [(i, (i[0], previous[i[1]]), 1.0) for i in block.DRAWING if i[1] in previous]
    )
    first = [(i, i, rows[i[0]].opening_balance_musd) for i in block.LOANS if i in block.DRAWING and i[1] not in previous]
    name = "owed_before"
    opening = linear(block, name, block.DRAWING, block.lending, first) if first else constant(block, name, block.DRAWING, lambda f, t: 0.0)

    @block.Constraint(block.COVERED, doc="(8.12) contracted income covers the debt service")
    def dscr_limit(b: Any, f: Any, t: Any) -> Any:
        return b.needed[f] * ports.debt_musd[f, t] <= contracted(f, t)

    @block.Constraint(block.DRAWING, doc="(8.22) contracted income covers the debt service of what is owed with a draw")
    def draw_limit(b: Any, f: Any, t: Any) -> Any:
        return b.needed[f] * (opening(f, t) + owed(f, t) + ports.drawn_musd[f, t]) <= drawing(f, t)


def _covered(row: Debt) -> bool:
    """Whether the lender asks for contracted income."""
    return row.dscr_ratio is not None and service_fraction(row) > 0


def _contracted(block: pyo.Block, frame: Frame, ports: Ports, name: str, rows: pyo.Set, after: Mapping[str, int]) -> Term:
    """The function `(f,t) -> first-year NOI of the leases that count for f`, of those whose term goes on after a month."""
    placed = {p: (at, noi_musd(frame, at)) for p, at in rents(frame).items()}
    if not placed:
        return constant(block, name, rows, lambda f, t: 0.0)

    def counts(row: Debt, p: Placement, at: Rent, t: str) -> bool:
        there = not row.sites or p[1] in row.sites
        return there and (not row.tiers or at.lease.tier in row.tiers) and at.course.term_end > after[t]

    income = [((f, t), p, musd) for f, t in rows for p, (at, musd) in placed.items() if counts(frame.debts[f], p, at, t)]
    return linear(block, name, rows, ports.started, income)


def noi_musd(frame: Frame, at: Rent) -> float:
    """Contracted net operating income of a block in its first year, all of it there, at price-year cost; never below zero."""
    upkeep = frame.halls[at.hall].fixed_cost_musd_per_module_year + frame.property_tax_musd_per_module_year(at.site, at.hall)
    return max(0.0, 12 * at.first_musd_per_month * (1 - at.lease.cost_fraction) - at.modules * upkeep * (1 - at.triple_net))
