"""`planner compare` on the command line: what the paths are decides how they are compared; exit codes like those of diff."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from planner.cli import main
from planner.fingerprint import fingerprints
from planner.instance import write
from planner.plan import Plan
from planner.programs.solving import solve_program
from planner.runs import Run
from tests.tables.sample import instance, plan, run_of
from tests.tiny import leased, solved

ROOT = Path(__file__).parents[2]
LITTLE = """\\ two letters
Maximize
 obj: 2 a + b
Subject To
 most: a + b <= {most}
Bounds
 a <= 3
 b <= 4
General
 a b
End
"""


def run(name: str = "sample", dividend: float = 7.25, seed: int = 0) -> Run:
    of = instance(name=name)
    by = Plan(name, {**plan().decisions, "dividends_musd": {("2029-2030",): dividend}})
    return run_of(of, by, hashes=fingerprints(of), settings={"gap_fraction": 1e-6, "seed": seed}, bound_musd=450.0, outcome="optimal")


def told(*arguments: object) -> Result:
    found = CliRunner().invoke(main, ["compare", *map(str, arguments)])
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Runs a and b of the same plan, c of another, d of other data."""
    for name, each in (("a", run()), ("b", run(seed=1)), ("c", run(dividend=9.25))):
        each.save(tmp_path / name)
    richer = instance(finance={"opening_cash_musd": 151})
    run_of(richer, plan(), hashes=fingerprints(richer), settings={"gap_fraction": 1e-6}).save(tmp_path / "d")
    return tmp_path


def test_exit_codes_are_those_of_diff(runs: Path) -> None:
    same, differs, trouble = (told(runs / "a", runs / name) for name in "bcd")
    assert (same.exit_code, differs.exit_code, trouble.exit_code) == (0, 1, 2)
    assert "sample: same: the same plan, of the same worth" in same.output
    assert "Pay dividends: 2029-01: 7.25 -> 9.25 M$ (+2 M$) [2.00 M$ at stake]" in differs.output
    assert "not comparable: 1 input (finance opening_cash_musd: 150.0 -> 151.0) differs" in trouble.output.replace("\n", " ")
    assert "opening_cash_musd" in trouble.output


def test_other_data_can_be_looked_across(runs: Path) -> None:
    across = told(runs / "a", runs / "d", "--across")
    assert across.exit_code == 1
    assert "the same plan with the data of the second" in across.output


def test_json_has_the_cause_and_typed_differences(runs: Path) -> None:
    (case,) = json.loads(told(runs / "a", runs / "c", "--format", "json").stdout)
    assert case["cause"] == "worse incumbent"
    assert [side["seed"] for side in case["sides"]] == [0, 0]
    (line,) = case["differences"]
    assert (line["decision"], line["old"], line["new"], line["unit"]) == ("dividends_musd", 7.25, 9.25, "M$")


def test_folders_of_runs_are_paired_and_shown_as_a_matrix(tmp_path: Path) -> None:
    for side, dividend in (("one", 7.25), ("two", 9.25)):
        run("x").save(tmp_path / side / "x")
        run("y", dividend).save(tmp_path / side / "y")
    found = told(tmp_path / "one", tmp_path / "two")
    assert found.exit_code == 1
    assert found.output.count("same") >= 2
    assert "highs, seed 0" in found.output


def test_too_slow_fails_where_that_is_asked(runs: Path, tmp_path: Path) -> None:
    slow = run_of(instance(), plan(), hashes=fingerprints(instance()), seconds={"solve": 30.0}, outcome="optimal", bound_musd=450.0)
    slow.save(tmp_path / "slow")
    assert told(runs / "a", tmp_path / "slow").exit_code == 0
    assert told(runs / "a", tmp_path / "slow", "--max-slowdown", "2").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{}/nothing", "{}/a"], "does not exist"),
        (["{}/a"], "allowed: two runs"),
        (["{}/a", "{}/b", "{}/c"], "allowed: two runs"),
        (["{}/a", "{}/x.sol"], "--instance"),
        (["{}/a", "{}/mine.json"], "--instance"),
        (["{}/p.lp", "{}/x.sol"], "two solution files or more, or none"),
        (["{}/p.lp", "--seeds", "a"], "whole numbers"),
        (["{}/p.lp", "--solvers", "cbc"], "highs or scip"),
        (["{}/p.lp", "--solvers", "highs"], "one search alone"),
        (["{}/p.lp", "--across"], "--across is for runs"),
        (["{}/t.csv", "--max-slowdown", "2"], "--max-slowdown is for runs"),
        (["{}/a", "{}/b", "--max-slowdown", "nan"], "nan is not a number"),
        (["{}/a", "{}/b", "-o", "{}/a/run.json"], "what is compared"),
    ],
)
def test_what_cannot_be_compared_is_trouble(runs: Path, arguments: list[str], words: str) -> None:
    (runs / "x.sol").write_text("Model status\nOptimal\n")
    (runs / "mine.json").write_text(plan().to_json())
    (runs / "p.lp").write_text(LITTLE.format(most=5))
    found = told(*(argument.format(runs) for argument in arguments))
    assert found.exit_code == 2
    assert words in found.output


def test_a_program_is_solved_by_several(tmp_path: Path) -> None:
    """2 x 3 + 2: both solvers."""
    (tmp_path / "p.lp").write_text(LITTLE.format(most=5))
    found = told(tmp_path / "p.lp", "--seeds", "0,1", "--format", "json")
    assert found.exit_code == 0
    (case,) = json.loads(found.stdout)
    assert case["cause"] == "same"
    assert [row["objective"] for row in case["statements"]] == [8.0] * 4


def test_other_points_of_the_same_worth_are_different_where_that_is_asked(tmp_path: Path) -> None:
    """a = 1, b = 4 or a = 2, b = 2, at 6 each: 2 a + b of a program in which a + b <= 5 and 2 a + b <= 6."""
    (tmp_path / "p.lp").write_text(LITTLE.format(most=5).replace("Bounds", " worth: 2 a + b <= 6\nBounds"))
    for name, (a, b) in {"x": (1, 4), "y": (2, 2)}.items():
        lines = ("solution status: optimal solution found", "objective value: 6", f"a {a} (obj:2)", f"b {b} (obj:1)")
        (tmp_path / f"{name}.sol").write_text("\n".join(lines) + "\n")
    paths = [tmp_path / name for name in ("p.lp", "x.sol", "y.sol")]
    assert told(*paths).exit_code == 0
    strict = told(*paths, "--strict-plan")
    assert strict.exit_code == 1
    assert "a: 1 -> 2" in strict.output


def test_solutions_are_held_against_their_program(tmp_path: Path) -> None:
    """One says that 7 is optimal, the other has 8."""
    (tmp_path / "p.lp").write_text(LITTLE.format(most=5))
    for name, b in (("right", 2), ("wrong", 1)):
        lines = ("solution status: optimal solution found", f"objective value: {6 + b}", "a 3 (obj:2)", f"b {b} (obj:1)")
        (tmp_path / f"{name}.sol").write_text("\n".join(lines) + "\n")
    found = told(tmp_path / "p.lp", tmp_path / "right.sol", tmp_path / "wrong.sol")
    assert found.exit_code == 1
    assert "wrong.sol is wrong" in found.output.replace("\n", "")


def test_a_solution_of_any_solver_is_a_plan_of_its_instance(tmp_path: Path) -> None:
    """The program of an instance, its solution in the names of the columns, against the run of the instance; and one of another program."""
    of = leased()
    write(of, tmp_path / "inst")
    best = solved(of)
    best.save(tmp_path / "run")
    assert CliRunner().invoke(main, ["model", str(tmp_path / "inst"), "-o", str(tmp_path / "m.lp")]).exit_code == 0
    answer = solve_program(tmp_path / "m.lp", "scip")
    points = [f"{name} {value!r} (obj:0)" for name, value in (answer.values or {}).items() if value]
    head = ["solution status: optimal solution found", f"objective value: {answer.stated.objective!r}"]
    (tmp_path / "y.sol").write_text("\n".join([*head, *points]) + "\n")
    right = told(tmp_path / "run", tmp_path / "y.sol", "--instance", tmp_path / "inst", "--format", "json")
    (case,) = json.loads(right.stdout)
    assert right.exit_code == 0
    assert case["cause"] in ("same", "tolerance", "alternate optimum")
    assert [side["value_musd"] for side in case["sides"]] == pytest.approx([best.value_musd] * 2)
    (tmp_path / "x.sol").write_text("solution status: optimal solution found\nobjective value: 1\nnobody 3 (obj:2)\n")
    found = told(tmp_path / "run", tmp_path / "x.sol", "--instance", tmp_path / "inst")
    assert found.exit_code == 2
    assert "unknown columns (nobody)" in found.output


def test_comparing_runs_needs_no_solver_and_no_reader_of_instances(runs: Path) -> None:
    """Start-up is most of what a comparison costs."""
    code = f"""import sys
from click.testing import CliRunner
from planner.cli import main
assert CliRunner().invoke(main, ["compare", {str(runs / "a")!r}, {str(runs / "c")!r}]).exit_code == 1
print(sorted({{"pyomo", "highspy", "scipy", "planner.instance"}} & set(sys.modules)))"""
    there = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "models")])}
    done = subprocess.run([sys.executable, "-c", code], env=there, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_two_tables_are_compared_with_each_other(tmp_path: Path) -> None:
    head = "benchmark,solver,status,objective\n"
    (tmp_path / "a.csv").write_text(f"{head}x,highs,optimal,5\ny,highs,optimal,7\n")
    (tmp_path / "b.csv").write_text(f"{head}x,highs,optimal,5\ny,highs,optimal,8.5\n")
    assert told(tmp_path / "a.csv").exit_code == 0
    found = told(tmp_path / "a.csv", tmp_path / "b.csv")
    assert found.exit_code == 1
    assert "highs (b.csv)" in found.output
