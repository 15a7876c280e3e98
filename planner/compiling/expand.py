"""A rule kept as a template, expanded for all its rows at once by numpy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat
from operator import itemgetter
from typing import Any

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray
from pyomo.core.expr import numeric_expr as numbers
from pyomo.core.expr.relational_expr import EqualityExpression, InequalityExpression
from pyomo.core.expr.template_expr import GetItemExpression, IndexTemplate

from planner_models.declared import Indices
from planner_models.linear import Amounts, Table, places

Vector = NDArray[np.float64]
Places = NDArray[np.int64]
SUMS = (numbers.SumExpression, numbers.LinearExpression)
PRODUCTS = (numbers.ProductExpression, numbers.MonomialTermExpression)


class NoTemplate(Exception):
    """A rule that is no template: it has to be written out row by row."""


@dataclass
class Term:
    """Entries of one decision in the rows of a rule: row, place in the decision's index set, coefficient."""

    decision: Any
    rows: Places
    columns: Places
    coefficients: Vector


@dataclass
class Side:
    """One side of a rule: its terms in the order in which they stand, and what is fixed of each row."""

    rows: int
    fixed: Vector
    terms: list[Term] = field(default_factory=list)
    singles: dict[int, tuple[Any, list[int], list[float]]] = field(default_factory=dict)
    nothing: NDArray[np.bool_] | None = None
    """Rows with a sum of decisions times zero, which Pyomo keeps on its side as if it were something."""

    @cached_property
    def counts(self) -> Places:
        """How many entries each row has on this side."""
        found = np.zeros(self.rows, np.int64)
        for term in self.terms:
            found += np.bincount(term.rows, minlength=self.rows)
        return found

    def varies(self) -> NDArray[np.bool_]:
        """Which rows have a decision on this side."""
        found: NDArray[np.bool_] = self.counts > 0
        return found if self.nothing is None else found | self.nothing


class Finder:
    """Where the indices that a template asks for stand in another index set; each question is answered once."""

    def __init__(self) -> None:
        self._places: dict[int, dict[tuple[Any, ...], int]] = {}
        self._found: dict[Any, Places] = {}
        self._kept: list[Any] = []  # what the answers are about: an id says nothing once its object is gone

    def places(self, members: Any) -> dict[tuple[Any, ...], int]:
        """The place of each member of an index set."""
        if id(members) not in self._places:
            self._kept.append(members)
            self._places[id(members)] = places(members) if isinstance(members, Indices) else _ranked(members)
        return self._places[id(members)]

    def find(self, wanted: Any, rows: Any, index: Sequence[Any]) -> Places:
        """The place in the index set `wanted` of an index of placeholders and values, for each member of `rows`."""
        key = (id(wanted), id(rows), tuple(part._index if isinstance(part, IndexTemplate) else ("is", part) for part in index))
        if key not in self._found:
            if wanted is rows and key[2] == tuple(range(rows.dimen)):
                self._found[key] = np.arange(len(rows))
            else:
                self._found[key] = self._looked_up(wanted, rows, index)
        return self._found[key]

    def values(self, parameter: Any) -> Vector:
        """The values of a parameter, in the order of its index set."""
        return np.array([float(pyo.value(parameter[member])) for member in parameter.index_set()])

    def _looked_up(self, wanted: Any, rows: Any, index: Sequence[Any]) -> Places:
        members, at = self.places(rows), [part._index for part in index if isinstance(part, IndexTemplate)]
        asked: Iterable[tuple[Any, ...]] = members
        if len(at) < len(index):
            parts = (map(itemgetter(part._index), members) if isinstance(part, IndexTemplate) else repeat(part) for part in index)
            asked = zip(*parts, strict=False)
        elif len(at) == 1:
            asked = zip(map(itemgetter(at[0]), members), strict=True)
        elif at != list(range(rows.dimen)):
            asked = map(itemgetter(*at), members)
        return np.fromiter(map(self.places(wanted).__getitem__, asked), np.int64, len(members))


def _ranked(members: Any) -> dict[tuple[Any, ...], int]:
    """The place of each member of any Pyomo set, each as a tuple."""
    return {member if isinstance(member, tuple) else (member,): place for place, member in enumerate(members)}


class Expansion:
    """The rows of one rule over an index set."""

    def __init__(self, finder: Finder, index: Any, rows: int) -> None:
        self._finder, self._index, self._rows = finder, index, rows

    def side(self, expression: Any) -> Side:
        """The terms of a linear expression. Raises NoTemplate for anything else."""
        side = Side(self._rows, np.zeros(self._rows))
        self._add(side, expression, 1.0)
        for component, found, coefficients in side.singles.values():
            rows, columns = np.repeat(np.arange(self._rows), len(found)), np.tile(np.array(found), self._rows)
            side.terms.append(Term(component, rows, columns, np.tile(np.array(coefficients), self._rows)))
        return side

    def _add(self, side: Side, node: Any, scale: Any) -> None:
        """Add `scale` times a node, `scale` one number or one for each row."""
        if not hasattr(node, "is_potentially_variable") or not node.is_potentially_variable():
            side.fixed += scale * self._amount(node)
        elif isinstance(node, GetItemExpression):
            self._add_looked_up(side, node.arg(0), node.args[1:], scale)
        elif isinstance(node, SUMS):
            for part in node.args:
                self._add(side, part, scale)
        elif isinstance(node, PRODUCTS):
            first, second = node.args
            varying = hasattr(first, "is_potentially_variable") and first.is_potentially_variable()
            factor, rest = (second, first) if varying else (first, second)
            amount = self._amount(factor)
            if isinstance(rest, SUMS) and not np.all(amount):
                self._mark(side, rest, np.broadcast_to(amount == 0, self._rows))
            self._add(side, rest, scale * amount)
        elif isinstance(node, numbers.DivisionExpression):
            by = self._amount(node.arg(1))
            if not np.all(by):
                raise NoTemplate("a division by zero in a rule")
            self._add(side, node.arg(0), scale / by)
        elif isinstance(node, numbers.NegationExpression):
            self._add(side, node.arg(0), -scale)
        elif not node.is_expression_type() and node.is_variable_type():
            self._add_one(side, node, scale)
        else:
            raise NoTemplate(f"{type(node).__name__} in a rule")

    def _mark(self, side: Side, inner: Any, zero: NDArray[np.bool_]) -> None:
        """Note the rows in which a sum is multiplied by zero."""
        found = self.side(inner)
        sums = zero & (found.counts + (found.fixed != 0) > 1)
        side.nothing = sums if side.nothing is None else side.nothing | sums

    def _add_one(self, side: Side, decision: Any, scale: Any) -> None:
        """The same decision in every row."""
        component, index = decision.parent_component(), decision.index()
        at = index if isinstance(index, tuple) else (index,)
        place = self._finder.places(component.index_set())[at] if component.is_indexed() else 0
        if np.ndim(scale):
            self._append(side, Term(component, np.arange(self._rows), np.full(self._rows, place), np.ones(self._rows)), scale)
        elif scale:
            _, found, coefficients = side.singles.setdefault(id(component), (component, [], []))
            found.append(place)
            coefficients.append(scale)

    def _add_looked_up(self, side: Side, thing: Any, index: Sequence[Any], scale: Any) -> None:
        if isinstance(thing, Table):
            self._append(side, self._entries(thing, self._finder.find(thing.rows, self._index, index)), scale)
        elif isinstance(thing, pyo.Var):
            columns = self._finder.find(thing.index_set(), self._index, index)
            self._append(side, Term(thing, np.arange(self._rows), columns, np.ones(self._rows)), scale)
        else:
            raise NoTemplate(f"{type(thing).__name__} in a rule")

    def _entries(self, table: Table, lines: Places) -> Term:
        """The entries of a table's lines, one line for each row."""
        counts = table.starts[lines + 1] - table.starts[lines]
        rows = np.repeat(np.arange(self._rows), counts)
        if len(lines) == len(table.starts) - 1 and np.array_equal(lines, np.arange(len(lines))):
            return Term(table.decision, rows, table.columns, table.coefficients)
        before = np.cumsum(counts) - counts
        at = np.arange(len(rows)) + np.repeat(table.starts[lines] - before, counts)
        return Term(table.decision, rows, table.columns[at], table.coefficients[at])

    def _append(self, side: Side, term: Term, scale: Any) -> None:
        """Add a scaled term; what a factor of zero leaves of one decision is no term, as in a row that Pyomo writes out."""
        if np.ndim(scale):
            term.coefficients = term.coefficients * scale[term.rows]
            if not term.coefficients.all():
                kept = term.coefficients != 0
                term.rows, term.columns, term.coefficients = term.rows[kept], term.columns[kept], term.coefficients[kept]
        elif scale != 1.0:
            term.coefficients = term.coefficients * scale
        if np.ndim(scale) or scale:
            side.terms.append(term)

    def _amount(self, node: Any) -> Any:
        """What a node without decisions is worth: one number, or one for each row."""
        if isinstance(node, GetItemExpression):
            thing, index = node.arg(0), node.args[1:]
            if isinstance(thing, Amounts):
                return thing.values[self._finder.find(thing.rows, self._index, index)]
            if isinstance(thing, pyo.Param):
                return self._finder.values(thing)[self._finder.find(thing.index_set(), self._index, index)]
            raise NoTemplate(f"{type(thing).__name__} in a rule")
        if isinstance(node, IndexTemplate):
            raise NoTemplate("an index taken for a number in a rule")
        if getattr(node, "is_potentially_variable", bool)():
            raise NoTemplate("a product of decisions in a rule")
        if not getattr(node, "is_expression_type", bool)():
            return float(pyo.value(node))
        parts = [self._amount(part) for part in node.args]
        if isinstance(node, SUMS):
            return sum(parts)
        if isinstance(node, PRODUCTS):
            return parts[0] * parts[1]
        if isinstance(node, numbers.DivisionExpression):
            if not np.all(parts[1]):
                raise NoTemplate("a division by zero in a rule")
            return parts[0] / parts[1]
        if isinstance(node, numbers.NegationExpression):
            return -parts[0]
        raise NoTemplate(f"{type(node).__name__} in a rule")


def sides(expression: Any) -> tuple[Any, Any, bool]:
    """Left and right side, and whether they are equal. Raises NoTemplate for what is neither `=` nor `<=`."""
    if not isinstance(expression, EqualityExpression | InequalityExpression) or getattr(expression, "strict", False):
        raise NoTemplate(f"{type(expression).__name__} as a rule")
    left, right = expression.args
    return left, right, isinstance(expression, EqualityExpression)
