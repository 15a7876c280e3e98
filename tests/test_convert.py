"""`planner convert` and workbooks on the command line: both ways, exit codes, words, nothing half done."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import planner
from planner.cli import main
from planner.errors import CannotWrite, InvalidInstance
from tests.example import everything
from tests.instance.books import Book, Formula

ROOT = Path(__file__).parents[1]


def call(*arguments: object) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The instance that uses every rule, as a folder with a README and a file that no workbook holds."""
    planner.write(everything(), tmp_path / "mine")
    (tmp_path / "mine" / "README.md").write_text("# Mine\n")
    (tmp_path / "mine" / "expected.json").write_text("{}")
    (tmp_path / "mine" / ".hidden").write_text("")
    return tmp_path / "mine"


def test_there_and_back(folder: Path, tmp_path: Path) -> None:
    """The folder comes back byte for byte, but for what the command said it left behind."""
    there = call("convert", folder, tmp_path / "mine.xlsx")
    assert (there.exit_code, there.output.splitlines()[-2:]) == (
        0,
        ["note: expected.json has no place in a workbook; it was left behind", f"wrote {tmp_path / 'mine.xlsx'}"],
    )
    back = call("convert", tmp_path / "mine.xlsx", tmp_path / "back")
    assert back.exit_code == 0
    assert back.output.endswith(f"wrote {tmp_path / 'back'}\n")
    (folder / "expected.json").unlink()
    (folder / ".hidden").unlink()
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {path.name: path.read_bytes() for path in (tmp_path / "back").iterdir()} == kept
    assert planner.load(tmp_path / "mine.xlsx") == planner.load(tmp_path / "back") == everything()


def test_a_workbook_is_checked_and_solved_like_its_folder(tmp_path: Path) -> None:
    """The paper instance: the same value from both, and the same instance in the run."""
    source = ROOT / "instances" / "one_site"
    assert call("convert", source, tmp_path / "one_site.xlsx").exit_code == 0
    checked = call("check", tmp_path / "one_site.xlsx")
    assert (checked.exit_code, checked.output.splitlines()[-1]) == (0, f"{tmp_path / 'one_site.xlsx'}: no faults; 0 notes")
    assert call("solve", tmp_path / "one_site.xlsx", "-q", "-o", tmp_path / "run").exit_code == 0
    run = planner.load_run(tmp_path / "run")
    assert run.instance == planner.load(source)
    assert run.value_musd == pytest.approx(382.179424, abs=1e-6)


def test_notes_say_what_was_read_as_a_value(tmp_path: Path) -> None:
    book = Book(tmp_path / "mine.xlsx")
    book.put("sites", 2, "land_it_mw", Formula("=30*2", 60))
    book.sheets["workings"] = [["x"]]
    word = "note: mine.xlsx: found 1 formula in the sheet sites; the value that Excel last calculated was read"
    for command in (("check", book.save()), ("convert", book.path, tmp_path / "out")):
        done = call(*command)
        assert done.exit_code == 0
        assert word in done.output
        assert "note: mine.xlsx sheet workings: found a sheet of another kind; it is not read" in done.output


def test_an_invalid_workbook_is_3_names_the_cell_and_writes_nothing(tmp_path: Path) -> None:
    book = Book(tmp_path / "mine.xlsx")
    book.put("halls", 4, "product", "turnky")
    book.save()
    for command in (("check", book.path), ("solve", book.path, "-o", tmp_path / "run"), ("convert", book.path, tmp_path / "out")):
        done = call(*command)
        assert done.exit_code == 3, done.output
        assert "mine.xlsx sheet halls row 4, product: found 'turnky'; allowed: " in done.output
        assert "did you mean 'turnkey'?" in done.output
        assert "Traceback" not in done.output
    assert os.listdir(tmp_path) == ["mine.xlsx"]


def test_an_invalid_folder_makes_no_workbook(folder: Path, tmp_path: Path) -> None:
    (folder / "halls.csv").write_text((folder / "halls.csv").read_text().replace("turnkey", "turnky"))
    done = call("convert", folder, tmp_path / "mine.xlsx")
    assert done.exit_code == 3
    assert "halls.csv line 3, product: found 'turnky'" in done.output
    assert os.listdir(tmp_path) == ["mine"]


def test_what_exists_is_never_overwritten(folder: Path, tmp_path: Path) -> None:
    """Neither a workbook, which may have been edited by hand, nor a folder that holds something; exit code 2."""
    assert call("convert", folder, tmp_path / "mine.xlsx").exit_code == 0
    before = (tmp_path / "mine.xlsx").read_bytes()
    again = call("convert", folder, tmp_path / "mine.xlsx")
    assert again.exit_code == 2
    assert "is not overwritten: it exists" in again.output
    assert (tmp_path / "mine.xlsx").read_bytes() == before
    files = sorted(os.listdir(folder))
    onto = call("convert", tmp_path / "mine.xlsx", folder)
    assert onto.exit_code == 2
    assert "is not overwritten: it is not empty" in onto.output
    assert sorted(os.listdir(folder)) == files


def test_one_is_a_folder_and_the_other_a_workbook(folder: Path, tmp_path: Path) -> None:
    for source, target in ((folder, tmp_path / "copy"), (tmp_path / "a.xlsx", tmp_path / "b.xlsx")):
        done = call("convert", source, target)
        assert done.exit_code == 2
        assert "one of the two is a folder, the other a workbook with a name in .xlsx" in done.output


def test_sources_that_are_not_there(tmp_path: Path) -> None:
    for source, target in (("none", "a.xlsx"), ("none.xlsx", "a")):
        done = call("convert", tmp_path / source, tmp_path / target)
        assert done.exit_code == 3
        assert f"{source}: found no such " in done.output
    assert os.listdir(tmp_path) == []


def test_the_library_has_the_same_verb(folder: Path, tmp_path: Path) -> None:
    done = planner.convert(folder, str(tmp_path / "mine.xlsx"))
    assert done.left == ("expected.json",)
    with pytest.raises(CannotWrite):
        planner.convert(folder, tmp_path / "mine.xlsx")
    with pytest.raises(InvalidInstance):
        planner.convert(tmp_path / "none.xlsx", tmp_path / "out")


def test_help_names_both_forms() -> None:
    assert "convert" in call("--help").output
    assert ".xlsx" in call("convert", "--help").output
    assert "workbook" in call("solve", "--help").output
