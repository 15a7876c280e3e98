"""Plans of instances from the solution files of any solver, by the names of the columns."""

from __future__ import annotations

from pathlib import Path

import highspy
import pyscipopt
import pytest

import planner
from planner.programs import plan_of, program_of, read_solution, write_program
from tests.shipped import FOLDER


@pytest.fixture(scope="module")
def instance() -> planner.Instance:
    """The smallest that is shipped."""
    return planner.load(FOLDER / "one_site")


def highs(program: Path, solution: Path) -> None:
    """Solve a file and write a solution file, as `highs --solution_file` does."""
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.readModel(str(program))
    solver.run()
    solver.writeSolution(str(solution), 0)


def scip(program: Path, solution: Path) -> None:
    """The same with SCIP, which writes non-zeros only."""
    model = pyscipopt.Model()
    model.hideOutput()
    model.readProblem(str(program))
    model.optimize()
    model.writeBestSol(str(solution))


@pytest.mark.parametrize(("solve", "whole"), [(highs, True), (scip, False)])
def test_a_solution_file_becomes_a_plan(solve: object, whole: bool, instance: planner.Instance, tmp_path: Path) -> None:
    """The exact checker accepts it, and it is worth what the planner's own is."""
    write_program(program_of(instance), tmp_path / "one_site.lp")
    assert callable(solve)
    solve(tmp_path / "one_site.lp", tmp_path / "one_site.sol")
    found = plan_of(instance, read_solution(tmp_path / "one_site.sol").values)
    certificate = planner.verify(instance, found.plan)
    assert certificate.ok, certificate.violations
    assert float(certificate.value_musd) == pytest.approx(382.179424, abs=1e-6)
    assert found.unknown == ()
    assert (found.missing == ()) == whole


def test_unknown_and_missing_names_are_told(instance: planner.Instance) -> None:
    """Nothing is dropped without a word."""
    columns = program_of(instance).columns
    known = next(name for name in columns if name.startswith("halls.built_modules"))
    found = plan_of(instance, {known: 2.0000001, "stranger(a)": 1.0})
    assert [dict(values) for values in found.plan.decisions.values()] == [{tuple(known[20:-1].split(",")): 2}]
    assert found.unknown == ("stranger(a)",)
    assert set(found.missing) == set(columns) - {known}
