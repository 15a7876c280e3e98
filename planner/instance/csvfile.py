"""The text of a CSV file -> header and records with their line numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection

from planner.errors import Problem
from planner.instance.grid import MOST_COLUMNS, MOST_ROWS, Grid, Spot
from planner.instance.notice import Where
from planner.instance.raw import SAVE_AS
from planner_models.words import quoted

COMMAS = "commas between the cells"
NOT_READ = "the rest of the file was not read"
UNCLOSED = "was a quote not closed?"


def cells(where: Where, text: str, known: Collection[str]) -> Grid:
    """Split the text of a file, whose columns are `known`, at its commas; a break in the quoting ends the reading."""
    records, problems = _records(where, text)
    if not records:
        return Grid(None, 1, (), tuple(problems))
    line, first = records[0][0].line, records[0][1]
    header = tuple(cell.strip() for cell in first)
    if len(header) > MOST_COLUMNS:
        most = f"at most {MOST_COLUMNS:,}; the file was not read"
        return Grid(None, line, (), (where.problem(line, "", f"{len(header):,} columns", most),))
    if fault := _separator(where, line, header, known):
        return Grid(None, line, (), (fault,))
    return Grid(header, line, tuple(records[1:]), tuple(problems))


def _records(where: Where, text: str) -> tuple[list[tuple[Spot, list[str]]], list[Problem]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[Spot, list[str]]] = []
    line = 1
    try:
        for i, record in enumerate(reader):
            if i > MOST_ROWS:
                return records, [where.problem(line, "", f"more than {MOST_ROWS:,} rows", f"at most {MOST_ROWS:,}; {NOT_READ}")]
            if any(cell.strip() for cell in record):
                records.append((Spot(line), record))
            line = reader.line_num + 1
    except csv.Error as error:
        if "field limit" in str(error):
            most = f"at most {csv.field_size_limit():,}; {NOT_READ}"
            return records, [where.problem(line, "", f"a cell of more than {csv.field_size_limit():,} characters", most, UNCLOSED)]
        hint = 'a quote inside a quoted cell is doubled: ""'
        return records, [where.problem(line, "", f"a row that is not CSV ({error})", "cells, in quotes where they hold a comma", hint)]
    return records, []


def _separator(where: Where, line: int, header: tuple[str, ...], known: Collection[str]) -> Problem | None:
    """The problem of a header that is cut by something else than commas."""
    if header[0].lower().startswith("sep="):
        return where.problem(line, "", f"a first line {quoted(','.join(header))}", "the header as the first line", "delete this line")
    whole = ",".join(header)
    for mark, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")):
        parts = {part.strip().strip('"') for part in whole.split(mark)}
        if mark in whole and not parts.isdisjoint(known) and set(header).isdisjoint(known):
            return where.problem(line, "", f"cells separated by {word}", COMMAS, f"save with commas: {SAVE_AS}")
    return None
