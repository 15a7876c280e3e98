"""What a worker does for a sweep: it solves one scenario and saves its run."""

from __future__ import annotations

import shutil
from pathlib import Path

from planner.errors import PlannerError
from planner.options import SolveOptions
from planner.record import why_not_ours
from planner.rolling.actuals import applied
from planner.solving import solve
from planner.sweeping.fields import Case
from planner.sweeping.table import FAILED
from planner_models.schema import Instance


def kept(instance: Instance) -> Instance:
    """What a worker keeps: the instance as it is."""
    return instance


def done(instance: Instance, told: tuple[Path, SolveOptions], case: Case) -> tuple[str, str]:
    """Solve a scenario and save its run in a folder of its name; its outcome, and why there is no run in words, `""` where there is one.

    What would hinder the others too (a solver that is missing, a disk that is full) is raised.
    """
    root, options = told
    try:
        run = solve(applied(instance, case.actuals) if case.actuals else instance, options)
    except PlannerError:
        raise
    except Exception as fault:  # of this scenario alone: the others are worth to be solved all the same
        return FAILED, f"{type(fault).__name__}: {fault}"
    if run.outcome == "interrupted":
        raise KeyboardInterrupt
    folder = root / case.name
    if run.plan is None and folder.exists() and why_not_ours(folder) is None:
        shutil.rmtree(folder)  # the run of another question, whose plan is none of this one
    run.save(folder)
    return run.outcome, ""
