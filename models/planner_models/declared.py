"""What a model is declared with: index sets, decisions and rules that make their Pyomo objects when somebody looks at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyomo.core.base.block import ScalarBlock
from pyomo.core.base.component import ActiveComponentData
from pyomo.core.base.constraint import ConstraintData, IndexedConstraint
from pyomo.core.base.enums import SortComponents
from pyomo.core.base.set import OrderedScalarSet
from pyomo.core.base.var import IndexedVar
from pyomo.core.expr.template_expr import IndexTemplate, Numeric_GetItemExpression

Vector = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Section(ScalarBlock):
    """A block whose `@block.Constraint(...)` declares a `Rows`; without an index, an ordinary constraint."""

    def Constraint(self, *index: Any, doc: str) -> Callable[[Any], Any]:
        """The decorator of a rule, which gives the constraint its name."""
        if not index:
            return self.__getattr__("Constraint")(doc=doc)  # type: ignore[no-any-return]

        def declare(rule: Any) -> Any:
            self.add_component(rule.__name__, Rows(*index, rule=rule, doc=doc))
            return rule

        return declare


class Indices(OrderedScalarSet):
    """A set of indices that need no validation: names, or tuples of `dimen` names."""

    def __init__(self, *, dimen: int, initialize: Any, doc: str | None = None) -> None:
        self._given = initialize
        super().__init__(dimen=dimen, doc=doc)

    def construct(self, data: Any = None) -> None:
        """Take the members over as they are, each once."""
        self._values: dict[Any, Any] = dict.fromkeys(self._given)
        self._rebuild_ordered_values()
        self._constructed, self._given = True, None

    def get(self, value: Any, default: Any = None) -> Any:
        """A member, or the default. Raises TypeError for what has no hash."""
        return value if value in self._values else super().get(value, default)

    @property
    def places(self) -> dict[Any, int]:
        """The place of each member, counted from 0."""
        return self._values


class Placeholder(IndexTemplate):
    """A part of an index in a template; unlike Pyomo's it cannot be compared, as `==` would quietly be False whatever it stands for.

    `str` of it and `isinstance` are Pyomo's own tools and stay: a rule must not use them.
    """

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def _refuse(self, *_: Any) -> bool:
        raise TypeError("a rule that is a template does not look at its index")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __format__ = _refuse  # type: ignore[assignment]


class OnDemand:
    """What decisions and rules over an index set share: their data are made one by one, when they are asked for."""

    _data: dict[Any, Any]
    index_set: Any

    def __len__(self) -> int:
        return len(self.index_set())

    def __contains__(self, index: Any) -> bool:
        return index in self.index_set()

    def keys(self, sort: Any = SortComponents.UNSORTED, ordered: Any = False) -> Iterator[Any]:
        """All indices, whether their data are made or not."""
        return iter(self.index_set().sorted_iter() if SortComponents.SORTED_INDICES in SortComponents(sort) else self.index_set())

    def values(self, sort: Any = SortComponents.UNSORTED, ordered: Any = False) -> Iterator[Any]:
        """All data, made where they are not."""
        return (self[index] for index in self.keys(sort))  # type: ignore[index]

    def items(self, sort: Any = SortComponents.UNSORTED, ordered: Any = False) -> Iterator[tuple[Any, Any]]:
        """All indices with their data, made where they are not."""
        return ((index, self[index]) for index in self.keys(sort))  # type: ignore[index]

    @property
    def made(self) -> dict[Any, Any]:
        """What somebody has looked at so far."""
        return self._data


class Decisions(OnDemand, IndexedVar):
    """A variable over an index set."""

    def __init__(self, index: Any, *, domain: Any = None, bounds: Any = None, doc: str) -> None:
        self._between = bounds
        super().__init__(index, bounds=bounds, doc=doc, dense=False, **({} if domain is None else {"domain": domain}))

    def construct(self, data: Any = None) -> None:
        """Find the bounds; no data are made."""
        self._constructed, block, members = True, self.parent_block(), self.index_set()
        low, high, step = self._rule_domain(block, None, self).get_interval()
        self._lower, self._upper = (np.full(len(members), np.nan if end is None else end) for end in (low, high))
        self._whole = step != 0
        if self._between is not None:
            constant = isinstance(self._between, tuple)
            each = [self._between] * len(members) if constant else [self._between(block, *_parts(index)) for index in members]
            bounds = np.array(each, dtype=float).reshape(-1, 2)
            self._lower, self._upper = np.fmax(self._lower, bounds[:, 0]), np.fmin(self._upper, bounds[:, 1])

    def __getitem__(self, index: Any) -> Any:
        try:
            return self._data[index]
        except KeyError:
            return super().__getitem__(index)
        except TypeError:
            node = looked_up(self, index)
            return super().__getitem__(index) if node is None else node

    def most(self, *index: Any) -> float:
        """The upper bound of a decision as declared; NaN where there is none."""
        return float(self._upper[self.index_set().places[index if len(index) > 1 else index[0]]])

    def _create_objects_for_deepcopy(self, memo: Any, component_list: Any) -> Any:
        """A copy has all data: rows that are copied after it may speak of any."""
        for _ in self.values():
            pass
        return super()._create_objects_for_deepcopy(memo, component_list)

    def limits(self) -> tuple[Vector, Vector, Mask]:
        """Lower and upper bounds as they are now, infinite where there are none, and which decisions are whole numbers."""
        lower = np.where(np.isnan(self._lower), -np.inf, self._lower)
        upper = np.where(np.isnan(self._upper), np.inf, self._upper)
        whole, places = np.full(len(lower), self._whole), self.index_set().places
        for index, data in self._data.items():
            place, (low, high) = places[index], data.bounds
            lower[place], upper[place] = -np.inf if low is None else low, np.inf if high is None else high
            whole[place] = not data.is_continuous()
        return lower, upper, whole


class Row(ConstraintData):
    """One row of a rule that is a template: its expression is written out each time that somebody looks at it."""

    __slots__ = ()

    def __init__(self, component: Any, index: Any) -> None:
        ActiveComponentData.__init__(self, component)
        self._index = index  # type: ignore[misc]

    @property
    def _expr(self) -> Any:  # in the place of the slot that other rows keep theirs in
        component = self.parent_component()
        expression = component.rule(component.parent_block(), self._index)
        if isinstance(expression, bool | np.bool_):  # a row of numbers: it holds, or nothing can make it hold
            expression = Rows.Feasible if expression else Rows.Infeasible
        row = ConstraintData(component=component)
        row._index = self._index
        row.set_value(expression)
        return row._expr

    def set_value(self, expr: Any) -> None:
        """Make it an ordinary row with another expression."""
        self.__class__ = ConstraintData
        self.set_value(expr)


class Rows(OnDemand, IndexedConstraint):
    """A constraint over an index set whose rule is a template that has not been expanded."""

    def construct(self, data: Any = None) -> None:
        """Nothing is written out."""
        self._constructed = True

    def _getitem_when_not_present(self, index: Any) -> Row:
        row = self._data[index] = Row(self, index)
        return row

    def __delitem__(self, index: Any) -> None:
        self[index].deactivate()

    def _create_objects_for_deepcopy(self, memo: Any, component_list: Any) -> Any:
        """A copy has ordinary rows: the rule speaks of the decisions of this model, whatever it is copied into."""
        for row in self.values():
            row.set_value(row.expr)
        return super()._create_objects_for_deepcopy(memo, component_list)

    @property
    def untouched(self) -> bool:
        """Whether every row is still as the rule says, and active."""
        return all(type(row) is Row and row.active for row in self._data.values())

    def template(self) -> Any:
        """The rule's expression for an index of placeholders; unlike Pyomo's own templates it changes no global state.

        Raises whatever the rule raises where it is no template: a placeholder cannot be compared and has no hash.
        """
        rows = self.index_set()
        return self.rule(self.parent_block(), tuple(Placeholder(rows, place, place + 1, 1) for place in range(rows.dimen)))


def _parts(index: Any) -> tuple[Any, ...]:
    return index if isinstance(index, tuple) else (index,)


def looked_up(thing: Any, index: Any, kind: Any = Numeric_GetItemExpression) -> Any:
    """The node of a template that looks something up by placeholders; None for an index without any."""
    parts = _parts(index)
    return kind((thing, *parts)) if any(isinstance(part, IndexTemplate) for part in parts) else None
