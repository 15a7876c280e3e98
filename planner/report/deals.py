"""Leases and compute contracts: what the plan counts on before it is signed, when each is delivered, and what is bought off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from planner.report.layout import remark, section, table
from planner.report.records import Record, records
from planner.report.words import NOTHING, clean, count, more, musd, mw, small
from planner.runs import Run

MOST = 20
"""Lines of a table, or names in a sentence, before the page refers to the CSV file."""
ROOMY = 100
"""Columns of a page from which leases and their tenants have columns of their own."""


def unsigned(run: Run) -> Iterator[RenderableType]:
    """The leases and compute contracts that the plan counts on without a signature."""
    for file, noun, deals in (("leases", "lease", records(run.tables["leases"])), ("contracts", "compute contract", _contracts(run))):
        waiting = [deal for deal in deals if deal["taken"] and deal["stage"] != "signed"]
        if waiting:
            names = "; ".join([*(_named(deal) for deal in waiting[:MOST]), *more(len(waiting) - MOST, noun, file)])
            yield remark(f"The plan counts on {count(len(waiting), noun)} not signed yet: {names}.", "yellow")


def _named(deal: Record) -> str:
    """Name, size, place and dates of what is to be signed."""
    until = f", to be decided by {deal['decide_by_month']}" if deal["decide_by_month"] else ""
    return f"{clean(deal['lease'])} ({mw(_taken_mw(deal))} MW, {clean(deal['site'])}, from {deal['delivered_month']}{until})"


def _taken_mw(deal: Record) -> float:
    """IT MW of the blocks that are taken."""
    return float(deal["it_mw"] * deal["taken_blocks"] / deal["blocks"])


def _contracts(run: Run) -> list[Record]:
    """Compute contracts in the words of leases of one block."""
    frame = run.tables["contracts"].rename(columns={"contract": "lease", "customer": "tenant"})
    return list(records(frame.assign(blocks=1, taken_blocks=frame["taken"].astype(int), broken_blocks=0)))


def leases(run: Run, width: int) -> RenderableType:
    """(f) Every lease: ready-by, delivered, months of float, its end, penalties where any is paid, and what is bought off."""
    found = records(run.tables["leases"])
    if not found:
        return section("Leases", remark("The instance has no leases."))
    return section(
        "Leases",
        *_table(found, "Lease", "tenant", width),
        *_parted(run),
        *_broken(found),
        *map(remark, more(len(found) - MOST, "lease", "leases")),
    )


def contracts(run: Run, width: int) -> list[RenderableType]:
    """The same of compute contracts; nothing for an instance without."""
    found = _contracts(run)
    rest = map(remark, more(len(found) - MOST, "compute contract", "contracts"))
    return [section("Compute contracts", *_table(found, "Contract", "customer", width), *rest)] if found else []


def _table(deals: Sequence[Record], name: str, party: str, width: int) -> Iterator[RenderableType]:
    """Deals that are taken first. On a page of less than `ROOMY` columns the party stands under the deal, so that names stay whole."""
    ordered, narrow = sorted(deals, key=lambda deal: not deal["taken"]), width < ROOMY
    names = [f"{name}, {party}"] if narrow else [name, party.capitalize()]
    headings = [*names, "Stage", "Site", "MW", "Ready by", "Delivered", "Months of float", "Ends"]
    rows = [_line(deal, narrow) for deal in ordered[:MOST]]
    if any(deal["penalty_musd"] > 0 for deal in ordered):
        headings.append("Penalty M$")
        rows = [
            [*row, small(deal["penalty_musd"]) if deal["penalty_musd"] > 0 else NOTHING] for row, deal in zip(rows, ordered, strict=False)
        ]
    yield table(headings, rows, left=len(names) + 2)


def _line(deal: Record, narrow: bool) -> list[str | Text]:
    who = [clean(deal["lease"]), clean(deal["tenant"])]
    part = 0 < deal["taken_blocks"] < deal["blocks"]
    much = f"{mw(_taken_mw(deal))}/{mw(deal['it_mw'])}" if part else mw(deal["it_mw"])
    names = [*(["\n".join(who)] if narrow else who), deal["stage"], clean(deal["site"]), much, deal["ready_by_month"]]
    if not deal["taken"]:
        gone = Text("bought off", style="yellow") if deal["broken_blocks"] else Text("not taken", style="dim")
        return [*names, gone, "", ""]
    return [*names, deal["delivered_month"], _float(deal["float_months"]), deal["end_month"]]


def _float(months: float) -> Text:
    """Months to spare, or late; a deal that ran before the plan has none."""
    if months != months:
        return Text("runs")
    return Text(f"{-months:.0f} late", style="bold red") if months < 0 else Text(f"{months:.0f}", style="green")


def _parted(run: Run) -> Iterator[RenderableType]:
    """The leases whose blocks start in several months, of which the table shows the first and the float of the last."""
    starts: dict[str, set[str]] = {}
    for row in records(run.tables["deliveries"]):
        starts.setdefault(row["lease"], set()).add(row["start_month"])
    said = [f"{clean(lease)} from {', '.join(sorted(months))}" for lease, months in starts.items() if len(months) > 1]
    if said:
        rest = more(len(said) - MOST, "lease", "deliveries")
        yield remark(f"In parts: {'; '.join([*said[:MOST], *rest])}. Months of float are those of the last part.")


def _broken(deals: Sequence[Record]) -> Iterator[RenderableType]:
    """What signed leases the plan does not deliver, and for how much."""
    broken = [deal for deal in deals if deal["broken_blocks"]]
    if broken:
        said = [_bought_off(deal) for deal in broken[:MOST]]
        yield remark(f"Bought off: {'; '.join([*said, *more(len(broken) - MOST, 'lease', 'leases')])}.", "yellow")


def _bought_off(deal: Record) -> str:
    part = "" if deal["blocks"] == 1 else f" ({deal['broken_blocks']} of {count(deal['blocks'], 'block')})"
    return f"{clean(deal['lease'])}{part} for {musd(deal['break_fee_musd'])} M$"
