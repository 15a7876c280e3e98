"""The power fails: what has reached the disk by then holds the older run or the newer one, whole; and a save that has returned lasts."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from planner.runs import load_run
from tests.crash import actors
from tests.crash.actors import FILES, OLDER
from tests.crash.case import NO_SUCH_STEP, contents, ended, whole

Tell = Callable[[str, object], None]


@contextmanager
def mounted(image: Path) -> Iterator[Path]:
    """A file as a disk."""
    place = image.with_suffix(".disk")
    place.mkdir()
    made = subprocess.run(["mount", "-o", "loop", str(image), str(place)], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("mounting is not permitted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)
        place.rmdir()


@pytest.mark.prove
@pytest.mark.skipif(not shutil.which("mkfs.ext4"), reason="mkfs.ext4")
@pytest.mark.parametrize("exchanges", [True, False])
def test_the_disk_as_it_is_at_any_step_holds_a_whole_run(tmp_path: Path, record_property: Tell, exchanges: bool) -> None:
    """The writer is stopped at a step; a copy of the disk without what the system still keeps in memory is what a power cut leaves."""
    older = whole(OLDER, tmp_path)[1]
    image, copy = tmp_path / "live.image", tmp_path / "copy.image"
    image.write_bytes(bytes(8 << 20))
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    tries, met, code = 0, set(), 0
    with mounted(image) as disk:
        while code != NO_SUCH_STEP:
            tries += 1
            place = disk / str(tries) / "run"
            OLDER.save(place)
            subprocess.run(["sync", "-f", str(disk)], check=True)
            code = ended(actors.at_step, tries, actors.die, actors.save, place, exchanges)
            assert code in (-signal.SIGKILL, NO_SUCH_STEP)
            shutil.copy(image, copy)
            with mounted(copy) as left:
                found = left / str(tries) / "run"
                met.add(load_run(found).message)
                assert contents(found) in (older, FILES)
                assert code != NO_SUCH_STEP or contents(found) == FILES
            shutil.rmtree(place.parent)
    record_property("tries", tries)
    assert met == {"older", "newer"}
