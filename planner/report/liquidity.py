"""Liquidity: when cash is lowest, what lenders would add and what they ask for, and cash and debt over time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType

from planner.check.calendar import Calendar
from planner.report.columns import Column, remarks, shows_years
from planner.report.layout import remark, section, table, warning
from planner.report.records import Record, records
from planner.report.words import clean, more, musd, short_musd, two
from planner.runs import Run

HEAD = "M$, at the end"
"""Heading of the table of cash and debt."""
MOST = 10
"""Covenants before the page refers to the CSV file."""
KINDS = {
    "leverage": ("debt over EBITDA", "at most", "of debt"),
    "coverage": ("EBITDA over interest and amortisation", "at least", "of EBITDA"),
    "liquidity": ("free cash", "at least", "of cash"),
}
"""What a covenant of each kind measures, how it is held, and what its headroom is of."""


def free_cash(run: Run) -> dict[str, float]:
    """M$ of cash at the end of each period that nobody holds back."""
    rows = records(run.tables["balance_sheet"])[1:]
    return {row["period"]: row["cash_musd"] - row["restricted_musd"] for row in rows}


def lowest(run: Run) -> str:
    """The first period that ends with the least free cash."""
    free = free_cash(run)
    least = min(free.values())
    return next(period for period, musd_left in free.items() if musd_left <= least + 1e-6)


def liquidity(run: Run, chosen: Sequence[Column]) -> RenderableType:
    """(c) When cash is lowest, how far above the floor, what could be drawn then, covenants, and cash and debt over time."""
    sheet = run.tables["balance_sheet"].set_index("period").iloc[1:]
    free, floor, low = free_cash(run), run.instance.finance.cash_floor_musd, lowest(run)
    headroom, held = free[low] - floor, sheet["restricted_musd"]
    words = f"Cash is lowest at the end of {low}: {musd(free[low])} M$"
    if held[low] > 1e-6:
        words += f" besides {musd(held[low])} M$ that are held back"
    words += f", {musd(abs(headroom))} M$ {'above' if headroom > -1e-6 else 'BELOW'} the floor of {musd(floor)} M$."
    calendar = Calendar(run.instance)
    lines = {"Cash": sheet["cash_musd"].to_dict()}
    if shows_years(chosen):
        lines["Lowest cash"] = {year.periods[-1].label: min(free[t.label] for t in year.periods) for year in calendar.fiscal_years}
    if run.instance.debt:
        words += f" {_drawable(run, low)}"
        lines["Debt"] = sheet["debt_musd"].to_dict()
    for name, column in (("Restricted cash", "restricted_musd"), ("Security posted", "security_musd")):
        if sheet[column].max() > 1e-6:
            lines[name] = sheet[column].to_dict()
    if run.instance.holdings:
        lines["Bitcoin, at its price"] = dict(zip(run.tables["treasury"]["period"], run.tables["treasury"]["stock_musd"], strict=True))
    rows = [[name, *(short_musd(values[column.period]) for column in chosen)] for name, values in lines.items()]
    sentence = remark(words) if headroom > -1e-6 else warning(words)
    notes = map(remark, remarks(calendar, chosen))
    return section("Liquidity low", sentence, *_covenants(run), table([HEAD, *(c.heading for c in chosen)], rows), *notes)


def _drawable(run: Run, low: str) -> str:
    """What lenders would add in the period of the lowest cash, and why that is less than what their limits leave."""
    then, kpi = run.tables["debt"], run.tables["kpis"].set_index("kpi")["value"]
    unused, drawable = float(then.loc[then["period"] == low, "limit_not_used_musd"].sum()), kpi["drawable_at_minimum_cash_musd"]
    words = f"Debt that can still be drawn then: {musd(drawable)} M$"
    if unused - drawable < 0.05:
        return f"{words}."
    why = "lenders fund a share of each period's capex only"
    if any(row.kind != "general" or row.equity_first or row.dscr_ratio is not None for row in run.instance.debt):
        why = "lenders fund what their kind of facility rests on only"
    return f"{words}: {why}, so {musd(unused - drawable)} M$ of their limits stay out of reach."


def _covenants(run: Run) -> Iterator[RenderableType]:
    """Each covenant where its headroom is least; one that is broken is a warning."""
    tests = run.tables["covenants"]
    for covenant in run.instance.covenants[:MOST]:
        tested = tests[(tests["covenant"] == covenant.id) & tests["tested"]]
        if tested.empty:
            yield remark(f"Covenant {clean(covenant.id)} is never tested: nothing is owed when it would be.")
        else:
            least = records(tested.sort_values("headroom_musd", kind="stable"))[0]
            yield (remark if least["headroom_musd"] > -1e-6 else warning)(_least(least))
    yield from map(remark, more(len(run.instance.covenants) - MOST, "covenant", "covenants"))


def _least(test: Record) -> str:
    """`Covenant x, EBITDA over interest and amortisation at least 2.00: least headroom 12.0 M$ of EBITDA, at 3.10 in 2028Q4.`"""
    measured, held, unit = KINDS[test["kind"]]
    show = musd if test["kind"] == "liquidity" else two
    actual = f", at {show(test['actual'])}" if test["actual"] == test["actual"] else ","
    headroom = f"least headroom {musd(test['headroom_musd'])} M$ {unit}{actual} in {test['period']}"
    return f"Covenant {clean(test['covenant'])}, {measured} {held} {show(test['level'])}: {headroom}."
