"""A program with names: what a file of rows and columns holds, and what an instance is to a solver."""

from __future__ import annotations

import hashlib
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from planner.compile import Arrays, Label, Vector, collection_paused, compile_model
from planner.errors import PlannerError
from planner_models.build import build
from planner_models.schema import Instance

DIGITS = 12
"""Digits of numbers that are to be the same wherever they are computed."""
LONGEST_NAME = 200
"""Letters of a name; readers of LP files stop at 255."""
_SAFE = frozenset(string.ascii_letters + string.digits + "_.")


class NotAProgram(PlannerError):
    """A file that should hold a program holds none, or one that is not linear or not read rightly."""

    exit_code = 2


@dataclass(frozen=True)
class Program:
    """A mixed-integer linear program of any solver or of an instance.

    `name` is the file or the instance, `sense` what the program asks for. `arrays` are to be maximised whatever the sense: of a
    minimisation they hold the costs and the offset with their signs turned. `columns` and `rows` are the names, all different within each.
    `groups` says for each row what it belongs to, as comments do; empty where nothing is known. `notes` are warnings of the reader.
    """

    name: str
    sense: Literal["max", "min"]
    arrays: Arrays
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    groups: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def sign(self) -> float:
        """1 for a maximisation, -1 for a minimisation: what turns values of `arrays` into those of the program and back."""
        return 1.0 if self.sense == "max" else -1.0

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Number of each column by its name."""
        return {name: place for place, name in enumerate(self.columns)}

    def rounded(self, digits: int = DIGITS) -> Program:
        """The same with its numbers to some digits: their last ones differ between releases of Python, which sum in other ways."""
        had = self.arrays
        cost, data, row_lower, row_upper, lower, upper = (
            np.array([float(f"{number:.{digits}g}") for number in part.tolist()])
            for part in (had.cost, had.data, had.row_lower, had.row_upper, had.lower, had.upper)
        )
        arrays = replace(had, cost=cost, data=data, row_lower=row_lower, row_upper=row_upper, lower=lower, upper=upper)
        return replace(self, arrays=arrays)

    def vector(self, values: Mapping[str, float]) -> Vector:
        """Values by name as a vector; columns without a value are 0. Raises KeyError for a name that the program does not have."""
        found = np.zeros(self.arrays.columns)
        for name, value in values.items():
            found[self.places[name]] = value
        return found

    def named(self, values: Vector) -> dict[str, float]:
        """A vector as values by name."""
        return dict(zip(self.columns, values.tolist(), strict=True))


def program_of(instance: Instance) -> Program:
    """The program that solvers are given for an instance: what is maximised is the equity value in M$, less what changes cost."""
    with collection_paused():
        arrays = compile_model(build(instance))
    return labelled(instance.name, arrays)


def labelled(name: str, arrays: Arrays) -> Program:
    """Compiled arrays as a program whose names are those of their labels."""
    groups = tuple(f"({label.tag}) {label.component}" for label in arrays.row_labels)
    return Program(name, "max", arrays, names_of(arrays.column_labels), names_of(arrays.row_labels), groups)


def names_of(labels: Sequence[Label]) -> tuple[str, ...]:
    """A name for each label that every reader of LP and MPS files takes; other labels have other names.

    `halls.built_modules(alpha,mine,2027Q1)`: the component and its index. A letter that could mean something else to a reader is written
    as ~ and two hexadecimal digits for each of its bytes in UTF-8. Of a name of more than 200 letters the end is replaced by ~~ and a hash
    of all of it.
    """
    return tuple(_name(label) for label in labels)


def _name(label: Label) -> str:
    index = ",".join(map(_safe, label.index))
    name = _safe(label.component) + (f"({index})" if label.index else "")
    if len(name) <= LONGEST_NAME:
        return name
    mark = "~~" + hashlib.sha256(name.encode()).hexdigest()[:32]
    return name[: LONGEST_NAME - len(mark)] + mark


def _safe(text: str) -> str:
    return "".join(letter if letter in _SAFE else "".join(f"~{byte:02x}" for byte in letter.encode()) for letter in text)
