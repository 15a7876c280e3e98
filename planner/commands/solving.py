"""`planner solve` and `planner doctor`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.commands.common import EPILOG, EXIT_CODES, FAILED_CHECK, INSTANCE, NOT_PROVED, PATH

if TYPE_CHECKING:
    from planner.plan import Plan
    from planner.runs import Run


@click.command(epilog=EPILOG)
@INSTANCE
@click.option("-o", "--output", type=PATH, help="Folder for the run (plan, tables, certificate).")
@click.option("--gap", "gap_fraction", type=click.FloatRange(0, 1), help="Relative gap at which to stop, e.g. 0.0001.")
@click.option("--time-limit", "time_limit_s", type=click.FloatRange(0, min_open=True), help="Seconds after which the best plan is kept.")
@click.option("--threads", type=click.IntRange(0), help="Threads of the solver, or processes site by site; 0 lets it choose.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Seed of the solver.")
@click.option("--solver", default="highs", show_default=True, help="Any solver that Pyomo knows: highs, scip, cbc, glpk, gurobi, ...")
@click.option(
    "--engine",
    type=click.Choice(["auto", "monolith", "sites"]),
    default="auto",
    show_default=True,
    help="HiGHS on the whole program at once, or site by site; auto: site by site from 20 sites on.",
)
@click.option("--cluster", help="Solve site by site on a Dask cluster: tcp://host:port, or local.")
@click.option("--start", type=PATH, help="A run folder whose plan starts the search.")
@click.option("--known", type=PATH, multiple=True, help="A run folder whose plan the solver's claims are held against; may be repeated.")
@click.option("--prove", is_flag=True, help="Ask HiGHS again, with another seed and no presolve, and SCIP; all must agree.")
@click.option("--no-baseline", is_flag=True, help="Do not solve again without new orders, for the return on them.")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no page; errors still show.")
def solve(
    instance: Path, output: Path | None, start: Path | None, known: tuple[Path, ...], no_baseline: bool, quiet: bool, **options: Any
) -> None:
    """Solve INSTANCE, a folder or an .xlsx workbook, and print the plan."""
    from planner.errors import CannotWrite
    from planner.instance import load
    from planner.options import SolveOptions
    from planner.progress import reporter
    from planner.report import show
    from planner.runs import writable
    from planner.solving import solve as solve_instance
    from planner.solving import uninterrupted

    if output is not None:
        writable(output)
    loaded = load(instance)
    plan = None if start is None else _plan_of("--start", start)
    plans = tuple(_plan_of("--known", path) for path in known)
    with reporter(quiet) as tell:
        run = solve_instance(loaded, SolveOptions(start=plan, known=plans, baseline=not no_baseline, progress=tell, **options))
    for held in run.known:
        if held.fault:
            click.echo(f"note: {held.words}", err=True)
    saved, fault = "", None
    try:
        with uninterrupted():
            saved = "" if output is None else _save(run, output)
    except CannotWrite as error:
        fault = error
    if not quiet:
        show(run)
        if saved:
            click.echo(f"\n{saved}")
    if fault is not None:
        raise fault
    sys.exit(exit_code(run))


def _plan_of(option: str, path: Path) -> Plan:
    """The plan of a run folder. Raises click.UsageError when it has none."""
    from planner.runs import load_run

    plan = load_run(path).plan
    if plan is None:
        raise click.UsageError(f"{option}: {path} has no plan")
    return plan


def _save(run: Run, output: Path) -> str:
    """Save a run, but never in the place of one with a plan when this one has none; what to tell about it."""
    if run.plan is None and (output / "plan.json").exists():
        return f"Not saved: {output} keeps the plan of an earlier run"
    run.save(output)
    return f"Saved in {output}"


def exit_code(run: Run) -> int:
    """What the shell sees: 9 for a plan that failed its check, 10 where a proof was asked for and failed, else the code of the outcome."""
    if not run.sound:
        return FAILED_CHECK
    if run.proved is False:
        return NOT_PROVED
    return EXIT_CODES[run.outcome]


@click.command()
def doctor() -> None:
    """Look whether this installation can be believed: versions, solvers on programs that mislead them, files; exit code 8 if not."""
    from planner.checkup import doctor as findings

    failed = 0
    for finding in findings():
        click.echo(f"{finding.state:<8}{finding.what}: {finding.words}")
        failed += finding.state == "FAIL"
    if failed:
        click.echo(f"planner: {failed} of these failed; do not believe plans that are made here", err=True)
        sys.exit(EXIT_CODES["solver_error"])
    click.echo("All is well.")
