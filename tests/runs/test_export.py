"""The workbook of a run."""

from __future__ import annotations

import dataclasses
import math
import os
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from planner import export
from planner.errors import CannotWrite
from planner.export import to_xlsx
from planner.instance import write
from planner.runs import Run, load_run
from tests.tables.sample import instance, run

RUN = run()


def sheet(path: Path, name: str) -> list[list[Any]]:
    """The cells of a sheet, header first."""
    cells: list[list[Any]] = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name).to_python()
    return cells


def is_cell(told: Any, kept: Any) -> bool:
    """Whether a cell of the sheet is the cell of the table; a workbook keeps 16 digits."""
    if isinstance(kept, float):
        return bool(told == "") if math.isnan(kept) else math.isclose(told, kept, rel_tol=1e-15, abs_tol=0)
    return bool(type(told) in (type(kept), float) and told == kept)


def test_a_sheet_per_table_with_every_cell(tmp_path: Path) -> None:
    """Sheets in the order of the tables; each number to 16 digits, text as text, blanks blank."""
    to_xlsx(RUN, tmp_path / "run.xlsx")
    assert CalamineWorkbook.from_path(str(tmp_path / "run.xlsx")).sheet_names == list(RUN.tables)
    for name, frame in RUN.tables.items():
        header, *rows = sheet(tmp_path / "run.xlsx", name)
        assert header == list(frame.columns)
        assert len(rows) == len(frame)
        for told, (_, kept) in zip(rows, frame.iterrows(), strict=True):
            assert [is_cell(*pair) for pair in zip(told, kept, strict=True)] == [True] * len(kept)


def test_text_never_becomes_a_formula_a_link_or_a_number(tmp_path: Path) -> None:
    """Tenants named like formulas, commands, links, numbers: each is a string cell, and the file holds no formula and no link."""
    names = ["=1+1", "@cmd", "+1", "-1", "http://evil.example", "mailto:x@y", "007", "1e5", "TRUE", "=cmd|' /C calc'!A0", "\tx", "{=1}"]
    frame = pd.DataFrame({"tenant": names, "it_mw": [1.0] * len(names)})
    to_xlsx(dataclasses.replace(RUN, tables={"leases": frame}), tmp_path / "odd.xlsx")
    assert [row[0] for row in sheet(tmp_path / "odd.xlsx", "leases")[1:]] == names
    with zipfile.ZipFile(tmp_path / "odd.xlsx") as archive:
        cells = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in cells
    assert "hyperlink" not in cells.lower()
    assert cells.count('t="s"') == len(names) + 2


def test_the_sample_holds_the_two_tenants(tmp_path: Path) -> None:
    """`{=1+1}` and `'@cmd` come through the whole road: instance, tables, saved run, workbook."""
    RUN.save(tmp_path / "run")
    to_xlsx(load_run(tmp_path / "run"), tmp_path / "run.xlsx")
    header, *rows = sheet(tmp_path / "run.xlsx", "leases")
    assert [row[header.index("tenant")] for row in rows] == ["{=1+1}", "'@cmd", "Third, Inc."]


def test_headers_stay_in_sight_and_columns_are_wide_enough(tmp_path: Path) -> None:
    """The first row is frozen; every column has a width; money has a format of its own."""
    to_xlsx(RUN, tmp_path / "run.xlsx")
    with zipfile.ZipFile(tmp_path / "run.xlsx") as archive:
        for number, frame in enumerate(RUN.tables.values(), start=1):
            cells = archive.read(f"xl/worksheets/sheet{number}.xml").decode()
            assert 'state="frozen"' in cells
            assert 'ySplit="1"' in cells
            assert cells.count("customWidth") >= 1
            assert cells.count("<autoFilter") == (len(frame) > 0)
        assert "#,##0.000" in archive.read("xl/styles.xml").decode()


def test_an_empty_table_is_a_header(tmp_path: Path) -> None:
    """No rows, no fault."""
    to_xlsx(dataclasses.replace(RUN, tables={"leases": RUN.tables["leases"][:0]}), tmp_path / "run.xlsx")
    assert sheet(tmp_path / "run.xlsx", "leases") == [list(RUN.tables["leases"].columns)]


def test_the_same_run_gives_the_same_file(tmp_path: Path) -> None:
    """No clock time gets into it, so that workbooks can be compared."""
    to_xlsx(RUN, tmp_path / "a.xlsx")
    to_xlsx(RUN, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_it_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault half way leaves the older file and nothing beside it."""
    path = tmp_path / "run.xlsx"
    to_xlsx(RUN, path)
    older = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "_sheet", full)
    with pytest.raises(CannotWrite, match="No space left"):
        to_xlsx(RUN, path)
    assert path.read_bytes() == older
    assert os.listdir(tmp_path) == ["run.xlsx"]


def test_what_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in the way, a folder that is not there, a run without tables, a table beyond the rows of a sheet."""
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(CannotWrite, match="is a folder"):
        to_xlsx(RUN, tmp_path / "folder.xlsx")
    with pytest.raises(CannotWrite, match="cannot be written"):
        to_xlsx(RUN, tmp_path / "missing" / "run.xlsx")
    with pytest.raises(CannotWrite, match="ended infeasible and has no tables"):
        to_xlsx(Run(instance=instance(), outcome="infeasible"), tmp_path / "run.xlsx")
    monkeypatch.setattr(export, "MOST_ROWS", 10)
    with pytest.raises(CannotWrite, match="table allocation has more rows"):
        to_xlsx(RUN, tmp_path / "run.xlsx")
    assert not (tmp_path / "run.xlsx").exists()


def test_only_an_earlier_export_is_replaced(tmp_path: Path) -> None:
    """An export of another run is; an instance, a damaged file and an export that was saved anew by a spreadsheet are not."""
    path = tmp_path / "run.xlsx"
    to_xlsx(dataclasses.replace(RUN, tables={"leases": RUN.tables["leases"]}), path)
    to_xlsx(RUN, path)
    assert CalamineWorkbook.from_path(str(path)).sheet_names == list(RUN.tables)
    write(instance(), tmp_path / "mine.xlsx")
    (tmp_path / "damaged.xlsx").write_bytes(path.read_bytes()[:1000])
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(tmp_path / "edited.xlsx", "w") as copy:
        for name in archive.namelist():
            data = archive.read(name)
            if name == "docProps/core.xml":
                assert data.count(b"2000-01-01T00:00:00Z</dcterms:modified>") == 1
                data = data.replace(b"2000-01-01T00:00:00Z</dcterms:modified>", b"2026-03-04T05:06:07Z</dcterms:modified>")
            copy.writestr(name, data)
    for name in ("mine", "damaged", "edited"):
        file = tmp_path / f"{name}.xlsx"
        before = file.read_bytes()
        with pytest.raises(CannotWrite, match="is not overwritten: it is no export of a run, or was changed since") as caught:
            to_xlsx(RUN, file)
        assert caught.value.exit_code == 2
        assert file.read_bytes() == before
