"""The text of instance.yaml, or the nodes of a sheet -> settings, with the line of each key and every problem."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from planner.errors import Problem
from planner.instance.build import built
from planner.instance.cells import CellError, parsed
from planner.instance.fields import Spec, describe, specs
from planner.instance.grid import Odd, odd
from planner.instance.notes import comments
from planner.instance.notice import Where
from planner_models.rows import Strict
from planner_models.schema import TABLES, Settings
from planner_models.words import quoted, suggestion

FILE = "instance.yaml"
SHAPE = "YAML 1.2: lines of 'key: value', indented by spaces"
DEEPEST = 20
"""Blocks in blocks that are read, as far as ruamel.yaml 0.18.11 or later can tell; settings need five."""
DEEP = "blocks nested too deeply to read"
BLANKS = {"", "~", "null", "Null", "NULL"}
PLAIN_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge")}


@dataclass
class Reading:
    """Settings that could be read, top-level keys that could not, line and note of each path, and problems."""

    where: Where = field(default_factory=lambda: Where(FILE))
    values: dict[str, Any] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    lines: dict[str, int] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def report(self, line: int | None, path: str, found: str, allowed: str, hint: str = "") -> None:
        """Add a problem, and hide the top-level key that it belongs to."""
        self.problems.append(self.where.problem(line, path, found, allowed, hint))
        self.hidden.add(path.partition(".")[0].partition("[")[0])


def settings(text: str) -> Reading:
    """Read instance.yaml. What is at fault is left out of the values and named in `hidden`."""
    reading = Reading()
    try:
        parser = YAML(typ="safe", pure=True)
        parser.max_depth = DEEPEST
        root = parser.compose(text)
    except MarkedYAMLError as error:
        mark, words = error.problem_mark or error.context_mark, str(error.problem or error.context)
        found = DEEP if words.startswith("maximum depth") else f"what is not YAML ({words})"
        reading.report(mark.line + 1 if mark else None, "", found, SHAPE)
        root = None
    except (YAMLError, ValueError) as error:
        reading.report(None, "", f"what is not YAML ({str(error).splitlines()[0]})", SHAPE)
        root = None
    except RecursionError:
        reading.report(None, "", DEEP, SHAPE)
        root = None
    if root is None and not reading.problems:
        reading.report(1, "", "no key", f"a block of keys: {', '.join(specs(Settings))}")
    if root is None:
        reading.hidden.update(Settings.model_fields)
        return reading
    settings_of(root, reading)
    reading.notes = comments(text, reading.lines)
    return reading


def settings_of(root: Node, reading: Reading) -> None:
    """Read the settings under a node, whose marks say the lines, into the reading."""
    if _block(reading, root, Settings, "") is None:
        reading.hidden.update(set(Settings.model_fields) - set(reading.values))


def _block(reading: Reading, node: Node, model: type[BaseModel], path: str) -> BaseModel | None:
    """The model of a mapping node; the values of the outermost block are kept in the reading."""
    if not isinstance(node, MappingNode) or not _plain(node):
        reading.report(_line(node), path, _words(node), f"a block of keys: {', '.join(specs(model))}")
        return None
    before = len(reading.problems)
    texts: dict[str, str] = {}
    ready: dict[str, Any] = {}
    bad: set[str] = set()
    for name, key, value in _keys(reading, node, model, path):
        where = f"{path}.{name}" if path else name
        reading.lines[where] = _line(key)
        count = len(reading.problems)
        if (spec := specs(model)[name]).kind in ("block", "list"):
            ready[name] = _nested(reading, value, model, spec, where)
        elif (text := _scalar(reading, value, spec, where)) is not None:
            texts[name] = text
        if len(reading.problems) > count:
            bad.add(name)
    ready = {name: value for name, value in ready.items() if name not in bad and value is not None}
    made, flaws = built(model, texts, ready, frozenset(bad))
    for flaw in flaws:
        where = f"{path}.{flaw.field}" if path else flaw.field
        line = reading.lines.get(where, reading.lines.get(path, _line(node) if path else None))
        reading.report(line, where, flaw.found, flaw.allowed, flaw.hint)
    if not path:
        reading.values = _kept(model, made, texts, ready, bad | {flaw.field for flaw in flaws})
    return made if len(reading.problems) == before else None


def _kept(model: type[BaseModel], made: BaseModel | None, texts: dict[str, str], ready: dict[str, Any], bad: set[str]) -> dict[str, Any]:
    """Top-level values that are valid one by one, with the defaults of those that were not given."""
    if made is not None:
        return {name: getattr(made, name) for name in model.model_fields}
    values = {name: spec.default for name, spec in specs(model).items() if not spec.required}
    values |= ready | {name: parsed(text, specs(model)[name]) for name, text in texts.items() if name not in bad and text.strip()}
    return {name: value for name, value in values.items() if name not in bad}


def _keys(reading: Reading, node: MappingNode, model: type[BaseModel], path: str) -> Iterator[tuple[str, Node, Node]]:
    """The known keys of a mapping, each once; the others are reported."""
    known, seen = specs(model), set[str]()
    for key, value in node.value:
        name = key.value if isinstance(key, ScalarNode) and _plain(key) else _words(key)
        where = f"{path}.{name}" if path else str(name)
        if name in seen:
            reading.report(_line(key), where, "the key a second time", "each key once")
        elif name in known:
            yield name, key, value
        elif not path and name in TABLES:
            reading.report(_line(key), where, "a table", f"only settings here; rows stand in {reading.where.table(name)}")
        else:
            reading.report(_line(key), where, "an unknown key", ", ".join(known), suggestion(str(name), known))
        seen.add(str(name))


def _nested(reading: Reading, node: Node, model: type[BaseModel], spec: Spec, path: str) -> Any:
    """The value of a key that holds a block, a list of blocks or a list of dates."""
    if _blank(node):
        return None
    annotation = model.model_fields[spec.name].annotation
    if spec.kind == "block":
        assert isinstance(annotation, type)
        return _block(reading, node, annotation, path)
    item = get_args(annotation)[0]
    if not isinstance(node, SequenceNode) or not _plain(node):
        allowed = f"a list: rows {path}[0], {path}[1] and so on" if reading.where.sheet else "a list: one '- ' line per item"
        reading.report(_line(node), path, _words(node), allowed)
        return None
    values = []
    for i, part in enumerate(node.value):
        where = f"{path}[{i}]"
        reading.lines[where] = _line(part)
        values.append(_item(reading, part, item, model, spec, where))
    return tuple(values)


def _item(reading: Reading, node: Node, item: Any, model: type[BaseModel], spec: Spec, path: str) -> Any:
    if isinstance(item, type) and issubclass(item, Strict):
        return _block(reading, node, item, path)
    own = _spec_of_items(model, spec.name)
    text = _scalar(reading, node, own, path)
    try:
        if text is not None and text.strip():
            return parsed(text, own)
    except CellError as error:
        reading.report(_line(node), path, error.found, error.allowed, error.hint)
        return None
    if text is not None:
        reading.report(_line(node), path, "blank", own.allowed)
    return None


@cache
def _spec_of_items(model: type[BaseModel], name: str) -> Spec:
    """What an item of a list of dates may be."""
    kind, allowed = describe(model.model_json_schema()["properties"][name]["items"])
    return Spec(name, kind, allowed, (), True, None, "", specs(model)[name].doc)


def _scalar(reading: Reading, node: Node, spec: Spec, path: str) -> str | None:
    """The text of a scalar; null is blank. A list, a block, a value with a tag of its own or an odd cell of a sheet is reported."""
    if isinstance(node, ScalarNode) and (found := odd(node.value, spec.kind)):
        reading.report(_line(node), path, found.words, spec.allowed, found.hint)
        return None
    if isinstance(node, ScalarNode) and _plain(node):
        return "" if _blank(node) else str(node.value)
    reading.report(_line(node), path, _words(node), spec.allowed)
    return None


def _blank(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.style is None and node.value in BLANKS


def _plain(node: Node) -> bool:
    """Whether a node has no tag of its own."""
    return str(node.tag) in PLAIN_TAGS


def _words(node: Node) -> str:
    words = "a list" if isinstance(node, SequenceNode) else "a block of keys"
    if isinstance(node, ScalarNode):
        words = node.value.words if isinstance(node.value, Odd) else quoted(str(node.value))
    return words if _plain(node) else f"{words} with the tag {node.tag}"


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1
