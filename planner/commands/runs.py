"""Commands that work on saved runs: verify, show, export, horizon, roll, bridge."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from planner.commands.common import EXIT_CODES, FAILED_CHECK, PATH, RUN


@click.command()
@RUN
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


@click.command()
@RUN
def show(run: Path) -> None:
    """Print the page of a saved RUN again."""
    from planner.report import show as show_run
    from planner.runs import load_run

    show_run(load_run(run))


@click.command()
@RUN
@click.option("--xlsx", type=PATH, required=True, help="Workbook to write: a sheet per table.")
def export(run: Path, xlsx: Path) -> None:
    """Write the tables of a RUN folder as an Excel workbook; of what exists only an earlier export is replaced."""
    from planner.export import to_xlsx
    from planner.runs import load_run

    if xlsx.suffix.lower() != ".xlsx":
        raise click.UsageError(f"--xlsx: {xlsx} does not end in .xlsx")
    to_xlsx(load_run(run), xlsx)
    click.echo(f"wrote {xlsx}")


@click.command()
@RUN
@click.option("--years", default=3, show_default=True, type=click.IntRange(1, 20), help="Years by which the horizon is moved.")
def horizon(run: Path, years: int) -> None:
    """Solve the instance of a RUN again with its horizon some years sooner and later, and compare the values."""
    from planner.horizon import horizons
    from planner.report import show_horizons
    from planner.runs import load_run

    show_horizons(horizons(load_run(run), years))


@click.command()
@RUN
@click.option("--as-of", required=True, help="Month to roll to, such as 2028-01: the start of a period of the plan.")
@click.option("-o", "--output", type=PATH, required=True, help="New instance: a folder, or a workbook where it ends in .xlsx.")
@click.option(
    "--actuals", type=PATH, help="CSV file with the columns path, value and, if you like, note: what happened otherwise than planned."
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


@click.command()
@RUN
@click.argument("later", type=PATH)
def bridge(run: Path, later: Path) -> None:
    """Explain the value of a LATER run by that of a RUN, and name the decisions that it reverses."""
    from planner.rolling import bridge as bridge_runs
    from planner.rolling.page import show_bridge
    from planner.runs import load_run

    show_bridge(bridge_runs(load_run(run), load_run(later)))
