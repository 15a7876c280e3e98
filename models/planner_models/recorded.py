"""Faults of what happened before the start: bitcoin held, draws, tested months and income of the year so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from planner_models.evidence import Evidence, Fault
from planner_models.past import not_due_musd
from planner_models.timeline import Timeline

MUSD_TOLERANCE = 1e-6


def _holdings(evidence: Evidence) -> Iterator[Fault]:
    """A holding is not named like a period: both say where a bitcoin comes from."""
    if not evidence.instance.holdings or evidence.horizon is None:
        return
    labels = Timeline(evidence.instance).labels
    for i, row in enumerate(evidence.instance.holdings):
        if row.id in labels:
            yield Fault("holdings", i, "id", f"{row.id!r}, the label of a period of the plan", "a name of its own")


def _draws(evidence: Evidence) -> Iterator[Fault]:
    """What was drawn before the start, of facilities that look back at it."""
    debts = evidence.ids("debt")
    for i, row in enumerate(evidence.instance.debt_draws):
        if (horizon := evidence.horizon) is not None and horizon.month(row.month) >= 0:
            allowed = f"a month before the start of the plan, {horizon.word(0)}"
            yield Fault("debt_draws", i, "month", f"{row.month:%Y-%m}", allowed)
        debt = debts.get(row.debt)
        if debt is not None and debt.amortisation_months is None and not debt.opening_eligible_musd:
            allowed = "a facility with amortisation_months, or with opening_eligible_musd"
            yield Fault("debt_draws", i, "debt", f"{row.debt!r}, which has neither", allowed)


def _opening_balances(evidence: Evidence) -> Iterator[Fault]:
    """No more is owed at the start than what was drawn leaves to be paid."""
    horizon, draws = evidence.horizon, evidence.instance.debt_draws
    if horizon is None:
        return
    drawn = {row.debt for row in draws} - {row.debt for row in draws if horizon.month(row.month) >= 0}
    for i, row in enumerate(evidence.instance.debt):
        if row.id not in drawn or evidence.unread("debt_draws", row.id):
            continue
        most = not_due_musd(row, draws, horizon.month, 0)
        if row.opening_balance_musd > most + MUSD_TOLERANCE:
            allowed = f"at most {most:g}, what of its debt_draws is not due at the start, {horizon.word(0)}"
            yield Fault("debt", i, "opening_balance_musd", f"{row.opening_balance_musd:g}", allowed)


def _history(evidence: Evidence) -> Iterator[Fault]:
    """Months of history lie before the start, each in one row."""
    horizon = evidence.horizon
    if horizon is None:
        return
    spans = sorted((horizon.month(row.from_month), row.months, i) for i, row in enumerate(evidence.instance.history))
    for begin, months, i in spans:
        if begin + months > 0:
            found = f"{months}, up to {horizon.word(begin + months - 1)}"
            allowed = f"months that end at the start of the plan, {horizon.word(0)}, or before"
            yield Fault("history", i, "months", found, allowed)
    for (begin, months, first), (following, _, i) in pairwise(spans):
        if begin < following < begin + months:
            allowed = f"{horizon.word(begin + months)} or later, as the row before holds the months until then"
            yield Fault("history", i, "from_month", horizon.word(following), allowed, also=("history", first))


def _opening_income(evidence: Evidence) -> Iterator[Fault]:
    """A plan that starts with a calendar year has earned nothing in it before."""
    if not evidence.settled("start", "finance") or evidence.instance.start.month != 1:
        return
    if income := evidence.instance.finance.opening_income_musd:
        allowed = f"0, as the plan starts in January, {evidence.instance.start:%Y-%m}"
        yield Fault("instance", None, "finance.opening_income_musd", f"{income:g}", allowed)


Rule = Callable[[Evidence], Iterator[Fault]]
RULES: tuple[Rule, ...] = (_holdings, _draws, _opening_balances, _history, _opening_income)
