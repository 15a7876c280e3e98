"""Programs from MPS and LP files, packed or not, read with HiGHS; what it would read wrongly or drop is refused."""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csc_matrix, csr_matrix

from planner.compile import Arrays
from planner.errors import shown
from planner.programs.program import NotAProgram, Program

LEAST_COEFFICIENT = 1e-12
"""HiGHS drops smaller ones, and by itself those below 1e-9."""
_SECTION = re.compile(r"^\s*(?:subject\s+to|such\s+that|s\.?t\.?)\s*:?\s*$", re.I | re.M)
_END = re.compile(r"^\s*(?:bounds?|generals?|gen|integers?|binar(?:y|ies)|bin|semi-\w+|semis?|sec|sos|end)\s*$", re.I | re.M)
_RELATION = re.compile(r"[<>=]+")
_SIDE = re.compile(r"\s*[+-]?\s*(?:inf(?:inity)?|\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)\s*(?=\n|$|[^\s:]+\s*:)", re.I)

_CONSTANT = re.compile(r"(?<![^\s+:-])(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*(?=[+<>=-])", re.I)


def read_program(path: str | Path) -> Program:
    """The program in an .mps, .mps.gz, .lp or .lp.gz file.

    Raises NotAProgram naming the file, and where it can the line, for one that is not there, is damaged, is not linear, has columns that
    are semi-continuous, rows of an LP file that HiGHS reads wrongly, or no names of their own.
    """
    place = Path(path)
    if not place.is_file():
        raise NotAProgram(f"{shown(str(path))} is {'not a file' if place.exists() else 'not there'}")
    if re.search(r"\.lp(\.gz)?$", place.name, re.I):
        _refuse_odd_rows(place)
    said: list[str] = []
    solver = highspy.Highs()
    solver.setOptionValue("log_to_console", False)
    solver.setOptionValue("small_matrix_value", LEAST_COEFFICIENT)
    solver.cbLogging.subscribe(lambda event: said.append(" ".join(event.message.split())))
    status = solver.readModel(str(place))
    notes = tuple(dict.fromkeys(line for line in said if line.startswith(("WARNING", "ERROR"))))
    if status == highspy.HighsStatus.kError:
        raise NotAProgram(f"{shown(str(path))} is no program that HiGHS can read{': ' + shown(notes[0]) if notes else ''}")
    return _program(shown(str(path)), solver, notes)


def _program(name: str, solver: Any, notes: tuple[str, ...]) -> Program:
    lp = solver.getLp()
    if solver.getModel().hessian_.dim_:
        raise NotAProgram(f"{name} has a quadratic objective; only linear programs are read")
    other = [kind for kind in lp.integrality_ if kind not in (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)]
    if other:
        raise NotAProgram(f"{name} has {len(other)} semi-continuous columns; only continuous and whole-number ones are read")
    sense = "max" if lp.sense_ == highspy.ObjSense.kMaximize else "min"
    columns, rows = tuple(lp.col_names_), tuple(lp.row_names_)
    if len(set(columns)) != lp.num_col_ or len(set(rows)) != lp.num_row_:
        raise NotAProgram(f"{name} gives two columns or two rows the same name, or no name")
    return Program(name, "max" if sense == "max" else "min", _arrays(lp, 1.0 if sense == "max" else -1.0), columns, rows, notes=notes)


def _arrays(lp: Any, sign: float) -> Arrays:
    """What HiGHS has read, to be maximised."""
    parts = np.array(lp.a_matrix_.value_, dtype=float), np.array(lp.a_matrix_.index_), np.array(lp.a_matrix_.start_)
    by_rows = lp.a_matrix_.format_ != highspy.MatrixFormat.kColwise
    shape = (lp.num_row_, lp.num_col_)
    table = csr_matrix(parts, shape=shape).tocsc() if by_rows else csc_matrix(parts, shape=shape)
    whole = [kind == highspy.HighsVarType.kInteger for kind in lp.integrality_] or [False] * lp.num_col_
    return Arrays(
        cost=sign * np.array(lp.col_cost_, dtype=float) + 0.0,
        offset=sign * lp.offset_ + 0.0,
        starts=table.indptr.astype(np.int32),
        indices=table.indices.astype(np.int32),
        data=table.data.astype(float),
        row_lower=np.array(lp.row_lower_, dtype=float),
        row_upper=np.array(lp.row_upper_, dtype=float),
        lower=np.array(lp.col_lower_, dtype=float),
        upper=np.array(lp.col_upper_, dtype=float),
        integer=np.array(whole, dtype=np.bool_),
    )


def _refuse_odd_rows(path: Path) -> None:
    """Raise NotAProgram where a row of an LP file has anything but one number behind its relation, or one without a column before it.

    HiGHS 1.15 reads `1 <= x + y <= 4` as another row and drops the 3 of `x + 3 >= 2`, both without a word.
    """
    try:
        with gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb") as file:
            text = file.read().decode("utf-8", errors="replace")
    except (OSError, EOFError, zlib.error) as fault:
        raise NotAProgram(f"{shown(str(path))} cannot be read: {shown(str(fault))}") from fault
    text = re.sub(r"\\[^\n]*", "", text)
    begin = _SECTION.search(text)
    end = _END.search(text, begin.end()) if begin else None
    if begin is None:
        return
    rows = text[: end.start() if end else len(text)]
    wrong = [found.start() for found in _RELATION.finditer(rows, begin.end()) if not _SIDE.match(rows, found.end())]
    wrong += [
        found.start()
        for found in _CONSTANT.finditer(rows, begin.end())
        if rows[max(0, found.start() - 200) : found.start()].rstrip("+- \t\n")[-1:] not in "<>="
    ]
    if wrong:
        at, line = min(wrong), text.count("\n", 0, min(wrong)) + 1
        raise NotAProgram(
            f"{shown(str(path))} line {line}: a row must be written as terms with columns, a relation and one number; "
            f"found {shown(text[at : at + 20].splitlines()[0])!r}"
        )
