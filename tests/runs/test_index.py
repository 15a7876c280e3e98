"""The index of runs: it says what the folders say, whatever happens to it, and only whole runs that are not wanted are removed."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pandas as pd
import pytest

import planner
from planner.index import FILE, Entry, NoRoot, NoSuchRun, listing, one_of, ordered, store
from planner.record import FORMAT, seal
from planner.runs import Run, load_run
from tests.crash.case import CHILDREN
from tests.runs.many import list_as_nobody, list_many, rebuild, rebuild_for_ever, save, save_many, small


def paths(root: Path) -> list[str]:
    """The runs that a look finds."""
    return [entry.path for entry in listing(root).entries]


def resealed(folder: Path, **parts: object) -> None:
    """Change parts of run.json and seal it again, as another version could have written it."""
    file = folder / "run.json"
    data = json.loads(file.read_text(encoding="utf-8")) | parts
    data["seal"] = seal(data)
    file.write_text(json.dumps(data), encoding="utf-8")


def test_a_row_says_what_the_run_says(tmp_path: Path) -> None:
    """Every field is that of the loaded run, every key figure that of its table, numbers and words."""
    save(small(12.5, seed=7, kpis={"capex_total_musd": 3.25, "payback_year": "2031"}, proved=True), tmp_path / "a" / "b", 1.8e9)
    (entry,) = listing(tmp_path).entries
    run = load_run(tmp_path / "a" / "b")
    assert (entry.path, entry.saved, entry.unreadable) == ("a/b", "2027-01-15T08:00:00Z", "")
    assert (entry.instance, entry.outcome, entry.solver, entry.seed) == ("mine", run.outcome, run.solver, 7)
    assert (entry.value_musd, entry.objective_musd, entry.bound_musd) == (run.value_musd, run.objective_musd, run.bound_musd)
    assert (entry.gap_fraction, entry.seconds, entry.certified, entry.proved) == (run.gap_fraction, 1.75, True, True)
    assert (entry.instance_hash, entry.model_hash) == ("a" * 64, "b" * 64)
    told = {name: kpi.shown for name, kpi in entry.kpis.items()}
    assert told == {"equity_value_musd": 12.5, "capex_total_musd": 3.25, "payback_year": "2031"}


def test_a_run_without_a_plan_has_no_figures(tmp_path: Path) -> None:
    """Infeasible: neither value nor certificate."""
    save(Run(instance=small().instance, outcome="infeasible"), tmp_path / "run")
    (entry,) = listing(tmp_path).entries
    assert (entry.outcome, entry.value_musd, entry.certified, dict(entry.kpis)) == ("infeasible", None, None, {})


def test_a_look_reads_only_what_changed(tmp_path: Path) -> None:
    """New runs are read, changed ones again, those that have gone are forgotten; otherwise nothing is read."""
    for name in ("one", "two", "three"):
        save(small(1.0), tmp_path / name)
    assert listing(tmp_path).read == 3
    assert listing(tmp_path).read == 0
    save(small(2.0), tmp_path / "two")
    shutil.rmtree(tmp_path / "three")
    save(small(4.0), tmp_path / "deep" / "four")
    found = listing(tmp_path)
    assert found.read == 2
    assert {entry.path: entry.value_musd for entry in found.entries} == {"deep/four": 4.0, "one": 1.0, "two": 2.0}
    assert listing(tmp_path, anew=True) == replace(found, read=3)


def test_a_run_of_the_same_length_and_time_is_seen_as_another(tmp_path: Path) -> None:
    """Two saves within one tick of the clock of the file system."""
    save(small(1.0), tmp_path / "run", 1.8e9)
    assert [entry.value_musd for entry in listing(tmp_path).entries] == [1.0]
    save(small(2.0), tmp_path / "run", 1.8e9)
    assert [entry.value_musd for entry in listing(tmp_path).entries] == [2.0]


def earlier(folder: Path) -> None:
    resealed(folder, format="megawatt-planner run 1")


def by_hand(folder: Path) -> None:
    text = (folder / "run.json").read_text(encoding="utf-8")
    (folder / "run.json").write_text(text.replace("100.0", "900.0"), encoding="utf-8")


def other_figures(folder: Path) -> None:
    (folder / "tables" / "kpis.csv").write_text("kpi,value,text,unit\nequity_value_musd,900.0,,M$\n")


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "earlier": (earlier, f"run.json is damaged: its format is 'megawatt-planner run 1', this version reads {FORMAT!r}"),
    "changed": (by_hand, "run.json is damaged: it was changed after the run was saved"),
    "figures": (other_figures, "tables/kpis.csv is missing, or was changed after the run was saved"),
    "gone": (lambda folder: os.remove(folder / "tables" / "kpis.csv"), "tables/kpis.csv is missing, or was changed"),
    "empty": (lambda folder: (folder / "run.json").write_text(""), "run.json is damaged: Expecting value"),
    "binary": (lambda folder: (folder / "run.json").write_bytes(b"\xff\xfe\0"), "run.json is damaged: 'utf-8' codec"),
    "deep": (lambda folder: (folder / "run.json").write_text("[" * 200_000), "run.json is nested too deeply to read"),
    "list": (lambda folder: (folder / "run.json").write_text("[]"), "run.json is damaged: its format is None"),
    "odd": (lambda folder: resealed(folder, instance=["a"]), "run.json is damaged: instance is ['a'], neither a number nor text"),
    "surrogate": (lambda folder: resealed(folder, instance="\ud800"), "run.json is damaged: instance is '\\ud800'"),
    "huge": (lambda folder: resealed(folder, settings={"seed": 2**64}), "run.json is damaged: seed is 18446744073709551616"),
    "no seconds": (lambda folder: resealed(folder, seconds=None), "run.json is damaged: "),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_run_that_cannot_be_read_is_listed_with_the_reason(tmp_path: Path, fault: str) -> None:
    """It is neither dropped nor in the way of others, and read again once it is whole."""
    harm, words = FAULTS[fault]
    for name in ("bad", "good"):
        save(small(), tmp_path / name)
    harm(tmp_path / "bad")
    bad, good = listing(tmp_path).entries
    assert bad.unreadable.startswith(words)
    assert bad == Entry("bad", bad.saved, bad.unreadable)
    assert good.value_musd == 100.0
    shutil.rmtree(tmp_path / "bad")
    save(small(3.0), tmp_path / "bad")
    assert [entry.value_musd for entry in listing(tmp_path).entries] == [3.0, 100.0]


def test_what_is_not_looked_at_is_said(tmp_path: Path) -> None:
    """Links are not followed; hidden folders and tables are none of ours; a run in the folder of another is one too."""
    save(small(), tmp_path / "root" / "outer")
    save(small(), tmp_path / "root" / "outer" / "inner")
    save(small(), tmp_path / "root" / ".hidden" / "run")
    save(small(), tmp_path / "elsewhere")
    (tmp_path / "root" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "root" / "loop").symlink_to(tmp_path / "root")
    found = listing(tmp_path / "root")
    assert [entry.path for entry in found.entries] == ["outer", "outer/inner"]
    assert found.notes == tuple(f"{name} is a symbolic link; it is not followed" for name in ("link", "loop"))
    (tmp_path / "way").symlink_to(tmp_path / "root")
    assert listing(tmp_path / "way").root == tmp_path / "root"


def test_what_a_killed_writer_had_taken_away_is_put_back_and_listed(tmp_path: Path) -> None:
    """On systems that cannot exchange names a kill leaves the older run in a hidden folder."""
    save(small(5.0), tmp_path / ".run.abcd1234.saving" / "old")
    assert [(entry.path, entry.value_musd) for entry in listing(tmp_path).entries] == [("run", 5.0)]


def test_names_of_any_bytes_are_listed(tmp_path: Path) -> None:
    """A folder whose name is no text, blanks, and quotes."""
    names = ["b'\"; DROP TABLE runs", os.fsdecode(b"odd\xff"), "ünï cöde\n"]
    for name in names:
        save(small(), tmp_path / name)
    for _ in range(2):
        assert sorted(paths(tmp_path)) == sorted(names)


@pytest.mark.parametrize("root", ["missing", "file", "run"])
def test_a_root_that_holds_no_runs_is_said(tmp_path: Path, root: str) -> None:
    """It does not exist, is a file, or is a run; nothing is written there."""
    save(small(), tmp_path / "run")
    (tmp_path / "file").write_text("")
    words = {"missing": "does not exist", "file": "is a file; give a folder", "run": "is itself a run; give the folder that holds it"}
    with pytest.raises(NoRoot, match=words[root]):
        listing(tmp_path / root)
    assert not (tmp_path / "missing").exists()
    assert FILE not in os.listdir(tmp_path / "run")


def foreign_database(place: Path) -> None:
    with sqlite3.connect(place) as other:
        other.execute("CREATE TABLE runs (path, other)")
        other.execute("CREATE VIEW kpis AS SELECT 1 AS path")
    other.close()


def other_version(place: Path) -> None:
    with sqlite3.connect(place) as index:
        index.execute("UPDATE runs SET value_musd = 999.0")
        index.execute("PRAGMA user_version = 1")
    index.close()


def holes(place: Path) -> None:
    content = bytearray(place.read_bytes())
    content[4096:] = b"\x5a" * (len(content) - 4096)
    place.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "garbage": lambda place: place.write_bytes(b"\0garbage" * 999),
    "empty": lambda place: place.write_bytes(b""),
    "cut short": lambda place: os.truncate(place, 5000),
    "holes": holes,
    "another version": other_version,
    "another database": lambda place: (place.unlink(), foreign_database(place)),
    "gone": os.remove,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index_is_rebuilt(tmp_path: Path, damage: str) -> None:
    """From the folders, without a word; the next look reads nothing."""
    for number in range(6):
        save(small(float(number), kpis={f"figure_{part}": 1.0 for part in range(100)}), tmp_path / f"run{number}")
    before = listing(tmp_path)
    DAMAGES[damage](tmp_path / FILE)
    assert listing(tmp_path) == before
    assert listing(tmp_path) == replace(before, read=0)


def test_an_index_that_cannot_be_kept_is_held_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in its place, a link to somebody's file, another process that holds it for long; with a note, and all else left alone."""
    save(small(), tmp_path / "runs" / "run")
    place = tmp_path / "runs" / FILE
    place.mkdir()
    found = listing(tmp_path / "runs")
    assert ([entry.path for entry in found.entries], len(found.notes)) == (["run"], 1)
    assert "every run was read anew" in found.notes[0]
    place.rmdir()
    foreign_database(tmp_path / "theirs")
    theirs = (tmp_path / "theirs").read_bytes()
    place.symlink_to(tmp_path / "theirs")
    found = listing(tmp_path / "runs")
    assert ([entry.path for entry in found.entries], len(found.notes)) == (["run"], 1)
    assert (tmp_path / "theirs").read_bytes() == theirs
    place.unlink()
    listing(tmp_path / "runs")
    save(small(2.0), tmp_path / "runs" / "run")
    monkeypatch.setattr(store, "BUSY_S", 0.01)
    other = sqlite3.connect(place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    found = listing(tmp_path / "runs")
    other.close()
    assert ([entry.value_musd for entry in found.entries], len(found.notes)) == ([2.0], 1)
    assert "locked" in found.notes[0]


def test_a_root_that_may_not_be_written_is_listed() -> None:
    """With a note, and without a file left there."""
    with tempfile.TemporaryDirectory() as home:
        save(small(), Path(home, "run"))
        os.chmod(home, 0o555)
        ours, theirs = CHILDREN.Pipe()
        process = CHILDREN.Process(target=list_as_nobody, args=(home, theirs))
        process.start()
        theirs.close()
        found, notes = ours.recv()
        process.join()
        os.chmod(home, 0o755)
        assert found == ["run"]
        assert len(notes) == 1
        assert f"the index cannot be kept in {home}" in notes[0]
        assert os.listdir(home) == ["run"]


def test_two_that_list_while_two_save(tmp_path: Path) -> None:
    """Real processes: no look sees half a run or fails, and the index ends as one built anew."""
    save_many(tmp_path, 0, 5)
    ends = [CHILDREN.Pipe() for _ in range(2)]
    lookers = [CHILDREN.Process(target=list_many, args=(tmp_path, number, end[1])) for number, end in enumerate(ends)]
    savers = [CHILDREN.Process(target=save_many, args=(tmp_path, number, 25)) for number in range(2)]
    for process in (*lookers, *savers):
        process.start()
    for _, theirs in ends:
        theirs.close()
    for process in savers:
        process.join(120)
    for ours, _ in ends:
        ours.send("enough")
    told = [ours.recv() for ours, _ in ends]
    for process in lookers:
        process.join(120)
    assert [process.exitcode for process in (*lookers, *savers)] == [0, 0, 0, 0]
    assert [faults for _, faults in told] == [[], []]
    assert min(looks for looks, _ in told) >= 3
    found = listing(tmp_path)
    assert listing(tmp_path, anew=True).entries == found.entries
    assert [entry.value_musd for entry in found.entries] == [load_run(tmp_path / entry.path).value_musd for entry in found.entries]


def test_two_that_find_it_damaged(tmp_path: Path) -> None:
    """Both rebuild it, in whatever order; afterwards it is whole."""
    save_many(tmp_path, 0, 8)
    for _ in range(3):
        (tmp_path / FILE).write_bytes(b"garbage" * 999)
        both = [CHILDREN.Process(target=rebuild, args=(tmp_path,)) for _ in range(2)]
        for process in both:
            process.start()
        for process in both:
            process.join(60)
        assert [process.exitcode for process in both] == [0, 0]
        assert listing(tmp_path).entries == listing(tmp_path, anew=True).entries


def test_a_writer_that_is_killed_leaves_a_good_index(tmp_path: Path) -> None:
    """kill -9 at several moments of a rebuild: the next look is right and needs no rebuild of the file."""
    save_many(tmp_path, 0, 12)
    before = listing(tmp_path)
    for turn in range(6):
        process = CHILDREN.Process(target=rebuild_for_ever, args=(tmp_path,))
        process.start()
        time.sleep(0.05 + 0.013 * turn)
        process.kill()
        process.join()
        assert listing(tmp_path).entries == before.entries
        index = sqlite3.connect(tmp_path / FILE)
        assert index.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        index.close()


def test_runs_are_ordered_by_any_figure(tmp_path: Path) -> None:
    """Numbers before words, least first, most first with a minus; runs without the figure last either way."""
    for name, figures in {"b": {"x": 2.0}, "a": {"x": 1.0}, "d": {"x": "none"}, "c": {}}.items():
        save(small(kpis=figures), tmp_path / name)
    entries = listing(tmp_path).entries
    assert [entry.path for entry in ordered(entries, "x")] == ["a", "b", "d", "c"]
    assert [entry.path for entry in ordered(entries, "-x")] == ["d", "b", "a", "c"]
    assert [entry.path for entry in ordered(entries, "-path")] == ["d", "c", "b", "a"]


def test_one_run_is_found_by_path_or_beginning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the root, from here, or as much as tells it from others; a whole name wins over a longer one."""
    for name in ("a/one", "a/one-more", "b/two"):
        save(small(), tmp_path / "runs" / name)
    found = listing(tmp_path / "runs")
    monkeypatch.chdir(tmp_path)
    for name, path in {"a/one": "a/one", "a/one/": "a/one", "a/one-": "a/one-more", "b": "b/two", "runs/b/two": "b/two"}.items():
        assert one_of(found, name).path == path
    with pytest.raises(NoSuchRun, match=r"2 runs under .* begin with 'a': a/one, a/one-more"):
        one_of(found, "a")
    with pytest.raises(NoSuchRun, match=r"no run under .* begins with 'b/tow'; did you mean b/two"):
        one_of(found, "b/tow")


def test_the_library_gives_a_frame(tmp_path: Path) -> None:
    """A row per run, a column per field and asked key figure."""
    save(small(1.5, kpis={"capex_total_musd": 3.0}), tmp_path / "a")
    save(small(2.5), tmp_path / "b")
    frame = planner.list_runs(tmp_path, ["capex_total_musd"])
    assert list(frame["path"]) == ["a", "b"]
    assert list(frame["value_musd"]) == [1.5, 2.5]
    assert frame["capex_total_musd"].tolist()[0] == 3.0
    assert pd.isna(frame["capex_total_musd"]).tolist() == [False, True]
    assert set(frame) == {*asdict(listing(tmp_path).entries[0])} - {"kpis"} | {"capex_total_musd"}
    with pytest.raises(NoSuchRun, match="no run has a figure 'capex_totl_musd'; did you mean capex_total_musd"):
        planner.list_runs(tmp_path, ["capex_totl_musd"])
