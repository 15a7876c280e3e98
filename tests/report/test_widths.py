"""What a narrow page leaves out and how it says so: the same years in all tables, and words that are not broken."""

from __future__ import annotations

from typing import Any

import pytest

from planner.check.calendar import Calendar
from planner.plan import Plan
from planner.report import plain
from planner.report.words import short_musd
from planner.runs import Run
from tests.report.test_page import RUN, part, words
from tests.tables.sample import instance, plan, run_of

SPANS: list[tuple[list[tuple[int, int]], bool]] = [
    ([(12, 1)], False),
    ([(3, 4), (12, 1)], False),
    ([(3, 12), (12, 8)], True),
    ([(3, 40)], True),
    ([(12, 40)], False),
    ([(1, 12), (3, 4), (12, 20), (24, 3)], True),
    ([(120, 3)], False),
]
"""Periods of an instance, and whether the page shows year ends instead."""


@pytest.mark.parametrize(("spans", "years"), SPANS)
@pytest.mark.parametrize("width", [100, 80, 120])
def test_any_number_of_periods_fits_the_page(spans: list[tuple[int, int]], years: bool, width: int) -> None:
    """1 to 40 periods: no line is too wide, no number breaks over two lines, and the last period is always there."""
    of = instance(periods=[{"months": months, "count": count} for months, count in spans], leases=[], lease_sites=[])
    text = plain(run_of(of, Plan("sample")), width)
    assert max(map(len, text.splitlines())) <= width
    columns = next(line for line in text.splitlines() if line.strip().startswith("Site and use")).split()[4:]
    for first in ("All halls", "Cash  "):
        cells = next(line for line in text.splitlines() if line.strip().startswith(first)).split()
        assert all(cell.strip("-").replace(",", "").replace(".", "").isdigit() or cell == "-" for cell in cells[2:])
    assert len(next(line for line in text.splitlines() if line.strip().startswith("All halls")).split()) == len(columns) + 3
    calendar = Calendar(of)
    assert columns[0] == (calendar.fiscal_years[0].label if years else calendar.periods[0].label)
    assert columns[-1] == (calendar.fiscal_years[-1].label if years else calendar.periods[-1].label)
    assert ("Each year shows its last period." in text) == years


def low_in_2030() -> Run:
    """Fourteen years of quarters, in which a purchase makes the cash of 2030Q3 the lowest."""
    sites = [{"id": name, "market": "ercot", "land_it_mw": 80} for name in ("alpha", "beta")]
    finance = {"overhead_musd_per_year": 0, "opening_cash_musd": 300}
    periods = [{"months": 3, "count": 56}]
    of = instance(periods=periods, sites=sites, finance=finance, leases=[], lease_sites=[], debt=[], opening=[])
    built: Any = {("alpha", "room", "2030Q2"): 4}
    hosted: Any = {("alpha", "room", "b200", "2030Q3"): 4}
    sold: Any = {("alpha", "room", "b200", f"{year}Q{quarter}"): 20 for year in range(2030, 2035) for quarter in range(1, 5)}
    del sold["alpha", "room", "b200", "2030Q1"], sold["alpha", "room", "b200", "2030Q2"], sold["alpha", "room", "b200", "2030Q3"]
    return run_of(of, Plan("sample", {"built_modules": built, "deployed_clusters": hosted, "sold_mw": sold}))


def headings(of: Run, heading: str, first: str, width: int) -> list[str]:
    """Years over a table."""
    line = next(line for line in part(of, heading, width).splitlines() if line.strip().startswith(first))
    return [word for word in line.split() if word[0].isdigit()]


@pytest.mark.parametrize("width", [80, 90, 100])
def test_both_tables_over_time_leave_out_the_same_years_and_say_which(width: int) -> None:
    """Fourteen years do not fit: the first, the last and that of the lowest cash stay, and the others are named."""
    of = low_in_2030()
    low = words(part(of, "Liquidity low")).split("end of ")[1][:4]
    shown = headings(of, "IT MW by use", "Site and use", width)
    assert shown == headings(of, "Liquidity low", "M$, at the end", width)
    assert {"2027", low, "2040"} <= set(shown)
    for heading in ("IT MW by use", "Liquidity low"):
        said = words(part(of, heading, width)).split("Not shown: ")[1].split(".")[0]
        left_out = []
        for span in said.split(", "):
            first, *rest = map(int, span.split(" to "))
            left_out += list(range(first, (rest or [first])[-1] + 1))
        assert sorted([*map(int, shown), *left_out]) == list(range(2027, 2041))


def test_year_ends_do_not_hide_the_lowest_cash() -> None:
    """Where a year shows its last period, a line of its own shows the lowest cash within it."""
    section = part(low_in_2030(), "Liquidity low", 80)
    assert "lowest at the end of 2030Q3" in section
    least = low_in_2030().tables["cash_flow"]["closing_cash_musd"].min()
    assert short_musd(least) in next(line for line in section.splitlines() if "Lowest cash" in line).split()
    assert "Lowest cash" not in part(RUN, "Liquidity low")


def test_words_of_a_table_are_not_broken_while_blanks_can_give_way() -> None:
    """At 80 columns the tenant's name wraps at its blanks; ids, months and headings stay whole."""
    named = instance().with_("leases.option.tenant", "A Hyperscaler With A Very Long Name Indeed Limited")
    renamed = [row.model_copy(update={"id": "hyperscaler"}) if row.id == "option" else row for row in named.leases]
    sites = [row.model_copy(update={"lease": "hyperscaler"}) if row.lease == "option" else row for row in named.lease_sites]
    of = instance(leases=renamed, lease_sites=sites)
    by = plan(started={("anchor", "alpha", "shell", "2027Q3"): 1, ("hyperscaler", "beta", "shell", "2027Q4"): 1})
    section = part(run_of(of, by), "Leases", 80)
    assert max(map(len, section.splitlines())) <= 80
    for word in ("anchor", "hyperscaler", "Hyperscaler", "pipeline", "Delivered", "2028-01", "2037-06", "1 late", "Penalty", "Limited"):
        assert word in section
