"""A program on the line between two others is the program of the instance in between, where prices and budgets enter linearly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import planner
from planner.compile import Arrays, compile_model
from planner.compiling.between import between
from planner_models.build import build
from planner_models.schema import Instance
from tests.example import everything
from tests.shipped import FOLDER

Change = Callable[[Instance, float], Instance]


def program(instance: Instance) -> Arrays:
    """Its arrays."""
    return compile_model(build(instance))


def with_bitcoin(instance: Instance, level: float) -> Instance:
    """All prices of a bitcoin at a level."""
    return instance.with_("btc", [row.model_copy(update={"btc_usd": row.btc_usd * level}) for row in instance.btc])


def with_power(instance: Instance, level: float) -> Instance:
    """All prices of energy at a level."""
    return instance.with_(
        "power_prices", [row.model_copy(update={"usd_per_mwh": row.usd_per_mwh * level}) for row in instance.power_prices]
    )


def with_budgets(instance: Instance, level: float) -> Instance:
    """All capex budgets at a level."""
    return instance.with_("budgets", [row.model_copy(update={"capex_musd": row.capex_musd * level}) for row in instance.budgets])


@pytest.mark.parametrize("change", [with_bitcoin, with_power, with_budgets])
@pytest.mark.parametrize("name", ["everything", "mining_fleet"])
def test_what_enters_linearly_lies_on_the_line(name: str, change: Change) -> None:
    """Between the two, and beyond them; the numbers do differ, but for budgets where there are none."""
    instance = everything() if name == "everything" else planner.load(FOLDER / name)
    low, high = program(instance), program(change(instance, 2.0))
    assert (
        any(not np.array_equal(getattr(low, side), getattr(high, side)) for side in ("data", "cost", "row_upper")) or not instance.budgets
    )
    for share in (0.25, 1.5):
        ours, built = between(low, high, share), program(change(instance, 1 + share))
        for side in ("cost", "data", "row_lower", "row_upper", "lower", "upper"):
            assert np.allclose(getattr(ours, side), getattr(built, side), rtol=1e-9, atol=1e-12), side
        assert ours.column_labels == built.column_labels


def test_programs_of_different_shape_have_nothing_between_them() -> None:
    """A price of zero leaves entries out; a bound that is infinite at one end has no middle."""
    low = program(everything())
    with pytest.raises(ValueError, match="more than numbers"):
        between(low, program(with_bitcoin(everything(), 0.0)), 0.5)
    with pytest.raises(ValueError, match="finite in one"):
        between(low, replace(low, row_upper=np.where(np.isfinite(low.row_upper), low.row_upper, 1e9)), 0.5)
