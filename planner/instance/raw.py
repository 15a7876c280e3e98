"""A file -> text: size, kind, encoding and byte-order mark are judged before anything is read into tables."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from planner.errors import Problem
from planner.instance.notice import Notice

LIMIT_BYTES = 20_000_000
SETTINGS_LIMIT_BYTES = 100_000
"""Above these a file is no instance that could be solved, and to read it could take all memory and minutes."""
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
WORKBOOKS = (ZIP, OLE)
UTF8_MARK = b"\xef\xbb\xbf"
WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
SAVE_AS = "in Excel save as 'CSV UTF-8 (comma delimited)'"
SAVE_TEXT_AS = "save as UTF-8 in the editor"


@dataclass(frozen=True)
class Raw:
    """The text of a file, or None with the problem that kept it from being read."""

    text: str | None
    problem: Problem | None = None
    notice: Notice | None = None


def read(path: Path, limit_bytes: int, wanted: str) -> Raw:
    """The UTF-8 text of a regular file of at most `limit_bytes`; a byte-order mark is dropped with a notice.

    `wanted` says what should stand in a file that is empty.
    """
    data = contents(path, limit_bytes, "a text file")
    return Raw(None, data) if isinstance(data, Problem) else _decoded(path.name, data, wanted)


def contents(path: Path, limit_bytes: int, kind: str) -> bytes | Problem:
    """The bytes of a regular file of at most `limit_bytes`, or the problem that bars them; `kind` says what it should be."""
    name = path.name
    try:
        if not path.is_file():
            return Problem(name, None, "", "not a regular file", kind)
        with open(path, "rb", opener=_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                return Problem(name, None, "", "not a regular file", kind)
            data = file.read(limit_bytes + 1) if status.st_size <= limit_bytes else b""
            if (size := max(status.st_size, len(data))) > limit_bytes:
                return Problem(name, None, "", f"{size / 1e6:,.1f} MB", f"at most {limit_bytes / 1e6:,.6g} MB; it was not read")
            return data
    except OSError as error:
        return Problem(name, None, "", f"a file that cannot be read ({error.strerror})", f"{kind} with leave to read it")


def _without_waiting(path: str, flags: int) -> int:
    """Open a file without waiting for a writer, as a pipe in its place would."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _decoded(name: str, data: bytes, wanted: str) -> Raw:
    if problem := _binary(name, data):
        return Raw(None, problem)
    marked = data.startswith(UTF8_MARK)
    body = data[len(UTF8_MARK) :] if marked else data
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        offset = error.start + (len(UTF8_MARK) if marked else 0)
        line = body.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{body[error.start]:02x} at offset {offset}, which is not UTF-8"
        return Raw(None, Problem(name, line, "", found, "text in UTF-8", _save_as(name)))
    if not text.strip():
        return Raw(None, Problem(name, None, "", "an empty file", wanted))
    reason = "a byte-order mark, which Excel writes, is not needed; it was skipped"
    return Raw(text, notice=Notice(name, 1, "", "a byte-order mark", reason) if marked else None)


def _save_as(name: str) -> str:
    """How a file of this name is saved in UTF-8: tables come from a spreadsheet, settings from an editor."""
    return SAVE_AS if name.endswith(".csv") else SAVE_TEXT_AS


def _binary(name: str, data: bytes) -> Problem | None:
    """The problem of a file that holds no text: a workbook, UTF-16, or other bytes."""
    if data.startswith(WORKBOOKS):
        wanted = ("text with commas" if name.endswith(".csv") else "text in UTF-8", _save_as(name))
        return Problem(name, None, "", "an Excel workbook (or zip file) under this name", *wanted)
    if data.startswith(WIDE_MARKS):
        return Problem(name, None, "", "text in UTF-16", "text in UTF-8", _save_as(name))
    if (offset := data.find(b"\0")) >= 0:
        line = data.count(b"\n", 0, offset) + 1
        return Problem(name, line, "", f"a zero byte at offset {offset}: binary data", "text in UTF-8", _save_as(name))
    return None
