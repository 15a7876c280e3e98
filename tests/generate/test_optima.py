"""What generated instances are for: there is always a plan, and leases, slots, budgets and cash decide what it is."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from planner import solve
from planner.check import verify
from planner.compile import Arrays, collection_paused, compile_model
from planner.generator import generate
from planner.highs import Answer, Settings, maximise
from planner.polish import extract
from planner.solving import ORDERS, SolveOptions
from planner_models.build import build
from planner_models.schema import Instance
from tests.tiny import worth

Tell = Callable[[str, object], None]
EXACT = Settings(gap_fraction=0.0, time_limit_s=None, threads=1, seed=0)
SIGNS = ("started", "contracted")
"""Decisions that sign something; a lease that runs already is in the first period all the same."""
SEEDS, FEW = range(4), range(2)


@functools.cache
def compiled(sites: int, periods: int, leases: int, seed: int) -> tuple[Instance, Arrays]:
    """An instance and its program."""
    instance = generate(sites, periods, leases, seed)
    with collection_paused():
        return instance, compile_model(build(instance))


def relaxed(arrays: Arrays) -> Answer:
    """The best plan if everything could be had in parts, with what one more of each limit would be worth."""
    answer = maximise(replace(arrays, integer=np.zeros(arrays.columns, dtype=np.bool_)), EXACT)
    assert answer.status == "optimal"
    return answer


@pytest.mark.parametrize("size", [(1, 1, 1), (3, 5, 4), (1, 30, 2), (6, 8, 8)], ids=str)
def test_doing_nothing_is_a_plan_that_the_checker_passes(size: tuple[int, int, int], record_property: Tell) -> None:
    """No order and no new contract: overhead, interest, fees for breaking what is signed, and what is on order can be paid."""
    for seed in FEW:
        instance, arrays = compiled(*size, seed)
        running = {lease.id for lease in instance.leases if lease.delivered is not None}
        labels = arrays.column_labels
        barred = [label.rule in ORDERS or (label.rule in SIGNS and label.index[0] not in running) for label in labels]
        nothing = arrays.fixed(np.zeros(arrays.columns), np.array(barred))
        answer = maximise(nothing, EXACT)
        assert answer.status == "optimal"
        fixed = maximise(nothing.fixed(np.round(answer.values)), EXACT)
        certificate = verify(instance, extract(instance, nothing, fixed.values), fixed.objective)
        assert certificate.ok, certificate.violations
    record_property("tries", len(FEW))


@pytest.mark.parametrize("size", [(1, 3, 2), (2, 4, 3)], ids=str)
def test_optimal_plans_pass_the_checker(size: tuple[int, int, int], record_property: Tell) -> None:
    """The whole way at the smallest sizes; orders bring something."""
    for seed in FEW:
        run = solve(generate(*size, seed), SolveOptions(gap_fraction=1e-4, threads=1))
        assert run.outcome in ("optimal", "within_gap")
        assert run.certificate is not None
        assert run.certificate.ok, run.certificate.violations
        assert worth(run) > 0
    record_property("tries", len(FEW))


def test_leases_slots_budgets_and_cash_decide_and_every_use_pays(record_property: Tell) -> None:
    """At 10 sites and years, everything in parts: one more of each limit is worth something on most seeds, and every use is taken."""
    binding, uses = Counter[str](), Counter[str]()
    for seed in SEEDS:
        _, arrays = compiled(10, 10, 15, seed)
        answer = relaxed(arrays)
        binding.update({label.rule for label, dual in zip(arrays.row_labels, answer.duals, strict=True) if abs(dual) > 1e-3})
        uses.update({label.rule for label, value in zip(arrays.column_labels, answer.values, strict=True) if value > 0.1})
    limits = ("lease_choice", "slot_limit", "budget_limit", "cash_floor", "advance_limit")
    assert {name: binding[name] for name in limits if binding[name] < len(SEEDS) - 1} == {}
    assert min(uses["run_mw"], uses["bought_mw"], uses["built_modules"], uses["converted_lots"]) == len(SEEDS)
    assert min(uses["started"], uses["upgraded"]) == len(SEEDS)
    assert uses["deployed_clusters"] >= 2
    record_property("tries", len(SEEDS))


def test_a_slot_more_is_worth_a_lease() -> None:
    """With whole units: at three sites over five years the plan of seed 0 waits for a transformer."""
    instance = generate(3, 5, 5, 0)
    more = instance.with_("slots", [row.model_copy(update={"units": row.units + 1}) for row in instance.slots])
    options = SolveOptions(gap_fraction=1e-3, threads=1)
    assert worth(solve(more, options)) > worth(solve(instance, options)) + 50
