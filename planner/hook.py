"""What pre-commit runs: `python -m planner.hook FILE...` checks every instance that a changed file belongs to."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from planner.errors import InvalidInstance, shown
from planner.instance import examine
from planner.instance.parts import SETTINGS
from planner.instance.settings import FILE
from planner.instance.workbook import SHEETS, is_workbook
from planner.instance.xlsx import Book, read


def instances(files: Iterable[Path]) -> list[Path]:
    """The instances that files belong to, each once: the folder of a file with an instance.yaml beside it, and workbooks.

    Files of no instance are left out, and so are workbooks that can be read and have no sheet of settings, such as exported tables.
    """
    found = {file if is_workbook(file) else file.parent for file in files}
    return sorted(place for place in found if (_is_instance_workbook(place) if is_workbook(place) else (place / FILE).is_file()))


def _is_instance_workbook(file: Path) -> bool:
    book = read(file, SHEETS)
    return not isinstance(book, Book) or SETTINGS in book.sheets


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def main(files: tuple[Path, ...]) -> None:
    """Check the instances that FILES belong to; exit code 3 where one has faults."""
    places, faults = instances(files), 0
    for place in places:
        if problems := examine(place).problems:
            faults += 1
            click.echo(f"{shown(str(place))}: {InvalidInstance(problems)}")
    click.echo(f"{len(places)} instance{'' if len(places) == 1 else 's'} checked, {faults} with faults")
    sys.exit(InvalidInstance.exit_code if faults else 0)


if __name__ == "__main__":
    main()
