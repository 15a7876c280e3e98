"""How two programs differ."""

from __future__ import annotations

import numpy as np

from planner.compile import Arrays

SIDES = ("cost", "row_lower", "row_upper", "lower", "upper", "data")
PLACES = ("starts", "indices", "integer")


def differences(ours: Arrays, pyomos: Arrays) -> list[str]:
    """What is not the same: rows, columns, labels, places of non-zeros, kinds; numbers up to 1e-12 of their size."""
    wrong = [name for name in PLACES if not np.array_equal(getattr(ours, name), getattr(pyomos, name))]
    wrong += [name for name in SIDES if not np.allclose(getattr(ours, name), getattr(pyomos, name), rtol=1e-12, atol=0, equal_nan=False)]
    wrong += [name for name in (*SIDES, *PLACES) if getattr(ours, name).dtype != getattr(pyomos, name).dtype]
    wrong += [name for name in ("row_labels", "column_labels") if getattr(ours, name) != getattr(pyomos, name)]
    return wrong + (["offset"] if ours.offset != pyomos.offset else [])
