"""A Pyomo model whose rules are templates, put together as arrays; the order of rows and columns is that of Pyomo's own compiler."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray
from pyomo.common.errors import InfeasibleConstraintException
from pyomo.core.expr.visitor import identify_variables
from scipy import sparse

from planner.compiling.arrays import Arrays, Vector
from planner.compiling.expand import Expansion, Finder, NoTemplate, Side, Term, sides
from planner.compiling.labels import Span, Spans
from planner_models.declared import Decisions, Rows

Mask = NDArray[np.bool_]


@dataclass
class Rule:
    """The rows of one rule: which of its index set they are, how many entries each has, these, and the bounds."""

    component: Any
    kept: NDArray[np.int64]
    counts: NDArray[np.int64]
    terms: list[Term]
    lower: Vector
    upper: Vector


@dataclass
class Columns:
    """All decisions of one component: bounds, and which are whole numbers."""

    lower: Vector
    upper: Vector
    integer: Mask


def assembled(model: pyo.ConcreteModel) -> Arrays:
    """The arrays of a model. Raises NoTemplate where a rule has to be written out, or a decision is fixed."""
    finder, places = Finder(), _Places()
    objective = Expansion(finder, None, 1).side(_maximised(model).expr)
    places.meet(_maximised(model).expr)
    rules = []
    for component in model.component_objects(pyo.Constraint, active=True):
        rule = _rule(component, finder)
        if rule is not None:
            places.meet_rows(rule)
            rules.append(rule)
    return _put_together(objective, rules, places)


def no_templates(model: pyo.ConcreteModel) -> list[str]:
    """Names of the active rules that have to be written out row by row, and why."""
    found = []
    for component in model.component_objects(pyo.Constraint, active=True):
        try:
            _rule(component, Finder())
        except NoTemplate as error:
            found.append(f"{component.name}: {error}")
    return found


class _Places:
    """Decisions in the order in which Pyomo's compiler would meet them: all of a component with the first that it meets."""

    def __init__(self) -> None:
        self.first: dict[int, int] = {}
        self.components: list[Any] = []
        self.size = 0

    def meet(self, expression: Any) -> None:
        """The components of an expression, as they stand in it."""
        for decision in identify_variables(expression):
            self._take(decision.parent_component())

    def _take(self, component: Any) -> None:
        if id(component) not in self.first:
            self.first[id(component)] = self.size
            self.components.append(component)
            self.size += len(component)

    def meet_rows(self, rule: Rule) -> None:
        """The components of a rule: a row with several new ones is written out, as Pyomo sorts the terms of a row its own way."""
        new: dict[int, dict[int, Any]] = {}
        for term in rule.terms:
            if id(term.decision) not in self.first:
                new.setdefault(int(term.rows[0]), {})[id(term.decision)] = term.decision
        for row, decisions in sorted(new.items()):
            if len(decisions) == 1:
                self._take(*decisions.values())
            else:
                data = rule.component
                self.meet((data[data.index_set().at(int(rule.kept[row]) + 1)] if data.is_indexed() else data).body)


def _expression(component: Any) -> tuple[Any, Any, int]:
    """The rule's expression, the index set of its rows, and their number."""
    if not isinstance(component, Rows):
        if component.is_indexed():
            raise NoTemplate("its rows were written out")
        return component.expr, None, 1
    if not component.untouched:
        raise NoTemplate("one of its rows was changed")
    try:
        return component.template(), component.index_set(), len(component)
    except Exception as error:  # a rule may raise anything when it looks at an index
        raise NoTemplate(str(error).partition("\n")[0]) from error


def _maximised(model: pyo.ConcreteModel) -> Any:
    (objective,) = model.component_data_objects(pyo.Objective, active=True)
    return objective


def _rule(component: Any, finder: Finder) -> Rule | None:
    """The rows of a rule; None for a rule over nothing.

    A side without decisions is the bound of the row, as in Pyomo; with decisions on both sides, the left less the right is bounded by 0.
    """
    expression, index, rows = _expression(component)
    if not rows:
        return None
    left, right, equal = sides(expression)
    expansion = Expansion(finder, index, rows)
    left, right = expansion.side(left), expansion.side(right)
    on_left, on_right = left.varies(), right.varies()
    counts = left.counts + right.counts
    bound = np.where(on_left, right.fixed - left.fixed, left.fixed - right.fixed)
    floor = on_right & ~on_left
    _refuse_empty(component, counts == 0, left.fixed, right.fixed, equal)
    turned = _turned(left, right) if equal else np.zeros(rows, np.bool_)
    _negate(left, turned)
    _negate(right, on_left & ~turned)
    lower = bound if equal else np.where(floor, bound, -np.inf)
    upper = bound if equal else np.where(floor, np.inf, bound)
    terms = [term for term in (*left.terms, *right.terms) if len(term.rows)]
    rule = Rule(component, np.arange(rows), counts, terms, lower, upper)
    return _without(rule, counts == 0)


def _negate(side: Side, rows: Mask) -> None:
    """Turn the signs of a side in some rows: of the right one, where there are decisions on the left."""
    for term in side.terms if rows.any() else ():
        turned = rows[term.rows]
        term.coefficients = -term.coefficients if turned.all() else np.where(turned, -term.coefficients, term.coefficients)


def _turned(left: Side, right: Side) -> Mask:
    """Equations that Pyomo turns round: one decision = one without index. Python asks the more special of two classes first."""
    if all(term.decision.is_indexed() for term in right.terms):
        return np.zeros(left.rows, np.bool_)
    return _lone(left) & _lone(right)


def _lone(side: Side) -> Mask:
    """Rows in which a side is one decision and nothing else."""
    plain: Mask = (side.fixed == 0) & (side.counts == 1)
    for term in side.terms:
        plain[term.rows[term.coefficients != 1]] = False
    return plain


def _refuse_empty(component: Any, empty: Mask, left: Vector, right: Vector, equal: bool) -> None:
    """A row without a decision must hold as it is."""
    broken = empty & ((left != right) if equal else (left > right))
    if broken.any():
        raise InfeasibleConstraintException(f"no plan can meet {component.name}, row {int(np.flatnonzero(broken)[0])}")


def _without(rule: Rule, empty: Mask) -> Rule:
    """The rule without its empty rows."""
    if not empty.any():
        return rule
    rule.kept, now = np.flatnonzero(~empty), np.cumsum(~empty) - 1
    rule.counts, rule.lower, rule.upper = rule.counts[rule.kept], rule.lower[rule.kept], rule.upper[rule.kept]
    for term in rule.terms:
        term.rows = now[term.rows]
    return rule


def _put_together(objective: Side, rules: list[Rule], places: _Places) -> Arrays:
    matrix = _matrix(rules, places)
    cost = np.zeros(places.size)
    for term in objective.terms:
        np.add.at(cost, places.first[id(term.decision)] + term.columns, term.coefficients)
    used = (np.diff(matrix.indptr) > 0) | (cost != 0)
    columns = [_columns(component) for component in places.components]
    return Arrays(
        cost=cost[used],
        offset=float(objective.fixed[0]),
        starts=matrix.indptr[np.append(used, True)].astype(np.int32),
        indices=matrix.indices.astype(np.int32, copy=False),
        data=matrix.data,
        row_lower=_joined([rule.lower for rule in rules]),
        row_upper=_joined([rule.upper for rule in rules]),
        lower=_joined([each.lower for each in columns])[used],
        upper=_joined([each.upper for each in columns])[used],
        integer=np.concatenate([np.zeros(0, np.bool_), *(each.integer for each in columns)])[used],
        variables=Spans(_spans(places, used)),
        constraints=Spans([Span(rule.component, rule.kept if rule.component.is_indexed() else None) for rule in rules if len(rule.kept)]),
    )


def _joined(parts: list[Vector]) -> Vector:
    return np.concatenate([np.zeros(0), *parts])


def _spans(places: _Places, used: Mask) -> list[Span]:
    """The columns that are left, by component."""
    spans = []
    for component in places.components:
        first = places.first[id(component)]
        here = np.flatnonzero(used[first : first + len(component)])
        if len(here):
            spans.append(Span(component, here if component.is_indexed() else None))
    return spans


def _matrix(rules: list[Rule], places: _Places) -> Any:
    """The matrix by columns; rows within a column ascend, entries of the same row and column are added in the order of the rule."""
    starts = np.concatenate([np.zeros(1, np.int64), *(rule.counts for rule in rules)]).cumsum()
    columns, data, above = np.empty(starts[-1], np.int32), np.empty(starts[-1]), 0
    for rule in rules:
        free = starts[above : above + len(rule.kept)].copy()
        above += len(rule.kept)
        for term in rule.terms:
            at = _taken(free, term.rows)
            columns[at] = term.columns + places.first[id(term.decision)]
            data[at] = term.coefficients
    matrix = sparse.csr_array((data, columns, starts.astype(np.int32)), shape=(above, places.size)).tocsc()
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    return matrix


def _taken(free: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places for entries of ascending rows, from the first that is free in each row, which moves on."""
    firsts = np.flatnonzero(np.diff(rows, prepend=-1))
    if len(firsts) == len(rows):
        at = free[rows]
        free[rows] += 1
        return at
    lengths = np.diff(firsts, append=len(rows))
    at = free[rows] + np.arange(len(rows)) - np.repeat(firsts, lengths)
    free[rows[firsts]] += lengths
    return at


def _columns(component: Any) -> Columns:
    """Bounds and kind of a component's decisions. Raises NoTemplate where one of them is fixed."""
    many = isinstance(component, Decisions)
    made = list(component.made.values()) if many else list(component.values())
    if any(decision.fixed for decision in made):
        raise NoTemplate(f"{component.name} has a fixed decision")
    if many:
        return Columns(*component.limits())
    if component.is_indexed() and len(made) != len(component.index_set()):
        raise NoTemplate(f"{component.name} has fewer decisions than indices")
    bounds = [decision.bounds for decision in made]
    return Columns(
        lower=np.array([-np.inf if low is None else low for low, _ in bounds], dtype=float),
        upper=np.array([np.inf if high is None else high for _, high in bounds], dtype=float),
        integer=np.array([not decision.is_continuous() for decision in made], dtype=np.bool_),
    )
