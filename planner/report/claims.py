"""Who claimed what: each search with its plan, its bound, and what refutes it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from planner.claims import BY_SITE, Claim
from planner.report.layout import remark, table, warning
from planner.report.words import clean, solver_words
from planner.runs import Run

ENDS = {
    "optimal": "plan within the gap",
    "infeasible": "there is no plan",
    "unbounded": "no limit to the value",
    "limit": "limit reached",
    "interrupted": "interrupted",
    "error": "failed",
}
"""How a search ends, in words."""
PROVED = (
    "Proved: at least two solvers, asked one by one, found the same within the gap, and no plan at hand is worth more than a bound that "
    "stands."
)
NOT_PROVED = "NOT PROVED: the solvers that were asked do not all have a whole answer that stands beside the others."


def refuted(run: Run) -> list[RenderableType]:
    """The warning of a run in which a solver claimed what a checked plan refutes, or came with a plan that the check rejects."""
    wrong = [claim for claim in run.claims if not claim.stands]
    if not wrong:
        return []
    said = "; ".join(f"{clean(claim.who)} claimed {_denial(claim)}, but {clean(claim.refuted or claim.rejected)}" for claim in wrong)
    stands = any(claim.whole and claim.stands and claim.solver == run.solver for claim in run.claims)
    after = "It was asked again; the answer below stands." if stands else "Asked again, it gave no answer that stands: no bound is known."
    return [warning(f"SOLVER ERROR. {said}. {after}")]


def _denial(claim: Claim) -> str:
    return "that there is no plan" if claim.bound_musd is None else f"that no plan is worth more than {claim.bound_musd:,.6f} M$"


def claims(run: Run) -> Iterator[RenderableType]:
    """What each search said, where more than one was made, and whether they agree where that was asked for."""
    if len(run.claims) > 1:
        headings = ["Search", "Ends with", "Its plan, checked M$", "Its bound M$", "Seconds", "Claim"]
        yield table(headings, [_line(claim) for claim in run.claims], left=2)
    for claim in run.claims:
        if claim.message and (len(run.claims) > 1 or (claim.solver == BY_SITE and run.plan is not None)):
            yield remark(f"{clean(claim.who)} says: {clean(solver_words(claim.message))}.")
    for plan in run.known:
        said = f"{clean(plan.words.removesuffix('.'))}."
        yield warning(said) if plan.fault else remark(said)
    if run.proved is not None:
        yield remark(PROVED, "green") if run.proved else warning(NOT_PROVED)


def _line(claim: Claim) -> list[str | Text]:
    plan, bound = (("-" if musd is None else f"{musd:,.6f}") for musd in (claim.plan_musd, claim.bound_musd))
    fallen = "REFUTED" if claim.refuted else "REJECTED" if claim.rejected else ""
    verdict = Text(fallen, style="bold red") if fallen else Text("stands")
    return [clean(claim.who), ENDS[claim.status], plan, bound, f"{claim.seconds:.1f}", verdict]
