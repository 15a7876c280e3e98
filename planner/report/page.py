"""The page that a finance officer reads: a plan in its sections, or, without one, what happened and what to try."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from planner.report import absent, capacity, changes, claims, commitments, deals, liquidity, proof, sections, supply, worth
from planner.report.layout import WIDTH, remark, warning
from planner.report.words import OUTCOMES, clean, musd
from planner.runs import Run


def page(run: Run, width: int = WIDTH) -> RenderableType:
    """The page of a run, for a rich console of `width` columns."""
    if run.plan is None:
        return absent.page(run)
    broken = run.certificate is not None and not run.certificate.ok
    chosen = capacity.chosen(run, width)
    return Group(
        *([proof.violations(run.certificate)] if run.certificate is not None and broken else []),
        *_headline(run, broken),
        sections.sign_now(run),
        *commitments.on_order(run),
        *commitments.departures(run),
        capacity.megawatts(run, chosen),
        *supply.power(run, chosen),
        *changes.changes(run),
        liquidity.liquidity(run, chosen),
        worth.value(run),
        worth.binding(run),
        deals.leases(run, width),
        *deals.contracts(run, width),
        worth.gap(run),
        proof.certificate(run),
    )


def _headline(run: Run, broken: bool) -> list[RenderableType]:
    """Name, title, how the search ended, and the value unless the plan is broken."""
    name = Text(clean(run.instance.name), style="bold") + Text(f"  {clean(run.instance.title)}" if run.instance.title else "")
    if broken:
        return [name, *claims.refuted(run), warning("this plan breaks rules of the model; its figures mean nothing.")]
    return [name, remark(f"Equity value {musd(run.value_musd or 0.0)} M$. {_ended(run)}".rstrip(), "bold green"), *claims.refuted(run)]


def _ended(run: Run) -> str:
    """How the search ended."""
    if run.outcome == "optimal" and run.instance.finance.change_penalty_musd:
        return "By the solver's bound no plan is worth more once changes against the plan before are counted."
    return OUTCOMES.get(run.outcome, "")
