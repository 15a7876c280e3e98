"""What prices prove: nothing is worth more, and at the prices of the relaxation the sites' relaxations prove exactly its optimum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.compile import Arrays, Vector
from planner.engine.guess import guess
from planner.engine.master import Master, proved_musd
from planner.engine.pricing import Order, price
from planner.engine.split import Part, Split, split
from planner.engine.watch import Watch
from planner.highs import Settings, maximise
from tests.engine.case import portfolio
from tests.programs import INF, program


def relaxed(program: Arrays) -> Arrays:
    """A program without whole numbers."""
    return replace(program, integer=np.zeros(program.columns, dtype=np.bool_))


def bounds(parts: tuple[Part, ...], prices: Vector) -> Vector:
    """What each site can be worth at some prices."""
    return np.array([price(part, prices, Order(1e-4, 500)).bound_musd for part in parts])


def test_the_relaxation_is_proved_exactly() -> None:
    """Strong duality: with sites in parts, prices of the relaxation's optimum prove that optimum; any other prices prove no less."""
    _, pieces = portfolio()
    best = maximise(relaxed(pieces.arrays), Settings(tolerance=1e-9))
    assert best.objective is not None
    assert best.duals is not None
    parts = tuple(replace(part, program=relaxed(part.program)) for part in pieces.parts)
    prices = best.duals[pieces.rows]
    musd, used = proved_musd(pieces, prices, bounds(parts, prices))
    assert musd == pytest.approx(best.objective, abs=1e-4)
    assert np.allclose(used, prices, atol=1e-9)
    for seed in range(5):
        off = prices * (1 + 0.2 * np.random.default_rng(seed).standard_normal(len(prices)))
        used = proved_musd(pieces, off, np.zeros(1))[1]
        assert proved_musd(pieces, used, bounds(parts, used))[0] >= best.objective - 1e-6


def test_no_plan_is_above_what_prices_prove() -> None:
    """The optimum of the whole program lies below the bound at any prices, and above the plan that a master mixes of whole plans."""
    _, pieces = portfolio()
    best = maximise(pieces.arrays, Settings(gap_fraction=1e-6, threads=1))
    assert best.objective is not None
    lp = guess(pieces, Settings(), Watch())
    for scale in (0.0, 0.5, 1.0, 2.0):
        used = proved_musd(pieces, scale * lp, np.zeros(1))[1]
        assert proved_musd(pieces, used, bounds(pieces.parts, used))[0] >= best.objective - 1e-6


def test_prices_of_the_wrong_sign_are_not_used() -> None:
    """A row without an upper bound proves nothing at a positive price: the bound would be infinite."""
    _, pieces = portfolio()
    wrong = np.where(np.isposinf(pieces.row_upper), 1.0, np.where(np.isneginf(pieces.row_lower), -1.0, 0.0))
    assert np.count_nonzero(wrong)
    musd, used = proved_musd(pieces, wrong, np.zeros(len(pieces.parts)))
    assert not used.any()
    assert np.isfinite(musd)


def test_a_large_bound_of_the_company_counts_whole() -> None:
    """What only stands in for a missing bound takes nothing from one that is there: 1e9 M$ may be had, and are in the bound."""
    arrays = program([1.0, 1.0], [(-INF, 3e9, [1.0, 1.0])], [0.0, 0.0], [1e9, 2.0], [0, 0])
    pieces = split(arrays, [None, "site"])
    musd, _ = proved_musd(pieces, np.zeros(1), np.array([2.0]))
    assert musd == 1e9 + 2.0


def test_a_site_without_bounds_proves_nothing() -> None:
    """Its program is unbounded: HiGHS hands a point over, whose worth is no bound."""
    arrays = program([1.0, 1.0], [(-INF, 5.0, [1.0, 1.0]), (0.0, INF, [0.0, 1.0])], [0.0, 0.0], [1.0, INF], [0, 0])
    part = split(arrays, [None, "site"]).parts[0]
    assert price(part, np.zeros(1), Order(0.0, 10)).bound_musd == INF


def test_the_master_of_the_best_plan_is_worth_that_plan() -> None:
    """With one plan by site there is nothing to mix: the company's part is an LP, and nothing is lacking."""
    _, pieces = portfolio()
    best = maximise(pieces.arrays, Settings(gap_fraction=1e-6, threads=1))
    assert best.values is not None
    assert best.objective is not None
    master = Master(pieces, np.full(len(pieces.rows), 1e3))
    for site, part in enumerate(pieces.parts):
        master.add(site, best.values[part.columns])
    mix = master.solve()
    assert mix.lacking == pytest.approx(0.0, abs=1e-7)
    assert mix.musd == pytest.approx(best.objective, abs=1e-4)
    assert len(mix.weights) == len(pieces.parts)


def test_what_rows_lack_gets_dearer() -> None:
    """A site alone that takes all slots cannot be mixed into keeping them: the row lacks, and its penalty grows."""
    pieces, greedy = greedy_master()
    before = greedy.solve()
    assert before.lacking > 0.5
    after = greedy.dearer()
    assert after.musd < before.musd
    assert greedy.penalties.max() > 10.0
    assert (np.abs(after.prices) <= greedy.penalties + 1e-6).all()
    assert len(pieces.parts) == len(after.rents)


def greedy_master() -> tuple[Split, Master]:
    """A master in which each site has the one plan that it would like best if nothing had a price."""
    _, pieces = portfolio()
    master = Master(pieces, np.full(len(pieces.rows), 10.0))
    free = guess(pieces, Settings(), Watch()) * 0.1
    for site, part in enumerate(pieces.parts):
        master.add(site, price(part, proved_musd(pieces, free, np.zeros(1))[1], Order(1.0, 20)).points[0])
    return pieces, master
