"""A program as the text of an LP file: the same program is the same text, one term of a row per line, so that diffs are short."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from scipy.sparse import csc_matrix

from planner.programs.program import Program

WRITTEN = "written by megawatt-planner"
"""In the first line of each file, a comment: files that have it are replaced by newer ones."""
Terms = list[tuple[str, float]]


def lp_text(program: Program) -> str:
    """A program as an LP file. Its names must be such as LP files can have; those of `names_of` are.

    Rows of one rule stand under a comment with its number in MATHS.md. A row with two different sides becomes two rows, `name` and
    `name~upper`, as readers disagree on such rows; one without sides says nothing and is left out. Columns that stand in no row and cost
    nothing are told in the objective with 0. A constant of the objective (no instance has one) stands behind it as a number, which Gurobi
    takes for a column; it reads that of an MPS file rightly.
    """
    return "\n".join(_lp_lines(program)) + "\n"


def title(program: Program) -> str:
    """What opens each file, behind the mark of a comment."""
    return f"{comment(program.name)}: {program.arrays.rows} rows, {program.arrays.columns} columns, {WRITTEN}"


def comment(text: str) -> str:
    """Text in ASCII on one line."""
    return text.encode("unicode_escape").decode("ascii")


def number(value: float) -> str:
    """The shortest decimal that reads back as the same number; whole ones without a point."""
    if np.isinf(value):
        return "inf" if value > 0 else "-inf"
    return repr(float(value) + 0.0).removesuffix(".0")


def _lp_lines(program: Program) -> Iterator[str]:
    arrays = program.arrays
    yield f"\\ {title(program)}"
    yield "Maximize" if program.sense == "max" else "Minimize"
    yield " objective:"
    yield from _objective(program)
    yield "Subject To"
    group = ""
    for row, terms in enumerate(_terms(program)):
        if program.groups and program.groups[row] != group:
            group = program.groups[row]
            yield f"\\ {comment(group)}"
        yield from _row(program.rows[row], terms or [(program.columns[0], 0.0)], arrays.row_lower[row], arrays.row_upper[row])
    yield "Bounds"
    for name, low, high in zip(program.columns, arrays.lower.tolist(), arrays.upper.tolist(), strict=True):
        if (low, high) != (0.0, np.inf):
            yield _bound(name, low, high)
    if arrays.integer.any():
        yield "General"
        yield from (f" {name}" for name, whole in zip(program.columns, arrays.integer, strict=True) if whole)
    yield "End"


def _objective(program: Program) -> Iterator[str]:
    arrays = program.arrays
    counted = set(np.repeat(np.arange(arrays.columns), np.diff(arrays.starts))[arrays.data != 0].tolist())
    terms = [
        (name, program.sign * cost)
        for place, (name, cost) in enumerate(zip(program.columns, arrays.cost.tolist(), strict=True))
        if cost or place not in counted
    ]
    yield from _written(terms or [(program.columns[0], 0.0)])
    if arrays.offset:
        yield f"  {_signed(program.sign * arrays.offset)}"


def _terms(program: Program) -> list[Terms]:
    """The terms of each row in the order of the columns."""
    arrays = program.arrays
    table = csc_matrix((arrays.data, arrays.indices, arrays.starts), shape=(arrays.rows, arrays.columns)).tocsr()
    starts, places, sizes = table.indptr.tolist(), table.indices.tolist(), table.data.tolist()
    names = program.columns
    return [[(names[places[at]], sizes[at]) for at in range(first, last) if sizes[at]] for first, last in pairwise(starts)]


def _row(name: str, terms: Terms, low: float, high: float) -> Iterator[str]:
    sides = [("=", low)] if low == high else [(">=", low)] * bool(np.isfinite(low)) + [("<=", high)] * bool(np.isfinite(high))
    for second, (relation, side) in enumerate(sides):
        yield f" {name}{'~upper' if second else ''}:"
        yield from _written(terms)
        yield f"  {relation} {number(side)}"


def _written(terms: Terms) -> Iterator[str]:
    return (f"  {_signed(size)} {name}" for name, size in terms)


def _bound(name: str, low: float, high: float) -> str:
    if low == high:
        return f" {name} = {number(low)}"
    if high == np.inf:
        return f" {name} free" if low == -np.inf else f" {name} >= {number(low)}"
    return f" {number(low)} <= {name} <= {number(high)}"


def _signed(value: float) -> str:
    text = number(value)
    return f"- {text[1:]}" if text.startswith("-") else f"+ {text}"
