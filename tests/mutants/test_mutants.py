"""The hunt itself: what is deleted is really gone and only in its fork, every rule is on the list, and the last list has no survivor."""

from __future__ import annotations

import csv
import importlib.util
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pyomo.environ as pyo
import pytest

from planner.check import verify
from planner.rules import NUMBERED
from planner_models.build import build
from tests.check.portfolio import changed
from tests.check.suites import SUITES
from tests.example import everything, whole
from tests.maths import defined
from tests.mutants.__main__ import COLUMNS, RESULTS, ROOT
from tests.mutants.accepted import ACCEPTED
from tests.mutants.catalogue import catalogue
from tests.mutants.deletion import Mutant, Statement, without
from tests.mutants.statements import statements

LAND = next((suite, breach) for suite in SUITES for breach in suite.breaches if breach.tag == "2.9" and not breach.also)


def in_a_fork(mutant: Mutant, seen: Callable[[], Any]) -> tuple[Any, bool]:
    """What is seen without the rule, and whether its place was reached."""

    def look(there: Connection) -> None:
        reached: list[bool] = []
        mutant.apply(lambda: reached.append(True))
        there.send((seen(), bool(reached)))

    here, there = get_context("fork").Pipe(duplex=False)
    process = get_context("fork").Process(target=look, args=(there,))
    process.start()
    found: tuple[Any, bool] = here.recv()
    process.join()
    return found


def land_tags() -> set[str]:
    """The rules that a plan on too little land breaks."""
    suite, breach = LAND
    return {violation.tag for violation in verify(suite.instance, changed(suite.plan, breach.changes)).violations}


def active_rows() -> set[str]:
    """Families of rows of a small model."""
    return {row.name for row in build(everything()).component_objects(pyo.Constraint, active=True)}


@pytest.mark.parametrize("name", ["(2.9) land_limit", "planner.check.halls._check_land: book.at_most(2.9)"])
def test_a_rule_of_the_checker_is_gone_in_the_fork_and_nowhere_else(name: str) -> None:
    mutant = next(mutant for mutant in catalogue() if mutant.name == name)
    assert land_tags() == {"2.9"}
    assert in_a_fork(mutant, land_tags) == (set(), True)
    assert land_tags() == {"2.9"}


def test_a_family_of_rows_is_switched_off() -> None:
    mutant = next(mutant for mutant in catalogue() if mutant.name == "halls.land_limit")
    rows, reached = in_a_fork(mutant, active_rows)
    assert reached
    assert active_rows() - rows == {"halls.land_limit"}


def test_a_rule_that_is_never_come_to_is_not_reached() -> None:
    mutant = next(mutant for mutant in catalogue() if mutant.name == "treasury.kept_limit")
    assert in_a_fork(mutant, land_tags) == ({"2.9"}, False)


def lease_conflicts() -> list[Any]:
    """What contradicts itself in a lease with more months of credit than of term."""
    lease = whole().leases[0]
    return list(lease.model_copy(update={"credit_months": lease.term_months + 1}).conflicts())


def test_what_a_method_adds_to_that_of_its_parent_can_be_deleted() -> None:
    """Without `super()` in its code a method would hold another closure than the one that it was made with."""
    mutant = next(mutant for mutant in catalogue() if mutant.name == "planner_models.rows.leases.Lease.conflicts: super().conflicts()")
    assert len(lease_conflicts()) == 1
    assert in_a_fork(mutant, lease_conflicts) == ([], True)


VICTIM = """
def noted():
    out = []
    out.append(1)
    def inner():
        out.append(2)
    inner()
    return out

def told():
    yield 1

def found():
    return ["fault"]

def reason():
    if True:
        return "no"
    return None
"""


def test_each_kind_of_statement_can_be_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function stays what it is: a generator yields nothing, a list is empty, a reason is none, what is nested is deleted too."""
    (tmp_path / "victim.py").write_text(VICTIM)
    monkeypatch.syspath_prepend(tmp_path)
    spec = importlib.util.spec_from_file_location("victim", tmp_path / "victim.py")
    assert spec is not None
    assert spec.loader is not None
    victim = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "victim", victim)
    spec.loader.exec_module(victim)
    marks: list[int] = []
    places = {node.lineno: (function, node.col_offset) for (function, _), node in statements("victim")}
    expected: dict[int, Any] = {4: [2], 6: [1], 11: [], 14: [], 18: None}
    for line, result in expected.items():
        function, column = places[line]
        without(Statement("victim", function, line, column), lambda: marks.append(1))
        gone = getattr(victim, function)()
        assert (list(gone) if line == 11 else gone) == result, line
    assert len(marks) == len(expected)


HUNT = """
import pytest
from tests.mutants import hunt, order
from tests.mutants.deletion import Mutant

STATE = set()
def take(name):
    return lambda mark: (STATE.add(name), mark() if name != "far" else None)

hunt.ENDLESS_S = 2.0
order.FOLDERS = {"model": ("test_small",)}
import builtins
builtins.STATE = STATE
mutants = [Mutant("model", name, "", (name,), take(name)) for name in ("seen", "unseen", "far", "dies", "hangs", "flaky")]
found = hunt.Hunt(mutants, 2)
assert pytest.main(["-q", "-s", "-p", "no:cacheprovider", "--rootdir", ".", "test_small.py"], [found]) in (0, 5)
for verdict in sorted(found.verdicts, key=lambda verdict: verdict.mutant.name):
    print(verdict.mutant.name, verdict.caught_by, verdict.reached, verdict.endless)
print(found.unsound)
"""
SMALL = """
import os, time

def test_seen():
    assert "seen" not in STATE

def test_dies():
    if "dies" in STATE:
        os._exit(3)

def test_hangs():
    while "hangs" in STATE:
        time.sleep(0.1)

def test_flaky():
    assert not STATE - {"unseen", "far"} and STATE
"""


def test_a_hunt_tells_what_fails_dies_hangs_passes_is_not_reached_or_fails_anyway(tmp_path: Path) -> None:
    """The tests that mention a mutant come first; one that fails with nothing taken out has caught nothing."""
    (tmp_path / "test_small.py").write_text(SMALL)
    path = [str(ROOT), str(ROOT / "models")]
    code = f"import sys; sys.path[:0] = {path}\n{HUNT}"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-7:] == [
        "dies test_small.py::test_dies True False",
        "far None False False",
        "flaky test_small.py::test_flaky True False",
        "hangs test_small.py::test_hangs True True",
        "seen test_small.py::test_seen True False",
        "unseen None True False",
        "['test_small.py::test_flaky']",
    ]


def test_every_rule_is_on_the_list() -> None:
    """Each row of the model that MATHS.md names, each rule that a plan can break, and a good many of everything else."""
    sides = Counter(mutant.side for mutant in catalogue())
    assert min(sides.values()) >= 40
    assert len(sides) == 10
    rows = {mutant.words[0] for mutant in catalogue() if mutant.side == "model row"}
    named = {name for name in defined() if name.rpartition("_")[2] in ("limit", "floor", "choice", "balance")}
    assert named - rows == set()
    told = {mutant.number for mutant in catalogue() if mutant.side == "checker rule"}
    assert {number for number, rule in NUMBERED.items() if rule.what} - told == set()


def test_what_is_accepted_is_on_the_list_with_its_reason() -> None:
    assert set(ACCEPTED) <= {mutant.name for mutant in catalogue()}
    assert all(len(why.split()) > 5 for why in ACCEPTED.values())


def last_hunt() -> list[dict[str, str]]:
    with RESULTS.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_no_rule_survived_the_last_hunt(record_property: Callable[[str, object], None]) -> None:
    """All on the list were caught, or are accepted with their reason."""
    rows = last_hunt()
    record_property("tries", len(rows))
    assert tuple(rows[0]) == COLUMNS
    left = {row["deleted"]: row["caught_by"] for row in rows if row["caught_by"].startswith("not caught")}
    assert left == {name: f"not caught: {why}" for name, why in ACCEPTED.items()}


@pytest.mark.prove
def test_the_last_hunt_was_for_every_rule_that_there_is() -> None:
    assert sorted((row["side"], row["deleted"]) for row in last_hunt()) == [(mutant.side, mutant.name) for mutant in catalogue()]
