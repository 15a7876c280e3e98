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
    from planner.checkup import Finding, doctor
    from planner.claims import Claim
    from planner.comparison.cases import Case
    from planner.comparison.judging import compare
    from planner.errors import InvalidInstance, PlannerError
    from planner.export import to_xlsx
    from planner.generator import generate
    from planner.highs import Progress
    from planner.horizon import horizons
    from planner.index.frame import list_runs
    from planner.instance import convert, examine, load, write
    from planner.options import SolveOptions
    from planner.plan import Plan
    from planner.ranges import ranges
    from planner.rolling import Bridge, Rolled, bridge, roll
    from planner.runs import Run, load_run
    from planner.solving import solve
    from planner.sweeping import sweep
    from planner_models.schema import Instance

_HOMES = {
    "Bridge": "planner.rolling",
    "Case": "planner.comparison.cases",
    "Certificate": "planner.check",
    "Claim": "planner.claims",
    "Finding": "planner.checkup",
    "Instance": "planner_models.schema",
    "InvalidInstance": "planner.errors",
    "Plan": "planner.plan",
    "PlannerError": "planner.errors",
    "Progress": "planner.highs",
    "Rolled": "planner.rolling",
    "Run": "planner.runs",
    "SolveOptions": "planner.options",
    "bridge": "planner.rolling",
    "compare": "planner.comparison.judging",
    "convert": "planner.instance",
    "doctor": "planner.checkup",
    "examine": "planner.instance",
    "generate": "planner.generator",
    "horizons": "planner.horizon",
    "list_runs": "planner.index.frame",
    "load": "planner.instance",
    "load_run": "planner.runs",
    "ranges": "planner.ranges",
    "roll": "planner.rolling",
    "solve": "planner.solving",
    "sweep": "planner.sweeping",
    "to_xlsx": "planner.export",
    "verify": "planner.check",
    "write": "planner.instance",
}

__all__ = [
    "Bridge",
    "Case",
    "Certificate",
    "Claim",
    "Finding",
    "Instance",
    "InvalidInstance",
    "Plan",
    "PlannerError",
    "Progress",
    "Rolled",
    "Run",
    "SolveOptions",
    "bridge",
    "compare",
    "convert",
    "doctor",
    "examine",
    "generate",
    "horizons",
    "list_runs",
    "load",
    "load_run",
    "ranges",
    "roll",
    "solve",
    "sweep",
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
