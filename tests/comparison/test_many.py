"""Folders of runs: paired by instance, then by solver and seed; what has no counterpart is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.comparison.many import compare_folders, holds_runs, matrix
from planner.comparison.sides import CannotCompare
from planner.fingerprint import fingerprints
from planner.runs import Run
from tests.tables.sample import instance, plan, run_of


def run(name: str = "sample", solver: str = "highs", seed: int = 0, dividend: float = 7.25) -> Run:
    of = instance(name=name)
    by = type(plan())(name, {**plan().decisions, "dividends_musd": {("2029-2030",): dividend}})
    return run_of(of, by, hashes=fingerprints(of), solver=solver, settings={"gap_fraction": 1e-6, "seed": seed}, bound_musd=450.0)


def saved(folder: Path, *runs: Run) -> Path:
    for number, each in enumerate(runs):
        each.save(folder / f"{number}" / each.instance.name)
    return folder


def test_one_run_each_is_paired_whatever_made_it(tmp_path: Path) -> None:
    one = saved(tmp_path / "a", run("x"), run("y"))
    other = saved(tmp_path / "b", run("y", dividend=9.0), run("x", "scip", 3))
    cases = compare_folders(one, other)
    assert [(case.name, case.exit_code) for case in cases] == [("x", 0), ("y", 1)]
    assert matrix(cases).to_numpy().tolist()[0][:2] == ["x", "same"]
    assert list(matrix(cases).columns) == ["instance", "scip, seed 3", "highs, seed 0"]


def test_several_runs_are_paired_by_solver_and_seed(tmp_path: Path) -> None:
    one = saved(tmp_path / "a", run(seed=0), run(seed=1), run(solver="scip"))
    other = saved(tmp_path / "b", run(seed=1, dividend=9.0), run(seed=0), run(seed=2))
    found = {case.words if len(case.who) == 1 else case.who: case.exit_code for case in compare_folders(one, other)}
    assert sorted(found.values()) == [0, 1, 1, 1]
    assert found["the second folder has no run of sample by scip, seed 0"] == 1
    assert found["the first folder has no run of sample by highs, seed 2"] == 1


def test_runs_that_cannot_be_told_apart_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotCompare, match="same solver and seed"):
        compare_folders(saved(tmp_path / "a", run(), run()), saved(tmp_path / "b", run()))


def test_what_cannot_be_looked_at_is_refused_rather_than_skipped(tmp_path: Path) -> None:
    """A run that is reached through a link only."""
    one, other = saved(tmp_path / "a", run("x")), saved(tmp_path / "b", run("x"))
    (other / "more").symlink_to(saved(tmp_path / "c", run("y")), target_is_directory=True)
    with pytest.raises(CannotCompare, match="more"):
        compare_folders(one, other)


def test_a_folder_of_runs_is_no_run(tmp_path: Path) -> None:
    saved(tmp_path / "a", run())
    assert holds_runs(tmp_path / "a")
    assert not holds_runs(tmp_path / "a" / "0" / "sample")
    assert not holds_runs(tmp_path / "nothing")
    (tmp_path / "empty").mkdir()
    assert not holds_runs(tmp_path / "empty")
