"""Programs as files: exact to the last bit, the same bytes each time, and read by HiGHS and SCIP as what they are."""

from __future__ import annotations

import gzip
import string
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pyscipopt
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import planner
from planner.cli import main
from planner.compile import Label
from planner.errors import CannotWrite
from planner.highs import Settings, maximise
from planner.programs import Program, lp_text, mps_text, program_of, read_program, write_program
from planner.programs.program import names_of
from planner.programs.writing import SUFFIXES
from tests.programs import INF
from tests.programs_io.little import bread, little
from tests.shipped import FOLDER

ONE_SITE_MUSD = 382.179424
LP = """\\ little: 2 rows, 4 columns, written by megawatt-planner
Minimize
 objective:
  + 3 x0
  - 0.1 x1
  + 0 x3
  + 2.5
Subject To
\\ (1.1) a.first
 r0:
  + 2 x0
  + 1e-07 x1
  >= 7.300000000000001
 r1:
  + 1 x1
  - 1 x2
  = -4
Bounds
 -inf <= x1 <= 5
 x2 free
 1.5 <= x3 <= 1e+16
General
 x0
 x3
End
"""
MPS = """* little: 2 rows, 4 columns, written by megawatt-planner
NAME program
OBJSENSE
    MIN
ROWS
 N objective
 G r0
 E r1
COLUMNS
 MARKER0 'MARKER' 'INTORG'
 x0 objective 3
 x0 r0 2
 MARKER1 'MARKER' 'INTEND'
 x1 objective -0.1
 x1 r0 1e-07
 x1 r1 1
 x2 r1 -1
 MARKER3 'MARKER' 'INTORG'
 x3 objective 0
 MARKER_END 'MARKER' 'INTEND'
RHS
 RHS objective -2.5
 RHS r0 7.300000000000001
 RHS r1 -4
RANGES
BOUNDS
 LO BOUND x0 0
 PL BOUND x0
 MI BOUND x1
 UP BOUND x1 5
 FR BOUND x2
 LO BOUND x3 1.5
 UP BOUND x3 1e+16
ENDATA
"""


def all_sorts() -> Program:
    """One of each kind of row and bound."""
    rows = [(7.300000000000001, INF, [2.0, 1e-7, 0.0, 0.0]), (-4.0, -4.0, [0.0, 1.0, -1.0, 0.0])]
    lower, upper = [0.0, -INF, -INF, 1.5], [INF, 5.0, INF, 1e16]
    made = little([3.0, -0.1, 0.0, 0.0], rows, lower, upper, [1, 0, 0, 1], "min", 2.5)
    return replace(made, groups=("(1.1) a.first", "(1.1) a.first"))


def test_a_program_is_this_text() -> None:
    assert lp_text(all_sorts()) == LP
    assert mps_text(all_sorts()) == MPS


def same(one: Program, other: Program) -> None:
    """Every number of two programs, whatever the order of their columns and rows."""
    assert (one.sense, one.arrays.offset) == (other.sense, other.arrays.offset)
    assert (set(one.columns), set(one.rows)) == (set(other.columns), set(other.rows))
    assert tables(one) == tables(other)


def tables(made: Program) -> tuple[Any, ...]:
    """A program by names."""
    arrays = made.arrays
    sides = dict(zip(made.rows, zip(arrays.row_lower, arrays.row_upper, strict=True), strict=True))
    bounds = dict(zip(made.columns, zip(arrays.cost, arrays.lower, arrays.upper, arrays.integer, strict=True), strict=True))
    held = {
        (made.rows[arrays.indices[at]], name): arrays.data[at]
        for place, name in enumerate(made.columns)
        for at in range(arrays.starts[place], arrays.starts[place + 1])
        if arrays.data[at]
    }
    return sides, bounds, held


NUMBERS = st.one_of(
    st.integers(-9, 9).map(float),
    st.sampled_from([0.1, 1 / 3, -7.300000000000001, 1e-8, 123456789.123456789, -2e14]),
    st.floats(-1e9, 1e9).filter(lambda number: number == 0 or abs(number) > 1e-8),
)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Up to 4 rows and 4 columns; rows with one side or equal ones."""
    columns = draw(st.integers(1, 4))
    rows = []
    for _ in range(draw(st.integers(1, 4))):
        side, kind = draw(NUMBERS), draw(st.sampled_from("LGE"))
        sides = {"L": (-INF, side), "G": (side, INF), "E": (side, side)}[kind]
        rows.append((*sides, draw(st.lists(NUMBERS, min_size=columns, max_size=columns))))
    bounds = [sorted((draw(NUMBERS | st.just(-INF)), draw(NUMBERS | st.just(INF)))) for _ in range(columns)]
    cost = draw(st.lists(NUMBERS, min_size=columns, max_size=columns))
    whole = draw(st.lists(st.integers(0, 1), min_size=columns, max_size=columns))
    sense: Literal["max", "min"] = draw(st.sampled_from(["max", "min"]))
    made = little(cost, rows, [low for low, _ in bounds], [high for _, high in bounds], whole, sense, draw(NUMBERS))
    words = st.lists(st.text(string.printable + "é€", max_size=8), max_size=2).map(tuple)
    label = st.builds(Label, st.just("e.part"), words, st.just(""), st.just(()))
    labels = draw(st.lists(label, min_size=columns, max_size=columns, unique=True))
    return replace(made, columns=names_of(labels))


@given(made=programs(), suffix=st.sampled_from(SUFFIXES))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read_again_to_the_last_bit(made: Program, suffix: str, tmp_path: Path) -> None:
    place = tmp_path / f"made{suffix}"
    place.unlink(missing_ok=True)
    write_program(made, place)
    same(read_program(place), made)


def test_different_labels_have_different_names() -> None:
    """Whatever their letters; names are short and of letters that every reader takes."""
    parts = [("a", "b"), ("a,b",), ("a~2cb",), ("a", "b", ""), ("a(b)",), ("",), (), ("ü",), ("\u00fc".encode().hex(),), ("a b",), ("a-b",)]
    labels = [Label("halls.built", part, "2.1") for part in parts]
    labels += [Label("halls.built", ("x" * 300 + tail,), "") for tail in "ab"]
    names = names_of(labels)
    assert len(set(names)) == len(labels)
    assert names[0] == "halls.built(a,b)"
    assert names[6] == "halls.built"
    assert set("".join(names)) <= set(string.ascii_letters + string.digits + "_.,()~")
    assert max(map(len, names)) == 200


def test_a_row_with_two_sides_is_two_rows(tmp_path: Path) -> None:
    """An LP file tells both sides by themselves; an MPS file has RANGES for them; a row without sides is left out of the first."""
    made = little([1.0], [(-1.5, 6.25, [2.0]), (-INF, INF, [1.0])], [-INF], [INF], [0])
    write_program(made, tmp_path / "made.lp")
    write_program(made, tmp_path / "made.mps")
    parted, whole = read_program(tmp_path / "made.lp"), read_program(tmp_path / "made.mps")
    assert (parted.rows, list(parted.arrays.row_lower), list(parted.arrays.row_upper)) == (("r0", "r0~upper"), [-1.5, -INF], [INF, 6.25])
    same(replace(whole, rows=("r0",)), little([1.0], [(-1.5, 6.25, [2.0])], [-INF], [INF], [0]))
    assert maximise(parted.arrays, Settings()).objective == maximise(whole.arrays, Settings()).objective == 3.125


def test_packed_files_hold_no_time(tmp_path: Path) -> None:
    """And unpack to the plain ones."""
    for suffix in SUFFIXES:
        write_program(bread(), tmp_path / f"a{suffix}")
    for kind in ("lp", "mps"):
        packed = (tmp_path / f"a.{kind}.gz").read_bytes()
        assert gzip.decompress(packed) == (tmp_path / f"a.{kind}").read_bytes()
        assert packed[4:8] == b"\0\0\0\0"


def test_only_such_a_file_is_replaced(tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        place = tmp_path / f"a{suffix}"
        write_program(bread(), place)
        write_program(all_sorts(), place)
        assert read_program(place).sense == "min"
    (tmp_path / "notes.lp").write_text("mine")
    with pytest.raises(CannotWrite, match=r"notes\.lp is not overwritten: it is not a program that this wrote"):
        write_program(bread(), tmp_path / "notes.lp")
    assert (tmp_path / "notes.lp").read_text() == "mine"
    with pytest.raises(CannotWrite, match=r"a program ends in \.lp, \.lp\.gz, \.mps or \.mps\.gz"):
        write_program(bread(), tmp_path / "a.txt")
    assert not (tmp_path / "a.txt").exists()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_solvers_reach_the_optimum_of_an_instance_from_its_file(suffix: str, tmp_path: Path) -> None:
    """`planner model`, then HiGHS and SCIP each with its own reader."""
    place = tmp_path / f"one_site{suffix}"
    done = CliRunner().invoke(main, ["model", str(FOLDER / "one_site"), "-o", str(place)])
    assert (done.exit_code, done.output) == (0, f"wrote {place}: 220 rows, 185 columns\n")
    made, read = program_of(planner.load(FOLDER / "one_site")), read_program(place)
    same(read, made)
    assert maximise(read.arrays, Settings(threads=1)).objective == pytest.approx(ONE_SITE_MUSD, abs=1e-6)
    model = pyscipopt.Model()
    model.hideOutput()
    model.readProblem(str(place))
    assert {column.name for column in model.getVars()} == set(made.columns)
    assert {row.name for row in model.getConss()} == set(made.rows)
    model.optimize()
    assert model.getObjVal() == pytest.approx(ONE_SITE_MUSD, abs=1e-6)


def test_the_command_refuses_other_suffixes(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["model", str(FOLDER / "one_site"), "-o", str(tmp_path / "model.txt")])
    assert done.exit_code == 2
    assert "is not written: a program ends in" in done.output
