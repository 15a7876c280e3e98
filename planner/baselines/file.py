"""A baseline as a text file: what each search said of one instance, and the best plan, one decision per line, in stable order."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args

from planner.atomic import write_file
from planner.comparison.sides import CannotCompare, missing
from planner.errors import CannotWrite
from planner.plan import Plan
from planner.runs import Outcome

NUMBER, MAYBE = (int, float), (int, float, type(None))
FORMAT = "megawatt-planner baseline 1"
DIGITS = 6
"""Decimals of M$ in the file: a difference of less is none, and must not show as one in a review."""


@dataclass(frozen=True)
class Search:
    """How one search of one solver ended, what its plan is worth by the exact check and the bound it claims, M$ rounded to 1 USD."""

    solver: str
    seed: int
    outcome: Outcome
    objective_musd: float | None
    bound_musd: float | None

    @property
    def key(self) -> tuple[str, int]:
        """Who searched."""
        return self.solver, self.seed


@dataclass(frozen=True)
class Baseline:
    """The accepted answers for one instance.

    `data` has a short hash of each part of the instance that may change the answer, `program` one of the mixed-integer program that the
    model makes of it; `gap_fraction` is what was asked for; `versions` those of the solvers; `plan` the best plan of all searches, None
    where there is none.
    """

    instance: str
    data: Mapping[str, str]
    program: str
    gap_fraction: float
    versions: Mapping[str, str]
    searches: tuple[Search, ...]
    plan: Plan | None

    @property
    def objective_musd(self) -> float | None:
        """What the best plan was worth, by the exact check of then."""
        return max((search.objective_musd for search in self.searches if search.objective_musd is not None), default=None)

    def text(self) -> str:
        """The file: a line for each part of the data, each search and each decision."""
        head = {
            "format": FORMAT, "instance": self.instance, "program": self.program, "gap_fraction": self.gap_fraction,
            "versions": dict(sorted(self.versions.items())),
        }  # fmt: skip
        lines = [f'  "{name}": {json.dumps(value)}' for name, value in head.items()]
        parts = [f"{json.dumps(name)}: {json.dumps(digest)}" for name, digest in sorted(self.data.items())]
        lines.append('  "data": {\n    ' + ",\n    ".join(parts) + "\n  }")
        searches = [json.dumps(asdict(search)) for search in sorted(self.searches, key=lambda search: search.key)]
        lines.append('  "searches": [\n    ' + ",\n    ".join(searches) + "\n  ]")
        plan = "null" if self.plan is None else self.plan.to_json().strip().replace("\n", "\n  ")
        return "{\n" + ",\n".join([*lines, f'  "plan": {plan}']) + "\n}\n"


def place(folder: Path, instance: Path) -> Path:
    """Where the baseline of an instance lies: under the name of its folder or workbook."""
    return folder / f"{called(instance)}.json"


def called(instance: Path) -> str:
    """The name of an instance's folder or workbook, which need not be the name that it has itself."""
    real = instance.resolve()
    return real.stem if real.is_file() else real.name


def read(path: Path) -> Baseline:
    """Read a baseline. Raises CannotCompare naming the file and what is wrong with it."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
        return _parsed(data)
    except FileNotFoundError:
        raise CannotCompare(f"{path}: there is no baseline; `planner baseline record` writes one") from None
    except OSError as fault:
        raise CannotCompare(f"{path} cannot be read: {fault.strerror}") from fault
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise CannotCompare(f"{path} is no baseline: {missing(fault)}") from fault


def _parsed(data: Any) -> Baseline:
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        found = data.get("format") if isinstance(data, dict) else None
        raise ValueError(f"its format is {found!r}, this version reads {FORMAT!r}")
    _typed(data, {"instance": (str,), "program": (str,), "gap_fraction": NUMBER, "data": (dict,), "versions": (dict,), "searches": (list,)})
    searches = tuple(Search(**search) for search in data["searches"])
    for search in searches:
        _typed(asdict(search), {"solver": (str,), "seed": (int,), "objective_musd": MAYBE, "bound_musd": MAYBE})
    if not searches:
        raise ValueError("it has no searches")
    for search in searches:
        if search.outcome not in get_args(Outcome):
            raise ValueError(f"{search.outcome!r} is not an outcome")
    plan = None if data["plan"] is None else Plan.from_json(json.dumps(data["plan"]))
    return Baseline(
        instance=data["instance"], data=data["data"], program=data["program"], gap_fraction=data["gap_fraction"],
        versions=data["versions"], searches=searches, plan=plan,
    )  # fmt: skip


def _typed(data: Mapping[str, Any], kinds: Mapping[str, tuple[type, ...]]) -> None:
    """Raises ValueError for a part that is of no such kind, or no finite number."""
    for name, allowed in kinds.items():
        value = data[name]
        if not isinstance(value, allowed) or isinstance(value, bool) or (isinstance(value, float) and not math.isfinite(value)):
            raise ValueError(f"{name}: found {str(value)[:40]!r}; allowed: {' or '.join(kind.__name__ for kind in allowed)}")


def write(path: Path, baseline: Baseline, *, replace: bool = False) -> None:
    """Write a baseline, whole or not at all. Raises CannotWrite, also for one that is there unless it is to be replaced."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise CannotWrite(f"{path} cannot be written: {fault.strerror}") from fault
    write_file(path, lambda place: place.write_text(baseline.text(), encoding="utf-8"), _accepted if replace else _kept)


def _kept(path: Path) -> str | None:
    return "it is there already; `planner baseline check --update` shows what a new one changes, and accepts it"


def _accepted(path: Path) -> str | None:
    """Only a baseline gives way to a baseline."""
    try:
        read(path)
    except CannotCompare as fault:
        return str(fault)
    return None
