"""Tables and workbooks made to take all memory, to run for hours or to reach for other files: refused in words and seconds."""

from __future__ import annotations

import struct
import time
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from planner.errors import InvalidInstance, Problem
from planner.instance import examine, grid, load, sheetxml, xlsx
from planner.instance.table import MOST_FAULTS
from tests.instance.books import Book
from tests.instance.case import Folder

NINES = "9" * 5000


def words(report: Any) -> str:
    """The messages of a report that refuses."""
    assert report.instance is None
    return "\n".join(map(str, report.problems))


# ---- large files


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id,market,land_it_mw" + "," * 20_000 + "\n", "line 1: found 20,003 columns; allowed: at most 16,384; the file was not read"),
        ("id,market,land_it_mw\n" + "," * 200_000 + "a\n", "line 2: found 200001 cells; allowed: 3 cells, as in the header"),
        ("id,market,land_it_mw\nnorth," + "x" * 200_000 + ",60\n", "line 2: found a cell of more than 131,072 characters"),
        (
            "id,market,land_it_mw\n" + ",a\n" * 5000,
            "line 1002: found 1,000 faults above; allowed: none; the rows from here on were not read",
        ),
        ("id,market,land_it_mw,note\nnorth,ercot,60," + "x" * 40_000 + "\n", "allowed: text of at most 32,767 characters"),
        (f"id,market,land_it_mw\nnorth,ercot,{NINES}\n", "(5000 characters), which is beyond what a number can hold"),
    ],
)
def test_tables_too_large_to_be_any(folder: Folder, text: str, told: str) -> None:
    folder.put("sites.csv", text)
    begun = time.process_time()
    report = folder.report()
    assert told in words(report)
    assert len(report.problems) < MOST_FAULTS + 100
    assert time.process_time() - begun < 8


def test_more_rows_than_any_table_has(folder: Folder, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    assert grid.MOST_ROWS == 100_000
    monkeypatch.setattr("planner.instance.csvfile.MOST_ROWS", 2)
    monkeypatch.setattr("planner.instance.sheetxml.MOST_ROWS", 2)
    message = folder.problems()[0]
    assert message == "grid.csv line 4: found more than 2 rows; allowed: at most 2; the rest of the file was not read"
    assert "mine.xlsx sheet instance: found cells as far as C4; allowed: at most 2 rows" in book.problem()


def test_more_dates_of_series_than_rows(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.instance.wide.MOST_ROWS", 2)
    folder.put("budgets.csv", "2027,2028,2029\n1,2,3\n")
    assert folder.problem() == "budgets.csv line 1: found 3 dates of series; allowed: at most 2; they were not read"


def test_the_message_of_a_thousand_faults_ends() -> None:
    error = InvalidInstance([Problem("sites.csv", i, "id", "x", "y") for i in range(2500)])
    lines = str(error).splitlines()
    assert len(lines) == 1002
    assert lines[0] == "2500 problems:"
    assert lines[-1] == "  ... and 1,500 more"
    assert len(error.problems) == 2500


# ---- workbooks


SHEET = "xl/worksheets/sheet2.xml"
END = b"</sheetData>"
FAR = b'<row r="9"><c r="%s"><v>1</v></c></row></sheetData>'
DTD = b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">%s]>'
LOL = DTD % b"".join(b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10) for i in range(1, 12))


def swapped(book: Book, part: str, old: bytes, new: bytes) -> Path:
    """The saved workbook with the first of a piece of a part replaced."""
    book.save()
    with zipfile.ZipFile(book.path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new, 1)
    with zipfile.ZipFile(book.path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return book.path


@pytest.mark.parametrize(
    ("part", "old", "new", "told"),
    [
        (SHEET, END, b"x" * 60_000_000 + END, "MB unpacked; allowed: at most 50 MB; it was not read"),
        (SHEET, END, FAR % b"xfd1048576", "a damaged workbook (a cell with the address 'xfd1048576')"),
        (SHEET, END, FAR % b"ZZZZZZZZ9", "a damaged workbook (a cell with the address 'ZZZZZZZZ9')"),
        (SHEET, END, FAR % b"$A$9", "a damaged workbook (a cell with the address '$A$9')"),
        (SHEET, END, FAR % b"A999999", "sheet sites: found cells as far as D999999; allowed: at most 100,000 rows"),
        (SHEET, END, FAR % b"ZZZ9", "sheet sites: found cells as far as ZZZ9; allowed: at most 100,000 rows, 16,384 columns"),
        (SHEET, b"<worksheet", LOL + b"<worksheet", "XML with a document type declaration; allowed: XML as Excel writes it"),
        ("xl/workbook.xml", b"<workbook", DTD % b"" + b"<workbook", "XML with a document type declaration"),
        ("xl/_rels/workbook.xml.rels", b"<Rel", b'<!DOCTYPE w SYSTEM "file:///etc/passwd"><Rel', "XML with a document type declaration"),
        ("xl/sharedStrings.xml", b"<t>north</t>", b"<t>&l11;</t>", "a damaged workbook"),
        ("xl/_rels/workbook.xml.rels", b"worksheets/sheet2.xml", b"../../../../etc/passwd", "no item named 'etc/passwd' in the archive"),
        ("xl/_rels/workbook.xml.rels", b"worksheets/sheet2.xml", b"http://127.0.0.1:1/x", "in the archive"),
        ("xl/workbook.xml", b'name="grid"', b'name="sites"', "sheet sites: found two sheets of this name; allowed: each name once"),
        ("xl/workbook.xml", b"</sheets>", b'<sheet name="s" r:id="rId1"/>' * 1001 + b"</sheets>", "sheets; allowed: at most 1,000"),
        ("xl/workbook.xml", b"</sheets>", b" " * 1_000_001 + b"</sheets>", "MB in xl/workbook.xml; allowed: at most 1 MB; it was not read"),
    ],
)  # fmt: skip
def test_hostile_workbooks(book: Book, part: str, old: bytes, new: bytes, told: str) -> None:
    path = swapped(book, part, old, new)
    began = time.process_time()
    assert told in words(examine(path))
    assert time.process_time() - began < 5


def test_elements_nested_too_deeply(book: Book) -> None:
    path = swapped(book, SHEET, END, b"<a>" * 100_000 + b"</a>" * 100_000 + END)
    assert "sheet sites: found more than 2,000,000 cells, or elements nested too deeply" in words(examine(path))


def test_more_elements_than_any_sheet_has(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheetxml, "MOST_PARTS", 500)
    path = swapped(book, SHEET, END, b"<row/>" * 600 + END)
    assert "sheet sites: found more than 2,000,000 cells" in words(examine(path))


def test_a_part_that_holds_more_than_it_says_is_not_unpacked_to_its_end(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sizes in the archive are those of its first kilobyte, and its checksum too."""
    path = swapped(book, "xl/sharedStrings.xml", b"</sst>", b"<si><t>" + b"x" * 5_000_000 + b"</t></si></sst>")
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        start, head = archive.getinfo("xl/sharedStrings.xml").header_offset, archive.open("xl/sharedStrings.xml").read(1000)
    entry = data.rfind(b"PK\x01\x02", 0, data.rfind(b"xl/sharedStrings.xml"))
    for at in (start + 14, entry + 16):
        struct.pack_into("<I", data, at, zlib.crc32(head))
        struct.pack_into("<I", data, at + 8, 1000)
    path.write_bytes(data)
    given: list[int] = []
    real = xlsx.CalamineWorkbook.from_filelike
    monkeypatch.setattr(
        xlsx, "CalamineWorkbook", type("Spy", (), {"from_filelike": lambda file: (given.append(len(file.getvalue())), real(file))[1]})
    )
    assert "sites" in words(examine(path)) or "a damaged workbook" in words(examine(path))
    assert given
    assert max(given) < 100_000


def test_links_and_macros_in_a_workbook_are_not_followed(book: Book, folder: Folder) -> None:
    book.save()
    with zipfile.ZipFile(book.path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
        archive.writestr("xl/externalLinks/externalLink1.xml", b"<externalLink/>")
    assert load(book.path) == load(folder.path)
