"""`planner baseline` on the command line: record once, check as often as you like, accept what was meant."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from planner.baselines import checking
from planner.cli import main
from planner.instance import write
from planner.runs import Run, load_run
from tests.tiny import lease, leased, solved


@pytest.fixture
def at(tmp_path: Path) -> Path:
    """A folder with the instance `i`."""
    write(leased(), tmp_path / "i")
    return tmp_path


def told(at: Path, verb: str, *arguments: object) -> Result:
    found = CliRunner().invoke(main, ["baseline", verb, str(at / "i"), "-b", str(at / "baselines"), *map(str, arguments)])
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found


def baseline(at: Path) -> str:
    return (at / "baselines" / "i.json").read_text()


def test_what_is_recorded_passes_its_check(at: Path) -> None:
    recorded = told(at, "record", "--solvers", "highs,scip", "--seeds", "0,1")
    assert recorded.exit_code == 0
    assert recorded.output.count("optimal") == 4
    before = baseline(at)
    checked = told(at, "check", "--format", "json", "--runs", at / "runs")
    assert checked.exit_code == 0
    cases = json.loads(checked.stdout)
    assert [(case["sides"][1]["solver"], case["sides"][1]["seed"]) for case in cases] == [
        ("highs", 0),
        ("highs", 1),
        ("scip", 0),
        ("scip", 1),
    ]
    assert load_run(at / "runs" / "i-scip-1").solver == "scip"
    assert told(at, "check", "--update").exit_code == 0
    assert baseline(at) == before


def test_recording_twice_leaves_what_is_there(at: Path) -> None:
    assert told(at, "record").exit_code == 0
    before = baseline(at)
    write(leased(leases=[lease(rent_usd_per_kw_month=2000.0)]), at / "k")
    again = told(at, "record", at / "k")
    assert again.exit_code == 0
    assert "is there already" in again.output
    assert "--update" in again.output
    assert baseline(at) == before
    assert (at / "baselines" / "k.json").exists()


def test_changed_data_fail_until_they_are_accepted(at: Path) -> None:
    told(at, "record")
    before = baseline(at)
    write(leased(leases=[lease(rent_usd_per_kw_month=2000.0)]), at / "j")
    (at / "i").rename(at / "old")
    (at / "j").rename(at / "i")
    changed = told(at, "check")
    assert changed.exit_code == 1
    assert "leases changed since the baseline" in changed.output.replace("\n", " ")
    assert baseline(at) == before
    accepted = told(at, "check", "--update")
    assert accepted.exit_code == 0
    assert "accepted, and written" in accepted.output
    assert baseline(at) != before
    assert told(at, "check").exit_code == 0


def test_a_missing_baseline_is_told_and_the_others_are_checked(at: Path) -> None:
    told(at, "record")
    write(leased(), at / "k")
    found = told(at, "check", at / "k", "--format", "json")
    assert found.exit_code == 2
    good, missing = json.loads(found.stdout)
    assert (good["cause"], missing["cause"]) == ("same", "unverified")
    assert "planner baseline record" in missing["words"]


def test_a_faulty_instance_is_3_and_a_solver_that_is_not_there_2(at: Path) -> None:
    told(at, "record")
    assert told(at, "check", "--solvers", "nobody").exit_code == 2
    assert told(at, "check", "--seeds", "x").exit_code == 2
    (at / "i" / "instance.yaml").write_text("name: [")
    broken = told(at, "check")
    assert broken.exit_code == 3
    assert str(at / "i") in broken.output.replace("\n", "").replace(" ", "")


def test_two_instances_of_one_name_are_refused(at: Path) -> None:
    write(leased(), at / "other" / "i")
    found = told(at, "record", at / "other" / "i")
    assert found.exit_code == 2
    assert "same name" in found.output
    assert not (at / "baselines").exists()


def test_a_lost_plan_is_not_accepted(at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that ends without a plan, as at its time limit, takes nobody's place."""
    told(at, "record")
    before = baseline(at)
    stopped = Run(leased(), "time_limit_without_plan", settings={"seed": 0, "gap_fraction": 0.0})
    monkeypatch.setattr(checking, "answers", lambda instance, asked: [stopped])
    found = told(at, "check", "--update")
    assert found.exit_code == 1
    assert "not accepted: " in found.output
    assert baseline(at) == before


def test_wrong_answers_are_not_recorded(at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search whose bound is below its own plan."""
    best = solved(leased())
    monkeypatch.setattr(checking, "answers", lambda instance, asked: [replace(best, bound_musd=1.0)])
    found = told(at, "record")
    assert found.exit_code == 1
    assert "no baseline is written" in found.output
    assert not (at / "baselines").exists()


def test_the_baselines_are_not_overwritten_by_the_report(at: Path) -> None:
    told(at, "record")
    before = baseline(at)
    assert told(at, "check", "-o", at / "baselines" / "i.json").exit_code == 2
    assert baseline(at) == before


def test_annotations_point_at_the_baseline(at: Path) -> None:
    told(at, "record")
    assert f"file={at / 'baselines' / 'i.json'}" in told(at, "check", "--format", "github").output
