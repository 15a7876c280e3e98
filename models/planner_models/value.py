"""Terminal value, exit tax and the objective (section 9 of MATHS.md)."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from planner_models.frame import Frame
from planner_models.linear import linear
from planner_models.ports import Ports


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Reads dividends, final cash, debt, bitcoin and securities, terminal value and tax basis; states the value of equity."""
    m, time, finance = block.parent_block(), frame.time, frame.instance.finance
    last_period, last_year = time.labels[-1], list(time.fiscal_years)[-1]
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

    at_end = time.discount(time.horizon)
    block.VALUE = pyo.Set(dimen=1, initialize=["equity"])
    row = block.VALUE
    dividends = [(("equity",), (t,), time.discount_mid(t)) for t in ports.dividends_musd]
    paid = linear(block, "present_dividends", row, ports.dividends_musd, dividends)
    owed = linear(block, "present_debt", row, ports.debt_musd, [(("equity",), i, at_end) for i in ports.debt_musd if i[1] == last_period])
    posted = ports.posted_musd if ports.has("posted_musd") else {}
    securities = [posted[i] for i in posted if i[1] == last_period]
    bitcoin = ports.bitcoin_musd if ports.has("bitcoin_musd") else 0.0

    @block.Objective(sense=pyo.maximize, doc="(9.8) equity value")
    def equity_value(b: Any) -> Any:
        left = ports.cash_musd[last_period] + b.terminal_value_musd + bitcoin + sum(securities) - b.exit_tax_musd
        return paid("equity") + at_end * left - owed("equity")
