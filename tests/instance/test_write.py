"""What is written can be read back without loss; a folder is written whole or not at all."""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import planner
from planner.errors import CannotWrite
from planner.instance import examine, load, starter, write
from planner.instance.write import new_folder
from planner_models.schema import TABLES
from tests.instance.case import Folder
from tests.instance.full import hoard


def test_round_trip(folder: Folder, tmp_path: Path) -> None:
    instance = load(folder.path)
    write(instance, tmp_path / "copy")
    assert load(tmp_path / "copy") == instance


def test_round_trip_of_every_field(folder: Folder, tmp_path: Path) -> None:
    folder.cell("sites", 2, "power_factor", "0.9123456789012345")
    folder.cell("sites", 2, "energy_adder_usd_per_mwh", "1e-30")
    folder.cell("sites", 3, "land_it_mw", "123456.7890123456")
    for column, text in {
        "status": "1=1+1",
        "owner": ' "quoted", and more',
        "source": "two\nlines",
        "as_of": "46113",
        "note": "é ☂",
    }.items():
        folder.cell("leases", 3, column, text)
    options = "options: {gap_fraction: 0.00025, time_limit_s: 90, threads: 2, seed: 3}\n"
    halvings = "halvings: [2012-11-28, 2016-07-09, 2020-05-11, 2024-04-20]\ntitle: 'It''s \"so\": #1'\n"
    folder.put("instance.yaml", folder.text("instance.yaml") + "  dividends_from: 2028-04\n" + options + halvings)
    instance = load(folder.path)
    assert instance.leases[1].owner == ' "quoted", and more'
    write(instance, tmp_path / "copy")
    again = load(tmp_path / "copy")
    assert again == instance
    assert again.leases[1].source == "two\nlines"
    assert len(again.halvings) == 4
    assert again.finance.dividends_from == dt.date(2028, 4, 1)


def test_empty_tables_leave_no_file(full: Folder, tmp_path: Path) -> None:
    write(load(hoard(full).path).with_("budgets", ()), tmp_path / "copy")
    assert sorted(os.listdir(tmp_path / "copy")) == sorted(["instance.yaml", *(f"{name}.csv" for name in TABLES if name != "budgets")])


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=20), number=st.floats(allow_nan=False, allow_infinity=False))
def test_any_text_and_any_number_survive_or_are_refused(folder: Folder, tmp_path_factory: Any, text: str, number: float) -> None:
    """A value that the schema takes comes back as it was; one that no file can hold is refused by the schema."""
    instance = load(folder.path)
    try:
        changed = instance.with_("title", text).with_("sites.north.note", text).with_("finance.opening_cash_musd", number)
    except ValueError:
        return
    path = tmp_path_factory.mktemp("any") / "copy"
    write(changed, path)
    assert load(path) == changed


def test_a_folder_in_use_is_refused_and_left_alone(folder: Folder, tmp_path: Path) -> None:
    instance = load(folder.path)
    place = tmp_path / "place"
    place.mkdir()
    (place / "mine.txt").write_text("keep")
    with pytest.raises(CannotWrite, match="it is not empty"):
        write(instance, place)
    with pytest.raises(CannotWrite, match="it is a file"):
        write(instance, place / "mine.txt")
    assert os.listdir(place) == ["mine.txt"]


def test_an_empty_folder_is_filled(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "place").mkdir()
    write(load(folder.path), tmp_path / "place")
    assert load(tmp_path / "place") == load(folder.path)


def test_a_failure_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.write_bytes

    def refuse(path: Path, data: bytes) -> int:
        if path.name == "sites.csv":
            raise OSError(28, "No space left on device")
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(CannotWrite, match="cannot be written: No space left on device") as caught:
        new_folder(tmp_path / "place", {"instance.yaml": "x", "sites.csv": "y"})
    assert caught.value.exit_code == 2
    assert os.listdir(tmp_path) == []


def test_paths_that_cannot_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CannotWrite, match="cannot be written"):
        starter(tmp_path / "file" / "below")
    with pytest.raises(CannotWrite, match="cannot be written"):
        starter(tmp_path / "a\0b")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(CannotWrite, match="is the current folder"):
        starter(".")


def test_the_starter_is_valid_and_says_so_without_notices(tmp_path: Path) -> None:
    starter(tmp_path / "mine")
    report = examine(tmp_path / "mine")
    assert (report.problems, report.notices) == ((), ())


def test_the_starter_is_explained(tmp_path: Path) -> None:
    starter(tmp_path / "mine")
    lines = (tmp_path / "mine" / "instance.yaml").read_text().splitlines()
    assert lines[0] == "# yaml-language-server: $schema=schema.json"
    assert (tmp_path / "mine" / "schema.json").exists()
    for key in ("name", "start", "periods", "halvings", "objective", "finance", "options", "  opening_cash_musd", "  threads"):
        at = next(i for i, line in enumerate(lines) if line.startswith(f"{key}:"))
        assert lines[at - 1].lstrip().startswith("# "), key
    instance = load(tmp_path / "mine")
    assert all(row.note for name in TABLES for row in getattr(instance, name))


def test_transformers_leave_the_starter_as_its_note_says(tmp_path: Path) -> None:
    """Files and row that the note names are deleted, and nothing else; what is left is valid, without a notice."""
    starter(tmp_path / "mine")
    note = load(tmp_path / "mine").equipment[0].note or ""
    *files, last = re.findall(r"\w+\.csv", note)
    row = re.search(r"row (\w+) of", note)
    assert row is not None
    for name in files:
        (tmp_path / "mine" / name).unlink()
    lines = (tmp_path / "mine" / last).read_text().splitlines(keepends=True)
    (tmp_path / "mine" / last).write_text("".join(line for line in lines if not line.startswith(f"{row[1]},")))
    report = examine(tmp_path / "mine")
    assert (report.problems, report.notices) == ((), ())


def test_the_starter_solves_and_decides(tmp_path: Path) -> None:
    """It takes the lease that it offers, in new halls, and its plan passes the check."""
    starter(tmp_path / "mine")
    run = planner.solve(load(tmp_path / "mine"))
    assert run.outcome in ("optimal", "within_gap")
    assert run.certificate is not None
    assert run.certificate.ok
    assert run.plan is not None
    assert run.plan.decisions["started"]
    assert run.plan.decisions["built_modules"]
