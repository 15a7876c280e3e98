"""How large the numbers of a model are, rule by rule: what a solver's arithmetic has to bear."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.compile import Arrays, compile_model
from planner_models.build import build
from planner_models.schema import Instance

WIDE = (1e-4, 1e4)
"""Outside this a coefficient strains the tolerances of a solver, which are about 1e-7."""
COLUMNS = ("tag", "rule", "rows", "nonzeros", "least", "largest", "largest_side", "outside")


def ranges(instance: Instance) -> pd.DataFrame:
    """The sizes of the coefficients of each rule of an instance's model, widest first.

    `tag` and `rule` as in MATHS.md; `rows` and `nonzeros`; `least` and `largest` absolute coefficient, in the rule's unit (M$, MW, ...)
    per unit of the decision; `largest_side`, the largest finite right-hand side; `outside`, how many coefficients lie outside
    1e-4 to 1e4. The objective is a row of its own.
    """
    arrays = compile_model(build(instance))
    keys = [(label.tag, label.rule) for label in arrays.row_labels]
    frame = _entries(arrays, keys)
    sides = pd.DataFrame(keys, columns=["tag", "rule"]).assign(side=_sides(arrays))
    summary = frame.groupby(["tag", "rule"], sort=False)["size"].agg(nonzeros="size", least="min", largest="max").reset_index()
    outside = frame[(frame["size"] < WIDE[0]) | (frame["size"] > WIDE[1])].groupby(["tag", "rule"]).size().rename("outside")
    counted = sides.groupby(["tag", "rule"], sort=False).agg(rows=("side", "size"), largest_side=("side", "max")).reset_index()
    found = counted.merge(summary, on=["tag", "rule"], how="left").merge(outside.reset_index(), on=["tag", "rule"], how="left")
    found = pd.concat([found, _objective(arrays)], ignore_index=True).fillna({"outside": 0, "nonzeros": 0})
    spread = found["largest"] / found["least"]
    found = found.assign(spread=spread).sort_values(["spread", "tag"], ascending=[False, True], kind="stable")
    return found.astype({"outside": int, "nonzeros": int})[list(COLUMNS)].reset_index(drop=True)


def _entries(arrays: Arrays, keys: list[tuple[str, str]]) -> pd.DataFrame:
    """Size of every non-zero with the rule of its row."""
    rows = pd.DataFrame(keys, columns=["tag", "rule"]).iloc[arrays.indices].reset_index(drop=True)
    return rows.assign(size=np.abs(arrays.data))


def _sides(arrays: Arrays) -> np.ndarray:
    """The largest finite right-hand side of each row."""
    lower, upper = (np.where(np.isfinite(side), np.abs(side), 0.0) for side in (arrays.row_lower, arrays.row_upper))
    return np.maximum(lower, upper)


def _objective(arrays: Arrays) -> pd.DataFrame:
    sizes = np.abs(arrays.cost[arrays.cost != 0])
    row = {"tag": "9.8", "rule": "equity_value", "rows": 1, "nonzeros": len(sizes), "largest_side": abs(arrays.offset)}
    if len(sizes):
        row |= {"least": sizes.min(), "largest": sizes.max(), "outside": int(((sizes < WIDE[0]) | (sizes > WIDE[1])).sum())}
    return pd.DataFrame([row])
