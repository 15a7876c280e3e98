"""Run folders: what is saved comes back, whole or not at all, and nothing else is ever overwritten."""

from __future__ import annotations

import dataclasses
import json
import math
import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from planner.check import verify
from planner.errors import CannotWrite
from planner.record import seal
from planner.runs import NotARun, Run, load_plan, load_run, writable
from tests.tables.sample import instance, plan, run, run_of

RUN = run()


def files(folder: Path) -> dict[str, bytes]:
    """Every file under a folder by name."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def test_a_run_comes_back_as_it_was(tmp_path: Path) -> None:
    """Instance, plan, outcome, figures, certificate and every cell of every table; only the ledger is left behind."""
    RUN.save(tmp_path / "run")
    back = load_run(tmp_path / "run")
    assert back.certificate is not None
    assert RUN.certificate is not None
    for name in (field.name for field in dataclasses.fields(Run) if field.name not in ("tables", "certificate")):
        assert getattr(back, name) == getattr(RUN, name), name
    assert list(back.tables) == list(RUN.tables)
    for name, frame in RUN.tables.items():
        pd.testing.assert_frame_equal(back.tables[name], frame, check_exact=True)
    assert (back.certificate.ok, back.certificate.violations) == (True, ())
    assert back.value_musd == RUN.value_musd
    assert (back.gap_musd, back.gap_fraction) == (RUN.gap_musd, RUN.gap_fraction)


def test_a_saved_run_can_be_verified_by_itself(tmp_path: Path) -> None:
    """Instance and plan of the folder give the checker all it needs, and the same value."""
    RUN.save(tmp_path / "run")
    back = load_run(tmp_path / "run")
    assert back.plan is not None
    found = verify(back.instance, back.plan, back.objective_musd)
    assert found.ok
    assert float(found.value_musd) == RUN.value_musd


def test_violations_come_back(tmp_path: Path) -> None:
    """A failed check stays failed, with each rule, place, amount and word."""
    of = run_of(instance(), plan(delivered_units={}, upgraded={}))
    of.save(tmp_path / "run")
    back = load_run(tmp_path / "run").certificate
    assert back is not None
    assert of.certificate is not None
    assert not back.ok
    assert [(v.tag, v.rule, v.index, float(v.amount), v.unit, v.words) for v in back.violations] == [
        (v.tag, v.rule, v.index, float(v.amount), v.unit, v.words) for v in of.certificate.violations
    ]


def test_a_run_without_a_plan_is_kept_too(tmp_path: Path) -> None:
    """No plan.json, no tables, no gap; an infinite bound is none."""
    Run(instance=instance(), outcome="infeasible", bound_musd=math.inf, message="no way").save(tmp_path / "run")
    assert set(files(tmp_path / "run")) == {"run.json", "instance.json"}
    back = load_run(tmp_path / "run")
    assert (back.outcome, back.plan, back.certificate, back.bound_musd, back.message) == ("infeasible", None, None, None, "no way")
    assert (back.value_musd, back.gap_musd, back.gap_fraction, dict(back.tables)) == (None, None, None, {})


def test_a_run_without_a_plan_never_takes_the_place_of_one_with(tmp_path: Path) -> None:
    """Nor where the plan came there after somebody looked; a run without a plan may be replaced by either."""
    without = Run(instance=instance(), outcome="infeasible")
    without.save(tmp_path / "run")
    without.save(tmp_path / "run")
    RUN.save(tmp_path / "run")
    before = files(tmp_path / "run")
    with pytest.raises(CannotWrite, match=r"run is not overwritten: it keeps the plan of an earlier run, and this run has none$"):
        without.save(tmp_path / "run")
    assert files(tmp_path / "run") == before


def test_run_json_reads_well(tmp_path: Path) -> None:
    """Status, objective, bound, gap, seconds by phase, versions, hashes, certificate."""
    RUN.save(tmp_path / "run")
    data = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert (data["format"], data["outcome"], data["planned"]) == ("megawatt-planner run 2", "within_gap", True)
    assert data["gap_musd"] == pytest.approx(2)
    assert data["gap_fraction"] == pytest.approx(2 / data["value_musd"])
    assert data["seconds"] == {"build": 0.25, "solve": 1.5}
    assert data["certificate"]["violations"] == []


def test_text_survives_as_it_is(tmp_path: Path) -> None:
    """Commas, quotes, accents, leading zeros, words that look like numbers, blanks or truth values."""
    names = ["a,b", '"q"', "Zürich", "007", "1e5", "nan", "NA", "", "True", " x ", "=1+1"]
    numbers = [0.1, math.nan, 1e-300, -0.0, 1 / 3, 5e300, 2.0, 3.0, 4.0, 5.0, 6.0]
    frame = pd.DataFrame({"tenant": pd.Series(names, dtype="str"), "it_mw": numbers})
    Run(instance=instance(), outcome="optimal", plan=plan(), tables={"odd": frame}).save(tmp_path / "run")
    pd.testing.assert_frame_equal(load_run(tmp_path / "run").tables["odd"], frame, check_exact=True)


def test_a_run_of_an_earlier_version_is_not_read_but_may_be_replaced(tmp_path: Path) -> None:
    """Its page would lack what this version shows; solving again into the same folder is what the message asks for."""
    RUN.save(tmp_path / "run")
    file = tmp_path / "run" / "run.json"
    data = json.loads(file.read_text(encoding="utf-8")) | {"format": "megawatt-planner run 1"}
    data["seal"] = seal(data)
    file.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(NotARun, match="solve the instance again"):
        load_run(tmp_path / "run")
    RUN.save(tmp_path / "run")
    assert load_run(tmp_path / "run").value_musd == RUN.value_musd


def test_an_empty_table_keeps_its_columns_and_types(tmp_path: Path) -> None:
    """No leases: the table comes back without rows, its columns of the same kinds."""
    empty = RUN.tables["leases"][:0]
    run(tables={"leases": empty}).save(tmp_path / "run")
    pd.testing.assert_frame_equal(load_run(tmp_path / "run").tables["leases"], empty, check_index_type=False)


def test_a_newer_run_replaces_an_older_one_whole(tmp_path: Path) -> None:
    """Files of the older run that the newer one has not are gone; nothing is left beside the folder."""
    RUN.save(tmp_path / "run")
    dataclasses.replace(RUN, tables={}).save(tmp_path / "run")
    assert set(files(tmp_path / "run")) == {"run.json", "instance.json", "plan.json"}
    assert os.listdir(tmp_path) == ["run"]


def test_an_empty_folder_and_a_new_path_are_taken(tmp_path: Path) -> None:
    """Parents are made; an empty folder is no one's work."""
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "new" / "deeper"):
        writable(path)
        RUN.save(path)
        assert load_run(path).outcome == "within_gap"


def fill_foreign(folder: Path) -> None:
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")


def fill_run_with_note(folder: Path) -> None:
    RUN.save(folder)
    (folder / "tables" / "note.txt").write_text("mine")


def fill_other_json(folder: Path) -> None:
    folder.mkdir()
    (folder / "run.json").write_text('{"format": "other"}')


def fill_file(folder: Path) -> None:
    folder.write_text("a file")


@pytest.mark.parametrize("fill", [fill_foreign, fill_run_with_note, fill_other_json, fill_file])
def test_what_is_not_a_run_is_never_overwritten(tmp_path: Path, fill: Callable[[Path], None]) -> None:
    """Foreign folders, notes inside a run folder and files stay as they are, and the refusal is known before the solve."""
    target = tmp_path / "target"
    fill(target)
    before = files(tmp_path)
    for attempt in (RUN.save, writable):
        with pytest.raises(CannotWrite, match="is not overwritten"):
            attempt(target)
    assert files(tmp_path) == before


@pytest.mark.parametrize("failing", ["write_bytes", "rename"])
def test_a_fault_half_way_leaves_the_older_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    """The disk fills up, or the last rename fails: the older run is there, whole, with nothing beside it, and the error says why.

    Where two folders can be exchanged there is no last rename: it is a system that cannot.
    """
    RUN.save(tmp_path / "run")
    before, calls = files(tmp_path), []
    write, rename = Path.write_bytes, os.rename

    def full(path: Path, content: bytes) -> int:
        calls.append(path)
        if len(calls) > 3:
            raise OSError(28, "No space left on device")
        return write(path, content)

    def stuck(old: str, new: str) -> None:
        calls.append(Path(old))
        if len(calls) == 3:  # the first finds a run there, the second takes it away
            raise OSError(5, "Input/output error")
        rename(old, new)

    if failing == "rename":
        monkeypatch.setattr("planner.atomic._exchanged", lambda *_: False)
        monkeypatch.setattr(os, "rename", stuck)
    else:
        monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(CannotWrite, match=r"No space left|Input/output error"):
        run(message="newer").save(tmp_path / "run")
    monkeypatch.undo()
    assert len(calls) >= 2
    assert files(tmp_path) == before
    assert os.listdir(tmp_path) == ["run"]


def test_a_folder_that_may_not_be_written_is_refused_before_the_solve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest folder that exists decides; a file on the way is said too."""
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWrite, match="is a file"):
        writable(tmp_path / "file" / "run")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(CannotWrite, match="is not writable"):
        writable(tmp_path / "a" / "run")


def test_a_link_to_a_run_stays_a_link(tmp_path: Path) -> None:
    """Saving through a symbolic link replaces what it points to."""
    RUN.save(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    run(message="newer").save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert load_run(tmp_path / "real").message == "newer"


@pytest.mark.parametrize(("make", "words"), [
    (lambda path: None, "does not exist"),
    (lambda path: path.mkdir(), "has no run.json"),
    (lambda path: path.write_text(""), "is not a folder"),
])  # fmt: skip
def test_what_is_no_run_is_said_to_be_none(tmp_path: Path, make: Callable[[Path], object], words: str) -> None:
    """Nothing there, a folder without run.json, a file: a clear word and exit code 2."""
    make(tmp_path / "run")
    with pytest.raises(NotARun, match=words) as caught:
        load_run(tmp_path / "run")
    assert caught.value.exit_code == 2


def cut(folder: Path, name: str) -> None:
    path = folder / name
    path.write_bytes(path.read_bytes()[:-40])


def edit(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(("harm", "words"), [
    (lambda f: cut(f, "run.json"), "run.json is damaged"),
    (lambda f: cut(f, "plan.json"), "plan.json is damaged"),
    (lambda f: cut(f, "instance.json"), "instance.json is damaged"),
    (lambda f: cut(f, "tables/leases.csv"), "leases.csv is damaged: it does not hold 3 rows"),
    (lambda f: (f / "plan.json").unlink(), "plan.json is missing"),
    (lambda f: (f / "instance.json").unlink(), "instance.json is missing"),
    (lambda f: (f / "tables" / "debt.csv").unlink(), "debt.csv is missing"),
    (lambda f: (f / "plan.json").write_bytes(b"\xff\xfe\x00"), "plan.json is damaged"),
    (lambda f: (f / "plan.json").write_text("[]"), "plan.json is damaged"),
    (lambda f: (f / "plan.json").write_text("[" * 100_000), "plan.json is damaged: it is nested too deeply to read"),
    (lambda f: (f / "run.json").write_text("[" * 100_000), "run.json is damaged: it is nested too deeply to read"),
    (lambda f: (f / "run.json").write_text("[1]"), "its format is None, this version reads 'megawatt-planner run 2'; solve"),
    (lambda f: (f / "run.json").write_text('{"format": "megawatt-planner run 1"}'), "its format is 'megawatt-planner run 1', this version"),
    (lambda f: (f / "run.json").write_text('{"format": "megawatt-planner run 2"}'), "it lacks bound_musd, certificate"),
    (lambda f: edit(f, "run.json", '"within_gap"', '"splendid"'), "'splendid' is not an outcome"),
    (lambda f: edit(f, "run.json", '"allocation": {', '"../../secret": {'), "is not the name of a table"),
    (lambda f: edit(f, "run.json", '"ok": true', '"okay": true'), "run.json is damaged"),
    (lambda f: edit(f, "tables/grid.csv", "headroom_mw", "headroom"), "its columns are not site, period, grid_mw"),
    (lambda f: edit(f, "tables/grid.csv", "80.0", "many"), "grid.csv is damaged"),
    (lambda f: edit(f, "instance.json", '"start": "2027-01-01"', '"start": "soon"'), "instance.json is damaged"),
])  # fmt: skip
def test_damage_is_named_by_file(tmp_path: Path, harm: Callable[[Path], object], words: str) -> None:
    """Each file cut, missing, unreadable or tampered with: the error names it; never a traceback of another kind."""
    RUN.save(tmp_path / "run")
    harm(tmp_path / "run")
    with pytest.raises(NotARun, match=words):
        load_run(tmp_path / "run")


@pytest.mark.parametrize(("name", "old", "new"), [
    ("tables/grid.csv", "80.0", "80.5"),
    ("instance.json", '"opening_cash_musd": ', '"opening_cash_musd": 1'),
    ("plan.json", '"tr40", "period": "2027Q4", "value": 1', '"tr40", "period": "2027Q4", "value": 0'),
    ("run.json", '"outcome": "within_gap"', '"outcome": "optimal"'),
])  # fmt: skip
def test_what_was_changed_by_hand_is_not_shown_as_the_run(tmp_path: Path, name: str, old: str, new: str) -> None:
    """Figures that nobody computed must not stand on a page that says that they were checked."""
    RUN.save(tmp_path / "run")
    edit(tmp_path / "run", name, old, new)
    with pytest.raises(NotARun, match=f"{name}.* was changed after the run was saved"):
        load_run(tmp_path / "run")


def test_a_plan_for_another_instance_is_refused(tmp_path: Path) -> None:
    """plan.json names its instance."""
    RUN.save(tmp_path / "run")
    edit(tmp_path / "run", "plan.json", '"instance": "sample"', '"instance": "other"')
    with pytest.raises(NotARun, match="a plan for the instance 'other'"):
        load_plan(tmp_path / "run")


def test_an_edited_plan_is_a_claim_to_be_checked(tmp_path: Path) -> None:
    """A plan changed by hand is not damage: `verify` reads it as it is now, knows that it was changed, and the checker judges."""
    RUN.save(tmp_path / "run")
    edit(tmp_path / "run", "plan.json", '"tr40", "period": "2027Q4", "value": 1', '"tr40", "period": "2027Q4", "value": 0')
    claim = load_plan(tmp_path / "run")
    assert claim.changed == ("plan.json",)
    assert claim.plan is not None
    assert claim.plan.get("delivered_units", "beta", "tr40", "2027Q4") == 0
