"""Rows that no best plan needs, since others imply them or the value does: each says what MATHS.md says, where nothing else decides."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pyomo.environ as pyo
import pytest

from planner.compile import compile_model
from planner.highs import Settings, maximise
from planner_models.build import build
from planner_models.schema import Instance
from tests.example import contracted
from tests.tiny import leased, meter
from tests.tiny_sites import transformer

Values = Mapping[str, float]
"""Of variables by name and index, as `sites.held gamma/2028`; all others are 0."""


def best_musd(instance: Instance, *without: str) -> float | None:
    """The best objective of the model without some of its rows."""
    model = build(instance)
    for name in without:
        found = model.find_component(name)
        assert len(found)
        found.deactivate()
    return maximise(compile_model(model), Settings(gap_fraction=0.0, threads=1)).objective


@pytest.mark.parametrize(
    ("alone", "all_users", "too_little"),
    [
        ("colocation.lease_grid_limit", "power.grid_limit", {"grid": [meter(mw=0.5)]}),
        ("colocation.lease_equipment_limit", "equipment.equipment_limit", {"equipment": [transformer(cost_musd=50.0)]}),
    ],
)
def test_a_lease_alone_fits_what_there_is(alone: str, all_users: str, too_little: dict[str, Any]) -> None:
    """A tenant of 1 MW would pay 12 M$ in 2027 beside 100 M$ of cash: on half of the grid, or where a transformer costs 50, he cannot come.

    The row of his lease keeps him away, (4.6) or (4.7), and so does that of all users of the site; only without either he comes.
    """
    instance = leased(**too_little)
    assert best_musd(instance) == pytest.approx(100.0)
    assert best_musd(instance, alone) == pytest.approx(100.0)
    assert best_musd(instance, all_users) == pytest.approx(100.0)
    assert best_musd(instance, alone, all_users) == pytest.approx(112.0)


@cache
def model() -> pyo.ConcreteModel:
    """Alpha is owned, beta on offer, gamma for sale; one contract to host may be ended; 15 M$ of losses are carried into 2027."""
    return build(contracted())


def keeps(row: str, values: Values) -> bool:
    """Whether values keep all rows of an active family."""
    for variable in model().component_data_objects(pyo.Var):
        variable.set_value(0.0, skip_validation=True)
    for name, value in values.items():
        family, _, index = name.partition(" ")
        model().find_component(family)[tuple(index.split("/"))].set_value(value, skip_validation=True)
    rows = [one for one in model().find_component(row).values() if one.active]
    return bool(rows) and all(one.slack() >= -1e-9 for one in rows)


@pytest.mark.parametrize(
    ("row", "kept", "broken"),
    [
        ("sites.opening_choice", {"sites.opened beta/2028": 1.0}, {"sites.opened beta/2029": 1.0}),
        ("sites.sale_choice", {"sites.sold gamma/2028": 1.0}, {"sites.sold gamma/2029": 1.0}),
        ("hosting.ended_choice", {"hosting.ended guest/2027Q3": 1.0}, {"hosting.ended guest/2028": 1.0}),
        ("tax.carry_limit", {"tax.used_musd 2027": 15.0}, {"tax.used_musd 2028": 0.5}),
        ("trades.full_held_limit", {"halls.full_modules gamma/mine/2028": 2.0, "sites.held gamma/2028": 1.0},
         {"sites.held gamma/2028": 0.5}),
        ("trades.average_held_limit", {"halls.average_modules gamma/mine/2028": 2.0, "sites.held gamma/2028": 1.0},
         {"halls.average_modules gamma/mine/2028": 2.5}),
        ("trades.firm_held_limit", {"power.firm_mw gamma/2028": 35.0, "sites.held gamma/2028": 1.0}, {"sites.held gamma/2028": 0.5}),
    ],
)  # fmt: skip
def test_a_row_holds_what_it_says(row: str, kept: Values, broken: Values) -> None:
    """Once and no more; no more of a loss than there was; and what a sold site had is gone: 2 modules and 35 MW are all it can have."""
    assert keeps(row, kept)
    assert not keeps(row, {**kept, **broken})
