"""The fixtures of the instance tests: a valid folder and a valid workbook in which a test changes one thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.instance.books import Book
from tests.instance.case import Folder
from tests.instance.full import fill


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """The valid folder, in a place of its own."""
    path = tmp_path / "case"
    path.mkdir()
    return Folder(path)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """The valid workbook, in a place of its own."""
    return Book(tmp_path / "mine.xlsx")


@pytest.fixture
def full(folder: Folder) -> Folder:
    """The same with a row in every table, in which a test changes one thing."""
    return fill(folder)
