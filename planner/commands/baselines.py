"""`planner baseline record` and `planner baseline check`: the accepted answers of a team's instances."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.commands.common import PATH
from planner.commands.comparing import FORMATS, put, whole_numbers

if TYPE_CHECKING:
    from planner.baselines.checking import Asked
    from planner.runs import Run
    from planner_models.schema import Instance

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
    from planner.baselines.checking import answers, baseline_of
    from planner.baselines.file import place, write

    for instance in list(_loaded(instances)):
        target = place(folder, instance.name)
        found = answers(instance, _asked(target, **asked))
        _keep(runs, found)
        write(target, baseline_of(instance, found))
        told = "; ".join(f"{run.solver}, seed {run.settings['seed']}: {_words(run)}" for run in found)
        click.echo(f"wrote {target}: {told}")


@baseline.command(epilog=EPILOG)
@_arguments
@click.option("--update", is_flag=True, help="Accept what is found: show it, and write it in place of the old baseline.")
@click.option("--strict-plan", is_flag=True, help="Other decisions of the same worth are different.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="terminal", show_default=True, help="For whom.")
@click.option("-o", "--output", type=PATH, help="File to write instead of the screen; an older one is replaced.")
def check(
    instances: tuple[Path, ...], folder: Path, runs: Path | None, update: bool, strict_plan: bool, form: str, output: Path | None,
    **asked: Any,
) -> None:  # fmt: skip
    """Solve INSTANCES again and tell what is not as in their baselines."""
    from planner.baselines.checking import answers, baseline_of
    from planner.baselines.checking import check as check_answers
    from planner.baselines.file import place, read, write
    from planner.comparison.cases import Case, worst
    from planner.comparison.judging import Rules

    cases: list[Case] = []
    loaded = list(_loaded(instances))
    for instance in loaded:
        read(place(folder, instance.name))  # a baseline that is missing should be known before a long solve
    for instance in loaded:
        target = place(folder, instance.name)
        accepted, found = read(target), answers(instance, _asked(target, **asked))
        _keep(runs, found)
        judged = check_answers(instance, accepted, found, Rules(across=True, strict_plan=strict_plan))
        cases += [Case(**{**case.__dict__, "file": str(target)}) for case in judged]
        if update:
            write(target, baseline_of(instance, found), replace=True)
    put(cases, form, "Accepted, in place of the baselines" if update else "Answers against baselines", (), output, instances)
    sys.exit(0 if update and worst(cases) < 2 else worst(cases))


def _loaded(instances: tuple[Path, ...]) -> Iterator[Instance]:
    """The instances; two of one name would share a baseline."""
    from planner.instance import load

    names: dict[str, Path] = {}
    for path in instances:
        instance = load(path)
        if instance.name in names:
            both = f"{names[instance.name]} and {path}"
            raise click.UsageError(f"{both} have the same name {instance.name!r}, so they would share a baseline")
        names[instance.name] = path
        yield instance


def _asked(target: Path, solvers: str | None, seeds: str | None, gap_fraction: float | None, time_limit_s: float | None) -> Asked:
    """What to ask: as the options say, else as the baseline was made."""
    from planner.baselines.checking import Asked
    from planner.baselines.file import read

    usual = read(target).searches if target.exists() else ()
    names = solvers.split(",") if solvers is not None else list(dict.fromkeys(search.solver for search in usual)) or ["highs"]
    numbers = whole_numbers("--seeds", seeds) if seeds is not None else sorted({search.seed for search in usual}) or [0]
    return Asked(tuple(name.strip() for name in names), tuple(numbers), gap_fraction, time_limit_s)


def _keep(runs: Path | None, found: list[Run]) -> None:
    """Save each run in a folder of its own."""
    for run in found if runs is not None else []:
        assert runs is not None
        run.save(runs / f"{run.instance.name}-{run.solver}-{run.settings['seed']}")


def _words(run: Run) -> str:
    return run.outcome.replace("_", " ") + ("" if run.value_musd is None else f", {run.value_musd:,.6f} M$")
