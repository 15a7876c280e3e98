"""The fixture of the instance tests: a valid folder in which a test changes one thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.instance.case import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """The valid folder, in a place of its own."""
    path = tmp_path / "case"
    path.mkdir()
    return Folder(path)
