"""Value, what binds and the gap: the sections of the page that say what a plan is worth and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import RenderableType

from planner.report.layout import remark, section, table, warning
from planner.report.proof import counted
from planner.report.records import Record, records
from planner.report.supply import uses_power
from planner.report.words import PARTS, clean, more, musd, percent, rule_words, small, two
from planner.rules import RULES
from planner.runs import Run

BAND = (1.25, 1.52)
"""Gross MW per IT MW of announced AI campuses; they already hold cooling and reserve, so no PUE is laid on them."""
ORDERS = ("value_without_orders_musd", "orders_value_musd", "orders_irr_fraction", "orders_payback_year")
"""Key figures of what new orders bring."""
WITHOUT = {
    "no plan without new orders": "Without new orders there is no plan: what is signed, or falls due, needs them.",
    "not found in time": "The best plan without new orders was not found in time.",
}
"""Why there is no plan to compare with."""
MOST = 10
"""Lines of a table, or names in a sentence, before the page refers to the CSV file."""
MOST_LUMPY = 5
"""Of these lines, those kept for limits that stop whole things, which have no price."""


def value(run: Run) -> RenderableType:
    """(d) Equity value by what earns it, the share of the terminal value, and values per watt."""
    unused = _unused(run)
    rows = [[_part(run, row["part"]), musd(row["pv_musd"])] for row in records(run.tables["value_split"]) if row["part"] not in unused]
    kpi = {row["kpi"]: row for row in records(run.tables["kpis"])}
    share = kpi["terminal_share_fraction"]
    beyond = share["text"] or percent(share["value"])
    return section(
        "Value",
        table(["M$, present value", ""], rows[:-1], total=rows[-1]),
        remark(_certainty(run)),
        remark(f"Share that lies beyond the horizon (terminal value after exit cost and tax): {beyond}."),
        remark(f"Per watt: {_usd(kpi['equity_usd_per_w_gross'])} of {_power(run)}, {_usd(kpi['equity_usd_per_w_it'])} of IT in halls."),
        *_per_share(kpi["equity_usd_per_share_diluted"]),
        *_orders(kpi),
        *_ratios(run),
    )


def _part(run: Run, part: str) -> str:
    """A part of the value in words; bitcoin held at the start is shared."""
    words = PARTS[part]
    return words.replace("opening cash", "opening cash and bitcoin") if run.instance.holdings else words


def _certainty(run: Run) -> str:
    """How leases and compute contracts count that are still to be signed."""
    names = "Leases and compute contracts" if run.instance.gpu_contracts else "Leases"
    if "probability" in _unused(run):
        return f"{names} still to be signed count in full, as if they were certain."
    return f"{names} still to be signed count in full in halls, power and cash; a line of its own weights them by probability."


def _per_share(kpi: Record) -> list[RenderableType]:
    """Value per share where shares are counted."""
    return [] if kpi["text"] else [remark(f"Per share, with the warrants worth exercising: {two(kpi['value'])} USD.")]


def _orders(kpi: Mapping[str, Record]) -> list[RenderableType]:
    """What new orders bring against the best plan without any, where that was solved."""
    without, added, rate, paid = (kpi[name] for name in ORDERS)
    if without["text"] == "not computed":
        return []
    if without["text"]:
        return [remark(f"{WITHOUT[without['text']]} What new orders bring has no figure of its own.")]
    words = f"The best plan without any new order is worth {musd(without['value'])} M$, so new orders bring {musd(added['value'])} M$"
    if not rate["text"]:
        words += f", a return of {percent(rate['value'])} a year on what they cost"
    back = "" if paid["text"] == "none" else f" They have paid for themselves in {clean(paid['text'])}."
    return [remark(f"{words}.{back}")]


def _usd(kpi: Record) -> str:
    return kpi["text"] or f"{two(kpi['value'])} USD"


def _own(run: Run) -> bool:
    """Whether own generation relieves the grid in the last period, so that gross power is more than utility power."""
    rows = run.tables["megawatts"]
    return bool(not rows.empty and (rows.loc[rows["period"] == rows["period"].iloc[-1], "dependable_mw"] > 1e-6).any())


def _power(run: Run) -> str:
    """What a value per watt of power is counted on."""
    return "gross power (grid and own dependable MW)" if _own(run) else "utility power"


def _unused(run: Run) -> set[str]:
    """Parts of the value that the instance has no tables for."""
    of, deals = run.instance, (*run.instance.leases, *run.instance.gpu_contracts)
    used = {
        "hosting": of.hosting,
        "power": uses_power(run),
        "new shares": of.equity,
        "prepayments": any(deal.prepayment_musd for deal in deals),
        "probability": any(deal.probability_fraction < 1 for deal in deals),
    }
    return {part for part, is_used in used.items() if not is_used}


def _ratios(run: Run) -> list[RenderableType]:
    """Gross MW per IT MW in use of each site in the last period, with a warning where AI halls run outside the band.

    Without own generation that relieves the grid they are utility MW, and are called so.
    """
    rows = records(run.tables["megawatts"])
    last = [row for row in rows if row["period"] == rows[-1]["period"]]
    ratios = {row["site"]: row["gross_mw_per_it_mw"] for row in last if row["it_mw"] > 1e-6}
    if not ratios:
        return []
    apart = {row["site"]: row["ai_gross_mw_per_it_mw"] for row in last if row["ai_it_mw"] > 1e-6}
    outside = {site: ratio for site, ratio in apart.items() if not BAND[0] <= ratio <= BAND[1]}
    name, more_words = ("Gross MW", " (grid and own dependable MW)") if _own(run) else ("Utility MW", "")
    lines: list[RenderableType] = [remark(f"{name} per IT MW in use in {rows[-1]['period']}{more_words}: {_listed(ratios)}.")]
    if outside:
        words = (
            f"AI campuses run at {BAND[0]} to {BAND[1]} {name[0].lower()}{name[1:]} per IT MW; AI halls outside that: {_listed(outside)}. "
        )
        lines.append(warning(f"{words}Above the band power lies idle; below it look for cooling or reserve that is missing."))
    return lines


def _listed(ratios: dict[str, float]) -> str:
    said = [f"{clean(site)} {two(ratio)}" for site, ratio in ratios.items()]
    return ", ".join([*said[:MOST], *more(len(said) - MOST, "site", "megawatts")])


def binding(run: Run) -> RenderableType:
    """(e) The limits that hold the plan back, dearest first, then those that stop whole things; the solve writes the table."""
    if "binding" not in run.tables:
        return section("What binds", remark("Not computed for this run."))
    limits = records(run.tables["binding"])
    if not limits:
        return section("What binds", remark("No limit holds the plan back."))
    shown = _dearest(limits)
    headings = ["Limit", "Site", "What", "When", "One more is worth"]
    notes = more(len(limits) - len(shown), "limit", "binding")
    if any(limit["periods"] > 1 for limit in shown):
        notes.append("One more of a limit that is reached in several periods means one more in all of them.")
    return section("What binds", table(headings, [_limit(limit) for limit in shown], left=4), *map(remark, notes))


def _dearest(limits: Sequence[Record]) -> list[Record]:
    """The lines of the page: priced limits, with room for lumpy ones; what has no price for want of time only is left to the table."""
    priced = [limit for limit in limits if limit["priced"]]
    lumpy = [limit for limit in limits if not limit["priced"] and RULES[limit["rule"]].lumpy]
    room = MOST - min(len(lumpy), MOST_LUMPY)
    return [*priced[:room], *lumpy][:MOST]


def _limit(limit: Record) -> list[str]:
    when = clean(limit["first_period"]) + (f" and {limit['periods'] - 1} more" if limit["periods"] > 1 else "")
    price = f"{small(limit['worth_of_one_more_musd'])} M$ per {limit['unit']}" if limit["priced"] else "a new solve can tell"
    return [rule_words(limit["rule"], limit["rule"]), clean(limit["site"]), clean(limit["item"]), when, price]


def gap(run: Run) -> RenderableType:
    """(g) The gap in M$ and what it leaves undecided."""
    heading, missing, penalty = "How far from the best", run.gap_musd, run.instance.finance.change_penalty_musd
    if missing is None or run.bound_musd is None:
        return section(heading, remark("The solver gave no bound: how much better a plan could be is not known."))
    no_plan = "by the solver's bound no plan is worth more" + (" once changes are counted" if penalty else "")
    change = float(run.certificate.change_musd) if run.certificate is not None else 0.0
    notes = [remark(counted(penalty, change))] if penalty else []
    if missing <= 1e-6 * max(1.0, abs(run.bound_musd)):
        return section(heading, remark(f"Gap 0.0 M$: {no_plan}. Nothing is left undecided but choices of equal worth."), *notes)
    share = "" if run.gap_fraction is None else f" ({100 * run.gap_fraction:{'.2g' if run.gap_fraction < 1 else ',.0f'}} %)"
    words = f"Gap {small(missing)} M${share}: {no_plan} than {musd(run.bound_musd)} M$."
    left = "Left undecided is every choice that changes the value by less than this."
    return section(heading, remark(words), *notes, remark(f"{left} {_undecided(run, missing)}"))


def _undecided(run: Run, missing: float) -> str:
    """The leases taken whose own earnings are below the gap."""
    taken = [lease for lease in records(run.tables["leases"]) if lease["taken"]]
    light = [clean(lease["lease"]) for lease in taken if abs(lease["rent_pv_musd"] + lease["terminal_pv_musd"]) < missing]
    if light:
        names = ", ".join([*light[:MOST], *more(len(light) - MOST, "lease", "leases")])
        return f"Leases taken that earn less than this by themselves: {names}."
    return f"{'Each lease taken earns more by itself; s' if taken else 'S'}izes and dates of orders may still shift."
