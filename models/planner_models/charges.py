"""Charges on the meter: own peak with its minimum, and the draw in the hours of the system's peak (section 13 of MATHS.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyomo.environ as pyo

from planner_models.declared import Decisions, Indices
from planner_models.frame import Frame
from planner_models.linear import Entries, Index, constant, linear
from planner_models.ports import Ports
from planner_models.rows import Charge


def build(block: pyo.Block, frame: Frame, ports: Ports) -> None:
    """Sets: C charges, T periods, B blocks. Reads the meter, the grid and the leases; bills them."""
    charges = {row.id: row for row in frame.instance.charges}
    _peaks(block, frame, ports, charges)
    _minimum(block, frame, ports, charges)
    _bill(block, frame, ports, charges)
    _settle(block, frame, ports, charges)


def _billed(frame: Frame, charge: Charge) -> range:
    """Months from the start on that are billed: up to the horizon, and after it for draws that lie before it."""
    first = 0 if charge.from_month is None else max(0, frame.time.month(charge.from_month))
    end = frame.time.horizon + charge.lag_months
    return range(first, end if charge.to_month is None else min(end, frame.time.month(charge.to_month)))


def _musd_per_mw(frame: Frame, charge: Charge, month: int) -> float:
    """What a MW billed in a month costs."""
    days = (frame.time.date(month + 1) - frame.time.date(month)).days
    return (charge.usd_per_kw_month * 1000 + charge.usd_per_mw_day * days) / 1e6


def _peaks(block: pyo.Block, frame: Frame, ports: Ports, charges: dict[str, Charge]) -> None:
    """Variable and row (13.7): the highest block of a period."""
    time = frame.time
    own = [c for c, charge in charges.items() if charge.kind == "own_peak"]
    billed = dict.fromkeys((c, time.holding(x)) for c in own for x in _billed(frame, charges[c]))
    block.BILLED = Indices(dimen=2, initialize=list(billed), doc="(c,t) on the own peak")
    block.READINGS = Indices(dimen=3, initialize=[(c, t, b) for c, t in billed for b in frame.prices[charges[c].site]], doc="(c,t,b)")
    block.billed_mw = Decisions(block.BILLED, domain=pyo.NonNegativeReals, doc="(13.7) MW billed on the own peak")
    read = [((c, t, b), (charges[c].site, t, b), 1.0) for c, t, b in block.READINGS]
    reading = linear(block, "reading", block.READINGS, ports.meter_mw, read)

    @block.Constraint(block.READINGS, doc="(13.7) the highest block of the period is billed")
    def billed_floor(b: Any, c: Any, t: Any, block_: Any) -> Any:
        return b.billed_mw[c, t] >= reading(c, t, block_)


def _minimum(block: pyo.Block, frame: Frame, ports: Ports, charges: dict[str, Charge]) -> None:
    """Row (13.8): a share of the utility MW that no tenant draws is billed in any case."""
    block.LEAST = Indices(dimen=2, initialize=[i for i in block.BILLED if charges[i[0]].minimum_fraction > 0], doc="(c,t) with a minimum")
    share = {c: charges[c].minimum_fraction for c, _ in block.LEAST}
    least = linear(block, "least", block.LEAST, ports.grid_mw, [((c, t), (charges[c].site, t), share[c]) for c, t in block.LEAST])
    terms = [least]
    if ports.has("leased_mw"):
        let = [
            ((c, t), (s, h, t), -share[c] * frame.halls[h].pue_peak)
            for c, t in block.LEAST
            for s, h in frame.site_halls
            if s == charges[c].site
        ]
        terms.append(linear(block, "let", block.LEAST, ports.leased_mw, let))

    @block.Constraint(block.LEAST, doc="(13.8) the least that is billed")
    def minimum_floor(b: Any, c: Any, t: Any) -> Any:
        total = 0.0
        for term in terms:
            total = total + term(c, t)
        return b.billed_mw[c, t] >= total


def _coincident(frame: Frame, charges: dict[str, Charge]) -> Iterator[tuple[Charge, str | None, int, float]]:
    """For each month billed on the system's peak: the charge, its period (None after the horizon), the month of the draw, M$ per MW."""
    for charge in charges.values():
        if charge.kind == "coincident":
            for month in _billed(frame, charge):
                yield charge, frame.time.holding(month), month - charge.lag_months, _musd_per_mw(frame, charge, month)


def _bill(block: pyo.Block, frame: Frame, ports: Ports, charges: dict[str, Charge]) -> None:
    """Variable and row (13.9): what the charges of a site cost."""
    time = frame.time
    sites = dict.fromkeys(charge.site for charge in charges.values())
    block.CHARGED = Indices(dimen=2, initialize=[(s, t) for s in sites for t in time.labels], doc="(s,t) with charges")
    on_peak: Entries = [
        ((charges[c].site, t), (c, t), _musd_per_mw(frame, charges[c], x))
        for c in dict.fromkeys(c for c, _ in block.BILLED)
        for x in _billed(frame, charges[c])
        for t in [time.holding(x)]
    ]
    due = dict.fromkeys(block.CHARGED, 0.0)
    metered: list[tuple[Index, Index, float]] = []
    for charge, paid, drawn, rate in _coincident(frame, charges):
        if paid is None:
            continue
        if (during := time.holding(drawn)) is None:
            due[charge.site, paid] += charge.opening_mw * rate
        else:
            metered.append(((charge.site, paid), (charge.site, during, charge.block), rate))
    peak = linear(block, "peak_charge", block.CHARGED, block.billed_mw, on_peak)
    coincident = linear(block, "coincident_charge", block.CHARGED, ports.meter_mw, metered)
    opening = constant(block, "opening_charge", block.CHARGED, lambda s, t: due[s, t])
    block.charges_musd = Decisions(block.CHARGED, domain=pyo.Reals, doc="(13.9) charges on the meter")

    @block.Constraint(block.CHARGED, doc="(13.9) own peaks, draws in the system's peak, and what is billed on draws before the start")
    def charges_balance(b: Any, s: Any, t: Any) -> Any:
        return b.charges_musd[s, t] == peak(s, t) + coincident(s, t) + opening(s, t)

    paying = linear(block, "paying", block.parent_block().SITE_PERIODS, block.charges_musd, [(i, i, 1.0) for i in block.CHARGED])
    ports.add("operating_musd", paying)


def _settle(block: pyo.Block, frame: Frame, ports: Ports, charges: dict[str, Charge]) -> None:
    """What is still to be billed at the horizon is taken off the terminal value of its site."""
    m, time = block.parent_block(), frame.time
    owed = dict.fromkeys(m.SITES, 0.0)
    metered: list[tuple[Index, Index, float]] = []
    for charge, paid, drawn, rate in _coincident(frame, charges):
        if paid is not None:
            continue
        if (during := time.holding(drawn)) is None:
            owed[charge.site] -= charge.opening_mw * rate
        else:
            metered.append(((charge.site,), (charge.site, during, charge.block), -rate))
    ports.add("terminal_musd", linear(block, "owed_charge", m.SITES, ports.meter_mw, metered))
    ports.add("terminal_musd", constant(block, "owed_opening_charge", m.SITES, lambda s: owed[s]))
