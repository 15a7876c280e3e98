"""A disk that is full, a file that may not grow, a folder that may not be written: told in words, nothing lost, nothing half."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import planner
from planner.runs import load_run
from tests.crash import actors
from tests.crash.actors import ALL_FILES, FILES, NEWER, OLDER, WHOLE, Limits
from tests.crash.case import beside, contents, told, whole
from tests.example import everything

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits")
Tell = Callable[[str, object], None]
PROVE = pytest.mark.prove


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """An instance."""
    planner.write(everything(), tmp_path / "mine")
    return tmp_path / "mine"


def refused(text: str, place: Path, reason: str) -> None:
    """The message is one line that names the place and the reason."""
    assert text == f"planner: {place} cannot be written: {reason}\n"


SIZES = sorted({size - less for size in map(len, FILES.values()) for less in (1, size // 2)})


@pytest.mark.parametrize("size", [0, SIZES[0], SIZES[-1], *(pytest.param(size, marks=PROVE) for size in SIZES[1:-1])])
@pytest.mark.parametrize("first", [True, False])
def test_files_may_not_grow(tmp_path: Path, mine: Path, record_property: Tell, first: bool, size: int) -> None:
    """A quota that some file exceeds: the older run stays, or nothing where none was."""
    place = tmp_path / "runs" / "run"
    place.parent.mkdir()
    older = whole(OLDER, tmp_path)[1] if first else {}
    if first:
        OLDER.save(place)
    code, text = told(Limits(file_bytes=size), actors.solve_at_once, ["solve", str(mine), "-q", "-o", str(place)])
    assert code == 2
    refused(text, place, "File too large")
    assert contents(place) == older
    assert beside(place) == []
    record_property("tries", 1)


def test_files_may_grow_enough(tmp_path: Path, mine: Path) -> None:
    """The same quota just large enough."""
    most = max(map(len, FILES.values()))
    code, text = told(Limits(file_bytes=most), actors.solve_at_once, ["solve", str(mine), "-q", "-o", str(tmp_path / "run")])
    assert (code, text) == (0, "")
    assert contents(tmp_path / "run") == FILES


COMMANDS = [
    ("next", ["roll", "SOLVED", "--as-of", "2027-07", "-o", "OUT"]),
    ("next.xlsx", ["roll", "SOLVED", "--as-of", "2027-07", "-o", "OUT"]),
    ("run.xlsx", ["export", "SOLVED", "--xlsx", "OUT"]),
    ("mine.xlsx", ["convert", "MINE", "OUT"]),
    ("mine2", ["new", "OUT"]),
]


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was solved."""
    place = tmp_path_factory.mktemp("solved") / "run"
    planner.solve(everything()).save(place)
    return place


@pytest.mark.parametrize(("name", "arguments"), COMMANDS)
def test_every_command_that_writes_tells_of_a_quota(tmp_path: Path, mine: Path, solved: Path, name: str, arguments: list[str]) -> None:
    """Nothing half, nothing beside."""
    place = tmp_path / "out" / name
    place.parent.mkdir()
    names = {"SOLVED": str(solved), "MINE": str(mine), "OUT": str(place)}
    code, text = told(Limits(file_bytes=500), actors.command, [names.get(word, word) for word in arguments])
    assert code == 2, text
    refused(text, place, "File too large")
    assert os.listdir(place.parent) == []


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 512 KiB."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k,nr_inodes=200", "tmpfs", str(place)], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("mounting is not permitted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("free", [0, 1, 5, *(pytest.param(free, marks=PROVE) for free in range(2, 60) if free != 5)])
@pytest.mark.parametrize("first", [True, False])
def test_a_disk_that_fills_up(tmp_path: Path, disk: Path, record_property: Tell, first: bool, free: int) -> None:
    """So many pages are left when the save begins: the older run stays until all of the newer one is on the disk."""
    place = disk / "run"
    older = whole(OLDER, tmp_path)[1] if first else {}
    if first:
        OLDER.save(place)
    room = os.statvfs(disk)
    with open(disk / "ballast", "wb") as ballast:
        ballast.write(b"x" * (room.f_bavail - free) * room.f_bsize)
    code, text = told(Limits(), actors.save_whole, place)
    if code == 0:
        assert contents(place) == ALL_FILES
        assert free > 20
    else:
        assert (code, text) == (2, f"{place} cannot be written: No space left on device\n")
        assert contents(place) == older
    assert beside(place) == ["ballast"]
    record_property("tries", 1)


def test_no_room_for_one_more_name(tmp_path: Path, disk: Path) -> None:
    """No inode is left: known before the solve."""
    place = disk / "run"
    OLDER.save(place)
    older = contents(place)
    for number in range(os.statvfs(disk).f_ffree):
        (disk / f"ballast{number}").touch()
    code, text = told(Limits(), actors.solve_never, ["solve", str(tmp_path / "missing"), "-o", str(place)])
    assert code == 2
    refused(text, place, "No space left on device")
    assert contents(place) == older


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="/dev/full")
def test_a_page_that_cannot_be_printed(tmp_path: Path, mine: Path) -> None:
    """The disk is full to which the page is sent: told, exit code 2, and the run is saved all the same."""
    WHOLE.save(tmp_path / "run")
    for arguments in (["solve", str(mine), "-o", str(tmp_path / "new")], ["show", str(tmp_path / "run")], ["schema"]):
        code, text = told(Limits(), actors.command_into_full_disk, arguments)
        assert code == 2, text
        assert text.splitlines()[-1] == "planner: the output cannot be used: No space left on device"
        assert "Traceback" not in text
    assert load_run(tmp_path / "new").value_musd == WHOLE.value_musd


@pytest.fixture
def theirs() -> Iterator[Path]:
    """A folder that everybody may read and nobody but its owner write; not in one of tests, which only their owner may enter."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o755)
        OLDER.save(place / "run")
        (place / "run").chmod(0o777)
        (place / "open").mkdir()
        OLDER.save(place / "open" / "run")
        (place / "open").chmod(0o777)
        (place / "open" / "run").chmod(0o555)
        place.chmod(0o555)
        yield place
        (place / "open" / "run").chmod(0o755)
        place.chmod(0o755)


@pytest.mark.parametrize(("name", "words"), [
    ("run", "cannot be written: {home} is not writable"),
    ("new", "cannot be written: {home} is not writable"),
    ("new/deeper", "cannot be written: {home} is not writable"),
    ("open/run", "is not overwritten: it is not writable"),
])  # fmt: skip
def test_a_folder_that_may_not_be_written_is_known_before_the_solve(theirs: Path, name: str, words: str) -> None:
    """The folder that is to hold the run, or the run itself, is write-protected: exit code 2 before the instance is read."""
    before = contents(theirs)
    code, text = told(Limits(is_nobody=True), actors.solve_never, ["solve", str(theirs / "missing"), "-o", str(theirs / name)])
    assert (code, text) == (2, f"planner: {theirs / name} {words.format(home=theirs)}\n")
    assert contents(theirs) == before
    assert os.listdir(theirs / "open") == ["run"]


def test_a_folder_that_is_protected_during_the_solve(theirs: Path) -> None:
    """The save is refused as the trial would have been; the older run stays."""
    before = contents(theirs)
    code, text = told(Limits(is_nobody=True), actors.save_whole, theirs / "run")
    assert (code, text) == (2, f"{theirs / 'run'} cannot be written: {theirs} is not writable\n")
    assert contents(theirs) == before


def test_a_place_where_a_file_system_is_mounted(disk: Path) -> None:
    """It cannot be renamed, so it is refused before the solve; a folder in it is taken."""
    code, text = told(Limits(), actors.solve_never, ["solve", "missing", "-o", str(disk)])
    assert code == 2
    assert "a file system is mounted there; give the name of a folder in it" in text
    NEWER.save(disk / "run")
    assert contents(disk / "run") == FILES
