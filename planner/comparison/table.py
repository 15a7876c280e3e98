"""A table of claims against itself: of all that solvers claim on one benchmark, what cannot be true beside what most claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from planner.comparison.camps import span
from planner.comparison.cases import DIFFERENT, SAME, Case, Cause
from planner.comparison.claimfile import ClaimFile, Row, read_claims
from planner.comparison.findings import Finding, called, find
from planner.comparison.stated import ASSUMED_GAP
from planner.errors import BadOption

GRAVITY: tuple[Cause, ...] = ("contradiction", "reading error", "tolerance", "within gap", "same", "unverified")
"""What the claims on a benchmark come to, gravest first."""
FLAGGED: tuple[Cause, ...] = ("contradiction", "reading error")


@dataclass(frozen=True)
class Judged:
    """The cases of a table, gravest first, and remarks on all of it: how many there are of each cause, and what was not read."""

    cases: tuple[Case, ...]
    notes: tuple[str, ...]


def compare_table(*paths: str | Path, assume_gap: float = ASSUMED_GAP, everything: bool = False) -> tuple[Case, ...]:
    """What cannot be true together among the claims of CSV tables, a case per benchmark and size; with `everything` all others too.

    `assume_gap` is the relative gap of claims that state none, and the least that is believed. Raises NotATable, or BadOption.
    """
    return judge_table(*paths, assume_gap=assume_gap, everything=everything).cases


def judge_table(*paths: str | Path, assume_gap: float = ASSUMED_GAP, everything: bool = False) -> Judged:
    """The same with the remarks on the tables as a whole."""
    if not 0 <= assume_gap <= 1:
        raise BadOption(f"assume_gap: found {assume_gap!r}; allowed: a share from 0 to 1")
    table = read_claims(paths[0]) if len(paths) == 1 else _together(paths)
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in sorted(table.rows, key=lambda row: row.order):
        groups.setdefault((row.benchmark, row.size), []).append(row)
    found = [(find(rows, assume_gap), rows) for _, rows in sorted(groups.items())]
    found.sort(key=lambda pair: GRAVITY.index(pair[0].cause))
    count = Counter(finding.cause for finding, _ in found)
    causes = ", ".join(f"{count[cause]} {cause}" for cause in GRAVITY if count[cause]) or "nothing to compare"
    silent = sum(len(rows) - len(finding.compared) for finding, rows in found)
    asked = f"{_count(len(table.rows), 'claim')} on {_count(len(groups), 'question')} (benchmark and size)"
    summary = f"{asked}, {silent:,} of which state nothing that could be compared: {causes}"
    told = [(finding, rows) for finding, rows in found if everything or finding.cause in FLAGGED]
    return Judged(tuple(_case(str(paths[0]), finding, rows, assume_gap) for finding, rows in told), (summary, *table.notes))


def _together(paths: Sequence[str | Path]) -> ClaimFile:
    """The claims of several tables as one: each claim is called by its file too, and lines are counted on from file to file."""
    rows: list[Row] = []
    notes: list[str] = []
    for path in paths:
        table, before = read_claims(path), max((row.line for row in rows), default=0)
        name = Path(path).name if len({Path(each).name for each in paths}) == len(paths) else str(path)
        for row in table.rows:
            rows.append(replace(row, line=before + row.line, stated=replace(row.stated, who=f"{row.stated.who} ({name})")))
        notes += [f"{path}: {note}" for note in table.notes]
        if before:
            notes.append(f"lines from {before + 1} on are those of {path}, which is taken to follow")
    return ClaimFile(tuple(rows), tuple(notes))


def _case(file: str, finding: Finding, rows: Sequence[Row], gap: float) -> Case:
    first, record, names = rows[0], _record(finding, rows, gap), called(finding.compared)
    silent = len(rows) - len(finding.compared)
    lines = [{"words": line.words, "what": "objective", "old": line.old, "new": line.new} for line in finding.lines]
    return Case(
        name=f"{first.benchmark} {first.size}".rstrip(),
        who=tuple(names[row.line] for row in finding.about),
        cause=finding.cause,
        exit_code=DIFFERENT if finding.cause in FLAGGED else SAME,
        words=finding.words,
        differences=pd.DataFrame(lines),
        tables={"Claims": _brief(pd.DataFrame(record["values"]))} if finding.compared else {},
        notes=(f"{silent} of {len(rows)} claims state nothing that could be compared",) if silent else (),
        record=record,
        file=file,
    )


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _brief(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns in which some row has something, without the ends that follow from them; the machine where there are several."""
    skipped = {"low", "high", *(["machine"] if frame["machine"].nunique() == 1 else [])}
    return frame[[name for name in frame.columns if name not in skipped and not frame[name].isin(["", None]).all()]]


def _record(finding: Finding, rows: Sequence[Row], gap: float) -> dict[str, Any]:
    """The finding as a program reads it; `solvers` are those that it names."""
    solvers = list(dict.fromkeys(row.solver for row in finding.about))
    camp = finding.reference
    return {
        "benchmark": rows[0].benchmark,
        "size": rows[0].size,
        "solver": ", ".join(solvers),
        "solvers": solvers,
        "cause": finding.cause,
        "values": [_value(row, finding, gap) for row in finding.compared],
        "reference": None if camp is None else {
            "value": camp.value, "claims": len(camp.rows), "of_claims": len(finding.compared), "solvers": camp.solvers,
            "of_solvers": len({row.kind for row in finding.compared}),
        },
        "line": (finding.about or tuple(rows))[0].line,
        "tables": {},  # its values are the table of its claims
    }  # fmt: skip


def _value(row: Row, finding: Finding, gap: float) -> dict[str, Any]:
    """A claim: who, what, between which ends it sees the optimum, and where it stands among the others."""
    low, high = span(row, gap) or (None, None)
    return {
        "solver": row.solver, "version": row.version, "machine": row.machine, "claims": row.stated.ended, "value": row.stated.objective,
        "bound": row.stated.bound, "gap": row.stated.gap, "low": low, "high": high, "side": finding.side(row), "line": row.line,
    }  # fmt: skip
