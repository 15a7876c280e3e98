"""Plans near a plan: found where they are better, and only there."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import planner.neighbours
from planner.compile import Arrays, compile_model
from planner.highs import Answer, Settings, maximise
from planner.neighbours import EVERYTHING, SECTIONS, neighbours
from planner.plan import FAMILIES
from planner.polish import polish
from planner_models.build import build
from tests.example import everything


def test_the_best_plan_has_no_better_neighbour() -> None:
    arrays = compile_model(build(everything()))
    best = polish(arrays, maximise(arrays, Settings(gap_fraction=0.0)))
    assert best.values is not None
    assert list(neighbours(arrays, best.values, Settings(gap_fraction=0.0))) == []


def worse(arrays: Arrays) -> tuple[float, np.ndarray]:
    """The optimum, and the columns of the best plan that deploys no GPUs."""
    barred = np.array([label.rule == "deployed_clusters" for label in arrays.column_labels])
    best = polish(arrays, maximise(arrays, Settings(gap_fraction=0.0)))
    without = polish(arrays, maximise(arrays.fixed(np.zeros(arrays.columns), barred), Settings(gap_fraction=0.0)))
    assert best.objective is not None
    assert without.values is not None
    return best.objective, without.values


def test_a_plan_that_forgoes_a_kind_of_decision_has_a_better_neighbour() -> None:
    """The example deploys GPUs; without them a neighbour that does is better, and none is better than the best plan."""
    arrays = compile_model(build(everything()))
    optimum, values = worse(arrays)
    at_hand = float(arrays.cost @ values + arrays.offset)
    assert at_hand < optimum - 1
    found = {who: float(arrays.cost @ point + arrays.offset) for who, point in neighbours(arrays, values, Settings(gap_fraction=0.0))}
    assert "a neighbour with other GPUs and contracts" in found
    assert all(at_hand < musd <= optimum + 1e-3 for musd in found.values())


def test_every_section_with_whole_numbers_has_a_name() -> None:
    assert set(SECTIONS) == {family.section for family in FAMILIES.values() if family.integer}


def test_large_programs_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = compile_model(build(everything()))
    _, values = worse(arrays)
    monkeypatch.setattr(planner.neighbours, "MOST_COLUMNS", arrays.columns - 1)
    assert list(neighbours(arrays, values, Settings())) == []


def test_everything_is_decided_anew_where_no_smaller_change_is_better(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only then, and without presolve."""
    arrays = compile_model(build(everything()))
    _, values = worse(arrays)
    asked: list[tuple[Arrays, bool]] = []

    def ask(program: Arrays, settings: Settings, start: np.ndarray, stop: threading.Event | None) -> Answer:
        asked.append((program, settings.presolve))
        return maximise(program, settings, start=start) if blind is None or program is arrays else Answer("limit")

    monkeypatch.setattr(planner.neighbours, "maximise", ask)
    blind = None
    assert EVERYTHING not in dict(neighbours(arrays, values, Settings()))
    assert all(program is not arrays and presolve for program, presolve in asked)
    blind = "no smaller look finds anything"
    assert list(dict(neighbours(arrays, values, Settings()))) == [EVERYTHING]
    assert [presolve for program, presolve in asked if program is arrays] == [False]
    monkeypatch.setattr(planner.neighbours, "FEW_COLUMNS", arrays.columns - 1)
    assert list(neighbours(arrays, values, Settings())) == []


def test_nothing_is_looked_at_after_a_stop_or_beyond_the_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """All looks together take no longer than the time limit, and each is told what is left of it."""
    arrays = compile_model(build(everything()))
    _, values = worse(arrays)
    stopped = threading.Event()
    stopped.set()
    assert list(neighbours(arrays, values, Settings(), stopped)) == []
    clock, limits = [0.0], list[float | None]()

    def ask(program: Arrays, settings: Settings, start: np.ndarray, stop: threading.Event | None) -> Answer:
        limits.append(settings.time_limit_s)
        clock[0] += 7.0
        return Answer("limit")

    monkeypatch.setattr(planner.neighbours.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(planner.neighbours, "maximise", ask)
    assert list(neighbours(arrays, values, Settings(time_limit_s=15.0))) == []
    assert limits == [10.0, 8.0, 1.0]
