"""The command that compares what solvers say: compare."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.commands.common import PATH, real

if TYPE_CHECKING:
    from planner.comparison.cases import Case
    from planner.comparison.sides import Side
    from planner_models.schema import Instance

FORMATS = ("terminal", "json", "markdown", "junit", "github")
SUMMARY = "GITHUB_STEP_SUMMARY"
"""Where GitHub names the file that a step appends its summary to, in Markdown."""


PROGRAMS = (".lp", ".lp.gz", ".mps", ".mps.gz")


@click.command(epilog="Exit codes: 0 the same, 1 different, 2 no comparison is possible.")
@click.argument("paths", metavar="A [B]", nargs=-1, required=True, type=PATH)
@click.option("--instance", type=PATH, help="Instance of a plan.json or a solution that lies in no run's folder.")
@click.option("--across", is_flag=True, help="Explain what other data or another model change, instead of stopping there.")
@click.option("--strict-plan", is_flag=True, help="Other decisions of the same worth, or within the gap, are different.")
@click.option(
    "--max-slowdown",
    type=click.FloatRange(0, min_open=True),
    callback=real,
    help="Most seconds of the second search for each of the first.",
)
@click.option("--solvers", default="highs,scip", show_default=True, help="Solvers of a program that is given alone.")
@click.option("--seeds", default="0", show_default=True, help="Seeds of each of them, such as 0,1.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="terminal", show_default=True, help="For whom.")
@click.option(
    "--assume-gap", type=click.FloatRange(0, 1), default=1e-4, show_default=True, callback=real,
    help="Relative gap of claims that state none, the least that is believed of a table, and the gap to which a program is solved.",
)  # fmt: skip
@click.option("--all", "everything", is_flag=True, help="Of a table also what agrees, or cannot be compared.")
@click.option("-o", "--output", type=PATH, help="File to write instead of the screen; an older one is replaced.")
def compare(paths: tuple[Path, ...], form: str, output: Path | None, **options: Any) -> None:
    """Compare answers to one question: what differs, what is at stake, and what cannot be true together.

    A and B are run folders, folders of runs (paired by instance), plans, or solution files of any solver. One CSV table of claims, or
    several, are compared within themselves: a row per claim, with the columns benchmark, solver, objective, and status or termination,
    and if you like size, version, machine, gap, bound, sense, runtime_s. An LP or MPS file comes with solution files, or alone, to be
    solved by --solvers.
    """
    from planner.comparison.cases import worst

    cases, title, notes = _compared(paths, **options)
    put(cases, form, title, notes, output, paths)
    sys.exit(worst(cases))


Found = tuple["Sequence[Case]", str, Sequence[str]]
"""The cases, what is compared in words, and remarks on all of it."""


def _compared(
    paths: tuple[Path, ...], instance: Path | None, across: bool, strict_plan: bool, max_slowdown: float | None, solvers: str, seeds: str,
    assume_gap: float, everything: bool,
) -> Found:  # fmt: skip
    """What the paths are decides how they are compared."""
    tables = all(path.suffix.lower() == ".csv" for path in paths) or (len(paths) == 1 and not paths[0].is_dir())
    program = paths[0].name.lower().endswith(PROGRAMS)
    for option, given in {"--instance": instance, "--across": across, "--max-slowdown": max_slowdown}.items():
        if given and (program or tables):
            raise click.UsageError(f"{option} is for runs, plans and solutions; {paths[0]} is a {'program' if program else 'table'}")
    if program:
        return _programs(paths, solvers, seeds, assume_gap, strict_plan)
    if tables:
        from planner.comparison.table import judge_table

        judged = judge_table(*paths, assume_gap=assume_gap, everything=everything)
        return judged.cases, f"Claims of {', '.join(map(str, paths))}", judged.notes
    if len(paths) != 2:
        allowed = "two runs, plans or solutions, one or more CSV tables, or a program"
        raise click.UsageError(f"found {len(paths)} paths; allowed: {allowed}")
    from planner.comparison.judging import Rules, judge
    from planner.comparison.many import compare_folders, holds_runs

    rules, title = Rules(across, strict_plan, max_slowdown), f"{paths[0]} against {paths[1]}"
    if all(map(holds_runs, paths)):
        cases = compare_folders(*paths, rules)
        return cases, title, ()
    one, other = _sides(paths, instance, assume_gap)
    return [judge(one, other, rules)], title, ()


def _sides(paths: tuple[Path, ...], named: Path | None, gap: float) -> list[Side]:
    """Two sides; the instance of what lies in no run's folder is loaded once."""
    from planner.comparison.sides import CannotCompare, side_of

    instance = None if named is None else _loaded(named)
    sides = []
    for path in paths:
        if path.suffix.lower() != ".sol":
            sides.append(side_of(path, instance))
            continue
        if instance is None:
            raise CannotCompare(f"{path} is a solution by itself: name its instance with --instance, or give its LP or MPS file first")
        from planner.comparison.solution import side_of_solution

        sides.append(side_of_solution(path, instance, gap))
    return sides


def _loaded(path: Path) -> Instance:
    """An instance; its readers are imported only where one is named."""
    from planner.instance import load

    return load(path)


def _programs(paths: tuple[Path, ...], solvers: str, seeds: str, gap: float, strict_plan: bool) -> Found:
    """A program with its solutions, or solved here."""
    from planner.comparison.cases import DIFFERENT, Case
    from planner.highs import Settings
    from planner.programs.judging import compare_told
    from planner.programs.reading import read_program
    from planner.programs.solutions import read_solution
    from planner.programs.solving import solved, statement

    program, *files = paths
    read = read_program(program)
    if len(files) == 1:
        raise click.UsageError(
            f"{program} comes with {files[0]} alone; allowed: two solution files or more, or none, to be solved by --solvers"
        )
    if files:
        told = [statement(read, read_solution(file), str(file)) for file in files]
    else:
        asked = [(solver, seed) for solver in solvers.split(",") for seed in whole_numbers("--seeds", seeds)]
        told = [solved(read, solver.strip(), Settings(gap, threads=1, seed=seed)) for solver, seed in asked]
    if len(told) < 2:
        raise click.UsageError(f"{program} is answered by one search alone; allowed: several --solvers or --seeds")
    case = compare_told(read, told, gap)
    if strict_plan and case.cause in ("alternate optimum", "within gap"):
        case = Case(**{**case.__dict__, "exit_code": DIFFERENT})
    return [case], f"Answers for {program}", ()


def whole_numbers(option: str, text: str) -> tuple[int, ...]:
    """Whole numbers with commas between. Raises click.UsageError."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise click.UsageError(f"{option}: found {text!r}; allowed: whole numbers with commas between, such as 0,1") from None


def put(cases: Sequence[Case], form: str, title: str, notes: Sequence[str], output: Path | None, inputs: Sequence[Path]) -> None:
    """Show cases in a format, or write them whole in place of an older file that is none of the `inputs`.

    In a GitHub workflow annotations come with a summary of the step. Notes that the format has no place for go to standard error.
    """
    from planner.comparison.formats import render

    text = render(cases, form, title, notes)
    if output is None:
        click.echo(text, nl=False)
    else:
        _write(text, output, inputs)
    for note in notes if form == "json" else ():
        click.echo(f"note: {note}", err=True)
    if form == "github" and (summary := os.environ.get(SUMMARY)):
        with open(summary, "a", encoding="utf-8") as file:
            file.write(render(cases, "markdown", title, notes))


def _write(text: str, output: Path, inputs: Sequence[Path]) -> None:
    from planner.atomic import write_file

    target = output.resolve()
    if any(path.resolve() in (target, *target.parents) for path in inputs):
        raise click.UsageError(f"-o: {output} is, or lies in, what is compared; give the name of another file")
    write_file(output, lambda place: place.write_bytes(text.encode()), lambda _: None)
    click.echo(f"wrote {output}", err=True)
