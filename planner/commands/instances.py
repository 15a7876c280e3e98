"""Commands that work on instances: check, convert, new, generate, model, schema."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.common import INSTANCE, PATH


@click.command()
@INSTANCE
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


@click.command()
@click.argument("source", type=PATH)
@click.argument("target", type=PATH)
def convert(source: Path, target: Path) -> None:
    """Write an instance folder SOURCE as a workbook TARGET (.xlsx), or a workbook as a folder, without loss."""
    from planner.instance import convert as convert_instance

    done = convert_instance(source, target)
    for notice in done.notices:
        click.echo(f"note: {notice}")
    for name in done.left:
        click.echo(f"note: {name} has no place in a workbook; it was left behind")
    click.echo(f"wrote {target}")


@click.command()
@click.argument("folder", type=PATH)
def new(folder: Path) -> None:
    """Write a commented starter instance into FOLDER; it solves as it is."""
    from planner.instance import starter

    starter(folder)
    click.echo(f"wrote {folder}; try: planner solve {folder}")


@click.command()
@click.option("--sites", required=True, type=click.IntRange(1), help="How many sites, up to 10,000.")
@click.option("--periods", required=True, type=click.IntRange(1), help="How many years, up to 60.")
@click.option("--leases", required=True, type=click.IntRange(0), help="How many lease offers, up to 20,000.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Another seed, another portfolio.")
@click.option("-o", "--output", type=PATH, required=True, help="New instance: a folder, or a workbook where it ends in .xlsx.")
def generate(output: Path, **sizes: int) -> None:
    """Write a random, valid and feasible instance of a given size, from published ranges; the same sizes and seed give the same one."""
    from planner.generator import generate as generate_instance
    from planner.instance import write

    made = generate_instance(**sizes)
    write(made, output)
    if len(made.leases) < sizes["leases"]:
        click.echo(f"note: {len(made.leases)} of {sizes['leases']} leases; there is no site or no year for more")
    click.echo(f"wrote {output}; try: planner solve {output}")


@click.command()
@INSTANCE
@click.option("-o", "--output", type=PATH, required=True, help="File to write: .lp, .lp.gz, .mps or .mps.gz.")
def model(instance: Path, output: Path) -> None:
    """Write the program of INSTANCE for any solver, the same bytes each time; of what exists only an earlier such file is replaced."""
    from planner.instance import load
    from planner.programs import program_of, write_program

    program = program_of(load(instance))
    write_program(program, output)
    click.echo(f"wrote {output}: {program.arrays.rows} rows, {program.arrays.columns} columns")


@click.command()
def schema() -> None:
    """Print the JSON Schema of an instance."""
    import json

    from planner.instance import json_schema

    click.echo(json.dumps(json_schema(), indent=2))
