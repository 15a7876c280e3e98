"""Ways to write the same portfolio otherwise, and how its value grows: order, names, years, and the units of all that is measured."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from planner_models.schema import TABLES, Instance
from tests.models.test_dimensions import scaled

LEAP_CYCLE_YEARS = 4
"""The Gregorian pattern of leap years, and of the plan's own halvings, repeats."""
Leaf = Callable[[str, Any], Any]
"""(name, value) of a setting or field to another value."""


def changed(instance: Instance, leaf: Leaf) -> Instance:
    """The instance with `leaf(name, value)` in place of each value of its settings and rows."""

    def walk(name: str, part: Any) -> Any:
        if isinstance(part, dict):
            return {key: walk(key, value) for key, value in part.items()}
        if isinstance(part, list):
            return [walk(name, value) for value in part]
        return leaf(name, part)

    return Instance.model_validate(walk("", instance.model_dump(mode="json")))


def replaced(instance: Instance, **tables: Any) -> Instance:
    """The instance with other tables, all exchanged at once."""
    return Instance.model_validate({name: getattr(instance, name) for name in type(instance).model_fields} | tables)


def turned(instance: Instance) -> Instance:
    """Every table upside down."""
    return replaced(instance, **{table: getattr(instance, table)[::-1] for table in TABLES})


def renamed(instance: Instance, prefix: str = "n") -> Instance:
    """Every id, market, block, tenant and customer under another name, which also turns the order of the names around."""
    names = {value for table in TABLES for row in getattr(instance, table) for value in row.key if isinstance(value, str)}
    names -= {value for row in instance.previous for value in row.key}
    names |= {row.market for row in (*instance.sites, *instance.gpu_models) if row.market} | {row.id for row in instance.gpu_models}
    names |= {row.fuel for row in instance.fuel_prices}
    names |= {row.tenant for row in instance.leases} | {row.customer for row in instance.gpu_contracts}
    new = {name: f"{prefix}{len(names) - place}" for place, name in enumerate(sorted(names))}

    def other(name: str, value: Any) -> Any:
        if name == "index":
            return "/".join(new.get(part, part) for part in value.split("/"))
        return new.get(value, value) if isinstance(value, str) and name not in ENUMERATED else value

    return changed(instance, other)


ENUMERATED = {"kind", "product", "service", "stage", "redundancy", "method", "measure", "use", "decision", "terminal_method", "objective"}
"""Fields whose words the schema gives."""


def later(instance: Instance) -> Instance:
    """The plan and all its dates four years later, so that leap years fall alike; the halvings of the past lie before it either way."""

    def moved(name: str, value: Any) -> Any:
        if name in ("year", "from_year", "price_year"):
            return value and value + LEAP_CYCLE_YEARS
        if name == "index":
            return value.replace("2027-", "2031-")
        if isinstance(value, str) and value[:2] == "20" and name != "halvings":
            day = dt.date.fromisoformat(value)
            return day.replace(year=day.year + LEAP_CYCLE_YEARS).isoformat()
        return value

    return changed(instance, moved)


UNITS = {"mw": 1.0, "usd": 1.0, "th": 1.0, "gpu": 1.0, "fuel": 1.0}


def measured(**scale: float) -> Callable[[Instance], Instance]:
    """All that is measured in a unit so many times as large; modules, units, clusters and lots are as many, each as much larger."""
    return lambda instance: scaled(instance, UNITS | scale)


SAME: Mapping[str, tuple[Callable[[Instance], Instance], float]] = {
    "upside down": (turned, 1.0),
    "other names": (renamed, 1.0),
    "four years later": (later, 1.0),
    "twice the money": (measured(usd=2.0), 2.0),
    "four times the megawatts": (measured(mw=4.0), 1.0),
    "half the megawatts for half the money": (measured(mw=0.5, usd=0.5), 0.5),
    "other units of hashes, GPUs and fuel": (measured(th=2.0, gpu=4.0, fuel=8.0), 1.0),
}
"""What each does, and how many times the value is then."""
