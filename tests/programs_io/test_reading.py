"""Programs and solutions read from files of any solver; what is not one, or is read wrongly, is refused by file, line and name."""

from __future__ import annotations

import gzip
from pathlib import Path

import highspy
import pytest

from planner.programs import NotAProgram, NotASolution, Solution, read_program, read_solution, statement
from planner.programs.solutions import Ended
from tests.programs_io import little
from tests.programs_io.little import bread

BEST = {"x0": 3.0, "x1": 2 / 3}


def read_text(text: str, folder: Path) -> Solution:
    (folder / "a.sol").write_text(text)
    return read_solution(folder / "a.sol")


KINDS: list[tuple[str, str, str, Ended, float | None, dict[str, float]]] = [
    ("HIGHS_RAW", "highs", "Optimal", "optimal", 31 / 3, BEST),
    ("HIGHS_SPARSE", "highs", "Time limit reached", "feasible", 9.0, {"x0": 3.0}),
    ("HIGHS_INFEASIBLE", "highs", "Infeasible", "infeasible", None, {}),
    ("HIGHS_PRETTY", "highs", "Optimal", "optimal", 31 / 3, BEST),
    ("HIGHS_PRETTY_LP", "highs", "Optimal", "optimal", 9.0, {"x0": 3.0, "x1": 0.0}),
    ("SCIP", "scip", "optimal solution found", "optimal", 31 / 3, BEST),
    ("SCIP_BARE", "scip", "", "feasible", 9.0, {"x0": 3.0}),
    ("SCIP_NONE", "scip", "infeasible", "infeasible", None, {}),
    ("CBC", "cbc", "Optimal", "optimal", 31 / 3, BEST),
    ("CBC_STOPPED", "cbc", "time limit", "feasible", 9.0, {"x0": 3.0}),
    ("CBC_INFEASIBLE", "cbc", "Infeasible", "infeasible", None, {}),
    ("GUROBI", "gurobi", "", "feasible", 31 / 3, BEST),
    ("GLPK", "glpk", "optimal", "optimal", 31 / 3, {"1": 3.0, "2": 2 / 3}),
]


@pytest.mark.parametrize(("name", "solver", "words", "ended", "objective", "values"), KINDS)
def test_each_kind_of_solution_file(
    name: str, solver: str, words: str, ended: Ended, objective: float | None, values: dict[str, float], tmp_path: Path
) -> None:
    """As the solver writes it."""
    found = read_text(getattr(little, name), tmp_path)
    assert (found.solver, found.words, found.ended) == (solver, words, ended)
    assert found.objective == pytest.approx(objective, abs=1e-8)
    assert found.values == pytest.approx(values, abs=1e-6)
    assert found.rounded == ("PRETTY" in name)
    told = statement(bread(), found)
    assert (told.check is None) == (ended == "infeasible")
    if told.check is not None:
        assert told.stated.objective == pytest.approx(objective, abs=1e-5)
        assert told.stated.sense == "max"
        assert bool(told.note) == found.rounded


@pytest.mark.parametrize("style", [0, 1, 4])
def test_what_highs_writes_here(style: int, tmp_path: Path) -> None:
    """Its own release, whatever that is: raw, pretty and sparse."""
    from planner.programs import write_program

    write_program(bread(), tmp_path / "bread.lp")
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.readModel(str(tmp_path / "bread.lp"))
    solver.run()
    solver.writeSolution(str(tmp_path / "a.sol"), style)
    told = statement(bread(), read_solution(tmp_path / "a.sol"))
    assert told.stated.ended == "optimal"
    assert told.stated.objective == pytest.approx(31 / 3, abs=1e-5)
    assert told.values == pytest.approx(BEST, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (little.HIGHS_RAW.replace("x1 0", "y9 0"), "line 9: little has no column 'y9'"),
        (little.SCIP.replace("x0 ", "z "), "line 3: little has no column 'z'"),
        (little.GLPK.replace("j 2", "j 3"), "line 9: little has no column '3'"),
        (little.GUROBI.replace("x1", "x\x1b1"), r"line 4: little has no column 'x\\\\x1b1'"),
    ],
)
def test_a_column_that_the_program_does_not_have_is_an_error(text: str, words: str, tmp_path: Path) -> None:
    """It may be the solution of another program; file, line and name are told."""
    with pytest.raises(NotASolution, match=rf"a\.sol {words}") as caught:
        statement(bread(), read_text(text, tmp_path))
    assert caught.value.exit_code == 2
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is no solution file of HiGHS"),
        ("hello\n", "is no solution file of HiGHS"),
        (little.HIGHS_RAW.replace("x0 3", "x0 three"), "line 8: 'three' is not a number"),
        (little.HIGHS_RAW.replace("x0 3", "x0 nan"), "line 8: 'nan' is not a number"),
        (little.HIGHS_RAW.replace("x0 3", "x0"), "line 8: 'x0' is not the value of a column"),
        (little.HIGHS_RAW.replace("x1 0", "x0 0"), "line 9: column 'x0' stands there twice, first in line 8"),
        (little.HIGHS_RAW.replace("Columns 2", "Columns 4"), "line 7: 4 columns are announced, fewer are there"),
        (little.CBC.replace("10.33333333", "much"), "line 1: 'much' is not a number"),
        ("Model status", "is damaged: it ends in line 1"),
        ("s mip 1\n", "line 1: 's mip 1' is not the value of a column"),
    ],
)
def test_damaged_solutions_are_told_by_line(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(NotASolution, match=words):
        read_text(text, tmp_path)


def test_a_solution_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotASolution, match="cannot be read: No such file"):
        read_solution(tmp_path / "none.sol")
    with pytest.raises(NotASolution, match="cannot be read"):
        read_solution(tmp_path)


def test_columns_without_a_value_are_zero(tmp_path: Path) -> None:
    """As solvers list non-zeros only."""
    told = statement(bread(), read_text(little.SCIP_BARE, tmp_path))
    assert told.check is not None
    assert (told.check.objective, told.check.feasible) == (9.0, True)


def test_cbc_may_turn_the_sign_of_what_is_maximised(tmp_path: Path) -> None:
    """That is no wrong claim; another value is one."""
    turned = statement(bread(), read_text(little.CBC.replace("value 10", "value -10"), tmp_path))
    assert turned.claimed == turned.stated.objective
    wrong = statement(bread(), read_text(little.CBC.replace("value 10", "value -11"), tmp_path))
    assert wrong.claimed == pytest.approx(-11.3333, abs=1e-4)


LP = "Minimize\n obj: x + 2 y + 3\nSubject To\n c: x + y >= 2\nBounds\n x <= 1\nGeneral\n y\nEnd\n"


def test_a_program_keeps_its_sense(tmp_path: Path) -> None:
    """A minimisation has its costs turned in the arrays and told in its own sense."""
    (tmp_path / "a.lp").write_text(LP)
    found = read_program(tmp_path / "a.lp")
    assert (found.sense, found.columns, found.rows, found.notes) == ("min", ("x", "y"), ("c",), ())
    assert (list(found.arrays.cost), found.arrays.offset) == ([-1.0, -2.0], -3.0)
    assert list(found.arrays.integer) == [False, True]
    (tmp_path / "a.lp.gz").write_bytes(gzip.compress(LP.encode()))
    assert read_program(tmp_path / "a.lp.gz").columns == ("x", "y")


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.txt", LP, "is no program that HiGHS can read"),
        ("a.mps", "ROWS\n what is this\n", "is no program that HiGHS can read"),
        ("a.lp", LP.replace("c: x + y >= 2", "c: 1 <= x + y <= 2"), r"line 4: a row must be .* one number; found '1 <= x \+ y <= 2'"),
        ("a.lp", LP.replace("c: x + y >= 2", "c: -1.5 <= 2 x + y"), r"line 4: a row must be .* found '1.5 <= 2 x \+ y'"),
        ("a.lp", LP.replace("c: x + y >= 2", "c: x >= 1\n d: x + 3 >= 2"), r"line 5: a row must be .* found '3 >= 2'"),
        ("a.lp", LP.replace("x + 2 y + 3", "x + [ x^2 ] / 2"), "has a quadratic objective"),
        ("a.lp", LP.replace("General\n y", "Semi-Continuous\n x"), "has 1 semi-continuous columns"),
    ],
)
def test_what_is_not_a_linear_program_is_refused(name: str, text: str, words: str, tmp_path: Path) -> None:
    """HiGHS 1.15 reads rows with numbers on both sides, or among the terms, as something else, without a word."""
    (tmp_path / name).write_text(text)
    with pytest.raises(NotAProgram, match=words) as caught:
        read_program(tmp_path / name)
    assert caught.value.exit_code == 2


def test_rows_may_be_broken_over_lines(tmp_path: Path) -> None:
    """Relations at the end of a line, comments, several rows in a line, exponents and infinities are no double sides."""
    text = LP.replace(
        "c: x + y >= 2", "c: x + y >=\n 2 \\ <= 3 x\n d: x - y <= 1e+3 e: x + 1e-3 y >= -inf\n f: x >= -0.5\n - x + 2 y1 >= 0"
    )
    (tmp_path / "a.lp").write_text(text)
    assert read_program(tmp_path / "a.lp").rows == ("c", "d", "e", "f", "HiGHS_R4")


def test_a_program_that_is_not_there_or_damaged(tmp_path: Path) -> None:
    with pytest.raises(NotAProgram, match="is not there"):
        read_program(tmp_path / "none.mps")
    with pytest.raises(NotAProgram, match="is not a file"):
        read_program(tmp_path)
    (tmp_path / "a.lp.gz").write_bytes(gzip.compress(LP.encode())[:30])
    with pytest.raises(NotAProgram, match="cannot be read"):
        read_program(tmp_path / "a.lp.gz")


def test_small_coefficients_are_kept(tmp_path: Path) -> None:
    """HiGHS by itself drops those below 1e-9; what it drops still is told."""
    (tmp_path / "a.lp").write_text(LP.replace("c: x + y", "c: 5e-11 x + y"))
    assert min(read_program(tmp_path / "a.lp").arrays.data) == 5e-11
    (tmp_path / "a.lp").write_text(LP.replace("c: x + y", "c: 5e-14 x + y"))
    assert any("small" in note.lower() or "less than" in note.lower() for note in read_program(tmp_path / "a.lp").notes)
