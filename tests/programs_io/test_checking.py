"""Points held against programs: what they are worth and what they miss, to the last bit where it matters."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.programs import check_point
from tests.programs import INF
from tests.programs_io.little import bread, little


def test_a_point_that_keeps_everything() -> None:
    found = check_point(bread(), {"x0": 3.0, "x1": 2 / 3})
    assert found.feasible
    assert found.objective == pytest.approx(31 / 3, rel=1e-15)
    assert check_point(bread(), {}).objective == 0.0


def test_what_is_missed_is_named_the_worst_first() -> None:
    """4 loaves and 6 kilos take 17 of 7 hours and are a kilo too much; half a loaf more is none."""
    found = check_point(bread(), {"x0": 4.5, "x1": 6.0})
    assert not found.feasible
    assert [(miss.what, miss.name, miss.amount) for miss in found.violations] == [
        ("row", "r0", 11.0),
        ("whole", "x0", 0.5),
        ("bound", "x1", 1.0),
    ]
    assert [str(miss) for miss in found.violations] == [
        "row r0 by 11",
        "the whole numbers of column x0 by 0.5",
        "the bounds of column x1 by 1",
    ]


def test_a_name_that_is_no_column_is_an_error() -> None:
    with pytest.raises(KeyError):
        check_point(bread(), {"y": 1.0})


def test_a_minimisation_is_worth_what_its_own_sense_says() -> None:
    """With its offset."""
    made = little([3.0, -1.0], [], [0.0, 0.0], [9.0, 9.0], [0, 0], "min", 10.0)
    assert check_point(made, {"x0": 2.0, "x1": 1.0}).objective == 15.0


@pytest.mark.parametrize(
    ("size", "by", "kept"),
    [(1.0, 0.9e-6, True), (1.0, 1.1e-6, False), (0.001, 0.9e-6, True), (1000.0, 0.9e-3, True), (1000.0, 1.1e-3, False)],
)
def test_the_tolerance_of_a_row_goes_by_its_largest_term(size: float, by: float, kept: bool) -> None:
    """But it is never less than 1e-6 of its unit; and the same holds for a bound."""
    row = little([1.0, 1.0], [(-INF, size, [1.0, 1.0])], [-INF, -INF], [INF, INF], [0, 0])
    assert check_point(row, {"x0": size, "x1": by}).feasible == kept
    bound = little([1.0], [], [-INF], [size], [0])
    assert check_point(bound, {"x0": size + by}).feasible == kept


@pytest.mark.parametrize(("value", "kept"), [(5.0000009, True), (5.0000011, False), (4.9999991, True), (1e6 + 1.1e-6, False)])
def test_a_whole_number_is_whole_to_a_millionth_whatever_its_size(value: float, kept: bool) -> None:
    assert check_point(little([1.0], [], [0.0], [INF], [1]), {"x0": value}).feasible == kept


def test_terms_that_cancel_are_added_exactly() -> None:
    """1e16 + 1 - 1e16 is 0 in floating point, so a row that wants 1 seems missed; and one that wants 0 seems kept."""
    terms = {"x0": 1e16, "x1": 1.0, "x2": -1e16}
    cost = little([1.0, 1.0, 1.0], [], [-INF] * 3, [INF] * 3, [0] * 3)
    assert check_point(cost, terms).objective == 1.0
    for side, kept in ((1.0, True), (2e10, False)):
        made = little([0.0] * 3, [(side, INF, [1.0, 1.0, 1.0])], [-INF] * 3, [INF] * 3, [0] * 3)
        assert check_point(made, terms).feasible == kept


SIDES = st.sampled_from([0.0, 1.0, 0.1 + 0.2, -2.5, 1e6])
NEAR = st.sampled_from([0.0, 0.5e-6, 0.999999e-6, 1e-6, 1.000001e-6, 2e-6, -1e-6, 1.0])


@given(st.lists(st.tuples(SIDES, NEAR), min_size=2, max_size=3), SIDES, st.lists(SIDES, min_size=3, max_size=3))
@settings(max_examples=80, deadline=None)
def test_it_judges_as_fractions_do(parts: list[tuple[float, float]], side: float, row: list[float]) -> None:
    """The fast way is only taken where it is sure."""
    point = [value + near for value, near in parts]
    made = little([1.0] * len(point), [(-INF, side, row[: len(point)])], [-INF] * len(point), [INF] * len(point), [0] * len(point))
    terms = [Fraction(size) * Fraction(value) for size, value in zip(row, point, strict=False)]
    allowed = Fraction(1, 10**6) * max(Fraction(1), *map(abs, terms))
    kept = sum(terms) - Fraction(side) <= allowed
    assert check_point(made, dict(zip(made.columns, point, strict=True))).feasible == kept
