"""Baselines: a file that comes back as it was, and what a check says when solver, plan, data or model are not as they were."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planner.baselines import checking
from planner.baselines.checking import Asked, answers, baseline_of, check, contradictions, unacceptable
from planner.baselines.file import Baseline, place, read, write
from planner.comparison.cases import Case
from planner.comparison.judging import Rules
from planner.comparison.sides import CannotCompare
from planner.errors import CannotWrite
from planner.plan import Plan
from planner.runs import Run
from tests.tiny import lease, leased

INSTANCE = leased()
RUNS = answers(INSTANCE, Asked(seeds=(0, 1), gap_fraction=0.0))
ACCEPTED = baseline_of(INSTANCE, RUNS)


def causes(cases: tuple[Case, ...]) -> list[tuple[str, int]]:
    return [(case.cause, case.exit_code) for case in cases]


def without_orders(run: Run) -> Run:
    """The same claim with a plan that decides nothing."""
    assert run.plan is not None
    return replace(run, plan=Plan(run.plan.instance), objective_musd=None)


def test_a_baseline_comes_back_as_it_was(tmp_path: Path) -> None:
    target = place(tmp_path / "deep" / "er", Path("i"))
    write(target, ACCEPTED)
    assert read(target) == ACCEPTED
    assert target.read_text() == ACCEPTED.text()
    assert [search.key for search in ACCEPTED.searches] == [("highs", 0), ("highs", 1)]


def test_a_baseline_has_a_line_per_decision(tmp_path: Path) -> None:
    """A review shows a changed decision as one line."""
    assert ACCEPTED.plan is not None
    family, cells = next(iter(ACCEPTED.plan.decisions.items()))
    index, value = next(iter(cells.items()))
    other = Plan(ACCEPTED.plan.instance, {**ACCEPTED.plan.decisions, family: {**cells, index: value + 1}})
    lines = ACCEPTED.text().splitlines(), replace(ACCEPTED, plan=other).text().splitlines()
    assert sum(was != now for was, now in zip(*lines, strict=True)) == 1


def test_a_baseline_is_not_overwritten_but_by_acceptance(tmp_path: Path) -> None:
    target = place(tmp_path, Path("i"))
    write(target, ACCEPTED)
    with pytest.raises(CannotWrite, match="--update"):
        write(target, ACCEPTED)
    write(target, replace(ACCEPTED, gap_fraction=0.5), replace=True)
    assert read(target).gap_fraction == 0.5
    target.write_text("mine")
    with pytest.raises(CannotWrite, match="is no baseline"):
        write(target, ACCEPTED, replace=True)
    assert target.read_text() == "mine"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data | {"format": "x"}, "its format is 'x'"),
        (lambda data: {name: part for name, part in data.items() if name != "searches"}, "lacks 'searches'"),
        (lambda data: data | {"searches": [{"solver": "highs"}]}, "missing"),
        (lambda data: data | {"searches": [dict(data["searches"][0], outcome="fine")]}, "'fine' is not an outcome"),
        (lambda data: data | {"plan": {"instance": "x", "decisions": [{"decision": "y"}]}}, "is not a decision"),
        (lambda data: [], "its format is None"),
    ],
)
def test_a_damaged_baseline_is_refused(tmp_path: Path, change: Any, words: str) -> None:
    target = place(tmp_path, Path("i"))
    target.write_text(json.dumps(change(json.loads(ACCEPTED.text()))))
    with pytest.raises(CannotCompare, match=words):
        read(target)


def test_a_missing_baseline_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotCompare, match="there is no baseline"):
        read(place(tmp_path, Path("nothing")))


def test_the_same_answers_pass() -> None:
    assert causes(check(INSTANCE, ACCEPTED, RUNS)) == [("same", 0), ("same", 0)]


def test_a_search_that_the_baseline_does_not_have_is_compared_with_its_plan() -> None:
    one = baseline_of(INSTANCE, RUNS[:1])
    cases = check(INSTANCE, one, RUNS)
    assert causes(cases) == [("same", 0), ("same", 0)]
    assert [case.who[0] for case in cases] == ["baseline (highs, seed 0)"] * 2
    assert any("not asked this time: highs, seed 0" in note for note in check(INSTANCE, one, RUNS[1:])[0].notes)


def test_a_worse_answer_is_told() -> None:
    """A search that stops at its limit with a plan that decides nothing."""
    worse = replace(without_orders(RUNS[0]), outcome="time_limit_with_plan", bound_musd=RUNS[0].bound_musd)
    (case,) = check(INSTANCE, ACCEPTED, [worse])
    assert (case.cause, case.exit_code) == ("worse incumbent", 1)
    assert len(case.differences)


def test_a_new_release_that_claims_a_wrong_optimum_contradicts_the_baseline() -> None:
    """It calls a plan that decides nothing the best."""
    wrong = without_orders(RUNS[0])
    worth = checking.side_of(wrong).reached_musd
    wrong = replace(wrong, bound_musd=worth, settings={**wrong.settings, "gap_fraction": 0.0}, versions={"highspy": "9.9"})
    cases = check(INSTANCE, ACCEPTED, [RUNS[1], wrong])
    assert causes(cases) == [("same", 0), ("contradiction", 1), ("contradiction", 1)]
    assert "seed 0) is wrong" in cases[1].words
    assert any(note.startswith("highspy: ") and note.endswith("-> 9.9") for note in cases[1].notes)


def test_changed_data_is_another_question_with_what_it_does_to_the_plan() -> None:
    """A lease at a higher rent: the accepted plan is still one, and worth more."""
    dearer = leased(leases=[lease(rent_usd_per_kw_month=2000.0)])
    (case,) = check(dearer, ACCEPTED, answers(dearer, Asked()))
    assert (case.cause, case.exit_code) == ("different question", 1)
    was, now = (run.value_musd for run in (RUNS[0], answers(dearer, Asked())[0]))
    assert f"leases changed since the baseline: the accepted plan was worth {was:,.6f} M$ and is now worth {now:,.6f} M$" in case.words
    assert "more than before" in case.words


def test_a_plan_that_new_data_forbid_is_told_by_its_rule() -> None:
    poor = leased(grid=[])
    cases = check(poor, ACCEPTED, answers(poor, Asked()))
    assert causes(cases) == [("different question", 1)]
    assert "grid changed" in cases[0].words
    assert "is none any more, as it breaks (" in cases[0].words
    assert "at stake" not in cases[0].words
    assert cases[0].differences["stake_musd"].isna().all() or cases[0].differences.empty


def test_another_program_of_the_same_data_is_noted_and_fails_only_with_another_answer() -> None:
    other = replace(ACCEPTED, program="0" * 64)
    (same,) = check(INSTANCE, other, RUNS[:1])
    assert same.exit_code == 0
    assert any("another program" in note for note in same.notes)
    (differs,) = check(INSTANCE, other, [replace(without_orders(RUNS[0]), outcome="time_limit_with_plan", bound_musd=None)])
    assert (differs.cause, differs.exit_code) == ("different question", 1)
    assert "the model changed" in differs.words


def test_strict_plans_can_be_asked_for() -> None:
    (case,) = check(INSTANCE, ACCEPTED, RUNS[:1], Rules(across=True, strict_plan=True))
    assert case.exit_code == 0


def test_the_best_plan_of_all_searches_is_kept() -> None:
    for runs in ([without_orders(RUNS[0]), RUNS[1]], [RUNS[1], without_orders(RUNS[0])]):
        assert baseline_of(INSTANCE, runs).plan == RUNS[1].plan


def test_an_instance_without_a_plan_has_a_baseline_too(tmp_path: Path) -> None:
    """Infeasible then, infeasible now."""
    impossible = leased(finance={"cash_floor_musd": 1e6})
    runs = answers(impossible, Asked())
    assert runs[0].outcome == "infeasible"
    accepted = baseline_of(impossible, runs)
    write(place(tmp_path, Path("x")), accepted)
    assert read(place(tmp_path, Path("x"))) == accepted
    assert isinstance(accepted, Baseline)
    assert causes(check(impossible, accepted, runs)) == [("same", 0)]


def test_notes_titles_options_and_the_order_of_rows_are_no_change() -> None:
    lease_row = INSTANCE.leases[0].model_copy(update={"note": "called again", "source": "them"})
    other = INSTANCE.model_copy(update={"title": "Another", "leases": (lease_row,), "grid": INSTANCE.grid[::-1]})
    assert causes(check(other, ACCEPTED, RUNS)) == [("same", 0), ("same", 0)]


def test_a_value_that_the_checker_halved_is_told() -> None:
    """The file says that the plan was worth ten times as much: then another checker made it."""
    searches = tuple(replace(search, objective_musd=10 * (search.objective_musd or 0), bound_musd=None) for search in ACCEPTED.searches)
    (case,) = check(INSTANCE, replace(ACCEPTED, searches=searches), RUNS[:1])
    assert (case.cause, case.exit_code) == ("different question", 1)
    assert "the model changed" in case.words


def test_what_is_wrong_beside_a_plan_that_still_is_one_is_wrong_whatever_changed() -> None:
    """Data changed, and the new run says that there is no plan, though the accepted one still is."""
    dearer = leased(leases=[lease(rent_usd_per_kw_month=2000.0)])
    (case,) = check(dearer, ACCEPTED, [Run(dearer, "infeasible", settings={"seed": 0, "gap_fraction": 0.0})])
    assert (case.cause, case.exit_code) == ("contradiction", 1)


@pytest.mark.parametrize("kind", ["worse than its bound", "stopped", "against the old plan", "fine"])
def test_what_may_take_the_place_of_a_baseline(kind: str) -> None:
    stopped = Run(INSTANCE, "time_limit_without_plan", settings={"seed": 0, "gap_fraction": 0.0})
    runs = {
        "worse than its bound": [replace(RUNS[0], bound_musd=1.0)],
        "stopped": [stopped],
        "against the old plan": [replace(without_orders(RUNS[0]), bound_musd=1.0)],
        "fine": RUNS,
    }
    assert bool(unacceptable(INSTANCE, ACCEPTED, runs[kind])) is (kind != "fine")


@pytest.mark.parametrize(
    ("name", "value"), [("versions", None), ("data", 3), ("gap_fraction", "x"), ("gap_fraction", None), ("searches", []), ("program", 1)]
)
def test_parts_of_another_kind_are_refused(tmp_path: Path, name: str, value: Any) -> None:
    target = place(tmp_path, Path("i"))
    target.write_text(json.dumps(json.loads(ACCEPTED.text()) | {name: value}))
    with pytest.raises(CannotCompare, match="is no baseline"):
        read(target)


@pytest.mark.parametrize(("name", "value"), [("bound_musd", "12"), ("solver", []), ("seed", "0"), ("objective_musd", True)])
def test_searches_of_another_kind_are_refused(tmp_path: Path, name: str, value: Any) -> None:
    data = json.loads(ACCEPTED.text())
    data["searches"][0][name] = value
    target = place(tmp_path, Path("i"))
    target.write_text(json.dumps(data))
    with pytest.raises(CannotCompare, match=name):
        read(target)


def test_a_baseline_is_called_as_the_folder_or_workbook_is(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "book.xlsx").write_bytes(b"")
    assert place(tmp_path, tmp_path / "mine").name == "mine.json"
    assert place(tmp_path, tmp_path / "book.xlsx").name == "book.json"


def test_answers_that_are_wrong_by_themselves_or_beside_each_other_are_found() -> None:
    """A bound below its own plan; a plan beside one that is worth more than it allows; nothing wrong with two that agree."""
    below, poor = replace(RUNS[0], bound_musd=1.0), without_orders(RUNS[0])
    poor = replace(poor, bound_musd=checking.side_of(poor).reached_musd)
    assert contradictions(RUNS) == ()
    assert [case.cause for case in contradictions([below])] == ["contradiction"]
    assert [case.cause for case in contradictions([poor])] == []
    assert [case.cause for case in contradictions([RUNS[1], poor])] == ["contradiction"]
