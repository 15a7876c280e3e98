"""A program as the text of an MPS file in free format.

HiGHS has a writer of its own; it keeps 15 digits of each number, so that it writes 7.300000000000001 as 7.3. Here every number is the
shortest decimal that reads back as the same number.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.programs.lp import number, title
from planner.programs.program import Program


def mps_text(program: Program) -> str:
    """A program as an MPS file in free format, its sense told by OBJSENSE; names as for `lp_text`.

    A row with two different sides tells their distance in RANGES, as MPS files do, so its upper side may move by a rounding.
    """
    return "\n".join(_mps_lines(program)) + "\n"


def _mps_lines(program: Program) -> Iterator[str]:
    arrays = program.arrays
    yield f"* {title(program)}"
    yield "NAME program"
    yield "OBJSENSE"
    yield f"    {program.sense.upper()}"
    kinds = [_kind(low, high) for low, high in zip(arrays.row_lower.tolist(), arrays.row_upper.tolist(), strict=True)]
    yield "ROWS"
    yield " N objective"
    yield from (f" {kind} {name}" for kind, name in zip(kinds, program.rows, strict=True))
    yield "COLUMNS"
    yield from _mps_columns(program)
    yield "RHS"
    if arrays.offset:
        yield f" RHS objective {number(-program.sign * arrays.offset)}"
    sides = zip(program.rows, kinds, arrays.row_lower.tolist(), arrays.row_upper.tolist(), strict=True)
    yield from (f" RHS {name} {number(high if kind == 'L' else low)}" for name, kind, low, high in sides if kind != "N")
    yield "RANGES"
    both = np.isfinite(arrays.row_lower) & np.isfinite(arrays.row_upper) & (arrays.row_lower != arrays.row_upper)
    yield from (f" RANGE {program.rows[row]} {number(arrays.row_upper[row] - arrays.row_lower[row])}" for row in np.flatnonzero(both))
    yield "BOUNDS"
    for name, low, high in zip(program.columns, arrays.lower.tolist(), arrays.upper.tolist(), strict=True):
        yield from _mps_bounds(name, low, high)
    yield "ENDATA"


def _kind(low: float, high: float) -> str:
    return "E" if low == high else "G" if np.isfinite(low) else "L" if np.isfinite(high) else "N"


def _mps_columns(program: Program) -> Iterator[str]:
    arrays, inside = program.arrays, False
    for place, name in enumerate(program.columns):
        if arrays.integer[place] != inside:
            inside = not inside
            yield f" MARKER{place} 'MARKER' '{'INTORG' if inside else 'INTEND'}'"
        held = range(arrays.starts[place], arrays.starts[place + 1])
        entries = sorted((int(arrays.indices[at]), float(arrays.data[at])) for at in held if arrays.data[at])
        if arrays.cost[place] or not entries:
            yield f" {name} objective {number(program.sign * arrays.cost[place])}"
        yield from (f" {name} {program.rows[row]} {number(size)}" for row, size in entries)
    if inside:
        yield " MARKER_END 'MARKER' 'INTEND'"


def _mps_bounds(name: str, low: float, high: float) -> Iterator[str]:
    """Both sides are told even where they are the usual ones: of whole-number columns readers take different ones to be usual."""
    if low == high:
        yield f" FX BOUND {name} {number(low)}"
    elif low == -np.inf and high == np.inf:
        yield f" FR BOUND {name}"
    else:
        yield f" MI BOUND {name}" if low == -np.inf else f" LO BOUND {name} {number(low)}"
        yield f" PL BOUND {name}" if high == np.inf else f" UP BOUND {name} {number(high)}"
