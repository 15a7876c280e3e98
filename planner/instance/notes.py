"""The comments of instance.yaml as notes on its settings, so that sources survive in a workbook."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import accumulate

from ruamel.yaml import YAML
from ruamel.yaml.tokens import ScalarToken

COMMENT = re.compile(r"(?:^|(?<=[ \t]))#(.*)", re.MULTILINE)
FOR_EDITORS = "yaml-language-server:"


def comments(text: str, lines: Mapping[str, int]) -> dict[str, str]:
    """Comments of a valid YAML text by the path that they belong to; `lines` has the line of each path, the outer before the inner.

    A comment on the line of a key or item belongs to it; one on lines of its own to the next key or item, or to the last one where
    none follows. Several are joined line by line. Lines for editors (`# yaml-language-server: ...`) are no comments.
    """
    first = {line: path for path, line in reversed(list(lines.items()))}
    known = sorted(first)
    notes: dict[str, list[str]] = defaultdict(list)
    for line, alone, words in _comments(text):
        if words and not words.startswith(FOR_EDITORS):
            at = bisect_right(known, line)  # the first line after it
            after = alone and at < len(known)
            notes[first[known[at if after else max(at - 1, 0)]]].append(words)
    return {path: "\n".join(parts) for path, parts in notes.items()}


def for_editors(text: str) -> bool:
    """Whether a valid YAML text has a line for editors."""
    return any(words.startswith(FOR_EDITORS) for _, _, words in _comments(text))


def _comments(text: str) -> Iterator[tuple[int, bool, str]]:
    """Line, whether nothing stands before it on that line, and words of each comment outside of scalars."""
    tokens = YAML(typ="safe", pure=True).scan(text)
    scalars = sorted((token.start_mark.index, token.end_mark.index) for token in tokens if isinstance(token, ScalarToken))
    begins = [begin for begin, _ in scalars]
    starts = [0, *accumulate(map(len, text.splitlines(keepends=True)))]
    position = 0
    while match := COMMENT.search(text, position):
        within = bisect_right(begins, match.start()) - 1
        if within >= 0 and match.start() < scalars[within][1]:
            position = scalars[within][1]
            continue
        line = bisect_right(starts, match.start())
        yield line, not text[starts[line - 1] : match.start()].strip(), match[1].strip()
        position = match.end()


def noted(line: str, note: str, indent: str, width: int) -> Iterator[str]:
    """A line of YAML with its note: beside it where that is one line and fits, else above."""
    parts = note.splitlines()
    if len(parts) == 1 and len(line) + len(note) + 4 <= width:
        yield f"{line}  # {note}"
        return
    yield from (f"{indent}# {part}" for part in parts)
    yield line


def under(notes: Mapping[str, str], path: str) -> str:
    """The notes on a path and on all that stands below it, line by line."""
    return "\n".join(note for place, note in notes.items() if place == path or place.startswith((f"{path}.", f"{path}[")))
