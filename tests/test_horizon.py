"""Moving the horizon: which periods an instance gets, and what the plan is worth then."""

from __future__ import annotations

import pytest

import planner
from planner.errors import BadOption
from planner.horizon import horizons, moved
from tests.tiny import hall, leased, mine, near, solved, standing, tiny, years


def lengths(change: int, *spans: tuple[int, int], start: str = "2027-01") -> list[int]:
    """Months of the periods after the horizon of (months, count) spans is moved by years."""
    instance = tiny(start=start, periods=[{"months": months, "count": count} for months, count in spans])
    return [span.months for span in moved(instance, change).periods for _ in range(span.count)]


def test_years_are_added_as_whole_years() -> None:
    assert lengths(2, (3, 4), (12, 1)) == [3, 3, 3, 3, 12, 12, 12]


def test_a_plan_that_ends_within_a_year_is_first_brought_to_its_end() -> None:
    """From April 2027 six quarters end with September 2028: three months to the year's end, then what is left of the year that is added."""
    assert lengths(1, (3, 6), start="2027-04") == [3, 3, 3, 3, 3, 3, 3, 9]


def test_periods_are_taken_from_the_end_and_the_last_one_is_cut() -> None:
    assert lengths(-1, (3, 4), (12, 2)) == [3, 3, 3, 3, 12]
    assert lengths(-1, (12, 1), (24, 1)) == [12, 12]


def test_the_value_moves_by_the_rent_of_the_years() -> None:
    """The tenant pays 12 M$ a year beside 100 M$ of cash, nothing is discounted and worth nothing at the horizon: 112, 124 and 136 M$."""
    found = horizons(solved(leased(periods=years(2))), years=1)
    assert list(found["change_years"]) == [-1, 0, 1]
    assert list(found["horizon"]) == ["2027-12", "2028-12", "2029-12"]
    assert list(found["equity_value_musd"]) == [near(112), near(124), near(136)]
    assert list(found["change_musd"]) == [near(-12), 0.0, near(12)]
    assert list(found["terminal_share_fraction"]) == [0.0, 0.0, 0.0]
    assert list(found["orders_of_first_year"]) == ["same"] * 3


def test_a_horizon_that_makes_no_sense_is_told_and_the_others_are_solved() -> None:
    """Nothing is left of two years less two; a hall due in 2028 has no place in a plan of 2027."""
    run = solved(leased(periods=years(2)))
    assert horizons(run, years=2).loc[0, "words"] == "the plan is 24 months long: nothing would be left of it"
    pending = standing(id="later", item="mine", in_service="2028-07", due_musd=1.0)
    run = solved(leased(periods=years(2), halls=[hall(), mine()], opening=[standing(), pending]))
    short = horizons(run, years=1).iloc[0]
    assert short["outcome"] == "no instance"
    assert "due_musd" in short["words"]


def test_the_neighbours_are_solved_as_the_run_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its gap, seed and threads, unless other options are given."""
    run = planner.solve(leased(periods=years(2)), planner.SolveOptions(gap_fraction=0.25, seed=3))
    used = []

    def solve(instance: planner.Instance, options: planner.SolveOptions) -> planner.Run:
        used.append((options.gap_fraction, options.seed, options.threads))
        return planner.solve(instance, options)

    monkeypatch.setattr("planner.horizon.solve", solve)
    horizons(run, years=1)
    horizons(run, 1, planner.SolveOptions(gap_fraction=0.5))
    assert used == [(0.25, 3, 1)] * 2 + [(0.5, None, None)] * 2


def test_a_run_without_plan_and_odd_years_are_refused() -> None:
    run = solved(leased(periods=years(1)))
    for count in (0, 21):
        with pytest.raises(BadOption, match="a whole number from 1 to 20"):
            horizons(run, years=count)
    with pytest.raises(BadOption, match="has no plan"):
        horizons(planner.Run(instance=run.instance, outcome="infeasible"))
