"""Index sets, decisions and rules make their Pyomo objects when somebody looks, and these are ordinary ones."""

from __future__ import annotations

import gc

import pyomo.environ as pyo
import pytest
from pyomo.core.base.constraint import ConstraintData
from pyomo.core.expr.visitor import identify_variables

from planner.compile import compile_model
from planner_models.build import build
from planner_models.declared import Decisions, Indices, Rows, Section
from planner_models.linear import constant, linear
from tests.compiling.same import differences
from tests.example import everything


def little() -> pyo.ConcreteModel:
    """Two sites over two periods: x[s,t] up to 3, at least 1 in all periods of a site together."""
    m = pyo.ConcreteModel()
    m.part = part = Section()
    part.SITES = Indices(dimen=1, initialize=["a", "b"], doc="s")
    part.CELLS = Indices(dimen=2, initialize=[("a", 1), ("a", 2), ("b", 1)], doc="(s,t)")
    part.x_mw = Decisions(part.CELLS, domain=pyo.NonNegativeReals, bounds=lambda _, s, t: (None, 3 * t), doc="(1.1) x")
    part.y_units = Decisions(part.SITES, domain=pyo.Integers, bounds=(0, 4), doc="(1.2) y")
    total = linear(part, "total", part.SITES, part.x_mw, [((s,), (s, t), float(t)) for s, t in part.CELLS])
    least = constant(part, "least", part.SITES, lambda s: 2.0 if s == "a" else 0.5)

    @part.Constraint(part.SITES, doc="(1.3) enough")
    def total_floor(b: pyo.Block, s: str) -> object:
        return total(s) + b.y_units[s] >= least(s)

    m.value = pyo.Objective(expr=sum(part.x_mw[i] for i in part.CELLS), sense=pyo.maximize)
    return m


def test_a_row_reads_like_any_row_of_pyomo() -> None:
    """Its expression, body, bounds, name and index; looking at it changes nothing."""
    row = little().part.total_floor["a"]
    assert (row.name, row.index(), row.active) == ("part.total_floor[a]", "a", True)
    assert str(row.expr) == "2.0  <=  part.x_mw[a,1] + 2.0*part.x_mw[a,2] + part.y_units[a]"
    assert (pyo.value(row.lower), row.upper, row.equality) == (2.0, None, False)
    assert row.parent_component().untouched


def test_rows_and_decisions_are_found_as_in_any_model() -> None:
    """By iteration, by look-up, by `component_data_objects`, whether they have been made or not."""
    m = little()
    assert list(m.part.total_floor) == ["a", "b"]
    assert (len(m.part.x_mw), len(m.part.total_floor), ("a", 2) in m.part.x_mw, ("b", 2) in m.part.x_mw) == (3, 2, True, False)
    assert [v.name for v in m.component_data_objects(pyo.Var)] == [
        "part.x_mw[a,1]", "part.x_mw[a,2]", "part.x_mw[b,1]", "part.y_units[a]", "part.y_units[b]",
    ]  # fmt: skip
    assert [c.name for c in m.component_data_objects(pyo.Constraint, active=True)] == ["part.total_floor[a]", "part.total_floor[b]"]
    assert m.part.x_mw["b", 1] is m.find_component("part.x_mw[b,1]")
    for wrong in (lambda: m.part.total_floor["c"], lambda: m.part.x_mw["b", 2]):
        with pytest.raises(KeyError):
            wrong()


def test_a_row_that_is_given_another_expression_is_an_ordinary_row() -> None:
    """It keeps what it was given, and its rule is no longer untouched."""
    m = little()
    row = m.part.total_floor["b"]
    row.set_value(m.part.x_mw["b", 1] <= 7)
    assert type(row) is ConstraintData
    assert (str(row.expr), m.part.total_floor.untouched) == ("part.x_mw[b,1]  <=  7", False)
    assert list(compile_model(m).row_upper) == [float("inf"), 7.0]


def test_a_row_that_is_deleted_stays_away() -> None:
    """Rows appear when they are asked for; one that was taken out does not come back into the program."""
    m = little()
    del m.part.total_floor["a"]
    assert [label.index for label in compile_model(m).row_labels] == [("b",)]


def test_a_copy_of_a_model_stands_for_itself() -> None:
    """Its rows speak of its own decisions, and its program is that of the model."""
    m = little()
    before = compile_model(m)
    copy = m.clone()
    assert differences(compile_model(copy), before) == []
    copy.part.x_mw["b", 1].setub(1)
    copy.part.y_units["a"].fix(2)
    assert differences(compile_model(m), before) == []
    assert list(compile_model(copy).upper) == [3, 6, 1, 4]
    assert {v.model() for row in copy.part.total_floor.values() for v in identify_variables(row.body)} == {copy}


def test_bounds_are_those_of_the_domain_and_the_rule() -> None:
    """The tighter of both, before and after the data are made; a change counts."""
    m = little()
    low, high, whole = m.part.x_mw.limits()
    assert (list(low), list(high), list(whole)) == ([0, 0, 0], [3, 6, 3], [False] * 3)
    assert [m.part.x_mw[i].bounds for i in m.part.CELLS] == [(0, 3), (0, 6), (0, 3)]
    m.part.y_units["b"].setub(2)
    low, high, whole = m.part.y_units.limits()
    assert (list(low), list(high), list(whole)) == ([0, 0], [4, 2], [True, True])
    assert m.part.y_units.most("b") == 4


def test_no_row_is_written_out_to_build_a_model() -> None:
    """Nor is more than a row or two of each rule to compile it: that is what makes it fast."""
    model = build(everything())
    rules = [rule for rule in model.component_objects(pyo.Constraint) if isinstance(rule, Rows)]
    assert len(rules) > 50
    assert sum(len(rule.made) for rule in rules) == 0
    compile_model(model)
    assert sum(len(rule.made) for rule in rules) < len(rules)
    assert max(len(rule.made) for rule in rules) <= 6


def test_members_are_each_there_once_in_their_order() -> None:
    """An index that is given twice counts once, and its place is that of the first."""
    m = pyo.ConcreteModel()
    m.PAIRS = Indices(dimen=2, initialize=(pair for pair in [("b", 1), ("a", 2), ("b", 1)]), doc="(s,t)")
    assert (list(m.PAIRS), m.PAIRS.places, m.PAIRS.dimen) == ([("b", 1), ("a", 2)], {("b", 1): 0, ("a", 2): 1}, 2)
    assert (("a", 2) in m.PAIRS, ("a", 1) in m.PAIRS, m.PAIRS.ord(("a", 2)), m.PAIRS.at(1)) == (True, False, 2, ("b", 1))


def test_triples_add_up_and_those_of_no_row_vanish() -> None:
    """A coefficient that adds up to nothing is none; a row without entries is the number 0."""
    m = little()
    entries = [(("a",), ("a", 1), 2.0), (("a",), ("a", 1), 0.5), (("a",), ("a", 2), 1.0), (("a",), ("a", 2), -1.0), (("z",), ("b", 1), 9.0)]
    term = linear(m.part, "odd", m.part.SITES, m.part.x_mw, entries)
    assert (str(term("a")), term("b")) == ("2.5*part.x_mw[a,1]", 0)
    assert [list(m.part.odd_table.starts), list(m.part.odd_table.coefficients)] == [[0, 1, 1], [2.5]]


def test_a_name_is_given_once() -> None:
    """Two tables of one name would hide one from whoever looks for it."""
    m = little()
    with pytest.raises(ValueError, match="part has a total_table already"):
        linear(m.part, "total", m.part.SITES, m.part.x_mw, [])


def test_an_entry_for_no_decision_is_refused() -> None:
    """It would be left out without a word."""
    m = little()
    with pytest.raises(KeyError, match="no decision"):
        linear(m.part, "odd", m.part.SITES, m.part.x_mw, [(("a",), ("b", 2), 1.0)])


def test_labels_stay_when_nobody_keeps_the_model() -> None:
    """Pyomo's components hold their blocks weakly, and are named by them."""
    arrays = compile_model(little())
    gc.collect()
    assert arrays.column_labels[0].component == "part.x_mw"
    assert arrays.row_labels[0].component.startswith("part.")


def test_the_objects_of_rows_and_columns_are_made_when_asked_for() -> None:
    """One of them, a few, or all, in the order of the arrays; beyond the last there is none."""
    m = little()
    arrays = compile_model(m)
    assert len(m.part.y_units.made) <= 1
    assert [arrays.variables[at].name for at in (0, 3, -1)] == ["part.x_mw[a,1]", "part.y_units[a]", "part.y_units[b]"]
    assert [data.name for data in arrays.variables[1:3]] == ["part.x_mw[a,2]", "part.x_mw[b,1]"]
    assert [data.name for data in arrays.constraints] == ["part.total_floor[a]", "part.total_floor[b]"]
    for beyond in (5, -6):
        with pytest.raises(IndexError):
            arrays.variables[beyond]
