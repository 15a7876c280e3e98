"""Files and folders that are not what they should be are refused with a clear word, never a traceback."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from planner.instance import examine, raw
from tests.instance.case import Folder

HEADER = "id,market,land_it_mw\n"


def test_no_such_folder(tmp_path: Path) -> None:
    problem = str(examine(tmp_path / "nowhere").problems[0])
    assert "nowhere: found no such folder" in problem
    assert "an instance folder: one that holds instance.yaml" in problem


def test_a_file_is_not_a_folder(folder: Folder) -> None:
    report = examine(folder.path / "instance.yaml")
    assert report.instance is None
    assert "found a file; allowed: an instance folder" in str(report.problems[0])
    assert "give the folder that holds it" in str(report.problems[0])


def test_a_folder_without_settings_is_not_an_instance(tmp_path: Path) -> None:
    assert "not an instance folder: no instance.yaml" in str(examine(tmp_path).problems[0])


def test_the_folder_of_a_run_is_not_an_instance(tmp_path: Path) -> None:
    """It has an instance.json, which is no slip for instance.yaml."""
    for name in ("run.json", "instance.json", "plan.json"):
        (tmp_path / name).write_text("{}")
    message = str(examine(tmp_path).problems[0])
    assert "found the folder of a run: run.json, but no instance.yaml; allowed: an instance folder" in message
    assert f"`planner verify {tmp_path}` checks its plan against the instance inside" in message
    assert "did you mean" not in message


def test_runs_inside_an_instance_are_silent(folder: Folder) -> None:
    """`planner solve . -o run`, as the starter has it."""
    (folder.path / "run").mkdir()
    assert len(folder.notices()) == 1
    (folder.path / "run" / "run.json").write_text("{}")
    assert folder.notices() == []


def test_a_slip_in_the_name_of_the_settings(folder: Folder) -> None:
    (folder.path / "instance.yaml").rename(folder.path / "instance.yml")
    assert "did you mean to name 'instance.yml' instance.yaml?" in folder.problem()


def test_a_path_that_no_system_has() -> None:
    assert "cannot be read" in str(examine("a\0b").problems[0])


@pytest.mark.parametrize(("name", "meant"), [("sites.cvs", "sites.csv"), ("site.csv", "sites.csv"), ("Sites.csv", "sites.csv")])
def test_a_slip_in_the_name_of_a_table(folder: Folder, name: str, meant: str) -> None:
    (folder.path / "sites.csv").rename(folder.path / name)
    if (folder.path / "sites.csv").exists():
        pytest.skip("a file system that ignores letter case")
    message = folder.problem()  # and no 'unknown site' behind it
    assert message.startswith(f"{name}: found an unknown file; allowed: instance.yaml, sites.csv")
    assert f"did you mean '{meant}'?" in message


def test_other_files_are_a_notice_and_the_usual_ones_are_silent(folder: Folder) -> None:
    for name in ("README.md", "expected.json", "schema.json", ".hidden", "sources.txt"):
        folder.put(name, "x")
    assert folder.notices() == []
    folder.put("sites_old.csv", HEADER)
    (folder.path / "more").mkdir()
    assert folder.notices() == [
        "more: found a file or folder of another kind; it is not read",
        "sites_old.csv: found a file or folder of another kind; it is not read",
    ]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b" \r\n"])
def test_empty_files(folder: Folder, content: bytes) -> None:
    folder.put("sites.csv", content)
    assert folder.problem() == ("sites.csv: found an empty file; allowed: a header line, then rows; or no such file for an empty table")


def test_a_byte_order_mark_is_accepted_with_a_notice(folder: Folder) -> None:
    folder.put("sites.csv", b"\xef\xbb\xbf" + folder.text("sites.csv").encode())
    assert folder.notice() == (
        "sites.csv line 1: found a byte-order mark; a byte-order mark, which Excel writes, is not needed; it was skipped"
    )


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"PK\x03\x04rest", "an Excel workbook (or zip file) under this name"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook"),
        ("id,market\n".encode("utf-16"), "text in UTF-16"),
        (b"id,market,land_it_mw\nnorth,er\0cot,60\n", "a zero byte at offset 29: binary data"),
    ],
)
def test_files_that_hold_no_text(folder: Folder, content: bytes, part: str) -> None:
    folder.put("sites.csv", content)
    assert part in folder.problem()
    assert "in Excel save as 'CSV UTF-8 (comma delimited)'" in folder.problem()


def test_bytes_that_are_not_utf8_name_line_and_offset(folder: Folder) -> None:
    folder.put("sites.csv", HEADER.encode() + b"north,ercot,60\ns\xfcd,ercot,40\n")
    assert folder.problem().startswith("sites.csv line 3: found byte 0xfc at offset 37, which is not UTF-8; allowed: text in UTF-8")


def test_settings_that_are_not_utf8_are_saved_by_an_editor(folder: Folder) -> None:
    folder.put("instance.yaml", folder.text("instance.yaml").encode() + b"title: M\xfcller\n")
    assert folder.problems()[0].endswith("allowed: text in UTF-8; save as UTF-8 in the editor")
    folder.put("instance.yaml", b"PK\x03\x04rest")
    assert "Excel save" not in folder.problems()[0]


def test_the_offset_counts_the_byte_order_mark(folder: Folder) -> None:
    folder.put("sites.csv", b"\xef\xbb\xbfid\xff")
    assert "line 1: found byte 0xff at offset 5" in folder.problem()


def test_a_file_over_the_limit_is_refused_before_it_is_read(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw, "LIMIT_BYTES", 1_000_000)
    with (folder.path / "sites.csv").open("wb") as file:
        file.truncate(2_500_000)
    assert folder.problem() == "sites.csv: found 2.5 MB; allowed: at most 1 MB; it was not read"


def test_the_limits_of_files() -> None:
    assert (raw.LIMIT_BYTES, raw.SETTINGS_LIMIT_BYTES) == (20_000_000, 100_000)


def test_large_settings_are_refused(folder: Folder) -> None:
    folder.put("instance.yaml", "#" * 100_001)
    assert "instance.yaml: found 0.1 MB; allowed: at most 0.1 MB; it was not read" in folder.problems()


def test_a_table_that_is_a_folder_or_a_broken_link(folder: Folder) -> None:
    folder.remove("sites.csv")
    (folder.path / "sites.csv").mkdir()
    assert folder.problem() == "sites.csv: found not a regular file; allowed: a text file"
    (folder.path / "sites.csv").rmdir()
    (folder.path / "sites.csv").symlink_to("nowhere.csv")
    assert folder.problem() == "sites.csv: found not a regular file; allowed: a text file"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_does_not_block(folder: Folder) -> None:
    folder.remove("sites.csv")
    os.mkfifo(folder.path / "sites.csv")
    assert "not a regular file" in folder.problem()


def test_a_file_without_leave_to_read(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def refuse(path: str | Path, flags: int, **more: Any) -> int:
        if Path(path).name == "sites.csv":
            raise PermissionError(13, "Permission denied")
        return real(path, flags, **more)

    monkeypatch.setattr(os, "open", refuse)
    assert "sites.csv: found a file that cannot be read (Permission denied)" in folder.problem()


@pytest.mark.parametrize(("mark", "word"), [(";", "semicolons"), ("\t", "tabs")])
def test_other_separators(folder: Folder, mark: str, word: str) -> None:
    folder.put("sites.csv", folder.text("sites.csv").replace(",", mark))
    assert folder.problem().startswith(
        f"sites.csv line 1: found cells separated by {word}; allowed: commas between the cells; save with commas"
    )


def test_the_separator_line_of_excel(folder: Folder) -> None:
    folder.put("sites.csv", "sep=,\n" + folder.text("sites.csv"))
    assert "allowed: the header as the first line; delete this line" in folder.problem()


def test_rows_with_too_many_or_too_few_cells(folder: Folder) -> None:
    folder.put("sites.csv", HEADER + "north,ercot,60,9\nsouth,ercot\n")
    assert folder.problems() == [
        "sites.csv line 2: found 4 cells; allowed: 3 cells, as in the header; a cell with a comma needs quotes",
        "sites.csv line 3: found 2 cells; allowed: 3 cells, as in the header",
    ]


def test_columns_unknown_missing_nameless_and_twice(folder: Folder) -> None:
    folder.put("sites.csv", "id,market,land_it_mv,market,,colour\nnorth,ercot,60,ercot,,\nsouth,ercot,40,ercot,,\n")
    messages = folder.problems()
    assert len(messages) == 4
    assert messages[0].startswith("sites.csv line 1, 'land_it_mv': found an unknown column; allowed: id, market, land_it_mw")
    assert messages[0].endswith("did you mean 'land_it_mw'?")  # so the missing column is not reported again
    assert messages[1] == "sites.csv line 1, market: found the column a second time; allowed: each column once"
    assert messages[2].startswith("sites.csv line 1: found column 5 without a name")
    assert "'colour': found an unknown column" in messages[3]


def test_a_required_column_that_is_not_there_is_one_problem(folder: Folder) -> None:
    folder.put("sites.csv", "id,land_it_mw\nnorth,60\nsouth,40\n")
    assert folder.problem() == (
        "sites.csv line 1, market: found no such column; allowed: this column, which is required: "
        "a short name of letters, digits, '_', '.' and '-', at most 64, starting with a letter or digit"
    )


def test_a_quote_that_is_not_closed(folder: Folder) -> None:
    folder.put("sites.csv", HEADER + 'north,ercot,60\n"south,ercot,40\n')
    message = folder.problem()  # the site behind it is not reported as unknown
    assert message.startswith("sites.csv line 3: found a row that is not CSV")


def test_line_ends_of_every_system(folder: Folder) -> None:
    for end in ("\r\n", "\r"):
        folder.put("sites.csv", folder.text("sites.csv").replace("\n", end).encode())
        assert folder.problems() == []
        folder.put("sites.csv", folder.text("sites.csv").replace("\r\n", "\n").replace("\r", "\n"))
