"""What binds: the rows that hold a plan back, and what one unit more of each is worth by a re-solve with whole numbers kept."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.compile import Arrays, Label, Vector
from planner.highs import Answer, loosened

UNITS = {
    "land_limit": "MW IT", "resident_limit": "MW IT", "occupied_limit": "MW IT", "cohort_limit": "modules", "conversion_limit": "lots",
    "hosted_limit": "MW", "lease_choice": "lease", "lease_module_limit": "modules", "lease_grid_limit": "MW",
    "lease_transformer_limit": "MVA", "tail_limit": "MW IT", "market_limit": "MW IT", "upgrade_choice": "upgrade", "grid_limit": "MW",
    "transformer_limit": "MVA", "slot_limit": "units", "advance_limit": "M$", "cash_floor": "M$", "budget_limit": "M$",
}  # fmt: skip
"""The rows that a company can do something about, with the unit of one more on their right-hand side."""
LUMPY = ("cohort_limit", "conversion_limit", "slot_limit", "upgrade_choice", "lease_choice")
"""Rows over whole numbers only: at their limit they bind, but a linear program with whole numbers fixed cannot price them."""
COLUMNS = ["rule", "maths", "site", "item", "period", "unit", "worth_of_one_more_musd", "priced"]
WORTH_NAMING_MUSD = 1e-6


def binding(arrays: Arrays, answer: Answer) -> pd.DataFrame:
    """Rows at their limit, dearest first, one per rule and index; `answer` solves `arrays` with its whole numbers fixed.

    `worth_of_one_more_musd` is the gain in equity value of one unit more, all whole numbers kept, found by a re-solve: at a
    plan where many rows meet, a dual value is only an upper bound on it. `priced` is False where the row counts whole
    things, so that only a search anew can tell.
    """
    duals = np.zeros(arrays.rows) if answer.duals is None else np.abs(answer.duals)
    tight = [(row, arrays.row_labels[row]) for row in np.flatnonzero(_slack(arrays, answer) < 1e-6)]
    known = [(int(row), label) for row, label in tight if label.rule in UNITS]
    priced = [row for row, label in known if label.rule not in LUMPY and duals[row] > WORTH_NAMING_MUSD]
    gains = dict(zip(priced, loosened(arrays, priced), strict=True))
    rows = [
        (label.rule, label.tag, *_where(label, arrays), UNITS[label.rule], gains.get(row, 0.0), label.rule not in LUMPY)
        for row, label in known
        if label.rule in LUMPY or gains.get(row, 0.0) > WORTH_NAMING_MUSD
    ]
    rows.sort(key=lambda row: (-row[6], row))
    return pd.DataFrame(rows, columns=COLUMNS)


def _slack(arrays: Arrays, answer: Answer) -> Vector:
    """Distance of each inequality from its limit; infinite for equations."""
    activity = _activity(arrays, answer)
    slack = np.minimum(arrays.row_upper - activity, activity - arrays.row_lower)
    return np.where(arrays.row_lower == arrays.row_upper, np.inf, slack)


def _activity(arrays: Arrays, answer: Answer) -> Vector:
    assert answer.values is not None
    activity = np.zeros(arrays.rows)
    np.add.at(activity, arrays.indices, arrays.data * np.repeat(answer.values, np.diff(arrays.starts)))
    return activity


def _where(label: Label, arrays: Arrays) -> tuple[str, str, str]:
    """Site, item and period of a row, blank where the row has none."""
    sites, periods = _names(arrays)
    site = next((part for part in label.index if part in sites), "")
    period = label.index[-1] if label.index and (label.index[-1] in periods or label.rule in ("slot_limit", "budget_limit")) else ""
    rest = [part for part in label.index if part not in (site, period)]
    return site, " ".join(rest), period


def _names(arrays: Arrays) -> tuple[set[str], set[str]]:
    """Names of the sites and periods of the model."""
    if not arrays.constraints:
        return set(), set()
    model = arrays.constraints[0].model()
    return set(model.SITES), set(model.PERIODS)
