"""Terminal value, exit tax and the objective (section 9 of MATHS.md)."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from planner_models.declared import Indices
from planner_models.frame import Frame
from planner_models.linear import linear
from planner_models.ports import Ports, Term


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Reads dividends and shares sold, what is held and owed at the end, terminal value and tax basis; states the value of equity.

    What changes against an earlier plan cost is taken off it in the objective.
    """
    _exit(block, frame, ports)
    _equity(block, frame, ports)


def _exit(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Variables and rows (9.6) and (9.7)."""
    m, finance, last_year = block.parent_block(), frame.instance.finance, list(frame.time.fiscal_years)[-1]
    block.kept_fraction = pyo.Param(initialize=1 - finance.exit_cost_fraction)
    block.rate = pyo.Param(initialize=finance.tax_rate_fraction)
    block.terminal_value_musd = pyo.Var(domain=pyo.Reals, doc="(9.6) terminal value after exit cost")
    block.exit_tax_musd = pyo.Var(domain=pyo.NonNegativeReals, doc="(9.7) tax on a sale at the horizon")

    @block.Constraint(doc="(9.6) terminal value of all sites")
    def terminal_value_balance(b: Any) -> Any:
        return b.terminal_value_musd == b.kept_fraction * sum(ports.terminal_musd[s] for s in m.SITES)

    gain = ports.bitcoin_gain_musd if ports.has("bitcoin_gain_musd") else 0.0

    @block.Constraint(doc="(9.7) gain over tax basis and carried losses is taxed")
    def exit_tax_floor(b: Any) -> Any:
        basis = sum(ports.final_basis_musd[s] for s in m.SITES)
        return b.exit_tax_musd >= b.rate * (b.terminal_value_musd - basis + gain - ports.pool_musd[last_year])


def _equity(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """The objective (9.8)."""
    time, at_end = frame.time, frame.time.discount(frame.time.horizon)
    last_period = time.labels[-1]
    block.VALUE = Indices(dimen=1, initialize=["equity"])
    row = block.VALUE
    dividends = [(("equity",), (t,), time.discount_mid(t)) for t in ports.dividends_musd]
    paid = linear(block, "present_dividends", row, ports.dividends_musd, dividends)
    owed = linear(block, "present_debt", row, ports.debt_musd, [(("equity",), i, at_end) for i in ports.debt_musd if i[1] == last_period])
    posted = ports.posted_musd if ports.has("posted_musd") else {}
    securities = [posted[i] for i in posted if i[1] == last_period]
    bitcoin = ports.bitcoin_musd if ports.has("bitcoin_musd") else 0.0
    unearned = ports.prepaid_musd[last_period] if ports.has("prepaid_musd") else 0.0
    doubt = ports.doubt_musd if ports.has("doubt_musd") else 0.0
    given = _given_away(block, frame, ports)
    changes = ports.change_musd if ports.has("change_musd") else 0.0

    @block.Objective(sense=pyo.maximize, doc="(9.8) equity value, less what changes against an earlier plan cost")
    def equity_value(b: Any) -> Any:
        left = ports.cash_musd[last_period] + b.terminal_value_musd + bitcoin + sum(securities) - unearned - b.exit_tax_musd
        return paid("equity") + at_end * left - owed("equity") - given("equity") - doubt - changes


def _given_away(block: pyo.Block, frame: Frame, ports: Ports) -> Term:
    """What today's holders give for new shares, which may sell at a discount to what they are worth; 0 where none may be sold."""
    if not ports.has("issued_musd"):
        return lambda _: 0.0
    worth = {row.id: 1 / (1 - row.discount_fraction) for row in frame.instance.equity}
    issues = [(("equity",), (i, t), frame.time.discount_mid(t) * worth[i]) for i, t in ports.issued_musd]
    return linear(block, "present_issues", block.VALUE, ports.issued_musd, issues)
