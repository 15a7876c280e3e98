"""Kill -9, Ctrl-C and SIGTERM while a solve runs and at every step of a write: the older one or the newer one is there, whole."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

import planner
from planner.runs import load_plan, load_run, writable
from tests.crash import actors
from tests.crash.actors import NEWER, OLDER, Limits, Note
from tests.crash.case import beside, contents, each_step, ended, only_holders, started, whole
from tests.example import everything
from tests.test_cli import hard

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")
Tell = Callable[[str, object], None]
PROVE = pytest.mark.prove


def die(_: Path) -> Callable[[], None]:
    return actors.die


def interrupt(_: Path) -> Callable[[], None]:
    return actors.interrupt


def age(place: Path) -> None:
    """Let time pass for what killed writers have left."""
    for name in beside(place):
        os.utime(place.parent / name, (0, 0))


FILLED = 24
"""Steps of a save after which the files of the small run are written, and only then the system matters."""


@pytest.mark.parametrize(("exchanges", "skip"), [(True, 0), (False, FILLED), pytest.param(False, 0, marks=PROVE)])
def test_a_kill_at_any_step_of_a_save_leaves_the_older_run_or_the_newer_one(
    tmp_path: Path, record_property: Tell, exchanges: bool, skip: int
) -> None:
    """Both are met. Where names are exchanged one of them is in place at once; where they cannot be, a look finds it.

    A later save removes what the killed one has left beside.
    """
    (first, older), (_, newer) = whole(OLDER, tmp_path), whole(NEWER, tmp_path)
    tries, met, gaps = 0, set(), 0
    for place, code in each_step(tmp_path, die, actors.save, first, exchanges=exchanges, skip=skip):
        assert code == -signal.SIGKILL
        gaps += not place.exists()
        met.add(load_run(place).message)
        assert contents(place) in (older, newer)
        assert only_holders(beside(place), place)
        if tries % 8 == 0:
            age(place)
            NEWER.save(place)
            assert contents(place) == newer
            assert beside(place) == []
        tries += 1
    record_property("tries", tries)
    assert met == {"older", "newer"}
    assert (gaps == 0) is exchanges
    assert tries > (10 if skip else 40)


def test_a_kill_at_any_step_of_a_first_save_leaves_nothing_or_the_run(tmp_path: Path, record_property: Tell) -> None:
    """Never a folder with a part of a run in it."""
    _, newer = whole(NEWER, tmp_path)
    tries, met = 0, set()
    for place, code in each_step(tmp_path, die, actors.save, None):
        assert code == -signal.SIGKILL
        met.add(place.exists())
        assert contents(place) == (newer if place.exists() else {})
        tries += 1
    record_property("tries", tries)
    assert met == {False, True}
    assert tries > 30


@pytest.mark.parametrize("skip", [3, *(pytest.param(skip, marks=PROVE) for skip in range(20) if skip != 3)])
@pytest.mark.parametrize("exchanges", [True, False])
def test_the_same_for_a_run_with_all_its_tables(tmp_path: Path, record_property: Tell, exchanges: bool, skip: int) -> None:
    """Forty files; every 20th step, all of them together."""
    (first, older), (_, newer) = whole(OLDER, tmp_path), whole(actors.WHOLE, tmp_path)
    tries = 0
    for place, code in each_step(tmp_path, die, actors.save_all, first, exchanges=exchanges, every=20, skip=skip):
        assert code == -signal.SIGKILL
        assert load_run(place).message in ("older", "")
        assert contents(place) in (older, newer)
        tries += 1
    record_property("tries", tries)
    assert tries > 5


@pytest.fixture(scope="module")
def between(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a writer was killed between the two renames of a system that cannot exchange names."""
    home = tmp_path_factory.mktemp("between")
    for place, _ in each_step(home, die, actors.save, whole(OLDER, home)[0], exchanges=False, skip=FILLED):
        if not place.exists():
            return Path(shutil.copytree(place.parent, home / "kept"))
    pytest.fail("no step between the two renames")


def show(place: Path) -> None:
    """`planner show` in a process of its own."""
    assert ended(actors.command, ["show", str(place)]) in (0, 1)  # the small run has not all tables of the page


@pytest.mark.parametrize("look", [load_run, load_plan, writable, show, NEWER.save])
def test_whoever_looks_first_finds_the_older_run(tmp_path: Path, between: Path, look: Callable[[Path], Any]) -> None:
    """Reading, verifying, showing, the next solve and the next save put it back."""
    older, newer = whole(OLDER, tmp_path)[1], whole(NEWER, tmp_path)[1]
    place = Path(shutil.copytree(between, tmp_path / "between")) / "run"
    assert not place.exists()
    look(place)
    assert contents(place) == (newer if look == NEWER.save else older)


@pytest.mark.parametrize(("exchanges", "skip"), [(True, FILLED), *(pytest.param(way, 0, marks=PROVE) for way in (True, False))])
def test_a_note_that_somebody_writes_at_any_step_is_never_lost(tmp_path: Path, record_property: Tell, exchanges: bool, skip: int) -> None:
    """A file that is no part of a run comes into its folder while it is being replaced: it stays, with the older run or with the newer."""
    (first, older), (_, newer) = whole(OLDER, tmp_path), whole(NEWER, tmp_path)
    tries, codes = 0, set()
    for place, code in each_step(tmp_path, Note, actors.save, first, exchanges=exchanges, skip=skip):
        found = contents(place)
        if place.parent.joinpath("told").exists():
            assert found.pop("thesis.txt") == b"years of work"
            codes.add(code)
        assert found in (older, newer)
        assert beside(place) in ([], ["told"])
        tries += 1
    record_property("tries", tries)
    assert codes == {0, 1}


def test_what_a_killed_writer_has_left_stays_while_it_may_be_alive(tmp_path: Path) -> None:
    """Young holders, and folders whose names only look alike, are not touched by a save; old holders of the same place are removed."""
    names = {".run.abcdefgh.saving", ".run.x.abcdefgh.saving", ".run.notes", ".run.abcdefgh", ".walk.abcdefgh.saving"}
    for name in names:
        (tmp_path / name / "new").mkdir(parents=True)
    NEWER.save(tmp_path / "run")
    assert set(os.listdir(tmp_path)) == names | {"run"}
    age(tmp_path / "run")
    NEWER.save(tmp_path / "run")
    assert set(os.listdir(tmp_path)) == names - {".run.abcdefgh.saving"} | {"run"}


@pytest.mark.parametrize(
    ("name", "action"), [("mine", actors.write_instance), ("mine.xlsx", actors.write_instance), ("run.xlsx", actors.export)]
)
@pytest.mark.parametrize("skip", [0, *(pytest.param(skip, marks=PROVE) for skip in range(1, 12))])
def test_instances_and_workbooks_are_whole_or_absent(
    tmp_path: Path, record_property: Tell, name: str, action: Callable[[Path], None], skip: int
) -> None:
    """`planner.write`, which convert, new and roll use, and `export`: killed at every 12th step, all of them together."""
    assert ended(action, tmp_path / name) == 0
    whole_one = contents(tmp_path / name)
    tries = 0
    for place, code in each_step(tmp_path, die, action, None, name=name, every=12, skip=skip):
        assert code == -signal.SIGKILL
        assert contents(place) == (whole_one if place.exists() else {})
        assert only_holders(beside(place), place)
        tries += 1
    record_property("tries", tries)
    assert tries or (skip and name.endswith(".xlsx"))  # a workbook is one file: it has about a dozen steps


def test_an_older_workbook_stays_until_the_newer_one_is_whole(tmp_path: Path, record_property: Tell) -> None:
    """Killed at every step of an export over an earlier one."""
    planner.to_xlsx(OLDER, tmp_path / "older.xlsx")
    planner.to_xlsx(NEWER, tmp_path / "newer.xlsx")
    both = [contents(tmp_path / "older.xlsx"), contents(tmp_path / "newer.xlsx")]
    assert both[0] != both[1]
    met = [both.index(contents(place)) for place, _ in each_step(tmp_path, die, actors.export, tmp_path / "older.xlsx", name="run.xlsx")]
    record_property("tries", len(met))
    assert set(met) == {0, 1}


def test_ctrl_c_at_any_step_of_a_save_from_a_program(tmp_path: Path, record_property: Tell) -> None:
    """KeyboardInterrupt comes out; the folder holds one of both whole, with at most a hidden folder beside it."""
    (first, older), (_, newer) = whole(OLDER, tmp_path), whole(NEWER, tmp_path)
    tries = 0
    for exchanges in (True, False):
        for place, code in each_step(tmp_path, interrupt, actors.save, first, exchanges=exchanges, every=6, skip=3 * exchanges):
            assert code == 1
            assert contents(place) in (older, newer)
            assert only_holders(beside(place), place)
            tries += 1
    record_property("tries", tries)


def test_ctrl_c_while_a_solve_saves_its_run_is_too_late(tmp_path: Path, record_property: Tell) -> None:
    """The command line saves what was found, whatever is pressed: the newer run is there, the exit code is that of the solve."""
    newer = whole(NEWER, tmp_path)[1]
    planner.write(everything(), tmp_path / "mine")
    steps = range(5, 50, 15)
    for wanted in steps:
        place = tmp_path / str(wanted)
        OLDER.save(place)
        assert ended(actors.solve_interrupted, ["solve", str(tmp_path / "mine"), "-q", "-o", str(place)], wanted) == 0
        assert contents(place) == newer
    record_property("tries", len(steps))


@pytest.mark.prove
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_solve_that_is_ended_while_it_searches_writes_nothing(tmp_path: Path, number: signal.Signals) -> None:
    """The process ends by the signal; the older run is there, whole, and nothing beside it."""
    older = whole(OLDER, tmp_path)[1]
    planner.write(hard(), tmp_path / "hard")
    place = tmp_path / "runs" / "run"
    OLDER.save(place)
    with started(Limits(), actors.command, ["solve", str(tmp_path / "hard"), "--gap", "0", "--threads", "1", "-o", str(place)]) as told:
        while "best plan" not in told.stream.readline():
            assert told.process.is_alive()
        os.kill(told.process.pid, number)
        assert told.code() == -number
    assert contents(place) == older
    assert beside(place) == []


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=PROVE) for part in range(1, 12))])
def test_a_kill_at_any_moment_of_a_solve_leaves_the_older_run_or_the_newer_one(tmp_path: Path, record_property: Tell, part: int) -> None:
    """From reading the instance to the page, by the clock; by SIGTERM as by SIGKILL."""
    older = whole(OLDER, tmp_path)[1]
    planner.write(everything(), tmp_path / "mine")
    place = tmp_path / "runs" / "run"
    moments = [0.05 + 0.35 * i + 0.03 * part for i in range(4)]
    for seconds, number in zip(moments, cycle((signal.SIGKILL, signal.SIGTERM)), strict=False):
        OLDER.save(place)
        with started(Limits(), actors.command, ["solve", str(tmp_path / "mine"), "--threads", "1", "-q", "-o", str(place)]) as told:
            time.sleep(seconds)
            with suppress(ProcessLookupError):  # it may have ended by itself
                os.kill(told.process.pid, number)
            code = told.code()
        if code == 0:
            assert load_run(place).outcome == "optimal"
        else:
            assert code == -number
            assert contents(place) == older or load_run(place).outcome == "optimal"
        assert only_holders(beside(place), place)
    record_property("tries", len(moments))
