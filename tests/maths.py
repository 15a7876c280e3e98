"""MATHS.md as tests read it: the text of every number, and which number defines a quantity."""

from __future__ import annotations

import re
from pathlib import Path

MATHS = Path(__file__).parents[1] / "models" / "MATHS.md"
EQUATION = re.compile(r"^- \((\d+\.\d+)\) (.*(?:\n  .*)*)", re.M)
HEAD = re.compile(r"`[^`]*`(?: ∈ [^`,:]+)?(?:(?:, | and )`[^`]*`(?: ∈ [^`,:]+)?)*")
"""What opens an equation: the quantities and rows that it defines, in code, separated by commas."""


def numbered() -> dict[str, str]:
    """Number -> text of every equation that MATHS.md defines."""
    found: dict[str, str] = {}
    for number, text in EQUATION.findall(MATHS.read_text(encoding="utf-8")):
        assert number not in found, f"({number}) is defined twice"
        found[number] = text
    return found


def defined() -> dict[str, str]:
    """Name -> number of every quantity and row that opens an equation, or follows that as ": `name = ...`"."""
    found: dict[str, str] = {}
    for number, text in numbered().items():
        head = HEAD.match(text)
        assert head is not None, f"({number}) does not open with what it defines"
        told = re.findall(r"`(\w+)", head[0]) + re.findall(r"^: `(\w+) =", text[head.end() :])
        for name in dict.fromkeys(told):
            assert name not in found, f"{name} is defined by ({found[name]}) and ({number})"
            found[name] = number
    return found
