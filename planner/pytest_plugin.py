"""pytest plugin: solve an instance once per session, and assert that two answers are the same. Loads nothing heavy until it is used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import planner

if TYPE_CHECKING:
    from planner.comparison.cases import Case

Source = Any
"""A run, or the path of a run's folder or of a plan."""
MOST = 20
"""Differences that a failed assertion tells."""


@pytest.fixture(scope="session")
def planner_run() -> Callable[..., planner.Run]:
    """`planner_run(instance, **options)`: the run of an instance, or of the folder or workbook that holds one.

    Options are those of `planner.SolveOptions`. The same instance with the same options is solved once per session.
    """
    known: list[tuple[Any, dict[str, Any], planner.Run]] = []

    def run(source: planner.Instance | str | Path, **options: Any) -> planner.Run:
        instance = source if isinstance(source, planner.Instance) else planner.load(source)
        for solved, asked, found in known:
            if solved == instance and asked == options:
                return found
        found = planner.solve(instance, planner.SolveOptions(**options))
        known.append((instance, options, found))
        return found

    return run


@pytest.fixture(name="assert_same_plan", scope="session")
def _assert_same_plan() -> Callable[..., Case]:
    """The function `assert_same_plan`, for tests that would rather not import it."""
    return assert_same_plan


def assert_same_plan(one: Source, other: Source, *, strict_plan: bool = True, **rules: Any) -> Case:
    """Assert that two answers are the same; what differs is in the message, the dearest first. Returns what the comparison found.

    With `strict_plan=False` another plan of the same worth, or within the gap, passes too. `rules` are those of `planner.compare`.
    """
    __tracebackhide__ = True
    case = planner.compare(one, other, strict_plan=strict_plan, **rules)
    if case.exit_code:
        told = list(case.differences.get("words", ()))
        lines = [f"{case.cause}: {case.words}", *case.notes, *told[:MOST]]
        rest = len(told) - MOST
        pytest.fail("\n".join([*lines, *([f"... and {rest} more differences"] if rest > 0 else [])]), pytrace=False)
    return case
