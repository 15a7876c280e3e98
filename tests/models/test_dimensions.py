"""Scale MW, dollars, hashes, GPUs and fuel of the data by 8: every row of the model must scale by one unit, without any solver."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from planner.compile import Arrays, Label, compile_model
from planner_models.build import build
from planner_models.rows import Covenant, Policy
from planner_models.schema import TABLES, Instance
from tests.example import committed

SIZES = {"mw": "mw", "mva": "mw", "mwh": "mw", "kw": "mw", "musd": "usd", "usd": "usd", "th": "th", "eh": "th", "ph": "th", "j": "mw",
         "gwh": "mw", "mmbtu": "fuel", "gpu": "gpu", "gpus": "gpu"}  # fmt: skip
"""Which dimension a unit in a name counts; joules per hash are power per hashrate; hours, months, counts and shares count none."""


def powers(name: str) -> dict[str, int]:
    """Exponent of each dimension in a name such as `usd_per_kw_month` or `land_it_mw`."""
    above, *below = name.split("_per_")
    exponents: dict[str, int] = {}
    unit = [part for part in above.split("_") if part in SIZES]
    for part in unit[-1:]:
        exponents[SIZES[part]] = 1
    for text in below:
        for part in text.split("_"):
            if part in SIZES:
                exponents[SIZES[part]] = exponents.get(SIZES[part], 0) - 1
    return exponents


def factor(name: str, scale: dict[str, float]) -> float:
    """By how much a quantity of this name grows."""
    return float(np.prod([scale[dimension] ** exponent for dimension, exponent in powers(name).items()]))


def unit(block: Any, field: str) -> str:
    """The name that tells the unit of a field: where its own does not, that of what the row measures."""
    if isinstance(block, Policy) and field in ("at_least", "at_most"):
        return block.measure
    if isinstance(block, Covenant) and field == "level" and block.kind == "liquidity":
        return "musd"
    return field


def scaled(instance: Instance, scale: dict[str, float]) -> Instance:
    """Every number of the instance multiplied by the factor of its unit."""

    def grown(block: Any) -> dict[str, Any]:
        data = {name: getattr(block, name) for name in type(block).model_fields}
        return {name: value * factor(unit(block, name), scale) if isinstance(value, float) else value for name, value in data.items()}

    tables = {name: [grown(row) for row in getattr(instance, name)] for name in TABLES}
    return Instance(**({name: getattr(instance, name) for name in Instance.model_fields} | tables | {"finance": grown(instance.finance)}))


def growths(arrays: Arrays, instance: Instance, scale: dict[str, float]) -> Any:
    """By how much each column grows; modules, units and yes/no do not, and what a policy counts grows as its measure does."""
    measures = {row.id: row.measure for row in instance.policies}

    def named(label: Label) -> str:
        return measures[label.index[0]] if label.rule in ("counted", "total") else label.rule

    return np.array([factor(named(label), scale) for label in arrays.column_labels])


def mismatches(before: Arrays, after: Arrays, growth: Any) -> list[str]:
    """Rows whose coefficients and bounds do not all grow by one factor, when the columns grow by those of `growth`."""
    columns = np.repeat(np.arange(before.columns), np.diff(before.starts))
    ratio = after.data / before.data * growth[columns]
    wrong = []
    for row in range(before.rows):
        seen = ratio[before.indices == row]
        bound = before.row_upper[row] if np.isfinite(before.row_upper[row]) else before.row_lower[row]
        new = after.row_upper[row] if np.isfinite(after.row_upper[row]) else after.row_lower[row]
        if not np.allclose(seen, seen[0], rtol=1e-9) or not np.isclose(new, bound * seen[0], rtol=1e-9, atol=1e-12):
            wrong.append(f"{before.row_labels[row]}: {sorted(set(np.round(seen, 6)))}, bound {bound} -> {new}")
    return wrong


@pytest.mark.parametrize("dimension", ["mw", "usd", "th", "gpu", "fuel"])
@pytest.mark.parametrize("method", ["cap_rate", "contract"])
def test_every_row_has_one_unit(dimension: str, method: str) -> None:
    """A term in the wrong unit (MW beside MVA x power factor, M$ beside $/MW) grows otherwise than its row."""
    instance = committed().with_("finance.terminal_method", method)
    scale = {"mw": 1.0, "usd": 1.0, "th": 1.0, "gpu": 1.0, "fuel": 1.0} | {dimension: 8.0}
    before, after = compile_model(build(instance)), compile_model(build(scaled(instance, scale)))
    assert [str(label) for label in before.row_labels] == [str(label) for label in after.row_labels]
    assert (before.indices == after.indices).all()
    growth = growths(before, instance, scale)
    assert mismatches(before, after, growth) == []
    assert np.allclose(after.cost, before.cost * scale["usd"] / growth)


def test_the_dimension_test_sees_a_wrong_unit() -> None:
    """Leaving one price unscaled must show: the test can fail."""
    scale = {"mw": 1.0, "usd": 8.0, "th": 1.0, "gpu": 1.0, "fuel": 1.0}
    instance = committed()
    wrong = scaled(instance, scale).with_("equipment.main_tx.cost_musd", 3.0)
    before = compile_model(build(instance))
    found = mismatches(before, compile_model(build(wrong)), growths(before, instance, scale))
    assert any(re.search(r"capex_balance", text) for text in found)
