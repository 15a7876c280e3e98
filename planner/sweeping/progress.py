"""How far a sweep is: a bar on a terminal, plain lines elsewhere, nothing when quiet; always on the error stream."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from planner.progress import PLAIN_SECONDS
from planner.sweeping.running import Moment

GOOD = ("optimal", "within_gap")
"""Outcomes of which nothing is said."""


@contextmanager
def bar(quiet: bool) -> Iterator[Callable[[Moment], None] | None]:
    """A function to hand to `sweep` as its progress, or None when quiet."""
    if quiet:
        yield None
        return
    tally = _Tally()
    if not sys.stderr.isatty():
        yield tally.print_now_and_then
        return
    columns = (MofNCompleteColumn(), TextColumn("scenarios"), BarColumn(), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.fields[words]}", markup=False), console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=None, words="")
        yield lambda moment: shown.update(task, completed=moment.done, total=moment.all, words=tally.words(moment))


class _Tally:
    """Counts what is worth a word."""

    def __init__(self) -> None:
        self._odd: Counter[str] = Counter()
        self._began_s = time.monotonic()
        self._last_s = self._began_s

    def words(self, moment: Moment) -> str:
        """`2 infeasible, 1 failed`; call it once for each moment."""
        if moment.outcome is not None and moment.outcome not in GOOD:
            self._odd[moment.outcome.replace("_", " ")] += 1
        return ", ".join(f"{count} {outcome}" for outcome, count in self._odd.items())

    def print_now_and_then(self, moment: Moment) -> None:
        """A line every few seconds, and one at the end."""
        words, now_s = self.words(moment), time.monotonic()
        if now_s - self._last_s >= PLAIN_SECONDS or moment.done == moment.all:
            self._last_s = now_s
            said = [f"{moment.done} of {moment.all} scenarios", *([words] if words else []), f"{now_s - self._began_s:.0f} s"]
            print(", ".join(said), file=sys.stderr, flush=True)
