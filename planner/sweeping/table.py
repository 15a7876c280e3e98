"""One line per scenario: what it changes, how it ended, what it is worth, its key figures; read from the folders of the runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from planner.atomic import restore, write_file
from planner.csvtables import to_csv
from planner.index.entry import Entry, Place, read
from planner.sweeping.fields import Case
from planner.sweeping.scenarios import NAME

FILE = "sweep.csv"
FIGURES = ("value_musd", "bound_musd", "gap_fraction", "seconds")
CHECKS = {None: "", True: "passed", False: "FAILED"}
FAILED, OPEN = "failed", "open"
"""Outcomes of scenarios without a run: it could not be solved, or has not been yet."""


@dataclass(frozen=True)
class Sweep:
    """Where the runs of scenarios are, and why some have none."""

    root: Path
    cases: Sequence[Case]
    failures: dict[str, str] = field(default_factory=dict)

    def frame(self) -> pd.DataFrame:
        """The table.

        `scenario`; a column per path with what was written for it, blank where it stays; `outcome`, `failed` where the scenario could
        not be solved and `open` where it has not been yet; `value_musd`, `bound_musd`, `gap_fraction`, `seconds`; `check`, whether the
        plan passed (blank without a plan); `words`, why there is no run; then the key figures.
        """
        entries = [found(self.root, case) for case in self.cases]
        lost = [self.failures.get(case.name, "") for case in self.cases]
        columns: dict[str, list[Any]] = {NAME: [case.name for case in self.cases]}
        for path in dict.fromkeys(path for case in self.cases for path in case.written):
            written = [case.written.get(path) for case in self.cases]
            columns[path] = _numbers(written) or ["" if value is None else str(value) for value in written]
        columns["outcome"] = [FAILED if why else OPEN if entry is None else entry.outcome for entry, why in zip(entries, lost, strict=True)]
        for name in FIGURES:
            columns[name] = [math.nan if entry is None else _number(getattr(entry, name)) for entry in entries]
        columns["check"] = [CHECKS[None if entry is None else entry.certified] for entry in entries]
        columns["words"] = lost
        return pd.DataFrame(columns | _key_figures(entries))

    def save(self) -> pd.DataFrame:
        """Write the table beside the folders, and hand it back.

        Others may be writing theirs of the same folders: whoever is last to write looks once more, so that nothing is missing in the end.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        frame = self.frame()
        while True:
            text = to_csv(frame)
            write_file(self.root / FILE, partial(Path.write_text, data=text, encoding="utf-8"), _why_not_ours)
            frame = self.frame()
            if to_csv(frame) == text:
                return frame


def found(root: Path, case: Case) -> Entry | None:
    """What is in the folder of a scenario; None where there is no run of it."""
    restore(root / case.name)
    entry = read(root, Place(case.name, 0, 0, 0))
    return entry if entry is not None and entry.instance_hash == case.instance_hash else None


def _why_not_ours(file: Path) -> str | None:
    with file.open(encoding="utf-8", errors="replace") as lines:
        return None if lines.readline().startswith(f"{NAME},") else "it is not the table of a sweep"


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _numbers(written: Sequence[Any]) -> list[float]:
    """The values of a path where all that are written are numbers; nothing otherwise."""
    try:
        return [math.nan if value is None else float(value) for value in written]
    except (TypeError, ValueError):
        return []


def _key_figures(entries: Sequence[Entry | None]) -> dict[str, list[Any]]:
    """A column per key figure: numbers where a scenario has one, else words."""
    columns: dict[str, list[Any]] = {}
    for name in dict.fromkeys(name for entry in entries if entry for name in entry.kpis):
        figures = [entry.kpis.get(name) if entry else None for entry in entries]
        if any(figure and figure.value is not None for figure in figures):
            columns[name] = [math.nan if figure is None else _number(figure.value) for figure in figures]
        else:
            columns[name] = ["" if figure is None else figure.text for figure in figures]
    return columns
