"""Progress of a solve: one live line on a terminal, plain lines elsewhere, nothing when quiet; always on the error stream."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.text import Text

from planner.highs import Progress

PLAIN_SECONDS = 5.0
"""Least time between two lines where the stream is not a terminal."""


@contextmanager
def reporter(quiet: bool) -> Iterator[Callable[[Progress], None] | None]:
    """A function to hand to `SolveOptions.progress`, or None when quiet."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with Live(Text("building the model ..."), console=Console(stderr=True), transient=True, refresh_per_second=4) as live:
            yield lambda progress: live.update(Text(line(progress)))
    else:
        yield _Plain()


class _Plain:
    """Writes a line now and then."""

    def __init__(self) -> None:
        self._last = -PLAIN_SECONDS

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._last >= PLAIN_SECONDS:
            self._last = now
            print(line(progress), file=sys.stderr, flush=True)


def line(progress: Progress) -> str:
    """`best plan 1,234.5 M$   bound 1,240.0 M$   gap 0.45 %   12 s`."""
    plan = "no plan yet" if progress.objective_musd is None else f"best plan {progress.objective_musd:,.1f} M$"
    bound = "no bound yet" if progress.bound_musd is None else f"bound {progress.bound_musd:,.1f} M$"
    gap = ""
    if progress.objective_musd and progress.bound_musd is not None:
        gap = f"   gap {100 * abs(progress.bound_musd - progress.objective_musd) / abs(progress.objective_musd):.2f} %"
    priced = f"   {progress.sites_priced:,} searches of sites" if progress.sites_priced else ""
    return f"{plan}   {bound}{gap}{priced}   {progress.seconds:.0f} s"
