"""Cases as text: for a terminal, JSON, Markdown, JUnit and GitHub; what stands in the data is never markup."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast, get_args
from xml.etree import ElementTree

import click
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from planner.commands import comparing
from planner.comparison.cases import DIFFERENT, SAME, TROUBLE, Case, Cause
from planner.comparison.formats import FORMATS, render
from planner.comparison.formats.cells import plain

HOSTILE = "a<b>&\"'\x00\x1b[31m\r\n::error::x,y:%0A|`*_[l](http://e.x)|\ud800\ufffe 😀 ]]> --> www.e.x <script>"
CAUSES = get_args(Cause)


def case(name: str = "one_site", code: int = DIFFERENT, words: str = "worth 5 M$ less", **more: Any) -> Case:
    """A case with differences and a table."""
    frame = pd.DataFrame({"words": ["Build hall_1: dropped, 2027-01 -> no", "+1 MW at north"], "old": [1.0, math.nan], "new": [0, 3]})
    table = pd.DataFrame({"site": ["north"], "old_mw": [25.0], "new_mw": [np.float64(math.inf)], "when": [dt.date(2027, 1, 1)]})
    own: dict[str, Any] = {"differences": frame, "tables": {"MW": table}, "notes": ("read with care",), "file": "runs/a.json"}
    return Case(name, ("A", "B"), "worse incumbent", code, words, **(own | more))


def hostile() -> Case:
    """A case whose every text tries to be markup."""
    frame = pd.DataFrame({"words": [HOSTILE]})
    record = {"benchmark": HOSTILE}
    return Case(HOSTILE, (HOSTILE,), "contradiction", DIFFERENT, HOSTILE, frame, {HOSTILE: frame}, (HOSTILE,), record, HOSTILE)


# all of them


def test_the_command_offers_the_formats_that_there_are() -> None:
    """The command lists them itself, so that its help loads nothing."""
    assert set(comparing.FORMATS) == set(FORMATS)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_takes_no_case_one_and_many(form: str) -> None:
    """One line break at the end, nothing that a terminal obeys, the same text each time."""
    for cases in ([], [case()], [case(), case(code=SAME), case(code=TROUBLE)], [hostile()], [hostile(), hostile()]):
        text = render(cases, form, HOSTILE, (HOSTILE,))
        assert text == render(cases, form, HOSTILE, (HOSTILE,))
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        assert all(letter.isprintable() or letter == "\n" for letter in text)
        text.encode()


# terminal


def test_the_terminal_shows_one_case_in_full() -> None:
    """Words, the differences as lines, then each table, then remarks."""
    text = render([case()], "terminal", "A against B", ("two runs",))
    order = ["A against B", "one_site: worse incumbent: worth 5 M$ less", "Build hall_1: dropped", "+1 MW at north", "MW", "north",
             "note: read with care", "two runs"]  # fmt: skip
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert "2027-01-01" in text
    assert "nan" not in text


def test_the_terminal_shows_many_cases_by_a_line_each() -> None:
    """Name, who, cause and words; nothing is cut off, markup stays as it is written."""
    text = render([case("[bold]north[/bold]"), case("south", words="x" * 200)], "terminal", "t")
    assert "[bold]north[/bold]" in text
    assert "Differences" not in text
    assert text.count("x") == 200
    assert max(map(len, text.splitlines())) <= 100


# json


def test_json_is_a_list_of_objects_with_plain_values() -> None:
    """Differences and tables as rows, what is not a number or infinite as null, a record's own keys at the top."""
    (found,) = json.loads(render([case(record={"instance": "one_site", "gap": math.inf, "line": np.int64(3)})], "json", "t", ("n",)))
    assert (found["instance"], found["gap"], found["line"], found["cause"], found["who"]) == (
        "one_site",
        None,
        3,
        "worse incumbent",
        ["A", "B"],
    )
    assert found["differences"][1] == {"words": "+1 MW at north", "old": None, "new": 3}
    assert found["tables"] == {"MW": [{"site": "north", "old_mw": 25.0, "new_mw": None, "when": "2027-01-01"}]}
    assert json.loads(render([], "json", "t")) == []


CELLS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.just(pd.NaT) | st.floats().map(np.float64)
VALUES = st.recursive(
    CELLS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3) | st.frozensets(st.text(max_size=2))
    ),
    max_leaves=6,
)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=4))
def test_json_holds_any_record(record: Mapping[str, Any]) -> None:
    """Standard JSON, without NaN: what a program reads is what `plain` says."""
    (found,) = json.loads(render([case(record=record)], "json", "t"), parse_constant=lambda word: pytest.fail(word))
    assert {key: found[key] for key in record} == plain(record)


# markdown


def shown_of(markdown: str) -> list[Any]:
    """What a page shows of Markdown with tables: the kinds of all that it is made of, and the text."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return [token for block in parser.parse(markdown) for token in (block.children or [block])]


def test_markdown_has_a_table_of_cases_and_the_whole_of_what_differs() -> None:
    """What is the same takes one line only."""
    text = render([case("north"), case("south", SAME)], "markdown", "t", ("two runs",))
    assert text.startswith("## t\n\n| Name | Who | Cause | What |\n")
    assert "| north | A, B | worse incumbent | worth 5 M\\$ less |" in text
    assert "### north: worse incumbent" in text
    assert "### south" not in text
    assert "| north | 25 |  | 2027-01-01 |" in text
    assert text.endswith("- two runs\n")


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab1 \\`*_[]()<>#+-.!|~&@:$^=\n\"'/;x😀"), min_size=1, max_size=25).filter(str.strip))
@example("1. a")
@example("12) a")
@example("+ a # ")
@example("&amp; <b>")
def test_no_text_is_markup_in_markdown(words: str) -> None:
    """A page shows every text as it is: no emphasis, link, code, image or HTML, no cell more than there are."""
    text = render([case("n", words=words, differences=pd.DataFrame({"words": [words]}), tables={}, notes=())], "markdown", words, (words,))
    found = shown_of(text)
    kinds = {token.type for token in found} - {"text", "text_special", "softbreak"}
    assert kinds <= {
        "heading_open", "heading_close", "table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close", "tr_open",
        "tr_close", "th_open", "th_close", "td_open", "td_close", "bullet_list_open", "bullet_list_close", "list_item_open",
        "list_item_close", "paragraph_open", "paragraph_close",
    }  # fmt: skip
    assert sum(token.type == "td_open" for token in found) == 4
    assert sum(token.type == "bullet_list_open" for token in found) == 2
    said = "".join(token.content for token in found if token.type in ("text", "text_special"))
    wanted = " ".join(words.replace("\n", "\\n").strip().split())
    assert " ".join(said.split()).count(wanted) >= 4


def test_addresses_are_no_links_in_markdown() -> None:
    """GitHub makes links of bare addresses, which the standard does not know."""
    assert "www\\.e.x http\\://e.x a\\@e.x" in render([], "markdown", "www.e.x http://e.x a@e.x")


def test_long_tables_are_cut_in_markdown_with_a_word_on_it() -> None:
    """A step's summary has a limit, and nothing is left out in silence."""
    text = render([case(tables={"MW": pd.DataFrame({"mw": range(1_000)})})], "markdown", "t")
    assert "800 more rows." in text
    assert "| 199 |" in text
    assert "| 200 |" not in text


# junit


def test_junit_has_a_test_case_each() -> None:
    """Failure for what differs, error for trouble, output for the rest; names only say who where they must."""
    cases = [case("north"), case("south", SAME), case("east", TROUBLE), case("east", SAME)]
    root = ElementTree.fromstring(render(cases, "junit", "t", ("two runs",)))
    suite = root[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("4", "1", "1")
    found = [(one.get("name"), [part.tag for part in one]) for one in suite.iter("testcase")]
    assert found == [("north", ["failure"]), ("south", ["system-out"]), ("east [A, B]", ["error"]), ("east [A, B]", ["system-out"])]
    failure = cast(ElementTree.Element, suite.find(".//failure"))
    assert (failure.get("type"), failure.get("message")) == ("worse incumbent", "worth 5 M$ less")
    assert "+1 MW at north" in str(failure.text)
    assert cast(ElementTree.Element, suite.find("system-out")).text == "two runs"


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=30), st.sampled_from(CAUSES))
def test_junit_is_well_formed_whatever_the_names(words: str, cause: Cause) -> None:
    """Control characters, half emoji and markup: parsed, and every letter that prints is as it was."""
    one = Case(words, (words,), cause, DIFFERENT, words + HOSTILE, pd.DataFrame({"words": [words]}), notes=(words,))
    root = ElementTree.fromstring(render([one], "junit", words, (words,)).encode())
    name = str(cast(ElementTree.Element, root.find(".//testcase")).get("name"))
    assert name == "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in words)


# github


def test_annotations_of_a_workflow() -> None:
    """An error per case that differs, a notice for the others, by the escaping of workflow commands."""
    text = render([case("a:b,c", words="100%\nof it", record={"line": 7}), case(code=SAME, file="")], "github", "t:u", ("50%",))
    first, second, third = text.splitlines()
    assert first == (
        "::error file=runs/a.json,line=7,title=a%3Ab%2Cc%3A worse incumbent::100%25\\nof it"
        "%0ABuild hall_1: dropped, 2027-01 -> no%0A+1 MW at north"
    )
    assert second.startswith("::notice title=one_site%3A worse incumbent::worth 5 M$ less%0A")
    assert third == "::notice title=t%3Au::50%25"


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=30))
def test_no_text_begins_a_command_of_its_own(words: str) -> None:
    """A line per case and no more; properties hold no comma or colon of the data, so that the message comes back whole."""
    one = Case(words, (words,), "contradiction", DIFFERENT, words, file=words)
    (line,) = render([one], "github", words).splitlines()
    parsed = re.fullmatch(r"::error (?P<properties>[^:]*)::(?P<message>.*)", line)
    assert parsed
    assert len(parsed["properties"].split(",")) == (2 if words else 1)
    printed = "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in words)
    assert parsed["message"].replace("%25", "%") == printed


# the command


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table with one contradiction."""
    path = tmp_path / "results.csv"
    path.write_text("benchmark,solver,status,objective\nm,a,ok,5\nm,b,ok,90\nm,c,ok,5\n")
    return path


def test_a_step_summary_is_added_to_what_is_there(table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitHub names a file: the Markdown goes to its end, annotations to the screen; other formats leave it alone."""
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert CliRunner().invoke(comparing.compare, [str(table), "--format", "junit"]).exit_code == 1
    assert summary.read_text() == "before\n"
    done = CliRunner().invoke(comparing.compare, [str(table), "--format", "github"])
    assert done.exit_code == 1
    assert done.output.startswith(f"::error file={table},line=3,title=m%3A contradiction::b says 90; 2 of 3 claims")
    assert summary.read_text().startswith("before\n## Claims of ")
    monkeypatch.delenv("GITHUB_STEP_SUMMARY")
    assert CliRunner().invoke(comparing.compare, [str(table), "--format", "github"]).exit_code == 1


@pytest.mark.parametrize("form", FORMATS)
def test_the_file_has_what_the_screen_would_show(table: Path, tmp_path: Path, form: str) -> None:
    """-o writes the same text, and only says so on the screen."""
    shown = CliRunner().invoke(comparing.compare, [str(table), "--format", form])
    kept = CliRunner().invoke(comparing.compare, [str(table), "--format", form, "-o", str(tmp_path / "out")])
    assert (tmp_path / "out").read_text() == shown.stdout
    assert (kept.stdout, kept.exit_code) == ("", 1)


def test_the_help_is_one_command(table: Path) -> None:
    """compare takes one or two sides and says what its exit codes mean."""
    assert isinstance(comparing.compare, click.Command)
    assert "0 the same, 1 different, 2 no comparison" in CliRunner().invoke(comparing.compare, ["--help"]).output
