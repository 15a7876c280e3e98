"""A sweep in Python: a run folder per scenario, one table, and what goes on after an interruption, a change or a failure."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import planner
from planner.backends import Serial, Task, WorkerLost
from planner.errors import BadOption, CannotWrite, InvalidInstance, SolverMissing
from planner.fingerprint import fingerprints
from planner.record import Outcome
from planner.sweeping import FILE, Moment, errand, sweep, table
from planner.sweeping import sweep as sweep_instance
from planner_models.schema import Instance
from tests.tiny import mining

PRICES = {"btc.btc_usd": ["-30%", "0", "+30%"]}


def instance() -> Instance:
    """A mine with cash and a floor."""
    return mining(finance={"opening_cash_musd": 10}, options={"gap_fraction": 0.0})


def swept(folder: Path | None, changes: Any = PRICES, **others: Any) -> pd.DataFrame:
    """A sweep in this process."""
    return sweep_instance(instance(), changes, folder, backend="serial", **others)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solves that take no time: the value is what is asked for as the floor of cash; some floors end otherwise."""
    monkeypatch.setattr(errand, "solve", guessed)


def guessed(asked: Instance, options: planner.SolveOptions) -> planner.Run:
    """A run without a search."""
    floor, settings = asked.finance.cash_floor_musd, {**options.settings(asked).__dict__}
    told = {"instance": asked, "settings": settings, "hashes": fingerprints(asked)}
    if floor > 100:
        return planner.Run(outcome="infeasible", **told)
    outcome: Outcome = "solver_error" if floor == 50 else "interrupted" if floor == 60 else "optimal"
    return planner.Run(outcome=outcome, plan=planner.Plan(asked.name, {}), objective_musd=floor, bound_musd=floor, **told)


def stamps(folder: Path) -> dict[str, int]:
    """When each run was saved."""
    return {path.parent.name: path.stat().st_mtime_ns for path in sorted(folder.glob("*/run.json"))}


def test_every_scenario_has_a_run_folder_and_a_row(tmp_path: Path) -> None:
    """What each is worth is what a solve by itself finds; the folders are runs; the table beside them is the one handed back."""
    moments: list[Moment] = []
    frame = swept(tmp_path / "out", progress=moments.append)
    by_hand = [planner.solve(applied) for applied in (instance().with_("btc", prices) for prices in decks())]
    assert list(frame["value_musd"]) == [run.value_musd for run in by_hand]
    assert list(frame["scenario"]) == ["001", "002", "003"]
    assert list(frame["btc.btc_usd"]) == ["-30%", "0%", "+30%"]
    assert list(frame["outcome"]) == ["optimal"] * 3
    assert list(frame["check"]) == ["passed"] * 3
    assert list(frame["equity_value_musd"]) == list(frame["value_musd"])
    runs = [planner.load_run(tmp_path / "out" / name) for name in frame["scenario"]]
    assert [run.plan for run in runs] == [run.plan for run in by_hand]
    assert {run.settings["threads"] for run in runs} == {1}
    assert sorted(entry.name for entry in (tmp_path / "out").iterdir()) == ["001", "002", "003", FILE]
    read = pd.read_csv(tmp_path / "out" / FILE, dtype={"scenario": str})
    assert list(read["value_musd"]) == list(frame["value_musd"])
    assert [(moment.done, moment.all, moment.outcome) for moment in moments] == [(0, 3, None), *((i, 3, "optimal") for i in (1, 2, 3))]


def decks() -> Iterator[tuple[Any, ...]]:
    """Prices of bitcoin by hand."""
    for factor in (0.7, 1.0, 1.3):
        yield tuple(row.model_copy(update={"btc_usd": round(row.btc_usd * factor, 6)}) for row in instance().btc)


@pytest.mark.prove
def test_processes_give_what_one_process_gives(tmp_path: Path) -> None:
    """The table but for the seconds, and the plans."""
    one, two = swept(tmp_path / "one"), sweep_instance(instance(), PRICES, tmp_path / "two", workers=2)
    pd.testing.assert_frame_equal(one.drop(columns="seconds"), two.drop(columns="seconds"))
    for name in one["scenario"]:
        assert (tmp_path / "one" / name / "plan.json").read_bytes() == (tmp_path / "two" / name / "plan.json").read_bytes()


@pytest.mark.usefixtures("quick")
def test_without_a_folder_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the table is handed back."""
    monkeypatch.chdir(tmp_path)
    assert len(swept(None)) == 3
    assert list(tmp_path.iterdir()) == []


def test_a_scenario_that_is_infeasible_is_a_row(tmp_path: Path) -> None:
    """Cash below the floor in one of three: no value, no key figures, and the others as they are."""
    frame = swept(tmp_path / "out", {"finance.cash_floor_musd": [1000, 5]})
    assert list(frame["outcome"]) == ["infeasible", "optimal"]
    assert list(frame["value_musd"].isna()) == [True, False]
    assert list(frame["it_mw_hashing_end"].isna()) == [True, False]
    assert list(frame["check"]) == ["", "passed"]
    assert list(frame["finance.cash_floor_musd"]) == [1000.0, 5.0]


@pytest.mark.usefixtures("quick")
def test_what_another_try_may_better_is_tried_again(tmp_path: Path) -> None:
    """A fault of the solver is a row until then; a search that was interrupted is none, and ends the sweep."""
    out = tmp_path / "out"
    assert list(swept(out, {"finance.cash_floor_musd": [50, 1]})["outcome"]) == ["solver_error", "optimal"]
    before = stamps(out)
    assert changed(before, swept_again(out, {"finance.cash_floor_musd": [50, 1]})) == {"001"}
    with pytest.raises(KeyboardInterrupt):
        swept(tmp_path / "other", {"finance.cash_floor_musd": [1, 60, 2]})
    assert list(stamps(tmp_path / "other")) == ["001"]


class Interrupted:
    """Ctrl-C after so many scenarios."""

    def __init__(self, after: int) -> None:
        self.after = after

    def __call__(self, moment: Moment) -> None:
        if moment.done == self.after:
            raise KeyboardInterrupt


@pytest.mark.usefixtures("quick")
def test_an_interrupted_sweep_goes_on_where_it_was(tmp_path: Path) -> None:
    """What is solved is kept, the table says what is open, and the resumed one solves only that."""
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        swept(out, progress=Interrupted(2))
    assert list(pd.read_csv(out / FILE)["outcome"]) == ["optimal", "optimal", "open"]
    before = stamps(out)
    assert list(before) == ["001", "002"]
    with pytest.raises(CannotWrite, match="it has 001; --resume goes on"):
        swept(out)
    moments: list[Moment] = []
    frame = swept(out, resume=True, progress=moments.append)
    assert [moment.done for moment in moments] == [2, 3]
    assert before.items() <= stamps(out).items()
    pd.testing.assert_frame_equal(frame.drop(columns="seconds"), swept(None).drop(columns="seconds"))


@pytest.mark.usefixtures("quick")
def test_only_runs_of_the_same_question_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is damaged, of another scenario, of other options or of another model is solved again, also where it has no plan then."""
    out = tmp_path / "out"
    swept(out)
    (out / "002" / "plan.json").unlink()
    before = stamps(out)
    assert changed(before, swept_again(out)) == {"002"}
    (out / "003" / "instance.json").write_text((out / "003" / "instance.json").read_text() + " ")
    before = stamps(out)
    assert changed(before, swept_again(out)) == {"003"}
    before = stamps(out)
    assert changed(before, swept_again(out, {"btc.btc_usd": ["-30%", "+10%", "+30%"]})) == {"002"}
    before = stamps(out)
    assert changed(before, swept_again(out, options=planner.SolveOptions(seed=7))) == {"001", "002", "003"}
    before = stamps(out)
    frame = swept_again(out, {"finance.cash_floor_musd": [1000, 1]})
    assert list(frame["outcome"]) == ["infeasible", "optimal"]
    assert changed(before, frame) == {"001", "002"}
    assert not (out / "001" / "plan.json").exists()
    monkeypatch.setattr("planner.sweeping.running.model_hash", lambda: "another")
    before = stamps(out)
    assert changed(before, swept_again(out, {"finance.cash_floor_musd": [1000, 1]})) == {"001", "002"}


def swept_again(out: Path, changes: Any = PRICES, **others: Any) -> pd.DataFrame:
    """A resumed sweep; its frame knows where it was."""
    frame = swept(out, changes, resume=True, **others)
    frame.attrs["out"] = out
    return frame


def changed(before: dict[str, int], frame: pd.DataFrame) -> set[str]:
    """The runs that were saved anew."""
    after = stamps(frame.attrs["out"])
    return {name for name in frame["scenario"] if before.get(name) != after[name]}


@pytest.mark.usefixtures("quick")
def test_a_run_of_another_scenario_is_no_row(tmp_path: Path) -> None:
    """Interrupted before it is replaced, a folder of an earlier sweep does not pass for what is asked now."""
    out = tmp_path / "out"
    swept(out)
    with pytest.raises(KeyboardInterrupt):
        swept(out, {"btc.btc_usd": ["-50%", "0", "+50%"]}, resume=True, progress=Interrupted(2))
    assert list(pd.read_csv(out / FILE)["outcome"]) == ["optimal", "optimal", "open"]


@pytest.mark.usefixtures("quick")
def test_shards_share_the_scenarios_and_the_table(tmp_path: Path) -> None:
    """Two parts into one folder: each solves its own, and the last one has the whole table."""
    out, changes = tmp_path / "out", {"finance.cash_floor_musd": [0, 1, 2, 3, 4]}
    first = swept(out, changes, shard=(2, 2))
    assert list(first["outcome"]) == ["open", "optimal", "open", "optimal", "open"]
    assert list(stamps(out)) == ["002", "004"]
    second = swept(out, changes, shard=(1, 2))
    assert list(second["outcome"]) == ["optimal"] * 5
    pd.testing.assert_frame_equal(second.drop(columns="seconds"), swept(None, changes).drop(columns="seconds"))
    with pytest.raises(CannotWrite, match="it has 001"):
        swept(out, changes, shard=(1, 2))
    with pytest.raises(BadOption, match="shard: found 3/2"):
        swept(out, changes, shard=(3, 2))


@pytest.mark.usefixtures("quick")
def test_the_last_to_write_the_table_leaves_none_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another part ends between the look at the folders and the writing of the table."""
    out, changes, real = tmp_path / "out", {"finance.cash_floor_musd": [0, 1, 2]}, table.write_file
    calls: list[Path] = []

    def write(path: Path, *told: Any) -> None:
        calls.append(path)
        if len(calls) == 1:
            swept(out, changes, shard=(2, 2))
        real(path, *told)

    monkeypatch.setattr(table, "write_file", write)
    assert list(swept(out, changes, shard=(1, 2))["outcome"]) == ["optimal"] * 3
    assert list(pd.read_csv(out / FILE)["outcome"]) == ["optimal"] * 3


@pytest.mark.usefixtures("quick")
def test_a_scenario_that_cannot_be_solved_is_a_row_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unforeseen fault in one scenario: the others are solved; one that ends its workers likewise."""

    def solve(asked: Instance, options: planner.SolveOptions) -> planner.Run:
        if asked.finance.cash_floor_musd == 1:
            raise ZeroDivisionError("by nought")
        return guessed(asked, options)

    monkeypatch.setattr(errand, "solve", solve)
    frame = swept(tmp_path / "out", {"finance.cash_floor_musd": [0, 1, 2]})
    assert list(frame["outcome"]) == ["optimal", "failed", "optimal"]
    assert list(frame["words"]) == ["", "ZeroDivisionError: by nought", ""]
    monkeypatch.setattr("planner.sweeping.running.open_backend", lambda *_: Deadly())
    frame = swept(tmp_path / "other", {"finance.cash_floor_musd": [0, 3, 2]})
    assert list(frame["outcome"]) == ["optimal", "failed", "optimal"]
    assert "ended its worker 3 times: killed" in frame["words"][1]


class Deadly(Serial):
    """Workers that the second scenario ends."""

    def as_completed(self, work: Any, tasks: Any) -> Iterator[tuple[Task, Any]]:
        """The others, then the fault."""
        for task in tasks:
            if task.argument.name == "002":
                raise WorkerLost(work, task, "killed")
            yield task, work(instance(), (self._value[0], self._value[1]), task.argument)


def test_what_hinders_all_scenarios_ends_the_sweep_and_leaves_nothing(tmp_path: Path) -> None:
    """A solver that is missing, an option that makes no sense, a path that is not there."""
    out = tmp_path / "out"
    with pytest.raises(SolverMissing):
        swept(out, options=planner.SolveOptions(solver="no_such_solver"))
    with pytest.raises(BadOption):
        swept(out, options=planner.SolveOptions(gap_fraction=7))
    with pytest.raises(BadOption, match="stop"):
        swept(out, options=planner.SolveOptions(stop=threading.Event()))
    with pytest.raises(BadOption, match="as the backend"):
        swept(out, options=planner.SolveOptions(cluster="tcp://x:1"))
    with pytest.raises(InvalidInstance):
        swept(out, {"btc.price": [1]})
    assert not out.exists()


@pytest.mark.usefixtures("quick")
def test_what_is_not_a_sweeps_own_is_not_touched(tmp_path: Path) -> None:
    """A folder in the way of a scenario, a file in the way of all, a table of somebody else."""
    out = tmp_path / "out"
    (out / "002").mkdir(parents=True)
    (out / "002" / "thesis.txt").write_text("years of work")
    with pytest.raises(CannotWrite, match="it has 002"):
        swept(out)
    with pytest.raises(CannotWrite, match="002 is not overwritten: it is not the folder of a run"):
        swept(out, resume=True)
    assert stamps(out) == {}
    (tmp_path / "file").touch()
    with pytest.raises(CannotWrite, match="it is a file"):
        swept(tmp_path / "file", resume=True)
    (out / "002" / "thesis.txt").rename(out / FILE)
    with pytest.raises(CannotWrite, match=r"sweep\.csv is not overwritten: it is not the table of a sweep"):
        swept(out, resume=True)
    assert (out / FILE).read_text() == "years of work"


@pytest.mark.usefixtures("quick")
def test_a_sweep_is_a_public_name() -> None:
    """`planner.sweep`, though a package might have had the name."""
    assert planner.sweep is sweep
    assert json.loads(swept(None, {"finance.cash_floor_musd": [1]}).to_json(orient="records"))[0]["scenario"] == "001"
