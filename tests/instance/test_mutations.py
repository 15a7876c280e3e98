"""Every class of fault in every table and setting of the shipped instances is refused by file, line and field; nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from click.testing import CliRunner

from planner.cli import main
from planner.errors import InvalidInstance, Problem
from planner.instance import examine, load
from planner.instance.fields import specs
from planner_models.schema import TABLES
from tests.instance.homes import SETTINGS, base, put
from tests.instance.mutants import Mutation, as_sheets, mutations, one_of_each

PARTS = (SETTINGS, *TABLES)
LEAST = 300
"""Mutations that are promised."""
ANY_TABLE = {
    "unknown_column", "column_twice", "column_without_a_name", "missing_column", "blank", "text_in_number", "not_a_number", "infinite",
    "overflow", "digits", "too_low", "too_high", "control_character", "formula", "twice", "too_many_cells", "too_few_cells", "latin_1",
    "utf_16", "zero_byte", "open_quote", "empty_file", "workbook_as_csv", "semicolons", "unknown_file", "file_of_another_table",
}  # fmt: skip
"""Classes of fault that every table can have."""
BY_KIND = {"whole": "part_of_a_whole", "flag": "bad_flag", "choice": "bad_word", "month": "bad_month", "day": "bad_day", "key": "bad_name"}
"""Classes that every table with a field of the kind can have."""


def complain(problems: tuple[Problem, ...], mutation: Mutation) -> str:
    """Why the problems are not good enough; empty where they are."""
    places = [(problem.file, problem.line, problem.field) for problem in problems]
    words = " ".join(map(str, problems))
    if mutation.told not in places:
        return f"not told at {mutation.told}: {words or 'accepted'}"
    if any(not (problem.file and problem.found and problem.allowed) for problem in problems):
        return f"a problem without file, found or allowed: {words}"
    if any(word in words for word in ("pydantic", "validation error", "Traceback", "None", "\n")):
        return f"words of a program: {words}"
    return f"too long: {words[:2000]}" if max(len(str(problem)) for problem in problems) > 1500 else ""


def refuse(folder: Path, chosen: tuple[Mutation, ...]) -> list[str]:
    """What is wrong with the refusals of some mutations."""
    faults = []
    for i, mutation in enumerate(chosen):
        put(folder / str(i), mutation.part, mutation.files)
        if words := complain(examine(folder / str(i)).problems, mutation):
            faults.append(f"{mutation.part} {mutation.fault} {mutation.column}: {words}")
    return faults


@pytest.mark.parametrize("part", PARTS)
def test_a_fault_of_each_class_is_told_where_it_stands(part: str, tmp_path: Path, record_property: Any) -> None:
    """Every other class in the one table, the rest in the next: all of them are tried in the long part."""
    chosen = one_of_each(part)[PARTS.index(part) % 2 :: 2]
    assert refuse(tmp_path, chosen) == []
    record_property("tries", len(chosen))


@pytest.mark.prove
@pytest.mark.parametrize("part", PARTS)
def test_every_fault_of_every_field_is_told_where_it_stands(part: str, tmp_path: Path, record_property: Any) -> None:
    assert refuse(tmp_path, mutations(part)) == []
    record_property("tries", len(mutations(part)))


def test_every_class_that_applies_to_a_table_is_tried() -> None:
    """Held against the schema by another way than that in which the mutations are made; and at least as many as are promised."""
    for table, model in TABLES.items():
        kinds = {spec.kind for spec in specs(model).values()}
        wanted = ANY_TABLE | {fault for kind, fault in BY_KIND.items() if kind in kinds}
        assert wanted <= {mutation.fault for mutation in one_of_each(table)}, table
        assert set(specs(model)) <= {mutation.column for mutation in mutations(table)}, table
    assert sum(len(one_of_each(part)[i % 2 :: 2]) for i, part in enumerate(PARTS)) >= LEAST


@pytest.mark.parametrize("part", PARTS)
def test_the_instance_in_which_the_fault_is_put_is_valid(part: str, tmp_path: Path) -> None:
    """So it is the mutation that is refused."""
    put(tmp_path / "valid", part, {})
    assert load(tmp_path / "valid") == base(part)


@pytest.mark.parametrize("part", PARTS)
def test_solve_ends_with_exit_code_3_and_writes_nothing(part: str, tmp_path: Path, record_property: Any) -> None:
    """Three faults of each table, of other classes from table to table, through the command line."""
    chosen = one_of_each(part)[PARTS.index(part) % 8 :: 8][:3]
    for i, mutation in enumerate(chosen):
        folder = tmp_path / f"{i}"
        put(folder, part, mutation.files)
        before = sorted(tmp_path.rglob("*"))
        done = CliRunner().invoke(main, ["solve", str(folder), "-o", str(tmp_path / "out")])
        file, line, field = mutation.told
        assert done.exit_code == 3, (mutation.fault, done.output)
        assert isinstance(done.exception, SystemExit)
        assert done.stdout == ""
        assert done.stderr.startswith("planner: ")
        assert f"  {file}{f' line {line}' if line else ''}{f', {field}' if field else ''}: " in done.stderr
        assert "Traceback" not in done.stderr
        assert sorted(tmp_path.rglob("*")) == before
    record_property("tries", len(chosen))


# ---- the same in workbooks


def write(path: Path, sheets: dict[str, list[list[Any]]]) -> None:
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    if cell not in (None, ""):
                        sheet.write_string(i, j, str(cell))


def in_workbooks(folder: Path, chosen: list[Mutation]) -> list[str]:
    faults = []
    for i, mutation in enumerate(chosen):
        path = folder / f"{i}.xlsx"
        write(path, as_sheets(mutation))
        told = [(problem.sheet, problem.line, problem.field) for problem in examine(path).problems]
        if (mutation.part, *mutation.told[1:]) not in told:
            faults.append(f"{mutation.part} {mutation.fault} {mutation.column}: {told}")
    return faults


def _fits(mutation: Mutation) -> bool:
    """Whether a workbook can have the fault: Excel drops control characters, and rows have no number of cells."""
    return mutation.table is not None and mutation.fault not in {"control_character"}


@pytest.mark.parametrize("part", TABLES)
def test_a_workbook_tells_sheet_row_and_field(part: str, tmp_path: Path, record_property: Any) -> None:
    chosen = [mutation for mutation in one_of_each(part) if _fits(mutation)]
    chosen = chosen[PARTS.index(part) % 9 :: 9]
    assert in_workbooks(tmp_path, chosen) == []
    record_property("tries", len(chosen))


@pytest.mark.prove
@pytest.mark.parametrize("part", TABLES)
def test_a_workbook_tells_every_class(part: str, tmp_path: Path, record_property: Any) -> None:
    chosen = [mutation for mutation in one_of_each(part) if _fits(mutation)]
    assert in_workbooks(tmp_path, chosen) == []
    record_property("tries", len(chosen))


def test_load_raises_what_examine_tells(tmp_path: Path) -> None:
    mutation = one_of_each("sites")[0]
    put(tmp_path / "bad", "sites", mutation.files)
    with pytest.raises(InvalidInstance) as caught:
        load(tmp_path / "bad")
    assert caught.value.problems == examine(tmp_path / "bad").problems
