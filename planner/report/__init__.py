"""The page that `planner solve` prints, on a terminal or as plain text."""

from __future__ import annotations

import io
import sys

import pandas as pd
from rich.console import Console, Group, RenderableType

from planner.check.ledger import Certificate
from planner.report.horizon import horizon
from planner.report.layout import WIDEST, WIDTH
from planner.report.page import page
from planner.report.picture import svg
from planner.report.proof import verdict
from planner.runs import Run
from planner_models.schema import Instance

__all__ = ["page", "plain", "show", "show_certificate", "show_horizons", "svg", "tell"]


def show(run: Run) -> None:
    """Print the page of a run: in colour on a terminal, as plain text of 100 columns elsewhere."""
    console = _console()
    _print(console, page(run, console.width))


def tell(*parts: RenderableType) -> None:
    """Print parts of a page in the same way."""
    _print(_console(), Group(*parts))


def show_horizons(frame: pd.DataFrame) -> None:
    """Print what `planner.horizons` found."""
    tell(horizon(frame))


def show_certificate(certificate: Certificate, instance: Instance | None = None) -> None:
    """Print the checker's verdict; with the instance also what changes against the plan before count."""
    tell(*verdict(certificate, instance))


def plain(run: Run, width: int = WIDTH) -> str:
    """The page as plain text without colour, no line longer than `width`."""
    console = Console(file=io.StringIO(), width=width, color_system=None, highlight=False)
    with console.capture() as captured:
        console.print(page(run, width))
    return _stripped(captured.get())


def _print(console: Console, parts: RenderableType) -> None:
    """Print on a terminal as it is, elsewhere without the blanks that fill up its lines."""
    if sys.stdout.isatty():
        console.print(parts)
        return
    with console.capture() as captured:
        console.print(parts)
    sys.stdout.write(_stripped(captured.get()))


def _stripped(text: str) -> str:
    """Lines without trailing blanks."""
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def _console() -> Console:
    """The terminal, no wider than reads well; elsewhere a page of fixed width."""
    width = min(Console().width, WIDEST) if sys.stdout.isatty() else WIDTH
    return Console(highlight=False, width=width)
