"""One side of a comparison: what a run or a plan says, read from its folder or file, and checked exactly."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from planner.check import Certificate, verify
from planner.comparison.stated import ASSUMED_GAP, Ended, Stated
from planner.errors import PlannerError
from planner.fingerprint import fingerprints, model_hash
from planner.plan import Plan
from planner.runs import Outcome, Run, load_plan
from planner_models.schema import Instance

ENDED: Mapping[Outcome, Ended] = {
    "optimal": "optimal",
    "within_gap": "optimal",
    "infeasible": "infeasible",
    "unbounded": "unbounded",
}
"""What an outcome claims; the others have a plan or nothing."""


class CannotCompare(PlannerError):
    """What is to be compared cannot be read, or is nothing that can be compared."""

    exit_code = 2


@dataclass(frozen=True)
class Side:
    """A plan with what is claimed of it. `who` says whose it is; `asked_gap` the relative gap that its search was asked for.

    `claimed_musd` and `bound_musd` are what was claimed of what is maximised; `hashes` of instance and model when it was made, empty where
    that is not known; `solver`, `seed`, `versions` what made it, in how many `seconds` and `nodes` of its first search. `notes` are worth
    telling.
    """

    who: str
    instance: Instance
    plan: Plan | None
    ended: Ended
    claimed_musd: float | None = None
    bound_musd: float | None = None
    asked_gap: float = ASSUMED_GAP
    solver: str = ""
    seed: int | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    seconds: float | None = None
    nodes: int | None = None
    notes: tuple[str, ...] = ()

    @cached_property
    def certificate(self) -> Certificate | None:
        """The exact check of the plan, made anew; None without a plan."""
        return None if self.plan is None else verify(self.instance, self.plan)

    @property
    def rejected(self) -> str:
        """The first rule that the plan breaks, and how many more; `""` for none."""
        if self.certificate is None or self.certificate.ok:
            return ""
        first, more = self.certificate.violations[0], len(self.certificate.violations) - 1
        return f"({first.tag}) {first.words.rstrip('.')}" + (f" (and {more} more)" if more else "")

    @property
    def reached_musd(self) -> float | None:
        """What the plan reaches of what is maximised, by the exact check; None without a plan that it accepts."""
        return float(self.certificate.objective_musd) if self.certificate is not None and self.certificate.ok else None

    @property
    def stated(self) -> Stated:
        """What is claimed, with the plan at what the exact check finds it worth."""
        ended: Ended = "feasible" if self.ended == "open" and self.plan is not None else self.ended
        return Stated(self.who, ended, self.reached_musd, self.bound_musd, self.asked_gap, "max", self.seconds)


def side_of(source: Run | Side | str | Path, instance: Instance | None = None) -> Side:
    """A side from a run, its folder, or a `plan.json`, which is a plan of `instance` where it does not lie in a run's folder.

    Raises CannotCompare for anything else, and NotARun for a folder that is damaged.
    """
    if isinstance(source, Side):
        return source
    if isinstance(source, Run):
        return _of_run(source)
    path = Path(source)
    if path.is_dir() or not path.exists():
        return _of_folder(path)
    if path.name == "plan.json" and (path.parent / "run.json").exists():
        return _of_folder(path.parent)
    return _of_plan(path, instance)


def _of_run(run: Run) -> Side:
    seed, model = run.settings.get("seed"), run.hashes.get("model", "")
    return _by_today_s_rules(Side(
        who=_who(f"run of {run.instance.name}", run.solver, seed), instance=run.instance, plan=run.plan,
        ended=ENDED.get(run.outcome, "open"), claimed_musd=run.objective_musd, bound_musd=run.bound_musd,
        asked_gap=run.settings.get("gap_fraction", ASSUMED_GAP), solver=run.solver, seed=seed, versions=run.versions,
        hashes=fingerprints(run.instance) | {"model": model}, seconds=_searched(run.seconds),
        nodes=run.claims[0].nodes if run.claims else None,
    ))  # fmt: skip


def _by_today_s_rules(side: Side) -> Side:
    """The same side; where another version of the model made it, what was claimed of the best plan holds no more. Bounds are numbers."""
    model, bound_musd = side.hashes["model"], side.bound_musd
    if model and model != model_hash():
        note = f"{side.who} was made by another version of the model: its claims count for nothing, its plan is checked by the rules of now"
        return replace(side, ended="open", bound_musd=None, notes=(*side.notes, note))
    return replace(side, bound_musd=bound_musd if bound_musd is not None and math.isfinite(bound_musd) else None)


def _of_folder(folder: Path) -> Side:
    """A run's folder as it is now: a plan that was changed since is compared as it is, and that is told."""
    saved = load_plan(folder)
    record, settings = saved.record, saved.record["settings"]
    notes = tuple(f"{folder / name} was changed after the run was saved; compared as it is now" for name in saved.changed)
    hashes = fingerprints(saved.instance) | {"model": record["hashes"].get("model", "")}
    return _by_today_s_rules(Side(
        who=_who(str(folder), record["solver"], settings.get("seed")), instance=saved.instance, plan=saved.plan,
        ended=ENDED.get(saved.outcome, "open"), claimed_musd=saved.objective_musd, bound_musd=record["bound_musd"],
        asked_gap=settings.get("gap_fraction", ASSUMED_GAP), solver=record["solver"], seed=settings.get("seed"),
        versions=record["versions"], hashes=hashes, seconds=_searched(record["seconds"]),
        nodes=record["claims"][0].get("nodes") if record["claims"] else None, notes=notes,
    ))  # fmt: skip


def _of_plan(path: Path, instance: Instance | None) -> Side:
    """A plan by itself: nothing is claimed of it but that it is one."""
    try:
        plan = Plan.from_json(path.read_text(encoding="utf-8-sig"))
    except OSError as fault:
        raise CannotCompare(f"{path} cannot be read: {fault.strerror}") from fault
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise CannotCompare(f"{path} is no plan: {missing(fault)}; allowed: a run's folder, or a plan.json as a run has it") from fault
    if instance is None:
        raise CannotCompare(f"{path} is a plan by itself: name its instance with --instance")
    if plan.instance != instance.name:
        raise CannotCompare(f"{path} is a plan for the instance {plan.instance!r}, not for {instance.name!r}")
    return Side(who=str(path), instance=instance, plan=plan, ended="feasible", hashes=fingerprints(instance) | {"model": ""})


def missing(fault: Exception) -> str:
    """A fault of a file in words."""
    return f"it lacks {fault}" if isinstance(fault, KeyError) else str(fault)


def _who(name: str, solver: str, seed: int | None) -> str:
    return f"{name} ({solver}, seed {seed})" if seed is not None and solver in ("highs", "scip") else f"{name} ({solver})"


def _searched(seconds: Mapping[str, float]) -> float | None:
    """Seconds of the search, of which building and tables are no part."""
    return seconds.get("solve")
