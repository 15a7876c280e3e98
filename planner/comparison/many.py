"""Many runs at once: those of two folders, paired by instance, and the matrix of instances and solvers that shows them at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from planner.comparison.cases import DIFFERENT, Case
from planner.comparison.judging import USUAL, Rules, judge
from planner.comparison.sides import CannotCompare, Side, side_of
from planner.index.walk import walk


def holds_runs(path: Path) -> bool:
    """Whether a folder is none of a run itself but has runs in it."""
    return path.is_dir() and not (path / "run.json").exists() and bool(walk(path).places)


def compare_folders(one: str | Path, other: str | Path, rules: Rules = USUAL) -> tuple[Case, ...]:
    """A case for each run under two folders, by instance; where one has several of an instance, by instance, solver and seed.

    A run that the other folder has no counterpart of is a case of its own. Raises CannotCompare where two runs of a folder cannot be
    told apart.
    """
    sides = [_sides(Path(path)) for path in (one, other)]
    names = dict.fromkeys(side.instance.name for of in sides for side in of)
    return tuple(case for name in names for case in _of_instance(name, sides, rules))


def _sides(folder: Path) -> list[Side]:
    """The runs under a folder, in the order of their paths. Raises CannotCompare where some of it cannot be looked at."""
    found = walk(folder)
    if found.notes:
        raise CannotCompare(f"{folder}: {'; '.join(found.notes)}; name runs one by one instead")
    return [side_of(folder / place.path) for place in found.places]


def _of_instance(name: str, sides: Sequence[Sequence[Side]], rules: Rules) -> list[Case]:
    """The cases of one instance: one run each are paired whatever made them, several by what made them."""
    found = [[side for side in of if side.instance.name == name] for of in sides]
    if all(len(of) == 1 for of in found):
        return [judge(found[0][0], found[1][0], rules)]
    by_maker = [_by_maker(name, of) for of in found]
    return [
        judge(by_maker[0][key], by_maker[1][key], rules) if all(key in of for of in by_maker) else _alone(by_maker, key)
        for key in dict.fromkeys([*by_maker[0], *by_maker[1]])
    ]


def _by_maker(name: str, sides: Sequence[Side]) -> dict[tuple[str, int | None], Side]:
    found: dict[tuple[str, int | None], Side] = {}
    for side in sides:
        twin = found.setdefault((side.solver, side.seed), side)
        if twin is not side:
            raise CannotCompare(f"{twin.who} and {side.who} are both runs of {name} by the same solver and seed; name the two to compare")
    return found


def _alone(by_maker: Sequence[dict[tuple[str, int | None], Side]], key: tuple[str, int | None]) -> Case:
    """A run without a counterpart."""
    side = next(of[key] for of in by_maker if key in of)
    where = "second" if key in by_maker[0] else "first"
    words = f"the {where} folder has no run of {side.instance.name} by {side.solver}, seed {side.seed}"
    record = {"instance": side.instance.name, "cause": "unverified", "words": words, "sides": [{"solver": side.solver, "seed": side.seed}]}
    return Case(side.instance.name, (side.who,), "unverified", DIFFERENT, words, record=record)


def matrix(cases: Sequence[Case]) -> pd.DataFrame:
    """Instances by what made the second run: the cause of each pair, blank where there is none."""
    cells: dict[str, dict[str, str]] = {}
    for case in cases:
        if sides := case.record.get("sides"):
            last = sides[-1]
            maker = last["solver"] if last["seed"] is None else f"{last['solver']}, seed {last['seed']}"
            cells.setdefault(case.name, {})[maker] = case.cause
    makers = list(dict.fromkeys(maker for row in cells.values() for maker in row))
    rows = [[name, *(row.get(maker, "") for maker in makers)] for name, row in cells.items()]
    return pd.DataFrame(rows, columns=["instance", *makers])
