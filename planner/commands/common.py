"""What the commands share: arguments, exit codes, and the words about them."""

from __future__ import annotations

import math
from pathlib import Path

import click

PATH = click.Path(path_type=Path, readable=False)
"""Any path: what cannot be read is told by what reads it, in words and with an exit code of its own."""


def real(context: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
    """A number, which not-a-number is not, though it lies in no range and outside of none."""
    if value is not None and math.isnan(value):
        raise click.BadParameter("nan is not a number", context, parameter)
    return value


INSTANCE = click.argument("instance", type=PATH)
RUN = click.argument("run", type=PATH)

EXIT_CODES = {
    "optimal": 0,
    "within_gap": 0,
    "infeasible": 4,
    "unbounded": 5,
    "time_limit_with_plan": 6,
    "time_limit_without_plan": 7,
    "solver_error": 8,
    "interrupted": 130,
}
FAILED_CHECK = 9
NOT_PROVED = 10

EPILOG = """\b
Exit codes: 0 solved within the gap, 2 wrong usage, 3 invalid instance, 4 infeasible, 5 unbounded,
6 limit reached with a plan, 7 without, 8 solver failure, 9 the plan failed its check,
10 --prove: the solvers do not agree, 130 interrupted.
"""
