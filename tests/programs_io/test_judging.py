"""What several solvers state of one program: who is wrong and why, else whether their points are the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.comparison.stated import Ended, Stated
from planner.errors import BadOption
from planner.highs import Settings
from planner.programs import Program, Told, check_point, compare_solutions, compare_told, read_program, solve_program, solved, write_program
from tests.programs import INF
from tests.programs_io.little import bread, little

DATA = Path(__file__).parents[1] / "data"
BEST = {"x0": 3.0, "x1": 2 / 3}
LESS = {"x0": 3.0}
"""Worth 31/3 and 9."""


def told(
    who: str,
    values: dict[str, float] | None,
    ended: Ended = "optimal",
    made: Program | None = None,
    claimed: float | None = None,
    bound: float | None = None,
) -> Told:
    """What somebody states of the bread, or of another program."""
    about = made or bread()
    check = None if values is None else check_point(about, values)
    worth = None if check is None else check.objective
    return Told(Stated(who, ended, worth, bound, sense=about.sense), values, check, claimed if claimed is not None else worth)


def test_the_same_point() -> None:
    case = compare_told(bread(), [told("a", BEST), told("b", dict(BEST))])
    assert (case.cause, case.exit_code, case.who) == ("same", 0, ("a", "b"))
    assert case.words == "The same point, worth 10.33333333."
    assert case.differences.empty
    assert list(case.tables["statements"]["missed"]) == [0, 0]
    assert case.record["statements"][0] == {
        "who": "a", "ended": "optimal", "objective": 31 / 3, "claimed": 31 / 3, "bound": None, "missed": 0, "seconds": None,
    }  # fmt: skip
    assert json.loads(json.dumps(case.record, allow_nan=False)) == case.record


def test_another_point_of_the_same_worth() -> None:
    """Two columns of equal worth: what is decided otherwise is listed, most at stake first."""
    made = little([2.0, 2.0, 0.0], [(-INF, 1.0, [1.0, 1.0, 0.0])], [0.0] * 3, [1.0, 1.0, 9.0], [1, 1, 0])
    case = compare_told(made, [told("a", {"x0": 1.0}, made=made), told("b", {"x1": 1.0, "x2": 4.0}, made=made)])
    assert (case.cause, case.exit_code) == ("alternate optimum", 0)
    assert case.words == "All are worth 2; 3 columns are decided otherwise."
    assert case.differences.to_dict("list") == {
        "column": ["x0", "x1", "x2"],
        "at_stake": [2.0, 2.0, 0.0],
        "a": [1, 0, 0],
        "b": [0, 1, 4],
        "words": ["x0: 1 -> 0", "x1: 0 -> 1", "x2: 0 -> 4"],
    }


def test_a_whole_number_off_by_a_rounding_is_the_same_and_by_one_is_not() -> None:
    """Continuous ones are the same within 1e-6 of their size."""
    made = little([0.0, 0.0], [], [0.0, 0.0], [1e9, 1e9], [1, 0])
    for one, other, cause in (
        ({"x0": 5.0}, {"x0": 5.0 + 5e-7}, "same"),
        ({"x0": 1e8}, {"x0": 1e8 + 1}, "alternate optimum"),
        ({"x1": 1e8}, {"x1": 1e8 + 1}, "same"),
        ({"x1": 5.0}, {"x1": 5.0 + 2e-5}, "alternate optimum"),
    ):
        assert compare_told(made, [told("a", one, made=made), told("b", other, made=made)]).cause == cause


def test_a_point_refutes_who_denies_it() -> None:
    """By a bound, by an optimum without a bound, or by "infeasible"; the one who is wrong is named, in whatever order."""
    right = told("right", BEST, bound=31 / 3)
    for wrong, claim in (
        (told("wrong", LESS, bound=9.5), "no point is more than 9.5"),
        (told("wrong", LESS), "no point is more than 9.0009"),
        (told("wrong", None, "infeasible"), "there is no point"),
        (told("wrong", None, "open", bound=10.0), "no point is more than 10"),
    ):
        for order in ([right, wrong], [wrong, right]):
            case = compare_told(bread(), order)
            assert (case.cause, case.exit_code) == ("contradiction", 1)
            assert case.words == (
                f"wrong is wrong: it claims that {claim}, but the point of right keeps every row and is worth 10.33333333."
            )
            assert case.record["wrong"] == ["wrong"]


def test_a_minimisation_is_refuted_from_below() -> None:
    made = little([1.0], [(2.0, INF, [1.0])], [0.0], [9.0], [0], "min")
    case = compare_told(made, [told("a", {"x0": 4.0}, made=made, bound=3.0), told("b", {"x0": 2.0}, made=made, bound=2.0)])
    assert case.words == "a is wrong: it claims that no point is less than 3, but the point of b keeps every row and is worth 2."


def test_a_point_that_breaks_a_row_refutes_nobody() -> None:
    """However good it is; it is named with what it misses."""
    broken = told("broken", {"x0": 4.0}, bound=12.0)
    case = compare_told(bread(), [told("right", BEST, bound=31 / 3), broken])
    assert (case.cause, case.exit_code) == ("unverified", 2)
    assert case.words == "the point of broken misses row r0 by 1."
    case = compare_told(bread(), [told("wrong", LESS, bound=9.0), told("right", BEST, bound=31 / 3), broken])
    assert (case.cause, case.record["wrong"]) == ("contradiction", ["wrong"])
    assert case.notes == ("the point of broken misses row r0 by 1",)


def test_a_claim_that_its_own_point_does_not_bear_out() -> None:
    case = compare_told(bread(), [told("right", BEST), told("boaster", LESS, claimed=31 / 3)])
    assert (case.cause, case.exit_code) == ("unverified", 2)
    assert case.words == "boaster claims 10.33333333, its point is worth 9."


def test_a_point_that_is_better_only_within_the_tolerance_of_rows_refutes_nobody() -> None:
    """A coefficient of 1e6 makes 4 of the 1e-6 by which the row may be missed; with the row kept exactly nothing is left of it."""
    made = little([4e6], [(-INF, 1.0, [1.0])], [0.0], [9.0], [0])
    sharp = told("sharp", {"x0": 1.0 + 9e-7}, made=made, bound=4e6 + 3.6)
    case = compare_told(made, [told("exact", {"x0": 1.0}, made=made, bound=4e6), sharp], rtol=1e-7)
    assert (case.cause, case.exit_code) == ("tolerance", 0)
    assert case.words == "sharp has a better point than exact allows, but only within the tolerance of the rows."


def test_claims_that_no_point_decides() -> None:
    """Intervals that do not meet: one is wrong, nobody knows which."""
    case = compare_told(bread(), [told("a", LESS, "feasible", bound=20.0), told("b", None, "unbounded")])
    assert (case.cause, case.exit_code) == ("contradiction", 1)
    assert case.words == "a (nothing more than 20) and b (unbounded) cannot both be right, and no point tells which is wrong."
    assert case.record["wrong"] == []


def test_who_has_no_point_or_a_worse_one() -> None:
    case = compare_told(bread(), [told("a", BEST, bound=31 / 3), told("b", None, "open")])
    assert (case.cause, case.exit_code, case.words) == ("worse incumbent", 1, "b: no point; others have one.")
    case = compare_told(bread(), [told("a", BEST, bound=31 / 3), told("b", LESS, "feasible", bound=12.0)])
    assert (case.cause, case.exit_code) == ("worse incumbent", 1)
    assert case.words == "The points are worth 10.33333333 (a), 9 (b); not every search came to its end."


def test_points_as_far_apart_as_the_gaps_allow() -> None:
    case = compare_told(bread(), [told("a", BEST, bound=11.0), told("b", LESS, bound=11.0)])
    assert (case.cause, case.exit_code) == ("within gap", 0)


def test_a_better_bound() -> None:
    case = compare_told(bread(), [told("a", BEST, bound=11.0), told("b", BEST, bound=31 / 3)])
    assert (case.cause, case.exit_code) == ("better bound", 0)


@pytest.mark.parametrize(("ends", "cause", "code"), [("infeasible", "same", 0), ("unbounded", "same", 0), ("open", "unverified", 2)])
def test_nobody_has_a_point(ends: Ended, cause: str, code: int) -> None:
    case = compare_told(bread(), [told("a", None, ends), told("b", None, ends)])
    assert (case.cause, case.exit_code) == (cause, code)


def test_solvers_of_a_file_agree(tmp_path: Path) -> None:
    """Both with a bound, in the sense of the program; another solver is refused."""
    made = little([-3.0, -2.0], [(-INF, 7.0, [2.0, 1.5])], [0.0, 0.0], [10.0, 5.0], [1, 0], "min", 1.0)
    write_program(made, tmp_path / "a.mps")
    both = [solve_program(tmp_path / "a.mps", solver) for solver in ("highs", "scip")]
    assert [each.stated.objective for each in both] == pytest.approx([-28 / 3] * 2)
    assert [each.stated.bound for each in both] == pytest.approx([-28 / 3] * 2)
    assert [each.claimed for each in both] == pytest.approx([-28 / 3] * 2)
    assert compare_solutions(tmp_path / "a.mps", both).cause == "same"
    with pytest.raises(BadOption, match="solved with highs or scip, not with 'cplex'"):
        solved(made, "cplex")


def test_who_finds_no_point_says_so() -> None:
    """Infeasible and unbounded programs of both senses."""
    for sense in ("max", "min"):
        none = little([1.0], [(2.0, INF, [1.0])], [0.0], [1.0], [1], sense)
        endless = little([1.0 if sense == "max" else -1.0], [], [0.0], [INF], [0], sense)
        for solver in ("highs", "scip"):
            assert solved(none, solver).stated.ended == "infeasible"
            assert solved(endless, solver).stated.ended == "unbounded"


@pytest.mark.prove
def test_seed_1_is_named_as_wrong() -> None:
    """HiGHS 1.15.1 with seed 1 claims 521.56 for 536.74; the point of seed 0 refutes it."""
    path = DATA / "canaries" / "planning_6x8.mps.gz"
    case = compare_solutions(path, [solve_program(path, seed=seed) for seed in (0, 1)])
    assert (case.cause, case.exit_code, case.record["wrong"]) == ("contradiction", 1, ["highs, seed 1"])
    assert case.words.startswith("highs, seed 1 is wrong: it claims that no point is less than -521.559")
    assert case.words.endswith("but the point of highs, seed 0 keeps every row and is worth -536.7420669.")


@pytest.mark.prove
@pytest.mark.parametrize(("hours", "optimum"), [(24, 223310171.7602), (168, 520247747.94)])
def test_highs_and_scip_agree_on_energy_planning(hours: int, optimum: float) -> None:
    """Programs of others, read as they are: the same worth, whatever is decided."""
    program = read_program(DATA / "open_energy_modeling" / f"eu_investment_{hours}h.mps.gz")
    both = [solved(program, solver, Settings(1e-6, threads=1)) for solver in ("highs", "scip")]
    case = compare_told(program, both)
    assert case.cause in ("same", "alternate optimum"), case.words
    assert case.exit_code == 0
    assert [each.stated.objective for each in both] == pytest.approx([optimum] * 2, rel=1e-6)


def test_a_bound_below_its_own_point_is_wrong() -> None:
    """Worth 31/3, and it claims that nothing is more than 10: another with the same point does not make that true."""
    case = compare_told(bread(), [told("a", BEST, bound=10.0), told("b", BEST)])
    assert (case.cause, case.exit_code) == ("contradiction", 1)
    assert case.record["wrong"] == ["a"]
    assert "no point is more than 10," in case.words
