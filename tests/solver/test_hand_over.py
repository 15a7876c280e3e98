"""HiGHS holds exactly the program that it was handed: every number, the sense, what is whole, and the options."""

from __future__ import annotations

from dataclasses import replace

import highspy
import numpy as np
import pytest

from planner.compile import Arrays, compile_model
from planner.errors import ProgramRefused
from planner.highs import Settings, hand_over
from planner_models.build import build
from tests.example import everything
from tests.programs import INF, program

LITTLE = program(
    [1.0, -2.0, 0.5], [(-INF, 4.0, [1.0, 0.0, 2.0]), (1.0, 1.0, [0.0, 3.0, -1.0])], [0.0, -INF, 0.0], [5.0, 9.0, INF], [1, 0, 1], 7.5
)


def held(solver: highspy.Highs) -> dict[str, list[float]]:
    """What the solver says of its program."""
    lp = solver.getLp()
    return {
        "cost": lp.col_cost_, "lower": lp.col_lower_, "upper": lp.col_upper_, "row_lower": lp.row_lower_, "row_upper": lp.row_upper_,
        "starts": lp.a_matrix_.start_, "indices": lp.a_matrix_.index_, "data": lp.a_matrix_.value_,
        "integer": [kind == highspy.HighsVarType.kInteger for kind in lp.integrality_],
    }  # fmt: skip


@pytest.mark.parametrize("arrays", [LITTLE, LITTLE.fixed(np.array([1.0, 0.0, 2.0]))], ids=["whole numbers", "none"])
def test_every_number_arrives(arrays: Arrays) -> None:
    """With its sense and its constant."""
    solver = hand_over(arrays, Settings())
    found = held(solver)
    assert {name: list(values) for name, values in found.items()} == {name: list(getattr(arrays, name)) for name in found}
    assert (solver.getLp().sense_, solver.getLp().offset_) == (highspy.ObjSense.kMaximize, 7.5)


def test_a_whole_model_arrives() -> None:
    """Up to the places of all non-zeros."""
    arrays = compile_model(build(everything()))
    found = held(hand_over(arrays, Settings()))
    assert all(np.array_equal(np.array(values), getattr(arrays, name)) for name, values in found.items())


@pytest.mark.parametrize(
    "arrays",
    [program([1.0], [], [0.0], [3.0], [1]), program([2.0], [(0.0, 1.0, [0.0])], [0.0], [3.0], [0])],
    ids=["no rows", "no non-zeros"],
)
def test_a_program_may_lack_rows_or_entries(arrays: Arrays) -> None:
    """HiGHS takes it and solves it."""
    solver = hand_over(arrays, Settings())
    solver.run()
    assert (solver.getNumCol(), solver.getNumRow()) == (arrays.columns, arrays.rows)
    assert solver.getInfo().objective_function_value == arrays.cost @ arrays.upper


def test_options_arrive() -> None:
    """Each setting under the name that HiGHS has for it."""
    settings = Settings(gap_fraction=0.01, time_limit_s=9.0, threads=2, seed=3, presolve=False, tolerance=1e-9, nodes=11)
    solver = hand_over(LITTLE, settings)
    names = ("mip_rel_gap", "time_limit", "threads", "random_seed", "presolve", "primal_feasibility_tolerance", "mip_max_nodes")
    assert [solver.getOptionValue(name)[1] for name in names] == [0.01, 9.0, 2, 3, "off", 1e-9, 11]


@pytest.mark.parametrize(("part", "value"), [("cost", np.nan), ("data", np.nan), ("data", np.inf), ("data", 1e16), ("upper", np.nan)])
def test_what_highs_does_not_take_is_told(part: str, value: float) -> None:
    """HiGHS refuses some of these in a status that says no more than an empty program would, and takes others as they are."""
    numbers = getattr(LITTLE, part).copy()
    numbers[0] = value
    with pytest.raises(ProgramRefused, match="HiGHS does not take the program"):
        hand_over(replace(LITTLE, **{part: numbers}), Settings())
