"""Instances made to harm: refused in words, by exit code 3, in seconds and little memory; or harmless, and shown as plain text."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from planner.cli import main
from planner.errors import CannotWrite, InvalidInstance, shown
from planner.instance import examine, load, raw, write
from planner.rolling import read_actuals
from planner_models.kinds import is_formula
from tests.instance.books import Book
from tests.instance.case import Folder
from tests.tiny import tiny

NINES = "9" * 5000


def words(report: Any) -> str:
    """The messages of a report that refuses."""
    assert report.instance is None
    return "\n".join(map(str, report.problems))


# ---- instance.yaml


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(20)
)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (BOMB, "line 9, a: found an unknown key"),
        (BOMB + "halvings: *u\n", "halvings[0]: found a list; allowed: a day"),
        ("title: !!python/object/apply:os.system ['x']\n", "line 9, title: found a list with the tag tag:yaml.org,2002:python/object/"),
        ("title: !!python/name:os.system x\n", "line 9, title: found 'x' with the tag tag:yaml.org,2002:python/name:os.system"),
        (
            "options: !!python/object:planner.errors.Problem {seed: 1}\n",
            "line 9, options: found a block of keys with the tag tag:yaml.org,2002:python/object:planner.errors.Problem; allowed: a block",
        ),
        ("options: !mine\n  seed: 1\n", "line 9, options: found a block of keys with the tag !mine; allowed: a block"),
        ("halvings: !mine [2028-04-17]\n", "line 9, halvings: found a list with the tag !mine; allowed: a list"),
        ("!mine options:\n  seed: 1\n", "line 9, 'options' with the tag !mine: found an unknown key"),
        ("<<: {title: x}\n", "line 9, <<: found an unknown key"),
        ("options: &o {seed: 1}\nbase:\n  <<: *o\n", "line 10, base: found an unknown key"),
        ("halvings: &a [*a]\n", "line 9, halvings[0]: found a list; allowed: a day"),
        ("options: &a {options: *a}\n", "line 9, options.options: found an unknown key"),
        ("title: " + "[" * 10_000 + "\n", "found blocks nested too deeply to read"),
        ("title: " + "{a: " * 10_000 + "\n", "found blocks nested too deeply to read"),
        ("title:\n  " + "- " * 10_000 + "x\n", "found blocks nested too deeply to read"),
        ("title:\n  " + "? " * 10_000 + "x\n", "found blocks nested too deeply to read"),
        (f"options:\n  seed: {NINES}\n", f"line 10, options.seed: found '{'9' * 60}'... (5000 characters), which is beyond what a number"),
        ("options:\n  seed: 1e999999999\n", "options.seed: found '1e999999999', which is beyond what a number can hold"),
        ('"\\e[31mred\\nplanner: all is well": 1\n', r"line 9, \x1b[31mred\nplanner: all is well: found an unknown key"),
        (f"? {'k' * 50_000}\n: 1\n", f"line 9, {'k' * 200}... (50000 characters): found an unknown key"),
        ("--- \nname: other\n", "but found another document"),
        ("%TAG ! !foo\n", "found what is not YAML"),
        ("title: '=HYPERLINK(\"http://x\")'\n", "line 9, title: found '=HYPERLINK"),
    ],
)
def test_hostile_settings(folder: Folder, more: str, told: str) -> None:
    folder.put("instance.yaml", folder.text("instance.yaml") + more)
    began = time.process_time()
    message = words(folder.report())
    assert told in message
    assert all(len(line) < 1500 for line in message.splitlines())
    assert message.isprintable() or message.replace("\n", "").isprintable()
    assert time.process_time() - began < 8
    assert not Path("pwned").exists()


def test_settings_as_long_as_they_may_be_are_read_in_seconds(folder: Folder) -> None:
    begun = time.process_time()
    head = folder.text("instance.yaml") + "halvings: ["
    folder.put("instance.yaml", head + "2012-11-28," * ((raw.SETTINGS_LIMIT_BYTES - len(head) - 2) // 11) + "]\n")
    assert "halvings[1]: found 2012-11-28" in words(folder.report())
    assert time.process_time() - begun < 10


# ---- names


NAMES = [
    "../../x",
    "..",
    "/etc/passwd",
    "C:\\x",
    "a/b",
    "a\0b",
    "a\nb",
    "a\u202eb",
    "a\u200bb",
    "=1+1",
    "+1",
    "-1",
    "@x",
    "<b>x</b>",
    ".hidden",
]


@pytest.mark.parametrize("name", NAMES)
def test_ids_that_are_paths_formulas_or_markup_are_refused(folder: Folder, name: str) -> None:
    folder.cell("budgets", 2, "note", "")
    folder.cell("grid", 4, "id", name)
    message = words(folder.report())
    assert message.startswith("grid.csv line ")
    assert "a short name of letters, digits" in message or "a zero byte" in message
    assert message.isprintable()


def test_the_name_of_an_instance_is_no_path(folder: Folder) -> None:
    folder.swap("instance.yaml", "name: two_sites", "name: ../../two_sites")
    assert folder.problem().startswith("instance.yaml line 1, name: found '../../two_sites'; allowed: a short name")


def test_names_of_files_and_sheets_cannot_write_to_the_terminal(folder: Folder, book: Book) -> None:
    folder.put("x\x1b[31m\n.csv", "")
    with open(os.fsencode(folder.path) + b"/y\xff.csv", "w"):
        pass
    assert folder.notices() == [
        "x\\x1b[31m\\n.csv: found a file or folder of another kind; it is not read",
        "y\\udcff.csv: found a file or folder of another kind; it is not read",
    ]
    book.sheets["x\u202ey"] = [["a"]]
    assert book.notice() == "mine.xlsx sheet x\\u202ey: found a sheet of another kind; it is not read"


def test_shown_text_is_printable_and_says_what_it_was() -> None:
    assert shown("plain é ☂ 𝔘") == "plain é ☂ 𝔘"
    assert shown("a\x1b[0m\r\n\u202e\udcff") == r"a\x1b[0m\r\n\u202e\udcff"


# ---- texts


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", " =1", "\t=1", "\u3000＝1+1", '=HYPERLINK("http://x")']
)
@pytest.mark.parametrize(("table", "column"), [("leases", "tenant"), ("leases", "note"), ("sites", "source")])
def test_a_text_that_a_spreadsheet_would_calculate_is_refused(folder: Folder, table: str, column: str, text: str) -> None:
    folder.cell(table, 2, column, text)
    message = folder.problem()
    assert message.startswith(f"{table}.csv line 2, {column}: found ")
    if "\t" not in text or column != "tenant":
        assert "allowed: text that does not begin like a formula, with =, +, - or @: a spreadsheet would calculate it" in message


def test_a_formula_typed_as_text_in_a_workbook_is_refused(book: Book) -> None:
    book.put("leases", 2, "tenant", "'=1+1"[1:])
    assert book.problem().startswith("mine.xlsx sheet leases row 2, tenant: found '=1+1'; allowed: text that does not begin like a formula")


@pytest.mark.parametrize("text", ["-", "--", "-5", "+3.5", "a=1", "1+1", "(-5 %)", "'=1+1", "é", "<script>alert(1)</script>", "[bold]x"])
def test_harmless_texts_stay_as_they_are(folder: Folder, tmp_path: Path, text: str) -> None:
    assert not is_formula(text)
    folder.cell("leases", 2, "note", text)
    assert load(folder.path).leases[0].note == text
    write(load(folder.path), tmp_path / "copy")
    assert load(tmp_path / "copy") == load(folder.path)


@pytest.mark.parametrize("path", ["leases.anchor.tenant", "sites.north.note", "title"])
def test_a_program_cannot_put_a_formula_into_an_instance(folder: Folder, path: str) -> None:
    """So none comes into the tables of a run either."""
    with pytest.raises(ValueError, match="text that does not begin like a formula, with =, "):
        load(folder.path).with_(path, "=1+1")


def test_a_text_that_no_cell_holds_is_not_written(folder: Folder, tmp_path: Path) -> None:
    long = load(folder.path).with_("sites.north.note", "x" * 40_000)
    with pytest.raises(CannotWrite, match="text of at most 32,767 characters"):
        write(long, tmp_path / "copy")


def test_markup_and_codes_in_names_are_shown_as_text(tmp_path: Path) -> None:
    """Through the whole road: file, solve, page. Rich would take `[bold]` and `[link=...]`; a terminal the codes and marks."""
    write(tiny(title="x"), tmp_path / "tiny")
    settings = (tmp_path / "tiny" / "instance.yaml").read_text()
    title = "[bold]B[/bold] [link=http://evil.example]L[/link] <b>H</b> \u200fR"
    lines = [f'title: "{title}"' if line.startswith("title:") else line for line in settings.splitlines()]
    (tmp_path / "tiny" / "instance.yaml").write_text("\n".join(lines) + "\n")
    done = CliRunner().invoke(main, ["solve", str(tmp_path / "tiny"), "--threads", "1"])
    assert done.exit_code == 0
    assert "[bold]B[/bold]" in done.stdout
    assert "[link=http://evil.example]L[/link]" in " ".join(done.stdout.split())
    assert "<b>H</b>" in done.stdout
    assert not set("\x1b\u200f") & set(done.stdout)


# ---- things in the place of files


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.parametrize("make", [Path.mkdir, _pipe, _device, _loop])
@pytest.mark.parametrize("name", ["instance.yaml", "leases.csv", "mine.xlsx", "actuals"])
def test_what_is_no_file_is_refused_at_once(folder: Folder, make: Callable[[Path], None], name: str) -> None:
    """Neither waited for nor read; a folder called like a workbook is taken for an instance folder."""
    folder.remove(name) if (folder.path / name).exists() else None
    make(folder.path / name)
    path = folder.path / name if name in ("mine.xlsx", "actuals") else folder.path
    done = CliRunner().invoke(main, ["solve", str(path), "-o", str(folder.path / "out")])
    assert done.exit_code == 3
    assert (
        "not a regular file" in done.stderr
        or "no instance.yaml" in done.stderr
        or "cannot be read" in done.stderr
        or "a file;" in done.stderr
    )
    assert not (folder.path / "out").exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"path,value\nfinance.opening_cash_musd,\xff\n", "actuals.csv line 2: found byte 0xff"),
        ("path,value\n".encode("utf-16"), "actuals.csv: found text in UTF-16"),
        (b"path,value\na\0b,1\n", "actuals.csv line 2: found a zero byte"),
        (b'path,value\n"a,1\n', "actuals.csv line 2: found a row that is not CSV"),
        (b"path,value\na," + b"x" * 200_000, "actuals.csv line 2: found a cell of more than 131,072 characters"),
        (b"path;value\na;1\n", "actuals.csv line 1: found cells separated by semicolons"),
        (b"path,value\na\n", "actuals.csv line 2: found 1 cells; allowed: 2 cells, as in the header"),
        (b"path,value,value\na,1,1\n", "actuals.csv line 1, value: found the column a second time"),
        (b"", "actuals.csv: found an empty file; allowed: the columns path and value, and if you like note"),
        (None, "actuals.csv: found not a regular file"),
    ],
)
def test_hostile_actuals(tmp_path: Path, content: bytes | None, told: str) -> None:
    (tmp_path / "actuals.csv").mkdir() if content is None else (tmp_path / "actuals.csv").write_bytes(content)
    with pytest.raises(InvalidInstance) as caught:
        read_actuals(tmp_path / "actuals.csv")
    assert told in str(caught.value)


def test_a_link_to_a_table_elsewhere_is_read(folder: Folder, tmp_path: Path) -> None:
    """Teams keep one deck for many instances."""
    before = load(folder.path)
    (folder.path / "btc.csv").rename(tmp_path / "deck.csv")
    (folder.path / "btc.csv").symlink_to(tmp_path / "deck.csv")
    assert load(folder.path) == before


@pytest.mark.parametrize("name", ["sites.csv", "instance.yaml"])
def test_a_file_that_vanishes_after_it_was_listed(folder: Folder, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    real = os.open

    def vanish(path: Any, flags: int, **more: Any) -> int:
        if Path(path).name == name:
            os.unlink(path)
        return real(path, flags, **more)

    monkeypatch.setattr(os, "open", vanish)
    assert f"{name}: found a file that cannot be read (No such file or directory)" in words(folder.report())


def test_a_folder_that_vanishes_after_it_was_listed(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.listdir
    monkeypatch.setattr(os, "listdir", lambda path: (real(path), folder.path.rename(f"{path}_gone"))[0])
    message = words(folder.report())
    assert message.startswith("instance.yaml: found not a regular file")
    assert "Traceback" not in message


def test_a_file_that_grows_while_it_is_read(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its size is that of the bytes, not what the system said before."""
    monkeypatch.setattr(raw, "LIMIT_BYTES", 10)
    monkeypatch.setattr(os, "fstat", lambda number: os.stat_result([0o100644, *[0] * 9]))
    assert "sites.csv: found 0.0 MB; allowed: at most 1e-05 MB; it was not read" in words(folder.report())


@pytest.mark.parametrize("ending", [".xls", ".xlsm", ".ods"])
def test_workbooks_of_other_kinds_are_neither_read_nor_written(folder: Folder, tmp_path: Path, ending: str) -> None:
    (tmp_path / f"old{ending}").write_bytes(b"PK\x03\x04")
    assert "found a file; allowed: an instance folder" in words(examine(tmp_path / f"old{ending}"))
    assert "in Excel save as 'Excel Workbook (.xlsx)'" in words(examine(tmp_path / f"old{ending}"))
    done = CliRunner().invoke(main, ["convert", str(folder.path), str(tmp_path / f"new{ending}")])
    assert done.exit_code == 2
    with pytest.raises(CannotWrite, match=r"its name ends in .*; a workbook ends in \.xlsx"):
        write(load(folder.path), tmp_path / f"new{ending}")
    assert not (tmp_path / f"new{ending}").exists()


def test_the_starter_is_a_folder_and_no_workbook(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["new", str(tmp_path / "mine.xlsx")])
    assert done.exit_code == 2
    assert "`planner convert` makes a workbook of a folder" in done.stderr
    assert not (tmp_path / "mine.xlsx").exists()
