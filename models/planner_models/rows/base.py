"""What every row of a table is: frozen, strict, with free columns that are kept and a check of its own fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from planner_models.kinds import Free, col

Conflict = tuple[str, str, str]
"""A field, what was found there and what is allowed, in words."""


class Strict(BaseModel):
    """Immutable, and no unknown field is accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, validate_default=True)


class Row(Strict):
    """One row of a table; the five free columns are kept and never read by the model."""

    KEY: ClassVar[tuple[str, ...]] = ("id",)
    FREE: ClassVar[tuple[str, ...]] = ("status", "owner", "source", "as_of", "note")

    status: Free = col("Free text, e.g. confirmed or estimate.", None)
    owner: Free = col("Free text: who maintains the row.", None)
    source: Free = col("Free text: where the figures come from.", None)
    as_of: Free = col("Free text: date of the figures.", None)
    note: Free = col("Free text.", None)

    @property
    def key(self) -> tuple[Any, ...]:
        """The values that must be unique in the table."""
        return tuple(getattr(self, name) for name in self.KEY)

    def conflicts(self) -> Iterator[Conflict]:
        """Fields of this row that contradict each other."""
        return iter(())

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if found := list(self.conflicts()):
            words = "; ".join(f"{field}: found {value}; allowed: {allowed}" for field, value, allowed in found)
            raise PydanticCustomError("conflict", "{words}", {"words": words, "conflicts": found})
        return self
