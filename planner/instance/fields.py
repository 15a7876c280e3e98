"""The fields of a schema model as people see them: kind, allowed values in words, default, unit, documentation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from planner.instance.units import unit
from planner_models.rows import Row
from planner_models.words import listing

MONTH_WORDS = "a month such as 2027-04 or 2027-04-01"
DAY_WORDS = "a day such as 2027-04-17"
KEY_WORDS = "a short name of letters, digits, '_', '.' and '-', at most 64, starting with a letter or digit"
TEXT_WORDS = "text without control characters"


@dataclass(frozen=True)
class Spec:
    """One field. `kind` is number, whole, flag, choice, month, day, key, keys, text, block or list; `required` has no default."""

    name: str
    kind: str
    allowed: str
    choices: tuple[str, ...]
    required: bool
    default: Any
    unit: str
    doc: str


@cache
def specs(model: type[BaseModel]) -> Mapping[str, Spec]:
    """The fields of a model by name, the free columns of a table last."""
    properties = model.model_json_schema()["properties"]
    free = Row.FREE if issubclass(model, Row) else ()
    names = [name for name in model.model_fields if name not in free] + list(free)
    return {name: _spec(model, name, properties[name]) for name in names}


def columns_in_use(model: type[Row], rows: Sequence[Row]) -> list[str]:
    """The columns with which rows are written: every field of the model, and those free columns that some row fills."""
    return [name for name in specs(model) if name not in model.FREE or any(getattr(row, name) is not None for row in rows)]


def _spec(model: type[BaseModel], name: str, schema: dict[str, Any]) -> Spec:
    field = model.model_fields[name]
    kind, allowed = describe(schema)
    default = None if field.default is PydanticUndefined else field.default
    choices = tuple(str(choice) for choice in _plain(schema).get("enum", ()))
    return Spec(name, kind, allowed, choices, field.is_required(), default, unit(name, kind), field.description or "")


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a value that is there: without the alternative null."""
    options = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
    plain = dict(options[0]) if options else dict(schema)
    if "const" in plain:
        plain["enum"] = [plain["const"]]
    return plain


def describe(schema: dict[str, Any]) -> tuple[str, str]:
    """Kind and allowed values of a JSON Schema property."""
    plain = _plain(schema)
    if "enum" in plain:
        return "choice", listing(str(choice) for choice in plain["enum"])
    simple = {"number": ("number", f"a number{_bounds(plain)}"), "integer": ("whole", f"a whole number{_bounds(plain)}")}
    simple["boolean"] = ("flag", "yes or no")
    simple["string"] = _text(str(plain.get("pattern", "")))
    if plain.get("type") == "array":
        listed = describe(plain["items"])[0] == "key"
        return ("keys", f"short names separated by '|', each {KEY_WORDS}") if listed else ("list", "a list")
    return simple.get(str(plain.get("type")), ("block", "a block of keys"))


def _text(pattern: str) -> tuple[str, str]:
    if pattern.startswith("^[0-9]{4}"):
        return ("month", MONTH_WORDS) if "(-01)" in pattern else ("day", DAY_WORDS)
    return ("key", KEY_WORDS) if pattern else ("text", TEXT_WORDS)


def _bounds(schema: dict[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if low is not None and high is not None:
        return f" from {_plainly(low)} to {_plainly(high)}"
    ends = (("from", low), ("above", above), ("up to", high), ("below", below))
    words = [f"{word} {_plainly(value)}" for word, value in ends if value is not None]
    return " " + " and ".join(words) if words else ""


def _plainly(value: float) -> str:
    """A bound without an exponent."""
    return f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}"


def written(value: Any) -> str:
    """A value as a cell of a file: shortest exact number, ISO date, yes or no, names separated by `|`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    if isinstance(value, dt.date):
        return value.isoformat()
    return "|".join(value) if isinstance(value, tuple) else str(value)
