"""Counts what a run of the tests tried for each promise, and writes the page that shows it."""

from __future__ import annotations

import csv
import datetime as dt
import os
import platform
import time
from collections import Counter
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from tests.mutants.accepted import ACCEPTED
from tests.promises.stated import PROMISES, holds

ROOT = Path(__file__).parents[2]
DELETED = ROOT / "docs" / "deleted_rules.csv"
PACKAGES = ("highspy", "pyscipopt", "pyomo", "numpy", "pydantic")
HEAD = "| What is promised | How it is tested | Tests | Tries | Failures |\n|---|---|---:|---:|---:|"
OPENING = """# What is promised, and how often it was tried

A plan decides on hundreds of millions of dollars, so nothing here asks to be believed. Each line below is a promise, how it is tested,
and what one run of all tests tried: how many tests passed, how many things they tried (random portfolios, changed plans, changed files;
a test that does not count its own tries is one), and how many failed. `make prove` makes this page anew from a run of its own.
"""
LIMITS = """## What this does not prove

That a plan is *allowed* and is *worth what it says* rests on the checker alone, and needs no trust in a solver or in the model. That *no
better plan exists* rests on the bound that a solver claims: other seeds, a second solver and better plans can refute such a claim, and do
on the recorded cases, but that they agree is evidence and no proof. And no test can tell whether the prices, dates and leases of an
instance come true.
"""


@dataclass
class Tally:
    """What was tried for one promise."""

    tests: int = 0
    tries: int = 0
    failures: int = 0
    skipped: int = 0


@dataclass
class Tallies:
    """What a run tried, promise by promise, from the reports of its tests; a test may hold several promises."""

    began: float = field(default_factory=time.monotonic)
    promises: dict[str, Tally] = field(default_factory=lambda: {promise.id: Tally() for promise in PROMISES})
    whole: Tally = field(default_factory=Tally)

    def add(self, report: pytest.TestReport) -> None:
        """Count a test when it has run, or failed or was skipped before it could; the tests of the page itself aside."""
        if holds("tests/promises", report.nodeid):
            return
        mine = [self.promises[promise.id] for promise in PROMISES if any(holds(place, report.nodeid) for place in promise.tests)]
        for tally in (self.whole, *mine):
            if report.failed:
                tally.failures += 1
            elif report.skipped:
                tally.skipped += 1
            elif report.when == "call":
                tally.tests += 1
                tally.tries += tries(report)

    def page(self) -> str:
        """The page in Markdown."""
        return "\n".join((OPENING, self._facts(), "", HEAD, *self._rows(), "", *_deletions(), LIMITS))

    def _rows(self) -> list[str]:
        tallies = ((promise, self.promises[promise.id]) for promise in PROMISES)
        return [
            f"| **{promise.says}** | {promise.how} ({_links(promise.tests)}) | {tally.tests:,} | {tally.tries:,} | {tally.failures:,} |"
            for promise, tally in tallies
        ]

    def _facts(self) -> str:
        minutes = (time.monotonic() - self.began) / 60
        skipped = f", {self.whole.skipped:,} skipped" if self.whole.skipped else ""
        return (
            f"Run of {dt.datetime.now(dt.UTC):%Y-%m-%d}: {self.whole.tests:,} tests passed, {self.whole.failures:,} failed{skipped}; "
            f"{minutes:.0f} minutes on {os.cpu_count()} CPUs with Python {platform.python_version()} and "
            f"{', '.join(f'{name} {_version(name)}' for name in PACKAGES)}."
        )


def tries(report: pytest.TestReport) -> int:
    """What a test says that it tried, by `record_property("tries", n)`; one where it says nothing."""
    said = [int(str(value)) for name, value in report.user_properties if name == "tries"]
    return sum(said) if said else 1


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"


def _links(places: tuple[str, ...]) -> str:
    """The tests of a promise as links from the page."""
    return ", ".join(f"[{place.removeprefix('tests/')}](../{place.partition('::')[0]})" for place in places)


def _deletions() -> list[str]:
    """What the last hunt of deleted rules found, side by side, and what it may leave; nothing where there was none."""
    if not DELETED.exists():
        return []
    with DELETED.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    taken, left = Counter(row["side"] for row in rows), Counter(row["side"] for row in rows if row["caught_by"].startswith("not caught"))
    lines = [
        "## Deleted rules",
        "",
        f"{len(rows):,} times one rule was taken out of the program, and tests ran until one failed: {len(rows) - left.total():,} were "
        "caught. The whole list, with the test that caught each: [deleted_rules.csv](deleted_rules.csv).",
        "",
        "| Taken out | Times | Caught |",
        "|---|---:|---:|",
        *(f"| {SIDES.get(side, side)} | {number:,} | {number - left[side]:,} |" for side, number in sorted(taken.items())),
        "",
    ]
    if ACCEPTED:
        lines += ["What may be taken out unseen, and why:", "", *(f"- `{name}`: {why}" for name, why in sorted(ACCEPTED.items())), ""]
    return lines


SIDES = {
    "checker clause": "a comparison of the checker, or a reason why a decision does not exist",
    "checker decision": "all limits on the values of one decision, or its natural bound",
    "checker entry": "an amount that the checker adds to a state or books",
    "checker rule": "a rule of the checker, wherever it is held",
    "fault": "one fault that is told of an instance",
    "fault rule": "a rule of what makes an instance valid",
    "model row": "a family of rows of the model",
    "model term": "a term of the model's money, load or energy",
    "notice": "one notice of what cannot matter or was not meant",
    "notice rule": "a rule of such notices, or a usual range",
}
"""The sides of a hunt in words."""
