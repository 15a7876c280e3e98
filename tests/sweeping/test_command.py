"""`planner sweep` as a user meets it: the table on the screen, exit codes, Ctrl-C and kill -9 in the middle, and how it goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

import planner
from planner.cli import main
from planner.commands.sweeping import exit_code
from planner.sweeping.page import MOST, show_sweep
from planner.sweeping.progress import bar
from planner.sweeping.running import Moment
from tests.sweeping.test_sweep import instance, stamps

ROOT = Path(__file__).parents[2]
FLOORS = "finance.cash_floor_musd=0,1,2,3,4,5,6,7,8,9"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An instance on disk."""
    planner.write(instance(), tmp_path / "mine")
    return tmp_path / "mine"


def call(*arguments: object) -> Result:
    """Run the command in this process; its workers are processes all the same."""
    return CliRunner().invoke(main, ["sweep", *map(str, arguments)])


def test_a_grid_is_solved_printed_and_saved(folder: Path, tmp_path: Path) -> None:
    """Through a worker process: the values of one process, a line per scenario, progress on the error stream."""
    done = call(folder, "-o", tmp_path / "out", "--vary", "finance.cash_floor_musd=0,1000", "--vary", "btc.btc_usd=+30%", "--workers", 1)
    assert done.exit_code == 0, done.output
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "Scenario finance.cash_floor_musd btc.btc_usd Outcome Value M$ Gap Seconds" in lines
    frame = planner.sweep(instance(), {"finance.cash_floor_musd": [0, 1000], "btc.btc_usd": ["+30%"]}, backend="serial")
    assert any(line.startswith(f"001 0 +30% optimal {frame['value_musd'][0]:,.1f} 0.0 %") for line in lines)
    assert any(line.startswith("002 1000 +30% infeasible - -") for line in lines)
    assert f"Saved in {tmp_path / 'out'}" in done.stdout
    assert "2 of 2 scenarios, 1 infeasible" in done.stderr
    saved = pd.read_csv(tmp_path / "out" / "sweep.csv")
    assert list(saved["value_musd"].dropna()) == list(frame["value_musd"].dropna())
    again = call(folder, "-o", tmp_path / "out", "--vary", "finance.cash_floor_musd=0,1000", "--vary", "btc.btc_usd=+30%", "--resume", "-q")
    assert (again.exit_code, again.output) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "give either --vary, once or again, or --changes"),
        (["--vary", FLOORS, "--changes", "x.csv"], 2, "give either"),
        (["--vary", "finance.cash_floor_musd"], 2, "--vary: found 'finance.cash_floor_musd'; allowed: a path and its values"),
        (["--vary", FLOORS, "--vary", FLOORS], 2, "finance.cash_floor_musd a second time"),
        (["--vary", FLOORS, "--shard", "21/20"], 2, "found '21/20'; allowed: a part from 1"),
        (["--vary", FLOORS, "--shard", "3"], 2, "found '3'"),
        (["--vary", FLOORS, "--cluster", "dusk"], 2, "found 'dusk'; allowed: serial, processes, local, or the address"),
        (["--vary", FLOORS, "--cluster", "tcp://x:1", "--workers", "3"], 2, "a cluster at an address has those that it has"),
        (["--vary", "finance.floor=1"], 3, "vary, finance.floor: found an unknown field 'floor'"),
        (["--vary", "finance.cash_floor_musd=1,x"], 3, "vary, finance.cash_floor_musd: found 'x'"),
        (["--changes", "none.csv"], 3, "none.csv: found not a regular file"),
    ],
)
def test_what_does_not_do_ends_before_anything_is_written(
    folder: Path, tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    done = call(folder, "-o", tmp_path / "out", *arguments)
    assert (done.exit_code, words in done.output) == (code, True), done.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("outcomes", "checks", "code"),
    [
        (["optimal", "infeasible", "time_limit_without_plan", "open"], ["passed", "", "", ""], 0),
        (["optimal", "failed"], ["passed", ""], 8),
        (["solver_error", "optimal"], ["", "passed"], 8),
        (["optimal", "failed"], ["FAILED", ""], 9),
    ],
)
def test_exit_codes(outcomes: list[str], checks: list[str], code: int) -> None:
    """How scenarios end is in the table; what could not be solved or believed is for the shell."""
    assert exit_code(pd.DataFrame({"outcome": outcomes, "check": checks})) == code


def test_the_page_tells_what_is_odd_and_counts_what_it_leaves_out(capsys: pytest.CaptureFixture[str]) -> None:
    """Names of the data are plain text; a plan that failed its check says so in its line."""
    count = MOST + 5
    table = {"scenario": [f"{i:03}" for i in range(count)], "sites.name": ["[bold]\x1b"] * count, "outcome": ["optimal"] * count}
    table |= {"value_musd": range(count), "gap_fraction": [0.0] * count, "seconds": [1.5] * count, "check": ["passed"] * count}
    frame = pd.DataFrame(table | {"words": [""] * count}).astype({"value_musd": float})
    frame.loc[0, ["check"]] = "FAILED"
    frame.loc[1, ["outcome", "words"]] = ["failed", "ZeroDivisionError: [red]"]
    frame.loc[2, ["outcome"]] = "open"
    show_sweep("mine", frame)
    out = capsys.readouterr().out
    assert "mine in 105 scenarios" in out
    assert "[bold]?" in out
    assert "optimal, FAILED its check" in out
    assert "... and 5 more, in sweep.csv." in out
    assert "From 0.0 M$ in 000 to 104.0 M$ in 104." in out
    assert "001 failed: ZeroDivisionError: [red]." in out
    assert "1 not solved yet." in out


def test_progress_is_quiet_or_plain(capsys: pytest.CaptureFixture[str]) -> None:
    """Where there is no terminal a line at the end, with what ended otherwise than it should."""
    with bar(True) as tell:
        assert tell is None
    with bar(False) as tell:
        assert tell is not None
        for i, outcome in enumerate([None, "optimal", "time_limit_with_plan", "failed", "failed"]):
            tell(Moment(i, 4, outcome))
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("4 of 4 scenarios, 1 time limit with plan, 2 failed, 0 s")


@pytest.mark.prove
@pytest.mark.parametrize(("blow", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, -signal.SIGTERM)])
def test_a_sweep_goes_on_after_a_blow(folder: Path, tmp_path: Path, blow: int, code: int) -> None:
    """Ctrl-C, kill -9 or the end of a batch job in the middle: what is solved stays, `--resume` solves the rest, and nothing is missing."""
    out = tmp_path / "out"
    command = [sys.executable, "-m", "planner", "sweep", str(folder), "-o", str(out), "--vary", FLOORS, "--workers", "2"]
    paths = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "models")])}
    with subprocess.Popen(command, env=os.environ | paths, stderr=subprocess.PIPE, text=True, start_new_session=True) as first:
        until = time.monotonic() + 60
        while len(stamps(out)) < 2:
            assert time.monotonic() < until
            time.sleep(0.01)
        os.killpg(first.pid, blow)
        err = first.communicate(timeout=60)[1]
    assert first.returncode == code
    before = stamps(out)
    assert 2 <= len(before) < 10
    if blow == signal.SIGINT:
        assert err.endswith(f"interrupted; what is solved is kept in {out}, and the same command with --resume goes on\n")
        assert (pd.read_csv(out / "sweep.csv")["outcome"] == "open").sum() == 10 - len(before)
    subprocess.run([*command, "--resume"], env=os.environ | paths, capture_output=True, check=True)
    after = stamps(out)
    assert before.items() <= after.items()
    saved = pd.read_csv(out / "sweep.csv")
    assert (len(after), list(saved["check"])) == (10, ["passed"] * 10)
    assert saved["value_musd"].is_monotonic_decreasing
