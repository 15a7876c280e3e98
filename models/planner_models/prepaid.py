"""Money paid ahead (10.13) and what may not come true (10.14): the terms that leases and compute contracts add to these ports."""

from __future__ import annotations

from collections.abc import Mapping

import pyomo.environ as pyo

from planner_models.declared import Indices
from planner_models.frame import Frame
from planner_models.linear import Index, linear
from planner_models.ports import Ports
from planner_models.rows.deals import Deal


def add_prepaid(block: pyo.Block, ports: Ports, decision: pyo.Var, held_musd: Mapping[Index, Mapping[str, float]]) -> None:
    """Add what each decision holds of money not yet earned, by the period at whose end it does; nothing where nobody pays ahead."""
    if ports.has("prepaid_musd"):
        entries = [((u,), i, musd) for i, held in held_musd.items() for u, musd in held.items()]
        ports.add("prepaid_musd", linear(block, "prepaid", block.parent_block().PERIODS, decision, entries))


def add_doubt(block: pyo.Block, ports: Ports, decision: pyo.Var, doubt_musd: Mapping[Index, float]) -> None:
    """Add the value of each decision that may not come true; nothing where all is certain."""
    if not ports.has("doubt_musd"):
        return
    block.WHOLE = Indices(dimen=1, initialize=["company"])
    doubted = linear(block, "doubted", block.WHOLE, decision, [(("company",), i, musd) for i, musd in doubt_musd.items()])
    ports.add("doubt_musd", lambda: doubted("company"))


def doubted_musd(frame: Frame, deal: Deal, net_musd: Mapping[str, float], terminal_musd: float = 0.0) -> float:
    """Present value after tax that is lost with a deal, times the likelihood that it is: of what it brings by period and at the horizon."""
    finance, time = frame.instance.finance, frame.time
    flows = sum(time.discount_mid(u) * musd for u, musd in net_musd.items())
    sale = time.discount(time.horizon) * (1 - finance.exit_cost_fraction) * terminal_musd
    return (1 - deal.probability_fraction) * (1 - finance.tax_rate_fraction) * (flows + sale)
