"""Every promise names tests that exist, every test belongs to a promise, and the page shows a run in which all were kept."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.promises.stated import OTHERS, PROMISES, Promise, holds
from tests.promises.tally import DELETED, ROOT, Tallies

PAGE = ROOT / "docs" / "proof.md"
ROW = re.compile(r"^\| \*\*(.+?)\*\* \| .+ \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$", re.M)


def report(test: str, outcome: str, when: str = "call", *properties: tuple[str, object]) -> pytest.TestReport:
    """What pytest reports of a test."""
    return pytest.TestReport(test, (test, 0, test), {}, outcome, None, when, user_properties=properties)  # type: ignore[arg-type]


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.id)
def test_a_promise_names_tests_that_exist(promise: Promise) -> None:
    """Folders with tests, files, and functions in them; a sentence each for what and how."""
    assert promise.says.endswith(".")
    assert promise.how.endswith(".")
    assert promise.tests
    for place in promise.tests:
        path, _, function = place.partition("::")
        files = [ROOT / path] if path.endswith(".py") else list((ROOT / path).rglob("test_*.py"))
        assert files, place
        assert all(file.is_file() for file in files), place
        defined = {node.name for node in ast.parse(files[0].read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)}
        assert not function or function in defined, place


def test_every_test_belongs_to_a_promise_or_is_listed_with_what_it_holds() -> None:
    """And to one of the two only."""
    places = [place.partition("::")[0] for promise in PROMISES for place in promise.tests]
    for file in (ROOT / "tests").rglob("test_*.py"):
        name = file.relative_to(ROOT).as_posix()
        promised, other = (any(holds(place, name) for place in listed) for listed in (places, OTHERS))
        assert promised is not other, name
    assert [place for place in OTHERS if not (ROOT / place).exists()] == []


def test_no_promise_is_given_twice() -> None:
    assert len({promise.id for promise in PROMISES}) == len({promise.says for promise in PROMISES}) == len(PROMISES)


def test_what_was_tried_is_counted_by_promise() -> None:
    """Tries as a test says, else one; failures in any phase; a test of two promises counts for both, one of none for the whole only."""
    tallies = Tallies()
    breaches = "tests/check/test_breaches.py::test_a[x]"
    for phase in ("setup", "call", "teardown"):
        tallies.add(report(breaches, "passed", phase, ("tries", 7), ("tries", 5), ("other", 9)))
    tallies.add(report("tests/check/test_world.py::test_b", "passed"))
    tallies.add(report("tests/check/test_world.py::test_c", "failed", "setup"))
    tallies.add(report("tests/check/test_world.py::test_d", "skipped", "setup"))
    tallies.add(report("tests/checked/test_e.py::test_e", "passed"))
    tallies.add(report("tests/promises/test_promises.py::test_f", "failed"))
    checked, fail, whole = tallies.promises["checked"], tallies.promises["rules_fail"], tallies.whole
    assert (checked.tests, checked.tries, checked.failures, checked.skipped) == (2, 13, 1, 1)
    assert (fail.tests, fail.tries, fail.failures) == (1, 12, 0)
    assert (whole.tests, whole.tries, whole.failures, whole.skipped) == (3, 14, 1, 1)
    said = {row[0]: row[1:] for row in ROW.findall(tallies.page())}
    assert said[PROMISES[0].says] == ("2", "13", "1")
    assert "3 tests passed, 1 failed, 1 skipped" in tallies.page()


def test_make_prove_writes_the_page_also_where_there_is_one() -> None:
    """`--proof docs/proof.md` would be taken for a path to tests as soon as that file exists."""
    assert "--proof=docs/proof.md" in (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.fixture
def page(request: pytest.FixtureRequest) -> str:
    """What the last proof wrote."""
    if request.config.getoption("--proof"):
        pytest.skip("this run writes the page")
    return PAGE.read_text(encoding="utf-8")


def test_the_page_shows_a_run_in_which_every_promise_was_tried_and_kept(page: str) -> None:
    rows = {says: [int(number.replace(",", "")) for number in numbers] for says, *numbers in ROW.findall(page)}
    assert list(rows) == [promise.says for promise in PROMISES]
    for says, (tests, tries, failures) in rows.items():
        assert tries >= tests > 0, says
        assert failures == 0, says


def test_the_page_links_to_what_exists(page: str) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", page)
    assert len(targets) > len(PROMISES)
    assert [target for target in targets if not (PAGE.parent / Path(target)).exists()] == []
    assert DELETED.name in targets
