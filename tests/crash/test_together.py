"""Several processes write to the same place at once, and others read: each sees one of them whole, and nothing is left beside."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.runs import load_run
from tests.crash import actors
from tests.crash.actors import OLDER, Limits
from tests.crash.case import CHILDREN, beside, contents, started, whole

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="fork")
Tell = Callable[[str, object], None]
PROVE = pytest.mark.prove


@pytest.mark.parametrize(("writers", "times", "exchanges"), [
    (2, 12, True), (8, 4, True), (2, 12, False), (8, 4, False),
    *(pytest.param(writers, 400, exchanges, marks=PROVE) for writers in (2, 8) for exchanges in (True, False)),
])  # fmt: skip
def test_writers_of_one_folder_leave_one_whole_run(
    tmp_path: Path, record_property: Tell, writers: int, times: int, exchanges: bool
) -> None:
    """No writer fails. A reader in a loop sees runs that are whole, never a mixture of two, never none.

    Where names cannot be exchanged, a reader may be told that the run does not exist: it looks anew only so often.
    """
    place = tmp_path / "run"
    OLDER.save(place)
    ours, theirs = CHILDREN.Pipe()
    reader = CHILDREN.Process(target=actors.read_many, args=(place, theirs))
    reader.start()
    crew = [CHILDREN.Process(target=actors.write_many, args=(place, number, times, exchanges)) for number in range(writers)]
    for writer in crew:
        writer.start()
    for writer in crew:
        writer.join(300)
    ours.send("enough")
    read, faults = ours.recv()
    reader.join()
    record_property("tries", writers * times)
    assert [writer.exitcode for writer in crew] == [0] * writers
    assert read > 0
    allowed = () if exchanges else ("does not exist", "run.json is missing", "has no run.json", "replaced by another run each time")
    assert {fault for fault in faults if not any(words in fault for words in allowed)} == set()
    assert load_run(place).message.endswith(f"time {times - 1}")
    assert beside(place) == []


@pytest.mark.parametrize("tries", [2, pytest.param(40, marks=PROVE)])
@pytest.mark.parametrize(("name", "action"), [("mine", actors.write_instance), ("mine.xlsx", actors.write_instance)])
def test_of_writers_of_a_new_instance_one_wins(
    tmp_path: Path, record_property: Tell, name: str, action: Callable[[Path], None], tries: int
) -> None:
    """What is never replaced is not replaced by those who came a moment later either: they are told that it is there."""
    (tmp_path / "alone").mkdir()
    action(tmp_path / "alone" / name)
    writers = 4
    for number in range(tries):
        place = tmp_path / str(number) / name
        place.parent.mkdir()
        crew = [CHILDREN.Process(target=actors.refused_or_not, args=(action, place)) for _ in range(writers)]
        for writer in crew:
            writer.start()
        for writer in crew:
            writer.join(120)
        assert sorted(writer.exitcode or 0 for writer in crew) == [0, *[2] * (writers - 1)]
        assert contents(place) == contents(tmp_path / "alone" / name)
        assert beside(place) == []
    record_property("tries", tries * writers)


def test_two_solves_into_one_folder(tmp_path: Path, record_property: Tell) -> None:
    """By the command line: both say that they have saved; the folder has the run of one of them."""
    older, newer = whole(OLDER, tmp_path)[1], whole(actors.NEWER, tmp_path)[1]
    actors.write_instance(tmp_path / "mine")
    place = tmp_path / "runs" / "run"
    arguments = ["solve", str(tmp_path / "mine"), "-q", "-o", str(place)]
    with (
        started(Limits(), actors.solve_at_once, arguments) as one,
        started(Limits(), actors.solve_older_at_once, arguments) as other,
    ):
        assert (one.code(), other.code()) == (0, 0)
    assert contents(place) in (older, newer)
    assert beside(place) == []
    record_property("tries", 2)
