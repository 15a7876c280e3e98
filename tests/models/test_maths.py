"""MATHS.md and the model name the same equations, and every rule stays a template."""

from __future__ import annotations

import re
from pathlib import Path

import pyomo.environ as pyo
import pytest
from pyomo.core.expr.template_expr import templatize_constraint

from planner.plan import FAMILIES
from planner_models.build import build
from tests.example import committed, everything
from tests.maths import numbered

FILES = Path(__file__).parents[2] / "models" / "planner_models"


@pytest.fixture(scope="module")
def model() -> pyo.ConcreteModel:
    """The model of the instance that uses every rule."""
    return build(committed())


def components(model: pyo.ConcreteModel) -> list[tuple[str, str]]:
    """(number, name) of every variable, constraint and objective of the model."""
    found = []
    for component in model.component_objects((pyo.Var, pyo.Constraint, pyo.Objective)):
        match = re.match(r"\((\d+\.\d+)\) ", component.doc or "")
        assert match, f"{component.name} has no number of MATHS.md in its doc"
        found.append((match[1], component.local_name))
    return found


def test_every_equation_has_its_component_and_the_other_way_round(model: pyo.ConcreteModel) -> None:
    """A number that stands on one side only fails, and so does a component whose name its equation does not give."""
    maths, built = numbered(), components(model)
    assert set(maths) == {tag for tag, _ in built}
    unnamed = [(tag, name) for tag, name in built if f"`{name}" not in maths[tag] and f" {name}" not in maths[tag]]
    assert unnamed == []


def test_every_decision_family_is_a_variable_of_the_model(model: pyo.ConcreteModel) -> None:
    """The plan's families are the decisions of MATHS.md with the same number, index length and domain."""
    variables = {v.local_name: v for v in model.component_objects(pyo.Var)}
    for name, family in FAMILIES.items():
        assert variables[name].doc.startswith(f"({family.tag})")
        assert variables[name].dim() == len(family.keys)
        assert all(data.is_continuous() != family.integer for data in variables[name].values())


def test_every_rule_is_a_template(model: pyo.ConcreteModel) -> None:
    """No rule looks at the value of an index; the bulk expansion to come depends on it."""
    rules = [c for c in model.component_objects(pyo.Constraint) if len(c)]
    assert len(rules) >= 50
    for rule in rules:
        templatize_constraint(rule)


def test_names_tell_the_sense_of_a_row(model: pyo.ConcreteModel) -> None:
    """_limit and _choice are <=, _floor is >=, _balance is =."""
    for constraint in model.component_objects(pyo.Constraint):
        suffix = constraint.local_name.rpartition("_")[2]
        for row in constraint.values():
            body_minus_bound = {"limit": row.upper is not None, "choice": row.upper is not None, "floor": True, "balance": row.equality}
            assert body_minus_bound[suffix], row.name
            assert row.equality == (suffix == "balance"), row.name


def test_a_table_without_rows_builds_nothing() -> None:
    """Instances that do not use a rule pay nothing for it."""
    lean = build(everything(equipment=[], slots=[], leases=[], lease_sites=[], gpu_models=[], gpu_market=[], debt=[], budgets=[],
                            opening=[row for row in everything().opening if row.item != "main_tx"]))  # fmt: skip
    assert lean.component("colocation") is None
    assert lean.component("hpc") is None
    absent = [
        "sites",
        "limits",
        "generation",
        "equipment",
        "fleets",
        "hosting",
        "ppas",
        "charges",
        "response",
        "treasury",
        "trades",
        "spare",
        "breaks",
        "contracts",
        "lending",
        "equity",
        "covenants",
        "policies",
        "changes",
    ]
    assert [name for name in absent if lean.component(name) is not None] == []
    assert len(lean.debt.drawn_musd) == 0
    quiet = ["prepaid_musd", "doubt_musd", "machine_capex_musd", "one_off_musd", "use_revenue_musd"]
    assert [name for name in quiet if lean.ports.component(name) is not None] == []


def test_formulation_imports_neither_planner_nor_files() -> None:
    """models/ knows pyomo, pydantic and itself; it opens no file."""
    for path in FILES.rglob("*.py"):
        text = path.read_text()
        assert not re.search(r"^\s*(from|import) planner(\.|\s|$)", text, re.M), path
        assert "open(" not in text.replace("isopen(", ""), path
