"""Tiny programs on which a release of a solver has claimed a wrong optimum, each with the right one.

`canaries.json`: every release that is allowed answers them rightly. `misleading.json`: HiGHS 1.12 to 1.15.1 do not; what is claimed of
a portfolio is held against other plans because of such.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np

from planner.claims import TOLERANCE
from planner.compile import Arrays
from planner.highs import Answer, Settings


@dataclass(frozen=True)
class Canary:
    """A program to be maximised, its name, its true optimum, where it comes from, and how HiGHS is misled by it, where it is."""

    name: str
    source: str
    optimum: float
    arrays: Arrays
    misled: tuple[Settings, ...] = ()

    def wrong(self, answer: Answer) -> str:
        """What is wrong with an answer, in words; `""` where it is right."""
        if answer.status != "optimal" or answer.objective is None:
            return f"{self.name}: ends with {answer.status!r}, the optimum is {self.optimum:g}"
        if abs(answer.objective - self.optimum) > TOLERANCE * (1 + abs(self.optimum)):
            return f"{self.name}: claims {answer.objective:g}, the optimum is {self.optimum:g}"
        return ""


def canaries() -> tuple[Canary, ...]:
    """Those that every release has to answer rightly."""
    return _read("canaries.json")


def misleading() -> tuple[Canary, ...]:
    """Those that mislead the releases of HiGHS that there are."""
    return _read("misleading.json")


def _read(name: str) -> tuple[Canary, ...]:
    text = files("planner.checkup").joinpath(name).read_text(encoding="utf-8")
    return tuple(_canary(case) for case in json.loads(text)["cases"])


def _canary(case: dict[str, Any]) -> Canary:
    """One of the file: it is to be minimised there, so that its costs and optimum change sign."""
    rows = np.array([coefficients for _, _, coefficients in case["rows"]], dtype=float)
    columns, index = rows.nonzero()[::-1]
    order = np.lexsort((index, columns))
    columns, index = columns[order], index[order]
    whole = np.array(case["integer"], dtype=np.bool_)
    arrays = Arrays(
        cost=-np.array(case["c"], dtype=float),
        offset=0.0,
        starts=np.searchsorted(columns, np.arange(len(whole) + 1)).astype(np.int32),
        indices=index.astype(np.int32),
        data=rows[index, columns],
        row_lower=_bounds([low for low, _, _ in case["rows"]], -np.inf),
        row_upper=_bounds([high for _, high, _ in case["rows"]], np.inf),
        lower=_bounds(case["lo"], -np.inf),
        upper=_bounds(case["up"], np.inf),
        integer=whole,
    )
    fails = case.get("fails", {"seeds": [], "presolve": True})
    misled = tuple(Settings(gap_fraction=0.0, threads=1, seed=seed, presolve=fails["presolve"]) for seed in fails["seeds"])
    return Canary(case["name"], case["source"], 0.0 - float(case["optimum"]), arrays, misled)


def _bounds(values: list[float | None], missing: float) -> Any:
    return np.array([missing if value is None else value for value in values], dtype=float)
