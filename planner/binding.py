"""What binds: the rows that hold a plan back, with the worth of one unit more where the linear program can say it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.compile import Arrays, Label
from planner.highs import Answer

UNITS = {
    "land_limit": "MW IT", "resident_limit": "MW IT", "occupied_limit": "MW IT", "cohort_limit": "modules", "conversion_limit": "lots",
    "hosted_limit": "MW", "lease_choice": "lease", "lease_module_limit": "modules", "lease_grid_limit": "MW",
    "lease_transformer_limit": "MVA", "tail_limit": "MW IT", "market_limit": "MW IT", "upgrade_choice": "upgrade", "grid_limit": "MW",
    "transformer_limit": "MVA", "slot_limit": "units", "advance_limit": "M$", "cash_floor": "M$", "budget_limit": "M$",
}  # fmt: skip
"""The rows that a company can do something about, with the unit of one more on their right-hand side."""
LUMPY = ("cohort_limit", "conversion_limit", "slot_limit", "upgrade_choice", "lease_choice")
"""Rows over whole numbers only: at their limit they bind, but a linear program with whole numbers fixed cannot price them."""
COLUMNS = ["rule", "maths", "site", "item", "period", "unit", "shadow_price_musd_per_unit", "priced"]


def binding(arrays: Arrays, answer: Answer) -> pd.DataFrame:
    """Rows at their limit, dearest first, one per rule and index.

    `shadow_price_musd_per_unit` is the gain of one unit more with all whole numbers kept (M$ of equity value); `priced` is
    False where only a re-solve can tell, because the row counts whole things.
    """
    assert answer.values is not None
    duals = np.zeros(arrays.rows) if answer.duals is None else answer.duals
    activity = _activity(arrays, answer)
    slack = np.minimum(arrays.row_upper - activity, activity - arrays.row_lower)
    rows = []
    for position in np.flatnonzero((slack < 1e-6) & (arrays.row_lower != arrays.row_upper)):
        label = arrays.row_labels[position]
        if label.rule not in UNITS:
            continue
        lumpy = label.rule in LUMPY
        price = abs(float(duals[position]))
        if price > 1e-6 or lumpy:
            rows.append((label.rule, label.tag, *_where(label, arrays), UNITS[label.rule], 0.0 if lumpy else price, not lumpy))
    rows.sort(key=lambda row: (-row[6], row))
    return pd.DataFrame(rows, columns=COLUMNS)


def _activity(arrays: Arrays, answer: Answer) -> np.ndarray:
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
