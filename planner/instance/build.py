"""Texts by field -> a validated row or block, every fault in the words of the field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from planner.instance.cells import CellError, parsed
from planner.instance.fields import Spec, specs
from planner_models.words import quoted

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Flaw:
    """A fault of one field, before it is known in which file and line."""

    field: str
    found: str
    allowed: str
    hint: str = ""


def built(model: type[Model], texts: Mapping[str, str], ready: Mapping[str, Any], skip: frozenset[str]) -> tuple[Model | None, list[Flaw]]:
    """A model from the texts of its fields and from values that are `ready`.

    Blank texts take the default. Fields in `skip` are known to be faulty or absent and are not reported again.
    """
    values, flaws = dict(ready), []
    for name, text in texts.items():
        if not text.strip():
            continue
        try:
            values[name] = parsed(text, specs(model)[name])
        except CellError as error:
            flaws.append(Flaw(name, error.found, error.allowed, error.hint))
    bad = skip | {flaw.field for flaw in flaws}
    try:
        made = model.model_validate(values)
    except ValidationError as error:
        return None, flaws + _translated(error, specs(model), texts, bad)
    return (None if bad else made), flaws


def _translated(error: ValidationError, known: Mapping[str, Spec], texts: Mapping[str, str], bad: frozenset[str]) -> list[Flaw]:
    """The faults that pydantic found, in words; what follows from fields already reported is left out."""
    flaws: dict[str, Flaw] = {}
    for detail in error.errors(include_url=False):
        name = str(detail["loc"][0]) if detail["loc"] else ""
        if detail["type"] == "conflict":
            found = [] if bad else [Flaw(*conflict) for conflict in detail["ctx"]["conflicts"]]
            flaws.update((flaw.field, flaw) for flaw in found)
        elif name not in bad:
            text = texts.get(name, "")
            flaws.setdefault(name, Flaw(name, quoted(text.strip()) if text.strip() else "blank", known[name].allowed))
    return list(flaws.values())
