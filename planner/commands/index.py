"""Commands on all runs under a folder: runs list, show, prune, reindex."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from planner.commands.common import PATH

ROOT = click.argument("root", type=PATH, default=".")
FORMATS = ("terminal", "json", "csv")


@click.group()
def runs() -> None:
    """List, show and prune the saved runs under a folder."""


@runs.command(name="list")
@ROOT
@click.option("--sort", default="-saved", show_default=True, metavar="NAME", help="Field or key figure; with a minus the largest first.")
@click.option("--instance", metavar="NAME", help="Only runs of this instance.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the first N.")
@click.option("--kpi", "kpis", multiple=True, metavar="NAME", help="Show a key figure of tables/kpis.csv too; can be given again.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="terminal", show_default=True, help="What to print.")
def list_(root: Path, sort: str, instance: str | None, limit: int | None, kpis: tuple[str, ...], form: str) -> None:
    """List the runs under ROOT (default: here), the newest first; what cannot be read is listed with the reason.

    An index beside the runs, .planner-index.sqlite, is brought up to date by each look and may be removed at any time.
    """
    from planner.index import chosen, with_figures
    from planner.index.shown import as_csv, as_json, as_table

    found = with_figures(root, dict.fromkeys((*kpis, sort.removeprefix("-"))))
    entries = chosen(found.entries, instance, sort, limit)
    click.echo({"terminal": as_table, "json": as_json, "csv": as_csv}[form](entries, kpis), nl=form != "csv")
    if not found.entries:
        click.echo(f"no runs under {root}; `planner solve INSTANCE -o DIR` saves one", err=True)
    elif not entries:
        names = sorted({entry.instance for entry in found.entries if entry.instance})
        click.echo(f"no runs of {instance!r} under {root}; there are runs of {', '.join(names)}", err=True)
    left = sum(bool(entry.unreadable) for entry in found.entries) if instance else 0
    _tell([*found.notes, *([f"{left} that cannot be read left out; nobody can tell of what instance they are"] if left else [])])


@runs.command()
@click.argument("run")
@ROOT
@click.option("--format", "form", type=click.Choice(FORMATS[:2]), default="terminal", show_default=True, help="What to print.")
def show(run: str, root: Path, form: str) -> None:
    """Print the facts and all key figures of one RUN under ROOT (default: here): its path, or the beginning of it."""
    from planner.index import listing, one_of
    from planner.index.shown import as_json_page, as_page

    found = listing(root)
    click.echo((as_page if form == "terminal" else as_json_page)(one_of(found, run)))
    _tell(found.notes)


@runs.command()
@ROOT
@click.option("--keep", type=click.IntRange(0), metavar="N", help="All but the N newest of each instance and solver.")
@click.option("--older-than", type=click.FloatRange(0), metavar="DAYS", help="Those saved longer ago.")
@click.option("--worse", is_flag=True, help="Those for whose question (same instance, same model) a checked run has a better plan.")
@click.option("--yes", is_flag=True, help="Remove them; without it they are only listed.")
def prune(root: Path, keep: int | None, older_than: float | None, worse: bool, yes: bool) -> None:
    """List, or with --yes remove, the runs under ROOT (default: here) to which all the given options apply.

    Only folders that are wholly a run's own are removed; one with other files in it is left, and said so.
    """
    from planner.index import listing
    from planner.index.prune import prune as prune_runs
    from planner.index.prune import unwanted

    found = listing(root, ())
    done = prune_runs(found, unwanted(found.entries, keep, older_than, worse=worse), delete=yes)
    _tell([f"{entry.path}: {size / 1e6:.2f} MB, saved {entry.saved}" for entry, size in done.gone], "removed" if yes else "would remove")
    _tell([f"{entry.path} stays: {why}" for entry, why in done.kept])
    _tell(found.notes)
    count = f"{len(done.gone)} of {len(found.entries)} runs, {done.megabytes:.1f} MB"
    click.echo(f"removed {count}" if yes else f"would remove {count}" + ("; with --yes they are removed" if done.gone else ""))


@runs.command()
@ROOT
def reindex(root: Path) -> None:
    """Build the index of the runs under ROOT (default: here) anew; no other command needs that."""
    from planner.index import listing

    found = listing(root, (), anew=True)
    unreadable = sum(bool(entry.unreadable) for entry in found.entries)
    click.echo(f"{len(found.entries)} runs" + (f", {unreadable} of them not readable" if unreadable else ""))
    _tell(found.notes)


def _tell(lines: Iterable[str], what: str = "note") -> None:
    """Print lines of one kind; notes go where errors go, so that what is printed can be read by a program."""
    from planner.errors import shown

    for line in lines:
        click.echo(f"{what}: {shown(line)}", err=what == "note")
