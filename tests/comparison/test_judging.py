"""The judgement on two runs: each cause once, and a plan moved by the least that counts is reported as exactly that."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planner.claims import Claim
from planner.comparison.cases import Case
from planner.comparison.judging import compare
from planner.comparison.reversals import WORDS
from planner.comparison.sides import CannotCompare, side_of
from planner.comparison.stakes import moved
from planner.comparison.words import FLOWS, change, number
from planner.fingerprint import fingerprints
from planner.plan import FAMILIES, Plan
from planner.runs import NotARun, Run
from tests.tables.sample import certificate, instance, plan, run_of

HASHES = fingerprints(instance())
CENT_MUSD = 1e-8


def run(by: Plan | None = None, **parts: Any) -> Run:
    """A run of the sample with a plan."""
    usual = {"hashes": HASHES, "outcome": "optimal", "settings": {"gap_fraction": 1e-6}, "bound_musd": WORTH + 2}
    return run_of(instance(), by or plan(), **(usual | parts))


WORTH = float(certificate().value_musd)
BASE = run()


def changed(family: str, **amounts: float) -> Plan:
    """The sample with some amounts of one decision changed; the names are indices joined by `__`, 0 takes one away."""
    cells = dict(plan().decisions[family]) | {tuple(name.replace("_to_", "-").split("__")): value for name, value in amounts.items()}
    return plan(**{family: {index: value for index, value in cells.items() if value}})


def found(case: Case) -> tuple[str, int]:
    return case.cause, case.exit_code


def lines(case: Case) -> list[str]:
    return list(case.differences["words"])


def planless(outcome: str, **parts: Any) -> Run:
    """A run that ended without a plan."""
    return Run(instance(), outcome, hashes=HASHES, settings={"gap_fraction": 1e-4}, **parts)  # type: ignore[arg-type]


def test_a_run_is_the_same_as_itself() -> None:
    case = compare(BASE, run())
    assert found(case) == ("same", 0)
    assert case.differences.empty
    assert list(case.tables) == ["Answers"]
    assert not case.notes


def test_the_answers_stand_beside_each_other() -> None:
    """Worth, bound, seconds and nodes of both, rounded to 1 USD; what is not known stays blank."""
    searched = Claim("highs", 3, True, "optimal", nodes=17)
    case = compare(BASE, run(claims=(searched,), seconds={"solve": 2.0000001, "build": 9.0}))
    rows = case.tables["Answers"][["ended", "worth_musd", "bound_musd", "seconds", "nodes"]].to_numpy().tolist()
    same = ["optimal", round(WORTH, 6), round(WORTH + 2, 6)]
    assert rows == [[*same, 1.5, None], [*same, 2.0, 17]]


def test_one_module_is_reported_as_one_module() -> None:
    """Another room costs 20 M$ in equal parts over six months and brings 6 M$ at the horizon: the stake is its capex."""
    case = compare(BASE, run(changed("built_modules", alpha__room__2027Q4=2)))
    assert lines(case) == ["Build room, alpha: 1 module more in 2027-10"]
    row = case.differences.iloc[0]
    assert list(row[["decision", "kind", "old", "new", "change", "unit"]]) == ["built_modules", "added", 0, 1, 1, "modules"]
    capex = case.tables["Value bridge, M$ of present value"].set_index("line")["change_pv_musd"]["New halls"]
    assert row["stake_musd"] == pytest.approx(-capex)
    assert found(case) == ("worse incumbent", 1)
    orders = case.tables["Orders"]
    assert orders[["kind", "item", "old_quantity", "new_quantity"]].to_numpy().tolist() == [["hall", "room", 1.0, 2.0]]


def test_one_year_is_reported_as_one_year() -> None:
    """A module retired in 2029 instead of 2028."""
    moved_plan = plan(retired_modules={("mine_a", "2029-2030"): 1})
    case = compare(BASE, run(moved_plan))
    assert lines(case) == ["Retire mine_a: 1 module moved from 2028-01 to 2029-01"]
    assert case.differences.iloc[0]["kind"] == "moved"


def test_one_mw_is_reported_as_one_mw() -> None:
    case = compare(BASE, run(changed("run_mw", alpha__mine__old__2027Q1__base=38.2)))
    assert lines(case) == ["Run old, alpha mine: 2027-01 base: 39.2 -> 38.2 MW (-1 MW)"]
    assert found(case)[1] == 1
    energy = case.tables["Value bridge, M$ of present value"].set_index("line")["change_pv_musd"]
    assert case.differences.iloc[0]["stake_musd"] == pytest.approx(abs(energy["Hashing"]), rel=0.9)


def test_one_cent_is_reported_as_one_cent_and_is_within_the_tolerance() -> None:
    """Drawn in the first quarter: 10 M$ and one cent."""
    case = compare(BASE, run(changed("drawn_musd", bank__2027Q1=10 + CENT_MUSD)))
    assert lines(case) == ["Draw bank: 2027-01: 10 -> 10.00000001 M$ (+0.01 USD) (within the tolerance)"]
    assert found(case) == ("tolerance", 0)
    assert not case.differences["beyond"].any()


def test_one_cent_of_capex_is_another_question_and_said_to_be_one_cent() -> None:
    """A price of 20 M$ and one cent for the one room that is built: its value falls by that cent, discounted, and by nothing else."""
    halls = [dict(row.model_dump(exclude_none=True)) for row in instance().halls]
    halls[2]["capex_musd_per_module"] += CENT_MUSD
    dearer = instance(halls=halls)
    second = run_of(dearer, plan(), hashes=fingerprints(dearer))
    case = compare(BASE, second)
    assert found(case) == ("different question", 2)
    assert "look `across`" in case.words
    assert case.tables["Inputs"].to_numpy().tolist() == [["halls", "room", "capex_musd_per_module", 20.0, 20.00000001, "leads"]]
    across = compare(BASE, second, across=True)
    assert found(across) == ("different question", 1)
    told = "1 input (halls room capex_musd_per_module: 20.0 -> 20.00000001) differs; the second plan is worth 0.01 USD less"
    assert told in across.words
    steps = across.tables["Where the change of value comes from"].set_index("step")["change_musd"]
    assert list(steps.index) == ["first", "model", "data", "decisions"]
    assert -CENT_MUSD < steps["data"] < -0.5 * CENT_MUSD
    assert steps["decisions"] == 0


def test_two_amounts_that_cancel_have_moved() -> None:
    cells = plan().decisions["drawn_musd"]
    later = {("bank", "2027Q1"): cells["bank", "2027Q1"] - 2, ("bank", "2027Q3"): cells["bank", "2027Q3"] + 2}
    case = compare(BASE, run(plan(drawn_musd=later)))
    assert lines(case) == ["Draw bank: 2 M$ moved from 2027-01 to 2027-07"]
    assert case.differences.iloc[0]["stake_musd"] == pytest.approx(2)


def test_the_dearest_difference_comes_first() -> None:
    case = compare(BASE, run(plan(deployed_clusters={}, sold_mw={}, dividends_musd={("2029-2030",): 8.25})))
    assert list(case.differences["stake_musd"]) == sorted(case.differences["stake_musd"], reverse=True)
    assert case.differences.iloc[0]["what"] in ("Deploy b200", "Sell hours of b200")
    assert case.differences.iloc[-1]["decision"] == "dividends_musd"


def test_the_bridge_adds_up() -> None:
    case = compare(BASE, run(plan(deployed_clusters={}, sold_mw={})))
    bridge = case.tables["Value bridge, M$ of present value"].set_index("line")["change_pv_musd"]
    assert bridge.drop("Equity value").sum() == pytest.approx(bridge["Equity value"], abs=1e-9)
    assert abs(bridge["Equity value"]) > 1


def test_other_decisions_of_the_same_worth_are_an_alternate_optimum() -> None:
    """40 MW plugged in for a quarter, or 39 MW, of which 39 x 0.98 run: worth the same."""
    running = changed("run_mw", alpha__mine__old__2027Q1__base=38.22)
    fewer = changed("hosted_mw", alpha__mine__old__2027Q1=39)
    one, other = run(running), run(Plan("sample", running.decisions | {"hosted_mw": fewer.decisions["hosted_mw"]}))
    case = compare(one, other)
    assert found(case) == ("alternate optimum", 0)
    assert "10 of 10" in case.words
    assert found(compare(one, other, strict_plan=True)) == ("alternate optimum", 1)


def test_less_than_the_gap_allows_is_within_the_gap() -> None:
    """1 M$ less of a value that the search was asked for to 10 %; to 0.01 % it is worse."""
    less = plan(dividends_musd={})
    short = WORTH - (run(less).value_musd or 0.0)
    assert short > 1e-3
    wide = run(less, settings={"gap_fraction": 0.1})
    assert found(compare(BASE, wide)) == ("within gap", 0)
    assert found(compare(wide, BASE)) == ("within gap", 0)
    assert found(compare(BASE, wide, strict_plan=True)) == ("within gap", 1)
    worse = compare(BASE, run(less, settings={"gap_fraction": 1e-6}))
    assert found(worse) == ("worse incumbent", 1)
    assert found(compare(BASE, run(less, outcome="time_limit_with_plan", settings={"gap_fraction": 0.1}))) == ("worse incumbent", 1)


def test_claims_that_exclude_each_other_are_a_contradiction_and_the_plan_says_who_is_wrong() -> None:
    """The second says that nothing is worth more than 5 M$ less than the first plan, which the exact check accepts."""
    liar = run(plan(deployed_clusters={}, sold_mw={}), settings={"gap_fraction": 0.0, "seed": 1}, objective_musd=None)
    liar = run(liar.plan, settings={"gap_fraction": 0.0, "seed": 1}, bound_musd=liar.value_musd)
    assert (liar.value_musd or 0.0) < WORTH
    for pair in ((BASE, liar), (liar, BASE)):
        case = compare(*pair)
        assert found(case) == ("contradiction", 1)
        assert "seed 1) is wrong" in case.words
        assert case.words.count("is wrong") == 1


def test_infeasible_against_a_plan_is_a_contradiction() -> None:
    case = compare(planless("infeasible"), BASE)
    assert found(case) == ("contradiction", 1)
    assert "says that there is no plan" in case.words


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("infeasible", "infeasible", ("same", 0)),
        ("infeasible", "time_limit_without_plan", ("better bound", 1)),
        ("unbounded", "infeasible", ("contradiction", 1)),
        ("time_limit_without_plan", "solver_error", ("unverified", 2)),
    ],
)
def test_ends_without_a_plan(one: str, other: str, expected: tuple[str, int]) -> None:
    assert found(compare(planless(one), planless(other))) == expected
    assert found(compare(planless(other), planless(one))) == expected


def test_a_side_without_a_plan_is_the_worse() -> None:
    case = compare(planless("time_limit_without_plan"), BASE)
    assert found(case) == ("worse incumbent", 1)
    assert "no plan" in case.words


def test_the_same_plan_with_another_bound() -> None:
    better = compare(BASE, run(bound_musd=WORTH + 1))
    assert found(better) == ("better bound", 0)
    assert "by 1 M$" in better.words
    stopped = compare(BASE, run(outcome="time_limit_with_plan"))
    assert found(stopped) == ("better bound", 1)


def test_a_plan_that_breaks_a_rule_ends_the_comparison() -> None:
    case = compare(BASE, run(plan(delivered_units={}, upgraded={})))
    assert found(case) == ("unverified", 2)
    assert "(6.4)" in case.words
    assert sorted(lines(case)) == ["Buy tr40, beta: 1 unit less in 2027-10", "Grid upgrade beta_up: dropped in 2027-10"]
    assert case.differences["stake_musd"].isna().all()
    assert list(case.tables) == ["Answers"]


def test_what_is_claimed_but_not_reached_is_told() -> None:
    case = compare(BASE, run(objective_musd=WORTH + 1))
    assert found(case)[1] == 0
    assert any("claims" in note for note in case.notes)


def test_another_model_is_another_question() -> None:
    case = compare(BASE, run(hashes=HASHES | {"model": "0" * 64}))
    assert found(case) == ("different question", 2)
    assert "the model" in case.words
    across = compare(BASE, run(hashes=HASHES | {"model": "0" * 64}), across=True)
    assert across.exit_code == 1
    assert list(across.tables["Where the change of value comes from"]["change_musd"]) == [0, 0, 0, 0]


def test_names_notes_and_options_are_no_part_of_the_question() -> None:
    named = instance(title="Another title", options={"gap_fraction": 0.01})
    case = compare(BASE, run_of(named, plan(), hashes=fingerprints(named), outcome="optimal"))
    assert found(case) == ("same", 0)
    assert any("only in title" in note for note in case.notes)


@pytest.mark.parametrize(("most", "code"), [(None, 0), (3.0, 0), (1.9, 1)])
def test_a_search_may_be_too_slow(most: float | None, code: int) -> None:
    """3 s against 1.5 s."""
    case = compare(BASE, run(seconds={"solve": 3.0}), max_slowdown=most)
    assert found(case) == ("same", code)
    assert ("2 times as long, 3 s against 1.5 s (allowed: 1.9 times)" in case.words) is bool(code)


def test_seconds_that_are_zero_or_not_known_are_told() -> None:
    """From no time at all any time is too much; where none is known, that is told."""
    assert found(compare(run(seconds={"solve": 0.0}), run(seconds={"solve": 100.0}), max_slowdown=2.0)) == ("same", 1)
    blank = compare(BASE, run(seconds={}), max_slowdown=2.0)
    assert found(blank) == ("same", 0)
    assert any("seconds of a search are not known" in note for note in blank.notes)
    slow = compare(planless("infeasible", seconds={"solve": 1.0}), planless("infeasible", seconds={"solve": 9.0}), max_slowdown=2.0)
    assert found(slow) == ("same", 1)


def test_a_bound_below_its_own_plan_is_a_contradiction() -> None:
    case = compare(BASE, run(bound_musd=WORTH - 1))
    assert found(case) == ("contradiction", 1)
    assert "the second run of sample (highs) is wrong" in case.words
    assert "the first run of sample (highs) has one worth" in case.words
    alone = compare(run(bound_musd=WORTH - 1), run(plan(dividends_musd={}), bound_musd=WORTH + 2))
    assert found(alone) == ("contradiction", 1)
    assert "its own is worth" in alone.words


def test_a_search_that_stopped_proving_is_told_though_its_plan_is_as_good() -> None:
    """The same worth, decided otherwise, at the time limit."""
    running = changed("run_mw", alpha__mine__old__2027Q1__base=38.22)
    fewer = Plan("sample", running.decisions | {"hosted_mw": changed("hosted_mw", alpha__mine__old__2027Q1=39).decisions["hosted_mw"]})
    assert found(compare(run(running), run(fewer, outcome="time_limit_with_plan"))) == ("better bound", 1)


def test_runs_of_one_name_are_told_apart() -> None:
    case = compare(BASE, run(plan(dividends_musd={})))
    assert "the second run of sample (highs) is worth" in case.words


def test_claims_of_another_model_count_for_nothing() -> None:
    """Both were made by an older model, whose bound is below what the plan is worth by the rules of now."""
    old = {"hashes": HASHES | {"model": "0" * 64}, "bound_musd": WORTH - 50}
    case = compare(run(**old), run(**old))
    assert found(case) == ("same", 0)
    assert sum("another version of the model" in note for note in case.notes) == 2


def test_a_bound_that_is_no_number_is_none() -> None:
    assert found(compare(BASE, run(bound_musd=float("nan")))) == ("same", 0)
    assert found(compare(run(bound_musd=float("inf")), run(bound_musd=float("inf")))) == ("same", 0)


def test_data_that_the_hash_does_not_know_of_are_seen() -> None:
    """A run in memory whose instance was replaced."""
    richer = replace(BASE, instance=instance(finance={"opening_cash_musd": 151}))
    assert found(compare(BASE, richer)) == ("different question", 2)


@pytest.mark.parametrize(("first", "second"), [(CENT_MUSD, CENT_MUSD), (-CENT_MUSD, -CENT_MUSD), (CENT_MUSD, -CENT_MUSD / 2)])
def test_amounts_that_do_not_cancel_have_not_moved(first: float, second: float) -> None:
    cells = plan().decisions["drawn_musd"]
    later = {("bank", "2027Q1"): cells["bank", "2027Q1"] + first, ("bank", "2027Q3"): cells["bank", "2027Q3"] + second}
    (line,) = lines(compare(BASE, run(plan(drawn_musd=later))))
    assert "moved" not in line
    assert "at 2 times, most in 2027-01" in line


def test_a_changed_folder_is_compared_as_it_is(tmp_path: Path) -> None:
    for name in ("a", "b"):
        BASE.save(tmp_path / name)
    place = tmp_path / "b" / "plan.json"
    data = json.loads(place.read_text())
    next(record for record in data["decisions"] if record["decision"] == "drawn_musd")["value"] = 11
    place.write_text(json.dumps(data))
    for other in (tmp_path / "b", place):
        case = compare(tmp_path / "a", other)
        assert lines(case) == ["Draw bank: 2027-01: 10 -> 11 M$ (+1 M$)"]
        assert any("changed after the run was saved" in note for note in case.notes)


def test_a_plan_by_itself_needs_its_instance(tmp_path: Path) -> None:
    place = tmp_path / "mine.json"
    place.write_text(plan().to_json())
    assert found(compare(BASE, place, instance=instance())) == ("same", 0)
    with pytest.raises(CannotCompare, match="--instance"):
        compare(BASE, place)
    with pytest.raises(CannotCompare, match="not for 'other'"):
        compare(BASE, place, instance=instance(name="other"))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"instance": "sample"}', '{"instance": "sample", "decisions": [{"decision": "x"}]}'])
def test_what_is_no_plan_is_refused(tmp_path: Path, text: str) -> None:
    place = tmp_path / "mine.json"
    place.write_text(text)
    with pytest.raises(CannotCompare, match="is no plan"):
        side_of(place, instance())


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotARun, match="does not exist"):
        side_of(tmp_path / "nothing")


def test_every_decision_has_words() -> None:
    assert set(WORDS) | set(FLOWS) == set(FAMILIES)
    assert not set(WORDS) & set(FLOWS)
    assert all(item in (*FAMILIES[name].keys, "") for name, (_, item) in FLOWS.items())


@pytest.mark.parametrize(
    ("musd", "words"),
    [(1.0, "+1 M$"), (-2.5, "-2.5 M$"), (1e-8, "+0.01 USD"), (-5e-4, "-500.00 USD"), (1234.5, "+1,234.5 M$"), (0.0, "+0.00 USD")],
)
def test_money_is_told_to_the_cent(musd: float, words: str) -> None:
    assert change(musd, "M$") == words


def test_numbers_have_all_their_digits() -> None:
    assert [number(value) for value in (25.0, 0.5, 100.00000001, 1234567.5)] == ["25", "0.5", "100.00000001", "1,234,567.5"]


def test_what_moves_counts_once() -> None:
    assert moved([-5, 4, 2]) == 6
    assert moved([]) == 0
