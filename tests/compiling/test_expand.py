"""Each form that a rule may have is expanded as Pyomo writes it out: sense, sign, bounds, what is left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyomo.environ as pyo
import pytest
from pyomo.common.errors import InfeasibleConstraintException

from planner.compile import written_out
from planner.compiling.assemble import assembled, no_templates
from planner.compiling.expand import NoTemplate
from planner_models.declared import Decisions, Indices, Section
from planner_models.linear import constant, linear
from tests.compiling.same import differences

Rule = Callable[..., Any]
INF = float("inf")


def program(rule: Rule) -> pyo.ConcreteModel:
    """One rule over (s,t) of two sites and two periods, for decisions x[s,t], y[s] and z; `rule` gets the section first."""
    m = pyo.ConcreteModel()
    m.part = part = Section()
    part.SITES = Indices(dimen=1, initialize=["a", "b"], doc="s")
    part.CELLS = Indices(dimen=2, initialize=[(s, t) for s in part.SITES for t in ("p", "q")], doc="(s,t)")
    part.x = Decisions(part.CELLS, domain=pyo.NonNegativeReals, doc="(1.1) x")
    part.y = Decisions(part.SITES, domain=pyo.Integers, bounds=(0, 9), doc="(1.2) y")
    part.z = pyo.Var(bounds=(1, 1), initialize=1, doc="(1.3) z")
    part.factor = pyo.Param(part.SITES, initialize={"a": 4.0, "b": 0.0})
    part.whole = pyo.Param(initialize=3.0)
    part.sum = linear(part, "sum", part.CELLS, part.x, [(("a", "p"), ("a", "p"), 2.0), (("a", "p"), ("b", "q"), 5.0)])
    part.one = linear(part, "one", part.CELLS, part.x, [(("a", "p"), ("b", "p"), 1.0)])
    part.fixed = constant(part, "amount", part.CELLS, lambda s, t: 7.0 if t == "q" else 0.0)
    part.Constraint(part.CELLS, doc="(1.4) the rule")(_named(rule))
    m.value = pyo.Objective(expr=sum(part.x[i] for i in part.CELLS) + 2 * part.y["a"] + part.y["b"] + part.z + 5, sense=pyo.maximize)
    return m


def _named(rule: Rule) -> Rule:
    def rule_limit(b: Any, s: Any, t: Any) -> Any:
        return rule(b, s, t)

    return rule_limit


FORMS: dict[str, Rule] = {
    "a sum on one side": lambda b, s, t: b.sum(s, t) + b.y[s] <= 4,
    "decisions on both sides": lambda b, s, t: b.x[s, t] + 1 <= b.sum(s, t) - b.y[s] + b.fixed(s, t),
    "at least, where some rows have no sum": lambda b, s, t: b.x[s, t] >= b.sum(s, t) - b.fixed(s, t),
    "an equation, where some rows have no sum": lambda b, s, t: b.sum(s, t) == b.x[s, t] - b.fixed(s, t),
    "a bound on the left": lambda b, s, t: b.fixed(s, t) <= b.x[s, t] + b.y[s],
    "a factor that is zero for a site": lambda b, s, t: b.x[s, t] <= b.factor[s] * b.y[s] + b.whole,
    "a factor before a sum, zero for a site": lambda b, s, t: b.factor[s] * (b.sum(s, t) + b.y[s] - 2) <= b.x[s, t],
    "a factor behind": lambda b, s, t: (b.x[s, t] - b.y[s]) * b.whole <= 1,
    "a division": lambda b, s, t: (b.x[s, t] + b.y[s]) / (b.factor[s] + 3) <= b.whole / 2,
    "signs": lambda b, s, t: -(b.x[s, t] - (-b.y[s])) <= -b.whole,
    "a decision of a site named in the rule": lambda b, s, t: b.x["a", t] + b.x[s, t] <= b.y["b"] + b.whole,
    "the same decision twice": lambda b, s, t: b.x[s, t] + b.sum(s, t) <= 3 * b.x[s, t],
    "a decision that cancels out": lambda b, s, t: b.x[s, t] + b.y[s] - b.x[s, t] <= 1,
    "a decision without index": lambda b, s, t: b.sum(s, t) + b.y[s] == b.z,
    "one decision = one without index": lambda b, s, t: b.one(s, t) == b.z,
    "numbers only in some rows": lambda b, s, t: b.sum(s, t) <= b.fixed(s, t) * b.whole,
    "a sum over names": lambda b, s, t: sum(b.x[other, t] for other in ("a", "b")) <= b.y[s],
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_expanded_as_pyomo_writes_it_out(form: str) -> None:
    """The same rows, columns, coefficients and bounds in the same order."""
    model = program(FORMS[form])
    assert no_templates(model) == []
    assert differences(assembled(model), written_out(model)) == []


def test_sides_by_hand() -> None:
    """x >= 2 x[a,p] + 5 x[b,q] - 7 [t = q]: with a sum it is moved to the left, without it is a bound."""
    arrays = assembled(program(FORMS["at least, where some rows have no sum"]))
    assert list(zip(arrays.row_lower, arrays.row_upper, strict=True)) == [(-INF, 0.0), (-7.0, INF), (0.0, INF), (-7.0, INF)]
    assert [str(label) for label in arrays.row_labels] == [f"(1.4) rule_limit[{at}]" for at in ("a, p", "a, q", "b, p", "b, q")]


def test_a_row_of_numbers_is_left_out_if_it_holds() -> None:
    """0 <= 21 or 0: only the row with a sum is in the program."""
    arrays = assembled(program(FORMS["numbers only in some rows"]))
    assert [label.index for label in arrays.row_labels] == [("a", "p")]


def test_a_row_of_numbers_that_does_not_hold_is_told() -> None:
    """No plan can meet it, and no solver would say which row it is."""
    with pytest.raises(InfeasibleConstraintException, match=r"part\.rule_limit"):
        assembled(program(lambda b, s, t: b.sum(s, t) >= b.fixed(s, t)))


@pytest.mark.parametrize(
    "rule",
    [
        lambda b, s, t: b.x[s, t] <= (1 if s == "a" else 2),
        lambda b, s, t: b.x[s, t] <= {"a": 1, "b": 2}[s],
        lambda b, s, t: b.x[s, t] <= (1 if t in ("p", "r") else 2),
        lambda b, s, t: (0, b.x[s, t], 1),
        lambda b, s, t: b.x[s, t] ** 2 <= 1,
        lambda b, s, t: b.x[s, t] * b.y[s] <= 1,
        lambda b, s, t: b.x[s, t] * b.z <= 1,
        lambda b, s, t: b.x[s, t] / b.factor[s] <= 1,
        lambda b, s, t: b.x[s, t] <= b.whole / b.factor[s],
        lambda b, s, t: b.x[s, t] <= {"a": 1, "b": 2}[f"{s}"],
        lambda b, s, t: b.x[s, t] <= s,
        lambda b, s, t: b.x[s, t] < 1,
        lambda b, s, t: pyo.Constraint.Skip,
    ],
    ids=[
        "comparison",
        "look-up",
        "membership",
        "range",
        "square",
        "product",
        "product with a fixed one",
        "division by zero",
        "division of a number by zero",
        "look-up of its name",
        "an index as a number",
        "strict",
        "skip",
    ],
)
def test_what_is_no_template_is_refused(rule: Rule) -> None:
    """Never expanded wrongly: a look at an index would be answered for no row in particular."""
    with pytest.raises(NoTemplate):
        assembled(program(rule))
