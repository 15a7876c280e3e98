"""Cases as annotations of a GitHub workflow: lines that it shows beside the files of a change."""

from __future__ import annotations

from collections.abc import Sequence

from planner.comparison.cases import Case
from planner.comparison.formats.cells import text, words


def github(cases: Sequence[Case], title: str, notes: Sequence[str]) -> str:
    """An error per case that differs or cannot be compared, a notice per other case and per note; GitHub shows the first ten of each."""
    lines = [_annotation(case) for case in cases]
    return "".join(f"{line}\n" for line in [*lines, *(f"::notice title={_property(title)}::{_message(text(note))}" for note in notes)])


def _annotation(case: Case) -> str:
    places = {"file": case.file, "line": str(case.record.get("line", "")) if case.file else "", "title": f"{case.name}: {case.cause}"}
    told = ",".join(f"{name}={_property(value)}" for name, value in places.items() if value)
    message = "\n".join([text(case.words), *words(case)])
    return f"::{'error' if case.exit_code else 'notice'} {told}::{_message(message)}"


def _message(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _message(text(words)).replace(":", "%3A").replace(",", "%2C")
