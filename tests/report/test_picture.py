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


def places(text: str) -> list[tuple[float, float, float, float]]:
    """Left, right, top and bottom of every bar."""
    found = re.findall(r'<rect x="([\d.-]+)" y="([\d.-]+)" width="([\d.]+)" height="([\d.]+)"[^>]*><title>', text)
    return [(x, x + width, y, y + height) for x, y, width, height in (map(float, numbers) for numbers in found)]


def test_bars_stand_on_the_axis_on_each_other_and_inside_the_frame() -> None:
    """Each period's first bar ends at 0 MW, each next one where the one below begins; none leaves the area of the scale."""
    text = svg(run())
    axis = float(re.findall(r'class="axis" x1="[\d.]+" y1="([\d.]+)"', text)[0])
    lines = [float(y) for y in re.findall(r'class="grid" x1="[\d.]+" y1="([\d.]+)"', text)]
    below: dict[float, float] = {}
    for left, right, top, bottom in places(text):
        assert 64 <= left < right <= 784
        assert bottom == pytest.approx(below.get(left, axis), abs=0.2)
        assert top >= min(lines) - 0.1
        below[left] = top
    assert len(below) == len(LABELS)
    assert max(right for _, right, _, _ in places(text)) == pytest.approx(783.5, abs=0.2)


@pytest.mark.parametrize(("mw", "labels"), [
    (50, ["0", "10", "20", "30", "40", "50"]),
    (51, ["0", "20", "40", "60"]),
    (110, ["0", "25", "50", "75", "100", "125"]),
    (9, ["0", "2", "4", "6", "8", "10"]),
    (1200, ["0", "250", "500", "750", "1,000", "1,250"]),
])  # fmt: skip
def test_the_scale_is_round_and_just_high_enough(mw: int, labels: list[str]) -> None:
    """At most five steps of 1, 2, 2.5 or 5 times a power of ten, each at the height of its MW."""
    halls = [hall.model_dump() | ({"module_it_mw": mw / 4} if hall.id == "mine" else {}) for hall in instance().halls]
    opening = [row for row in instance().opening if row.id == "mine_a"]
    sites = [site.model_dump() | {"land_it_mw": 5000} for site in instance().sites]
    text = svg(run_of(instance(sites=sites, halls=halls, opening=opening, leases=[], lease_sites=[], conversions=[]), Plan("sample")))
    scale = [(said, float(y)) for y, said in re.findall(r'x="56" y="([\d.]+)" text-anchor="end">([\d,.]+)<', text)]
    assert [said for said, _ in scale] == labels
    zero, per_mw = scale[0][1], (scale[0][1] - scale[1][1]) / float(labels[1].replace(",", ""))
    assert all(zero - y == pytest.approx(per_mw * float(said.replace(",", "")), abs=0.2) for said, y in scale)
    assert {round(bottom - top) for _, _, top, bottom in places(text)} == {round(mw * per_mw)}


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
    sample_years = re.findall(r'<text x="([\d.]+)" y="[\d.]+" text-anchor="middle">', svg(run()))
    assert [float(x) for x in sample_years] == [64 + 15 * month for month in (6, 18, 36)]
    years = [float(x) for x in re.findall(r'<text x="([\d.]+)" y="[\d.]+" text-anchor="middle">', text)]
    assert 10 <= len(years) < 40
    assert min(b - a for a, b in pairwise(years)) >= 34


def test_without_a_plan_there_is_no_picture() -> None:
    """A ValueError that names the outcome."""
    with pytest.raises(ValueError, match="infeasible"):
        svg(Run(instance=instance(), outcome="infeasible"))
