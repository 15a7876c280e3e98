"""The picture of a plan."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from planner.plan import Plan
from planner.report import svg
from planner.report.picture import COLOURS
from planner.runs import Run
from tests.tables.sample import LABELS, instance, run, run_of

SPACE = "{http://www.w3.org/2000/svg}"


def bars(text: str) -> list[tuple[str, float, float]]:
    """Words, width and height of every bar."""
    drawn = [rect for rect in ElementTree.fromstring(text).iter(f"{SPACE}rect") if rect.find(f"{SPACE}title") is not None]
    return [(str(rect.findtext(f"{SPACE}title")), float(rect.get("width", 0)), float(rect.get("height", 0))) for rect in drawn]


def test_bars_are_as_high_as_their_megawatts_and_as_wide_as_their_months() -> None:
    """Every use of every period that has MW, and no other, at one scale; a year is four times as wide as a quarter."""
    drawn = bars(svg(run()))
    allocation = run().tables["allocation"].groupby(["period", "use", "contracted"])["it_mw"].sum()
    assert len(drawn) == (allocation > 0).sum()
    scales = [height / float(words.split(": ")[1].split()[0]) for words, _, height in drawn]
    assert max(scales) == pytest.approx(min(scales), rel=0.01)
    widths = {label: next(width for words, width, _ in drawn if words.startswith(label)) + 1 for label in LABELS}
    assert widths["2028"] == pytest.approx(4 * widths["2027Q1"], abs=0.2)
    assert widths["2029-2030"] == pytest.approx(2 * widths["2028"], abs=0.2)


def test_it_holds_no_foreign_markup_and_follows_dark_mode() -> None:
    """Names are escaped, nothing is loaded from elsewhere, and the text changes colour on a dark ground."""
    of = run()
    text = svg(Run(**{**vars(of), "instance": of.instance.model_copy(update={"name": "<script>&\"'"})}))
    assert "<script>" not in text
    assert "&lt;script&gt;&amp;" in text
    assert "prefers-color-scheme:dark" in text
    assert set(re.findall(r"https?://[^\"']+", text)) == {"http://www.w3.org/2000/svg"}
    assert ElementTree.fromstring(text).tag == f"{SPACE}svg"


def test_the_legend_names_the_uses_that_occur() -> None:
    """Five uses in the sample; idle halls alone when nothing is decided."""
    def named(of: Run) -> int:
        return sum(f'height="12" fill="{colour}"' in svg(of) for colour in COLOURS.values())

    assert named(run()) == 5
    assert named(run_of(instance(), Plan("sample"))) == 1


def test_an_empty_company_and_forty_years_can_be_drawn() -> None:
    """No MW at all still has a scale; forty labels are thinned out until they fit."""
    nothing = instance(sites=[], grid=[], equipment=[], slots=[], opening=[], leases=[], lease_sites=[], conversions=[], debt=[])
    assert bars(svg(run_of(nothing, Plan("sample")))) == []
    long = instance(periods=[{"months": 12, "count": 40}], leases=[], lease_sites=[])
    text = svg(run_of(long, Plan("sample")))
    years = [float(x) for x in re.findall(r'<text x="([\d.]+)" y="[\d.]+" text-anchor="middle">', text)]
    assert 10 <= len(years) < 40
    assert min(b - a for a, b in pairwise(years)) >= 34


def test_without_a_plan_there_is_no_picture() -> None:
    """A ValueError that names the outcome."""
    with pytest.raises(ValueError, match="infeasible"):
        svg(Run(instance=instance(), outcome="infeasible"))
