"""A folder -> a workbook and back, without loss.

Without loss means: the instance read from the result equals the instance read from the source (every value to the last digit, every
row in its place, the free columns status, owner, source, as_of and note); the comments of instance.yaml are the `note` column of the
sheet `instance`, and come back as comments; README.md is the sheet `readme`. A folder that comes from a workbook is byte for byte
what `write` writes for that instance, with these comments and this README. What differs from a folder written by hand is form: the
order of columns and of keys, ways to write a value (`2027-01` for `2027-01-01`), columns without a value, the layout of comments, line
ends and blank lines at the end of the README. Wide series come back long. Other files of the folder, and the line in instance.yaml that
shows editors the schema, are left behind and named.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from planner.errors import CannotWrite, InvalidInstance, Problem
from planner.instance import raw
from planner.instance.book import write_book
from planner.instance.examination import judged
from planner.instance.folder import FILES, folder
from planner.instance.notes import FOR_EDITORS, for_editors
from planner.instance.notice import Notice
from planner.instance.parts import Parts
from planner.instance.settings import FILE
from planner.instance.workbook import ENDING, is_workbook, workbook
from planner.instance.write import instance_files, new_folder
from planner_models.schema import Instance

README_FILE = "README.md"


@dataclass(frozen=True)
class Conversion:
    """What is to be told of a conversion: the notices on the source, and what of it was left behind, such as files of another kind."""

    notices: tuple[Notice, ...]
    left: tuple[str, ...]


def convert(source: str | Path, target: str | Path) -> Conversion:
    """Write the instance folder `source` as a new workbook `target` (.xlsx), or a workbook as a new folder; whole or not at all.

    Raises InvalidInstance with all problems of the source, and CannotWrite where the target exists, where both are folders or both
    workbooks, or where the system refuses.
    """
    place, goal = Path(source), Path(target)
    back = is_workbook(place)
    if back == (goal.suffix.lower() == ENDING):
        raise CannotWrite(f"{target} is not written: one of the two is a folder, the other a workbook with a name in {ENDING}")
    parts, instance, notices = _valid(workbook(place) if back else folder(place))
    if back:
        readme = {README_FILE: parts.readme} if parts.readme else {}
        new_folder(goal, instance_files(instance, parts.reading.notes) | readme)
        return Conversion(notices, ())
    write_book(instance, goal, parts.reading.notes, _readme(place))
    kept = {*FILES, README_FILE}
    left = [name for name in sorted(os.listdir(place)) if name not in kept and not name.startswith(".")]
    if for_editors(raw.read(place / FILE, raw.SETTINGS_LIMIT_BYTES, "").text or ""):
        left.append(f"the line `# {FOR_EDITORS} ...` of {FILE}")
    return Conversion(notices, tuple(left))


def _valid(parts: Parts | Problem) -> tuple[Parts, Instance, tuple[Notice, ...]]:
    if isinstance(parts, Problem):
        raise InvalidInstance([parts])
    report = judged(parts)
    if report.instance is None:
        raise InvalidInstance(report.problems)
    return parts, report.instance, report.notices


def _readme(place: Path) -> str:
    """The text of the folder's README.md; empty where there is none."""
    file = place / README_FILE
    if not file.is_file() or not file.stat().st_size:
        return ""
    found = raw.read(file, raw.LIMIT_BYTES, "text")
    if found.problem:
        raise InvalidInstance([found.problem])
    return found.text or ""
