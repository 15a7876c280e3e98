"""Instance and changes to a table of scenarios: who is solved, where, and what goes on after a kill."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from planner.atomic import check_folder, restore
from planner.backends import Backend, Task, WorkerLost, open_backend
from planner.errors import BadOption, CannotWrite
from planner.fingerprint import model_hash
from planner.options import SolveOptions
from planner.runs import NotARun, load_plan, writable
from planner.sweeping.errand import done, kept
from planner.sweeping.fields import Case, settled
from planner.sweeping.scenarios import Scenario, grid, listed, read_changes
from planner.sweeping.table import FAILED, Sweep
from planner_models.schema import Instance

Changes = Mapping[str, Sequence[Any]] | pd.DataFrame | Sequence[Mapping[str, Any]] | str | Path
"""A grid (values by path), a table or list with a row per scenario, or the CSV file of such a table."""
PATIENCE_S = 10.0
"""Seconds in which a network drive must show what another machine has written."""
UNSETTLED = ("interrupted", "solver_error")
"""Outcomes that another try may better."""


@dataclass(frozen=True)
class Moment:
    """How far a sweep is: scenarios that have a run, how many there are to be, the outcome of the last one (None at the start)."""

    done: int
    all: int
    outcome: str | None


def sweep(
    instance: Instance,
    changes: Changes,
    output: str | Path | None = None,
    options: SolveOptions | None = None,
    *,
    backend: str = "processes",
    workers: int | None = None,
    resume: bool = False,
    shard: tuple[int, int] | None = None,
    progress: Callable[[Moment], None] | None = None,
) -> pd.DataFrame:
    """Solve an instance in many scenarios, each with one solver thread; a row per scenario, see `Sweep.frame`.

    `changes` is a grid such as `{"btc.btc_usd": ["-30%", "0%", "+30%"]}`, a frame or list of rows with a path per column, or the CSV file
    of such a table. Paths are those of `Instance.with_`; without a key they name all rows of a table, and `*` in a key stands for any
    letters. A value is set; `+30%` changes what is there. `output` is a folder for the runs, one for each scenario, and the table
    `sweep.csv`; left out, only the table is handed back. `resume` goes on with what is there: runs of the same scenario, model and
    options are kept. `shard` (3, 20) solves the third of twenty parts. `backend` and `workers` are as in `planner.backends`.

    How a scenario ends is a row, be it infeasible. Raises InvalidInstance where a path or value does not do in any scenario, CannotWrite
    where `output` holds something else, and what `planner.solve` raises of solver and options; nothing is solved or written then.
    """
    cases = settled(instance, _scenarios(changes))
    chosen = _with_one_thread(instance, options or SolveOptions())
    mine = _share(cases, shard)
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory()) if output is None else output).absolute()
        left = _left(root, mine, chosen) if resume else _new(root, mine, shard)
        table = Sweep(root, cases)
        crew = open_backend(backend, workers)
        try:
            if left:
                tell = _Teller(progress, len(mine) - len(left), len(mine))
                _solve(stack.enter_context(crew), instance, chosen, table, left, tell)
        except KeyboardInterrupt:
            table.save()
            raise
        return table.save()


def _solve(crew: Backend, instance: Instance, options: SolveOptions, table: Sweep, cases: Sequence[Case], tell: _Teller) -> None:
    """Solve scenarios on workers, which save their runs; one that cannot be solved goes into the table's failures."""
    crew.scatter(kept, [instance])
    crew.broadcast((table.root, options))
    left = {case.name: Task(0, case) for case in cases}
    while left:
        try:
            for task, (outcome, why) in crew.as_completed(done, list(left.values())):
                del left[task.argument.name]
                if why:
                    table.failures[task.argument.name] = why
                else:
                    _wait_for(table.root / task.argument.name)
                tell(outcome)
        except WorkerLost as fault:
            del left[fault.task.argument.name]
            table.failures[fault.task.argument.name] = str(fault)
            tell(FAILED)


def _left(root: Path, cases: Sequence[Case], options: SolveOptions) -> list[Case]:
    """The scenarios that have no run yet, or one of another question. Raises CannotWrite where something else is in the way."""
    check_folder(root, lambda _: None)
    left = [case for case in cases if not _is_solved(root / case.name, case, options)]
    for case in left:
        if (root / case.name).exists():
            writable(root / case.name)
    return left


def _is_solved(folder: Path, case: Case, options: SolveOptions) -> bool:
    """Whether a folder has a whole run of a scenario, by this model and with these options."""
    restore(folder)
    if not folder.exists():
        return False
    try:
        saved = load_plan(folder)
    except NotARun:
        return False
    record = saved.record
    whole = not saved.changed and all((folder / name).is_file() for name in record["files"])
    same = record["hashes"] == {"instance": case.instance_hash, "model": model_hash()} and record["solver"] == options.asked(saved.instance)
    alike = options.settings(saved.instance).__dict__.items() <= record["settings"].items()
    return whole and same and alike and saved.outcome not in UNSETTLED


class _Teller:
    """Counts, and passes on how far the sweep is."""

    def __init__(self, progress: Callable[[Moment], None] | None, done: int, count: int) -> None:
        self._progress, self._done, self._all = progress, done, count
        if progress is not None:
            progress(Moment(done, count, None))

    def __call__(self, outcome: str) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(Moment(self._done, self._all, outcome))


def _with_one_thread(instance: Instance, options: SolveOptions) -> SolveOptions:
    """The options with a solver thread of each scenario. Raises BadOption for a value that makes no sense, or that workers cannot use."""
    options.settings(instance)
    if options.progress is not None or options.stop is not None:
        raise BadOption("progress and stop: a sweep has a progress of its own, and is stopped by Ctrl-C")
    if options.cluster is not None:
        raise BadOption("cluster: the scenarios of a sweep are spread over one, not their sites; give it as the backend")
    return replace(options, threads=1) if options.threads is None and options.solver == "highs" else options


def _scenarios(changes: Changes) -> list[Scenario]:
    if isinstance(changes, str | Path):
        return read_changes(changes)
    if isinstance(changes, pd.DataFrame):
        return listed({str(name): value for name, value in row.items()} for row in changes.to_dict("records"))
    if isinstance(changes, Mapping):
        return grid(changes)
    return listed(changes)


def _share(cases: Sequence[Case], shard: tuple[int, int] | None) -> Sequence[Case]:
    """The scenarios of a part: of twenty parts the third has the 3rd, 23rd, 43rd ... of all."""
    part, parts = shard or (1, 1)
    if not 1 <= part <= parts:
        raise BadOption(f"shard: found {part}/{parts}; allowed: a part from 1 and how many there are, such as 3/20")
    return cases[part - 1 :: parts]


def _new(root: Path, cases: Sequence[Case], shard: tuple[int, int] | None) -> list[Case]:
    """The scenarios, where none of them has a folder; a sweep as a whole wants a folder of its own. Raises CannotWrite."""
    check_folder(root, lambda _: None)
    names = {case.name for case in cases}
    there = sorted(entry.name for entry in root.iterdir() if not entry.name.startswith(".")) if root.exists() else []
    if stands := [name for name in there if shard is None or name in names]:
        found = f"it has {stands[0]}; --resume goes on with the runs there, or give the name of a new folder"
        raise CannotWrite(f"{root} is not written to: {found}")
    return list(cases)


def _wait_for(folder: Path) -> None:
    """Wait until a run that a worker has saved is seen here. Raises CannotWrite where it is not."""
    until = time.monotonic() + PATIENCE_S
    while not (folder / "run.json").exists():
        if time.monotonic() > until:
            why = "though a worker has written it; a cluster needs a folder that all its machines share"
            raise CannotWrite(f"{folder} is not to be seen here, {why}")
        time.sleep(0.1)
