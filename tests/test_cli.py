"""The command line as a user meets it: exit codes, words on the screen, files on disk, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import planner
from planner.cli import main
from planner.commands.common import EXIT_CODES
from planner.errors import CannotWrite, SolverMissing
from planner.highs import Answer
from planner.runs import Run
from planner_models.schema import Instance
from tests.example import DATA, everything

ROOT = Path(__file__).parents[1]


def call(*arguments: object) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The instance that uses every rule, as a folder."""
    planner.write(everything(), tmp_path / "everything")
    return tmp_path / "everything"


def test_solve_prints_the_page_saves_the_run_and_exits_0(folder: Path, tmp_path: Path) -> None:
    """The main job: a page in the order that a CFO reads, a run folder whole, and verify, show and export on it."""
    done = call("solve", folder, "-o", tmp_path / "run")
    assert done.exit_code == 0, done.output
    order = ["Sign now", "IT MW by use", "Liquidity low", "Value", "What binds", "Leases", "How far from the best", "Certificate"]
    places = [done.output.index(f"\n{heading}") for heading in order]
    assert places == sorted(places)
    assert {p.name for p in (tmp_path / "run").iterdir()} >= {"plan.json", "run.json", "instance.json", "tables"}
    assert call("verify", tmp_path / "run").exit_code == 0
    assert "Sign now" in call("show", tmp_path / "run").output
    assert call("export", tmp_path / "run", "--xlsx", tmp_path / "run.xlsx").exit_code == 0
    assert (tmp_path / "run.xlsx").stat().st_size > 5_000
    assert call("export", tmp_path / "run", "--xlsx", tmp_path / "run.xlsx").exit_code == 0
    planner.write(everything(), tmp_path / "mine.xlsx")
    assert call("export", tmp_path / "run", "--xlsx", tmp_path / "mine.xlsx").exit_code == 2
    assert planner.load(tmp_path / "mine.xlsx") == everything()
    assert call("check", tmp_path / "run").exit_code == 3


def test_quiet_prints_nothing(folder: Path) -> None:
    """-q: neither progress nor page; the exit code speaks."""
    done = call("solve", folder, "-q")
    assert (done.exit_code, done.output) == (0, "")


def test_wrong_usage_is_2(folder: Path, tmp_path: Path) -> None:
    """An unknown option, a missing argument, a solver that is not there, a folder that is no run."""
    assert call("solve", folder, "--gapp", "0").exit_code == 2
    assert call("solve").exit_code == 2
    missing = call("solve", folder, "--solver", "no_such_solver")
    assert missing.exit_code == 2
    assert "no_such_solver" in missing.output
    assert call("verify", tmp_path).exit_code == 2


def test_an_invalid_instance_is_3_and_writes_nothing(folder: Path, tmp_path: Path) -> None:
    """A typo in a product: file, line, field, found, allowed, did-you-mean; no run folder, no traceback."""
    halls = folder / "halls.csv"
    halls.write_text(halls.read_text().replace("turnkey", "turnky"))
    done = call("solve", folder, "-o", tmp_path / "run")
    assert done.exit_code == 3
    assert "halls.csv line 3" in done.output
    assert "turnky" in done.output
    assert "did you mean" in done.output
    assert "Traceback" not in done.output
    assert not (tmp_path / "run").exists()
    assert call("check", folder).exit_code == 3


def test_infeasible_is_4_and_never_looks_like_a_plan(tmp_path: Path) -> None:
    """A mandatory lease of 90 MW before the upgrade can stand: the word infeasible, no plan, no value."""
    impossible = everything(leases=[{**DATA["leases"][0], "it_mw": 90.0, "drop_dead": "2027-10"}], lease_sites=[DATA["lease_sites"][0]])
    planner.write(impossible, tmp_path / "impossible")
    done = call("solve", tmp_path / "impossible", "-o", tmp_path / "run")
    assert done.exit_code == 4
    assert "infeasible" in done.output.lower()
    for word in ("success", "Sign now", "Equity value"):
        assert word not in done.output
    assert not (tmp_path / "run" / "plan.json").exists()
    assert call("verify", tmp_path / "run").exit_code == 4


@pytest.mark.parametrize(
    ("outcome", "code"),
    [("unbounded", 5), ("time_limit_without_plan", 7), ("solver_error", 8), ("interrupted", 130)],
)
def test_outcomes_without_a_plan_have_their_code_and_word(monkeypatch: pytest.MonkeyPatch, folder: Path, outcome: str, code: int) -> None:
    """Each ending has its own exit code and its own page, none of which shows a plan."""
    monkeypatch.setattr("planner.solving.solve", lambda instance, options: Run(instance=instance, outcome=outcome))  # type: ignore[arg-type]
    done = call("solve", folder)
    assert done.exit_code == code == EXIT_CODES[outcome]
    assert "Sign now" not in done.output
    assert len(done.output) > 80


def test_a_time_limit_with_a_plan_is_6(tmp_path: Path) -> None:
    """A hard instance stopped after seconds: exit code 6, a plan, and the gap said in M$."""
    planner.write(hard(), tmp_path / "hard")
    done = call("solve", tmp_path / "hard", "--time-limit", "3", "--gap", "0")
    assert done.exit_code == 6, done.output
    assert "Gap" in done.output


def test_a_plan_that_cannot_be_saved_is_shown_all_the_same(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hours of solving are not lost to a disk that fills up meanwhile: the page, then the reason, and exit code 2."""

    def full(run: Run, path: Path) -> None:
        raise CannotWrite(f"{path} cannot be written: No space left on device")

    monkeypatch.setattr(Run, "save", full)
    done = call("solve", folder, "-o", tmp_path / "run")
    assert done.exit_code == 2
    assert "Equity value" in done.output
    assert "No space left on device" in done.output
    assert "Saved" not in done.output


def test_a_plan_that_fails_its_check_is_9(folder: Path, tmp_path: Path) -> None:
    """One more lot written into plan.json by hand: verify names the rule and exits 9; show says so at the top."""
    call("solve", folder, "-q", "-o", tmp_path / "run")
    path = tmp_path / "run" / "plan.json"
    text = json.loads(path.read_text())
    lot = next(d for d in text["decisions"] if d["decision"] == "converted_lots")
    lot["value"] += 1
    path.write_text(json.dumps(text))
    done = call("verify", tmp_path / "run")
    assert done.exit_code == 9
    assert "2.5" in done.output


def test_a_proof_that_fails_is_10(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SCIP runs into its limit: the plan is there and saved, and is not called proved."""
    done = call("solve", folder, "--prove", "-o", tmp_path / "proved")
    assert done.exit_code == 0, done.output
    assert "Proved: at least two solvers" in " ".join(done.output.split())
    monkeypatch.setattr("planner.solving.ask_scip", lambda *_, **__: Answer("limit", bound=1e6))
    done = call("solve", folder, "--prove", "-o", tmp_path / "run")
    assert done.exit_code == 10
    assert "NOT PROVED" in done.output
    assert "limit reached" in done.output
    assert (tmp_path / "run" / "plan.json").exists()


def test_without_scip_there_is_no_proof(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said before the search: nothing is solved."""

    def missing() -> str:
        raise SolverMissing("scip")

    monkeypatch.setattr("planner.solving.scip_version", missing)
    done = call("solve", folder, "--prove")
    assert done.exit_code == 2
    assert "solver 'scip' is not installed" in done.output
    assert "Equity value" not in done.output


def hard() -> Instance:
    """Four sites like the example's and many leases: no solver proves it in seconds."""
    names = [f"site{i}" for i in range(4)]
    rows = {
        "sites": [{**DATA["sites"][0], "id": n} for n in names],
        "grid": [{**g, "id": f"{g['id']}_{n}", "site": n, "mw": g["mw"] + 3 * i} for i, n in enumerate(names) for g in DATA["grid"]],
        "opening": [{**o, "id": f"{o['id']}_{n}", "site": n} for n in names for o in DATA["opening"]],
        "leases": [
            {**DATA["leases"][1], "id": f"l{i}", "it_mw": 17.0 + 7 * (i % 8), "rent_usd_per_kw_month": 130.0 + 6.5 * (i % 11),
             "ready_by": f"2028-{1 + i % 12:02d}", "drop_dead": "2030-06", "term_months": 90, "cap_rate_fraction": 0.07}
            for i in range(18)
        ],
        "lease_sites": [{"lease": f"l{i}", "site": n} for i in range(18) for n in names],
        "finance": {**DATA["finance"], "opening_cash_musd": 900.0},
        "budgets": [{"year": 2027, "capex_musd": 900.0}, {"year": 2028, "capex_musd": 700.0}],
    }  # fmt: skip
    return everything(**rows)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT")
def test_the_first_ctrl_c_keeps_the_best_plan(tmp_path: Path) -> None:
    """Interrupt once a plan is known: the page and the run folder are there, exit code 130."""
    planner.write(hard(), tmp_path / "hard")
    command = [sys.executable, "-m", "planner.cli", "solve", str(tmp_path / "hard"), "--gap", "0", "-o", str(tmp_path / "run")]
    path = os.pathsep.join([str(ROOT), str(ROOT / "models")])
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "best plan" in line:
            break
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=180)
    assert process.returncode == 130
    assert "Traceback" not in out
    assert (tmp_path / "run" / "plan.json").exists()
    assert "nterrupt" in out


def test_new_writes_a_starter_that_solves(tmp_path: Path) -> None:
    """`planner new` then `planner solve`, nothing in between."""
    assert call("new", tmp_path / "mine").exit_code == 0
    assert call("check", tmp_path / "mine").exit_code == 0
    assert call("solve", tmp_path / "mine", "-q").exit_code == 0
    assert call("new", tmp_path / "mine").exit_code == 2


@pytest.mark.parametrize("name", ["mine", "mine.xlsx"])
@pytest.mark.parametrize("command", ["check", "solve", "convert"])
def test_what_may_not_be_read_is_an_invalid_instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, name: str) -> None:
    """A folder or workbook without leave to read it: a clean word and exit code 3, as for a single file of a folder."""
    planner.write(everything(), tmp_path / name)

    def refuse(place: object) -> Any:
        raise PermissionError(13, "Permission denied", str(place))

    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    monkeypatch.setattr(os, "listdir", refuse)
    monkeypatch.setattr("planner.instance.raw._without_waiting", lambda place, flags: refuse(place))
    done = call(command, tmp_path / name, *([tmp_path / ("b" if name.endswith("x") else "b.xlsx")] if command == "convert" else []))
    assert done.exit_code == 3
    assert "that cannot be read (" in done.output
    assert "Usage" not in done.output


def test_schema_is_json() -> None:
    """`planner schema` prints a JSON Schema that names the settings and the tables."""
    schema = json.loads(call("schema").output)
    assert "finance" in schema["properties"]


def test_options_that_make_no_sense_are_2(folder: Path) -> None:
    """Not-a-number passes every comparison of a range check but not this one."""
    for option, value in (("--gap", "nan"), ("--time-limit", "nan"), ("--time-limit", "inf"), ("--threads", "100000")):
        done = call("solve", folder, option, value)
        assert done.exit_code == 2, (option, value)
        assert "allowed" in done.output or "Invalid" in done.output


def test_a_run_without_a_plan_never_replaces_one_with(folder: Path, tmp_path: Path) -> None:
    """An infeasible change of the instance, solved into the same folder: the old plan stays, and the page says so."""
    call("solve", folder, "-q", "-o", tmp_path / "run")
    impossible = everything(leases=[{**DATA["leases"][0], "it_mw": 90.0, "drop_dead": "2027-10"}], lease_sites=[DATA["lease_sites"][0]])
    planner.write(impossible, tmp_path / "impossible")
    done = call("solve", tmp_path / "impossible", "-o", tmp_path / "run")
    assert done.exit_code == 4
    assert "Not saved" in done.output
    assert call("verify", tmp_path / "run").exit_code == 0


def test_export_and_start_refuse_what_they_cannot_use(folder: Path, tmp_path: Path) -> None:
    """A workbook needs its ending; a start needs a plan."""
    call("solve", folder, "-q", "-o", tmp_path / "run")
    assert call("export", tmp_path / "run", "--xlsx", tmp_path / "run" / "plan.json").exit_code == 2
    impossible = everything(leases=[{**DATA["leases"][0], "it_mw": 90.0, "drop_dead": "2027-10"}], lease_sites=[DATA["lease_sites"][0]])
    planner.write(impossible, tmp_path / "impossible")
    call("solve", tmp_path / "impossible", "-q", "-o", tmp_path / "none")
    assert call("solve", folder, "--start", tmp_path / "none").exit_code == 2
    assert call("solve", folder, "-q", "--start", tmp_path / "run").exit_code == 0
    refused = call("solve", folder, "--known", tmp_path / "run", "--known", tmp_path / "none")
    assert (refused.exit_code, "--known" in refused.output) == (2, True)
    assert call("solve", folder, "-q", "--known", tmp_path / "run").exit_code == 0


def test_a_page_that_cannot_be_written_is_no_traceback(folder: Path) -> None:
    """A full disk behind standard output, and a terminal that has no letters for a tenant's name."""
    halls = folder / "leases.csv"
    halls.write_text(halls.read_text().replace("Tenant A", "Tenant \N{ROCKET}"))
    path = os.pathsep.join([str(ROOT), str(ROOT / "models")])
    command = [sys.executable, "-m", "planner", "solve", str(folder)]
    for encoding, target, code in (("latin-1", "/dev/null", 0), ("utf-8", "/dev/full", 2)):
        environment = {**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": encoding}
        with open(target, "w") as out:
            done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, text=True, env=environment)
        assert "Traceback" not in done.stderr
        assert "Exception ignored" not in done.stderr
        assert done.returncode == code
