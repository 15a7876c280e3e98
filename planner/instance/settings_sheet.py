"""The settings as rows of a sheet (`finance.tax_rate_fraction`, `periods[0].months`), and such rows as nodes to read them from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from pydantic import BaseModel
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from planner.instance.fields import specs
from planner_models.rows import Strict
from planner_models.schema import Settings

FIELD, VALUE, NOTE = "field", "value", "note"
COLUMNS = (FIELD, VALUE, NOTE)
EMPTY = "[]"
"""The value of a list without items; a blank one takes the default."""
PATH = re.compile(r"[^.\[\]]+(?:\[[0-9]{1,6}\])?(?:\.[^.\[\]]+(?:\[[0-9]{1,6}\])?)*")
STEP = re.compile(r"([^.\[\]]+)(?:\[([0-9]+)\])?")
MAP, LIST, STRING = (f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str"))


def setting_rows(settings: Settings, notes: Mapping[str, str]) -> list[tuple[str, Any, str]]:
    """Path, value and note of every setting; a block or list has a row of its own only for a note, or when it is empty."""
    return list(_rows(settings, "", notes))


def _rows(value: Any, path: str, notes: Mapping[str, str]) -> Iterator[tuple[str, Any, str]]:
    note = notes.get(path, "")
    if isinstance(value, Strict) or (isinstance(value, tuple) and value):
        if note:
            yield path, None, note
        for name, part in _parts(value, path):
            yield from _rows(part, name, notes)
    else:
        yield path, EMPTY if value == () else value, note


def _parts(value: BaseModel | tuple[Any, ...], path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, tuple):
        yield from ((f"{path}[{i}]", item) for i, item in enumerate(value))
    else:
        fields = Settings if isinstance(value, Settings) else type(value)
        yield from ((f"{path}.{name}" if path else name, getattr(value, name)) for name in specs(fields))


Fault = tuple[int, str, str, str]
"""Row, path, what was found, what is allowed."""


@dataclass
class _Branch:
    """What the rows say of one path: the values given for it by row, its keys and its items in order."""

    leaves: list[tuple[int, str]] = field(default_factory=list)
    keys: dict[str, _Branch] = field(default_factory=dict)
    items: dict[int, _Branch] = field(default_factory=dict)


def nodes(rows: Sequence[tuple[int, str, str]]) -> tuple[Node, list[Fault]]:
    """The mapping that rows of (row number, path, value) make, and faults: paths given twice, and items behind a gap."""
    top = _Branch()
    for row, path, value in rows:
        steps = STEP.findall(path) if PATH.fullmatch(path) else [(path, "")]
        at = top
        for name, index in steps:
            at = at.keys.setdefault(name, _Branch())
            at = at.items.setdefault(int(index), _Branch()) if index else at
        at.leaves.append((row, value))
    faults: list[Fault] = []
    return (_node(top, "", faults) if rows else MappingNode(MAP, [], _mark(1))), faults


def _node(branch: _Branch, path: str, faults: list[Fault]) -> Node:
    """The value of a path; what stands there a second time is a fault."""
    made = sorted(_alternatives(branch, path, faults), key=_row)
    faults += [(_row(node), path, "the key a second time", "each key once") for node in made[1:]]
    return made[0]


def _alternatives(branch: _Branch, path: str, faults: list[Fault]) -> Iterator[Node]:
    """The keys, the items and the cells of a path. A blank cell beside keys or items only carries a note."""
    if branch.keys:
        pairs = [(name, _node(part, f"{path}.{name}" if path else name, faults)) for name, part in branch.keys.items()]
        yield MappingNode(MAP, [(_scalar(name, _row(node)), node) for name, node in pairs], _mark(min(_row(node) for _, node in pairs)))
    if branch.items:
        items = [(i, _node(part, f"{path}[{i}]", faults)) for i, part in sorted(branch.items.items())]
        gap = ("an item behind a gap", "items [0], [1] and so on, each number once")
        faults += [(_row(node), f"{path}[{i}]", *gap) for place, (i, node) in enumerate(items) if i != place][:1]
        yield SequenceNode(LIST, [node for _, node in items], _mark(min(_row(node) for _, node in items)))
    for row, value in branch.leaves:
        if value.strip() == EMPTY:
            yield SequenceNode(LIST, [], _mark(row))
        elif value.strip() or not (branch.keys or branch.items):
            yield _scalar(value, row)


def _scalar(value: str, row: int) -> ScalarNode:
    return ScalarNode(STRING, value if value.strip() else "", _mark(row), style="'" if value.strip() else None)


def _row(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _mark(row: int) -> Any:
    """What stands for a mark in a YAML text: the line, counted from 0."""
    return SimpleNamespace(line=row - 1)
