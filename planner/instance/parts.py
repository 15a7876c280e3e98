"""What is read from a folder or a workbook before it is judged: settings and tables, where each stands, problems, notices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.errors import Problem
from planner.instance.notice import Notice, Where
from planner.instance.settings import Reading
from planner.instance.table import Table

SETTINGS = "instance"
"""The settings among the parts, beside the names of the tables; also the sheet that holds them in a workbook."""

README = "readme"
"""The sheet that holds the lines of a folder's README.md."""


@dataclass(frozen=True)
class Parts:
    """Settings and tables as read, the place of each part by name, what is to be told so far, and the README of a workbook."""

    reading: Reading
    tables: Mapping[str, Table]
    where: Mapping[str, Where]
    problems: tuple[Problem, ...]
    notices: tuple[Notice, ...]
    readme: str = ""
