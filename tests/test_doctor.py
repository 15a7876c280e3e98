"""`planner doctor`: all is well here, and what is wrong is found and said: a wrong solver, a checker or a reader that fails."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner, Result

import planner.checkup
from planner.checkup import Finding
from planner.checkup import doctor as findings
from planner.checkup.canaries import canaries
from planner.cli import main
from planner.errors import SolverMissing
from planner.highs import Answer, maximise


def doctor() -> Result:
    """The command."""
    return CliRunner().invoke(main, ["doctor"])


def found(what: str) -> Finding:
    """One finding of a look at everything."""
    return next(finding for finding in findings() if finding.what == what)


def test_all_is_well_here_and_told_in_seconds() -> None:
    """Solvers right on tiny programs, the portfolio that misleads HiGHS 1.15.1 solved to its end, files whole, the checker awake."""
    began = time.process_time()
    done = doctor()
    assert time.process_time() - began < 30
    assert done.exit_code == 0, done.output
    assert "FAIL" not in done.output
    assert "known   highs, misleading programs: implied_integer: claims -1, the optimum is 0; after_a_poor_plan: claims 454," in done.output
    assert done.output.endswith("All is well.\n")
    for words in ("highspy: 1.", "right in 12 of 12 searches", "refuted and solved again: 34.996171 M$", "a harmed one rejected"):
        assert words in done.output


def test_the_tiny_programs_are_those_of_public_reports() -> None:
    """Each with its source and an optimum that enumeration of its whole number confirms."""
    known = {canary.name: canary.optimum for canary in canaries()}
    assert known == {"highs_js_53": -9, "highs_3002": -64, "linopy_648": -10}
    assert all(canary.source.startswith("https://github.com/") for canary in canaries())


def worse(arrays: Any, settings: Any, **_: Any) -> Answer:
    """What HiGHS 1.14.0 does: optimal, and less than there is."""
    answer = maximise(arrays, settings)
    assert answer.objective is not None
    return replace(answer, objective=answer.objective - 6)


def test_a_release_that_answers_wrongly_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner.checkup, "maximise", worse)
    done = doctor()
    assert done.exit_code == 8
    assert "FAIL    highs, tiny programs: release 1." in done.output
    assert "gives wrong answers, install another: highs_js_53: claims -15, the optimum is -9; " in done.output
    assert "do not believe plans that are made here" in done.output
    assert "All is well" not in done.output


def test_a_solver_that_fails_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner.checkup, "ask_scip", lambda *_: Answer("error"))
    assert found("scip, tiny programs").words.endswith("linopy_648: ends with 'error', the optimum is -10")


def test_a_missing_extra_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without SCIP there is no --prove, and that is what it says."""

    def missing(*_: Any) -> Any:
        raise SolverMissing("scip")

    monkeypatch.setattr(planner.checkup, "ask_scip", missing)
    monkeypatch.setattr(planner.checkup, "versions", lambda *_: {"highspy": "1.15.1", "pyscipopt": "not installed"})
    by_name = {finding.what: finding for finding in findings()}
    assert "scip, tiny programs" not in by_name
    assert by_name["pyscipopt"].state == "missing"
    assert "pip install 'megawatt-planner[scip]'" in by_name["pyscipopt"].words
    assert all(finding.state != "FAIL" for finding in by_name.values())


def test_a_missing_package_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner.checkup, "versions", lambda *_: {"pandas": "not installed", "highspy": "1", "pyscipopt": "1"})
    assert found("pandas") == Finding("pandas", "FAIL", "not installed")


@pytest.mark.parametrize(
    ("name", "put", "what", "words"),
    [
        ("_harmed", lambda plan: plan, "solve and check", "the checker accepts a plan that breaks rules"),
        ("PORTFOLIO_MUSD", 36.0, "hard portfolio", "the best plan is worth 36.000000 M$, found 34.99"),
        ("convert", lambda *_: None, "instance files", "book.xlsx"),
    ],
)
def test_each_look_can_fail(monkeypatch: pytest.MonkeyPatch, name: str, put: Any, what: str, words: str) -> None:
    monkeypatch.setattr(planner.checkup, name, put)
    finding = found(what)
    assert finding.state == "FAIL"
    assert words in finding.words


def test_findings_come_one_by_one() -> None:
    """So that a user sees something at once."""
    one_by_one: Iterator[Finding] = findings()
    assert next(one_by_one).what == "python"
