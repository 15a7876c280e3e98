"""Cases for programs: a JSON list with an object per case."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from planner.comparison.cases import Case
from planner.comparison.formats.cells import plain


def json_text(cases: Sequence[Case], title: str, notes: Sequence[str]) -> str:
    """A list of objects, in the order of the cases; title and notes have no place in it."""
    found = [_object(case) for case in cases]
    return json.dumps(found, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def _object(case: Case) -> dict[str, Any]:
    """What a case says, its own record first; keys that both have are the record's."""
    own = {
        "name": case.name, "who": case.who, "cause": case.cause, "exit_code": case.exit_code, "words": case.words,
        "differences": case.differences, "tables": case.tables, "notes": case.notes, "file": case.file,
    }  # fmt: skip
    found: dict[str, Any] = plain({**case.record, **{key: value for key, value in own.items() if key not in case.record}})
    return found
