"""Power purchase agreements: accepted, taken, resold, paid for if not taken (section 13 of MATHS.md)."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import constant, linear
from planner_models.ports import Ports
from planner_models.rows import Ppa


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: P agreements, T periods, B blocks, Y fiscal years. Decides offers accepted, MW taken and MW resold."""
    contracts = {row.id: row for row in frame.instance.ppas}
    _taking(block, frame, contracts)
    _take_or_pay(block, frame, contracts)
    _supply(block, ports, contracts)
    _money(block, frame, ports, contracts)


def _share(frame: Frame, contract: Ppa, period: str) -> float:
    """α: the share of the period in which the agreement delivers."""
    return frame.time.share(frame.time.month(contract.from_month), frame.time.month(contract.to_month), period)


def _taking(block: pyo.Block, frame: Frame, contracts: dict[str, Ppa]) -> None:
    """Variables and rows (13.1)-(13.5)."""
    spans = [(p, t) for p, c in contracts.items() for t in frame.time.labels if _share(frame, c, t) > 0]
    block.DELIVERING = Indices(dimen=2, initialize=spans, doc="(p,t)")
    offers = [p for p in dict.fromkeys(p for p, _ in spans) if not contracts[p].signed]
    block.OFFERS = Indices(dimen=1, initialize=offers, doc="p on offer")
    block.TAKES = Indices(dimen=3, initialize=[(p, t, b) for p, t in spans for b in frame.prices[contracts[p].site]], doc="(p,t,b)")
    block.RESALES = Indices(dimen=3, initialize=[i for i in block.TAKES if contracts[i[0]].resale], doc="(p,t,b) with resale")
    block.accepted = Decisions(block.OFFERS, domain=pyo.Binary, doc="(13.1) offer accepted")
    block.taken_mw = Decisions(block.TAKES, domain=pyo.NonNegativeReals, doc="(13.2) MW taken in a block, mean")
    block.remarketed_mw = Decisions(block.RESALES, domain=pyo.NonNegativeReals, doc="(13.3) MW taken and resold at the node, mean")
    most = {(p, t): contracts[p].mw * _share(frame, contracts[p], t) for p, t in spans}
    on_offer = [((p, t, b), (p,), most[p, t]) for p, t, b in block.TAKES if not contracts[p].signed]
    offered = linear(block, "offered", block.TAKES, block.accepted, on_offer)
    signed = constant(block, "signed_mw", block.TAKES, lambda p, t, b: most[p, t] if contracts[p].signed else 0.0)

    @block.Constraint(block.TAKES, doc="(13.4) taken no more than is contracted")
    def taken_limit(b: Any, p: Any, t: Any, block_: Any) -> Any:
        return b.taken_mw[p, t, block_] <= signed(p, t, block_) + offered(p, t, block_)

    @block.Constraint(block.RESALES, doc="(13.5) resold no more than taken")
    def remarketed_limit(b: Any, p: Any, t: Any, block_: Any) -> Any:
        return b.remarketed_mw[p, t, block_] <= b.taken_mw[p, t, block_]


def _take_or_pay(block: pyo.Block, frame: Frame, contracts: dict[str, Ppa]) -> None:
    """Variable and row (13.6): MWh of a year that are paid for though they are not taken."""
    time = frame.time
    year = {t: y for y, periods in time.fiscal_years.items() for t in periods}
    obliged = {(p, t): contracts[p].take_or_pay_fraction * contracts[p].mw * _share(frame, contracts[p], t) for p, t in block.DELIVERING}
    gwh = {(p, t): mw * time[t].hours / 1000 for (p, t), mw in obliged.items() if mw > 0}
    block.OBLIGED = Indices(dimen=2, initialize=list(dict.fromkeys((p, year[t]) for p, t in gwh)), doc="(p,y)")
    block.unused_gwh = Decisions(block.OBLIGED, domain=pyo.NonNegativeReals, doc="(13.6) GWh of a year paid for and not taken")

    def signed_gwh(p: str, y: str) -> float:
        return sum(gwh.get((p, t), 0.0) for t in time.fiscal_years[y]) if contracts[p].signed else 0.0

    on_offer = [((p, year[t]), (p,), amount) for (p, t), amount in gwh.items() if not contracts[p].signed]
    taken = [((p, year[t]), (p, t, b), frame.block_hours(contracts[p].site, b, t) / 1000) for p, t, b in block.TAKES if (p, t) in gwh]
    owed = constant(block, "owed_gwh", block.OBLIGED, signed_gwh)
    owed_if_accepted = linear(block, "owed_if_accepted", block.OBLIGED, block.accepted, on_offer)
    used = linear(block, "used", block.OBLIGED, block.taken_mw, taken)

    @block.Constraint(block.OBLIGED, doc="(13.6) the contracted share of a year less what is taken")
    def unused_floor(b: Any, p: Any, y: Any) -> Any:
        return b.unused_gwh[p, y] >= owed(p, y) + owed_if_accepted(p, y) - used(p, y)


def _supply(block: pyo.Block, ports: Ports, contracts: dict[str, Ppa]) -> None:
    """The terms of (10.11): what is taken and not resold."""
    m = block.parent_block()
    taken = [((contracts[p].site, t, b), (p, t, b), 1.0) for p, t, b in block.TAKES]
    resold = [((contracts[p].site, t, b), (p, t, b), -1.0) for p, t, b in block.RESALES]
    ports.add("supplied_mw", linear(block, "taken", m.SUPPLIED_BLOCKS, block.taken_mw, taken))
    ports.add("supplied_mw", linear(block, "resold", m.SUPPLIED_BLOCKS, block.remarketed_mw, resold))


def _money(block: pyo.Block, frame: Frame, ports: Ports, contracts: dict[str, Ppa]) -> None:
    """What is paid for energy taken and not taken, and what a resale fetches."""
    m, years = block.parent_block(), frame.time.fiscal_years

    def musd(p: str, t: str, b: str, usd_per_mwh: float) -> float:
        return frame.block_hours(contracts[p].site, b, t) * usd_per_mwh / 1e6

    def fetched_usd_per_mwh(p: str, t: str, b: str) -> float:
        return frame.node_price(contracts[p].site, b, t) - contracts[p].resale_haircut_usd_per_mwh

    energy = [((contracts[p].site, t), (p, t, b), musd(p, t, b, contracts[p].strike_usd_per_mwh)) for p, t, b in block.TAKES]
    unused = [((contracts[p].site, years[y][-1]), (p, y), contracts[p].strike_usd_per_mwh / 1000) for p, y in block.OBLIGED]
    sales = [((contracts[p].site, t), (p, t, b), musd(p, t, b, fetched_usd_per_mwh(p, t, b))) for p, t, b in block.RESALES]
    ports.add("operating_musd", linear(block, "contract_energy", m.SITE_PERIODS, block.taken_mw, energy))
    ports.add("operating_musd", linear(block, "not_taken", m.SITE_PERIODS, block.unused_gwh, unused))
    ports.add("revenue_musd", linear(block, "resales", m.SITE_PERIODS, block.remarketed_mw, sales))
