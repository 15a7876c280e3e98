"""Hunts mutants: `python -m tests.mutants`; exit status 1 if a rule may be taken out unseen and is not in `accepted.py`."""

from __future__ import annotations

import argparse
import csv
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from planner.rules import NUMBERED
from tests.mutants.accepted import ACCEPTED
from tests.mutants.catalogue import catalogue
from tests.mutants.deletion import Mutant
from tests.mutants.hunt import Hunt, Verdict
from tests.mutants.order import FOLDERS

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "docs" / "deleted_rules.csv"
COLUMNS = ("side", "number", "rule", "deleted", "caught_by", "seconds")


def main(arguments: Sequence[str] | None = None) -> int:
    """Hunt what the arguments choose, write the table, print the sum; 0 if all that is not accepted is caught."""
    chosen = _arguments().parse_args(arguments)
    mutants = [mutant for mutant in catalogue() if mutant.side.startswith(chosen.side) and _named(mutant, chosen.only)]
    if chosen.list:
        print("\n".join(f"{mutant.side}: {mutant.name}" for mutant in mutants))
        return 0
    hunt = _hunted(mutants, chosen.jobs)
    if len(hunt.verdicts) < len(mutants):
        print("the tests could not be collected", file=sys.stderr)
        return 1
    if chosen.output is not None:
        _write(chosen.output, hunt.verdicts)
    return _summed(hunt)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description="Take out one rule at a time and see a test fail.")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="mutants at a time")
    parser.add_argument("--only", action="append", metavar="NAME", help="those with this in their name; may be given several times")
    parser.add_argument("--side", default="", metavar="SIDE", help="those whose side begins with this: model, checker, fault, notice")
    parser.add_argument("--output", type=Path, metavar="FILE", help=f"where the table goes, as {RESULTS.relative_to(ROOT)}")
    parser.add_argument("--list", action="store_true", help="name them and do nothing")
    return parser


def _named(mutant: Mutant, parts: Sequence[str] | None) -> bool:
    return not parts or any(part in mutant.name for part in parts)


def _hunted(mutants: Sequence[Mutant], jobs: int) -> Hunt:
    """Collect the fast tests and hunt; what failing tests leave behind goes to a folder that is removed."""
    settings.register_profile("hunt", database=None, phases=(Phase.explicit, Phase.generate), derandomize=True)
    settings.load_profile("hunt")
    hunt = Hunt(mutants, jobs)
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = scratch
        quiet = ["-q", "-s", "--tb=native", "-W", "ignore", "-p", "no:cacheprovider"]
        pytest.main(["-m", "not prove", *quiet, "--rootdir", str(ROOT), *_places()], [hunt])
    return hunt


def _places() -> list[str]:
    """Every folder or file whose tests have to catch a mutant; not a file of a folder that is there, whose tests would come twice."""
    places = {ROOT / place for places in FOLDERS.values() for place in places}
    return sorted(str(place) for place in places if not places & set(place.parents))


def _write(output: Path, verdicts: Sequence[Verdict]) -> None:
    """The table, sorted, one line per mutant."""
    rows = [
        (
            verdict.mutant.side,
            verdict.mutant.number,
            NUMBERED[verdict.mutant.number].name if verdict.mutant.number in NUMBERED else "",
            verdict.mutant.name,
            _caught(verdict),
            f"{verdict.seconds:.1f}",
        )
        for verdict in verdicts
    ]
    with output.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *sorted(rows)])


def _caught(verdict: Verdict) -> str:
    if verdict.caught_by is None:
        return f"not caught: {ACCEPTED.get(verdict.mutant.name, 'SURVIVES' if verdict.reached else 'NEVER REACHED')}"
    return f"{verdict.caught_by} (does not end)" if verdict.endless else verdict.caught_by


def _summed(hunt: Hunt) -> int:
    """Print how many of each side were caught, and what was not; the exit status."""
    found = [verdict for verdict in hunt.verdicts if verdict.caught_by is not None and verdict.reached]
    for side, number in sorted(Counter(verdict.mutant.side for verdict in hunt.verdicts).items()):
        print(f"{side}: {sum(verdict.mutant.side == side for verdict in found)} of {number} caught")
    missed = [verdict for verdict in hunt.verdicts if verdict not in found and verdict.mutant.name not in ACCEPTED]
    stale = [verdict.mutant.name for verdict in found if verdict.mutant.name in ACCEPTED]
    for verdict in missed:
        print(f"{'not caught' if verdict.reached else 'never reached'}: {verdict.mutant.side}: {verdict.mutant.name}")
    for name in stale:
        print(f"accepted, but caught: {name}")
    for name in hunt.unsound:
        print(f"fails with nothing taken out: {name}")
    accepted = len(hunt.verdicts) - len(found) - len(missed)
    print(f"{len(hunt.verdicts)} mutants, {len(found)} caught, {accepted} accepted with a reason, {len(missed)} not caught")
    return 1 if missed or stale or hunt.unsound else 0


if __name__ == "__main__":
    sys.exit(main())
