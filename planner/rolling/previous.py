"""What is left of a plan as rows of `previous`, from which a penalty makes it dear to depart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from planner.plan import FAMILIES, Plan
from planner.rolling.past import Rolling
from planner_models.rows import Previous
from planner_models.rows.past import Decided

COUNTED: tuple[str, ...] = get_args(Decided)
"""The whole-number decisions that order, sign, sell or end something."""


def previous_rows(r: Rolling, plan: Plan) -> Iterator[Previous]:
    """A row for each of these decisions that is left, the period written as the month in which it starts."""
    for name in COUNTED:
        keys = FAMILIES[name].keys
        for index, value in plan.decisions.get(name, {}).items():
            parts = [f"{r.day(r.at(part)):%Y-%m}" if key == "period" else part for key, part in zip(keys, index, strict=True)]
            yield Previous(decision=name, index="/".join(parts), count=int(value))
