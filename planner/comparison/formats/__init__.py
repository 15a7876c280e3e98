"""What a comparison finds as text: for people, for programs and for the machines that run tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from planner.comparison.cases import Case
from planner.comparison.formats.annotations import github
from planner.comparison.formats.markdown import markdown
from planner.comparison.formats.objects import json_text
from planner.comparison.formats.terminal import terminal
from planner.comparison.formats.xml import junit

Format = Callable[[Sequence[Case], str, Sequence[str]], str]
FORMATS: Mapping[str, Format] = {"terminal": terminal, "json": json_text, "markdown": markdown, "junit": junit, "github": github}


def render(cases: Sequence[Case], format: str, title: str, notes: Sequence[str] = ()) -> str:
    """Cases in one of the FORMATS, with a line break at the end; `notes` are remarks on all of them, which json has no place for."""
    return FORMATS[format](cases, title, notes)
