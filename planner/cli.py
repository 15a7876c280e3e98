"""The command line: the same verbs as the library. Heavy imports stay inside the commands, so that help answers at once."""

from __future__ import annotations

import errno
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from planner.plan import Plan
    from planner.runs import Run

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


class _Verbs(click.Group):
    """Commands in the order of their definition; errors that a user can mend end in their exit code, never in a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # a name that the terminal cannot write is no reason to fail
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            ctx.exit(130)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # the reader has gone, as `head` does; click ends quietly
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - nothing more can be written, at the interpreter's end neither
            click.echo(f"planner: {error.filename or 'the output'} cannot be used: {error.strerror or error}", err=True)
            ctx.exit(2)
        except Exception as error:
            code = getattr(error, "exit_code", None)
            if code is None or isinstance(error, click.exceptions.Exit | click.ClickException):
                raise
            click.echo(f"planner: {error}", err=True)
            ctx.exit(code)


@click.group(cls=_Verbs, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="megawatt-planner", prog_name="planner")
def main() -> None:
    """Allocate MW across sites and years between hashing, colocation leases and HPC, and prove the plan."""


_PATH = click.Path(path_type=Path, readable=False)
"""Any path: what cannot be read is told by what reads it, in words and with an exit code of its own."""
_INSTANCE = click.argument("instance", type=_PATH)
_RUN = click.argument("run", type=_PATH)


@main.command(epilog=EPILOG)
@_INSTANCE
@click.option("-o", "--output", type=_PATH, help="Folder for the run (plan, tables, certificate).")
@click.option("--gap", "gap_fraction", type=click.FloatRange(0, 1), help="Relative gap at which to stop, e.g. 0.0001.")
@click.option("--time-limit", "time_limit_s", type=click.FloatRange(0, min_open=True), help="Seconds after which the best plan is kept.")
@click.option("--threads", type=click.IntRange(0), help="Threads of the solver; 0 lets it choose.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Seed of the solver.")
@click.option("--solver", default="highs", show_default=True, help="Any solver that Pyomo knows: highs, scip, cbc, glpk, gurobi, ...")
@click.option("--start", type=_PATH, help="A run folder whose plan starts the search.")
@click.option("--known", type=_PATH, multiple=True, help="A run folder whose plan the solver's claims are held against; may be repeated.")
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


@main.command()
@_INSTANCE
@click.option("--ranges", "told", is_flag=True, help="Also how large the coefficients of each rule of the model are.")
def check(instance: Path, told: bool) -> None:
    """List every fault of INSTANCE, a folder or an .xlsx workbook, and the inputs that cannot influence a plan."""
    from planner.errors import InvalidInstance
    from planner.instance import examine

    report = examine(instance)
    for notice in report.notices:
        click.echo(f"note: {notice}")
    if report.problems:
        raise InvalidInstance(report.problems)
    count = len(report.notices)
    click.echo(f"{instance}: no faults; {count} note{'' if count == 1 else 's'}")
    if told:
        _tell_ranges(instance)


def _tell_ranges(instance: Path) -> None:
    from planner.instance import load
    from planner.ranges import ranges

    click.echo("\nSizes of the coefficients of each rule, widest first. Those below 1e-4 or above 1e4 strain a solver: `outside`.")
    click.echo(ranges(load(instance)).to_string(index=False))


@main.command()
@_RUN
def verify(run: Path) -> None:
    """Check the plan of a RUN folder against its instance, exactly and anew; exit code 9 when it fails."""
    from planner.check import verify as verify_plan
    from planner.report import show_certificate
    from planner.runs import load_plan

    claim = load_plan(run)
    for name in claim.changed:
        click.echo(f"note: {name} was changed after the run was saved; this checks it as it is now")
    if claim.plan is None:
        click.echo(f"{run}: outcome {claim.outcome}; there is no plan to check")
        sys.exit(EXIT_CODES[claim.outcome])
    certificate = verify_plan(claim.instance, claim.plan, claim.objective_musd)
    show_certificate(certificate)
    sys.exit(0 if certificate.ok else FAILED_CHECK)


@main.command()
@_RUN
def show(run: Path) -> None:
    """Print the page of a saved RUN again."""
    from planner.report import show as show_run
    from planner.runs import load_run

    show_run(load_run(run))


@main.command()
@_RUN
@click.option("--years", default=3, show_default=True, type=click.IntRange(1, 20), help="Years by which the horizon is moved.")
def horizon(run: Path, years: int) -> None:
    """Solve the instance of a RUN again with its horizon some years sooner and later, and compare the values."""
    from planner.horizon import horizons
    from planner.report import show_horizons
    from planner.runs import load_run

    show_horizons(horizons(load_run(run), years))


@main.command()
@_RUN
@click.option("--as-of", required=True, help="Month to roll to, such as 2028-01: the start of a period of the plan.")
@click.option("-o", "--output", type=_PATH, required=True, help="New instance: a folder, or a workbook where it ends in .xlsx.")
@click.option(
    "--actuals", type=_PATH, help="CSV file with the columns path, value and, if you like, note: what happened otherwise than planned."
)
@click.option("--change-penalty", type=click.FloatRange(0), default=0.0, help="M$ for each decision from which the next plan departs.")
def roll(run: Path, as_of: str, output: Path, actuals: Path | None, change_penalty: float) -> None:
    """Write the instance of a RUN as it is in a later month if all went by its plan: what is committed is locked."""
    from planner.instance import write
    from planner.rolling import read_actuals
    from planner.rolling import roll as roll_run
    from planner.rolling.page import show_roll
    from planner.runs import load_run

    rows = [] if actuals is None else read_actuals(actuals)
    rolled = roll_run(load_run(run), as_of, rows, change_penalty)
    write(rolled.instance, output)
    show_roll(rolled)
    click.echo(f"\nWrote {output}. Change what is new in it, then:")
    click.echo(f"  planner solve {output} -o NEXT\n  planner bridge {run} NEXT")


@main.command()
@_RUN
@click.argument("later", type=_PATH)
def bridge(run: Path, later: Path) -> None:
    """Explain the value of a LATER run by that of a RUN, and name the decisions that it reverses."""
    from planner.rolling import bridge as bridge_runs
    from planner.rolling.page import show_bridge
    from planner.runs import load_run

    show_bridge(bridge_runs(load_run(run), load_run(later)))


@main.command()
@_RUN
@click.option("--xlsx", type=_PATH, required=True, help="Workbook to write: a sheet per table.")
def export(run: Path, xlsx: Path) -> None:
    """Write the tables of a RUN folder as an Excel workbook; of what exists only an earlier export is replaced."""
    from planner.export import to_xlsx
    from planner.runs import load_run

    if xlsx.suffix.lower() != ".xlsx":
        raise click.UsageError(f"--xlsx: {xlsx} does not end in .xlsx")
    to_xlsx(load_run(run), xlsx)
    click.echo(f"wrote {xlsx}")


@main.command()
@click.argument("source", type=_PATH)
@click.argument("target", type=_PATH)
def convert(source: Path, target: Path) -> None:
    """Write an instance folder SOURCE as a workbook TARGET (.xlsx), or a workbook as a folder, without loss."""
    from planner.instance import convert as convert_instance

    done = convert_instance(source, target)
    for notice in done.notices:
        click.echo(f"note: {notice}")
    for name in done.left:
        click.echo(f"note: {name} has no place in a workbook; it was left behind")
    click.echo(f"wrote {target}")


@main.command()
@click.argument("folder", type=_PATH)
def new(folder: Path) -> None:
    """Write a commented starter instance into FOLDER; it solves as it is."""
    from planner.instance import starter

    starter(folder)
    click.echo(f"wrote {folder}; try: planner solve {folder}")


@main.command()
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


@main.command()
@click.option("--sites", required=True, type=click.IntRange(1), help="How many sites, up to 10,000.")
@click.option("--periods", required=True, type=click.IntRange(1), help="How many years, up to 60.")
@click.option("--leases", required=True, type=click.IntRange(0), help="How many lease offers, up to 20,000.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Another seed, another portfolio.")
@click.option("-o", "--output", type=_PATH, required=True, help="New instance: a folder, or a workbook where it ends in .xlsx.")
def generate(output: Path, **sizes: int) -> None:
    """Write a random, valid and feasible instance of a given size, from published ranges; the same sizes and seed give the same one."""
    from planner.generator import generate as generate_instance
    from planner.instance import write

    made = generate_instance(**sizes)
    write(made, output)
    if len(made.leases) < sizes["leases"]:
        click.echo(f"note: {len(made.leases)} of {sizes['leases']} leases; there is no site or no year for more")
    click.echo(f"wrote {output}; try: planner solve {output}")


@main.command()
def schema() -> None:
    """Print the JSON Schema of an instance."""
    import json

    from planner.instance import json_schema

    click.echo(json.dumps(json_schema(), indent=2))


if __name__ == "__main__":
    main()
