"""What a comparison finds: cases with a cause each, and exit codes like those of diff."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

Cause = Literal[
    "same", "tolerance", "alternate optimum", "better bound", "within gap", "worse incumbent", "unverified", "reading error",
    "contradiction", "different question",
]  # fmt: skip
"""What a case comes down to, from harmless to grave.

same: the same answer. tolerance: apart by less than the tolerance. alternate optimum: worth the same, decided otherwise. better bound: the
same plan, one side knows more of what may be better. within gap: worth something else, as far apart as the gaps allow. worse incumbent: one
side's plan is worse than what was asked of it allows, or missing. unverified: a plan that the exact check rejects, or nothing to check.
reading error: apart by a power of ten, as when a digit is read wrongly. contradiction: not both can be true. different question:
other data or another model.
"""
SAME, DIFFERENT, TROUBLE = 0, 1, 2
"""Exit codes: nothing to act on, something differs, no comparison is possible."""


@dataclass(frozen=True)
class Case:
    """One comparison of two or more statements on one question.

    `name` is the instance or benchmark, `who` those compared, in order; `words` one sentence that says what is found. `differences` has one
    line per difference, most at stake first; `tables` old and new side by side, by title; `record` what a program reads of it (plain data).
    `file` is where annotations point, where there is one.
    """

    name: str
    who: tuple[str, ...]
    cause: Cause
    exit_code: int
    words: str
    differences: pd.DataFrame = field(default_factory=pd.DataFrame)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    record: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""


def worst(cases: Iterable[Case]) -> int:
    """The exit code of several cases: the highest."""
    return max((case.exit_code for case in cases), default=SAME)
