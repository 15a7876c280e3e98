"""Mutated instances without end: whatever stands in a folder or a workbook is read or refused, never anything else.

`python -m tests.instance.fuzz SECONDS SEED [PROCESSES]` prints how many were tried, refused and accepted, and each that failed with the
seed that makes it again; it ends with 1 if any did. What is accepted must survive being written and read back. Many small files are
written: with `TMPDIR` in memory (`/dev/shm`) it goes several times as fast.
"""

from __future__ import annotations

import csv
import io
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import xlsxwriter

from planner.errors import CannotWrite
from planner.instance import examine, load, write
from planner.instance.settings_sheet import COLUMNS, setting_rows
from planner.instance.write import instance_files, table_text
from planner_models.schema import TABLES, Instance
from tests.example import committed, everything
from tests.shipped import FOLDER

SLOW_S = 5.0
WORDS = (
    "", " ", "-", "0", "-0", "1", "-1", "0.5", "1e3", "1e-9", "1e308", "1e400", "nan", "inf", "9" * 30, "2027", "2027.0", "2027-01",
    "2027-01-01", "2027-13", "0000-01", "9999-12", "2027Q1", "2100Q4", "46113", "yes", "no", "TRUE", "false", "null", "~", "a", "a|b",
    "a||b", "../x", "a/b", "=1+1", "@x", "+1", "#REF!", "\u202e", "\u200b", "\x00", "\x1b[31m", "\n", "\r\n", "\t", '"', "'", ",", ";",
    "é", "𝔘", "\ud7ff", "\ufeff", "n" * 65, "x" * 40_000, "[]", "{}", "[x]", "{a: 1}", "*a", "&a 1", "!!int 1", "<<",
    "!!python/name:os.system", "? a", "- a", "# c", "%", "|", ">", "periods[0]", "periods[999999]", "halvings[4]", "finance", "field",
    "value", "note", "signed", "market", "energised", "turnkey", "everything",
)  # fmt: skip
"""Texts that mean something to one of the readers."""
Cells = list[list[str]]


@dataclass
class Tally:
    """What became of the instances of a run, and those that failed, each with its seed."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


# ---- what is mutated


@cache
def bases() -> tuple[Instance, ...]:
    """A plain instance, one with a row in every table, and two that are shipped."""
    return everything(), committed(), load(FOLDER / "one_site"), load(FOLDER / "public_company")


@cache
def files_of(index: int) -> dict[str, bytes]:
    """The files of a base."""
    return {name: text.encode() for name, text in instance_files(bases()[index]).items()}


@cache
def words_of(index: int) -> tuple[str, ...]:
    """Texts that stand in the cells of a base, so that a reference may hit and an id come twice."""
    cells = {cell for data in files_of(index).values() for row in csv.reader(io.StringIO(data.decode())) for cell in row}
    return tuple(sorted(cells))


def word(rng: random.Random, index: int) -> str:
    return rng.choice(WORDS) if rng.random() < 0.5 else rng.choice(words_of(index))


@cache
def cells_of(index: int) -> dict[str, Cells]:
    """The sheets of a base, the settings as rows of path, value and note."""
    instance = bases()[index]
    settings = [list(COLUMNS), *([path, "" if value is None else str(value), note] for path, value, note in setting_rows(instance, {}))]
    tables = {name: getattr(instance, name) for name in TABLES}
    return {"instance": settings} | {
        name: list(csv.reader(io.StringIO(table_text(TABLES[name], rows)))) for name, rows in tables.items() if rows
    }


# ---- mutations


def change_cells(rng: random.Random, rows: Cells, text: Callable[[], str]) -> None:
    """One change of a table: a cell, a row, a column."""
    if not rows or not rows[0]:
        rows.append([text()])
        return
    i, j = rng.randrange(len(rows)), rng.randrange(len(rows[0]))
    kind = rng.randrange(20)
    if kind < 4:
        rows[i][j : j + 1] = [text()]
    elif kind > 15:
        rows[i][j : j + 1] = rng.choice(rows[1:] or rows)[j : j + 1]
    elif kind > 9:
        rows[i] = [_nudged(rng, cell) for cell in rows[i]]
    elif kind == 4:
        rows.insert(i, list(rng.choice(rows)))
    elif kind == 5:
        del rows[i]
    elif kind == 6:
        rng.shuffle(rows)
    elif kind == 7:
        for row in rows:
            row.insert(j, text())
    elif kind == 8:
        for row in rows:
            del row[j : j + 1]
    else:
        rows[i] = rows[i][:j] + [text() for _ in range(rng.randrange(4))]


def _nudged(rng: random.Random, cell: str) -> str:
    """A number a little larger or smaller now and then, so that many an instance stays valid; any other text as it is."""
    if rng.random() < 0.5 or not cell.replace(".", "", 1).isdecimal():
        return cell
    return repr(float(cell) * rng.choice([0.5, 0.99, 1.01, 2])) if "." in cell else str(max(0, int(cell) + rng.choice([-1, 1, 12])))


def change_yaml(rng: random.Random, text: str, piece: Callable[[], str]) -> str:
    """One change of the settings: a value, a line, its indent, or a piece in the middle."""
    lines = text.split("\n")
    i = rng.randrange(len(lines))
    kind = rng.randrange(6)
    if kind == 0:
        lines[i] = lines[i].partition(":")[0] + ": " + piece()
    elif kind == 1:
        lines.insert(i, rng.choice(lines))
    elif kind == 2:
        del lines[i]
    elif kind == 3:
        lines[i] = " " * rng.randrange(5) + lines[i].strip()
    elif kind == 4:
        lines[i] = piece() + ": " + lines[i]
    else:
        at = rng.randrange(len(text) + 1)
        return text[:at] + piece() + text[at:]
    return "\n".join(lines)


def change_bytes(rng: random.Random, data: bytes) -> bytes:
    at, length = rng.randrange(len(data) + 1), rng.randrange(9)
    return data[:at] + rng.randbytes(rng.randrange(5)) + data[at + length :]


def as_folder(rng: random.Random, index: int, path: Path) -> Path:
    """A folder of the base with one to four changes."""
    files = dict(files_of(index))
    for _ in range(rng.choice([1, 1, 2, 4])):
        name = rng.choice(list(files))
        kind = rng.random()
        if kind < 0.1:
            files[name] = change_bytes(rng, files[name])
        elif kind < 0.15:
            files[rng.choice([*files, "sites.cvs", "x.csv"])] = files[name]
        elif name == "instance.yaml":
            text = change_yaml(rng, files[name].decode(errors="replace"), lambda: word(rng, index))
            files[name] = text.encode(errors="replace")
        else:
            rows = list(csv.reader(io.StringIO(files[name].decode(errors="replace").replace("\0", ""), newline="")))
            change_cells(rng, rows, lambda: word(rng, index))
            out = io.StringIO()
            csv.writer(out, lineterminator=rng.choice(["\n", "\r\n"])).writerows(rows)
            files[name] = out.getvalue().encode(errors="replace")
    path.mkdir()
    for name, data in files.items():
        (path / name).write_bytes(data)
    return path


def as_workbook(rng: random.Random, index: int, path: Path) -> Path:
    """A workbook of the base with one to four changes, with numbers, formulas, dates and merged cells besides texts."""
    sheets = {name: [list(row) for row in rows] for name, rows in cells_of(index).items()}
    for _ in range(rng.choice([1, 1, 2, 4])):
        change_cells(rng, sheets[rng.choice(list(sheets))], lambda: word(rng, index))
    file = path.with_suffix(".xlsx")
    with xlsxwriter.Workbook(
        str(file), {"in_memory": True, "nan_inf_to_errors": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    _cell(rng, sheet, i, j, cell[:32_767], day)
            if rng.random() < 0.02:
                sheet.merge_range(1, 0, 2, rng.randrange(1, 4), "x")
    if rng.random() < 0.1:
        file.write_bytes(change_bytes(rng, file.read_bytes()))
    return file


def _cell(rng: random.Random, sheet: Any, i: int, j: int, cell: str, day: Any) -> None:
    kind = rng.random()
    if kind < 0.0005:
        sheet.write_formula(i, j, "=A1", None, rng.choice(["", "#N/A", 3, cell]))
    elif kind < 0.001:
        sheet.write_number(i, j, rng.choice([46113, 0, 1e300, 46113.5]), day)
    elif kind < 0.0015:
        sheet.write_boolean(i, j, True)
    elif cell.replace(".", "", 1).isascii() and cell.replace(".", "", 1).isdigit() and len(cell) < 15:
        sheet.write_number(i, j, float(cell))
    elif cell:
        sheet.write_string(i, j, cell)


# ---- a try


def attempt(seed: int, number: int, place: Path, tally: Tally) -> None:
    """Make, read and judge one instance; `seed` and `number` make it again."""
    rng = random.Random(f"{seed}/{number}")
    index = rng.randrange(len(bases()))
    path = (as_workbook if rng.random() < 0.2 else as_folder)(rng, index, place / "case")
    began = time.monotonic()
    try:
        report = examine(path)
        seconds = time.monotonic() - began
        outcome = "refused" if report.instance is None else "accepted"
        fault = _refusal_fault(report) if report.instance is None else _copy_fault(report.instance, place)
        if seconds > SLOW_S:
            fault = fault or f"{seconds:.1f} s"
    except Exception:
        outcome, fault = "failed", traceback.format_exc()
    tally.counts[outcome] += 1
    tally.counts["tried"] += 1
    if fault:
        tally.failures.append(f"seed {seed}, number {number}, {path.name}: {fault}")
    for file in place.iterdir():
        shutil.rmtree(file) if file.is_dir() else file.unlink()


def _refusal_fault(report: Any) -> str:
    """What is wrong with a refusal: no problem, or one without file or words, or in words of a program."""
    words = "\n".join(map(str, report.problems))
    if not report.problems or any(not (problem.file and problem.found and problem.allowed) for problem in report.problems):
        return f"refused without words: {words}"
    return f"words of a program: {words}" if any(word in words for word in ("pydantic", "validation error", "Traceback")) else ""


def _copy_fault(instance: Instance, place: Path) -> str:
    """What is wrong with the copies of an accepted instance; a text that a workbook cannot hold may be refused."""
    for name in ("copy", "copy.xlsx"):
        try:
            write(instance, place / name)
        except CannotWrite as error:
            if name == "copy" or "letters of a cell" not in str(error):
                return f"accepted, but not written: {error}"
            continue
        if (again := examine(place / name)).instance != instance:
            return f"accepted, but not the same when read back as {name}: {[str(problem) for problem in again.problems[:3]]}"
    return ""


def run(seed: int, tries: int | None = None, seconds: float | None = None) -> Tally:
    """Attempts until there were as many as asked for, or the time is over."""
    tally, until = Tally(), time.monotonic() + (seconds or 0.0)
    bases()
    with tempfile.TemporaryDirectory() as folder:
        number = 0
        while number < tries if tries is not None else time.monotonic() < until:
            attempt(seed, number, Path(folder), tally)
            number += 1
    return tally


def main(seconds: float, seed: int, processes: int) -> int:
    """Run in processes of their own seeds from `seed` on, print what came of it, and tell whether anything failed."""
    with ProcessPoolExecutor(processes) as pool:
        found = list(pool.map(run, range(seed, seed + processes), [None] * processes, [seconds] * processes))
    counts: Counter[str] = sum((tally.counts for tally in found), Counter())
    failures = [failure for tally in found for failure in tally.failures]
    print(f"tried {counts['tried']:,}, refused {counts['refused']:,}, accepted {counts['accepted']:,}, failed or slow {len(failures):,}")
    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1))
