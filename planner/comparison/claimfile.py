"""A table of what solvers claim, as benchmarks write it: CSV -> a claim per row, with every fault by line and column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from planner.comparison.stated import Sense, Stated, means, read_status, stopped
from planner.errors import MOST_LINES, PlannerError, Problem
from planner.instance import raw
from planner.instance.cells import CellError, parsed
from planner.instance.columns import width_problem
from planner.instance.csvfile import cells
from planner.instance.fields import Spec
from planner.instance.grid import Grid
from planner.instance.notice import Where
from planner_models.words import listing, quoted, suggestion

WANTED = "a table with the columns benchmark, solver, objective, and status or termination"
ALIASES = {
    "instance": "benchmark", "name": "benchmark", "problem": "benchmark", "solver version": "version", "vm": "machine",
    "hostname": "machine", "termination condition": "termination", "objective value": "objective", "duality gap": "gap", "mip gap": "gap",
    "relative gap": "gap", "dual bound": "bound", "best bound": "bound", "objective bound": "bound", "runtime": "runtime s",
}  # fmt: skip
"""Other names of columns, in small letters, without underlines and units."""
COLUMNS = (
    "benchmark", "size", "solver", "version", "machine", "status", "termination", "objective", "bound", "gap", "sense", "runtime s",
)  # fmt: skip
BLANK = {"", "nan", "none", "null", "na", "n/a", "<na>", "nat", "-"}
"""How tables write that there is nothing."""
INFINITE = 1e20
"""From here on solvers mean that there is no number."""
SENSES: dict[str, Sense] = {
    **dict.fromkeys(("max", "maximize", "maximise", "maximum", "maximization", "maximisation"), "max"),
    **dict.fromkeys(("min", "minimize", "minimise", "minimum", "minimization", "minimisation"), "min"),
    **dict.fromkeys(BLANK, ""),
}
NUMBER = Spec("", "number", "a number, or nothing", (), False, None, "", "")


class NotATable(PlannerError):
    """A file is no table of claims, or cells of it make no sense."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [str(problem) for problem in self.problems[:MOST_LINES]]
        rest = len(self.problems) - len(lines)
        super().__init__("\n".join([*lines, *([f"... and {rest:,} more"] if rest else [])]))


@dataclass(frozen=True)
class Row:
    """A row of the table: who claims it and where it stands, its words on how the search ended, and what they state."""

    line: int
    benchmark: str
    size: str
    solver: str
    version: str
    machine: str
    words: tuple[str, ...]
    stated: Stated

    @property
    def kind(self) -> str:
        """The solver, whatever its version and letter case."""
        return self.solver.casefold()

    @property
    def order(self) -> tuple[object, ...]:
        """Sorts the claims on a benchmark, whatever their order in the file."""
        objective = self.stated.objective
        return self.kind, self.version, self.machine, self.words, objective is None, objective or 0.0, self.line


@dataclass(frozen=True)
class ClaimFile:
    """The rows of a table, and remarks: what is not read, and words that are not understood."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...]


def read_claims(path: str | Path) -> ClaimFile:
    """Read a CSV table of claims: benchmark, solver, objective, and status or termination; the other columns may be missing.

    Raises NotATable with all faults by line and column.
    """
    file = Path(path)
    where = Where(file.name)
    if not file.exists():
        raise NotATable([where.problem(None, "", "no such file", WANTED)])
    found = raw.read(file, raw.LIMIT_BYTES, WANTED)
    if found.problem:
        raise NotATable([found.problem])
    grid = cells(where, found.text or "", {*COLUMNS, *ALIASES})
    names = [_column(name) for name in grid.header or ()]
    heads = dict(zip(names, grid.header or (), strict=True))
    problems = [*grid.problems, *(_header_faults(where, grid, names) if grid.header else ())]
    if problems:
        raise NotATable(problems)
    rows: list[Row] = []
    for spot, record in grid.records:
        row = dict(zip(names, (cell.strip() for cell in record), strict=True))
        try:
            rows.append(_row(where, spot.line, row, heads))
        except NotATable as fault:
            problems.extend(fault.problems)
    if problems := [*problems, *_mixed(where, rows)]:
        raise NotATable(problems)
    return ClaimFile(tuple(rows), tuple(_notes(grid.header or (), names, rows)))


def _column(header: str) -> str:
    """What a column is called here: `Solver Version`, `solver_version` and `version` are one."""
    plain = " ".join(re.sub(r"\(.*?\)", "", header.lower()).replace("_", " ").split())
    return ALIASES.get(plain, plain)


def _header_faults(where: Where, grid: Grid, names: list[str]) -> Iterator[Problem]:
    line = grid.header_line
    for name in ("benchmark", "solver", "objective"):
        if name not in names:
            yield where.problem(line, name, "no such column", WANTED, suggestion(name, grid.header or ()))
    if not {"status", "termination"} & set(names):
        yield where.problem(line, "status", "no such column, nor one called termination", WANTED)
    for name in COLUMNS:
        if names.count(name) > 1:
            twice = [header for header, own in zip(grid.header or (), names, strict=True) if own == name]
            yield where.problem(line, name, f"{len(twice)} columns for it: {listing(map(repr, twice))}", "one")
    for spot, record in grid.records:
        if problem := width_problem(where, spot.line, record, len(names)):
            yield problem


def _row(where: Where, line: int, row: dict[str, str], heads: dict[str, str]) -> Row:
    """The claim of a row; `heads` are its columns as the table calls them. Raises NotATable with the faults of its cells."""
    problems = [where.problem(line, heads[name], "blank", f"the name of the {name}") for name in ("benchmark", "solver") if not row[name]]
    numbers: dict[str, float | None] = {}
    for name in ("objective", "bound", "gap", "runtime s"):
        try:
            numbers[name] = _number(row.get(name, ""))
        except CellError as fault:
            problems.append(where.problem(line, heads[name], fault.found, fault.allowed, fault.hint))
    sense = row.get("sense", "").lower()
    if sense not in SENSES:
        problems.append(where.problem(line, heads["sense"], quoted(row["sense"]), "min, max, or nothing"))
    if problems:
        raise NotATable(problems)
    said = (row.get(name, "") for name in ("status", "termination"))
    words = tuple("" if word.lower() in BLANK else word for word in said)
    objective, gap = numbers["objective"], numbers["gap"]
    version, machine = row.get("version", ""), row.get("machine", "")
    stated = Stated(
        who=f"{row['solver']} {version}".rstrip(), ended=read_status(*words), objective=objective, bound=numbers["bound"],
        gap=None if gap is None else abs(gap), sense=SENSES[sense], seconds=numbers["runtime s"],
    )  # fmt: skip
    if stopped(*words):
        stated = replace(stated, ended="open" if objective is None else "feasible")
    return Row(line, row["benchmark"], row.get("size", ""), row["solver"], version, machine, words, stated)


def _number(text: str) -> float | None:
    """A number of a cell, None where it says that there is none. Raises CellError."""
    if text.lower() in BLANK or text.lower().lstrip("+-") in ("nan", "inf", "infinity"):
        return None
    value: float = parsed(text, NUMBER)
    return value if abs(value) < INFINITE else None


def _mixed(where: Where, rows: list[Row]) -> Iterator[Problem]:
    """Rows that want the most of what an earlier row on the same benchmark and size wants the least of."""
    wanted: dict[tuple[str, str], Row] = {}
    for row in rows:
        if not row.stated.sense:
            continue
        first = wanted.setdefault((row.benchmark, row.size), row)
        if first.stated.sense != row.stated.sense:
            allowed = f"{first.stated.sense}, as in line {first.line} on the same benchmark and size"
            yield where.problem(row.line, "sense", row.stated.sense, allowed)


def _notes(header: tuple[str, ...], names: list[str], rows: list[Row]) -> Iterator[str]:
    unused = [head or f"column {at} (without a name)" for at, (head, name) in enumerate(zip(header, names, strict=True), 1)
              if name not in COLUMNS]  # fmt: skip
    if unused:
        yield f"columns not used: {', '.join(unused)}"
    strange = Counter(word for row in rows for word in {*row.words} if word and not means(word))
    if strange:
        told = listing(f"{quoted(word)} ({count})" for word, count in sorted(strange.items()))
        yield f"words on how a search ended that are not known, and claim nothing: {told}"
