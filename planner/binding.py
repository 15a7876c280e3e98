"""What binds: the rows that hold a plan back, and what one unit more of each is worth by a re-solve with whole numbers kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.compile import Arrays, Label, Vector
from planner.highs import Answer, loosened
from planner.rules import RULES

COLUMNS = ["rule", "maths", "site", "item", "first_period", "periods", "unit", "worth_of_one_more_musd", "priced"]
WORTH_NAMING_MUSD = 1e-6
MOST_PRICED = 25
"""Limits that are re-solved, those with the largest duals: a dual is an upper bound on the gain."""
Limit = tuple[str, str, str]
"""Rule, site and item."""


def binding(arrays: Arrays, answer: Answer) -> pd.DataFrame:
    """The limits that hold a plan back, one row per rule, site and item; `answer` solves `arrays` with its whole numbers kept.

    `first_period` and `periods` say when the limit is reached. `worth_of_one_more_musd` is the gain in equity value of one
    unit more in all these periods and their blocks of hours at once, whole numbers kept, found by a re-solve: where many rows
    meet, a dual value is only an upper bound on it. The dearest come first. `priced` is False where the limit stops whole
    things, so that only a search anew can tell, and beyond the 25 limits with the largest duals; these rows come last.
    """
    if answer.values is None:
        return pd.DataFrame([], columns=COLUMNS)
    arrays = arrays.fixed(answer.values)
    duals = np.zeros(arrays.rows) if answer.duals is None else np.abs(answer.duals)
    limits: dict[Limit, list[int]] = {}
    for row in np.flatnonzero(_reached(arrays, answer)):
        label = arrays.row_labels[row]
        rule = RULES.get(label.rule)
        if rule is not None and rule.one_more and (rule.lumpy or duals[row] > WORTH_NAMING_MUSD):
            site, item, _ = _where(label, arrays)
            limits.setdefault((label.rule, site, item), []).append(int(row))
    promised = {limit: float(duals[rows].sum()) for limit, rows in limits.items() if not RULES[limit[0]].lumpy}
    priced = sorted(promised, key=lambda limit: -promised[limit])[:MOST_PRICED]
    gains = dict(zip(priced, loosened(arrays, [limits[limit] for limit in priced]), strict=True))
    rows = [
        _record(arrays, limit, found, gains.get(limit))
        for limit, found in limits.items()
        if limit not in gains or gains[limit] > WORTH_NAMING_MUSD
    ]
    rows.sort(key=lambda row: (not row[8], not RULES[row[0]].lumpy, -row[7], row))
    return pd.DataFrame(rows, columns=COLUMNS)


def _record(arrays: Arrays, limit: Limit, rows: list[int], gain: float | None) -> tuple[Any, ...]:
    """The table's row of one limit; without a gain it is not priced."""
    rule, site, item = limit
    label = arrays.row_labels[rows[0]]
    periods = list(dict.fromkeys(_where(arrays.row_labels[row], arrays)[2] for row in rows))
    return rule, label.tag, site, item, periods[0], len(periods), RULES[rule].one_more, gain or 0.0, gain is not None


def _reached(arrays: Arrays, answer: Answer) -> NDArray[np.bool_]:
    """Which inequalities are at their limit; some rules, such as budgets, already when little is left of them."""
    slack = _slack(arrays, answer)
    shares = np.array([RULES[label.rule].nearly_fraction if label.rule in RULES else 0.0 for label in arrays.row_labels])
    nearly = slack < shares * np.abs(np.where(np.isfinite(arrays.row_upper), arrays.row_upper, 0.0))
    return (slack < 1e-6) | nearly


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
    """Site, item and period of a row, blank where the row has none; `*` stands for all sites.

    A block of hours, which stands after the period, is dropped: one more of a limit means one more at any hour.
    """
    sites, periods = _names(arrays)
    parts = list(label.index)
    dates = [len(parts) - 1] if RULES[label.rule].yearly else [place for place, part in enumerate(parts) if part in periods]
    period, parts = (parts[dates[-1]], parts[: dates[-1]]) if dates else ("", parts)
    places = [place for place, part in enumerate(parts) if part in sites]
    site = parts.pop(places[0]) if places else ""
    return site, " ".join(part for part in parts if part != "*"), period


def _names(arrays: Arrays) -> tuple[set[str], set[str]]:
    """Names of the sites and periods of the model."""
    if not arrays.constraints:
        return set(), set()
    model = arrays.constraints[0].model()
    return set(model.SITES), set(model.PERIODS)
