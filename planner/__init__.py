"""Capacity planning for bitcoin miners who become power and AI-infrastructure companies: the public API.

    import planner
    instance = planner.load("instances/rockdale")
    run = planner.solve(instance)
    run.tables["allocation"]

Names load on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.check import Certificate, verify
    from planner.errors import InvalidInstance, PlannerError
    from planner.export import to_xlsx
    from planner.highs import Progress
    from planner.instance import convert, examine, load, write
    from planner.plan import Plan
    from planner.runs import Run, load_run
    from planner.solving import SolveOptions, solve
    from planner_models.schema import Instance

_HOMES = {
    "Certificate": "planner.check",
    "Instance": "planner_models.schema",
    "InvalidInstance": "planner.errors",
    "Plan": "planner.plan",
    "PlannerError": "planner.errors",
    "Progress": "planner.highs",
    "Run": "planner.runs",
    "SolveOptions": "planner.solving",
    "convert": "planner.instance",
    "examine": "planner.instance",
    "load": "planner.instance",
    "load_run": "planner.runs",
    "solve": "planner.solving",
    "to_xlsx": "planner.export",
    "verify": "planner.check",
    "write": "planner.instance",
}

__all__ = [
    "Certificate",
    "Instance",
    "InvalidInstance",
    "Plan",
    "PlannerError",
    "Progress",
    "Run",
    "SolveOptions",
    "convert",
    "examine",
    "load",
    "load_run",
    "solve",
    "to_xlsx",
    "verify",
    "write",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'planner' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
