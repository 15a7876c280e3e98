"""`planner baseline record` and `planner baseline check`: the accepted answers of a team's instances."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.commands.common import PATH
from planner.commands.comparing import FORMATS, put, whole_numbers

if TYPE_CHECKING:
    from planner.baselines.checking import Asked
    from planner.baselines.file import Baseline
    from planner.comparison.cases import Case
    from planner.comparison.judging import Rules
    from planner.runs import Run

EPILOG = "Exit codes: 0 the same, 1 different, 2 no comparison is possible, 3 invalid instance."
_ARGUMENTS = (
    click.argument("instances", nargs=-1, required=True, type=PATH),
    click.option("-b", "--baselines", "folder", type=PATH, default=Path("baselines"), show_default=True, help="Folder of the baselines."),
    click.option("--solvers", default=None, help="Solvers to ask, such as highs,scip; by default those of the baseline, else highs."),
    click.option("--seeds", default=None, help="Seeds to ask each with, such as 0,1; by default those of the baseline, else 0."),
    click.option("--gap", "gap_fraction", type=click.FloatRange(0, 1), help="Relative gap at which to stop; by default the instance's."),
    click.option("--time-limit", "time_limit_s", type=click.FloatRange(0, min_open=True), help="Seconds for each search."),
    click.option("--runs", type=PATH, help="Folder in which to keep the run of each search."),
)


def _arguments(command: Callable[..., Any]) -> Callable[..., Any]:
    """The arguments that both commands take."""
    for argument in reversed(_ARGUMENTS):
        command = argument(command)
    return command


@click.group()
def baseline() -> None:
    """Keep the accepted answers of INSTANCES as text files beside them, and check new answers against them."""


@baseline.command(epilog=EPILOG)
@_arguments
def record(instances: tuple[Path, ...], folder: Path, runs: Path | None, **asked: Any) -> None:
    """Solve INSTANCES and write a baseline for each that has none."""
    from planner.baselines.checking import answers, baseline_of, contradictions
    from planner.baselines.file import write
    from planner.instance import load

    code = 0
    for path, target in _places(folder, instances).items():
        if target.exists():
            click.echo(f"{target} is there already; `planner baseline check {path} --update` shows what a new one changes, and accepts it")
            continue
        instance = load(path)
        found = answers(instance, _asked(None, **asked))
        _keep(runs, path, found)
        if wrong := contradictions(found):
            click.echo(f"{path}: no baseline is written: {'; '.join(case.words for case in wrong)}", err=True)
            code = max(code, 1)
            continue
        write(target, baseline_of(instance, found))
        told = "; ".join(f"{run.solver}, seed {run.settings['seed']}: {_words(run)}" for run in found)
        click.echo(f"wrote {target}: {told}")
    sys.exit(code)


@baseline.command(epilog=EPILOG)
@_arguments
@click.option("--update", is_flag=True, help="Show what is found and accept it, unless a plan is lost or answers contradict each other.")
@click.option("--strict-plan", is_flag=True, help="Other decisions of the same worth are different.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="terminal", show_default=True, help="For whom.")
@click.option("-o", "--output", type=PATH, help="File to write instead of the screen; an older one is replaced.")
def check(
    instances: tuple[Path, ...], folder: Path, runs: Path | None, update: bool, strict_plan: bool, form: str, output: Path | None,
    **asked: Any,
) -> None:  # fmt: skip
    """Solve INSTANCES again and tell what is not as in their baselines. What is accepted with --update ends in 0."""
    from planner.baselines.checking import trouble
    from planner.baselines.file import write
    from planner.comparison.cases import worst
    from planner.comparison.judging import Rules
    from planner.errors import PlannerError

    rules, places = Rules(across=True, strict_plan=strict_plan), _places(folder, instances)
    cases: list[Case] = []
    new: dict[Path, Baseline] = {}
    for path, target in places.items():
        try:
            found, accepted = _checked(path, target, runs, update, rules, asked)
        except PlannerError as fault:  # the others are still to be checked
            found, accepted = (trouble(str(path), f"{path}: {fault}", fault.exit_code),), None
        cases += [replace(case, file=str(target), exit_code=0 if accepted else case.exit_code) for case in found]
        new |= {target: accepted} if accepted else {}
    notes = [f"accepted, and written: {target}" for target in new]
    put(cases, form, "Answers against baselines", notes, output, (*instances, *places.values()))
    for target, accepted in new.items():  # only what was shown
        write(target, accepted, replace=True)
    sys.exit(worst(cases))


def _checked(
    path: Path, target: Path, runs: Path | None, update: bool, rules: Rules, asked: dict[str, Any]
) -> tuple[tuple[Case, ...], Baseline | None]:
    """The cases of one instance, and the baseline that takes the place of the old one, if any."""
    from planner.baselines.checking import answers, baseline_of, trouble, unacceptable
    from planner.baselines.checking import check as check_answers
    from planner.baselines.file import read
    from planner.instance import load

    accepted, instance = read(target), load(path)
    found = answers(instance, _asked(accepted, **asked))
    _keep(runs, path, found)
    cases, new = check_answers(instance, accepted, found, rules), baseline_of(instance, found)
    if not update or new == accepted:
        return cases, None
    if why := unacceptable(instance, accepted, found):
        return (*cases, trouble(instance.name, f"not accepted: {why}", 1)), None
    return cases, new


def _places(folder: Path, instances: tuple[Path, ...]) -> dict[Path, Path]:
    """The baseline of each instance, by the name of its folder or workbook; two of one name would share one."""
    from planner.baselines.file import place

    found: dict[Path, Path] = {}
    for path in instances:
        target = place(folder, path)
        if twin := next((other for other, taken in found.items() if taken == target), None):
            raise click.UsageError(f"{twin} and {path} have the same name, so they would share the baseline {target}")
        found[path] = target
    return found


def _asked(
    accepted: Baseline | None, solvers: str | None, seeds: str | None, gap_fraction: float | None, time_limit_s: float | None
) -> Asked:
    """What to ask: as the options say, else as the baseline was made."""
    from planner.baselines.checking import Asked

    usual = accepted.searches if accepted is not None else ()
    names = solvers.split(",") if solvers is not None else list(dict.fromkeys(search.solver for search in usual)) or ["highs"]
    numbers = whole_numbers("--seeds", seeds) if seeds is not None else sorted({search.seed for search in usual}) or [0]
    return Asked(tuple(name.strip() for name in names), tuple(numbers), gap_fraction, time_limit_s)


def _keep(runs: Path | None, path: Path, found: list[Run]) -> None:
    """Save each run in a folder of its own, beside those of other instances."""
    from planner.baselines.file import called

    for run in found if runs is not None else []:
        assert runs is not None
        run.save(runs / f"{called(path)}-{run.solver}-{run.settings['seed']}")


def _words(run: Run) -> str:
    return run.outcome.replace("_", " ") + ("" if run.value_musd is None else f", {run.value_musd:,.6f} M$")
