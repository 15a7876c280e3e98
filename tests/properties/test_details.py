"""The random portfolios try everything: every table has rows somewhere, every field says something else than its default, times differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from planner_models.rows import Row
from planner_models.schema import TABLES, Finance, Instance
from tests.properties.details import any_portfolio

PORTFOLIOS = 400
ONE_NAME = {
    ("conversions", "id"), ("equity", "id"), ("hosting", "id"), ("ppas", "id"), ("programmes", "id"), ("warrants", "id"),
    ("fuel_prices", "fuel"), ("slots", "equipment"), ("programmes", "market"), ("history", "from_month"),
}  # fmt: skip
"""Names of what there is one of, and the month from which there is history."""


def values(instance: Instance) -> Iterator[tuple[tuple[str, str], Any]]:
    """What each field of each row and of the money settings says, but for the free columns."""
    parts = [(table, row) for table in TABLES for row in getattr(instance, table)]
    for name, part in [*parts, ("finance", instance.finance)]:
        for field in type(part).model_fields:
            if field not in Row.FREE:
                yield (name, field), getattr(part, field)


def defaults() -> dict[tuple[str, str], Any]:
    """Every field with its default; one that must be given has none."""
    rows = {**TABLES, "finance": Finance}
    return {
        (table, name): None if field.is_required() else field.default
        for table, row in rows.items()
        for name, field in row.model_fields.items()
        if name not in Row.FREE
    }


@pytest.mark.prove
def test_every_field_is_drawn(record_property: Callable[[str, object], None]) -> None:
    """With another value than its default, and one that must be given with several."""
    seen: dict[tuple[str, str], set[str]] = defaultdict(set)
    for seed in range(PORTFOLIOS):
        for place, value in values(any_portfolio(seed)):
            seen[place].add(str(value))
    record_property("tries", PORTFOLIOS)
    dull = {place for place, default in defaults().items() if len(seen[place] | {str(default)}) < 2 or not seen[place] - {str(default)}}
    constant = {place for place, default in defaults().items() if default is None and len(seen[place]) < 2}
    assert dull == set()
    assert constant - ONE_NAME == set()


def test_every_table_has_rows_and_periods_differ() -> None:
    """In the first sixty portfolios."""
    instances = [any_portfolio(seed) for seed in range(60)]
    assert {table for table in TABLES if not any(getattr(instance, table) for instance in instances)} == set()
    assert len({instance.periods for instance in instances}) >= 10
    assert {instance.start.month for instance in instances} == {1, 10}
