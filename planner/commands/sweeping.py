"""`planner sweep`: an instance in many scenarios."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.commands.common import EXIT_CODES, FAILED_CHECK, INSTANCE, PATH

if TYPE_CHECKING:
    import pandas as pd

EPILOG = """\b
Exit codes: 0 every scenario has a row, be it infeasible or stopped by the limit, 2 wrong usage, 3 an invalid
instance or change: nothing is solved then, 8 some could not be solved, 9 a plan failed its check, 130 interrupted.
"""


def _shard(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """A part such as 3/20 as two numbers."""
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", value or "")
    if value is not None and (found is None or not 1 <= int(found[1]) <= int(found[2])):
        raise click.BadParameter(f"found {value!r}; allowed: a part from 1 and how many there are, such as 3/20", context, parameter)
    return (int(found[1]), int(found[2])) if found else None


@click.command(epilog=EPILOG)
@INSTANCE
@click.option("-o", "--output", type=PATH, required=True, help="Folder for a run folder per scenario, and the table sweep.csv.")
@click.option("--vary", multiple=True, metavar="PATH=A,B,...", help="Values of a path, or changes such as -30%; again for a grid.")
@click.option("--changes", type=PATH, help="CSV file with a row per scenario and a path in the header of each column.")
@click.option("--resume", is_flag=True, help="Go on with what is in the folder: what is solved there is kept.")
@click.option("--shard", callback=_shard, metavar="PART/PARTS", help="Solve this part only, such as 3/20: for batch systems.")
@click.option("--workers", type=click.IntRange(1), help="Scenarios solved at the same time; as many as cores if left out.")
@click.option("--cluster", metavar="ADDRESS", help="Solve on a Dask cluster: tcp://host:port, or local.")
@click.option("--gap", "gap_fraction", type=click.FloatRange(0, 1), help="Relative gap at which to stop, e.g. 0.0001.")
@click.option("--time-limit", "time_limit_s", type=click.FloatRange(0, min_open=True), help="Seconds for each search.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Seed of the solver.")
@click.option("--solver", default="highs", show_default=True, help="Any solver that Pyomo knows: highs, scip, cbc, glpk, gurobi, ...")
@click.option(
    "--engine", type=click.Choice(["auto", "monolith", "sites"]), default="auto", show_default=True,
    help="HiGHS on the whole program at once, or site by site; auto: site by site from 20 sites on.",
)  # fmt: skip
@click.option("--baseline", is_flag=True, help="Solve each also without new orders, for the return on them.")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no table on the screen; errors still show.")
def sweep(
    instance: Path, output: Path, vary: tuple[str, ...], changes: Path | None, resume: bool, shard: tuple[int, int] | None,
    workers: int | None, cluster: str | None, quiet: bool, **options: Any,
) -> None:  # fmt: skip
    """Solve INSTANCE in many scenarios: a grid of --vary, or the rows of a --changes file; see docs/sweep.md."""
    from planner.instance import load
    from planner.options import SolveOptions
    from planner.sweeping import sweep as sweep_instance
    from planner.sweeping.page import show_sweep
    from planner.sweeping.progress import bar

    if bool(vary) == (changes is not None):
        raise click.UsageError("give either --vary, once or again, or --changes")
    asked = _grid(vary) if changes is None else changes
    loaded, told = load(instance), SolveOptions(**options)
    try:
        with bar(quiet) as tell:
            frame = sweep_instance(
                loaded, asked, output, told, backend=cluster or "processes", workers=workers, resume=resume, shard=shard, progress=tell
            )
    except KeyboardInterrupt:
        click.echo(f"interrupted; what is solved is kept in {output}, and the same command with --resume goes on", err=True)
        sys.exit(EXIT_CODES["interrupted"])
    if not quiet:
        show_sweep(loaded.name, frame)
        click.echo(f"\nSaved in {output}")
    sys.exit(exit_code(frame))


def _grid(vary: tuple[str, ...]) -> dict[str, list[str]]:
    """The values of each path. Raises click.UsageError for an option that is not PATH=A,B,... or a path that comes twice."""
    grid: dict[str, list[str]] = {}
    for text in vary:
        path, equals, values = text.partition("=")
        if not equals or not path.strip():
            raise click.UsageError(f"--vary: found {text!r}; allowed: a path and its values, such as btc.btc_usd=-30%,0%,+30%")
        if path.strip() in grid:
            raise click.UsageError(f"--vary: {path.strip()} a second time; all values of a path go into one option")
        grid[path.strip()] = values.split(",")
    return grid


def exit_code(frame: pd.DataFrame) -> int:
    """What the shell sees: 9 where a plan failed its check, 8 where a scenario could not be solved, else 0."""
    if (frame["check"] == "FAILED").any():
        return FAILED_CHECK
    return EXIT_CODES["solver_error"] if frame["outcome"].isin(["failed", "solver_error"]).any() else 0
