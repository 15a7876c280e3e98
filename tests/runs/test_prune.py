"""`planner runs`: what the commands print, and that prune removes whole runs only, and only when told to."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from planner.cli import main
from planner.errors import BadOption
from planner.index import FILE, listing, prune
from planner.index.prune import unwanted
from planner.runs import Run, load_run
from tests.crash.actors import at_step, die
from tests.crash.case import MOST_STEPS, NO_SUCH_STEP, ended
from tests.runs.many import remove_all, save, small

NOW_S = datetime.now(UTC).timestamp()
DAY_S = 86400.0


def call(*arguments: object) -> Result:
    """A command in this process."""
    return CliRunner().invoke(main, ["runs", *map(str, arguments)])


def names(root: Path) -> set[str]:
    """The runs under a root that can be loaded."""
    return {entry.path for entry in listing(root).entries if load_run(root / entry.path)}


def test_list_prints_a_table_the_newest_first(tmp_path: Path) -> None:
    """One line per run, chosen figures last; what cannot be read follows with the reason."""
    for day, name in enumerate(("old", "new")):
        save(small(1234.5 + day, seed=day, kpis={"capex_total_musd": 3.0}), tmp_path / name, 1.8e9 + DAY_S * day)
    save(small(), tmp_path / "bad\x1b[2J", 1.7e9)
    (tmp_path / "bad\x1b[2J" / "run.json").write_text("{}")
    done = call("list", tmp_path, "--kpi", "capex_total_musd")
    assert done.exit_code == 0, done.output
    head, new, old, bad = done.output.splitlines()
    assert head.split() == ["Run", "Instance", "Outcome", "Solver", "Seed", "Value", "M$", "Gap", "Check", "Seconds", "Saved,", "UTC",
                            "capex_total_musd"]  # fmt: skip
    assert new.split() == ["new", "mine", "within_gap", "highs", "1", "1,235.5", "0", "passed", "1.8", "2027-01-16T08:00:00", "3.0"]
    assert old.split()[:6] == ["old", "mine", "within_gap", "highs", "0", "1,234.5"]
    assert bad.startswith("not readable: bad\\x1b[2J: run.json is damaged: its format is None")


def test_list_for_programs(tmp_path: Path) -> None:
    """JSON and CSV hold every field and the chosen figures, unrounded; nothing else is on standard output."""
    save(small(1 / 3, kpis={"payback_year": "2031"}), tmp_path / "a,b")
    (tmp_path / "link").symlink_to(tmp_path / "a,b")
    done = call("list", tmp_path, "--kpi", "payback_year", "--format", "json")
    (told,) = json.loads(done.stdout)
    assert (told["path"], told["value_musd"], told["certified"], told["kpis"]) == ("a,b", 1 / 3, True, {"payback_year": "2031"})
    assert done.stderr == "note: link is a symbolic link; it is not followed\n"
    done = call("list", tmp_path, "--kpi", "payback_year", "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert (row["path"], float(row["value_musd"]), row["payback_year"], row["proved"]) == ("a,b", 1 / 3, "2031", "")


def test_list_chooses_and_sorts(tmp_path: Path) -> None:
    """By instance, by any field or key figure, the first so many; what does not exist is said."""
    for number in range(4):
        save(small(float(number), name=f"mine{number % 2}", kpis={"capex_total_musd": 9.0 - number}), tmp_path / f"run{number}")

    def listed(*options: object) -> list[str]:
        return [row["path"] for row in json.loads(call("list", tmp_path, "--format", "json", *options).stdout)]

    assert listed("--sort", "capex_total_musd") == ["run3", "run2", "run1", "run0"]
    assert listed("--sort", "-value_musd", "--limit", 2) == ["run3", "run2"]
    assert listed("--instance", "mine1", "--sort", "path") == ["run1", "run3"]
    done = call("list", tmp_path, "--instance", "mine7")
    assert (done.exit_code, done.stderr) == (0, f"no runs of 'mine7' under {tmp_path}; there are runs of mine0, mine1\n")
    (tmp_path / "run2" / "run.json").write_text("")
    assert listed("--instance", "mine0") == ["run0"]
    assert "note: 1 that cannot be read left out" in call("list", tmp_path, "--instance", "mine0").stderr
    done = call("list", tmp_path, "--sort", "capex_total")
    assert (done.exit_code, done.stderr) == (2, "planner: no run has a figure 'capex_total'; did you mean capex_total_musd?\n")
    assert call("list", tmp_path, "--sort", "zzz").stderr.startswith("planner: no run has a figure 'zzz'; there are the fields path, saved")


def test_a_folder_without_runs_is_said(tmp_path: Path) -> None:
    """An empty one is no fault; one that is missing or a run is."""
    done = call("list", tmp_path)
    assert (done.exit_code, done.stderr) == (0, f"no runs under {tmp_path}; `planner solve INSTANCE -o DIR` saves one\n")
    save(small(), tmp_path / "run")
    for command in ("list", "reindex", "prune --keep 1"):
        for root, words in (("run", "is itself a run"), ("missing", "does not exist")):
            done = call(*command.split(), tmp_path / root)
            assert done.exit_code == 2
            assert words in done.stderr
    assert not (tmp_path / "run" / FILE).exists()


def test_show_tells_all_of_one_run(tmp_path: Path) -> None:
    """Every field that is known, and every key figure with its unit."""
    save(small(12.5, seed=3, kpis={"payback_year": "2031"}), tmp_path / "runs" / "a")
    done = call("show", "a", tmp_path / "runs")
    lines = dict(line.split(maxsplit=1) for line in done.output.splitlines())
    assert lines["seed"] == "3"
    assert lines["instance_hash"] == "a" * 64
    assert lines["equity_value_musd"] == "12.5 M$"
    assert lines["payback_year"] == "2031"
    told = json.loads(call("show", tmp_path / "runs" / "a", tmp_path / "runs", "--format", "json").stdout)
    assert told["kpis"]["payback_year"] == {"value": None, "text": "2031", "unit": "year"}
    assert call("show", "b", tmp_path / "runs").exit_code == 2


def test_reindex_counts(tmp_path: Path) -> None:
    """How many runs, and how many of them cannot be read."""
    for name in ("a", "b"):
        save(small(), tmp_path / name)
    assert call("reindex", tmp_path).output == "2 runs\n"
    (tmp_path / "a" / "run.json").write_text("")
    assert call("reindex", tmp_path).output == "2 runs, 1 of them not readable\n"


def test_prune_removes_nothing_unless_told_to(tmp_path: Path) -> None:
    """What would go and how many MB; the same with --yes goes; without a rule nothing does."""
    for day in range(3):
        save(small(seed=day), tmp_path / f"run{day}", NOW_S + DAY_S * day)
    done = call("prune", tmp_path, "--keep", 1)
    assert done.exit_code == 0, done.output
    assert [line.split()[2] for line in done.stdout.splitlines()[:2]] == ["run0:", "run1:"]
    assert "would remove 2 of 3 runs, 0.1 MB; with --yes they are removed" in done.stdout
    assert names(tmp_path) == {"run0", "run1", "run2"}
    done = call("prune", tmp_path, "--keep", 1, "--yes")
    assert "removed 2 of 3 runs" in done.stdout
    assert names(tmp_path) == {"run2"}
    assert set(os.listdir(tmp_path)) == {"run2", FILE}
    assert (call("prune", tmp_path, "--yes").exit_code, names(tmp_path)) == (2, {"run2"})


def test_what_is_unwanted(tmp_path: Path) -> None:
    """Each rule, and several together: then all must apply."""
    save(small(1.0), tmp_path / "worse", NOW_S - 9 * DAY_S)
    save(small(2.0 - 1e-7), tmp_path / "equal", NOW_S - 8 * DAY_S)
    save(small(2.0), tmp_path / "best", NOW_S - 7 * DAY_S)
    save(small(9.0, hashes={"instance": "c" * 64, "model": "b" * 64}), tmp_path / "other", NOW_S - 6 * DAY_S)
    save(small(0.5, hashes={}), tmp_path / "unknown", NOW_S - 5 * DAY_S)
    save(small(0.1, solver="scip"), tmp_path / "scip", NOW_S - 4 * DAY_S)
    hashes = dict(small().hashes)
    save(Run(small().instance, "infeasible", hashes=hashes), tmp_path / "contradicts", NOW_S - 3 * DAY_S)
    save(Run(small().instance, "time_limit_without_plan", hashes=hashes), tmp_path / "nothing", NOW_S - 2 * DAY_S)
    save(small(3.0, certificate=None), tmp_path / "unchecked", NOW_S - DAY_S)
    entries = listing(tmp_path).entries

    def going(keep: int | None = None, days: float | None = None, worse: bool = False) -> set[str]:
        return {entry.path for entry in unwanted(entries, keep, days, worse=worse)}

    assert going(worse=True) == {"worse", "scip", "nothing", "unchecked"}
    assert going(keep=1) == {entry.path for entry in entries} - {"unchecked", "scip"}
    assert going(keep=0) == {entry.path for entry in entries}
    assert going(days=6.5) == {"worse", "equal", "best"}
    assert going(keep=1, days=6.5, worse=True) == {"worse"}
    with pytest.raises(BadOption):
        going()


def foreign(folder: Path) -> None:
    (folder / "thesis.txt").write_text("years of work")


def inner_run(folder: Path) -> None:
    save(small(), folder / "deeper")


def linked_tables(folder: Path) -> None:
    os.rename(folder / "tables", folder.parents[1] / "tables")
    (folder / "tables").symlink_to(folder.parents[1] / "tables")


def linked(folder: Path) -> None:
    os.rename(folder, folder.parents[1] / "elsewhere")
    folder.symlink_to(folder.parents[1] / "elsewhere")


KEPT: dict[str, tuple[Callable[[Path], None], str]] = {
    "foreign": (foreign, "it holds files that are not part of a run (thesis.txt)"),
    "inner run": (inner_run, "it holds files that are not part of a run (deeper/instance.json, deeper/plan.json, deeper/run.json)"),
    "linked tables": (linked_tables, "it holds a symbolic link"),
    "linked": (linked, "it holds a symbolic link"),
    "another": (lambda folder: save(small(5.0), folder), "it was replaced by another run meanwhile"),
    "by hand": (lambda folder: (folder / "run.json").write_text("{}"), "it is not the folder of a run"),
}


def everything(folder: Path) -> dict[str, bytes]:
    """All files under a folder by name, but for the index."""
    found = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
    return {name: file.read_bytes() for name, file in found.items() if not file.name.startswith(FILE)}


@pytest.mark.parametrize("case", KEPT)
def test_what_is_not_wholly_a_run_stays(tmp_path: Path, case: str) -> None:
    """It is left as it is, with the reason, also where it became so after it was listed; other runs go."""
    harm, why = KEPT[case]
    for name in ("a", "b"):
        save(small(), tmp_path / "root" / name)
    found = listing(tmp_path / "root")
    harm(tmp_path / "root" / "a")
    before = {name: content for name, content in everything(tmp_path).items() if not name.startswith("root/b/")}
    done = prune.prune(found, found.entries, delete=True)
    assert [(entry.path, words) for entry, words in done.kept] == [("a", why)]
    assert [entry.path for entry, _ in done.gone] == ["b"]
    assert everything(tmp_path) == before


def test_what_comes_between_the_look_and_the_removal_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file put into the folder just before it is renamed aside is found there, and the folder is put back."""
    save(small(), tmp_path / "run")
    found, rename = listing(tmp_path), os.rename

    def after_a_note(source: Path, target: Path) -> None:
        if Path(source) == tmp_path / "run":
            foreign(tmp_path / "run")
        rename(source, target)

    monkeypatch.setattr(os, "rename", after_a_note)
    done = prune.prune(found, found.entries, delete=True)
    assert [(entry.path, words) for entry, words in done.kept] == [("run", KEPT["foreign"][1])]
    assert (tmp_path / "run" / "thesis.txt").exists()
    assert set(os.listdir(tmp_path)) == {"run", FILE}


def test_a_prune_that_is_killed_leaves_whole_runs_only(tmp_path: Path) -> None:
    """kill -9 before each thing that it changes on the disk: a run is there whole and can be loaded, or is not listed any more."""
    left = set()
    for step in range(1, MOST_STEPS):
        root = tmp_path / str(step)
        save(small(), root / "run")
        listing(root)
        code = ended(at_step, step, die, remove_all, root, True)
        for entry in listing(root).entries:
            assert load_run(root / entry.path).value_musd == 100.0
        left.add(bool(listing(root).entries))
        if code == NO_SUCH_STEP:
            break
    assert (code, left, step > 4) == (NO_SUCH_STEP, {True, False}, True)
