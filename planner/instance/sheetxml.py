"""The XML of a workbook, read with little memory: where its sheets are, and the cells of which calamine does not tell what they are."""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from planner.instance.grid import MOST_COLUMNS, MOST_ROWS, Odd

MOST_CELLS = 2_000_000
"""Cells of a sheet up to its last row and column in use: all of them take memory, the blank ones too."""
MOST_PARTS = 5_000_000
"""Elements of its XML: a row, a cell and its value are three."""
DEEPEST = 100
"""Elements in elements; Excel needs ten."""
MOST_SHEETS = 1000
PLAN_LIMIT_BYTES = 1_000_000
"""Of the parts that say where the others are."""
ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
DELETE = "delete what stands far out"
CHUNK = 1 << 16


class Refused(Exception):
    """A workbook that is not read: what was found, what is allowed, a hint, the sheet."""

    def __init__(self, found: str, allowed: str, hint: str = "", sheet: str = "") -> None:
        super().__init__(found, allowed, hint, sheet)


@dataclass
class Marks:
    """What calamine does not tell of a sheet: cells (row and column from 0) that hold no value, and the number of formulas."""

    cells: dict[tuple[int, int], Odd] = field(default_factory=dict)
    formulas: int = 0


def marks(archive: zipfile.ZipFile, place: str, name: str) -> Marks:
    """The marks of the sheet `name`, whose XML stands at `place`. Raises Refused where it holds more than a table can."""
    reader = _Sheet(name)
    with archive.open(place) as part:
        while chunk := part.read(CHUNK):
            reader.parser.Parse(chunk)
        reader.parser.Parse(b"", True)
    return reader.marks


def places(archive: zipfile.ZipFile) -> dict[str, str]:
    """Where the XML of each sheet stands in the archive. Raises Refused for two sheets of one name, and for too many."""
    top = next(target for kind, target in _targets(archive, "", "_rels/.rels").values() if kind.endswith("/officeDocument"))
    home, name = posixpath.split(top)
    targets = _targets(archive, home, posixpath.join(home, "_rels", f"{name}.rels"))
    found: dict[str, tuple[str, str]] = {}
    sheets = [element for element in _tree(archive, top).iter() if element.tag.endswith("}sheet")]
    if len(sheets) > MOST_SHEETS:
        raise Refused(f"{len(sheets):,} sheets", f"at most {MOST_SHEETS:,}; it was not read")
    for element in sheets:
        key = next(value for name, value in element.items() if name.endswith("}id"))
        if (title := element.get("name") or "") in found:
            raise Refused("two sheets of this name", "each name once", "open it in Excel and save it anew", title)
        found[title] = targets[key]
    return {title: place for title, (kind, place) in found.items() if kind.endswith("/worksheet")}


def _targets(archive: zipfile.ZipFile, home: str, place: str) -> dict[str, tuple[str, str]]:
    """Kind and path of each relationship by its id."""
    return {
        part.get("Id", ""): (part.get("Type", ""), posixpath.normpath(posixpath.join("/", home, part.get("Target", ""))).lstrip("/"))
        for part in _tree(archive, place)
    }


def _tree(archive: zipfile.ZipFile, place: str) -> ElementTree.Element:
    if (size := archive.getinfo(place).file_size) > PLAN_LIMIT_BYTES:
        raise Refused(f"{size / 1e6:,.1f} MB in {place}", f"at most {PLAN_LIMIT_BYTES / 1e6:g} MB; it was not read")
    return ElementTree.fromstring(archive.read(place), ElementTree.XMLParser(target=_Plain()))


class _Plain(ElementTree.TreeBuilder):
    """Elements of a document without a type declaration, in which entities could be told to grow without end."""

    def doctype(self, *_: object) -> None:
        raise _declared()


def _declared() -> Refused:
    return Refused("XML with a document type declaration", "XML as Excel writes it; it was not read")


class _Sheet:
    """Reads the cells of a sheet one after the other, and keeps only their marks and how far they reach."""

    def __init__(self, name: str) -> None:
        self.name, self.marks, self.parts, self.depth = name, Marks(), 0, 0
        self.row = self.column = -1
        self.rows = self.columns = 0
        self.kind, self.inside, self.texts = "", False, dict[str, str]()
        self.tag = ""
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._text

    def _doctype(self, *_: object) -> None:
        raise _declared()

    def _start(self, name: str, attributes: dict[str, Any]) -> None:
        self.parts, self.depth = self.parts + 1, self.depth + 1
        if self.parts > MOST_PARTS or self.depth > DEEPEST:
            raise self._large(f"more than {MOST_CELLS:,} cells, or elements nested too deeply")
        tag = name.rpartition(":")[2]
        if tag == "row":
            self.row, self.column = int(attributes.get("r") or self.row + 2) - 1, -1
        elif tag == "c":
            self.column += 1
            self.kind, self.inside, self.texts = attributes.get("t", ""), True, {}
            if address := attributes.get("r"):
                self.row, self.column = _position(address)
        elif self.inside:
            self.texts.setdefault(tag, "")
        self.tag = tag

    def _text(self, text: str) -> None:
        if self.inside and self.tag in self.texts and len(self.texts[self.tag]) < CHUNK:
            self.texts[self.tag] += text

    def _end(self, name: str) -> None:
        self.tag, self.depth = "", self.depth - 1
        if self.inside and name.rpartition(":")[2] == "c":
            self.inside = False
            if self.texts:
                self._cell()

    def _cell(self) -> None:
        """Take note of a cell that holds something."""
        self.rows, self.columns = max(self.rows, self.row + 1), max(self.columns, self.column + 1)
        if self.rows * self.columns > MOST_CELLS or self.rows > MOST_ROWS + 1 or self.columns > MOST_COLUMNS:
            raise self._large(f"cells as far as {address(self.rows - 1, self.columns - 1)}")
        self.marks.formulas += "f" in self.texts
        if self.kind == "e":
            text = self.texts.get("v") or "#ERROR!"
            self.marks.cells[self.row, self.column] = Odd(text, f"{text}, an error of the spreadsheet", hint="put it right in Excel")
        elif "f" in self.texts and not ("v" in self.texts if self.kind == "str" else self.texts.get("v")):  # "" is a text, but no number
            hint = "open the workbook in Excel and save it, so that it holds values"
            self.marks.cells[self.row, self.column] = Odd("=", "a formula without a value", hint=hint)

    def _large(self, found: str) -> Refused:
        allowed = f"at most {MOST_ROWS:,} rows, {MOST_COLUMNS:,} columns and {MOST_CELLS:,} cells; it was not read"
        return Refused(found, allowed, DELETE, self.name)


def _position(text: str) -> tuple[int, int]:
    """Row and column from 0 of an address; calamine takes some that Excel does not, and reaches for the memory of their cells."""
    match = ADDRESS.fullmatch(text)
    if not match:
        raise ValueError(f"a cell with the address {text[:20]!r}")
    number = 0
    for letter in match[1]:
        number = 26 * number + ord(letter) - 64
    return int(match[2]) - 1, number - 1


def address(row: int, column: int) -> str:
    """A cell as Excel names it: (0, 27) is AB1."""
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return f"{letters}{row + 1}"
