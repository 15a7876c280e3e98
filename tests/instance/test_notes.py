"""Comments of instance.yaml as notes on settings, and back."""

from __future__ import annotations

import pytest

from planner.instance import load
from planner.instance.notes import noted, under
from planner.instance.settings import settings
from planner.instance.write import settings_text
from tests.instance.case import FILES, Folder

BASE = FILES["instance.yaml"]


def swap(old: str, new: str) -> str:
    assert BASE.count(old) == 1, old
    return BASE.replace(old, new)


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        (BASE, {}),
        ("# yaml-language-server: $schema=schema.json\n# on top\n\n" + BASE, {"name": "on top"}),
        (swap("name: two_sites", "name: two_sites #beside"), {"name": "beside"}),
        (swap("start:", "#\n# one\n#   two\nstart:"), {"start": "one\ntwo"}),
        (swap("start: 2027-01", "# above\nstart: 2027-01  # beside"), {"start": "above\nbeside"}),
        (swap("periods:", "periods: # all"), {"periods": "all"}),
        (swap("  - {months: 12, count: 4}", "  # above\n  - {months: 12, count: 4} # years"), {"periods[1]": "above\nyears"}),
        (swap("  opening_cash", "  # of 2026\n  opening_cash"), {"finance.opening_cash_musd": "of 2026"}),
        (BASE + "# the end\n", {"finance.opening_cash_musd": "the end"}),
        (BASE + "title: 'no # comment' # but this\n", {"title": "but this"}),
        (BASE + 'title: "no # comment"\n', {}),
        (BASE + "title: a#b\n", {}),
    ],
)
def test_a_comment_belongs_to_a_setting(text: str, notes: dict[str, str]) -> None:
    """To the one on its line, else to the next, else to the last; a '#' inside a value is no comment."""
    assert settings(text).notes == notes


def test_a_note_stands_beside_the_value_where_it_fits(folder: Folder) -> None:
    assert list(noted("  a: 1", "short", "  ", 20)) == ["  a: 1  # short"]
    assert list(noted("  a: 1", "longer than that", "  ", 20)) == ["  # longer than that", "  a: 1"]
    assert list(noted("  a: 1", "two\nlines", "  ", 20)) == ["  # two", "  # lines", "  a: 1"]
    assert list(noted("  a: 1", "", "  ", 20)) == ["  a: 1"]


def test_notes_on_parts_of_an_item_go_to_its_line() -> None:
    notes = {"periods[0].months": "a", "periods[0].count": "b", "periods[01]": "c", "periods[0]": "d"}
    assert under(notes, "periods[0]") == "a\nb\nd"


def test_notes_written_are_notes_read(folder: Folder) -> None:
    """At every place that has a line of its own."""
    notes = {
        "name": "a\nb",
        "start": "c",
        "periods": "d",
        "periods[0]": "e # f",
        "periods[1]": "g\nh",
        "halvings": "i",
        "halvings[7]": "j",
        "finance": "k",
        "finance.opening_cash_musd": "l" * 200,
        "options.seed": "m",
    }
    reading = settings(settings_text(load(folder.path), notes=notes))
    assert reading.problems == []
    assert reading.notes == notes
