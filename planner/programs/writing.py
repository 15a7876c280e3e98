"""Programs as files, whole or not at all: the same program is the same bytes, in any process."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from planner.atomic import write_file
from planner.errors import CannotWrite
from planner.programs.lp import WRITTEN, lp_text
from planner.programs.mps import mps_text
from planner.programs.program import Program

__all__ = ["SUFFIXES", "lp_text", "mps_text", "write_program"]

SUFFIXES = (".lp", ".lp.gz", ".mps", ".mps.gz")
MOST_TITLE = 10_000
"""Bytes of a first line that are looked at."""


def write_program(program: Program, path: Path) -> None:
    """Write a program as the suffix of `path` says, in place of nothing or of a program that this wrote before.

    Raises CannotWrite for another suffix, where something else stands, or when the system refuses; then nothing has changed.
    """
    kind = next((suffix for suffix in SUFFIXES if path.name.lower().endswith(suffix)), None)
    if kind is None:
        raise CannotWrite(f"{path} is not written: a program ends in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}")
    content = (lp_text(program) if kind.startswith(".lp") else mps_text(program)).encode("ascii")
    if kind.endswith(".gz"):
        content = gzip.compress(content, mtime=0)
    write_file(path, lambda place: place.write_bytes(content), _why_kept)


def _why_kept(place: Path) -> str | None:
    try:
        with place.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(place) if packed else place.open("rb") as file:
            ours = WRITTEN.encode() in file.readline(MOST_TITLE)
    except (OSError, EOFError, zlib.error):
        ours = False
    return None if ours else "it is not a program that this wrote; give the name of a new file"
