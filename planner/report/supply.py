"""Where the power comes from and what it costs: a section for instances with contracts, own generation, charges or demand response."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType

from planner.check.calendar import Calendar
from planner.report.columns import Column, remarks, spans
from planner.report.layout import remark, section, table
from planner.report.words import musd, mw, percent, two
from planner.runs import Run

LINES = {
    "bought_mwh": "Bought at spot",
    "ppa_mwh": "PPAs",
    "generated_mwh": "Own generation",
    "own_mwh": "Own use",
    "tenant_mwh": "Tenants",
    "resold_mwh": "Resold",
    "exported_mwh": "Exported",
}
"""Lines of the table: three sources, then where the energy goes."""


def uses_power(run: Run) -> bool:
    """Whether the instance has more to power than a spot price."""
    of = run.instance
    return bool(of.ppas or of.generators or of.charges or of.programmes)


def power(run: Run, chosen: Sequence[Column]) -> list[RenderableType]:
    """Energy by source and use over time, and what it costs; nothing for an instance that buys all at spot."""
    if not uses_power(run):
        return []
    calendar = Calendar(run.instance)
    sums = run.tables["energy"].groupby("period")[list(LINES)].sum()
    rows = []
    for name, words in LINES.items():
        gwh = [float(sums.loc[labels, name].sum()) / 1000 for labels in spans(calendar, chosen)]
        if any(amount >= 0.05 for amount in gwh):
            rows.append([words, *map(mw, gwh)])
    grid = table(["GWh", *(column.heading for column in chosen)], rows)
    notes = [*remarks(calendar, chosen, sums=True), *_costs(run)]
    return [section("Power", grid, *map(remark, notes))]


def _costs(run: Run) -> Iterator[str]:
    """What power costs and brings over the plan."""
    kpi = run.tables["kpis"].set_index("kpi")["value"]
    if kpi["power_cost_usd_per_mwh"] == kpi["power_cost_usd_per_mwh"]:
        plant = "; own generation is left out, what it earns stands in the value of power" if run.instance.generators else ""
        said = "spot with losses and adders, less what PPAs save and demand response pays, plus charges"
        yield f"Own energy costs {two(kpi['power_cost_usd_per_mwh'])} USD per MWh over the plan, all in: {said}{plant}."
    if kpi["generation_share_fraction"] > 0:
        yield f"Own generators make {percent(kpi['generation_share_fraction'])} of what is drawn, tenants included."
    if kpi["power_credits_musd"] > 0:
        paid = kpi["response_revenue_musd"]
        part = f", {musd(paid)} M$ of it for demand response" if paid > 0 else ""
        yield f"Power credits: {musd(kpi['power_credits_musd'])} M${part}."
    charged = run.tables["charges"]["charge_musd"].sum()
    if charged > 0:
        yield f"Charges: {musd(charged)} M$."
    elif charged < 0:
        yield f"Charges bring {musd(-charged)} M$: tenants pay theirs to the company, whose own generation takes them off the meter."
    yield from _take_or_pay(run)


def _take_or_pay(run: Run) -> Iterator[str]:
    """What PPAs are paid for but not taken: how much, in which years and for what money."""
    paid = run.tables["ppas"]
    unused = paid[paid["unused_mwh"] > 1e-3]
    if (gwh := unused["unused_mwh"].sum() / 1000) >= 0.05:
        strike = {ppa.id: ppa.strike_usd_per_mwh for ppa in run.instance.ppas}
        lost = (unused["unused_mwh"] * unused["ppa"].map(strike)).sum() / 1e6
        years = [year.label for year in Calendar(run.instance).fiscal_years if year.label in set(unused["fiscal_year"])]
        span = f"in {years[0]}" if len(years) == 1 else f"from {years[0]} to {years[-1]}"
        yield f"Take or pay: {mw(gwh)} GWh of PPAs are paid for but not taken {span}, for {musd(lost)} M$."
