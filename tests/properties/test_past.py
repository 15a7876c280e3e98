"""What must hold whatever was ordered, drawn, held and decided before the start; every plan found here passes the exact checker too."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import pytest

from planner import Run
from planner.plan import Key
from tests.properties.past import after
from tests.properties.transform import replaced
from tests.proved import mostly_proved
from tests.tiny import solved, worth

SEEDS = range(16)
"""Random portfolios after a random past."""


@functools.cache
def best(seed: int) -> Run:
    """The run of a portfolio: its plan passes the checker and reaches what the model claims."""
    return solved(after(seed))


def reached(run: Run) -> float:
    """What the plan reaches of what is maximised, by the checker."""
    assert run.certificate is not None
    return float(run.certificate.objective_musd)


def decided(run: Run, family: str) -> Mapping[Key, float]:
    assert run.plan is not None
    return {index: value for index, value in run.plan.decisions.get(family, {}).items() if value}


@pytest.mark.parametrize("seed", mostly_proved(SEEDS, 3))
def test_model_and_checker_agree(seed: int) -> None:
    """Two readings of MATHS.md, to 1e-6; the value is the objective and what changes cost."""
    run = best(seed)
    assert run.certificate is not None
    assert reached(run) == pytest.approx(worth(run) - float(run.certificate.change_musd))


@pytest.mark.prove
def test_the_past_matters_somewhere() -> None:
    """Orders are cancelled and others kept, bitcoin of before are sold at once and others kept, and some changes are paid for."""
    orders = {(row.id, bool(decided(best(seed), "cancelled_units").get((row.id,)))) for seed in SEEDS for row in after(seed).opening}
    assert {("next_shell", True), ("next_shell", False), ("next_rig", True), ("next_rig", False)} <= orders
    sales = {index[1] for seed in SEEDS for index in decided(best(seed), "kept_btc") if index[0] == "hoard"}
    assert len(sales) > 1
    assert any(reached(best(seed)) < worth(best(seed)) for seed in SEEDS)


@pytest.mark.parametrize("seed", mostly_proved(SEEDS[:4], 2))
def test_an_order_that_costs_nothing_to_cancel_is_worth_no_less_than_none(seed: int) -> None:
    """Without fee and without anything spent, the plan that cancels it is the plan without it."""
    rows = [row.model_copy(update={"cancel_fee_musd": 0.0, "tax_basis_musd": 0.0, "cancellable": True}) for row in orders(seed)]
    others = [row for row in after(seed).opening if row.id not in {row.id for row in rows}]
    free = replaced(after(seed), opening=[*others, *rows], previous=[])
    without = replaced(after(seed), opening=[row.model_copy(update={"replaces": None}) for row in others], previous=[])
    no_price = "finance.change_penalty_musd"
    assert worth(solved(free.with_(no_price, 0))) >= worth(solved(without.with_(no_price, 0))) - 1e-5


def orders(seed: int) -> list[Any]:
    """What is on order and may be made cancellable: rows named `next_`."""
    return [row for row in after(seed).opening if row.id.startswith("next_") and row.replaces is None]


@pytest.mark.parametrize("seed", mostly_proved(SEEDS[4:8], 2))
def test_what_may_be_cancelled_is_worth_no_less_than_what_is_locked(seed: int) -> None:
    """One choice more."""
    locked = [row.model_copy(update={"cancellable": False, "cancel_fee_musd": 0.0}) for row in after(seed).opening]
    kept = [row for row in after(seed).previous if row.decision != "cancelled_units"]
    open_, closed = replaced(after(seed), previous=kept), replaced(after(seed), opening=locked, previous=kept)
    assert reached(solved(open_)) >= reached(solved(closed)) - 1e-5


@pytest.mark.parametrize("seed", mostly_proved(SEEDS[8:12], 2))
def test_the_dearer_changes_are_the_less_is_reached(seed: int) -> None:
    """And no plan is worth more than the best one without a price on changes, nor changes more than one at a lower price."""
    free, cheap, dear = (solved(after(seed).with_("finance.change_penalty_musd", musd)) for musd in (0.0, 0.1, 1.0))
    assert reached(free) >= reached(cheap) - 1e-5
    assert reached(cheap) >= reached(dear) - 1e-5
    assert worth(free) >= max(worth(cheap), worth(dear)) - 1e-5
    changes = [run.certificate.change_musd for run in (cheap, dear) if run.certificate is not None]
    assert 10 * changes[0] >= changes[1] - 1e-5
