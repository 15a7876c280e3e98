"""From the value of one run to that of another with other data or another model: what each change brings, by the exact check alone."""

from __future__ import annotations

import pandas as pd

from planner.check import verify
from planner.comparison.sides import Side
from planner.comparison.stated import ATOL_MUSD, RTOL
from planner.plan import Plan

COLUMNS = ["step", "value_musd", "change_musd", "words"]


def explained(one: Side, other: Side) -> pd.DataFrame:
    """Steps from the claim of the first to the plan of the second (step, value_musd, change_musd, words); nothing is solved.

    model: the same plan by the rules as they are now. data: the same plan with the other data, where it is a plan there. decisions: what
    the other plan decides otherwise.
    """
    if one.plan is None or other.plan is None:
        return pd.DataFrame(columns=COLUMNS)
    rows: list[tuple[str, float, float, str]] = []

    def to(step: str, value: float, words: str) -> None:
        rows.append((step, value, value - rows[-1][1] if rows else 0.0, words))

    checked = float(verify(one.instance, one.plan).objective_musd)
    claimed = checked if one.claimed_musd is None else one.claimed_musd
    noise = abs(claimed - checked) <= ATOL_MUSD + RTOL * abs(checked)
    to("first", checked if noise else claimed, f"what {one.who} says that its plan is worth")
    to("model", checked, "the same plan by the rules as they are now")
    kept = verify(other.instance, Plan(other.instance.name, one.plan.decisions))
    if kept.ok:
        to("data", float(kept.objective_musd), "the same plan with the data of the second")
        words = "what the second decides otherwise"
    else:
        broken = kept.violations[0]
        words = f"the data and the decisions of the second together: with its data the first is no plan, ({broken.tag}) {broken.words}"
    to("decisions", float(verify(other.instance, other.plan).objective_musd), words)
    return pd.DataFrame(rows, columns=COLUMNS)
