"""The bridge of value from one run to the next: time, deals that came true, actuals, market, leads, deals, terms, decisions."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from planner.check import verify
from planner.comparison.news import CATEGORIES, news
from planner.comparison.reversals import reversals
from planner.plan import Plan
from planner.rolling.keeping import keep
from planner.rolling.news import with_news
from planner.rolling.past import CannotRoll, changed
from planner.rolling.roll import Rolled, roll
from planner.runs import Run
from planner.solving import solve
from planner_models.schema import Instance

WORDS = {
    "actuals": "what happened otherwise than planned",
    "market": "prices of bitcoin, power, machines and compute",
    "leads": "what things cost, when they come, sites and grid",
    "deals": "leases, contracts and charges",
    "other": "other terms: money, lenders, tax, policies, periods",
}
SMALL_FRACTION = 1e-6


@dataclass(frozen=True)
class Bridge:
    """What lies between two runs.

    `steps` (step, value_musd, change_musd, words) goes from the value of the first run to that of the second and adds up exactly; `news`
    (table, key, field, before, after, category) has every input that differs from the rolled first one; `reversed` (family, what, where,
    before, now, kind) every whole-number decision that the second plan makes otherwise. `notes` are those of the roll.
    """

    steps: pd.DataFrame
    news: pd.DataFrame
    reversed: pd.DataFrame
    notes: tuple[str, ...]


@dataclass
class _Steps:
    """Steps so far: name, value reached and words; after `anew` the old decisions are no longer kept."""

    value_musd: float
    rows: list[tuple[str, float, float, str]] = field(default_factory=list)
    anew: bool = False

    def to(self, step: str, value_musd: float, words: str) -> None:
        """Add a step to a value."""
        self.rows.append((step, value_musd, value_musd - self.value_musd, words))
        self.value_musd = value_musd


def bridge(run: Run, later: Run) -> Bridge:
    """The bridge from a run to a later one of the same company, whose instance starts in a later period of the first.

    Raises CannotRoll where it does not, or where one of the runs has no plan.
    """
    if later.plan is None:
        raise CannotRoll(f"the run of {later.instance.name} has no plan to bridge to; its outcome is {later.outcome}")
    _refuse(run, later)
    rolled = roll(run, later.instance.start)
    final = _plain(later.instance)
    differences = list(news(rolled.instance, final))
    assert run.plan is not None
    steps = _Steps(float(verify(run.instance, run.plan).value_musd))
    steps.to("old value", steps.value_musd, f"what the plan of {run.instance.start:%Y-%m} was worth then")
    before = rolled.continued_musd + rolled.paid_out_musd - rolled.paid_in_musd
    steps.to("time", before, f"nearer to what comes, at {run.instance.finance.discount_rate_fraction:.1%} a year")
    if rolled.paid_out_musd:
        steps.to("paid out", before - rolled.paid_out_musd, "dividends of the months between")
    if rolled.paid_in_musd:
        steps.to("paid in", rolled.continued_musd, "what new shares are worth that were sold")
    _true(steps, rolled)
    _news(steps, rolled, final, {category for *_, category in differences})
    other = reversals(rolled.plan, rolled.instance, later.plan, later.instance)
    noise_musd = (run.gap_musd or 0.0) + (later.gap_musd or 0.0) if other else 0.0
    _decisions(steps, later, float(verify(later.instance, later.plan).value_musd), noise_musd)
    columns = ["step", "value_musd", "change_musd", "words"]
    frame = pd.DataFrame(differences, columns=["table", "key", "field", "before", "after", "category"])
    names = ["family", "what", "where", "before", "now", "kind"]
    rows = [tuple(getattr(reversal, name) for name in names) for reversal in other]
    return Bridge(pd.DataFrame(steps.rows, columns=columns), frame, pd.DataFrame(rows, columns=names), rolled.notes)


def _refuse(run: Run, later: Run) -> None:
    """Runs of different instances, or in the wrong order, have no bridge."""
    if run.instance.name != later.instance.name:
        raise CannotRoll(f"bridge: found runs of {run.instance.name!r} and {later.instance.name!r}; allowed: two runs of one instance")
    if later.instance.start <= run.instance.start:
        allowed = f"one that starts later than the first, {run.instance.start:%Y-%m}"
        raise CannotRoll(f"bridge: found a second run from {later.instance.start:%Y-%m}; allowed: {allowed}")


def _decisions(steps: _Steps, later: Run, value_musd: float, noise_musd: float) -> None:
    """The last step; where it loses more than the gap and the penalty explain, the later search did not find the old decisions."""
    finance, made = later.instance.finance, later.plan.decisions.values() if later.plan else ()
    gap = later.instance.options.gap_fraction * abs(value_musd) + finance.change_penalty_musd * sum(map(len, made)) + SMALL_FRACTION
    words = "what the new plan decides otherwise"
    if abs(value_musd - steps.value_musd) < noise_musd:
        words += f"; less than the gaps of the two runs, {noise_musd:,.2g} M$, so it may be noise"
    if value_musd < steps.value_musd - gap and not steps.anew:
        words += "; the old decisions are worth more, so the later search missed them: solve again from them, or with another seed"
    steps.to("decisions", value_musd, words)


def _plain(instance: Instance) -> Instance:
    """The instance without a penalty of change: the bridge is one of value."""
    data = {name: getattr(instance, name) for name in Instance.model_fields}
    return Instance(**(data | {"finance": changed(instance.finance, change_penalty_musd=0.0), "previous": ()}))


def _true(steps: _Steps, rolled: Rolled) -> None:
    """What was in doubt, and what the roll only approximates: the plan solved anew around its whole numbers shows it."""
    steps.to("deals that came true", rolled.continued_musd + rolled.released_musd, "what was in doubt and is not any more")
    value, words = _value(steps, rolled.instance, rolled.plan, "what the roll only approximates; see the notes")
    if value is not None and (steps.anew or abs(value - steps.value_musd) > SMALL_FRACTION * max(1.0, abs(value))):
        steps.to("roll", value, words)


def _value(steps: _Steps, instance: Instance, plan: Plan, words: str) -> tuple[float | None, str]:
    """What an instance is worth with the old decisions, or from where they cannot be kept with the best ones; None without any plan."""
    if not steps.anew:
        kept = keep(instance, plan)
        if kept is not None:
            return float(kept.value_musd), words
    best = solve(instance)
    if best.value_musd is None:
        return None, words
    said = words if steps.anew else f"{words}; the old decisions cannot be kept from here: decided anew"
    steps.anew = True
    return best.value_musd, said


def _news(steps: _Steps, rolled: Rolled, final: Instance, present: set[str]) -> None:
    """A step for each kind of news, in turn; one that makes no valid or no feasible instance by itself is joined with the next."""
    joined: list[str] = []
    for position, category in enumerate(CATEGORIES):
        if category not in present and not joined:
            steps.to(category, steps.value_musd, "no news")
            continue
        joined.append(category)
        last = position == len(CATEGORIES) - 1
        instance = final if last else with_news(rolled.instance, final, CATEGORIES[: position + 1])
        if instance is None:
            continue
        value, words = _value(steps, instance, rolled.plan, "; ".join(WORDS[name] for name in joined if name in present) or "no news")
        if value is not None:
            steps.to(" and ".join(joined), value, words)
            joined = []
