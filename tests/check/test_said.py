"""What the model says of its states is held against the decisions: each state that is said otherwise is named, by as much as it is off."""

from __future__ import annotations

import math
from functools import cache

import pytest

import planner
from planner.check import verify
from planner.commands.solving import exit_code
from planner.polish import states_of
from planner.rules import STATES
from tests.example import everything
from tests.properties.both import Reading, read
from tests.properties.details import any_portfolio

UNSAID = {"discount_mid", "discount_end", "hashprice", "facility_interest_musd", "facility_fee_musd", "equity_value"}
"""Figures of the calendar, parts of a row, and what is maximised: no columns of the model."""
Said = dict[str, dict[tuple[str, ...], float]]


@cache
def readings() -> tuple[Reading, ...]:
    """Portfolios in which every state is said somewhere."""
    return tuple(read(instance) for instance in (everything(), *map(any_portfolio, range(14))))


def said(reading: Reading) -> Said:
    assert reading.answer.values is not None
    return states_of(reading.arrays, reading.answer.values)


def off(reading: Reading, states: Said) -> list[tuple[str, tuple[str, ...], float]]:
    """What the checker objects to, by tag, place and amount."""
    assert reading.plan is not None
    found = verify(reading.instance, reading.plan, reading.answer.objective, states)
    return [(broken.tag, broken.index, float(broken.amount)) for broken in found.violations]


def test_every_state_is_said_somewhere_and_stands() -> None:
    solved = [reading for reading in readings() if reading.plan is not None]
    assert {name for reading in solved for name in said(reading)} == set(STATES) - UNSAID
    assert [off(reading, said(reading)) for reading in solved] == [[] for _ in solved]


@pytest.mark.parametrize("sign", [1, -1], ids=["above", "below"])
@pytest.mark.parametrize("name", sorted(set(STATES) - UNSAID))
def test_a_state_that_is_said_otherwise_is_named(name: str, sign: int) -> None:
    """But on the side where the model may leave it."""
    reading = next(reading for reading in readings() if reading.plan is not None and name in said(reading))
    index, value = list(said(reading)[name].items())[-1]
    far, near = sign * 1e-3 * (1 + abs(value)), sign * 1e-7
    told = off(reading, {name: {index: value + far}})
    if STATES[name].loose in ("either", "above" if sign > 0 else "below"):
        assert told == []
    else:
        assert [(tag, place) for tag, place, _ in told] == [(STATES[name].number, index)]
        assert told[0][2] == pytest.approx(abs(far), rel=1e-2)
    assert off(reading, {name: {index: value + near}}) == []


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_never_right(value: float) -> None:
    """Of a state that the model may leave on either side, too."""
    reading = readings()[0]
    states = {"debt_musd": {("bank", "2028"): value}, "cash_musd": {("2028",): value}, "exit_tax_musd": {(): value}}
    assert [tag for tag, _, _ in off(reading, states)] == ["8.3", "8.6", "9.7"]


@pytest.mark.parametrize("name", [name for name, state in STATES.items() if state.loose == "by_tax"])
def test_what_follows_from_tax_may_move_with_profit_and_loss(name: str) -> None:
    """Only where one of them is said to be larger too."""
    reading = next(reading for reading in readings() if reading.plan is not None and {name, "profit_musd"} <= set(said(reading)))
    index, value = list(said(reading)[name].items())[-1]
    year, profit = next(iter(said(reading)["profit_musd"].items()))
    moved = {name: {index: value + 1}, "profit_musd": {year: profit + 1}}
    assert off(reading, moved) == []
    assert len(off(reading, {name: moved[name]})) == 1


def test_the_words_name_place_state_and_both_figures() -> None:
    """One of a place that the decisions do not reach, too."""
    reading = readings()[0]
    assert reading.plan is not None
    found = verify(reading.instance, reading.plan, None, {"capex_musd": {("nowhere", "2028"): 2.5}}).violations
    assert [broken.words for broken in found] == ["nowhere, 2028: capex_musd is 2.5 by the model, 2.5 off the 0 that the decisions give."]


def test_a_model_that_says_otherwise_fails_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though its plan and its value are right."""
    monkeypatch.setattr(planner.solving, "states_of", lambda *_: {"load_mw": {("alpha", "2028"): 999.0}})
    run = planner.solve(everything())
    assert run.certificate is not None
    assert [broken.tag for broken in run.certificate.violations] == ["10.3"]
    assert exit_code(run) == 9
